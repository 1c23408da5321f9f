//! `evenhand replay` as a person runs it: a centre's files, a file of calls, the report.

#![expect(clippy::unwrap_used, reason = "a test whose files are not there is to fail")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const CENTER: &str = r#"
name = "one street"
time_zone = "America/Chicago"
map = "map/map.toml"
policy = ["policy.toml", "run-cards.toml"]
fleet = "fleet.toml"
"#;

const MAP: &str = r#"
name = "one street"
[streets]
format = "geojson"
file = "streets.geojson"
name = "Street"
[streets.direction]
property = "Direction"
values = { "0" = "both" }
missing = "both"
[streets.class]
otherwise = "local"
"#;

const STREETS: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"Street":"Broadway"},"geometry":{"type":"LineString",
"coordinates":[[-92.40,38.95],[-92.34,38.95]]}},
{"type":"Feature","properties":{"Street":"Broadway"},"geometry":{"type":"LineString",
"coordinates":[[-92.34,38.95],[-92.285,38.95]]}}]}"#;

const FLEET: &str = r#"
[[units]]
unit = "W1"
agency = "medical"
capabilities = ["als"]
station = "West End"
lat = 38.95
lon = -92.40

[[units]]
unit = "E1"
agency = "medical"
capabilities = ["als"]
station = "East End"
lat = 38.95
lon = -92.285
"#;

/// A centre's folder of its own for each test.
fn town(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("replay").join(test);
    let _was_there = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("map")).unwrap();
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let boone = crates.join("../centers/boone");
    let dirty = crates.join("sim/tests/replay");
    for (file, from) in [
        ("policy.toml", boone.join("policy.toml")),
        ("run-cards.toml", boone.join("run-cards.toml")),
        ("dirty-natures.toml", dirty.join("dirty-natures.toml")),
        ("replay.toml", dirty.join("dirty.toml")),
        ("calls.csv", dirty.join("dirty.csv")),
    ] {
        fs::copy(from, folder.join(file)).unwrap();
    }
    let written = [
        ("center.toml", CENTER),
        ("map/map.toml", MAP),
        ("map/streets.geojson", STREETS),
        ("fleet.toml", FLEET),
    ];
    for (file, text) in written {
        fs::write(folder.join(file), text).unwrap();
    }
    folder
}

fn replay(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evenhand"));
    command.arg("replay").arg("--center").arg(folder.join("replay.toml"));
    command.arg("--calls").arg(folder.join("calls.csv"));
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn verified(folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_evenhand")).arg("verify").arg(folder).output().unwrap()
}

#[test]
fn the_report_says_what_was_read_assumed_and_accounted_for() {
    let folder = town("report");
    let done = replay(&folder).output().unwrap();
    let report = text(&done.stdout);
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert!(
        report.starts_with("unmapped natures          2 of 19 emergencies (10.5 %)"),
        "{report}"
    );
    let order = ["Read from the file", "Assumed by us", "Result", "Intervals", "Excluded"];
    let places: Vec<usize> = order.iter().map(|head| report.find(head).unwrap()).collect();
    assert!(places.is_sorted(), "{places:?}");
    assert!(report.contains("1 x als at West End"));
    assert!(report.lines().any(|line| line.split_whitespace().eq(["unaccounted", "0"])));
    assert!(report.contains("not recorded"));
    assert!(report.contains("calls a second"));
}

#[test]
fn the_report_for_machines_is_json() {
    let folder = town("json");
    let done = replay(&folder).arg("--json").output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(report["unaccounted"], 0);
    assert_eq!(report["accounts"]["calls_read"], 19);
    assert_eq!(report["intervals"][1]["recorded"], serde_json::Value::Null);
    assert_eq!(report["intervals"][4]["ours"]["excluded"]["no_point"], 3);
}

#[test]
fn a_kept_journal_verifies_and_is_not_written_over() {
    let folder = town("kept");
    let data = folder.join("data");
    let done = replay(&folder).arg("--data").arg(&data).output().unwrap();
    assert!(done.status.success(), "{}", text(&done.stderr));
    let proof = verified(&data);
    assert!(proof.status.success(), "{}", text(&proof.stdout));
    let again = replay(&folder).arg("--data").arg(&data).output().unwrap();
    assert!(!again.status.success());
    let says = text(&again.stderr);
    assert!(says.contains("there is a journal already, with"), "{says}");
    assert_eq!(says.lines().count(), 1);
}

#[test]
fn what_is_wrong_is_said_on_one_line() {
    let folder = town("wrong");
    fs::write(folder.join("calls.csv"), "a,b\n1,2\n").unwrap();
    let done = replay(&folder).output().unwrap();
    assert_eq!(done.status.code(), Some(1));
    let says = text(&done.stderr);
    assert!(says.contains("no column `Rung`") || says.contains("no column `Date`"), "{says}");
    assert!(says.trim_end().ends_with("there are `a`, `b`"), "{says}");
}

#[test]
fn an_interrupted_replay_reports_and_keeps_what_it_has() {
    let folder = town("interrupted");
    // Long enough that it cannot end before it is interrupted: the journal is on the disk.
    let first = fs::read(folder.join("calls.csv")).unwrap();
    let mut calls = text(first.split(|byte| *byte == b'\n').next().unwrap());
    for number in 0..20_000 {
        let (day, hour) = (1 + number / 24 % 28, number % 24);
        calls.push_str(&format!("\nFALL,END,38.95,-92.35,07/{day:02}/2016,{hour:02}:00:00,,,,,"));
    }
    fs::write(folder.join("calls.csv"), calls).unwrap();
    let plan = fs::read_to_string(folder.join("replay.toml")).unwrap();
    let plan = plan.replace("interval_h_max = 12", "interval_h_max = 12\non_scene_s = 600");
    fs::write(folder.join("replay.toml"), plan).unwrap();
    let data = folder.join("data");
    let run = replay(&folder).arg("--data").arg(&data).stdout(Stdio::piped()).spawn().unwrap();
    let grown = || fs::metadata(data.join("journal.db-wal")).is_ok_and(|file| file.len() > 500_000);
    while !grown() {
        std::thread::yield_now();
    }
    let interrupt = Command::new("kill").args(["-INT", &run.id().to_string()]).status().unwrap();
    assert!(interrupt.success());
    let done = run.wait_with_output().unwrap();
    let report = text(&done.stdout);
    assert_eq!(done.status.code(), Some(1));
    let stopped = report.lines().find(|line| line.trim_start().starts_with("stopped")).unwrap();
    assert!(stopped.contains("calls had rung"), "{stopped}");
    assert!(report.contains("not reached when the run ended"));
    let proof = verified(&data);
    assert!(proof.status.success(), "{}", text(&proof.stdout));
}
