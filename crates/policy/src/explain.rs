//! Why this answer for this call, and what one other fact would change.

use crate::response::{Class, Described, Domain, OutcomeKind, Response};
use serde::Serialize;

/// The answer to one call, with its reasons.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Explanation {
    /// The policy's title and version.
    pub policy: String,
    /// What is known of the call, in the order of the policy.
    pub facts: Vec<FactShown>,
    /// What it gets.
    pub answers: Vec<Reason>,
    /// What one other fact would change, protected attributes included.
    pub changes: Vec<Change>,
}

/// One fact of the call.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct FactShown {
    /// The attribute's name.
    pub attribute: String,
    /// The word of its class.
    pub class: &'static str,
    /// Its value.
    pub value: String,
    /// Whether it was given, or is the baseline.
    pub given: bool,
}

/// One outcome, and the rule that decided it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Reason {
    /// The outcome's name.
    pub outcome: String,
    /// What the call gets.
    pub value: String,
    /// Whether help itself depends on it.
    pub protected: bool,
    /// The rule that decided; `None` for an accommodation that no rule adds.
    pub rule: Option<String>,
    /// Line of the rule.
    pub line: Option<u32>,
}

/// Another value of one fact, and what it would change.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Change {
    /// The attribute's name.
    pub attribute: String,
    /// The word of its class.
    pub class: &'static str,
    /// The values that lead there, as a reader says them: `3 to 4`, `agency_x, school`.
    pub to: String,
    /// What would be different.
    pub answers: Vec<Reason>,
}

/// The answer to a call, why, and what one other fact would change. Exact: groups of values that
/// no rule tells apart are tried once each.
pub fn explain(response: &Response, described: &Described) -> Explanation {
    let answers = reasons(response, &described.call);
    let facts = response.attributes.iter().zip(&described.call).enumerate();
    let facts = facts.map(|(place, (attribute, value))| FactShown {
        attribute: attribute.name.clone(),
        class: attribute.class.word(),
        value: attribute.domain.text(*value),
        given: described.given.contains(&place),
    });
    Explanation {
        policy: format!("{} version {}", response.title, response.version),
        facts: facts.collect(),
        changes: (0..response.attributes.len())
            .flat_map(|place| changes(response, &described.call, place, &answers))
            .collect(),
        answers,
    }
}

/// Every outcome of a call with the rule that decided it.
pub fn reasons(response: &Response, call: &[u32]) -> Vec<Reason> {
    let values = response.answer(call);
    let outcomes = response.outcomes.iter().zip(values).enumerate();
    outcomes
        .map(|(place, (outcome, value))| {
            let protected = outcome.kind == OutcomeKind::Protected;
            let rule = response.rules.iter().find(|rule| {
                rule.sets(place).is_some_and(|set| protected || set == value)
                    && rule.when.holds(call)
            });
            Reason {
                outcome: outcome.name.clone(),
                value: with_unit(&outcome.domain.text(value), outcome.unit.as_deref()),
                protected,
                rule: rule.map(|rule| rule.name.clone()),
                line: rule.map(|rule| rule.line),
            }
        })
        .collect()
}

fn with_unit(value: &str, unit: Option<&str>) -> String {
    unit.map_or_else(|| value.to_owned(), |unit| format!("{value} {unit}"))
}

/// Values of one attribute, as runs, that all give the same other answers.
struct Alike {
    answers: Vec<Reason>,
    values: Vec<(u32, u32)>,
}

fn changes(response: &Response, call: &[u32], place: usize, now: &[Reason]) -> Vec<Change> {
    let Some(attribute) = response.attributes.get(place) else { return Vec::new() };
    let steps = response.steps(place);
    let mut found: Vec<Alike> = Vec::new();
    for (at, first) in steps.iter().enumerate() {
        let end = steps.get(at + 1).copied().unwrap_or(attribute.domain.size());
        let mut other = call.to_vec();
        if let Some(slot) = other.get_mut(place) {
            *slot = *first;
        }
        let then = different(now, reasons(response, &other));
        if then.is_empty() {
            continue;
        }
        match found.iter_mut().find(|known| same_values(&known.answers, &then)) {
            Some(known) => known.values.push((*first, end - 1)),
            None => found.push(Alike { answers: then, values: vec![(*first, end - 1)] }),
        }
    }
    let change = |alike: Alike| Change {
        attribute: attribute.name.clone(),
        class: attribute.class.word(),
        to: said(&attribute.domain, &alike.values),
        answers: alike.answers,
    };
    found.into_iter().map(change).collect()
}

/// The outcomes that get another value.
fn different(now: &[Reason], then: Vec<Reason>) -> Vec<Reason> {
    let other = |(before, after): &(&Reason, Reason)| before.value != after.value;
    now.iter().zip(then).filter(other).map(|(_, after)| after).collect()
}

fn same_values(a: &[Reason], b: &[Reason]) -> bool {
    let key = |one: &Reason| (one.outcome.clone(), one.value.clone());
    a.iter().map(key).eq(b.iter().map(key))
}

/// Values as a reader says them.
fn said(domain: &Domain, runs: &[(u32, u32)]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for (first, last) in joined(runs) {
        match domain {
            Domain::Words(_) => parts.extend((first..=last).map(|value| domain.text(value))),
            Domain::Numbers { .. } if first == last => parts.push(domain.text(first)),
            Domain::Numbers { .. } => {
                parts.push(format!("{} to {}", domain.text(first), domain.text(last)));
            }
        }
    }
    parts.join(", ")
}

/// Runs that touch are one.
fn joined(runs: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut joined: Vec<(u32, u32)> = Vec::new();
    for (first, last) in runs {
        match joined.last_mut() {
            Some((_, end)) if end.saturating_add(1) == *first => *end = *last,
            _ => joined.push((*first, *last)),
        }
    }
    joined
}

impl Explanation {
    /// Whether a fact about the caller or the area alone would change what help is sent.
    pub fn depends_on_who(&self) -> bool {
        let classes = [Class::Caller.word(), Class::Area.word()];
        let felt = |change: &Change| change.answers.iter().any(|one| one.protected);
        self.changes.iter().any(|change| classes.contains(&change.class) && felt(change))
    }
}
