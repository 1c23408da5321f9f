//! The shapes of RFC 5491, section 5.2: where on the earth somebody may be.

use super::geometry;
use serde_json::{Value, json};

/// More points make a ring unusable; RFC 5491 recommends at most 16.
const RING_POINTS_MAX: usize = 1_000;

/// A point on or above the earth, WGS 84.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Point {
    // INVARIANT: within a quarter, and within half, of the way around the earth.
    lat_e7: i32,
    lon_e7: i32,
    /// Centimetres above the ellipsoid, if known.
    pub altitude_cm: Option<i32>,
}

impl Point {
    /// A point by whole 1e-7 degrees; `None` outside the earth.
    #[must_use]
    pub fn new(lat_e7: i32, lon_e7: i32) -> Option<Self> {
        let is_on_earth =
            lat_e7.unsigned_abs() <= 900_000_000 && lon_e7.unsigned_abs() <= 1_800_000_000;
        is_on_earth.then_some(Self { lat_e7, lon_e7, altitude_cm: None })
    }

    /// The same point at an altitude, or without one.
    #[must_use]
    pub fn at_altitude(self, altitude_cm: Option<i32>) -> Self {
        Self { altitude_cm, ..self }
    }

    /// Latitude in 1e-7 degrees.
    #[must_use]
    pub fn lat_e7(self) -> i32 {
        self.lat_e7
    }

    /// Longitude in 1e-7 degrees.
    #[must_use]
    pub fn lon_e7(self) -> i32 {
        self.lon_e7
    }

    fn to_json(self) -> Value {
        json!([self.lat_e7, self.lon_e7])
    }
}

/// An angle in hundredths of a degree, clockwise from north, below a full turn.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Angle(u16);

impl Angle {
    /// Any angle, turned back into one turn.
    #[must_use]
    pub fn from_centidegrees(centidegrees: i64) -> Self {
        Self(u16::try_from(centidegrees.rem_euclid(36_000)).unwrap_or_default())
    }

    /// Hundredths of a degree, 0 to 35999.
    #[must_use]
    pub fn centidegrees(self) -> u16 {
        self.0
    }

    fn whole_degrees(self) -> u16 {
        (self.0 + 50) / 100 % 360
    }
}

/// An ellipse around a point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ellipse {
    /// The middle.
    pub center: Point,
    // INVARIANT: the major axis is not shorter than the minor, or `orientation` means nothing.
    semi_major_cm: u32,
    semi_minor_cm: u32,
    orientation: Angle,
}

impl Ellipse {
    /// An ellipse with one semi-axis in the direction of `orientation` and another across it;
    /// whichever is longer becomes the major one.
    #[must_use]
    pub fn new(center: Point, along_cm: u32, across_cm: u32, orientation: Angle) -> Self {
        let (semi_major_cm, semi_minor_cm, turn) = match along_cm >= across_cm {
            true => (along_cm, across_cm, 0),
            false => (across_cm, along_cm, 9_000),
        };
        // The axis has no front, so half a turn is the same ellipse; kept as sent all the same.
        let orientation = Angle::from_centidegrees(i64::from(orientation.0) + turn);
        Self { center, semi_major_cm, semi_minor_cm, orientation }
    }

    /// Half the longer axis in centimetres.
    #[must_use]
    pub fn semi_major_cm(&self) -> u32 {
        self.semi_major_cm
    }

    /// Half the shorter axis in centimetres.
    #[must_use]
    pub fn semi_minor_cm(&self) -> u32 {
        self.semi_minor_cm
    }

    /// Where the longer axis points.
    #[must_use]
    pub fn orientation(&self) -> Angle {
        self.orientation
    }
}

/// A part of a ring around a point: what a base station's sector and timing say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ArcBand {
    /// The middle of the ring, usually the base station.
    pub center: Point,
    // INVARIANT: inner <= outer, and the opening is at most a full turn.
    inner_radius_cm: u32,
    outer_radius_cm: u32,
    /// Where the band starts; it opens clockwise.
    pub start: Angle,
    opening_centidegrees: u16,
}

impl ArcBand {
    /// A band between two radii, in whichever order; an opening over a full turn is a full turn.
    #[must_use]
    pub fn new(
        center: Point,
        radii_cm: (u32, u32),
        start: Angle,
        opening_centidegrees: u32,
    ) -> Self {
        Self {
            center,
            inner_radius_cm: radii_cm.0.min(radii_cm.1),
            outer_radius_cm: radii_cm.0.max(radii_cm.1),
            start,
            opening_centidegrees: u16::try_from(opening_centidegrees.min(36_000)).unwrap_or(36_000),
        }
    }

    /// The smaller radius in centimetres.
    #[must_use]
    pub fn inner_radius_cm(&self) -> u32 {
        self.inner_radius_cm
    }

    /// The larger radius in centimetres.
    #[must_use]
    pub fn outer_radius_cm(&self) -> u32 {
        self.outer_radius_cm
    }

    /// How far the band opens, in hundredths of a degree, at most 36000.
    #[must_use]
    pub fn opening_centidegrees(&self) -> u16 {
        self.opening_centidegrees
    }
}

/// The edge of a polygon, counter-clockwise; the first point is not repeated at the end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ring {
    // INVARIANT: 3 to `RING_POINTS_MAX` points, no two neighbours equal, all with altitude or none.
    points: Vec<Point>,
}

impl Ring {
    /// A ring through these points, closed or not, in either direction; `None` with fewer than 3
    /// different neighbours, with too many, or if only some have an altitude.
    #[must_use]
    pub fn new(mut points: Vec<Point>) -> Option<Self> {
        points.dedup();
        if points.len() > 1 && points.first() == points.last() {
            points.pop();
        }
        let altitudes = points.iter().filter(|point| point.altitude_cm.is_some()).count();
        if !(3..=RING_POINTS_MAX).contains(&points.len()) || altitudes % points.len() != 0 {
            return None;
        }
        if geometry::is_clockwise(&points) {
            points.get_mut(1..)?.reverse();
        }
        Some(Self { points })
    }

    /// The points, each once.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// True if every point has an altitude; otherwise none has.
    #[must_use]
    pub fn has_altitude(&self) -> bool {
        self.points.iter().all(|point| point.altitude_cm.is_some())
    }

    fn to_json(&self) -> Value {
        let closed = self.points.iter().chain(self.points.first());
        closed.map(|point| point.to_json()).collect()
    }
}

/// Where somebody may be, as it was sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Shape {
    /// A point; nothing is said about how well it is known.
    Point(Point),
    /// A circle.
    Circle {
        /// The middle, without altitude.
        center: Point,
        /// Centimetres.
        radius_cm: u32,
    },
    /// An ellipse.
    Ellipse(Ellipse),
    /// A part of a ring.
    ArcBand(ArcBand),
    /// A polygon.
    Polygon(Ring),
    /// A ball.
    Sphere {
        /// The middle, with altitude.
        center: Point,
        /// Centimetres.
        radius_cm: u32,
    },
    /// An ellipse with height.
    Ellipsoid {
        /// The horizontal part, its middle with altitude.
        base: Ellipse,
        /// Half the vertical axis in centimetres.
        vertical_cm: u32,
    },
    /// A polygon with height: a floor of a building.
    Prism {
        /// The lower face, with altitude.
        base: Ring,
        /// Centimetres upwards.
        height_cm: u32,
    },
}

impl Shape {
    /// The one point that stands for the shape, its centroid (RFC 7459, section 5.1).
    #[must_use]
    pub fn representative_point(&self) -> Point {
        match self {
            Self::Point(point) => *point,
            Self::Circle { center, .. } | Self::Sphere { center, .. } => *center,
            Self::Ellipse(base) | Self::Ellipsoid { base, .. } => base.center,
            Self::ArcBand(band) => geometry::centroid_of_band(band),
            Self::Polygon(ring) => geometry::centroid_of_ring(ring.points()),
            Self::Prism { base, height_cm } => {
                let point = geometry::centroid_of_ring(base.points());
                let half = i32::try_from(height_cm / 2).unwrap_or(i32::MAX);
                point.at_altitude(point.altitude_cm.map(|low| low.saturating_add(half)))
            }
        }
    }

    /// The radius in whole metres of a circle around the representative point that encloses the
    /// shape seen from above; `None` for a point, whose uncertainty is unknown, not zero
    /// (RFC 7459, section 3.1).
    #[must_use]
    pub fn uncertainty_m(&self) -> Option<u32> {
        match self {
            Self::Point(_) => None,
            Self::Circle { radius_cm, .. } | Self::Sphere { radius_cm, .. } => {
                Some(radius_cm.div_ceil(100))
            }
            Self::Ellipse(base) | Self::Ellipsoid { base, .. } => {
                Some(base.semi_major_cm.div_ceil(100))
            }
            Self::ArcBand(band) => Some(geometry::reach_of_band_m(band)),
            Self::Polygon(ring) | Self::Prism { base: ring, .. } => {
                Some(geometry::reach_m(self.representative_point(), ring.points()))
            }
        }
    }

    /// The shape seen from above, without altitudes: what a service that knows only two
    /// dimensions can be asked with.
    #[must_use]
    pub fn flattened(&self) -> Self {
        let flat = |point: &Point| point.at_altitude(None);
        let flat_ellipse = |base: &Ellipse| Ellipse { center: flat(&base.center), ..*base };
        match self {
            Self::Point(point) => Self::Point(flat(point)),
            Self::Circle { center, radius_cm } | Self::Sphere { center, radius_cm } => {
                Self::Circle { center: flat(center), radius_cm: *radius_cm }
            }
            Self::Ellipse(base) | Self::Ellipsoid { base, .. } => Self::Ellipse(flat_ellipse(base)),
            Self::ArcBand(band) => Self::ArcBand(ArcBand { center: flat(&band.center), ..*band }),
            Self::Polygon(ring) | Self::Prism { base: ring, .. } => {
                Self::Polygon(Ring { points: ring.points.iter().map(flat).collect() })
            }
        }
    }

    /// The shape as the map draws it, seen from above: whole 1e-7 degrees, metres and degrees.
    /// Outer radii are rounded up and inner ones down, so that the drawing encloses the shape; a
    /// ring is closed, its last point equal to its first.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Self::Point(point) => json!({"kind": "point", "center": point.to_json()}),
            Self::Circle { center, radius_cm } | Self::Sphere { center, radius_cm } => json!({
                "kind": "circle",
                "center": center.to_json(),
                "radius_m": radius_cm.div_ceil(100),
            }),
            Self::Ellipse(base) | Self::Ellipsoid { base, .. } => json!({
                "kind": "ellipse",
                "center": base.center.to_json(),
                "semi_major_m": base.semi_major_cm.div_ceil(100),
                "semi_minor_m": base.semi_minor_cm.div_ceil(100),
                "orientation_deg": base.orientation.whole_degrees(),
            }),
            Self::ArcBand(band) => json!({
                "kind": "arc_band",
                "center": band.center.to_json(),
                "inner_radius_m": band.inner_radius_cm / 100,
                "outer_radius_m": band.outer_radius_cm.div_ceil(100),
                "start_angle_deg": band.start.whole_degrees(),
                "opening_angle_deg": band.opening_centidegrees.div_ceil(100),
            }),
            Self::Polygon(ring) => json!({"kind": "polygon", "ring": ring.to_json()}),
            Self::Prism { base, height_cm } => json!({
                "kind": "prism",
                "ring": base.to_json(),
                "height_m": height_cm.div_ceil(100),
            }),
        }
    }
}
