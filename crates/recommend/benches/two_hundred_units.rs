//! The choice alone, without roads: 200 units, a full second alarm.
//!
//! `cargo bench -p evenhand-recommend`

#[path = "../tests/support/mod.rs"]
mod support;

use evenhand_core::Unit;
use evenhand_recommend::recommend;
use support::{DrawnRoads, PLACE, fleet, needs, request};

fn main() {
    divan::main();
}

fn two_hundred() -> Vec<Unit> {
    let kinds = ["engine", "ladder", "rescue engine", "als bls", "bls", "patrol", "chief"];
    let line = |number: usize| {
        let kind = kinds[number % kinds.len()];
        format!("U{number} | {kind} | {}\n", number * 7919 % 1200)
    };
    fleet(&(0..200).map(line).collect::<String>())
}

#[divan::bench]
fn second_alarm(bencher: divan::Bencher<'_, '_>) {
    let units = two_hundred();
    let units: Vec<&Unit> = units.iter().collect();
    let needs = needs("5 engine, 3 ladder, 2 rescue, 1 chief, 1 als, 1 bls, 1 patrol");
    bencher.bench(|| recommend(&request(&needs, PLACE), &units, &[], &DrawnRoads));
}
