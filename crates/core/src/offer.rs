//! Whom a call is offered to. Decided after every command that changes who is ready or what rings,
//! and when an offer runs out; it stands as an event of that same command. Anybody whom policy
//! permits may answer any ringing call, whomever it is offered to.
//!
//! Decided ahead on a small copy of what is true, people at work and calls without an outcome, to
//! which events are applied by the same code as ever.

use crate::open_calls::OpenCalls;
use crate::review::DEADLINES_PER_STEP_MAX;
use crate::state::Context;
use crate::{
    AgentState, AlertKind, Call, CallId, Command, Core, DeadlineKind, Event, PersonId, QueueMatch,
    QueueRule, Shift, Strategy, Subject, Timestamp,
};
use std::collections::{BTreeMap, BTreeSet};

/// From this round on a call that nobody takes raises an alert.
const ALERT_ROUND: u32 = 2;

/// What is decided ahead.
struct Floor {
    core: Core,
    at: Timestamp,
    events: Vec<Event>,
    /// Alerts raised by the command itself: the next ones count on.
    alerts: u64,
}

impl Core {
    /// Adds what follows from a command for those who take calls, and for calls that wait.
    pub(crate) fn settle(&self, context: &Context<'_>, command: &Command, events: &mut Vec<Event>) {
        let expired = match command {
            Command::PassTime {} => self.offers_due(context.at),
            _ => BTreeSet::new(),
        };
        let queued = self.ringing_calls().any(|call| call.queued.is_some())
            || events.iter().any(|event| matches!(event, Event::CallEnqueued { .. }));
        // Without a queue and a wrap-up nothing follows, as it was before there were any.
        let may_follow = queued || context.ruling.timers.wrap_up_ms > 0;
        if !may_follow || (expired.is_empty() && !events.iter().any(stirs)) {
            return;
        }
        let core = self.part_for_offers(events);
        let alerts = 0;
        let mut floor = Floor { core, at: context.at, events: Vec::new(), alerts };
        for event in events.iter() {
            floor.core.apply(context.at, event);
            floor.alerts += u64::from(matches!(event, Event::AlertRaised { .. }));
        }
        floor.wrap_up(self, context.ruling.timers.wrap_up_ms, events);
        floor.offer(&expired, self);
        events.append(&mut floor.events);
    }

    fn offers_due(&self, at: Timestamp) -> BTreeSet<CallId> {
        let due = self.due.iter().take_while(|(due, _)| *due <= at).take(DEADLINES_PER_STEP_MAX);
        let offers = due.filter_map(|(_, kind)| match kind {
            DeadlineKind::Offer(call) => Some(*call),
            _ => None,
        });
        offers.collect()
    }

    /// What is needed to decide ahead: who is at work, the calls at hand and those that the command
    /// is about, with the other calls of their callers.
    fn part_for_offers(&self, events: &[Event]) -> Core {
        let at_hand = self.open_calls.at_hand.iter().chain(&self.up).copied();
        let near: BTreeSet<CallId> = at_hand.chain(events.iter().filter_map(about)).collect();
        let ids: BTreeSet<CallId> = near.iter().flat_map(|call| self.repeats_of(*call)).collect();
        let calls = ids.iter().filter_map(|id| self.calls.get(id).map(|call| (*id, call.clone())));
        let calls: BTreeMap<CallId, Call> = calls.collect();
        Core {
            without_outcome: ids.intersection(&self.without_outcome).copied().collect(),
            open_calls: OpenCalls::of(calls.values()),
            calls,
            shifts: self.shifts.clone(),
            up: self.up.clone(),
            last_offered: self.last_offered.clone(),
            last_alert: self.last_alert,
            ..Core::default()
        }
    }
}

/// The call that an event changes, as far as offers depend on it; of a repeat, its lead.
fn about(event: &Event) -> Option<CallId> {
    match event {
        Event::CallRepeats { lead, .. } => Some(*lead),
        Event::CallAnswered { call, .. }
        | Event::CallAbandoned { call }
        | Event::CallEnded { call, .. }
        | Event::CallAccounted { call, .. }
        | Event::CallDetached { call, .. }
        | Event::CallbackDue { call, .. }
        | Event::CallbackStarted { call, .. }
        | Event::CallbackReached { call, .. }
        | Event::CallbackNotReached { call, .. } => Some(*call),
        _ => None,
    }
}

/// Whether an event may change who is ready, or what waits for them.
fn stirs(event: &Event) -> bool {
    matches!(
        event,
        Event::CallEnqueued { .. }
            | Event::CallAnswered { .. }
            | Event::CallAbandoned { .. }
            | Event::CallEnded { .. }
            | Event::CallAccounted { .. }
            | Event::CallbackStarted { .. }
            | Event::CallbackReached { .. }
            | Event::CallbackNotReached { .. }
            | Event::AgentStateChanged { .. }
            | Event::ShiftStarted { .. }
            | Event::ShiftEnded { .. }
    )
}

impl Floor {
    fn happens(&mut self, event: Event) {
        self.core.apply(self.at, &event);
        self.events.push(event);
    }

    /// Who has done with a call rests as long as policy gives, before the next is offered.
    fn wrap_up(&mut self, before: &Core, wrap_up_ms: u64, events: &[Event]) {
        if wrap_up_ms == 0 {
            return;
        }
        let done = events.iter().filter_map(|event| match event {
            Event::CallEnded { call, .. } | Event::CallAccounted { call, .. } => Some(*call),
            _ => None,
        });
        for call in done.collect::<BTreeSet<CallId>>() {
            let taker = self.core.calls.get(&call).and_then(|call| call.answered_by.clone());
            let Some(person) = taker else { continue };
            let state = |core: &Core| core.shifts.get(&person).map(|shift| shift.agent.state);
            let was = state(before);
            let worked = matches!(was, Some(AgentState::Busy | AgentState::WrapUp));
            if worked && state(&self.core) == Some(AgentState::Ready) {
                let (state, until) = (AgentState::WrapUp, Some(self.at.plus(wrap_up_ms)));
                let call = Some(call);
                self.happens(Event::AgentStateChanged { person, state, call, until });
            }
        }
    }

    /// Each waiting caller in turn, who has waited longest first.
    fn offer(&mut self, expired: &BTreeSet<CallId>, before: &Core) {
        let core = &self.core;
        let waits = core.ringing_calls().filter(|call| call.queued.is_some());
        let waits = waits.filter(|call| core.leads_offer(call));
        let mut waiting: Vec<(Timestamp, CallId)> =
            waits.map(|call| (core.waiting_since(call), call.id)).collect();
        waiting.sort_unstable();
        for (_, call) in waiting {
            if expired.contains(&call) {
                self.offer_again(call, before);
            } else {
                self.offer_once(call);
            }
        }
    }

    /// A call that is offered to nobody who could take it, or that everybody is to see.
    fn offer_once(&mut self, id: CallId) {
        let Some(call) = self.core.calls.get(&id) else { return };
        let Some(queued) = &call.queued else { return };
        let offered: BTreeSet<PersonId> = self.core.offered_to(id).into_iter().cloned().collect();
        let first = queued.round == 0;
        let round = queued.round.max(1);
        let due = queued.due.filter(|_| !offered.is_empty());
        let all = queued.rule.strategy == Strategy::All;
        let to = if offered.is_empty() || all { self.takers(call, &queued.rule) } else { return };
        let same = to.iter().all(|person| offered.contains(person));
        if first || (!to.is_empty() && !same) {
            self.offered(id, round, to, due);
        }
    }

    /// The offer ran out: the next round, for the next taker, if need be in the next queue.
    fn offer_again(&mut self, id: CallId, before: &Core) {
        let Some(queued) = self.core.calls.get(&id).and_then(|call| call.queued.clone()) else {
            return;
        };
        let in_queue = queued.round.saturating_sub(queued.first_round).saturating_add(1);
        let over = queued.rule.overflow_after_offers.is_some_and(|after| in_queue >= after);
        if over && let Some((rule, then)) = queued.then.split_first() {
            self.happens(Event::CallEnqueued {
                call: id,
                rule: rule.clone(),
                matched: QueueMatch::Overflow { from: queued.rule.name.clone() },
                then: then.to_vec(),
                called_before: queued.called_before,
            });
        }
        let Some(call) = self.core.calls.get(&id) else { return };
        let Some(now) = &call.queued else { return };
        let to = self.takers(call, &now.rule);
        self.offered(id, queued.round.saturating_add(1), to, None);
        let subject = Subject::Call(id);
        let told = |(kind, about): (AlertKind, &Subject)| {
            kind == AlertKind::CallUnanswered && *about == subject
        };
        let open = before.alerts().any(|alert| told((alert.kind, &alert.subject)));
        if queued.round == ALERT_ROUND && !open && !self.alerted(id) {
            let alert = before.alert(self.alerts, AlertKind::CallUnanswered, subject);
            self.alerts += 1;
            self.happens(alert);
        }
    }

    /// Whether the same step has raised the alert that a call rings too long.
    fn alerted(&self, call: CallId) -> bool {
        let same = |alert: &crate::Alert| {
            alert.kind == AlertKind::CallUnanswered && alert.subject == Subject::Call(call)
        };
        self.core.alerts().any(same)
    }

    /// Where nobody is ready, it is looked at again only as long as something may follow: the
    /// alert, or another queue. After that it waits for whoever becomes ready first.
    fn offered(&mut self, call: CallId, round: u32, to: Vec<PersonId>, due: Option<Timestamp>) {
        let Some(queued) = self.core.calls.get(&call).and_then(|call| call.queued.as_ref()) else {
            return;
        };
        let overflows = queued.rule.overflow_after_offers.is_some() && !queued.then.is_empty();
        let goes_on = !to.is_empty() || round <= ALERT_ROUND || overflows;
        let due = due.or(goes_on.then(|| self.at.plus(queued.rule.offer_ms)));
        let queue = queued.rule.name.clone();
        self.happens(Event::CallOffered { call, queue, round, to, due });
    }

    /// To whom a call is offered now; nobody: nobody is ready.
    fn takers(&self, call: &Call, rule: &QueueRule) -> Vec<PersonId> {
        let mut ready = self.ready(call.id, rule);
        self.sort(&mut ready, rule);
        // The last ones are kept for those who have not called lately.
        let kept = if call.queued.as_ref().is_some_and(|queued| queued.called_before) {
            usize::try_from(rule.reserved_for_first).unwrap_or(usize::MAX)
        } else {
            0
        };
        ready.truncate(ready.len().saturating_sub(kept));
        let people = ready.into_iter().map(|shift| shift.person.clone());
        if rule.strategy == Strategy::All {
            return people.collect();
        }
        let tried = call.queued.as_ref().map(|queued| &queued.tried);
        let people: Vec<PersonId> = people.collect();
        let fresh = people.iter().find(|person| tried.is_none_or(|tried| !tried.contains(*person)));
        fresh.or(people.first()).cloned().into_iter().collect()
    }

    /// People in the queue's roles who are ready. Where a call rings at one position at a time, a
    /// position rings for one call at a time.
    fn ready(&self, call: CallId, rule: &QueueRule) -> Vec<&Shift> {
        let mut taken: BTreeSet<&PersonId> = BTreeSet::new();
        if rule.strategy != Strategy::All {
            let others = self.core.ringing_calls().filter(|other| other.id != call);
            taken.extend(others.filter_map(|other| other.queued.as_ref()).flat_map(|one| &one.to));
        }
        let free = self.core.shifts().filter(|shift| {
            shift.agent.state == AgentState::Ready
                && rule.roles.contains(&shift.role)
                && !taken.contains(&shift.person)
        });
        free.collect()
    }

    fn sort(&self, ready: &mut [&Shift], rule: &QueueRule) {
        match rule.strategy {
            // By name, as shifts are kept.
            Strategy::All => {}
            Strategy::LongestIdle => ready.sort_by_key(|shift| shift.agent.since),
            Strategy::InOrder => ready.sort_by_key(|shift| {
                let names =
                    |word: &String| *word == shift.position || *word == shift.person.as_str();
                rule.order.iter().position(names).unwrap_or(rule.order.len())
            }),
            Strategy::RoundRobin => {
                let last = self.core.last_offered.get(&rule.name);
                let after = |shift: &&&Shift| last.is_some_and(|last| shift.person <= *last);
                let before = ready.iter().filter(after).count();
                ready.rotate_left(before);
            }
        }
    }
}
