//! What policy rules about one command. Computed outside, from data; core checks that what it
//! demands is there.

use crate::UnitStatus;
use serde::{Deserialize, Serialize};

/// The policy that ruled, so that an entry can be judged by the text in force that day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PolicyRef {
    /// The policy's own name.
    pub id: String,
    /// Its version, counted by the agency.
    pub version: u32,
}

/// Policy's word on one command.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ruling {
    /// Which policy.
    pub policy: PolicyRef,
    /// Which rule of it, by name.
    pub rule: String,
    /// Whether this person may do this at all.
    pub permitted: bool,
    /// Whether a second person must sign.
    pub second_person: bool,
    /// For a classification: what the incident type gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// For a unit status: what the agency's label means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<UnitStatus>,
    /// How long each thing may wait before a person is told.
    pub timers: Timers,
}

/// What policy gives an incident of one type.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Answer {
    /// The type's code, as the agency writes it.
    pub incident_type: String,
    /// Urgency, 1 highest to 9 lowest.
    pub priority: u8,
    /// Name of the run card.
    pub run_card: String,
    /// Longest time pending before a person is told, in milliseconds.
    pub pending_ms_max: u64,
    /// Longest hold that may be ordered, in milliseconds.
    pub hold_ms_max: u64,
}

/// Times after which a person is told, in milliseconds. Sources stand in the policy file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Timers {
    /// Rung to answered.
    pub answer_ms: u64,
    /// Abandoned to callback started.
    pub callback_ms: u64,
    /// Dispatched to en route.
    pub enroute_ms: u64,
    /// On scene to welfare check.
    pub welfare_ms: u64,
    /// A call ended by the taker sooner than this is reviewed.
    pub short_call_ms: u64,
}
