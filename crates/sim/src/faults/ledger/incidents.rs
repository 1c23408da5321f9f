//! Incidents: nothing closes by itself, nothing pending closes without a decision, and whatever is
//! held comes back.

use super::units::Units;
use super::{Check, Row, Running, broken, number};
use serde_json::Value;
use std::collections::BTreeMap;

/// Every incident, by its number.
#[derive(Default)]
pub(in crate::faults) struct Incidents {
    incidents: BTreeMap<u64, Kept>,
    /// A hold that ended in the running command, until its alert is seen.
    awaits_alert: Option<u64>,
}

#[derive(Default)]
struct Kept {
    incident_type: String,
    priority: u64,
    hold_ms_max: i64,
    held_until: Option<i64>,
    /// Waits for somebody to be sent, since it was classified, or since the last one was called
    /// off.
    waiting: bool,
    closed: bool,
    merged_into: Option<u64>,
    /// The last assignment given before it was reopened: who came then does not count as having
    /// come since.
    assignments_before: u64,
}

impl Incidents {
    pub fn count(&self) -> u64 {
        self.incidents.len() as u64
    }

    /// Incidents that nobody closed.
    pub fn open(&self) -> Vec<u64> {
        self.incidents.iter().filter(|(_, one)| !one.closed).map(|(id, _)| *id).collect()
    }

    /// A hold whose review time has passed, and that did not come back.
    pub fn overdue(&self, at: i64) -> Option<u64> {
        let late = |one: &Kept| one.held_until.is_some_and(|until| until <= at);
        self.incidents.iter().find(|(_, one)| late(one)).map(|(id, _)| *id)
    }

    /// Whether the town's policy asks for two signatures to end it, or one that it stands for.
    pub fn takes_two(&self, id: u64) -> bool {
        let two = |one: &Kept| one.incident_type == "police.domestic" || one.priority == 1;
        self.stands_for(id).iter().any(|id| self.incidents.get(id).is_some_and(two))
    }

    /// An incident and all that were merged into it, and into those.
    fn stands_for(&self, id: u64) -> Vec<u64> {
        let mut all = vec![id];
        let mut next = 0;
        while let Some(into) = all.get(next).copied() {
            let merged = self.incidents.iter().filter(|(_, one)| one.merged_into == Some(into));
            all.extend(merged.map(|(id, _)| *id));
            next += 1;
        }
        all
    }

    /// A command is over: a hold that came back with it has raised its alert.
    pub fn command_over(&mut self, key: &str) -> Check {
        match self.awaits_alert.take() {
            Some(id) => broken("hold", format!("incident {id} came back without alert, `{key}`")),
            None => Ok(()),
        }
    }

    pub fn take(&mut self, row: &Row, running: &Running, units: &Units) -> Check {
        let id = row.number("incident");
        match row.kind.as_str() {
            "IncidentCreated" => {
                self.incidents.insert(id, Kept::default());
                let text = format!("incident {id} is number {}", self.incidents.len());
                return if id == self.count() { Ok(()) } else { broken("entry", text) };
            }
            "IncidentsMerged" => return self.merged(row.number("from"), row.number("into")),
            "IncidentUnmerged" => self.unmerged(id),
            "IncidentReopened" => self.reopened(id, units),
            "IncidentClosed" => return self.closed(row, running, units),
            "IncidentHeld" => return self.held(row),
            "HoldReviewDue" => return self.came_back(row),
            "AlertRaised" if row.word("kind") == "hold_review" => {
                let about = row.data.get("subject").map_or(0, |about| number(about, "incident"));
                self.awaits_alert.take_if(|awaited| *awaited == about);
            }
            _ => {}
        }
        match self.incidents.get_mut(&id) {
            Some(one) => one.take(row),
            None => Ok(()),
        }
    }

    /// Nothing becomes less urgent because something else stands for it.
    fn merged(&mut self, from: u64, into: u64) -> Check {
        let priority = |id| self.incidents.get(&id).map_or(0, |one| one.priority);
        let (going, staying) = (priority(from), priority(into));
        if going != 0 && (staying == 0 || staying > going) {
            let text = format!("incident {from} of {going} is merged into {into} of {staying}");
            return broken("merge", text);
        }
        if let Some(one) = self.incidents.get_mut(&from) {
            one.merged_into = Some(into);
        }
        Ok(())
    }

    fn unmerged(&mut self, id: u64) {
        if let Some(one) = self.incidents.get_mut(&id) {
            one.merged_into = None;
        }
    }

    fn reopened(&mut self, id: u64, units: &Units) {
        if let Some(one) = self.incidents.get_mut(&id) {
            one.closed = false;
            one.waiting = true;
            one.assignments_before = units.last_assignment();
        }
    }

    fn held(&mut self, row: &Row) -> Check {
        let id = row.number("incident");
        let Some(one) = self.incidents.get_mut(&id) else { return Ok(()) };
        let (review_at, longest) = (row.time("review_at"), row.at + one.hold_ms_max);
        if review_at <= row.at || review_at > longest {
            let text = format!("incident {id} is held until {review_at}, at most {longest}");
            return broken("hold", text);
        }
        one.held_until = Some(review_at);
        Ok(())
    }

    fn came_back(&mut self, row: &Row) -> Check {
        let id = row.number("incident");
        let held = self.incidents.get_mut(&id).and_then(|one| {
            one.waiting = true;
            one.held_until.take()
        });
        if held.is_none_or(|until| until > row.at) {
            return broken("hold", format!("incident {id} came back at {}, held {held:?}", row.at));
        }
        match self.awaits_alert.replace(id) {
            Some(before) => broken("hold", format!("incident {before} came back without alert")),
            None => Ok(()),
        }
    }

    fn closed(&mut self, row: &Row, running: &Running, units: &Units) -> Check {
        let id = row.number("incident");
        if row.person().is_none() {
            return broken("closed-by-person", format!("incident {id} closed by {}", row.actor));
        }
        if let Some(unit) = self.stands_for(id).into_iter().find_map(|id| units.active_at(id)) {
            return broken("closed", format!("incident {id} closed over unit {unit}"));
        }
        let Some(one) = self.incidents.get_mut(&id) else { return Ok(()) };
        let decided = running.decided(&["no_dispatch", "cancel_incident"], "incident", id);
        let calls_for_one = match row.data.get("disposition") {
            Some(Value::String(end)) => end == "cancelled",
            _ => true,
        };
        let nobody_came = one.waiting || !units.was_there(id, one.assignments_before);
        if !decided && (calls_for_one || nobody_came) {
            let text = format!("incident {id} closed without response and without a decision");
            return broken("closed", text);
        }
        one.closed = true;
        one.held_until = None;
        Ok(())
    }
}

impl Kept {
    fn take(&mut self, row: &Row) -> Check {
        match row.kind.as_str() {
            "IncidentClassified" => {
                self.incident_type = row.word("incident_type").to_owned();
                self.priority = row.number("priority");
                self.hold_ms_max = row.time("hold_ms_max");
            }
            "PriorityChanged" => {
                self.priority = row.number("to");
                let hold_ms_max = row.data.get("hold_ms_max").and_then(Value::as_i64);
                self.hold_ms_max = hold_ms_max.unwrap_or(self.hold_ms_max);
            }
            "IncidentPending" => self.waiting = true,
            "HoldReleased" => self.held_until = None,
            "UnitDispatched" => {
                if self.closed || self.merged_into.is_some() {
                    let text = format!("entry {} sends a unit to what is over", row.seq);
                    return broken("closed", text);
                }
                self.waiting = false;
                self.held_until = None;
            }
            "IncidentUnitsCleared" => self.waiting = false,
            _ => {}
        }
        Ok(())
    }
}
