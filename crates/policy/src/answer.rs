//! What a response policy answers for one incident, and the record of why.
//!
//! Protected outcomes of a policy that was proved even are computed by [`Text::even`], which takes
//! an [`Emergency`] and nothing else: there is no way to hand it a caller. One that was found
//! uneven, and adopted nonetheless, is asked by [`Text::uneven`].

use crate::facts::CallerFacts;
use crate::response::{Class, Condition, Domain, OutcomeKind, OverrideAction, Permit};
use crate::texts::{NATURE, Text};
use evenhand_core::{Accommodation, FactUnknown, ResponseWord, RuleUsed, WouldChange};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of an emergency, its situation and its place, by attribute. It has no caller.
#[derive(Clone, Copy)]
pub(crate) struct Emergency<'a> {
    /// The incident type's code.
    pub nature: &'a str,
    /// What a person said of the emergency, or what stands on record of it.
    pub said: &'a BTreeMap<String, String>,
    /// What the centre knows of situation and place.
    pub now: &'a BTreeMap<String, String>,
}

/// A policy's answer.
pub(crate) struct Answered {
    pub response: ResponseWord,
    pub priority: u8,
    pub hold_ms_max: u64,
    pub run_card: String,
    pub alarm_level: u8,
    /// Every protected outcome, its value and its rule.
    pub rules: Vec<RuleUsed>,
    /// The facts used, by attribute; none of a caller.
    pub facts: BTreeMap<String, String>,
    /// What who calls would have changed.
    pub would_change: Vec<WouldChange>,
    /// What an unknown caller would have had, where that differs.
    pub otherwise: Vec<RuleUsed>,
    /// What is added.
    pub accommodations: Vec<Accommodation>,
}

impl Answered {
    /// The rule that decided whether anybody is sent.
    pub fn rule(&self) -> String {
        let sends = self.rules.iter().find(|used| used.outcome == "response");
        sends.map(|used| used.rule.clone()).unwrap_or_default()
    }
}

impl Text {
    /// The answer of a policy that was proved even.
    pub fn even(&self, emergency: &Emergency<'_>) -> Option<Answered> {
        let call = self.call(emergency, &CallerFacts::default());
        self.answered(&call)
    }

    /// The answer of a policy that was not, with what it would have been for another caller.
    pub fn uneven(&self, emergency: &Emergency<'_>, caller: &CallerFacts) -> Option<Answered> {
        let call = self.call(emergency, caller);
        let mut answered = self.answered(&call)?;
        answered.would_change = self.would_change(&call);
        let unknown = self.call(emergency, &CallerFacts::default());
        let other = self.answered(&unknown)?.rules;
        let differs = |(is, other): &(&RuleUsed, RuleUsed)| is.value != other.value;
        let pairs = answered.rules.iter().zip(other).filter(differs);
        answered.otherwise = pairs.map(|(_, other)| other).collect();
        Some(answered)
    }

    /// What is added for a person in need. It may see the caller.
    pub fn accommodations(
        &self,
        emergency: &Emergency<'_>,
        caller: &CallerFacts,
    ) -> Vec<Accommodation> {
        let answer = self.response.answer(&self.call(emergency, caller));
        self.added(&answer)
    }

    /// The first line of the override table that holds for an action. `None`: the table says
    /// nothing of it.
    pub fn permit(&self, action: OverrideAction, emergency: &Emergency<'_>) -> Option<&Permit> {
        let call = self.call(emergency, &CallerFacts::default());
        let lines = self.response.overrides.iter().filter(|line| line.action == action);
        lines.into_iter().find(|line| line.when.holds(&call)).map(|line| &line.permit)
    }

    /// The first given fact about the emergency that this policy does not ask for.
    pub fn unknown_fact(&self, said: &BTreeMap<String, String>) -> Option<FactUnknown> {
        let wrong = |name: &str, value: &str| self.fact_is_wrong(Class::Emergency, name, value);
        (1..).zip(said).find_map(|(number, (name, value))| {
            let accepted = wrong(name, value)?;
            Some(FactUnknown { number, given: format!("{name}={value}"), accepted })
        })
    }

    /// The first given fact about a caller that this policy does not know. What was given is not
    /// repeated.
    pub fn unknown_caller_fact(&self, given: &[String]) -> Option<FactUnknown> {
        (1..).zip(given).find_map(|(number, fact)| {
            let (name, value) = fact.split_once('=').unwrap_or((fact, ""));
            let accepted = self.fact_is_wrong(Class::Caller, name, value)?;
            Some(FactUnknown { number, given: String::new(), accepted })
        })
    }

    /// Whether some rule for a protected outcome looks at the caller.
    pub fn looks_at_callers(&self) -> bool {
        let mut named = BTreeSet::new();
        for rule in &self.response.rules {
            rule.when.mentions(&mut named);
        }
        let class = |place: &usize| self.response.attributes.get(*place).map(|one| one.class);
        named.iter().filter_map(class).any(|class| class == Class::Caller)
    }

    /// What would be accepted instead, if a fact is not one of this class.
    fn fact_is_wrong(&self, class: Class, name: &str, value: &str) -> Option<String> {
        let mut known = self.response.attributes.iter().filter(|attribute| {
            attribute.class == class && !(class == Class::Emergency && attribute.name == NATURE)
        });
        let Some(attribute) = known.clone().find(|attribute| attribute.name == name) else {
            let names: Vec<&str> = known.by_ref().map(|one| one.name.as_str()).collect();
            return Some(match names.as_slice() {
                [] => "none is asked for".to_owned(),
                names => format!("asked for: `{}`", names.join("`, `")),
            });
        };
        if attribute.domain.value(value).is_some() {
            return None;
        }
        Some(match &attribute.domain {
            Domain::Words(words) => format!("`{name}` is one of `{}`", words.join("`, `")),
            Domain::Numbers { from, to } => format!("`{name}` is a number from {from} to {to}"),
        })
    }

    /// One value for each attribute; what is not known, or is not in the policy's words, is as if
    /// nothing were known of it. A number beyond the ends is the end.
    fn call(&self, emergency: &Emergency<'_>, caller: &CallerFacts) -> Vec<u32> {
        let value = |attribute: &crate::response::Attribute| {
            let name = attribute.name.as_str();
            let given = match attribute.class {
                Class::Emergency if name == NATURE => Some(emergency.nature),
                Class::Emergency => emergency.said.get(name).map(String::as_str),
                Class::Situation | Class::Place => emergency.now.get(name).map(String::as_str),
                Class::Caller => caller.get(name),
                // Who lives there is never a reason, and the centre does not know it.
                Class::Area => None,
            };
            given
                .and_then(|given| valued(&attribute.domain, given))
                .unwrap_or_else(|| attribute.domain.baseline())
        };
        self.response.attributes.iter().map(value).collect()
    }

    fn answered(&self, call: &[u32]) -> Option<Answered> {
        let answer = self.response.answer(call);
        let (run_card, alarm_level) = self.units.of(&answer)?;
        Some(Answered {
            response: self.sends.of(&answer)?,
            priority: self.priority.of(&answer)?,
            hold_ms_max: self.max_hold.of(&answer)?,
            run_card,
            alarm_level,
            rules: self.rules_used(call, &answer),
            facts: self.facts_used(call),
            would_change: Vec::new(),
            otherwise: Vec::new(),
            accommodations: self.added(&answer),
        })
    }

    fn rules_used(&self, call: &[u32], answer: &[u32]) -> Vec<RuleUsed> {
        let used = |place: usize| {
            let outcome = self.response.outcomes.get(place)?;
            let mut rules = self.response.rules.iter();
            let rule = rules.find(|rule| rule.sets(place).is_some() && rule.when.holds(call))?;
            Some(RuleUsed {
                outcome: outcome.name.clone(),
                value: outcome.domain.text(*answer.get(place)?),
                rule: format!("{}.{}", self.name, rule.name),
            })
        };
        self.response.protected_outcomes().filter_map(used).collect()
    }

    fn facts_used(&self, call: &[u32]) -> BTreeMap<String, String> {
        let all = self.response.attributes.iter().zip(call);
        all.filter(|(attribute, _)| !attribute.class.is_protected())
            .map(|(attribute, value)| (attribute.name.clone(), attribute.domain.text(*value)))
            .collect()
    }

    fn added(&self, answer: &[u32]) -> Vec<Accommodation> {
        let all = self.response.outcomes.iter().zip(answer);
        all.filter(|(outcome, value)| {
            matches!(outcome.kind, OutcomeKind::Accommodation { .. }) && **value > 0
        })
        .map(|(outcome, value)| Accommodation {
            name: outcome.name.clone(),
            value: outcome.domain.text(*value),
        })
        .collect()
    }

    /// Every protected attribute that would have changed an outcome, with one value for each other
    /// answer that it could have given.
    fn would_change(&self, call: &[u32]) -> Vec<WouldChange> {
        let is = self.response.answer(call);
        let mut found: Vec<WouldChange> = Vec::new();
        let protected =
            self.response.attributes.iter().enumerate().filter(|(_, one)| one.class.is_protected());
        for (place, attribute) in protected {
            let mut other = call.to_vec();
            for value in self.telling_values(place, attribute.domain.size()) {
                if let Some(slot) = other.get_mut(place) {
                    *slot = value;
                }
                let answer = self.response.answer(&other);
                for outcome in self.response.protected_outcomes() {
                    let (Some(is), Some(would)) = (is.get(outcome), answer.get(outcome)) else {
                        continue;
                    };
                    let Some(of) = self.response.outcomes.get(outcome).filter(|_| is != would)
                    else {
                        continue;
                    };
                    let change = WouldChange {
                        attribute: attribute.name.clone(),
                        value: attribute.domain.text(value),
                        outcome: of.name.clone(),
                        answer: of.domain.text(*would),
                    };
                    let told = |one: &WouldChange| {
                        (&one.attribute, &one.outcome, &one.answer)
                            == (&change.attribute, &change.outcome, &change.answer)
                    };
                    if !found.iter().any(told) {
                        found.push(change);
                    }
                }
            }
        }
        found
    }

    /// Values of an attribute that stand for all others: what is not known, and both sides of every
    /// edge that a rule draws.
    fn telling_values(&self, place: usize, size: u32) -> BTreeSet<u32> {
        let mut values = BTreeSet::from([0, size.saturating_sub(1)]);
        values.extend(self.response.attributes.get(place).map(|one| one.domain.baseline()));
        for rule in &self.response.rules {
            edges(&rule.when, place, &mut values);
        }
        values.retain(|value| *value < size);
        values
    }
}

fn edges(condition: &Condition, place: usize, into: &mut BTreeSet<u32>) {
    match condition {
        Condition::Always => {}
        Condition::Is { attribute, values } => {
            for (first, last) in values.iter().filter(|_| *attribute == place) {
                into.extend([first.saturating_sub(1), first, last, last.saturating_add(1)]);
            }
        }
        Condition::Not(other) => edges(other, place, into),
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().for_each(|part| edges(part, place, into));
        }
    }
}

fn valued(domain: &Domain, given: &str) -> Option<u32> {
    match domain {
        Domain::Words(words) => domain.value(given).or_else(|| {
            // A zone is `Engine 1` on the map and `Engine_1` in a policy.
            let word = words.iter().position(|word| is_called(word, given))?;
            u32::try_from(word).ok()
        }),
        Domain::Numbers { from, to } => {
            let number: i64 = given.parse().ok()?;
            u32::try_from(number.clamp(*from, *to).checked_sub(*from)?).ok()
        }
    }
}

/// Whether a word of a policy means a name of the map: what cannot stand in a word is `_`, and case
/// does not count.
fn is_called(word: &str, name: &str) -> bool {
    let fits = |c: char| if c.is_alphanumeric() || "_.-@".contains(c) { c } else { '_' };
    let made = name.chars().map(fits).flat_map(char::to_lowercase);
    word.chars().flat_map(char::to_lowercase).eq(made)
}
