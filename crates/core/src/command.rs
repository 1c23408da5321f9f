//! What can be ordered.

use crate::{
    AgentState, AlertId, CallId, Channel, Digest, Disposition, IncidentId, Location,
    LocationSource, NoDispatchCode, PersonId, Role, Sealed, Signalling, Timestamp, TransferResult,
    UnitId, UnitPoint,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A person's word for a decision.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Signature {
    /// Why.
    #[serde(default)]
    pub reason: String,
    /// Who signs too. Whoever takes the command in must have proved this person's presence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<PersonId>,
    /// What the caller was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice_given: Option<String>,
}

impl Signature {
    /// A reason alone.
    pub fn because(reason: &str) -> Self {
        Self { reason: reason.to_owned(), ..Self::default() }
    }

    /// A reason, and a second person.
    pub fn with_second(reason: &str, second: &str) -> Self {
        Self { second: Some(PersonId::from(second)), ..Self::because(reason) }
    }
}

/// An order. `P` is clear text at the door and [`Sealed`] inside; [`Command::map`] is the door.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", content = "data", deny_unknown_fields)]
#[expect(missing_docs, reason = "fields are named by the glossary and described at their events")]
pub enum Command<P = Sealed> {
    /// The centre starts, or starts again, under this policy and this map.
    StartCenter { policy_version: u32, map_version: String },
    /// The journal can be written again; so many rings had to be kept in memory.
    ResumeJournal { unrecorded: u64 },
    /// A unit joins the fleet.
    CommissionUnit {
        unit: UnitId,
        agency: String,
        capabilities: Vec<String>,
        station: String,
        point: Option<UnitPoint>,
    },
    /// The policy that the centre begins with, in the names of those whom its configuration gives.
    FoundPolicy { hash: String, adopted_by: Vec<String> },
    /// Deadlines up to now fall due.
    PassTime {},

    /// A call arrives.
    PresentCall {
        channel: Channel,
        #[serde(default = "none", skip_serializing_if = "Option::is_none")]
        number: Option<P>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number_digest: Option<Digest>,
        #[serde(default = "none", skip_serializing_if = "Option::is_none")]
        name: Option<P>,
        #[serde(default = "none", skip_serializing_if = "Option::is_none")]
        location: Option<Location<P>>,
        #[serde(default)]
        test: bool,
        /// What came with it, where it came by a door that signals.
        #[serde(default = "none", skip_serializing_if = "Option::is_none")]
        signalling: Option<Box<Signalling<P>>>,
    },
    /// The caller hung up.
    AbandonCall { call: CallId },
    /// The line broke: connection lost, restart, session ran out.
    LoseLine { call: CallId },
    /// The answer never reached the caller, or the two could not hear each other.
    AnswerFailed { call: CallId, reason: String },
    /// A call-taker answers.
    AnswerCall { call: CallId },
    /// What the caller said is written down.
    RecordWords { call: CallId, words: P },
    /// A better place for the call.
    LocateCall { call: CallId, location: Location<P> },
    /// No usable location could be had; nothing personal in the reason.
    ReportLocationFailed { call: CallId, source: LocationSource, reason: String },
    /// Asks the network again where the caller is.
    RebidLocation { call: CallId },
    /// Somebody else is responsible for where the call comes from.
    OfferTransfer { call: CallId, service: String, to_uri: String, name: String },
    /// Lets the caller wait on the line, hearing nothing.
    HoldCall { call: CallId },
    /// Speaks with the caller again.
    ResumeCall { call: CallId },
    /// Hands the caller to another centre.
    TransferCall { call: CallId, to: String },
    /// How that went; the status code of SIP, or 0.
    ReportTransfer { call: CallId, result: TransferResult, code: u16 },
    /// The call-taker ends the call.
    EndCall { call: CallId },
    /// The call reports a known incident.
    AttachCall {
        call: CallId,
        incident: IncidentId,
        #[serde(default = "none", skip_serializing_if = "Option::is_none")]
        words: Option<P>,
    },
    /// What is known of the caller, each `name=value`, in the words of the policy in force. Asked
    /// after the outcome.
    RecordCallerFacts { call: CallId, facts: Vec<P> },
    /// Takes an attachment back.
    DetachCall { call: CallId },
    /// Another centre took the call.
    RecordTransfer { call: CallId, accepted_by: String },
    /// Nobody is sent for this call.
    DeclineCall { call: CallId, code: NoDispatchCode, signature: Signature },
    /// A person rings an abandoned caller back.
    StartCallback { call: CallId },
    /// The caller answered the callback.
    ReachCaller { call: CallId },
    /// The caller did not answer the callback.
    MissCaller { call: CallId },
    /// No more attempts.
    GiveUpCallback { call: CallId, signature: Signature },
    /// The callback is left to somebody at work.
    HandOverCallback { call: CallId, to: PersonId, signature: Signature },

    /// Opens an incident, for a call or without one.
    CreateIncident { call: Option<CallId>, location: Location<P> },
    /// Says what it is; policy says how urgent.
    ClassifyIncident {
        incident: IncidentId,
        incident_type: String,
        /// What is known of the emergency, by attribute, in the words of the policy in force.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        facts: BTreeMap<String, String>,
        #[serde(default)]
        signature: Signature,
    },
    /// Corrects the place.
    RelocateIncident { incident: IncidentId, location: Location<P> },
    /// Writes a line into the narrative.
    AddNarrative { incident: IncidentId, text: P },
    /// Changes the urgency (1 highest).
    ChangePriority {
        incident: IncidentId,
        priority: u8,
        #[serde(default)]
        signature: Signature,
    },
    /// Lets it wait until a time.
    HoldIncident { incident: IncidentId, review_at: Timestamp, signature: Signature },
    /// Ends a hold early.
    ReleaseHold { incident: IncidentId },
    /// Asks for the next alarm.
    RaiseAlarmLevel { incident: IncidentId },
    /// Sends units.
    DispatchUnits {
        incident: IncidentId,
        units: Vec<UnitId>,
        #[serde(default)]
        signature: Signature,
    },
    /// Takes a unit from what it does to something more urgent.
    DivertUnit { unit: UnitId, incident: IncidentId, signature: Signature },
    /// Takes a unit off before it arrived.
    CancelAssignment { unit: UnitId, signature: Signature },
    /// Ends the response.
    CancelIncident { incident: IncidentId, signature: Signature },
    /// Closes a pending incident without sending anyone.
    DeclineIncident { incident: IncidentId, code: NoDispatchCode, signature: Signature },
    /// Closes an incident whose units are clear.
    CloseIncident { incident: IncidentId, disposition: Disposition },
    /// Opens a closed incident again.
    ReopenIncident { incident: IncidentId },
    /// Treats `from` as part of `into`.
    MergeIncidents { from: IncidentId, into: IncidentId, signature: Signature },
    /// Takes a merge back.
    UnmergeIncident { incident: IncidentId },

    /// A unit's status, by the agency's own label.
    ReportStatus {
        unit: UnitId,
        label: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reported_at: Option<Timestamp>,
    },
    /// Takes the unit's last status back.
    UndoStatus { unit: UnitId },
    /// Where a unit is.
    ReportPosition { unit: UnitId, point: UnitPoint, reported_at: Timestamp },

    /// A person starts work.
    StartShift { role: Role, position: String },
    /// A person ends work.
    EndShift {},
    /// A person at work may be offered calls, or may not.
    SetAgentState { state: AgentState },
    /// A checked policy is to be in force from a time on; a time that has passed is now. Two people
    /// sign.
    AdoptPolicy { hash: String, effective_at: Timestamp, signature: Signature },

    /// A person has taken note.
    AcknowledgeAlert { alert: AlertId },
}

fn none<P>() -> Option<P> {
    None
}

impl<P> Command<P> {
    /// The command's name, as it stands in the journal after `command/`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::StartCenter { .. } => "StartCenter",
            Self::ResumeJournal { .. } => "ResumeJournal",
            Self::CommissionUnit { .. } => "CommissionUnit",
            Self::FoundPolicy { .. } => "FoundPolicy",
            Self::PassTime {} => "PassTime",
            Self::PresentCall { .. } => "PresentCall",
            Self::AbandonCall { .. } => "AbandonCall",
            Self::LoseLine { .. } => "LoseLine",
            Self::AnswerFailed { .. } => "AnswerFailed",
            Self::AnswerCall { .. } => "AnswerCall",
            Self::RecordWords { .. } => "RecordWords",
            Self::LocateCall { .. } => "LocateCall",
            Self::ReportLocationFailed { .. } => "ReportLocationFailed",
            Self::RebidLocation { .. } => "RebidLocation",
            Self::OfferTransfer { .. } => "OfferTransfer",
            Self::HoldCall { .. } => "HoldCall",
            Self::ResumeCall { .. } => "ResumeCall",
            Self::TransferCall { .. } => "TransferCall",
            Self::ReportTransfer { .. } => "ReportTransfer",
            Self::EndCall { .. } => "EndCall",
            Self::AttachCall { .. } => "AttachCall",
            Self::RecordCallerFacts { .. } => "RecordCallerFacts",
            Self::DetachCall { .. } => "DetachCall",
            Self::RecordTransfer { .. } => "RecordTransfer",
            Self::DeclineCall { .. } => "DeclineCall",
            Self::StartCallback { .. } => "StartCallback",
            Self::ReachCaller { .. } => "ReachCaller",
            Self::MissCaller { .. } => "MissCaller",
            Self::GiveUpCallback { .. } => "GiveUpCallback",
            Self::HandOverCallback { .. } => "HandOverCallback",
            Self::CreateIncident { .. } => "CreateIncident",
            Self::ClassifyIncident { .. } => "ClassifyIncident",
            Self::RelocateIncident { .. } => "RelocateIncident",
            Self::AddNarrative { .. } => "AddNarrative",
            Self::ChangePriority { .. } => "ChangePriority",
            Self::HoldIncident { .. } => "HoldIncident",
            Self::ReleaseHold { .. } => "ReleaseHold",
            Self::RaiseAlarmLevel { .. } => "RaiseAlarmLevel",
            Self::DispatchUnits { .. } => "DispatchUnits",
            Self::DivertUnit { .. } => "DivertUnit",
            Self::CancelAssignment { .. } => "CancelAssignment",
            Self::CancelIncident { .. } => "CancelIncident",
            Self::DeclineIncident { .. } => "DeclineIncident",
            Self::CloseIncident { .. } => "CloseIncident",
            Self::ReopenIncident { .. } => "ReopenIncident",
            Self::MergeIncidents { .. } => "MergeIncidents",
            Self::UnmergeIncident { .. } => "UnmergeIncident",
            Self::ReportStatus { .. } => "ReportStatus",
            Self::UndoStatus { .. } => "UndoStatus",
            Self::ReportPosition { .. } => "ReportPosition",
            Self::StartShift { .. } => "StartShift",
            Self::EndShift {} => "EndShift",
            Self::SetAgentState { .. } => "SetAgentState",
            Self::AdoptPolicy { .. } => "AdoptPolicy",
            Self::AcknowledgeAlert { .. } => "AcknowledgeAlert",
        }
    }

    /// Says what an incident is, and nothing more of it.
    pub fn classify(
        incident: IncidentId,
        incident_type: impl Into<String>,
        signature: Signature,
    ) -> Self {
        let (incident_type, facts) = (incident_type.into(), BTreeMap::new());
        Self::ClassifyIncident { incident, incident_type, facts, signature }
    }

    /// Replaces each personal value by what `seal` makes of its name and itself.
    pub fn map<Q>(self, seal: &mut impl FnMut(&'static str, P) -> Q) -> Command<Q> {
        match self {
            Self::PresentCall {
                channel,
                number,
                number_digest,
                name,
                location,
                test,
                signalling,
            } => Command::PresentCall {
                channel,
                number: number.map(|value| seal("number", value)),
                number_digest,
                name: name.map(|value| seal("name", value)),
                location: location.map(|location| location.map(seal)),
                test,
                signalling: signalling.map(|signalling| Box::new(signalling.map(seal))),
            },
            Self::RecordWords { call, words } => {
                Command::RecordWords { call, words: seal("words", words) }
            }
            Self::LocateCall { call, location } => {
                Command::LocateCall { call, location: location.map(seal) }
            }
            Self::AttachCall { call, incident, words } => Command::AttachCall {
                call,
                incident,
                words: words.map(|value| seal("words", value)),
            },
            Self::RecordCallerFacts { call, facts } => {
                let facts = facts.into_iter().map(|fact| seal("caller_fact", fact)).collect();
                Command::RecordCallerFacts { call, facts }
            }
            Self::CreateIncident { call, location } => {
                Command::CreateIncident { call, location: location.map(seal) }
            }
            Self::RelocateIncident { incident, location } => {
                Command::RelocateIncident { incident, location: location.map(seal) }
            }
            Self::AddNarrative { incident, text } => {
                Command::AddNarrative { incident, text: seal("text", text) }
            }
            open => open.without_personal(),
        }
    }

    /// The commands that hold nothing personal, under another `P`.
    fn without_personal<Q>(self) -> Command<Q> {
        macro_rules! same {
            ($($variant:ident { $($field:ident),* })*) => {
                match self {
                    $(Self::$variant { $($field),* } => Command::$variant { $($field),* },)*
                    Self::PresentCall { .. }
                    | Self::RecordWords { .. }
                    | Self::LocateCall { .. }
                    | Self::AttachCall { .. }
                    | Self::RecordCallerFacts { .. }
                    | Self::CreateIncident { .. }
                    | Self::RelocateIncident { .. }
                    | Self::AddNarrative { .. } => {
                        unreachable!("commands with personal values are sealed field by field")
                    }
                }
            };
        }
        same! {
            StartCenter { policy_version, map_version }
            ResumeJournal { unrecorded }
            CommissionUnit { unit, agency, capabilities, station, point }
            FoundPolicy { hash, adopted_by }
            PassTime {}
            AbandonCall { call }
            LoseLine { call }
            AnswerFailed { call, reason }
            ReportLocationFailed { call, source, reason }
            RebidLocation { call }
            OfferTransfer { call, service, to_uri, name }
            HoldCall { call }
            ResumeCall { call }
            TransferCall { call, to }
            ReportTransfer { call, result, code }
            AnswerCall { call }
            EndCall { call }
            DetachCall { call }
            RecordTransfer { call, accepted_by }
            DeclineCall { call, code, signature }
            StartCallback { call }
            ReachCaller { call }
            MissCaller { call }
            GiveUpCallback { call, signature }
            HandOverCallback { call, to, signature }
            ClassifyIncident { incident, incident_type, facts, signature }
            ChangePriority { incident, priority, signature }
            HoldIncident { incident, review_at, signature }
            ReleaseHold { incident }
            RaiseAlarmLevel { incident }
            DispatchUnits { incident, units, signature }
            DivertUnit { unit, incident, signature }
            CancelAssignment { unit, signature }
            CancelIncident { incident, signature }
            DeclineIncident { incident, code, signature }
            CloseIncident { incident, disposition }
            ReopenIncident { incident }
            MergeIncidents { from, into, signature }
            UnmergeIncident { incident }
            ReportStatus { unit, label, reported_at }
            UndoStatus { unit }
            ReportPosition { unit, point, reported_at }
            StartShift { role, position }
            EndShift {}
            SetAgentState { state }
            AdoptPolicy { hash, effective_at, signature }
            AcknowledgeAlert { alert }
        }
    }

    /// The signature it carries, if it can carry one.
    pub fn signature(&self) -> Option<&Signature> {
        match self {
            Self::DeclineCall { signature, .. }
            | Self::GiveUpCallback { signature, .. }
            | Self::HandOverCallback { signature, .. }
            | Self::ClassifyIncident { signature, .. }
            | Self::ChangePriority { signature, .. }
            | Self::HoldIncident { signature, .. }
            | Self::DispatchUnits { signature, .. }
            | Self::DivertUnit { signature, .. }
            | Self::CancelAssignment { signature, .. }
            | Self::CancelIncident { signature, .. }
            | Self::DeclineIncident { signature, .. }
            | Self::MergeIncidents { signature, .. }
            | Self::AdoptPolicy { signature, .. } => Some(signature),
            _ => None,
        }
    }

    /// The incident the command is about, if it names one.
    pub fn incident(&self) -> Option<IncidentId> {
        match self {
            Self::AttachCall { incident, .. }
            | Self::ClassifyIncident { incident, .. }
            | Self::RelocateIncident { incident, .. }
            | Self::AddNarrative { incident, .. }
            | Self::ChangePriority { incident, .. }
            | Self::HoldIncident { incident, .. }
            | Self::ReleaseHold { incident }
            | Self::RaiseAlarmLevel { incident }
            | Self::DispatchUnits { incident, .. }
            | Self::DivertUnit { incident, .. }
            | Self::CancelIncident { incident, .. }
            | Self::DeclineIncident { incident, .. }
            | Self::CloseIncident { incident, .. }
            | Self::ReopenIncident { incident }
            | Self::UnmergeIncident { incident }
            | Self::MergeIncidents { from: incident, .. } => Some(*incident),
            _ => None,
        }
    }
}
