//! Repeats: a caller whom nobody has spoken with calls again. However often they try, it is one
//! wait, one offer and one callback, and it ends in one outcome by one person.
//!
//! The calls of a number that came while an earlier one rang, or was abandoned and not accounted
//! for, hang under the first, their lead. The duty to ring back is carried by one of them: by one
//! that rings, by one that somebody has spoken on and owes the outcome of, or by the one that is to
//! be rung back.

use crate::{Call, CallId, CallState, Core, Digest, Outcome, Timestamp};

impl Core {
    /// The lead of the calls of a number that nobody has spoken with yet.
    pub(crate) fn lead_of(&self, number: Digest) -> Option<CallId> {
        let waits = |call: &&Call| rings(call) || left(call);
        let of_number = self.open_calls.of_number.get(&number)?;
        let oldest = of_number.iter().filter_map(|call| self.calls.get(call)).find(waits)?;
        Some(oldest.lead.unwrap_or(oldest.id))
    }

    /// Whether a number has called at or after a time.
    pub(crate) fn called_since(&self, number: Digest, since: Timestamp) -> bool {
        self.open_calls.last_of.get(&number).is_some_and(|last| *last >= since)
    }

    /// All calls of a call's group, the lead first; of one that repeats nothing, itself.
    pub fn repeats_of(&self, call: CallId) -> Vec<CallId> {
        let lead = self.calls.get(&call).and_then(|call| call.lead).unwrap_or(call);
        let later = self.calls.get(&lead).map(|lead| lead.repeats.as_slice()).unwrap_or_default();
        std::iter::once(lead).chain(later.iter().copied()).collect()
    }

    /// The other calls of its group.
    fn others(&self, call: &Call) -> impl Iterator<Item = &Call> {
        let own = call.id;
        let group = self.repeats_of(own).into_iter().filter(move |other| *other != own);
        group.filter_map(|other| self.calls.get(&other))
    }

    /// Whether another call of the group sees to it that the caller is spoken with.
    pub(crate) fn is_carried(&self, call: &Call) -> bool {
        self.others(call).any(|other| rings(other) || owes_outcome(other) || owes_callback(other))
    }

    /// Whether this is the call of its group by which the caller is to be rung back.
    pub(crate) fn owes_callback(&self, call: &Call) -> bool {
        owes_callback(call)
    }

    /// The abandoned calls that end with this one, since whoever accounts for it has the caller.
    pub(crate) fn carried_by(&self, call: &Call) -> Vec<&Call> {
        if call.answered_at.is_none() && !owes_callback(call) {
            return Vec::new();
        }
        // One that somebody is ringing back at this moment is theirs to account for.
        let ringing = |other: &Call| other.callback.as_ref().is_some_and(|one| one.ringing);
        self.others(call).filter(|other| left(other) && !ringing(other)).collect()
    }

    /// The calls that were accounted for by the same act as this one.
    pub(crate) fn joined_to(&self, call: &Call) -> Vec<CallId> {
        let with = |other: &&Call| {
            let attached = matches!(other.outcome, Some(Outcome::AddedToIncident { .. }));
            other.joined_with == Some(call.id) && attached
        };
        self.others(call).filter(with).map(|other| other.id).collect()
    }

    /// First signalling of the caller's wait: that of the first call of the group, unless somebody
    /// speaks with them already.
    pub fn waiting_since(&self, call: &Call) -> Timestamp {
        if self.others(call).any(owes_outcome) {
            return call.presented_at;
        }
        let waits = self.others(call).filter(|other| rings(other) || left(other));
        waits.map(|other| other.presented_at).fold(call.presented_at, Timestamp::min)
    }

    /// Whether a ringing call is the one by which its caller is offered: the first that rings.
    pub(crate) fn leads_offer(&self, call: &Call) -> bool {
        !self.others(call).any(|other| rings(other) && other.id < call.id)
    }

    /// Somebody speaks with the caller: nobody rings them back besides.
    pub(crate) fn rest_callbacks(&mut self, answered: CallId) {
        let Some(call) = self.calls.get(&answered) else { return };
        let rest: Vec<CallId> = self
            .others(call)
            .filter(|other| {
                owes_callback(other) && other.callback.as_ref().is_some_and(|one| !one.ringing)
            })
            .map(|other| other.id)
            .collect();
        for call in rest {
            self.rest_callback(call);
        }
    }

    /// Another call carries this one's callback.
    pub(crate) fn rest_callback(&mut self, call: CallId) {
        self.clear_due(crate::DeadlineKind::StartCallback(call));
        self.with_call(call, |call| {
            if let Some(callback) = &mut call.callback {
                callback.rested = true;
            }
        });
    }

    pub(crate) fn apply_repeats(&mut self, call: CallId, lead: CallId) {
        self.with_call(call, |call| call.lead = Some(lead));
        self.with_call(lead, |lead| lead.repeats.push(call));
    }
}

fn rings(call: &Call) -> bool {
    matches!(call.state, CallState::Presented | CallState::Queued)
}

/// The caller left, and nobody has accounted for it.
fn left(call: &Call) -> bool {
    call.state == CallState::Abandoned && call.outcome.is_none()
}

/// Whether this is the call by which its caller is to be rung back.
pub(crate) fn owes_callback(call: &Call) -> bool {
    left(call) && call.callback.as_ref().is_some_and(|callback| !callback.rested)
}

/// Somebody has spoken with the caller, and is to say what became of it.
fn owes_outcome(call: &Call) -> bool {
    call.outcome.is_none() && call.answered_at.is_some() && call.state != CallState::Abandoned
}
