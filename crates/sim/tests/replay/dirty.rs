//! A small file of our own with every kind of dirt, in another form than Boone's: two columns for a
//! time, American dates, a byte order mark, a row that is too short.

use crate::centers::{boone_policy, opening, setup, zone};
use crate::town::{fleet, town};
use center::Setup;
use evenhand_sim::replay::{
    Accounts, CallsFile, Interval, Natures, Place, Replay, ReplayPlan, Report, Table,
};
use roads::{Roads, SpeedTable, TravelTimes, ZoneTable};
use std::num::NonZeroU16;
use std::path::Path;

const PLAN: &str = include_str!("dirty.toml");
const NATURES: &str = include_str!("dirty-natures.toml");
const CALLS: &[u8] = include_bytes!("dirty.csv");

fn by_road(local_kmh: u16) -> Setup {
    let local_kmh = NonZeroU16::new(local_kmh).unwrap();
    let speeds = SpeedTable { local_kmh, ..SpeedTable::default() };
    let map = town();
    let roads = Roads::build(&map.streets, &speeds);
    setup(map, fleet(), Box::new(roads))
}

fn read(plan: &ReplayPlan, calls: &[u8]) -> Result<CallsFile, String> {
    let natures = Natures::parse("dirty-natures.toml", NATURES, &boone_policy()).unwrap();
    CallsFile::read("dirty.csv", calls, plan, &natures, &zone()).map_err(|error| error.to_string())
}

fn plan() -> ReplayPlan {
    ReplayPlan::parse("dirty.toml", PLAN).unwrap()
}

fn replay(setup: Setup) -> (Report, center::Center) {
    let file = read(&plan(), CALLS).unwrap();
    let mut replay = Replay::open(opening(plan(), file, setup)).unwrap();
    while replay.step().unwrap() {}
    replay.finish().unwrap()
}

/// Compares with a golden file; with `EVENHAND_BLESS` set, writes it.
fn check_golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/replay").join(name);
    if std::env::var_os("EVENHAND_BLESS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text, golden, "look at the difference, then set EVENHAND_BLESS to accept it");
}

#[test]
fn every_dirty_row_is_in_the_report_and_no_call_is_lost() {
    let (report, center) = replay(by_road(40));
    check_golden("dirty.golden.txt", &report.to_string());
    assert_eq!(report.accounts.unaccounted(), 0);
    assert_eq!(report.live_unaccounted, 0);
    assert_eq!(center.core().shifts().count(), 0);
    assert_eq!(report.accounts.calls_recorded, report.accounts.calls_read);
    assert_eq!(evenhand_core::accounting::violations(center.core()), Vec::<String>::new());
}

#[test]
fn a_call_without_a_point_is_dispatched_as_unverified() {
    let (_, center) = replay(by_road(40));
    let unplaced: Vec<_> =
        center.core().incidents().filter(|incident| incident.location.point.is_none()).collect();
    assert_eq!(unplaced.len(), 3, "empty, 0 and 0, unreadable");
    for incident in unplaced {
        assert!(!incident.location.verified);
        assert!(incident.clocks.dispatched_at.is_some());
        assert!(incident.clocks.onscene_at.is_some());
        assert!(incident.clocks.closed_at.is_some());
    }
}

#[test]
fn one_outcome_withheld_is_one_call_unaccounted() {
    let (report, center) = replay(by_road(40));
    let entries = center.journal().read(1, usize::MAX).unwrap();
    let is_outcome =
        |body: &[u8]| String::from_utf8_lossy(body).contains(r#""type":"CallAccounted""#);
    let withheld = entries.iter().position(|entry| is_outcome(&entry.body)).unwrap();
    let left = entries.iter().enumerate().filter(|(place, _)| *place != withheld);
    let calls_read = report.accounts.calls_read;
    let accounts = Accounts::of_entries(calls_read, left.map(|(_, entry)| entry.body.as_slice()));
    assert_eq!(accounts.unaccounted(), 1);
    let text = Report { accounts, ..report }.to_string();
    let line = text.lines().find(|line| line.contains("unaccounted")).unwrap();
    assert_eq!(line.split_whitespace().collect::<Vec<_>>(), ["unaccounted", "1"]);
}

#[test]
fn half_the_road_speed_changes_our_travel_and_not_the_recorded_one() {
    let (full, half) = (replay(by_road(40)).0, replay(by_road(20)).0);
    for (full, half) in full.tables.iter().zip(&half.tables) {
        assert_eq!(full.recorded, half.recorded, "{:?}", full.interval);
        let p50 = |table: &Table| table.ours.percentile(50).unwrap();
        if full.interval == Interval::EnRouteToOnScene {
            assert!(p50(half).abs_diff(2 * p50(full)) < 2_000, "{} {}", p50(full), p50(half));
        }
    }
}

#[test]
fn a_table_of_zones_serves_as_well_as_roads() {
    let map = town();
    let minutes = "from,West,East\nWest,4,11.5\nEast,12,3\n";
    let table = ZoneTable::from_csv(minutes, map.areas.clone()).unwrap();
    let version = table.map_version().to_owned();
    let (report, center) = replay(setup(map, fleet(), Box::new(table)));
    assert_eq!(report.accounts.unaccounted(), 0);
    let travel: Vec<u64> = center
        .core()
        .incidents()
        .filter(|incident| incident.location.point.is_some())
        .filter_map(|incident| {
            let (en_route, on_scene) = (incident.clocks.enroute_at?, incident.clocks.onscene_at?);
            Some(on_scene.since(en_route))
        })
        .collect();
    assert!(travel.iter().filter(|ms| [180_000, 240_000].contains(ms)).count() > 5, "{travel:?}");
    // The nearest unit by the table is sent, and the table's version stands with the advice.
    let recorded = center.journal().read(1, usize::MAX).unwrap();
    let advised = recorded.iter().filter(|entry| {
        String::from_utf8_lossy(&entry.body).contains(&format!(r#""map_version":"{version}""#))
    });
    assert!(advised.count() > 5);
}

#[test]
fn the_same_seed_gives_the_same_journal_and_another_seed_another() {
    let journal = |seed| {
        let file = read(&plan(), CALLS).unwrap();
        let opening = evenhand_sim::replay::Opening { seed, ..opening(plan(), file, by_road(40)) };
        let mut replay = Replay::open(opening).unwrap();
        while replay.step().unwrap() {}
        let (_, center) = replay.finish().unwrap();
        center.journal().checkpoint().note().to_owned()
    };
    assert_eq!(journal(1), journal(1));
    assert_ne!(journal(1), journal(2));
}

#[test]
fn a_run_that_is_stopped_reports_what_it_has() {
    let file = read(&plan(), CALLS).unwrap();
    let mut replay = Replay::open(opening(plan(), file, by_road(40))).unwrap();
    while replay.progress().0 < 5 {
        assert!(replay.step().unwrap());
    }
    let (report, _) = replay.finish().unwrap();
    assert_eq!(report.stopped_after, Some(5));
    assert_eq!(report.accounts.calls_recorded, 5);
    assert!(report.accounts.unaccounted() >= report.accounts.calls_read - 5);
    assert!(report.to_string().contains("when 5 calls had rung"));
}

#[test]
fn what_cannot_be_read_is_refused_with_its_mend() {
    let says = |text: &str| ReplayPlan::parse("dirty.toml", text).unwrap_err().to_string();
    let other = says(&PLAN.replace("\"wgs84\"", "\"state plane\""));
    assert!(other.contains("unknown variant `state plane`, expected one of `wgs84`"), "{other}");
    assert!(says(&PLAN.replace("end_s", "ends_s")).contains("ends_s"));
    let column = PLAN.replace("\"Nature Code\"", "\"Nature\"");
    let column = ReplayPlan::parse("dirty.toml", &column).unwrap();
    let says = read(&column, CALLS).unwrap_err();
    assert!(says.starts_with("dirty.csv: no column `Nature`; there are `Nature Code`, "), "{says}");
    let format = PLAN.replace("%m/%d/%Y %H:%M:%S", "%Y");
    let says = read(&ReplayPlan::parse("dirty.toml", &format).unwrap(), CALLS).unwrap_err();
    assert!(says.contains("no emergency has a readable time"), "{says}");
}

#[test]
fn a_grid_in_feet_gives_the_same_places_as_degrees() {
    let grid = "{ kind = \"transverse_mercator\", lat_of_origin = 35.8333333333, \
                lon_of_origin = -92.5, scale_at_origin = 0.9999333333, \
                false_easting = 1640416.667, false_northing = 0, unit = \"us_feet\" }";
    let plan = PLAN.replace("{ kind = \"wgs84\" }", grid);
    let plan = ReplayPlan::parse("dirty.toml", &plan).unwrap();
    // Missouri Central (NAD83): columns lat and lon hold northing and easting.
    let header = String::from_utf8_lossy(CALLS).lines().next().unwrap().to_owned();
    let row = "FALL,END,1134811.0924,1683074.8396,07/01/2016,20:00:00,,,,,";
    let file = read(&plan, format!("{header}\n{row}\n").as_bytes()).unwrap();
    let degrees = map::Point { lat_e7: 389_500_000, lon_e7: -923_500_000 };
    let Place::Point(point) = file.calls[0].place else { panic!("{:?}", file.calls[0].place) };
    assert!(point.distance_mm(degrees) < 50, "{point:?}");
}

#[test]
fn natures_name_types_that_policy_knows() {
    let text = NATURES.replace("heart.serious", "heart.broken");
    let says = Natures::parse("n.toml", &text, &boone_policy()).unwrap_err().to_string();
    assert_eq!(says, "n.toml: the policy knows no incident type `heart.broken`; name one it has");
    let text = NATURES.replace("10C*", "1*0");
    let says = Natures::parse("n.toml", &text, &boone_policy()).unwrap_err().to_string();
    assert_eq!(says, "n.toml: pattern `1*0`; a whole nature is accepted, or its beginning and `*`");
}
