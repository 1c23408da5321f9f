//! What a new version of a text changes: the exact set of calls, counted, with examples.
//!
//! Both versions become one text over the attributes of both, in which the old rules set the old
//! outcomes and the new rules the new ones; attributes and values are matched by name. Where a
//! value stands in one version only, no call with it can be compared, and the report says so.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::response::{Attribute, Condition, Domain, Response, Rule, Runs, Setting};

use super::budget::Budget;
use super::compile::{Compiled, Subject};
use super::count::{Count, Tally};
use super::diagram::{FALSE, IMPOSSIBLE, LEAF_MAX, Node, Overflow, TRUE, leaf, number};
use super::merges::{Both, Differ, Or};
use super::report::{Answer, Pair};
use super::search::{Search, Shows, Step};
use super::show::{decided_by, rows, value_text};

/// At most so many examples for one outcome; the most frequent changes have them.
const EXAMPLES_MAX: usize = 50;

/// What changes from one version to another.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Difference {
    /// Title and version of the old text.
    pub old: String,
    /// Title and version of the new text.
    pub new: String,
    /// How many calls both can describe and neither declares impossible.
    pub compared: Option<Count>,
    /// How many of them are answered differently in any outcome.
    pub changed: Option<Count>,
    /// Their share, from 0 to 1.
    pub share: Option<f64>,
    /// Outcome by outcome; those that change nothing too.
    pub outcomes: Vec<OutcomeDifference>,
    /// Whether the override tables differ as they are written.
    pub overrides_changed: bool,
    /// What could not be compared: attributes, values and outcomes of one version only.
    pub not_compared: Vec<String>,
    /// What was not decided, and why.
    pub undecided: Vec<String>,
}

/// What changes in one outcome.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct OutcomeDifference {
    /// The outcome.
    pub outcome: String,
    /// How many calls get another value.
    pub changed: Count,
    /// Their share of the compared calls, from 0 to 1.
    pub share: f64,
    /// From which value to which, the most calls first.
    pub changes: Vec<Change>,
}

/// One kind of change.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Change {
    /// The old value.
    pub from: String,
    /// The new value.
    pub to: String,
    /// How many calls change so.
    pub count: Count,
    /// Calls that do; the left answer is the old one, the right answer the new one. Replayed on
    /// both texts.
    pub example: Option<Pair>,
}

/// Finds every call that a new version answers differently.
pub fn difference(old: &Response, new: &Response, budget: &Budget) -> Difference {
    let named = |one: &Response| format!("{} version {}", one.title, one.version);
    let mut difference = Difference {
        old: named(old),
        new: named(new),
        compared: None,
        changed: None,
        share: None,
        outcomes: Vec::new(),
        overrides_changed: overrides(old) != overrides(new),
        not_compared: Vec::new(),
        undecided: Vec::new(),
    };
    let Some(joint) = Joint::of(old, new, &mut difference.not_compared) else {
        difference.undecided.push("no call can be described in both versions".to_owned());
        return difference;
    };
    if joint.compare(budget, &mut difference).is_err() {
        difference.undecided.push(super::prover::too_large());
    }
    difference
}

/// The override table as it reads: action, the condition with names, and the permit.
fn overrides(response: &Response) -> Vec<String> {
    let line = |line: &crate::response::Override| {
        let when = spelled(response, &line.when);
        format!("{} {when} {:?}", line.action.word(), line.permit)
    };
    response.overrides.iter().map(line).collect()
}

fn spelled(response: &Response, condition: &Condition) -> String {
    let parts = |parts: &[Condition]| {
        parts.iter().map(|part| spelled(response, part)).collect::<Vec<String>>().join(",")
    };
    match condition {
        Condition::Always => "always".to_owned(),
        Condition::Is { attribute, values } => {
            let Some(one) = response.attributes.get(*attribute) else { return String::new() };
            let runs: Vec<(u32, u32)> = values.iter().collect();
            format!("{}={}", one.name, super::show::runs_text(&one.domain, &runs))
        }
        Condition::Not(other) => format!("not({})", spelled(response, other)),
        Condition::All(all) => format!("all({})", parts(all)),
        Condition::Any(any) => format!("any({})", parts(any)),
    }
}

/// Both versions as one text. Outcome `n` is the old one of the `n`-th common outcome, outcome
/// `common + n` the new one.
struct Joint<'r> {
    old: &'r Response,
    new: &'r Response,
    response: Response,
    common: Vec<String>,
}

impl<'r> Joint<'r> {
    fn of(old: &'r Response, new: &'r Response, notes: &mut Vec<String>) -> Option<Self> {
        let mut attributes = Vec::new();
        for attribute in &new.attributes {
            attributes.push(match old.attribute(&attribute.name) {
                None => {
                    notes.push(format!("attribute `{}` is new", attribute.name));
                    attribute.clone()
                }
                Some(at) => shared(&old.attributes[at], attribute, notes)?,
            });
        }
        for attribute in &old.attributes {
            if new.attribute(&attribute.name).is_none() {
                notes.push(format!("attribute `{}` is gone", attribute.name));
                attributes.push(attribute.clone());
            }
        }
        let mut response = Response { attributes, ..Response::default() };
        let common = common_outcomes(old, new, notes);
        for (side, text) in [old, new].into_iter().enumerate() {
            for name in &common {
                response.outcomes.push(text.outcomes[text.outcome(name)?].clone());
            }
            add_rules(&mut response, text, &common, side);
            let impossible = text.impossible.iter().map(|one| moved(one, text, &response));
            let impossible: Vec<Condition> = impossible.collect();
            response.impossible.extend(impossible);
        }
        Some(Self { old, new, response, common })
    }

    fn compare(&self, budget: &Budget, difference: &mut Difference) -> Result<(), Overflow> {
        let mut compiled = Compiled::new(&self.response, budget)?;
        let holds = |node: Node| node == TRUE;
        let compared =
            Tally::new(&compiled.diagrams, &compiled.space).count(compiled.possible, &holds);
        let mut any = FALSE;
        for at in 0..self.common.len() {
            let mut words = Vec::new();
            let old = self.in_words(&mut compiled, at, &mut words)?;
            let new = self.in_words(&mut compiled, self.common.len() + at, &mut words)?;
            let differs = compiled.diagrams.merge(&Differ, old, new)?;
            any = compiled.diagrams.merge(&Or, any, differs)?;
            let id = compiled.diagrams.merge_id();
            let values = u32::try_from(words.len()).map_err(|_| Overflow)?;
            if values.checked_mul(values).is_none_or(|all| all >= LEAF_MAX) {
                return Err(Overflow);
            }
            let both = compiled.diagrams.merge(&Both { id, values }, old, new)?;
            let changed = Changed { at, both, words };
            difference.outcomes.push(self.outcome(&compiled, &changed, &compared)?);
        }
        let changed = Tally::new(&compiled.diagrams, &compiled.space).count(any, &holds);
        difference.compared = Some(compared);
        difference.changed = Some(changed);
        difference.share = Some(changed.share_of(&compared));
        Ok(())
    }

    /// The value of an outcome, as the place of its words in a list that grows as needed.
    fn in_words(
        &self,
        compiled: &mut Compiled,
        outcome: usize,
        words: &mut Vec<String>,
    ) -> Result<Node, Overflow> {
        let subject = Subject::Outcome(outcome);
        let root = compiled.value(subject)?;
        let (_, leaves) = compiled.diagrams.reach(root);
        let mut places: BTreeMap<Node, Node> = BTreeMap::new();
        for one in leaves.into_iter().filter(|one| *one != IMPOSSIBLE) {
            let text = value_text(&self.response, subject, number(one));
            let known = words.iter().position(|word| *word == text);
            let place = known.unwrap_or_else(|| {
                words.push(text);
                words.len() - 1
            });
            places.insert(one, leaf(u32::try_from(place).map_err(|_| Overflow)?));
        }
        let to = |node: Node| places.get(&node).copied().unwrap_or(node);
        compiled.diagrams.map(root, &to)
    }

    fn outcome(
        &self,
        compiled: &Compiled,
        of: &Changed,
        compared: &Count,
    ) -> Result<OutcomeDifference, Overflow> {
        let (_, leaves) = compiled.diagrams.reach(of.both);
        let mut found = Vec::new();
        let mut changed = Count::NONE;
        for leaf in leaves.into_iter().filter(|leaf| *leaf != IMPOSSIBLE) {
            let (from, to) = of.values(leaf);
            if from != to {
                let is = |node: Node| node == leaf;
                let count = Tally::new(&compiled.diagrams, &compiled.space).count(of.both, &is);
                changed = changed.plus(count);
                found.push((count, leaf));
            }
        }
        found.sort_by(|a, b| b.0.about.total_cmp(&a.0.about).then(a.1.cmp(&b.1)));
        let mut changes = Vec::new();
        for (place, (count, leaf)) in found.into_iter().enumerate() {
            let (from, to) = of.values(leaf);
            let example =
                if place < EXAMPLES_MAX { self.example(compiled, of, leaf)? } else { None };
            changes.push(Change { from: from.to_owned(), to: to.to_owned(), count, example });
        }
        let share = changed.share_of(compared);
        Ok(OutcomeDifference { outcome: self.common[of.at].clone(), changed, share, changes })
    }

    /// A call that changes, replayed on both texts as they stand.
    fn example(
        &self,
        compiled: &Compiled,
        of: &Changed,
        leaf: Node,
    ) -> Result<Option<Pair>, Overflow> {
        let steps = vec![Step::Same; compiled.space.levels()];
        let mut search =
            Search::new(&compiled.diagrams, &compiled.space, steps, Shows::Is(number(leaf)));
        let found = search.best(of.both)?;
        let shown = found.and_then(|found| rows(&self.response, &compiled.space, &found));
        let Some((rows, call, _)) = shown else { return Ok(None) };
        let answer = |text: &Response, expected: &str| {
            let outcome = text.outcome(&self.common[of.at])?;
            let call = self.call_of(text, &call)?;
            let given = text.answer(&call).get(outcome).copied()?;
            let value = value_text(text, Subject::Outcome(outcome), given);
            let (rule, line) = decided_by(text, outcome, &call, given);
            (value == expected).then_some(Answer { value, rule, line })
        };
        let (from, to) = of.values(leaf);
        let (left, right) = (answer(self.old, from), answer(self.new, to));
        let subject = self.common[of.at].clone();
        Ok(left.zip(right).map(|(left, right)| Pair { rows, subject, left, right }))
    }

    /// A call in the words of one of the two texts.
    fn call_of(&self, text: &Response, call: &[u32]) -> Option<Vec<u32>> {
        let value = |attribute: &Attribute| {
            let at = self.response.attribute(&attribute.name)?;
            let words = self.response.attributes[at].domain.text(*call.get(at)?);
            attribute.domain.value(&words)
        };
        text.attributes.iter().map(value).collect()
    }
}

/// One common outcome: both values of every call in one leaf.
struct Changed {
    at: usize,
    both: Node,
    words: Vec<String>,
}

impl Changed {
    /// The old and the new value that a leaf stands for.
    fn values(&self, leaf: Node) -> (&str, &str) {
        let count = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        let word = |at: u32| self.words.get(at as usize).map_or("", String::as_str);
        (word(number(leaf) / count), word(number(leaf) % count))
    }
}

/// An attribute with the values that both versions have.
fn shared(old: &Attribute, new: &Attribute, notes: &mut Vec<String>) -> Option<Attribute> {
    if old.class != new.class {
        let (was, is) = (old.class.word(), new.class.word());
        notes.push(format!("attribute `{}` was of class {was} and is {is}", new.name));
    }
    let domain = match (&old.domain, &new.domain) {
        (Domain::Words(before), Domain::Words(after)) => {
            let gone = before.iter().filter(|word| !after.contains(word));
            let come = after.iter().filter(|word| !before.contains(word));
            notes.extend(gone.map(|word| format!("`{}` = `{word}` is gone", new.name)));
            notes.extend(come.map(|word| format!("`{}` = `{word}` is new", new.name)));
            Domain::Words(after.iter().filter(|word| before.contains(word)).cloned().collect())
        }
        (Domain::Numbers { from: a, to: b }, Domain::Numbers { from: c, to: d }) => {
            if (a, b) != (c, d) {
                notes.push(format!("`{}` was from {a} to {b} and is from {c} to {d}", new.name));
            }
            Domain::Numbers { from: *a.max(c), to: *b.min(d) }
        }
        (Domain::Words(_), Domain::Numbers { .. }) | (Domain::Numbers { .. }, Domain::Words(_)) => {
            notes.push(format!("`{}` has words in one version and numbers in the other", new.name));
            return None;
        }
    };
    let empty = match &domain {
        Domain::Words(words) => words.is_empty(),
        Domain::Numbers { from, to } => from > to,
    };
    (!empty).then(|| Attribute { domain, ..new.clone() })
}

/// The outcomes that both versions have, in the order of the new one.
fn common_outcomes(old: &Response, new: &Response, notes: &mut Vec<String>) -> Vec<String> {
    for (one, other, word) in [(old, new, "gone"), (new, old, "new")] {
        for outcome in one.outcomes.iter().filter(|one| other.outcome(&one.name).is_none()) {
            notes.push(format!("outcome `{}` is {word}", outcome.name));
        }
    }
    let both = new.outcomes.iter().filter(|one| old.outcome(&one.name).is_some());
    both.map(|one| one.name.clone()).collect()
}

fn add_rules(response: &mut Response, text: &Response, common: &[String], side: usize) {
    for rule in &text.rules {
        let set = |setting: &Setting| {
            let name = &text.outcomes.get(setting.outcome)?.name;
            let at = common.iter().position(|one| one == name)? + side * common.len();
            Some(Setting { outcome: at, value: setting.value })
        };
        let then = rule.then.iter().filter_map(set).collect();
        let when = moved(&rule.when, text, response);
        response.rules.push(Rule { when, then, ..rule.clone() });
    }
}

/// A condition of one text over the attributes of another.
fn moved(condition: &Condition, from: &Response, to: &Response) -> Condition {
    let all = |parts: &[Condition]| parts.iter().map(|part| moved(part, from, to)).collect();
    match condition {
        Condition::Always => Condition::Always,
        Condition::Is { attribute, values } => {
            let name = from.attributes.get(*attribute).map(|one| one.name.as_str());
            let at = name.and_then(|name| to.attribute(name));
            match at {
                None => Condition::Any(Vec::new()),
                Some(at) => {
                    let before = &from.attributes[*attribute].domain;
                    moved_values(at, values, before, &to.attributes[at].domain)
                }
            }
        }
        Condition::Not(other) => Condition::Not(Box::new(moved(other, from, to))),
        Condition::All(parts) => Condition::All(all(parts)),
        Condition::Any(parts) => Condition::Any(all(parts)),
    }
}

/// That an attribute of another domain has one of these values.
fn moved_values(attribute: usize, values: &Runs, from: &Domain, to: &Domain) -> Condition {
    match (from, to) {
        (Domain::Numbers { from: base, .. }, Domain::Numbers { from: least, to: greatest }) => {
            let number = |value: u32| base.saturating_add(i64::from(value));
            let place = |number: i64| u32::try_from(number - least).unwrap_or(u32::MAX);
            let run = |(first, last): (u32, u32)| {
                let (first, last) = (number(first).max(*least), number(last).min(*greatest));
                let values = (first <= last).then(|| Runs::span(place(first), place(last)))?;
                Some(Condition::Is { attribute, values })
            };
            Condition::Any(values.iter().filter_map(run).collect())
        }
        (_, Domain::Words(words)) => {
            let holds = |word: &String| from.value(word).is_some_and(|one| values.contains(one));
            let kept = (0_u32..).zip(words).filter(|(_, word)| holds(word));
            Condition::Is { attribute, values: Runs::of(kept.map(|(at, _)| at)) }
        }
        (Domain::Words(_), Domain::Numbers { .. }) => Condition::Any(Vec::new()),
    }
}
