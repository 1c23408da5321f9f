//! Which file holds what: the description of a map, part of a centre's configuration.
//!
//! A property name in a description is the name that the file uses. Values are compared as text;
//! a number is written without a fraction if it has none (`1097.0` is `1097`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::street::{OneWay, RoadClass};

/// Everything that makes up one map. File names are relative to the folder of the map.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MapDescription {
    /// Name of the map, for people.
    pub name: String,
    /// The streets; the only part that must be there.
    pub streets: StreetSource,
    /// Named crossings, which also say where the streets' nodes are.
    #[serde(default)]
    pub intersections: Option<IntersectionLayer>,
    /// Layers of areas.
    #[serde(default)]
    pub areas: Vec<AreaLayer>,
    /// Layers of named places.
    #[serde(default)]
    pub places: Vec<PlaceLayer>,
    /// Named places given here and in no file.
    #[serde(default)]
    pub landmarks: Vec<Landmark>,
}

/// Where the streets come from.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "format", rename_all = "snake_case")]
pub enum StreetSource {
    /// Centrelines in GeoJSON, with properties named here.
    Geojson(Box<GeojsonStreets>),
    /// TIGER/Line roads of the US Census: the `.shp`, with its `.dbf` beside it.
    Tiger {
        /// The `.shp` file.
        file: String,
    },
}

/// Centrelines in GeoJSON: LineString, or MultiLineString whose parts join end to start.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GeojsonStreets {
    /// The file.
    pub file: String,
    /// Property with the full name (`Massachusetts Ave`).
    pub name: String,
    /// Property with other names, separated by commas.
    #[serde(default)]
    pub alias: Option<String>,
    /// Property with the id of the node at the line's start; without it, lines join where their
    /// ends are the same point.
    #[serde(default)]
    pub from_node: Option<String>,
    /// Property with the id of the node at the line's end.
    #[serde(default)]
    pub to_node: Option<String>,
    /// Property with the first house number to the left; 0 or less means none.
    #[serde(default)]
    pub left_from: Option<String>,
    /// Property with the last house number to the left.
    #[serde(default)]
    pub left_to: Option<String>,
    /// Property with the first house number to the right.
    #[serde(default)]
    pub right_from: Option<String>,
    /// Property with the last house number to the right.
    #[serde(default)]
    pub right_to: Option<String>,
    /// Property with the postal code to the left.
    #[serde(default)]
    pub zip_left: Option<String>,
    /// Property with the postal code to the right.
    #[serde(default)]
    pub zip_right: Option<String>,
    /// In which direction may be driven; without it, both.
    #[serde(default)]
    pub direction: Option<DirectionRules>,
    /// Which class a segment is.
    pub class: ClassRules,
}

/// How the direction of travel is written.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectionRules {
    /// The property.
    pub property: String,
    /// Its values and what they mean, seen along the line; any other value is an error.
    pub values: BTreeMap<String, OneWay>,
    /// What it means if the property is missing.
    pub missing: OneWay,
}

/// Which class a segment is: the first rule that fits, otherwise `otherwise`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassRules {
    /// Rules, first match wins.
    #[serde(default)]
    pub rules: Vec<ClassRule>,
    /// Class of a segment that no rule fits.
    pub otherwise: RoadClass,
}

/// If the property has the value, the segment is of the class.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassRule {
    /// The property.
    pub property: String,
    /// The value, as text.
    pub equals: String,
    /// The class.
    pub class: RoadClass,
}

/// Named crossings in GeoJSON: points.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntersectionLayer {
    /// The file.
    pub file: String,
    /// Property with the node's id, as in the streets' `from_node` and `to_node`.
    pub node: String,
    /// Property with the crossing's name.
    pub name: String,
    /// Names that stand for none, such as `<Null>`.
    #[serde(default)]
    pub no_name: Vec<String>,
}

/// A layer of areas in GeoJSON: Polygon or MultiPolygon.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AreaLayer {
    /// The file.
    pub file: String,
    /// Kind of all its areas, such as `police_sector`; `boundary` is the centre's own ground.
    pub kind: String,
    /// Property with an area's name; areas of one name are one area.
    #[serde(default)]
    pub name: Option<String>,
    /// Name of all areas of the layer if they have no property for it.
    #[serde(default)]
    pub named: Option<String>,
}

/// A layer of named places in GeoJSON: points.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceLayer {
    /// The file.
    pub file: String,
    /// Kind of all its places, such as `fire_station`.
    pub kind: String,
    /// Property with the name.
    pub name: String,
    /// Property with the street address.
    #[serde(default)]
    pub address: Option<String>,
}

/// A named place given in the description itself.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Landmark {
    /// Its kind, such as `hospital`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its street address.
    #[serde(default)]
    pub address: Option<String>,
    /// Latitude in degrees.
    pub lat: f64,
    /// Longitude in degrees.
    pub lon: f64,
}
