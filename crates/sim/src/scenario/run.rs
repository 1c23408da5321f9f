//! Running a scenario: straight, or with failing writes, crashes and commands sent twice. Either
//! way the same must come of every line.

use super::expect::{Outcome, differs};
use super::phrase::{Action, MIDNIGHT, action};
use super::script::{Line, Script};
use super::town::{Town, signing_key};
use super::verifier::verify;
use crate::rng::Rng;
use center::{Center, Checked, Entry, Input, Order, Output, Rejected, Row, check_policy, decode};
use evenhand_core::{Actor, Command, Event, Role, Timestamp};
use journal::{Journal, MemoryDisk, WriteFault};
use policy::even::Budget;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Names of events and refusals that a scenario brought about.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Produced {
    /// Events.
    pub events: BTreeSet<String>,
    /// Refusals.
    pub refusals: BTreeSet<String>,
    /// Entries written.
    pub entries: u64,
    /// The first body written of each type.
    pub bodies: BTreeMap<String, String>,
}

/// A scenario that did not come out as written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// The scenario.
    pub name: String,
    /// The line, 0 for the end.
    pub line: usize,
    /// What differs.
    pub text: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.scenario:{}: {}", self.name, self.line, self.text)
    }
}

/// What goes wrong around the centre, from a seed.
#[derive(Clone, Debug)]
pub struct Trouble {
    rng: Rng,
}

impl Trouble {
    /// Trouble from a seed.
    pub fn of(seed: u64) -> Self {
        Self { rng: Rng::named(seed, "scenario/trouble") }
    }

    fn fault(&mut self) -> WriteFault {
        const FAULTS: [(u32, WriteFault); 6] = [
            (5, WriteFault::None),
            (1, WriteFault::Lost),
            (1, WriteFault::Torn),
            (1, WriteFault::ErrorButKept),
            (1, WriteFault::Late),
            (1, WriteFault::Full),
        ];
        self.rng.choose(&FAULTS).copied().unwrap_or_default()
    }
}

/// Runs a scenario on a faultless disk, and verifies.
///
/// # Errors
/// The first line of which something else came than expected.
pub fn run(script: &Script, town: &Town) -> Result<Produced, Failure> {
    Runner::start(script, &town.with(script.policy.as_deref()), None)?.all(script)
}

/// Runs it with failing writes, restarts, and every command sent twice.
///
/// # Errors
/// As [`run`].
pub fn run_under(script: &Script, town: &Town, trouble: Trouble) -> Result<Produced, Failure> {
    Runner::start(script, &town.with(script.policy.as_deref()), Some(trouble))?.all(script)
}

struct Runner<'a> {
    town: &'a Town,
    disk: MemoryDisk,
    center: Option<Center>,
    /// Handed in again at every start, as whoever checked them would do.
    checked: Vec<Checked>,
    trouble: Option<Trouble>,
    produced: Produced,
    keys: u64,
    full: bool,
}

impl<'a> Runner<'a> {
    fn start(script: &Script, town: &'a Town, trouble: Option<Trouble>) -> Result<Self, Failure> {
        let disk = MemoryDisk::new();
        let produced = Produced::default();
        let mut runner = Self {
            town,
            disk,
            center: None,
            checked: Vec::new(),
            trouble,
            produced,
            keys: 0,
            full: false,
        };
        let first = script.lines.first().map_or(0, |line| line.at_ms);
        runner.open(Timestamp(MIDNIGHT + first)).map_err(|text| Failure {
            name: script.name.clone(),
            line: 0,
            text,
        })?;
        Ok(runner)
    }

    fn open(&mut self, at: Timestamp) -> Result<(), String> {
        let unrecorded = match self.center.take() {
            Some(center) => center.close().1,
            None => Vec::new(),
        };
        let journal = Journal::open(Town::store(&self.disk), signing_key());
        let journal = journal.map_err(|error| error.to_string())?;
        let setup = self.town.setup()?;
        let mut center =
            Center::open(setup, journal, at, [1; 32]).map_err(|error| error.to_string())?;
        center.step(unrecorded);
        for checked in &self.checked {
            center.keep_checked(checked.clone()).map_err(|problems| problems.join("; "))?;
        }
        self.center = Some(center);
        Ok(())
    }

    fn center(&mut self) -> Result<&mut Center, String> {
        self.center.as_mut().ok_or_else(|| "the centre is not open".to_owned())
    }

    fn all(mut self, script: &Script) -> Result<Produced, Failure> {
        for line in &script.lines {
            self.line(line).map_err(|text| Failure {
                name: script.name.clone(),
                line: line.number,
                text,
            })?;
        }
        let end = |text| Failure { name: script.name.clone(), line: 0, text };
        self.disk.plan(journal::FaultPlan::default());
        let center = self.center.as_ref().ok_or_else(|| end("the centre is gone".to_owned()))?;
        let wrong = verify(center, &self.disk, self.town);
        if let Some(first) = wrong.first() {
            return Err(end(format!("the verifier says: {first}")));
        }
        self.produced.entries = center.last_seq();
        let rows = center.journal().read(1, usize::MAX).map_err(|error| end(error.to_string()))?;
        for stored in rows {
            let body = String::from_utf8_lossy(&stored.body).into_owned();
            let row = decode(&stored.body).map_err(|error| end(error.to_string()))?;
            self.produce(row, body);
        }
        Ok(self.produced)
    }

    fn produce(&mut self, row: Row, body: String) {
        let name = match &row.entry {
            Entry::Command { command, .. } => format!("command.{}", command.name()),
            Entry::Event(event) => event.name().to_owned(),
        };
        if let Entry::Event(Event::CommandRefused { refusal }) = &row.entry {
            self.produced.refusals.insert(refusal.name());
        }
        if let Entry::Event(event) = &row.entry {
            self.produced.events.insert(event.name().to_owned());
        }
        self.produced.bodies.entry(name).or_insert(body);
    }

    fn line(&mut self, line: &Line) -> Result<(), String> {
        let at = Timestamp(MIDNIGHT + line.at_ms);
        let outcome = match action(&line.words)? {
            Action::Order { actor, role, order } => {
                self.sign_on(at, &actor, role, &order)?;
                self.order(at, actor, *order)?
            }
            Action::Clock => Outcome::Happened(self.clock(at)?),
            Action::Restart => {
                self.open(at)?;
                Outcome::Happened(Vec::new())
            }
            Action::DiskFull => {
                self.full = true;
                Outcome::Happened(Vec::new())
            }
            Action::DiskFree => {
                self.full = false;
                self.disk.plan(journal::FaultPlan::default());
                Outcome::Happened(Vec::new())
            }
            Action::CheckPolicy { name, budget } => {
                self.check_policy(at, &name, &budget)?;
                Outcome::Happened(Vec::new())
            }
            Action::Check(words) => return self.check(&words),
        };
        match (&line.expected, &outcome) {
            (Some(expected), _) => differs(expected, &outcome).map_or(Ok(()), Err),
            (None, Outcome::Happened(_)) => Ok(()),
            (None, Outcome::Refused(refusal)) => Err(format!("refused: {refusal}")),
            (None, Outcome::Rejected(kind, text)) => Err(format!("{kind}: {text}")),
        }
    }

    /// Staff are at work unless the scenario is about that.
    fn sign_on(
        &mut self,
        at: Timestamp,
        actor: &Actor,
        role: Option<Role>,
        order: &Order,
    ) -> Result<(), String> {
        let starts = matches!(order, Order::Command(Command::StartShift { .. }));
        let (Some(role), Some(person), false) = (role, actor.person(), starts) else {
            return Ok(());
        };
        if self.center()?.core().shift(person).is_some() {
            return Ok(());
        }
        let start = Command::StartShift { role, position: person.to_string() };
        match self.order(at, actor.clone(), Order::Command(start))? {
            Outcome::Happened(_) => Ok(()),
            Outcome::Refused(refusal) => Err(format!("the shift: {refusal}")),
            Outcome::Rejected(_, text) if self.full => {
                Err(format!("start the shift before: {text}"))
            }
            Outcome::Rejected(_, text) => Err(text),
        }
    }

    /// Checks a policy of the town and hands it in.
    fn check_policy(&mut self, at: Timestamp, name: &str, budget: &Budget) -> Result<(), String> {
        let texts = self.town.texts(name)?;
        let today = self.center()?.day(at);
        let checked = check_policy(&texts, &today, budget)
            .map_err(|problems| problems.iter().map(ToString::to_string).collect::<String>())?;
        self.checked.push(checked.clone());
        self.center()?.keep_checked(checked).map_err(|problems| problems.join("; "))
    }

    /// In a scenario a policy goes by its name; in an order by its hash.
    fn named(&self, order: Order) -> Result<Order, String> {
        let Order::Command(Command::AdoptPolicy { hash: name, effective_at, signature }) = order
        else {
            return Ok(order);
        };
        let hash =
            if self.town.knows(&name) { self.town.policy(&name)?.reference().hash } else { name };
        Ok(Order::Command(Command::AdoptPolicy { hash, effective_at, signature }))
    }

    fn order(&mut self, at: Timestamp, actor: Actor, order: Order) -> Result<Outcome, String> {
        let order = self.named(order)?;
        self.keys += 1;
        let key = format!("line-{}", self.keys);
        let mut salt = [0; 32];
        for (byte, value) in salt.iter_mut().zip(self.keys.to_be_bytes()) {
            *byte = value;
        }
        let input = Input { key, at, actor, order, salt };
        let outcome = self.send(&input)?;
        if self.trouble.is_some() && !self.full {
            self.twice(&input, &outcome)?;
        }
        Ok(outcome)
    }

    /// Sends until it is recorded, through failing writes and restarts; with the same key, so that
    /// nothing happens twice.
    fn send(&mut self, input: &Input) -> Result<Outcome, String> {
        for _ in 0..8 {
            self.plan_fault();
            let outputs = self.center()?.step(vec![input.clone()]);
            let result = outputs
                .into_iter()
                .find_map(|output| match output {
                    Output::Reply { key, result } if key == input.key => Some(result),
                    _ => None,
                })
                .ok_or("no reply")?;
            match result {
                Ok(accepted) => {
                    let events = accepted.events.into_iter().map(|(_, event)| event).collect();
                    return Ok(Outcome::Happened(events));
                }
                Err(Rejected::Refused { refusal, .. }) => return Ok(Outcome::Refused(refusal)),
                Err(Rejected::Invalid { text }) => return Ok(Outcome::Rejected("invalid", text)),
                Err(Rejected::NotRead { reading }) => {
                    let text = reading.error.unwrap_or_default();
                    return Ok(Outcome::Rejected("unread", text));
                }
                Err(Rejected::Unrecorded { why }) if self.full => {
                    return Ok(Outcome::Rejected("unrecorded", why));
                }
                Err(Rejected::Unrecorded { .. }) => self.recover(input.at)?,
            }
        }
        Err("not recorded in eight attempts".to_owned())
    }

    fn plan_fault(&mut self) {
        if self.full {
            self.disk.plan_write(WriteFault::Full);
        } else if let Some(trouble) = &mut self.trouble {
            let fault = trouble.fault();
            self.disk.plan_write(fault);
        }
    }

    /// After a failed write: a new start where only that tells, and the journal tried again.
    fn recover(&mut self, at: Timestamp) -> Result<(), String> {
        self.disk.plan(journal::FaultPlan::default());
        let down = self.center()?.journal_state().clone();
        if let center::JournalState::Down { unsettled: true, .. } = down {
            self.open(at)?;
        }
        self.center()?.retry_journal(at, [2; 32]);
        Ok(())
    }

    /// The same command with the same key: answered the same, and nothing is written.
    fn twice(&mut self, input: &Input, outcome: &Outcome) -> Result<(), String> {
        self.disk.plan(journal::FaultPlan::default());
        let before = self.center()?.last_seq();
        let again = self.send_once(input)?;
        if self.center()?.last_seq() != before {
            return Err("the same key was carried out twice".to_owned());
        }
        match (outcome, &again) {
            (Outcome::Happened(first), Outcome::Happened(second)) if first == second => Ok(()),
            (Outcome::Refused(first), Outcome::Refused(second)) if first == second => Ok(()),
            (Outcome::Rejected(..), _) => Ok(()),
            _ => Err("the same key was answered otherwise the second time".to_owned()),
        }
    }

    fn send_once(&mut self, input: &Input) -> Result<Outcome, String> {
        let trouble = self.trouble.take();
        let outcome = self.send(input);
        self.trouble = trouble;
        outcome
    }

    /// Deadlines up to now; what came of it is read from the journal.
    fn clock(&mut self, at: Timestamp) -> Result<Vec<Event>, String> {
        let before = self.center()?.last_seq();
        self.plan_fault();
        self.center()?.wake(at, [3; 32]);
        if !self.full {
            self.recover(at)?;
            self.center()?.wake(at, [4; 32]);
        }
        let rows = self.center()?.journal().read(before + 1, 1_000).map_err(|e| e.to_string())?;
        let mut events = Vec::new();
        for row in rows {
            let row = decode(&row.body).map_err(|error| error.to_string())?;
            if let (Actor::Clock, Entry::Event(event)) = (&row.actor, row.entry) {
                events.push(event);
            }
        }
        Ok(events)
    }

    /// `unaccounted 1`, `I1 stage held`, `C1 words 2`.
    fn check(&mut self, words: &[String]) -> Result<(), String> {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let snapshot = self.center()?.snapshot();
        let (found, expected) = match words.as_slice() {
            ["policy", field, expected] => {
                let found = snapshot.get("policy").and_then(|policy| policy.get(*field));
                (found.cloned().unwrap_or_default(), *expected)
            }
            [row, field, expected] => {
                let found = find(&snapshot, row).ok_or_else(|| format!("no row `{row}`"))?;
                (
                    found
                        .pointer(&format!("/{}", field.replace('.', "/")))
                        .cloned()
                        .unwrap_or_default(),
                    *expected,
                )
            }
            [field, expected] => {
                let found = snapshot
                    .pointer(&format!("/situation/{field}"))
                    .or_else(|| snapshot.pointer(&format!("/center/{field}")));
                (found.cloned().ok_or_else(|| format!("no number `{field}`"))?, *expected)
            }
            _ => return Err("`check unaccounted 0` or `check I1 stage held`".to_owned()),
        };
        let found = match found {
            Value::String(text) => text,
            Value::Array(values) => values.len().to_string(),
            other => other.to_string(),
        };
        if found == expected {
            return Ok(());
        }
        Err(format!("`{}` is `{found}`, expected `{expected}`", words.join(" ")))
    }
}

/// A row of the boards by the name people give it.
fn find<'a>(snapshot: &'a Value, row: &str) -> Option<&'a Value> {
    let rows = |topic: &str| snapshot.get(topic).and_then(Value::as_array);
    let number = |letter| row.strip_prefix(letter).and_then(|digits| digits.parse::<u64>().ok());
    let numbered = |topic, key: &str, number: u64| {
        rows(topic)?.iter().find(|row| row.get(key).and_then(Value::as_u64) == Some(number))
    };
    number('C')
        .and_then(|number| numbered("calls", "call", number))
        .or_else(|| number('I').and_then(|number| numbered("incidents", "incident", number)))
        .or_else(|| number('W').and_then(|number| numbered("alerts", "alert", number)))
        .or_else(|| {
            let unit = |found: &&Value| found.get("unit").and_then(Value::as_str) == Some(row);
            rows("units")?.iter().find(unit)
        })
        .or_else(|| named(rows("shifts")?, "person", row))
        .or_else(|| named(rows("queues")?, "queue", row))
}

fn named<'a>(rows: &'a [Value], key: &str, name: &str) -> Option<&'a Value> {
    rows.iter().find(|row| row.get(key).and_then(Value::as_str) == Some(name))
}
