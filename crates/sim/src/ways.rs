//! How crews get from one place to another.

use evenhand_core::Timestamp;
use map::Point;
use roads::Roads;
use serde::{Deserialize, Serialize};

/// Which way a crew takes, and how long it takes.
pub trait Ways {
    /// The way between two points; `None` if there is none, or one lies outside the map.
    fn way(&self, from: Point, to: Point) -> Option<Way>;
}

/// A way, with the times at its points.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Way {
    /// How long it takes, in milliseconds.
    pub total_ms: u64,
    /// Milliseconds after the start, and where one is then; never decreasing.
    pub steps: Vec<(u64, Point)>,
}

impl Ways for Roads {
    fn way(&self, from: Point, to: Point) -> Option<Way> {
        let route = self.route(from, to)?;
        let steps = route.steps.iter().map(|step| (step.at_ms, step.point)).collect();
        Some(Way { total_ms: route.total_ms, steps })
    }
}

/// A crew under way.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Drive {
    started_at: Timestamp,
    way: Way,
}

impl Drive {
    /// Sets out.
    pub fn start(at: Timestamp, way: Way) -> Self {
        Self { started_at: at, way }
    }

    /// When it is over.
    pub fn ends_at(&self) -> Timestamp {
        self.started_at.plus(self.way.total_ms)
    }

    /// Where the crew is; `None` if the way has no points at all.
    pub fn place(&self, now: Timestamp) -> Option<Point> {
        let driven = now.since(self.started_at);
        let next = self.way.steps.partition_point(|(at, _)| *at <= driven);
        let before = next.checked_sub(1).and_then(|index| self.way.steps.get(index));
        match (before, self.way.steps.get(next)) {
            (Some((from_ms, from)), Some((to_ms, to))) => {
                Some(between(*from, *to, driven - from_ms, to_ms - from_ms))
            }
            (Some((_, point)), None) | (None, Some((_, point))) => Some(*point),
            (None, None) => None,
        }
    }
}

/// The point `part / whole` of the way between two.
fn between(from: Point, to: Point, part: u64, whole: u64) -> Point {
    let mix = |a: i32, b: i32| {
        let step = (i128::from(b) - i128::from(a)) * i128::from(part) / i128::from(whole.max(1));
        // INVARIANT: `part` is at most `whole`, so the result lies between two i32 values.
        i32::try_from(i128::from(a) + step).unwrap_or(b)
    };
    Point { lat_e7: mix(from.lat_e7, to.lat_e7), lon_e7: mix(from.lon_e7, to.lon_e7) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lat_e7: i32) -> Point {
        Point { lat_e7, lon_e7: 0 }
    }

    #[test]
    fn a_drive_passes_its_points_in_time() {
        let way =
            Way { total_ms: 3_000, steps: vec![(0, at(0)), (1_000, at(100)), (3_000, at(0))] };
        let drive = Drive::start(Timestamp(10_000), way);
        let place = |ms: i64| drive.place(Timestamp(10_000 + ms));
        assert_eq!(place(-5), Some(at(0)));
        assert_eq!(place(500), Some(at(50)));
        assert_eq!(place(1_000), Some(at(100)));
        assert_eq!(place(2_000), Some(at(50)));
        assert_eq!(place(9_000), Some(at(0)));
        assert_eq!(drive.ends_at(), Timestamp(13_000));
    }

    #[test]
    fn a_way_without_points_is_nowhere() {
        let drive = Drive::start(Timestamp(0), Way { total_ms: 5, steps: Vec::new() });
        assert_eq!(drive.place(Timestamp(1)), None);
    }
}
