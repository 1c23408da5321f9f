//! Calls by SIP over a bad network, three hundred seeds: each INVITE has one final response, each
//! call one outcome. `EVENHAND_SIP_SEEDS` sets another number of seeds.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop with a message")]

use evenhand_sim::telephone::{Report, run};
use std::collections::{BTreeMap, BTreeSet};
use std::thread;

const SEEDS: u64 = 300;
/// Of these each is run a second time.
const TWICE: u64 = 20;

fn seeds() -> u64 {
    let seeds = std::env::var("EVENHAND_SIP_SEEDS");
    seeds.map_or(SEEDS, |seeds| seeds.parse().unwrap())
}

/// The seeds on all cores. A seed depends on nothing but itself.
fn reports(count: u64) -> Vec<Report> {
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    thread::scope(|scope| {
        let part = |first| move || (first..=count).step_by(cores as usize).map(report).collect();
        let threads: Vec<_> = (1..=cores).map(|first| scope.spawn(part(first))).collect();
        let parts: Vec<Vec<Report>> = threads.into_iter().map(|one| one.join().unwrap()).collect();
        parts.concat()
    })
}

fn report(seed: u64) -> Report {
    run(seed).unwrap_or_else(|violation| panic!("seed {seed}: {violation}"))
}

fn sum<'a, K: Ord + ToString + 'a>(
    maps: impl Iterator<Item = &'a BTreeMap<K, u64>>,
) -> BTreeMap<String, u64> {
    let mut sums = BTreeMap::new();
    for (name, count) in maps.flatten() {
        *sums.entry(name.to_string()).or_default() += count;
    }
    sums
}

fn expect_all(names: &[&str], sums: &BTreeMap<String, u64>) {
    for name in names {
        let count = sums.get(*name).copied().unwrap_or_default();
        assert!(count >= 5, "`{name}` came {count} times: {sums:#?}");
    }
}

#[test]
fn every_invite_has_one_final_response_and_every_call_one_outcome() {
    let reports = reports(seeds());
    let hashes: BTreeSet<&str> = reports.iter().map(|report| report.hash.as_str()).collect();
    assert_eq!(hashes.len(), reports.len(), "two seeds gave the same calls");
    for report in &reports {
        assert_eq!(report.invites, report.calls, "{report}");
    }
    if reports.len() as u64 >= SEEDS {
        check_troubles(&sum(reports.iter().map(|report| &report.faults)));
        check_work(&sum(reports.iter().map(|report| &report.happened)));
    }
}

/// What the callers' world is to be like was there.
fn check_troubles(faults: &BTreeMap<String, u64>) {
    let names = [
        "caller's message never leaves",
        "centre slow",
        "connection broken",
        "datagram doubled",
        "datagram lost",
        "datagram overtakes",
        "journal cannot be written",
        "location server dead",
        "location server slow",
        "location server talks rubbish",
        "reply of the centre lost",
    ];
    expect_all(&names, faults);
}

/// And what it is to try happened.
fn check_work(happened: &BTreeMap<String, u64>) {
    let names = [
        "CallAbandoned",
        "CallAnswered",
        "CallLocated",
        "CallRepeats",
        "CallbackNotReached",
        "CallbackReached",
        "LocationFailed",
        "accounted no_dispatch_decision",
        "accounted test_call",
        "accounted transfer_accepted",
        "final 200",
        "final 487",
    ];
    expect_all(&names, happened);
}

#[test]
fn the_same_seed_sends_the_same_bytes() {
    for seed in 1..=TWICE.min(seeds()) {
        assert_eq!(report(seed), report(seed), "seed {seed}");
    }
}
