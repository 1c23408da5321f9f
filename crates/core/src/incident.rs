//! An incident: what happened, as far as known. Many calls may report one.

use crate::state::Context;
use crate::{
    Accommodation, Answer, AssignmentEnd, AssignmentId, CallId, Command, Core, DeadlineKind,
    DecisionKind, Disposition, Event, IncidentId, Location, Milestone, NoDispatchCode, Outcome,
    Receipt, Refusal, Signature, Subject, Timestamp, limits,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is awaited of an incident.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Opened, no type yet.
    Created,
    /// Known, nobody sent.
    Pending,
    /// Waiting by decision, with a review time.
    Held,
    /// Units told.
    Dispatched,
    /// Wheels turning.
    EnRoute,
    /// Somebody there.
    OnScene,
    /// All units clear; a person closes.
    UnitsCleared,
    /// Ended by a person.
    Closed,
}

/// What it is and how urgent, as ruled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Classification {
    /// The type's code.
    pub incident_type: String,
    /// Urgency now, 1 highest.
    pub priority: u8,
    /// The first urgency ruled; figures count by this and the highest, not by the last.
    pub priority_initial: u8,
    /// The highest urgency it ever had (the smallest number).
    pub priority_highest: u8,
    /// Name of the run card.
    pub run_card: String,
    /// Longest time pending before a person is told, milliseconds.
    pub pending_ms_max: u64,
    /// Longest hold, milliseconds.
    pub hold_ms_max: u64,
    /// What policy gave it with its latest type, whatever people have changed since.
    pub answer: Answer,
    /// What was known of the emergency then, by attribute.
    pub facts: BTreeMap<String, String>,
    /// Why policy answered so.
    pub receipt: Option<Box<Receipt>>,
    /// What is added for a person in need.
    pub accommodations: Vec<Accommodation>,
}

/// A wait ordered by a person.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hold {
    // INVARIANT: a held incident has a review time; no hold is for ever.
    /// When it comes back.
    pub review_at: Timestamp,
}

/// First times of an incident.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[expect(missing_docs, reason = "each is the first time of what its name says")]
pub struct IncidentClocks {
    pub classified_at: Option<Timestamp>,
    pub dispatched_at: Option<Timestamp>,
    pub acknowledged_at: Option<Timestamp>,
    pub enroute_at: Option<Timestamp>,
    pub onscene_at: Option<Timestamp>,
    pub units_cleared_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
}

/// One happening.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Incident {
    /// Its number.
    pub id: IncidentId,
    /// What is awaited.
    pub stage: Stage,
    /// When it was opened.
    pub created_at: Timestamp,
    /// Where.
    pub location: Location,
    /// What it is; `None` until a person says.
    pub classification: Option<Classification>,
    /// The wait ordered, while held.
    pub hold: Option<Hold>,
    /// The hold's review time has passed and nobody has dealt with it yet: it stands on top.
    pub review_overdue: bool,
    /// The incident that stands for this one.
    pub merged_into: Option<IncidentId>,
    /// Incidents that this one stands for.
    pub absorbed: Vec<IncidentId>,
    /// Escalation, from 1.
    pub alarm_level: u8,
    /// Calls accounted to it, in order.
    pub calls: Vec<CallId>,
    /// Every unit's commitment, ended ones included.
    pub assignments: Vec<AssignmentId>,
    /// How many of these are from before it was last reopened. Who came then does not count as
    /// having come now.
    pub(crate) assignments_before: usize,
    /// First times.
    pub clocks: IncidentClocks,
    /// How it ended.
    pub disposition: Option<Disposition>,
}

impl Incident {
    /// Refused if it is closed or another stands for it.
    pub(crate) fn check_open(&self) -> Result<(), Refusal> {
        if let Some(into) = self.merged_into {
            return Err(Refusal::IncidentMerged { incident: self.id, into });
        }
        if self.stage == Stage::Closed {
            return Err(Refusal::IncidentNotOpen { incident: self.id, stage: self.stage });
        }
        Ok(())
    }

    /// Its classification; refused without one.
    pub(crate) fn classified(&self) -> Result<&Classification, Refusal> {
        self.classification.as_ref().ok_or(Refusal::IncidentNotClassified { incident: self.id })
    }
}

impl Core {
    pub(crate) fn decide_incident(
        &self,
        context: &Context<'_>,
        command: &Command,
    ) -> Option<Result<Vec<Event>, Refusal>> {
        Some(match command {
            Command::CreateIncident { call, location } => {
                self.decide_create_incident(context, *call, location)
            }
            Command::ClassifyIncident { .. } => self.decide_classify_incident(context, command),
            Command::RelocateIncident { incident, location } => {
                self.decide_relocate_incident(*incident, location)
            }
            Command::AddNarrative { incident, text } => self
                .incident(*incident)
                .map(|_| vec![Event::NarrativeAdded { incident: *incident, text: *text }]),
            Command::ChangePriority { incident, priority, signature } => {
                self.decide_change_priority(context, *incident, *priority, signature)
            }
            Command::HoldIncident { incident, review_at, signature } => {
                self.decide_hold_incident(context, *incident, *review_at, signature)
            }
            Command::ReleaseHold { incident } => self.decide_release_hold(context, *incident),
            Command::RaiseAlarmLevel { incident } => self.decide_raise_alarm_level(*incident),
            Command::CancelIncident { incident, signature } => {
                self.decide_cancel_incident(context, *incident, signature)
            }
            Command::DeclineIncident { incident, code, signature } => {
                self.decide_decline_incident(context, *incident, *code, signature)
            }
            Command::CloseIncident { incident, disposition } => {
                self.decide_close_incident(*incident, *disposition)
            }
            Command::ReopenIncident { incident } => self.decide_reopen_incident(context, *incident),
            Command::MergeIncidents { from, into, signature } => {
                self.decide_merge_incidents(context, *from, *into, signature)
            }
            Command::UnmergeIncident { incident } => {
                self.decide_unmerge_incident(context, *incident)
            }
            _ => return None,
        })
    }

    fn decide_create_incident(
        &self,
        context: &Context<'_>,
        call: Option<CallId>,
        location: &Location,
    ) -> Result<Vec<Event>, Refusal> {
        limits::check("zones", location.zones.len(), limits::ZONES_MAX)?;
        let incident = IncidentId(self.incidents.last_key_value().map_or(0, |(id, _)| id.0) + 1);
        let classify_due = context.at.plus(context.ruling.timers.classify_ms);
        let location = location.clone();
        let mut events = vec![Event::IncidentCreated { incident, call, location, classify_due }];
        if let Some(call) = call {
            let call = self.may_be_accounted(call)?;
            events.extend(self.accounted(call, Outcome::NewIncident { incident }));
            events.extend(self.apart(context, call.id));
        }
        Ok(events)
    }

    fn decide_classify_incident(
        &self,
        context: &Context<'_>,
        command: &Command,
    ) -> Result<Vec<Event>, Refusal> {
        let Command::ClassifyIncident { incident: id, incident_type, facts, signature } = command
        else {
            return Err(Refusal::ActorMayNot { command: context.command.to_owned() });
        };
        let incident = self.incident(*id)?;
        incident.check_open()?;
        check_facts(incident_type, facts)?;
        let ruling = context.ruling;
        let answer = ruling
            .answer
            .as_ref()
            .ok_or_else(|| Refusal::TypeUnknown { incident_type: incident_type.clone() })?;
        if let Some(unknown) = &ruling.fact_unknown {
            let (given, accepted) = (unknown.given.clone(), unknown.accepted.clone());
            return Err(Refusal::FactNotAccepted { given, accepted });
        }
        check_priority(answer.priority)?;
        let mut events = Vec::new();
        if let Some(before) = &incident.classification {
            let subject = Subject::Incident(*id);
            if answer.priority > before.priority || answer.response > before.answer.response {
                let kind = DecisionKind::LowerPriority;
                events.push(self.decision(context, kind, subject, signature)?);
            } else if ruling.second_person {
                events.push(self.decision(context, DecisionKind::Retype, subject, signature)?);
            }
        }
        events.push(classified(*id, context, answer, facts));
        if incident.stage == Stage::Created {
            let due = context.at.plus(answer.pending_ms_max);
            events.push(Event::IncidentPending { incident: *id, due });
        }
        events.extend(self.hurried(context.at, incident, answer));
        Ok(events)
    }

    /// What follows if an incident that waits becomes more urgent: a hold ends, since it was
    /// ordered for something less urgent, and the time limit is the shorter one. Less urgency
    /// follows nothing: whoever lowered it may wait for the alert that stands.
    fn hurried(&self, at: Timestamp, incident: &Incident, answer: &Answer) -> Vec<Event> {
        let Some(before) = &incident.classification else { return Vec::new() };
        let more_urgent = answer.priority < before.priority;
        let due = at.plus(answer.pending_ms_max);
        let pending = Event::IncidentPending { incident: incident.id, due };
        let review_at = incident.hold.map(|hold| hold.review_at);
        match incident.stage {
            Stage::Held if more_urgent || review_at > Some(at.plus(answer.hold_ms_max)) => {
                vec![Event::HoldReleased { incident: incident.id }, pending]
            }
            Stage::Pending
                if more_urgent && self.dispatch_due(incident.id).is_none_or(|now| now > due) =>
            {
                vec![pending]
            }
            Stage::Created
            | Stage::Pending
            | Stage::Held
            | Stage::Dispatched
            | Stage::EnRoute
            | Stage::OnScene
            | Stage::UnitsCleared
            | Stage::Closed => Vec::new(),
        }
    }

    fn dispatch_due(&self, incident: IncidentId) -> Option<Timestamp> {
        self.due_of.get(&DeadlineKind::DispatchIncident(incident)).copied()
    }

    fn decide_relocate_incident(
        &self,
        id: IncidentId,
        location: &Location,
    ) -> Result<Vec<Event>, Refusal> {
        self.incident(id)?.check_open()?;
        limits::check("zones", location.zones.len(), limits::ZONES_MAX)?;
        Ok(vec![Event::IncidentRelocated { incident: id, location: location.clone() }])
    }

    /// Raising is anyone's whom policy permits; lowering is a decision (New Orleans, 2019-2022:
    /// a third and more of calls lowered, and four hours' wait instead of half an hour).
    fn decide_change_priority(
        &self,
        context: &Context<'_>,
        id: IncidentId,
        priority: u8,
        signature: &Signature,
    ) -> Result<Vec<Event>, Refusal> {
        let incident = self.incident(id)?;
        incident.check_open()?;
        let known = incident.classified()?;
        let before = known.priority;
        check_priority(priority)?;
        if priority == before {
            return Err(Refusal::PriorityUnchanged { incident: id, priority });
        }
        let mut events = Vec::new();
        if priority > before {
            let kind = DecisionKind::LowerPriority;
            events.push(self.decision(context, kind, Subject::Incident(id), signature)?);
        }
        let answer = context.ruling.answer.as_ref().filter(|answer| answer.priority == priority);
        events.push(Event::PriorityChanged {
            incident: id,
            from: before,
            to: priority,
            pending_ms_max: answer.map(|answer| answer.pending_ms_max),
            hold_ms_max: answer.map(|answer| answer.hold_ms_max),
        });
        let times = answer.cloned().unwrap_or_else(|| known.answer_at(priority));
        events.extend(self.hurried(context.at, incident, &times));
        Ok(events)
    }

    fn decide_hold_incident(
        &self,
        context: &Context<'_>,
        id: IncidentId,
        review_at: Timestamp,
        signature: &Signature,
    ) -> Result<Vec<Event>, Refusal> {
        let incident = self.waiting(id)?;
        let hold_ms_max = incident.classified()?.hold_ms_max;
        let earliest = context.at.plus(limits::HOLD_MS_MIN);
        let latest = context.at.plus(hold_ms_max);
        if review_at < earliest || review_at > latest {
            return Err(Refusal::ReviewTimeInvalid { earliest, latest });
        }
        let kind = DecisionKind::Hold;
        let decided = self.decision(context, kind, Subject::Incident(id), signature)?;
        Ok(vec![decided, Event::IncidentHeld { incident: id, review_at }])
    }

    /// An open incident to which nobody has been sent.
    fn waiting(&self, id: IncidentId) -> Result<&Incident, Refusal> {
        let incident = self.incident(id)?;
        incident.check_open()?;
        match incident.stage {
            Stage::Created | Stage::Pending | Stage::Held => Ok(incident),
            stage => Err(Refusal::IncidentAlreadyUnderway { incident: id, stage }),
        }
    }

    fn decide_release_hold(
        &self,
        context: &Context<'_>,
        id: IncidentId,
    ) -> Result<Vec<Event>, Refusal> {
        let incident = self.incident(id)?;
        incident.check_open()?;
        if incident.stage != Stage::Held {
            return Err(Refusal::IncidentNotHeld { incident: id });
        }
        Ok(vec![Event::HoldReleased { incident: id }, incident.pending_again(context.at)])
    }

    fn decide_raise_alarm_level(&self, id: IncidentId) -> Result<Vec<Event>, Refusal> {
        let incident = self.incident(id)?;
        incident.check_open()?;
        incident.classified()?;
        let level = incident.alarm_level.saturating_add(1);
        limits::check("alarm_level", usize::from(level), usize::from(limits::ALARM_LEVEL_MAX))?;
        Ok(vec![Event::AlarmLevelRaised { incident: id, level }])
    }

    /// Calls the whole response off. Whoever is on scene already clears, and is not called off.
    fn decide_cancel_incident(
        &self,
        context: &Context<'_>,
        id: IncidentId,
        signature: &Signature,
    ) -> Result<Vec<Event>, Refusal> {
        self.incident(id)?.check_open()?;
        self.check_no_units(self.stands_for(id).into_iter().filter(|of| *of != id))?;
        let kind = DecisionKind::CancelIncident;
        let mut events = vec![self.decision(context, kind, Subject::Incident(id), signature)?];
        for assignment in self.active(id) {
            if assignment.reached(Milestone::OnScene) {
                let unit = assignment.unit.clone();
                return Err(Refusal::UnitOnScene { unit, incident: assignment.incident });
            }
            events.extend(self.ended(context.at, assignment, AssignmentEnd::Cancelled));
        }
        let disposition = Disposition::Cancelled;
        events.push(Event::IncidentClosed { incident: id, disposition });
        Ok(events)
    }

    fn decide_decline_incident(
        &self,
        context: &Context<'_>,
        id: IncidentId,
        code: NoDispatchCode,
        signature: &Signature,
    ) -> Result<Vec<Event>, Refusal> {
        self.waiting(id)?;
        self.check_no_units(self.stands_for(id))?;
        let kind = DecisionKind::NoDispatch;
        let decided = self.decision(context, kind, Subject::Incident(id), signature)?;
        let disposition = Disposition::NoDispatch(code);
        Ok(vec![decided, Event::IncidentClosed { incident: id, disposition }])
    }

    fn decide_close_incident(
        &self,
        id: IncidentId,
        disposition: Disposition,
    ) -> Result<Vec<Event>, Refusal> {
        let incident = self.incident(id)?;
        incident.check_open()?;
        self.check_no_units(self.stands_for(id))?;
        // INVARIANT: an incident to which nobody came is closed by a decision and nothing else.
        let needs_decision =
            matches!(disposition, Disposition::NoDispatch(_) | Disposition::Cancelled);
        if incident.stage != Stage::UnitsCleared || needs_decision {
            return Err(Refusal::PendingNeedsDecision { incident: id });
        }
        Ok(vec![Event::IncidentClosed { incident: id, disposition }])
    }

    /// The incident and all that were merged into it, and into those.
    pub fn stands_for(&self, id: IncidentId) -> Vec<IncidentId> {
        let mut all = vec![id];
        let mut next = 0;
        while let Some(one) = all.get(next).and_then(|id| self.incidents.get(id)) {
            all.extend(&one.absorbed);
            next += 1;
        }
        all
    }

    fn check_no_units(&self, of: impl IntoIterator<Item = IncidentId>) -> Result<(), Refusal> {
        for incident in of {
            if let Some(assignment) = self.active(incident).next() {
                let unit = assignment.unit.clone();
                return Err(Refusal::UnitsStillAssigned { incident, unit });
            }
        }
        Ok(())
    }

    fn decide_reopen_incident(
        &self,
        context: &Context<'_>,
        id: IncidentId,
    ) -> Result<Vec<Event>, Refusal> {
        let incident = self.incident(id)?;
        if let Some(into) = incident.merged_into {
            return Err(Refusal::IncidentMerged { incident: id, into });
        }
        if incident.stage != Stage::Closed {
            return Err(Refusal::IncidentNotClosed { incident: id });
        }
        Ok(vec![Event::IncidentReopened { incident: id }, incident.pending_again(context.at)])
    }

    fn decide_merge_incidents(
        &self,
        context: &Context<'_>,
        from: IncidentId,
        into: IncidentId,
        signature: &Signature,
    ) -> Result<Vec<Event>, Refusal> {
        if from == into {
            return Err(Refusal::MergeIntoItself { incident: from });
        }
        let (going, staying) = (self.incident(from)?, self.incident(into)?);
        going.check_open()?;
        staying.check_open()?;
        // INVARIANT: a merge makes nothing less urgent; else it were a way around the decision to
        // lower a priority, and a hold a way to wait for what may not be held.
        let urgency = |of: &Incident| of.classification.as_ref().map(|known| known.priority);
        let lowers = match (urgency(going), urgency(staying)) {
            (Some(_), None) => true,
            (Some(going), Some(staying)) => going < staying,
            (None, _) => false,
        };
        if lowers {
            return Err(Refusal::MergeLowersPriority { from, into });
        }
        let kind = DecisionKind::Merge;
        let decided = self.decision(context, kind, Subject::Incident(from), signature)?;
        Ok(vec![decided, Event::IncidentsMerged { from, into }])
    }

    fn decide_unmerge_incident(
        &self,
        context: &Context<'_>,
        id: IncidentId,
    ) -> Result<Vec<Event>, Refusal> {
        let from =
            self.incident(id)?.merged_into.ok_or(Refusal::IncidentNotMerged { incident: id })?;
        let incident = self.incident(id)?;
        let waits = incident.classification.is_none() && incident.stage != Stage::Closed;
        let classify_due = waits.then(|| context.at.plus(context.ruling.timers.classify_ms));
        let mut events = vec![Event::IncidentUnmerged { incident: id, from, classify_due }];
        if incident.stage == Stage::Pending {
            events.push(incident.pending_again(context.at));
        }
        Ok(events)
    }

    pub(crate) fn apply_incident(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::IncidentCreated { incident, location, classify_due, .. } => {
                self.open_incidents.insert(*incident);
                self.set_due(DeadlineKind::ClassifyIncident(*incident), *classify_due);
                self.incidents.insert(*incident, Incident::new(*incident, at, location.clone()));
            }
            Event::IncidentClassified { incident, .. } => {
                self.clear_due(DeadlineKind::ClassifyIncident(*incident));
                self.with_incident(*incident, |incident| incident.classify(at, event));
            }
            Event::IncidentPending { incident, due } => {
                // For a merged one the other is watched; unmerging gives it a time limit again.
                if self.incidents.get(incident).is_some_and(|of| of.merged_into.is_none()) {
                    self.set_due(DeadlineKind::DispatchIncident(*incident), *due);
                }
                self.with_incident(*incident, |incident| incident.stage = Stage::Pending);
            }
            Event::IncidentRelocated { incident, location } => {
                self.with_incident(*incident, |incident| incident.location = location.clone());
            }
            Event::PriorityChanged { incident, to, pending_ms_max, hold_ms_max, .. } => {
                self.with_incident(*incident, |incident| {
                    incident.reprioritise(*to, *pending_ms_max, *hold_ms_max);
                });
            }
            Event::AlarmLevelRaised { incident, level } => {
                self.with_incident(*incident, |incident| incident.alarm_level = *level);
            }
            Event::IncidentUnitsCleared { incident } => {
                self.with_incident(*incident, |incident| {
                    incident.stage = Stage::UnitsCleared;
                    incident.clocks.units_cleared_at = Some(at);
                });
            }
            Event::IncidentReopened { incident } => {
                self.open_incidents.insert(*incident);
                self.with_incident(*incident, |incident| {
                    incident.disposition = None;
                    incident.clocks.closed_at = None;
                    incident.assignments_before = incident.assignments.len();
                });
            }
            Event::IncidentsMerged { from, into } => {
                self.open_incidents.remove(from);
                self.clear_due(DeadlineKind::DispatchIncident(*from));
                self.clear_due(DeadlineKind::ClassifyIncident(*from));
                self.with_incident(*from, |incident| incident.merged_into = Some(*into));
                self.with_incident(*into, |incident| incident.absorbed.push(*from));
            }
            Event::IncidentUnmerged { incident, from, classify_due } => {
                self.with_incident(*from, |other| other.absorbed.retain(|id| id != incident));
                self.with_incident(*incident, |incident| incident.merged_into = None);
                if self.incidents.get(incident).is_some_and(|of| of.stage != Stage::Closed) {
                    self.open_incidents.insert(*incident);
                }
                if let Some(due) = classify_due {
                    self.set_due(DeadlineKind::ClassifyIncident(*incident), *due);
                }
            }
            Event::IncidentHeld { .. }
            | Event::HoldReviewDue { .. }
            | Event::HoldReleased { .. }
            | Event::IncidentClosed { .. } => self.apply_incident_rest(at, event),
            _ => {}
        }
    }

    fn apply_incident_rest(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::IncidentHeld { incident, review_at } => {
                self.clear_due(DeadlineKind::DispatchIncident(*incident));
                self.set_due(DeadlineKind::ReviewHold(*incident), *review_at);
                self.with_incident(*incident, |incident| {
                    incident.stage = Stage::Held;
                    incident.review_overdue = false;
                    incident.hold = Some(Hold { review_at: *review_at });
                });
            }
            Event::HoldReviewDue { incident } => {
                self.clear_due(DeadlineKind::ReviewHold(*incident));
                self.with_incident(*incident, |incident| {
                    incident.stage = if incident.classification.is_some() {
                        Stage::Pending
                    } else {
                        Stage::Created
                    };
                    incident.hold = None;
                    incident.review_overdue = true;
                });
            }
            Event::HoldReleased { incident } => {
                self.clear_due(DeadlineKind::ReviewHold(*incident));
                self.with_incident(*incident, |incident| incident.hold = None);
            }
            Event::IncidentClosed { incident, disposition } => {
                self.open_incidents.remove(incident);
                self.clear_due(DeadlineKind::ClassifyIncident(*incident));
                self.clear_due(DeadlineKind::DispatchIncident(*incident));
                self.clear_due(DeadlineKind::ReviewHold(*incident));
                self.with_incident(*incident, |incident| {
                    incident.stage = Stage::Closed;
                    incident.hold = None;
                    incident.review_overdue = false;
                    incident.disposition = Some(*disposition);
                    incident.clocks.closed_at = Some(at);
                });
            }
            _ => {}
        }
    }

    pub(crate) fn with_incident(&mut self, id: IncidentId, change: impl FnOnce(&mut Incident)) {
        if let Some(incident) = self.incidents.get_mut(&id) {
            change(incident);
        }
    }
}

fn check_priority(given: u8) -> Result<(), Refusal> {
    if (1..=limits::PRIORITY_MAX).contains(&given) {
        return Ok(());
    }
    Err(Refusal::PriorityOutOfRange { given, lowest: limits::PRIORITY_MAX })
}

fn check_facts(incident_type: &str, facts: &BTreeMap<String, String>) -> Result<(), Refusal> {
    limits::check_text("incident_type", incident_type)?;
    limits::check("facts", facts.len(), limits::FACTS_MAX)?;
    for (name, value) in facts {
        limits::check_text("fact", name)?;
        limits::check_text("fact", value)?;
    }
    Ok(())
}

fn classified(
    incident: IncidentId,
    context: &Context<'_>,
    answer: &Answer,
    facts: &BTreeMap<String, String>,
) -> Event {
    Event::IncidentClassified {
        incident,
        incident_type: answer.incident_type.clone(),
        facts: facts.clone(),
        response: answer.response,
        priority: answer.priority,
        run_card: answer.run_card.clone(),
        alarm_level: answer.alarm_level,
        rule: context.ruling.rule.clone(),
        pending_ms_max: answer.pending_ms_max,
        hold_ms_max: answer.hold_ms_max,
        accommodations: context.ruling.accommodations.clone(),
        receipt: context.ruling.receipt.clone(),
    }
}

impl Incident {
    fn new(id: IncidentId, at: Timestamp, location: Location) -> Self {
        Self {
            id,
            stage: Stage::Created,
            created_at: at,
            location,
            classification: None,
            hold: None,
            review_overdue: false,
            merged_into: None,
            absorbed: Vec::new(),
            alarm_level: 1,
            calls: Vec::new(),
            assignments: Vec::new(),
            assignments_before: 0,
            clocks: IncidentClocks::default(),
            disposition: None,
        }
    }

    /// Back among the pending, with a new time limit.
    pub(crate) fn pending_again(&self, at: Timestamp) -> Event {
        let wait = self.classification.as_ref().map_or(0, |known| known.pending_ms_max);
        Event::IncidentPending { incident: self.id, due: at.plus(wait) }
    }

    fn classify(&mut self, at: Timestamp, event: &Event) {
        let Event::IncidentClassified { facts, accommodations, receipt, .. } = event else {
            return;
        };
        let Some(answer) = answer_of(event) else { return };
        let priority = answer.priority;
        let before = self.classification.take();
        let initial = before.as_ref().map_or(priority, |known| known.priority_initial);
        let highest = before.as_ref().map_or(priority, |known| known.priority_highest);
        self.alarm_level = self.alarm_level.max(answer.alarm_level);
        self.clocks.classified_at = self.clocks.classified_at.or(Some(at));
        self.classification = Some(Classification {
            incident_type: answer.incident_type.clone(),
            priority,
            priority_initial: initial,
            priority_highest: highest.min(priority),
            run_card: answer.run_card.clone(),
            pending_ms_max: answer.pending_ms_max,
            hold_ms_max: answer.hold_ms_max,
            answer,
            facts: facts.clone(),
            receipt: receipt.clone(),
            accommodations: accommodations.clone(),
        });
    }

    fn reprioritise(&mut self, priority: u8, pending_ms_max: Option<u64>, hold: Option<u64>) {
        if let Some(known) = &mut self.classification {
            known.priority = priority;
            known.priority_highest = known.priority_highest.min(priority);
            known.pending_ms_max = pending_ms_max.unwrap_or(known.pending_ms_max);
            known.hold_ms_max = hold.unwrap_or(known.hold_ms_max);
        }
    }
}

/// What policy gave, as it stands in the record.
fn answer_of(event: &Event) -> Option<Answer> {
    let Event::IncidentClassified {
        incident_type,
        response,
        priority,
        run_card,
        alarm_level,
        pending_ms_max,
        hold_ms_max,
        ..
    } = event
    else {
        return None;
    };
    Some(Answer {
        incident_type: incident_type.clone(),
        response: *response,
        priority: *priority,
        run_card: run_card.clone(),
        alarm_level: *alarm_level,
        pending_ms_max: *pending_ms_max,
        hold_ms_max: *hold_ms_max,
    })
}

impl Classification {
    /// The same type at another urgency, where policy says nothing of other times.
    fn answer_at(&self, priority: u8) -> Answer {
        Answer {
            incident_type: self.incident_type.clone(),
            response: self.answer.response,
            priority,
            run_card: self.run_card.clone(),
            alarm_level: self.answer.alarm_level,
            pending_ms_max: self.pending_ms_max,
            hold_ms_max: self.hold_ms_max,
        }
    }
}
