//! The world that takes the place of sockets, and virtual time.

use super::caller::{CENTER, Caller, Deed, chance};
use super::center_line::{CenterLine, Heard, SLOW_MS};
use super::network::{Direction, Network, Packet};
use super::plan;
use super::report::Report;
use super::servers::Servers;
use super::takers::Lines;
use super::watch::{Watch, beginning};
use crate::faults::{Broken, Check, Violation, broken};
use crate::rng::{Rng, Spread};
use crate::scenario::{Town, signing_key, verify};
use crate::source::{Act, Source};
use crate::staff::{Staff, StaffPlan};
use crate::ways::Ways;
use crate::world::{Door, Seen};
use center::{Center, Clear, Input, Output};
use evenhand_core::{Actor, Timestamp};
use intake::handling::{self, CallHandling, Dialled, Held, Settings, Told, Voice};
use intake::sip::{self, Peer};
use journal::{FaultPlan, Journal, MemoryDisk, WriteFault};
use roads::{Roads, SpeedTable};
use std::collections::VecDeque;

/// The policy of the scenarios' small town, with a queue.
const POLICY: &str = concat!(
    include_str!("../../../../scenarios/policy.toml"),
    "\n[[queue]]\nname = \"emergency\"\nuri = \"sip:emergency@psap.example\"\ndefault = true\n",
    "strategy = \"longest_idle\"\noffer_s = 20\nroles = [\"call_taker\"]\n",
);
/// 2026-01-05T00:00:00Z, as in the scenarios.
const START: u64 = 1_767_571_200_000;
/// Everything must be over by then, the last session timer included.
const LASTS_MS_MAX: u64 = 12 * 3_600_000;
/// Most rounds at one instant.
const ROUNDS_MAX: u32 = 10_000;
/// With the centre at its slowest, and its answer lost, a caller hears that it rings within this
/// time; no location server has a part in it.
const HEARD_MS_MAX: u64 = 8 * SLOW_MS;

const STAFF: StaffPlan = StaffPlan {
    call_takers: 3,
    dispatchers: 0,
    supervisors: 1,
    answer_s: Spread([0, 3, 10, 20]),
    create_s: Spread([1, 10, 30, 60]),
    classify_s: Spread([5, 15, 30, 60]),
    end_s: Spread([0, 5, 20, 60]),
    dispatch_s: Spread([5, 15, 30, 60]),
    close_s: Spread([20, 60, 120, 300]),
    acknowledge_s: Spread([10, 30, 120, 300]),
    callback_s: Spread([1, 10, 60, 120]),
    ring_s: Spread([5, 15, 25, 30]),
    retry_s: 60,
    attempts_max: 2,
    attach_score_min: None,
    hold_priority_min: None,
    hold_s: 600,
};

/// One seed's calls.
pub(super) struct TelephoneWorld {
    seed: u64,
    now: u64,
    town: Town,
    disk: MemoryDisk,
    center: Center,
    handling: CallHandling,
    line: CenterLine,
    callers: Vec<Caller>,
    network: Network,
    servers: Servers,
    staff: Staff,
    lines: Lines,
    door: Door,
    ways: Box<dyn Ways>,
    /// When the journal cannot be written, and when it can again.
    outage: VecDeque<(u64, Outage)>,
    /// The INVITE that call handling is looking at.
    looking_at: Option<(String, String)>,
    flows: u64,
    watch: Watch,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Outage {
    Begins,
    Ends,
}

impl TelephoneWorld {
    /// The world before the first call.
    pub fn begin(seed: u64) -> Result<Self, Violation> {
        let start = Timestamp(START as i64);
        let unfit = |text| Violation { oracle: "town", at: start, text, entries: Vec::new() };
        let town = Town::new(POLICY);
        let setup = town.setup().map_err(unfit)?;
        let ways = Box::new(Roads::build(&setup.map.streets, &SpeedTable::default()));
        let disk = MemoryDisk::new();
        let journal = Journal::open(Town::store(&disk), signing_key());
        let journal = journal.map_err(|error| unfit(error.to_string()))?;
        let mut door = Door::new(seed);
        let center = Center::open(setup, journal, start, door.salt());
        let center = center.map_err(|error| unfit(error.to_string()))?;
        let plans = plan::draw(seed, START + 5_000);
        let callers = plans.into_iter().enumerate();
        let callers: Vec<_> = callers.map(|(index, plan)| Caller::new(seed, index, plan)).collect();
        Ok(Self {
            seed,
            now: START,
            town,
            disk,
            center,
            handling: handling(seed),
            line: CenterLine::draw(seed, START),
            flows: 1_000,
            callers,
            network: Network::draw(seed),
            servers: Servers::draw(seed),
            staff: Staff::new(seed, STAFF, start),
            lines: Lines::new(seed),
            door,
            ways,
            outage: outage(seed),
            looking_at: None,
            watch: Watch::default(),
        })
    }

    /// All calls, until nothing is left to do.
    pub fn run(mut self) -> Result<Report, Violation> {
        let lived = self.live();
        let at = self.at();
        match lived {
            Ok(report) => Ok(report),
            Err(Broken { oracle, text }) => {
                Err(Violation { oracle, at, text, entries: self.watch.into_entries() })
            }
        }
    }

    fn live(&mut self) -> Result<Report, Broken> {
        let faults = [self.servers.fault(), self.line.fault()];
        faults.into_iter().flatten().for_each(|fault| self.watch.tally.fault(fault));
        self.handling.start(self.now);
        self.act_on_handling()?;
        while let Some(left) = self.left() {
            if self.now - START > LASTS_MS_MAX {
                broken("liveness", format!("after half a day there is still {left}"))?;
            }
            self.instant()?;
        }
        self.closing()
    }

    /// The time, as the centre counts it.
    fn at(&self) -> Timestamp {
        Timestamp(self.now as i64)
    }

    /// What is still to be done, if anything.
    fn left(&self) -> Option<String> {
        let silent = self.network.is_silent() && self.line.is_silent();
        // What a telephone does that nobody can hear any more ends nothing.
        let lives = |caller: &&Caller| !caller.is_done() && !caller.is_silent(self.now);
        let busy = self.callers.iter().filter(lives).count();
        match (busy, self.handling.legs(), self.watch.open().as_slice(), silent) {
            (0, 0, [], true) if self.outage.is_empty() => None,
            (busy, legs, open, _) => {
                Some(format!("{busy} callers busy, {legs} legs, calls {open:?} open"))
            }
        }
    }

    fn next_at(&self) -> u64 {
        let ms = |at: Timestamp| u64::try_from(at.0).unwrap_or_default();
        let mut all = vec![
            self.network.next_at(),
            self.line.next_at(),
            self.handling.next_timer(),
            self.staff.next_at().map(ms),
            self.center.next_deadline().map(ms),
            self.outage.front().map(|(at, _)| *at),
        ];
        all.extend(self.callers.iter().map(Caller::next_at));
        all.into_iter().flatten().min().unwrap_or(self.now + 60_000)
    }

    /// The next instant at which anything happens, and everything that happens at it.
    fn instant(&mut self) -> Check {
        self.now = self.now.max(self.next_at());
        for _ in 0..ROUNDS_MAX {
            if !self.round()? {
                // Whatever is due and moves nothing must not stop the time.
                self.now = self.now.max(self.next_at().min(self.now + 1));
                return Ok(());
            }
        }
        broken("stuck", format!("more than {ROUNDS_MAX} rounds without time passing"))
    }

    fn round(&mut self) -> Result<bool, Broken> {
        let mut busy = self.change_disk();
        busy |= self.wake_center()?;
        busy |= self.deliver()?;
        busy |= self.order()?;
        busy |= self.hear()?;
        busy |= self.callers_act()?;
        busy |= self.wake_handling()?;
        busy |= self.takers_act()?;
        Ok(busy)
    }

    fn change_disk(&mut self) -> bool {
        let Some((_, outage)) = self.outage.pop_front_if(|(at, _)| *at <= self.now) else {
            return false;
        };
        let writes = match outage {
            Outage::Begins => vec![WriteFault::Full; 100_000],
            Outage::Ends => Vec::new(),
        };
        if outage == Outage::Begins {
            self.watch.tally.fault("journal cannot be written");
        }
        self.disk.plan(FaultPlan { writes: VecDeque::from(writes), reads: VecDeque::new() });
        true
    }

    fn wake_center(&mut self) -> Result<bool, Broken> {
        let at = self.at();
        if self.center.next_deadline().is_none_or(|due| due > at) {
            return Ok(false);
        }
        let outputs = self.center.wake(at, self.door.salt());
        let busy = outputs.len() > 1;
        self.came_out(&outputs)?;
        Ok(busy)
    }

    fn wake_handling(&mut self) -> Result<bool, Broken> {
        if self.handling.next_timer().is_none_or(|at| at > self.now) {
            return Ok(false);
        }
        self.handling.wake(self.now);
        self.act_on_handling()?;
        Ok(true)
    }

    /// Orders of call handling that have arrived, as one batch.
    fn order(&mut self) -> Result<bool, Broken> {
        let mut inputs = Vec::new();
        while let Some((key, command)) = self.line.ordered(self.now) {
            let command = (*command).map(&mut |_, text| Clear(text));
            let act = Act::keyed(key, Actor::Line, command);
            inputs.push(self.door.input(self.at(), act));
        }
        self.step(inputs)
    }

    fn takers_act(&mut self) -> Result<bool, Broken> {
        let seen = Seen { now: self.at(), center: &self.center, ways: &*self.ways };
        let acts = self.staff.act(&seen, &mut self.lines);
        let at = self.at();
        let inputs = acts.into_iter().map(|act| self.door.input(at, act)).collect();
        self.step(inputs)
    }

    fn step(&mut self, inputs: Vec<Input>) -> Result<bool, Broken> {
        if inputs.is_empty() {
            return Ok(false);
        }
        let outputs = self.center.step(inputs);
        self.came_out(&outputs)?;
        Ok(true)
    }

    /// What came out of the centre stands on the disk, and is heard.
    fn came_out(&mut self, outputs: &[Output]) -> Check {
        self.watch.read(&self.disk)?;
        for output in outputs {
            self.tell(output);
        }
        let seen = Seen { now: self.at(), center: &self.center, ways: &*self.ways };
        self.lines.hear(seen.now, outputs, &self.center);
        self.staff.look(&seen);
        Ok(())
    }

    fn tell(&mut self, output: &Output) {
        let now = self.now;
        let told = match output {
            Output::Reply { key, result } if key.starts_with("sip:") => {
                if self.line.reply(now, key.clone(), result) {
                    self.watch.tally.fault("reply of the centre lost");
                }
                return;
            }
            Output::Dial { call, by } => return self.line.dial(now, *call, by.clone()),
            Output::Answered { call, by } => Told::Answered { call: *call, by: by.clone() },
            Output::Release { call } | Output::StopDialling { call } => {
                Told::Released { call: *call }
            }
            Output::Abandoned { call, .. } => Told::Abandoned { call: *call },
            Output::Rebid { call } => Told::Rebid { call: *call },
            Output::Transfer { call, to } => Told::Transfer { call: *call, to: to.clone() },
            Output::Hold { call } => Told::Hold { call: *call, held: Held::Holding },
            Output::Resume { call } => Told::Hold { call: *call, held: Held::Speaking },
            Output::Reply { .. }
            | Output::Ring { .. }
            | Output::Offered { .. }
            | Output::Page { .. }
            | Output::CallOff { .. }
            | Output::StatesChanged
            | Output::BoardChanged(_)
            | Output::JournalDown { .. }
            | Output::JournalBack { .. }
            | Output::NextDeadline { .. } => return,
        };
        self.line.told(now, told);
    }

    /// What call handling hears by now.
    fn hear(&mut self) -> Result<bool, Broken> {
        let Some(heard) = self.line.heard(self.now) else { return Ok(false) };
        let now = self.now;
        match heard {
            Heard::Told(told) => self.handling.told(now, &told),
            Heard::Replied { key, replied } => self.handling.replied(now, &key, replied),
            Heard::Dial { call, by } => {
                let number = self.center.number_of_call(call);
                let request = self.center.request_of_call(call);
                self.handling.told(now, &Told::Dial { call, by, number, request });
            }
            Heard::VoiceOpened { leg, opened } => self.handling.voice_opened(now, leg, opened),
            Heard::Fetched { id, answer } => self.handling.fetched(now, id, answer),
        }
        self.act_on_handling()?;
        Ok(true)
    }

    /// Does what call handling wants done.
    fn act_on_handling(&mut self) -> Check {
        while let Some(output) = self.handling.poll() {
            self.act_on(output)?;
        }
        Ok(())
    }

    fn act_on(&mut self, output: handling::Output) -> Check {
        match output {
            handling::Output::Send { to, bytes } => return self.send(&to, bytes),
            handling::Output::Order { key, command } => {
                if let Some(invite) = &self.looking_at {
                    self.watch.ordered(&key, invite);
                }
                self.line.order(self.now, key, command);
            }
            handling::Output::Voice(Voice::Open { leg }) => {
                let (pause, opened) = self.servers.open_voice();
                self.line.hear(self.now + pause, Heard::VoiceOpened { leg, opened });
            }
            handling::Output::Voice(_) | handling::Output::Note(_) => {}
            handling::Output::Fetch(fetch) => {
                let (pause, answer) = self.servers.answer(&fetch);
                self.line.hear(self.now + pause, Heard::Fetched { id: fetch.id, answer });
            }
            handling::Output::Dialled { call, progress } => {
                self.lines.dialled(call, progress == Dialled::Answered);
            }
        }
        Ok(())
    }

    fn send(&mut self, to: &Peer, bytes: Vec<u8>) -> Check {
        self.watch.sent(self.now, &to.addr.to_string(), &bytes)?;
        let Some(caller) = self.callers.iter().find(|caller| caller.addr == to.addr) else {
            return Ok(());
        };
        let (caller, transport, current) = (caller.addr, to.transport, caller.flow);
        // Without a connection one is opened, which is the caller's newest; an old one is broken.
        let flow = if to.flow == 0 { current } else { to.flow };
        if flow == current || !transport.is_reliable() {
            let direction = Direction::ToCaller;
            self.carry(Packet { direction, caller, transport, flow, bytes });
        }
        Ok(())
    }

    fn carry(&mut self, packet: Packet) {
        if let Some(fault) = self.network.carry(self.now, packet) {
            self.watch.tally.fault(fault);
        }
    }

    /// The next message that has arrived.
    fn deliver(&mut self) -> Result<bool, Broken> {
        let Some(packet) = self.network.arrived(self.now) else { return Ok(false) };
        let found = self.callers.iter().position(|caller| caller.addr == packet.caller);
        let Some(index) = found else { return Ok(true) };
        let now = self.now;
        let Some(caller) = self.callers.get_mut(index) else { return Ok(true) };
        match packet.direction {
            Direction::ToCaller if caller.is_silent(now) => {}
            Direction::ToCaller => {
                self.watch.arrived(now, &packet.bytes)?;
                let deeds = caller.receive(now, &packet.bytes);
                self.carry_out(index, deeds)?;
            }
            Direction::ToCenter => {
                let Packet { transport, flow, caller: addr, bytes, .. } = packet;
                self.watch.reached(now, &bytes);
                self.looking_at = beginning(&bytes);
                self.handling.receive(now, &Peer { transport, addr, flow }, &bytes);
                self.act_on_handling()?;
                self.looking_at = None;
            }
        }
        Ok(true)
    }

    fn callers_act(&mut self) -> Result<bool, Broken> {
        let mut busy = false;
        for index in 0..self.callers.len() {
            let Some(caller) = self.callers.get_mut(index) else { continue };
            if caller.next_at().is_some_and(|at| at <= self.now) {
                let deeds = caller.act(self.now);
                self.carry_out(index, deeds)?;
                busy = true;
            }
        }
        Ok(busy)
    }

    fn carry_out(&mut self, index: usize, deeds: Vec<Deed>) -> Check {
        for deed in deeds {
            let Some(caller) = self.callers.get(index) else { return Ok(()) };
            match deed {
                Deed::Send(bytes) => {
                    let lost = caller.is_silent(self.now) || caller.swallows(&bytes);
                    let (caller, transport, flow) = (caller.addr, caller.transport(), caller.flow);
                    let direction = Direction::ToCenter;
                    match lost {
                        true => self.watch.tally.fault("caller's message never leaves"),
                        false => {
                            self.carry(Packet { direction, caller, transport, flow, bytes });
                        }
                    }
                }
                Deed::Break => self.break_connection(index)?,
            }
        }
        Ok(())
    }

    fn break_connection(&mut self, index: usize) -> Check {
        self.watch.tally.fault("connection broken");
        self.flows += 1;
        let Some(caller) = self.callers.get_mut(index) else { return Ok(()) };
        let broken = caller.flow;
        self.network.cut(broken);
        let deeds = caller.reconnect(self.now, self.flows);
        self.handling.connection_lost(self.now, broken);
        self.act_on_handling()?;
        self.carry_out(index, deeds)
    }

    fn closing(&mut self) -> Result<Report, Broken> {
        let down = self.watch.tally.faults.contains_key("journal cannot be written");
        self.watch.close(if down { u64::MAX } else { HEARD_MS_MAX })?;
        if let Some(wrong) = verify(&self.center, &self.disk, &self.town).first() {
            broken("verify", wrong)?;
        }
        let root = *self.center.journal().checkpoint().root();
        Ok(Report {
            seed: self.seed,
            invites: self.watch.invites(),
            calls: self.watch.calls(),
            faults: self.watch.tally.faults.clone(),
            happened: self.watch.happened.clone(),
            lasted_ms: self.now - START,
            hash: self.watch.tally.hash(&root),
        })
    }
}

/// Half of the seeds have a time in which the journal cannot be written.
fn outage(seed: u64) -> VecDeque<(u64, Outage)> {
    let mut rng = Rng::named(seed, "telephone/outage");
    if rng.chance(500) {
        return VecDeque::new();
    }
    let begins = START + 5_000 + rng.below(120_000);
    let ends = begins + 500 + rng.below(40_000);
    VecDeque::from([(begins, Outage::Begins), (ends, Outage::Ends)])
}

fn handling(seed: u64) -> CallHandling {
    let settings = Settings {
        element: "psap.example".to_owned(),
        agency: "psap.example".to_owned(),
        host: "psap.example".to_owned(),
        number: "+12025550911".to_owned(),
        languages: vec!["en".to_owned()],
        border: None,
        default_location: Some((420_050_000, -710_900_000, 2_000)),
        wait_ms: 10_000,
        again_ms: 30_000,
        lost_url: Some("https://lost.example/".to_owned()),
        abandoned_from: None,
    };
    let host = CENTER.to_string();
    let contacts = sip::Contacts { udp: host.clone(), tcp: host.clone(), tls: host };
    let endpoint = sip::Settings { contacts, ..sip::Settings::default() };
    let chance = [chance(seed, "telephone/handling"), chance(seed, "telephone/endpoint")];
    // The town's eastern half is somebody else's.
    let responsible = Box::new(|_: i32, lon_e7: i32| lon_e7 < -710_850_000);
    CallHandling::new(settings, endpoint, chance, responsible)
}
