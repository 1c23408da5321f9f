//! The rules of one subject, tried from the top: for a text whose diagram outgrows its budget.
//!
//! Slower than a walk by the number of rules, and like it without allocation.

use std::collections::BTreeSet;

use crate::response::{Condition, OutcomeKind, Response};

use super::compile::{Subject, permits};

/// Conditions in the order in which they are tried, each with the number it gives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct List {
    tried: Vec<(Condition, u32)>,
    otherwise: u32,
}

impl List {
    /// For an outcome the place of the deciding rule, for an action the place of the permit.
    /// `otherwise` is what is given where nothing holds.
    pub(crate) fn of(response: &Response, subject: Subject, otherwise: u32) -> Self {
        let number = |at: usize| u32::try_from(at).unwrap_or(otherwise);
        let tried = match subject {
            Subject::Outcome(outcome) => {
                let greatest =
                    matches!(response.outcomes[outcome].kind, OutcomeKind::Accommodation { .. });
                let rules = response.rules.iter().enumerate();
                let set = |(at, rule): (usize, &crate::response::Rule)| {
                    let value = rule.sets(outcome).filter(|value| !greatest || *value > 0)?;
                    Some((value, rule.when.clone(), number(at)))
                };
                let mut rules: Vec<(u32, Condition, u32)> = rules.filter_map(set).collect();
                if greatest {
                    rules.sort_by_key(|(value, _, _)| std::cmp::Reverse(*value));
                }
                rules.into_iter().map(|(_, when, at)| (when, at)).collect()
            }
            Subject::Override(action) => {
                let permits = permits(response);
                let lines = response.overrides.iter().filter(|line| line.action == action);
                let permit = |line: &crate::response::Override| {
                    permits.iter().position(|one| *one == line.permit).unwrap_or_default()
                };
                lines.map(|line| (line.when.clone(), number(permit(line)))).collect()
            }
        };
        Self { tried, otherwise }
    }

    /// The same for calls of whom nothing about the caller or the area is known or given: `places`
    /// says for each attribute where its value lies, if it is given.
    pub(crate) fn without_caller(mut self, response: &Response, places: &[Option<usize>]) -> Self {
        for (when, _) in &mut self.tried {
            *when = at_baseline(when, response, places);
        }
        self
    }

    pub(crate) fn walk(&self, call: &[u32]) -> u32 {
        let held = self.tried.iter().find(|(when, _)| when.holds(call));
        held.map_or(self.otherwise, |(_, number)| *number)
    }

    /// Whether any condition names the value at a place.
    pub(crate) fn asks(&self, place: usize) -> bool {
        let mut named = BTreeSet::new();
        self.tried.iter().for_each(|(when, _)| when.mentions(&mut named));
        named.contains(&place)
    }
}

fn at_baseline(condition: &Condition, response: &Response, places: &[Option<usize>]) -> Condition {
    let all = |parts: &[Condition]| {
        parts.iter().map(|part| at_baseline(part, response, places)).collect()
    };
    match condition {
        Condition::Always => Condition::Always,
        Condition::Is { attribute, values } => match places.get(*attribute).copied().flatten() {
            Some(place) => Condition::Is { attribute: place, values: values.clone() },
            None => {
                let attribute = response.attributes.get(*attribute);
                let base = attribute.map(|one| one.domain.baseline());
                let holds = base.is_some_and(|base| values.contains(base));
                if holds { Condition::Always } else { Condition::Any(Vec::new()) }
            }
        },
        Condition::Not(other) => Condition::Not(Box::new(at_baseline(other, response, places))),
        Condition::All(parts) => Condition::All(all(parts)),
        Condition::Any(parts) => Condition::Any(all(parts)),
    }
}
