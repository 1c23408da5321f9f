//! A diagram laid out for walking: values in, one number out, a few steps, no allocation.

use super::diagram::{Diagrams, Node, is_leaf, number};
use super::space::Space;
use super::table::Table;

const LEAF: u32 = 1 << 31;

/// One function of a call, as a table of questions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Flat {
    root: u32,
    questions: Vec<Question>,
    /// Answers by value, for questions that take the direct way; by run for the others.
    targets: Vec<u32>,
    /// Last value of each run, beside `targets`; unused for direct questions.
    lasts: Vec<u32>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Question {
    /// Where the value lies in a call.
    place: u32,
    start: u32,
    /// How many targets.
    length: u32,
    /// Whether the value itself says which target.
    direct: bool,
}

impl Flat {
    /// For calls that are given as one value for each attribute of the text.
    pub(crate) fn of(diagrams: &Diagrams, space: &Space, root: Node) -> Self {
        Self::over(diagrams, space, root, &space.order)
    }

    /// For calls that are given in another way: `places` says for each level where its value lies.
    pub(crate) fn over(diagrams: &Diagrams, space: &Space, root: Node, places: &[usize]) -> Self {
        let (mut nodes, _) = diagrams.reach(root);
        nodes.reverse();
        let mut numbers = Table::new();
        for (place, node) in nodes.iter().enumerate() {
            numbers.set(u64::from(*node), u32::try_from(place).unwrap_or(u32::MAX));
        }
        let place = |node: Node| {
            if is_leaf(node) {
                LEAF | number(node)
            } else {
                numbers.get(u64::from(node)).unwrap_or(LEAF)
            }
        };
        let mut flat = Self {
            root: place(root),
            questions: Vec::with_capacity(nodes.len()),
            targets: Vec::new(),
            lasts: Vec::new(),
        };
        for node in nodes {
            let asked = places.get(diagrams.level(node)).copied().unwrap_or(usize::MAX);
            flat.add((diagrams, space), node, asked, &place);
        }
        flat
    }

    fn add(
        &mut self,
        (diagrams, space): (&Diagrams, &Space),
        node: Node,
        asked: usize,
        place: &impl Fn(Node) -> u32,
    ) {
        let level = diagrams.level(node);
        let edges = diagrams.edges(node);
        let size = space.size(level) as usize;
        let direct = size <= 8 || size <= 4 * edges.len();
        let start = self.targets.len();
        let mut next = 0;
        for edge in edges {
            let (_, last) = space.values(level, edge.last);
            let times = if direct { last + 1 - next } else { 1 };
            next = last + 1;
            for _ in 0..times {
                self.targets.push(place(edge.to));
                self.lasts.push(last);
            }
        }
        self.questions.push(Question {
            place: u32::try_from(asked).unwrap_or(u32::MAX),
            start: u32::try_from(start).unwrap_or(u32::MAX),
            length: u32::try_from(self.targets.len() - start).unwrap_or(u32::MAX),
            direct,
        });
    }

    /// The number in the leaf for a call. A value beyond its domain counts as the greatest, one
    /// that is not given as the first.
    pub(crate) fn walk(&self, call: &[u32]) -> u32 {
        let mut at = self.root;
        while at & LEAF == 0 {
            let question = &self.questions[at as usize];
            let value = call.get(question.place as usize).copied().unwrap_or_default();
            let (start, length) = (question.start as usize, question.length as usize);
            let run = if question.direct {
                value as usize
            } else {
                let lasts = &self.lasts[start..start + length];
                lasts.partition_point(|last| *last < value)
            };
            at = self.targets[start + run.min(length - 1)];
        }
        at & !LEAF
    }

    /// Whether it ever asks for the value at a place.
    pub(crate) fn asks(&self, place: usize) -> bool {
        self.questions.iter().any(|question| question.place as usize == place)
    }
}
