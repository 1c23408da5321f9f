//! GeoJSON: features with properties and a geometry, each able to say where in the file it stands.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::area::Polygon;
use crate::error::MapError;
use crate::point::Point;

/// One feature of a file.
pub(super) struct Feature<'f> {
    file: &'f str,
    /// Counted from 1, in the order of the file.
    pub(super) number: u32,
    properties: Map<String, Value>,
    geometry: Option<RawGeometry>,
}

#[derive(Deserialize)]
struct RawCollection {
    features: Vec<RawFeature>,
}

#[derive(Deserialize)]
struct RawFeature {
    properties: Option<Map<String, Value>>,
    geometry: Option<RawGeometry>,
}

#[derive(Deserialize)]
struct RawGeometry {
    r#type: String,
    #[serde(default)]
    coordinates: Value,
}

/// All features of a FeatureCollection.
pub(super) fn features<'f>(file: &'f str, bytes: &[u8]) -> Result<Vec<Feature<'f>>, MapError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let raw: RawCollection = serde_json::from_slice(bytes).map_err(|error| {
        let at = format!("line {}", error.line());
        MapError::not_accepted(file, at, error, "a GeoJSON FeatureCollection")
    })?;
    let features = (1..).zip(raw.features).map(|(number, raw)| Feature {
        file,
        number,
        properties: raw.properties.unwrap_or_default(),
        geometry: raw.geometry,
    });
    Ok(features.collect())
}

impl Feature<'_> {
    /// The error that something in this feature is not accepted.
    pub(super) fn error(&self, given: impl ToString, accepted: &str) -> MapError {
        MapError::not_accepted(self.file, format!("feature {}", self.number), given, accepted)
    }

    /// A property as text, trimmed; `None` if it is missing, null or empty.
    pub(super) fn text(&self, property: &str) -> Option<String> {
        let text = match self.properties.get(property)? {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number_text(number),
            Value::Bool(value) => value.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => return None,
        };
        (!text.is_empty()).then_some(text)
    }

    /// As [`Feature::text`], for a property that the description may not name.
    pub(super) fn text_of(&self, property: Option<&String>) -> Option<String> {
        self.text(property?)
    }

    /// The line of a LineString or of a MultiLineString whose parts join end to start.
    pub(super) fn line(&self) -> Result<Vec<Point>, MapError> {
        let line = match self.geometry()? {
            ("LineString", coordinates) => self.points(coordinates)?,
            ("MultiLineString", coordinates) => self.joined(coordinates)?,
            (other, _) => return Err(self.wrong_geometry(other, "LineString, MultiLineString")),
        };
        if line.len() < 2 {
            return Err(self.error("a line of fewer than two points", "two points or more"));
        }
        Ok(line)
    }

    /// The point of a Point.
    pub(super) fn point(&self) -> Result<Point, MapError> {
        match self.geometry()? {
            ("Point", coordinates) => self.position(coordinates),
            (other, _) => Err(self.wrong_geometry(other, "Point")),
        }
    }

    /// The polygons of a Polygon or MultiPolygon.
    pub(super) fn polygons(&self) -> Result<Vec<Polygon>, MapError> {
        match self.geometry()? {
            ("Polygon", coordinates) => Ok(vec![self.polygon(coordinates)?]),
            ("MultiPolygon", coordinates) => {
                self.list(coordinates)?.iter().map(|part| self.polygon(part)).collect()
            }
            (other, _) => Err(self.wrong_geometry(other, "Polygon, MultiPolygon")),
        }
    }

    fn geometry(&self) -> Result<(&str, &Value), MapError> {
        let geometry = self.geometry.as_ref();
        let found =
            geometry.ok_or_else(|| self.error("no geometry", "a feature with a geometry"))?;
        Ok((found.r#type.as_str(), &found.coordinates))
    }

    fn wrong_geometry(&self, given: &str, accepted: &str) -> MapError {
        self.error(format!("geometry `{given}`"), accepted)
    }

    fn joined(&self, parts: &Value) -> Result<Vec<Point>, MapError> {
        let mut line: Vec<Point> = Vec::new();
        for part in self.list(parts)? {
            let points = self.points(part)?;
            match (line.last(), points.first()) {
                (Some(end), Some(start)) if end != start => {
                    let given = "a MultiLineString whose parts do not join";
                    return Err(self.error(given, "parts that join end to start, in order"));
                }
                (Some(_), _) => line.extend(points.iter().skip(1)),
                (None, _) => line = points,
            }
        }
        Ok(line)
    }

    fn polygon(&self, rings: &Value) -> Result<Polygon, MapError> {
        let ring = |ring| {
            let mut points = self.points(ring)?;
            if points.len() > 1 && points.first() == points.last() {
                points.pop();
            }
            if points.len() < 3 {
                return Err(self.error("a ring of fewer than three points", "closed rings"));
            }
            Ok(points)
        };
        let rings = self.list(rings)?.iter().map(ring).collect::<Result<_, _>>()?;
        Ok(Polygon { rings })
    }

    fn points(&self, list: &Value) -> Result<Vec<Point>, MapError> {
        self.list(list)?.iter().map(|position| self.position(position)).collect()
    }

    fn list<'v>(&self, value: &'v Value) -> Result<&'v [Value], MapError> {
        let list = value.as_array().map(Vec::as_slice);
        list.ok_or_else(|| self.error("coordinates that are not a list", "lists of [lon, lat]"))
    }

    fn position(&self, value: &Value) -> Result<Point, MapError> {
        let number = |index| value.get(index).and_then(Value::as_f64);
        let point = number(0).zip(number(1)).and_then(|(lon, lat)| Point::from_degrees(lat, lon));
        point.ok_or_else(|| {
            let given = format!("position `{value}`");
            self.error(given, "[longitude, latitude] in WGS84 degrees")
        })
    }
}

fn number_text(number: &serde_json::Number) -> String {
    match number.as_f64() {
        // Ids are often written with a fraction: `1097.0` and `1097` are the same node.
        Some(value) if value.fract() == 0.0 && value.abs() < 1e15 => format!("{value:.0}"),
        _ => number.to_string(),
    }
}
