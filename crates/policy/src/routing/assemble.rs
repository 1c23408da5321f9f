//! From rules to a [`Response`]: one attribute for each distinct test, one rule for each rule.

use crate::response::{
    Attribute, Condition, Domain, Outcome, OutcomeKind, Response, Rule, Runs, Setting,
};

use super::rules::{Routed, Routing, RoutingRule};
use super::test::{Asked, Test, Wants, What};
use super::ties;

/// Score of a call that has none.
const NO_SCORE: i64 = -1;
const SCORE_MAX: i64 = 100;

/// What a call that is sent nowhere, or of which nobody is told, gets.
pub(super) const NONE: &str = "none";

/// A test, and the values of its subject that rules name.
pub(super) struct Known {
    pub test: Test,
    /// Each once; they differ even if case is not regarded.
    pub values: Vec<String>,
    pub line: usize,
}

impl Known {
    /// Words of the attribute; a value is at its place in `values` plus one.
    fn domain(&self) -> Domain {
        match self.test.what {
            What::Score => Domain::Numbers { from: NO_SCORE, to: SCORE_MAX },
            What::Value => {
                let mut words = vec!["unknown".to_owned()];
                words.extend(self.values.iter().map(|value| match value.as_str() {
                    "unknown" | "other" => format!("{value:?}"),
                    _ => value.clone(),
                }));
                words.push("other".to_owned());
                Domain::Words(words)
            }
            What::Is(_) | What::Contains(_) | What::IsThere | What::Other(_) => {
                Domain::Words(["unknown", "no", "yes"].map(str::to_owned).to_vec())
            }
        }
    }
}

/// Number of `no` and `yes` in the domain of a text test.
pub(super) const NO: u32 = 1;
pub(super) const YES: u32 = 2;

/// The model of a rule set, and what each of its attributes asks.
pub(super) fn assemble(routing: &Routing) -> (Response, Vec<Known>) {
    let mut tests = Tests::default();
    let conditions: Vec<Condition> =
        routing.rules.iter().map(|rule| tests.condition(&rule.asked, rule.at.line)).collect();
    let tests = tests.0;
    let mut response = Response {
        title: routing.title.clone(),
        version: 1,
        attributes: attributes(&tests),
        outcomes: outcomes(&routing.rules),
        impossible: ties::impossible(&tests),
        ..Response::default()
    };
    for (rule, when) in routing.rules.iter().zip(conditions) {
        let then = settings(&response.outcomes, &route_text(rule), &notify_text(rule));
        let line = u32::try_from(rule.at.line).unwrap_or(u32::MAX);
        response.rules.push(Rule { name: rule.id.clone(), when, then, line });
    }
    let then = settings(&response.outcomes, NONE, NONE);
    let otherwise = Rule { name: "otherwise".to_owned(), when: Condition::Always, then, line: 0 };
    response.rules.push(otherwise);
    (response, tests)
}

fn route_text(rule: &RoutingRule) -> String {
    rule.route.as_ref().map_or(NONE.to_owned(), Routed::text)
}

fn notify_text(rule: &RoutingRule) -> String {
    if rule.notified.is_empty() { NONE.to_owned() } else { rule.notified.join("; ") }
}

fn outcomes(rules: &[RoutingRule]) -> Vec<Outcome> {
    let mut outcomes = vec![outcome("route", rules.iter().map(route_text))];
    if rules.iter().any(|rule| !rule.notified.is_empty()) {
        outcomes.push(outcome("notify", rules.iter().map(notify_text)));
    }
    outcomes
}

fn outcome(name: &str, values: impl Iterator<Item = String>) -> Outcome {
    let mut words: Vec<String> = Vec::new();
    for value in values.chain([NONE.to_owned()]) {
        if !words.contains(&value) {
            words.push(value);
        }
    }
    Outcome {
        name: name.to_owned(),
        kind: OutcomeKind::Protected,
        domain: Domain::Words(words),
        // No address is better than another.
        ordered: false,
        unit: None,
        line: 0,
    }
}

fn settings(outcomes: &[Outcome], route: &str, notify: &str) -> Vec<Setting> {
    let texts = [route, notify];
    let each = outcomes.iter().zip(texts).enumerate();
    let set = |(at, (outcome, text)): (usize, (&Outcome, &str))| {
        Some(Setting { outcome: at, value: outcome.domain.value(text)? })
    };
    each.filter_map(set).collect()
}

fn attributes(tests: &[Known]) -> Vec<Attribute> {
    let mut attributes: Vec<Attribute> = Vec::new();
    for known in tests {
        let name = known.test.name();
        let mut unique = name.clone();
        let mut number = 2;
        while attributes.iter().any(|one| one.name == unique) {
            unique = format!("{name} ({number})");
            number += 1;
        }
        attributes.push(Attribute {
            name: unique,
            class: known.test.class,
            domain: known.domain(),
            line: u32::try_from(known.line).unwrap_or(u32::MAX),
        });
    }
    attributes
}

/// The distinct tests so far. Conditions name values by place, and `other` stands behind them, so
/// a condition says which values it does *not* want.
#[derive(Default)]
struct Tests(Vec<Known>);

impl Tests {
    fn condition(&mut self, asked: &[Asked], line: usize) -> Condition {
        let mut all: Vec<Condition> = asked.iter().map(|one| self.literal(one, line)).collect();
        match all.len() {
            0 => Condition::Always,
            1 => all.remove(0),
            _ => Condition::All(all),
        }
    }

    fn literal(&mut self, asked: &Asked, line: usize) -> Condition {
        let holds = match &asked.wants {
            Wants::Yes => is(self.place(&asked.test, line), Runs::span(YES, YES)),
            Wants::No => is(self.place(&asked.test, line), Runs::span(NO, NO)),
            Wants::Between(from, to) => {
                let number = |score: i64| u32::try_from(score - NO_SCORE).unwrap_or(0);
                is(self.place(&asked.test, line), Runs::span(number(*from), number(*to)))
            }
            Wants::Value(value) => self.value(&asked.test, value, line, Found::is),
            Wants::AnotherThan(value) => self.value(&asked.test, value, line, Found::is_not),
        };
        if asked.negated { Condition::Not(Box::new(holds)) } else { holds }
    }

    fn place(&mut self, test: &Test, line: usize) -> usize {
        if let Some(at) = self.0.iter().position(|known| known.test.is_same(test)) {
            return at;
        }
        self.0.push(Known { test: test.clone(), values: Vec::new(), line });
        self.0.len() - 1
    }

    /// A value of a subject. One that differs from another only in case is a test of its own, since
    /// both may hold.
    fn value(
        &mut self,
        test: &Test,
        value: &str,
        line: usize,
        wants: fn(&Found) -> Condition,
    ) -> Condition {
        let at = self.place(test, line);
        let Some(known) = self.0.get_mut(at) else { return Condition::Always };
        if let Some(place) = known.values.iter().position(|one| one == value) {
            return wants(&Found { attribute: at, value: Some(place) });
        }
        if known.values.iter().any(|one| one.to_lowercase() == value.to_lowercase()) {
            let variant = Test { what: What::Is(value.to_owned()), ..test.clone() };
            let at = self.place(&variant, line);
            return wants(&Found { attribute: at, value: None });
        }
        known.values.push(value.to_owned());
        wants(&Found { attribute: at, value: Some(known.values.len() - 1) })
    }
}

/// Where a value is found: at a place among the values of an attribute, or as a test of its own.
struct Found {
    attribute: usize,
    value: Option<usize>,
}

impl Found {
    fn is(&self) -> Condition {
        let number = self.value.map_or(YES, value_number);
        is(self.attribute, Runs::span(number, number))
    }

    /// Neither this nor unknown. What stands behind it in the domain is not known yet, so it is
    /// said the other way round.
    fn is_not(&self) -> Condition {
        match self.value {
            None => is(self.attribute, Runs::span(NO, NO)),
            Some(place) => {
                let but = Runs::of([0, value_number(place)]);
                Condition::Not(Box::new(is(self.attribute, but)))
            }
        }
    }
}

/// Number of the value at a place of [`Known::values`]: 0 is `unknown`.
pub(super) fn value_number(place: usize) -> u32 {
    u32::try_from(place + 1).unwrap_or(u32::MAX)
}

pub(super) fn is(attribute: usize, values: Runs) -> Condition {
    Condition::Is { attribute, values }
}
