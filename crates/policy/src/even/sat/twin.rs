//! Two copies of a call and of everything a text says of them, as one formula.
//!
//! The copies share every attribute but those that are split; what mentions no split attribute is
//! written down once for both. A value is told by which cells it has reached, so that a run of
//! values is two literals.

use std::collections::BTreeSet;

use batsat::Lit;

use crate::response::{Condition, OutcomeKind, Response};

use super::super::compile::{Subject, permits};
use super::super::space::Space;
use super::formula::{Formula, Said};

/// The same thing said of the first and of the second copy.
pub(super) type Both = [Lit; 2];

/// Two calls, as the cell of each attribute, in the order of the text.
pub(super) type Cells = [Vec<u32>; 2];

/// What was found.
pub(super) enum Answer {
    Pair(Cells),
    None,
    Limit,
}

pub(super) struct Twin<'r> {
    pub response: &'r Response,
    pub space: &'r Space,
    pub formula: Formula,
    split: BTreeSet<usize>,
    /// For each attribute and each cell but the first, whether it or a later one is reached.
    reached: Vec<Vec<Both>>,
    rules: Vec<Both>,
}

impl<'r> Twin<'r> {
    pub(super) fn new(
        response: &'r Response,
        space: &'r Space,
        split: BTreeSet<usize>,
        conflicts_max: u64,
    ) -> Self {
        let formula = Formula::new(conflicts_max);
        let (reached, rules) = (Vec::new(), Vec::new());
        let mut twin = Self { response, space, formula, split, reached, rules };
        for attribute in 0..response.attributes.len() {
            let reached = twin.attribute(attribute);
            twin.reached.push(reached);
        }
        for impossible in &response.impossible {
            for one in twin.condition(impossible) {
                twin.formula.clause(&[!one]);
            }
        }
        for rule in &response.rules {
            let when = twin.condition(&rule.when);
            twin.rules.push(when);
        }
        twin
    }

    fn attribute(&mut self, attribute: usize) -> Vec<Both> {
        let cells = self.space.cells()[self.space.level[attribute]];
        let mut reached: Vec<Both> = Vec::new();
        for _ in 1..cells {
            let first = self.formula.fresh();
            let second = if self.split.contains(&attribute) { self.formula.fresh() } else { first };
            let next = [first, second];
            if let Some(before) = reached.last().copied() {
                for copy in 0..2 {
                    self.formula.clause(&[!next[copy], before[copy]]);
                }
            }
            reached.push(next);
        }
        reached
    }

    /// Whether a cell or a later one is reached, in one copy.
    fn reached(&self, attribute: usize, cell: u32, copy: usize) -> Lit {
        let Some(at) = (cell as usize).checked_sub(1) else { return self.formula.yes() };
        let reached = self.reached[attribute].get(at);
        reached.map_or(!self.formula.yes(), |both| both[copy])
    }

    /// A condition, as said of both copies.
    pub(super) fn condition(&mut self, condition: &Condition) -> Both {
        let mut named = BTreeSet::new();
        condition.mentions(&mut named);
        let first = self.said(condition, 0);
        let second = if named.is_disjoint(&self.split) { first } else { self.said(condition, 1) };
        [first, second]
    }

    fn said(&mut self, condition: &Condition, copy: usize) -> Lit {
        match condition {
            Condition::Always => self.formula.yes(),
            Condition::Is { attribute, values } => {
                let Some(level) = self.space.level.get(*attribute).copied() else {
                    return !self.formula.yes();
                };
                let mut runs = Vec::new();
                for (first, last) in values.iter().filter(|run| run.0 < self.space.size(level)) {
                    let from = self.space.cell(level, first);
                    let past = self.space.cell(level, last) + 1;
                    let from = self.reached(*attribute, from, copy);
                    let past = self.reached(*attribute, past, copy);
                    runs.push(self.formula.and(&[from, !past]));
                }
                self.formula.or(&runs)
            }
            Condition::Not(other) => !self.said(other, copy),
            Condition::All(parts) => {
                let parts: Vec<Lit> = parts.iter().map(|part| self.said(part, copy)).collect();
                self.formula.and(&parts)
            }
            Condition::Any(parts) => {
                let parts: Vec<Lit> = parts.iter().map(|part| self.said(part, copy)).collect();
                self.formula.or(&parts)
            }
        }
    }

    /// For each value of a subject that is ever given, rising, whether it is given.
    pub(super) fn values(&mut self, subject: Subject) -> Vec<(u32, Both)> {
        let (parts, greatest) = self.parts(subject);
        let mut values: Vec<u32> = parts.iter().map(|(value, _)| *value).collect();
        values.push(0);
        values.sort_unstable();
        values.dedup();
        let first = self.given(&parts, &values, 0, greatest);
        let second = self.given(&parts, &values, 1, greatest);
        values.into_iter().zip(first.into_iter().zip(second).map(|(a, b)| [a, b])).collect()
    }

    /// The rules or lines that take part: what each gives, and when it holds.
    fn parts(&mut self, subject: Subject) -> (Vec<(u32, Both)>, bool) {
        match subject {
            Subject::Outcome(outcome) => {
                let with = |(rule, when): (&crate::response::Rule, &Both)| {
                    rule.sets(outcome).map(|value| (value, *when))
                };
                let parts = self.response.rules.iter().zip(&self.rules).filter_map(with).collect();
                let kind = &self.response.outcomes[outcome].kind;
                (parts, matches!(kind, OutcomeKind::Accommodation { .. }))
            }
            Subject::Override(action) => {
                let permits = permits(self.response);
                let mut parts = Vec::new();
                for line in self.response.overrides.iter().filter(|line| line.action == action) {
                    let at = permits.iter().position(|one| *one == line.permit);
                    let at = at.and_then(|at| u32::try_from(at).ok()).unwrap_or_default();
                    parts.push((at, self.condition(&line.when)));
                }
                (parts, false)
            }
        }
    }

    fn given(
        &mut self,
        parts: &[(u32, Both)],
        values: &[u32],
        copy: usize,
        greatest: bool,
    ) -> Vec<Lit> {
        let mut rising: Vec<(u32, Lit)> = parts.iter().map(|(v, both)| (*v, both[copy])).collect();
        if greatest {
            // The greatest is the first if the rules are put from the greatest down.
            rising.sort_by_key(|(value, _)| std::cmp::Reverse(*value));
        }
        rising.push((0, self.formula.yes()));
        let mut given: Vec<Vec<Lit>> = vec![Vec::new(); values.len()];
        let mut open = self.formula.yes();
        for (value, when) in rising {
            let decides = self.formula.and(&[open, when]);
            given[values.partition_point(|one| *one < value)].push(decides);
            open = self.formula.and(&[open, !when]);
        }
        given.iter().map(|decides| self.formula.or(decides)).collect()
    }

    /// Whether both copies have the same cell.
    pub(super) fn equal(&mut self, attribute: usize) -> Lit {
        let mut parts = Vec::new();
        for [first, second] in self.reached[attribute].clone() {
            if first != second {
                let either = self.formula.or(&[first, !second]);
                let other = self.formula.or(&[!first, second]);
                parts.extend([either, other]);
            }
        }
        self.formula.and(&parts)
    }

    /// Whether the first copy has a lower cell than the second.
    pub(super) fn rising(&mut self, attribute: usize) -> Lit {
        let mut parts = Vec::new();
        for [first, second] in self.reached[attribute].clone() {
            parts.push(self.formula.and(&[!first, second]));
        }
        self.formula.or(&parts)
    }

    /// Whether a copy has a cell.
    pub(super) fn is(&mut self, attribute: usize, cell: u32, copy: usize) -> Lit {
        let from = self.reached(attribute, cell, copy);
        let past = self.reached(attribute, cell + 1, copy);
        self.formula.and(&[from, !past])
    }

    /// Whether the value of the second copy is worse than that of the first, or, unordered, other.
    pub(super) fn second_worse(&mut self, values: &[(u32, Both)], ordered: bool) -> Lit {
        let mut parts = Vec::new();
        let mut better: Vec<Lit> = Vec::new();
        for (_, both) in values {
            if ordered {
                let better_one = self.formula.or(&better);
                parts.push(self.formula.and(&[better_one, both[1]]));
                better.push(both[0]);
            } else {
                parts.push(self.formula.and(&[!both[0], both[1]]));
            }
        }
        self.formula.or(&parts)
    }

    /// Asks for two calls.
    pub(super) fn ask(&mut self, assumed: &[Lit]) -> Answer {
        match self.formula.ask(assumed) {
            Said::No => Answer::None,
            Said::Nothing => Answer::Limit,
            Said::Yes => {
                let cell = |both: &Vec<Both>, copy: usize| {
                    let held = both.iter().filter(|one| self.formula.holds(one[copy])).count();
                    u32::try_from(held).unwrap_or(u32::MAX)
                };
                let call = |copy: usize| self.reached.iter().map(|one| cell(one, copy)).collect();
                Answer::Pair([call(0), call(1)])
            }
        }
    }
}
