//! The units: what core does not need to know of them, when each was last heard of.

use evenhand_core::{Event, Timestamp, UnitId};
use std::collections::BTreeMap;

/// When each unit was last heard of.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Units {
    heard_at: BTreeMap<UnitId, Timestamp>,
}

impl Units {
    /// When a unit last reported a status or its place.
    pub fn heard_at(&self, unit: &UnitId) -> Option<Timestamp> {
        self.heard_at.get(unit).copied()
    }

    pub(super) fn apply(&mut self, at: Timestamp, event: &Event) {
        if let Event::UnitStatusChanged { unit, .. } | Event::UnitMoved { unit, .. } = event {
            self.heard_at.insert(unit.clone(), at);
        }
    }
}
