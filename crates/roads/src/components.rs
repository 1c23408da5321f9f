//! The main network: the largest set of nodes where each can be reached from each.
//!
//! Every real map has islands (a car park whose entrance is not drawn) and traps (a one-way street
//! that leaves the map at its edge). A crew put onto one could not leave, and an incident on one
//! could not be reached, though in truth both can. So a point is put onto a road that belongs to
//! the main network, and the rest is charged as off-road.

use crate::graph::{Arcs, Graph, Heading, Way};

/// Which ways a crew may start from, and which an incident may lie on.
#[derive(Clone, Debug)]
pub(crate) struct Connected {
    can_leave: Vec<bool>,
    can_arrive: Vec<bool>,
}

impl Connected {
    /// Finds the main network. If no set holds more than half of the nodes, there is none, and
    /// every way that can be driven will do.
    pub(crate) fn find(graph: &Graph) -> Self {
        let drivable = |way: &Option<Way>| way.is_some();
        let all = || graph.ways.iter().map(drivable).collect();
        let Some(main) = main_network(graph) else {
            return Self { can_leave: all(), can_arrive: all() };
        };
        let leads_in = reached(&graph.incoming, graph.node_count, main);
        let led_to = reached(&graph.outgoing, graph.node_count, main);
        let headings = [Heading::Along, Heading::Against];
        let any = |way: &Option<Way>, fits: &dyn Fn(&Way, Heading) -> bool| {
            let may = |way: &Way| headings.iter().any(|h| way.may_drive(*h) && fits(way, *h));
            way.as_ref().is_some_and(may)
        };
        let leaves = |way: &Way, heading| is_in(&leads_in, way.ends(heading).1);
        let arrives = |way: &Way, heading| is_in(&led_to, way.ends(heading).0);
        Self {
            can_leave: graph.ways.iter().map(|way| any(way, &leaves)).collect(),
            can_arrive: graph.ways.iter().map(|way| any(way, &arrives)).collect(),
        }
    }

    /// Whether from this way the main network can be reached.
    pub(crate) fn can_leave(&self, way: u32) -> bool {
        is_in(&self.can_leave, way)
    }

    /// Whether this way can be reached from the main network.
    pub(crate) fn can_arrive(&self, way: u32) -> bool {
        is_in(&self.can_arrive, way)
    }
}

fn is_in(set: &[bool], index: u32) -> bool {
    set.get(index as usize).copied().unwrap_or(false)
}

/// A node of the largest strongly connected set, if it holds more than half of the nodes that have
/// a way. Kosaraju: nodes in the order in which a forward search leaves them, then backwards.
fn main_network(graph: &Graph) -> Option<u32> {
    let nodes = 0..u32::try_from(graph.node_count).unwrap_or(u32::MAX);
    let has_way =
        |node: &u32| !graph.incoming.of(*node).is_empty() || !graph.outgoing.of(*node).is_empty();
    let used = nodes.clone().filter(has_way).count();
    let mut seen = vec![false; graph.node_count];
    let mut left = Vec::new();
    for node in nodes {
        leave_order(&graph.outgoing, node, &mut seen, &mut left);
    }
    seen.fill(false);
    let size = |node: u32, seen: &mut Vec<bool>| spread(&graph.incoming, node, seen);
    left.into_iter().rev().find(|node| size(*node, &mut seen) * 2 > used)
}

/// Nodes reached from `start`, in the order in which a depth-first search is done with them.
fn leave_order(arcs: &Arcs, start: u32, seen: &mut [bool], left: &mut Vec<u32>) {
    let mut stack = vec![(start, false)];
    while let Some((node, is_done)) = stack.pop() {
        if is_done {
            left.push(node);
            continue;
        }
        match seen.get_mut(node as usize) {
            Some(seen) if !*seen => *seen = true,
            _ => continue,
        }
        stack.push((node, true));
        stack.extend(arcs.of(node).iter().map(|arc| (arc.node, false)));
    }
}

/// Marks all that `start` leads to and was not yet seen; returns how many.
fn spread(arcs: &Arcs, start: u32, seen: &mut [bool]) -> usize {
    let mut count = 0;
    let mut stack = vec![start];
    while let Some(node) = stack.pop() {
        match seen.get_mut(node as usize) {
            Some(seen) if !*seen => *seen = true,
            _ => continue,
        }
        count += 1;
        stack.extend(arcs.of(node).iter().map(|arc| arc.node));
    }
    count
}

fn reached(arcs: &Arcs, nodes: usize, start: u32) -> Vec<bool> {
    let mut seen = vec![false; nodes];
    spread(arcs, start, &mut seen);
    seen
}
