//! Small random policies from a seed, small enough that every pair of calls can be looked at.

use evenhand_policy::response::{
    Attribute, Claim, Class, Condition, Domain, Exception, Expectation, Floor, Never, Outcome,
    OutcomeKind, Override, OverrideAction, Permit, Response, Rule, Runs, Setting, Worse,
};
use std::collections::BTreeSet;

/// SplitMix64: the same numbers from the same seed, everywhere.
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to `below - 1`.
    pub fn below(&mut self, below: u64) -> u64 {
        self.next() % below.max(1)
    }

    pub fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    pub fn index(&mut self, below: usize) -> usize {
        usize::try_from(self.below(below as u64)).expect("it is below a length")
    }

    pub fn number(&mut self, below: u32) -> u32 {
        u32::try_from(self.below(u64::from(below))).expect("it is below a number")
    }
}

fn words(names: &[&str]) -> Domain {
    Domain::Words(names.iter().map(|name| (*name).to_owned()).collect())
}

fn attributes(chance: &mut Chance) -> Vec<Attribute> {
    let mut all = Vec::new();
    let mut add = |class: Class, chance: &mut Chance| {
        let domain = match chance.below(4) {
            0 => {
                Domain::Numbers { from: 3, to: 4 + i64::try_from(chance.below(3)).expect("small") }
            }
            1 => words(&["unknown", "b"]),
            2 => words(&["a", "b", "unknown"]),
            _ => words(&["a", "unknown", "c", "d"]),
        };
        let name = format!("{}_{}", class.word(), all.len());
        all.push(Attribute { name, class, domain, line: 0 });
    };
    add(Class::Caller, chance);
    add(Class::Emergency, chance);
    for class in [Class::Caller, Class::Area, Class::Situation, Class::Place] {
        if chance.one_in(2) {
            add(class, chance);
        }
    }
    // Every pair of calls is looked at, so there are at most 162 calls.
    let calls = |all: &[Attribute]| all.iter().map(|one| one.domain.size()).product::<u32>();
    while calls(&all) > 162 {
        all.pop();
    }
    all
}

fn outcomes(chance: &mut Chance, attributes: &[Attribute]) -> Vec<Outcome> {
    let protected = |name: &str, ordered| Outcome {
        name: name.to_owned(),
        kind: OutcomeKind::Protected,
        domain: words(&["best", "good", "poor", "worst"]),
        ordered,
        unit: None,
        line: 0,
    };
    let mut all = vec![protected("response", true)];
    if chance.one_in(3) {
        all.push(protected("units", false));
    }
    if chance.one_in(3) {
        let caller = |(_, one): &(usize, &Attribute)| one.class == Class::Caller;
        let callers = attributes.iter().enumerate().filter(caller).map(|(at, _)| at);
        let may_use: BTreeSet<usize> = callers.filter(|_| chance.one_in(2)).collect();
        all.push(Outcome {
            name: "interpreter".to_owned(),
            kind: OutcomeKind::Accommodation { may_use },
            domain: words(&["no", "maybe", "yes"]),
            ordered: true,
            unit: None,
            line: 0,
        });
    }
    all
}

/// A condition on any attributes that `allowed` lets through.
pub fn condition(
    chance: &mut Chance,
    attributes: &[Attribute],
    depth: u32,
    allowed: &impl Fn(&Attribute) -> bool,
) -> Condition {
    let usable: Vec<usize> = (0..attributes.len()).filter(|at| allowed(&attributes[*at])).collect();
    if usable.is_empty() {
        return Condition::Always;
    }
    match chance.below(if depth == 0 { 3 } else { 7 }) {
        0..=2 => {
            let attribute = usable[chance.index(usable.len())];
            let size = attributes[attribute].domain.size();
            let values = (0..size).filter(|_| chance.one_in(2)).collect::<Vec<u32>>();
            Condition::Is { attribute, values: Runs::of(values) }
        }
        3 => Condition::Not(Box::new(condition(chance, attributes, depth - 1, allowed))),
        kind => {
            let parts = (0..1 + chance.below(3))
                .map(|_| condition(chance, attributes, depth - 1, allowed))
                .collect();
            if kind < 6 { Condition::All(parts) } else { Condition::Any(parts) }
        }
    }
}

fn settings(chance: &mut Chance, outcomes: &[Outcome]) -> Vec<Setting> {
    let mut then = Vec::new();
    for (outcome, one) in outcomes.iter().enumerate() {
        if chance.one_in(2) {
            then.push(Setting { outcome, value: chance.number(one.domain.size()) });
        }
    }
    then
}

fn rules(chance: &mut Chance, attributes: &[Attribute], outcomes: &[Outcome]) -> Vec<Rule> {
    // Half of the policies name the caller rarely, so that many are even.
    let shy = chance.one_in(2);
    let mut rules = Vec::new();
    for at in 0..chance.below(6) {
        let caller = !shy || chance.one_in(4);
        let when = condition(chance, attributes, 2, &|one| caller || !one.class.is_protected());
        let then = settings(chance, outcomes);
        rules.push(Rule { name: format!("r{at}"), when, then, line: 0 });
    }
    let protected =
        outcomes.iter().enumerate().filter(|(_, one)| one.kind == OutcomeKind::Protected);
    let then = protected
        .map(|(outcome, one)| Setting { outcome, value: chance.number(one.domain.size()) })
        .collect();
    rules.push(Rule { name: "otherwise".to_owned(), when: Condition::Always, then, line: 0 });
    for (at, rule) in rules.iter_mut().enumerate() {
        rule.line = u32::try_from(at).expect("few") + 1;
    }
    rules
}

fn claims(chance: &mut Chance, attributes: &[Attribute]) -> Vec<Claim> {
    let mut claims = Vec::new();
    if chance.one_in(2) {
        let attribute = chance.index(attributes.len());
        claims.push(Claim::Worse(Worse { attribute, outcome: 0, line: 0 }));
    }
    if chance.one_in(2) {
        let when = condition(chance, attributes, 1, &|_| true);
        let at_least = chance.number(4);
        claims.push(Claim::Floor(Floor { when, outcome: 0, at_least, line: 0 }));
    }
    if chance.one_in(3) {
        let classes = BTreeSet::from([Class::Situation, Class::Emergency]);
        claims.push(Claim::Never(Never { classes, outcomes: BTreeSet::from([0]), line: 0 }));
    }
    claims
}

fn exceptions(chance: &mut Chance, attributes: &[Attribute]) -> Vec<Exception> {
    let mut exceptions = Vec::new();
    for (attribute, one) in attributes.iter().enumerate() {
        if one.class.is_protected() && chance.one_in(4) {
            let until = if chance.one_in(4) { "2026-01-01" } else { "2027-01-01" };
            exceptions.push(Exception {
                attribute,
                outcome: 0,
                because: "a reason".to_owned(),
                until: until.to_owned(),
                signed: vec!["A".to_owned(), "B".to_owned()],
                line: 0,
            });
        }
    }
    exceptions
}

fn overrides(chance: &mut Chance, attributes: &[Attribute]) -> Vec<Override> {
    let mut lines = Vec::new();
    for _ in 0..chance.below(3) {
        let action = [OverrideAction::Raise, OverrideAction::Lower][chance.index(2)];
        let when = condition(chance, attributes, 1, &|_| true);
        let roles: BTreeSet<String> =
            ["dispatcher", "supervisor"].iter().map(|role| (*role).to_owned()).collect();
        let roles = if chance.one_in(3) { BTreeSet::new() } else { roles };
        let permit = Permit { roles, reason: chance.one_in(2), second_person: false };
        lines.push(Override { action, when, permit, line: 0 });
    }
    lines
}

/// The policy of a seed.
pub fn policy(seed: u64) -> Response {
    let mut chance = Chance(seed);
    let chance = &mut chance;
    let attributes = attributes(chance);
    let outcomes = outcomes(chance, &attributes);
    let rules = rules(chance, &attributes, &outcomes);
    let impossible = (0..chance.below(4).saturating_sub(1))
        .map(|_| condition(chance, &attributes, 1, &|_| true))
        .collect();
    let expectations = (0..chance.below(2))
        .map(|at| Expectation {
            name: format!("case {at}"),
            when: condition(chance, &attributes, 1, &|_| true),
            then: vec![Setting { outcome: 0, value: chance.number(4) }],
            line: 0,
        })
        .collect();
    Response {
        title: format!("seed {seed}"),
        version: 1,
        claims: claims(chance, &attributes),
        exceptions: exceptions(chance, &attributes),
        overrides: overrides(chance, &attributes),
        attributes,
        outcomes,
        impossible,
        rules,
        expectations,
    }
}

/// Every call that can be described.
pub fn calls(response: &Response) -> Vec<Vec<u32>> {
    let mut calls = vec![Vec::new()];
    for attribute in &response.attributes {
        let sizes = 0..attribute.domain.size();
        calls = calls
            .iter()
            .flat_map(|call| sizes.clone().map(|value| [call.as_slice(), &[value]].concat()))
            .collect();
    }
    calls
}
