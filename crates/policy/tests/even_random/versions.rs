//! Two versions of a policy, and the demand of area groups, against looking at every call.

use evenhand_policy::even::{Budget, Demand, DemandGroup, demand as weigh, difference};
use evenhand_policy::response::{Class, Domain, Response};

use super::generate::{Chance, calls, policy};

#[test]
fn a_difference_is_every_call_that_is_answered_differently() {
    let mut changed = 0;
    for seed in 0..2_000 {
        let (old, new) = (policy(seed), changed_version(seed));
        changed += u32::from(agree_on_difference(seed, &old, &new));
    }
    assert!(changed > 500, "only {changed} of the versions differ");
}

/// The policy of a seed with something done to it.
fn changed_version(seed: u64) -> Response {
    let mut new = policy(seed);
    let mut chance = Chance(seed + 1_000_000);
    let rules = new.rules.len();
    if rules > 1 && chance.one_in(2) {
        new.rules.remove(chance.index(rules - 1));
    } else if let Some(rule) = new.rules.iter_mut().find(|rule| !rule.then.is_empty()) {
        rule.then[0].value = (rule.then[0].value + 1) % 3;
    }
    if chance.one_in(3) {
        new.impossible.pop();
    }
    if chance.one_in(3) {
        match &mut new.attributes[0].domain {
            Domain::Words(words) => words.push("come_lately".to_owned()),
            Domain::Numbers { to, .. } => *to += 1,
        }
    }
    if chance.one_in(4) {
        // The order of declaration changes; conditions follow.
        let last = new.attributes.len() - 1;
        new.attributes.swap(0, last);
        let moved = |at: usize| {
            if at == 0 {
                last
            } else if at == last {
                0
            } else {
                at
            }
        };
        for rule in &mut new.rules {
            rename(&mut rule.when, &moved);
        }
        new.impossible.iter_mut().for_each(|one| rename(one, &moved));
    }
    new
}

fn rename(condition: &mut evenhand_policy::response::Condition, moved: &impl Fn(usize) -> usize) {
    use evenhand_policy::response::Condition;
    match condition {
        Condition::Always => {}
        Condition::Is { attribute, .. } => *attribute = moved(*attribute),
        Condition::Not(other) => rename(other, moved),
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter_mut().for_each(|part| rename(part, moved));
        }
    }
}

/// Whether anything changed; both must say the same.
fn agree_on_difference(seed: u64, old: &Response, new: &Response) -> bool {
    let said = difference(old, new, &Budget::default());
    assert!(said.undecided.is_empty(), "seed {seed}: {:?}", said.undecided);
    let possible =
        |text: &Response, call: &[u32]| !text.impossible.iter().any(|one| one.holds(call));
    let in_new = |call: &[u32]| -> Vec<u32> {
        let value = |one: &evenhand_policy::response::Attribute| {
            let at = old.attribute(&one.name).expect("both have it");
            one.domain.value(&old.attributes[at].domain.text(call[at])).expect("both have it")
        };
        new.attributes.iter().map(value).collect()
    };
    let both = calls(old).into_iter().map(|call| (in_new(&call), call));
    let both: Vec<(Vec<u32>, Vec<u32>)> =
        both.filter(|(after, before)| possible(new, after) && possible(old, before)).collect();
    let exact = |count: Option<evenhand_policy::even::Count>| count.and_then(|one| one.exact);
    assert_eq!(exact(said.compared), Some(both.len() as u128), "seed {seed}");
    let changed = both.iter().filter(|(after, before)| new.answer(after) != old.answer(before));
    let changed = changed.count();
    assert_eq!(exact(said.changed), Some(changed as u128), "seed {seed}");
    for (at, outcome) in old.outcomes.iter().enumerate() {
        let of = said.outcomes.iter().find(|one| one.outcome == outcome.name).expect("it is there");
        let mut sum = 0;
        for change in &of.changes {
            let is = |(after, before): &&(Vec<u32>, Vec<u32>)| {
                outcome.domain.text(old.answer(before)[at]) == change.from
                    && outcome.domain.text(new.answer(after)[at]) == change.to
            };
            let count = both.iter().filter(is).count() as u128;
            assert_eq!(change.count.exact, Some(count), "seed {seed}: {change:?}");
            assert_ne!(change.from, change.to);
            let pair = change.example.as_ref().expect("each change has an example");
            assert_eq!((&pair.left.value, &pair.right.value), (&change.from, &change.to));
            sum += count;
        }
        let differs =
            both.iter().filter(|(after, before)| new.answer(after)[at] != old.answer(before)[at]);
        assert_eq!(sum, differs.count() as u128, "seed {seed}: {}", outcome.name);
    }
    changed > 0
}

#[test]
fn demand_is_every_call_weighted_by_its_place() {
    let mut weighed = 0;
    for seed in 0..2_000 {
        let response = policy(seed);
        let place = response.attributes.iter().position(|one| one.class == Class::Place);
        let Some(place) = place else { continue };
        let domain = response.attributes[place].domain.clone();
        let weight = |value: u32| f64::from(value * value + u32::from(value == 0) * 2);
        let weights = (0..domain.size()).map(|value| (domain.text(value), weight(value)));
        let group = DemandGroup { name: "north".to_owned(), weights: weights.collect() };
        let attribute = response.attributes[place].name.clone();
        let table = Demand { attribute, groups: vec![group] };
        let found = weigh(&response, &table, &Budget::default()).expect("it is small");
        let possible = calls(&response);
        let possible: Vec<_> = possible
            .iter()
            .filter(|call| !response.impossible.iter().any(|one| one.holds(call)))
            .collect();
        let whole: f64 = possible.iter().map(|call| weight(call[place])).sum();
        for one in found {
            let outcome = response.outcome(&one.outcome).expect("it is one");
            for (value, share) in &one.shares {
                let value = response.outcomes[outcome].domain.value(value);
                let gets = |call: &&&Vec<u32>| Some(response.answer(call)[outcome]) == value;
                let mass: f64 = possible.iter().filter(gets).map(|call| weight(call[place])).sum();
                let expected = if whole > 0.0 { mass / whole } else { 0.0 };
                assert!((share - expected).abs() < 1e-9, "seed {seed}: {share} {expected}");
                weighed += 1;
            }
        }
    }
    assert!(weighed > 500);
}
