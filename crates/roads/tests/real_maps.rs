//! Travel times on both real maps.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use evenhand_roads::{Roads, SpeedTable, TravelTimes};
use map::read::read_folder;
use map::{CenterMap, Point};

fn read(center: &str, files: Option<&Path>) -> CenterMap {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../centers").join(center).join("map");
    let text = std::fs::read_to_string(folder.join("map.toml")).unwrap();
    read_folder(&toml::from_str(&text).unwrap(), files.unwrap_or(&folder)).unwrap()
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

/// Share of the points on the map from which a place can be reached, in thousandths.
fn reachable(map: &CenterMap, to: Point) -> usize {
    let roads = Roads::build(&map.streets, &SpeedTable::default());
    let drivable = map.streets.segments.iter().filter(|segment| segment.class.is_drivable());
    let points: Vec<Point> = drivable.map(|segment| segment.line[0]).collect();
    let times = roads.travel_ms(to, &points);
    times.iter().flatten().count() * 1000 / points.len()
}

#[test]
fn every_street_of_cambridge_is_reached_from_and_reaches_fire_headquarters() {
    let map = read("cambridge", None);
    let headquarters =
        map.places.iter().find(|place| place.name == "Fire Headquarters").unwrap().point;
    assert_eq!(reachable(&map, headquarters), 1000);
    let roads = Roads::build(&map.streets, &SpeedTable::default());
    for segment in map.streets.segments.iter().filter(|segment| segment.class.is_drivable()) {
        let time = roads.travel_ms(segment.line[0], &[headquarters])[0];
        assert!(time.unwrap() < 20 * 60_000, "{:?}", segment.name);
    }
}

#[test]
fn no_crew_in_cambridge_drives_faster_than_its_roads_allow() {
    let map = read("cambridge", None);
    let roads = Roads::build(&map.streets, &SpeedTable::default());
    let stations: Vec<Point> = map.places.iter().map(|place| place.point).collect();
    for segment in &map.streets.segments {
        let to = segment.line[0];
        for (from, ms) in stations.iter().zip(roads.travel_ms(to, &stations)) {
            // At 60 km/h, the fastest class in the city, a metre takes 60 ms. Ends of a segment may
            // lie up to 300 m from their node.
            let straight = u64::from(from.distance_m(to)).saturating_sub(600);
            assert!(u64::from(ms.unwrap()) >= straight * 60, "{:?} to {to:?}", segment.name);
        }
    }
}

#[test]
fn a_one_way_street_of_cambridge_is_driven_one_way() {
    let map = read("cambridge", None);
    let roads = Roads::build(&map.streets, &SpeedTable::default());
    // Ellery St is one way on the city's map: against the sign a crew must drive round the block.
    let ellery: Vec<_> = (map.streets.segments.iter())
        .filter(|s| s.name.as_deref() == Some("Ellery St") && s.one_way != map::OneWay::Both)
        .collect();
    assert!(!ellery.is_empty());
    for segment in ellery {
        let (start, end) = match segment.one_way {
            map::OneWay::Backward => (segment.line.last(), segment.line.first()),
            _ => (segment.line.first(), segment.line.last()),
        };
        let inside = |a: Point, b: Point| Point {
            lat_e7: a.lat_e7 + (b.lat_e7 - a.lat_e7) / 4,
            lon_e7: a.lon_e7 + (b.lon_e7 - a.lon_e7) / 4,
        };
        let (start, end) = (*start.unwrap(), *end.unwrap());
        let (start, end) = (inside(start, end), inside(end, start));
        let with = roads.travel_ms(end, &[start])[0].unwrap();
        let against = roads.travel_ms(start, &[end])[0].unwrap();
        assert!(with < against, "with the sign {with} ms, against it {against} ms");
    }
}

#[test]
fn boone_hospital_is_minutes_from_university_hospital() {
    let Some(data) = data() else { return };
    let map = read("boone", Some(&data));
    let roads = Roads::build(&map.streets, &SpeedTable::default());
    let at = |name: &str| map.places.iter().find(|place| place.name == name).unwrap().point;
    let (from, to) = (at("University Hospital"), at("Boone Hospital Center"));
    let ms = roads.travel_ms(to, &[from])[0].unwrap();
    // 1.7 km straight; by road between 2 and 4 km in a town.
    assert!((120_000..480_000).contains(&ms), "{ms} ms");
    let route = roads.route(from, to).unwrap();
    assert_eq!(route.total_ms, u64::from(ms));
    assert!((1_700..4_500).contains(&route.length_m), "{} m", route.length_m);
}
