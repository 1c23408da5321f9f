//! What the recommendation asks of roads, or of what stands in for them.

use map::Point;

/// Travel times of many units to one incident.
///
/// A pure function of its arguments and of the map that [`TravelTimes::map_version`] names: the
/// same question has the same answer on every run and machine.
pub trait TravelTimes {
    /// Version of the map behind the answers; it is recorded with every recommendation.
    fn map_version(&self) -> &str;

    /// Milliseconds from each of `from` to `to`, in the order of `from`; `None` where there is no
    /// way, or where a point lies outside the map.
    fn travel_ms(&self, to: Point, from: &[Point]) -> Vec<Option<u32>>;

    /// Names places that will be asked from again and again, such as stations, in place of those
    /// named before. It may save time later; it changes no answer.
    fn keep_ready(&mut self, _from: &[Point]) {}
}
