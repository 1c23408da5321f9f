//! The units: what core does not need to know of them, when each was last heard of; and what each
//! is assigned to as of the row that is being taken in.

use evenhand_core::{AssignmentId, Event, Timestamp, UnitId};
use std::collections::BTreeMap;

/// When each unit was last heard of, and what it is assigned to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Units {
    heard_at: BTreeMap<UnitId, Timestamp>,
    running: BTreeMap<UnitId, AssignmentId>,
}

impl Units {
    /// When a unit last reported a status or its place.
    pub fn heard_at(&self, unit: &UnitId) -> Option<Timestamp> {
        self.heard_at.get(unit).copied()
    }

    /// The unit's assignment as of the last row taken in.
    pub(super) fn running(&self, unit: &UnitId) -> Option<AssignmentId> {
        self.running.get(unit).copied()
    }

    pub(super) fn apply(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::UnitStatusChanged { unit, .. } | Event::UnitMoved { unit, .. } => {
                self.heard_at.insert(unit.clone(), at);
            }
            Event::UnitDispatched { unit, assignment, .. } => {
                self.running.insert(unit.clone(), *assignment);
            }
            // Linear scan: one entry for each unit that is out now.
            Event::AssignmentEnded { assignment, .. } => {
                self.running.retain(|_, running| running != assignment);
            }
            _ => {}
        }
    }
}
