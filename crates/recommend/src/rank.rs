//! Which of two units is better for the same need.

use evenhand_core::{PrimaryStatus, Unit, UnitId};
use roads::Point;
use roads::TravelTimes;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// How far a unit is from the incident.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Distance {
    /// Sent already: no road to compare.
    Sent,
    /// Milliseconds by road.
    Road(u32),
    /// No way from where it is.
    NoRoad,
    /// It never said where it is.
    UnitUnplaced,
    /// The incident's place is not known.
    PlaceUnknown,
}

/// A unit that may meet a need.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate<'a> {
    pub unit: &'a Unit,
    pub distance: Distance,
}

impl Candidate<'_> {
    /// Whether it is on this incident already.
    pub fn is_sent(&self) -> bool {
        self.distance == Distance::Sent
    }

    /// Road travel time in milliseconds, where there is one.
    pub fn travel_ms(&self) -> Option<u32> {
        match self.distance {
            Distance::Road(ms) => Some(ms),
            Distance::Sent | Distance::NoRoad | Distance::UnitUnplaced | Distance::PlaceUnknown => {
                None
            }
        }
    }

    /// Whether it has a capability.
    pub fn can(&self, capability: &str) -> bool {
        has(self.unit, capability)
    }

    /// What decides, first things first. Without a road there is nothing but the name.
    fn order(&self) -> (u8, u32, bool, usize, &UnitId) {
        let busy = self.unit.status.primary == PrimaryStatus::ConditionallyAvailable;
        let capabilities = self.unit.capabilities.iter().collect::<BTreeSet<_>>().len();
        let name = &self.unit.id;
        match self.distance {
            Distance::Sent => (0, 0, false, capabilities, name),
            Distance::Road(ms) => (1, ms, busy, capabilities, name),
            Distance::NoRoad | Distance::UnitUnplaced | Distance::PlaceUnknown => {
                (2, 0, false, 0, name)
            }
        }
    }
}

/// Whether a unit has a capability.
pub(crate) fn has(unit: &Unit, capability: &str) -> bool {
    unit.capabilities.iter().any(|own| own == capability)
}

/// Better first.
pub(crate) fn better(a: &Candidate<'_>, b: &Candidate<'_>) -> Ordering {
    a.order().cmp(&b.order())
}

/// Asks the roads once for all units.
pub(crate) fn measured<'a>(
    units: Vec<&'a Unit>,
    place: Option<Point>,
    times: &dyn TravelTimes,
) -> Vec<Candidate<'a>> {
    let Some(place) = place else {
        let unknown = |unit| Candidate { unit, distance: Distance::PlaceUnknown };
        return units.into_iter().map(unknown).collect();
    };
    let point =
        |unit: &Unit| unit.point.map(|point| Point { lat_e7: point.lat_e7, lon_e7: point.lon_e7 });
    let points: Vec<Point> = units.iter().filter_map(|unit| point(unit)).collect();
    let mut answers = times.travel_ms(place, &points).into_iter();
    let mut candidate = |unit: &'a Unit| {
        let distance = match point(unit) {
            None => Distance::UnitUnplaced,
            Some(_) => answers.next().flatten().map_or(Distance::NoRoad, Distance::Road),
        };
        Candidate { unit, distance }
    };
    units.into_iter().map(&mut candidate).collect()
}
