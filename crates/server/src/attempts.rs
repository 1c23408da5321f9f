//! Sign-in attempts: a token bucket per person, so that passwords cannot be tried at speed.
//!
//! It is asked for passwords and never for calls.

use std::collections::BTreeMap;

use crate::limits::{ATTEMPT_EVERY_MS, ATTEMPTS_MAX, PEOPLE_MAX};

/// What is left to each person. Times are milliseconds of one clock, whichever it is.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    // Only people who have used some: a full bucket is not kept.
    used: BTreeMap<String, Bucket>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: u32,
    // When the last attempt was given back.
    filled_at: i64,
}

impl Bucket {
    fn refilled(self, now: i64) -> Self {
        let every = i64::try_from(ATTEMPT_EVERY_MS).unwrap_or(i64::MAX);
        let given_back = now.saturating_sub(self.filled_at).max(0) / every;
        let left = i64::from(self.left).saturating_add(given_back).min(i64::from(ATTEMPTS_MAX));
        Self {
            left: u32::try_from(left).unwrap_or(ATTEMPTS_MAX),
            filled_at: self.filled_at.saturating_add(given_back.saturating_mul(every)),
        }
    }
}

impl Attempts {
    /// Takes one attempt; `Err` says in how many milliseconds there will be one.
    pub(crate) fn take(&mut self, person: &str, now: i64) -> Result<(), u64> {
        self.forget_full(now);
        let full = Bucket { left: ATTEMPTS_MAX, filled_at: now };
        let bucket = self.used.get(person).map_or(full, |bucket| bucket.refilled(now));
        let Some(left) = bucket.left.checked_sub(1) else {
            let waited = u64::try_from(now.saturating_sub(bucket.filled_at)).unwrap_or(0);
            return Err(ATTEMPT_EVERY_MS.saturating_sub(waited).max(1));
        };
        self.used.insert(person.to_owned(), Bucket { left, ..bucket });
        Ok(())
    }

    /// A right password gives all attempts back.
    pub(crate) fn reset(&mut self, person: &str) {
        self.used.remove(person);
    }

    /// Names that nobody has would otherwise fill the memory.
    fn forget_full(&mut self, now: i64) {
        if self.used.len() >= PEOPLE_MAX {
            self.used.retain(|_, bucket| bucket.refilled(now).left < ATTEMPTS_MAX);
        }
        if self.used.len() >= PEOPLE_MAX {
            self.used.pop_first();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: i64 = ATTEMPT_EVERY_MS as i64;

    #[test]
    fn after_the_last_attempt_one_comes_back_at_a_time() {
        let mut attempts = Attempts::default();
        for _ in 0..ATTEMPTS_MAX {
            assert_eq!(attempts.take("ada", 0), Ok(()));
        }
        assert_eq!(attempts.take("ada", 1_000), Err(ATTEMPT_EVERY_MS - 1_000));
        assert_eq!(attempts.take("grace", 1_000), Ok(()));
        assert_eq!(attempts.take("ada", EVERY), Ok(()));
        assert_eq!(attempts.take("ada", EVERY), Err(ATTEMPT_EVERY_MS));
    }

    #[test]
    fn a_right_password_gives_all_back() {
        let mut attempts = Attempts::default();
        for _ in 0..ATTEMPTS_MAX {
            attempts.take("ada", 0).unwrap();
        }
        attempts.reset("ada");
        assert_eq!(attempts.take("ada", 0), Ok(()));
    }

    #[test]
    fn names_that_nobody_has_do_not_fill_the_memory() {
        let mut attempts = Attempts::default();
        for name in 0..PEOPLE_MAX + 10 {
            attempts.take(&name.to_string(), 0).unwrap();
        }
        assert!(attempts.used.len() <= PEOPLE_MAX);
    }

    #[test]
    fn a_clock_that_jumps_back_gives_nothing_and_breaks_nothing() {
        let mut attempts = Attempts::default();
        for _ in 0..ATTEMPTS_MAX {
            attempts.take("ada", 1_000_000).unwrap();
        }
        assert!(attempts.take("ada", 0).is_err());
    }
}
