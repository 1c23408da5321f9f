//! What cannot be together: the cheap, sound implications between tests of one subject.
//!
//! They hold whether texts are compared with regard to case or without: "is not" follows only where
//! the texts differ in both ways, "contains" only where one is in the other as written.

use crate::response::{Condition, Runs};

use super::assemble::{Known, YES, is, value_number};
use super::test::What;

/// Combinations of answers that no call has.
pub(super) fn impossible(tests: &[Known]) -> Vec<Condition> {
    let mut found = Vec::new();
    for (at, one) in tests.iter().enumerate() {
        for (other_at, other) in tests.iter().enumerate() {
            if at != other_at && one.test.subject.eq_ignore_ascii_case(&other.test.subject) {
                found.extend(pair((at, one), (other_at, other)));
            }
        }
    }
    found
}

/// What the first says about the second.
fn pair((at, one): (usize, &Known), (other_at, other): (usize, &Known)) -> Vec<Condition> {
    let yes = |at| is(at, Runs::span(YES, YES));
    let not_yes = |at| Condition::Not(Box::new(yes(at)));
    let both = |a, b| vec![Condition::All(vec![a, b])];
    let single = one.test.single;
    match (&one.test.what, &other.test.what) {
        // What is so, or contains something, or is compared with something, is there.
        (What::Is(_) | What::Contains(_) | What::Other(_), What::IsThere) => {
            both(yes(at), not_yes(other_at))
        }
        (What::Is(text) | What::Contains(text), What::Contains(part)) if text.contains(part) => {
            both(yes(at), not_yes(other_at))
        }
        (What::Is(text), What::Contains(part)) if single && !contains(text, part) => {
            both(yes(at), yes(other_at))
        }
        (What::Value, What::Contains(part)) => value_and_part((at, one), other_at, part),
        (What::Value, What::Is(text)) => {
            let differ = |value: &String| value.to_lowercase() != text.to_lowercase();
            let others = numbers(one, differ);
            if others.is_empty() { Vec::new() } else { both(is(at, others), yes(other_at)) }
        }
        (What::Is(text), What::Is(third)) if single && at < other_at => {
            let differ = text.to_lowercase() != third.to_lowercase();
            if differ { both(yes(at), yes(other_at)) } else { Vec::new() }
        }
        _ => Vec::new(),
    }
}

/// A value decides whether it contains a text.
fn value_and_part((at, one): (usize, &Known), part_at: usize, part: &str) -> Vec<Condition> {
    let yes = is(part_at, Runs::span(YES, YES));
    let with = numbers(one, |value| value.contains(part));
    let without = numbers(one, |value| !contains(value, part));
    let mut found = Vec::new();
    if !with.is_empty() {
        let not_yes = Condition::Not(Box::new(yes.clone()));
        found.push(Condition::All(vec![is(at, with), not_yes]));
    }
    if !without.is_empty() {
        found.push(Condition::All(vec![is(at, without), yes]));
    }
    found
}

/// The numbers of the values for which something is so.
fn numbers(known: &Known, is_so: impl Fn(&String) -> bool) -> Runs {
    let places = known.values.iter().enumerate().filter(|(_, value)| is_so(value));
    Runs::of(places.map(|(place, _)| value_number(place)))
}

/// Whether it is in there if case is not regarded.
fn contains(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}
