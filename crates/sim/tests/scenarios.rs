//! Runs every `scenarios/*.scenario`: straight, and under faults.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop with a message")]

use evenhand_core::{Core, Event};
use evenhand_sim::scenario::{Produced, Script, Town, Trouble, run, run_under};
use std::collections::BTreeSet;
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../scenarios")
}

fn town() -> Town {
    Town::read(&folder()).unwrap()
}

fn scripts() -> Vec<Script> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "scenario"))
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(path).unwrap();
            Script::read(&name, &text).unwrap_or_else(|error| panic!("{error}"))
        })
        .collect()
}

fn all(mut one: impl FnMut(&Script) -> Result<Produced, String>) -> Produced {
    let mut produced = Produced::default();
    let mut failures = Vec::new();
    for script in scripts() {
        match one(&script) {
            Ok(more) => {
                produced.events.extend(more.events);
                produced.refusals.extend(more.refusals);
                produced.entries += more.entries;
                for (name, body) in more.bodies {
                    produced.bodies.entry(name).or_insert(body);
                }
            }
            Err(failure) => failures.push(failure),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    produced
}

#[test]
fn every_scenario_comes_out_as_written() {
    let town = town();
    all(|script| run(script, &town).map_err(|failure| failure.to_string()));
}

#[test]
fn there_are_at_least_sixty_scenarios() {
    assert!(scripts().len() >= 60, "{} scenarios", scripts().len());
}

/// Every name in the enum's own `name` table, read from the source, so that a new event or refusal
/// without a scenario fails here.
fn variants(source: &str, of: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../core/src").join(source),
    )
    .unwrap();
    let body = text.split(&format!("pub enum {of} {{")).nth(1).unwrap();
    let body = body.split("\n}\n").next().unwrap();
    body.lines()
        .filter(|line| line.starts_with("    ") && !line.starts_with("     "))
        .filter_map(|line| {
            let name: String =
                line.trim().chars().take_while(|letter| letter.is_alphanumeric()).collect();
            name.starts_with(char::is_uppercase).then_some(name)
        })
        .collect()
}

#[test]
fn every_event_and_every_refusal_has_its_scenario() {
    let town = town();
    let produced = all(|script| run(script, &town).map_err(|failure| failure.to_string()));
    let events: Vec<_> = variants("event.rs", "Event")
        .into_iter()
        .filter(|name| !["CenterStarted", "UnitCommissioned"].contains(&name.as_str()))
        .filter(|name| !produced.events.contains(name))
        .collect();
    let refusals: Vec<_> = variants("refusal.rs", "Refusal")
        .into_iter()
        .filter(|name| !produced.refusals.contains(name))
        .collect();
    assert!(events.is_empty() && refusals.is_empty(), "no scenario for {events:?} {refusals:?}");
}

#[test]
fn every_scenario_comes_out_the_same_under_faults() {
    let town = town();
    for seed in 1..=3 {
        all(|script| {
            run_under(script, &town, Trouble::of(seed))
                .map_err(|failure| format!("seed {seed}: {failure}"))
        });
    }
}

#[test]
fn a_scenario_that_expects_what_does_not_come_fails() {
    let town = town();
    let check = |text: &str| run(&Script::read("planted", text).unwrap(), &town).is_err();
    assert!(check("09:00:00 caller rings C1 -> CallPresented C2, CallQueued C1"));
    assert!(check("09:00:00 caller rings C1 -> CallPresented C1"));
    assert!(check("09:00:00 caller rings C1 -> refused NoSuchCall"));
    assert!(check("09:00:00 caller rings C1\n09:00:01 check unaccounted 0"));
    assert!(!check("09:00:00 caller rings C1\n09:00:01 check unaccounted 1"));
}

#[test]
fn the_names_of_events_are_those_of_the_enum() {
    let mut core = Core::default();
    let event = Event::JournalResumed { unrecorded: 0 };
    core.apply(evenhand_core::Timestamp(0), &event);
    assert!(variants("event.rs", "Event").contains(event.name()));
}

/// Writes the golden bodies of types that have none yet: `EVENHAND_BLESS=1`. What stands there is
/// never overwritten, because a released form is never changed.
#[test]
fn every_entry_type_has_its_golden_bytes() {
    let town = town();
    let produced = all(|script| run(script, &town).map_err(|failure| failure.to_string()));
    let golden = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../center/tests/golden");
    let mut missing = Vec::new();
    for (name, body) in produced.bodies {
        let path = golden.join(format!("{name}.v1.json"));
        if path.exists() {
            continue;
        }
        if std::env::var_os("EVENHAND_BLESS").is_some() {
            std::fs::create_dir_all(&golden).unwrap();
            std::fs::write(path, body).unwrap();
        } else {
            missing.push(name);
        }
    }
    assert!(missing.is_empty(), "no golden bytes for {missing:?}; set EVENHAND_BLESS=1 once");
}
