//! What has happened. A released event is never changed, only followed by a newer version; the
//! golden bytes of every version stand in `crates/center/tests/golden/`.

use crate::{
    Accommodation, AgentState, AlertId, AlertKind, AssignmentEnd, AssignmentId, CallId, Channel,
    Decision, DecisionId, Digest, Disposition, EndedBy, IncidentId, Location, LocationSource,
    Milestone, Outcome, PersonId, PolicyRef, PolicyText, QueueMatch, QueueRule, Receipt, Refusal,
    ResponseWord, Role, Sealed, Signalling, Subject, Timestamp, TransferOffer, TransferResult,
    UnitId, UnitPoint, UnitStatus, Verdict,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A fact. Everything [`crate::Core::apply`] needs stands in it, so that it asks nobody.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
#[expect(missing_docs, reason = "variants and fields carry the glossary's names")]
pub enum Event {
    CenterStarted {
        policy_version: u32,
        map_version: String,
    },
    JournalResumed {
        unrecorded: u64,
    },
    PolicyAdopted {
        /// `None`: the centre was founded with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        decision: Option<DecisionId>,
        policy: PolicyRef,
        verdict: Verdict,
        checked_on: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        exceptions: Vec<String>,
        adopted_by: Vec<String>,
        effective_at: Timestamp,
        files: Vec<PolicyText>,
    },
    PolicyTookEffect {
        policy: PolicyRef,
    },
    UnitCommissioned {
        unit: UnitId,
        agency: String,
        capabilities: Vec<String>,
        station: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        point: Option<UnitPoint>,
    },
    CommandRefused {
        refusal: Refusal,
    },
    DecisionMade {
        decision: Decision,
    },

    CallPresented {
        call: CallId,
        channel: Channel,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<Sealed>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number_digest: Option<Digest>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<Sealed>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        location: Option<Location>,
        test: bool,
    },
    CallSignalled {
        call: CallId,
        signalling: Box<Signalling>,
    },
    /// The same number has called before and nobody has spoken with it since.
    CallRepeats {
        call: CallId,
        lead: CallId,
    },
    CallQueued {
        call: CallId,
        answer_due: Timestamp,
    },
    CallEnqueued {
        call: CallId,
        rule: QueueRule,
        matched: QueueMatch,
        /// Where it overflows to, one after the other.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        then: Vec<QueueRule>,
        /// The number has called within the rule's window.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        called_before: bool,
    },
    CallOffered {
        call: CallId,
        queue: String,
        round: u32,
        /// Nobody: nobody is ready, and it waits.
        to: Vec<PersonId>,
        /// When it is looked at again; `None`: when somebody becomes ready.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<Timestamp>,
    },
    CallAnswered {
        call: CallId,
        by: PersonId,
    },
    CallAbandoned {
        call: CallId,
    },
    CallbackDue {
        call: CallId,
        due: Timestamp,
    },
    CallbackStarted {
        call: CallId,
        by: PersonId,
        /// Its result is to be said by then.
        due: Timestamp,
    },
    CallbackReached {
        call: CallId,
        by: PersonId,
    },
    CallbackNotReached {
        call: CallId,
        by: PersonId,
    },
    CallbackHandedOver {
        call: CallId,
        to: PersonId,
    },
    WordsRecorded {
        call: CallId,
        words: Sealed,
    },
    CallLocated {
        call: CallId,
        location: Location,
        /// By the network; else by a person.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        delivered: bool,
        /// From what a person gave to what was delivered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        distance_m: Option<u32>,
    },
    LocationFailed {
        call: CallId,
        source: LocationSource,
        reason: String,
    },
    LocationRebid {
        call: CallId,
    },
    TransferOffered {
        call: CallId,
        #[serde(flatten)]
        offer: TransferOffer,
    },
    CallHeld {
        call: CallId,
        by: PersonId,
    },
    CallResumed {
        call: CallId,
        by: PersonId,
    },
    TransferStarted {
        call: CallId,
        to: String,
        by: PersonId,
    },
    TransferAnswered {
        call: CallId,
        result: TransferResult,
        code: u16,
    },
    CallEnded {
        call: CallId,
        by: EndedBy,
    },
    CallAccounted {
        call: CallId,
        outcome: Outcome,
        /// A later or earlier call of the same caller, by whose outcome this one ends.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        with: Option<CallId>,
    },
    CallerFactsRecorded {
        call: CallId,
        facts: Vec<Sealed>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        accommodations: Vec<Accommodation>,
    },
    CallDetached {
        call: CallId,
        incident: IncidentId,
    },

    IncidentCreated {
        incident: IncidentId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<CallId>,
        location: Location,
        /// Somebody is to say by then what it is.
        classify_due: Timestamp,
    },
    IncidentClassified {
        incident: IncidentId,
        incident_type: String,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        facts: BTreeMap<String, String>,
        response: ResponseWord,
        priority: u8,
        run_card: String,
        alarm_level: u8,
        rule: String,
        pending_ms_max: u64,
        hold_ms_max: u64,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        accommodations: Vec<Accommodation>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        receipt: Option<Box<Receipt>>,
    },
    IncidentPending {
        incident: IncidentId,
        due: Timestamp,
    },
    IncidentRelocated {
        incident: IncidentId,
        location: Location,
    },
    NarrativeAdded {
        incident: IncidentId,
        text: Sealed,
    },
    PriorityChanged {
        incident: IncidentId,
        from: u8,
        to: u8,
        /// Times that policy gives the new urgency; `None`: as before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pending_ms_max: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hold_ms_max: Option<u64>,
    },
    IncidentHeld {
        incident: IncidentId,
        review_at: Timestamp,
    },
    HoldReviewDue {
        incident: IncidentId,
    },
    HoldReleased {
        incident: IncidentId,
    },
    AlarmLevelRaised {
        incident: IncidentId,
        level: u8,
    },
    IncidentUnitsCleared {
        incident: IncidentId,
    },
    IncidentClosed {
        incident: IncidentId,
        disposition: Disposition,
    },
    IncidentReopened {
        incident: IncidentId,
    },
    IncidentsMerged {
        from: IncidentId,
        into: IncidentId,
    },
    IncidentUnmerged {
        incident: IncidentId,
        from: IncidentId,
        /// For one that nobody has classified: somebody is to say by then what it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        classify_due: Option<Timestamp>,
    },

    UnitDispatched {
        assignment: AssignmentId,
        unit: UnitId,
        incident: IncidentId,
        enroute_due: Timestamp,
    },
    MilestoneReached {
        assignment: AssignmentId,
        milestone: Milestone,
        reached_at: Timestamp,
        inferred: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        welfare_due: Option<Timestamp>,
    },
    AssignmentEnded {
        assignment: AssignmentId,
        end: AssignmentEnd,
    },
    UnitStatusChanged {
        unit: UnitId,
        status: UnitStatus,
        label: String,
        reported_at: Timestamp,
    },
    UnitStatusUndone {
        unit: UnitId,
        status: UnitStatus,
        label: String,
        withdrawn: Vec<Milestone>,
    },
    UnitMoved {
        unit: UnitId,
        point: UnitPoint,
        reported_at: Timestamp,
    },

    ShiftStarted {
        person: PersonId,
        role: Role,
        position: String,
    },
    ShiftEnded {
        person: PersonId,
    },
    AgentStateChanged {
        person: PersonId,
        state: AgentState,
        /// The call that brought it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<CallId>,
        /// When it ends by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    AlertRaised {
        alert: AlertId,
        kind: AlertKind,
        subject: Subject,
    },
    AlertAcknowledged {
        alert: AlertId,
        by: PersonId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        again_at: Option<Timestamp>,
    },
}

impl Event {
    /// Its name, as it stands in the journal and in scenarios.
    pub fn name(&self) -> &'static str {
        match self {
            Self::CenterStarted { .. } => "CenterStarted",
            Self::JournalResumed { .. } => "JournalResumed",
            Self::PolicyAdopted { .. } => "PolicyAdopted",
            Self::PolicyTookEffect { .. } => "PolicyTookEffect",
            Self::UnitCommissioned { .. } => "UnitCommissioned",
            Self::CommandRefused { .. } => "CommandRefused",
            Self::DecisionMade { .. } => "DecisionMade",
            Self::CallPresented { .. } => "CallPresented",
            Self::CallSignalled { .. } => "CallSignalled",
            Self::CallRepeats { .. } => "CallRepeats",
            Self::CallQueued { .. } => "CallQueued",
            Self::CallEnqueued { .. } => "CallEnqueued",
            Self::CallOffered { .. } => "CallOffered",
            Self::CallAnswered { .. } => "CallAnswered",
            Self::CallAbandoned { .. } => "CallAbandoned",
            Self::CallbackDue { .. } => "CallbackDue",
            Self::CallbackStarted { .. } => "CallbackStarted",
            Self::CallbackReached { .. } => "CallbackReached",
            Self::CallbackNotReached { .. } => "CallbackNotReached",
            Self::CallbackHandedOver { .. } => "CallbackHandedOver",
            Self::WordsRecorded { .. } => "WordsRecorded",
            Self::CallLocated { .. } => "CallLocated",
            Self::LocationFailed { .. } => "LocationFailed",
            Self::LocationRebid { .. } => "LocationRebid",
            Self::TransferOffered { .. } => "TransferOffered",
            Self::CallHeld { .. } => "CallHeld",
            Self::CallResumed { .. } => "CallResumed",
            Self::TransferStarted { .. } => "TransferStarted",
            Self::TransferAnswered { .. } => "TransferAnswered",
            Self::CallEnded { .. } => "CallEnded",
            Self::CallAccounted { .. } => "CallAccounted",
            Self::CallerFactsRecorded { .. } => "CallerFactsRecorded",
            Self::CallDetached { .. } => "CallDetached",
            Self::IncidentCreated { .. } => "IncidentCreated",
            Self::IncidentClassified { .. } => "IncidentClassified",
            Self::IncidentPending { .. } => "IncidentPending",
            Self::IncidentRelocated { .. } => "IncidentRelocated",
            Self::NarrativeAdded { .. } => "NarrativeAdded",
            Self::PriorityChanged { .. } => "PriorityChanged",
            Self::IncidentHeld { .. } => "IncidentHeld",
            Self::HoldReviewDue { .. } => "HoldReviewDue",
            Self::HoldReleased { .. } => "HoldReleased",
            Self::AlarmLevelRaised { .. } => "AlarmLevelRaised",
            Self::IncidentUnitsCleared { .. } => "IncidentUnitsCleared",
            Self::IncidentClosed { .. } => "IncidentClosed",
            Self::IncidentReopened { .. } => "IncidentReopened",
            Self::IncidentsMerged { .. } => "IncidentsMerged",
            Self::IncidentUnmerged { .. } => "IncidentUnmerged",
            Self::UnitDispatched { .. } => "UnitDispatched",
            Self::MilestoneReached { .. } => "MilestoneReached",
            Self::AssignmentEnded { .. } => "AssignmentEnded",
            Self::UnitStatusChanged { .. } => "UnitStatusChanged",
            Self::UnitStatusUndone { .. } => "UnitStatusUndone",
            Self::UnitMoved { .. } => "UnitMoved",
            Self::ShiftStarted { .. } => "ShiftStarted",
            Self::ShiftEnded { .. } => "ShiftEnded",
            Self::AgentStateChanged { .. } => "AgentStateChanged",
            Self::AlertRaised { .. } => "AlertRaised",
            Self::AlertAcknowledged { .. } => "AlertAcknowledged",
        }
    }

    /// The version of its form. All are 1 until one is followed by a newer.
    pub fn version(&self) -> u16 {
        1
    }
}
