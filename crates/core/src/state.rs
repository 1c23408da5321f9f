//! The whole truth of one centre, and the two doors to it.

use crate::adoption::Adoptions;
use crate::open_calls::OpenCalls;
use crate::{
    Actor, Advice, Alert, AlertId, Assignment, AssignmentId, Call, CallId, Command, Deadline,
    DeadlineKind, DecisionKind, Event, Incident, IncidentId, PersonId, Refusal, Ruling, Shift,
    Signature, Subject, Timestamp, Unit, UnitId,
};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that is true now. Built by nothing but [`Core::apply`].
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Core {
    pub(crate) calls: BTreeMap<CallId, Call>,
    pub(crate) incidents: BTreeMap<IncidentId, Incident>,
    pub(crate) units: BTreeMap<UnitId, Unit>,
    pub(crate) assignments: BTreeMap<AssignmentId, Assignment>,
    pub(crate) shifts: BTreeMap<PersonId, Shift>,
    pub(crate) alerts: BTreeMap<AlertId, Alert>,
    pub(crate) adoptions: Adoptions,
    pub(crate) decisions: u64,
    pub(crate) last_alert: u64,
    /// Calls without an outcome. A subset of `calls`, kept so that shift ends and the live number
    /// do not walk a year of calls.
    pub(crate) without_outcome: BTreeSet<CallId>,
    /// Open calls, by what is looked for.
    pub(crate) open_calls: OpenCalls,
    /// Calls that somebody is speaking on, with an outcome or without. A subset of `calls`, for the
    /// same reason.
    pub(crate) up: BTreeSet<CallId>,
    /// To whom each queue offered a call last, by the queue's name.
    pub(crate) last_offered: BTreeMap<String, PersonId>,
    /// Incidents that are neither closed nor merged into another. A subset of `incidents`, for the
    /// same reason.
    pub(crate) open_incidents: BTreeSet<IncidentId>,
    // INVARIANT: `due` and `due_of` hold the same pairs.
    pub(crate) due: BTreeSet<(Timestamp, DeadlineKind)>,
    pub(crate) due_of: BTreeMap<DeadlineKind, Timestamp>,
}

/// What every `decide_*` may look at beside the state.
pub(crate) struct Context<'a> {
    pub at: Timestamp,
    pub actor: &'a Actor,
    pub ruling: &'a Ruling,
    pub advice: &'a Advice,
    pub command: &'static str,
}

impl Context<'_> {
    /// The person who orders; refused if it is none.
    pub fn person(&self) -> Result<&PersonId, Refusal> {
        self.actor.person().ok_or_else(|| Refusal::ActorMayNot { command: self.command.to_owned() })
    }
}

impl Core {
    /// What would happen. Changes nothing; same state and arguments, same answer.
    ///
    /// `ruling` says what policy demands; core checks that it is there. `advice` is recorded with
    /// the command by the caller and is never obeyed; it only tells whether a choice of units
    /// overrides a recommendation.
    #[expect(clippy::too_many_arguments, reason = "the contract: who, when, what, ruling, advice")]
    pub fn decide(
        &self,
        at: Timestamp,
        actor: &Actor,
        command: &Command,
        ruling: &Ruling,
        advice: &Advice,
    ) -> Result<Vec<Event>, Refusal> {
        let context = Context { at, actor, ruling, advice, command: command.name() };
        self.actor_may(&context, command)?;
        let mut events = self
            .decide_call(&context, command)
            .or_else(|| self.decide_line(&context, command))
            .or_else(|| self.decide_location(&context, command))
            .or_else(|| self.decide_transfer(&context, command))
            .or_else(|| self.decide_agent(&context, command))
            .or_else(|| self.decide_callback(&context, command))
            .or_else(|| self.decide_incident(&context, command))
            .or_else(|| self.decide_assignment(&context, command))
            .or_else(|| self.decide_unit(&context, command))
            .or_else(|| self.decide_shift(&context, command))
            .or_else(|| self.decide_adoption(&context, command))
            .unwrap_or_else(|| self.decide_review(&context, command))?;
        let decided = events.iter().any(|event| matches!(event, Event::DecisionMade { .. }));
        if !decided {
            events.splice(..0, self.demanded(&context, command)?);
        }
        self.settle(&context, command, &mut events);
        Ok(events)
    }

    /// INVARIANT: where the ruling demands a reason or a second person there is one, also for a
    /// command that is no decision by itself. A departure with a reason is a decision.
    fn demanded(&self, context: &Context<'_>, command: &Command) -> Result<Option<Event>, Refusal> {
        let ruling = context.ruling;
        let unsigned = Signature::default();
        let signature = command.signature().unwrap_or(&unsigned);
        match (ruling.departs, command.incident()) {
            (Some(departs), Some(incident)) if ruling.reason => {
                let (kind, subject) = (DecisionKind::of(departs), Subject::Incident(incident));
                self.decision(context, kind, subject, signature).map(Some)
            }
            _ if ruling.second_person => {
                self.second_person(context, context.person()?, signature).map(|_| None)
            }
            _ => Ok(None),
        }
    }

    /// Line, crews, the clock and the centre itself may do very little; everything else is a
    /// person's, who must be at work and whom policy must permit it.
    fn actor_may(&self, context: &Context<'_>, command: &Command) -> Result<(), Refusal> {
        let may = match (context.actor, command) {
            (
                Actor::Line,
                Command::PresentCall { .. }
                | Command::AbandonCall { .. }
                | Command::LoseLine { .. }
                | Command::AnswerFailed { .. }
                | Command::RecordWords { .. }
                | Command::LocateCall { .. }
                | Command::ReportLocationFailed { .. }
                | Command::RebidLocation { .. }
                | Command::OfferTransfer { .. }
                | Command::ReportTransfer { .. },
            ) => true,
            (
                Actor::Crew { unit },
                Command::ReportStatus { unit: of, .. } | Command::ReportPosition { unit: of, .. },
            ) => unit == of,
            (Actor::Clock, Command::PassTime {}) => true,
            (
                Actor::Center,
                Command::StartCenter { .. }
                | Command::ResumeJournal { .. }
                | Command::FoundPolicy { .. }
                | Command::CommissionUnit { .. }
                | Command::LoseLine { .. },
            ) => true,
            (
                Actor::Person { .. },
                Command::StartCenter { .. }
                | Command::ResumeJournal { .. }
                | Command::FoundPolicy { .. }
                | Command::CommissionUnit { .. }
                | Command::LoseLine { .. }
                | Command::AnswerFailed { .. }
                | Command::ReportLocationFailed { .. }
                | Command::OfferTransfer { .. }
                | Command::ReportTransfer { .. }
                | Command::PassTime {},
            ) => false,
            (Actor::Person { id }, _) => {
                let starts = matches!(command, Command::StartShift { .. });
                if !starts && !self.shifts.contains_key(id) {
                    return Err(Refusal::NotOnShift { person: id.clone() });
                }
                true
            }
            (Actor::Line | Actor::Crew { .. } | Actor::Clock | Actor::Center, _) => false,
        };
        if !may {
            return Err(Refusal::ActorMayNot { command: command.name().to_owned() });
        }
        if !context.ruling.permitted {
            return Err(Refusal::NotPermitted { rule: context.ruling.rule.clone() });
        }
        Ok(())
    }

    /// What has happened. Cannot fail, asks nothing: an event about a thing that is not there is
    /// ignored, as events come only from [`Core::decide`] on this very state.
    pub fn apply(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::CenterStarted { .. }
            | Event::JournalResumed { .. }
            | Event::CommandRefused { .. } => {}
            Event::DecisionMade { decision } => self.decisions = decision.id.0,
            Event::CallPresented { .. }
            | Event::CallSignalled { .. }
            | Event::CallQueued { .. }
            | Event::CallAnswered { .. }
            | Event::CallAbandoned { .. }
            | Event::WordsRecorded { .. }
            | Event::CallEnded { .. }
            | Event::CallAccounted { .. }
            | Event::CallerFactsRecorded { .. }
            | Event::CallDetached { .. } => self.apply_call(at, event),
            Event::CallRepeats { call, lead } => self.apply_repeats(*call, *lead),
            Event::CallEnqueued { .. } | Event::CallOffered { .. } => self.apply_queue(event),
            Event::CallLocated { .. }
            | Event::LocationFailed { .. }
            | Event::LocationRebid { .. } => self.apply_location(event),
            Event::CallHeld { .. } | Event::CallResumed { .. } => self.apply_line(at, event),
            Event::TransferOffered { .. }
            | Event::TransferStarted { .. }
            | Event::TransferAnswered { .. } => self.apply_transfer(event),
            Event::AgentStateChanged { .. } => self.apply_agent(at, event),
            Event::CallbackDue { .. }
            | Event::CallbackStarted { .. }
            | Event::CallbackReached { .. }
            | Event::CallbackNotReached { .. }
            | Event::CallbackHandedOver { .. } => self.apply_callback(at, event),
            Event::IncidentCreated { .. }
            | Event::IncidentClassified { .. }
            | Event::IncidentPending { .. }
            | Event::IncidentRelocated { .. }
            | Event::NarrativeAdded { .. }
            | Event::PriorityChanged { .. }
            | Event::IncidentHeld { .. }
            | Event::HoldReviewDue { .. }
            | Event::HoldReleased { .. }
            | Event::AlarmLevelRaised { .. }
            | Event::IncidentUnitsCleared { .. }
            | Event::IncidentClosed { .. }
            | Event::IncidentReopened { .. }
            | Event::IncidentsMerged { .. }
            | Event::IncidentUnmerged { .. } => self.apply_incident(at, event),
            Event::UnitDispatched { .. }
            | Event::MilestoneReached { .. }
            | Event::AssignmentEnded { .. } => self.apply_assignment(at, event),
            Event::UnitCommissioned { .. }
            | Event::UnitStatusChanged { .. }
            | Event::UnitStatusUndone { .. }
            | Event::UnitMoved { .. } => self.apply_unit(at, event),
            Event::ShiftStarted { .. } | Event::ShiftEnded { .. } => self.apply_shift(at, event),
            Event::PolicyAdopted { .. } | Event::PolicyTookEffect { .. } => {
                self.apply_adoption(at, event);
            }
            Event::AlertRaised { .. } | Event::AlertAcknowledged { .. } => {
                self.apply_review(at, event);
            }
        }
    }

    /// When to be woken if nothing else arrives, and why.
    pub fn next_deadline(&self) -> Option<Deadline> {
        self.due.first().map(|(at, kind)| Deadline { at: *at, kind: *kind })
    }

    pub(crate) fn set_due(&mut self, kind: DeadlineKind, at: Timestamp) {
        self.clear_due(kind);
        self.due.insert((at, kind));
        self.due_of.insert(kind, at);
    }

    pub(crate) fn clear_due(&mut self, kind: DeadlineKind) {
        if let Some(at) = self.due_of.remove(&kind) {
            self.due.remove(&(at, kind));
        }
    }

    /// A call by its number.
    pub fn call(&self, call: CallId) -> Result<&Call, Refusal> {
        self.calls.get(&call).ok_or(Refusal::NoSuchCall { call })
    }

    /// An incident by its number.
    pub fn incident(&self, incident: IncidentId) -> Result<&Incident, Refusal> {
        self.incidents.get(&incident).ok_or(Refusal::NoSuchIncident { incident })
    }

    /// A unit by its name.
    pub fn unit(&self, unit: &UnitId) -> Result<&Unit, Refusal> {
        self.units.get(unit).ok_or_else(|| Refusal::NoSuchUnit { unit: unit.clone() })
    }

    /// All calls, oldest first.
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.calls.values()
    }

    /// Calls that have no outcome yet, oldest first.
    pub fn unaccounted_calls(&self) -> impl Iterator<Item = &Call> {
        self.without_outcome.iter().filter_map(|call| self.calls.get(call))
    }

    /// All incidents, oldest first.
    pub fn incidents(&self) -> impl Iterator<Item = &Incident> {
        self.incidents.values()
    }

    /// Incidents that are neither closed nor merged into another, oldest first.
    pub fn open_incidents(&self) -> impl Iterator<Item = &Incident> {
        self.open_incidents.iter().filter_map(|incident| self.incidents.get(incident))
    }

    /// The fleet, by name.
    pub fn units(&self) -> impl Iterator<Item = &Unit> {
        self.units.values()
    }

    /// One assignment.
    pub fn assignment(&self, assignment: AssignmentId) -> Option<&Assignment> {
        self.assignments.get(&assignment)
    }

    /// The assignments of an incident, ended ones included, oldest first.
    pub fn assignments_of(&self, incident: IncidentId) -> impl Iterator<Item = &Assignment> {
        self.incidents
            .get(&incident)
            .into_iter()
            .flat_map(|incident| incident.assignments.iter())
            .filter_map(|assignment| self.assignments.get(assignment))
    }

    /// People at work.
    pub fn shifts(&self) -> impl Iterator<Item = &Shift> {
        self.shifts.values()
    }

    /// The shift of one person.
    pub fn shift(&self, person: &PersonId) -> Option<&Shift> {
        self.shifts.get(person)
    }

    /// An alert that nobody has acknowledged.
    pub fn alert_of(&self, alert: AlertId) -> Option<&Alert> {
        self.alerts.get(&alert)
    }

    /// Alerts that nobody has acknowledged, oldest first.
    pub fn alerts(&self) -> impl Iterator<Item = &Alert> {
        self.alerts.values()
    }
}
