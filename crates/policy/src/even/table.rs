//! Maps from numbers to numbers with a fixed order of nothing hidden: open addressing, one mixing
//! function without a seed, so that two runs on two machines do the same steps.

/// The key that stands for an empty place. No caller uses it.
const EMPTY: u64 = u64::MAX;

/// Spreads a key over all 64 bits. The constants are those of the finaliser of SplitMix64.
pub(crate) fn mix(key: u64) -> u64 {
    let key = (key ^ (key >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let key = (key ^ (key >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    key ^ (key >> 31)
}

/// Two node numbers as one key.
pub(crate) fn pair(first: u32, second: u32) -> u64 {
    (u64::from(first) << 32) | u64::from(second)
}

/// An exact map that only grows.
#[derive(Debug)]
pub(crate) struct Table<V> {
    places: Vec<(u64, V)>,
    used: usize,
}

impl<V: Copy + Default> Table<V> {
    pub(crate) fn new() -> Self {
        Self { places: vec![(EMPTY, V::default()); 64], used: 0 }
    }

    /// How many keys it holds.
    pub(crate) fn len(&self) -> usize {
        self.used
    }

    pub(crate) fn get(&self, key: u64) -> Option<V> {
        let (found, value) = self.places[self.place(key)];
        (found == key).then_some(value)
    }

    /// Sets a key that may or may not be there.
    pub(crate) fn set(&mut self, key: u64, value: V) {
        debug_assert_ne!(key, EMPTY);
        if (self.used + 1) * 2 > self.places.len() {
            self.grow();
        }
        let at = self.place(key);
        if self.places[at].0 == EMPTY {
            self.used += 1;
        }
        self.places[at] = (key, value);
    }

    fn place(&self, key: u64) -> usize {
        let mask = self.places.len() - 1;
        let mut at = low(mix(key)) & mask;
        while self.places[at].0 != key && self.places[at].0 != EMPTY {
            at = (at + 1) & mask;
        }
        at
    }

    fn grow(&mut self) {
        let wider = vec![(EMPTY, V::default()); self.places.len() * 2];
        let old = std::mem::replace(&mut self.places, wider);
        for (key, value) in old {
            if key != EMPTY {
                let at = self.place(key);
                self.places[at] = (key, value);
            }
        }
    }
}

/// The low bits of a hash as an index; what does not fit is not needed.
#[expect(clippy::cast_possible_truncation, reason = "only the low bits are wanted")]
pub(crate) fn low(hash: u64) -> usize {
    hash as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_holds_what_it_was_given_through_growth() {
        let mut table = Table::new();
        for key in 0..10_000_u64 {
            table.set(key * 7, key);
        }
        table.set(7, 99);
        assert_eq!(table.len(), 10_000);
        assert_eq!(table.get(7), Some(99));
        assert_eq!(table.get(7 * 9_999), Some(9_999));
        assert_eq!(table.get(8), None);
    }
}
