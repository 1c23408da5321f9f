//! What falls due, and the alerts that stay until a person has taken note of them.

use crate::state::Context;
use crate::{
    AlertId, AssignmentId, CallId, CallState, Command, Core, Event, IncidentId, Milestone, Refusal,
    Stage, Subject, Timestamp,
};
use serde::{Deserialize, Serialize};

/// What a person must take note of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// A call rings longer than the target.
    CallUnanswered,
    /// Nobody said in time what an incident is.
    IncidentUnclassified,
    /// A callback was not started in time, or nobody said how it went.
    CallbackOverdue,
    /// Nobody was sent in the time that policy gives.
    IncidentOverdue,
    /// A hold's review time has come.
    HoldReview,
    /// A unit was told and is not under way.
    UnitNotEnroute,
    /// Is the crew safe?
    WelfareCheck,
    /// A call-taker ended a call within seconds.
    ShortCall,
    /// What a person gave as the place is far from what was delivered.
    LocationsApart,
    /// The line broke while a caller was being spoken with.
    LineLost,
    /// A caller was to be transferred, was not, and is not on the line any more.
    TransferFailed,
}

/// An alert nobody has acknowledged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Alert {
    /// Its number.
    pub id: AlertId,
    /// What it says.
    pub kind: AlertKind,
    /// About what.
    pub subject: Subject,
    /// Since when.
    pub raised_at: Timestamp,
}

/// What may fall due.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum DeadlineKind {
    /// A call is to be answered.
    AnswerCall(CallId),
    /// A callback is to be started; once it is, somebody is to say how it went.
    StartCallback(CallId),
    /// Somebody is to say what an incident is.
    ClassifyIncident(IncidentId),
    /// Somebody is to be sent.
    DispatchIncident(IncidentId),
    /// A held incident is to be looked at.
    ReviewHold(IncidentId),
    /// A unit is to be under way.
    EnRoute(AssignmentId),
    /// A crew is to be asked whether it is safe.
    Welfare(AssignmentId),
    /// An offer of a call has run out. The alert that may follow comes with the next offer.
    Offer(CallId),
    /// The wrap-up after a call is over. Nobody is alerted.
    EndWrapUp(CallId),
    /// An adopted policy takes effect. Nobody is alerted: it was decided before.
    PolicyTakesEffect,
}

/// When to wake, and why.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Deadline {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub kind: DeadlineKind,
}

/// Most deadlines handled in one passing of time; the rest follow in the next.
pub(crate) const DEADLINES_PER_STEP_MAX: usize = 200;

impl DeadlineKind {
    fn alert(self) -> Option<(AlertKind, Subject)> {
        Some(match self {
            Self::AnswerCall(call) => (AlertKind::CallUnanswered, Subject::Call(call)),
            Self::StartCallback(call) => (AlertKind::CallbackOverdue, Subject::Call(call)),
            Self::ClassifyIncident(incident) => {
                (AlertKind::IncidentUnclassified, Subject::Incident(incident))
            }
            Self::DispatchIncident(incident) => {
                (AlertKind::IncidentOverdue, Subject::Incident(incident))
            }
            Self::ReviewHold(incident) => (AlertKind::HoldReview, Subject::Incident(incident)),
            Self::EnRoute(assignment) => {
                (AlertKind::UnitNotEnroute, Subject::Assignment(assignment))
            }
            Self::Welfare(assignment) => (AlertKind::WelfareCheck, Subject::Assignment(assignment)),
            Self::Offer(_) | Self::EndWrapUp(_) | Self::PolicyTakesEffect => return None,
        })
    }

    /// The deadline by which a person is told again. A hold that was reviewed is over: what goes on
    /// is an incident to which nobody was sent.
    fn again(kind: AlertKind, subject: &Subject) -> Option<Self> {
        match Self::of(kind, subject)? {
            Self::ReviewHold(incident) => Some(Self::DispatchIncident(incident)),
            other => Some(other),
        }
    }

    /// The deadline whose passing an alert reports.
    fn of(kind: AlertKind, subject: &Subject) -> Option<Self> {
        Some(match (kind, subject) {
            (AlertKind::CallUnanswered, Subject::Call(call)) => Self::AnswerCall(*call),
            (AlertKind::CallbackOverdue, Subject::Call(call)) => Self::StartCallback(*call),
            (AlertKind::IncidentUnclassified, Subject::Incident(incident)) => {
                Self::ClassifyIncident(*incident)
            }
            (AlertKind::IncidentOverdue, Subject::Incident(incident)) => {
                Self::DispatchIncident(*incident)
            }
            (AlertKind::HoldReview, Subject::Incident(incident)) => Self::ReviewHold(*incident),
            (AlertKind::UnitNotEnroute, Subject::Assignment(assignment)) => {
                Self::EnRoute(*assignment)
            }
            (AlertKind::WelfareCheck, Subject::Assignment(assignment)) => {
                Self::Welfare(*assignment)
            }
            _ => return None,
        })
    }
}

impl Core {
    pub(crate) fn decide_review(
        &self,
        context: &Context<'_>,
        command: &Command,
    ) -> Result<Vec<Event>, Refusal> {
        match command {
            Command::PassTime {} => Ok(self.decide_pass_time(context.at)),
            Command::AcknowledgeAlert { alert } => self.decide_acknowledge_alert(context, *alert),
            _ => Err(Refusal::ActorMayNot { command: context.command.to_owned() }),
        }
    }

    fn decide_pass_time(&self, at: Timestamp) -> Vec<Event> {
        let mut events = Vec::new();
        let mut raised = 0;
        let due = self.due.iter().take_while(|(due, _)| *due <= at);
        for (_, due) in due.take(DEADLINES_PER_STEP_MAX) {
            match due {
                DeadlineKind::ReviewHold(incident) => {
                    events.push(Event::HoldReviewDue { incident: *incident });
                }
                DeadlineKind::PolicyTakesEffect => events.extend(self.policy_due()),
                DeadlineKind::EndWrapUp(call) => events.extend(self.wrap_up_over(*call)),
                _ => {}
            }
            if let Some((kind, subject)) = due.alert() {
                events.push(self.alert(raised, kind, subject));
                raised += 1;
            }
        }
        events
    }

    /// The next alert but `before`.
    pub(crate) fn alert(&self, before: u64, kind: AlertKind, subject: Subject) -> Event {
        Event::AlertRaised { alert: AlertId(self.last_alert + 1 + before), kind, subject }
    }

    fn decide_acknowledge_alert(
        &self,
        context: &Context<'_>,
        id: AlertId,
    ) -> Result<Vec<Event>, Refusal> {
        let by = context.person()?.clone();
        let Some(alert) = self.alerts.get(&id) else {
            return Err(if (1..=self.last_alert).contains(&id.0) {
                Refusal::AlertAlreadyAcknowledged { alert: id }
            } else {
                Refusal::NoSuchAlert { alert: id }
            });
        };
        let again_at = self.still_waits_ms(context, alert).map(|wait| context.at.plus(wait));
        Ok(vec![Event::AlertAcknowledged { alert: id, by, again_at }])
    }

    /// Taking note ends the alert, not what it is about: while that goes on, a person is told again
    /// after this many milliseconds. `None`: it is over, or has another alert of its own.
    fn still_waits_ms(&self, context: &Context<'_>, alert: &Alert) -> Option<u64> {
        let timers = &context.ruling.timers;
        match DeadlineKind::again(alert.kind, &alert.subject)? {
            again if self.due_of.contains_key(&again) => None,
            DeadlineKind::AnswerCall(call) => {
                self.calls.get(&call)?.rings().then_some(timers.answer_ms)
            }
            DeadlineKind::StartCallback(call) => {
                let call = self.calls.get(&call)?;
                let waits = call.state == CallState::Abandoned && self.owes_callback(call);
                waits.then_some(timers.callback_ms)
            }
            DeadlineKind::ClassifyIncident(incident) => {
                let incident = self.incidents.get(&incident)?;
                let waits = incident.classification.is_none() && incident.check_open().is_ok();
                waits.then_some(timers.classify_ms)
            }
            DeadlineKind::DispatchIncident(incident) => {
                let incident = self.incidents.get(&incident)?;
                let waits = incident.stage == Stage::Pending && incident.merged_into.is_none();
                let known = incident.classification.as_ref();
                waits.then(|| known.map_or(timers.callback_ms, |known| known.pending_ms_max))
            }
            DeadlineKind::EnRoute(assignment) => {
                let assignment = self.assignments.get(&assignment)?;
                let waits = assignment.ended.is_none() && !assignment.reached(Milestone::EnRoute);
                waits.then_some(timers.enroute_ms)
            }
            DeadlineKind::Welfare(assignment) => {
                let assignment = self.assignments.get(&assignment)?;
                let there = assignment.ended.is_none() && assignment.reached(Milestone::OnScene);
                there.then_some(timers.welfare_ms)
            }
            DeadlineKind::ReviewHold(_)
            | DeadlineKind::Offer(_)
            | DeadlineKind::EndWrapUp(_)
            | DeadlineKind::PolicyTakesEffect => None,
        }
    }

    pub(crate) fn apply_review(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::AlertRaised { alert, kind, subject } => {
                self.last_alert = alert.0;
                if let (AlertKind::LocationsApart, Subject::Call(call)) = (kind, subject) {
                    self.with_call(*call, |call| call.apart_told = true);
                }
                if let Some(due) = DeadlineKind::of(*kind, subject) {
                    self.clear_due(due);
                }
                self.alerts.insert(
                    *alert,
                    Alert { id: *alert, kind: *kind, subject: subject.clone(), raised_at: at },
                );
            }
            Event::AlertAcknowledged { alert, again_at, .. } => {
                let Some(alert) = self.alerts.remove(alert) else { return };
                if let (Some(again), Some(due)) =
                    (again_at, DeadlineKind::again(alert.kind, &alert.subject))
                {
                    self.set_due(due, *again);
                }
            }
            _ => {}
        }
    }
}
