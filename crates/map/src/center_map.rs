//! The whole map of a centre.

use serde::{Deserialize, Serialize};

use crate::area::Area;
use crate::digest::digest_of;
use crate::point::Point;
use crate::street::StreetMap;

/// A place that people call by its name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NamedPlace {
    /// `fire_station`, `police_station`, `shelter`, `hospital`, ..., as the description names it.
    pub kind: String,
    /// Its name: `Fire Headquarters`.
    pub name: String,
    /// Its street address, if the map gives one.
    pub address: Option<String>,
    /// Where it is.
    pub point: Point,
}

/// A crossing that the map names.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Intersection {
    /// Name as the map writes it: `Columbus Ave & Massachusetts Ave`.
    pub name: String,
    /// Where it is.
    pub point: Point,
    /// Its node in the street map, index in [`StreetMap::nodes`]; `None` if no segment ends there.
    pub node: Option<u32>,
}

/// All the geography a centre needs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CenterMap {
    /// Name of the map, for people: `Cambridge, Massachusetts`.
    pub name: String,
    /// Short hex digest of everything below.
    pub version: String,
    /// Streets.
    pub streets: StreetMap,
    /// Areas, in the order of the description and its files.
    pub areas: Vec<Area>,
    /// Named places, in the order of the description and its files.
    pub places: Vec<NamedPlace>,
    /// Named crossings.
    pub intersections: Vec<Intersection>,
}

impl CenterMap {
    /// A map of these parts; computes the version.
    #[must_use]
    pub fn new(name: String, streets: StreetMap, areas: Vec<Area>) -> Self {
        Self {
            name,
            version: String::new(),
            streets,
            areas,
            places: Vec::new(),
            intersections: Vec::new(),
        }
        .with_version()
    }

    /// The same map with these places and crossings.
    #[must_use]
    pub fn with_points(mut self, places: Vec<NamedPlace>, crossings: Vec<Intersection>) -> Self {
        self.places = places;
        self.intersections = crossings;
        self.with_version()
    }

    fn with_version(mut self) -> Self {
        let streets = &self.streets.version;
        self.version = digest_of(&(streets, &self.areas, &self.places, &self.intersections));
        self
    }

    /// Corners of the box around all streets: south-west, north-east; `None` without streets.
    #[must_use]
    pub fn corners(&self) -> Option<(Point, Point)> {
        let points = || self.streets.segments.iter().flat_map(|segment| segment.line.iter());
        let lat = |point: &Point| point.lat_e7;
        let lon = |point: &Point| point.lon_e7;
        let corner = |lat, lon| Some(Point { lat_e7: lat?, lon_e7: lon? });
        Some((
            corner(points().map(lat).min(), points().map(lon).min())?,
            corner(points().map(lat).max(), points().map(lon).max())?,
        ))
    }
}
