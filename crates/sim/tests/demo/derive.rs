//! Derives the hour curves from the data sets, for the test that compares and for the example.
#![allow(dead_code, reason = "each of the two uses its part")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop with a message")]
#![allow(clippy::indexing_slicing, reason = "columns of one header")]

use evenhand_sim::curves::{HourCurve, NO_EMERGENCY, OFFICER_ACTIVITY};
use std::path::Path;

/// What a file gave.
pub struct Derived {
    /// The curve.
    pub curve: HourCurve,
    /// Rows counted.
    pub counted: u64,
    /// Rows left out, as not a call or outside the whole days.
    pub left_out: u64,
}

/// The last whole day of the police file; the next one breaks off in the afternoon.
const LAST_WHOLE_DAY: &str = "2018-05-20";

pub fn police(data: &Path) -> Derived {
    derive(&data.join("milwaukee/calls-2018-05.csv"), "time", "nature", |time, nature| {
        time.get(..10).is_some_and(|day| day <= LAST_WHOLE_DAY)
            && !OFFICER_ACTIVITY.contains(&nature)
    })
}

pub fn medical(data: &Path) -> Derived {
    derive(&data.join("boone/calls-2016.csv"), "CallTime", "Nature", |_, nature| {
        !NO_EMERGENCY.iter().any(|start| nature.starts_with(start))
    })
}

fn derive(file: &Path, time: &str, nature: &str, counts: impl Fn(&str, &str) -> bool) -> Derived {
    let mut reader =
        csv::Reader::from_path(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let headers = reader.headers().expect("a header line").clone();
    let column = |name| headers.iter().position(|header| header == name).expect("a known column");
    let (time, nature) = (column(time), column(nature));
    let mut hours = [0; 24];
    let mut left_out = 0;
    for row in reader.records() {
        let row = row.expect("a row");
        let (time, nature) = (&row[time], &row[nature]);
        match time.get(11..13).and_then(|hour| hour.parse::<usize>().ok()) {
            Some(hour) if counts(time, nature) => hours[hour] += 1,
            _ => left_out += 1,
        }
    }
    Derived { curve: HourCurve::of_counts(hours), counted: hours.iter().sum(), left_out }
}
