//! What came of a line, in the words that a scenario expects it in.

use super::phrase::MIDNIGHT;
use evenhand_core::{Event, Refusal};
use serde_json::Value;
use std::collections::BTreeSet;

/// What came of a line.
pub(super) enum Outcome {
    /// These events.
    Happened(Vec<Event>),
    /// A refusal.
    Refused(Refusal),
    /// `invalid`, `unread` or `unrecorded`, with the text.
    Rejected(&'static str, String),
}

/// What differs from what was expected; `None`: nothing.
pub(super) fn differs(expected: &[Vec<String>], outcome: &Outcome) -> Option<String> {
    let found = match outcome {
        Outcome::Happened(events) => events.iter().map(of_event).collect(),
        Outcome::Refused(refusal) => vec![of_refusal(refusal)],
        Outcome::Rejected(kind, text) => vec![((*kind).to_owned(), words_of(text))],
    };
    let nothing = matches!(expected, [only] if only.as_slice() == ["nothing"]);
    let expected = if nothing { &[] } else { expected };
    let fits = expected.len() == found.len()
        && expected.iter().zip(&found).all(|(expected, found)| matches(expected, found));
    if fits {
        return None;
    }
    let came: Vec<String> = found
        .iter()
        .map(|(name, words)| {
            format!("{name} {}", words.iter().cloned().collect::<Vec<_>>().join(" "))
        })
        .collect();
    Some(format!("expected {expected:?}, came {came:#?}"))
}

fn matches(expected: &[String], found: &(String, BTreeSet<String>)) -> bool {
    let (name, words) = found;
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    let (first, rest) = match expected.as_slice() {
        ["refused", first, rest @ ..] => (format!("refused {first}"), rest),
        [first, rest @ ..] => ((*first).to_owned(), rest),
        [] => return false,
    };
    first == *name && rest.iter().filter(|word| **word != "by").all(|word| words.contains(*word))
}

fn of_event(event: &Event) -> (String, BTreeSet<String>) {
    let mut words = BTreeSet::new();
    if let Ok(json) = serde_json::to_value(event) {
        collect("", json.get("data").unwrap_or(&Value::Null), &mut words);
    }
    (event.name().to_owned(), words)
}

fn of_refusal(refusal: &Refusal) -> (String, BTreeSet<String>) {
    let mut words = BTreeSet::new();
    if let Ok(json) = serde_json::to_value(refusal) {
        collect("", &json, &mut words);
    }
    (format!("refused {}", refusal.name()), words)
}

fn words_of(text: &str) -> BTreeSet<String> {
    text.split(|c: char| c.is_whitespace() || "`,;:".contains(c))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Every value of an event as a word: `C1`, `I2`, `09:01:07`, `E1`, `inferred`.
fn collect(key: &str, value: &Value, words: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                words.insert(key.clone());
                collect(key, value, words);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect(key, value, words)),
        Value::String(text) => {
            words.insert(text.clone());
        }
        Value::Bool(true) => {
            words.insert(key.to_owned());
        }
        Value::Bool(false) => {
            words.remove(key);
            words.insert(format!("not_{key}"));
        }
        Value::Number(number) => {
            words.insert(number.to_string());
            if let Some(number) = number.as_i64() {
                words.insert(named(key, number));
            }
        }
        Value::Null => {}
    }
}

fn named(key: &str, number: i64) -> String {
    match key {
        "call" | "lead" | "with" | "also" => format!("C{number}"),
        "incident" | "from" | "into" => format!("I{number}"),
        "assignment" => format!("A{number}"),
        "alert" => format!("W{number}"),
        "id" | "decision" => format!("D{number}"),
        _ if number >= MIDNIGHT => clock(number - MIDNIGHT),
        _ => number.to_string(),
    }
}

fn clock(ms: i64) -> String {
    let seconds = ms / 1000;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
