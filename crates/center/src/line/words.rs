//! The words of a line: where it is divided, and what a word names.

use crate::center::Center;
use evenhand_core::{CallId, IncidentId, UnitId};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Divides a line. Blanks divide; in a line or first word without blanks, dots do (`D.E2.I4`).
pub(super) fn divide(text: &str) -> Vec<&str> {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    if let Some(first) = words.first().copied()
        && first.contains('.')
    {
        let divided: Vec<&str> = first.split('.').filter(|word| !word.is_empty()).collect();
        words.splice(0..1, divided);
    }
    words
}

/// `C7`, in either case.
pub(super) fn call(word: &str) -> Option<CallId> {
    numbered(word, 'c').map(CallId)
}

/// `I7`, in either case.
pub(super) fn incident(word: &str) -> Option<IncidentId> {
    numbered(word, 'i').map(IncidentId)
}

/// `W7` or `7`.
pub(super) fn alert(word: &str) -> Option<u64> {
    numbered(word, 'w').or_else(|| word.parse().ok())
}

fn numbered(word: &str, letter: char) -> Option<u64> {
    let mut chars = word.chars();
    let first = chars.next()?.to_ascii_lowercase();
    (first == letter).then(|| chars.as_str().parse().ok()).flatten()
}

/// What a word names among the units.
pub(super) enum Named {
    One(UnitId),
    Several(Vec<UnitId>),
    None,
}

/// The unit of this name, or the only one that begins so.
pub(super) fn unit(center: &Center, word: &str) -> Named {
    let folded = word.to_lowercase();
    let mut begin = Vec::new();
    for unit in center.core().units() {
        let name = unit.id.as_str().to_lowercase();
        if name == folded {
            return Named::One(unit.id.clone());
        }
        if name.starts_with(&folded) {
            begin.push(unit.id.clone());
        }
    }
    match (begin.pop(), begin.is_empty()) {
        (None, _) => Named::None,
        (Some(only), true) => Named::One(only),
        (Some(last), false) => {
            begin.push(last);
            Named::Several(begin)
        }
    }
}

/// A code written as in the journal (`advice_given`), or the only one that begins so.
pub(super) fn code<T: DeserializeOwned + serde::Serialize + Copy>(
    all: &[T],
    word: &str,
) -> Option<T> {
    let folded = word.to_lowercase();
    if let Ok(exact) = serde_json::from_value(Value::String(folded.clone())) {
        return Some(exact);
    }
    let mut begin = all.iter().filter(|one| name_of(*one).starts_with(&folded));
    match (begin.next(), begin.next()) {
        (Some(only), None) => Some(*only),
        _ => None,
    }
}

/// A code's name as in the journal.
pub(super) fn name_of<T: serde::Serialize>(one: &T) -> String {
    match serde_json::to_value(one) {
        Ok(Value::String(name)) => name,
        _ => String::new(),
    }
}
