//! One replay: the world of a file of calls, from its first ring until nothing is pending.

use super::accounts::Accounts;
use super::calls_file::{CallsFile, Place, RecordedCall};
use super::intervals::{Column, Interval, Reason};
use super::plan::{PlanError, ReplayPlan};
use super::recorded::RecordedCalls;
use super::remembered::{Remembered, ThereAndBack};
use super::report::{Assumptions, FileSummary, Report, Table};
use crate::crews::{CrewLabels, Crews};
use crate::staff::Staff;
use crate::world::{Door, Outside, World, WorldError};
use center::{Center, CenterError, Output, Setup, Store};
use evenhand_core::{Call, CallId, Incident, Outcome, Timestamp};
use journal::{Journal, OpenError, SigningKey, StoreError};
use map::Point;

/// How long before the first ring the staff starts work, in milliseconds.
const BEFORE_FIRST_RING_MS: i64 = 60_000;

/// What a replay begins with.
pub struct Opening {
    /// How to read and what to assume.
    pub plan: ReplayPlan,
    /// The calls.
    pub file: CallsFile,
    /// The type of natures that no pattern fits, for the report.
    pub unmapped_type: String,
    /// The centre.
    pub setup: Setup,
    /// What travel times rest on, for the report.
    pub travel: String,
    /// Where the journal goes: empty.
    pub store: Store,
    /// What signs it.
    pub key: SigningKey,
    /// What all chance comes from.
    pub seed: u64,
}

/// Why a replay does not start, or does not go on.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The plan or the file.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The journal does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store holds a journal already.
    #[error("there is a journal already, with `{entries}` entries; give an empty folder")]
    NotEmpty {
        /// How many.
        entries: u64,
    },
    /// The centre does not start.
    #[error(transparent)]
    Center(#[from] CenterError),
    /// The world does not go on.
    #[error(transparent)]
    World(#[from] WorldError),
    /// The journal cannot be written or read. What it took before stands.
    #[error("the journal cannot be written: {0}")]
    Written(String),
    /// The journal cannot be read.
    #[error(transparent)]
    Read(#[from] StoreError),
}

/// A replay under way.
pub struct Replay {
    world: World<RecordedCalls>,
    plan: ReplayPlan,
    summary: FileSummary,
    assumptions: Assumptions,
    busy_max: usize,
    seed: u64,
}

impl Replay {
    /// Opens the centre on an empty journal, and puts everybody in place.
    ///
    /// # Errors
    /// [`ReplayError`]; nothing has happened then.
    pub fn open(opening: Opening) -> Result<Self, ReplayError> {
        let Opening { plan, file, unmapped_type, mut setup, travel, store, key, seed } = opening;
        let summary = FileSummary::of(&file, unmapped_type, plan.interval_h_max);
        let on_scene_ms = assumed_on_scene(&plan, &file)?;
        let assumptions = Assumptions::of(&plan, &setup.fleet, travel, on_scene_ms);
        let bases: Vec<Point> = setup.fleet.iter().filter_map(|unit| unit.point).collect();
        setup.times.keep_ready(&bases);
        let times = Remembered::new(setup.times);
        setup.times = Box::new(times.clone());
        let first = file.calls.first().map_or(Timestamp::default(), |call| call.at);
        let start = Timestamp(first.0.saturating_sub(BEFORE_FIRST_RING_MS));
        let journal = Journal::open(store, key)?;
        if journal.next_seq() > 1 {
            return Err(ReplayError::NotEmpty { entries: journal.next_seq() - 1 });
        }
        let mut door = Door::new(seed);
        let mut center = Center::open(setup, journal, start, door.salt())?;
        // Nobody looks at a replay's boards while it runs.
        center.draw(false);
        let labels = CrewLabels::of(center.policy());
        let outside = Outside::new(
            RecordedCalls::new(file.calls, plan.interval_h_max, on_scene_ms),
            Staff::new(seed, plan.staff, start),
            Crews::new(seed, plan.crews, labels),
            door,
        );
        let world = World::new(center, outside, Box::new(ThereAndBack(times)), start);
        Ok(Self { world, plan, summary, assumptions, busy_max: 0, seed })
    }

    /// Goes on to the next instant; false when nothing is pending any more.
    ///
    /// # Errors
    /// The journal cannot be written, or the world does not go on.
    pub fn step(&mut self) -> Result<bool, ReplayError> {
        let mut down = None;
        let more = self.world.step(&mut |_, outputs| {
            let why = outputs.iter().find_map(|output| match output {
                Output::JournalDown { why } => Some(why.clone()),
                _ => None,
            });
            down = down.take().or(why);
        })?;
        if let Some(why) = down {
            return Err(ReplayError::Written(why));
        }
        self.busy_max = self.busy_max.max(self.world.outside.crews.busy());
        Ok(more)
    }

    /// Calls that have rung, and calls of the file.
    pub fn progress(&self) -> (usize, usize) {
        let source = &self.world.outside.source;
        (source.presented(), source.calls().len())
    }

    /// The centre as it stands.
    pub fn center(&self) -> &Center {
        &self.world.center
    }

    /// Ends the shifts if nothing is pending, counts again from the journal, and reports.
    ///
    /// # Errors
    /// The journal cannot be read or written.
    pub fn finish(mut self) -> Result<(Report, Center), ReplayError> {
        let is_stopped = self.world.next_at().is_some();
        if !is_stopped {
            self.world.sign_off()?;
        }
        let now = self.world.now();
        let (center, outside) = self.world.into_parts();
        let source = outside.source;
        let calls_read = source.calls().len() as u64;
        let first = source.calls().first().map_or(now, |call| call.at);
        let report = Report {
            seed: self.seed,
            stopped_after: is_stopped.then(|| source.presented() as u64),
            virtual_ms: now.since(first),
            elapsed_ms: None,
            accounts: Accounts::of_journal(calls_read, center.journal())?,
            live_unaccounted: center.core().unaccounted(),
            busy_max: self.busy_max,
            located_by_address: located_by_address(&center, &source),
            tables: tables(&self.plan, &center, &source),
            file: self.summary,
            assumptions: self.assumptions,
        };
        Ok((report, center))
    }
}

/// What stands in for a time on scene that is not recorded.
fn assumed_on_scene(plan: &ReplayPlan, file: &CallsFile) -> Result<u64, PlanError> {
    if let Some(seconds) = plan.on_scene_s {
        return Ok(u64::from(seconds) * 1000);
    }
    let recorded = file.calls.iter().map(|call| call.on_scene(plan.interval_h_max));
    Column::of(recorded).percentile(50).ok_or_else(|| {
        let fault = "no time on scene is recorded; give `on_scene_s`, in seconds";
        PlanError { file: "[replay]".to_owned(), fault: fault.to_owned() }
    })
}

/// Calls without a point whose street text the centre's own map knew beyond doubt.
fn located_by_address(center: &Center, source: &RecordedCalls) -> u64 {
    let without = source.rung().filter(|(_, recorded)| !matches!(recorded.place, Place::Point(_)));
    let known = without.filter(|(call, _)| {
        incident_of(center, *call).is_some_and(|(_, incident)| incident.location.verified)
    });
    known.count() as u64
}

fn incident_of(center: &Center, call: CallId) -> Option<(&Call, &Incident)> {
    let call = center.core().call(call).ok()?;
    match call.outcome {
        Some(Outcome::NewIncident { incident } | Outcome::AddedToIncident { incident }) => {
            Some((call, center.core().incident(incident).ok()?))
        }
        _ => None,
    }
}

fn tables(plan: &ReplayPlan, center: &Center, source: &RecordedCalls) -> Vec<Table> {
    let has = |moment| plan.columns.of(moment).is_some();
    let unheard = source.calls().len().saturating_sub(source.rung().count());
    let table = |interval: Interval| {
        let (from, to) = interval.ends();
        let recorded = |call: &RecordedCall| call.interval(interval, plan.interval_h_max);
        let ours = source.rung().map(|(call, _)| ours(interval, call, center, source));
        let never = std::iter::repeat_n(Err(Reason::NotReached), unheard);
        Table {
            interval,
            recorded: (has(from) && has(to))
                .then(|| Column::of(source.calls().iter().map(recorded))),
            ours: Column::of(ours.chain(never)),
        }
    };
    Interval::ALL.into_iter().map(table).collect()
}

/// The interval as the centre recorded it.
fn ours(
    interval: Interval,
    call: CallId,
    center: &Center,
    source: &RecordedCalls,
) -> Result<u64, Reason> {
    let known = center.core().call(call).map_err(|_| Reason::NotReached)?;
    let incident = incident_of(center, call).map(|(_, incident)| incident);
    let clocks = incident.map(|incident| incident.clocks).unwrap_or_default();
    let (from, to) = match interval {
        Interval::RungToAnswered => (Some(known.presented_at), known.answered_at),
        Interval::AnsweredToClassified => (known.answered_at, clocks.classified_at),
        Interval::CreatedToDispatched => {
            (incident.map(|incident| incident.created_at), clocks.dispatched_at)
        }
        Interval::DispatchedToEnRoute => (clocks.dispatched_at, clocks.enroute_at),
        Interval::EnRouteToOnScene => (clocks.enroute_at, clocks.onscene_at),
        Interval::RungToOnScene => (Some(known.presented_at), clocks.onscene_at),
    };
    let (from, to) = from.zip(to).ok_or(Reason::NotReached)?;
    let assumed = incident.filter(|incident| source.way_unknown().contains(&incident.id));
    match assumed {
        Some(incident) if interval.has_drive() => {
            let placed = center.place_of_incident(incident.id).is_some();
            Err(if placed { Reason::NoWay } else { Reason::NoPoint })
        }
        _ => Ok(to.since(from)),
    }
}
