//! From text to candidates.

use evenhand_places::{CANDIDATES_MAX, Candidate, CandidateKind};
use map::Point;
use proptest::prelude::*;

use crate::{MAP, PLACES};

fn best(text: &str) -> Candidate {
    PLACES.geocode(text).first().cloned().unwrap_or_else(|| panic!("nothing for `{text}`"))
}

/// Each row: text | best candidate | verified or not.
fn check(table: &str) {
    for row in table.lines().map(str::trim).filter(|row| !row.is_empty()) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [text, expected, verified] = cells[..] else { panic!("not three cells: `{row}`") };
        let found = best(text);
        let sign = if found.verified { "verified" } else { "unverified" };
        assert_eq!((found.text.as_str(), sign), (expected, verified), "`{text}`: {}", found.why);
        assert!(!found.why.is_empty());
    }
}

fn near(point: Point, lat: f64, lon: f64, metres: u32) {
    let distance = point.distance_m(Point::from_degrees(lat, lon).unwrap());
    assert!(distance <= metres, "{distance} m away");
}

#[test]
fn an_address_is_verified_however_it_is_written() {
    check(
        "77 Massachusetts Ave              | 77 Massachusetts Ave | verified
         77 mass ave                       | 77 Massachusetts Ave | verified
         77 MASSACHUSETTS AVENUE           | 77 Massachusetts Ave | verified
         77 Mass. Av.                      | 77 Massachusetts Ave | verified
         77 Massachusetts                  | 77 Massachusetts Ave | verified
         77 Mass Ave, Cambridge, MA 02139  | 77 Massachusetts Ave | verified
         77 Mass Ave Apt 4                 | 77 Massachusetts Ave | verified
         459 broadway                      | 459 Broadway         | verified
         125 6th St                        | 125 Sixth St         | verified
         1493 Cambridge Street Cambridge   | 1493 Cambridge St    | verified
         44 Linnaean                       | 44 Linnaean St       | verified",
    );
}

#[test]
fn the_main_building_of_mit_is_found_where_it_stands() {
    near(best("77 Massachusetts Ave").point, 42.3592, -71.0935, 40);
}

#[test]
fn stations_and_shelters_are_found_at_their_own_addresses() {
    let mut verified = 0;
    for place in &MAP.places {
        let address = place.address.as_ref().unwrap();
        let found = best(address);
        let distance = found.point.distance_m(place.point);
        assert!(distance <= 200, "{} at {address}: {distance} m away, {}", place.name, found.why);
        verified += usize::from(found.verified);
    }
    // Not `70R Rindge Ave` (no plain number), `330 Mt Auburn St` (the map has it twice) and
    // `28 Sacramento St` (the map has 29 and no even number there).
    assert_eq!(verified, MAP.places.len() - 3);
}

#[test]
fn misspelled_streets_are_found_and_not_verified() {
    check(
        "77 Massachusets Ave   | 77 Massachusetts Ave | unverified
         40 Granit St          | 40 Granite St        | unverified
         113 Gardne St         | 113 Garden St        | unverified
         197 Vasal Lane        | 197 Vassal Ln        | unverified
         29 Sacremento St      | 29 Sacramento St     | unverified
         44 Linean St          | 44 Linnaean St       | unverified
         Huron Avenu           | Huron Ave            | unverified
         167 Lexingtn          | 167 Lexington Ave    | unverified",
    );
}

#[test]
fn a_wrong_type_is_forgiven_and_not_verified() {
    check(
        "77 Massachusetts St   | 77 Massachusetts Ave | unverified
         459 Broadway St       | 459 Broadway         | unverified",
    );
}

#[test]
fn a_number_that_is_not_there_is_not_invented() {
    let found = best("9999 Massachusetts Ave");
    assert_eq!((found.kind, found.verified), (CandidateKind::Street, false));
    assert!(found.why.contains("no number 9999 here; near 2"), "{}", found.why);
    let rear = best("70R Rindge Ave");
    assert_eq!((rear.text.as_str(), rear.verified), ("70 Rindge Ave", false));
}

#[test]
fn a_name_that_several_streets_share_is_never_verified() {
    // Elm St and Elm St N; only the full name of the one that alone has the number is certain.
    check(
        "89 Elm St    | 89 Elm St  | verified
         89 Elm       | 89 Elm St  | unverified",
    );
    // Cambridge St, Cambridge Pkwy, Cambridge Ter.
    assert!(PLACES.geocode("100 Cambridge").iter().all(|candidate| !candidate.verified));
    // Acorn Pk and Acorn St, Auburn Pk and Auburn St, Hancock Pk, Pl and St.
    for text in ["5 Acorn", "20 Auburn", "10 Hancock"] {
        assert!(PLACES.geocode(text).iter().all(|candidate| !candidate.verified), "{text}");
    }
    assert!(best("10 Hancock").why.contains("is possible too"));
}

#[test]
fn a_number_that_the_street_has_twice_is_never_verified() {
    let found = PLACES.geocode("330 Mt Auburn St");
    assert!(found.len() >= 2);
    assert!(found[0].point.distance_m(found[1].point) > 100);
    assert!(found.iter().all(|candidate| !candidate.verified));
}

#[test]
fn crossings_are_found_in_every_style() {
    let name = "Columbus Ave & Massachusetts Ave";
    for text in [
        "Columbus Ave & Massachusetts Ave",
        "Columbus Ave & Mass Ave",
        "Columbus/Mass Ave",
        "mass ave at columbus",
        "corner of Mass Ave and Columbus Avenue",
        "MASS AVE @ COLUMBUS AVE, CAMBRIDGE",
        "Columbus Ave + Mass Ave",
    ] {
        let found = best(text);
        assert_eq!(
            (found.text.as_str(), found.kind),
            (name, CandidateKind::Intersection),
            "{text}"
        );
        assert!(found.verified, "{text}: {}", found.why);
        near(found.point, 42.4007, -71.1355, 50);
    }
    check("Colombus Ave & Mass Ave | Columbus Ave & Massachusetts Ave | unverified");
}

#[test]
fn streets_that_meet_twice_are_never_verified() {
    let found = PLACES.geocode("Mass Ave & Porter Rd");
    let both: Vec<_> = found.iter().filter(|c| c.text == "Massachusetts Ave & Porter Rd").collect();
    assert_eq!(both.len(), 2);
    assert!(both.iter().all(|candidate| !candidate.verified));
    assert!(both[0].why.contains("they meet in 2 places"));
}

#[test]
fn streets_that_do_not_meet_say_so_and_offer_each() {
    let found = PLACES.geocode("Columbus Ave & Granite St");
    let texts: Vec<_> = found.iter().take(2).map(|candidate| candidate.text.as_str()).collect();
    assert_eq!(texts, ["Columbus Ave", "Granite St"]);
    assert!(found.iter().all(|candidate| !candidate.verified));
    assert!(found[0].why.starts_with("these streets do not meet"));
}

#[test]
fn every_named_crossing_of_two_streets_is_found_near_its_place() {
    let mut missed = Vec::new();
    let names = MAP.intersections.iter().filter(|crossing| crossing.node.is_some());
    let mut asked = 0;
    for crossing in names.filter(|crossing| crossing.name.matches('&').count() == 1) {
        asked += 1;
        let found = PLACES.geocode(&crossing.name);
        if !found.iter().any(|one| one.point.distance_m(crossing.point) <= 100) {
            missed.push(crossing.name.clone());
        }
    }
    assert!(asked > 1_200, "{asked}");
    assert!(missed.is_empty(), "{} of {asked}: {missed:?}", missed.len());
}

#[test]
fn places_are_found_by_name() {
    check(
        "Fire Headquarters        | Fire Headquarters          | verified
         fire hq                  | Fire Headquarters          | verified
         Fire Company 2           | Fire Company 2             | verified
         Tobin School             | Tobin School               | verified
         tobin                    | Tobin School               | unverified
         tobin school shelter     | Tobin School               | unverified
         Tobbin School            | Tobin School               | unverified
         kennedy longfellow school| Kennedy / Longfellow School| verified
         Graham & Parks School    | Graham & Parks School      | verified
         Cambridge Hospital       | Cambridge Hospital         | verified
         mt auburn hospital       | Mount Auburn Hospital      | verified
         caspar                   | CASPAR Shelter             | unverified",
    );
}

#[test]
fn blocks_are_found_and_not_verified() {
    for text in ["200-299 BLK Main St", "200 block of Main St", "250 BLK MAIN ST"] {
        let found = best(text);
        assert_eq!((found.kind, found.verified), (CandidateKind::Block, false), "{text}");
        assert_eq!(found.text, "200-299 block of Main St");
        let house = best("250 Main St");
        assert!(found.point.distance_m(house.point) < 150);
    }
}

#[test]
fn a_street_alone_is_a_place_to_start_from() {
    check(
        "Brattle St     | Brattle St           | unverified
         OBrien Hwy     | Monsignor OBrien Hwy | unverified
         O'Brien        | Monsignor OBrien Hwy | unverified
         3rd st         | Third St             | unverified
         Mount Auburn St| Mt Auburn St         | unverified",
    );
}

#[test]
fn what_means_nothing_has_no_candidates() {
    for text in ["", "   ", "&", "///", "5", "zzzzqqqq", "!?", "\u{0}"] {
        assert_eq!(PLACES.geocode(text), [], "{text:?}");
    }
}

proptest! {
    #[test]
    fn any_text_has_an_answer_in_order(text in ".{0,60}") {
        let found = PLACES.geocode(&text);
        prop_assert!(found.len() <= CANDIDATES_MAX);
        prop_assert!(found.windows(2).all(|pair| pair[0].score >= pair[1].score));
        prop_assert_eq!(&found, &PLACES.geocode(&text));
    }

    #[test]
    fn an_address_of_the_map_is_always_found(
        segment in any::<prop::sample::Index>(),
        left in any::<bool>(),
        part in 0..=100_u32,
    ) {
        let segment = segment.get(&MAP.streets.segments);
        let range = if left { segment.left } else { segment.right };
        let (Some(range), Some(name)) = (range, &segment.name) else { return Ok(()) };
        let number = range.low() + (range.high() - range.low()) * part / 100;
        prop_assume!(range.contains(number));
        let text = format!("{number} {name}");
        let found = PLACES.geocode(&text);
        let here = |one: &&Candidate| one.text.starts_with(&text) && one.score == 1000;
        let one = found.iter().filter(here).min_by_key(|one| {
            map::nearest_on_line(&segment.line, one.point).unwrap().distance_mm
        });
        prop_assert!(one.is_some(), "{}: {:?}", text, found);
        let distance = map::nearest_on_line(&segment.line, one.unwrap().point).unwrap().distance_mm;
        prop_assert!(distance <= 130_000, "{}: {} mm", text, distance);
    }
}
