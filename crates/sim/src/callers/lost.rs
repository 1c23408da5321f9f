//! Callers of a world that was lost: the centre has them on a line, and nobody knows their story.

use super::caller::{Caller, Carried, Habits, Phase, REMEMBERED_MS, Step, StepKind};
use evenhand_core::{Call, CallState, Channel, Timestamp};

/// How long they stay before they hang up.
const LOST_MS: u64 = 30_000;

/// Somebody the centre has on a line and nobody remembers.
pub fn lost(call: &Call, now: Timestamp) -> Option<Caller> {
    let (phase, next_at) = match call.state {
        CallState::Presented | CallState::Queued => (Phase::Ringing, now.plus(LOST_MS)),
        CallState::Answered => {
            let until = now.plus(LOST_MS);
            (Phase::Speaking { done: 0, until }, now.plus(1_000))
        }
        CallState::Abandoned => (Phase::Gone, now.plus(REMEMBERED_MS)),
        CallState::Ended => return None,
    };
    let words = "(generated) The demo was killed; what I had to say is lost.".to_owned();
    Some(Caller {
        id: 0,
        kind: None,
        number: String::new(),
        channel: Channel::Voice,
        spot: None,
        carried: Carried::Nothing,
        spoken: None,
        script: vec![Step { after_ms: 1_000, what: StepKind::Say(words.clone()) }],
        called_back: words,
        habits: Habits {
            patience_ms: LOST_MS,
            stays_ms: LOST_MS,
            callback_ms: LOST_MS,
            reachable: false,
            rings_again_ms: None,
            calls_again_ms: None,
        },
        call: Some(call.id),
        phase,
        next_at: Some(next_at),
    })
}
