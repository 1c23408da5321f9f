//! The smallest pair of calls that shows something: a dynamic programme over pairs of nodes.
//!
//! Both calls walk down the diagram together. At each level they must have the same value, or may
//! differ in a way that the question allows. The best pair differs in the fewest attributes, then
//! has the widest gap between the two answers, then differs by a common value (the first one
//! declared, or the baseline) on one side, then stands for the most calls.

use super::diagram::{Diagrams, Edge, IMPOSSIBLE, Node, Overflow, is_leaf, number};
use super::space::Space;
use super::table::{Table, pair};

/// How the two calls may stand to each other at one level.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    /// The same value.
    Same,
    /// Any two values.
    Free,
    /// The left call has this cell, the right one any.
    From(u32),
    /// The left call has a lower cell than the right one, and neither has the one left out.
    Rising(Option<u32>),
}

/// What two answers show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shows {
    /// They differ; by how much, if their order means anything.
    Different { ordered: bool },
    /// The right one is worse.
    RightWorse,
    /// The left one is worse.
    LeftWorse,
    /// The number in the leaf is not this one (both calls are one call).
    Not(u32),
    /// The number in the leaf is this one (both calls are one call).
    Is(u32),
    /// The number in the leaf is above this one (both calls are one call).
    Above(u32),
}

/// Two sets of calls, level by level: any call of the left set with the call of the right set
/// that equals it at every level that does not differ.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// For each level the cells of the left and of the right call.
    pub cells: Vec<(Vec<u32>, Vec<u32>)>,
    /// The levels at which the two differ.
    pub differs: Vec<usize>,
}

const NEVER: u64 = u64::MAX;
const DIFFERS: u64 = 1 << 48;
const GAP_MAX: u64 = (1 << 24) - 1;
const GAP_SHIFT: u32 = 24;
const UNCOMMON: u64 = 1 << 16;

pub(crate) struct Search<'a> {
    diagrams: &'a Diagrams,
    space: &'a Space,
    steps: Vec<Step>,
    /// The last level that is not [`Step::Same`].
    last_free: Option<usize>,
    shows: Shows,
    /// For each level the cells of the first and of the baseline value.
    common: Vec<[u32; 2]>,
    memo: Table<u64>,
    pairs_max: usize,
}

#[derive(Clone, Copy)]
struct Move {
    cost: u64,
    left: Node,
    right: Node,
    differs: bool,
}

impl<'a> Search<'a> {
    pub(crate) fn new(
        diagrams: &'a Diagrams,
        space: &'a Space,
        steps: Vec<Step>,
        shows: Shows,
    ) -> Self {
        let last_free = steps.iter().rposition(|step| *step != Step::Same);
        let common = vec![[0, 0]; steps.len()];
        let memo = Table::new();
        Self { diagrams, space, steps, last_free, shows, common, memo, pairs_max: usize::MAX }
    }

    /// With the cells that are common at each level, and a limit.
    pub(crate) fn with(mut self, common: Vec<[u32; 2]>, pairs_max: usize) -> Self {
        self.common = common;
        self.pairs_max = pairs_max;
        self
    }

    /// The best pair; none if nothing of the kind can be.
    pub(crate) fn best(&mut self, root: Node) -> Result<Option<Found>, Overflow> {
        if self.cost(root, root)? == NEVER {
            return Ok(None);
        }
        let every = |level: usize| (0..self.diagrams.cells(level)).collect::<Vec<u32>>();
        let cells = (0..self.steps.len()).map(|level| (every(level), every(level))).collect();
        let mut found = Found { cells, differs: Vec::new() };
        let (mut left, mut right) = (root, root);
        while !(is_leaf(left) && is_leaf(right)) {
            let level = self.diagrams.level(left).min(self.diagrams.level(right));
            let chosen = self.choose(left, right, level)?;
            self.narrow(&mut found, (left, right), level, chosen);
            (left, right) = (chosen.left, chosen.right);
        }
        self.settle_skipped(&mut found);
        Ok(Some(found))
    }

    /// Records which cells lead the chosen way.
    fn narrow(&self, found: &mut Found, at: (Node, Node), level: usize, chosen: Move) {
        let leads = |node: Node, to: Node, cell: u32| self.diagrams.child(node, level, cell) == to;
        let (left, right) = &mut found.cells[level];
        if chosen.differs {
            left.retain(|cell| leads(at.0, chosen.left, *cell));
            right.retain(|cell| leads(at.1, chosen.right, *cell));
            self.keep_the_step(level, left, right);
            found.differs.push(level);
        } else {
            left.retain(|cell| leads(at.0, chosen.left, *cell) && leads(at.1, chosen.right, *cell));
            if let Step::From(only) = self.steps[level] {
                left.retain(|cell| *cell == only);
            }
            right.clone_from(left);
        }
    }

    /// Keeps those cells of which every left one may stand beside every right one.
    fn keep_the_step(&self, level: usize, left: &mut Vec<u32>, right: &mut Vec<u32>) {
        match self.steps[level] {
            Step::Same | Step::Free => {}
            Step::From(only) => left.retain(|cell| *cell == only),
            Step::Rising(out) => {
                left.retain(|cell| Some(*cell) != out);
                right.retain(|cell| Some(*cell) != out);
                // The lowest on the left against all above it on the right.
                left.truncate(1);
                let lowest = left.first().copied().unwrap_or_default();
                right.retain(|cell| *cell > lowest);
            }
        }
    }

    /// At a level that neither call's path asks about, a left call that must have one cell has it.
    fn settle_skipped(&self, found: &mut Found) {
        for (level, step) in self.steps.iter().enumerate() {
            if let Step::From(only) = step
                && !found.differs.contains(&level)
            {
                let (left, right) = &mut found.cells[level];
                left.retain(|cell| cell == only);
                right.retain(|cell| cell == only);
            }
        }
    }

    fn cost(&mut self, left: Node, right: Node) -> Result<u64, Overflow> {
        if let Some(cost) = self.known(left, right) {
            return Ok(cost);
        }
        let key = pair(left, right);
        if let Some(cost) = self.memo.get(key) {
            return Ok(cost);
        }
        let level = self.diagrams.level(left).min(self.diagrams.level(right));
        let cost = self.choose(left, right, level)?.cost;
        if self.memo.len() >= self.pairs_max {
            return Err(Overflow);
        }
        self.memo.set(key, cost);
        Ok(cost)
    }

    fn known(&self, left: Node, right: Node) -> Option<u64> {
        if left == IMPOSSIBLE || right == IMPOSSIBLE {
            return Some(NEVER);
        }
        if is_leaf(left) && is_leaf(right) {
            return Some(self.leaf_cost(left, right));
        }
        let one_call = matches!(self.shows, Shows::Not(_) | Shows::Is(_) | Shows::Above(_));
        let level = self.diagrams.level(left);
        (left == right && !one_call && self.last_free.is_none_or(|last| level > last))
            .then_some(NEVER)
    }

    fn leaf_cost(&self, left: Node, right: Node) -> u64 {
        let (a, b) = (u64::from(number(left)), u64::from(number(right)));
        let gap = match self.shows {
            Shows::Different { ordered: true } => a.abs_diff(b),
            Shows::Different { ordered: false } => u64::from(a != b),
            Shows::RightWorse => b.saturating_sub(a),
            Shows::LeftWorse => a.saturating_sub(b),
            Shows::Not(wanted) => u64::from(number(left) != wanted),
            Shows::Is(wanted) => u64::from(number(left) == wanted),
            Shows::Above(limit) => a.saturating_sub(u64::from(limit)),
        };
        if gap == 0 { NEVER } else { (GAP_MAX - gap.min(GAP_MAX)) << GAP_SHIFT }
    }

    /// The best way on from a pair of nodes; of equals the first.
    fn choose(&mut self, left: Node, right: Node, level: usize) -> Result<Move, Overflow> {
        let lefts = self.diagrams.edges_at(left, level);
        let rights = self.diagrams.edges_at(right, level);
        let mut best = Move { cost: NEVER, left, right, differs: false };
        self.same(&lefts, &rights, level, &mut best)?;
        if self.steps[level] != Step::Same {
            self.differ(&lefts, &rights, level, &mut best)?;
        }
        Ok(best)
    }

    fn same(
        &mut self,
        lefts: &[Edge],
        rights: &[Edge],
        level: usize,
        best: &mut Move,
    ) -> Result<(), Overflow> {
        let (mut i, mut j, mut first) = (0, 0, 0);
        while let (Some(one), Some(other)) = (lefts.get(i), rights.get(j)) {
            let last = one.last.min(other.last);
            let allowed = match self.steps[level] {
                Step::Same | Step::Free | Step::Rising(_) => true,
                Step::From(only) => (first..=last).contains(&only),
            };
            if allowed {
                let cost = self.cost(one.to, other.to)?;
                let cost = cost.saturating_add(self.narrowness(level, first, last));
                if cost < best.cost {
                    *best = Move { cost, left: one.to, right: other.to, differs: false };
                }
            }
            i += usize::from(one.last == last);
            j += usize::from(other.last == last);
            first = last + 1;
        }
        Ok(())
    }

    fn differ(
        &mut self,
        lefts: &[Edge],
        rights: &[Edge],
        level: usize,
        best: &mut Move,
    ) -> Result<(), Overflow> {
        let mut from = 0;
        for one in lefts {
            let own = (from, one.last);
            from = one.last + 1;
            let mut first = 0;
            for other in rights {
                let its = (first, other.last);
                first = other.last + 1;
                if !self.may_differ(level, own, its) {
                    continue;
                }
                let cost = self.cost(one.to, other.to)?;
                let extra = DIFFERS + self.uncommon(level, own, its);
                let cost = cost.saturating_add(extra);
                if cost < best.cost {
                    *best = Move { cost, left: one.to, right: other.to, differs: true };
                }
            }
        }
        Ok(())
    }

    /// Whether two runs of cells hold two different cells that the step allows.
    fn may_differ(&self, level: usize, left: (u32, u32), right: (u32, u32)) -> bool {
        match self.steps[level] {
            Step::Same => false,
            Step::Free => left != right,
            Step::From(only) => (left.0..=left.1).contains(&only) && right != (only, only),
            Step::Rising(None) => left.0 < right.1,
            Step::Rising(Some(out)) => {
                let lowest = if left.0 == out { left.0 + 1 } else { left.0 };
                let highest = if right.1 == out { right.1.wrapping_sub(1) } else { right.1 };
                highest != u32::MAX && lowest <= left.1 && highest >= right.0 && lowest < highest
            }
        }
    }

    /// How far two differing runs are from what is common; nothing if one of them holds it.
    fn uncommon(&self, level: usize, left: (u32, u32), right: (u32, u32)) -> u64 {
        let holds =
            |run: (u32, u32)| self.common[level].iter().any(|cell| (run.0..=run.1).contains(cell));
        // The common value stands on the left where there is a choice.
        match (holds(left), holds(right)) {
            (true, _) => 0,
            (false, true) => UNCOMMON,
            (false, false) => 2 * UNCOMMON,
        }
    }

    /// How many halvings lie between all values of a level and these cells.
    fn narrowness(&self, level: usize, first: u32, last: u32) -> u64 {
        let (from, _) = self.space.values(level, first);
        let (_, to) = self.space.values(level, last);
        let held = u64::from(to.saturating_sub(from)) + 1;
        let whole = u64::from(self.space.size(level));
        u64::from((whole / held.max(1)).max(1).ilog2())
    }
}
