//! The space of all calls that can be described: attributes in the order in which a diagram asks
//! for them, each cut into the cells that the text's tests tell apart.
//!
//! What concerns the caller or the area is asked last, so that whether an answer depends on it is
//! seen where the circumstances end. Within one class the attributes that most rules name come
//! first, which keeps diagrams small.

use std::collections::BTreeSet;

use crate::response::{Claim, Condition, Response, Runs};

use super::diagram::{Edge, FALSE, TRUE};

/// Attributes as levels, values as cells.
#[derive(Clone, Debug)]
pub(crate) struct Space {
    /// The attribute asked for at each level.
    pub order: Vec<usize>,
    /// The level of each attribute.
    pub level: Vec<usize>,
    /// The first level that concerns the caller or the area.
    pub protected_from: usize,
    /// For each level, the first value of each cell, rising from 0.
    starts: Vec<Vec<u32>>,
    /// For each level, how many values there are.
    sizes: Vec<u32>,
}

impl Space {
    /// The space of one text. Every boundary of every test is a boundary between cells, and so are
    /// those of `unknown` and of the least number.
    pub(crate) fn of(response: &Response) -> Self {
        let conditions = conditions(response);
        let mut cuts: Vec<BTreeSet<u32>> = Vec::new();
        for attribute in &response.attributes {
            let base = attribute.domain.baseline();
            cuts.push(BTreeSet::from([0, base, base.saturating_add(1)]));
        }
        let mut mentions = vec![0_u32; response.attributes.len()];
        for condition in conditions {
            let mut named = BTreeSet::new();
            condition.mentions(&mut named);
            for attribute in named {
                if let Some(count) = mentions.get_mut(attribute) {
                    *count += 1;
                }
            }
            cut(condition, &mut cuts);
        }
        let mut order: Vec<usize> = (0..response.attributes.len()).collect();
        let often = |at: usize| std::cmp::Reverse(mentions[at]);
        order.sort_by_key(|at| (response.attributes[*at].class, often(*at), *at));
        let mut level = vec![0; order.len()];
        for (place, attribute) in order.iter().enumerate() {
            level[*attribute] = place;
        }
        let sizes: Vec<u32> =
            order.iter().map(|at| response.attributes[*at].domain.size().max(1)).collect();
        let starts = order
            .iter()
            .zip(&sizes)
            .map(|(at, size)| cuts[*at].iter().copied().filter(|cut| cut < size).collect())
            .collect();
        let open = |at: &&usize| !response.attributes[**at].class.is_protected();
        let protected_from = order.iter().filter(open).count();
        Self { order, level, protected_from, starts, sizes }
    }

    /// How many levels.
    pub(crate) fn levels(&self) -> usize {
        self.order.len()
    }

    /// How many cells each level has.
    pub(crate) fn cells(&self) -> Vec<u32> {
        self.starts.iter().map(|starts| u32::try_from(starts.len()).unwrap_or(u32::MAX)).collect()
    }

    /// How many values a level has.
    pub(crate) fn size(&self, level: usize) -> u32 {
        self.sizes[level]
    }

    /// The cell of a value.
    pub(crate) fn cell(&self, level: usize, value: u32) -> u32 {
        let after = self.starts[level].partition_point(|start| *start <= value);
        u32::try_from(after.saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// The first and last value of a cell.
    pub(crate) fn values(&self, level: usize, cell: u32) -> (u32, u32) {
        let starts = &self.starts[level];
        let first = starts.get(cell as usize).copied().unwrap_or_default();
        let next = starts.get(cell as usize + 1).copied().unwrap_or(self.sizes[level]);
        (first, next.saturating_sub(1))
    }

    /// The values of some cells, given in rising order, as runs.
    pub(crate) fn runs(&self, level: usize, cells: &[u32]) -> Vec<(u32, u32)> {
        let mut runs: Vec<(u32, u32)> = Vec::new();
        for cell in cells {
            let (first, last) = self.values(level, *cell);
            match runs.last_mut() {
                Some((_, end)) if end.checked_add(1) == Some(first) => *end = last,
                _ => runs.push((first, last)),
            }
        }
        runs
    }

    /// The edges of a question for some values, which are whole cells.
    pub(crate) fn edges(&self, level: usize, values: &Runs) -> Vec<Edge> {
        let mut edges = Vec::new();
        let mut next = 0;
        for (first, last) in values.iter() {
            if first >= self.sizes[level] {
                break;
            }
            let (from, to) = (self.cell(level, first), self.cell(level, last));
            if from > next {
                edges.push(Edge { last: from - 1, to: FALSE });
            }
            edges.push(Edge { last: to, to: TRUE });
            next = to + 1;
        }
        let cells = u32::try_from(self.starts[level].len()).unwrap_or(u32::MAX);
        if next < cells {
            edges.push(Edge { last: cells - 1, to: FALSE });
        }
        edges
    }
}

/// Every condition of a text.
pub(crate) fn conditions(response: &Response) -> Vec<&Condition> {
    let floors = response.claims.iter().filter_map(|claim| match claim {
        Claim::Floor(floor) => Some(&floor.when),
        Claim::Never(_) | Claim::Worse(_) => None,
    });
    response
        .rules
        .iter()
        .map(|rule| &rule.when)
        .chain(&response.impossible)
        .chain(response.overrides.iter().map(|line| &line.when))
        .chain(response.expectations.iter().map(|case| &case.when))
        .chain(floors)
        .collect()
}

fn cut(condition: &Condition, cuts: &mut [BTreeSet<u32>]) {
    match condition {
        Condition::Always => {}
        Condition::Is { attribute, values } => {
            if let Some(cuts) = cuts.get_mut(*attribute) {
                for (first, last) in values.iter() {
                    cuts.insert(first);
                    cuts.insert(last.saturating_add(1));
                }
            }
        }
        Condition::Not(other) => cut(other, cuts),
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().for_each(|part| cut(part, cuts));
        }
    }
}
