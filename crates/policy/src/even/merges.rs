//! The ways in which two functions become one.

use super::diagram::{
    CONFLICT, FALSE, IMPOSSIBLE, LEAF_MAX, Merge, NONE, Node, TRUE, is_leaf, leaf, number,
};

/// Both conditions hold.
pub(crate) struct And;

impl Merge for And {
    fn id(&self) -> u32 {
        1
    }

    fn known(&self, f: Node, g: Node) -> Option<Node> {
        match (f, g) {
            (FALSE, _) | (_, FALSE) => Some(FALSE),
            (TRUE, other) | (other, TRUE) => Some(other),
            _ => (f == g).then_some(f),
        }
    }

    fn commutes(&self) -> bool {
        true
    }
}

/// One of two conditions holds.
pub(crate) struct Or;

impl Merge for Or {
    fn id(&self) -> u32 {
        2
    }

    fn known(&self, f: Node, g: Node) -> Option<Node> {
        match (f, g) {
            (TRUE, _) | (_, TRUE) => Some(TRUE),
            (FALSE, other) | (other, FALSE) => Some(other),
            _ => (f == g).then_some(f),
        }
    }

    fn commutes(&self) -> bool {
        true
    }
}

/// The second function where the first, a condition, holds; elsewhere nothing has decided.
pub(crate) struct Guard;

impl Merge for Guard {
    fn id(&self) -> u32 {
        3
    }

    fn known(&self, f: Node, g: Node) -> Option<Node> {
        match (f, g) {
            (FALSE, _) => Some(NONE),
            (TRUE, other) => Some(other),
            (_, NONE) => Some(NONE),
            _ => None,
        }
    }
}

/// The first function where it has decided, else the second.
pub(crate) struct First;

impl Merge for First {
    fn id(&self) -> u32 {
        4
    }

    fn known(&self, f: Node, g: Node) -> Option<Node> {
        match (f, g) {
            (NONE, other) | (other, NONE) => Some(other),
            _ => (is_leaf(f) || f == g).then_some(f),
        }
    }
}

/// The second function where the first, a condition, holds; elsewhere the call is impossible.
pub(crate) struct Possible;

impl Merge for Possible {
    fn id(&self) -> u32 {
        5
    }

    fn known(&self, f: Node, g: Node) -> Option<Node> {
        match (f, g) {
            (FALSE, _) | (_, IMPOSSIBLE) => Some(IMPOSSIBLE),
            (TRUE, other) => Some(other),
            _ => None,
        }
    }
}

/// The value on which both agree; impossible calls have no say.
pub(crate) struct Agree;

impl Merge for Agree {
    fn id(&self) -> u32 {
        6
    }

    fn known(&self, f: Node, g: Node) -> Option<Node> {
        match (f, g) {
            (CONFLICT, _) | (_, CONFLICT) => Some(CONFLICT),
            (IMPOSSIBLE, other) | (other, IMPOSSIBLE) => Some(other),
            _ if f == g => Some(f),
            _ => (is_leaf(f) && is_leaf(g)).then_some(CONFLICT),
        }
    }

    fn commutes(&self) -> bool {
        true
    }
}

/// The smaller number: the better value, or the earlier rule. What is impossible has no say.
pub(crate) struct Least;

impl Merge for Least {
    fn id(&self) -> u32 {
        7
    }

    fn known(&self, f: Node, g: Node) -> Option<Node> {
        match (f, g) {
            (IMPOSSIBLE, other) | (other, IMPOSSIBLE) => Some(other),
            _ if f == g => Some(f),
            _ => (is_leaf(f) && is_leaf(g)).then_some(f.min(g)),
        }
    }

    fn commutes(&self) -> bool {
        true
    }
}

/// The greater number; nothing decided counts least.
pub(crate) struct Greatest;

impl Merge for Greatest {
    fn id(&self) -> u32 {
        8
    }

    fn known(&self, f: Node, g: Node) -> Option<Node> {
        match (f, g) {
            (NONE, other) | (other, NONE) => Some(other),
            _ if f == g => Some(f),
            _ => (is_leaf(f) && is_leaf(g)).then_some(f.max(g)),
        }
    }

    fn commutes(&self) -> bool {
        true
    }
}

/// Whether the first value is greater, that is worse, than the second, both being possible.
pub(crate) struct Worse;

impl Merge for Worse {
    fn id(&self) -> u32 {
        9
    }

    fn known(&self, f: Node, g: Node) -> Option<Node> {
        if f == g || f == IMPOSSIBLE || g == IMPOSSIBLE || f == leaf(0) {
            return Some(FALSE);
        }
        (is_leaf(f) && is_leaf(g)).then_some(if f > g { TRUE } else { FALSE })
    }
}

/// Whether the two values differ, both being possible.
pub(crate) struct Differ;

impl Merge for Differ {
    fn id(&self) -> u32 {
        10
    }

    fn known(&self, f: Node, g: Node) -> Option<Node> {
        if f == g || f == IMPOSSIBLE || g == IMPOSSIBLE {
            return Some(FALSE);
        }
        (is_leaf(f) && is_leaf(g)).then_some(TRUE)
    }

    fn commutes(&self) -> bool {
        true
    }
}

/// Both values in one leaf, `first * values + second`; impossible if either is.
pub(crate) struct Both {
    pub id: u32,
    pub values: u32,
}

impl Merge for Both {
    fn id(&self) -> u32 {
        self.id
    }

    fn known(&self, f: Node, g: Node) -> Option<Node> {
        if f == IMPOSSIBLE || g == IMPOSSIBLE {
            return Some(IMPOSSIBLE);
        }
        (is_leaf(f) && is_leaf(g)).then(|| leaf(number(f) * self.values + number(g)))
    }
}

/// What decided and what would decide without it: the first rule that holds and the value of the
/// next, so that one diagram tells which rules decide and which could be left out.
///
/// A leaf holds `(rule + 1) * (values + 1) + next`, where `next` is a value's number plus 1, or 0.
pub(crate) struct Deciders<'a> {
    pub id: u32,
    /// For each rule the number of its value.
    pub values: &'a [u32],
    /// How many values there are.
    pub count: u32,
    /// An accommodation takes the greatest value, not the first.
    pub greatest: bool,
}

impl Deciders<'_> {
    /// The leaf of a rule on its own; none if there are too many.
    pub(crate) fn alone(&self, rule: usize) -> Option<Node> {
        let number = u32::try_from(rule).ok()?.checked_add(1)?.checked_mul(self.count + 1)?;
        (number < LEAF_MAX - self.count - 1).then_some(leaf(number))
    }

    /// The deciding rule and the value that would come without it.
    pub(crate) fn read(&self, node: Node) -> (usize, Option<u32>) {
        let (rule, next) = (number(node) / (self.count + 1), number(node) % (self.count + 1));
        (rule as usize - 1, next.checked_sub(1))
    }

    fn write(&self, rule: usize, next: Option<u32>) -> Node {
        let rule = u32::try_from(rule).unwrap_or_default() + 1;
        leaf(rule * (self.count + 1) + next.map_or(0, |next| next + 1))
    }
}

impl Merge for Deciders<'_> {
    fn id(&self) -> u32 {
        self.id
    }

    fn known(&self, f: Node, g: Node) -> Option<Node> {
        if f == NONE || g == NONE {
            return Some(if f == NONE { g } else { f });
        }
        if is_leaf(f) {
            let (rule, next) = self.read(f);
            if next.is_some() && !self.greatest {
                return Some(f);
            }
            if is_leaf(g) {
                let (other, after) = self.read(g);
                let (own, its) = (self.values[rule], self.values[other]);
                return Some(if !self.greatest {
                    self.write(rule, Some(its))
                } else if own >= its {
                    self.write(rule, next.max(Some(its)))
                } else {
                    self.write(other, after.max(Some(own)))
                });
            }
        }
        None
    }
}
