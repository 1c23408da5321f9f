//! The clock at the door, which jumps.
//!
//! Half of the seeds stamp what it shows, so that the times of entries go back; the other half
//! never stamp earlier than before, as the server's door does.

use evenhand_core::Timestamp;

/// What the door stamps.
#[derive(Clone, Debug)]
pub(super) struct DoorClock {
    offset_ms: i64,
    never_back: bool,
    last: Timestamp,
}

impl DoorClock {
    pub fn new(never_back: bool) -> Self {
        Self { offset_ms: 0, never_back, last: Timestamp::default() }
    }

    /// From now on it shows true time and this.
    pub fn set(&mut self, offset_ms: i64) {
        self.offset_ms = offset_ms;
    }

    /// The stamp of what comes in at a true time.
    pub fn stamp(&mut self, now: Timestamp) -> Timestamp {
        let shown = self.shown(now);
        self.last = if self.never_back { self.last.max(shown) } else { shown };
        self.last
    }

    /// The true time at which it shows `at`.
    pub fn true_time(&self, at: Timestamp) -> Timestamp {
        Timestamp(at.0.saturating_sub(self.offset_ms))
    }

    fn shown(&self, now: Timestamp) -> Timestamp {
        Timestamp(now.0.saturating_add(self.offset_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goes_back_and_one_stands_still() {
        let stamps = |never_back| {
            let mut clock = DoorClock::new(never_back);
            clock.set(3_600_000);
            let ahead = clock.stamp(Timestamp(0));
            clock.set(0);
            (ahead, clock.stamp(Timestamp(1_000)))
        };
        assert_eq!(stamps(false), (Timestamp(3_600_000), Timestamp(1_000)));
        assert_eq!(stamps(true), (Timestamp(3_600_000), Timestamp(3_600_000)));
    }
}
