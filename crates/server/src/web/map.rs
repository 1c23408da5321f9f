//! The map as the console draws it: made once, served compressed.

use std::io::Write;

use ::map::{CenterMap, Point, Polygon};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Map, Value, json};

use crate::web::App;
use crate::web::extract::Signed;
use crate::web::failure::{ErrorBody, Failure};

/// The map's bytes, plain and gzipped. Clones share them.
#[derive(Clone)]
pub(crate) struct MapFile {
    etag: HeaderValue,
    plain: Bytes,
    gzipped: Bytes,
}

impl MapFile {
    /// Draws a map; `attribution` says whose data it is.
    pub(crate) fn of(map: &CenterMap, attribution: &str) -> Self {
        let drawn = draw(map, attribution);
        let plain = serde_json::to_vec(&drawn).unwrap_or_default();
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        // Writing into memory does not fail.
        let gzipped = encoder.write_all(&plain).and_then(|()| encoder.finish()).unwrap_or_default();
        let etag = HeaderValue::from_str(&format!("\"{}\"", map.version));
        Self {
            etag: etag.unwrap_or(HeaderValue::from_static("\"\"")),
            plain: plain.into(),
            gzipped: gzipped.into(),
        }
    }
}

/// Streets, areas and places, as GeoJSON feature collections.
#[utoipa::path(
    get, path = "/api/v1/map",
    responses((status = 200, body = Object), (status = 304), (status = 401, body = ErrorBody))
)]
pub(crate) async fn map(
    State(app): State<App>,
    _signed: Signed,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let MapFile { etag, plain, gzipped } = app.map.clone();
    let says = |name, word: &str| {
        let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        values.into_iter().any(|value| value.contains(word))
    };
    let fixed = [
        (header::ETAG, etag.clone()),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
    ];
    if etag.to_str().is_ok_and(|etag| says(header::IF_NONE_MATCH, etag)) {
        return Ok((StatusCode::NOT_MODIFIED, fixed).into_response());
    }
    if says(header::ACCEPT_ENCODING, "gzip") {
        return Ok((fixed, [(header::CONTENT_ENCODING, "gzip")], gzipped).into_response());
    }
    Ok((fixed, plain).into_response())
}

fn draw(map: &CenterMap, attribution: &str) -> Value {
    let streets = map.streets.segments.iter().map(|segment| {
        let line: Vec<Value> = segment.line.iter().map(|point| degrees(*point)).collect();
        let properties = json!({ "name": segment.name, "class": segment.class });
        feature(json!({ "type": "LineString", "coordinates": line }), properties)
    });
    let places = map.places.iter().map(|place| {
        let properties =
            json!({ "kind": place.kind, "name": place.name, "address": place.address });
        feature(json!({ "type": "Point", "coordinates": degrees(place.point) }), properties)
    });
    let corners = map
        .corners()
        .map(|(south_west, north_east)| json!([degrees(south_west), degrees(north_east)]));
    json!({
        "version": map.version,
        "name": map.name,
        "bounds": corners,
        "attribution": attribution,
        "streets": collection(streets),
        "areas": areas(map),
        "places": collection(places),
    })
}

/// One collection for each layer.
fn areas(map: &CenterMap) -> Value {
    let mut layers: Map<String, Value> = Map::new();
    for area in &map.areas {
        let polygons: Vec<Value> = area.polygons.iter().map(polygon).collect();
        let drawn = feature(
            json!({ "type": "MultiPolygon", "coordinates": polygons }),
            json!({ "name": area.name }),
        );
        let layer = layers.entry(area.kind.clone()).or_insert_with(|| collection([].into_iter()));
        if let Some(features) = layer.get_mut("features").and_then(Value::as_array_mut) {
            features.push(drawn);
        }
    }
    Value::Object(layers)
}

/// Several outer rings may stand in one list; drawn even-odd, that is the same.
fn polygon(polygon: &Polygon) -> Value {
    let rings = polygon.rings.iter().map(|ring| {
        let closed = ring.iter().chain(ring.first());
        Value::Array(closed.map(|point| degrees(*point)).collect())
    });
    Value::Array(rings.collect())
}

fn collection(features: impl Iterator<Item = Value>) -> Value {
    json!({ "type": "FeatureCollection", "features": features.collect::<Vec<Value>>() })
}

fn feature(geometry: Value, properties: Value) -> Value {
    json!({ "type": "Feature", "geometry": geometry, "properties": properties })
}

/// GeoJSON: longitude first, in degrees.
fn degrees(point: Point) -> Value {
    json!([f64::from(point.lon_e7) / 1e7, f64::from(point.lat_e7) / 1e7])
}
