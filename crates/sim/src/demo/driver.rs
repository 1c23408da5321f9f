//! Drives a centre with a world, one instant after the other.

use super::link::{Link, Lost};
use super::plan::DemoPlan;
use super::saved::SavedWorld;
use crate::callers::{Book, Callers};
use crate::{Act, CrewLabels, Crews, Door, Outside, Seen, Staff, StaffPlan, Ways};
use center::{Center, Input, JournalState, Order, Output, Rejected};
use evenhand_core::{
    Actor, Assignment, Command, Milestone, PersonId, Role, Signature, Stage, Timestamp,
};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Most rounds at one instant; more means that two parts answer each other without time passing.
const ROUNDS_MAX: u32 = 10_000;
/// How often something is sent again to a centre that went away; it is back within seconds or not
/// at all.
const TRIES_MAX: u32 = 100;

/// Who works at the positions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Positions {
    /// People in browsers.
    People,
    /// Simulated staff, and people beside them if they like.
    Autopilot,
}

/// Why a demo cannot go on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DemoError {
    /// Two parts of the world answer each other without time passing.
    #[error("at `{0}` there were more than `{ROUNDS_MAX}` rounds without time passing")]
    Stuck(Timestamp),
    /// The centre went away.
    #[error("the centre does not answer any more")]
    Gone,
}

impl From<Lost> for DemoError {
    fn from(_: Lost) -> Self {
        Self::Gone
    }
}

/// Everything outside the centre.
pub(super) type World = Outside<Callers>;

/// A running demo.
pub struct Demo {
    // The centre's thread looks at it for the driver, who waits meanwhile; nobody else has it.
    world: Arc<Mutex<World>>,
    ways: Arc<dyn Ways + Send + Sync>,
    seed: u64,
    positions: Positions,
    /// The journal's last entry when the world was last lost, 0 if it never was. Part of every
    /// key, because a new world counts its keys from 1 again.
    lost_at: u64,
    /// What was done while the centre could record nothing; sent again when it can.
    held: Vec<Input>,
    now: Timestamp,
}

/// What a demo is made of, beside its saved state.
pub struct DemoParts {
    /// How everybody behaves.
    pub plan: DemoPlan,
    /// What callers are made from.
    pub book: Arc<Book>,
    /// What crews say.
    pub labels: CrewLabels,
    /// The roads under the wheels.
    pub ways: Arc<dyn Ways + Send + Sync>,
    /// Who works.
    pub positions: Positions,
}

impl DemoParts {
    fn crews(&self, seed: u64) -> Crews {
        Crews::new(seed, self.plan.crews, self.labels.clone())
    }

    fn staff(&self, seed: u64, from: Timestamp) -> Staff {
        let nobody =
            StaffPlan { call_takers: 0, dispatchers: 0, supervisors: 0, ..self.plan.staff };
        let plan = match self.positions {
            Positions::People => nobody,
            Positions::Autopilot => self.plan.staff,
        };
        Staff::new(seed, plan, from)
    }
}

impl Demo {
    /// A demo that begins.
    pub fn new(seed: u64, parts: &DemoParts, from: Timestamp) -> Self {
        let callers = Callers::new(seed, parts.book.clone(), from);
        let world =
            Outside::new(callers, parts.staff(seed, from), parts.crews(seed), Door::new(seed));
        Self::of(world, seed, 0, parts, from)
    }

    /// A demo that goes on exactly where it was stopped.
    pub fn resume(saved: SavedWorld, parts: &DemoParts) -> Self {
        let SavedWorld { seed, at, autopilot, lost_at, held, mut world, .. } = saved;
        world.source = world.source.with_book(parts.book.clone());
        if autopilot != (parts.positions == Positions::Autopilot) {
            world.staff = parts.staff(seed, at);
        }
        Self { held, ..Self::of(world, seed, lost_at, parts, at) }
    }

    /// A demo that goes on in a centre whose world was lost, because the program was killed: crews
    /// start over from where their units stand, callers on a line hang up soon, staff come anew.
    ///
    /// # Errors
    /// [`DemoError::Gone`].
    pub fn recover<L: Link>(
        seed: u64,
        parts: &DemoParts,
        now: Timestamp,
        link: &mut L,
    ) -> Result<Self, DemoError> {
        let book = parts.book.clone();
        let autopilot = parts.positions == Positions::Autopilot;
        let (callers, last_seq, pages, held) = link.look(move |center| {
            // Callers' ids are part of keys and must not come again; entries are always more.
            let last_seq = center.last_seq();
            let callers = Callers::recovered(seed, book.clone(), now, center, last_seq + 1);
            let held = if autopilot { left_open(center, &book, now) } else { Vec::new() };
            (callers, last_seq, pages(center), held)
        })?;
        // Another stream than the lost world's, or the same things would happen once more.
        let fresh = seed ^ last_seq.rotate_left(32);
        let (staff, crews) = (parts.staff(fresh, now), parts.crews(fresh));
        let world = Outside::new(callers, staff, crews, Door::new(fresh));
        let mut demo = Self { held, ..Self::of(world, seed, last_seq, parts, now) };
        demo.hear(now, pages, link)?;
        Ok(demo)
    }

    fn of(world: World, seed: u64, lost_at: u64, parts: &DemoParts, now: Timestamp) -> Self {
        let ways = parts.ways.clone();
        let positions = parts.positions;
        let (world, held) = (Arc::new(Mutex::new(world)), Vec::new());
        Self { world, ways, seed, positions, lost_at, held, now }
    }

    /// The last instant.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Whether new happenings come; those under way go on.
    pub fn ring(&mut self, rings: bool) {
        let now = self.now;
        self.with_world(|world| match rings {
            true => world.source.ring_from(now),
            false => world.source.hush(),
        });
    }

    /// Under people's own hands: ends the shifts of simulated staff who are at work and should not
    /// be. Who has a call or a callback open is refused, and stays until a person has settled it.
    ///
    /// # Errors
    /// [`DemoError::Gone`].
    pub fn send_staff_home<L: Link>(&mut self, link: &mut L) -> Result<(), DemoError> {
        if self.positions == Positions::Autopilot {
            return Ok(());
        }
        let (at_work, seq) = link.look(|center| {
            let shifts = center.core().shifts().map(|shift| shift.person.clone());
            (shifts.filter(is_simulated).collect::<Vec<PersonId>>(), center.last_seq())
        })?;
        let now = self.now;
        let inputs: Vec<Input> = at_work
            .into_iter()
            .map(|id| Input {
                key: format!("home.{seq}.{id}"),
                at: now,
                actor: Actor::Person { id },
                order: Order::Command(Command::EndShift {}),
                salt: self.with_world(World::salt),
            })
            .collect();
        if !inputs.is_empty() {
            let outputs = send(link, |link| link.step(inputs.clone()))?;
            self.hear(now, outputs, link)?;
        }
        Ok(())
    }

    /// When something happens next; `None`: only when something comes out of the centre.
    ///
    /// # Errors
    /// [`DemoError::Gone`].
    pub fn next_at<L: Link>(&mut self, link: &mut L) -> Result<Option<Timestamp>, DemoError> {
        let (due, records) = send(link, |link| link.look(standing))?;
        let acts = self.with_world(|world| match records {
            true => world.next_at(),
            false => world.source.next_ring_at(),
        });
        let now = self.now;
        // A deadline may lie before the present, if the demo was stopped over it.
        Ok([due, acts].into_iter().flatten().min().map(|at| at.max(now)))
    }

    /// Lets everything of one instant happen. Deadlines come first, then callers, staff and crews
    /// act, and everybody hears what came out, until nobody wants to act at this instant any more.
    /// An instant before the last one counts as the last one.
    ///
    /// # Errors
    /// [`DemoError`]; what happened before stands in the journal.
    pub fn instant<L: Link>(&mut self, at: Timestamp, link: &mut L) -> Result<(), DemoError> {
        self.now = self.now.max(at);
        let now = self.now;
        for _ in 0..ROUNDS_MAX {
            let mut outputs = Vec::new();
            let (due, _) = send(link, |link| link.look(standing))?;
            if due.is_some_and(|due| due <= now) {
                let salt = self.with_world(World::salt);
                outputs.extend(send(link, |link| link.wake(now, salt))?);
            }
            let inputs = self.inputs(now, link)?;
            if inputs.is_empty() && outputs.is_empty() {
                return Ok(());
            }
            if !inputs.is_empty() {
                outputs.extend(send(link, |link| link.step(inputs.clone()))?);
                self.hold_back(inputs, &outputs);
            }
            self.hear(now, outputs, link)?;
        }
        Err(DemoError::Stuck(now))
    }

    /// What everybody does now. While nothing can be recorded, telephones ring and everybody else
    /// waits: a crew that reports into the void would think that it had reported. Afterwards what
    /// was held back comes first and alone, so that everybody sees what came of it.
    fn inputs<L: Link>(&mut self, now: Timestamp, link: &mut L) -> Result<Vec<Input>, DemoError> {
        let (_, records) = send(link, |link| link.look(standing))?;
        if records && !self.held.is_empty() {
            return Ok(std::mem::take(&mut self.held));
        }
        let act = if records { World::act } else { rings };
        let mut inputs = self.see(now, link, act)?;
        inputs.iter_mut().for_each(|input| self.make_own(&mut input.key));
        Ok(inputs)
    }

    /// Keeps what could not be recorded. Rings are kept by the centre itself.
    fn hold_back(&mut self, inputs: Vec<Input>, outputs: &[Output]) {
        let unrecorded: BTreeSet<&str> = outputs
            .iter()
            .filter_map(|output| match output {
                Output::Reply { key, result: Err(Rejected::Unrecorded { .. }) } => {
                    Some(key.as_str())
                }
                _ => None,
            })
            .collect();
        let rings =
            |input: &Input| matches!(input.order, Order::Command(Command::PresentCall { .. }));
        let lost = inputs.into_iter().filter(|input| unrecorded.contains(input.key.as_str()));
        self.held.extend(lost.filter(|input| !rings(input)));
    }

    /// A key that no lost world has used. Callers' own keys never come again as it is.
    fn make_own(&self, key: &mut String) {
        if self.lost_at > 0
            && let Some(number) = key.strip_prefix("sim-")
        {
            *key = format!("sim-{}.{number}", self.lost_at);
        }
    }

    /// Everybody hears what came out of the centre, also for what people did.
    ///
    /// # Errors
    /// [`DemoError::Gone`].
    pub fn hear<L: Link>(
        &mut self,
        at: Timestamp,
        outputs: Vec<Output>,
        link: &mut L,
    ) -> Result<(), DemoError> {
        self.now = self.now.max(at);
        let outputs = Arc::new(outputs);
        self.see(self.now, link, move |world, seen| world.hear(&outputs, seen))
    }

    /// Lets instants follow each other without waiting, up to and including `until`.
    ///
    /// # Errors
    /// As [`Demo::instant`].
    pub fn run_until<L: Link>(&mut self, until: Timestamp, link: &mut L) -> Result<(), DemoError> {
        while let Some(at) = self.next_at(link)?.filter(|at| *at <= until) {
            self.instant(at, link)?;
        }
        self.now = self.now.max(until);
        Ok(())
    }

    /// The world as it is at `at`, after the entry `seq`. `plan` names the files it came from.
    pub fn saved(&self, at: Timestamp, seq: u64, plan: &str) -> SavedWorld {
        SavedWorld {
            seed: self.seed,
            at: at.max(self.now),
            seq,
            autopilot: self.positions == Positions::Autopilot,
            lost_at: self.lost_at,
            held: self.held.clone(),
            plan: plan.to_owned(),
            world: self.with_world(|world| world.clone()),
        }
    }

    fn see<L: Link, T: Send + 'static>(
        &self,
        now: Timestamp,
        link: &mut L,
        look: impl Fn(&mut World, &Seen<'_>) -> T + Clone + Send + 'static,
    ) -> Result<T, DemoError> {
        // A centre that is being built again drops the question unasked, so it may be asked again.
        send(link, |link| {
            let (world, ways, look) = (self.world.clone(), self.ways.clone(), look.clone());
            link.look(move |center| {
                let seen = Seen { now, center, ways: &*ways };
                look(&mut world.lock().unwrap_or_else(PoisonError::into_inner), &seen)
            })
        })
    }

    fn with_world<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Sends until it arrives. Nothing is done twice: keys that were taken are known.
fn send<L: Link, T>(
    link: &mut L,
    mut what: impl FnMut(&mut L) -> Result<T, Lost>,
) -> Result<T, DemoError> {
    for _ in 0..TRIES_MAX {
        if let Ok(arrived) = what(link) {
            return Ok(arrived);
        }
    }
    Err(DemoError::Gone)
}

/// When the centre is to be woken, and whether it can record anything.
fn standing(center: &Center) -> (Option<Timestamp>, bool) {
    (center.next_deadline(), *center.journal_state() == JournalState::Ok)
}

/// Telephones that begin to ring.
fn rings(world: &mut World, seen: &Seen<'_>) -> Vec<Input> {
    let at = seen.now;
    let acts = world.source.ring(at);
    let input = |act: Act| {
        let Act { actor, order, key } = act;
        Some(Input { key: key?, at, actor, order, salt: world.salt() })
    };
    acts.into_iter().filter_map(input).collect()
}

/// One of the autopilot's staff; who writes down callers' words is not.
fn is_simulated(person: &PersonId) -> bool {
    ["sim-taker-", "sim-dispatcher-", "sim-supervisor-"]
        .iter()
        .any(|start| person.as_str().starts_with(start))
}

/// Incidents that a call-taker had opened and not yet said what they are: only the lost world knew.
/// Under autopilot somebody must say at least that help is needed, or nobody is ever sent.
fn left_open(center: &Center, book: &Book, at: Timestamp) -> Vec<Input> {
    let seq = center.last_seq();
    let taker = PersonId::from("sim-taker-1");
    let input = |name: String, command| Input {
        key: format!("lost.{seq}.{name}"),
        at,
        actor: Actor::Person { id: taker.clone() },
        order: Order::Command(command),
        // Neither command seals anything.
        salt: [0; 32],
    };
    let created = center.core().open_incidents().filter(|one| one.stage == Stage::Created);
    let mut inputs: Vec<Input> = created
        .map(|incident| {
            let signature = Signature::because("what the caller said was lost in a kill");
            let incident_type = book.plan.lost_type.clone();
            let incident = incident.id;
            let command = Command::classify(incident, incident_type, signature);
            input(incident.to_string(), command)
        })
        .collect();
    if !inputs.is_empty() && center.core().shift(&taker).is_none() {
        let position = taker.0.clone();
        let start = Command::StartShift { role: Role::CallTaker, position };
        inputs.insert(0, input("start".to_owned(), start));
    }
    inputs
}

/// A page for every unit that is at work, as if it had just been told.
fn pages(center: &Center) -> Vec<Output> {
    let running = center.core().units().filter_map(|unit| center.core().active_of(&unit.id));
    let left = |assignment: &&Assignment| !assignment.reached(Milestone::Clear);
    running
        .filter(left)
        .map(|assignment| Output::Page {
            unit: assignment.unit.clone(),
            incident: assignment.incident,
            assignment: assignment.id,
        })
        .collect()
}
