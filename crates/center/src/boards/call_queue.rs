//! The queue: every call that is up, or over and not accounted for. A row leaves it by a person's
//! act, the outcome, and by nothing else.

use crate::entry::Row;
use evenhand_core::{CallId, CallState, Core, Event, Sealed, Signalling, Subject, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// What is shown of a call beside what core knows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CallCard {
    /// The number, sealed.
    pub number: Option<Sealed>,
    /// The name, sealed.
    pub name: Option<Sealed>,
    /// Words spoken, sealed, in order.
    pub words: Vec<Sealed>,
    /// What came with it.
    pub signalling: Option<Box<Signalling>>,
    /// To be answered by.
    pub answer_due: Option<Timestamp>,
    /// Its entries in the journal.
    pub entries: Vec<u64>,
}

/// All calls' cards, and which of them are on the board.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CallQueue {
    cards: BTreeMap<CallId, CallCard>,
    shown: BTreeSet<CallId>,
}

impl CallQueue {
    /// Calls on the board, oldest first.
    pub fn shown(&self) -> impl Iterator<Item = CallId> {
        self.shown.iter().copied()
    }

    /// Whether a call is on the board.
    pub fn shows(&self, call: CallId) -> bool {
        self.shown.contains(&call)
    }

    /// A call's card.
    pub fn card(&self, call: CallId) -> Option<&CallCard> {
        self.cards.get(&call)
    }

    pub(super) fn apply(&mut self, core: &Core, row: &Row, event: &Event, about: &[Subject]) {
        if let Event::CallPresented { call, number, name, .. } = event {
            let card = CallCard { number: *number, name: *name, ..CallCard::default() };
            self.cards.insert(*call, card);
        }
        for subject in about {
            let Subject::Call(call) = *subject else { continue };
            let Some(card) = self.cards.get_mut(&call) else { continue };
            card.entries.push(row.seq);
            match event {
                Event::WordsRecorded { words, .. } => card.words.push(*words),
                Event::CallSignalled { signalling, .. } => {
                    card.signalling = Some(signalling.clone());
                }
                Event::CallQueued { answer_due, .. } => card.answer_due = Some(*answer_due),
                _ => {}
            }
            let over = core
                .call(call)
                .is_ok_and(|call| call.state == CallState::Ended && call.outcome.is_some());
            if over {
                self.shown.remove(&call);
            } else {
                self.shown.insert(call);
            }
        }
    }
}
