//! Who is not heard: nothing from the caller, nothing to them, or too much lost.
//!
//! A call-taker who hears nothing must know at once whether a caller is silent or a line is. What
//! is watched is packets, for a silent caller still sends them.

/// Time without a packet after which a direction is dead, in milliseconds. Asked ten times a
/// second, it is told within one second.
pub const DEAD_MS: u64 = 850;
/// Time over which losses are counted, in milliseconds.
const LOSS_WINDOW_MS: u64 = 1_000;
/// Packets that must have been expected in that time, for a share of them to mean something.
const EXPECTED_MIN: u64 = 20;

/// Which directions should carry voice at present: on hold, one of them should not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// From the caller.
    pub from_caller: bool,
    /// To the caller.
    pub to_caller: bool,
}

/// How the voice of a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaState {
    /// Packets come and go as they should.
    Flowing,
    /// Nothing comes from the caller.
    NothingFromCaller,
    /// Nothing goes to the caller: the call-taker's side is silent.
    NothingToCaller,
    /// Nothing either way.
    Nothing,
    /// More is lost on the way from the caller than is bearable.
    Lossy {
        /// Share lost in the last second.
        percent: u64,
    },
}

/// What was seen of the caller's stream since the start: see
/// [`Reception::lost`](super::Reception::lost).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Seen {
    /// Packets that should have come.
    pub expected: u64,
    /// Packets that have not; negative if some came twice.
    pub lost: i64,
}

/// Watches the voice of one call.
#[derive(Clone, Debug)]
pub struct MediaWatch {
    lossy_percent: u64,
    from_ms: u64,
    to_ms: u64,
    window: Window,
    expected: Expected,
    state: MediaState,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    since_ms: u64,
    seen: Seen,
    lost_percent: u64,
}

impl MediaWatch {
    /// Begins to watch. `lossy_percent` is the share of losses beyond which it says so.
    pub fn new(lossy_percent: u64, expected: Expected, now_ms: u64) -> Self {
        let window = Window { since_ms: now_ms, seen: Seen::default(), lost_percent: 0 };
        let state = MediaState::Flowing;
        Self { lossy_percent, from_ms: now_ms, to_ms: now_ms, window, expected, state }
    }

    /// A packet came from the caller.
    pub fn heard(&mut self, now_ms: u64) {
        self.from_ms = now_ms;
    }

    /// A packet from the call-taker went to the caller.
    pub fn spoke(&mut self, now_ms: u64) {
        self.to_ms = now_ms;
    }

    /// From now on something else is expected; a direction that begins has its time to begin.
    pub fn expect(&mut self, expected: Expected, now_ms: u64) {
        if expected.from_caller && !self.expected.from_caller {
            self.from_ms = now_ms;
        }
        if expected.to_caller && !self.expected.to_caller {
            self.to_ms = now_ms;
        }
        self.expected = expected;
    }

    /// How it is now.
    pub fn state(&self) -> MediaState {
        self.state
    }

    /// Looks, at least ten times a second; the state if it is another one than before.
    pub fn look(&mut self, seen: Seen, now_ms: u64) -> Option<MediaState> {
        self.count(seen, now_ms);
        let is_dead = |last_ms: u64| now_ms.saturating_sub(last_ms) >= DEAD_MS;
        let from = self.expected.from_caller && is_dead(self.from_ms);
        let to = self.expected.to_caller && is_dead(self.to_ms);
        let percent = self.window.lost_percent;
        let state = match (from, to) {
            (true, true) => MediaState::Nothing,
            (true, false) => MediaState::NothingFromCaller,
            (false, true) => MediaState::NothingToCaller,
            (false, false) if percent > self.lossy_percent => MediaState::Lossy { percent },
            (false, false) => MediaState::Flowing,
        };
        let before = std::mem::replace(&mut self.state, state);
        (before != state).then_some(state)
    }

    fn count(&mut self, seen: Seen, now_ms: u64) {
        let before = self.window;
        if seen.expected < before.seen.expected {
            // Another stream began.
            self.window = Window { since_ms: now_ms, seen, lost_percent: 0 };
            return;
        }
        if now_ms.saturating_sub(before.since_ms) < LOSS_WINDOW_MS {
            return;
        }
        let expected = seen.expected - before.seen.expected;
        let lost = u64::try_from(seen.lost.saturating_sub(before.seen.lost)).unwrap_or(0);
        let counts = expected >= EXPECTED_MIN;
        let lost_percent = if counts { lost.min(expected) * 100 / expected } else { 0 };
        self.window = Window { since_ms: now_ms, seen, lost_percent };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: Expected = Expected { from_caller: true, to_caller: true };

    /// Looks every 100 ms until something is said: when, and what.
    fn said(
        watch: &mut MediaWatch,
        from_ms: u64,
        each: impl Fn(&mut MediaWatch, u64) -> Seen,
    ) -> Option<(u64, MediaState)> {
        (from_ms..from_ms + 5_000).step_by(100).find_map(|now_ms| {
            let seen = each(watch, now_ms);
            watch.look(seen, now_ms).map(|state| (now_ms, state))
        })
    }

    #[test]
    fn a_dead_direction_is_told_within_a_second_and_its_return_at_once() {
        let mut watch = MediaWatch::new(10, BOTH, 0);
        let (at_ms, state) = said(&mut watch, 0, |watch, now_ms| {
            watch.spoke(now_ms);
            Seen::default()
        })
        .unwrap();
        assert_eq!(state, MediaState::NothingFromCaller);
        assert!(at_ms <= 1_000, "{at_ms}");
        watch.heard(2_000);
        watch.spoke(2_000);
        assert_eq!(watch.look(Seen::default(), 2_000), Some(MediaState::Flowing));
        let (at_ms, state) = said(&mut watch, 2_000, |watch, now_ms| {
            watch.heard(now_ms);
            Seen::default()
        })
        .unwrap();
        assert_eq!(state, MediaState::NothingToCaller);
        assert!(at_ms <= 3_000, "{at_ms}");
    }

    #[test]
    fn nothing_either_way_is_one_word() {
        let mut watch = MediaWatch::new(10, BOTH, 0);
        let told = said(&mut watch, 0, |_, _| Seen::default());
        assert_eq!(told, Some((900, MediaState::Nothing)));
    }

    #[test]
    fn on_hold_silence_is_right() {
        let mut watch = MediaWatch::new(10, BOTH, 0);
        watch.expect(Expected { from_caller: false, to_caller: false }, 0);
        assert_eq!(said(&mut watch, 0, |_, _| Seen::default()), None);
        watch.expect(BOTH, 5_000);
        let told = said(&mut watch, 5_000, |_, _| Seen::default());
        assert_eq!(told, Some((5_900, MediaState::Nothing)));
    }

    #[test]
    fn losses_are_told_with_their_share() {
        let mut watch = MediaWatch::new(10, BOTH, 0);
        let told = said(&mut watch, 0, |watch, now_ms| {
            watch.heard(now_ms);
            watch.spoke(now_ms);
            Seen { expected: now_ms / 20, lost: i64::try_from(now_ms / 100).unwrap() }
        });
        assert_eq!(told, Some((1_000, MediaState::Lossy { percent: 20 })));
    }

    #[test]
    fn bearable_losses_are_not() {
        let mut watch = MediaWatch::new(10, BOTH, 0);
        let told = said(&mut watch, 0, |watch, now_ms| {
            watch.heard(now_ms);
            watch.spoke(now_ms);
            Seen { expected: now_ms / 20, lost: i64::try_from(now_ms / 200).unwrap() }
        });
        assert_eq!(told, None);
    }
}
