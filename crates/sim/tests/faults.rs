//! Days under faults: fifty seeds, ten of them in two processes with equal outputs.

#![expect(clippy::unwrap_used, reason = "a test may stop with a message")]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Stdio};

/// In the order in which a process runs them.
const SEEDS: &str = "EVENHAND_SEEDS";
const COUNT: u64 = 50;
/// What happens at all, happens so often in these days.
const LEAST: u64 = 3;
/// Of these so many are run once more, in another process.
const TWICE: u64 = 10;

/// What a process says of each seed.
type Days = BTreeMap<u64, Value>;

/// Starts this very test binary again, for its one ignored test.
fn begun(seeds: impl IntoIterator<Item = u64>) -> std::process::Child {
    let seeds: Vec<String> = seeds.into_iter().map(|seed| seed.to_string()).collect();
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_days_of_one_process", "--ignored", "--nocapture"])
        .env(SEEDS, seeds.join(","))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn days(child: std::process::Child) -> Days {
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let broken: Vec<&str> = text.lines().filter(|line| line.contains("BROKEN")).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(output.status.success(), "{text}");
    // The harness may write in front of the first line.
    let reports = text.lines().filter_map(|line| line.split_once("DAY ")).map(|(_, json)| json);
    reports
        .map(|json| serde_json::from_str::<Value>(json).unwrap())
        .map(|report| (report["seed"].as_u64().unwrap(), report))
        .collect()
}

#[test]
#[ignore = "one process of the test below, which starts it with its seeds"]
fn the_days_of_one_process() {
    let seeds = std::env::var(SEEDS).unwrap();
    for seed in seeds.split(',') {
        let seed = seed.parse().unwrap();
        match evenhand_sim::faults::run(seed) {
            Ok(report) => println!("\nDAY {}", serde_json::to_string(&report).unwrap()),
            Err(violation) => panic!("\nBROKEN seed {seed}: {violation}"),
        }
    }
}

#[test]
fn fifty_days_keep_every_promise_and_come_out_the_same_in_two_processes() {
    let half = COUNT / 2;
    let (first, rest) = (begun(1..=half), begun(half + 1..=COUNT));
    // The other process goes the other way round: a day must not depend on the one before.
    let again = begun((1..=TWICE).rev());
    let (mut first, mut rest, again) = (days(first), days(rest), days(again));
    first.append(&mut rest);
    assert_eq!(first.len() as u64, COUNT);
    assert_eq!(again.len() as u64, TWICE);
    assert!(again.iter().all(|(seed, day)| first.get(seed) == Some(day)));
    let hashes: BTreeSet<&str> = first.values().map(|day| day["hash"].as_str().unwrap()).collect();
    assert_eq!(hashes.len() as u64, COUNT, "two seeds gave the same day");
    check_size(&first);
    check_troubles(&first);
    check_work(&first);
}

fn check_size(days: &Days) {
    for (seed, day) in days {
        let number = |field: &str| day[field].as_u64().unwrap();
        assert!(number("calls") >= 200, "seed {seed}: {} calls", number("calls"));
        assert!(number("restarts") >= 8, "seed {seed}: {} starts", number("restarts"));
        let faults = day["faults"].as_object().unwrap().values();
        let faults: u64 = faults.map(|count| count.as_u64().unwrap()).sum();
        assert!(faults >= 400, "seed {seed}: {faults} faults");
    }
}

fn sum(days: &Days, of: &str) -> BTreeMap<String, u64> {
    let mut sums = BTreeMap::new();
    for (name, count) in days.values().flat_map(|day| day[of].as_object().unwrap()) {
        *sums.entry(name.clone()).or_default() += count.as_u64().unwrap();
    }
    sums
}

/// Every fault that the issue names was there, and more than once.
fn check_troubles(days: &Days) {
    let sums = sum(days, "faults");
    for kind in [
        "write lost",
        "write torn",
        "write late",
        "write kept though an error was reported",
        "disk full",
        "write and read back fail",
        "reading fails",
        "power cut",
        "process killed",
        "restart",
        "ring handed over",
        "clock jumps an hour",
        "clock steps",
        "duplicate at once",
        "duplicate later",
        "reordered batch",
        "late input",
        "lost reply",
        "status by a second way, late",
        "nothing reaches the door",
    ] {
        let count = sums.get(kind).copied().unwrap_or_default();
        assert!(count >= 5, "`{kind}` came {count} times in {COUNT} days: {sums:#?}");
    }
    // A process has to die in the very instant between an entry and its page: rare by nature.
    let lost = sums.get("page lost, told by radio").copied().unwrap_or_default();
    assert!(lost >= 1, "no page was lost in {COUNT} days: {sums:#?}");
}

/// The work that faults are to disturb was done, and what is forbidden was tried.
fn check_work(days: &Days) {
    let sums = sum(days, "happened");
    for name in [
        "CallAbandoned",
        "CallbackReached",
        "CallDetached",
        "HoldReviewDue",
        "IncidentHeld",
        "IncidentReopened",
        "IncidentsMerged",
        "IncidentUnmerged",
        "JournalResumed",
        "ShiftEnded",
        "UnitStatusUndone",
        "accounted added_to_incident",
        "accounted no_dispatch_decision",
        "accounted test_call",
        "accounted transfer_accepted",
        "assignment cancelled",
        "assignment diverted",
        "decided callback_unreached",
        "decided no_dispatch by two",
        "decided override_recommendation",
        "refused ActorMayNot",
        "refused CallbackOutstanding",
        "refused PendingNeedsDecision",
        "refused ReasonMissing",
        "refused SecondPersonIsFirst",
        "refused SecondPersonMissing",
        "refused StatusOlderThanLatest",
        "refused UnitAlreadyAssigned",
        "refused UnitsStillAssigned",
    ] {
        let count = sums.get(name).copied().unwrap_or_default();
        assert!(count >= LEAST, "`{name}` came {count} times in {COUNT} days: {sums:#?}");
    }
}
