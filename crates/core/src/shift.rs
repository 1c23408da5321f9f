//! A shift: a person at work, at a position, in a role. It cannot be walked away from.

use crate::state::Context;
use crate::{Agent, CallState, Command, Core, Event, PersonId, Refusal, Role, Timestamp, limits};

/// A person at work.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shift {
    /// Who.
    pub person: PersonId,
    /// As what.
    pub role: Role,
    /// At which work-station.
    pub position: String,
    /// Since when.
    pub started_at: Timestamp,
    /// Whether calls may be offered to them.
    pub agent: Agent,
}

impl Core {
    pub(crate) fn decide_shift(
        &self,
        context: &Context<'_>,
        command: &Command,
    ) -> Option<Result<Vec<Event>, Refusal>> {
        Some(match command {
            Command::StartShift { role, position } => {
                self.decide_start_shift(context, *role, position)
            }
            Command::EndShift {} => self.decide_end_shift(context),
            _ => return None,
        })
    }

    fn decide_start_shift(
        &self,
        context: &Context<'_>,
        role: Role,
        position: &str,
    ) -> Result<Vec<Event>, Refusal> {
        let person = context.person()?.clone();
        limits::check_text("position", position)?;
        if self.shifts.contains_key(&person) {
            return Err(Refusal::AlreadyOnShift { person });
        }
        Ok(vec![Event::ShiftStarted { person, role, position: position.to_owned() }])
    }

    /// Refused while the person leaves a call, an outcome or a callback behind. A callback that
    /// was handed over to somebody else by decision is that person's.
    fn decide_end_shift(&self, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
        let person = context.person()?;
        for call in self.unaccounted_calls() {
            // What somebody left who is not here any more is everybody's.
            let mine = call
                .answered_by
                .as_ref()
                .is_none_or(|by| by == person || !self.shifts.contains_key(by));
            match call.state {
                CallState::Answered if mine => {
                    return Err(Refusal::CallInProgress { call: call.id });
                }
                CallState::Ended if mine => {
                    return Err(Refusal::CallUnaccounted { call: call.id });
                }
                // Whoever has the rest of the caller's calls has this one too.
                CallState::Abandoned if !self.owes_callback(call) => {}
                CallState::Abandoned => {
                    let owner = call.callback.as_ref().and_then(|callback| callback.owner.as_ref());
                    let here = |owner: &&PersonId| self.shifts.contains_key(*owner);
                    if owner.filter(here).is_none_or(|owner| owner == person) {
                        return Err(Refusal::CallbackOutstanding { call: call.id });
                    }
                }
                CallState::Presented
                | CallState::Queued
                | CallState::Answered
                | CallState::Ended => {}
            }
        }
        Ok(vec![Event::ShiftEnded { person: person.clone() }])
    }

    pub(crate) fn apply_shift(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::ShiftStarted { person, role, position } => {
                self.shifts.insert(
                    person.clone(),
                    Shift {
                        person: person.clone(),
                        role: *role,
                        position: position.clone(),
                        started_at: at,
                        agent: Agent::ready(at),
                    },
                );
                self.derive_agent(at, person);
            }
            Event::ShiftEnded { person } => {
                self.forget_agent(at, person);
                self.shifts.remove(person);
            }
            _ => {}
        }
    }
}
