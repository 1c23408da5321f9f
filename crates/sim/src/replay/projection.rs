//! How a file writes a place: degrees, or a grid such as the state plane of the United States.
//!
//! Formulas of IOGP Guidance Note 373-7-2 ("EPSG 7-2"): Transverse Mercator by the series of
//! Krueger to the fourth power (below a millimetre over a state), Lambert Conic Conformal with two
//! parallels. The ellipsoid is GRS 80. NAD83 and WGS84 differ by one to two metres; nothing is done
//! about that. Grids on older datums (NAD27: up to 100 m) are not accepted.

use map::Point;
use serde::{Deserialize, Serialize};

/// How the columns for latitude and longitude are to be read.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[expect(missing_docs, reason = "the parameters carry the names of the guidance note")]
pub enum Projection {
    /// Degrees, north and east positive.
    Wgs84,
    /// `lat` holds the northing and `lon` the easting of a Transverse Mercator grid.
    TransverseMercator {
        lat_of_origin: f64,
        lon_of_origin: f64,
        scale_at_origin: f64,
        false_easting: f64,
        false_northing: f64,
        unit: GridUnit,
    },
    /// `lat` holds the northing and `lon` the easting of a Lambert grid with two parallels.
    LambertConformalConic {
        lat_of_false_origin: f64,
        lon_of_false_origin: f64,
        lat_of_parallel_1: f64,
        lat_of_parallel_2: f64,
        false_easting: f64,
        false_northing: f64,
        unit: GridUnit,
    },
}

/// The unit of a grid, its false origin included.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GridUnit {
    /// Metres.
    Metres,
    /// US survey feet, 1200/3937 m.
    UsFeet,
    /// International feet, 0.3048 m.
    Feet,
}

impl GridUnit {
    fn metres(self) -> f64 {
        match self {
            Self::Metres => 1.0,
            Self::UsFeet => 1200.0 / 3937.0,
            Self::Feet => 0.3048,
        }
    }
}

/// The earth as it is counted.
#[derive(Clone, Copy)]
struct Ellipsoid {
    axis_m: f64,
    flattening: f64,
}

const GRS_80: Ellipsoid = Ellipsoid { axis_m: 6_378_137.0, flattening: 1.0 / 298.257_222_101 };

impl Ellipsoid {
    fn eccentricity(self) -> f64 {
        (2.0 * self.flattening - self.flattening * self.flattening).sqrt()
    }
}

impl Projection {
    /// The point of two numbers of the file; `None` if they are no place on earth.
    pub fn point(self, lat: f64, lon: f64) -> Option<Point> {
        let (lat, lon) = self.degrees(GRS_80, lat, lon);
        Point::from_degrees(lat, lon)
    }

    fn degrees(self, earth: Ellipsoid, north: f64, east: f64) -> (f64, f64) {
        match self {
            Self::Wgs84 => (north, east),
            Self::TransverseMercator {
                lat_of_origin,
                lon_of_origin,
                scale_at_origin,
                false_easting,
                false_northing,
                unit,
            } => {
                let metres = unit.metres();
                let mercator = Mercator::new(earth, lat_of_origin, scale_at_origin);
                let x = (east - false_easting) * metres;
                let y = (north - false_northing) * metres;
                let (lat, lon) = mercator.inverse(x, y);
                (lat, lon_of_origin + lon)
            }
            Self::LambertConformalConic {
                lat_of_false_origin,
                lon_of_false_origin,
                lat_of_parallel_1,
                lat_of_parallel_2,
                false_easting,
                false_northing,
                unit,
            } => {
                let metres = unit.metres();
                let parallels = [lat_of_parallel_1, lat_of_parallel_2];
                let cone = Cone::new(earth, lat_of_false_origin, parallels);
                let x = (east - false_easting) * metres;
                let y = (north - false_northing) * metres;
                let (lat, lon) = cone.inverse(x, y);
                (lat, lon_of_false_origin + lon)
            }
        }
    }
}

/// A Transverse Mercator grid without its false origin.
struct Mercator {
    e: f64,
    /// Radius of the rectifying sphere times the scale.
    radius_m: f64,
    origin_m: f64,
    back: [f64; 4],
}

impl Mercator {
    fn new(earth: Ellipsoid, lat_of_origin: f64, scale: f64) -> Self {
        let n = earth.flattening / (2.0 - earth.flattening);
        let [n2, n3, n4] = [n * n, n * n * n, n * n * n * n];
        let radius_m = scale * earth.axis_m / (1.0 + n) * (1.0 + n2 / 4.0 + n4 / 64.0);
        let there = [
            n / 2.0 - 2.0 / 3.0 * n2 + 5.0 / 16.0 * n3 + 41.0 / 180.0 * n4,
            13.0 / 48.0 * n2 - 3.0 / 5.0 * n3 + 557.0 / 1440.0 * n4,
            61.0 / 240.0 * n3 - 103.0 / 140.0 * n4,
            49561.0 / 161_280.0 * n4,
        ];
        let back = [
            n / 2.0 - 2.0 / 3.0 * n2 + 37.0 / 96.0 * n3 - 1.0 / 360.0 * n4,
            1.0 / 48.0 * n2 + 1.0 / 15.0 * n3 - 437.0 / 1440.0 * n4,
            17.0 / 480.0 * n3 - 37.0 / 840.0 * n4,
            4397.0 / 161_280.0 * n4,
        ];
        let e = earth.eccentricity();
        let lat = lat_of_origin.to_radians();
        let isometric = lat.tan().asinh() - e * (e * lat.sin()).atanh();
        let sphere = isometric.sinh().atan();
        let rectified: f64 = doubled(there).map(|(h, k)| h * (k * sphere).sin()).sum();
        Self { e, radius_m, origin_m: radius_m * (sphere + rectified), back }
    }

    /// Latitude, and longitude from the origin, in degrees.
    fn inverse(&self, x: f64, y: f64) -> (f64, f64) {
        let (eta, xi) = (x / self.radius_m, (y + self.origin_m) / self.radius_m);
        let less = |term: fn(f64, f64) -> f64| -> f64 {
            doubled(self.back).map(|(h, k)| h * term(k * xi, k * eta)).sum()
        };
        let xi_0 = xi - less(|xi, eta| xi.sin() * eta.cosh());
        let eta_0 = eta - less(|xi, eta| xi.cos() * eta.sinh());
        let sphere = (xi_0.sin() / eta_0.cosh()).asin();
        let isometric = sphere.tan().asinh();
        let mut q = isometric;
        for _ in 0..ROUNDS {
            q = isometric + self.e * (self.e * q.tanh()).atanh();
        }
        let lon = (eta_0.tanh() / sphere.cos()).asin();
        (q.sinh().atan().to_degrees(), lon.to_degrees())
    }
}

/// Rounds of an iteration that gains four digits in each.
const ROUNDS: usize = 6;

/// Each coefficient with the multiple of the angle that it belongs to: 2, 4, 6, 8.
fn doubled(coefficients: [f64; 4]) -> impl Iterator<Item = (f64, f64)> {
    coefficients.into_iter().zip([2.0, 4.0, 6.0, 8.0])
}

/// A Lambert grid with two parallels, without its false origin.
struct Cone {
    e: f64,
    n: f64,
    /// Axis times the constant of the cone.
    a_f: f64,
    r_origin: f64,
}

impl Cone {
    fn new(earth: Ellipsoid, lat_of_origin: f64, parallels: [f64; 2]) -> Self {
        let e = earth.eccentricity();
        let m = |lat: f64| lat.cos() / (1.0 - (e * lat.sin()).powi(2)).sqrt();
        let t = |lat: f64| (std::f64::consts::FRAC_PI_4 - lat / 2.0).tan() / squeeze(e, lat);
        let [one, two] = parallels.map(f64::to_radians);
        let n = if one == two {
            one.sin()
        } else {
            (m(one).ln() - m(two).ln()) / (t(one).ln() - t(two).ln())
        };
        let a_f = earth.axis_m * m(one) / (n * t(one).powf(n));
        Self { e, n, a_f, r_origin: a_f * t(lat_of_origin.to_radians()).powf(n) }
    }

    /// Latitude, and longitude from the origin, in degrees.
    fn inverse(&self, x: f64, y: f64) -> (f64, f64) {
        let sign = self.n.signum();
        let (x, down) = (sign * x, sign * (self.r_origin - y));
        let r = sign * x.hypot(down);
        let t = (r / self.a_f).powf(1.0 / self.n);
        let mut lat = std::f64::consts::FRAC_PI_2 - 2.0 * t.atan();
        for _ in 0..ROUNDS {
            lat = std::f64::consts::FRAC_PI_2 - 2.0 * (t * squeeze(self.e, lat)).atan();
        }
        (lat.to_degrees(), (x.atan2(down) / self.n).to_degrees())
    }
}

/// What the ellipsoid adds to the sphere in a conformal latitude.
fn squeeze(e: f64, lat: f64) -> f64 {
    let part = e * lat.sin();
    ((1.0 - part) / (1.0 + part)).powf(e / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const AIRY: Ellipsoid = Ellipsoid { axis_m: 6_377_563.396, flattening: 1.0 / 299.324_96 };
    const CLARKE: Ellipsoid = Ellipsoid { axis_m: 6_378_206.4, flattening: 1.0 / 294.978_70 };

    /// Within a hundredth of a second of arc, 30 cm; the examples are given to a hundredth of a
    /// metre or foot.
    fn check(got: (f64, f64), lat: f64, lon: f64) {
        let near = |a: f64, b: f64| (a - b).abs() < 3e-7;
        assert!(near(got.0, lat) && near(got.1, lon), "{got:?} instead of {lat}, {lon}");
    }

    #[test]
    fn transverse_mercator_is_that_of_the_guidance_note() {
        // Its example for method 9807: the British National Grid.
        let grid = Projection::TransverseMercator {
            lat_of_origin: 49.0,
            lon_of_origin: -2.0,
            scale_at_origin: 0.999_601_271_7,
            false_easting: 400_000.0,
            false_northing: -100_000.0,
            unit: GridUnit::Metres,
        };
        check(grid.degrees(AIRY, 69_740.50, 577_274.99), 50.5, 0.5);
    }

    #[test]
    fn lambert_is_that_of_the_guidance_note() {
        // Its example for method 9802: Texas South Central, in US survey feet.
        let grid = Projection::LambertConformalConic {
            lat_of_false_origin: 27.0 + 50.0 / 60.0,
            lon_of_false_origin: -99.0,
            lat_of_parallel_1: 28.0 + 23.0 / 60.0,
            lat_of_parallel_2: 30.0 + 17.0 / 60.0,
            false_easting: 2_000_000.0,
            false_northing: 0.0,
            unit: GridUnit::UsFeet,
        };
        check(grid.degrees(CLARKE, 254_759.80, 2_963_503.91), 28.5, -96.0);
    }

    #[test]
    fn the_state_planes_are_those_of_another_program() {
        // Both numbers from PROJ 9, in US survey feet.
        let missouri_central = Projection::TransverseMercator {
            lat_of_origin: 35.0 + 50.0 / 60.0,
            lon_of_origin: -92.5,
            scale_at_origin: 0.999_933_333,
            false_easting: 500_000.0 * 3937.0 / 1200.0,
            false_northing: 0.0,
            unit: GridUnit::UsFeet,
        };
        check(missouri_central.degrees(GRS_80, 1_134_811.092_4, 1_683_074.839_6), 38.95, -92.35);
        let massachusetts_mainland = Projection::LambertConformalConic {
            lat_of_false_origin: 41.0,
            lon_of_false_origin: -71.5,
            lat_of_parallel_1: 42.0 + 41.0 / 60.0,
            lat_of_parallel_2: 41.0 + 43.0 / 60.0,
            false_easting: 200_000.0 * 3937.0 / 1200.0,
            false_northing: 750_000.0 * 3937.0 / 1200.0,
            unit: GridUnit::UsFeet,
        };
        let boston = massachusetts_mainland.degrees(GRS_80, 2_956_510.501_4, 765_843.076_6);
        check(boston, 42.360_1, -71.094_2);
    }

    #[test]
    fn the_false_origin_is_the_origin_in_every_unit() {
        for unit in [GridUnit::Metres, GridUnit::UsFeet, GridUnit::Feet] {
            let grid = Projection::TransverseMercator {
                lat_of_origin: 35.0 + 50.0 / 60.0,
                lon_of_origin: -92.5,
                scale_at_origin: 0.999_933_333,
                false_easting: 500_000.0,
                false_northing: 0.0,
                unit,
            };
            check(grid.degrees(GRS_80, 0.0, 500_000.0), 35.0 + 50.0 / 60.0, -92.5);
        }
    }

    #[test]
    fn degrees_are_taken_as_they_are_and_other_grids_refused() {
        let point = Point { lat_e7: 389_500_000, lon_e7: -923_500_000 };
        assert_eq!(Projection::Wgs84.point(38.95, -92.35), Some(point));
        assert_eq!(Projection::Wgs84.point(380.0, -92.35), None);
        let says = toml::from_str::<Projection>("kind = \"mercator\"").unwrap_err().to_string();
        assert!(says.contains("unknown variant `mercator`"), "{says}");
        assert!(says.contains("`lambert_conformal_conic`"), "{says}");
    }
}
