//! A place that is asked from again and again: the times from it to every node, searched once.
//!
//! The sums are the same whole numbers that the reverse search adds up from the other end, over the
//! same ways, so the answers are equal, not merely close.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::graph::{Graph, Heading};
use crate::search::{Spot, direct_us};

/// The times from one spot to all nodes.
#[derive(Clone, Debug)]
pub(crate) struct Base {
    from: Spot,
    // `u64::MAX`: no way.
    at_us: Vec<u64>,
}

impl Base {
    /// Searches from a spot to everywhere.
    pub(crate) fn search(graph: &Graph, from: Spot) -> Self {
        let mut base = Self { from, at_us: vec![u64::MAX; graph.node_count] };
        let mut queue = BinaryHeap::new();
        for heading in [Heading::Along, Heading::Against] {
            if let Some(way) = graph.way(from.way).filter(|way| way.may_drive(heading)) {
                let us = way.between_us(from.offset_mm, way.end_mm(heading));
                base.improve(way.ends(heading).1, us, &mut queue);
            }
        }
        while let Some(Reverse((us, node))) = queue.pop() {
            if base.node_us(node) != Some(us) {
                continue;
            }
            for arc in graph.outgoing.of(node) {
                base.improve(arc.node, us + arc.us, &mut queue);
            }
        }
        base
    }

    /// The time to a spot; `None` if there is no way.
    pub(crate) fn us_to(&self, graph: &Graph, to: Spot) -> Option<u64> {
        let way = graph.way(to.way)?;
        let headings = [Heading::Along, Heading::Against].into_iter();
        let through_a_node =
            headings.filter(|heading| way.may_drive(*heading)).filter_map(|heading| {
                let rest = way.between_us(way.start_mm(heading), to.offset_mm);
                Some(self.node_us(way.ends(heading).0)? + rest)
            });
        let direct = direct_us(graph, self.from, to).map(|(_, us)| us);
        through_a_node.chain(direct).min()
    }

    fn node_us(&self, node: u32) -> Option<u64> {
        self.at_us.get(node as usize).copied().filter(|us| *us < u64::MAX)
    }

    fn improve(&mut self, node: u32, us: u64, queue: &mut BinaryHeap<Reverse<(u64, u32)>>) {
        if let Some(known) = self.at_us.get_mut(node as usize).filter(|known| us < **known) {
            *known = us;
            queue.push(Reverse((us, node)));
        }
    }
}
