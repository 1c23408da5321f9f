//! The prover against looking at every pair of calls, on ten thousand small random policies.
//!
//! Every seed reproduces: a failure names it.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on stops, and names its seed"
)]

mod brute;
mod generate;
mod planted;
mod second;
mod third;
mod versions;

use brute::{Brute, value, values};
use evenhand_policy::even::{
    Accommodations, Budget, Circumstances, Claimed, Decided, Described, EvenProtected, Found,
    Independence, Pair, Report, Result as Claim, RuleFault, UnevenProtected, Unfit, Verdict, check,
};
use evenhand_policy::response::{Claim as Written, Class, OutcomeKind, Response};
use std::collections::BTreeSet;
use std::ops::Range;

const POLICIES: u64 = 10_000;
const TODAY: &str = "2026-07-01";

#[test]
fn the_prover_says_what_looking_at_every_pair_says_first_half() {
    agree(0..POLICIES / 2);
}

#[test]
fn the_prover_says_what_looking_at_every_pair_says_second_half() {
    agree(POLICIES / 2..POLICIES);
}

fn agree(seeds: Range<u64>) {
    let many = seeds.end - seeds.start;
    let (mut even, mut excepted, mut uneven) = (0, 0, 0);
    for seed in seeds {
        let response = generate::policy(seed);
        let report = check(&response, TODAY, &Budget::default());
        let brute = Brute::new(&response);
        assert!(report.undecided.is_empty(), "seed {seed}: {:?}", report.undecided);
        let calls = report.size.calls.and_then(|calls| calls.exact);
        assert_eq!(calls, Some(brute.possible.len() as u128), "seed {seed}: calls");
        agree_on_verdict(seed, &brute, &report);
        agree_on_independence(seed, &brute, &report);
        agree_on_claims(seed, &brute, &report);
        agree_on_rules(seed, &brute, &report);
        agree_on_walks(seed, &brute, &report);
        second::agree(seed, &response, &report);
        match report.verdict {
            Verdict::Even => even += 1,
            Verdict::EvenButFor(_) => excepted += 1,
            Verdict::Uneven(_) => uneven += 1,
            Verdict::NotDecided(why) => panic!("seed {seed}: not decided: {why:?}"),
        }
    }
    println!("{even} even, {excepted} but for exceptions, {uneven} uneven");
    assert!(even > many / 20 && uneven > many / 20 && excepted > many / 200);
}

fn agree_on_verdict(seed: u64, brute: &Brute, report: &Report) {
    let even = brute.subjects().iter().all(|subject| brute.even(subject, TODAY));
    let said = matches!(report.verdict, Verdict::Even | Verdict::EvenButFor(_));
    assert_eq!(said, even, "seed {seed}: {:?}", report.verdict);
}

fn agree_on_independence(seed: u64, brute: &Brute, report: &Report) {
    let protected = brute.of_class(Class::is_protected);
    for subject in brute.subjects() {
        let of: Vec<&Independence> =
            report.independence.iter().filter(|one| one.subject == subject).collect();
        for attribute in &protected {
            let name = &brute.response.attributes[*attribute].name;
            let one = of.iter().find(|one| one.attributes == [name.clone()]);
            let one = one.unwrap_or_else(|| panic!("seed {seed}: {subject} {name} is missing"));
            agree_on_one(seed, brute, one);
        }
        let any = of.iter().any(|one| one.found != Found::Never);
        let joint = brute.affected(&subject, &protected) > 0;
        assert_eq!(any, joint, "seed {seed}: {subject} together");
        let fewest = of.iter().filter_map(|one| match &one.found {
            Found::Depends(found) => Some(found.pair.rows.iter().filter(|row| row.differs).count()),
            Found::Never | Found::NotDecided { .. } => None,
        });
        let smallest = brute.smallest(&subject, &protected).map(|(differing, _)| differing);
        assert_eq!(fewest.min(), smallest, "seed {seed}: {subject} smallest pair");
    }
    for one in report.places.iter().chain(&report.never).chain(&report.accommodations) {
        if one.attributes.len() == 1 {
            agree_on_one(seed, brute, one);
        }
    }
    for (at, outcome) in brute.response.outcomes.iter().enumerate() {
        let OutcomeKind::Accommodation { may_use } = &outcome.kind else { continue };
        let barred: BTreeSet<usize> = protected.difference(may_use).copied().collect();
        let of = report.accommodations.iter().filter(|one| one.subject == outcome.name);
        let found = of.into_iter().any(|one| one.found != Found::Never);
        let name = &brute.response.outcomes[at].name;
        assert_eq!(found, brute.affected(name, &barred) > 0, "seed {seed}: {name}");
    }
}

fn agree_on_one(seed: u64, brute: &Brute, one: &Independence) {
    let attribute = brute.response.attribute(&one.attributes[0]).expect("it is named");
    let but = BTreeSet::from([attribute]);
    let affected = brute.affected(&one.subject, &but);
    match &one.found {
        Found::Never => assert_eq!(affected, 0, "seed {seed}: {one:?}"),
        Found::NotDecided { why } => panic!("seed {seed}: {why}"),
        Found::Depends(found) => {
            let counted = found.affected.and_then(|count| count.exact);
            assert_eq!(counted, Some(affected), "seed {seed}: {one:?}");
            let (left, right) = bear_out(seed, brute, &found.pair);
            let gap = if brute.ordered(&one.subject) { left.abs_diff(right) } else { 1 };
            let smallest = brute.smallest(&one.subject, &but);
            assert_eq!(smallest, Some((1, gap)), "seed {seed}: {one:?}");
        }
    }
}

/// Looks at every pair of calls that a pair stands for, and gives the two answers.
fn bear_out(seed: u64, brute: &Brute, pair: &Pair) -> (u32, u32) {
    let mut calls = vec![(Vec::new(), Vec::new())];
    for (row, attribute) in pair.rows.iter().zip(&brute.response.attributes) {
        let left = values(&attribute.domain, &row.left.text);
        let right = values(&attribute.domain, &row.right.text);
        let mut more = Vec::new();
        for (one, other) in &calls {
            for own in &left {
                for its in &right {
                    if row.differs || own == its {
                        more.push(([&one[..], &[*own]].concat(), [&other[..], &[*its]].concat()));
                    }
                }
            }
            assert!(!row.differs || left.is_disjoint(&right), "seed {seed}: {pair:?}");
        }
        calls = more;
    }
    let answer = |call: &[u32]| value(brute.response, &pair.subject, call);
    let possible = |call: &[u32]| !brute.response.impossible.iter().any(|one| one.holds(call));
    let first = calls.first().map(|(left, right)| (answer(left), answer(right)));
    for (left, right) in &calls {
        assert!(possible(left) && possible(right), "seed {seed}: {pair:?}");
        assert_eq!(Some((answer(left), answer(right))), first, "seed {seed}: {pair:?}");
    }
    first.unwrap_or_else(|| panic!("seed {seed}: no call at all: {pair:?}"))
}

fn agree_on_claims(seed: u64, brute: &Brute, report: &Report) {
    let response = brute.response;
    let (mut worse, mut floors) = (report.worse.iter(), report.floors.iter());
    for claim in &response.claims {
        match claim {
            Written::Never(_) => {}
            Written::Worse(claim) => {
                let broken = brute.worsened(claim.attribute, "response");
                agree_on_claim(seed, brute, worse.next(), (broken, true));
            }
            Written::Floor(floor) => {
                let covered = |call: &&Vec<u32>| floor.when.holds(call);
                let below = |call: &&Vec<u32>| value(response, "response", call) > floor.at_least;
                let covered: Vec<_> = brute.possible.iter().filter(covered).collect();
                let broken = covered.iter().filter(|call| below(call)).count() as u128;
                agree_on_claim(seed, brute, floors.next(), (broken, !covered.is_empty()));
            }
        }
    }
    for (case, said) in response.expectations.iter().zip(&report.expectations) {
        let covered: Vec<_> = brute.possible.iter().filter(|call| case.when.holds(call)).collect();
        let wrong = |call: &&&Vec<u32>| value(response, "response", call) != case.then[0].value;
        let broken = covered.iter().filter(wrong).count() as u128;
        agree_on_claim(seed, brute, Some(said), (broken, !covered.is_empty()));
    }
    let mut unknown = report.unknown.iter();
    for subject in brute.subjects() {
        for (at, attribute) in response.attributes.iter().enumerate() {
            let (Class::Caller, Some(value)) = (attribute.class, attribute.domain.unknown()) else {
                continue;
            };
            let broken = brute.unknown_worse(at, value, &subject);
            agree_on_claim(seed, brute, unknown.next(), (broken, true));
        }
    }
    assert!(unknown.next().is_none());
}

fn agree_on_claim(seed: u64, brute: &Brute, said: Option<&Claimed>, truth: (u128, bool)) {
    let said = said.unwrap_or_else(|| panic!("seed {seed}: a claim is missing"));
    let (broken, covers) = truth;
    match &said.result {
        Claim::Holds { .. } => assert!(broken == 0 && covers, "seed {seed}: {said:?}"),
        Claim::Empty => assert!(!covers, "seed {seed}: {said:?}"),
        Claim::NotDecided { why } => panic!("seed {seed}: {why}"),
        Claim::Fails { affected, pair, .. } => {
            let counted = affected.and_then(|count| count.exact);
            assert_eq!(counted, Some(broken), "seed {seed}: {said:?}");
            assert!(broken > 0, "seed {seed}: {said:?}");
            bear_out(seed, brute, pair);
        }
    }
}

fn agree_on_rules(seed: u64, brute: &Brute, report: &Report) {
    for at in 0..brute.response.rules.len() - 1 {
        let rule = &brute.response.rules[at];
        let said = report.rules.iter().find(|one| one.rule == rule.name).map(|one| one.fault);
        assert_eq!(said, fault(brute, at), "seed {seed}: {}", rule.name);
    }
}

/// Why a rule could be left out, by leaving it out.
fn fault(brute: &Brute, at: usize) -> Option<RuleFault> {
    let response = brute.response;
    let mut without = response.clone();
    let rule = without.rules.remove(at);
    if brute.possible.iter().any(|call| response.answer(call) != without.answer(call)) {
        return None;
    }
    let holds = |call: &&Vec<u32>| rule.when.holds(call);
    if !brute.possible.iter().any(|call| holds(&call)) {
        return Some(RuleFault::NeverHolds);
    }
    let decides = |call: &Vec<u32>| decides(response, at, call);
    let decides = brute.possible.iter().any(decides);
    Some(if decides { RuleFault::Redundant } else { RuleFault::Shadowed })
}

/// Whether a rule is the first to give some outcome its value, first values of accommodations
/// left out.
fn decides(response: &Response, at: usize, call: &[u32]) -> bool {
    let answer = response.answer(call);
    response.outcomes.iter().enumerate().any(|(outcome, one)| {
        let helps = matches!(one.kind, OutcomeKind::Accommodation { .. });
        let sets = |rule: &evenhand_policy::response::Rule| {
            rule.when.holds(call) && rule.sets(outcome) == Some(answer[outcome])
        };
        response.rules.iter().position(sets) == Some(at) && (!helps || answer[outcome] > 0)
    })
}

/// With diagrams, and, where no diagram may have a node, by trying the rules.
fn agree_on_walks(seed: u64, brute: &Brute, report: &Report) {
    agree_within(&Budget::default(), seed, brute, report);
    agree_within(&Budget { nodes: 0, ..Budget::default() }, seed, brute, report);
}

fn agree_within(budget: &Budget, seed: u64, brute: &Brute, report: &Report) {
    let response = brute.response;
    let uneven = UnevenProtected::compile(response, budget).expect("it is small");
    let helping = Accommodations::compile(response, budget).expect("it is small");
    let even = EvenProtected::prove(response, budget);
    let is_even = report.independence.iter().all(|one| one.found == Found::Never);
    match &even {
        Ok(_) => assert!(is_even, "seed {seed}"),
        Err(Unfit::Uneven) => assert!(!is_even, "seed {seed}"),
        // Only where callers are declared impossible does the second engine not say.
        Err(Unfit::TooLarge) => assert!(budget.nodes == 0 && !response.impossible.is_empty()),
    }
    let mut decided = Vec::new();
    for call in generate::calls(response) {
        let mut next = call.iter().copied();
        let view = Described::of(response, |_| next.next());
        uneven.answer(&view, &mut decided);
        agree_on_answer(seed, response, &call, &decided);
        helping.answer(&view, &mut decided);
        agree_on_answer(seed, response, &call, &decided);
    }
    let Ok(even) = even else { return };
    for call in &brute.possible {
        let view = Circumstances::of(response, |attribute| {
            assert!(!attribute.class.is_protected());
            Some(call[response.attribute(&attribute.name)?])
        });
        even.answer(&view, &mut decided);
        let answer = response.answer(call);
        for one in &decided {
            assert_eq!(one.value, answer[one.outcome], "seed {seed}: {call:?}");
        }
    }
}

fn agree_on_answer(seed: u64, response: &Response, call: &[u32], decided: &[Decided]) {
    let answer = response.answer(call);
    for one in decided {
        assert_eq!(one.value, answer[one.outcome], "seed {seed}: {call:?}");
        let sets = |rule: &evenhand_policy::response::Rule| {
            rule.when.holds(call) && rule.sets(one.outcome) == Some(one.value)
        };
        let helps =
            matches!(response.outcomes[one.outcome].kind, OutcomeKind::Accommodation { .. });
        let rule = response.rules.iter().position(sets).filter(|_| !helps || one.value > 0);
        assert_eq!(one.rule, rule, "seed {seed}: {call:?}");
    }
}
