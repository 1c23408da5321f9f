//! One end of SIP: what comes in becomes events, orders become messages.
//!
//! The driver gives it bytes, broken connections, orders and the time, and after each of these
//! drains `poll`. It holds no socket, reads no clock and draws chance from a source it was given,
//! so that equal inputs give equal outputs. Nothing is durable here: an event that must survive is
//! written down by its reader before the order that answers it (a call before its first 180).
//!
//! Whatever comes is untrusted. An INVITE gets exactly one final response for each transaction,
//! repeats and crossings included, and is told by exactly one `Incoming` or `TurnedAway`.

mod call_in;
mod call_out;
mod cancel;
mod client_side;
mod event;
mod hangup;
mod ids;
mod keys;
mod leg;
mod notifier;
mod order;
mod receive;
mod refer;
mod reliable;
mod reoffer;
mod reoffer_ours;
mod server_side;
mod session;
mod subscriber;
mod text;
mod wake;
mod wire;

pub use event::{Asked, EndedBy, Event, Output, SubscriptionEnd, TurnedAway};
pub use ids::{LegId, SubId, TextId};
pub use order::{Fields, NewCall, NewSubscription, NewText, Order, OrderError, Standing};

use client_side::ClientEntry;
use keys::{ClientKey, MergeKey, ServerKey, Timed, Usage};
use leg::Leg;
use notifier::Notifier;
use server_side::ServerEntry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use subscriber::Subscriber;

use crate::sip::chance::{Chance, Source};
use crate::sip::dialog::DialogKey;
use crate::sip::schedule::Schedule;
use crate::sip::settings::Settings;

/// One end of SIP with all its transactions, dialogs and subscriptions.
///
/// One owner drives it; nothing in it waits. Times are milliseconds of one clock that never goes
/// back.
#[derive(Debug)]
pub struct Endpoint {
    settings: Settings,
    chance: Chance,
    outputs: VecDeque<Output>,
    schedule: Schedule<Timed>,
    servers: BTreeMap<ServerKey, ServerEntry>,
    merged: BTreeMap<MergeKey, ServerKey>,
    clients: BTreeMap<ClientKey, ClientEntry>,
    dialogs: BTreeMap<DialogKey, Usage>,
    legs: BTreeMap<LegId, Leg>,
    notifiers: BTreeMap<SubId, Notifier>,
    subscribers: BTreeMap<SubId, Subscriber>,
    texts: BTreeMap<TextId, ServerKey>,
    texts_sent: BTreeSet<TextId>,
    /// Requests but INVITE that wait for the user's answer.
    waiting: usize,
    last_id: u64,
}

impl Endpoint {
    /// An endpoint at which nothing has happened. `chance` must be unguessable where tags and
    /// branches shall be.
    #[must_use]
    pub fn new(settings: Settings, chance: Source) -> Self {
        Self {
            settings,
            chance: Chance::new(chance),
            outputs: VecDeque::new(),
            schedule: Schedule::default(),
            servers: BTreeMap::new(),
            merged: BTreeMap::new(),
            clients: BTreeMap::new(),
            dialogs: BTreeMap::new(),
            legs: BTreeMap::new(),
            notifiers: BTreeMap::new(),
            subscribers: BTreeMap::new(),
            texts: BTreeMap::new(),
            texts_sent: BTreeSet::new(),
            waiting: 0,
            last_id: 0,
        }
    }

    /// The next thing to be done or known, in order; `None` once all is told.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When `wake` has something to do, or had; O(log n).
    #[must_use]
    pub fn next_timer(&self) -> Option<u64> {
        self.schedule.next()
    }

    /// A number for an outgoing call.
    pub fn new_leg(&mut self) -> LegId {
        LegId(self.new_id())
    }

    /// A number for a subscription of ours.
    pub fn new_subscription(&mut self) -> SubId {
        SubId(self.new_id())
    }

    /// A number for a MESSAGE of ours.
    pub fn new_text(&mut self) -> TextId {
        TextId(self.new_id())
    }

    /// Legs that are up or on their way, those included that only wait for the peer's last word.
    #[must_use]
    pub fn legs_len(&self) -> usize {
        self.legs.len()
    }

    fn new_id(&mut self) -> u64 {
        self.last_id = self.last_id.saturating_add(1);
        self.last_id
    }

    /// Takes a number that the user chose by itself; later ones are above it.
    fn take_id(&mut self, id: u64) {
        self.last_id = self.last_id.max(id);
    }

    /// Does what one order asks. On an error nothing was done.
    ///
    /// # Errors
    /// Where the order does not fit what is known here; often because the peer was faster.
    pub fn order(&mut self, now: u64, order: Order) -> Result<(), OrderError> {
        match order {
            Order::Ring { leg } => self.ring(now, leg, 180),
            Order::Queue { leg } => self.ring(now, leg, 182),
            Order::Answer { leg, sdp, headers } => self.answer(now, leg, sdp, &headers),
            Order::Reject { leg, code, reason, headers } => {
                self.reject(now, leg, (code, &reason), &headers)
            }
            Order::Hangup { leg, reason } => self.hang_up(now, leg, reason.as_deref()),
            Order::AnswerReoffer { leg, sdp } => self.answer_reoffer(now, leg, sdp),
            Order::RejectReoffer { leg } => self.reject_reoffer(now, leg),
            Order::Reoffer { leg, sdp } => self.reoffer(now, leg, sdp),
            Order::Refer { leg, to, replaces } => self.refer(now, leg, &to, replaces),
            Order::AcceptRefer { leg } => self.accept_refer(now, leg),
            Order::RejectRefer { leg } => self.reject_refer(now, leg),
            Order::ReferProgress { leg, code, reason } => {
                self.refer_progress(now, leg, code, &reason)
            }
            Order::Call(call) => self.call(now, &call),
            Order::AcceptSubscription { sub, expires } => {
                self.accept_subscription(now, sub, expires)
            }
            Order::RejectSubscription { sub, code, reason } => {
                self.reject_subscription(now, sub, code, &reason)
            }
            Order::Notify { sub, content_type, body, standing } => {
                self.notify(now, sub, notifier::State { content_type, body, standing })
            }
            Order::Notice { sub, content_type, body } => {
                let standing = Standing::Active;
                self.notice(now, sub, notifier::State { content_type, body, standing })
            }
            Order::Subscribe(subscription) => self.subscribe(now, &subscription),
            Order::Unsubscribe { sub } => self.unsubscribe(now, sub),
            Order::SendText(text) => self.send_text(now, &text),
            Order::AcceptText { text } => self.answer_text(now, text, 200, ""),
            Order::RejectText { text, code, reason } => match code {
                300..700 => self.answer_text(now, text, code, &reason),
                _ => Err(OrderError::BadCode(code)),
            },
        }
    }

    fn tell(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }
}
