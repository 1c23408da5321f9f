//! What a response policy answers for one incident, and the record of why.
//!
//! Protected outcomes of a policy that was proved even are computed from an [`Emergency`] by
//! [`EvenProtected`], which has no place for a caller: there is no way to hand it one. A policy
//! that was found uneven, and adopted nonetheless, is asked by [`Text::uneven`].

use crate::even::{
    Accommodations, Budget, Circumstances, Decided, Described, EvenProtected, UnevenProtected,
};
use crate::facts::CallerFacts;
use crate::response::{Attribute, Class, Domain, OverrideAction, Permit, Response};
use crate::texts::{NATURE, Text};
use evenhand_core::{Accommodation, FactUnknown, ResponseWord, RuleUsed, Verdict, WouldChange};
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

/// What answers for a text, made when it was checked.
#[derive(Clone, Debug, Default)]
pub(crate) enum Walk {
    /// Not checked: nothing is answered.
    #[default]
    Unchecked,
    /// Proved even.
    Even(Box<EvenProtected>),
    /// Not proved even, or even but for its exceptions.
    Uneven(Box<UnevenProtected>),
    /// As proved, but too large for diagrams: the plain reading, rule by rule.
    Plain,
}

impl Walk {
    /// What is to answer for a text of which this was proved.
    pub fn of(response: &Response, verdict: Verdict, budget: &Budget) -> Self {
        let even = match verdict {
            Verdict::Even => EvenProtected::prove(response, budget).ok(),
            Verdict::EvenButForExceptions | Verdict::Uneven | Verdict::Undecided => None,
        };
        let uneven = || UnevenProtected::compile(response, budget).ok();
        match (even, verdict) {
            (Some(walk), _) => Self::Even(Box::new(walk)),
            (None, Verdict::Even) => Self::Plain,
            (None, _) => uneven().map_or(Self::Plain, |walk| Self::Uneven(Box::new(walk))),
        }
    }
}

impl Text {
    /// The answer of a policy that was proved even.
    pub fn even(&self, emergency: &Emergency<'_>) -> Option<Answered> {
        let decided = self.decide_without_caller(emergency)?;
        self.answered(emergency, &decided)
    }

    /// The answer of a policy that was not, with what it would have been for another caller.
    pub fn uneven(&self, emergency: &Emergency<'_>, caller: &CallerFacts) -> Option<Answered> {
        let call = self.call(emergency, caller);
        let decided = self.decide(&call);
        let mut answered = self.answered(emergency, &decided)?;
        if let Walk::Uneven(walk) = &self.walk {
            answered.would_change = self.would_change(walk, &call);
        }
        let unknown = self.call(emergency, &CallerFacts::default());
        let other = self.rules_used(&self.decide(&unknown));
        let differs = |(is, other): &(&RuleUsed, RuleUsed)| is.value != other.value;
        let pairs = answered.rules.iter().zip(other).filter(differs);
        answered.otherwise = pairs.map(|(_, other)| other).collect();
        Some(answered)
    }

    fn decide_without_caller(&self, emergency: &Emergency<'_>) -> Option<Vec<Decided>> {
        let mut decided = Vec::new();
        match &self.walk {
            Walk::Unchecked => return None,
            Walk::Even(walk) => walk.answer(&self.circumstances(emergency), &mut decided),
            Walk::Uneven(_) | Walk::Plain => {
                decided = self.decide(&self.call(emergency, &CallerFacts::default()));
            }
        }
        Some(decided)
    }

    /// Protected outcomes of a whole call.
    fn decide(&self, call: &Described) -> Vec<Decided> {
        let mut decided = Vec::new();
        match &self.walk {
            Walk::Uneven(walk) => walk.answer(call, &mut decided),
            Walk::Unchecked | Walk::Even(_) | Walk::Plain => {
                let answer = self.response.answer(call.values());
                let plain = |outcome| Decided {
                    outcome,
                    value: answer.get(outcome).copied().unwrap_or_default(),
                    rule: self.response.rules.iter().position(|rule| {
                        rule.sets(outcome).is_some() && rule.when.holds(call.values())
                    }),
                };
                decided.extend(self.response.protected_outcomes().map(plain));
            }
        }
        decided
    }

    /// What is added for a person in need. It may see the caller.
    pub fn accommodations(
        &self,
        emergency: &Emergency<'_>,
        caller: &CallerFacts,
    ) -> Vec<Accommodation> {
        let call = self.call(emergency, caller);
        let mut decided = Vec::new();
        match &self.helps {
            Some(walk) => walk.answer(&call, &mut decided),
            None => {
                let answer = self.response.answer(call.values());
                let all = answer.into_iter().enumerate();
                let plain = |(outcome, value)| Decided { outcome, value, rule: None };
                decided.extend(all.map(plain));
            }
        }
        let protected: BTreeSet<usize> = self.response.protected_outcomes().collect();
        let added = decided.iter().filter(|one| one.value > 0 && !protected.contains(&one.outcome));
        let named = |one: &Decided| {
            let outcome = self.response.outcomes.get(one.outcome)?;
            let (name, value) = (outcome.name.clone(), outcome.domain.text(one.value));
            Some(Accommodation { name, value })
        };
        added.filter_map(named).collect()
    }

    /// What the override table says of an action: the first line that holds, or nobody if it has
    /// lines and none holds. `None`: it says nothing of the action.
    pub fn permit(&self, action: OverrideAction, emergency: &Emergency<'_>) -> Option<Permit> {
        let unknown = || self.call(emergency, &CallerFacts::default());
        match &self.walk {
            Walk::Even(walk) => walk.permit(action, &self.circumstances(emergency)).cloned(),
            Walk::Uneven(walk) => walk.permit(action, &unknown()).cloned(),
            Walk::Unchecked | Walk::Plain => {
                let call = unknown();
                let mut lines =
                    self.response.overrides.iter().filter(|line| line.action == action).peekable();
                lines.peek()?;
                let held = lines.find(|line| line.when.holds(call.values()));
                Some(held.map(|line| line.permit.clone()).unwrap_or_default())
            }
        }
    }

    /// Notes what was proved, and makes what answers by it.
    pub fn checked(&mut self, verdict: Verdict, budget: &Budget) {
        self.walk = Walk::of(&self.response, verdict, budget);
        self.helps = Accommodations::compile(&self.response, budget).ok();
        self.verdict = Some(verdict);
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

    fn circumstances(&self, emergency: &Emergency<'_>) -> Circumstances {
        Circumstances::of(&self.response, |attribute| known(attribute, emergency))
    }

    fn call(&self, emergency: &Emergency<'_>, caller: &CallerFacts) -> Described {
        Described::of(&self.response, |attribute| match attribute.class {
            Class::Caller => valued(&attribute.domain, caller.get(&attribute.name)?),
            Class::Emergency | Class::Situation | Class::Place | Class::Area => {
                known(attribute, emergency)
            }
        })
    }

    fn answered(&self, emergency: &Emergency<'_>, decided: &[Decided]) -> Option<Answered> {
        let mut answer = vec![0; self.response.outcomes.len()];
        for one in decided {
            *answer.get_mut(one.outcome)? = one.value;
        }
        let (run_card, alarm_level) = self.units.of(&answer)?;
        Some(Answered {
            response: self.sends.of(&answer)?,
            priority: self.priority.of(&answer)?,
            hold_ms_max: self.max_hold.of(&answer)?,
            run_card,
            alarm_level,
            rules: self.rules_used(decided),
            facts: self.facts_used(emergency),
            would_change: Vec::new(),
            otherwise: Vec::new(),
            accommodations: self.accommodations(emergency, &CallerFacts::default()),
        })
    }

    fn rules_used(&self, decided: &[Decided]) -> Vec<RuleUsed> {
        let used = |one: &Decided| {
            let outcome = self.response.outcomes.get(one.outcome)?;
            let rule = self.response.rules.get(one.rule?)?;
            Some(RuleUsed {
                outcome: outcome.name.clone(),
                value: outcome.domain.text(one.value),
                rule: format!("{}.{}", self.name, rule.name),
            })
        };
        decided.iter().filter_map(used).collect()
    }

    fn facts_used(&self, emergency: &Emergency<'_>) -> BTreeMap<String, String> {
        let open = self.response.attributes.iter().filter(|one| !one.class.is_protected());
        let used = |one: &Attribute| {
            let value = known(one, emergency).unwrap_or_else(|| one.domain.baseline());
            (one.name.clone(), one.domain.text(value))
        };
        open.map(used).collect()
    }

    /// Every protected attribute that alone would have changed an outcome, with the values.
    fn would_change(&self, walk: &UnevenProtected, call: &Described) -> Vec<WouldChange> {
        let told = |change: crate::even::WouldChange| {
            let attribute = self.response.attributes.get(change.attribute)?;
            let outcome = self.response.outcomes.get(change.outcome)?;
            let (first, last) = change.values;
            let value = match attribute.domain {
                Domain::Numbers { .. } if first != last => {
                    format!("{}..{}", attribute.domain.text(first), attribute.domain.text(last))
                }
                _ if change.baseline => attribute.domain.text(attribute.domain.baseline()),
                _ => attribute.domain.text(first),
            };
            Some(WouldChange {
                attribute: attribute.name.clone(),
                value,
                outcome: outcome.name.clone(),
                answer: outcome.domain.text(change.to),
            })
        };
        walk.receipt(call).into_iter().filter_map(told).collect()
    }
}

/// What is known of one attribute without a caller. `None`: nothing, or nothing in the policy's
/// words; a number beyond the ends is the end.
fn known(attribute: &Attribute, emergency: &Emergency<'_>) -> Option<u32> {
    let name = attribute.name.as_str();
    let given = match attribute.class {
        Class::Emergency if name == NATURE => emergency.nature,
        Class::Emergency => emergency.said.get(name)?,
        Class::Situation => emergency.now.get(name)?,
        Class::Place => return zone(&attribute.domain, name, emergency.now.get(name)?),
        // Who lives there is never a reason, and the centre does not know it.
        Class::Caller | Class::Area => return None,
    };
    valued(&attribute.domain, given)
}

fn valued(domain: &Domain, given: &str) -> Option<u32> {
    match domain {
        Domain::Words(_) => domain.value(given),
        Domain::Numbers { from, to } => {
            let number: i64 = given.parse().ok()?;
            u32::try_from(number.clamp(*from, *to).checked_sub(*from)?).ok()
        }
    }
}

/// A zone is `Engine 1` on the map and `Engine_1` in a policy; a word begins with a letter, so the
/// zone `5` of the layer `sector` is `sector_5`.
fn zone(domain: &Domain, layer: &str, given: &str) -> Option<u32> {
    let Domain::Words(words) = domain else { return valued(domain, given) };
    let with_layer = format!("{layer}_{given}");
    let means = |word: &String| is_called(word, given) || is_called(word, &with_layer);
    words.iter().position(means).and_then(|at| u32::try_from(at).ok())
}

/// Whether a word of a policy means a name of the map: what cannot stand in a word is `_`, and case
/// does not count.
fn is_called(word: &str, name: &str) -> bool {
    let fits = |c: char| if c.is_alphanumeric() || "_.-@".contains(c) { c } else { '_' };
    let made = name.chars().map(fits).flat_map(char::to_lowercase);
    word.chars().flat_map(char::to_lowercase).eq(made)
}
