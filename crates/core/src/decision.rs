//! A person's recorded choice, the outcomes of calls, and how incidents end.

use crate::state::Context;
use crate::{
    AssignmentId, CallId, Core, DecisionId, Departure, Event, IncidentId, PersonId, PolicyRef,
    Receipt, Refusal, Signature, UnitId, limits,
};
use serde::{Deserialize, Serialize};

/// A recorded choice: who, under which policy, why. A choice *not* to send is the most important.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Decision {
    /// Its number.
    pub id: DecisionId,
    /// What was chosen.
    pub kind: DecisionKind,
    /// About what.
    pub subject: Subject,
    /// What the same caller tried besides, and ends with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<CallId>,
    /// Who chose.
    pub person: PersonId,
    /// Who signed with them, where policy demands it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<PersonId>,
    /// The policy in force.
    pub policy: PolicyRef,
    /// The rule of it that applied.
    pub rule: String,
    /// In what way the choice departs from policy's answer, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub departs: Option<Departure>,
    /// What policy had answered about the incident, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Box<Receipt>>,
    /// Why, in the person's words. Staff are told that this is not sealed: no caller's name here.
    pub reason: String,
    /// What the caller was advised, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice_given: Option<String>,
}

/// What a decision was about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A call.
    Call(CallId),
    /// An incident.
    Incident(IncidentId),
    /// A unit.
    Unit(UnitId),
    /// A unit's assignment.
    Assignment(AssignmentId),
    /// A policy, by its hash.
    Policy(String),
}

/// The choices that are always a person's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionKind {
    /// Not to send anyone.
    NoDispatch,
    /// To let an incident wait.
    Hold,
    /// To lower an urgency.
    LowerPriority,
    /// To do more than policy says.
    RaiseResponse,
    /// To change the type of an incident that policy protects, or otherwise demands a reason for.
    Retype,
    /// To end a running response to an incident.
    CancelIncident,
    /// To take a unit off before it arrived.
    CancelAssignment,
    /// To take a unit from one incident to another.
    Divert,
    /// To send other units than recommended.
    OverrideRecommendation,
    /// To treat two incidents as one.
    Merge,
    /// To give up calling back.
    CallbackUnreached,
    /// To leave a callback to a named person.
    HandOverCallback,
    /// To put a policy in force.
    AdoptPolicy,
}

impl DecisionKind {
    /// The kind under which a departure stands that is no other decision by itself.
    pub(crate) fn of(departs: Departure) -> Self {
        match departs {
            Departure::Raise => Self::RaiseResponse,
            Departure::Lower => Self::LowerPriority,
            Departure::Decline => Self::NoDispatch,
            Departure::Cancel => Self::CancelIncident,
            Departure::Retype => Self::Retype,
        }
    }
}

/// How a call was accounted for. Exactly one for every call.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Outcome {
    /// An incident was opened for it.
    NewIncident {
        /// Which.
        incident: IncidentId,
    },
    /// It reports, or adds to, a known incident.
    AddedToIncident {
        /// Which.
        incident: IncidentId,
    },
    /// Another centre took it over and said so.
    TransferAccepted {
        /// Who accepted.
        by: String,
    },
    /// A person decided that nobody is sent.
    NoDispatchDecision {
        /// The decision.
        decision: DecisionId,
        /// Its code.
        code: NoDispatchCode,
    },
    /// A test call. The one outcome the system records alone.
    TestCall,
}

impl Outcome {
    /// What becomes of the other calls of a caller whose call ended so.
    pub(crate) fn of_joined(&self) -> Self {
        match self {
            Self::NewIncident { incident } => Self::AddedToIncident { incident: *incident },
            same @ (Self::AddedToIncident { .. }
            | Self::TransferAccepted { .. }
            | Self::NoDispatchDecision { .. }
            | Self::TestCall) => same.clone(),
        }
    }
}

/// Why nobody is sent. The standard dispositions (APCO 1.111.2) have no code for this; the mapping
/// for export is [`NoDispatchCode::apco`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoDispatchCode {
    /// Advice was enough.
    AdviceGiven,
    /// Another service took it.
    ReferredAccepted,
    /// Another service was asked and did not take it.
    ReferredNotAccepted,
    /// Outside our area; passed on.
    OutsideAreaTransferred,
    /// The same happening as another.
    DuplicateOf,
    /// The caller no longer wants help.
    CallerWithdrew,
    /// Called back, nobody reached.
    CallbackUnreached,
    /// No unit could be sent.
    NoUnitAvailableHeld,
    /// Written policy sends nobody.
    PolicyNoSend,
    /// Dialled by accident, confirmed with the caller.
    AccidentalConfirmed,
}

impl NoDispatchCode {
    /// Every code.
    pub const ALL: [Self; 10] = [
        Self::AdviceGiven,
        Self::ReferredAccepted,
        Self::ReferredNotAccepted,
        Self::OutsideAreaTransferred,
        Self::DuplicateOf,
        Self::CallerWithdrew,
        Self::CallbackUnreached,
        Self::NoUnitAvailableHeld,
        Self::PolicyNoSend,
        Self::AccidentalConfirmed,
    ];

    /// The nearest APCO 1.111.2 disposition: 05 settled by phone, 10 event cancelled, 13
    /// information, 15 referred to partner agency, 22 duplicate call.
    pub fn apco(self) -> &'static str {
        match self {
            Self::AdviceGiven => "05",
            Self::ReferredAccepted | Self::ReferredNotAccepted | Self::OutsideAreaTransferred => {
                "15"
            }
            Self::DuplicateOf => "22",
            Self::CallerWithdrew | Self::AccidentalConfirmed => "10",
            Self::CallbackUnreached | Self::NoUnitAvailableHeld | Self::PolicyNoSend => "13",
        }
    }
}

/// How an incident ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// Dealt with at the place.
    HandledOnScene,
    /// Somebody was taken to hospital.
    TransportedToHospital,
    /// Nobody or nothing there any more (APCO 14).
    GoneOnArrival,
    /// A false alarm (APCO 17).
    FalseAlarm,
    /// The patient refused (APCO 42).
    PatientRefused,
    /// Called off by a decision (APCO 10).
    Cancelled,
    /// Ended without sending, by a decision.
    NoDispatch(NoDispatchCode),
}

impl Disposition {
    /// The ends that need no decision, because somebody was there.
    pub const AFTER_RESPONSE: [Self; 5] = [
        Self::HandledOnScene,
        Self::TransportedToHospital,
        Self::GoneOnArrival,
        Self::FalseAlarm,
        Self::PatientRefused,
    ];
}

impl Core {
    /// A signed decision as an event, or what its signature lacks.
    pub(crate) fn decision(
        &self,
        context: &Context<'_>,
        kind: DecisionKind,
        subject: Subject,
        signature: &Signature,
    ) -> Result<Event, Refusal> {
        let person = context.person()?.clone();
        let reason = signature.reason.trim();
        if reason.is_empty() {
            return Err(Refusal::ReasonMissing { decision: kind });
        }
        limits::check_text("reason", reason)?;
        if let Some(advice) = &signature.advice_given {
            limits::check_text("advice_given", advice)?;
        }
        let second = self.second_person(context, &person, signature)?;
        let receipt = self.receipt_about(&subject);
        Ok(Event::DecisionMade {
            decision: Decision {
                id: DecisionId(self.decisions + 1),
                kind,
                subject,
                also: Vec::new(),
                person,
                second,
                policy: context.ruling.policy.clone(),
                rule: context.ruling.rule.clone(),
                departs: context.ruling.departs,
                receipt,
                reason: reason.to_owned(),
                advice_given: signature.advice_given.clone(),
            },
        })
    }

    /// What policy had answered about what a decision is about.
    fn receipt_about(&self, subject: &Subject) -> Option<Box<Receipt>> {
        let incident = match subject {
            Subject::Incident(incident) => *incident,
            Subject::Assignment(assignment) => self.assignments.get(assignment)?.incident,
            Subject::Call(_) | Subject::Unit(_) | Subject::Policy(_) => return None,
        };
        self.incidents.get(&incident)?.classification.as_ref()?.receipt.clone()
    }

    /// The second signature, if one was given; refused if policy demands one and it is missing, or
    /// if it is the first person's own, or somebody's who is not at work or not in a role to sign.
    pub(crate) fn second_person(
        &self,
        context: &Context<'_>,
        person: &PersonId,
        signature: &Signature,
    ) -> Result<Option<PersonId>, Refusal> {
        let Some(second) = &signature.second else {
            if context.ruling.second_person {
                return Err(Refusal::SecondPersonMissing { rule: context.ruling.rule.clone() });
            }
            return Ok(None);
        };
        if second == person {
            return Err(Refusal::SecondPersonIsFirst { person: person.clone() });
        }
        let Some(shift) = self.shifts.get(second) else {
            return Err(Refusal::NotOnShift { person: second.clone() });
        };
        if !context.ruling.second_roles.contains(&shift.role) {
            let (person, role) = (second.clone(), shift.role);
            return Err(Refusal::SecondPersonMayNot { person, role });
        }
        Ok(Some(second.clone()))
    }
}
