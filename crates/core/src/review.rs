//! What falls due, and the alerts that stay until a person has taken note of them.

use crate::state::Context;
use crate::{
    AlertId, AssignmentId, CallId, Command, Core, Event, IncidentId, Refusal, Subject, Timestamp,
};
use serde::{Deserialize, Serialize};

/// What a person must take note of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// A call rings longer than the target.
    CallUnanswered,
    /// A callback was not started in time.
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
    /// A callback is to be started.
    StartCallback(CallId),
    /// Somebody is to be sent.
    DispatchIncident(IncidentId),
    /// A held incident is to be looked at.
    ReviewHold(IncidentId),
    /// A unit is to be under way.
    EnRoute(AssignmentId),
    /// A crew is to be asked whether it is safe.
    Welfare(AssignmentId),
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
const DEADLINES_PER_STEP_MAX: usize = 200;

impl DeadlineKind {
    fn alert(self) -> (AlertKind, Subject) {
        match self {
            Self::AnswerCall(call) => (AlertKind::CallUnanswered, Subject::Call(call)),
            Self::StartCallback(call) => (AlertKind::CallbackOverdue, Subject::Call(call)),
            Self::DispatchIncident(incident) => {
                (AlertKind::IncidentOverdue, Subject::Incident(incident))
            }
            Self::ReviewHold(incident) => (AlertKind::HoldReview, Subject::Incident(incident)),
            Self::EnRoute(assignment) => {
                (AlertKind::UnitNotEnroute, Subject::Assignment(assignment))
            }
            Self::Welfare(assignment) => (AlertKind::WelfareCheck, Subject::Assignment(assignment)),
        }
    }

    /// The deadline whose passing an alert reports.
    fn of(kind: AlertKind, subject: &Subject) -> Option<Self> {
        Some(match (kind, subject) {
            (AlertKind::CallUnanswered, Subject::Call(call)) => Self::AnswerCall(*call),
            (AlertKind::CallbackOverdue, Subject::Call(call)) => Self::StartCallback(*call),
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
        let due = self.due.iter().take_while(|(due, _)| *due <= at);
        for (raised, (_, due)) in (0..).zip(due.take(DEADLINES_PER_STEP_MAX)) {
            if let DeadlineKind::ReviewHold(incident) = due {
                events.push(Event::HoldReviewDue { incident: *incident });
            }
            let (kind, subject) = due.alert();
            events.push(self.alert(raised, kind, subject));
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
        // A crew that is still there is asked again.
        let again = match (alert.kind, &alert.subject) {
            (AlertKind::WelfareCheck, Subject::Assignment(assignment)) => {
                self.assignments.get(assignment).is_some_and(|running| running.ended.is_none())
            }
            _ => false,
        };
        let again_at = again.then(|| context.at.plus(context.ruling.timers.welfare_ms));
        Ok(vec![Event::AlertAcknowledged { alert: id, by, again_at }])
    }

    pub(crate) fn apply_review(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::AlertRaised { alert, kind, subject } => {
                self.last_alert = alert.0;
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
                    (again_at, DeadlineKind::of(alert.kind, &alert.subject))
                {
                    self.set_due(due, *again);
                }
            }
            _ => {}
        }
    }
}
