//! What time it is in the centre. The only place that asks the operating system.
//!
//! A live centre runs on the system's clock. The demo runs on its own: demo time starts where it
//! was left, goes on at a chosen speed, and stands still while nothing runs.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use evenhand_core::Timestamp;

/// A clock; clones show the same time.
#[derive(Clone, Debug)]
pub struct Clock {
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Real,
    Scaled(Arc<Mutex<Scaled>>),
}

/// Time at a speed: `base` at the real instant `since`, then `speed` times as fast.
#[derive(Debug)]
struct Scaled {
    base: Timestamp,
    since: Instant,
    // Times real time; 0 while it stands still.
    speed: u32,
}

impl Scaled {
    fn at(&self, instant: Instant) -> Timestamp {
        let real_us = instant.saturating_duration_since(self.since).as_micros();
        let ms = real_us.saturating_mul(u128::from(self.speed)) / 1_000;
        self.base.plus(u64::try_from(ms).unwrap_or(u64::MAX))
    }

    fn set_speed(&mut self, instant: Instant, speed: u32) {
        self.base = self.at(instant);
        self.since = instant;
        self.speed = speed;
    }

    fn until(&self, instant: Instant, at: Timestamp) -> Option<Duration> {
        let ms = u64::try_from(at.0.saturating_sub(self.at(instant).0)).unwrap_or(0);
        match self.speed {
            _ if ms == 0 => Some(Duration::ZERO),
            0 => None,
            speed => Some(Duration::from_micros(ms.saturating_mul(1_000).div_ceil(speed.into()))),
        }
    }
}

impl Clock {
    /// The system's clock. It may jump; the door never stamps an entry earlier than the last one.
    pub fn real() -> Self {
        Self { kind: Kind::Real }
    }

    /// A clock that shows `base` now and goes on `speed` times as fast as real time; a `speed` of
    /// 0 stands still.
    pub fn scaled(base: Timestamp, speed: u32) -> Self {
        let scaled = Scaled { base, since: instant(), speed };
        Self { kind: Kind::Scaled(Arc::new(Mutex::new(scaled))) }
    }

    /// The time in the centre.
    pub fn now(&self) -> Timestamp {
        match &self.kind {
            Kind::Real => system_time(),
            Kind::Scaled(scaled) => lock(scaled).at(instant()),
        }
    }

    /// Times real time; 1 for a real clock, 0 for one that stands still.
    pub fn speed(&self) -> u32 {
        match &self.kind {
            Kind::Real => 1,
            Kind::Scaled(scaled) => lock(scaled).speed,
        }
    }

    /// From now on `speed` times real time; 0 makes it stand still. A real clock does not change.
    pub fn set_speed(&self, speed: u32) {
        if let Kind::Scaled(scaled) = &self.kind {
            lock(scaled).set_speed(instant(), speed);
        }
    }

    /// Real time until the clock shows `at`: zero if it is past, `None` if it stands still.
    pub fn until(&self, at: Timestamp) -> Option<Duration> {
        match &self.kind {
            Kind::Real => {
                let ms = at.0.saturating_sub(system_time().0);
                Some(Duration::from_millis(u64::try_from(ms).unwrap_or(0)))
            }
            Kind::Scaled(scaled) => lock(scaled).until(instant(), at),
        }
    }
}

/// Milliseconds since 1970 on a clock that never goes back, whatever the system's does: SIP's
/// timers and voice run on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Steady {
    base_ms: u64,
    since: Instant,
}

impl Steady {
    /// Begins with the system's time.
    pub fn start() -> Self {
        Self { base_ms: u64::try_from(system_time().0).unwrap_or(0), since: instant() }
    }

    pub fn now_ms(&self) -> u64 {
        let passed = instant().saturating_duration_since(self.since).as_millis();
        self.base_ms.saturating_add(u64::try_from(passed).unwrap_or(u64::MAX))
    }
}

/// A panic elsewhere cannot leave these three numbers half written.
fn lock(scaled: &Mutex<Scaled>) -> std::sync::MutexGuard<'_, Scaled> {
    scaled.lock().unwrap_or_else(PoisonError::into_inner)
}

#[expect(clippy::disallowed_methods, reason = "this is the door where time enters")]
fn system_time() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}

/// Now, to measure from: for the clocks here and for voice, which is never faster than real time.
#[expect(clippy::disallowed_methods, reason = "this is the door where time enters")]
pub(crate) fn instant() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scaled(speed: u32) -> (Scaled, Instant) {
        let since = instant();
        (Scaled { base: Timestamp(1_000_000), since, speed }, since)
    }

    #[test]
    fn ten_times_real_time_is_ten_times_as_far() {
        let (clock, start) = scaled(10);
        assert_eq!(clock.at(start), Timestamp(1_000_000));
        assert_eq!(clock.at(start + Duration::from_millis(70)), Timestamp(1_000_700));
    }

    #[test]
    fn a_change_of_speed_does_not_jump() {
        let (mut clock, start) = scaled(10);
        clock.set_speed(start + Duration::from_secs(1), 0);
        assert_eq!(clock.at(start + Duration::from_secs(9)), Timestamp(1_010_000));
        clock.set_speed(start + Duration::from_secs(9), 2);
        assert_eq!(clock.at(start + Duration::from_secs(10)), Timestamp(1_012_000));
    }

    #[test]
    fn until_is_real_time() {
        let (mut clock, start) = scaled(4);
        assert_eq!(clock.until(start, Timestamp(1_002_000)), Some(Duration::from_millis(500)));
        assert_eq!(clock.until(start, Timestamp(5)), Some(Duration::ZERO));
        clock.set_speed(start, 0);
        assert_eq!(clock.until(start, Timestamp(1_002_000)), None);
    }

    #[test]
    fn a_stopped_clock_stands_still() {
        let clock = Clock::scaled(Timestamp(42), 0);
        assert_eq!((clock.now(), clock.speed()), (Timestamp(42), 0));
        Clock::real().set_speed(7);
        assert_eq!(Clock::real().speed(), 1);
    }
}
