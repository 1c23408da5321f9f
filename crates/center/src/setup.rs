//! What a centre is made of, beside its journal.

use evenhand_core::UnitId;
use jiff::tz::TimeZone;
use map::{CenterMap, Point};
use places::Places;
use policy::Policy;
use roads::TravelTimes;

/// Everything that comes from configuration.
pub struct Setup {
    /// The centre's name.
    pub name: String,
    /// Its local time, for the hour of the day and the day on which a policy is checked.
    pub time_zone: TimeZone,
    /// What the configuration holds. The centre begins with it; from then on what was adopted is in
    /// force, whatever the configuration says.
    pub policy: Policy,
    /// Streets, areas and places.
    pub map: CenterMap,
    /// The same, to be asked for addresses.
    pub places: Places,
    /// Travel times: by road, or by a table of zones.
    pub times: Box<dyn TravelTimes + Send + Sync>,
    /// Units that are to be in the fleet; ones already there are left as they are.
    pub fleet: Vec<FleetUnit>,
    /// Key of the digest by which a number is known again. Secret; kept beside the journal.
    pub digest_key: [u8; 32],
}

/// One unit of the configured fleet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FleetUnit {
    /// Radio name.
    pub unit: UnitId,
    /// Whose.
    pub agency: String,
    /// What it can do.
    pub capabilities: Vec<String>,
    /// Where it belongs.
    pub station: String,
    /// Where that is.
    pub point: Option<Point>,
}

impl Setup {
    /// What does not fit together, one sentence each: a run card for a zone that the map does not
    /// have would never apply; a unit with a capability that no run card knows would never be sent.
    pub fn problems(&self) -> Vec<String> {
        self.problems_with(&self.policy)
    }

    /// The same for another policy.
    pub fn problems_with(&self, policy: &Policy) -> Vec<String> {
        let zones = policy.zones().filter(|zone| {
            !self.map.areas.iter().any(|area| area.kind == zone.layer && area.name == zone.name)
        });
        let mut problems: Vec<String> = zones
            .map(|zone| {
                let (layer, name) = (&zone.layer, &zone.name);
                format!("a run card names zone `{name}` of `{layer}`; the map has no such area")
            })
            .collect();
        let known: Vec<&str> = policy.capabilities().map(|one| one.name).collect();
        for unit in &self.fleet {
            for capability in unit.capabilities.iter().filter(|one| !known.contains(&one.as_str()))
            {
                problems.push(format!(
                    "unit `{}` has capability `{capability}`; policy knows `{}`",
                    unit.unit,
                    known.join("`, `")
                ));
            }
        }
        problems
    }
}
