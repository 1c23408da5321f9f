//! What a call-taker does: answer, listen, create or attach, classify, end; and ring back.

use super::{Staff, Task, Turn, signed};
use crate::rng::Spread;
use crate::source::{Need, Told};
use crate::world::Seen;
use center::{Center, Clear};
use evenhand_core::{Call, CallId, CallState, Command, IncidentId, Outcome, Timestamp};

/// How often a call that ended without its outcome is taken up again.
const TAKEN_UP_MAX: u32 = 5;

impl Staff {
    /// Ringing calls first, oldest first; then callbacks; then calls that lack their outcome.
    pub(super) fn find_for_taker(&mut self, seen: &Seen<'_>) -> Option<(Task, Spread)> {
        let core = seen.center.core();
        let free = |call: &&Call| !self.has(|task| task.call() == Some(call.id));
        let open = || core.unaccounted_calls().filter(free);
        let ringing = |call: &Call| call.rings();
        if let Some(call) = open().find(|call| ringing(call)) {
            return Some((Task::PickUp(call.id), self.plan.answer_s));
        }
        let due = |call: &Call| {
            call.callback.is_some()
                && call.state == CallState::Abandoned
                && !self.not_before.contains_key(&call.id)
        };
        if let Some(call) = open().find(|call| due(call)) {
            return Some((self.callback_task(call), self.plan.callback_s));
        }
        let left = |call: &Call| {
            matches!(call.state, CallState::Ended | CallState::Answered)
                && self.is_ours(call)
                && self.taken_up.get(&call.id).is_none_or(|times| *times < TAKEN_UP_MAX)
        };
        if let Some(left) = open().find(|call| left(call)).map(|call| call.id) {
            *self.taken_up.entry(left).or_default() += 1;
            return Some((Task::Listen(left), self.plan.create_s));
        }
        // A word that could not be recorded is said again: nobody stays on a line for ever.
        let over = |call: &&Call| call.outcome.is_some() && self.is_ours(call);
        let over = core.answered_calls().filter(free).find(over)?.id;
        Some((Task::Finish(over), self.plan.end_s))
    }

    fn callback_task(&self, call: &Call) -> Task {
        match &call.callback {
            Some(callback) if callback.ringing => Task::AwaitAnswer(call.id),
            Some(callback) if callback.attempts >= self.plan.attempts_max => Task::GiveUp(call.id),
            _ => Task::RingBack(call.id),
        }
    }

    /// Whether one of us spoke with the caller. A person's own call is that person's.
    fn is_ours(&self, call: &Call) -> bool {
        let by = call.answered_by.as_ref();
        by.is_some_and(|by| self.members.iter().any(|member| member.person == *by))
    }

    pub(super) fn pick_up(
        &mut self,
        index: usize,
        call: CallId,
        turn: &mut Turn<'_>,
    ) -> Option<(Task, Timestamp)> {
        let known = turn.seen.center.core().call(call).ok()?;
        if !matches!(known.state, CallState::Presented | CallState::Queued) {
            return None;
        }
        self.order(index, turn, Command::AnswerCall { call });
        Some((Task::Listen(call), self.after(index, turn, self.plan.create_s)))
    }

    /// The call if one of us may account for it now.
    fn spoken<'a>(&self, call: CallId, center: &'a Center) -> Option<&'a Call> {
        let call = center.core().call(call).ok()?;
        let spoken = matches!(call.state, CallState::Answered | CallState::Ended);
        (spoken && self.is_ours(call)).then_some(call)
    }

    pub(super) fn listen(
        &mut self,
        index: usize,
        call: CallId,
        turn: &mut Turn<'_>,
    ) -> Option<(Task, Timestamp)> {
        let known = self.spoken(call, turn.seen.center)?;
        if known.outcome.is_some() {
            return Some((Task::Finish(call), turn.seen.now));
        }
        let told = turn.source.told(known);
        if let Some(words) = &told.words {
            self.order(index, turn, Command::RecordWords { call, words: Clear(words.clone()) });
        }
        match told.need {
            Need::Help { .. } if self.plan.attach_score_min.is_some() => {
                // Duplicates are found by the call's place, so that is written down first.
                self.order(index, turn, Command::LocateCall { call, location: told.location });
                return Some((Task::Place(call), turn.seen.now));
            }
            Need::Help { .. } => return self.create(index, call, told, turn),
            Need::Nobody { code, reason } => {
                let signature = signed(&reason, turn);
                self.order(index, turn, Command::DeclineCall { call, code, signature });
            }
            Need::Transfer { to } => {
                self.order(index, turn, Command::RecordTransfer { call, accepted_by: to });
            }
            Need::Test => {}
        }
        Some((Task::Finish(call), self.after(index, turn, self.plan.end_s)))
    }

    pub(super) fn place(
        &mut self,
        index: usize,
        call: CallId,
        turn: &mut Turn<'_>,
    ) -> Option<(Task, Timestamp)> {
        let known = self.spoken(call, turn.seen.center)?;
        if known.outcome.is_some() {
            return Some((Task::Finish(call), turn.seen.now));
        }
        if let Some(incident) = self.same_happening(call, turn.seen.center) {
            self.order(index, turn, Command::AttachCall { call, incident, words: None });
            return Some((Task::Finish(call), self.after(index, turn, self.plan.end_s)));
        }
        let told = turn.source.told(known);
        self.create(index, call, told, turn)
    }

    fn same_happening(&self, call: CallId, center: &Center) -> Option<IncidentId> {
        let score_min = self.plan.attach_score_min?;
        let proposed = center.duplicates(call);
        let best =
            proposed.iter().max_by_key(|one| (one.score, std::cmp::Reverse(one.incident)))?;
        (best.score >= score_min).then_some(best.incident)
    }

    fn create(
        &mut self,
        index: usize,
        call: CallId,
        told: Told,
        turn: &mut Turn<'_>,
    ) -> Option<(Task, Timestamp)> {
        let location = told.location;
        self.order(index, turn, Command::CreateIncident { call: Some(call), location });
        Some((Task::Classify(call), self.after(index, turn, self.plan.classify_s)))
    }

    pub(super) fn classify(
        &mut self,
        index: usize,
        call: CallId,
        turn: &mut Turn<'_>,
    ) -> Option<(Task, Timestamp)> {
        let core = turn.seen.center.core();
        let known = core.call(call).ok()?;
        if let Some(Outcome::NewIncident { incident }) = known.outcome
            && core.incident(incident).is_ok_and(|incident| incident.classification.is_none())
            && let Need::Help { incident_type } = turn.source.told(known).need
        {
            let signature = signed("as the caller says", turn);
            let command = Command::classify(incident, incident_type, signature);
            self.order(index, turn, command);
        }
        Some((Task::Finish(call), self.after(index, turn, self.plan.end_s)))
    }

    pub(super) fn finish(
        &mut self,
        index: usize,
        call: CallId,
        turn: &mut Turn<'_>,
    ) -> Option<(Task, Timestamp)> {
        let known = turn.seen.center.core().call(call).ok()?;
        if known.state == CallState::Answered {
            self.order(index, turn, Command::EndCall { call });
        }
        None
    }

    pub(super) fn ring_back(
        &mut self,
        index: usize,
        call: CallId,
        turn: &mut Turn<'_>,
    ) -> Option<(Task, Timestamp)> {
        let known = turn.seen.center.core().call(call).ok()?;
        let ringing = known.callback.as_ref().is_some_and(|callback| callback.ringing);
        if known.state != CallState::Abandoned || ringing {
            return None;
        }
        self.order(index, turn, Command::StartCallback { call });
        Some((Task::AwaitAnswer(call), self.after(index, turn, self.plan.ring_s)))
    }

    pub(super) fn await_answer(
        &mut self,
        index: usize,
        call: CallId,
        turn: &mut Turn<'_>,
    ) -> Option<(Task, Timestamp)> {
        let known = turn.seen.center.core().call(call).ok()?;
        let callback = known.callback.as_ref().filter(|callback| callback.ringing)?;
        if turn.source.answers(call) {
            self.order(index, turn, Command::ReachCaller { call });
            return Some((Task::Listen(call), self.after(index, turn, self.plan.create_s)));
        }
        self.order(index, turn, Command::MissCaller { call });
        if callback.attempts >= self.plan.attempts_max {
            return Some((Task::GiveUp(call), turn.seen.now));
        }
        let retry_ms = u64::from(self.plan.retry_s) * 1000;
        self.not_before.insert(call, turn.seen.now.plus(retry_ms));
        None
    }

    pub(super) fn give_up(
        &mut self,
        index: usize,
        call: CallId,
        turn: &mut Turn<'_>,
    ) -> Option<(Task, Timestamp)> {
        let known = turn.seen.center.core().call(call).ok()?;
        let missed = known.callback.as_ref().is_some_and(|callback| !callback.ringing);
        if known.state == CallState::Abandoned && missed {
            let attempts = self.plan.attempts_max;
            let signature = signed(&format!("not reached in {attempts} attempts"), turn);
            self.order(index, turn, Command::GiveUpCallback { call, signature });
        }
        None
    }
}

impl Task {
    /// The call that it is about.
    pub(super) fn call(&self) -> Option<CallId> {
        match self {
            Self::PickUp(call)
            | Self::Listen(call)
            | Self::Place(call)
            | Self::Classify(call)
            | Self::Finish(call)
            | Self::RingBack(call)
            | Self::AwaitAnswer(call)
            | Self::GiveUp(call) => Some(*call),
            Self::StartShift
            | Self::EndShift
            | Self::Dispatch(_)
            | Self::Close(_)
            | Self::Acknowledge(_) => None,
        }
    }
}
