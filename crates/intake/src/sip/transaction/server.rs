//! Any request but INVITE and ACK, as the one who is asked: RFC 3261 section 17.2.2.

use super::{Action, is_due};
use crate::sip::peer::Transport;
use crate::sip::timers::Timers;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Trying and Proceeding: we never send a provisional response here (RFC 4320 section 4.1).
    Trying,
    Completed,
    Terminated,
}

/// One request that we received.
#[derive(Clone, Debug)]
pub struct Server {
    state: State,
    transport: Transport,
    timers: Timers,
    response: Vec<u8>,
    /// Timer J.
    ends_at: Option<u64>,
}

impl Server {
    /// Begins to wait for the user's response.
    #[must_use]
    pub fn start(timers: Timers, transport: Transport) -> Self {
        Self { state: State::Trying, transport, timers, response: Vec::new(), ends_at: None }
    }

    /// The request came again.
    pub fn request(&mut self) -> Vec<Action> {
        match self.state {
            State::Completed => vec![Action::Send(self.response.clone())],
            State::Trying | State::Terminated => Vec::new(),
        }
    }

    /// The user responds finally. It is taken once; a second response is not sent.
    pub fn respond(&mut self, now: u64, response: Vec<u8>) -> Vec<Action> {
        if self.state != State::Trying {
            return Vec::new();
        }
        let linger = self.timers.j_ms(self.transport);
        if linger == 0 {
            self.state = State::Terminated;
        } else {
            self.state = State::Completed;
            self.response.clone_from(&response);
            self.ends_at = Some(now.saturating_add(linger));
        }
        vec![Action::Send(response)]
    }

    /// Does what is due.
    pub fn wake(&mut self, now: u64) -> Vec<Action> {
        if is_due(self.ends_at, now) {
            self.state = State::Terminated;
            self.ends_at = None;
        }
        Vec::new()
    }

    /// When `wake` has something to do.
    #[must_use]
    pub fn due(&self) -> Option<u64> {
        self.ends_at
    }

    /// Whether a response is still owed.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state == State::Trying
    }

    /// Whether nothing can happen any more.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state == State::Terminated
    }
}
