//! What the map knows about a place, added to a location before it is sealed.

use crate::input::Clear;
use crate::limits::{METHOD_BYTES_MAX, PERSONAL_BYTES_MAX};
use crate::seal::shortened;
use evenhand_core::{Location, Zone};
use map::Point;
use places::Places;

/// A typed address and its point this near to each other are the same place, in metres.
const SAME_PLACE_M: u32 = 60;

/// Reads `latitude,longitude` in whole 1e-7 degrees.
pub(crate) fn parse_point(text: &str) -> Option<Point> {
    let (lat, lon) = text.split_once(',')?;
    let lat_e7: i32 = lat.trim().parse().ok()?;
    let lon_e7: i32 = lon.trim().parse().ok()?;
    let inside = (-900_000_000..=900_000_000).contains(&lat_e7)
        && (-1_800_000_000..=1_800_000_000).contains(&lon_e7);
    inside.then_some(Point { lat_e7, lon_e7 })
}

/// Writes a point as [`parse_point`] reads it.
pub(crate) fn point_text(point: Point) -> String {
    format!("{},{}", point.lat_e7, point.lon_e7)
}

/// Adds what the map knows: the point of an address that can be only one, the zones of a point,
/// and whether the address is beyond doubt. Whoever sent the location may claim that it is; the
/// map decides.
///
/// # Errors
/// A point that is none; says what would be accepted.
pub(crate) fn complete(
    mut location: Location<Clear>,
    places: &Places,
) -> Result<Location<Clear>, String> {
    let mut point = match &location.point {
        None => None,
        Some(Clear(text)) => Some(parse_point(text).ok_or_else(|| {
            // What was given may be a caller's address in the wrong field, so it is not repeated.
            "the point is none; `latitude,longitude` in whole 1e-7 degrees is".to_owned()
        })?),
    };
    // Half a shape is none: the point with its uncertainty stays.
    location.shape = location.shape.filter(|Clear(shape)| shape.len() <= PERSONAL_BYTES_MAX);
    if let Some(method) = &mut location.method {
        method.truncate(method.floor_char_boundary(METHOD_BYTES_MAX));
    }
    let claimed = location.verified;
    location.verified = false;
    if let Some(Clear(address)) = &location.address
        && (point.is_none() || claimed)
        && let Some(best) = places.geocode(address).into_iter().find(|found| found.verified)
    {
        let at = *point.get_or_insert(best.point);
        location.verified = at.distance_m(best.point) <= SAME_PLACE_M;
    }
    if let Some(point) = point {
        location.point = Some(Clear(point_text(point)));
        if location.zones.is_empty() {
            location.zones = zones(places, point);
        }
    }
    Ok(location)
}

/// The same for a call that rings, of which nothing is refused: a point that is none is kept as
/// words beside the address.
pub(crate) fn complete_ring(location: Location<Clear>, places: &Places) -> Location<Clear> {
    let readable = location.point.as_ref().is_none_or(|Clear(text)| parse_point(text).is_some());
    let mut location = Location { address: location.address.map(shortened), ..location };
    if !readable {
        let words = location.point.take().map(shortened);
        location.address = location.address.or(words);
    }
    let as_given = location.clone();
    complete(location, places).unwrap_or(as_given)
}

/// The zones of a point, as core keeps them.
pub(crate) fn zones(places: &Places, point: Point) -> Vec<Zone> {
    let mut zones: Vec<Zone> = places
        .zones(point)
        .into_iter()
        .map(|(layer, name)| Zone { layer: layer.to_string(), name: name.to_string() })
        .collect();
    zones.truncate(evenhand_core::limits::ZONES_MAX);
    zones
}
