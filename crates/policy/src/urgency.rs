//! Priorities: how long each may wait.

use crate::problem::{Place, Problems};
use crate::read::Book;
use evenhand_core::limits::PRIORITY_MAX;
use std::collections::BTreeMap;

/// Longest wait that a policy may give, in seconds: a day.
pub(crate) const WAIT_S_MAX: u32 = 86_400;

/// One priority, and what it allows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Urgency {
    /// The number, 1 highest to 9 lowest.
    pub priority: u8,
    /// What it means, for people.
    pub title: String,
    /// Longest time pending before a person is told, in milliseconds.
    pub pending_ms_max: u64,
    /// Longest hold that may be ordered, in milliseconds; 0: may not be held.
    pub hold_ms_max: u64,
}

/// Reads every `[[priority]]`.
pub(crate) fn read(book: &Book<'_>, problems: &mut Problems) -> BTreeMap<u8, Urgency> {
    let mut places: BTreeMap<u8, Place> = BTreeMap::new();
    let mut urgencies = BTreeMap::new();
    for section in book.some("priority", problems) {
        section.only(&["level", "title", "pending_s_max", "hold_s_max"], problems);
        let level = section.number("level", 1..=u32::from(PRIORITY_MAX), problems);
        let title = section.text("title", problems);
        let pending = section.number("pending_s_max", 1..=WAIT_S_MAX, problems);
        let hold = section.number("hold_s_max", 0..=WAIT_S_MAX, problems);
        let (Some(level), Some(title), Some(pending), Some(hold)) = (level, title, pending, hold)
        else {
            continue;
        };
        let priority = u8::try_from(level.value).unwrap_or(PRIORITY_MAX);
        if let Some(first) = places.get(&priority) {
            let fault = format!("priority `{priority}` stands at {first} already");
            problems.add(&level.place, fault, "remove one of the two");
            continue;
        }
        places.insert(priority, section.place.clone());
        let urgency = Urgency {
            priority,
            title: title.value.to_owned(),
            pending_ms_max: u64::from(pending.value) * 1000,
            hold_ms_max: u64::from(hold.value) * 1000,
        };
        urgencies.insert(priority, urgency);
    }
    check_order(&urgencies, &places, problems);
    urgencies
}

/// What is more urgent may not be left to wait longer.
fn check_order(
    urgencies: &BTreeMap<u8, Urgency>,
    places: &BTreeMap<u8, Place>,
    problems: &mut Problems,
) {
    for (above, below) in urgencies.values().zip(urgencies.values().skip(1)) {
        let waits = [
            ("pending_s_max", above.pending_ms_max, below.pending_ms_max),
            ("hold_s_max", above.hold_ms_max, below.hold_ms_max),
        ];
        for (key, urgent, less_urgent) in waits {
            let Some(place) = places.get(&below.priority).filter(|_| urgent > less_urgent) else {
                continue;
            };
            let (above, below) = (above.priority, below.priority);
            let (urgent, less_urgent) = (urgent / 1000, less_urgent / 1000);
            let fault = format!(
                "`{key}` of priority `{below}` is `{less_urgent}`, shorter than the `{urgent}` of \
                 the more urgent `{above}`"
            );
            problems.add(place, fault, format!("write `{urgent}` or more"));
        }
    }
}
