//! What policy rules about one command. Computed outside, from data; core checks that what it
//! demands is there.

use crate::{Accommodation, Adoption, QueueRuling, Receipt, Role, UnitStatus};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The policy that ruled, so that an entry can be judged by the text in force that day.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct PolicyRef {
    /// The policy's own name.
    pub id: String,
    /// Its version, counted by the agency.
    pub version: u32,
    /// SHA-256 over all its texts, 64 hex digits.
    pub hash: String,
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
    /// Roles that may sign as second.
    #[serde(default = "all_but_auditor", skip_serializing_if = "is_all_but_auditor")]
    pub second_roles: BTreeSet<Role>,
    /// Whether a reason must be given.
    #[serde(default, skip_serializing_if = "is_false")]
    pub reason: bool,
    /// In what way the command departs from policy's answer, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub departs: Option<Departure>,
    /// For a classification: what the incident gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// For a classification: why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Box<Receipt>>,
    /// For a classification, or for facts about a caller: what is added for a person in need.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accommodations: Vec<Accommodation>,
    /// For a classification, or for facts about a caller: the first given fact, counted from 1,
    /// that policy does not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact_unknown: Option<FactUnknown>,
    /// Whether facts about a caller may come before the outcome, as the policy in force makes use
    /// of them.
    #[serde(default, skip_serializing_if = "is_false")]
    pub caller_decides: bool,
    /// For an adoption: what was checked under the hash given; `None`: nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adoption: Option<Box<Adoption>>,
    /// For a unit status: what the agency's label means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<UnitStatus>,
    /// For a call that arrives: where it waits; `None`: it rings everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<Box<QueueRuling>>,
    /// For a place of a call: at what distance from what was delivered a person is told, in metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_alarm_m: Option<u32>,
    /// How long each thing may wait before a person is told.
    pub timers: Timers,
}

impl Ruling {
    /// The word of a policy that permits this and adds nothing.
    pub fn permitting(policy: PolicyRef, rule: String, timers: Timers) -> Self {
        Self {
            policy,
            rule,
            permitted: true,
            second_person: false,
            second_roles: all_but_auditor(),
            reason: false,
            departs: None,
            answer: None,
            receipt: None,
            accommodations: Vec::new(),
            fact_unknown: None,
            caller_decides: false,
            adoption: None,
            status: None,
            queue: None,
            distance_alarm_m: None,
            timers,
        }
    }
}

/// Roles that may sign as second where policy says nothing of it: whoever may change something.
pub fn all_but_auditor() -> BTreeSet<Role> {
    BTreeSet::from([Role::CallTaker, Role::Dispatcher, Role::Supervisor])
}

fn is_all_but_auditor(roles: &BTreeSet<Role>) -> bool {
    *roles == all_but_auditor()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// How a command departs from what policy answered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Departure {
    /// More, sooner, or help where policy sends none.
    Raise,
    /// Less, later, or a hold where policy sends.
    Lower,
    /// Nobody is sent though policy sends.
    Decline,
    /// A running response is ended.
    Cancel,
    /// Another type is given.
    Retype,
}

/// A fact that policy does not know. What was given stands here only if it is not about a caller.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FactUnknown {
    /// Which of those given, from 1.
    pub number: u64,
    /// What was given.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub given: String,
    /// What would be accepted.
    pub accepted: String,
}

/// Whether policy sends somebody, best to worst.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum ResponseWord {
    /// Now, whatever else waits.
    SendNow,
    /// Yes.
    #[default]
    Send,
    /// Later, within the hold limit; a person holds.
    Hold,
    /// Somebody else is asked; a person does that and declines.
    Refer,
    /// Nobody; a person declines.
    Decline,
}

impl ResponseWord {
    /// Every word, best to worst.
    pub const ALL: [Self; 5] = [Self::SendNow, Self::Send, Self::Hold, Self::Refer, Self::Decline];

    /// As it is written in a policy.
    pub fn word(self) -> &'static str {
        match self {
            Self::SendNow => "send_now",
            Self::Send => "send",
            Self::Hold => "hold",
            Self::Refer => "refer",
            Self::Decline => "decline",
        }
    }

    /// Whether somebody is to be sent without more ado.
    pub fn sends(self) -> bool {
        matches!(self, Self::SendNow | Self::Send)
    }
}

/// What policy gives an incident.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Answer {
    /// The type's code, as the agency writes it.
    pub incident_type: String,
    /// Whether anybody is sent.
    #[serde(default)]
    pub response: ResponseWord,
    /// Urgency, 1 highest to 9 lowest.
    pub priority: u8,
    /// Name of the run card.
    pub run_card: String,
    /// The alarm level that it begins with, from 1.
    #[serde(default = "first_alarm")]
    pub alarm_level: u8,
    /// Longest time pending before a person is told, in milliseconds.
    pub pending_ms_max: u64,
    /// Longest hold that may be ordered, in milliseconds.
    pub hold_ms_max: u64,
}

fn first_alarm() -> u8 {
    1
}

/// Times after which a person is told, in milliseconds. Sources stand in the policy file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Timers {
    /// Rung to answered.
    pub answer_ms: u64,
    /// Incident opened to classified.
    pub classify_ms: u64,
    /// Abandoned to callback started, and callback started to its result.
    pub callback_ms: u64,
    /// Dispatched to en route.
    pub enroute_ms: u64,
    /// On scene to welfare check.
    pub welfare_ms: u64,
    /// A call ended by the taker sooner than this is reviewed.
    pub short_call_ms: u64,
    /// From a call's outcome to the next call offered to its taker.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub wrap_up_ms: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(ms: &u64) -> bool {
    *ms == 0
}
