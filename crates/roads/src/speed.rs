//! How fast: kilometres an hour by class of road.

use std::num::NonZeroU16;

use map::RoadClass;
use serde::{Deserialize, Serialize};

/// Speeds in km/h, at least 1, by class of road; a field that a configuration leaves out has its
/// default. The defaults are our choice, not measured: an emergency vehicle in a town, crossings
/// and turns included. A centre should set its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SpeedTable {
    /// Motorway; 100 if not given.
    pub motorway_kmh: NonZeroU16,
    /// On and off a motorway; 50 if not given.
    pub ramp_kmh: NonZeroU16,
    /// Highway, main artery; 60 if not given.
    pub primary_kmh: NonZeroU16,
    /// Main street; 45 if not given.
    pub secondary_kmh: NonZeroU16,
    /// Residential street, rural road; 35 if not given.
    pub local_kmh: NonZeroU16,
    /// Private road, driveway, car park; 20 if not given.
    pub service_kmh: NonZeroU16,
    /// Narrow way behind houses; 15 if not given.
    pub alley_kmh: NonZeroU16,
    /// From a point to the nearest road and from the road to the point, straight; 10 if not given:
    /// between a driveway at low speed and a crew at a run.
    pub off_road_kmh: NonZeroU16,
}

impl Default for SpeedTable {
    fn default() -> Self {
        Self {
            motorway_kmh: kmh(100),
            ramp_kmh: kmh(50),
            primary_kmh: kmh(60),
            secondary_kmh: kmh(45),
            local_kmh: kmh(35),
            service_kmh: kmh(20),
            alley_kmh: kmh(15),
            off_road_kmh: kmh(10),
        }
    }
}

impl SpeedTable {
    /// The same table with every speed at `percent` of what it was, rounded down, at least 1 km/h.
    #[must_use]
    pub fn at_percent(self, percent: u16) -> Self {
        let part = |speed: NonZeroU16| {
            let scaled = u32::from(speed.get()) * u32::from(percent) / 100;
            kmh(u16::try_from(scaled).unwrap_or(u16::MAX))
        };
        Self {
            motorway_kmh: part(self.motorway_kmh),
            ramp_kmh: part(self.ramp_kmh),
            primary_kmh: part(self.primary_kmh),
            secondary_kmh: part(self.secondary_kmh),
            local_kmh: part(self.local_kmh),
            service_kmh: part(self.service_kmh),
            alley_kmh: part(self.alley_kmh),
            off_road_kmh: part(self.off_road_kmh),
        }
    }

    /// Speed on a class of road; `None` if it cannot be driven.
    #[must_use]
    pub fn on(&self, class: RoadClass) -> Option<NonZeroU16> {
        match class {
            RoadClass::Motorway => Some(self.motorway_kmh),
            RoadClass::Ramp => Some(self.ramp_kmh),
            RoadClass::Primary => Some(self.primary_kmh),
            RoadClass::Secondary => Some(self.secondary_kmh),
            RoadClass::Local => Some(self.local_kmh),
            RoadClass::Service => Some(self.service_kmh),
            RoadClass::Alley => Some(self.alley_kmh),
            RoadClass::Track | RoadClass::Footpath | RoadClass::NotAWay => None,
        }
    }
}

fn kmh(speed: u16) -> NonZeroU16 {
    NonZeroU16::new(speed).unwrap_or(NonZeroU16::MIN)
}

/// Microseconds that `length_mm` takes at a speed. Microseconds, so that thousands of rounded
/// segments on one way stay below a millisecond.
pub(crate) fn travel_us(length_mm: u64, speed: NonZeroU16) -> u64 {
    length_mm * 3_600 / u64::from(speed.get())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kilometre_at_36_kmh_takes_100_seconds() {
        assert_eq!(travel_us(1_000_000, kmh(36)), 100_000_000);
    }

    #[test]
    fn a_table_may_leave_fields_out_but_not_invent_them_or_stand_still() {
        let table: SpeedTable = toml::from_str("local_kmh = 25").unwrap();
        assert_eq!(table, SpeedTable { local_kmh: kmh(25), ..SpeedTable::default() });
        assert!(toml::from_str::<SpeedTable>("lokal_kmh = 25").is_err());
        assert!(toml::from_str::<SpeedTable>("local_kmh = 0").is_err());
    }

    #[test]
    fn drivable_classes_and_no_others_have_a_speed() {
        for class in RoadClass::ALL {
            assert_eq!(SpeedTable::default().on(class).is_some(), class.is_drivable(), "{class:?}");
        }
    }
}
