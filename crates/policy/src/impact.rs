//! What a policy, or the difference of two, would have meant for calls that were: counts, by type,
//! hour and zone.

use crate::explain::{Reason, explain, reasons};
use crate::response::{Described, Response};
use serde::Serialize;
use std::collections::BTreeMap;

/// One call on record.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Case {
    /// How the record names it, such as `I17`.
    pub name: String,
    /// The type it was given, as the attribute `nature` has it; `unknown` if nobody gave one.
    pub nature: String,
    /// Local hour, 0 to 23.
    pub hour: u8,
    /// The zone it is counted under; `None`: no place known.
    pub zone: Option<String>,
    /// What is on record of it, by name. `nature` and `hour` are added to these.
    pub facts: BTreeMap<String, String>,
    /// What the policy of the day gave it, by outcome, where it is on record.
    pub answered: BTreeMap<String, String>,
}

/// What to compare.
#[derive(Clone, Copy, Debug)]
pub enum Compared<'a> {
    /// A policy with what is on record.
    WithRecord(&'a Response),
    /// Two versions with each other.
    Versions(&'a Response, &'a Response),
}

/// What would change.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Impact {
    /// Cases looked at.
    pub cases: u64,
    /// Cases whose type the policy does not have, or nobody gave; taken as `unknown`.
    pub nature_unknown: u64,
    /// Cases without a value for an attribute of the emergency, situation or place, by attribute;
    /// taken at the baseline. Caller and area are never on record here, and always at the baseline.
    pub not_recorded: BTreeMap<String, u64>,
    /// Cases whose answer would be another.
    pub changed: u64,
    /// By outcome, from and to: `response`, `hold`, `refer`.
    pub by_change: BTreeMap<String, u64>,
    /// Changed and looked at, by type.
    pub by_nature: BTreeMap<String, Share>,
    /// By local hour.
    pub by_hour: BTreeMap<u8, Share>,
    /// By zone.
    pub by_zone: BTreeMap<String, Share>,
    /// Cases whose answer under the (new) policy depends on who calls.
    pub depends_on_who: u64,
    /// The first few that would change.
    pub examples: Vec<Example>,
}

/// So many of so many.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Share {
    /// Would change.
    pub changed: u64,
    /// Were looked at.
    pub of: u64,
}

/// One case that would change.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Example {
    /// How the record names it.
    pub name: String,
    /// Its type.
    pub nature: String,
    /// What would change, as `response hold -> refer (rule noise)`.
    pub changes: Vec<String>,
}

const EXAMPLES_MAX: usize = 10;

/// The attribute that holds the type; of it, a value that the policy does not have is counted.
const NATURE: &str = "nature";

/// Counts what would change, over cases in any order.
pub fn impact(compared: Compared<'_>, cases: impl IntoIterator<Item = Case>) -> Impact {
    let mut counted = Impact::default();
    for case in cases {
        counted.count(compared, &case);
    }
    counted
}

impl Impact {
    fn count(&mut self, compared: Compared<'_>, case: &Case) {
        let new = match compared {
            Compared::WithRecord(new) | Compared::Versions(_, new) => new,
        };
        let described = case.described(new);
        self.cases += 1;
        self.note_gaps(new, &described);
        let after = reasons(new, &described.call);
        let before: BTreeMap<String, String> = match compared {
            Compared::WithRecord(_) => case.answered.clone(),
            Compared::Versions(old, _) => {
                let reasons = reasons(old, &case.described(old).call);
                reasons.into_iter().map(|one| (one.outcome, one.value)).collect()
            }
        };
        let changes: Vec<(String, &Reason)> = after
            .iter()
            .filter_map(|after| {
                let before = before.get(&after.outcome)?;
                (*before != after.value)
                    .then(|| (format!("{} {before} -> {}", after.outcome, after.value), after))
            })
            .collect();
        let changed = u64::from(!changes.is_empty());
        self.changed += changed;
        for (change, _) in &changes {
            *self.by_change.entry(change.clone()).or_default() += 1;
        }
        let zone = case.zone.clone().unwrap_or_else(|| "no zone known".to_owned());
        self.by_nature.entry(case.nature.clone()).or_default().add(changed);
        self.by_hour.entry(case.hour).or_default().add(changed);
        self.by_zone.entry(zone).or_default().add(changed);
        self.depends_on_who += u64::from(explain(new, &described).depends_on_who());
        if changed > 0 {
            self.note_example(example(case, &changes));
        }
    }

    /// One for each type and change, so that ten examples are ten kinds.
    fn note_example(&mut self, example: Example) {
        let alike =
            |known: &Example| known.nature == example.nature && known.changes == example.changes;
        if self.examples.len() < EXAMPLES_MAX && !self.examples.iter().any(alike) {
            self.examples.push(example);
        }
    }

    fn note_gaps(&mut self, new: &Response, described: &Described) {
        for (place, attribute) in new.attributes.iter().enumerate() {
            let told = described.given.contains(&place) || attribute.name == NATURE;
            if attribute.class.is_protected() || told {
                continue;
            }
            *self.not_recorded.entry(attribute.name.clone()).or_default() += 1;
        }
        let nature = new.attribute(NATURE);
        let value = nature.and_then(|place| described.call.get(place));
        let domain = nature.and_then(|place| new.attributes.get(place)).map(|one| &one.domain);
        if let (Some(value), Some(domain)) = (value, domain) {
            self.nature_unknown += u64::from(domain.unknown() == Some(*value));
        }
    }
}

impl Share {
    fn add(&mut self, changed: u64) {
        self.changed += changed;
        self.of += 1;
    }
}

impl Case {
    fn described(&self, response: &Response) -> Described {
        let hour = self.hour.to_string();
        let own = [(NATURE, self.nature.as_str()), ("hour", hour.as_str())];
        let facts = self.facts.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        response.describe_leniently(own.into_iter().chain(facts))
    }
}

fn example(case: &Case, changes: &[(String, &Reason)]) -> Example {
    let told = |(change, reason): &(String, &Reason)| match &reason.rule {
        Some(rule) => format!("{change} (rule {rule})"),
        None => change.clone(),
    };
    Example {
        name: case.name.clone(),
        nature: case.nature.clone(),
        changes: changes.iter().map(told).collect(),
    }
}
