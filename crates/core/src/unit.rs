//! A unit: who is sent. Its status is EIDO's pair: can I have it, and what is it doing.

use crate::assignment::missing_before;
use crate::state::Context;
use crate::{
    Assignment, AssignmentEnd, AssignmentId, Command, Core, DeadlineKind, Event, Milestone,
    Refusal, Timestamp, UnitId, UnitPoint, limits,
};
use serde::{Deserialize, Serialize};

/// Can I have it? (NENA-STA-021, primary unit status.)
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum PrimaryStatus {
    /// May be sent.
    Available,
    /// Busy, but may be sent.
    ConditionallyAvailable,
    /// May not be sent.
    NotAvailable,
}

/// What is it doing? The registry of NENA-STA-021, secondary unit status.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the registry's own words")]
#[expect(non_camel_case_types, reason = "the registry's own spelling")]
pub enum SecondaryStatus {
    AcknowledgedTransmission,
    AlternateLocation,
    Arrived,
    Assigned,
    AssignmentCancelled,
    BacktoAssignedArea,
    Backup,
    Break,
    CheckedIn,
    Cleared,
    COP_or_POP,
    Court,
    CoveringAlternateArea,
    Delayed,
    Departed,
    Dispatched,
    EnRoute,
    EquipmentIssues,
    Event,
    Hospital,
    InService,
    Investigation,
    Location,
    Meal,
    Meeting,
    OffDuty,
    OnDuty,
    OnScene,
    OutofService,
    PatientContact,
    Post,
    ResponderInitiatedEvent,
    RollCall,
    Roster,
    ShiftPending,
    Staging,
    Station,
    TrafficStop,
    Training,
    Transporting,
    Unmanned,
}

impl SecondaryStatus {
    /// The milestone of an assignment that it reports, if any.
    pub fn milestone(self) -> Option<Milestone> {
        match self {
            Self::AcknowledgedTransmission => Some(Milestone::Acknowledged),
            Self::EnRoute | Self::Departed => Some(Milestone::EnRoute),
            Self::Staging => Some(Milestone::Staged),
            Self::Arrived | Self::OnScene => Some(Milestone::OnScene),
            Self::PatientContact => Some(Milestone::AtPatient),
            Self::Transporting => Some(Milestone::Transporting),
            Self::Hospital => Some(Milestone::AtDestination),
            Self::Cleared => Some(Milestone::Clear),
            _ => None,
        }
    }
}

/// A status pair.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct UnitStatus {
    /// Can I have it?
    pub primary: PrimaryStatus,
    /// What is it doing?
    pub secondary: SecondaryStatus,
}

impl UnitStatus {
    /// May be sent, doing this.
    pub fn available(secondary: SecondaryStatus) -> Self {
        Self { primary: PrimaryStatus::Available, secondary }
    }

    /// May not be sent, doing this.
    pub fn not_available(secondary: SecondaryStatus) -> Self {
        Self { primary: PrimaryStatus::NotAvailable, secondary }
    }
}

/// One unit of the fleet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unit {
    /// Its radio name.
    pub id: UnitId,
    /// Whose it is.
    pub agency: String,
    /// What it can do.
    pub capabilities: Vec<String>,
    /// Where it belongs.
    pub station: String,
    /// Where it is, if it ever said.
    pub point: Option<UnitPoint>,
    /// Since when, by the unit's own time; `None`: never said.
    pub point_at: Option<Timestamp>,
    /// What it is.
    pub status: UnitStatus,
    /// The same in the agency's own word.
    pub label: String,
    /// The crew's own time of its latest status.
    pub status_at: Timestamp,
    /// Its running assignment.
    pub assignment: Option<AssignmentId>,
    /// What an undo of the latest status goes back to.
    pub(crate) last: Option<LastStatus>,
    /// Milestones reached since the latest status.
    pub(crate) fresh: Vec<Milestone>,
}

/// What was before the latest status.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct LastStatus {
    status: UnitStatus,
    label: String,
    status_at: Timestamp,
    milestones: Vec<Milestone>,
}

impl Unit {
    /// The centre itself gave it a status.
    pub(crate) fn told(&mut self, at: Timestamp, status: UnitStatus, label: &str) {
        self.status = status;
        self.label = label.to_owned();
        self.status_at = self.status_at.max(at);
        self.forget_last();
    }

    pub(crate) fn forget_last(&mut self) {
        self.last = None;
        self.fresh.clear();
    }
}

impl Core {
    pub(crate) fn decide_unit(
        &self,
        context: &Context<'_>,
        command: &Command,
    ) -> Option<Result<Vec<Event>, Refusal>> {
        Some(match command {
            Command::StartCenter { policy_version, map_version } => {
                Ok(vec![Event::CenterStarted {
                    policy_version: *policy_version,
                    map_version: map_version.clone(),
                }])
            }
            Command::ResumeJournal { unrecorded } => {
                Ok(vec![Event::JournalResumed { unrecorded: *unrecorded }])
            }
            Command::CommissionUnit { unit, agency, capabilities, station, point } => {
                limits::check("capabilities", capabilities.len(), limits::CAPABILITIES_MAX)
                    .and_then(|()| self.check_new(unit))
                    .map(|()| {
                        vec![Event::UnitCommissioned {
                            unit: unit.clone(),
                            agency: agency.clone(),
                            capabilities: capabilities.clone(),
                            station: station.clone(),
                            point: *point,
                        }]
                    })
            }
            Command::ReportStatus { unit, label, reported_at } => {
                self.decide_report_status(context, unit, label, *reported_at)
            }
            Command::UndoStatus { unit } => self.decide_undo_status(unit),
            Command::ReportPosition { unit, point, reported_at } => {
                self.decide_report_position(context, unit, *point, *reported_at)
            }
            _ => return None,
        })
    }

    /// A place from before the latest one would move the unit back.
    fn decide_report_position(
        &self,
        context: &Context<'_>,
        id: &UnitId,
        point: UnitPoint,
        reported_at: Timestamp,
    ) -> Result<Vec<Event>, Refusal> {
        let latest = self.unit(id)?.point_at.unwrap_or(reported_at);
        check_stamp(context, id, reported_at, latest)?;
        Ok(vec![Event::UnitMoved { unit: id.clone(), point, reported_at }])
    }

    fn check_new(&self, unit: &UnitId) -> Result<(), Refusal> {
        if self.units.contains_key(unit) {
            return Err(Refusal::UnitAlreadyCommissioned { unit: unit.clone() });
        }
        Ok(())
    }

    fn decide_report_status(
        &self,
        context: &Context<'_>,
        id: &UnitId,
        label: &str,
        reported_at: Option<Timestamp>,
    ) -> Result<Vec<Event>, Refusal> {
        let unit = self.unit(id)?;
        // Without a time of its own it is now, and so never older than the latest, even if the
        // latest came from a clock that runs ahead.
        let reported_at = reported_at.unwrap_or_else(|| context.at.max(unit.status_at));
        limits::check_text("label", label)?;
        let status = context
            .ruling
            .status
            .ok_or_else(|| Refusal::LabelUnknown { label: label.to_owned() })?;
        check_stamp(context, id, reported_at, unit.status_at)?;
        let changed = Event::UnitStatusChanged {
            unit: id.clone(),
            status,
            label: label.to_owned(),
            reported_at,
        };
        let Some(active) = self.active_of(id) else {
            return match status.secondary.milestone() {
                None | Some(Milestone::Clear) => Ok(vec![changed]),
                Some(_) => Err(Refusal::UnitNotAssigned { unit: id.clone() }),
            };
        };
        match status.secondary.milestone() {
            Some(Milestone::Clear) => self.decide_clear(active, reported_at, changed),
            None if status.primary == PrimaryStatus::Available => {
                self.decide_clear(active, reported_at, changed)
            }
            None => {
                Err(Refusal::UnitAlreadyAssigned { unit: id.clone(), incident: active.incident })
            }
            Some(milestone) => {
                let mut events = milestones(context, active, milestone, reported_at)?;
                events.push(changed);
                Ok(events)
            }
        }
    }

    /// A crew is done. One that never arrived is not done: it arrives, or is cancelled by a person.
    fn decide_clear(
        &self,
        active: &Assignment,
        reported_at: Timestamp,
        changed: Event,
    ) -> Result<Vec<Event>, Refusal> {
        if !active.reached(Milestone::OnScene) {
            let (unit, incident) = (active.unit.clone(), active.incident);
            return Err(Refusal::UnitNotOnScene { unit, incident });
        }
        let mut events = vec![changed];
        events.extend(self.ended(reported_at, active, AssignmentEnd::Cleared));
        events.extend(self.after_end(reported_at, active));
        Ok(events)
    }

    fn decide_undo_status(&self, id: &UnitId) -> Result<Vec<Event>, Refusal> {
        let unit = self.unit(id)?;
        let last = unit.last.as_ref().ok_or_else(|| Refusal::NothingToUndo { unit: id.clone() })?;
        Ok(vec![Event::UnitStatusUndone {
            unit: id.clone(),
            status: last.status,
            label: last.label.clone(),
            withdrawn: last.milestones.clone(),
        }])
    }

    pub(crate) fn apply_unit(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::UnitCommissioned { unit, agency, capabilities, station, point } => {
                self.units.insert(
                    unit.clone(),
                    Unit {
                        id: unit.clone(),
                        agency: agency.clone(),
                        capabilities: capabilities.clone(),
                        station: station.clone(),
                        point: *point,
                        point_at: None,
                        status: UnitStatus::available(SecondaryStatus::Station),
                        label: "available".to_owned(),
                        status_at: at,
                        assignment: None,
                        last: None,
                        fresh: Vec::new(),
                    },
                );
            }
            Event::UnitStatusChanged { unit, status, label, reported_at } => {
                if let Some(unit) = self.units.get_mut(unit) {
                    unit.last = Some(LastStatus {
                        status: unit.status,
                        label: std::mem::replace(&mut unit.label, label.clone()),
                        status_at: unit.status_at,
                        milestones: std::mem::take(&mut unit.fresh),
                    });
                    unit.status = *status;
                    unit.status_at = *reported_at;
                }
            }
            Event::UnitStatusUndone { unit, withdrawn, .. } => {
                self.apply_status_undone(unit, withdrawn);
            }
            Event::UnitMoved { unit, point, reported_at } => {
                if let Some(unit) = self.units.get_mut(unit) {
                    unit.point = Some(*point);
                    unit.point_at = Some(*reported_at);
                }
            }
            _ => {}
        }
    }

    fn apply_status_undone(&mut self, id: &UnitId, withdrawn: &[Milestone]) {
        let Some(unit) = self.units.get_mut(id) else { return };
        if let Some(last) = unit.last.take() {
            unit.status = last.status;
            unit.label = last.label;
            unit.status_at = last.status_at;
        }
        let Some(active) = unit.assignment else { return };
        if withdrawn.contains(&Milestone::OnScene) {
            self.clear_due(DeadlineKind::Welfare(active));
        }
        let Some(assignment) = self.assignments.get_mut(&active) else { return };
        assignment.milestones.retain(|milestone, _| !withdrawn.contains(milestone));
        let (incident, enroute_due) = (assignment.incident, assignment.enroute_due);
        // Not under way after all: the time to be so counts again.
        if withdrawn.contains(&Milestone::EnRoute) {
            self.set_due(DeadlineKind::EnRoute(active), enroute_due);
        }
        self.stage_by_assignments(incident);
        let first = |milestone| {
            self.assignments_of(incident)
                .filter_map(|any| any.milestones.get(&milestone).map(|stamp| stamp.at))
                .min()
        };
        let (acknowledged, enroute, onscene) =
            (first(Milestone::Acknowledged), first(Milestone::EnRoute), first(Milestone::OnScene));
        self.with_incident(incident, |incident| {
            incident.clocks.acknowledged_at = acknowledged;
            incident.clocks.enroute_at = enroute;
            incident.clocks.onscene_at = onscene;
        });
    }
}

/// Refused if a crew's own time is before its latest, or ahead of the centre's clock.
fn check_stamp(
    context: &Context<'_>,
    unit: &UnitId,
    given: Timestamp,
    latest: Timestamp,
) -> Result<(), Refusal> {
    if given < latest {
        return Err(Refusal::StatusOlderThanLatest { unit: unit.clone(), given, latest });
    }
    // A latest from a clock that runs ahead was taken; one as late as that is taken too.
    if given > latest && given > context.at.plus(limits::STATUS_AHEAD_MS_MAX) {
        return Err(Refusal::StatusFromFuture { unit: unit.clone(), given });
    }
    Ok(())
}

/// The milestone and whatever it implies; a repeated report adds nothing, an earlier one than
/// already reached is refused.
fn milestones(
    context: &Context<'_>,
    active: &Assignment,
    milestone: Milestone,
    reached_at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    if let Some((reached, _)) = active.milestones.last_key_value() {
        if *reached == milestone {
            return Ok(Vec::new());
        }
        if *reached > milestone {
            let (unit, reached) = (active.unit.clone(), *reached);
            return Err(Refusal::MilestoneOutOfOrder { unit, given: milestone, reached });
        }
    }
    let welfare_due = context.at.plus(context.ruling.timers.welfare_ms);
    let event = |milestone, inferred| Event::MilestoneReached {
        assignment: active.id,
        milestone,
        reached_at,
        inferred,
        welfare_due: (milestone == Milestone::OnScene).then_some(welfare_due),
    };
    let mut events: Vec<Event> =
        missing_before(active, milestone).into_iter().map(|missing| event(missing, true)).collect();
    events.push(event(milestone, false));
    Ok(events)
}
