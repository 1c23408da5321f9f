//! The real calls of Boone County, 2016.

use crate::centers::{boone_calls, boone_plan, boone_setup, data, opening};
use evenhand_core::accounting;
use evenhand_sim::replay::{Interval, Reason, Replay};

#[test]
fn a_year_of_real_calls_is_accounted_for() {
    let Some(data) = data() else { return };
    let opening = opening(boone_plan(), boone_calls(&data), boone_setup(&data, 100));
    let mut replay = Replay::open(opening).unwrap();
    while replay.step().unwrap() {}
    let (report, center) = replay.finish().unwrap();
    assert_eq!(report.accounts.calls_read, 4_084);
    assert_eq!(report.accounts.unaccounted(), 0);
    assert_eq!(report.live_unaccounted, 0);
    assert_eq!(report.accounts.refused.len(), 0, "{:?}", report.accounts.refused);
    assert_eq!(accounting::violations(center.core()), Vec::<String>::new());
    assert_eq!(center.core().shifts().count(), 0);
    for table in &report.tables {
        let ours = table.ours.count() as u64 + table.ours.excluded_count();
        assert_eq!(ours, 4_084, "{:?}", table.interval);
        if let Some(recorded) = &table.recorded {
            assert_eq!(recorded.count() as u64 + recorded.excluded_count(), 4_084);
        }
    }
}

/// Counted once by another program, with the same rules.
#[test]
fn the_recorded_intervals_are_those_of_the_file() {
    let Some(data) = data() else { return };
    let file = boone_calls(&data);
    assert_eq!((file.rows, file.calls.len(), file.unmapped), (11_652, 4_084, 0));
    let column = |interval: Interval| {
        let column = evenhand_sim::replay::Column::of(
            file.calls.iter().map(|call| call.interval(interval, 12)),
        );
        let percentiles = [50, 90, 95].map(|percent| column.percentile(percent).unwrap() / 1000);
        (column.count(), percentiles, column.excluded)
    };
    let (count, percentiles, excluded) = column(Interval::CreatedToDispatched);
    assert_eq!((count, percentiles), (3_509, [78, 190, 229]));
    let reasons = [(Reason::ClockChange, 1), (Reason::MidnightWrap, 3), (Reason::Zero, 571)];
    assert_eq!(excluded, reasons.into());
    let (count, percentiles, _) = column(Interval::EnRouteToOnScene);
    assert_eq!((count, percentiles), (2_706, [393, 862, 1_172]));
    let (count, percentiles, excluded) = column(Interval::RungToOnScene);
    assert_eq!((count, percentiles), (2_759, [557, 1_031, 1_312]));
    assert_eq!(excluded.get(&Reason::NotRecorded), Some(&1_035));
}
