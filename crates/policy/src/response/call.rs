//! One call as a policy sees it: a value for each attribute, put together from what is known.

use super::model::{Condition, Domain, Response};
use std::collections::BTreeSet;

/// A call, and how it came about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Described {
    /// One value for each attribute, in the order of the policy.
    pub call: Vec<u32>,
    /// Which attributes were given, by place; every other has its baseline: `unknown`, or the least
    /// number.
    pub given: BTreeSet<usize>,
}

/// A fact that a policy cannot take.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{fault}; {mend}")]
pub struct FactNotTaken {
    /// What was given.
    pub fault: String,
    /// What would be accepted.
    pub mend: String,
}

impl Response {
    /// A call of which nothing is known.
    pub fn unknown_call(&self) -> Vec<u32> {
        self.attributes.iter().map(|one| one.domain.baseline()).collect()
    }

    /// A call from facts by name, such as `severity` and `3`.
    ///
    /// # Errors
    /// Names and values that the policy does not have, all at once.
    pub fn describe<'a>(
        &self,
        facts: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Described, Vec<FactNotTaken>> {
        let mut described = Described { call: self.unknown_call(), given: BTreeSet::new() };
        let mut wrong = Vec::new();
        for (name, text) in facts {
            match self.fact(name, text) {
                Ok((place, value)) => {
                    if let Some(slot) = described.call.get_mut(place) {
                        *slot = value;
                    }
                    described.given.insert(place);
                }
                Err(error) => wrong.push(error),
            }
        }
        if wrong.is_empty() { Ok(described) } else { Err(wrong) }
    }

    /// As [`Response::describe`], for a record that may be older than the policy: what the policy
    /// cannot take is left at its baseline.
    pub fn describe_leniently<'a>(
        &self,
        facts: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Described {
        let known = facts.into_iter().filter(|(name, text)| self.fact(name, text).is_ok());
        self.describe(known)
            .unwrap_or_else(|_| Described { call: self.unknown_call(), given: BTreeSet::new() })
    }

    fn fact(&self, name: &str, text: &str) -> Result<(usize, u32), FactNotTaken> {
        let found = self.attribute(name).and_then(|at| Some((at, self.attributes.get(at)?)));
        let Some((place, attribute)) = found else {
            let names: Vec<&str> = self.attributes.iter().map(|one| one.name.as_str()).collect();
            let fault = format!("`{name}` is no attribute");
            return Err(FactNotTaken { fault, mend: super::words::accepted_near(name, &names) });
        };
        if let Some(value) = attribute.domain.value(text) {
            return Ok((place, value));
        }
        let mend = match &attribute.domain {
            Domain::Words(words) => {
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                super::words::accepted_near(text, &words)
            }
            Domain::Numbers { from, to } => format!("accepted are numbers from `{from}` to `{to}`"),
        };
        Err(FactNotTaken { fault: format!("`{text}` is not a value of `{name}`"), mend })
    }

    /// The first values of the groups between which rules can tell values of an attribute apart:
    /// all values from one of these up to the next are alike to every rule.
    pub fn steps(&self, attribute: usize) -> Vec<u32> {
        let mut steps = BTreeSet::from([0]);
        for rule in &self.rules {
            steps_of(&rule.when, attribute, &mut steps);
        }
        let size = self.attributes.get(attribute).map_or(0, |one| one.domain.size());
        steps.into_iter().filter(|step| *step < size).collect()
    }
}

fn steps_of(condition: &Condition, of: usize, steps: &mut BTreeSet<u32>) {
    match condition {
        Condition::Always => {}
        Condition::Is { attribute, values } => {
            if *attribute == of {
                for (first, last) in values.iter() {
                    steps.insert(first);
                    steps.insert(last.saturating_add(1));
                }
            }
        }
        Condition::Not(other) => steps_of(other, of, steps),
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().for_each(|part| steps_of(part, of, steps));
        }
    }
}
