//! The timer values of RFC 3261 table 4 and of RFC 6026, all from three numbers.

use crate::sip::peer::Transport;

/// T1, T2 and T4 in milliseconds; everything else follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timers {
    /// T1: the round trip that is assumed.
    pub t1_ms: u64,
    /// T2: the longest pause between repeats.
    pub t2_ms: u64,
    /// T4: how long a message may stay in the network.
    pub t4_ms: u64,
}

impl Default for Timers {
    fn default() -> Self {
        Self { t1_ms: 500, t2_ms: 4_000, t4_ms: 5_000 }
    }
}

/// Timer D is at least this long on UDP, whatever T1 is (RFC 3261 section 17.1.1.2).
const D_MS_MIN: u64 = 32_000;

impl Timers {
    /// 64*T1: timers B, F, H, L, M and N, and J on UDP.
    #[must_use]
    pub fn give_up_ms(&self) -> u64 {
        self.t1_ms.saturating_mul(64)
    }

    /// Timer D: how long a client absorbs repeats of a final response other than 2xx.
    #[must_use]
    pub fn d_ms(&self, transport: Transport) -> u64 {
        if transport.is_reliable() { 0 } else { self.give_up_ms().max(D_MS_MIN) }
    }

    /// Timers I and K: how long stragglers are absorbed.
    #[must_use]
    pub fn straggle_ms(&self, transport: Transport) -> u64 {
        if transport.is_reliable() { 0 } else { self.t4_ms }
    }

    /// Timer J: how long a server absorbs repeats of a request other than INVITE.
    #[must_use]
    pub fn j_ms(&self, transport: Transport) -> u64 {
        if transport.is_reliable() { 0 } else { self.give_up_ms() }
    }

    /// The next pause of timers E and G, and of a 2xx that is repeated until its ACK.
    #[must_use]
    pub fn next_pause_ms(&self, pause_ms: u64) -> u64 {
        pause_ms.saturating_mul(2).min(self.t2_ms)
    }
}
