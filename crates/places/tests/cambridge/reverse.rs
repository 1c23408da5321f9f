//! From a point to words.

use map::{NamedPlace, Point};

use crate::{MAP, PLACES};

fn place(name: &str) -> &'static NamedPlace {
    MAP.places.iter().find(|place| place.name == name).unwrap()
}

#[test]
fn a_station_is_described_by_its_street() {
    for (name, street) in [
        ("Fire Company 6", "River St"),
        ("Fire Company 9", "Lexington Ave"),
        ("Police Headquarters", "Sixth St"),
    ] {
        let found = PLACES.reverse(place(name).point).unwrap();
        assert_eq!(found.street, street, "{name}");
        assert!(found.distance_m < 80, "{} m", found.distance_m);
    }
}

#[test]
fn the_number_is_near_the_true_one() {
    // 167 Lexington Ave by the city's own list of stations.
    let found = PLACES.reverse(place("Fire Company 9").point).unwrap();
    let number = found.house_number.unwrap();
    assert!(number.abs_diff(167) <= 20, "{number}");
    assert_eq!(found.text, format!("near {number} Lexington Ave"));
    assert_eq!(number % 2, 1, "on the odd side");
}

#[test]
fn a_verified_address_leads_back_to_itself() {
    for text in ["77 Massachusetts Ave", "491 Broadway", "1493 Cambridge St", "40 Granite St"] {
        let point = PLACES.geocode(text)[0].point;
        let found = PLACES.reverse(point).unwrap();
        let (number, street) = text.split_once(' ').unwrap();
        assert_eq!(found.street, street);
        let number: u32 = number.parse().unwrap();
        assert!(found.house_number.unwrap().abs_diff(number) <= 2, "{text}: {}", found.text);
        assert!(found.distance_m <= 11);
    }
}

#[test]
fn a_point_on_a_crossing_is_the_crossing() {
    let crossing = &PLACES.geocode("Columbus Ave & Mass Ave")[0];
    assert_eq!(PLACES.reverse(crossing.point).unwrap().text, crossing.text);
}

#[test]
fn a_point_far_from_every_street_has_no_words() {
    let sea = Point::from_degrees(42.36, -70.5).unwrap();
    assert_eq!(PLACES.reverse(sea), None);
}
