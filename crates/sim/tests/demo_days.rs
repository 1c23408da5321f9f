//! The demo under autopilot, in virtual time.

#[path = "demo/cambridge.rs"]
mod cambridge;

use cambridge::{events, fresh};
use evenhand_core::accounting;
use evenhand_sim::demo::Positions;
use journal::store::memory::MemoryDisk;
use std::collections::BTreeMap;

const HOUR_MS: u64 = 3_600_000;

#[test]
fn a_day_under_autopilot_leaves_nothing_behind() {
    let disk = MemoryDisk::new();
    let (mut center, mut demo, _) = fresh(&disk, 1, Positions::Autopilot);
    let start = demo.now();
    demo.run_until(start.plus(24 * HOUR_MS), &mut center).unwrap();
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for line in events(&center) {
        let name = line.split("\"type\":\"").nth(1).unwrap().split('"').next().unwrap();
        *counts.entry(name.to_owned()).or_default() += 1;
        if name == "CommandRefused" { println!("{line}"); }
    }
    println!("{counts:#?} {:?}", center.core().situation());
    assert!(accounting::violations(center.core()).is_empty());
}
