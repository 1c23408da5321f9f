//! Whether a person at work takes calls now. Ready, break and a wrap-up of one's own are said by
//! the person; busy and the wrap-up after a call follow from what stands on record.

use crate::state::Context;
use crate::{
    CallId, CallState, Command, Core, DeadlineKind, Event, PersonId, Refusal, Shift, Timestamp,
};
use serde::{Deserialize, Serialize};

/// Whether calls may be offered to somebody.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentState {
    /// They may.
    Ready,
    /// Speaking with a caller, or ringing one back. Never set by hand.
    Busy,
    /// The call is over and its outcome, or what follows it, is being written.
    WrapUp,
    /// Away from the position.
    Break,
}

/// The state of a person at work.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Agent {
    /// Whether calls may be offered.
    pub state: AgentState,
    /// Since when.
    pub since: Timestamp,
    /// The call that keeps them; `None`: none does.
    pub call: Option<CallId>,
    /// When a wrap-up ends by itself; `None`: with the outcome, or by the person's word.
    pub until: Option<Timestamp>,
}

/// What a person has in hand.
enum InHand {
    /// A caller on the line.
    Caller(CallId),
    /// A call that is over and lacks its outcome.
    Outcome(CallId),
    Nothing,
}

impl Agent {
    pub(crate) fn ready(since: Timestamp) -> Self {
        Self { state: AgentState::Ready, since, call: None, until: None }
    }
}

impl Core {
    pub(crate) fn decide_agent(
        &self,
        context: &Context<'_>,
        command: &Command,
    ) -> Option<Result<Vec<Event>, Refusal>> {
        Some(match command {
            Command::SetAgentState { state } => self.decide_set_agent_state(context, *state),
            _ => return None,
        })
    }

    fn decide_set_agent_state(
        &self,
        context: &Context<'_>,
        state: AgentState,
    ) -> Result<Vec<Event>, Refusal> {
        let person = context.person()?;
        let Some(shift) = self.shifts.get(person) else {
            return Err(Refusal::NotOnShift { person: person.clone() });
        };
        if state == AgentState::Busy {
            return Err(Refusal::AgentStateDerived { state });
        }
        if let Some(call) = self.call_up(person) {
            return Err(Refusal::AgentOnCall { call });
        }
        // Said twice, somebody who was ready longest would be so no more.
        if shift.agent.state == state {
            return Err(Refusal::AgentStateUnchanged { state });
        }
        let person = person.clone();
        Ok(vec![Event::AgentStateChanged { person, state, call: None, until: None }])
    }

    /// The call that a person is speaking on.
    fn call_up(&self, person: &PersonId) -> Option<CallId> {
        let up = self.up.iter().filter_map(|call| self.calls.get(call));
        up.filter(|call| call.answered_by.as_ref() == Some(person)).map(|call| call.id).next_back()
    }

    fn in_hand(&self, person: &PersonId) -> InHand {
        if let Some(call) = self.call_up(person) {
            return InHand::Caller(call);
        }
        let mut owed = InHand::Nothing;
        for call in self.calls_at_hand() {
            let dials = call
                .callback
                .as_ref()
                .is_some_and(|callback| callback.ringing && callback.by.as_ref() == Some(person));
            if dials && call.state == CallState::Abandoned {
                return InHand::Caller(call.id);
            }
            if call.state == CallState::Ended && call.answered_by.as_ref() == Some(person) {
                owed = InHand::Outcome(call.id);
            }
        }
        owed
    }

    /// What has happened to a call changes the state of whoever answered it or rang it back.
    pub(crate) fn derive_agents(&mut self, at: Timestamp, call: CallId) {
        let Some(call) = self.calls.get(&call) else { return };
        let dialled = call.callback.as_ref().and_then(|callback| callback.by.clone());
        let answered = call.answered_by.clone();
        for person in answered.into_iter().chain(dialled) {
            self.derive_agent(at, &person);
        }
    }

    pub(crate) fn derive_agent(&mut self, at: Timestamp, person: &PersonId) {
        let in_hand = self.in_hand(person);
        let Some(agent) = self.shifts.get(person).map(|shift| shift.agent) else { return };
        let next = match (in_hand, agent.state) {
            (InHand::Caller(call), _) => Some((AgentState::Busy, Some(call))),
            (InHand::Outcome(call), AgentState::Busy) => Some((AgentState::WrapUp, Some(call))),
            (InHand::Nothing, AgentState::Busy) => Some((AgentState::Ready, None)),
            // The wrap-up that waited for an outcome is over with it.
            (InHand::Nothing, AgentState::WrapUp)
                if agent.call.is_some() && agent.until.is_none() =>
            {
                Some((AgentState::Ready, None))
            }
            (InHand::Outcome(_) | InHand::Nothing, _) => None,
        };
        let Some((state, call)) = next else { return };
        let since = if state == agent.state { agent.since } else { at };
        self.set_agent(person, Agent { state, since, call, until: None });
    }

    fn set_agent(&mut self, person: &PersonId, agent: Agent) {
        let Some(shift) = self.shifts.get_mut(person) else { return };
        let before = std::mem::replace(&mut shift.agent, agent);
        if let (Some(call), Some(_)) = (before.call, before.until) {
            self.clear_due(DeadlineKind::EndWrapUp(call));
        }
        if let (Some(call), Some(until)) = (agent.call, agent.until) {
            self.set_due(DeadlineKind::EndWrapUp(call), until);
        }
    }

    /// The end of a wrap-up that a call brought, by the clock.
    pub(crate) fn wrap_up_over(&self, call: CallId) -> Option<Event> {
        let waits = |shift: &&Shift| shift.agent.call == Some(call) && shift.agent.until.is_some();
        let person = self.shifts.values().find(waits)?.person.clone();
        let state = AgentState::Ready;
        Some(Event::AgentStateChanged { person, state, call: None, until: None })
    }

    pub(crate) fn apply_agent(&mut self, at: Timestamp, event: &Event) {
        if let Event::AgentStateChanged { person, state, call, until } = event {
            let agent = Agent { state: *state, since: at, call: *call, until: *until };
            self.set_agent(person, agent);
        }
    }

    /// Nobody waits for somebody who has gone home.
    pub(crate) fn forget_agent(&mut self, at: Timestamp, person: &PersonId) {
        self.set_agent(person, Agent::ready(at));
    }
}
