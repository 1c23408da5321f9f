//! What becomes of a call whose line breaks: a connection lost, a restart of the telephone side, a
//! session that ran out, an answer that never reached the caller.

use crate::state::Context;
use crate::{AlertKind, Call, CallId, CallState, Command, Core, EndedBy, Event, Refusal, Subject};

impl Core {
    pub(crate) fn decide_line(
        &self,
        context: &Context<'_>,
        command: &Command,
    ) -> Option<Result<Vec<Event>, Refusal>> {
        Some(match command {
            Command::LoseLine { call } => self.decide_lose_line(context, *call),
            Command::AnswerFailed { call, .. } => self.decide_answer_failed(*call),
            _ => return None,
        })
    }

    /// Before the answer a caller whose line broke is one who left: somebody rings back.
    fn decide_lose_line(&self, context: &Context<'_>, id: CallId) -> Result<Vec<Event>, Refusal> {
        let call = self.call(id)?;
        match call.state {
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

    /// Its taker still owes the outcome, and is told: nobody hung up.
    fn line_lost(&self, call: &Call) -> Vec<Event> {
        let mut events = Self::end_of(call, EndedBy::LineLost);
        if !call.test {
            events.push(self.alert(0, AlertKind::LineLost, Subject::Call(call.id)));
        }
        events
    }
}
