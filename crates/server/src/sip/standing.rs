//! What the telephone side asks the centre: how service and queues stand, and which lines a
//! process before this one has lost.

use center::{Center, JournalState};
use evenhand_core::{CallId, CallState};
use intake::handling::{ElementState, QueueState, QueueView, ServiceState, States};

/// Service, element and queues, for upstream elements.
pub(super) fn states(center: &Center) -> States {
    let down = match center.journal_state() {
        JournalState::Ok => None,
        JournalState::Down { .. } => Some("nothing can be recorded"),
    };
    let (service, element) = match down {
        Some(_) => (ServiceState::Down, ElementState::ServiceDisruption),
        None => (service(center.service_state()), ElementState::Normal),
    };
    let queues = center.queue_states().into_iter().map(queue).collect();
    States { service, reason: down.unwrap_or_default().to_owned(), element, queues }
}

fn service(state: evenhand_core::ServiceState) -> ServiceState {
    match state {
        evenhand_core::ServiceState::Normal => ServiceState::Normal,
        evenhand_core::ServiceState::Unstaffed => ServiceState::Unstaffed,
        evenhand_core::ServiceState::Overloaded => ServiceState::Overloaded,
        evenhand_core::ServiceState::Down => ServiceState::Down,
    }
}

fn queue(queue: center::QueueView) -> QueueView {
    let state = match queue.state {
        evenhand_core::QueueState::Active => QueueState::Active,
        evenhand_core::QueueState::Inactive => QueueState::Inactive,
        evenhand_core::QueueState::Disabled => QueueState::Disabled,
        evenhand_core::QueueState::Full => QueueState::Full,
    };
    // Upstream wants a number; a queue without a limit says the largest that all can read.
    let length_max = u64::from(queue.length_max.unwrap_or(u32::MAX));
    QueueView { uri: queue.uri, length: queue.length, length_max, state }
}

/// Calls that came by SIP and are still up in the record. Asked before the first packet is read,
/// they are lines of a process that is gone: whoever rang is to be rung back.
pub(super) fn lost_lines(center: &Center) -> Vec<CallId> {
    let up = |state: CallState| match state {
        CallState::Presented | CallState::Queued | CallState::Answered => true,
        CallState::Abandoned | CallState::Ended => false,
    };
    let calls = center.core().unaccounted_calls();
    let of_sip = calls.filter(|call| up(call.state) && center.came_by_sip(call.id));
    of_sip.map(|call| call.id).collect()
}
