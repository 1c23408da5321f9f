//! The incidents: all open ones, and the last that were closed, so that they can be reopened.

use crate::entry::Row;
use crate::limits::CLOSED_ON_BOARD_MAX;
use evenhand_core::{Actor, Core, Event, IncidentId, Sealed, Subject, Timestamp};
use std::collections::{BTreeMap, VecDeque};

/// A line of the narrative.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NarrativeLine {
    /// Its entry.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who wrote it.
    pub by: Actor,
    /// The text, sealed.
    pub text: Sealed,
}

/// What is shown of an incident beside what core knows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct IncidentCard {
    /// The narrative, in order.
    pub narrative: Vec<NarrativeLine>,
    /// Somebody is to be sent by.
    pub pending_due: Option<Timestamp>,
    /// Its entries in the journal.
    pub entries: Vec<u64>,
}

/// All incidents' cards, and the closed ones that are still on the board.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Incidents {
    cards: BTreeMap<IncidentId, IncidentCard>,
    closed: VecDeque<IncidentId>,
    pushed_out: Option<IncidentId>,
}

impl Incidents {
    /// Closed incidents on the board, longest closed first.
    pub fn closed(&self) -> impl Iterator<Item = IncidentId> {
        self.closed.iter().copied()
    }

    /// An incident's card.
    pub fn card(&self, incident: IncidentId) -> Option<&IncidentCard> {
        self.cards.get(&incident)
    }

    pub(super) fn apply(&mut self, core: &Core, row: &Row, event: &Event, about: &[Subject]) {
        for subject in about {
            let incident = match subject {
                Subject::Incident(incident) => *incident,
                Subject::Assignment(assignment) => match core.assignment(*assignment) {
                    Some(assignment) => assignment.incident,
                    None => continue,
                },
                Subject::Call(_) | Subject::Unit(_) | Subject::Policy(_) => continue,
            };
            self.entry(incident, row.seq);
        }
        match event {
            Event::NarrativeAdded { incident, text } => {
                let line =
                    NarrativeLine { seq: row.seq, at: row.at, by: row.actor.clone(), text: *text };
                self.cards.entry(*incident).or_default().narrative.push(line);
            }
            Event::IncidentPending { incident, due } => {
                self.cards.entry(*incident).or_default().pending_due = Some(*due);
            }
            Event::IncidentClosed { incident, .. } => self.close(*incident),
            Event::IncidentReopened { incident } => self.closed.retain(|closed| closed != incident),
            _ => {}
        }
    }

    /// Notes that an entry is about an incident.
    pub(super) fn entry(&mut self, incident: IncidentId, seq: u64) {
        let entries = &mut self.cards.entry(incident).or_default().entries;
        if entries.last() != Some(&seq) {
            entries.push(seq);
        }
    }

    fn close(&mut self, incident: IncidentId) {
        self.closed.push_back(incident);
        if self.closed.len() > CLOSED_ON_BOARD_MAX {
            self.pushed_out = self.closed.pop_front();
        }
    }

    /// The closed incident that the latest closing pushed off the board.
    pub(super) fn take_pushed_out(&mut self) -> Option<IncidentId> {
        self.pushed_out.take()
    }
}
