//! What callers are made from: the plan, the ground, and the place's own time.

use super::arrivals::Rate;
use super::ground::Ground;
use super::plan::{CallersPlan, ServiceKind};
use crate::curves::{FIRE, HourCurve, MEDICAL, POLICE};
use evenhand_core::{Timestamp, UnitId};
use jiff::tz::TimeZone;
use std::collections::BTreeSet;

/// What callers are made from. Comes from configuration and is not saved with them.
#[derive(Debug)]
pub struct Book {
    /// How many, what, how.
    pub plan: CallersPlan,
    /// Where.
    pub ground: Ground,
    /// Units that take people to hospital.
    pub ambulances: BTreeSet<UnitId>,
    zone: TimeZone,
}

impl Book {
    /// Puts the parts together.
    ///
    /// # Errors
    /// The plan's time zone is not known.
    pub fn new(
        plan: CallersPlan,
        ground: Ground,
        ambulances: BTreeSet<UnitId>,
    ) -> Result<Self, String> {
        let zone = TimeZone::get(&plan.time_zone).map_err(|error| {
            format!("time zone `{}` is not known, `America/New_York` is: {error}", plan.time_zone)
        })?;
        Ok(Self { plan, ground, ambulances, zone })
    }

    /// When a fresh demo begins.
    ///
    /// # Errors
    /// `starts_at` is no local time.
    pub fn starts_at(&self) -> Result<Timestamp, String> {
        let given = &self.plan.starts_at;
        let local: jiff::civil::DateTime = given.parse().map_err(|error| {
            format!("`starts_at` is `{given}`, `2026-06-05T17:00:00` would do: {error}")
        })?;
        let there = self.zone.to_timestamp(local).map_err(|error| error.to_string())?;
        Ok(Timestamp(there.as_millisecond()))
    }

    pub(super) fn rate(&self, service: ServiceKind) -> Rate<'_> {
        let per_day = &self.plan.per_day;
        let (per_day, curve): (u32, HourCurve) = match service {
            ServiceKind::Police => (per_day.police, POLICE),
            ServiceKind::Medical => (per_day.medical, MEDICAL),
            ServiceKind::Fire => (per_day.fire, FIRE),
            ServiceKind::Other => (per_day.other, POLICE),
        };
        Rate { per_day, curve, zone: &self.zone }
    }
}
