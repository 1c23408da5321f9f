//! What the dispatcher reads, case by case.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod support;

use evenhand_core::Unit;
use evenhand_recommend::recommend;
use roads::Point;
use std::fmt::Write;
use support::{DrawnRoads, PLACE, fleet, needs, request};

/// Recommends and compares every line. `sent` names the units on the incident already.
fn check(wanted: &str, units: &str, sent: &[&str], place: Option<Point>, expected: &str) {
    let units = fleet(units);
    let (already, fleet): (Vec<&Unit>, Vec<&Unit>) =
        units.iter().partition(|unit| sent.contains(&unit.id.as_str()));
    let needs = needs(wanted);
    let answer = recommend(&request(&needs, place), &fleet, &already, &DrawnRoads);
    let mut told = String::new();
    for one in &answer.chosen {
        writeln!(told, "+ {} {}: {}", one.unit, one.capability, one.why).unwrap();
    }
    for one in &answer.passed_over {
        writeln!(told, "- {}: {}", one.unit, one.why).unwrap();
    }
    for one in &answer.missing {
        writeln!(told, "! {one}").unwrap();
    }
    let expected: String = expected
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .fold(String::new(), |all, line| all + line + "\n");
    assert_eq!(told, expected, "\ntold:\n{told}");
}

#[test]
fn the_nearest_goes_and_everyone_else_has_a_reason() {
    check(
        "1 engine",
        "E1 | engine | 192
         E2 | engine | 460
         E3 | engine | 30 | at hospital
         L1 | ladder | 10",
        &[],
        PLACE,
        "+ E1 engine: nearest available engine, 3 min 12 s by road
         - E2: available, 7 min 40 s, farther
         - E3: not available: at hospital
         - L1: no such capability",
    );
}

#[test]
fn needs_come_in_the_order_of_the_run_card() {
    check(
        "2 engine, 1 ladder",
        "E1 | engine | 100
         E2 | engine | 50
         L1 | ladder | 20",
        &[],
        PLACE,
        "+ E2 engine: nearest available engine, 50 s by road
         + E1 engine: next nearest available engine, 1 min 40 s by road
         + L1 ladder: nearest available ladder, 20 s by road",
    );
}

#[test]
fn of_two_equally_near_the_specialist_stays_free() {
    check(
        "1 engine",
        "A1 | engine rescue | 60
         E1 | engine | 60",
        &[],
        PLACE,
        "+ E1 engine: nearest available engine, 1 min 0 s by road
         - A1: available, 1 min 0 s, no nearer",
    );
}

#[test]
fn a_specialist_that_is_nearer_goes() {
    check(
        "1 bls",
        "A1 | bls | 61
         M1 | als bls | 60",
        &[],
        PLACE,
        "+ M1 bls: nearest available bls, 1 min 0 s by road
         - A1: available, 1 min 1 s, farther",
    );
}

#[test]
fn of_two_alike_the_name_decides() {
    check(
        "1 engine",
        "E2 | engine | 60
         E1 | engine | 60",
        &[],
        PLACE,
        "+ E1 engine: nearest available engine, 1 min 0 s by road
         - E2: available, 1 min 0 s, no nearer",
    );
}

#[test]
fn the_only_rescue_is_not_spent_as_an_engine() {
    check(
        "1 engine, 1 rescue",
        "E1 | engine | 300
         R1 | engine rescue | 60",
        &[],
        PLACE,
        "+ E1 engine: nearest available engine, 5 min 0 s by road; R1 comes before it and goes for \
         rescue
         + R1 rescue: nearest available rescue, 1 min 0 s by road",
    );
}

#[test]
fn what_nobody_can_give_is_missing_once_for_each_unit() {
    check(
        "3 engine, 1 boat",
        "E1 | engine | 60",
        &[],
        PLACE,
        "+ E1 engine: nearest available engine, 1 min 0 s by road
         ! engine
         ! engine
         ! boat",
    );
}

#[test]
fn units_sent_already_count() {
    check(
        "2 engine, 1 ladder",
        "E1 | engine | 60 | en route
         E2 | engine | 90
         E3 | engine | 95
         L1 | ladder | 60 | on scene",
        &["E1", "L1"],
        PLACE,
        "+ E2 engine: nearest available engine, 1 min 30 s by road
         - E3: available, 1 min 35 s, farther
         - E1: sent to this incident already
         - L1: sent to this incident already",
    );
}

#[test]
fn when_enough_are_sent_nobody_else_goes() {
    check(
        "1 engine",
        "E1 | engine | 60 | en route
         E2 | engine | 10",
        &["E1"],
        PLACE,
        "- E2: available, 10 s, not needed: enough are sent
         - E1: sent to this incident already",
    );
}

#[test]
fn units_sent_already_meet_as_many_needs_as_they_can() {
    check(
        "1 engine, 1 rescue",
        "A1 | engine rescue | 60 | en route
         B1 | engine boat | 60 | en route
         E1 | engine | 10
         R1 | rescue | 10",
        &["A1", "B1"],
        PLACE,
        "- E1: available, 10 s, not needed: enough are sent
         - R1: available, 10 s, not needed: enough are sent
         - A1: sent to this incident already
         - B1: sent to this incident already",
    );
}

#[test]
fn a_place_not_known_blocks_nothing() {
    check(
        "1 engine",
        "E2 | engine | 10
         E1 | engine | 900",
        &[],
        None,
        "+ E1 engine: available engine; place unknown: ranked by name
         - E2: available, place unknown: ranked by name",
    );
}

#[test]
fn a_unit_without_road_or_place_comes_last_and_comes() {
    check(
        "4 engine",
        "E1 | engine | nowhere
         E2 | engine | cut off
         E3 | engine | 3600",
        &[],
        PLACE,
        "+ E3 engine: nearest available engine, 60 min 0 s by road
         + E1 engine: available engine; its own place is unknown: ranked last, by name
         + E2 engine: available engine; no road: ranked last, by name
         ! engine",
    );
}

#[test]
fn a_busy_unit_that_may_be_sent_says_so() {
    check(
        "1 patrol",
        "P1 | patrol | 60 | busy: meal
         P2 | patrol | 90",
        &[],
        PLACE,
        "+ P1 patrol: nearest available patrol, 1 min 0 s by road; busy (meal), but may be sent
         - P2: available, 1 min 30 s, farther",
    );
    check(
        "1 patrol",
        "P1 | patrol | 60 | busy: meal
         P2 | patrol | 60",
        &[],
        PLACE,
        "+ P2 patrol: nearest available patrol, 1 min 0 s by road
         - P1: available, 1 min 0 s, no nearer",
    );
}

#[test]
fn nothing_wanted_is_nothing_sent() {
    check("", "E1 | engine | 60", &[], PLACE, "- E1: no such capability");
}

#[test]
fn the_record_names_card_alarm_and_map() {
    let needs = needs("1 engine");
    let answer = recommend(&request(&needs, PLACE), &[], &[], &DrawnRoads);
    assert_eq!((answer.run_card.as_str(), answer.alarm_level), ("card", 1));
    assert_eq!(answer.map_version, "drawn");
}
