//! What is due when: one time for each key, the earliest at hand.

use std::collections::{BTreeMap, BTreeSet};

/// Keys by the time at which they are due. Setting, clearing and asking cost O(log n).
#[derive(Debug)]
pub struct Schedule<K> {
    // INVARIANT: both hold the same pairs; only `set` changes them.
    by_time: BTreeSet<(u64, K)>,
    by_key: BTreeMap<K, u64>,
}

impl<K> Default for Schedule<K> {
    fn default() -> Self {
        Self { by_time: BTreeSet::new(), by_key: BTreeMap::new() }
    }
}

impl<K: Clone + Ord> Schedule<K> {
    /// Sets when a key is due, in place of what was set before; `None` is never.
    pub fn set(&mut self, key: &K, due: Option<u64>) {
        if self.by_key.get(key).copied() == due {
            return;
        }
        if let Some(old) = self.by_key.remove(key) {
            self.by_time.remove(&(old, key.clone()));
        }
        if let Some(due) = due {
            self.by_time.insert((due, key.clone()));
            self.by_key.insert(key.clone(), due);
        }
    }

    /// The earliest time at which anything is due.
    #[must_use]
    pub fn next(&self) -> Option<u64> {
        self.by_time.first().map(|(due, _)| *due)
    }

    /// Takes one key that is due, the earliest first.
    pub fn take(&mut self, now: u64) -> Option<K> {
        if self.next()? > now {
            return None;
        }
        let (_, key) = self.by_time.pop_first()?;
        self.by_key.remove(&key);
        Some(key)
    }
}

#[cfg(test)]
mod tests {
    use super::Schedule;

    #[test]
    fn the_earliest_is_taken_first_and_only_once_it_is_due() {
        let mut schedule = Schedule::default();
        schedule.set(&"b", Some(20));
        schedule.set(&"a", Some(30));
        schedule.set(&"a", Some(10));
        assert_eq!(schedule.next(), Some(10));
        assert_eq!(schedule.take(9), None);
        assert_eq!(schedule.take(20), Some("a"));
        assert_eq!(schedule.take(20), Some("b"));
        assert_eq!(schedule.next(), None);
    }

    #[test]
    fn what_is_cleared_is_never_due() {
        let mut schedule = Schedule::default();
        schedule.set(&1, Some(5));
        schedule.set(&1, None);
        assert_eq!(schedule.take(u64::MAX), None);
    }
}
