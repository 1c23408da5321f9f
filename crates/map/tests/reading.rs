//! What the readers accept, mend and refuse, on files of a few lines.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::io::{self, Write};

use evenhand_map::read::read;
use evenhand_map::{CenterMap, HouseNumbers, MapDescription, MapError, OneWay, RoadClass};

const DESCRIPTION: &str = r#"
name = "Town, State"
[streets]
format = "geojson"
file = "streets"
name = "Name"
alias = "Also"
from_node = "From"
to_node = "To"
left_from = "LF"
left_to = "LT"
class = { otherwise = "local", rules = [{ property = "Major", equals = "1", class = "primary" }] }
[streets.direction]
property = "Dir"
values = { "1" = "forward", "-1" = "backward", "0" = "both" }
missing = "both"
[intersections]
file = "crossings"
node = "Id"
name = "Title"
no_name = ["<Null>"]
[[areas]]
kind = "zone"
file = "zones"
name = "Zone"
[[places]]
kind = "station"
file = "stations"
name = "Name"
"#;

/// The files of a small town; a test replaces one of them.
struct Town(BTreeMap<&'static str, Vec<u8>>);

impl Town {
    fn new() -> Self {
        let street = line("[[0,0],[0.01,0]]", r#""From":1.0,"To":2,"Name":"Main St""#);
        let mut files = BTreeMap::new();
        files.insert("streets", collection(&[street]));
        files.insert("crossings", collection(&[crossing(1, 0.0), crossing(2, 0.01)]));
        files.insert("zones", collection(&[]));
        files.insert("stations", collection(&[]));
        Self(files)
    }

    fn with(mut self, file: &'static str, features: &[String]) -> Self {
        self.0.insert(file, collection(features));
        self
    }

    fn read(&self) -> Result<CenterMap, MapError> {
        let description: MapDescription = toml::from_str(DESCRIPTION).unwrap();
        read(&description, &|file| {
            self.0.get(file).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
        })
    }

    fn error(&self) -> String {
        self.read().unwrap_err().to_string()
    }
}

fn collection(features: &[String]) -> Vec<u8> {
    let features = features.join(",\n");
    format!("{{\"type\":\"FeatureCollection\",\"features\":[\n{features}\n]}}").into_bytes()
}

fn feature(kind: &str, coordinates: &str, properties: &str) -> String {
    format!(
        r#"{{"type":"Feature","properties":{{{properties}}},
            "geometry":{{"type":"{kind}","coordinates":{coordinates}}}}}"#
    )
}

fn line(coordinates: &str, properties: &str) -> String {
    feature("LineString", coordinates, properties)
}

/// A crossing on the equator.
fn crossing(id: u32, lon: f64) -> String {
    feature("Point", &format!("[{lon},0]"), &format!(r#""Id":{id}.0,"Title":"Crossing {id}""#))
}

#[test]
fn a_property_that_is_missing_or_null_has_its_default() {
    let streets = [
        line("[[0,0],[0.01,0]]", r#""From":1,"To":2"#),
        line("[[0,0],[0.01,0]]", r#""From":1,"To":2,"Name":null,"Dir":null,"LF":null,"Also":" ""#),
    ];
    let map = Town::new().with("streets", &streets).read().unwrap();
    for segment in &map.streets.segments {
        assert_eq!((segment.name.as_ref(), segment.left), (None, None));
        assert_eq!((segment.one_way, segment.class), (OneWay::Both, RoadClass::Local));
        assert!(segment.aliases.is_empty());
    }
}

#[test]
fn properties_are_read_as_text_whatever_they_are() {
    let properties = r#""From":1,"To":"2","Name":" Main St ","Dir":-1,"Major":1.0,
        "LF":"10","LT":4,"Also":"A St, B St""#;
    let map = Town::new().with("streets", &[line("[[0,0],[0.01,0]]", properties)]).read().unwrap();
    let segment = &map.streets.segments[0];
    assert_eq!(segment.name.as_deref(), Some("Main St"));
    assert_eq!((segment.one_way, segment.class), (OneWay::Backward, RoadClass::Primary));
    assert_eq!(segment.left, Some(HouseNumbers { from: 10, to: 4 }), "a range may run downwards");
    assert_eq!(segment.aliases, ["A St", "B St"]);
    let ids = [segment.from_node, segment.to_node].map(|n| &map.streets.nodes[n as usize].id);
    assert_eq!(ids, ["1", "2"]);
}

#[test]
fn numbers_of_zero_and_below_are_no_house_numbers() {
    for numbers in [r#""LF":-1,"LT":-1"#, r#""LF":0,"LT":0"#, r#""LF":7"#] {
        let properties = format!(r#""From":1,"To":2,{numbers}"#);
        let streets = [line("[[0,0],[0.01,0]]", &properties)];
        let map = Town::new().with("streets", &streets).read().unwrap();
        assert_eq!(map.streets.segments[0].left, None, "{numbers}");
    }
}

#[test]
fn parts_of_a_line_are_joined_where_they_meet_and_refused_where_not() {
    let parts = |second: &str| {
        let coordinates = format!("[[[0,0],[0.005,0]],{second}]");
        [feature("MultiLineString", &coordinates, r#""From":1,"To":2"#)]
    };
    let joined = Town::new().with("streets", &parts("[[0.005,0],[0.01,0]]")).read().unwrap();
    assert_eq!(joined.streets.segments[0].line.len(), 3);
    assert_eq!(
        Town::new().with("streets", &parts("[[0.006,0],[0.01,0]]")).error(),
        "`streets`, feature 1: a MultiLineString whose parts do not join; \
         accepted: parts that join end to start, in order"
    );
}

#[test]
fn streets_join_by_the_id_of_their_node_and_not_by_distance() {
    // The second starts 33 m from node 2, and a third passes it without the id.
    let streets = [
        line("[[0,0],[0.01,0]]", r#""From":1,"To":2"#),
        line("[[0.0103,0],[0.02,0]]", r#""From":2,"To":3"#),
        line("[[0.01,0],[0.01,0.01]]", r#""From":9,"To":8"#),
    ];
    let map = Town::new().with("streets", &streets).read().unwrap();
    let segments = &map.streets.segments;
    assert_eq!(segments[0].to_node, segments[1].from_node);
    assert_ne!(segments[2].from_node, segments[1].from_node);
    assert!(map.streets.mended.is_empty());
}

#[test]
fn a_node_id_far_from_its_place_is_not_believed() {
    // The second claims to end at node 1, a kilometre away; the first ends at the very same point.
    let streets = [
        line("[[0,0],[0.01,0]]", r#""From":1,"To":2"#),
        line("[[0.01,0.005],[0.01,0]]", r#""From":5,"To":1,"Name":"Wrong St""#),
        line("[[0.02,0.02],[0.03,0.02]]", r#""From":1,"To":6"#),
    ];
    let map = Town::new().with("streets", &streets).read().unwrap();
    let segments = &map.streets.segments;
    assert_eq!(segments[1].to_node, segments[0].to_node, "the node at the same point");
    assert_ne!(segments[2].from_node, segments[0].from_node, "a node of its own");
    let told = "feature 2 (`Wrong St`): node `1` is 1112 m away; read as `2`";
    assert_eq!(map.streets.mended[0], told);
    assert_eq!(map.streets.mended.len(), 2);
}

#[test]
fn exchanged_node_ids_are_put_right_and_their_direction_is_in_doubt() {
    let street = line("[[0,0],[0.01,0]]", r#""From":2,"To":1,"Name":"Turned St","Dir":1"#);
    let map = Town::new().with("streets", &[street]).read().unwrap();
    let segment = &map.streets.segments[0];
    assert_eq!(map.streets.nodes[segment.from_node as usize].id, "1");
    assert_eq!(segment.one_way, OneWay::Both);
    assert_eq!(
        map.streets.mended,
        [
            "feature 1 (`Turned St`): its node ids are exchanged",
            "feature 1 (`Turned St`): direction in doubt, read as both ways"
        ]
    );
}

#[test]
fn a_missing_node_id_joins_at_the_same_point() {
    let streets = [
        line("[[0,0],[0.01,0]]", r#""From":1,"To":2"#),
        line("[[0.01,0],[0.02,0]]", r#""To":3"#),
        line("[[0.05,0],[0.06,0]]", ""),
        line("[[0.06,0],[0.07,0]]", ""),
    ];
    let map = Town::new().with("streets", &streets).read().unwrap();
    let segments = &map.streets.segments;
    assert_eq!(segments[0].to_node, segments[1].from_node);
    assert_eq!(segments[2].to_node, segments[3].from_node);
    assert_ne!(segments[1].to_node, segments[2].from_node);
}

#[test]
fn areas_of_one_name_are_one_area() {
    let square = |x: u32| format!("[[[{x},0],[{x},1],[{},1],[{x},0]]]", x + 1);
    let zones = [
        feature("Polygon", &square(0), r#""Zone":4"#),
        feature("Polygon", &square(5), r#""Zone":"5""#),
        feature("MultiPolygon", &format!("[{}]", square(9)), r#""Zone":4.0"#),
    ];
    let map = Town::new().with("zones", &zones).read().unwrap();
    let found: Vec<_> =
        map.areas.iter().map(|area| (area.name.as_str(), area.polygons.len())).collect();
    assert_eq!(found, [("4", 2), ("5", 1)]);
}

#[test]
fn crossings_without_a_name_place_nodes_but_are_not_listed() {
    let unnamed = feature("Point", "[0.01,0]", r#""Id":2,"Title":"<Null>""#);
    let map = Town::new().with("crossings", &[crossing(1, 0.0), unnamed]).read().unwrap();
    assert_eq!(map.intersections.len(), 1);
    assert_eq!(map.intersections[0].name, "Crossing 1");
    assert_eq!(map.intersections[0].node, Some(0));
}

#[test]
fn an_error_says_file_feature_what_was_given_and_what_is_accepted() {
    let streets = |properties: &str| {
        let second = line("[[0,0],[0.01,0]]", properties);
        let streets = [line("[[0,0],[0.01,0]]", ""), second];
        Town::new().with("streets", &streets).error()
    };
    assert_eq!(
        streets(r#""Dir":2"#),
        "`streets`, feature 2: `Dir` = `2`; accepted: `-1`, `0`, `1`"
    );
    assert_eq!(
        streets(r#""LF":"12A","LT":20"#),
        "`streets`, feature 2: `LF` = `12A`; accepted: a whole number up to 9999999, \
         0 or less for none"
    );
    let geometry = |kind: &str, coordinates: &str| {
        Town::new().with("streets", &[feature(kind, coordinates, "")]).error()
    };
    assert!(
        geometry("Point", "[0,0]").contains("feature 1: geometry `Point`; accepted: LineString")
    );
    assert!(geometry("LineString", "[[0,0]]").contains("fewer than two points"));
    assert!(geometry("LineString", "[[0,0],[200,0]]").contains("position `[200,0]`"));
    assert!(geometry("LineString", "[[0,0],[0,2]]").contains("jumps more than 100 km"));
    assert!(geometry("LineString", "7").contains("not a list"));
    let unnamed = feature("Polygon", "[[[0,0],[0,1],[1,1]]]", "");
    assert!(
        Town::new()
            .with("zones", &[unnamed])
            .error()
            .contains("`zones`, feature 1: no property `Zone`")
    );
}

#[test]
fn a_file_that_is_missing_or_is_no_geojson_is_named() {
    let mut town = Town::new();
    town.0.insert("streets", b"{\n\"features\": [\n{]}".to_vec());
    let error = town.error();
    assert!(error.starts_with("`streets`, line 3: "), "{error}");
    assert!(error.ends_with("accepted: a GeoJSON FeatureCollection"), "{error}");
    town.0.remove("streets");
    assert!(town.error().starts_with("`streets` cannot be read: "));
}

#[test]
fn gzip_is_known_by_its_content_and_a_byte_order_mark_is_skipped() {
    let plain = Town::new().read().unwrap();
    let mut town = Town::new();
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(&town.0["streets"]).unwrap();
    town.0.insert("streets", packer.finish().unwrap());
    let marked = [b"\xef\xbb\xbf", town.0["crossings"].as_slice()].concat();
    town.0.insert("crossings", marked);
    assert_eq!(town.read().unwrap(), plain);
    town.0.get_mut("streets").unwrap().truncate(40);
    assert!(town.error().starts_with("`streets` cannot be read: "));
}

#[test]
fn the_version_covers_everything() {
    let original = Town::new().read().unwrap();
    let station = feature("Point", "[0,0]", r#""Name":"Station 1""#);
    let more = Town::new().with("stations", &[station]).read().unwrap();
    assert_eq!(more.streets.version, original.streets.version);
    assert_ne!(more.version, original.version);
    let moved = line("[[0,0],[0.0100001,0]]", r#""From":1.0,"To":2,"Name":"Main St""#);
    let moved = Town::new().with("streets", &[moved]).read().unwrap();
    assert_ne!(moved.streets.version, original.streets.version);
    assert_ne!(moved.version, original.version);
    assert_eq!(original.version.len(), 16);
}

#[test]
fn a_description_names_no_property_by_mistake() {
    let wrong = DESCRIPTION.replace("to_node", "to_nod");
    let error = toml::from_str::<MapDescription>(&wrong).unwrap_err().to_string();
    assert!(error.contains("to_nod"), "{error}");
}
