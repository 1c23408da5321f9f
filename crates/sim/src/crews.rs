//! Crews: they are paged, turn out, drive, work and clear, and report each in their agency's words.
//!
//! A crew knows what it was told and where it is. What it reports may be refused, or already have
//! been reported for it by a dispatcher; it goes on either way, and gives up an incident that its
//! unit is no longer assigned to.

use crate::rng::{Rng, Spread};
use crate::source::{Act, Arrival, Scene, Source, Transport};
use crate::ways::{Drive, Way};
use crate::world::Seen;
use center::{Center, Clear, Output};
use evenhand_core::{
    Actor, AssignmentId, Command, IncidentId, PrimaryStatus, SecondaryStatus, Timestamp, UnitId,
    UnitPoint,
};
use map::Point;
use policy::Policy;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How crews behave.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrewPlan {
    /// Told to acknowledged.
    pub acknowledge_s: Spread,
    /// Told to wheels turning; never before the acknowledgement.
    pub turnout_s: Spread,
    /// The drive where no way is known: an incident without a point, or off the map.
    pub way_unknown_s: Spread,
    /// How often a driving crew reports its position; without it, only where it stops.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position_every_s: Option<u32>,
}

/// The agency's words for what crews report. A status without a word is not reported.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the word for what its name says")]
pub struct CrewLabels {
    pub acknowledged: Option<String>,
    pub en_route: Option<String>,
    pub on_scene: Option<String>,
    pub at_patient: Option<String>,
    pub transporting: Option<String>,
    pub at_destination: Option<String>,
    pub clear: Option<String>,
    pub at_station: Option<String>,
}

impl CrewLabels {
    /// The first word of the policy for each.
    pub fn of(policy: &Policy) -> Self {
        let word = |wanted: &[SecondaryStatus]| {
            let meant =
                |secondary| policy.labels().find(|label| label.status.secondary == secondary);
            wanted.iter().find_map(|status| meant(*status)).map(|label| label.name.clone())
        };
        let free = |label: &&policy::StatusLabel| label.status.primary == PrimaryStatus::Available;
        let station =
            |label: &&policy::StatusLabel| label.status.secondary == SecondaryStatus::Station;
        Self {
            acknowledged: word(&[SecondaryStatus::AcknowledgedTransmission]),
            en_route: word(&[SecondaryStatus::EnRoute, SecondaryStatus::Departed]),
            on_scene: word(&[SecondaryStatus::OnScene, SecondaryStatus::Arrived]),
            at_patient: word(&[SecondaryStatus::PatientContact]),
            transporting: word(&[SecondaryStatus::Transporting]),
            at_destination: word(&[SecondaryStatus::Hospital]),
            clear: word(&[SecondaryStatus::Cleared])
                .or_else(|| policy.labels().find(free).map(|label| label.name.clone())),
            at_station: policy.labels().filter(free).find(station).map(|label| label.name.clone()),
        }
    }
}

/// All crews, one for each unit that was ever told to go.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Crews {
    seed: u64,
    plan: CrewPlan,
    labels: CrewLabels,
    crews: BTreeMap<UnitId, Crew>,
}

/// One crew.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Crew {
    unit: UnitId,
    home: Option<Point>,
    /// Where it stands, or set out from; `None`: somewhere off the map.
    place: Option<Point>,
    doing: Doing,
    next: Option<Timestamp>,
    rng: Rng,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
enum Doing {
    Waiting,
    Told { task: Task, leave_at: Timestamp },
    TurningOut { task: Task },
    DrivingThere { task: Task, drive: Drive, to: Option<Point>, way_known: bool },
    OnScene { task: Task, scene: Scene, arrived_at: Timestamp },
    AtPatient { task: Task, scene: Scene },
    Transporting { task: Task, drive: Drive, transport: Transport },
    AtDestination { task: Task },
    Returning { drive: Drive },
}

/// What it was told to go to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Task {
    assignment: AssignmentId,
    incident: IncidentId,
}

/// What a crew needs when it acts.
struct Turn<'a> {
    plan: &'a CrewPlan,
    labels: &'a CrewLabels,
    seen: &'a Seen<'a>,
    source: &'a mut dyn Source,
    acts: &'a mut Vec<Act>,
}

impl Crews {
    /// Crews of a fleet that speaks these words.
    pub fn new(seed: u64, plan: CrewPlan, labels: CrewLabels) -> Self {
        Self { seed, plan, labels, crews: BTreeMap::new() }
    }

    /// When one of them acts next.
    pub fn next_at(&self) -> Option<Timestamp> {
        self.crews.values().filter_map(|crew| crew.next).min()
    }

    /// Everything they do now, by unit.
    pub fn act(&mut self, seen: &Seen<'_>, source: &mut dyn Source) -> Vec<Act> {
        let mut acts = Vec::new();
        let mut turn =
            Turn { plan: &self.plan, labels: &self.labels, seen, source, acts: &mut acts };
        for crew in
            self.crews.values_mut().filter(|crew| crew.next.is_some_and(|at| at <= seen.now))
        {
            crew.act(&mut turn);
        }
        acts
    }

    /// Hears who is told to go, and who is called off.
    pub fn hear(&mut self, outputs: &[Output], seen: &Seen<'_>) {
        for output in outputs {
            match output {
                Output::Page { unit, incident, assignment } => {
                    let task = Task { assignment: *assignment, incident: *incident };
                    let (seed, plan) = (self.seed, self.plan);
                    let crew = self
                        .crews
                        .entry(unit.clone())
                        .or_insert_with(|| Crew::new(seed, unit, seen.center));
                    crew.told(seen.now, &plan, task);
                }
                Output::CallOff { unit, assignment, .. } => {
                    if let Some(crew) = self.crews.get_mut(unit) {
                        crew.called_off(*assignment, &self.plan, seen);
                    }
                }
                Output::Reply { .. }
                | Output::Ring { .. }
                | Output::Dial { .. }
                | Output::StopDialling { .. }
                | Output::Hold { .. }
                | Output::Resume { .. }
                | Output::Release { .. }
                | Output::Answered { .. }
                | Output::Abandoned { .. }
                | Output::Offered { .. }
                | Output::Rebid { .. }
                | Output::Transfer { .. }
                | Output::StatesChanged
                | Output::BoardChanged(_)
                | Output::JournalDown { .. }
                | Output::JournalBack { .. }
                | Output::NextDeadline { .. } => {}
            }
        }
    }

    /// How many are not free.
    pub fn busy(&self) -> usize {
        let free = |doing: &Doing| matches!(doing, Doing::Waiting | Doing::Returning { .. });
        self.crews.values().filter(|crew| !free(&crew.doing)).count()
    }
}

impl Crew {
    fn new(seed: u64, unit: &UnitId, center: &Center) -> Self {
        let known = center.core().unit(unit).ok().and_then(|unit| unit.point);
        let place = known.map(|at| Point { lat_e7: at.lat_e7, lon_e7: at.lon_e7 });
        Self {
            unit: unit.clone(),
            home: place,
            place,
            doing: Doing::Waiting,
            next: None,
            rng: Rng::named(seed, &format!("crew/{unit}")),
        }
    }

    fn told(&mut self, now: Timestamp, plan: &CrewPlan, task: Task) {
        self.stop(now);
        let acknowledge_ms = plan.acknowledge_s.draw_ms(&mut self.rng);
        let turnout_ms = plan.turnout_s.draw_ms(&mut self.rng).max(acknowledge_ms);
        self.doing = Doing::Told { task, leave_at: now.plus(turnout_ms) };
        self.next = Some(now.plus(acknowledge_ms));
    }

    fn called_off(&mut self, assignment: AssignmentId, plan: &CrewPlan, seen: &Seen<'_>) {
        if self.doing.task().is_some_and(|task| task.assignment == assignment) {
            self.stop(seen.now);
            self.head_home(plan, seen);
        }
    }

    /// Stands still where it is now.
    fn stop(&mut self, now: Timestamp) {
        if let Doing::DrivingThere { drive, .. }
        | Doing::Transporting { drive, .. }
        | Doing::Returning { drive } = &self.doing
        {
            self.place = drive.place(now).or(self.place);
        }
    }

    fn act(&mut self, turn: &mut Turn<'_>) {
        let now = turn.seen.now;
        if let Some(task) = self.doing.task()
            && !self.is_assigned(task, turn.seen.center)
        {
            self.stop(now);
            self.head_home(turn.plan, turn.seen);
            return;
        }
        match std::mem::replace(&mut self.doing, Doing::Waiting) {
            Doing::Waiting => self.next = None,
            Doing::Told { task, leave_at } => {
                self.report(turn, &turn.labels.acknowledged);
                self.doing = Doing::TurningOut { task };
                self.next = Some(leave_at);
            }
            Doing::TurningOut { task } => self.set_out(turn, task),
            Doing::DrivingThere { task, drive, to, way_known } if now >= drive.ends_at() => {
                self.place = to;
                self.arrive(turn, task, way_known);
            }
            Doing::OnScene { task, scene, arrived_at } => {
                self.report(turn, &turn.labels.at_patient);
                self.next = Some(arrived_at.plus(scene.on_scene_ms).max(now));
                self.doing = Doing::AtPatient { task, scene };
            }
            Doing::AtPatient { task, scene } => self.leave(turn, task, scene),
            Doing::Transporting { task, drive, transport } if now >= drive.ends_at() => {
                self.place = Some(transport.to);
                self.report_position(turn);
                self.report(turn, &turn.labels.at_destination);
                self.doing = Doing::AtDestination { task };
                self.next = Some(now.plus(transport.handover_ms));
            }
            Doing::AtDestination { .. } => self.clear(turn),
            Doing::Returning { drive } if now >= drive.ends_at() => {
                self.place = self.home;
                self.next = None;
                self.report_position(turn);
                self.report(turn, &turn.labels.at_station);
            }
            driving @ (Doing::DrivingThere { .. }
            | Doing::Transporting { .. }
            | Doing::Returning { .. }) => {
                self.doing = driving;
                self.drive_on(turn);
            }
        }
    }

    fn is_assigned(&self, task: Task, center: &Center) -> bool {
        let active = center.core().active_of(&self.unit);
        active.is_some_and(|active| active.id == task.assignment)
    }

    fn set_out(&mut self, turn: &mut Turn<'_>, task: Task) {
        self.report(turn, &turn.labels.en_route);
        let to = turn.seen.center.place_of_incident(task.incident);
        let way = self.place.zip(to).and_then(|(from, to)| turn.seen.ways.way(from, to));
        let way_known = way.is_some();
        let way = way.unwrap_or_else(|| {
            let total_ms = turn.plan.way_unknown_s.draw_ms(&mut self.rng);
            Way { total_ms, steps: Vec::new() }
        });
        let drive = Drive::start(turn.seen.now, way);
        self.doing = Doing::DrivingThere { task, drive, to, way_known };
        self.next = self.next_of_drive(turn.plan, turn.seen.now);
    }

    fn arrive(&mut self, turn: &mut Turn<'_>, task: Task, way_known: bool) {
        let now = turn.seen.now;
        self.report_position(turn);
        self.report(turn, &turn.labels.on_scene);
        let Ok(incident) = turn.seen.center.core().incident(task.incident) else { return };
        let scene = turn.source.scene(Arrival { incident, unit: &self.unit, way_known });
        match scene.at_patient_ms.filter(|ms| *ms < scene.on_scene_ms) {
            Some(ms) => {
                self.doing = Doing::OnScene { task, scene, arrived_at: now };
                self.next = Some(now.plus(ms));
            }
            None => {
                self.doing = Doing::AtPatient { task, scene };
                self.next = Some(now.plus(scene.on_scene_ms));
            }
        }
    }

    fn leave(&mut self, turn: &mut Turn<'_>, task: Task, scene: Scene) {
        let Some(transport) = scene.transport else { return self.clear(turn) };
        self.report(turn, &turn.labels.transporting);
        let way = self.place.and_then(|from| turn.seen.ways.way(from, transport.to));
        let way = way.unwrap_or_else(|| {
            let total_ms = turn.plan.way_unknown_s.draw_ms(&mut self.rng);
            Way { total_ms, steps: Vec::new() }
        });
        let drive = Drive::start(turn.seen.now, way);
        self.doing = Doing::Transporting { task, drive, transport };
        self.next = self.next_of_drive(turn.plan, turn.seen.now);
    }

    fn clear(&mut self, turn: &mut Turn<'_>) {
        self.report(turn, &turn.labels.clear);
        self.head_home(turn.plan, turn.seen);
    }

    /// From a place off the map a crew counts as home at once: nobody knows how long it takes.
    fn head_home(&mut self, plan: &CrewPlan, seen: &Seen<'_>) {
        let way = self.place.zip(self.home).and_then(|(from, to)| seen.ways.way(from, to));
        let way = way.unwrap_or(Way { total_ms: 0, steps: Vec::new() });
        self.doing = Doing::Returning { drive: Drive::start(seen.now, way) };
        self.next = self.next_of_drive(plan, seen.now);
    }

    fn drive_on(&mut self, turn: &mut Turn<'_>) {
        let before = self.place;
        self.stop(turn.seen.now);
        if self.place != before {
            self.report_position(turn);
        }
        self.next = self.next_of_drive(turn.plan, turn.seen.now);
    }

    fn next_of_drive(&self, plan: &CrewPlan, now: Timestamp) -> Option<Timestamp> {
        let ends_at = self.doing.drive()?.ends_at();
        let every = plan.position_every_s;
        let report_at = every.map(|seconds| now.plus(u64::from(seconds.max(1)) * 1000));
        Some(report_at.map_or(ends_at, |at| at.min(ends_at)))
    }

    fn report(&self, turn: &mut Turn<'_>, label: &Option<String>) {
        if let Some(label) = label {
            let unit = self.unit.clone();
            let command = Command::ReportStatus { unit, label: label.clone(), reported_at: None };
            self.order(turn, command);
        }
    }

    fn report_position(&self, turn: &mut Turn<'_>) {
        let Some(place) = self.place else { return };
        let point = UnitPoint { lat_e7: place.lat_e7, lon_e7: place.lon_e7 };
        let (unit, reported_at) = (self.unit.clone(), turn.seen.now);
        self.order(turn, Command::ReportPosition { unit, point, reported_at });
    }

    fn order(&self, turn: &mut Turn<'_>, command: Command<Clear>) {
        turn.acts.push(Act::new(Actor::Crew { unit: self.unit.clone() }, command));
    }
}

impl Doing {
    fn task(&self) -> Option<Task> {
        match self {
            Self::Waiting | Self::Returning { .. } => None,
            Self::Told { task, .. }
            | Self::TurningOut { task }
            | Self::DrivingThere { task, .. }
            | Self::OnScene { task, .. }
            | Self::AtPatient { task, .. }
            | Self::Transporting { task, .. }
            | Self::AtDestination { task } => Some(*task),
        }
    }

    fn drive(&self) -> Option<&Drive> {
        match self {
            Self::DrivingThere { drive, .. }
            | Self::Transporting { drive, .. }
            | Self::Returning { drive } => Some(drive),
            Self::Waiting
            | Self::Told { .. }
            | Self::TurningOut { .. }
            | Self::OnScene { .. }
            | Self::AtPatient { .. }
            | Self::AtDestination { .. } => None,
        }
    }
}
