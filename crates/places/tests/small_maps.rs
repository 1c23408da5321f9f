//! What is verified and what is not, on streets made for it; and a map without house numbers.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use evenhand_places::{Candidate, CandidateKind, Places};
use map::read::read_folder;
use map::{CenterMap, HouseNumbers, Node, OneWay, Point, RoadClass, Segment, StreetMap};

/// A straight street 1 km long from west to east, `row` km north, with numbers on its left side.
fn street(name: &str, row: i32, from: u32, to: u32) -> Segment {
    let at = |column: i32| Point { lat_e7: row * 90_000, lon_e7: column * 90_000 };
    Segment {
        name: Some(name.into()),
        aliases: vec![],
        class: RoadClass::Local,
        one_way: OneWay::Both,
        from_node: 0,
        to_node: 1,
        line: vec![at(0), at(1)],
        left: Some(HouseNumbers { from, to }),
        right: None,
        zip_left: Some("00001".into()),
        zip_right: None,
        source_line: 1,
    }
}

fn places(segments: Vec<Segment>) -> Places {
    let node = |id: &str| Node { id: id.into(), point: Point { lat_e7: 0, lon_e7: 0 } };
    let streets = StreetMap::new(segments, vec![node("a"), node("b")]).unwrap();
    Places::build(&CenterMap::new("Town, State".into(), streets, vec![]))
}

fn found(places: &Places, text: &str) -> Vec<(String, bool)> {
    let found = places.geocode(text).into_iter();
    found
        .filter(|one| one.kind == CandidateKind::Address)
        .map(|one| (one.text, one.verified))
        .collect()
}

fn address(text: &str, verified: bool) -> (String, bool) {
    (text.to_owned(), verified)
}

/// Philadelphia 2023: the right block, but North instead of South 56th.
#[test]
fn a_missing_direction_is_never_verified_and_both_sides_of_town_are_offered() {
    let town = places(vec![street("N 56th St", 5, 101, 199), street("S 56th St", 1, 101, 199)]);
    let both = [address("151 N 56th St", false), address("151 S 56th St", false)];
    for text in ["151 56th St", "151 56th"] {
        assert_eq!(found(&town, text), both, "{text}");
        assert!(town.geocode(text)[0].why.contains("is possible too"));
    }
    assert_eq!(found(&town, "151 South 56th Street")[0], address("151 S 56th St", true));
    assert_eq!(found(&town, "151 56th St North")[0], address("151 N 56th St", true));
}

#[test]
fn a_missing_direction_is_not_settled_by_the_number() {
    // Only the south has 351; the caller may have misheard, or misread the number.
    let town = places(vec![street("N 56th St", 5, 101, 199), street("S 56th St", 1, 101, 399)]);
    assert_eq!(found(&town, "351 56th St"), [address("351 S 56th St", false)]);
}

#[test]
fn a_wrong_direction_is_never_verified() {
    let town = places(vec![street("S 56th St", 1, 101, 199)]);
    assert_eq!(found(&town, "151 N 56th St"), [address("151 S 56th St", false)]);
    assert_eq!(found(&town, "151 56th St"), [address("151 S 56th St", true)], "there is but one");
}

#[test]
fn two_places_of_one_street_with_one_number_are_both_offered() {
    let mut far = street("Elm St", 9, 1, 99);
    far.zip_left = Some("00002".into());
    let town = places(vec![street("Elm St", 1, 1, 99), far]);
    let both = [address("51 Elm St, 00001", false), address("51 Elm St, 00002", false)];
    assert_eq!(found(&town, "51 Elm St"), both);
    assert_eq!(found(&town, "51 Elm St 00002"), [address("51 Elm St", true)]);
    assert_eq!(found(&town, "51 Elm St 00003"), both, "no such postal code");
}

#[test]
fn the_other_side_of_the_street_has_other_numbers() {
    let town = places(vec![street("Elm St", 1, 1, 99)]);
    assert_eq!(found(&town, "51 Elm St"), [address("51 Elm St", true)]);
    assert_eq!(found(&town, "52 Elm St"), []);
    let near = town.geocode("52 Elm St").remove(0);
    assert_eq!((near.kind, near.verified), (CandidateKind::Street, false));
    assert!(near.why.contains("no number 52 here; near 51"), "{}", near.why);
}

#[test]
fn a_house_stands_on_its_side_and_at_its_share_of_the_street() {
    let town = places(vec![street("Elm St", 0, 1, 101)]);
    let point = |text: &str| town.geocode(text).remove(0).point;
    let (first, middle) = (point("1 Elm St"), point("51 Elm St"));
    assert_eq!(first.lon_e7, 0);
    assert!(middle.lon_e7.abs_diff(45_000) <= 1, "{}", middle.lon_e7);
    assert!(middle.lat_e7 > 800 && middle.lat_e7 < 1_000, "10 m to the left: {}", middle.lat_e7);
}

#[test]
fn ranges_that_run_downwards_count_from_their_start() {
    let town = places(vec![street("Elm St", 0, 101, 1)]);
    assert_eq!(town.geocode("101 Elm St")[0].point.lon_e7, 0);
    assert_eq!(town.geocode("1 Elm St")[0].point.lon_e7, 90_000);
}

fn boone() -> Option<Places> {
    let data = std::env::var_os("EVENHAND_DATA").map(PathBuf::from);
    let Some(data) = data else {
        assert!(std::env::var_os("CI").is_none(), "EVENHAND_DATA must be set when CI is set");
        println!("skipped: EVENHAND_DATA is not set");
        return None;
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../centers/boone/map");
    let text = std::fs::read_to_string(folder.join("map.toml")).unwrap();
    Some(Places::build(&read_folder(&toml::from_str(&text).unwrap(), &data).unwrap()))
}

#[test]
fn a_map_without_house_numbers_gives_streets_and_crossings() {
    let Some(places) = boone() else { return };
    let best = |text: &str| -> Candidate { places.geocode(text).remove(0) };
    let block = best("1600-1699 BLK E BROADWAY");
    assert_eq!((block.text.as_str(), block.verified), ("E Broadway", false));
    assert!(block.why.starts_with("the map has no house numbers here"), "{}", block.why);
    let crossing = best("TENTH ST N-CO/BROADWAY E-CO");
    assert_eq!(crossing.kind, CandidateKind::Intersection, "{crossing:?}");
    assert!(crossing.text.contains("10th St") && crossing.text.contains("Broadway"));
    let columbia = Point::from_degrees(38.9512, -92.3270).unwrap();
    assert!(crossing.point.distance_m(columbia) < 300, "{crossing:?}");
    let hospital = best("University Hospital");
    assert!(hospital.verified);
}
