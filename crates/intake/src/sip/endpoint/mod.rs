//! One end of SIP: what comes in becomes events, orders become messages.
//!
//! The driver gives it bytes, broken connections, orders and the time, and after each of these
//! drains `poll`. It holds no socket, reads no clock and draws chance from a source it was given,
//! so that equal inputs give equal outputs.

mod event;
mod ids;
mod order;

pub use event::{Asked, EndedBy, Event, Output, SubscriptionEnd, TurnedAway};
pub use ids::{LegId, SubId, TextId};
pub use order::{Fields, NewCall, NewSubscription, NewText, Order, OrderError, Standing};

use std::collections::VecDeque;

use crate::sip::chance::{Chance, Source};
use crate::sip::peer::Peer;
use crate::sip::schedule::Schedule;
use crate::sip::settings::Settings;

/// One end of SIP with all its transactions, dialogs and subscriptions.
///
/// One owner drives it; nothing in it waits. Times are milliseconds of one clock that never goes
/// back.
#[derive(Debug)]
pub struct Endpoint {
    #[expect(dead_code, reason = "the types come first, what they do follows")]
    settings: Settings,
    #[expect(dead_code, reason = "the types come first, what they do follows")]
    chance: Chance,
    outputs: VecDeque<Output>,
    schedule: Schedule<u64>,
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
            last_id: 0,
        }
    }

    /// Takes one datagram, or one message of a stream.
    pub fn receive(&mut self, now: u64, from: &Peer, bytes: &[u8]) {
        let _ = (now, from, bytes);
    }

    /// Does everything that is due. To be called at `next_timer`, or later.
    pub fn wake(&mut self, now: u64) {
        while self.schedule.take(now).is_some() {}
    }

    /// A connection broke. No call ends by it: the next message opens a new connection. Requests
    /// of ours that wait for an answer on it fail as if 503 had come.
    pub fn connection_lost(&mut self, now: u64, flow: u64) {
        let _ = (now, flow);
    }

    /// A connection to a peer could not be opened: what waits for one there fails as if 503 had
    /// come.
    pub fn unreachable(&mut self, now: u64, peer: &Peer) {
        let _ = (now, peer);
    }

    /// Does what one order asks. On an error nothing was done.
    ///
    /// # Errors
    /// Where the order does not fit what is known here; often because the peer was faster.
    pub fn order(&mut self, now: u64, order: Order) -> Result<(), OrderError> {
        let _ = (now, order);
        Err(OrderError::OutOfTurn)
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

    fn new_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }
}
