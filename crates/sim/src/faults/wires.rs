//! The wires between the door and everybody outside: they are late, they deliver twice, in another
//! order, or lose the reply. Who sends keeps what was sent, and sends it again under the same key,
//! until an answer comes.

use super::report::Tally;
use crate::rng::Rng;
use center::{Accepted, Input, Order, Rejected};
use evenhand_core::{Actor, Command, Event, Refusal, Timestamp};
use std::collections::{BTreeMap, VecDeque};

/// Everything that is under way to the door, or waits for its answer.
#[derive(Clone, Debug)]
pub(super) struct Wires {
    rng: Rng,
    /// By the order in which they were sent; all wait for an answer.
    letters: BTreeMap<u64, Letter>,
    last: u64,
    echoes: u64,
    /// Crews' terminals: what they report one after the other.
    terminals: BTreeMap<String, VecDeque<Input>>,
    /// Nothing arrives before.
    silent_until: Timestamp,
    /// No more troubles: everything arrives once, in order, and is answered.
    calm: bool,
}

/// One input on its way.
#[derive(Clone, Debug)]
struct Letter {
    due: Timestamp,
    input: Input,
    /// A second copy of one that was answered already; nobody waits for its answer.
    copy: bool,
    /// The centre said that it keeps this ring until it can be recorded.
    kept: bool,
}

/// What became of a letter that its sender must know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Settled {
    /// The answer came.
    Answered,
    /// Nobody waits for that any more.
    Unexpected,
    /// It waits on.
    Waits,
}

/// How long a sender waits for a reply before sending again.
const PATIENCE_MS: u64 = 10_000;
/// How long a terminal waits before it reports a status again that the clocks made stale.
const AGAIN_MS: u64 = 300_000;

impl Wires {
    pub fn new(seed: u64) -> Self {
        Self {
            rng: Rng::named(seed, "faults/wires"),
            letters: BTreeMap::new(),
            last: 0,
            echoes: 0,
            terminals: BTreeMap::new(),
            silent_until: Timestamp::default(),
            calm: false,
        }
    }

    /// From now on everything arrives.
    pub fn calm(&mut self) {
        self.calm = true;
    }

    /// When something arrives next.
    pub fn next_at(&self) -> Option<Timestamp> {
        self.letters.values().map(|letter| letter.due).min()
    }

    /// How many wait for an answer.
    pub fn waiting(&self) -> usize {
        self.letters.len() + self.terminals.values().map(VecDeque::len).sum::<usize>()
    }

    /// Takes what somebody sends.
    pub fn send(&mut self, now: Timestamp, mut input: Input, tally: &mut Tally) {
        // Some terminals have a clock of their own, which is right.
        if let Order::Command(Command::ReportStatus { reported_at, .. }) = &mut input.order
            && self.rng.chance(300)
        {
            *reported_at = Some(now);
        }
        match status_of(&input) {
            Some(unit) => {
                let queue = self.terminals.entry(unit).or_default();
                queue.push_back(input);
                if queue.len() == 1 {
                    self.report_next(now, tally);
                }
            }
            None => self.post(now, input, tally),
        }
    }

    /// Nothing arrives before that.
    pub fn silence(&mut self, until: Timestamp) {
        self.silent_until = until;
        for letter in self.letters.values_mut() {
            letter.due = letter.due.max(until);
        }
    }

    /// What arrives at the door now.
    pub fn arriving(&mut self, now: Timestamp, tally: &mut Tally) -> Vec<Input> {
        let mut inputs = Vec::new();
        let due = |letter: &Letter| letter.due <= now;
        let numbers: Vec<u64> =
            self.letters.iter().filter(|(_, letter)| due(letter)).map(|(n, _)| *n).collect();
        for number in numbers {
            let Some(letter) = self.letters.get_mut(&number) else { continue };
            letter.due = now.plus(PATIENCE_MS + self.rng.below(PATIENCE_MS));
            inputs.push(letter.input.clone());
            if letter.copy {
                // It goes once, whatever comes back.
                self.letters.remove(&number);
            } else if !self.calm && self.rng.chance(20) {
                tally.fault("duplicate at once");
                inputs.push(letter.input.clone());
            }
        }
        if !self.calm && inputs.len() > 1 && self.rng.chance(300) {
            tally.fault("reordered batch");
            self.shuffle(&mut inputs);
        }
        inputs
    }

    /// Whether the wire loses a reply.
    pub fn loses_reply(&mut self) -> bool {
        !self.calm && self.rng.chance(25)
    }

    /// A reply arrives.
    pub fn hear(
        &mut self,
        now: Timestamp,
        key: &str,
        result: &Result<Accepted, Rejected>,
        tally: &mut Tally,
    ) -> Settled {
        let waits = |(_, letter): &(&u64, &mut Letter)| letter.input.key == key && !letter.copy;
        let Some((number, letter)) = self.letters.iter_mut().find(waits) else {
            return Settled::Unexpected;
        };
        let number = *number;
        match result {
            Err(Rejected::Unrecorded { .. }) => {
                letter.kept = is_ring(&letter.input);
                letter.due = now.plus(PATIENCE_MS + self.rng.below(PATIENCE_MS));
                return Settled::Waits;
            }
            // The copy that came with it was turned away; the answer is still to come.
            Err(Rejected::Invalid { text }) if text.contains("twice at once") => {
                return Settled::Waits;
            }
            Ok(_)
            | Err(Rejected::Refused { .. } | Rejected::NotRead { .. } | Rejected::Invalid { .. }) =>
                {}
        }
        if let Some(letter) = self.letters.remove(&number) {
            self.settled(now, letter.input, result, tally);
        }
        Settled::Answered
    }

    /// Keys of the rings that the centre promised to keep.
    pub fn kept(&self) -> impl Iterator<Item = &str> {
        let kept = self.letters.values().filter(|letter| letter.kept);
        kept.map(|letter| letter.input.key.as_str())
    }

    /// The process died, and with it what it kept in memory.
    pub fn forgotten(&mut self) {
        for letter in self.letters.values_mut() {
            letter.kept = false;
        }
    }

    /// The letter is answered: now and then a copy of it comes later all the same.
    fn settled(
        &mut self,
        now: Timestamp,
        input: Input,
        result: &Result<Accepted, Rejected>,
        tally: &mut Tally,
    ) {
        if !self.calm && self.rng.chance(20) {
            tally.fault("duplicate later");
            let due = now.plus(1_000 + self.rng.below(2 * 3_600_000));
            self.file(Letter { due, input: input.clone(), copy: true, kept: false });
        }
        let Some(unit) = status_of(&input) else { return };
        if !self.calm && self.rng.chance(100) {
            self.echo(now, &input, result, tally);
        }
        if let Some(queue) = self.terminals.get_mut(&unit) {
            queue.pop_front();
            if let Some(again) = again(&input, result) {
                let stale = again.len() == 1;
                again.into_iter().rev().for_each(|input| queue.push_front(input));
                if stale {
                    tally.fault("status held up by the clock");
                    return self.report_next_at(now.plus(AGAIN_MS));
                }
            }
        }
        self.report_next(now, tally);
    }

    /// A status that came is brought by another way too, later and under a key of its own. If the
    /// crew has said something newer by then, it must be refused.
    fn echo(
        &mut self,
        now: Timestamp,
        input: &Input,
        result: &Result<Accepted, Rejected>,
        tally: &mut Tally,
    ) {
        let (Order::Command(command), Ok(accepted)) = (&input.order, result) else { return };
        let taken = accepted.events.iter().find_map(|(_, event)| match event {
            Event::UnitStatusChanged { reported_at, .. } => Some(*reported_at),
            _ => None,
        });
        let (Some(taken), mut command) = (taken, command.clone()) else { return };
        if let Command::ReportStatus { reported_at, .. } = &mut command {
            *reported_at = Some(taken);
        }
        tally.fault("status by a second way, late");
        self.echoes += 1;
        let key = format!("late-{}", self.echoes);
        let input = Input { key, order: Order::Command(command), ..input.clone() };
        let due = now.plus(60_000 + self.rng.below(600_000));
        self.file(Letter { due, input, copy: true, kept: false });
    }

    /// Every terminal whose first report is not under way sends it.
    fn report_next(&mut self, now: Timestamp, tally: &mut Tally) {
        for input in self.not_under_way() {
            self.post(now, input, tally);
        }
    }

    fn report_next_at(&mut self, due: Timestamp) {
        for input in self.not_under_way() {
            self.file(Letter { due, input, copy: false, kept: false });
        }
    }

    fn not_under_way(&self) -> Vec<Input> {
        let under_way = |input: &&Input| {
            self.letters.values().any(|letter| !letter.copy && letter.input.key == input.key)
        };
        let first = self.terminals.values().filter_map(VecDeque::front);
        first.filter(|input| !under_way(input)).cloned().collect()
    }

    fn post(&mut self, now: Timestamp, input: Input, tally: &mut Tally) {
        let mut due = now;
        if !self.calm && self.rng.chance(40) {
            tally.fault("late input");
            due = now.plus(self.rng.below(20_000));
        }
        self.file(Letter { due, input, copy: false, kept: false });
    }

    fn file(&mut self, letter: Letter) {
        self.last += 1;
        let due = letter.due.max(self.silent_until);
        self.letters.insert(self.last, Letter { due, ..letter });
    }

    /// Fisher and Yates.
    fn shuffle(&mut self, inputs: &mut [Input]) {
        for end in (1..inputs.len()).rev() {
            inputs.swap(end, self.rng.below(end as u64 + 1) as usize);
        }
    }
}

/// The unit whose crew reports its status or place in this input.
fn status_of(input: &Input) -> Option<String> {
    match (&input.actor, &input.order) {
        (
            Actor::Crew { unit },
            Order::Command(Command::ReportStatus { .. } | Command::ReportPosition { .. }),
        ) => Some(unit.to_string()),
        _ => None,
    }
}

fn is_ring(input: &Input) -> bool {
    matches!(&input.order, Order::Command(Command::PresentCall { .. }))
}

/// What a terminal reports instead of a status that was refused.
fn again(input: &Input, result: &Result<Accepted, Rejected>) -> Option<Vec<Input>> {
    let Err(Rejected::Refused { refusal, .. }) = result else { return None };
    let Order::Command(Command::ReportStatus { unit, label, .. }) = &input.order else {
        return None;
    };
    let tries = input.key.matches('.').count();
    let report = |more: &str, label: &str| {
        let command = Command::ReportStatus {
            unit: unit.clone(),
            label: label.to_owned(),
            reported_at: None,
        };
        let key = format!("{}{more}", input.key);
        Input { key, order: Order::Command(command), ..input.clone() }
    };
    match refusal {
        // The clocks disagree; what the crew does is true all the same.
        Refusal::StatusOlderThanLatest { .. } | Refusal::StatusFromFuture { .. } if tries < 30 => {
            Some(vec![report(".", label)])
        }
        // Whoever took the arrival back is told that the crew was there.
        Refusal::UnitNotOnScene { .. } if tries < 30 => {
            Some(vec![report(".a", "on scene"), report(".", label)])
        }
        _ => None,
    }
}
