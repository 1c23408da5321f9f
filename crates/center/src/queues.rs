//! How the queues and the whole centre stand: for whoever sends calls here, and for the console.

use crate::center::{Center, JournalState};
use crate::output::Change;
use evenhand_core::{AgentState, QueueState, Role, ServiceState, Timestamp};
use policy::Queue;
use serde::Serialize;
use serde_json::json;

/// One queue as it stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct QueueView {
    /// Its name.
    pub queue: String,
    /// Its address for whoever sends calls here.
    pub uri: String,
    /// What it takes.
    pub services: Vec<String>,
    /// Whether it takes what no queue names.
    pub default: bool,
    /// How it stands.
    pub state: QueueState,
    /// Calls that wait in it.
    pub length: u64,
    /// From so many on it is full; `None`: never.
    pub length_max: Option<u32>,
    /// First signalling of whoever waits longest.
    pub oldest_at: Option<Timestamp>,
    /// People at work who take calls from it.
    pub at_work: u64,
    /// Of these, who could take one now.
    pub ready: u64,
}

impl Center {
    /// The queues of the policy in force, in its order.
    pub fn queue_states(&self) -> Vec<QueueView> {
        self.policy().queues().iter().map(|queue| self.queue_view(queue)).collect()
    }

    /// The whole centre. Where one queue is full, more is coming in than is taken.
    pub fn service_state(&self) -> ServiceState {
        if self.is_down() {
            return ServiceState::Down;
        }
        let queues = self.queue_states();
        let staffed = match queues.as_slice() {
            [] => self.core().shifts().any(|shift| shift.role != Role::Auditor),
            queues => queues.iter().any(|queue| queue.at_work > 0),
        };
        if !staffed {
            ServiceState::Unstaffed
        } else if queues.iter().any(|queue| queue.state == QueueState::Full) {
            ServiceState::Overloaded
        } else {
            ServiceState::Normal
        }
    }

    fn is_down(&self) -> bool {
        matches!(self.journal_state(), JournalState::Down { .. })
    }

    fn queue_view(&self, queue: &Queue) -> QueueView {
        let core = self.core();
        let waiting = core.ringing_calls().filter(|call| {
            call.queued.as_ref().is_some_and(|queued| queued.rule.name == queue.rule.name)
        });
        let waiting: Vec<Timestamp> = waiting.map(|call| core.waiting_since(call)).collect();
        let takers = core.shifts().filter(|shift| queue.rule.roles.contains(&shift.role));
        let takers: Vec<AgentState> = takers.map(|shift| shift.agent.state).collect();
        let ready = takers.iter().filter(|state| **state == AgentState::Ready).count();
        let full = queue.length_max.is_some_and(|max| waiting.len() as u64 >= u64::from(max));
        QueueView {
            queue: queue.rule.name.clone(),
            uri: queue.rule.uri.clone(),
            services: queue.services.clone(),
            default: queue.default,
            state: match full {
                _ if self.is_down() => QueueState::Disabled,
                _ if takers.is_empty() => QueueState::Inactive,
                true => QueueState::Full,
                false => QueueState::Active,
            },
            length: waiting.len() as u64,
            length_max: queue.length_max,
            oldest_at: waiting.into_iter().min(),
            at_work: takers.len() as u64,
            ready: ready as u64,
        }
    }

    /// Rows of queues that stand otherwise than they were last drawn, or are gone.
    pub(crate) fn queue_changes(&mut self) -> Vec<Change> {
        let now = self.queue_states();
        let before = std::mem::replace(&mut self.queues_drawn, now);
        let now = &self.queues_drawn;
        let changed = now.iter().filter(|queue| !before.contains(queue));
        let changed =
            changed.map(|queue| Change { topic: "queues", kind: "row", data: json!(queue) });
        let gone = before.iter().filter(|one| now.iter().all(|other| other.queue != one.queue));
        let gone = gone.map(|queue| {
            let data = json!({ "queue": queue.queue });
            Change { topic: "queues", kind: "gone", data }
        });
        changed.chain(gone).collect()
    }
}
