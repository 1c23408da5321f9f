//! A queue: calls that wait for somebody to take them, under a rule that policy chose. Whom a call
//! is offered to is decided in `offer.rs`; nobody is sent away, whatever a queue holds.

use crate::{CallId, Core, Event, PersonId, Role, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// To whom a call is offered first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// To everybody who is ready.
    All,
    /// To whoever has been ready longest.
    LongestIdle,
    /// To the first of a list who is ready.
    InOrder,
    /// To each in turn, by name.
    RoundRobin,
}

/// What policy says of one queue. Stands with each call that it rules, so that a call is judged by
/// the text in force when it came.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct QueueRule {
    /// Its name.
    pub name: String,
    /// Its address for whoever sends calls here.
    pub uri: String,
    /// To whom first.
    pub strategy: Strategy,
    /// How long one offer rings before it is looked at again, in milliseconds.
    pub offer_ms: u64,
    /// Who takes calls from it.
    pub roles: BTreeSet<Role>,
    /// Positions or people, first to last, for [`Strategy::InOrder`]; who is not named comes last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<String>,
    /// After so many fruitless offers a call goes on to the next queue; `None`: it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overflow_after_offers: Option<u32>,
    /// So many of those who are ready are kept for numbers that have not called lately.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub reserved_for_first: u32,
    /// How long ago `lately` is, in milliseconds.
    pub repeat_window_ms: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Why a call is in its queue.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum QueueMatch {
    /// The queue names what was asked for.
    Service {
        /// The pattern of the policy that fits.
        pattern: String,
    },
    /// No queue does; this one takes what nothing fits.
    Default,
    /// Nobody took it from the queue before.
    Overflow {
        /// That queue.
        from: String,
    },
}

/// Policy's word on where a call waits.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct QueueRuling {
    /// The queue.
    pub rule: QueueRule,
    /// Why that one.
    pub matched: QueueMatch,
    /// Where it overflows to, one after the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<QueueRule>,
}

/// A call's place in its queue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Queued {
    /// The rule.
    pub rule: QueueRule,
    /// Why this queue.
    pub matched: QueueMatch,
    /// Where it overflows to.
    pub then: Vec<QueueRule>,
    /// Whether the number called lately before.
    pub called_before: bool,
    /// One more than offers that ran out; 0: it was never offered.
    pub round: u32,
    /// The round in which it came to this queue.
    pub(crate) first_round: u32,
    /// Whom it was offered to last. Who is not ready any more is not offered it any more.
    pub to: BTreeSet<PersonId>,
    /// When the offer is looked at again; `None`: when somebody becomes ready.
    pub due: Option<Timestamp>,
    /// Who has been offered it since everybody had their turn.
    pub(crate) tried: BTreeSet<PersonId>,
}

/// How a queue stands, in the words of the NENA registry `queueState`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum QueueState {
    /// Calls are taken.
    Active,
    /// Nobody is at work who takes calls from it.
    Inactive,
    /// As many calls wait as policy wants to wait. More are taken nonetheless.
    Full,
    /// The centre can record nothing.
    Disabled,
}

/// How the whole centre stands, in the words of the NENA registry `serviceState`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum ServiceState {
    /// Calls are taken.
    Normal,
    /// Nobody is at work.
    Unstaffed,
    /// A queue is full.
    Overloaded,
    /// The centre can record nothing.
    Down,
}

impl Core {
    /// Calls that ring, in order of first mention.
    pub fn ringing_calls(&self) -> impl Iterator<Item = &crate::Call> {
        self.calls_at_hand().filter(|call| call.rings())
    }

    /// Whom a ringing call is offered to now: those of its offer who are still ready.
    pub fn offered_to(&self, call: CallId) -> Vec<&PersonId> {
        let Some(call) = self.calls.get(&call) else { return Vec::new() };
        let Some(queued) = &call.queued else { return Vec::new() };
        let ready = |person: &&PersonId| self.is_ready(person);
        queued.to.iter().filter(ready).collect()
    }

    pub(crate) fn is_ready(&self, person: &PersonId) -> bool {
        let agent = self.shifts.get(person).map(|shift| shift.agent.state);
        agent == Some(crate::AgentState::Ready)
    }

    pub(crate) fn apply_queue(&mut self, event: &Event) {
        match event {
            Event::CallEnqueued { call, rule, matched, then, called_before } => {
                self.with_call(*call, |call| {
                    let before = call.queued.take();
                    let round = before.as_ref().map_or(0, |before| before.round);
                    call.queued = Some(Queued {
                        rule: rule.clone(),
                        matched: matched.clone(),
                        then: then.clone(),
                        called_before: *called_before,
                        round,
                        first_round: round.saturating_add(1),
                        to: BTreeSet::new(),
                        due: None,
                        tried: BTreeSet::new(),
                    });
                });
            }
            Event::CallOffered { call, round, to, due, .. } => {
                self.apply_call_offered(*call, *round, to, *due);
            }
            _ => {}
        }
    }

    fn apply_call_offered(
        &mut self,
        id: CallId,
        round: u32,
        to: &[PersonId],
        due: Option<Timestamp>,
    ) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let Some(queued) = &mut call.queued else { return };
        queued.round = round;
        queued.due = due;
        queued.to = to.iter().cloned().collect();
        // Whoever comes up a second time begins another turn of everybody.
        if !queued.to.is_disjoint(&queued.tried) {
            queued.tried.clear();
        }
        queued.tried.extend(to.iter().cloned());
        if let Some(last) = to.last() {
            self.last_offered.insert(queued.rule.name.clone(), last.clone());
        }
        let kind = crate::DeadlineKind::Offer(id);
        match due {
            Some(due) => self.set_due(kind, due),
            None => self.clear_due(kind),
        }
    }

    /// It rings no more: nobody is offered it.
    pub(crate) fn withdraw_offer(&mut self, id: CallId) {
        self.clear_due(crate::DeadlineKind::Offer(id));
        self.with_call(id, |call| {
            if let Some(queued) = &mut call.queued {
                queued.to.clear();
                queued.due = None;
            }
        });
    }
}
