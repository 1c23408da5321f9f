//! Areas: zones of the police, run areas of the fire service, neighbourhoods, the boundary.

use serde::{Deserialize, Serialize};

use crate::point::Point;

/// One polygon: its outer ring and its holes. A point in an odd number of rings is inside.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Polygon {
    /// Rings without the repeated last point, outer ring first.
    pub rings: Vec<Vec<Point>>,
}

/// A named area of a kind; may consist of several polygons.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Area {
    /// `police_sector`, `police_district`, `fire_engine`, ..., as the description names it;
    /// [`Area::BOUNDARY`] is the edge of the centre's own ground.
    pub kind: String,
    /// Its name within its kind: `Engine 2`, `1104`.
    pub name: String,
    /// Its polygons.
    pub polygons: Vec<Polygon>,
    /// South-west and north-east corner; kept by the constructor.
    south_west: Point,
    north_east: Point,
}

impl Area {
    /// Kind of the area within which the centre answers.
    pub const BOUNDARY: &'static str = "boundary";

    /// An area of these polygons.
    #[must_use]
    pub fn new(kind: String, name: String, polygons: Vec<Polygon>) -> Self {
        let mut south_west = Point { lat_e7: i32::MAX, lon_e7: i32::MAX };
        let mut north_east = Point { lat_e7: i32::MIN, lon_e7: i32::MIN };
        for point in polygons.iter().flat_map(|polygon| polygon.rings.iter().flatten()) {
            south_west.lat_e7 = south_west.lat_e7.min(point.lat_e7);
            south_west.lon_e7 = south_west.lon_e7.min(point.lon_e7);
            north_east.lat_e7 = north_east.lat_e7.max(point.lat_e7);
            north_east.lon_e7 = north_east.lon_e7.max(point.lon_e7);
        }
        Self { kind, name, polygons, south_west, north_east }
    }

    /// Whether the point lies inside. Of two areas that share an edge, exactly one contains a point
    /// on it, because the arithmetic is exact.
    #[must_use]
    pub fn contains(&self, point: Point) -> bool {
        let in_box = (self.south_west.lat_e7..=self.north_east.lat_e7).contains(&point.lat_e7)
            && (self.south_west.lon_e7..=self.north_east.lon_e7).contains(&point.lon_e7);
        in_box && self.polygons.iter().any(|polygon| polygon.contains(point))
    }

    /// Corners of the box around the area: south-west, north-east.
    #[must_use]
    pub fn corners(&self) -> (Point, Point) {
        (self.south_west, self.north_east)
    }
}

impl Polygon {
    fn contains(&self, point: Point) -> bool {
        let crossings = self.rings.iter().map(|ring| crossings(ring, point)).sum::<usize>();
        crossings % 2 == 1
    }
}

/// How many edges of the ring a ray from the point to the east crosses.
fn crossings(ring: &[Point], point: Point) -> usize {
    let ends = ring.iter().skip(1).chain(ring.first());
    ring.iter().zip(ends).filter(|(a, b)| is_crossed(**a, **b, point)).count()
}

fn is_crossed(a: Point, b: Point, point: Point) -> bool {
    // From south to north whichever way it is drawn, so that both neighbours of a shared edge
    // compute the very same number.
    let (low, high) = if a.lat_e7 <= b.lat_e7 { (a, b) } else { (b, a) };
    if !(low.lat_e7 <= point.lat_e7 && point.lat_e7 < high.lat_e7) {
        return false;
    }
    let wide = |value: i32| i128::from(value);
    let edge = (wide(high.lat_e7) - wide(low.lat_e7), wide(high.lon_e7) - wide(low.lon_e7));
    let to = (wide(point.lat_e7) - wide(low.lat_e7), wide(point.lon_e7) - wide(low.lon_e7));
    // Strictly west of the edge.
    to.1 * edge.0 < edge.1 * to.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(low: i32, high: i32) -> Vec<Point> {
        [(low, low), (low, high), (high, high), (high, low)]
            .map(|(lat_e7, lon_e7)| Point { lat_e7, lon_e7 })
            .to_vec()
    }

    fn area(rings: Vec<Vec<Point>>) -> Area {
        Area::new("kind".into(), "name".into(), vec![Polygon { rings }])
    }

    fn at(lat_e7: i32, lon_e7: i32) -> Point {
        Point { lat_e7, lon_e7 }
    }

    #[test]
    fn inside_outside_and_hole() {
        let ring = area(vec![square(0, 100), square(40, 60)]);
        assert!(ring.contains(at(10, 10)));
        assert!(!ring.contains(at(50, 50)), "in the hole");
        assert!(!ring.contains(at(150, 50)));
        assert!(!ring.contains(at(50, -1)));
    }

    #[test]
    fn a_point_on_a_shared_edge_is_in_exactly_one_area() {
        let west = area(vec![vec![at(0, 0), at(0, 50), at(100, 70), at(100, 0)]]);
        let east = area(vec![vec![at(100, 70), at(0, 50), at(0, 100), at(100, 100)]]);
        for lat in 0..100 {
            for lon in 1..99 {
                let count = [&west, &east].iter().filter(|a| a.contains(at(lat, lon))).count();
                assert_eq!(count, 1, "{lat} {lon}");
            }
        }
    }

    #[test]
    fn an_area_without_polygons_contains_nothing() {
        assert!(!Area::new("kind".into(), "name".into(), vec![]).contains(at(0, 0)));
    }
}
