//! A planted dependence is always found; a caller who is only mentioned is never reported.

use evenhand_policy::even::{Budget, Engine, Found, Verdict, check, check_by_solver};
use evenhand_policy::response::{Class, Condition, Response, Rule, Runs, Setting};

use super::TODAY;
use super::generate::{Chance, calls, policy};

const POLICIES: u64 = 1_000;

/// A policy that names nothing of the caller.
fn blind(seed: u64) -> Response {
    let mut response = policy(seed);
    let open = |condition: &Condition| {
        let mut named = std::collections::BTreeSet::new();
        condition.mentions(&mut named);
        named.iter().all(|at| !response.attributes[*at].class.is_protected())
    };
    let kept: Vec<Rule> = response.rules.iter().filter(|rule| open(&rule.when)).cloned().collect();
    response.rules = kept;
    response.impossible.clear();
    response.exceptions.clear();
    response.overrides.clear();
    response
}

fn caller(response: &Response) -> usize {
    response.attributes.iter().position(|one| one.class == Class::Caller).expect("there is one")
}

fn exactly(call: &[u32], but: &Response) -> Vec<Condition> {
    let open = |at: &usize| !but.attributes[*at].class.is_protected();
    let is = |at: usize| Condition::Is { attribute: at, values: Runs::span(call[at], call[at]) };
    (0..call.len()).filter(open).map(is).collect()
}

#[test]
fn a_planted_dependence_is_always_found() {
    for seed in 0..POLICIES {
        let mut response = blind(seed);
        let mut chance = Chance(seed);
        let all = calls(&response);
        let call = &all[chance.index(all.len())];
        let other = (response.answer(call)[0] + 1 + chance.number(3)) % 4;
        let attribute = caller(&response);
        let mut parts = exactly(call, &response);
        parts.push(Condition::Is { attribute, values: Runs::span(0, 0) });
        let then = vec![Setting { outcome: 0, value: other }];
        let when = Condition::All(parts);
        let rule = Rule { name: "planted".to_owned(), when, then, line: 99 };
        response.rules.insert(0, rule);
        for report in [
            check(&response, TODAY, &Budget::default()),
            check_by_solver(&response, TODAY, &Budget::default()),
        ] {
            assert!(matches!(report.verdict, Verdict::Uneven(_)), "seed {seed}");
            let pair = &report.smallest_pair().expect("there is one").pair;
            assert_eq!(pair.rows.iter().filter(|row| row.differs).count(), 1, "seed {seed}");
            let rules = [pair.left.rule.as_str(), pair.right.rule.as_str()];
            assert!(rules.contains(&"planted"), "seed {seed}: {rules:?}");
        }
    }
}

#[test]
fn a_caller_who_is_only_mentioned_is_never_reported() {
    for seed in 0..POLICIES {
        let mut response = blind(seed);
        let mut chance = Chance(seed);
        let all = calls(&response);
        let call = &all[chance.index(all.len())];
        let attribute = caller(&response);
        let same = Condition::All(exactly(call, &response));
        let named = Condition::Is { attribute, values: Runs::span(0, 0) };
        let then = vec![Setting { outcome: 0, value: chance.number(4) }];
        let whoever = Rule { name: "same".to_owned(), when: same.clone(), then, line: 98 };
        let when = Condition::All(vec![named, same]);
        let mentions = Rule { name: "mentions".to_owned(), when, ..whoever.clone() };
        response.rules.splice(0..0, [mentions, whoever]);
        for report in [
            check(&response, TODAY, &Budget::default()),
            check_by_solver(&response, TODAY, &Budget::default()),
        ] {
            assert_eq!(report.verdict, Verdict::Even, "seed {seed}");
            assert!(report.independence.iter().all(|one| one.found == Found::Never));
        }
    }
}

#[test]
fn what_outgrows_its_budget_is_never_called_even_by_default() {
    let mut solved = 0;
    for seed in 0..200 {
        let response = policy(seed);
        let none = Budget { nodes: 0, pairs: 0, conflicts: 0 };
        let small = Budget { nodes: 3, ..Budget::default() };
        let truth = check(&response, TODAY, &Budget::default()).verdict;
        for budget in [none, small] {
            let report = check(&response, TODAY, &budget);
            let kind = std::mem::discriminant(&report.verdict);
            if let Verdict::NotDecided(why) = &report.verdict {
                assert!(!why.is_empty(), "seed {seed}");
            } else {
                assert_eq!(kind, std::mem::discriminant(&truth), "seed {seed}");
                solved += 1;
            }
            if report.size.engine == Engine::Solver {
                assert!(report.size.calls.is_none() && !report.undecided.is_empty());
            }
        }
    }
    assert!(solved > 100);
}
