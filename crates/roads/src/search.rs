//! The reverse search: from the incident backwards to all who might drive there.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::graph::{Graph, Heading};

/// A place along a way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Spot {
    pub(crate) way: u32,
    pub(crate) offset_mm: u64,
}

/// What a crew at a node does next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Next {
    Unknown,
    /// Drives a whole way.
    Drive(u32, Heading),
    /// Drives onto the incident's way, up to the incident.
    Arrive(Heading),
}

/// What a search knows of a node.
#[derive(Clone, Copy, Debug)]
struct Node {
    us: u64,
    next: Next,
    is_wanted: bool,
}

const UNREACHED: Node = Node { us: u64::MAX, next: Next::Unknown, is_wanted: false };

/// The memory of a search, to be used again by the next: on a large map most of a search for a near
/// place would go into making it.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    // INVARIANT: between two searches every node is `UNREACHED`, and the rest is empty.
    nodes: Vec<Node>,
    touched: Vec<u32>,
    // Time and node in one number, so that the order is theirs and one comparison finds it.
    queue: BinaryHeap<Reverse<u128>>,
}

/// How long it takes from each node to one spot.
pub(crate) struct Search<'g> {
    graph: &'g Graph,
    pub(crate) to: Spot,
    scratch: Scratch,
}

/// A first move from a spot, and how long it then takes to the end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Start {
    /// Straight along the common way to the incident.
    Direct(Heading, u64),
    /// To the end of the way with this heading, and on from the node there.
    ToNode(Heading, u64),
}

impl Start {
    pub(crate) fn us(self) -> u64 {
        match self {
            Start::Direct(_, us) | Start::ToNode(_, us) => us,
        }
    }
}

/// The moves from one spot straight to another on the same way.
pub(crate) fn direct_us(
    graph: &Graph,
    from: Spot,
    to: Spot,
) -> impl Iterator<Item = (Heading, u64)> {
    let way = graph.way(from.way).filter(|_| from.way == to.way);
    let is_ahead = move |heading: &Heading| match heading {
        Heading::Along => from.offset_mm <= to.offset_mm,
        Heading::Against => from.offset_mm >= to.offset_mm,
    };
    way.into_iter().flat_map(move |way| {
        let headings = [Heading::Along, Heading::Against].into_iter().filter(is_ahead);
        let driven = headings.filter(|heading| way.may_drive(*heading));
        driven.map(move |heading| (heading, way.between_us(from.offset_mm, to.offset_mm)))
    })
}

impl<'g> Search<'g> {
    /// A search towards `to`; nothing is settled yet.
    pub(crate) fn towards(graph: &'g Graph, to: Spot, mut scratch: Scratch) -> Self {
        scratch.nodes.resize(graph.node_count, UNREACHED);
        let mut search = Self { graph, to, scratch };
        if let Some(way) = graph.way(to.way) {
            if way.may_drive(Heading::Along) {
                let us = way.at_us(to.offset_mm);
                search.improve(way.from_node, us, Next::Arrive(Heading::Along));
            }
            if way.may_drive(Heading::Against) {
                let us = way.between_us(to.offset_mm, way.length_mm);
                search.improve(way.to_node, us, Next::Arrive(Heading::Against));
            }
        }
        search
    }

    /// Settles nodes in the order of their time until all that the spots need are settled.
    pub(crate) fn settle(&mut self, from: impl Iterator<Item = Spot>) {
        let mut wanted = 0_usize;
        let graph = self.graph;
        let ways = from.filter_map(|spot| graph.way(spot.way));
        for node in ways.flat_map(|way| [way.from_node, way.to_node]) {
            if let Some(known) = self.node_mut(node).filter(|known| !known.is_wanted) {
                known.is_wanted = true;
                wanted += 1;
                self.scratch.touched.push(node);
            }
        }
        while wanted > 0 {
            let Some((us, node)) = self.pop() else { return };
            let Some(known) = self.node_mut(node) else { continue };
            if known.us != us {
                // An older, longer entry of a node that has been improved since.
                continue;
            }
            if known.is_wanted {
                known.is_wanted = false;
                wanted -= 1;
            }
            for arc in graph.incoming.of(node) {
                self.improve(arc.node, us + arc.us, Next::Drive(arc.way, arc.heading));
            }
        }
    }

    /// Gives the memory back, for the next search.
    pub(crate) fn into_scratch(self) -> Scratch {
        let Scratch { mut nodes, mut touched, mut queue } = self.scratch;
        for node in touched.drain(..) {
            if let Some(known) = nodes.get_mut(node as usize) {
                *known = UNREACHED;
            }
        }
        queue.clear();
        Scratch { nodes, touched, queue }
    }

    /// The best first move from a spot; on a tie the direct one, then the one along the line.
    pub(crate) fn best_from(&self, from: Spot) -> Option<Start> {
        let way = self.graph.way(from.way)?;
        let mut best: Option<Start> = None;
        let mut consider = |start: Start| {
            if best.is_none_or(|best| start.us() < best.us()) {
                best = Some(start);
            }
        };
        for (heading, us) in direct_us(self.graph, from, self.to) {
            consider(Start::Direct(heading, us));
        }
        for heading in [Heading::Along, Heading::Against] {
            if let Some(us) = self.node_us(way.ends(heading).1).filter(|_| way.may_drive(heading)) {
                let out_us = way.between_us(from.offset_mm, way.end_mm(heading));
                consider(Start::ToNode(heading, out_us + us));
            }
        }
        best
    }

    /// What a crew at a node does next.
    pub(crate) fn next(&self, node: u32) -> Next {
        self.scratch.nodes.get(node as usize).map_or(Next::Unknown, |known| known.next)
    }

    fn node_us(&self, node: u32) -> Option<u64> {
        self.scratch.nodes.get(node as usize).map(|known| known.us).filter(|us| *us < u64::MAX)
    }

    fn node_mut(&mut self, node: u32) -> Option<&mut Node> {
        self.scratch.nodes.get_mut(node as usize)
    }

    fn improve(&mut self, node: u32, us: u64, next: Next) {
        let Scratch { nodes, touched, queue } = &mut self.scratch;
        let Some(known) = nodes.get_mut(node as usize).filter(|known| us < known.us) else {
            return;
        };
        if known.us == u64::MAX {
            touched.push(node);
        }
        known.us = us;
        known.next = next;
        queue.push(Reverse(u128::from(us) << 32 | u128::from(node)));
    }

    fn pop(&mut self) -> Option<(u64, u32)> {
        let Reverse(both) = self.scratch.queue.pop()?;
        let node = u32::try_from(both & u128::from(u32::MAX)).ok()?;
        Some((u64::try_from(both >> 32).ok()?, node))
    }
}
