//! A valid request that the rules forbid. Shown to the person, and recorded.

use crate::{
    AgentState, AlertId, CallId, CallState, DecisionKind, IncidentId, Milestone, PersonId, Role,
    Stage, Timestamp, UnitId,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a command is not carried out. [`fmt::Display`] says it with what may be done instead.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "refusal")]
#[expect(missing_docs, reason = "the names and the message of each say the fact")]
pub enum Refusal {
    ActorMayNot { command: String },
    NotPermitted { rule: String },
    NotOnShift { person: PersonId },
    AlreadyOnShift { person: PersonId },
    AgentStateDerived { state: AgentState },
    AgentStateUnchanged { state: AgentState },
    AgentOnCall { call: CallId },
    ReasonMissing { decision: DecisionKind },
    SecondPersonMissing { rule: String },
    SecondPersonIsFirst { person: PersonId },
    SecondPersonMayNot { person: PersonId, role: Role },
    LimitReached { limit: String, given: u64, max: u64 },
    PolicyNotChecked { hash: String },
    PolicyUndecided { hash: String },

    NoSuchCall { call: CallId },
    CallNotRinging { call: CallId, state: CallState },
    CallNotAnswered { call: CallId, state: CallState },
    CallAlreadyAccounted { call: CallId },
    CallNotAttached { call: CallId },
    CallInProgress { call: CallId },
    CallOver { call: CallId },
    CallUnaccounted { call: CallId },
    CallbackNotDue { call: CallId },
    CallbackOutstanding { call: CallId },
    CallHeldAlready { call: CallId },
    CallNotHeld { call: CallId },
    TransferRunning { call: CallId, to: String },
    TransferNotRunning { call: CallId },
    TransferNeedsTarget { call: CallId },
    CallerFactsBeforeOutcome { call: CallId },
    CallerFactNotAccepted { call: CallId, number: u64, accepted: String },

    NoSuchIncident { incident: IncidentId },
    IncidentNotOpen { incident: IncidentId, stage: Stage },
    IncidentNotClosed { incident: IncidentId },
    IncidentNotClassified { incident: IncidentId },
    IncidentNotHeld { incident: IncidentId },
    IncidentMerged { incident: IncidentId, into: IncidentId },
    IncidentNotMerged { incident: IncidentId },
    IncidentAlreadyUnderway { incident: IncidentId, stage: Stage },
    MergeIntoItself { incident: IncidentId },
    MergeLowersPriority { from: IncidentId, into: IncidentId },
    TypeUnknown { incident_type: String },
    FactNotAccepted { given: String, accepted: String },
    PriorityOutOfRange { given: u8, lowest: u8 },
    PriorityUnchanged { incident: IncidentId, priority: u8 },
    ReviewTimeInvalid { earliest: Timestamp, latest: Timestamp },
    PendingNeedsDecision { incident: IncidentId },
    UnitsStillAssigned { incident: IncidentId, unit: UnitId },

    NoSuchUnit { unit: UnitId },
    UnitAlreadyCommissioned { unit: UnitId },
    NoUnitsGiven { incident: IncidentId },
    UnitAlreadyAssigned { unit: UnitId, incident: IncidentId },
    UnitNotAssigned { unit: UnitId },
    UnitNotAvailable { unit: UnitId, label: String },
    UnitOnScene { unit: UnitId, incident: IncidentId },
    UnitNotOnScene { unit: UnitId, incident: IncidentId },
    LabelUnknown { label: String },
    StatusOlderThanLatest { unit: UnitId, given: Timestamp, latest: Timestamp },
    StatusFromFuture { unit: UnitId, given: Timestamp },
    MilestoneOutOfOrder { unit: UnitId, given: Milestone, reached: Milestone },
    NothingToUndo { unit: UnitId },

    NoSuchAlert { alert: AlertId },
    AlertAlreadyAcknowledged { alert: AlertId },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ActorMayNot { .. }
            | Self::NotPermitted { .. }
            | Self::NotOnShift { .. }
            | Self::AlreadyOnShift { .. }
            | Self::AgentStateDerived { .. }
            | Self::AgentStateUnchanged { .. }
            | Self::AgentOnCall { .. }
            | Self::ReasonMissing { .. }
            | Self::SecondPersonMissing { .. }
            | Self::SecondPersonIsFirst { .. }
            | Self::SecondPersonMayNot { .. }
            | Self::PolicyNotChecked { .. }
            | Self::PolicyUndecided { .. }
            | Self::LimitReached { .. } => self.about_person(f),
            Self::NoSuchCall { .. }
            | Self::CallNotRinging { .. }
            | Self::CallNotAnswered { .. }
            | Self::CallAlreadyAccounted { .. }
            | Self::CallNotAttached { .. }
            | Self::CallInProgress { .. }
            | Self::CallOver { .. }
            | Self::CallUnaccounted { .. }
            | Self::CallbackNotDue { .. }
            | Self::CallbackOutstanding { .. }
            | Self::CallHeldAlready { .. }
            | Self::CallNotHeld { .. }
            | Self::TransferRunning { .. }
            | Self::TransferNotRunning { .. }
            | Self::TransferNeedsTarget { .. }
            | Self::CallerFactsBeforeOutcome { .. }
            | Self::CallerFactNotAccepted { .. } => self.about_call(f),
            Self::NoSuchIncident { .. }
            | Self::IncidentNotOpen { .. }
            | Self::IncidentNotClosed { .. }
            | Self::IncidentNotClassified { .. }
            | Self::IncidentNotHeld { .. }
            | Self::IncidentMerged { .. }
            | Self::IncidentNotMerged { .. }
            | Self::IncidentAlreadyUnderway { .. }
            | Self::MergeIntoItself { .. }
            | Self::MergeLowersPriority { .. }
            | Self::TypeUnknown { .. }
            | Self::FactNotAccepted { .. }
            | Self::PriorityOutOfRange { .. }
            | Self::PriorityUnchanged { .. }
            | Self::ReviewTimeInvalid { .. }
            | Self::PendingNeedsDecision { .. }
            | Self::UnitsStillAssigned { .. } => self.about_incident(f),
            Self::NoSuchUnit { .. }
            | Self::UnitAlreadyCommissioned { .. }
            | Self::NoUnitsGiven { .. }
            | Self::UnitAlreadyAssigned { .. }
            | Self::UnitNotAssigned { .. }
            | Self::UnitNotAvailable { .. }
            | Self::UnitOnScene { .. }
            | Self::UnitNotOnScene { .. }
            | Self::LabelUnknown { .. }
            | Self::StatusOlderThanLatest { .. }
            | Self::StatusFromFuture { .. }
            | Self::MilestoneOutOfOrder { .. }
            | Self::NothingToUndo { .. }
            | Self::NoSuchAlert { .. }
            | Self::AlertAlreadyAcknowledged { .. } => self.about_unit(f),
        }
    }
}

/// What is said of each, by noun. `fmt` names every refusal and sends each to its noun.
impl Refusal {
    /// About who orders, and what they gave.
    fn about_person(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ActorMayNot { command } => {
                write!(f, "`{command}` is not this actor's to order; a person at work orders it")
            }
            Self::NotPermitted { rule } => {
                write!(f, "policy rule `{rule}` does not permit this; ask somebody whom it does")
            }
            Self::NotOnShift { person } => {
                write!(f, "`{person}` is not signed on; start a shift first")
            }
            Self::AlreadyOnShift { person } => {
                write!(f, "`{person}` is signed on already; end that shift first")
            }
            Self::AgentStateDerived { state } => {
                write!(f, "`{state:?}` follows from answering; ready, break and wrap-up can be set")
            }
            Self::AgentStateUnchanged { state } => write!(f, "you are `{state:?}` already"),
            Self::AgentOnCall { call } => {
                write!(f, "call `{call}` is still up; end it, or hand it to somebody, first")
            }
            Self::ReasonMissing { decision } => {
                write!(f, "a decision `{decision:?}` needs a reason; write one")
            }
            Self::SecondPersonMissing { rule } => {
                write!(f, "policy rule `{rule}` demands a second person; have one sign too")
            }
            Self::SecondPersonIsFirst { person } => {
                write!(f, "`{person}` cannot sign twice; another person signs as second")
            }
            Self::SecondPersonMayNot { person, role } => {
                write!(f, "`{person}` works as `{role:?}`, who may not sign as second; ask another")
            }
            Self::PolicyNotChecked { hash } => write!(
                f,
                "no policy with hash `{hash}` was checked here; check its texts, then adopt that"
            ),
            Self::PolicyUndecided { hash } => write!(
                f,
                "the check of policy `{hash}` was not completed; nobody knows whether it is even"
            ),
            Self::LimitReached { limit, given, max } => {
                write!(f, "`{limit}` is `{given}`; at most `{max}` is accepted")
            }
            _ => Ok(()),
        }
    }

    /// About a call.
    fn about_call(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchCall { call } => write!(f, "there is no call `{call}`"),
            Self::CallNotRinging { call, state } => {
                write!(f, "call `{call}` is `{state:?}`, not ringing")
            }
            Self::CallNotAnswered { call, state } => {
                write!(f, "call `{call}` is `{state:?}`; answer it or ring it back first")
            }
            Self::CallAlreadyAccounted { call } => {
                write!(f, "call `{call}` has its outcome; a call ends in exactly one")
            }
            Self::CallNotAttached { call } => {
                write!(f, "call `{call}` is not attached to an incident; nothing to detach")
            }
            Self::CallInProgress { call } => {
                write!(f, "call `{call}` is still up; end it before the shift ends")
            }
            Self::CallOver { call } => write!(f, "call `{call}` is over; there is no line to it"),
            Self::CallHeldAlready { call } => write!(f, "call `{call}` is held already"),
            Self::CallNotHeld { call } => {
                write!(f, "call `{call}` is not held; whoever answered speaks with it")
            }
            Self::TransferRunning { call, to } => {
                write!(f, "call `{call}` is being transferred to `{to}`; wait for the result")
            }
            Self::TransferNotRunning { call } => {
                write!(f, "call `{call}` is not being transferred")
            }
            Self::TransferNeedsTarget { call } => {
                write!(f, "say to whom call `{call}` is transferred; an address is accepted")
            }
            Self::CallUnaccounted { call } => {
                write!(f, "call `{call}` has no outcome; record one before the shift ends")
            }
            Self::CallbackNotDue { call } => {
                write!(f, "call `{call}` is not waiting for a callback")
            }
            Self::CallbackOutstanding { call } => write!(
                f,
                "the callback of `{call}` is outstanding; ring it back, decide, or hand it over"
            ),
            Self::CallerFactsBeforeOutcome { call } => write!(
                f,
                "call `{call}` is not classified yet; say what, where and how bad, then who calls"
            ),
            Self::CallerFactNotAccepted { call, number, accepted } => write!(
                f,
                "fact `{number}` about the caller of `{call}` is not in the policy; {accepted}"
            ),
            _ => Ok(()),
        }
    }

    /// About an incident.
    fn about_incident(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchIncident { incident } => write!(f, "there is no incident `{incident}`"),
            Self::IncidentNotOpen { incident, stage } => {
                write!(f, "incident `{incident}` is `{stage:?}`; reopen it first")
            }
            Self::IncidentNotClosed { incident } => {
                write!(f, "incident `{incident}` is open; only a closed one can be reopened")
            }
            Self::IncidentNotClassified { incident } => {
                write!(f, "incident `{incident}` has no type yet; classify it first")
            }
            Self::IncidentNotHeld { incident } => write!(f, "incident `{incident}` is not held"),
            Self::IncidentMerged { incident, into } => {
                write!(f, "incident `{incident}` is merged into `{into}`; act on that one")
            }
            Self::IncidentNotMerged { incident } => {
                write!(f, "incident `{incident}` is not merged; nothing to take back")
            }
            Self::IncidentAlreadyUnderway { incident, stage } => write!(
                f,
                "incident `{incident}` is `{stage:?}`; only a pending one can be held or declined"
            ),
            Self::MergeIntoItself { incident } => {
                write!(f, "incident `{incident}` cannot be merged into itself")
            }
            Self::MergeLowersPriority { from, into } => write!(
                f,
                "incident `{from}` is more urgent than `{into}`; raise `{into}` first, or merge it \
                 into `{from}`"
            ),
            Self::TypeUnknown { incident_type } => {
                write!(f, "policy knows no incident type `{incident_type}`")
            }
            Self::FactNotAccepted { given, accepted } => {
                write!(f, "policy knows no fact `{given}` of this type; {accepted}")
            }
            Self::PriorityOutOfRange { given, lowest } => {
                write!(f, "priority `{given}` is outside `1` (highest) to `{lowest}`")
            }
            Self::PriorityUnchanged { incident, priority } => {
                write!(f, "incident `{incident}` has priority `{priority}` already")
            }
            Self::ReviewTimeInvalid { earliest, latest } => {
                write!(
                    f,
                    "a hold is reviewed between `{earliest}` and `{latest}`; no hold is for ever"
                )
            }
            Self::PendingNeedsDecision { incident } => write!(
                f,
                "nobody was sent to `{incident}`; closing it needs a decision with code and reason"
            ),
            Self::UnitsStillAssigned { incident, unit } => {
                write!(
                    f,
                    "unit `{unit}` is still assigned to `{incident}`; clear or cancel it first"
                )
            }
            _ => Ok(()),
        }
    }

    /// About a unit, its status, or an alert.
    fn about_unit(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchUnit { unit } => write!(f, "there is no unit `{unit}`"),
            Self::UnitAlreadyCommissioned { unit } => {
                write!(f, "unit `{unit}` is in the fleet already")
            }
            Self::NoUnitsGiven { incident } => {
                write!(f, "no unit was named for `{incident}`; name at least one")
            }
            Self::UnitAlreadyAssigned { unit, incident } => write!(
                f,
                "unit `{unit}` is assigned to incident `{incident}`; divert it or choose another"
            ),
            Self::UnitNotAssigned { unit } => {
                write!(f, "unit `{unit}` has no assignment; dispatch it first")
            }
            Self::UnitNotAvailable { unit, label } => {
                write!(f, "unit `{unit}` is `{label}`, not available; choose another")
            }
            Self::UnitOnScene { unit, incident } => {
                write!(
                    f,
                    "unit `{unit}` is on scene of `{incident}`; it clears, it is not cancelled"
                )
            }
            Self::UnitNotOnScene { unit, incident } => write!(
                f,
                "unit `{unit}` never arrived at `{incident}`; report its arrival or cancel it"
            ),
            Self::LabelUnknown { label } => {
                write!(f, "the agency has no status label `{label}`")
            }
            Self::StatusOlderThanLatest { unit, given, latest } => {
                write!(f, "status of `{unit}` from `{given}` is older than its latest, `{latest}`")
            }
            Self::StatusFromFuture { unit, given } => {
                write!(f, "status of `{unit}` is stamped `{given}`, ahead of the centre's clock")
            }
            Self::MilestoneOutOfOrder { unit, given, reached } => write!(
                f,
                "unit `{unit}` is past `{given:?}`, at `{reached:?}`; undo its last status first"
            ),
            Self::NothingToUndo { unit } => {
                write!(f, "the last status of `{unit}` cannot be taken back")
            }
            Self::NoSuchAlert { alert } => write!(f, "there is no alert `{alert}`"),
            Self::AlertAlreadyAcknowledged { alert } => {
                write!(f, "alert `{alert}` is acknowledged already")
            }
            _ => Ok(()),
        }
    }
}

impl Refusal {
    /// Its name, as it stands in the journal and in scenarios.
    pub fn name(&self) -> String {
        let debug = format!("{self:?}");
        debug.split([' ', '{']).next().unwrap_or_default().to_owned()
    }
}
