//! Centroids and distances on the WGS 84 ellipsoid.
//!
//! Results are rounded to whole 1e-7 degrees and whole metres, always outwards where something
//! is to be enclosed, so a last bit of floating point never reaches a record.

use super::shape::{ArcBand, Point};

/// WGS 84: half the equatorial axis, and the square of the first eccentricity.
const EQUATOR_M: f64 = 6_378_137.0;
const ECCENTRICITY_SQUARED: f64 = 0.006_694_379_990_14;
/// The largest radius of curvature of WGS 84, at the poles. A sphere of this radius is nowhere
/// smaller than the earth, so distances on it are never too short (and at most 1 % too long).
const CURVATURE_M_MAX: f64 = 6_399_594.0;
const E7: f64 = 1e7;
const TURN_E7: i64 = 3_600_000_000;

/// Metres in a degree northwards and eastwards.
fn meters_per_degree(lat_e7: i32) -> (f64, f64) {
    let lat = (f64::from(lat_e7) / E7).to_radians();
    let bend = 1.0 - ECCENTRICITY_SQUARED * lat.sin().powi(2);
    let north = EQUATOR_M * (1.0 - ECCENTRICITY_SQUARED) / bend.powf(1.5);
    let east = EQUATOR_M / bend.sqrt() * lat.cos();
    (north.to_radians(), east.to_radians())
}

/// Longitude differences go the short way, also across the 180th meridian.
fn eastwards_e7(from: Point, to: Point) -> i64 {
    let raw = i64::from(to.lon_e7()) - i64::from(from.lon_e7());
    (raw + TURN_E7 / 2).rem_euclid(TURN_E7) - TURN_E7 / 2
}

/// A point by offsets in 1e-7 degrees from another, kept on the earth.
fn moved(from: Point, north_e7: f64, east_e7: f64) -> Point {
    let lat = (f64::from(from.lat_e7()) + north_e7).round().clamp(-9e8, 9e8) as i32;
    let lon = i64::from(from.lon_e7()) + east_e7.round() as i64;
    let lon = (lon + TURN_E7 / 2).rem_euclid(TURN_E7) - TURN_E7 / 2;
    let lon = i32::try_from(lon).unwrap_or(from.lon_e7());
    Point::new(lat, lon).unwrap_or(from)
}

/// Twice the signed area in square 1e-7 degrees, in whole numbers; positive counter-clockwise.
fn doubled_area(points: &[Point]) -> i128 {
    let Some(origin) = points.first().copied() else { return 0 };
    let next = points.iter().cycle().skip(1);
    let crosses = points.iter().zip(next).map(|(a, b)| {
        let (ax, ay) = (eastwards_e7(origin, *a), i64::from(a.lat_e7()));
        let (bx, by) = (eastwards_e7(origin, *b), i64::from(b.lat_e7()));
        i128::from(ax) * i128::from(by) - i128::from(bx) * i128::from(ay)
    });
    crosses.sum()
}

/// True if the ring runs clockwise seen from above.
pub(super) fn is_clockwise(points: &[Point]) -> bool {
    doubled_area(points) < 0
}

/// The centre of the ring's area (the mean of its points if it has none), with the mean altitude.
pub(super) fn centroid_of_ring(points: &[Point]) -> Point {
    let Some(origin) = points.first().copied() else { return Point::default() };
    let plane: Vec<(f64, f64)> = points
        .iter()
        .map(|p| {
            (eastwards_e7(origin, *p) as f64, f64::from(p.lat_e7()) - f64::from(origin.lat_e7()))
        })
        .collect();
    let (mut area, mut east, mut north) = (0.0, 0.0, 0.0);
    for ((ax, ay), (bx, by)) in plane.iter().zip(plane.iter().cycle().skip(1)) {
        let cross = ax * by - bx * ay;
        area += cross;
        east += (ax + bx) * cross;
        north += (ay + by) * cross;
    }
    let count = plane.len() as f64;
    let (east, north) = match doubled_area(points) {
        0 => (
            plane.iter().map(|(x, _)| x).sum::<f64>() / count,
            plane.iter().map(|(_, y)| y).sum::<f64>() / count,
        ),
        _ => (east / (3.0 * area), north / (3.0 * area)),
    };
    moved(origin, north, east).at_altitude(mean_altitude(points))
}

fn mean_altitude(points: &[Point]) -> Option<i32> {
    let altitudes: Option<Vec<i64>> = points.iter().map(|p| p.altitude_cm.map(i64::from)).collect();
    let altitudes = altitudes?;
    let sum: i64 = altitudes.iter().sum();
    i32::try_from(sum / i64::try_from(altitudes.len()).ok()?.max(1)).ok()
}

/// How far the farthest of some points is from another, in whole metres, rounded up.
pub(super) fn reach_m(from: Point, points: &[Point]) -> u32 {
    let farthest = points.iter().map(|point| distance_m(from, *point)).fold(0.0, f64::max);
    farthest.ceil() as u32
}

/// The way between two points in metres, never too short, at most 1 % too long.
fn distance_m(a: Point, b: Point) -> f64 {
    let radians = |e7: f64| (e7 / E7).to_radians();
    let (lat_a, lat_b) = (radians(a.lat_e7().into()), radians(b.lat_e7().into()));
    let east = radians(eastwards_e7(a, b) as f64);
    let half = ((lat_b - lat_a) / 2.0).sin().powi(2)
        + lat_a.cos() * lat_b.cos() * (east / 2.0).sin().powi(2);
    2.0 * CURVATURE_M_MAX * half.sqrt().min(1.0).asin()
}

/// How far the centroid of a band is from the band's centre, in metres.
fn middle_of_band_m(band: &ArcBand) -> f64 {
    let (inner, outer) = (f64::from(band.inner_radius_cm()), f64::from(band.outer_radius_cm()));
    let opening = half_opening(band) * 2.0;
    if inner + outer == 0.0 {
        return 0.0;
    }
    // Without opening the band is a line, and its centre is half-way.
    let narrowing = if opening == 0.0 { 0.5 } else { (opening / 2.0).sin() / opening };
    let radii = (outer * outer + outer * inner + inner * inner) / (outer + inner);
    4.0 / 3.0 * narrowing * radii / 100.0
}

fn half_opening(band: &ArcBand) -> f64 {
    (f64::from(band.opening_centidegrees()) / 200.0).to_radians()
}

/// The centre of the band's area, on the line that halves its opening.
pub(super) fn centroid_of_band(band: &ArcBand) -> Point {
    let way = middle_of_band_m(band);
    let bearing = (f64::from(band.start.centidegrees()) / 100.0).to_radians() + half_opening(band);
    let (north_m, east_m) = meters_per_degree(band.center.lat_e7());
    let north = way * bearing.cos() / north_m * E7;
    // At the poles a degree eastwards has no length.
    let east = if east_m < 1.0 { 0.0 } else { way * bearing.sin() / east_m * E7 };
    moved(band.center, north, east)
}

/// How far the band reaches from its centroid: to one of the ends of its two arcs, which are
/// farther than anything between them.
pub(super) fn reach_of_band_m(band: &ArcBand) -> u32 {
    let way = middle_of_band_m(band);
    let corner = |radius_cm: u32| {
        let radius = f64::from(radius_cm) / 100.0;
        let along = radius * half_opening(band).cos() - way;
        let across = radius * half_opening(band).sin();
        along.hypot(across)
    };
    let outermost = f64::from(band.outer_radius_cm()) / 100.0 - way;
    let reach = corner(band.outer_radius_cm()).max(corner(band.inner_radius_cm()));
    // The centroid stands on whole 1e-7 degrees, up to a centimetre from where it was computed.
    (reach.max(outermost) + 0.01).ceil() as u32
}
