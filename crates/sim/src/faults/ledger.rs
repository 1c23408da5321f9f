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
pub(crate) struct Broken {
    pub oracle: &'static str,
    pub text: String,
}

/// Nothing broken, or what.
pub(crate) type Check = Result<(), Broken>;

pub(crate) fn broken(oracle: &'static str, text: impl Into<String>) -> Check {
    Err(Broken { oracle, text: text.into() })
}

/// One entry, as whoever knows nothing of our types reads it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Row {
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
    /// How often each thing happened, by the name of its event; refusals, decisions and the ends of
    /// assignments by their kind.
    pub happened: BTreeMap<String, u64>,
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

/// What happened, in a word or two.
fn name_of(row: &Row) -> String {
    let word = |of: &str, field: &str| {
        let word = row.data.get(of).and_then(|of| of.get(field)).and_then(Value::as_str);
        word.unwrap_or_default().to_owned()
    };
    match row.kind.as_str() {
        "CommandRefused" => format!("refused {}", word("refusal", "refusal")),
        "DecisionMade" if word("decision", "second").is_empty() => {
            format!("decided {}", word("decision", "kind"))
        }
        "DecisionMade" => format!("decided {} by two", word("decision", "kind")),
        "CallAccounted" => format!("accounted {}", word("outcome", "kind")),
        "AssignmentEnded" => format!("assignment {}", row.word("end")),
        other => other.to_owned(),
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
        *self.happened.entry(name_of(row)).or_default() += 1;
        if row.kind != "CommandRefused" {
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

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"kind":"line"}"#;
    const CLOCK: &str = r#"{"kind":"clock"}"#;
    const DANA: &str = r#"{"kind":"person","id":"dana"}"#;

    /// Takes commands in, each with its events, all at the same time: `command actor` and
    /// `Event {data}` a line. The name of the oracle that objects.
    fn judge(text: &str) -> Option<&'static str> {
        let mut ledger = Ledger::default();
        let mut actor = LINE;
        let (mut key, mut place) = (0, 0);
        for (seq, line) in (1..).zip(text.lines().map(str::trim)) {
            let (kind, data) = line.split_once(' ').unwrap();
            let (id, kind, data) = if kind == "command" {
                (key, place) = (key + 1, 0);
                actor = [LINE, CLOCK, DANA].into_iter().find(|one| one.contains(data)).unwrap();
                (format!("k{key}"), "command/Any", r#"{"ruling":{"policy":"p"}}"#)
            } else {
                place += 1;
                (format!("k{key}/{place}"), kind, data)
            };
            let body = format!(
                concat!(
                    r#"{{"seq":{},"id":"{}","type":"{}","v":1,"#,
                    r#""at":1000,"actor":{},"data":{}}}"#
                ),
                seq, id, kind, actor, data
            );
            let stored = Stored { seq, body: body.into_bytes(), leaf: [0; 32], link: [0; 32] };
            if let Err(broken) = ledger.take(stored) {
                return Some(broken.oracle);
            }
        }
        None
    }

    /// Somebody at work, a unit, a call and an incident that waits.
    const BEGIN: &str = r#"command line
        UnitCommissioned {"unit":"E1"}
        command dana
        ShiftStarted {"person":"dana"}
        command line
        CallPresented {"call":1,"test":false}
        command dana
        IncidentCreated {"incident":1,"call":1}
        CallAccounted {"call":1,"outcome":{"kind":"new_incident","incident":1}}
        IncidentClassified {"incident":1,"incident_type":"fire","priority":3,"hold_ms_max":500}
        IncidentPending {"incident":1,"due":2000}
        "#;

    fn then(text: &str) -> Option<&'static str> {
        judge(&format!("{BEGIN}{}", text.trim()))
    }

    #[test]
    fn an_ordinary_day_is_no_fault() {
        let day = r#"command dana
            UnitDispatched {"assignment":1,"unit":"E1","incident":1}
            command dana
            MilestoneReached {"assignment":1,"milestone":"on_scene"}
            UnitStatusChanged {"unit":"E1","reported_at":1000}
            command dana
            AssignmentEnded {"assignment":1,"end":"cleared"}
            IncidentUnitsCleared {"incident":1}
            command dana
            IncidentClosed {"incident":1,"disposition":"handled_on_scene"}
            command dana
            ShiftEnded {"person":"dana"}"#;
        assert_eq!(then(day), None);
    }

    #[test]
    fn what_was_never_presented_or_twice_is_lost() {
        assert_eq!(then("command dana\nCallAnswered {\"call\":2}"), Some("call-lost"));
        assert_eq!(then("command line\nCallPresented {\"call\":3}"), Some("call-lost"));
        let again = r#"CallAccounted {"call":1,"outcome":{"kind":"test_call"}}"#;
        assert_eq!(then(&format!("command dana\n{again}")), Some("closed-by-person"));
        let again = again.replace("test_call", "new_incident");
        assert_eq!(then(&format!("command dana\n{again}")), Some("one-outcome"));
    }

    #[test]
    fn nothing_closes_by_itself_or_without_a_decision() {
        let close = r#"IncidentClosed {"incident":1,"disposition":"handled_on_scene"}"#;
        assert_eq!(then(&format!("command clock\n{close}")), Some("closed-by-person"));
        assert_eq!(then(&format!("command dana\n{close}")), Some("closed"));
    }

    #[test]
    fn a_hold_has_its_review_in_time_and_comes_back_with_an_alert() {
        let held = r#"IncidentHeld {"incident":1,"review_at":1500}"#;
        assert_eq!(then(&format!("command dana\n{held}")), None);
        let long = held.replace("1500", "1501");
        assert_eq!(then(&format!("command dana\n{long}")), Some("hold"));
        let early =
            format!("command dana\n{held}\ncommand clock\nHoldReviewDue {{\"incident\":1}}");
        assert_eq!(then(&early), Some("hold"));
    }

    #[test]
    fn a_unit_has_one_assignment_and_no_old_news() {
        let sent = r#"UnitDispatched {"assignment":1,"unit":"E1","incident":1}"#;
        let twice = sent.replace("\"assignment\":1", "\"assignment\":2");
        assert_eq!(then(&format!("command dana\n{sent}\n{twice}")), Some("one-assignment"));
        let old = r#"UnitStatusChanged {"unit":"E1","reported_at":999}"#;
        assert_eq!(then(&format!("command line\n{old}")), Some("stale"));
    }

    #[test]
    fn a_decision_says_who_why_and_by_which_rule() {
        let made = r#"DecisionMade {"decision":{"id":1,"kind":"hold","subject":{"incident":1},
            "person":"dana","policy":"p","rule":"r","reason":"why"}}"#;
        let made = made.replace('\n', "");
        assert_eq!(then(&format!("command dana\n{made}")), None);
        for (from, to) in [
            ("\"why\"", "\" \""),
            ("\"r\"", "\"\""),
            ("\"p\"", "\"q\""),
            ("\"dana\"", "\"eve\""),
            ("\"rule\"", "\"second\":\"dana\",\"rule\""),
            ("\"rule\"", "\"second\":\"eve\",\"rule\""),
            ("\"id\":1", "\"id\":2"),
        ] {
            let wrong = made.replace(from, to);
            assert_eq!(then(&format!("command dana\n{wrong}")), Some("decision"), "{wrong}");
        }
    }

    #[test]
    fn entries_belong_to_their_command_and_keys_come_once() {
        let mut ledger = Ledger::default();
        let mut take = |seq: u64, id: &str| {
            let kind = if id.contains('/') { "Any" } else { "command/Any" };
            let body = format!(
                r#"{{"seq":{seq},"id":"{id}","type":"{kind}","at":1,"actor":{LINE},"data":{{}}}}"#
            );
            let stored = Stored { seq, body: body.into_bytes(), leaf: [0; 32], link: [0; 32] };
            ledger.take(stored).map_err(|broken| broken.oracle)
        };
        assert_eq!(take(1, "a"), Ok(()));
        assert_eq!(take(2, "a/1"), Ok(()));
        assert_eq!(take(3, "a/1"), Err("entry"));
        assert_eq!(take(4, "a"), Err("idempotency"));
        assert_eq!(take(6, "b"), Err("entry"));
    }
}
