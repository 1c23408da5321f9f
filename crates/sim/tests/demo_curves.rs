//! The committed hour curves are what the data give.

#[path = "demo/derive.rs"]
mod derive;

use evenhand_sim::curves::{MEDICAL, OFFICER_ACTIVITY, POLICE};
use std::path::PathBuf;

/// The folder of data sets, or `None` after saying why the test is skipped.
fn data() -> Option<PathBuf> {
    if let Ok(folder) = std::env::var("EVENHAND_DATA") {
        return Some(PathBuf::from(folder));
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "EVENHAND_DATA must be set in CI");
    eprintln!("skipped: EVENHAND_DATA names no folder of data sets");
    None
}

#[test]
fn the_police_curve_is_what_milwaukee_gives() {
    let Some(data) = data() else { return };
    let derived = derive::police(&data);
    assert_eq!(derived.counted, 14_874);
    assert_eq!(derived.curve, POLICE);
}

#[test]
fn the_medical_curve_is_what_boone_gives() {
    let Some(data) = data() else { return };
    let derived = derive::medical(&data);
    assert_eq!(derived.counted, 4_084);
    assert_eq!(derived.curve, MEDICAL);
}

#[test]
fn excluded_natures_are_sorted_and_named_once() {
    assert!(OFFICER_ACTIVITY.is_sorted_by(|a, b| a < b), "{OFFICER_ACTIVITY:?}");
}
