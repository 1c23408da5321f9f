//! Both real maps: what ships with Cambridge, and what is read in place for Boone.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use evenhand_map::read::read_folder;
use evenhand_map::{CenterMap, MapDescription, OneWay, Point, RoadClass};

fn center(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../centers").join(name).join("map")
}

fn description(center_name: &str) -> MapDescription {
    let text = std::fs::read_to_string(center(center_name).join("map.toml")).unwrap();
    toml::from_str(&text).unwrap()
}

fn cambridge() -> CenterMap {
    read_folder(&description("cambridge"), &center("cambridge")).unwrap()
}

/// The folder of the real data, or a printed reason to skip; in CI it must be there.
fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("EVENHAND_DATA").map(PathBuf::from);
    if folder.is_none() {
        assert!(std::env::var_os("CI").is_none(), "EVENHAND_DATA must be set when CI is set");
        println!("skipped: EVENHAND_DATA is not set");
    }
    folder
}

#[test]
fn cambridge_has_the_counts_of_its_description() {
    let map = cambridge();
    assert_eq!(map.streets.segments.len(), 2643);
    assert_eq!(map.places.len(), 8 + 2 + 15 + 2, "and two hospitals of the description");
    let count = |kind: &str| map.areas.iter().filter(|area| area.kind == kind).count();
    let kinds = ["boundary", "police_sector", "police_car_route", "police_district"];
    assert_eq!(kinds.map(count), [1, 5, 9, 117]);
    let kinds = ["fire_engine", "fire_ladder", "fire_rescue", "neighborhood"];
    assert_eq!(kinds.map(count), [8, 4, 1, 13]);
    let without = map.streets.segments.iter().filter(|s| s.left.is_none() && s.right.is_none());
    assert!(without.count() > 3);
    let named = map.intersections.len();
    assert_eq!(named, 1872 - 352 - 2, "all but the unnamed and the two called <Null>");
}

#[test]
fn cambridge_keeps_its_one_way_streets() {
    let map = cambridge();
    let count = |way| map.streets.segments.iter().filter(|s| s.one_way == way).count();
    let doubted = map.streets.mended.iter().filter(|note| note.contains("in doubt")).count();
    assert_eq!(count(OneWay::Forward) + count(OneWay::Backward), 435 + 502 - doubted);
    assert_eq!(doubted, 12);
}

#[test]
fn no_node_of_cambridge_joins_places_far_apart() {
    let map = cambridge();
    for segment in &map.streets.segments {
        let ends =
            [(segment.from_node, segment.line.first()), (segment.to_node, segment.line.last())];
        for (node, end) in ends {
            let gap = map.streets.nodes[node as usize].point.distance_m(*end.unwrap());
            assert!(gap <= 300, "{:?} ends {gap} m from its node", segment.name);
        }
    }
    let count = |words: &str| map.streets.mended.iter().filter(|note| note.contains(words)).count();
    // As the README beside the map says.
    assert_eq!([count("exchanged"), count("in doubt"), count("m away")], [41, 12, 15]);
    let told = |words: &str| map.streets.mended.iter().any(|note| note.contains(words));
    assert!(told("Clifton Cir"), "its node id lies 6 km away in the source");
    assert!(told("North First St"));
}

#[test]
fn cambridge_reads_the_same_twice_and_ships_what_the_city_published() {
    let shipped = cambridge();
    assert_eq!(shipped, cambridge());
    let Some(data) = data() else { return };
    let mut original = description("cambridge");
    let unpacked = |file: &mut String| *file = file.trim_end_matches(".gz").to_owned();
    if let evenhand_map::StreetSource::Geojson(streets) = &mut original.streets {
        unpacked(&mut streets.file);
    }
    original.intersections.iter_mut().for_each(|layer| unpacked(&mut layer.file));
    original.areas.iter_mut().for_each(|layer| unpacked(&mut layer.file));
    original.places.iter_mut().for_each(|layer| unpacked(&mut layer.file));
    let published = read_folder(&original, &data.join("cambridge")).unwrap();
    assert_eq!(published.version, shipped.version);
}

#[test]
fn the_shipped_files_of_cambridge_stay_small() {
    let files = std::fs::read_dir(center("cambridge")).unwrap();
    let bytes: u64 = files.map(|file| file.unwrap().metadata().unwrap().len()).sum();
    assert!(bytes < 1_000_000, "{bytes} bytes");
}

/// Vertices and lines of the file: of the largest connected part of what can be driven, and of all.
fn largest_part(map: &CenterMap) -> ([usize; 2], [usize; 2]) {
    let drivable = || map.streets.segments.iter().filter(|segment| segment.class.is_drivable());
    let mut joined: Vec<usize> = (0..map.streets.nodes.len()).collect();
    fn root(joined: &mut [usize], mut node: usize) -> usize {
        while joined[node] != node {
            joined[node] = joined[joined[node]];
            node = joined[node];
        }
        node
    }
    for segment in drivable() {
        let from = root(&mut joined, segment.from_node as usize);
        joined[from] = root(&mut joined, segment.to_node as usize);
    }
    let mut parts: BTreeMap<usize, (BTreeSet<Point>, BTreeSet<u32>)> = BTreeMap::new();
    for segment in drivable() {
        let part = parts.entry(root(&mut joined, segment.from_node as usize)).or_default();
        part.0.extend(&segment.line);
        part.1.insert(segment.source_line);
    }
    let sizes: Vec<[usize; 2]> = parts.values().map(|part| [part.0.len(), part.1.len()]).collect();
    let all = [0, 1].map(|which| sizes.iter().map(|size| size[which]).sum());
    (*sizes.iter().max().unwrap(), all)
}

#[test]
fn the_streets_of_cambridge_are_one_network_but_for_one_island() {
    let (largest, all) = largest_part(&cambridge());
    assert_eq!(all[1], 2_642, "all segments but the footbridge");
    assert_eq!(all[1] - largest[1], 1, "Elmwood St stands alone");
}

#[test]
fn the_roads_of_boone_are_nearly_all_one_network() {
    let Some(data) = data() else { return };
    let (largest, all) = largest_part(&read_folder(&description("boone"), &data).unwrap());
    assert_eq!(all[1], 9_086);
    assert_eq!((largest[0] * 1000 + all[0] / 2) / all[0], 998, "{largest:?} of {all:?}");
}

#[test]
fn boone_has_the_counts_of_its_description() {
    let Some(data) = data() else { return };
    let map = read_folder(&description("boone"), &data).unwrap();
    let segments = &map.streets.segments;
    let lines = |is_wanted: &dyn Fn(RoadClass) -> bool| {
        let mut lines: Vec<u32> =
            segments.iter().filter(|s| is_wanted(s.class)).map(|s| s.source_line).collect();
        lines.dedup();
        lines.len()
    };
    assert_eq!(lines(&|_| true), 9_868);
    assert_eq!(lines(&|class| class == RoadClass::Local), 8_364);
    assert_eq!(lines(&|class| class == RoadClass::NotAWay), 750);
    assert_eq!(lines(&RoadClass::is_drivable), 9_086);
    let unnamed = segments.iter().filter(|s| s.name.is_none()).map(|s| s.source_line);
    let mut unnamed: Vec<u32> = unnamed.collect();
    unnamed.dedup();
    assert_eq!(unnamed.len(), 4_758);
    let km = segments.iter().map(|segment| segment.length_mm()).sum::<u64>() / 1_000_000;
    assert!((4_734 - 24..=4_734 + 24).contains(&km), "{km} km, more than half a per cent off");
}
