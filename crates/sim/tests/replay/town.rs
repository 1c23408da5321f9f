//! A town of one street, for tests and benchmarks that need no map of their own.

use center::FleetUnit;
use evenhand_core::UnitId;
use map::{Area, CenterMap, Node, OneWay, Point, Polygon, RoadClass, Segment, StreetMap};

fn at(lat: f64, lon: f64) -> Point {
    Point::from_degrees(lat, lon).unwrap()
}

/// One street of 10 km from west to east, a crossing in its middle.
pub fn town() -> CenterMap {
    let points = [at(38.95, -92.40), at(38.95, -92.34), at(38.95, -92.285)];
    let nodes = points
        .iter()
        .zip(0..)
        .map(|(point, id): (&Point, u32)| Node { id: id.to_string(), point: *point });
    let segment = |from: u32, line: &[Point]| Segment {
        name: Some("Broadway".to_owned()),
        aliases: Vec::new(),
        class: RoadClass::Local,
        one_way: OneWay::Both,
        from_node: from,
        to_node: from + 1,
        line: line.to_vec(),
        left: None,
        right: None,
        zip_left: None,
        zip_right: None,
        source_line: from + 1,
    };
    let segments = vec![segment(0, &points[..2]), segment(1, &points[1..])];
    let streets = StreetMap::new(segments, nodes.collect()).unwrap();
    let zone = |name: &str, west: f64, east: f64| {
        let ring = vec![at(38.9, west), at(38.9, east), at(39.0, east), at(39.0, west)];
        Area::new("zone".to_owned(), name.to_owned(), vec![Polygon { rings: vec![ring] }])
    };
    let areas = vec![zone("West", -92.5, -92.34), zone("East", -92.34, -92.2)];
    CenterMap::new("one street".to_owned(), streets, areas)
}

pub fn fleet() -> Vec<FleetUnit> {
    let unit = |name: &str, lon: f64| FleetUnit {
        unit: UnitId::from(name),
        agency: "medical".to_owned(),
        capabilities: vec!["als".to_owned()],
        station: if lon < -92.34 { "West End" } else { "East End" }.to_owned(),
        point: Some(at(38.95, lon)),
    };
    vec![unit("W1", -92.40), unit("E1", -92.285)]
}
