//! INVITE as the one who is asked: RFC 3261 section 17.2.1 with figure 7 of RFC 6026.

use super::{Action, earlier, is_due};
use crate::sip::peer::Transport;
use crate::sip::timers::Timers;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Proceeding,
    Completed,
    Confirmed,
    Accepted,
    Terminated,
}

/// One INVITE that we received.
#[derive(Clone, Debug)]
pub struct ServerInvite {
    state: State,
    transport: Transport,
    timers: Timers,
    /// The response to repeat.
    last: Vec<u8>,
    /// Timer G.
    repeat_at: Option<u64>,
    pause_ms: u64,
    /// Timer H, I or L.
    ends_at: Option<u64>,
}

impl ServerInvite {
    /// Begins with 100 Trying, at once: the user's own answer may take longer than 200 ms.
    #[must_use]
    pub fn start(timers: Timers, transport: Transport, trying: Vec<u8>) -> (Self, Vec<Action>) {
        let machine = Self {
            state: State::Proceeding,
            transport,
            timers,
            last: trying.clone(),
            repeat_at: None,
            pause_ms: timers.t1_ms,
            ends_at: None,
        };
        (machine, vec![Action::Send(trying)])
    }

    /// The request came again.
    pub fn request(&mut self) -> Vec<Action> {
        match self.state {
            State::Proceeding | State::Completed => vec![Action::Send(self.last.clone())],
            // RFC 6026: once accepted, the 2xx is the user's to repeat; the request is absorbed.
            State::Accepted | State::Confirmed | State::Terminated => Vec::new(),
        }
    }

    /// The user responds. A final response is taken once; a second one is not sent.
    pub fn respond(&mut self, now: u64, code: u16, response: Vec<u8>) -> Vec<Action> {
        if self.state != State::Proceeding {
            return Vec::new();
        }
        let give_up_at = Some(now.saturating_add(self.timers.give_up_ms()));
        match code {
            ..200 => self.last.clone_from(&response),
            200..300 => {
                self.state = State::Accepted;
                self.last = Vec::new();
                self.ends_at = give_up_at;
            }
            300.. => {
                self.state = State::Completed;
                self.last.clone_from(&response);
                self.ends_at = give_up_at;
                self.repeat_at =
                    (!self.transport.is_reliable()).then(|| now.saturating_add(self.timers.t1_ms));
            }
        }
        vec![Action::Send(response)]
    }

    /// An ACK of this INVITE came.
    pub fn ack(&mut self, now: u64) -> Vec<Action> {
        match self.state {
            State::Completed => {
                let linger = self.timers.straggle_ms(self.transport);
                self.repeat_at = None;
                self.last = Vec::new();
                self.state = if linger == 0 { State::Terminated } else { State::Confirmed };
                self.ends_at = (linger > 0).then(|| now.saturating_add(linger));
                Vec::new()
            }
            // An ACK of a 2xx is the dialog's.
            State::Accepted => vec![Action::Deliver],
            State::Proceeding | State::Confirmed | State::Terminated => Vec::new(),
        }
    }

    /// Does what is due.
    pub fn wake(&mut self, now: u64) -> Vec<Action> {
        if is_due(self.ends_at, now) {
            let unacknowledged = self.state == State::Completed;
            self.state = State::Terminated;
            self.repeat_at = None;
            self.ends_at = None;
            return if unacknowledged { vec![Action::TimedOut] } else { Vec::new() };
        }
        if !is_due(self.repeat_at, now) {
            return Vec::new();
        }
        self.pause_ms = self.timers.next_pause_ms(self.pause_ms);
        self.repeat_at = Some(now.saturating_add(self.pause_ms));
        vec![Action::Send(self.last.clone())]
    }

    /// When `wake` has something to do.
    #[must_use]
    pub fn due(&self) -> Option<u64> {
        earlier(self.repeat_at, self.ends_at)
    }

    /// Whether a final response is still owed.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state == State::Proceeding
    }

    /// Whether nothing can happen any more.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state == State::Terminated
    }
}
