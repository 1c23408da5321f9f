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

/// How long it takes from each node to one spot.
pub(crate) struct Search<'g> {
    graph: &'g Graph,
    pub(crate) to: Spot,
    at_us: Vec<u64>,
    next: Vec<Next>,
    queue: BinaryHeap<Reverse<(u64, u32)>>,
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

impl<'g> Search<'g> {
    /// A search towards `to`; nothing is settled yet.
    pub(crate) fn towards(graph: &'g Graph, to: Spot) -> Self {
        let mut search = Self {
            graph,
            to,
            at_us: vec![u64::MAX; graph.node_count],
            next: vec![Next::Unknown; graph.node_count],
            queue: BinaryHeap::new(),
        };
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
        let mut is_wanted = vec![false; self.graph.node_count];
        let mut wanted = 0_usize;
        let graph = self.graph;
        let nodes = from.filter_map(|spot| graph.way(spot.way));
        for node in nodes.flat_map(|way| [way.from_node, way.to_node]) {
            if let Some(flag) = is_wanted.get_mut(node as usize).filter(|flag| !**flag) {
                *flag = true;
                wanted += 1;
            }
        }
        while wanted > 0 {
            let Some(Reverse((us, node))) = self.queue.pop() else { return };
            if self.node_us(node) != Some(us) {
                // An older, longer entry of a node that has been improved since.
                continue;
            }
            if let Some(flag) = is_wanted.get_mut(node as usize).filter(|flag| **flag) {
                *flag = false;
                wanted -= 1;
            }
            for arc in graph.incoming.of(node) {
                let Some(way) = graph.way(arc.way) else { continue };
                self.improve(arc.node, us + way.whole_us(), Next::Drive(arc.way, arc.heading));
            }
        }
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
        let is_before = from.offset_mm <= self.to.offset_mm;
        let is_after = from.offset_mm >= self.to.offset_mm;
        for (heading, is_ahead) in [(Heading::Along, is_before), (Heading::Against, is_after)] {
            if from.way == self.to.way && is_ahead && way.may_drive(heading) {
                let us = way.between_us(from.offset_mm, self.to.offset_mm);
                consider(Start::Direct(heading, us));
            }
        }
        for heading in [Heading::Along, Heading::Against] {
            if let Some(us) = self.node_us(way.ends(heading).1).filter(|_| way.may_drive(heading)) {
                let end_mm = if heading == Heading::Along { way.length_mm } else { 0 };
                consider(Start::ToNode(heading, way.between_us(from.offset_mm, end_mm) + us));
            }
        }
        best
    }

    /// What a crew at a node does next.
    pub(crate) fn next(&self, node: u32) -> Next {
        self.next.get(node as usize).copied().unwrap_or(Next::Unknown)
    }

    fn node_us(&self, node: u32) -> Option<u64> {
        self.at_us.get(node as usize).copied().filter(|us| *us < u64::MAX)
    }

    fn improve(&mut self, node: u32, us: u64, next: Next) {
        let index = node as usize;
        if let (Some(known), Some(move_on)) = (self.at_us.get_mut(index), self.next.get_mut(index))
            && us < *known
        {
            *known = us;
            *move_on = next;
            self.queue.push(Reverse((us, node)));
        }
    }
}
