//! How many calls: exactly, as long as the number fits, and nearly, always.

use serde::{Serialize, Serializer};

use super::diagram::{Diagrams, Node, is_leaf};
use super::space::Space;
use super::table::Table;

/// A number of calls.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Count {
    /// The number itself; none if it has more than 38 digits.
    pub exact: Option<u128>,
    /// Nearly the number.
    pub about: f64,
}

/// Written as a text, because whole numbers of this size are not kept by every reader of JSON:
/// the digits, or `about 1.5e40`.
impl Serialize for Count {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.exact {
            Some(exact) => write!(out, "{exact}"),
            None => write!(out, "about {:.3e}", self.about),
        }
    }
}

impl Count {
    /// No call.
    pub const NONE: Self = Self { exact: Some(0), about: 0.0 };

    #[expect(clippy::cast_precision_loss, reason = "this is the near number")]
    pub(crate) fn of(exact: u128) -> Self {
        Self { exact: Some(exact), about: exact as f64 }
    }

    fn times(self, other: u128) -> Self {
        let of = Self::of(other);
        let exact = self.exact.and_then(|exact| exact.checked_mul(other));
        Self { exact, about: self.about * of.about }
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        let exact = self.exact.zip(other.exact).and_then(|(a, b)| a.checked_add(b));
        Self { exact, about: self.about + other.about }
    }

    /// Whether there is no such call.
    pub fn is_none(&self) -> bool {
        self.exact == Some(0)
    }

    /// Its share of another number, from 0 to 1; 0 of nothing.
    pub fn share_of(&self, whole: &Self) -> f64 {
        if whole.is_none() { 0.0 } else { self.about / whole.about }
    }
}

/// Counts the calls that end in certain leaves.
pub(crate) struct Tally<'a> {
    diagrams: &'a Diagrams,
    space: &'a Space,
    /// Slot of each node in `done`.
    slots: Table<u32>,
    done: Vec<Count>,
}

impl<'a> Tally<'a> {
    pub(crate) fn new(diagrams: &'a Diagrams, space: &'a Space) -> Self {
        Self { diagrams, space, slots: Table::new(), done: Vec::new() }
    }

    /// The calls of the whole space that end in a leaf that `counts`.
    pub(crate) fn count(&mut self, root: Node, counts: &impl Fn(Node) -> bool) -> Count {
        let below = self.below(root, counts);
        self.skipped(below, 0, self.depth(root))
    }

    fn depth(&self, node: Node) -> usize {
        if is_leaf(node) { self.space.levels() } else { self.diagrams.level(node) }
    }

    /// The calls that take any value at the levels from `from` up to `to`.
    fn skipped(&self, count: Count, from: usize, to: usize) -> Count {
        (from..to).fold(count, |count, level| count.times(u128::from(self.space.size(level))))
    }

    /// The choices of values from the node's own level on.
    fn below(&mut self, node: Node, counts: &impl Fn(Node) -> bool) -> Count {
        if is_leaf(node) {
            return if counts(node) { Count::of(1) } else { Count::NONE };
        }
        if let Some(slot) = self.slots.get(u64::from(node)) {
            return self.done[slot as usize];
        }
        let level = self.diagrams.level(node);
        let (mut sum, mut first) = (Count::NONE, 0);
        for edge in self.diagrams.edges(node) {
            let (from, _) = self.space.values(level, first);
            let (_, to) = self.space.values(level, edge.last);
            first = edge.last + 1;
            let below = self.below(edge.to, counts);
            let below = self.skipped(below, level + 1, self.depth(edge.to));
            sum = sum.plus(below.times(u128::from(to - from) + 1));
        }
        let slot = u32::try_from(self.done.len()).unwrap_or(u32::MAX);
        self.slots.set(u64::from(node), slot);
        self.done.push(sum);
        sum
    }
}
