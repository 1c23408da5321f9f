//! Areas from GeoJSON.

use crate::area::{Area, Polygon};
use crate::description::AreaLayer;
use crate::error::MapError;
use crate::read::geojson::features;

/// The areas of one layer, in the order in which their names first appear.
///
/// # Errors
/// A feature without a name or without polygons.
pub(super) fn read_areas(layer: &AreaLayer, bytes: &[u8]) -> Result<Vec<Area>, MapError> {
    let mut found: Vec<(String, Vec<Polygon>)> = Vec::new();
    for feature in features(&layer.file, bytes)? {
        let name = feature.text_of(layer.name.as_ref()).or_else(|| layer.named.clone());
        let name = name.ok_or_else(|| {
            let property = layer.name.as_deref().unwrap_or("name");
            feature.error(format!("no property `{property}`"), "an area with a name")
        })?;
        let polygons = feature.polygons()?;
        match found.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => known.extend(polygons),
            None => found.push((name, polygons)),
        }
    }
    let area = |(name, polygons)| Area::new(layer.kind.clone(), name, polygons);
    Ok(found.into_iter().map(area).collect())
}
