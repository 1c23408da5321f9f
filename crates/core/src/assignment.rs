//! An assignment: one unit's commitment to one incident, with its milestones.

use crate::state::Context;
use crate::{
    AssignmentId, Command, Core, DeadlineKind, DecisionKind, Event, Incident, IncidentId,
    PrimaryStatus, Refusal, SecondaryStatus, Signature, Stage, Subject, Timestamp, UnitId,
    UnitStatus, limits,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a crew passes on its way, in order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Milestone {
    /// Receipt confirmed.
    Acknowledged,
    /// Wheels turning.
    EnRoute,
    /// Waiting near the scene.
    Staged,
    /// At the location.
    OnScene,
    /// Hands on the person.
    AtPatient,
    /// Moving with somebody.
    Transporting,
    /// Delivered.
    AtDestination,
    /// Free of the incident.
    Clear,
}

/// Milestones that a later one implies. Staging and patient contact are not passed by every crew;
/// clearing implies nothing, since a crew that never arrived must not be made to have.
const IMPLIED: [Milestone; 4] =
    [Milestone::Acknowledged, Milestone::EnRoute, Milestone::OnScene, Milestone::Transporting];

/// When a milestone was reached, and whether anybody said so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stamp {
    /// The crew's own time.
    pub at: Timestamp,
    /// True: filled in from a later milestone.
    pub inferred: bool,
}

/// How an assignment ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssignmentEnd {
    /// The crew was there and is done.
    Cleared,
    /// Taken off before it arrived.
    Cancelled,
    /// Taken to something else before it arrived.
    Diverted,
}

/// One unit's commitment to one incident.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assignment {
    /// Its number.
    pub id: AssignmentId,
    /// The unit.
    pub unit: UnitId,
    /// The incident.
    pub incident: IncidentId,
    /// When the unit was told.
    pub dispatched_at: Timestamp,
    /// To be under way by; kept, because a status taken back makes it count again.
    pub enroute_due: Timestamp,
    /// What was reached, and when.
    pub milestones: BTreeMap<Milestone, Stamp>,
    /// How it ended; `None` while it runs.
    pub ended: Option<AssignmentEnd>,
}

impl Assignment {
    /// Whether a milestone was reached.
    pub fn reached(&self, milestone: Milestone) -> bool {
        self.milestones.contains_key(&milestone)
    }
}

impl Core {
    pub(crate) fn decide_assignment(
        &self,
        context: &Context<'_>,
        command: &Command,
    ) -> Option<Result<Vec<Event>, Refusal>> {
        Some(match command {
            Command::DispatchUnits { incident, units, signature } => {
                self.decide_dispatch_units(context, *incident, units, signature)
            }
            Command::DivertUnit { unit, incident, signature } => {
                self.decide_divert_unit(context, unit, *incident, signature)
            }
            Command::CancelAssignment { unit, signature } => {
                self.decide_cancel_assignment(context, unit, signature)
            }
            _ => return None,
        })
    }

    fn decide_dispatch_units(
        &self,
        context: &Context<'_>,
        incident: IncidentId,
        units: &[UnitId],
        signature: &Signature,
    ) -> Result<Vec<Event>, Refusal> {
        self.incident(incident)?.check_open()?;
        limits::check("units", units.len(), limits::UNITS_PER_COMMAND_MAX)?;
        let units: BTreeSet<&UnitId> = units.iter().collect();
        if units.is_empty() {
            return Err(Refusal::NoUnitsGiven { incident });
        }
        for unit in &units {
            self.check_dispatchable(unit)?;
        }
        let mut events = Vec::new();
        if overrides(context, &units) {
            let kind = DecisionKind::OverrideRecommendation;
            events.push(self.decision(context, kind, Subject::Incident(incident), signature)?);
        }
        for (unit, assignment) in units.into_iter().zip(self.next_assignment()..) {
            events.push(dispatched(context, AssignmentId(assignment), unit, incident));
        }
        Ok(events)
    }

    fn next_assignment(&self) -> u64 {
        self.assignments.last_key_value().map_or(0, |(id, _)| id.0) + 1
    }

    // INVARIANT: a unit has at most one active assignment.
    fn check_dispatchable(&self, id: &UnitId) -> Result<(), Refusal> {
        let unit = self.unit(id)?;
        if let Some(active) = self.active_of(id) {
            let incident = active.incident;
            return Err(Refusal::UnitAlreadyAssigned { unit: id.clone(), incident });
        }
        match unit.status.primary {
            PrimaryStatus::Available | PrimaryStatus::ConditionallyAvailable => Ok(()),
            PrimaryStatus::NotAvailable => {
                Err(Refusal::UnitNotAvailable { unit: id.clone(), label: unit.label.clone() })
            }
        }
    }

    fn decide_divert_unit(
        &self,
        context: &Context<'_>,
        unit: &UnitId,
        incident: IncidentId,
        signature: &Signature,
    ) -> Result<Vec<Event>, Refusal> {
        self.incident(incident)?.check_open()?;
        let active = self.not_yet_there(unit)?;
        if active.incident == incident {
            return Err(Refusal::UnitAlreadyAssigned { unit: unit.clone(), incident });
        }
        let subject = Subject::Assignment(active.id);
        let mut events = vec![self.decision(context, DecisionKind::Divert, subject, signature)?];
        events.extend(self.ended(context.at, active, AssignmentEnd::Diverted));
        events.extend(self.after_end(context.at, active));
        let next = AssignmentId(self.next_assignment());
        events.push(dispatched(context, next, unit, incident));
        Ok(events)
    }

    fn decide_cancel_assignment(
        &self,
        context: &Context<'_>,
        unit: &UnitId,
        signature: &Signature,
    ) -> Result<Vec<Event>, Refusal> {
        let active = self.not_yet_there(unit)?;
        let subject = Subject::Assignment(active.id);
        let kind = DecisionKind::CancelAssignment;
        let mut events = vec![self.decision(context, kind, subject, signature)?];
        events.extend(self.ended(context.at, active, AssignmentEnd::Cancelled));
        events.extend(self.after_end(context.at, active));
        Ok(events)
    }

    /// The unit's active assignment; refused if there is none or it has arrived.
    fn not_yet_there(&self, id: &UnitId) -> Result<&Assignment, Refusal> {
        self.unit(id)?;
        let active =
            self.active_of(id).ok_or_else(|| Refusal::UnitNotAssigned { unit: id.clone() })?;
        if active.reached(Milestone::OnScene) {
            let incident = active.incident;
            return Err(Refusal::UnitOnScene { unit: id.clone(), incident });
        }
        Ok(active)
    }

    /// The running assignments of an incident.
    pub fn active(&self, incident: IncidentId) -> impl Iterator<Item = &Assignment> {
        self.assignments_of(incident).filter(|assignment| assignment.ended.is_none())
    }

    /// The running assignment of a unit.
    pub fn active_of(&self, unit: &UnitId) -> Option<&Assignment> {
        self.assignments.get(&self.units.get(unit)?.assignment?)
    }

    pub(crate) fn ended(
        &self,
        at: Timestamp,
        assignment: &Assignment,
        end: AssignmentEnd,
    ) -> Vec<Event> {
        let mut events = Vec::new();
        if end == AssignmentEnd::Cleared && !assignment.reached(Milestone::Clear) {
            events.push(Event::MilestoneReached {
                assignment: assignment.id,
                milestone: Milestone::Clear,
                reached_at: at,
                inferred: false,
                welfare_due: None,
            });
        }
        events.push(Event::AssignmentEnded { assignment: assignment.id, end });
        events
    }

    /// What the end of one assignment means for its incident: if nobody else is on the way, it is
    /// either done (somebody was there) or waiting again, never closed.
    pub(crate) fn after_end(&self, at: Timestamp, ending: &Assignment) -> Option<Event> {
        let incident = self.incidents.get(&ending.incident)?;
        if self.active(incident.id).any(|other| other.id != ending.id) {
            return None;
        }
        // A reopened incident waits anew: who came before it was closed does not come now.
        let was_there = self
            .assignments_of(incident.id)
            .skip(incident.assignments_before)
            .any(|any| any.reached(Milestone::OnScene));
        Some(if was_there {
            Event::IncidentUnitsCleared { incident: incident.id }
        } else {
            incident.pending_again(at)
        })
    }

    pub(crate) fn apply_assignment(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::UnitDispatched { assignment, unit, incident, enroute_due } => {
                self.apply_assigned(Assignment {
                    id: *assignment,
                    unit: unit.clone(),
                    incident: *incident,
                    dispatched_at: at,
                    enroute_due: *enroute_due,
                    milestones: BTreeMap::new(),
                    ended: None,
                });
            }
            Event::MilestoneReached { .. } => self.apply_milestone_reached(event),
            Event::AssignmentEnded { assignment, end } => {
                self.apply_assignment_ended(at, *assignment, *end);
            }
            _ => {}
        }
    }

    fn apply_assigned(&mut self, assignment: Assignment) {
        let Assignment { id, incident, dispatched_at: at, enroute_due, .. } = assignment;
        let unit = assignment.unit.clone();
        self.assignments.insert(id, assignment);
        self.set_due(DeadlineKind::EnRoute(id), enroute_due);
        self.clear_due(DeadlineKind::DispatchIncident(incident));
        self.clear_due(DeadlineKind::ReviewHold(incident));
        self.with_incident(incident, |incident| {
            incident.hold = None;
            incident.review_overdue = false;
            incident.assignments.push(id);
            incident.clocks.dispatched_at = incident.clocks.dispatched_at.or(Some(at));
        });
        self.stage_by_assignments(incident);
        if let Some(unit) = self.units.get_mut(&unit) {
            unit.assignment = Some(id);
            let dispatched = SecondaryStatus::Dispatched;
            unit.told(at, UnitStatus::not_available(dispatched), "dispatched");
        }
    }

    fn apply_milestone_reached(&mut self, event: &Event) {
        let Event::MilestoneReached {
            assignment: id,
            milestone,
            reached_at,
            inferred,
            welfare_due,
        } = event
        else {
            return;
        };
        let Some(assignment) = self.assignments.get_mut(id) else { return };
        let stamp = Stamp { at: *reached_at, inferred: *inferred };
        assignment.milestones.insert(*milestone, stamp);
        let (unit, incident) = (assignment.unit.clone(), assignment.incident);
        if let Some(unit) = self.units.get_mut(&unit) {
            unit.fresh.push(*milestone);
        }
        if *milestone >= Milestone::EnRoute {
            self.clear_due(DeadlineKind::EnRoute(*id));
        }
        if let Some(due) = welfare_due {
            self.set_due(DeadlineKind::Welfare(*id), *due);
        }
        self.stage_by_assignments(incident);
        self.with_incident(incident, |incident| incident.first(*milestone, *reached_at));
    }

    fn apply_assignment_ended(&mut self, at: Timestamp, id: AssignmentId, end: AssignmentEnd) {
        self.clear_due(DeadlineKind::EnRoute(id));
        self.clear_due(DeadlineKind::Welfare(id));
        let Some(assignment) = self.assignments.get_mut(&id) else { return };
        assignment.ended = Some(end);
        let (unit, incident) = (assignment.unit.clone(), assignment.incident);
        if let Some(unit) = self.units.get_mut(&unit) {
            unit.assignment = None;
            unit.forget_last();
            if end != AssignmentEnd::Cleared {
                let cancelled = SecondaryStatus::AssignmentCancelled;
                unit.told(at, UnitStatus::available(cancelled), "cancelled");
            }
        }
        self.stage_by_assignments(incident);
    }

    /// The stage that the running assignments give; unchanged when there are none, since an event
    /// of its own says what follows then.
    pub(crate) fn stage_by_assignments(&mut self, incident: IncidentId) {
        let best = self.active(incident).map(|assignment| {
            if assignment.reached(Milestone::OnScene) {
                Stage::OnScene
            } else if assignment.reached(Milestone::EnRoute) {
                Stage::EnRoute
            } else {
                Stage::Dispatched
            }
        });
        if let Some(stage) = best.max() {
            self.with_incident(incident, |incident| incident.stage = stage);
        }
    }
}

/// Other units than the ones proposed? With nothing proposed there is nothing to override.
fn overrides(context: &Context<'_>, units: &BTreeSet<&UnitId>) -> bool {
    let Some(recommendation) = &context.advice.recommendation else { return false };
    let proposed: BTreeSet<&UnitId> = recommendation.chosen.iter().map(|unit| &unit.unit).collect();
    !proposed.is_empty() && proposed != *units
}

fn dispatched(
    context: &Context<'_>,
    assignment: AssignmentId,
    unit: &UnitId,
    incident: IncidentId,
) -> Event {
    let enroute_due = context.at.plus(context.ruling.timers.enroute_ms);
    Event::UnitDispatched { assignment, unit: unit.clone(), incident, enroute_due }
}

/// The milestones that must have been passed before `milestone` and were not reported.
pub(crate) fn missing_before(assignment: &Assignment, milestone: Milestone) -> Vec<Milestone> {
    IMPLIED
        .into_iter()
        .filter(|implied| *implied < milestone && !assignment.reached(*implied))
        .collect()
}

impl Incident {
    fn first(&mut self, milestone: Milestone, at: Timestamp) {
        let clock = match milestone {
            Milestone::Acknowledged => &mut self.clocks.acknowledged_at,
            Milestone::EnRoute => &mut self.clocks.enroute_at,
            Milestone::OnScene => &mut self.clocks.onscene_at,
            Milestone::Staged
            | Milestone::AtPatient
            | Milestone::Transporting
            | Milestone::AtDestination
            | Milestone::Clear => return,
        };
        *clock = clock.or(Some(at));
    }
}
