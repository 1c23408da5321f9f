//! A center's `demo.toml`: everything that the demo makes up, as data.

use crate::callers::{Book, CallersPlan, Ground};
use crate::{CrewPlan, StaffPlan};
use center::FleetUnit;
use map::CenterMap;
use policy::Policy;
use serde::Deserialize;
use std::sync::Arc;

/// How callers, crews and simulated staff behave.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoPlan {
    /// Callers.
    pub callers: CallersPlan,
    /// Crews.
    pub crews: CrewPlan,
    /// Staff, under autopilot.
    pub staff: StaffPlan,
}

impl DemoPlan {
    /// Reads a plan and checks it against the policy.
    ///
    /// # Errors
    /// What is wrong: a field that is unknown or missing, a kind that cannot be, an incident type
    /// that the policy does not know.
    pub fn read(text: &str, policy: &Policy) -> Result<Self, String> {
        let plan: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        plan.callers.check()?;
        for code in plan.callers.incident_types() {
            if policy.incident_type(code).is_none() {
                return Err(format!(
                    "`type` is `{code}`, which the policy does not know; accepted: its incident \
                     types"
                ));
            }
        }
        Ok(plan)
    }

    /// What callers are made from, for this map and fleet.
    ///
    /// # Errors
    /// The map has no houses or no crossings, or the time zone is not known.
    pub fn book(&self, map: &CenterMap, fleet: &[FleetUnit]) -> Result<Arc<Book>, String> {
        let carries = |unit: &&FleetUnit| {
            unit.capabilities.iter().any(|capability| capability == "als" || capability == "bls")
        };
        let ambulances = fleet.iter().filter(carries).map(|unit| unit.unit.clone()).collect();
        Book::new(self.callers.clone(), Ground::of(map)?, ambulances).map(Arc::new)
    }
}
