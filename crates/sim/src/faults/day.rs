//! The day itself: virtual time, the centre that dies and comes back, and everybody around it.

use super::clock::DoorClock;
use super::ledger::{Broken, Check, broken};
use super::people::People;
use super::report::{Report, Tally, Violation};
use super::restless::{Restless, start_of_shift};
use super::troubles::{After, Death, Trouble, Troubles};
use super::watch::Watch;
use super::wires::{Settled, Wires};
use crate::crews::{CrewLabels, CrewPlan, Crews};
use crate::rng::{Rng, Spread};
use crate::scenario::{Town, signing_key, verify};
use crate::staff::{Staff, StaffPlan};
use crate::ways::Ways;
use crate::world::{Door, Outside, Seen};
use center::{Accepted, Center, CenterError, Input, JournalState, Output, Rejected};
use evenhand_core::{AssignmentId, IncidentId, Refusal, Timestamp, UnitId};
use journal::{FaultPlan, Journal, MemoryDisk, OpenError, ReadFault, StoreError, WriteFault};
use roads::{Roads, SpeedTable};
use std::collections::{BTreeSet, VecDeque};

/// The policy of the scenarios' small town.
const POLICY: &str = include_str!("../../../../scenarios/policy.toml");
/// The queues that every other town has.
const QUEUES: &str = include_str!("../../../../scenarios/queues.toml");
/// 2026-01-05T00:00:00Z, as in the scenarios.
const MIDNIGHT: Timestamp = Timestamp(1_767_571_200_000);
const MINUTE_MS: u64 = 60_000;
const DAY_MS: u64 = 24 * 60 * MINUTE_MS;
const SHIFT_MS: u64 = 8 * 60 * MINUTE_MS;
/// After the last fault everything must be done within this time. A clock that jumped an hour ahead
/// may keep a crew's reports out for that hour, and the work of it follows.
const DRAIN_MS_MAX: u64 = 6 * 60 * MINUTE_MS;
/// What is shown on the console is compared with a new one this often, and before a restart.
const COMPARE_MS: u64 = 60 * MINUTE_MS;
/// While the journal cannot be written, whoever runs the centre has it tried this often.
const RETRY_MS: u64 = 5_000;
/// Most rounds at one instant.
const ROUNDS_MAX: u32 = 2_000;
/// Different happenings of a day; some are reported more than once.
const HAPPENINGS: u64 = 200;
/// How often one of the restless acts, on average.
const RESTLESS_MS: u64 = 5 * MINUTE_MS;

const STAFF: StaffPlan = StaffPlan {
    call_takers: 2,
    dispatchers: 2,
    supervisors: 1,
    answer_s: Spread([2, 5, 10, 20]),
    create_s: Spread([10, 30, 60, 90]),
    classify_s: Spread([5, 15, 30, 60]),
    end_s: Spread([5, 10, 30, 60]),
    dispatch_s: Spread([5, 15, 30, 60]),
    close_s: Spread([20, 60, 120, 300]),
    acknowledge_s: Spread([10, 30, 120, 300]),
    callback_s: Spread([5, 20, 60, 120]),
    ring_s: Spread([10, 20, 25, 30]),
    retry_s: 120,
    attempts_max: 1,
    attach_score_min: Some(600),
    hold_priority_min: Some(2),
    hold_s: 600,
};
const CREWS: CrewPlan = CrewPlan {
    acknowledge_s: Spread([2, 5, 15, 30]),
    turnout_s: Spread([20, 60, 90, 150]),
    way_unknown_s: Spread([120, 300, 600, 900]),
    position_every_s: None,
};

/// One seed's day.
pub(super) struct Day {
    seed: u64,
    now: Timestamp,
    town: Town,
    disk: MemoryDisk,
    /// `None` while no process runs.
    center: Option<Center>,
    opens_at: Timestamp,
    /// Rings that one centre hands to the next.
    rings: Vec<Input>,
    outside: Outside<People>,
    ways: Box<dyn Ways>,
    restless: Restless,
    wires: Wires,
    clock: DoorClock,
    troubles: Troubles,
    chance: Rng,
    /// What the next step of the process will not survive.
    death: Option<Death>,
    /// What follows the next append of unknown outcome.
    after: After,
    /// Whether a reading failed since the centre was opened: it may know less than the disk.
    blind: bool,
    paged: BTreeSet<u64>,
    keys: u64,
    shift_ends_at: Timestamp,
    compare_at: Timestamp,
    watch: Watch,
}

impl Day {
    /// The day before anything happened.
    pub fn begin(seed: u64) -> Result<Self, Violation> {
        let town = town_of(seed);
        let unfit = |text| Violation { oracle: "town", at: MIDNIGHT, text, entries: Vec::new() };
        let setup = town.setup().map_err(unfit)?;
        let labels = CrewLabels::of(&setup.policy);
        let ways = Box::new(Roads::build(&setup.map.streets, &SpeedTable::default()));
        let end = MIDNIGHT.plus(DAY_MS);
        let people = People::draw(seed, HAPPENINGS, MIDNIGHT, end);
        let staff = Staff::new(seed, STAFF, MIDNIGHT);
        let crews = Crews::new(seed, CREWS, labels);
        let mut chance = Rng::named(seed, "faults/day");
        Ok(Self {
            seed,
            now: MIDNIGHT,
            town,
            disk: MemoryDisk::new(),
            center: None,
            opens_at: MIDNIGHT,
            rings: Vec::new(),
            outside: Outside::new(people, staff, crews, Door::new(seed)),
            ways,
            restless: Restless::new(seed, MIDNIGHT, RESTLESS_MS),
            wires: Wires::new(seed),
            clock: DoorClock::new(chance.chance(500)),
            troubles: Troubles::draw(seed, MIDNIGHT.plus(MINUTE_MS), end),
            chance,
            death: None,
            after: After::Reopen,
            blind: false,
            paged: BTreeSet::new(),
            keys: 0,
            shift_ends_at: MIDNIGHT.plus(SHIFT_MS),
            compare_at: MIDNIGHT.plus(COMPARE_MS),
            watch: Watch::default(),
        })
    }

    /// The whole day, and what comes after it.
    pub fn run(mut self) -> Result<Report, Violation> {
        let lived = self.live();
        let at = self.now;
        let entries = || self.watch.ledger.bodies().collect();
        lived.map_err(|Broken { oracle, text }| Violation { oracle, at, text, entries: entries() })
    }

    fn live(&mut self) -> Result<Report, Broken> {
        while self.now < MIDNIGHT.plus(DAY_MS) {
            self.instant()?;
        }
        self.calm_down();
        let calm_at = self.now;
        while let Some(left) = self.left() {
            if self.now.since(calm_at) > DRAIN_MS_MAX {
                broken("liveness", format!("long after the last fault there is still {left}"))?;
            }
            self.instant()?;
        }
        let drained_ms = self.now.since(calm_at);
        self.sign_off()?;
        self.closing()?;
        Ok(self.report(drained_ms))
    }

    /// The next instant at which anything happens, and everything that happens at it.
    fn instant(&mut self) -> Check {
        self.now = self.now.max(self.next_at());
        for _ in 0..ROUNDS_MAX {
            if !self.round()? {
                return Ok(());
            }
        }
        broken("stuck", format!("more than {ROUNDS_MAX} rounds without time passing"))
    }

    fn next_at(&self) -> Timestamp {
        let mut all = vec![self.troubles.next_at(), Some(self.shift_ends_at)];
        match &self.center {
            None => all.push(Some(self.opens_at)),
            Some(center) => all.extend([
                self.outside.next_at(),
                self.wires.next_at(),
                Some(self.restless.next_at()),
                Some(self.compare_at),
                self.looked_after_at(center),
            ]),
        }
        all.into_iter().flatten().min().unwrap_or(self.now)
    }

    /// When whoever runs the centre does something for it: at its deadline, or while the journal
    /// cannot be written.
    fn looked_after_at(&self, center: &Center) -> Option<Timestamp> {
        match center.journal_state() {
            JournalState::Ok => center.next_deadline().map(|at| self.clock.true_time(at)),
            JournalState::Down { .. } => Some(self.opens_at),
        }
    }

    fn round(&mut self) -> Result<bool, Broken> {
        let mut busy = false;
        while let Some(trouble) = self.troubles.due(self.now) {
            self.strike(trouble)?;
            busy = true;
        }
        self.change_shift();
        busy |= self.look_after()?;
        busy |= self.act()?;
        if self.now >= self.compare_at {
            self.compare_at = self.now.plus(COMPARE_MS);
            if let Some(center) = &self.center {
                self.watch.compare_console(center)?;
            }
        }
        Ok(busy)
    }

    /// Everybody does what is due, and what reaches the door is stepped.
    fn act(&mut self) -> Result<bool, Broken> {
        let Some(center) = &self.center else { return Ok(false) };
        let seen = Seen { now: self.now, center, ways: &*self.ways };
        let tally = &mut self.watch.tally;
        for input in self.outside.act(&seen) {
            self.wires.send(self.now, input, tally);
        }
        for act in self.restless.act(self.now, center) {
            self.keys += 1;
            let key = format!("restless-{}", self.keys);
            let salt = self.chance.bytes();
            let input = Input { key, at: self.now, actor: act.actor, order: act.order, salt };
            self.wires.send(self.now, input, tally);
        }
        let at = self.clock.stamp(self.now);
        let mut inputs = self.wires.arriving(self.now, tally);
        inputs.iter_mut().for_each(|input| input.at = at);
        if inputs.is_empty() {
            return Ok(false);
        }
        self.step(inputs)?;
        Ok(true)
    }

    fn step(&mut self, inputs: Vec<Input>) -> Check {
        if matches!(self.death, Some(Death { outputs: None, .. })) {
            return self.die();
        }
        let Some(center) = &mut self.center else { return Ok(()) };
        let outputs = center.step(inputs);
        self.came_out(outputs)
    }

    /// What came out of the centre is looked at, and then heard outside, as far as it got.
    fn came_out(&mut self, mut outputs: Vec<Output>) -> Check {
        self.watch.came_out(&outputs, &self.disk)?;
        self.look_at_boards()?;
        if let Some(Death { outputs: Some(heard), .. }) = self.death {
            outputs.truncate(usize::try_from(heard).unwrap_or(usize::MAX));
        }
        for (key, call) in self.watch.ledger.calls.take_new() {
            self.outside.source.connected(&key, evenhand_core::CallId(call));
        }
        outputs
            .retain(|output| !matches!(output, Output::Reply { .. }) || self.reply_gets_through());
        for output in &outputs {
            self.hear(output)?;
        }
        outputs.extend(self.by_voice());
        if let Some(center) = &self.center {
            let seen = Seen { now: self.now, center, ways: &*self.ways };
            self.outside.hear(&outputs, &seen);
        }
        if self.death.is_some() {
            return self.die();
        }
        self.kept_rings()
    }

    fn reply_gets_through(&mut self) -> bool {
        let lost = self.wires.loses_reply();
        if lost {
            self.watch.tally.fault("lost reply");
        }
        !lost
    }

    fn hear(&mut self, output: &Output) -> Check {
        match output {
            Output::Reply { key, result } => return self.answered(key, result),
            // What could not be read back is not shown: the console waits for the next start.
            Output::BoardChanged(frames)
                if self.blind && frames.seq < self.watch.ledger.length() =>
            {
                self.watch.console.lose();
            }
            Output::BoardChanged(frames) => return self.watch.console.take(frames),
            Output::Page { assignment, .. } => {
                self.paged.insert(assignment.0);
            }
            Output::Ring { .. }
            | Output::CallOff { .. }
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
            | Output::JournalDown { .. }
            | Output::JournalBack { .. }
            | Output::NextDeadline { .. } => {}
        }
        Ok(())
    }

    fn answered(&mut self, key: &str, result: &Result<Accepted, Rejected>) -> Check {
        let settled = self.wires.hear(self.now, key, result, &mut self.watch.tally);
        if settled == Settled::Answered
            && let Err(Rejected::Invalid { text }) = result
            && !key.starts_with("restless-")
        {
            return broken("invalid", format!("`{key}` is not understood: {text}"));
        }
        // Somebody who was signed off meanwhile signs on again.
        if settled == Settled::Answered
            && let Err(Rejected::Refused { refusal: Refusal::NotOnShift { person }, .. }) = result
        {
            let act = start_of_shift(person);
            self.keys += 1;
            let key = format!("sign-on-{}", self.keys);
            let salt = self.chance.bytes();
            let input = Input { key, at: self.now, actor: act.actor, order: act.order, salt };
            self.wires.send(self.now, input, &mut self.watch.tally);
        }
        Ok(())
    }

    /// A crew whose page was lost with the process is told by radio, once somebody in the centre
    /// notices: by the alert that a unit is not under way, or because a dispatcher reports for it.
    fn by_voice(&mut self) -> Vec<Output> {
        let mut pages = Vec::new();
        for id in self.watch.ledger.units.take_spoken_of() {
            let Some(known) = self.watch.ledger.units.assignment(id) else { continue };
            if known.ended || !self.paged.insert(id) {
                continue;
            }
            self.watch.tally.fault("page lost, told by radio");
            pages.push(Output::Page {
                unit: UnitId(known.unit.clone()),
                incident: IncidentId(known.incident),
                assignment: AssignmentId(id),
            });
        }
        pages
    }

    /// Rings that the centre said it keeps are recorded as soon as the journal can be written.
    fn kept_rings(&self) -> Check {
        let ok = |center: &Center| matches!(center.journal_state(), JournalState::Ok);
        if !self.center.as_ref().is_some_and(ok) {
            return Ok(());
        }
        let lost = self.wires.kept().find(|key| !self.watch.ledger.knows(key));
        match lost {
            Some(key) => broken("call-lost", format!("`{key}` was kept, and is not recorded")),
            None => Ok(()),
        }
    }

    fn look_at_boards(&mut self) -> Check {
        let Some(center) = &self.center else { return Ok(()) };
        // What could not be read back is missing until the centre is opened again.
        let unsettled =
            matches!(center.journal_state(), JournalState::Down { unsettled: true, .. });
        if unsettled && self.blind {
            return Ok(());
        }
        self.watch.boards(center)
    }

    fn change_shift(&mut self) {
        if self.now >= self.shift_ends_at {
            self.shift_ends_at = self.now.plus(SHIFT_MS);
            self.outside.staff.sign_off(self.now);
        }
    }
}

/// The process: what strikes it, and what brings it back.
impl Day {
    fn strike(&mut self, trouble: Trouble) -> Check {
        let tally = &mut self.watch.tally;
        match trouble {
            Trouble::Write(fault, after) => {
                tally.fault(name_of(fault));
                self.after = after;
                self.disk.plan_write(fault);
            }
            Trouble::Full { for_ms } => {
                tally.fault("disk full");
                self.plan(vec![WriteFault::Full; 10_000], 0);
                self.troubles.add(self.now.plus(for_ms), Trouble::Room);
            }
            Trouble::Room => {
                self.plan(Vec::new(), 0);
            }
            Trouble::Blind => {
                tally.fault("write and read back fail");
                self.blind = true;
                self.plan(vec![WriteFault::Full], 1);
            }
            Trouble::Reads { count } => {
                tally.fault("reading fails");
                self.blind = true;
                self.plan(Vec::new(), count);
            }
            Trouble::Death(death) => {
                tally.fault(if death.power { "power cut" } else { "process killed" });
                self.death = Some(death);
            }
            Trouble::Restart { down_ms } => {
                tally.fault("restart");
                self.stop(down_ms)?;
            }
            Trouble::ClockJump { offset_ms, for_ms } => {
                tally.fault("clock jumps an hour");
                self.clock.set(offset_ms);
                self.troubles.add(self.now.plus(for_ms), Trouble::ClockRight);
            }
            Trouble::ClockStep { offset_ms } => {
                tally.fault("clock steps");
                self.clock.set(offset_ms);
            }
            Trouble::ClockRight => self.clock.set(0),
            Trouble::Silence { for_ms } => {
                tally.fault("nothing reaches the door");
                self.wires.silence(self.now.plus(for_ms));
            }
        }
        Ok(())
    }

    fn plan(&self, writes: Vec<WriteFault>, reads: usize) {
        let reads = vec![ReadFault::Fails; reads];
        self.disk.plan(FaultPlan { writes: VecDeque::from(writes), reads: VecDeque::from(reads) });
    }

    /// Opens the centre, wakes it, or has the journal tried again.
    fn look_after(&mut self) -> Result<bool, Broken> {
        let Some(center) = &mut self.center else {
            if self.now < self.opens_at {
                return Ok(false);
            }
            self.open()?;
            return Ok(true);
        };
        let at = self.clock.stamp(self.now);
        match center.journal_state() {
            JournalState::Ok if center.next_deadline().is_some_and(|due| due <= at) => {
                if matches!(self.death, Some(Death { outputs: None, .. })) {
                    self.die()?;
                    return Ok(true);
                }
                let outputs = center.wake(at, self.outside.salt());
                self.came_out(outputs)?;
                self.woken(at)?;
                Ok(true)
            }
            JournalState::Down { unsettled, .. } if self.now >= self.opens_at => {
                let unsettled = *unsettled;
                self.opens_at = self.now.plus(RETRY_MS);
                if unsettled {
                    self.settle()?;
                } else {
                    let outputs = center.retry_journal(at, self.outside.salt());
                    self.came_out(outputs)?;
                }
                Ok(true)
            }
            JournalState::Ok | JournalState::Down { .. } => Ok(false),
        }
    }

    /// Nothing that is due is left behind by a waking, unless the journal could not be written.
    fn woken(&self, at: Timestamp) -> Check {
        let Some(center) = &self.center else { return Ok(()) };
        match center.journal_state() {
            JournalState::Ok => self.watch.holds(at.0),
            JournalState::Down { .. } => Ok(()),
        }
    }

    /// After an append of unknown outcome only opening again tells what the journal holds.
    fn settle(&mut self) -> Check {
        match std::mem::replace(&mut self.after, After::Reopen) {
            After::Reopen => self.stop(0),
            After::Death => {
                self.watch.tally.fault("process killed");
                self.death = Some(Death { power: false, outputs: None, down_ms: MINUTE_MS });
                self.die()
            }
            After::PowerCut => {
                self.watch.tally.fault("power cut");
                self.death = Some(Death { power: true, outputs: None, down_ms: MINUTE_MS });
                self.die()
            }
        }
    }

    /// The centre is closed in good order; what it kept in memory is handed on.
    fn stop(&mut self, down_ms: u64) -> Check {
        let Some(center) = self.center.take() else { return Ok(()) };
        if !self.blind {
            self.watch.compare_console(&center)?;
        }
        let (store, rings) = center.close();
        drop(store);
        self.rings.extend(rings);
        self.opens_at = self.now.plus(down_ms);
        Ok(())
    }

    /// The process ends as it stands; what it kept in memory is gone.
    fn die(&mut self) -> Check {
        let Some(death) = self.death.take() else { return Ok(()) };
        self.center = None;
        self.rings.clear();
        self.wires.forgotten();
        self.watch.console.lose();
        if death.power {
            self.disk.cut_power();
        }
        self.opens_at = self.now.plus(death.down_ms);
        Ok(())
    }

    /// Opens the centre on what the disk holds: the path of every start.
    fn open(&mut self) -> Check {
        self.opens_at = self.now.plus(RETRY_MS);
        let journal = match Journal::open(Town::store(&self.disk), signing_key()) {
            Ok(journal) => journal,
            Err(OpenError::Store(StoreError::Read { .. })) if self.blind => return Ok(()),
            Err(error) => return broken("journal-opens", error.to_string()),
        };
        self.watch.ledger.catch_up(&self.disk, true)?;
        let unfit = |text| Broken { oracle: "town", text };
        let setup = self.town.setup().map_err(unfit)?;
        let at = self.clock.stamp(self.now);
        match Center::open(setup, journal, at, self.chance.bytes()) {
            Ok(center) => self.center = Some(center),
            // It could not write or read: it is started again.
            Err(CenterError::Journal(_)) if self.blind => return Ok(()),
            Err(CenterError::Refused(_)) if self.start_may_fail() => return Ok(()),
            Err(error) => return broken("journal-opens", error.to_string()),
        }
        self.blind = false;
        self.watch.tally.restarts += 1;
        self.watch.ledger.catch_up(&self.disk, false)?;
        self.look_at_boards()?;
        if let Some(center) = &self.center {
            self.watch.console.connect(center.last_seq(), &center.snapshot());
        }
        let rings = std::mem::take(&mut self.rings);
        if rings.is_empty() {
            return self.kept_rings();
        }
        self.watch.tally.fault("ring handed over");
        self.step(rings)
    }

    /// The first append of a new process fails like any other.
    fn start_may_fail(&mut self) -> bool {
        let length = self.watch.ledger.length();
        let mut failed = false;
        self.disk.tamper(|contents| failed = contents.entries.len() as u64 == length);
        failed
    }
}

/// The end of the day.
impl Day {
    /// From here on nothing goes wrong any more, and nobody calls.
    fn calm_down(&mut self) {
        self.troubles.end();
        self.death = None;
        self.plan(Vec::new(), 0);
        self.clock.set(0);
        self.wires.silence(self.now);
        self.wires.calm();
        self.restless.tidy(self.now);
        self.outside.staff = Staff::new(self.seed, STAFF, self.now);
    }

    /// What is still to be done, if anything.
    fn left(&self) -> Option<String> {
        let ledger = &self.watch.ledger;
        let lists = [
            ("calls without outcome", ledger.calls.unaccounted().iter().copied().collect()),
            ("calls up", ledger.calls.up()),
            ("open incidents", ledger.incidents.open()),
            ("running assignments", ledger.units.running()),
        ];
        let left: Vec<String> = lists
            .iter()
            .filter(|(_, ids): &&(&str, Vec<u64>)| !ids.is_empty())
            .map(|(what, ids)| format!("{what} {ids:?}"))
            .collect();
        match (left.is_empty(), self.wires.waiting()) {
            (true, 0) => None,
            (true, waiting) => Some(format!("{waiting} inputs without an answer")),
            (false, _) => Some(left.join(", ")),
        }
    }

    /// Everybody goes home; nobody leaves a callback behind, so nobody is kept.
    fn sign_off(&mut self) -> Check {
        self.outside.staff.sign_off(self.now);
        let until = self.now.plus(10 * MINUTE_MS);
        while self.now < until {
            self.instant()?;
        }
        Ok(())
    }

    fn closing(&mut self) -> Check {
        self.watch.ledger.catch_up(&self.disk, true)?;
        let Some(center) = &self.center else {
            return broken("liveness", "the centre is not open at the end");
        };
        self.watch.boards(center)?;
        self.watch.compare_console(center)?;
        match verify(center, &self.disk, &self.town).first() {
            Some(wrong) => broken("verify", wrong),
            None => Ok(()),
        }
    }

    fn report(&self, drained_ms: u64) -> Report {
        let Tally { faults, restarts, outputs, .. } = &self.watch.tally;
        let root = self.center.as_ref().map(|center| *center.journal().checkpoint().root());
        let ledger = &self.watch.ledger;
        Report {
            seed: self.seed,
            faults: faults.clone(),
            calls: ledger.calls.count(),
            incidents: ledger.incidents.count(),
            restarts: *restarts,
            happened: ledger.happened.clone(),
            entries: ledger.length(),
            outputs: *outputs,
            drained_ms,
            hash: self.watch.tally.hash(&root.unwrap_or_default()),
        }
    }
}

fn name_of(fault: WriteFault) -> &'static str {
    match fault {
        WriteFault::None => "no fault",
        WriteFault::Lost => "write lost",
        WriteFault::Torn => "write torn",
        WriteFault::ErrorButKept => "write kept though an error was reported",
        WriteFault::Late => "write late",
        WriteFault::Full => "disk full",
    }
}

/// By turns calls ring everywhere, or wait in queues.
fn town_of(seed: u64) -> Town {
    let mut town = Town::new(POLICY);
    town.additions.insert("queues".to_owned(), QUEUES.to_owned());
    town.with(seed.is_multiple_of(2).then_some("queues"))
}
