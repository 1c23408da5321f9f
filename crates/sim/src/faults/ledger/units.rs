//! Units and their assignments: one at a time, and no news that is older than what is known.

use super::{Check, Row, broken, number};
use serde_json::Value;
use std::collections::BTreeMap;

/// Every unit and assignment.
#[derive(Default)]
pub(in crate::faults) struct Units {
    units: BTreeMap<String, Unit>,
    assignments: BTreeMap<u64, Assignment>,
    /// Assignments of which the centre's people learned since somebody last asked.
    spoken_of: Vec<u64>,
}

#[derive(Default)]
struct Unit {
    active: Option<u64>,
    /// The latest time that it reported or was told something.
    latest: i64,
    /// What an undo goes back to.
    before: Option<i64>,
}

/// One unit's commitment.
pub(in crate::faults) struct Assignment {
    pub unit: String,
    pub incident: u64,
    pub ended: bool,
    pub called_off: bool,
    on_scene: bool,
}

impl Units {
    pub fn assignment(&self, id: u64) -> Option<&Assignment> {
        self.assignments.get(&id)
    }

    /// A unit that is committed to an incident.
    pub fn active_at(&self, incident: u64) -> Option<&str> {
        let mut running = self.assignments.values().filter(|one| !one.ended);
        running.find(|one| one.incident == incident).map(|one| one.unit.as_str())
    }

    /// Whether any crew was at an incident that was sent after this assignment was given.
    pub fn was_there(&self, incident: u64, after: u64) -> bool {
        let mut since = self.assignments.range(after + 1..).map(|(_, one)| one);
        since.any(|one| one.incident == incident && one.on_scene)
    }

    /// The number of the last assignment given; 0 before the first.
    pub fn last_assignment(&self) -> u64 {
        self.assignments.last_key_value().map_or(0, |(id, _)| *id)
    }

    /// Assignments that run.
    pub fn running(&self) -> Vec<u64> {
        self.assignments.iter().filter(|(_, one)| !one.ended).map(|(id, _)| *id).collect()
    }

    /// Assignments that somebody in the centre was told of, or spoke of, since this was last
    /// asked: a unit that is not under way, a milestone that a dispatcher typed.
    pub fn take_spoken_of(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.spoken_of)
    }

    pub fn take(&mut self, row: &Row) -> Check {
        let id = row.number("assignment");
        match row.kind.as_str() {
            "UnitCommissioned" => {
                let unit = Unit { latest: row.at, ..Unit::default() };
                self.units.insert(row.word("unit").to_owned(), unit);
                Ok(())
            }
            "UnitDispatched" => self.dispatched(row, id),
            "MilestoneReached" => self.reached(row, id),
            "AssignmentEnded" => self.ended(row, id),
            "UnitStatusChanged" => self.status(row),
            "UnitStatusUndone" => {
                self.undone(row);
                Ok(())
            }
            "AlertRaised" => {
                let about = row.data.get("subject").map_or(0, |about| number(about, "assignment"));
                self.spoken_of.extend((about > 0).then_some(about));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn dispatched(&mut self, row: &Row, id: u64) -> Check {
        let name = row.word("unit").to_owned();
        let Some(unit) = self.units.get_mut(&name) else {
            return broken("one-assignment", format!("unit `{name}` is not in the fleet"));
        };
        if let Some(active) = unit.active {
            let text = format!("unit {name} got assignment {id} while it had {active}");
            return broken("one-assignment", text);
        }
        unit.active = Some(id);
        unit.latest = unit.latest.max(row.at);
        unit.before = None;
        let incident = row.number("incident");
        let one =
            Assignment { unit: name, incident, ended: false, called_off: false, on_scene: false };
        match self.assignments.insert(id, one) {
            Some(_) => broken("one-assignment", format!("assignment {id} was given twice")),
            None => Ok(()),
        }
    }

    fn reached(&mut self, row: &Row, id: u64) -> Check {
        let Some(one) = self.assignments.get_mut(&id).filter(|one| !one.ended) else {
            return broken("one-assignment", format!("assignment {id} goes on after its end"));
        };
        one.on_scene |= row.word("milestone") == "on_scene";
        self.spoken_of.push(id);
        Ok(())
    }

    fn ended(&mut self, row: &Row, id: u64) -> Check {
        let Some(one) = self.assignments.get_mut(&id).filter(|one| !one.ended) else {
            return broken("one-assignment", format!("assignment {id} ended twice"));
        };
        one.ended = true;
        one.called_off = row.word("end") != "cleared";
        if let Some(unit) = self.units.get_mut(&one.unit) {
            unit.active = None;
            unit.before = None;
            if one.called_off {
                unit.latest = unit.latest.max(row.at);
            }
        }
        Ok(())
    }

    fn status(&mut self, row: &Row) -> Check {
        let (name, reported_at) = (row.word("unit"), row.time("reported_at"));
        let Some(unit) = self.units.get_mut(name) else { return Ok(()) };
        if reported_at < unit.latest {
            let text = format!("unit {name}: a status of {reported_at} after {}", unit.latest);
            return broken("stale", text);
        }
        unit.before = Some(unit.latest);
        unit.latest = reported_at;
        Ok(())
    }

    fn undone(&mut self, row: &Row) {
        let Some(unit) = self.units.get_mut(row.word("unit")) else { return };
        unit.latest = unit.before.take().unwrap_or(unit.latest);
        let withdrawn = row.data.get("withdrawn").and_then(Value::as_array);
        let there = withdrawn.is_some_and(|all| all.iter().any(|one| one == "on_scene"));
        if let Some(one) = unit.active.and_then(|id| self.assignments.get_mut(&id)) {
            one.on_scene &= !there;
        }
    }
}
