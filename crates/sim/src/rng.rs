//! Chance that can be repeated: one seed gives the same world on every machine.
//!
//! The generator is xoshiro256** 1.0 of D. Blackman and S. Vigna (<https://prng.di.unimi.it>),
//! started with their SplitMix64, both in the public domain. It is for simulation: keys and salts
//! of a centre in service come from the operating system.
//!
//! Whoever needs chance has a stream of their own, made of the seed and a name. So a new consumer,
//! or one that draws once more, moves nobody else's numbers.

use serde::{Deserialize, Serialize};

/// A stream of random numbers. Written down and read again, it goes on where it was.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rng {
    state: [u64; 4],
}

impl Rng {
    /// The stream of this name under this seed.
    pub fn named(seed: u64, name: &str) -> Self {
        let mut start = seed ^ fnv1a(name);
        let state = std::array::from_fn(|_| split_mix(&mut start));
        Self { state }
    }

    /// A number of 64 random bits.
    pub fn bits(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let result = b.wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let (c, d) = (c ^ a, d ^ b);
        self.state = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        result
    }

    /// A whole number below `end`, each as likely; 0 if `end` is 0. Lemire's method (2019): a
    /// product of 128 bits, the few uneven ones drawn again.
    pub fn below(&mut self, end: u64) -> u64 {
        if end == 0 {
            return 0;
        }
        let uneven = end.wrapping_neg() % end;
        loop {
            let product = u128::from(self.bits()) * u128::from(end);
            // The low half decides whether to draw again, the high half is the number.
            if product as u64 >= uneven {
                return (product >> 64) as u64;
            }
        }
    }

    /// True in `per_mille` of a thousand cases.
    pub fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1_000) < u64::from(per_mille)
    }

    /// One of `choices` by weight; `None` if all weights are 0 or there are none.
    pub fn choose<'a, T>(&mut self, choices: &'a [(u32, T)]) -> Option<&'a T> {
        let total: u64 = choices.iter().map(|(weight, _)| u64::from(*weight)).sum();
        let mut at = self.below(total);
        for (weight, choice) in choices {
            match at.checked_sub(u64::from(*weight)) {
                Some(rest) => at = rest,
                None => return Some(choice),
            }
        }
        None
    }

    /// 32 random bytes.
    pub fn bytes(&mut self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for chunk in bytes.chunks_exact_mut(8) {
            chunk.copy_from_slice(&self.bits().to_le_bytes());
        }
        bytes
    }
}

/// How long something takes: whole seconds at 0, 50, 90 and 100 % of all cases, straight lines in
/// between. Four numbers that anybody can check, in place of a distribution's name; and whole
/// numbers, which every machine computes alike.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Spread(pub [u32; 4]);

impl Spread {
    /// Always the same.
    pub const fn exactly(seconds: u32) -> Self {
        Self([seconds; 4])
    }

    /// Draws one, in milliseconds.
    pub fn draw_ms(self, rng: &mut Rng) -> u64 {
        const STEPS: u64 = 1_000_000;
        let [least, half, most, longest] = self.0;
        let at = rng.below(STEPS);
        let (from, to, part, whole) = match at {
            0..500_000 => (least, half, at, 500_000),
            500_000..900_000 => (half, most, at - 500_000, 400_000),
            _ => (most, longest, at - 900_000, 100_000),
        };
        let (from, to) = (u64::from(from) * 1000, u64::from(to) * 1000);
        from.saturating_add(to.saturating_sub(from) * part / whole)
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [least, half, most, longest] = self.0;
        if least == longest {
            return write!(f, "{least} s");
        }
        write!(f, "{least} to {longest} s, half within {half}, 90 % within {most}")
    }
}

/// FNV-1a, 64 bits: spreads names that differ in one letter (<http://www.isthe.com/chongo/tech/comp/fnv/>).
fn fnv1a(text: &str) -> u64 {
    let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, fold)
}

fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_gives_the_reference_numbers() {
        // The first outputs for state 1, 2, 3, 4, as in the test of the Rust crate `rand_xoshiro`,
        // made with the authors' reference implementation.
        let mut rng = Rng { state: [1, 2, 3, 4] };
        let expected = [
            11520,
            0,
            1_509_978_240,
            1_215_971_899_390_074_240,
            1_216_172_134_540_287_360,
            607_988_272_756_665_600,
            16_172_922_978_634_559_625,
            8_476_171_486_693_032_832,
            10_595_114_339_597_558_777,
            2_904_607_092_377_533_576,
        ];
        for number in expected {
            assert_eq!(rng.bits(), number);
        }
    }

    #[test]
    fn split_mix_gives_the_reference_numbers() {
        // The first outputs for 1234567, from the authors' page.
        let mut state = 1_234_567;
        assert_eq!(split_mix(&mut state), 6_457_827_717_110_365_317);
        assert_eq!(split_mix(&mut state), 3_203_168_211_198_807_973);
    }

    #[test]
    fn a_stream_depends_on_its_seed_and_its_name_alone() {
        let first = |seed, name| Rng::named(seed, name).bits();
        assert_eq!(first(7, "staff"), first(7, "staff"));
        assert_ne!(first(7, "staff"), first(8, "staff"));
        assert_ne!(first(7, "staff"), first(7, "crews"));
    }

    #[test]
    fn a_stream_goes_on_after_it_was_written_down() {
        let mut rng = Rng::named(1, "a");
        rng.bits();
        let text = serde_json::to_string(&rng).unwrap();
        let mut again: Rng = serde_json::from_str(&text).unwrap();
        assert_eq!(again.bytes(), rng.bytes());
    }

    #[test]
    fn numbers_stay_below_the_end_and_reach_it() {
        let mut rng = Rng::named(1, "a");
        let drawn: Vec<u64> = (0..1000).map(|_| rng.below(6)).collect();
        for side in 0..6 {
            let times = drawn.iter().filter(|number| **number == side).count();
            assert!((120..=220).contains(&times), "{side} came {times} times");
        }
        assert_eq!(rng.below(0), 0);
    }

    #[test]
    fn choices_come_by_weight() {
        let mut rng = Rng::named(1, "a");
        let choices = [(0, "never"), (1, "rare"), (9, "often")];
        let often = (0..1000).filter(|_| rng.choose(&choices) == Some(&"often")).count();
        assert!((850..=950).contains(&often), "{often}");
        assert_eq!(rng.choose::<u8>(&[(0, 1)]), None);
    }

    #[test]
    fn a_spread_has_the_quantiles_it_names() {
        let spread = Spread([10, 20, 40, 100]);
        let mut rng = Rng::named(1, "a");
        let mut drawn: Vec<u64> = (0..10_001).map(|_| spread.draw_ms(&mut rng)).collect();
        drawn.sort_unstable();
        assert!(drawn[0] >= 10_000 && drawn[10_000] < 100_000);
        assert!(drawn[5_000].abs_diff(20_000) < 500, "{}", drawn[5_000]);
        assert!(drawn[9_000].abs_diff(40_000) < 6_000, "{}", drawn[9_000]);
        assert_eq!(Spread::exactly(7).draw_ms(&mut rng), 7_000);
    }
}
