//! Decisions name who, under which policy and rule, and why; and who is at work.

use super::calls::Calls;
use super::incidents::Incidents;
use super::{Check, Row, Running, broken, number};
use serde_json::Value;
use std::collections::BTreeSet;

/// People at work, and how many decisions were made.
#[derive(Default)]
pub(super) struct Decisions {
    at_work: BTreeSet<String>,
    count: u64,
}

impl Decisions {
    /// Whoever ordered this is at work, or starts.
    pub fn at_work(&mut self, row: &Row) -> Check {
        let Some(person) = row.person() else { return Ok(()) };
        if row.kind == "ShiftStarted" {
            self.at_work.insert(person.to_owned());
        }
        if !self.at_work.contains(person) {
            return broken("at-work", format!("`{person}` did {} and is not at work", row.kind));
        }
        Ok(())
    }

    /// Nobody leaves a callback behind.
    pub fn end_of_shift(&mut self, row: &Row, calls: &Calls) -> Check {
        let (true, Some(person)) = (row.kind == "ShiftEnded", row.person()) else { return Ok(()) };
        self.at_work.remove(person);
        match calls.callback_left_by(person) {
            Some(call) => {
                broken("callback", format!("`{person}` left the callback of call {call}"))
            }
            None => Ok(()),
        }
    }

    pub fn take(&mut self, row: &Row, running: &Running, incidents: &Incidents) -> Check {
        if row.kind != "DecisionMade" {
            return Ok(());
        }
        self.count += 1;
        let decision = row.data.get("decision").cloned().unwrap_or_default();
        let word = |field: &str| decision.get(field).and_then(Value::as_str).unwrap_or_default();
        let (person, second) = (word("person"), word("second"));
        let faults = [
            (number(&decision, "id") != self.count, "is not the next"),
            (row.person() != Some(person), "is not of the person who ordered it"),
            (word("rule").is_empty(), "names no rule"),
            (word("reason").trim().is_empty(), "gives no reason"),
            (decision.get("policy") != running.ruling.get("policy"), "is under another policy"),
            (second == person, "was signed twice by one person"),
            (!second.is_empty() && !self.at_work.contains(second), "has a second who is not there"),
            (
                second.is_empty() && takes_two(&decision, incidents),
                "takes two people, and one signed",
            ),
        ];
        match faults.iter().find(|(wrong, _)| *wrong) {
            Some((_, fault)) => broken("decision", format!("decision {decision} {fault}")),
            None => Ok(()),
        }
    }
}

/// What the town's policy says: nobody alone sends nobody, or calls a response off, where life is
/// in danger or the type is protected.
fn takes_two(decision: &Value, incidents: &Incidents) -> bool {
    let kind = decision.get("kind").and_then(Value::as_str).unwrap_or_default();
    let about = decision.get("subject").map_or(0, |subject| number(subject, "incident"));
    ["no_dispatch", "cancel_incident"].contains(&kind) && incidents.takes_two(about)
}
