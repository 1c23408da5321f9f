//! The same questions answered by looking at every call and every pair of calls.

use evenhand_policy::response::{Class, Domain, OverrideAction, Response};
use std::collections::{BTreeMap, BTreeSet};

use super::generate::calls;

/// Every possible call of a policy, and what is asked of them.
pub struct Brute<'r> {
    pub response: &'r Response,
    pub possible: Vec<Vec<u32>>,
}

/// A subject by the name that a report gives it.
pub fn value(response: &Response, subject: &str, call: &[u32]) -> u32 {
    if let Some(action) = subject.strip_prefix("override ") {
        let action = OverrideAction::ALL.into_iter().find(|one| one.word() == action);
        let line = response
            .overrides
            .iter()
            .find(|line| Some(line.action) == action && line.when.holds(call));
        // Lines with an equal permit are the same answer.
        let permit = line.map(|line| line.permit.clone()).unwrap_or_default();
        let mut all = vec![Default::default()];
        for line in &response.overrides {
            if !all.contains(&line.permit) {
                all.push(line.permit.clone());
            }
        }
        let at = all.iter().position(|one| *one == permit).expect("it is one of them");
        return u32::try_from(at).expect("few");
    }
    response.answer(call)[response.outcome(subject).expect("an outcome")]
}

impl<'r> Brute<'r> {
    pub fn new(response: &'r Response) -> Self {
        let holds = |call: &Vec<u32>| response.impossible.iter().any(|one| one.holds(call));
        let possible = calls(response).into_iter().filter(|call| !holds(call)).collect();
        Self { response, possible }
    }

    pub fn subjects(&self) -> Vec<String> {
        let outcomes = self.response.protected_outcomes();
        let mut all: Vec<String> =
            outcomes.map(|at| self.response.outcomes[at].name.clone()).collect();
        let actions: BTreeSet<OverrideAction> =
            self.response.overrides.iter().map(|line| line.action).collect();
        all.extend(actions.iter().map(|action| format!("override {}", action.word())));
        all
    }

    /// Pairs of possible calls that differ in nothing but some attributes.
    pub fn pairs(&self, but: &BTreeSet<usize>) -> Vec<(&[u32], &[u32])> {
        let mut groups: BTreeMap<Vec<u32>, Vec<&[u32]>> = BTreeMap::new();
        for call in &self.possible {
            let rest = call.iter().enumerate().filter(|(at, _)| !but.contains(at));
            groups.entry(rest.map(|(_, value)| *value).collect()).or_default().push(call);
        }
        let mut pairs = Vec::new();
        for group in groups.values() {
            for one in group {
                pairs.extend(group.iter().map(|other| (*one, *other)));
            }
        }
        pairs
    }

    pub fn of_class(&self, class: impl Fn(Class) -> bool) -> BTreeSet<usize> {
        let all = self.response.attributes.iter().enumerate();
        all.filter(|(_, one)| class(one.class)).map(|(at, _)| at).collect()
    }

    /// How many possible calls would be answered differently if only some attributes were others.
    pub fn affected(&self, subject: &str, but: &BTreeSet<usize>) -> u128 {
        let differs = |(one, other): &(&[u32], &[u32])| {
            value(self.response, subject, one) != value(self.response, subject, other)
        };
        let calls: BTreeSet<&[u32]> =
            self.pairs(but).into_iter().filter(differs).map(|(one, _)| one).collect();
        calls.len() as u128
    }

    /// The fewest differences and, with those, the widest gap.
    pub fn smallest(&self, subject: &str, but: &BTreeSet<usize>) -> Option<(usize, u32)> {
        let ordered = self.ordered(subject);
        let mut best: Option<(usize, u32)> = None;
        for (one, other) in self.pairs(but) {
            let own = value(self.response, subject, one);
            let its = value(self.response, subject, other);
            if own == its {
                continue;
            }
            let gap = if ordered { own.abs_diff(its) } else { 1 };
            let found = (one.iter().zip(other).filter(|(a, b)| a != b).count(), gap);
            let better =
                |best: &(usize, u32)| found.0 < best.0 || (found.0 == best.0 && gap > best.1);
            if best.as_ref().is_none_or(better) {
                best = Some(found);
            }
        }
        best
    }

    pub fn ordered(&self, subject: &str) -> bool {
        self.response.outcome(subject).is_some_and(|at| self.response.outcomes[at].ordered)
    }

    /// Whether a subject is even, by the definition, exceptions included.
    pub fn even(&self, subject: &str, today: &str) -> bool {
        let protected = self.of_class(Class::is_protected);
        let of = self.response.outcome(subject);
        let excepted: BTreeSet<usize> = self
            .response
            .exceptions
            .iter()
            .filter(|one| Some(one.outcome) == of && one.until.as_str() >= today)
            .map(|one| one.attribute)
            .collect();
        let others: BTreeSet<usize> = protected.difference(&excepted).copied().collect();
        let value = |call: &[u32]| value(self.response, subject, call);
        let base = |at: usize| self.response.attributes[at].domain.baseline();
        // 1: with the same excepted attributes, the others decide nothing.
        if self.pairs(&others).iter().any(|(one, other)| value(one) != value(other)) {
            return false;
        }
        let pairs = self.pairs(&protected);
        let same = |one: &[u32], other: &[u32], at: &usize| one[*at] == other[*at];
        for (one, baseline) in &pairs {
            let worse = value(one) > value(baseline);
            // 2: no worse than with one of them at its baseline.
            let single = |at: &usize| {
                baseline[*at] == base(*at)
                    && excepted.iter().all(|other| other == at || same(one, baseline, other))
            };
            // 3: no worse than with all of them at the baseline.
            let all = excepted.iter().all(|at| baseline[*at] == base(*at));
            if worse && !excepted.is_empty() && (all || excepted.iter().any(single)) {
                return false;
            }
        }
        // 3: and where no such call is possible, nothing decides.
        let with_baseline: BTreeSet<&[u32]> = pairs
            .iter()
            .filter(|(_, other)| excepted.iter().all(|at| other[*at] == base(*at)))
            .map(|(one, _)| *one)
            .collect();
        pairs.iter().all(|(one, other)| with_baseline.contains(one) || value(one) == value(other))
    }

    /// The calls answered worse than a call with a lower value of one attribute.
    pub fn worsened(&self, attribute: usize, subject: &str) -> u128 {
        let unknown = self.response.attributes[attribute].domain.unknown();
        let breaks = |(low, high): &(&[u32], &[u32])| {
            low[attribute] < high[attribute]
                && Some(low[attribute]) != unknown
                && Some(high[attribute]) != unknown
                && value(self.response, subject, high) > value(self.response, subject, low)
        };
        let pairs = self.pairs(&BTreeSet::from([attribute]));
        let calls: BTreeSet<&[u32]> =
            pairs.into_iter().filter(breaks).map(|(_, call)| call).collect();
        calls.len() as u128
    }

    /// The calls that would come off worse if one attribute were unknown.
    pub fn unknown_worse(&self, attribute: usize, unknown: u32, subject: &str) -> u128 {
        let ordered = self.ordered(subject);
        let breaks = |(one, known): &(&[u32], &[u32])| {
            let own = value(self.response, subject, one);
            let its = value(self.response, subject, known);
            one[attribute] == unknown && if ordered { own > its } else { own != its }
        };
        let pairs = self.pairs(&BTreeSet::from([attribute]));
        let calls: BTreeSet<&[u32]> =
            pairs.into_iter().filter(breaks).map(|(_, call)| call).collect();
        calls.len() as u128
    }
}

/// The values that a text of a report stands for.
pub fn values(domain: &Domain, text: &str) -> BTreeSet<u32> {
    if text == "any" {
        return (0..domain.size()).collect();
    }
    let value = |text: &str| domain.value(text).unwrap_or_else(|| panic!("`{text}` is no value"));
    text.split(", ")
        .flat_map(|part| match part.split_once("..") {
            Some((first, last)) => value(first)..=value(last),
            None => value(part)..=value(part),
        })
        .collect()
}
