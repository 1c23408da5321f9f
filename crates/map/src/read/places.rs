//! Named places and crossings from GeoJSON points.

use std::collections::BTreeMap;

use crate::center_map::{Intersection, NamedPlace};
use crate::description::{IntersectionLayer, Landmark, PlaceLayer};
use crate::error::MapError;
use crate::point::Point;
use crate::read::geojson::features;
use crate::street::StreetMap;

/// A crossing as the file gives it: its node's id, its name if it has one, its place.
pub(super) struct Crossing {
    pub(super) node: String,
    name: Option<String>,
    pub(super) point: Point,
}

/// The places of one layer, in the order of the file.
///
/// # Errors
/// A feature without a name or without a point.
pub(super) fn read_places(layer: &PlaceLayer, bytes: &[u8]) -> Result<Vec<NamedPlace>, MapError> {
    let mut places = Vec::new();
    for feature in features(&layer.file, bytes)? {
        let name = feature.text(&layer.name).ok_or_else(|| {
            feature.error(format!("no property `{}`", layer.name), "a place with a name")
        })?;
        let address = feature.text_of(layer.address.as_ref());
        places.push(NamedPlace {
            kind: layer.kind.clone(),
            name,
            address,
            point: feature.point()?,
        });
    }
    Ok(places)
}

/// The place that a landmark of the description is.
pub(super) fn place_of(landmark: &Landmark) -> Result<NamedPlace, MapError> {
    let point = Point::from_degrees(landmark.lat, landmark.lon).ok_or_else(|| {
        let given = format!("latitude `{}`, longitude `{}`", landmark.lat, landmark.lon);
        let at = format!("landmark `{}`", landmark.name);
        MapError::not_accepted("description", at, given, "WGS84 degrees")
    })?;
    let (kind, name) = (landmark.kind.clone(), landmark.name.clone());
    Ok(NamedPlace { kind, name, address: landmark.address.clone(), point })
}

/// The crossings of a layer, named or not, in the order of the file.
pub(super) fn read_crossings(
    layer: &IntersectionLayer,
    bytes: &[u8],
) -> Result<Vec<Crossing>, MapError> {
    let mut crossings = Vec::new();
    for feature in features(&layer.file, bytes)? {
        let node = feature.text(&layer.node).ok_or_else(|| {
            feature.error(format!("no property `{}`", layer.node), "a crossing with a node id")
        })?;
        let name = feature.text(&layer.name).filter(|name| !layer.no_name.contains(name));
        crossings.push(Crossing { node, name, point: feature.point()? });
    }
    Ok(crossings)
}

/// The crossings that have a name, each with its node in the streets.
pub(super) fn intersections(crossings: Vec<Crossing>, streets: &StreetMap) -> Vec<Intersection> {
    let nodes: BTreeMap<&str, u32> =
        streets.nodes.iter().map(|node| node.id.as_str()).zip(0..).collect();
    let named = crossings.into_iter().filter_map(|crossing| {
        let node = nodes.get(crossing.node.as_str()).copied();
        Some(Intersection { name: crossing.name?, point: crossing.point, node })
    });
    named.collect()
}
