//! Policies of the shapes that the design was measured with: 17 attributes, 60 natures, 6
//! attributes of the caller, and two rules that name the caller.
//!
//! `real`: each rule names 1 to 4 natures and makes 1 to 3 other tests. `adverse`: each rule makes
//! 6 tests for random intervals, which no policy written by people does.

use evenhand_policy::response::{
    Attribute, Class, Condition, Domain, Outcome, OutcomeKind, Response, Rule, Runs, Setting,
};

/// SplitMix64: the same policy from the same seed, everywhere.
pub struct Chance(pub u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to `below - 1`.
    pub fn number(&mut self, below: u32) -> u32 {
        u32::try_from(self.next() % u64::from(below.max(1))).unwrap_or_default()
    }
}

fn attributes() -> Vec<Attribute> {
    let words = |count: usize| {
        let word =
            |at: usize| if at + 1 == count { "unknown".to_owned() } else { format!("w{at}") };
        Domain::Words((0..count).map(word).collect())
    };
    let to = |to: i64| Domain::Numbers { from: 0, to };
    let (emergency, situation) = (Class::Emergency, Class::Situation);
    let all = [
        ("nature", emergency, words(60)),
        ("severity", emergency, to(4)),
        ("weapon", emergency, words(3)),
        ("in_progress", emergency, words(3)),
        ("injured", emergency, to(9)),
        ("minutes_ago", emergency, to(60)),
        ("units_free", situation, to(40)),
        ("waiting", situation, to(30)),
        ("hour", situation, to(23)),
        ("district", Class::Place, words(12)),
        ("affiliation", Class::Caller, words(5)),
        ("nationality", Class::Caller, words(20)),
        ("language", Class::Caller, words(10)),
        ("prior_calls", Class::Caller, to(99)),
        ("account", Class::Caller, words(4)),
        ("age", Class::Caller, to(99)),
        ("area_group", Class::Area, words(4)),
    ];
    let attribute = |(name, class, domain): (&str, Class, Domain)| Attribute {
        name: name.to_owned(),
        class,
        domain,
        line: 0,
    };
    all.into_iter().map(attribute).collect()
}

/// A run of values of one attribute.
fn interval(chance: &mut Chance, attributes: &[Attribute], attribute: usize) -> Condition {
    let size = attributes[attribute].domain.size();
    let (one, other) = (chance.number(size), chance.number(size));
    Condition::Is { attribute, values: Runs::span(one.min(other), one.max(other)) }
}

/// What a person would write: a word, or from or up to a number.
fn test(chance: &mut Chance, attributes: &[Attribute], attribute: usize) -> Condition {
    let domain = &attributes[attribute].domain;
    let value = chance.number(domain.size());
    let values = match domain {
        Domain::Words(_) => Runs::span(value, value),
        Domain::Numbers { .. } if chance.number(2) == 0 => Runs::span(value, domain.size() - 1),
        Domain::Numbers { .. } => Runs::span(0, value),
    };
    Condition::Is { attribute, values }
}

/// Attributes that do not concern the caller, `nature` left out.
const OTHERS: std::ops::Range<u32> = 1..10;

fn others(chance: &mut Chance, count: u32) -> Vec<usize> {
    let mut taken: Vec<usize> = Vec::new();
    while taken.len() < count as usize {
        let at = (OTHERS.start + chance.number(OTHERS.end - OTHERS.start)) as usize;
        if !taken.contains(&at) {
            taken.push(at);
        }
    }
    taken
}

fn real_rule(chance: &mut Chance, attributes: &[Attribute]) -> Vec<Condition> {
    let natures = (0..=chance.number(4)).map(|_| chance.number(59)).collect::<Vec<u32>>();
    let mut parts = vec![Condition::Is { attribute: 0, values: Runs::of(natures) }];
    let count = 1 + chance.number(3);
    for attribute in others(chance, count) {
        parts.push(test(chance, attributes, attribute));
    }
    parts
}

fn adverse_rule(chance: &mut Chance, attributes: &[Attribute]) -> Vec<Condition> {
    let taken = others(chance, 6);
    taken.into_iter().map(|attribute| interval(chance, attributes, attribute)).collect()
}

fn policy(seed: u64, rules: usize, real: bool) -> Response {
    let mut chance = Chance(seed);
    let chance = &mut chance;
    let attributes = attributes();
    let mut list = Vec::new();
    for at in 0..rules {
        let mut parts =
            if real { real_rule(chance, &attributes) } else { adverse_rule(chance, &attributes) };
        // Two rules name the caller, a third and two thirds of the way down.
        if at == rules / 3 || at == rules * 2 / 3 {
            parts.truncate(2);
            parts.push(Condition::Is { attribute: 10, values: Runs::span(1, 1) });
        }
        list.push(Rule {
            name: format!("rule_{at}"),
            when: Condition::All(parts),
            then: vec![Setting { outcome: 0, value: chance.number(5) }],
            line: u32::try_from(at).unwrap_or_default() + 1,
        });
    }
    list.push(Rule {
        name: "otherwise".to_owned(),
        when: Condition::Always,
        then: vec![Setting { outcome: 0, value: 1 }],
        line: u32::try_from(rules).unwrap_or_default() + 1,
    });
    let words = ["send_now", "send", "hold", "refer", "decline"];
    let response = Outcome {
        name: "response".to_owned(),
        kind: OutcomeKind::Protected,
        domain: Domain::Words(words.map(str::to_owned).to_vec()),
        ordered: true,
        unit: None,
        line: 0,
    };
    Response {
        title: format!("{rules} rules"),
        version: 1,
        attributes,
        outcomes: vec![response],
        rules: list,
        ..Response::default()
    }
}

/// A policy as people write them.
pub fn real(rules: usize) -> Response {
    policy(7, rules, true)
}

/// A policy made to be hard.
pub fn adverse(rules: usize) -> Response {
    policy(7, rules, false)
}
