//! Calls: none is lost, each is accounted for by a person.

use super::{Check, Row, broken};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Every call ever presented, by its number.
#[derive(Default)]
pub(in crate::faults) struct Calls {
    calls: BTreeMap<u64, Kept>,
    unaccounted: BTreeSet<u64>,
    /// Presented since somebody last asked, with the key of the ring.
    new: Vec<(String, u64)>,
}

/// What is known of one.
#[derive(Default)]
pub(in crate::faults) struct Kept {
    test: bool,
    pub ended: bool,
    /// Left before the answer, and not reached since.
    abandoned: bool,
    owner: Option<String>,
    /// The first of the caller's calls, if this is a later one.
    lead: Option<u64>,
    /// It is this one by which the caller is to be rung back.
    due: bool,
    dialling: bool,
    pub queued_times: u64,
    pub dialled_times: u64,
    pub missed_times: u64,
    pub held_times: u64,
    pub resumed_times: u64,
    pub ended_times: u64,
    pub answered_times: u64,
    pub abandoned_times: u64,
    pub offered_times: u64,
    pub rebid_times: u64,
    pub transfer_times: u64,
}

impl Calls {
    pub fn get(&self, call: u64) -> Option<&Kept> {
        self.calls.get(&call)
    }

    pub fn count(&self) -> u64 {
        self.calls.len() as u64
    }

    /// Calls without an outcome.
    pub fn unaccounted(&self) -> &BTreeSet<u64> {
        &self.unaccounted
    }

    /// Calls that are not over.
    pub fn up(&self) -> Vec<u64> {
        self.calls.iter().filter(|(_, call)| !call.ended).map(|(id, _)| *id).collect()
    }

    /// Calls presented since this was last asked.
    pub fn take_new(&mut self) -> Vec<(String, u64)> {
        std::mem::take(&mut self.new)
    }

    /// A callback that nobody but `person` could make.
    pub fn callback_left_by(&self, person: &str) -> Option<u64> {
        let left = |call: &Kept| {
            call.abandoned
                && call.due
                && !call.ended
                && call.owner.as_deref().is_none_or(|owner| owner == person)
        };
        self.calls.iter().find(|(_, call)| left(call)).map(|(id, _)| *id)
    }

    pub fn take(&mut self, row: &Row) -> Check {
        let id = row.number("call");
        match row.kind.as_str() {
            "CallPresented" => return self.presented(row, id),
            "CallAccounted" => return self.accounted(row, id),
            "CallAnswered" | "CallbackReached" => self.spoken_with(id),
            _ => {}
        }
        let Some(call) = self.calls.get_mut(&id) else {
            let about_call = row.kind.starts_with("Call") && row.kind != "CallDetached";
            return match about_call {
                true => broken("call-lost", format!("{} of call {id}, never presented", row.kind)),
                false => Ok(()),
            };
        };
        match row.kind.as_str() {
            "CallQueued" => call.queued_times += 1,
            "CallAnswered" => call.answered_times += 1,
            "CallOffered" => call.offered_times += 1,
            "LocationRebid" => call.rebid_times += 1,
            "TransferStarted" => call.transfer_times += 1,
            "CallRepeats" => call.lead = Some(row.number("lead")),
            "CallAbandoned" => {
                call.abandoned = true;
                call.abandoned_times += 1;
            }
            "CallbackDue" => call.due = true,
            "CallbackNotReached" => {
                call.dialling = false;
                call.missed_times += 1;
            }
            "CallHeld" => call.held_times += 1,
            "CallResumed" => call.resumed_times += 1,
            "CallbackStarted" => {
                call.dialled_times += 1;
                (call.due, call.dialling) = (true, true);
            }
            "CallbackReached" => {
                call.abandoned = false;
                call.answered_times += 1;
            }
            "CallbackHandedOver" => call.owner = Some(row.word("to").to_owned()),
            "CallEnded" => {
                call.ended = true;
                call.ended_times += 1;
            }
            "CallDetached" => {
                // Whoever left and was not reached is to be rung back again.
                call.ended &= !call.abandoned;
                call.due = false;
                self.unaccounted.insert(id);
            }
            _ => {}
        }
        Ok(())
    }

    /// Whoever speaks with a caller has their other calls too, but for one that is being rung back.
    fn spoken_with(&mut self, id: u64) {
        let lead = self.calls.get(&id).and_then(|call| call.lead).unwrap_or(id);
        for (other, call) in &mut self.calls {
            if call.lead.unwrap_or(*other) == lead && *other != id && !call.dialling {
                call.due = false;
            }
        }
    }

    fn presented(&mut self, row: &Row, id: u64) -> Check {
        if id != self.count() + 1 {
            let text = format!("call {id} was presented after call {}", self.count());
            return broken("call-lost", text);
        }
        let test = row.data.get("test").and_then(Value::as_bool).unwrap_or_default();
        self.calls.insert(id, Kept { test, ..Kept::default() });
        self.unaccounted.insert(id);
        let key = row.id.rsplit_once('/').map_or("", |(key, _)| key);
        self.new.push((key.to_owned(), id));
        Ok(())
    }

    fn accounted(&mut self, row: &Row, id: u64) -> Check {
        let outcome = |field: &str| row.data.get("outcome").and_then(|outcome| outcome.get(field));
        let by_itself = outcome("kind").is_some_and(|kind| kind == "test_call");
        let nobody = outcome("kind").is_some_and(|kind| {
            ["no_dispatch_decision", "transfer_accepted"].iter().any(|one| kind == one)
        });
        let given_up = outcome("code").is_some_and(|code| code == "callback_unreached");
        let test = self.calls.get(&id).is_some_and(|call| call.test);
        // One that ends with another of the same caller's was tried as that one was.
        let tried = row.data.get("with").and_then(Value::as_u64).unwrap_or(id);
        let never_tried = self
            .calls
            .get(&tried)
            .is_some_and(|call| call.abandoned && !(given_up && call.dialled_times > 0));
        if nobody && never_tried {
            let text = format!("call {id} was given up before anybody rang the caller back");
            return broken("callback", text);
        }
        if by_itself && !test {
            return broken("closed-by-person", format!("call {id} is no test, and ended as one"));
        }
        if !by_itself && row.person().is_none() {
            let text = format!("call {id} was accounted for by {}", row.actor);
            return broken("closed-by-person", text);
        }
        if !self.unaccounted.remove(&id) {
            return broken("one-outcome", format!("call {id} was accounted for twice"));
        }
        Ok(())
    }
}
