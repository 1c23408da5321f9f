//! An account of its own, kept from the bytes in the journal alone.
//!
//! It reads the JSON of the entries itself and shares no rule with core, so that a rule that is
//! wrong there is noticed here. What it finds broken has the name of an oracle, one of those
//! listed in `docs/simulation.md`.

mod calls;
mod decisions;
mod incidents;
mod units;

use calls::Calls;
pub(super) use calls::Kept as CallKept;
use decisions::Decisions;
use incidents::Incidents;
use journal::{MemoryDisk, Stored};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use units::Units;

/// A promise that was found broken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Broken {
    pub oracle: &'static str,
    pub text: String,
}

/// Nothing broken, or what.
pub(super) type Check = Result<(), Broken>;

pub(super) fn broken(oracle: &'static str, text: impl Into<String>) -> Check {
    Err(Broken { oracle, text: text.into() })
}

/// One entry, as whoever knows nothing of our types reads it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Row {
    pub seq: u64,
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub at: i64,
    pub actor: Value,
    pub data: Value,
}

/// The command whose events are being read.
#[derive(Clone, Debug, Default)]
pub(super) struct Running {
    key: String,
    at: i64,
    actor: Value,
    ruling: Value,
    /// Kinds and data of its events so far.
    events: Vec<(String, Value)>,
}

/// The account.
#[derive(Default)]
pub(super) struct Ledger {
    stored: Vec<Stored>,
    spans: BTreeMap<String, (u64, u64)>,
    running: Running,
    pub calls: Calls,
    pub incidents: Incidents,
    pub units: Units,
    decisions: Decisions,
    pub refusals: u64,
}

impl Row {
    /// The person who did it.
    pub fn person(&self) -> Option<&str> {
        (self.actor.get("kind")? == "person").then(|| self.actor.get("id")?.as_str()).flatten()
    }

    /// A number of its data; 0 if there is none, which is nobody's number.
    pub fn number(&self, field: &str) -> u64 {
        number(&self.data, field)
    }

    /// A word of its data.
    pub fn word(&self, field: &str) -> &str {
        self.data.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    /// A time of its data.
    pub fn time(&self, field: &str) -> i64 {
        self.data.get(field).and_then(Value::as_i64).unwrap_or_default()
    }
}

pub(super) fn number(data: &Value, field: &str) -> u64 {
    data.get(field).and_then(Value::as_u64).unwrap_or_default()
}

impl Running {
    /// Whether it decided this about that.
    pub fn decided(&self, kinds: &[&str], subject: &str, id: u64) -> bool {
        self.events.iter().filter(|(name, _)| name == "DecisionMade").any(|(_, data)| {
            let Some(decision) = data.get("decision") else { return false };
            let kind = decision.get("kind").and_then(Value::as_str).unwrap_or_default();
            let about = decision.get("subject").map(|about| number(about, subject));
            kinds.contains(&kind) && about == Some(id)
        })
    }
}

impl Ledger {
    /// Reads what is new on the disk. What was there before must be there unchanged; it is compared
    /// in full when `thorough`, else by its last link, which depends on all of it.
    pub fn catch_up(&mut self, disk: &MemoryDisk, thorough: bool) -> Check {
        let mut new = Vec::new();
        let mut same = Ok(());
        let known = &self.stored;
        // Looked at in place: the contents of a day are too large to be copied after every step.
        disk.tamper(|contents| {
            let before = contents.entries.get(..known.len());
            same = match (before, known.last()) {
                (None, _) => broken("prefix", format!("{} entries are fewer now", known.len())),
                (Some(before), _) if thorough && before != known => {
                    broken("prefix", "an entry is not what it was")
                }
                (Some(before), last) if before.last().map(|e| e.link) != last.map(|e| e.link) => {
                    broken("prefix", "the last entry is not what it was")
                }
                (Some(_), _) => Ok(()),
            };
            new.extend(contents.entries.iter().skip(known.len()).cloned());
        });
        same?;
        for stored in new {
            self.take(stored)?;
        }
        Ok(())
    }

    /// Entries that are safe.
    pub fn length(&self) -> u64 {
        self.stored.len() as u64
    }

    /// The entries as text.
    pub fn bodies(&self) -> impl Iterator<Item = String> {
        self.stored.iter().map(|stored| String::from_utf8_lossy(&stored.body).into_owned())
    }

    /// Whether a key stands in the journal.
    pub fn knows(&self, key: &str) -> bool {
        self.spans.contains_key(key)
    }

    /// An entry, read again from its bytes.
    pub fn row(&self, seq: u64) -> Option<Row> {
        let stored = self.stored.get(usize::try_from(seq.checked_sub(1)?).ok()?)?;
        serde_json::from_slice(&stored.body).ok()
    }

    fn take(&mut self, stored: Stored) -> Check {
        let row: Row = match serde_json::from_slice(&stored.body) {
            Ok(row) => row,
            Err(error) => return broken("entry", format!("entry {}: {error}", stored.seq)),
        };
        self.stored.push(stored);
        if row.seq != self.length() {
            return broken("entry", format!("entry {} says that it is {}", self.length(), row.seq));
        }
        match row.kind.strip_prefix("command/") {
            Some(_) => self.command(&row),
            None => self.event(&row),
        }
    }

    fn command(&mut self, row: &Row) -> Check {
        self.incidents.command_over(&self.running.key)?;
        if self.knows(&row.id) {
            return broken("idempotency", format!("key `{}` was carried out twice", row.id));
        }
        self.spans.insert(row.id.clone(), (row.seq, row.seq));
        self.running = Running {
            key: row.id.clone(),
            at: row.at,
            actor: row.actor.clone(),
            ruling: row.data.get("ruling").cloned().unwrap_or_default(),
            events: Vec::new(),
        };
        Ok(())
    }

    fn event(&mut self, row: &Row) -> Check {
        let (key, place) = row.id.rsplit_once('/').unwrap_or_default();
        let running = &self.running;
        let own = key == running.key
            && place == (running.events.len() + 1).to_string()
            && row.at == running.at
            && row.actor == running.actor;
        if !own {
            let text = format!("entry {} `{}` does not belong to its command", row.seq, row.id);
            return broken("entry", text);
        }
        if let Some(span) = self.spans.get_mut(key) {
            span.1 = row.seq;
        }
        if row.kind == "CommandRefused" {
            self.refusals += 1;
        } else {
            self.decisions.at_work(row)?;
            self.decisions.take(row, &self.running, &self.incidents)?;
            self.calls.take(row)?;
            self.incidents.take(row, &self.running, &self.units)?;
            self.units.take(row)?;
            self.decisions.end_of_shift(row, &self.calls)?;
        }
        self.running.events.push((row.kind.clone(), row.data.clone()));
        Ok(())
    }
}
