//! A place on the ground in whole numbers, and how far it is from another.
//!
//! Distances use a flat approximation around the two points (equirectangular, mean earth radius).
//! Over 50 km it is within 0.4 % of the true distance, which is less than what a road's drawn
//! centreline leaves open. No platform's `cos` is asked: its last digit differs between machines.

use serde::{Deserialize, Serialize};

/// Millimetres of one 1e-7 degree of latitude, times 1e6 (mean earth radius 6,371,008.8 m).
const MM_PER_E7_TIMES_1E6: i64 = 11_119_508;

/// A place on the ground: WGS84, in 1e-7 degrees (about 1 cm).
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
pub struct Point {
    /// Latitude in 1e-7 degrees, -900,000,000 to 900,000,000, north positive.
    pub lat_e7: i32,
    /// Longitude in 1e-7 degrees, -1,800,000,000 to 1,800,000,000, east positive.
    pub lon_e7: i32,
}

impl Point {
    /// From decimal degrees; `None` if one is not a number or lies outside 90 or 180 degrees.
    #[must_use]
    pub fn from_degrees(lat: f64, lon: f64) -> Option<Self> {
        if !((-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon)) {
            return None;
        }
        // INVARIANT: within i32 after the check above; rounding is exact on every machine.
        Some(Self { lat_e7: (lat * 1e7).round() as i32, lon_e7: (lon * 1e7).round() as i32 })
    }

    /// Distance in whole metres, rounded to the nearest.
    #[must_use]
    pub fn distance_m(self, other: Point) -> u32 {
        u32::try_from((self.distance_mm(other) + 500) / 1000).unwrap_or(u32::MAX)
    }

    /// Distance in millimetres.
    #[must_use]
    pub fn distance_mm(self, other: Point) -> u64 {
        let middle = (i64::from(self.lat_e7) + i64::from(other.lat_e7)) / 2;
        let (x, y) = self.offset_mm(other, Flat::at_lat_e7(middle));
        hypot(x, y)
    }

    /// Where `other` lies as seen from here: (east, north) in millimetres on the flat map `flat`.
    pub(crate) fn offset_mm(self, other: Point, flat: Flat) -> (i64, i64) {
        let mut east = i64::from(other.lon_e7) - i64::from(self.lon_e7);
        // The short way round the date line.
        if east > 1_800_000_000 {
            east -= 3_600_000_000;
        } else if east < -1_800_000_000 {
            east += 3_600_000_000;
        }
        let north = i64::from(other.lat_e7) - i64::from(self.lat_e7);
        (east * flat.east_mm_times_1e6 / 1_000_000, north * MM_PER_E7_TIMES_1E6 / 1_000_000)
    }

    /// The point `left_mm` to the left as seen by somebody who goes from `a` to `b`.
    pub(crate) fn moved_left_of(self, a: Point, b: Point, left_mm: i64) -> Point {
        let flat = Flat::at(self);
        let (east, north) = a.offset_mm(b, flat);
        let length = i128::from(hypot(east, north)).max(1);
        let share = |mm: i64| i128::from(mm) * i128::from(left_mm) / length;
        let lon = share(-north) * 1_000_000 / i128::from(flat.east_mm_times_1e6.max(1));
        let lat = share(east) * 1_000_000 / i128::from(MM_PER_E7_TIMES_1E6);
        let moved = |e7: i32, by: i128, limit: i128| {
            // INVARIANT: clamped to degrees, so it fits.
            (i128::from(e7) + by).clamp(-limit, limit) as i32
        };
        Point {
            lat_e7: moved(self.lat_e7, lat, 900_000_000),
            lon_e7: moved(self.lon_e7, lon, 1_800_000_000),
        }
    }

    /// The point `part / whole` of the way to `other`, in a straight line on the map.
    pub(crate) fn between(self, other: Point, part: u64, whole: u64) -> Point {
        if whole == 0 {
            return self;
        }
        let mix = |a: i32, b: i32| {
            let step = i128::from(i64::from(b) - i64::from(a)) * i128::from(part.min(whole));
            // INVARIANT: between two i32 values, so it fits.
            (i128::from(a) + step / i128::from(whole)) as i32
        };
        Point { lat_e7: mix(self.lat_e7, other.lat_e7), lon_e7: mix(self.lon_e7, other.lon_e7) }
    }
}

/// A flat map: how many millimetres one step of longitude is at its latitude.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flat {
    pub(crate) east_mm_times_1e6: i64,
}

impl Flat {
    pub(crate) fn at(point: Point) -> Self {
        Self::at_lat_e7(i64::from(point.lat_e7))
    }

    fn at_lat_e7(lat_e7: i64) -> Self {
        Self { east_mm_times_1e6: MM_PER_E7_TIMES_1E6 * cos_e9(lat_e7) / 1_000_000_000 }
    }
}

/// Cosine times 1e9 of an angle in 1e-7 degrees (at most 90 degrees), by its series.
fn cos_e9(angle_e7: i64) -> i64 {
    const ONE: i64 = 1_000_000_000;
    // Radians times 1e9: pi / 180 * 1e-7 * 1e9 = 1.745329252.
    let x = angle_e7 * 1_745_329_252 / ONE;
    let x_squared = x * x / ONE;
    let mut sum = ONE;
    let mut term = ONE;
    // Seven terms: the eighth is below 1e-9 at 90 degrees.
    for k in 1..=7 {
        term = -(term * x_squared / ONE) / ((2 * k - 1) * (2 * k));
        sum += term;
    }
    sum.max(0)
}

/// Length of (x, y), rounded down.
pub(crate) fn hypot(x: i64, y: i64) -> u64 {
    // Two squares of 31 bits fit in 63.
    if x.unsigned_abs() < 1 << 31 && y.unsigned_abs() < 1 << 31 {
        return (x * x + y * y).unsigned_abs().isqrt();
    }
    let (x, y) = (i128::from(x), i128::from(y));
    let square = (x * x + y * y).unsigned_abs();
    // INVARIANT: the root of a sum of two squares of i64 fits in u64.
    square.isqrt() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lat: f64, lon: f64) -> Point {
        Point::from_degrees(lat, lon).unwrap()
    }

    #[test]
    fn cosine_is_right_to_eight_digits() {
        for degrees in -90..=90_i64 {
            let expected = ((degrees as f64).to_radians().cos() * 1e9).round() as i64;
            let got = cos_e9(degrees * 10_000_000);
            assert!((got - expected).abs() <= 10, "{degrees}: {got} instead of {expected}");
        }
    }

    #[test]
    fn a_degree_of_latitude_is_111_km() {
        assert_eq!(at(42.0, -71.0).distance_m(at(43.0, -71.0)), 111_195);
    }

    #[test]
    fn a_degree_of_longitude_shrinks_with_the_cosine() {
        assert_eq!(at(60.0, 10.0).distance_m(at(60.0, 11.0)), 55_598);
    }

    #[test]
    fn the_date_line_is_crossed_the_short_way() {
        assert_eq!(at(0.0, 179.999).distance_m(at(0.0, -179.999)), 222);
    }

    #[test]
    fn distance_is_the_same_both_ways() {
        let (a, b) = (at(42.3601, -71.0942), at(42.3744, -71.1169));
        assert_eq!(a.distance_mm(b), b.distance_mm(a));
        assert_eq!(a.distance_mm(a), 0);
    }

    #[test]
    fn degrees_outside_the_globe_are_not_a_point() {
        assert_eq!(Point::from_degrees(90.1, 0.0), None);
        assert_eq!(Point::from_degrees(0.0, -180.1), None);
        assert_eq!(Point::from_degrees(f64::NAN, 0.0), None);
        let edge = Point { lat_e7: 900_000_000, lon_e7: 1_800_000_000 };
        assert_eq!(Point::from_degrees(90.0, 180.0), Some(edge));
    }
}
