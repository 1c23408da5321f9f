//! Any request but INVITE and ACK, as the one who asks: RFC 3261 section 17.1.2.

use super::{Action, earlier, is_due};
use crate::sip::peer::Transport;
use crate::sip::timers::Timers;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Trying,
    Proceeding,
    Completed,
    Terminated,
}

/// One request that we sent.
#[derive(Clone, Debug)]
pub struct Client {
    state: State,
    transport: Transport,
    timers: Timers,
    request: Vec<u8>,
    /// Timer E.
    repeat_at: Option<u64>,
    pause_ms: u64,
    /// Timer F or K.
    ends_at: Option<u64>,
}

impl Client {
    /// Sends the request and starts timers E and F.
    #[must_use]
    pub fn start(
        now: u64,
        timers: Timers,
        transport: Transport,
        request: Vec<u8>,
    ) -> (Self, Vec<Action>) {
        let repeat_at = (!transport.is_reliable()).then(|| now.saturating_add(timers.t1_ms));
        let machine = Self {
            state: State::Trying,
            transport,
            timers,
            request: request.clone(),
            repeat_at,
            pause_ms: timers.t1_ms,
            ends_at: Some(now.saturating_add(timers.give_up_ms())),
        };
        (machine, vec![Action::Send(request)])
    }

    /// A response came.
    pub fn response(&mut self, now: u64, code: u16) -> Vec<Action> {
        match (self.state, code) {
            (State::Trying | State::Proceeding, ..200) => {
                self.state = State::Proceeding;
                vec![Action::Deliver]
            }
            (State::Trying | State::Proceeding, _) => {
                let linger = self.timers.straggle_ms(self.transport);
                let next = if linger == 0 { State::Terminated } else { State::Completed };
                self.enter(next, (linger > 0).then(|| now.saturating_add(linger)));
                vec![Action::Deliver]
            }
            (State::Completed | State::Terminated, _) => Vec::new(),
        }
    }

    fn enter(&mut self, state: State, ends_at: Option<u64>) {
        self.state = state;
        self.ends_at = ends_at;
        self.repeat_at = None;
        self.request = Vec::new();
    }

    /// Does what is due.
    pub fn wake(&mut self, now: u64) -> Vec<Action> {
        if is_due(self.ends_at, now) {
            let unanswered = matches!(self.state, State::Trying | State::Proceeding);
            self.enter(State::Terminated, None);
            return if unanswered { vec![Action::TimedOut] } else { Vec::new() };
        }
        if !is_due(self.repeat_at, now) {
            return Vec::new();
        }
        self.pause_ms = match self.state {
            // Once someone is at work on it, repeats come every T2.
            State::Proceeding => self.timers.t2_ms,
            State::Trying | State::Completed | State::Terminated => {
                self.timers.next_pause_ms(self.pause_ms)
            }
        };
        self.repeat_at = Some(now.saturating_add(self.pause_ms));
        vec![Action::Send(self.request.clone())]
    }

    /// The connection broke.
    pub fn lost(&mut self) -> Vec<Action> {
        let unanswered = matches!(self.state, State::Trying | State::Proceeding);
        self.enter(State::Terminated, None);
        if unanswered { vec![Action::Lost] } else { Vec::new() }
    }

    /// When `wake` has something to do.
    #[must_use]
    pub fn due(&self) -> Option<u64> {
        earlier(self.repeat_at, self.ends_at)
    }

    /// Whether nothing can happen any more.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state == State::Terminated
    }
}
