//! A callback: the duty to ring an abandoned caller. It ends in a person's act, never by itself.

use crate::state::Context;
use crate::{
    Call, CallId, CallState, Command, Core, DeadlineKind, DecisionKind, Event, NoDispatchCode,
    PersonId, Refusal, Signature, Subject, Timestamp,
};

/// The duty to ring back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Callback {
    /// To be started by this time.
    pub due: Timestamp,
    /// Attempts begun.
    pub attempts: u32,
    /// Whether an attempt is running now.
    pub ringing: bool,
    /// Whether the caller was reached.
    pub reached: bool,
    /// Another call of the same caller carries the duty; see `repeat.rs`.
    pub rested: bool,
    /// Who rings, or rang last.
    pub by: Option<PersonId>,
    /// Whom it was handed over to.
    pub owner: Option<PersonId>,
}

impl Core {
    pub(crate) fn decide_callback(
        &self,
        context: &Context<'_>,
        command: &Command,
    ) -> Option<Result<Vec<Event>, Refusal>> {
        Some(match command {
            Command::StartCallback { call } => self.decide_start_callback(context, *call),
            Command::ReachCaller { call } => self.decide_callback_result(context, *call, true),
            Command::MissCaller { call } => self.decide_callback_result(context, *call, false),
            Command::GiveUpCallback { call, signature } => {
                self.decide_give_up_callback(context, *call, signature)
            }
            Command::HandOverCallback { call, to, signature } => {
                self.decide_hand_over_callback(context, *call, to, signature)
            }
            _ => return None,
        })
    }

    /// The call and its outstanding callback.
    fn outstanding(&self, id: CallId) -> Result<(&Call, &Callback), Refusal> {
        let call = self.call(id)?;
        match (&call.state, &call.callback) {
            (CallState::Abandoned, Some(callback)) => Ok((call, callback)),
            _ => Err(Refusal::CallbackNotDue { call: id }),
        }
    }

    fn decide_start_callback(
        &self,
        context: &Context<'_>,
        id: CallId,
    ) -> Result<Vec<Event>, Refusal> {
        let by = context.person()?.clone();
        let (_, callback) = self.outstanding(id)?;
        if callback.ringing {
            return Err(Refusal::CallbackNotDue { call: id });
        }
        // A call that is being made and of which nobody says how it went must not be forgotten.
        let due = context.at.plus(context.ruling.timers.callback_ms);
        Ok(vec![Event::CallbackStarted { call: id, by, due }])
    }

    fn decide_callback_result(
        &self,
        context: &Context<'_>,
        id: CallId,
        reached: bool,
    ) -> Result<Vec<Event>, Refusal> {
        let by = context.person()?.clone();
        let (_, callback) = self.outstanding(id)?;
        if !callback.ringing {
            return Err(Refusal::CallbackNotDue { call: id });
        }
        if reached {
            return Ok(vec![Event::CallbackReached { call: id, by }]);
        }
        // The duty stays until a person decides, and so does its time limit.
        let due = context.at.plus(context.ruling.timers.callback_ms);
        Ok(vec![Event::CallbackNotReached { call: id, by }, Event::CallbackDue { call: id, due }])
    }

    fn decide_give_up_callback(
        &self,
        context: &Context<'_>,
        id: CallId,
        signature: &Signature,
    ) -> Result<Vec<Event>, Refusal> {
        let (call, callback) = self.outstanding(id)?;
        // Nobody is unreached whom nobody tried to reach.
        if callback.attempts == 0 || callback.ringing {
            return Err(Refusal::CallbackOutstanding { call: id });
        }
        let call = self.may_be_accounted(call.id)?;
        let kind = DecisionKind::CallbackUnreached;
        let decided = self.decision(context, kind, Subject::Call(id), signature)?;
        Ok(self.declined(call, decided, NoDispatchCode::CallbackUnreached))
    }

    fn decide_hand_over_callback(
        &self,
        context: &Context<'_>,
        id: CallId,
        to: &PersonId,
        signature: &Signature,
    ) -> Result<Vec<Event>, Refusal> {
        self.outstanding(id)?;
        if context.person()? == to || !self.shifts.contains_key(to) {
            return Err(Refusal::NotOnShift { person: to.clone() });
        }
        let kind = DecisionKind::HandOverCallback;
        let decided = self.decision(context, kind, Subject::Call(id), signature)?;
        Ok(vec![decided, Event::CallbackHandedOver { call: id, to: to.clone() }])
    }

    pub(crate) fn apply_callback(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::CallbackDue { call, due } => {
                self.set_due(DeadlineKind::StartCallback(*call), *due);
                self.with_call(*call, |call| {
                    // Due again: attempts and owner stay on the record.
                    let before = call.callback.take();
                    call.callback = Some(Callback {
                        due: *due,
                        attempts: before.as_ref().map_or(0, |before| before.attempts),
                        by: before.as_ref().and_then(|before| before.by.clone()),
                        ringing: false,
                        reached: false,
                        rested: false,
                        owner: before.and_then(|before| before.owner),
                    });
                });
            }
            Event::CallbackStarted { call, due, by } => {
                self.set_due(DeadlineKind::StartCallback(*call), *due);
                self.with_callback(*call, |callback| {
                    callback.attempts = callback.attempts.saturating_add(1);
                    callback.ringing = true;
                    callback.rested = false;
                    callback.by = Some(by.clone());
                });
                self.derive_agents(at, *call);
            }
            Event::CallbackReached { call, by } => {
                self.clear_due(DeadlineKind::StartCallback(*call));
                self.with_callback(*call, |callback| {
                    callback.ringing = false;
                    callback.reached = true;
                });
                self.call_answered(at, *call, by);
            }
            Event::CallbackNotReached { call, .. } => {
                self.with_callback(*call, |callback| callback.ringing = false);
                self.derive_agents(at, *call);
            }
            Event::CallbackHandedOver { call, to } => {
                self.with_callback(*call, |callback| callback.owner = Some(to.clone()));
            }
            _ => {}
        }
    }

    fn with_callback(&mut self, call: CallId, change: impl FnOnce(&mut Callback)) {
        self.with_call(call, |call| {
            if let Some(callback) = &mut call.callback {
                change(callback);
            }
        });
    }
}
