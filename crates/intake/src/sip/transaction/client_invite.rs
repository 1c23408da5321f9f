//! INVITE as the one who asks: RFC 3261 section 17.1.1 with figure 5 of RFC 6026.

use super::{Action, earlier, is_due};
use crate::sip::peer::Transport;
use crate::sip::timers::Timers;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Calling,
    Proceeding,
    Completed,
    Accepted,
    Terminated,
}

/// One INVITE that we sent.
#[derive(Clone, Debug)]
pub struct ClientInvite {
    state: State,
    transport: Transport,
    timers: Timers,
    /// The request while it is repeated, the ACK once it was refused.
    bytes: Vec<u8>,
    /// Timer A.
    repeat_at: Option<u64>,
    pause_ms: u64,
    /// Timer B, D or M.
    ends_at: Option<u64>,
}

impl ClientInvite {
    /// Sends the request and starts timers A and B.
    #[must_use]
    pub fn start(
        now: u64,
        timers: Timers,
        transport: Transport,
        request: Vec<u8>,
    ) -> (Self, Vec<Action>) {
        let repeat_at = (!transport.is_reliable()).then(|| now.saturating_add(timers.t1_ms));
        let machine = Self {
            state: State::Calling,
            transport,
            timers,
            bytes: request.clone(),
            repeat_at,
            pause_ms: timers.t1_ms,
            ends_at: Some(now.saturating_add(timers.give_up_ms())),
        };
        (machine, vec![Action::Send(request)])
    }

    /// A response came; `ack` is what acknowledges it if it refuses.
    pub fn response(&mut self, now: u64, code: u16, ack: impl FnOnce() -> Vec<u8>) -> Vec<Action> {
        match (self.state, code) {
            (State::Calling | State::Proceeding, ..200) => {
                self.enter(State::Proceeding, None);
                vec![Action::Deliver]
            }
            (State::Calling | State::Proceeding, 200..300) => {
                self.enter(State::Accepted, Some(now.saturating_add(self.timers.give_up_ms())));
                vec![Action::Deliver]
            }
            (State::Calling | State::Proceeding, 300..) => {
                let linger = self.timers.d_ms(self.transport);
                self.enter(State::Completed, Some(now.saturating_add(linger)));
                self.bytes = ack();
                let actions = vec![Action::Send(self.bytes.clone()), Action::Deliver];
                if linger == 0 {
                    self.state = State::Terminated;
                }
                actions
            }
            (State::Completed, 300..) => vec![Action::Send(self.bytes.clone())],
            // Each 2xx goes up: a repeated one wants its ACK again, one of another fork its BYE.
            (State::Accepted, 200..300) => vec![Action::Deliver],
            (State::Completed | State::Accepted | State::Terminated, _) => Vec::new(),
        }
    }

    fn enter(&mut self, state: State, ends_at: Option<u64>) {
        self.state = state;
        self.ends_at = ends_at;
        self.repeat_at = None;
        // A request that is not repeated any more needs no memory.
        self.bytes = Vec::new();
    }

    /// Does what is due.
    pub fn wake(&mut self, now: u64) -> Vec<Action> {
        if is_due(self.ends_at, now) {
            let unanswered = self.state == State::Calling;
            self.enter(State::Terminated, None);
            return if unanswered { vec![Action::TimedOut] } else { Vec::new() };
        }
        if !is_due(self.repeat_at, now) {
            return Vec::new();
        }
        // Timer A doubles without the ceiling of T2 (RFC 3261 section 17.1.1.2).
        self.pause_ms = self.pause_ms.saturating_mul(2);
        self.repeat_at = Some(now.saturating_add(self.pause_ms));
        vec![Action::Send(self.bytes.clone())]
    }

    /// The connection broke.
    pub fn lost(&mut self) -> Vec<Action> {
        let unanswered = matches!(self.state, State::Calling | State::Proceeding);
        self.enter(State::Terminated, None);
        if unanswered { vec![Action::Lost] } else { Vec::new() }
    }

    /// When `wake` has something to do.
    #[must_use]
    pub fn due(&self) -> Option<u64> {
        earlier(self.repeat_at, self.ends_at)
    }

    /// Whether a response of any kind came: only then may it be cancelled (section 9.1).
    #[must_use]
    pub fn is_proceeding(&self) -> bool {
        self.state == State::Proceeding
    }

    /// Whether nothing can happen any more.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state == State::Terminated
    }
}
