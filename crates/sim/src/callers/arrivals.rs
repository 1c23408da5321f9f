//! When things happen: a Poisson process, thinned by the hour of the day.
//!
//! Candidates come at the rate of the busiest hour; each is kept with the share that its own hour
//! has of it (Lewis and Shedler, 1979). Whole numbers throughout, so that every machine draws the
//! same times.

use crate::Rng;
use crate::curves::HourCurve;
use evenhand_core::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

const HOUR_MS: u64 = 3_600_000;

/// Times of one service's happenings.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Arrivals {
    rng: Rng,
    /// The next one; `None`: never.
    next_at: Option<Timestamp>,
}

/// How often, and when in the day.
pub struct Rate<'a> {
    /// Happenings of a whole day.
    pub per_day: u32,
    /// Their spread over it.
    pub curve: HourCurve,
    /// Where the hours are local.
    pub zone: &'a TimeZone,
}

impl Arrivals {
    /// A process that begins at `from`.
    pub fn new(mut rng: Rng, from: Timestamp, rate: &Rate<'_>) -> Self {
        let next_at = rate.next(from, &mut rng);
        Self { rng, next_at }
    }

    /// The next happening.
    pub fn next_at(&self) -> Option<Timestamp> {
        self.next_at
    }

    /// Goes on to the one after it.
    pub fn go_on(&mut self, rate: &Rate<'_>) {
        self.next_at = self.next_at.and_then(|at| rate.next(at, &mut self.rng));
    }
}

impl Rate<'_> {
    fn next(&self, from: Timestamp, rng: &mut Rng) -> Option<Timestamp> {
        let highest = u64::from(self.curve.highest());
        let busiest = u64::from(self.per_day) * highest;
        if busiest == 0 {
            return None;
        }
        let mean_ms = HOUR_MS * 10_000 / busiest;
        let mut at = from;
        loop {
            at = at.plus(exponential_ms(rng, mean_ms));
            if rng.below(highest) < u64::from(self.curve.share(self.hour(at))) {
                return Some(at);
            }
        }
    }

    /// The local hour; beyond what a calendar can say, midnight.
    fn hour(&self, at: Timestamp) -> u8 {
        jiff::Timestamp::from_millisecond(at.0)
            .map_or(0, |at| self.zone.to_datetime(at).hour().unsigned_abs())
    }
}

/// A waiting time of a Poisson process: `mean_ms` times -ln(u) for a random u in (0, 1).
///
/// The logarithm is taken to base 2, bit by bit by squaring, and scaled: 32 bits after the point,
/// and no floating point, whose logarithm differs between machines.
fn exponential_ms(rng: &mut Rng, mean_ms: u64) -> u64 {
    /// ln 2 in parts of 2^32.
    const LN_2: u128 = 2_977_044_472;
    let bits = rng.bits() | 1;
    let zeros = bits.leading_zeros();
    // u = square / 2^(64 + zeros), with `square` in [2^63, 2^64), read as a number in [1, 2).
    let mut square = u128::from(bits << zeros);
    let mut fraction: u64 = 0;
    for _ in 0..32 {
        square = (square * square) >> 63;
        fraction <<= 1;
        if square >> 64 != 0 {
            fraction |= 1;
            square >>= 1;
        }
    }
    // -log2 u = zeros + 1 - fraction.
    let logarithm = ((u128::from(zeros) + 1) << 32) - u128::from(fraction);
    u64::try_from((u128::from(mean_ms) * logarithm * LN_2) >> 64).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curves::POLICE;

    fn cambridge() -> TimeZone {
        TimeZone::get("America/New_York").unwrap()
    }

    #[test]
    fn waiting_times_are_exponential() {
        let mut rng = Rng::named(1, "wait");
        let mut drawn: Vec<u64> =
            (0..20_001).map(|_| exponential_ms(&mut rng, 1_000_000)).collect();
        drawn.sort_unstable();
        let mean = drawn.iter().sum::<u64>() / 20_001;
        assert!(mean.abs_diff(1_000_000) < 15_000, "{mean}");
        // ln 2 and ln 10 of the mean.
        assert!(drawn[10_000].abs_diff(693_147) < 15_000, "{}", drawn[10_000]);
        assert!(drawn[18_000].abs_diff(2_302_585) < 50_000, "{}", drawn[18_000]);
    }

    #[test]
    fn the_logarithm_of_a_known_number_is_right() {
        // The first number of this stream, by the floating-point logarithm.
        let bits = Rng::named(7, "known").bits() | 1;
        let expected = -(bits as f64 / 2f64.powi(64)).ln() * 1e6;
        let given = exponential_ms(&mut Rng::named(7, "known"), 1_000_000);
        assert!((given as f64 - expected).abs() < 2.0, "{given} {expected}");
    }

    #[test]
    fn a_year_has_its_total_and_its_curve() {
        let zone = cambridge();
        let rate = Rate { per_day: 100, curve: POLICE, zone: &zone };
        let start = Timestamp(1_767_243_600_000);
        let mut arrivals = Arrivals::new(Rng::named(3, "police"), start, &rate);
        let mut hours = [0_u64; 24];
        while let Some(at) = arrivals.next_at().filter(|at| at.since(start) < 365 * 24 * HOUR_MS) {
            hours[usize::from(rate.hour(at))] += 1;
            arrivals.go_on(&rate);
        }
        let total: u64 = hours.iter().sum();
        assert!(total.abs_diff(36_500) < 600, "{total}");
        let curve = HourCurve::of_counts(hours);
        for hour in 0..24 {
            let (is, wanted) = (curve.share(hour), POLICE.share(hour));
            assert!(is.abs_diff(wanted) < 40, "hour {hour}: {is} for {wanted}");
        }
    }

    #[test]
    fn the_hour_is_local_in_summer_and_winter() {
        let zone = cambridge();
        let rate = Rate { per_day: 1, curve: POLICE, zone: &zone };
        assert_eq!(rate.hour(Timestamp(1_767_243_600_000)), 0, "2026-01-01T05:00Z");
        assert_eq!(rate.hour(Timestamp(1_780_693_200_000)), 17, "2026-06-05T21:00Z");
    }

    #[test]
    fn nothing_a_day_is_never() {
        let zone = cambridge();
        let rate = Rate { per_day: 0, curve: POLICE, zone: &zone };
        let arrivals = Arrivals::new(Rng::named(3, "none"), Timestamp(0), &rate);
        assert_eq!(arrivals.next_at(), None);
    }
}
