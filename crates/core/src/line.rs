//! What becomes of a call whose line breaks: a connection lost, a restart of the telephone side, a
//! session that ran out, an answer that never reached the caller.

use crate::state::Context;
use crate::{
    AlertKind, Call, CallId, CallState, Command, Core, EndedBy, Event, Refusal, Subject, Timestamp,
};

impl Core {
    pub(crate) fn decide_line(
        &self,
        context: &Context<'_>,
        command: &Command,
    ) -> Option<Result<Vec<Event>, Refusal>> {
        Some(match command {
            Command::LoseLine { call } => self.decide_lose_line(context, *call),
            Command::AnswerFailed { call, .. } => self.decide_answer_failed(*call),
            Command::HoldCall { call } => self.decide_hold_call(context, *call),
            Command::ResumeCall { call } => self.decide_resume_call(context, *call),
            _ => return None,
        })
    }

    /// Before the answer a caller whose line broke is one who left: somebody rings back.
    fn decide_lose_line(&self, context: &Context<'_>, id: CallId) -> Result<Vec<Event>, Refusal> {
        let call = self.call(id)?;
        match call.state {
            CallState::Presented if !call.rings() => Ok(self.line_lost(call)),
            CallState::Presented | CallState::Queued => Ok(self.abandoned(context, call)),
            CallState::Answered => Ok(self.line_lost(call)),
            CallState::Abandoned | CallState::Ended => {
                Err(Refusal::CallNotRinging { call: id, state: call.state })
            }
        }
    }

    fn decide_answer_failed(&self, id: CallId) -> Result<Vec<Event>, Refusal> {
        let call = self.call(id)?;
        if call.state != CallState::Answered {
            return Err(Refusal::CallNotAnswered { call: id, state: call.state });
        }
        Ok(self.line_lost(call))
    }

    fn decide_hold_call(&self, context: &Context<'_>, id: CallId) -> Result<Vec<Event>, Refusal> {
        let by = context.person()?.clone();
        match self.spoken_with(id)?.held_at {
            None => Ok(vec![Event::CallHeld { call: id, by }]),
            Some(_) => Err(Refusal::CallHeldAlready { call: id }),
        }
    }

    fn decide_resume_call(&self, context: &Context<'_>, id: CallId) -> Result<Vec<Event>, Refusal> {
        let by = context.person()?.clone();
        match self.spoken_with(id)?.held_at {
            Some(_) => Ok(vec![Event::CallResumed { call: id, by }]),
            None => Err(Refusal::CallNotHeld { call: id }),
        }
    }

    fn spoken_with(&self, id: CallId) -> Result<&Call, Refusal> {
        let call = self.call(id)?;
        match call.state {
            CallState::Answered => Ok(call),
            state @ (CallState::Presented
            | CallState::Queued
            | CallState::Abandoned
            | CallState::Ended) => Err(Refusal::CallNotAnswered { call: id, state }),
        }
    }

    pub(crate) fn apply_line(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::CallHeld { call, .. } => self.with_call(*call, |call| call.held_at = Some(at)),
            Event::CallResumed { call, .. } => self.with_call(*call, |call| call.held_at = None),
            _ => {}
        }
    }

    /// Its taker still owes the outcome, and is told: nobody hung up.
    fn line_lost(&self, call: &Call) -> Vec<Event> {
        let mut events = Self::end_of(call, EndedBy::LineLost);
        if !call.test {
            events.push(self.alert(0, AlertKind::LineLost, Subject::Call(call.id)));
        }
        events
    }
}
