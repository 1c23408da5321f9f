//! The desks: each person's last command that can be taken back, and what the latest command was
//! about. An undo is a new entry; this only finds what to undo.

use crate::entry::Row;
use evenhand_core::{Command, Event, IncidentId, PersonId};
use std::collections::BTreeMap;

/// What each person did last.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Desks {
    last: BTreeMap<PersonId, u64>,
    /// The command whose events are being taken in: its row, its person, whether it can be undone.
    running: Option<(u64, Option<PersonId>, bool)>,
    about: Option<IncidentId>,
}

impl Desks {
    /// The row of the person's last command that can be taken back.
    pub fn last_undoable(&self, person: &PersonId) -> Option<u64> {
        self.last.get(person).copied()
    }

    /// The incident that the latest command named.
    pub(super) fn last_incident(&self) -> Option<IncidentId> {
        self.about
    }

    pub(super) fn commanded(&mut self, row: &Row, command: &Command) {
        let person = row.actor.person().cloned();
        self.running = Some((row.seq, person, crate::undo::can_be_undone(command)));
        self.about = command.incident();
    }

    pub(super) fn happened(&mut self, seq: u64, event: &Event) {
        let Some((command, person, undoable)) = &self.running else { return };
        let first = seq == command + 1;
        if !first || matches!(event, Event::CommandRefused { .. }) {
            return;
        }
        if let Some(person) = person {
            if *undoable {
                self.last.insert(person.clone(), *command);
            } else {
                self.last.remove(person);
            }
        }
    }
}
