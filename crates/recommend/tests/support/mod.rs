//! A fleet written as text, and roads that know each unit's travel time.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use evenhand_core::{
    Core, Event, PrimaryStatus, SecondaryStatus, Timestamp, Unit, UnitId, UnitPoint, UnitStatus,
};
use evenhand_recommend::{Need, Request};
use roads::Point;
use roads::TravelTimes;

pub const PLACE: Option<Point> = Some(Point { lat_e7: 0, lon_e7: 0 });

/// Roads on which a unit's longitude is its travel time in milliseconds; below zero: no road.
pub struct DrawnRoads;

impl TravelTimes for DrawnRoads {
    fn map_version(&self) -> &str {
        "drawn"
    }

    fn travel_ms(&self, _to: Point, from: &[Point]) -> Vec<Option<u32>> {
        from.iter().map(|point| u32::try_from(point.lon_e7).ok()).collect()
    }
}

/// One unit: `name | capabilities | where | status`.
///
/// Where: seconds by road, `cut off` or `nowhere`. Status: empty for available, `busy: <label>` for
/// one that may be sent all the same, anything else is the label of one that may not.
fn commission(core: &mut Core, line: &str) {
    let mut parts = line.split('|').map(str::trim);
    let mut part = || parts.next().unwrap_or_default();
    let unit = UnitId::from(part());
    let capabilities = part().split_whitespace().map(str::to_owned).collect();
    let point = match part() {
        "nowhere" => None,
        "cut off" => Some(UnitPoint { lat_e7: 0, lon_e7: -1 }),
        seconds => Some(UnitPoint { lat_e7: 0, lon_e7: seconds.parse::<i32>().unwrap() * 1000 }),
    };
    let at = Timestamp(0);
    let (agency, station) = ("test".to_owned(), "here".to_owned());
    let event =
        Event::UnitCommissioned { unit: unit.clone(), agency, capabilities, station, point };
    core.apply(at, &event);
    let label = part();
    let (primary, label) = match (label, label.strip_prefix("busy: ")) {
        ("", _) => return,
        (_, Some(label)) => (PrimaryStatus::ConditionallyAvailable, label),
        (label, None) => (PrimaryStatus::NotAvailable, label),
    };
    let status = UnitStatus { primary, secondary: SecondaryStatus::Meal };
    let label = label.to_owned();
    core.apply(at, &Event::UnitStatusChanged { unit, status, label, reported_at: at });
}

pub fn fleet(text: &str) -> Vec<Unit> {
    let mut core = Core::default();
    text.lines().map(str::trim).filter(|line| !line.is_empty()).for_each(|line| {
        commission(&mut core, line);
    });
    core.units().cloned().collect()
}

/// `2 engine, 1 ladder`.
pub fn needs(text: &str) -> Vec<Need<'_>> {
    text.split(", ")
        .filter(|need| !need.is_empty())
        .map(|need| {
            let (count, capability) = need.split_once(' ').unwrap();
            Need { capability, count: count.parse().unwrap() }
        })
        .collect()
}

pub fn request<'a>(needs: &'a [Need<'a>], place: Option<Point>) -> Request<'a> {
    Request { run_card: "card", alarm_level: 1, needs, place }
}
