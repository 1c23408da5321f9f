//! The count of calls, taken again from the journal: whoever doubts the live number can do the same
//! with the journal alone.

use super::recorded::KEY;
use journal::{Journal, Store, StoreError};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};

/// Entries read at once.
const CHUNK: usize = 4_096;

/// What the journal says of the calls of a file.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Accounts {
    /// Calls that were read from the file.
    pub calls_read: u64,
    /// Of these, calls that stand in the journal.
    pub calls_recorded: u64,
    /// Of these, calls with exactly one outcome in force.
    pub accounted: u64,
    /// Outcomes in force, by kind.
    pub outcomes: BTreeMap<String, u64>,
    /// Incidents created.
    pub incidents: u64,
    /// Holds ordered because no unit was free.
    pub holds: u64,
    /// Commands.
    pub commands: u64,
    /// Of these, refused, by refusal.
    pub refused: BTreeMap<String, u64>,
    /// Entries of the journal.
    pub entries: u64,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(borrow)]
    data: &'a RawValue,
}

#[derive(Deserialize)]
struct OfCall {
    call: u64,
    #[serde(default)]
    outcome: Option<Kind>,
}

#[derive(Deserialize)]
struct Kind {
    kind: String,
}

#[derive(Deserialize)]
struct Refused {
    refusal: RefusalName,
}

#[derive(Deserialize)]
struct RefusalName {
    refusal: String,
}

/// A count half done.
#[derive(Default)]
struct Count {
    accounts: Accounts,
    /// The line in the file of each call.
    line_of: BTreeMap<u64, u64>,
    /// Outcomes in force of each call.
    outcomes_of: BTreeMap<u64, Vec<String>>,
}

impl Accounts {
    /// Counts over a whole journal.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn of_journal<S: Store>(calls_read: u64, journal: &Journal<S>) -> Result<Self, StoreError> {
        let mut count = Count::default();
        let mut next = 1;
        loop {
            let entries = journal.read(next, CHUNK)?;
            let Some(last) = entries.last() else { break };
            next = last.seq + 1;
            entries.iter().for_each(|entry| count.entry(&entry.body));
        }
        Ok(count.finish(calls_read))
    }

    /// Counts over entries, given as their bodies.
    pub fn of_entries<'a>(calls_read: u64, bodies: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut count = Count::default();
        bodies.for_each(|body| count.entry(body));
        count.finish(calls_read)
    }

    /// Calls that were read and did not end in exactly one outcome. Must be 0.
    pub fn unaccounted(&self) -> u64 {
        self.calls_read.saturating_sub(self.accounted)
    }
}

impl Count {
    fn entry(&mut self, body: &[u8]) {
        self.accounts.entries += 1;
        // An entry that cannot be read counts for nothing; its call stays unaccounted.
        let Ok(envelope) = serde_json::from_slice::<Envelope<'_>>(body) else { return };
        match envelope.kind {
            "CallPresented" => self.presented(&envelope),
            "CallAccounted" => {
                if let Some(OfCall { call, outcome: Some(outcome) }) = of_call(envelope.data) {
                    self.outcomes_of.entry(call).or_default().push(outcome.kind);
                }
            }
            "CallDetached" => {
                if let Some(OfCall { call, .. }) = of_call(envelope.data) {
                    self.outcomes_of.entry(call).or_default().pop();
                }
            }
            "IncidentCreated" => self.accounts.incidents += 1,
            "IncidentHeld" => self.accounts.holds += 1,
            "CommandRefused" => {
                if let Ok(Refused { refusal }) = serde_json::from_str(envelope.data.get()) {
                    *self.accounts.refused.entry(refusal.refusal).or_default() += 1;
                }
            }
            kind if kind.starts_with("command/") => self.accounts.commands += 1,
            _ => {}
        }
    }

    fn presented(&mut self, envelope: &Envelope<'_>) {
        let key = envelope.id.split('/').next().unwrap_or_default();
        let line = key.strip_prefix(KEY).and_then(|line| line.parse().ok());
        if let (Some(line), Some(OfCall { call, .. })) = (line, of_call(envelope.data)) {
            self.line_of.insert(call, line);
        }
    }

    fn finish(self, calls_read: u64) -> Accounts {
        let mut accounts = Accounts { calls_read, ..self.accounts };
        let lines: BTreeSet<u64> = self.line_of.values().copied().collect();
        accounts.calls_recorded = lines.len() as u64;
        for call in self.line_of.keys() {
            let outcomes = self.outcomes_of.get(call).map_or(&[][..], Vec::as_slice);
            if let [one] = outcomes {
                accounts.accounted += 1;
                *accounts.outcomes.entry(one.clone()).or_default() += 1;
            }
        }
        accounts
    }
}

fn of_call(data: &RawValue) -> Option<OfCall> {
    serde_json::from_str(data.get()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(lines: &[&str]) -> Accounts {
        Accounts::of_entries(2, lines.iter().map(|line| line.as_bytes()))
    }

    const RUNG: &str = r#"{"seq":1,"id":"row-7/1","type":"CallPresented","v":1,"at":0,"actor":{},
        "data":{"call":1}}"#;
    const RUNG_TOO: &str = r#"{"seq":2,"id":"row-8/1","type":"CallPresented","v":1,"at":0,
        "actor":{},"data":{"call":2}}"#;
    const ENDED: &str = r#"{"seq":3,"id":"sim-1/1","type":"CallAccounted","v":1,"at":0,"actor":{},
        "data":{"call":1,"outcome":{"kind":"new_incident","incident":1}}}"#;
    const TAKEN_BACK: &str = r#"{"seq":4,"id":"sim-2/1","type":"CallDetached","v":1,"at":0,
        "actor":{},"data":{"call":1,"incident":1}}"#;

    #[test]
    fn a_call_without_an_outcome_is_unaccounted() {
        let accounts = entries(&[RUNG, RUNG_TOO, ENDED]);
        assert_eq!((accounts.calls_recorded, accounts.accounted), (2, 1));
        assert_eq!(accounts.unaccounted(), 1);
        assert_eq!(accounts.outcomes, BTreeMap::from([("new_incident".to_owned(), 1)]));
    }

    #[test]
    fn a_call_that_never_reached_the_journal_is_unaccounted() {
        assert_eq!(entries(&[RUNG, ENDED]).unaccounted(), 1);
    }

    #[test]
    fn two_outcomes_are_none_and_one_taken_back_does_not_count() {
        assert_eq!(entries(&[RUNG, ENDED, ENDED]).unaccounted(), 2);
        assert_eq!(entries(&[RUNG, ENDED, TAKEN_BACK]).unaccounted(), 2);
        assert_eq!(entries(&[RUNG, ENDED, TAKEN_BACK, ENDED]).unaccounted(), 1);
    }
}
