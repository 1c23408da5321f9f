//! The policies that ship are whole, and fit the fleet, the map and the calls that they are for.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

use csv::ReaderBuilder;
use evenhand_policy::Policy;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const ALARM_LEVELS: std::ops::RangeInclusive<u8> = 1..=3;

fn centers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../centers")
}

fn text(path: &str) -> String {
    fs::read_to_string(centers().join(path)).unwrap()
}

fn load(center: &str) -> Policy {
    let (policy, cards) =
        (text(&format!("{center}/policy.toml")), text(&format!("{center}/run-cards.toml")));
    let loaded = Policy::load(&[("policy.toml", &policy), ("run-cards.toml", &cards)]);
    loaded.unwrap_or_else(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("{center}: {}", lines.join("\n"))
    })
}

fn every_type_gets_units(policy: &Policy) {
    for kind in policy.incident_types() {
        for alarm in ALARM_LEVELS {
            let card = policy.run_card(&kind.run_card, kind.priority, alarm, &[]).unwrap();
            assert!(!card.needs.is_empty(), "{} gets nothing at alarm {alarm}", kind.code);
        }
    }
}

#[test]
fn cambridge_is_whole() {
    let policy = load("cambridge");
    every_type_gets_units(&policy);
    let protected: Vec<&str> = policy
        .incident_types()
        .filter(|kind| kind.protected)
        .map(|kind| kind.code.as_str())
        .collect();
    assert!(protected.contains(&"police.domestic"), "protected are {protected:?}");
    let led_by: BTreeSet<&str> =
        policy.incident_types().map(|kind| kind.agencies[0].as_str()).collect();
    assert_eq!(led_by, BTreeSet::from(["fire", "medical", "police"]));
}

#[test]
fn boone_is_whole() {
    every_type_gets_units(&load("boone"));
}

#[derive(Deserialize)]
struct Fleet {
    units: Vec<FleetUnit>,
}

#[derive(Deserialize)]
struct FleetUnit {
    capabilities: Vec<String>,
}

#[test]
fn the_cambridge_fleet_can_do_all_that_first_alarms_ask_for() {
    let policy = load("cambridge");
    let fleet: Fleet = toml::from_str(&text("cambridge/fleet.toml")).unwrap();
    let known: BTreeSet<&str> = policy.capabilities().map(|one| one.name).collect();
    let mut count: BTreeMap<&str, u8> = BTreeMap::new();
    for capability in fleet.units.iter().flat_map(|unit| &unit.capabilities) {
        assert!(known.contains(capability.as_str()), "no run card knows `{capability}`");
        *count.entry(capability).or_default() += 1;
    }
    let zones: Vec<_> = policy.zones().cloned().collect();
    for kind in policy.incident_types() {
        for priority in [1, kind.priority] {
            let card = policy.run_card(&kind.run_card, priority, 1, &zones).unwrap();
            for need in card.needs {
                let have = count.get(need.capability.as_str()).copied().unwrap_or(0);
                assert!(have >= need.count, "{} wants {need:?}, there are {have}", kind.code);
            }
        }
    }
}

#[test]
fn the_cambridge_map_has_the_zones_that_run_cards_speak_of() {
    let map = text("cambridge/map/map.toml");
    let map: toml::Table = toml::from_str(&map).unwrap();
    let layers: BTreeSet<&str> = map["areas"]
        .as_array()
        .unwrap()
        .iter()
        .map(|area| area["kind"].as_str().unwrap())
        .collect();
    for zone in load("cambridge").zones() {
        assert!(layers.contains(zone.layer.as_str()), "the map has no layer `{}`", zone.layer);
    }
}

#[test]
fn every_kind_of_the_demo_has_its_type() {
    let policy = load("cambridge");
    let demo = text("cambridge/demo.toml");
    // Line by line: how the file is laid out is the simulation's business.
    let named = demo.lines().filter_map(|line| line.strip_prefix("type = \"")?.strip_suffix('"'));
    let codes: BTreeSet<&str> = named.collect();
    assert!(codes.len() > 20, "found only {codes:?}");
    for code in codes {
        assert!(policy.incident_type(code).is_some(), "the policy has no type `{code}`");
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Natures {
    unmapped: Unmapped,
    ignore: Vec<Ignored>,
    map: Vec<Mapped>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unmapped {
    incident_type: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ignored {
    reason: String,
    patterns: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mapped {
    incident_type: String,
    patterns: Vec<String>,
}

fn fits(pattern: &str, nature: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => nature.starts_with(beginning),
        None => pattern == nature,
    }
}

#[test]
fn natures_lead_to_types_that_are_there() {
    let policy = load("boone");
    let natures: Natures = toml::from_str(&text("boone/natures.toml")).unwrap();
    assert!(natures.ignore.iter().all(|ignored| !ignored.reason.is_empty()));
    let named = natures.map.iter().map(|one| &one.incident_type);
    for code in named.chain([&natures.unmapped.incident_type]) {
        assert!(policy.incident_type(code).is_some(), "the policy has no type `{code}`");
    }
    let mut seen = BTreeSet::new();
    let ignored = natures.ignore.iter().flat_map(|one| &one.patterns);
    for pattern in ignored.chain(natures.map.iter().flat_map(|one| &one.patterns)) {
        assert!(seen.insert(pattern), "pattern `{pattern}` stands twice");
    }
}

/// The folder with data that may not ship; without it, says why nothing was tested.
fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("EVENHAND_DATA").map(PathBuf::from);
    if folder.is_none() {
        assert!(std::env::var_os("CI").is_none(), "EVENHAND_DATA must be set in CI");
        println!("skipped: EVENHAND_DATA is not set");
    }
    folder
}

#[test]
fn the_natures_of_2016_give_4084_emergencies_and_none_is_unmapped() {
    let Some(data) = data() else { return };
    let natures: Natures = toml::from_str(&text("boone/natures.toml")).unwrap();
    let mut calls = ReaderBuilder::new().from_path(data.join("boone/calls-2016.csv")).unwrap();
    let column = calls.headers().unwrap().iter().position(|name| name == "Nature").unwrap();
    let (mut emergencies, mut unmapped) = (0, Vec::new());
    let mut used: BTreeSet<&str> = BTreeSet::new();
    for row in calls.records() {
        let row = row.unwrap();
        let nature = row[column].trim();
        let mut ignored = natures.ignore.iter().flat_map(|one| &one.patterns);
        if let Some(pattern) = ignored.find(|pattern| fits(pattern, nature)) {
            used.insert(pattern);
            continue;
        }
        emergencies += 1;
        let mut mapped = natures.map.iter().flat_map(|one| &one.patterns);
        match mapped.find(|pattern| fits(pattern, nature)) {
            Some(pattern) => _ = used.insert(pattern),
            None => unmapped.push(nature.to_owned()),
        }
    }
    assert_eq!(emergencies, 4_084);
    assert_eq!(unmapped, Vec::<String>::new());
    let all = natures.ignore.iter().flat_map(|one| &one.patterns);
    let all = all.chain(natures.map.iter().flat_map(|one| &one.patterns));
    let unused: Vec<&String> = all.filter(|pattern| !used.contains(pattern.as_str())).collect();
    assert!(unused.is_empty(), "patterns that fit nothing: {unused:?}");
}
