//! The doors of call handling: everything that comes in, and what goes out.

use super::line::{Line, Remembered, Stage};
use super::locating::Asked;
use super::orders::Ordered;
use super::output::{Held, Opened, Output, Replied, Told, Voice};
use super::settings::{REMEMBERED_MAX, Settings};
use super::states::{Package, States};
use super::subscribers::Watched;
use super::texts::Conversation;
use crate::sip::{self, Endpoint, Event, LegId, Order, Peer, SubId};
use evenhand_core::CallId;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Whether a place (latitude and longitude in 1e-7 degrees) is ours to serve.
pub type Responsible = Box<dyn Fn(i32, i32) -> bool + Send>;

/// What falls due in call handling itself; the endpoint keeps its own timers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    /// An order that the centre could not take is given again.
    Order(String),
    /// A location by reference is asked for again.
    Locate(LegId),
    /// An address for voice is asked for again.
    Voice(LegId),
    /// A test call that nobody ended has lasted long enough.
    EndTest(LegId),
    /// The notices of abandoned calls are subscribed to again.
    Watch,
}

/// All calls of one answering point, as its telephone side sees them.
pub struct CallHandling {
    pub(super) endpoint: Endpoint,
    pub(super) settings: Settings,
    pub(super) chance: sip::Source,
    pub(super) responsible: Responsible,
    pub(super) lines: BTreeMap<LegId, Line>,
    pub(super) by_call: BTreeMap<CallId, LegId>,
    pub(super) ordered: BTreeMap<String, Ordered>,
    pub(super) remembered: BTreeMap<CallId, Remembered>,
    /// What the centre decided about calls of which we have not heard yet that they are recorded.
    pub(super) early: BTreeMap<CallId, Vec<Told>>,
    pub(super) conversations: BTreeMap<String, Conversation>,
    pub(super) subscribers: BTreeMap<SubId, Package>,
    pub(super) watched: BTreeMap<SubId, Watched>,
    pub(super) asked: BTreeMap<u64, Asked>,
    pub(super) states: States,
    pub(super) due: BTreeSet<(u64, Due)>,
    pub(super) outputs: VecDeque<Output>,
    /// Part of every key, so that no run repeats another's.
    pub(super) run: String,
    pub(super) last_number: u64,
}

impl CallHandling {
    /// Without calls. `now` is milliseconds since 1970 by a clock that never goes back.
    pub fn new(
        settings: Settings,
        endpoint: sip::Settings,
        mut chance: [sip::Source; 2],
        responsible: Responsible,
    ) -> Self {
        let [ours, _] = &mut chance;
        let mut run = [0; 8];
        ours(&mut run);
        let [ours, its_own] = chance;
        Self {
            endpoint: Endpoint::new(endpoint, its_own),
            settings,
            chance: ours,
            responsible,
            lines: BTreeMap::new(),
            by_call: BTreeMap::new(),
            ordered: BTreeMap::new(),
            remembered: BTreeMap::new(),
            early: BTreeMap::new(),
            conversations: BTreeMap::new(),
            subscribers: BTreeMap::new(),
            watched: BTreeMap::new(),
            asked: BTreeMap::new(),
            states: States::default(),
            due: BTreeSet::new(),
            outputs: VecDeque::new(),
            run: run.iter().map(|byte| format!("{byte:02x}")).collect(),
            last_number: 0,
        }
    }

    /// Begins what runs by itself: the subscription to abandoned calls upstream.
    pub fn start(&mut self, now: u64) {
        self.watch_abandoned(now);
        self.drain(now);
    }

    /// Calls that stand as up in the record though their lines were those of a process that ended.
    pub fn lines_lost(&mut self, now: u64, calls: &[CallId]) {
        self.lose_lines(calls);
        self.drain(now);
    }

    /// One datagram, or one message of a connection.
    pub fn receive(&mut self, now: u64, from: &Peer, bytes: &[u8]) {
        self.endpoint.receive(now, from, bytes);
        self.drain(now);
    }

    /// A connection is over.
    pub fn connection_lost(&mut self, now: u64, flow: u64) {
        self.endpoint.connection_lost(now, flow);
        self.drain(now);
    }

    /// What is due by `now` happens.
    pub fn wake(&mut self, now: u64) {
        while let Some((at, due)) = self.due.first().cloned()
            && at <= now
        {
            self.due.pop_first();
            match due {
                Due::Order(key) => self.order_again(&key),
                Due::Locate(leg) => self.locate_again(now, leg),
                Due::Voice(leg) => self.open_voice(leg),
                Due::EndTest(leg) => self.end_test(leg),
                Due::Watch => self.watch_abandoned(now),
            }
        }
        self.endpoint.wake(now);
        self.drain(now);
    }

    /// When to be woken.
    pub fn next_timer(&self) -> Option<u64> {
        let own = self.due.first().map(|(at, _)| *at);
        [own, self.endpoint.next_timer()].into_iter().flatten().min()
    }

    /// What the centre answered to an order.
    pub fn replied(&mut self, now: u64, key: &str, replied: Replied) {
        self.take_reply(now, key, replied);
        self.drain(now);
    }

    /// What the centre decided. It may come before the answer to the order by which the call was
    /// presented: then it waits for that.
    pub fn told(&mut self, now: u64, told: &Told) {
        match self.is_early(told.call()) {
            true => self.early.entry(told.call()).or_default().push(told.clone()),
            false => self.obey(now, told),
        }
        self.drain(now);
    }

    fn is_early(&self, call: CallId) -> bool {
        let known = self.by_call.contains_key(&call) || self.remembered.contains_key(&call);
        !known && self.is_presenting()
    }

    /// What was decided of a call before we heard that it is recorded.
    pub(super) fn catch_up(&mut self, now: u64, call: CallId) {
        for told in self.early.remove(&call).unwrap_or_default() {
            self.obey(now, &told);
        }
        // What is left is of calls that came by other ways.
        if !self.is_presenting() {
            self.early.clear();
        }
    }

    fn obey(&mut self, now: u64, told: &Told) {
        match told {
            Told::Answered { call, by } => self.answered(now, *call, by),
            Told::Released { call } => self.released(now, *call),
            Told::Abandoned { call } => self.tell_abandoned(now, *call),
            Told::Dial { call, by, number, request } => {
                self.recall(now, *call, request);
                self.dial(*call, by, number.as_deref());
            }
            Told::Rebid { call } => self.rebid(now, *call),
            Told::Transfer { call, to } => self.transfer(now, *call, to),
            Told::Hold { call, held } => self.hold(now, *call, *held),
        }
    }

    /// An address for voice, or why there is none.
    pub fn voice_opened(&mut self, now: u64, leg: u64, opened: Opened) {
        self.take_voice(now, LegId(leg), opened);
        self.drain(now);
    }

    /// What a server answered, or why it did not.
    pub fn fetched(&mut self, now: u64, id: u64, answer: Result<Vec<u8>, String>) {
        self.take_fetched(now, id, answer);
        self.drain(now);
    }

    /// How service, element and queues stand; subscribers are told what changed.
    pub fn states(&mut self, now: u64, states: States) {
        self.tell_states(now, states);
        self.drain(now);
    }

    /// The next thing to be done; to be asked until there is none, after every other call.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// The call of a leg, if it is on the record.
    pub fn call_of_leg(&self, leg: u64) -> Option<CallId> {
        self.lines.get(&LegId(leg)).and_then(|line| line.call)
    }

    /// Legs that are up or on their way.
    pub fn legs(&self) -> usize {
        self.lines.len()
    }

    /// Does what the endpoint says until it is silent.
    pub(super) fn drain(&mut self, now: u64) {
        while let Some(output) = self.endpoint.poll() {
            match output {
                sip::Output::Send { to, bytes } => {
                    self.outputs.push_back(Output::Send { to, bytes });
                }
                sip::Output::Event(event) => self.happened(now, event),
            }
        }
    }

    fn happened(&mut self, now: u64, event: Event) {
        match event {
            Event::Incoming { leg, invite, raw, from, replaces } => match replaces {
                Some(old) => self.replacing(leg, old, &invite, from),
                None => self.incoming(now, leg, (&invite, &raw), &from),
            },
            Event::TurnedAway { code, why, raw, from } => {
                self.turned_away(now, (code, why), &raw, &from);
            }
            Event::Cancelled { leg, .. } => self.gave_up(now, leg),
            Event::CancelCrossed { .. } | Event::InfoArrived { .. } => {}
            Event::Confirmed { leg, sdp } => self.confirmed(leg, sdp.as_deref()),
            Event::Reoffered { leg, sdp, .. } => self.reoffered(now, leg, sdp.as_deref()),
            Event::ReofferAnswered { leg, sdp } => self.confirmed(leg, sdp.as_deref()),
            Event::ReofferFailed { leg, code } => self.note_leg(leg, "re-INVITE refused", code),
            Event::Ended { leg, why, .. } => self.ended(leg, why),
            Event::Progress { leg, code, .. } => self.progress(leg, code),
            Event::Accepted { leg, sdp, .. } => self.accepted(leg, sdp.as_deref()),
            Event::Failed { leg, code, .. } => self.failed(leg, code),
            Event::TransferProgress { leg, code } => self.transfer_progress(leg, code),
            // A caller's equipment does not tell an answering point whom to call.
            Event::ReferRequested { leg, .. } => self.sip(now, Order::RejectRefer { leg }),
            Event::SubscribeRequested { sub, asked, .. } => self.subscribing(now, sub, &asked),
            Event::Unsubscribed { sub } | Event::NotifyFailed { sub, .. } => {
                self.subscribers.remove(&sub);
            }
            Event::SubscriptionAnswered { .. } => {}
            Event::Notified { sub, body, .. } => self.notified(sub, &body),
            Event::SubscriptionEnded { sub, why } => self.watch_ended(now, sub, &why),
            Event::TextArrived { text, leg, message, raw, from } => {
                self.text_arrived(now, (text, leg), (&message, &raw), &from);
            }
            Event::TextAnswered { .. } => {}
            Event::Dropped { from, why, bytes_len } => {
                self.note(format!("{bytes_len} bytes from {} are no SIP: {}", from.addr, why.text));
            }
        }
    }

    /// Gives the endpoint an order; one that comes too late is noted.
    pub(super) fn sip(&mut self, now: u64, order: Order) {
        if let Err(late) = self.endpoint.order(now, order) {
            self.note(late.to_string());
        }
    }

    pub(super) fn voice(&mut self, voice: Voice) {
        self.outputs.push_back(Output::Voice(voice));
    }

    pub(super) fn note(&mut self, text: String) {
        self.outputs.push_back(Output::Note(text));
    }

    fn note_leg(&mut self, leg: LegId, what: &str, code: u16) {
        self.note(format!("leg {}: {what}, {code}", leg.0));
    }

    /// The leg of a call, if it is up or on its way.
    pub(super) fn leg_of(&mut self, call: CallId) -> Option<&mut Line> {
        let leg = self.by_call.get(&call)?;
        self.lines.get_mut(leg)
    }

    /// Forgets a leg that is over. Its call may still be rung back.
    pub(super) fn forget(&mut self, leg: LegId) -> Option<Line> {
        let line = self.lines.remove(&leg)?;
        if let Some(call) = line.call
            && self.by_call.get(&call) == Some(&leg)
        {
            self.by_call.remove(&call);
        }
        self.voice(Voice::Close { leg: leg.0 });
        Some(line)
    }

    pub(super) fn remember(&mut self, call: CallId, what: Remembered) {
        self.remembered.insert(call, what);
        while self.remembered.len() > REMEMBERED_MAX {
            self.remembered.pop_first();
        }
    }

    fn hold(&mut self, now: u64, call: CallId, held: Held) {
        let Some(line) = self.leg_of(call).filter(|line| line.stage == Stage::Up) else { return };
        line.held = held;
        let leg = line.leg;
        if let Some(sdp) = self.own_offer(leg) {
            self.sip(now, Order::Reoffer { leg, sdp });
        }
        self.voice(Voice::Hold { leg: leg.0, held });
    }
}
