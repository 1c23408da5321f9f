//! One attempt at a call, and all that its dialog has under way.

use super::call_in::Offered;
use super::call_out::Calling;
use super::ids::LegId;
use super::keys::{ServerKey, Timed, Usage};
use super::refer::Refers;
use super::reliable::Reliable;
use super::reoffer_ours::OurOffer;
use super::session::Session;
use super::{EndedBy, Endpoint, Event};
use crate::sip::dialog::Dialog;
use crate::sip::peer::Peer;
use crate::sip::timers::Timers;
use crate::sip::transaction::{earlier, is_due};

/// How far it got.
#[derive(Debug)]
pub(super) enum Stage {
    /// They call, and have no final response yet.
    Offered(Box<Offered>),
    /// We call, and have no final response yet.
    Calling(Box<Calling>),
    /// A 2xx was sent or received.
    Up,
    /// We hung up before the ACK of our 2xx came: the BYE must wait for it (RFC 3261 section 15).
    AwaitingAck,
    /// Our BYE is under way.
    Leaving,
}

/// A leg.
#[derive(Debug)]
pub(super) struct Leg {
    pub stage: Stage,
    pub dialog: Dialog,
    /// The last hop that a message of this dialog came from, or went to.
    pub hop: Peer,
    /// Whether the Call-ID is ours: decides who waits longer after 491 (section 14.1).
    pub we_called: bool,
    /// Whether the user was told of the end; nothing is told after it.
    pub told: bool,
    /// Whether the BYE was sent a second time.
    pub bye_again: bool,
    /// Each 2xx of ours whose ACK has not come.
    pub unacked: Vec<Unacked>,
    pub reliable: Reliable,
    pub session: Option<Session>,
    /// Our change of the session.
    pub ours: Option<OurOffer>,
    /// Their change of the session, while the user thinks.
    pub theirs: Option<ServerKey>,
    pub refers: Refers,
    /// Whether the peer's Allow lists UPDATE.
    pub takes_update: bool,
    /// Our session description as last sent: a refresh repeats it.
    pub sdp: Vec<u8>,
    /// The leg whose place this one takes when it is answered.
    pub replaces: Option<LegId>,
}

impl Leg {
    pub fn new(stage: Stage, dialog: Dialog, hop: Peer) -> Self {
        Self {
            we_called: matches!(stage, Stage::Calling(_)),
            stage,
            dialog,
            hop,
            told: false,
            bye_again: false,
            unacked: Vec::new(),
            reliable: Reliable::default(),
            session: None,
            ours: None,
            theirs: None,
            refers: Refers::default(),
            takes_update: false,
            sdp: Vec::new(),
            replaces: None,
        }
    }

    fn due(&self) -> Option<u64> {
        let repeats = self.unacked.iter().filter_map(|unacked| unacked.repeat.due()).min();
        let stage = match &self.stage {
            Stage::Offered(offered) => offered.due(),
            Stage::Calling(calling) => calling.due(),
            Stage::Up | Stage::AwaitingAck | Stage::Leaving => None,
        };
        let session = self.session.as_ref().map(Session::due);
        let ours = self.ours.as_ref().and_then(OurOffer::due);
        [stage, self.reliable.due(), session, ours, self.refers.due()]
            .into_iter()
            .fold(repeats, earlier)
    }

    /// Whether requests other than BYE are still taken.
    pub fn is_alive(&self) -> bool {
        !self.told
    }
}

/// A 2xx that is repeated until its ACK comes (section 13.3.1.4).
#[derive(Debug)]
pub(super) struct Unacked {
    pub seq: u32,
    pub repeat: Repeat,
}

/// Bytes that are sent again, twice as long apart each time.
#[derive(Debug)]
pub(super) struct Repeat {
    pub to: Peer,
    bytes: Vec<u8>,
    pause_ms: u64,
    at: u64,
    until: u64,
}

impl Repeat {
    pub fn start(now: u64, timers: Timers, (to, bytes): (Peer, Vec<u8>)) -> Self {
        let pause_ms = timers.t1_ms;
        let (at, until) = (now.saturating_add(pause_ms), now.saturating_add(timers.give_up_ms()));
        Self { to, bytes, pause_ms, at, until }
    }

    pub fn due(&self) -> Option<u64> {
        Some(self.at.min(self.until))
    }

    pub fn is_over(&self, now: u64) -> bool {
        is_due(Some(self.until), now)
    }

    /// What is to be sent now. `next_pause` doubles, with or without a ceiling.
    pub fn wake(&mut self, now: u64, next_pause: impl Fn(u64) -> u64) -> Option<(Peer, Vec<u8>)> {
        if self.at > now || self.is_over(now) {
            return None;
        }
        self.pause_ms = next_pause(self.pause_ms);
        self.at = now.saturating_add(self.pause_ms);
        Some((self.to, self.bytes.clone()))
    }
}

impl Endpoint {
    /// Sets when the leg is due again; to be called after each change.
    pub(super) fn settle_leg(&mut self, leg: LegId) {
        let due = self.legs.get(&leg).and_then(Leg::due);
        self.schedule.set(&Timed::Leg(leg), due);
    }

    pub(super) fn enter_leg(&mut self, id: LegId, leg: Leg) {
        self.dialogs.insert(leg.dialog.key().clone(), Usage::Leg(id));
        self.legs.insert(id, leg);
        self.settle_leg(id);
    }

    /// Forgets a leg of which nothing can come any more.
    pub(super) fn forget_leg(&mut self, now: u64, id: LegId) {
        self.schedule.set(&Timed::Leg(id), None);
        if let Some(leg) = self.legs.remove(&id) {
            self.dialogs.remove(leg.dialog.key());
            self.close_requests(now, &leg);
        }
    }

    /// Tells the end of a leg, once.
    pub(super) fn tell_end(&mut self, id: LegId, why: EndedBy, reason: Option<String>) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        if !std::mem::replace(&mut leg.told, true) {
            leg.session = None;
            self.tell(Event::Ended { leg: id, why, reason });
        }
        self.settle_leg(id);
    }

    pub(super) fn wake_leg(&mut self, now: u64, id: LegId) {
        self.wake_unacked(now, id);
        self.wake_stage(now, id);
        self.wake_reliable(now, id);
        self.wake_session(now, id);
        self.wake_our_offer(now, id);
        self.wake_refers(now, id);
        self.settle_leg(id);
    }

    fn wake_stage(&mut self, now: u64, id: LegId) {
        match self.legs.get(&id).map(|leg| &leg.stage) {
            Some(Stage::Offered(_)) => self.wake_offered(now, id),
            Some(Stage::Calling(_)) => self.wake_calling(now, id),
            Some(Stage::Up | Stage::AwaitingAck | Stage::Leaving) | None => {}
        }
    }
}
