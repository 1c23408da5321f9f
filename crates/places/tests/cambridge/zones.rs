//! Which zones a point lies in.

use map::{CenterMap, Point};

use crate::{MAP, PLACES};
use evenhand_places::Places;

fn station(name: &str) -> Point {
    MAP.places.iter().find(|place| place.name == name).unwrap().point
}

#[test]
fn a_fire_station_lies_in_the_district_of_its_engine() {
    // Engine and station numbers agree in this city; headquarters house Engine 1.
    for number in [2, 3, 4, 5, 6, 8, 9] {
        let point = station(&format!("Fire Company {number}"));
        assert_eq!(PLACES.zone("fire_engine", point), Some(format!("Engine {number}").as_str()));
    }
    assert_eq!(PLACES.zone("fire_engine", station("Fire Headquarters")), Some("Engine 1"));
}

#[test]
fn all_zones_of_a_point_are_listed() {
    let zones = PLACES.zones(station("Police Headquarters"));
    let kinds: Vec<&str> = zones.iter().map(|(kind, _)| *kind).collect();
    for kind in ["boundary", "police_sector", "police_district", "fire_engine", "fire_ladder"] {
        assert_eq!(kinds.iter().filter(|found| **found == kind).count(), 1, "{kind} in {zones:?}");
    }
    assert!(zones.contains(&("neighborhood", "East Cambridge")), "{zones:?}");
}

#[test]
fn the_boundary_decides_what_is_ours() {
    for place in &MAP.places {
        assert!(PLACES.contains(place.point), "{}", place.name);
    }
    let boston_common = Point::from_degrees(42.3550, -71.0656).unwrap();
    assert!(!PLACES.contains(boston_common));
    assert_eq!(PLACES.zones(boston_common), []);
    assert_eq!(PLACES.zone("fire_engine", boston_common), None);
    assert_eq!(PLACES.zone("no such kind", station("Fire Headquarters")), None);
}

#[test]
fn a_map_without_a_boundary_has_the_box_around_its_streets() {
    let bare = CenterMap::new("Bare".into(), MAP.streets.clone(), vec![]);
    let bare = Places::build(&bare);
    assert!(bare.contains(station("Fire Headquarters")));
    assert!(!bare.contains(Point::from_degrees(42.0, -71.1).unwrap()));
}

#[test]
fn nearly_every_address_of_the_city_has_an_engine_and_a_sector() {
    let mut without = 0;
    let mut asked = 0;
    for segment in MAP.streets.segments.iter().filter(|s| s.left.is_some() || s.right.is_some()) {
        let middle = map::point_at(&segment.line, segment.length_mm() / 2).unwrap();
        if !PLACES.contains(middle) {
            continue;
        }
        asked += 1;
        let kinds = ["fire_engine", "police_sector", "police_district"];
        without += usize::from(kinds.iter().any(|kind| PLACES.zone(kind, middle).is_none()));
    }
    assert!(asked > 1_500, "{asked}");
    assert!(without * 100 <= asked, "{without} of {asked}");
}
