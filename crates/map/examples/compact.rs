//! Makes the compact files of a map from the originals: only the properties that the map's
//! description names, coordinates to seven decimals (1 cm, what the map keeps anyway), gzipped.
//!
//! `cargo run -p evenhand-map --example compact -- <originals> <folder with map.toml>`
//!
//! A file `x.geojson.gz` of the description is made from `x.geojson` of the originals. The same
//! originals give the same bytes.

use std::error::Error;
use std::io::Write;
use std::path::Path;

use evenhand_map::{GeojsonStreets, MapDescription, Point, StreetSource};
use serde_json::{Map, Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [originals, folder] = arguments.as_slice() else {
        return Err("usage: compact <originals> <folder with map.toml>".into());
    };
    let (originals, folder) = (Path::new(originals), Path::new(folder));
    let description = std::fs::read_to_string(folder.join("map.toml"))?;
    for (file, properties) in layers(&toml::from_str(&description)?) {
        let original = originals.join(file.trim_end_matches(".gz"));
        let bytes = compact(&std::fs::read(original)?, &properties)?;
        std::fs::write(folder.join(&file), &bytes)?;
        println!("{file}: {} bytes, {}", bytes.len(), properties.join(" "));
    }
    Ok(())
}

/// Every file of the description with the properties that it needs.
fn layers(description: &MapDescription) -> Vec<(String, Vec<String>)> {
    let mut layers = Vec::new();
    if let StreetSource::Geojson(streets) = &description.streets {
        layers.push((streets.file.clone(), street_properties(streets)));
    }
    if let Some(layer) = &description.intersections {
        layers.push((layer.file.clone(), vec![layer.node.clone(), layer.name.clone()]));
    }
    for layer in &description.areas {
        layers.push((layer.file.clone(), layer.name.iter().cloned().collect()));
    }
    for layer in &description.places {
        let properties = std::iter::once(&layer.name).chain(&layer.address);
        layers.push((layer.file.clone(), properties.cloned().collect()));
    }
    layers
}

fn street_properties(streets: &GeojsonStreets) -> Vec<String> {
    let rules = streets.class.rules.iter().map(|rule| &rule.property);
    let mut names: Vec<String> = std::iter::once(&streets.name)
        .chain(&streets.alias)
        .chain([&streets.from_node, &streets.to_node].into_iter().flatten())
        .chain([&streets.left_from, &streets.left_to].into_iter().flatten())
        .chain([&streets.right_from, &streets.right_to].into_iter().flatten())
        .chain([&streets.zip_left, &streets.zip_right].into_iter().flatten())
        .chain(streets.direction.iter().map(|direction| &direction.property))
        .chain(rules)
        .cloned()
        .collect();
    names.sort();
    names.dedup();
    names
}

fn compact(bytes: &[u8], properties: &[String]) -> Result<Vec<u8>, Box<dyn Error>> {
    let file: Value = serde_json::from_slice(bytes)?;
    let features = file["features"].as_array().ok_or("no features")?;
    let features: Vec<Value> = features.iter().map(|one| feature(one, properties)).collect();
    let text = json!({"type": "FeatureCollection", "features": features}).to_string();
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(text.as_bytes())?;
    Ok(packer.finish()?)
}

fn feature(feature: &Value, properties: &[String]) -> Value {
    let given = &feature["properties"];
    let kept = properties.iter().filter(|name| !given[name.as_str()].is_null());
    let kept: Map<String, Value> =
        kept.map(|name| (name.clone(), whole(&given[name.as_str()]))).collect();
    let geometry = &feature["geometry"];
    let coordinates = rounded(&geometry["coordinates"]);
    let geometry = json!({"type": geometry["type"], "coordinates": coordinates});
    json!({"type": "Feature", "properties": kept, "geometry": geometry})
}

/// `1097.0` as `1097`.
fn whole(value: &Value) -> Value {
    match value.as_f64() {
        Some(number) if number.fract() == 0.0 && number.abs() < 1e15 => json!(number as i64),
        _ => value.clone(),
    }
}

/// Positions to seven decimals, rounded as the map rounds them.
fn rounded(coordinates: &Value) -> Value {
    let Some(list) = coordinates.as_array() else { return coordinates.clone() };
    match (list.first().and_then(Value::as_f64), list.get(1).and_then(Value::as_f64)) {
        (Some(lon), Some(lat)) => match Point::from_degrees(lat, lon) {
            Some(point) => json!([f64::from(point.lon_e7) / 1e7, f64::from(point.lat_e7) / 1e7]),
            None => coordinates.clone(),
        },
        _ => list.iter().map(rounded).collect(),
    }
}
