//! Shapes as XML: GML and the GeoShape elements that RFC 5491, section 5.2, allows.

use super::defect::{Defect, NoUsableLocation};
use super::number::{Rounding, scaled};
use super::shape::{Angle, ArcBand, Ellipse, Point, Ring, Shape};
use crate::xml::Element;
use std::collections::BTreeSet;

/// Numbers in one `pos` or `posList` beyond this are not read.
const COORDINATES_MAX: usize = 3_100;
/// 20,000 km: half the way around the earth.
const LENGTH_CM_MAX: i64 = 2_000_000_000;
/// South of this nobody answers emergency calls in the usual way, and west of 60 W all of the
/// Americas would be there if their axes were swapped.
const INHABITED_E7: std::ops::RangeInclusive<i64> = -600_000_000..=840_000_000;

type Defects = BTreeSet<Defect>;

/// True for the elements that are a shape.
pub(crate) fn is_shape(name: &str) -> bool {
    matches!(
        name,
        "Point" | "Circle" | "Ellipse" | "ArcBand" | "Polygon" | "Sphere" | "Ellipsoid" | "Prism"
    )
}

/// Reads one shape; what is wrong with it but clear enough is added to `defects`.
pub(crate) fn read_shape(
    element: &Element,
    defects: &mut Defects,
) -> Result<Shape, NoUsableLocation> {
    let has_plain_id = |e: &&Element| e.attributes.iter().any(|a| a.name == "id" && !a.is_prefixed);
    if element.walk().iter().any(has_plain_id) {
        defects.insert(Defect::PlainId);
    }
    let mut reading = Reading { element, defects };
    match element.name.as_str() {
        "Point" => reading.center().map(Shape::Point),
        "Polygon" => reading.ring(Flat::OrSolid).map(Shape::Polygon),
        "Circle" => reading.circle(),
        "Ellipse" => reading.flat_center().and_then(|c| reading.ellipse(c)).map(Shape::Ellipse),
        "ArcBand" => reading.arc_band(),
        "Sphere" => reading.sphere(),
        "Ellipsoid" => reading.ellipsoid(),
        "Prism" => reading.prism(),
        _ => Err(NoUsableLocation::NoLocation),
    }
}

/// Whether a shape without altitude is what its name says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flat {
    OrSolid,
    IsADefect,
}

struct Reading<'a> {
    element: &'a Element,
    defects: &'a mut Defects,
}

impl Reading<'_> {
    fn circle(&mut self) -> Result<Shape, NoUsableLocation> {
        let center = self.flat_center()?;
        Ok(Shape::Circle { center, radius_cm: self.length("radius", Rounding::Up)? })
    }

    fn arc_band(&mut self) -> Result<Shape, NoUsableLocation> {
        let center = self.flat_center()?;
        let inner = self.length("innerRadius", Rounding::Down)?;
        let outer = self.length("outerRadius", Rounding::Up)?;
        if inner > outer {
            self.defects.insert(Defect::InnerRadiusLarger);
        }
        let start = self.angle("startAngle")?;
        let opening = self.angle("openingAngle")?;
        if opening > 36_000 {
            self.defects.insert(Defect::OpeningAngleOverFull);
        }
        let opening = u32::try_from(opening).map_err(|_| NoUsableLocation::NegativeMeasure)?;
        let start = Angle::from_centidegrees(start);
        Ok(Shape::ArcBand(ArcBand::new(center, (inner, outer), start, opening)))
    }

    fn sphere(&mut self) -> Result<Shape, NoUsableLocation> {
        let center = self.center()?;
        let radius_cm = self.length("radius", Rounding::Up)?;
        if self.is_solid(center.altitude_cm.is_some()) {
            return Ok(Shape::Sphere { center, radius_cm });
        }
        Ok(Shape::Circle { center, radius_cm })
    }

    fn ellipsoid(&mut self) -> Result<Shape, NoUsableLocation> {
        let center = self.center()?;
        let base = self.ellipse(center)?;
        let vertical_cm = self.length("verticalAxis", Rounding::Up)?;
        if self.is_solid(center.altitude_cm.is_some()) {
            return Ok(Shape::Ellipsoid { base, vertical_cm });
        }
        Ok(Shape::Ellipse(base))
    }

    fn prism(&mut self) -> Result<Shape, NoUsableLocation> {
        let base = self.ring(Flat::IsADefect)?;
        let height_cm = self.length("height", Rounding::Up)?;
        if self.is_solid(base.has_altitude()) {
            return Ok(Shape::Prism { base, height_cm });
        }
        Ok(Shape::Polygon(base))
    }

    fn is_solid(&mut self, has_altitude: bool) -> bool {
        if !has_altitude {
            self.defects.insert(Defect::MissingAltitude);
        }
        has_altitude
    }

    fn ellipse(&mut self, center: Point) -> Result<Ellipse, NoUsableLocation> {
        let major = self.length("semiMajorAxis", Rounding::Up)?;
        let minor = self.length("semiMinorAxis", Rounding::Up)?;
        if minor > major {
            self.defects.insert(Defect::MajorAxisShorter);
        }
        let orientation = Angle::from_centidegrees(self.angle("orientation")?);
        Ok(Ellipse::new(center, major, minor, orientation))
    }

    fn flat_center(&mut self) -> Result<Point, NoUsableLocation> {
        let center = self.center()?;
        if center.altitude_cm.is_some() {
            self.defects.insert(Defect::UnexpectedAltitude);
        }
        Ok(center.at_altitude(None))
    }

    /// The one position of this shape, wherever inside it GML puts it.
    fn center(&mut self) -> Result<Point, NoUsableLocation> {
        let system = self.reference_system(self.element)?;
        let inside = self.element.walk();
        let position = inside.iter().find(|e| matches!(e.name.as_str(), "pos" | "coordinates"));
        let text = position.map(|e| e.text.as_str()).ok_or(NoUsableLocation::NoPosition)?;
        let numbers = self.coordinates(text)?;
        if !matches!(numbers.len(), 2 | 3) {
            return Err(NoUsableLocation::WrongDimension);
        }
        let size = system.size_of(numbers.len())?;
        self.points(&numbers, size, system)?.first().copied().ok_or(NoUsableLocation::NoPosition)
    }

    fn ring(&mut self, flat: Flat) -> Result<Ring, NoUsableLocation> {
        let system = self.reference_system(self.element)?;
        let inside = self.element.walk();
        if inside.iter().any(|e| e.name == "interior") {
            self.defects.insert(Defect::RingWithHole);
        }
        let exterior = inside.iter().find(|e| e.name == "exterior").copied();
        let inside = exterior.unwrap_or(self.element).walk();
        let lists = inside.iter().filter(|e| matches!(e.name.as_str(), "pos" | "posList"));
        let mut numbers = Vec::new();
        let mut size = None;
        for list in lists {
            let some = self.coordinates(&list.text)?;
            if list.name == "pos" {
                size = Some(size.unwrap_or(some.len()));
                if size != Some(some.len()) {
                    return Err(NoUsableLocation::WrongDimension);
                }
            }
            numbers.extend(some);
            if numbers.len() > COORDINATES_MAX {
                return Err(NoUsableLocation::TooManyPoints);
            }
        }
        let size = match size {
            Some(size) => system.size_of(size)?,
            None => self.size_of_list(&numbers, system, flat)?,
        };
        let points = self.points(&numbers, size, system)?;
        self.close(points)
    }

    /// Coordinates per point in a list, which only the reference system says.
    fn size_of_list(
        &self,
        numbers: &[i64],
        system: System,
        flat: Flat,
    ) -> Result<usize, NoUsableLocation> {
        let divides = |size: usize| numbers.len().is_multiple_of(size);
        match system {
            System::Flat | System::LongitudeFirst if divides(2) => Ok(2),
            System::Solid if divides(3) => Ok(3),
            System::Solid if divides(2) => Ok(2),
            System::Unnamed if flat == Flat::IsADefect && divides(3) => Ok(3),
            System::Unnamed if divides(2) => Ok(2),
            System::Flat | System::LongitudeFirst | System::Solid | System::Unnamed => {
                Err(NoUsableLocation::WrongDimension)
            }
        }
    }

    fn close(&mut self, points: Vec<Point>) -> Result<Ring, NoUsableLocation> {
        let count = points.len();
        if count == 0 {
            return Err(NoUsableLocation::NoPosition);
        }
        if points.first() != points.last() {
            self.defects.insert(Defect::OpenRing);
        }
        let mut distinct = points.clone();
        distinct.dedup();
        if distinct.len() < count {
            self.defects.insert(Defect::RepeatedPoint);
        }
        let different: BTreeSet<Point> = points.iter().copied().collect();
        if different.len() < 3 {
            return Err(NoUsableLocation::TooFewPoints);
        }
        if super::geometry::is_clockwise(&points) {
            self.defects.insert(Defect::ClockwiseRing);
        }
        Ring::new(points).ok_or(NoUsableLocation::TooManyPoints)
    }

    /// The numbers of a position or list: 1e-7 of what they say, be it degrees or metres.
    fn coordinates(&mut self, text: &str) -> Result<Vec<i64>, NoUsableLocation> {
        if text.contains([',', ';']) {
            self.defects.insert(Defect::CommaInPosition);
        }
        let parts = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
        let parts = parts.filter(|part| !part.is_empty()).take(COORDINATES_MAX + 1);
        let number = |part| scaled(part, 7, Rounding::Nearest);
        let numbers: Option<Vec<i64>> = parts.map(number).collect();
        let numbers = numbers.ok_or(NoUsableLocation::NotANumber)?;
        if numbers.is_empty() { Err(NoUsableLocation::NoPosition) } else { Ok(numbers) }
    }

    fn points(
        &mut self,
        numbers: &[i64],
        size: usize,
        system: System,
    ) -> Result<Vec<Point>, NoUsableLocation> {
        let read = |swap: bool| -> Option<Vec<Point>> {
            numbers.chunks(size).map(|numbers| point_of(numbers, swap)).collect()
        };
        let (as_written, swapped) = (read(false), read(true));
        if system == System::LongitudeFirst {
            return swapped.ok_or(NoUsableLocation::OutOfRange);
        }
        let is_inhabited = |points: &[Point]| {
            points.iter().all(|point| INHABITED_E7.contains(&i64::from(point.lat_e7())))
        };
        let plausible = swapped.filter(|points| is_inhabited(points));
        match (as_written, plausible) {
            (Some(points), None) => Ok(points),
            (Some(points), Some(_)) if is_inhabited(&points) => Ok(points),
            (_, Some(swapped)) => {
                self.defects.insert(Defect::LatitudeLast);
                Ok(swapped)
            }
            (None, None) => Err(NoUsableLocation::OutOfRange),
        }
    }

    fn reference_system(&mut self, element: &Element) -> Result<System, NoUsableLocation> {
        let inside = element.walk();
        let Some(name) = inside.iter().find_map(|e| e.attribute("srsName")) else {
            self.defects.insert(Defect::MissingReferenceSystem);
            return Ok(System::Unnamed);
        };
        if !matches!(name, "urn:ogc:def:crs:EPSG::4326" | "urn:ogc:def:crs:EPSG::4979") {
            self.defects.insert(Defect::OddReferenceSystem);
        }
        match name.rsplit([':', '#', '/']).next().unwrap_or_default().trim() {
            "4326" | "WGS84" | "WGS-84" => Ok(System::Flat),
            "4979" => Ok(System::Solid),
            "CRS84" => Ok(System::LongitudeFirst),
            _ => Err(NoUsableLocation::OtherReferenceSystem),
        }
    }

    /// A length in centimetres.
    fn length(&mut self, name: &str, rounding: Rounding) -> Result<u32, NoUsableLocation> {
        let (text, unit) = self.measure(name)?;
        let as_is = |places| scaled(&text, places, rounding);
        let centimeters = match code_of(&unit) {
            "9001" => as_is(2),
            "" => {
                self.defects.insert(Defect::MissingUnit);
                as_is(2)
            }
            "m" | "metre" | "meter" | "metres" | "meters" => {
                self.defects.insert(Defect::OddUnit);
                as_is(2)
            }
            "9036" | "km" => self.converted(as_is(5)),
            // An international foot is exactly 30.48 cm, so hundredths of a foot times 3048 are
            // ten-thousandths of a centimetre.
            "9002" | "ft" | "foot" | "feet" => {
                let feet = as_is(4).and_then(|feet| feet.checked_mul(3_048));
                self.converted(feet.map(|feet| round_off(feet, 1_000_000, rounding)))
            }
            _ => return Err(NoUsableLocation::UnknownUnit),
        };
        match centimeters.ok_or(NoUsableLocation::MeasureNotANumber)? {
            ..0 => Err(NoUsableLocation::NegativeMeasure),
            LENGTH_CM_MAX.. => Err(NoUsableLocation::MeasureTooLarge),
            length => u32::try_from(length).map_err(|_| NoUsableLocation::MeasureTooLarge),
        }
    }

    fn converted(&mut self, length: Option<i64>) -> Option<i64> {
        self.defects.insert(Defect::LengthNotInMeters);
        length
    }

    /// An angle in hundredths of a degree.
    fn angle(&mut self, name: &str) -> Result<i64, NoUsableLocation> {
        let (text, unit) = self.measure(name)?;
        let defect = match code_of(&unit) {
            "9102" | "9101" => None,
            "" => Some(Defect::MissingUnit),
            // The codes of foot and metre stand next to that of the degree in the register, and
            // are confused with it; an orientation in feet has no other meaning.
            "9002" | "9001" => Some(Defect::AngleInUnitOfLength),
            _ => Some(Defect::OddUnit),
        };
        self.defects.extend(defect);
        let centidegrees = match code_of(&unit) {
            "9101" => scaled(&text, 6, Rounding::Nearest).map(|microradians| {
                ((microradians as f64 / 1e6).to_degrees() * 100.0).round() as i64
            }),
            _ => scaled(&text, 2, Rounding::Nearest),
        };
        centidegrees.ok_or(NoUsableLocation::MeasureNotANumber)
    }

    /// The text and the unit of a measure inside this shape.
    fn measure(&self, name: &str) -> Result<(String, String), NoUsableLocation> {
        let measure = self.element.child(name).ok_or(NoUsableLocation::NoMeasure)?;
        let text = measure.token().ok_or(NoUsableLocation::NoMeasure)?;
        Ok((text, measure.attribute("uom").unwrap_or_default().to_owned()))
    }
}

/// What the numbers of a position mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum System {
    Flat,
    Solid,
    LongitudeFirst,
    Unnamed,
}

impl System {
    fn size_of(self, given: usize) -> Result<usize, NoUsableLocation> {
        let is_right = match self {
            Self::Flat | Self::LongitudeFirst => given == 2,
            Self::Solid | Self::Unnamed => given == 2 || given == 3,
        };
        if is_right { Ok(given) } else { Err(NoUsableLocation::WrongDimension) }
    }
}

fn point_of(numbers: &[i64], swap: bool) -> Option<Point> {
    let (first, second) = (numbers.first()?, numbers.get(1)?);
    let (lat, lon) = if swap { (second, first) } else { (first, second) };
    let point = Point::new(i32::try_from(*lat).ok()?, i32::try_from(*lon).ok()?)?;
    let altitude = match numbers.get(2) {
        Some(e7) => Some(i32::try_from((e7 + 50_000).div_euclid(100_000)).ok()?),
        None => None,
    };
    Some(point.at_altitude(altitude))
}

fn round_off(value: i64, by: i64, rounding: Rounding) -> i64 {
    let up = match rounding {
        Rounding::Nearest => by / 2,
        Rounding::Up => by - 1,
        Rounding::Down => 0,
    };
    (value + up).div_euclid(by)
}

/// The code of a unit of measure, without what names the register.
fn code_of(unit: &str) -> &str {
    unit.rsplit([':', '#', '/']).next().unwrap_or_default().trim()
}
