//! The situation: the live numbers that every position sees.

use crate::{AgentState, CallState, Core, Role, Stage, Timestamp};
use serde::{Deserialize, Serialize};

/// Live numbers. `unaccounted` must be zero before a shift can be called complete.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Situation {
    /// Calls without an outcome, whatever their state.
    pub unaccounted: u64,
    /// Of these, over and still without one.
    pub ended_unaccounted: u64,
    /// Calls ringing.
    pub ringing: u64,
    /// First signalling of the longest-ringing call.
    pub oldest_ring_at: Option<Timestamp>,
    /// Callbacks outstanding.
    pub callbacks: u64,
    /// Incidents to which nobody has been sent and that are not held.
    pub pending: u64,
    /// Incidents held.
    pub held: u64,
    /// Alerts nobody has acknowledged.
    pub alerts: u64,
    /// Call-takers to whom calls may be offered.
    #[serde(default)]
    pub ready: u64,
    /// Call-takers who speak with a caller.
    #[serde(default)]
    pub busy: u64,
    /// Call-takers who write up a call.
    #[serde(default)]
    pub wrap_up: u64,
    /// Call-takers who are away from their position.
    #[serde(default, rename = "break")]
    pub on_break: u64,
}

impl Core {
    /// The live numbers. Walks the calls at hand, and what else is open.
    pub fn situation(&self) -> Situation {
        let mut now = Situation { alerts: self.alerts.len() as u64, ..Situation::default() };
        now.unaccounted = self.unaccounted();
        now.callbacks = self.open_calls.owed.len() as u64;
        for call in self.calls_at_hand() {
            if call.rings() {
                now.ringing += 1;
                now.oldest_ring_at = now.oldest_ring_at.or(Some(call.presented_at));
            }
            now.ended_unaccounted += u64::from(call.state == CallState::Ended);
        }
        for shift in self.shifts().filter(|shift| shift.role == Role::CallTaker) {
            match shift.agent.state {
                AgentState::Ready => now.ready += 1,
                AgentState::Busy => now.busy += 1,
                AgentState::WrapUp => now.wrap_up += 1,
                AgentState::Break => now.on_break += 1,
            }
        }
        for incident in self.open_incidents() {
            match incident.stage {
                Stage::Created | Stage::Pending => now.pending += 1,
                Stage::Held => now.held += 1,
                Stage::Dispatched
                | Stage::EnRoute
                | Stage::OnScene
                | Stage::UnitsCleared
                | Stage::Closed => {}
            }
        }
        now
    }

    /// Calls without an outcome.
    pub fn unaccounted(&self) -> u64 {
        self.without_outcome.len() as u64
    }
}
