//! What would help: computed outside, recorded with the command, never obeyed.

use crate::{IncidentId, UnitId};
use serde::{Deserialize, Serialize};

/// Everything that was suggested to the person at the time.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Advice {
    /// Units for the incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recommendation: Option<Recommendation>,
    /// Open incidents that may be the same happening, nearest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duplicates: Vec<PossibleDuplicate>,
    /// How far the place that a person gives is from the one that was delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub apart: Option<Apart>,
}

/// Two places of one call: what a person gave, and what was delivered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Apart {
    /// Straight-line distance in metres.
    pub distance_m: u32,
    /// Uncertainty of what was delivered, in metres.
    pub uncertainty_m: u32,
}

impl Advice {
    /// Nothing was suggested.
    pub fn none() -> Self {
        Self::default()
    }
}

/// Units proposed for one incident, and why each one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Recommendation {
    /// The run card followed.
    pub run_card: String,
    /// Its alarm level, counted from 1.
    pub alarm_level: u8,
    /// Version of the road map.
    pub map_version: String,
    /// Units chosen, in the order of the run card.
    pub chosen: Vec<RankedUnit>,
    /// Units looked at and not chosen.
    pub passed_over: Vec<PassedOver>,
    /// What the run card asks for and no unit can give, as capability names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
}

/// A unit chosen.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RankedUnit {
    /// The unit.
    pub unit: UnitId,
    /// The capability it was chosen for.
    pub capability: String,
    /// Road travel time in milliseconds; `None`: not known, for want of a place or a road.
    pub travel_ms: Option<u32>,
    /// One sentence for the dispatcher.
    pub why: String,
}

/// A unit not chosen.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PassedOver {
    /// The unit.
    pub unit: UnitId,
    /// Road travel time in milliseconds, where it was computed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub travel_ms: Option<u32>,
    /// One sentence for the dispatcher.
    pub why: String,
}

/// An open incident near in place and time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PossibleDuplicate {
    /// The incident.
    pub incident: IncidentId,
    /// Straight-line distance in metres; `None`: one of the two has no point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<u32>,
    /// Milliseconds since it was created.
    pub age_ms: u64,
    /// Whether the types agree, or one is not classified yet.
    pub type_agrees: bool,
    /// Whether a call on it came from the same number.
    #[serde(default)]
    pub same_number: bool,
    /// Nearer is higher, 0 to 1000.
    pub score: u16,
}
