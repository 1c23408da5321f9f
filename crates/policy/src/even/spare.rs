//! Rules that could be left out.
//!
//! One diagram for each outcome tells, for every call, which rule decides and what would come
//! without it. A rule that is never the first decides nothing; one that could always be left out
//! without changing the answer is redundant (each on its own: of two that repeat each other, both
//! are, and only one of them can be left out at a time).

use crate::response::Response;

use super::budget::Budget;
use super::compile::{Compiled, Decision};
use super::diagram::{FALSE, IMPOSSIBLE, NONE, Node, Overflow, is_leaf, number};
use super::merges::{And, Possible};
use super::report::{RuleFault, RuleFound};
use super::table::{Table, pair};

const NAMED_MAX: usize = 8;
/// Pairs of nodes looked at to name the rules that cover one other.
const STEPS_MAX: usize = 20_000;

/// What each rule does.
#[derive(Clone, Copy, Default)]
struct Use {
    decides: bool,
    felt: bool,
}

/// Every rule that could be left out, in the order of the text.
pub(crate) fn spare(response: &Response, budget: &Budget) -> Result<Vec<RuleFound>, Overflow> {
    let mut compiled = Compiled::new(response, budget)?;
    let mut uses = vec![Use::default(); response.rules.len()];
    let mut deciding: Vec<Node> = Vec::new();
    for outcome in 0..response.outcomes.len() {
        let decision = compiled.decision(outcome)?;
        let root = compiled.diagrams.merge(&Possible, compiled.possible, decision.root)?;
        mark(&compiled, &decision, root, &mut uses);
        let rules = compiled.deciding(&decision)?;
        deciding.push(compiled.diagrams.merge(&Possible, compiled.possible, rules)?);
    }
    let mut found = Vec::new();
    for (at, used) in uses.iter().enumerate() {
        // `otherwise` stands for completeness, whether or not any call comes so far.
        if at + 1 == response.rules.len() || (used.decides && used.felt) {
            continue;
        }
        found.push(describe(&mut compiled, at, *used, &deciding)?);
    }
    Ok(found)
}

fn mark(compiled: &Compiled, decision: &Decision, root: Node, uses: &mut [Use]) {
    let merge = decision.merge();
    let (_, leaves) = compiled.diagrams.reach(root);
    for leaf in leaves {
        if leaf == IMPOSSIBLE || leaf == NONE {
            continue;
        }
        let (rule, next) = merge.read(leaf);
        let used = &mut uses[decision.rules[rule]];
        used.decides = true;
        // Without any other rule an accommodation falls back to its first value, which no rule
        // that takes part sets; so that counts as felt, and so does a missing `otherwise`.
        used.felt |= next != Some(decision.sets[rule]);
    }
}

fn describe(
    compiled: &mut Compiled,
    at: usize,
    used: Use,
    deciding: &[Node],
) -> Result<RuleFound, Overflow> {
    let when = compiled.diagrams.merge(&And, compiled.rules[at], compiled.possible)?;
    let rule = &compiled.response.rules[at];
    let fault = match used.decides {
        true => RuleFault::Redundant,
        false if when == FALSE => RuleFault::NeverHolds,
        false => RuleFault::Shadowed,
    };
    let mut covering = Covering { seen: Table::new(), rules: Vec::new(), more: false };
    if fault == RuleFault::Shadowed {
        for (outcome, root) in deciding.iter().enumerate() {
            if rule.sets(outcome).is_some() {
                covering.collect(compiled, when, *root);
            }
        }
    }
    covering.rules.sort_unstable();
    let name = |at: &u32| compiled.response.rules[*at as usize].name.clone();
    Ok(RuleFound {
        rule: rule.name.clone(),
        line: rule.line,
        fault,
        covered_by: covering.rules.iter().map(name).collect(),
        and_others: covering.more,
    })
}

/// The rules that decide where a condition holds.
struct Covering {
    seen: Table<bool>,
    rules: Vec<u32>,
    more: bool,
}

impl Covering {
    fn collect(&mut self, compiled: &Compiled, when: Node, root: Node) {
        if when == FALSE || self.more {
            return;
        }
        if is_leaf(when) && is_leaf(root) {
            if root != NONE && root != IMPOSSIBLE && !self.rules.contains(&number(root)) {
                self.more = self.rules.len() == NAMED_MAX;
                self.rules.extend((!self.more).then_some(number(root)));
            }
            return;
        }
        if self.seen.get(pair(when, root)).is_some() {
            return;
        }
        self.seen.set(pair(when, root), true);
        self.more |= self.seen.len() > STEPS_MAX;
        let all = &compiled.diagrams;
        let level = all.level(when).min(all.level(root));
        let (ours, theirs) = (all.edges_at(when, level), all.edges_at(root, level));
        let (mut i, mut j) = (0, 0);
        while let (Some(one), Some(other)) = (ours.get(i), theirs.get(j)) {
            self.collect(compiled, one.to, other.to);
            let last = one.last.min(other.last);
            i += usize::from(one.last == last);
            j += usize::from(other.last == last);
        }
    }
}
