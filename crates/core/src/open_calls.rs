//! Which calls are open, by what somebody looks for: kept with every change of a call, so that a
//! wave of thousands who hung up costs nobody a walk over all of them.

use crate::repeat::owes_callback;
use crate::{Call, CallId, CallState, Core, Digest, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

// INVARIANT: what `file` makes of every call; `accounting.rs` holds it against the calls.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct OpenCalls {
    /// Calls without an outcome on which somebody waits or speaks, or owes what became of them:
    /// all but those that only wait to be rung back.
    pub at_hand: BTreeSet<CallId>,
    /// Calls by which a caller is to be rung back.
    pub owed: BTreeSet<CallId>,
    /// Calls without an outcome, by number; no tests.
    pub of_number: BTreeMap<Digest, BTreeSet<CallId>>,
    /// When a number called last; no tests.
    pub last_of: BTreeMap<Digest, Timestamp>,
}

impl OpenCalls {
    /// The same from all calls.
    pub fn of<'a>(calls: impl Iterator<Item = &'a Call>) -> Self {
        let mut open = Self::default();
        calls.for_each(|call| open.file(call));
        open
    }

    pub fn file(&mut self, call: &Call) {
        let is_open = call.outcome.is_none();
        let dialled = call.callback.as_ref().is_some_and(|callback| callback.ringing);
        let at_hand = is_open && (call.state != CallState::Abandoned || dialled);
        put(&mut self.at_hand, call.id, at_hand);
        put(&mut self.owed, call.id, owes_callback(call));
        let Some(number) = call.number_digest.filter(|_| !call.test) else { return };
        let last = self.last_of.entry(number).or_insert(call.presented_at);
        *last = call.presented_at.max(*last);
        let same = self.of_number.entry(number).or_default();
        put(same, call.id, is_open);
        if same.is_empty() {
            self.of_number.remove(&number);
        }
    }
}

fn put(calls: &mut BTreeSet<CallId>, call: CallId, belongs: bool) {
    if belongs {
        calls.insert(call);
    } else {
        calls.remove(&call);
    }
}

impl Core {
    /// Calls without an outcome that are not only waiting to be rung back, oldest first.
    pub(crate) fn calls_at_hand(&self) -> impl Iterator<Item = &Call> {
        self.open_calls.at_hand.iter().filter_map(|call| self.calls.get(call))
    }

    /// Calls that somebody is speaking on, with an outcome or without, oldest first.
    pub fn answered_calls(&self) -> impl Iterator<Item = &Call> {
        self.up.iter().filter_map(|call| self.calls.get(call))
    }

    pub(crate) fn refile(&mut self, call: CallId) {
        if let Some(call) = self.calls.get(&call) {
            self.open_calls.file(call);
        }
    }
}
