//! The real calls of Boone County, 2016.

use crate::centers::{boone_calls, boone_plan, boone_setup, data, opening};
use evenhand_sim::replay::{Replay, Report};
use std::path::Path;

fn replay(data: &Path, percent: u16) -> Report {
    let mut replay =
        Replay::open(opening(boone_plan(), boone_calls(data), boone_setup(data, percent))).unwrap();
    while replay.step().unwrap() {}
    replay.finish().unwrap().0
}

#[test]
fn a_year_of_real_calls_is_accounted_for() {
    let Some(data) = data() else { return };
    let report = replay(&data, 100);
    println!("{report}");
    assert_eq!(report.accounts.calls_read, 4_084);
    assert_eq!(report.accounts.unaccounted(), 0);
}
