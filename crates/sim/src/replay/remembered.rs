//! Travel times that are asked more than once: a year of calls from a few bases asks the same ways
//! again and again, and the recommendation, the record and the crew ask in the same minute.

use crate::ways::{Way, Ways};
use map::Point;
use roads::TravelTimes;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Ways remembered; at the limit all are forgotten.
const WAYS_MAX: usize = 200_000;

/// Milliseconds by (to, from).
type Times = BTreeMap<(Point, Point), Option<u32>>;

/// The same answers as what it stands before, each computed once. Clones share what they remember.
#[derive(Clone)]
pub struct Remembered {
    times: Arc<dyn TravelTimes + Send + Sync>,
    known: Arc<Mutex<Times>>,
}

impl Remembered {
    /// In front of these times.
    pub fn new(times: Box<dyn TravelTimes + Send + Sync>) -> Self {
        Self { times: Arc::from(times), known: Arc::default() }
    }

    fn known(&self) -> MutexGuard<'_, Times> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TravelTimes for Remembered {
    fn map_version(&self) -> &str {
        self.times.map_version()
    }

    fn travel_ms(&self, to: Point, from: &[Point]) -> Vec<Option<u32>> {
        let mut known = self.known();
        let mut unknown: Vec<Point> =
            from.iter().copied().filter(|from| !known.contains_key(&(to, *from))).collect();
        unknown.sort_unstable();
        unknown.dedup();
        if known.len() + unknown.len() > WAYS_MAX {
            known.clear();
            return self.times.travel_ms(to, from);
        }
        if !unknown.is_empty() {
            let times = self.times.travel_ms(to, &unknown);
            known.extend(unknown.iter().zip(times).map(|(from, time)| ((to, *from), time)));
        }
        from.iter().map(|from| known.get(&(to, *from)).copied().flatten()).collect()
    }
}

/// Ways of crews in a replay: a straight line, since nobody looks; and the way back takes as long
/// as the way there, which spares a search for each call. Exact where no street is one-way.
pub struct ThereAndBack(pub Remembered);

impl Ways for ThereAndBack {
    fn way(&self, from: Point, to: Point) -> Option<Way> {
        let back = self.0.known().get(&(from, to)).copied();
        let there = || self.0.travel_ms(to, &[from]).first().copied().flatten();
        let total_ms = u64::from(back.unwrap_or_else(there)?);
        Some(Way { total_ms, steps: vec![(0, from), (total_ms, to)] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    struct Counted(Arc<AtomicUsize>);

    impl TravelTimes for Counted {
        fn map_version(&self) -> &str {
            "counted"
        }

        fn travel_ms(&self, to: Point, from: &[Point]) -> Vec<Option<u32>> {
            self.0.fetch_add(from.len(), Ordering::Relaxed);
            from.iter().map(|from| u32::try_from(from.lat_e7 - to.lat_e7).ok()).collect()
        }
    }

    #[test]
    fn every_way_is_computed_once_and_in_its_direction() {
        let at = |lat_e7| Point { lat_e7, lon_e7: 0 };
        let asked = Arc::new(AtomicUsize::new(0));
        let times = Remembered::new(Box::new(Counted(asked.clone())));
        assert_eq!(times.travel_ms(at(1), &[at(3), at(2), at(3)]), [Some(2), Some(1), Some(2)]);
        assert_eq!(times.clone().travel_ms(at(1), &[at(2), at(0)]), [Some(1), None]);
        assert_eq!(asked.load(Ordering::Relaxed), 3);
        assert_eq!(times.travel_ms(at(2), &[at(1)]), [None]);
        assert_eq!(asked.load(Ordering::Relaxed), 4);
    }

    #[test]
    fn the_way_back_takes_as_long_as_the_way_there() {
        let at = |lat_e7| Point { lat_e7, lon_e7: 0 };
        let asked = Arc::new(AtomicUsize::new(0));
        let ways = ThereAndBack(Remembered::new(Box::new(Counted(asked.clone()))));
        assert_eq!(ways.way(at(1), at(3)), None);
        assert_eq!(ways.way(at(5), at(3)).map(|way| way.total_ms), Some(2));
        assert_eq!(ways.way(at(3), at(5)).map(|way| way.total_ms), Some(2));
        assert_eq!(asked.load(Ordering::Relaxed), 2);
    }
}
