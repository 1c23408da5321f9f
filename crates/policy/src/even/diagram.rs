//! Multi-valued decision diagrams: a function of a call, from one level of questions to the next,
//! with equal parts held once.
//!
//! A node asks for the cell that one attribute falls in and has one edge for each run of
//! neighbouring cells that lead to the same place. Two functions are equal exactly if they are the
//! same node, so "depends on nothing of the caller" is "no node asks for anything of the caller".
//! Nodes are never freed; when more are needed than the budget allows, the operation ends with
//! [`Overflow`] and never with an answer.

use super::table::{Table, low, mix, pair};

/// A node or, with the highest bit set, a leaf that holds a small number.
pub(crate) type Node = u32;

const LEAF: u32 = 1 << 31;
/// The leaf of calls that are declared impossible.
pub(crate) const IMPOSSIBLE: Node = leaf(1 << 30);
/// The leaf that says: no rule has decided yet.
pub(crate) const NONE: Node = leaf((1 << 30) + 1);
/// The leaf that says: different answers come together here.
pub(crate) const CONFLICT: Node = leaf((1 << 30) + 2);
/// The leaf of a condition that does not hold.
pub(crate) const FALSE: Node = leaf(0);
/// The leaf of a condition that holds.
pub(crate) const TRUE: Node = leaf(1);
/// Numbers in leaves stay below this.
pub(crate) const LEAF_MAX: u32 = 1 << 30;

const VACANT: u32 = u32::MAX;
const CACHE_ENTRIES_MAX: usize = 1 << 22;

/// The leaf that holds a number.
pub(crate) const fn leaf(number: u32) -> Node {
    LEAF | number
}

/// The number in a leaf.
pub(crate) const fn number(node: Node) -> u32 {
    node & !LEAF
}

pub(crate) const fn is_leaf(node: Node) -> bool {
    node & LEAF != 0
}

/// More nodes are needed than allowed: nothing was decided.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Overflow;

/// One run of cells, up to and including `last`, and where it leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Edge {
    pub last: u32,
    pub to: Node,
}

#[derive(Clone, Copy)]
struct Cached {
    key: u64,
    merge: u32,
    result: Node,
}

/// How two functions become one, leaf by leaf.
pub(crate) trait Merge {
    /// The number that tells one kind of merge from every other in one [`Diagrams`].
    fn id(&self) -> u32;

    /// The result, if it is known from these nodes alone. INVARIANT: known for any two leaves.
    fn known(&self, f: Node, g: Node) -> Option<Node>;

    /// Whether the order of the two does not matter.
    fn commutes(&self) -> bool {
        false
    }
}

/// All nodes of one space of calls.
pub(crate) struct Diagrams {
    levels: Vec<u16>,
    /// Where the edges of node `n` begin; they end where those of `n + 1` begin.
    starts: Vec<u32>,
    edges: Vec<Edge>,
    unique: Vec<u32>,
    cache: Vec<Cached>,
    cells: Vec<u32>,
    scratch: Vec<Edge>,
    nodes_max: usize,
    merges: u32,
}

impl Diagrams {
    /// With the number of cells for each level, and the most nodes there may be.
    pub(crate) fn new(cells: Vec<u32>, nodes_max: usize) -> Self {
        let empty = Cached { key: u64::MAX, merge: 0, result: 0 };
        Self {
            levels: Vec::new(),
            starts: vec![0],
            edges: Vec::new(),
            unique: vec![VACANT; 1 << 10],
            cache: vec![empty; 1 << 12],
            cells,
            scratch: Vec::new(),
            nodes_max,
            merges: 100,
        }
    }

    /// How many nodes were ever made.
    pub(crate) fn len(&self) -> usize {
        self.levels.len()
    }

    /// A number for a merge that nothing else uses.
    pub(crate) fn merge_id(&mut self) -> u32 {
        self.merges += 1;
        self.merges
    }

    /// The level a node asks at; leaves come after every level.
    pub(crate) fn level(&self, node: Node) -> usize {
        if is_leaf(node) { usize::MAX } else { usize::from(self.levels[node as usize]) }
    }

    pub(crate) fn cells(&self, level: usize) -> u32 {
        self.cells[level]
    }

    pub(crate) fn edges(&self, node: Node) -> &[Edge] {
        &self.edges[self.range(node)]
    }

    fn range(&self, node: Node) -> std::ops::Range<usize> {
        self.starts[node as usize] as usize..self.starts[node as usize + 1] as usize
    }

    /// The edges as seen from a level: a node of a deeper level does not ask here.
    pub(crate) fn edges_at(&self, node: Node, level: usize) -> Vec<Edge> {
        if self.level(node) == level {
            self.edges(node).to_vec()
        } else {
            vec![Edge { last: self.cells[level] - 1, to: node }]
        }
    }

    /// Where a cell leads, as seen from a level.
    pub(crate) fn child(&self, node: Node, level: usize, cell: u32) -> Node {
        if self.level(node) != level {
            return node;
        }
        let edges = self.edges(node);
        let at = edges.partition_point(|edge| edge.last < cell);
        edges.get(at).map_or(node, |edge| edge.to)
    }

    /// The node that asks at `level` and has these edges; neighbours that lead to the same place
    /// are joined, and a question without consequence is not asked.
    pub(crate) fn node(&mut self, level: usize, edges: &[Edge]) -> Result<Node, Overflow> {
        let base = self.scratch.len();
        for edge in edges {
            self.push(base, *edge);
        }
        self.seal(level, base)
    }

    fn push(&mut self, base: usize, edge: Edge) {
        if self.scratch.len() > base
            && let Some(previous) = self.scratch.last_mut()
            && previous.to == edge.to
        {
            previous.last = edge.last;
            return;
        }
        self.scratch.push(edge);
    }

    /// Makes a node of the edges that lie in the scratch from `base` on, and clears them away.
    fn seal(&mut self, level: usize, base: usize) -> Result<Node, Overflow> {
        let node = match self.scratch.get(base..) {
            Some([only]) => Ok(only.to),
            _ => self.find_or_add(level, base),
        };
        self.scratch.truncate(base);
        node
    }

    fn find_or_add(&mut self, level: usize, base: usize) -> Result<Node, Overflow> {
        let edges = &self.scratch[base..];
        let mask = self.unique.len() - 1;
        let mut at = low(hash(level, edges)) & mask;
        while self.unique[at] != VACANT {
            let node = self.unique[at];
            if usize::from(self.levels[node as usize]) == level
                && self.edges[self.range(node)] == *edges
            {
                return Ok(node);
            }
            at = (at + 1) & mask;
        }
        if self.levels.len() >= self.nodes_max {
            return Err(Overflow);
        }
        let node = u32::try_from(self.levels.len()).map_err(|_| Overflow)?;
        self.edges.extend_from_slice(&self.scratch[base..]);
        self.starts.push(u32::try_from(self.edges.len()).map_err(|_| Overflow)?);
        self.levels.push(u16::try_from(level).map_err(|_| Overflow)?);
        self.unique[at] = node;
        if self.levels.len() * 2 > self.unique.len() {
            self.grow();
        }
        Ok(node)
    }

    fn grow(&mut self) {
        let wider = self.unique.len() * 2;
        self.unique.clear();
        self.unique.resize(wider, VACANT);
        for node in 0..self.levels.len() {
            let edges = &self.edges[self.starts[node] as usize..self.starts[node + 1] as usize];
            let mut at = low(hash(usize::from(self.levels[node]), edges)) & (wider - 1);
            while self.unique[at] != VACANT {
                at = (at + 1) & (wider - 1);
            }
            self.unique[at] = u32::try_from(node).unwrap_or(VACANT);
        }
        if self.cache.len() < CACHE_ENTRIES_MAX {
            let empty = Cached { key: u64::MAX, merge: 0, result: 0 };
            let old = std::mem::take(&mut self.cache);
            self.cache = vec![empty; old.len() * 2];
            for one in old {
                let at = self.cache_place(one.key, one.merge);
                self.cache[at] = one;
            }
        }
    }

    fn cache_place(&self, key: u64, merge: u32) -> usize {
        low(mix(key ^ (u64::from(merge) << 47))) & (self.cache.len() - 1)
    }

    /// Merges two functions. The cache may forget, which costs time and nothing else.
    pub(crate) fn merge(&mut self, how: &impl Merge, f: Node, g: Node) -> Result<Node, Overflow> {
        if let Some(known) = how.known(f, g) {
            return Ok(known);
        }
        let (f, g) = if how.commutes() && f > g { (g, f) } else { (f, g) };
        let key = pair(f, g);
        let cached = self.cache[self.cache_place(key, how.id())];
        if cached.key == key && cached.merge == how.id() {
            return Ok(cached.result);
        }
        let (above, below) = (self.level(f), self.level(g));
        let level = above.min(below);
        let base = self.scratch.len();
        let result =
            if above != below { self.merge_one(how, f, g) } else { self.merge_both(how, f, g) };
        if result.is_err() {
            self.scratch.truncate(base);
            return Err(Overflow);
        }
        let result = self.seal(level, base)?;
        let at = self.cache_place(key, how.id());
        self.cache[at] = Cached { key, merge: how.id(), result };
        Ok(result)
    }

    /// Where only one of the two asks at this level.
    fn merge_one(&mut self, how: &impl Merge, f: Node, g: Node) -> Result<(), Overflow> {
        let base = self.scratch.len();
        let f_asks = self.level(f) < self.level(g);
        for at in self.range(if f_asks { f } else { g }) {
            let edge = self.edges[at];
            let to =
                if f_asks { self.merge(how, edge.to, g)? } else { self.merge(how, f, edge.to)? };
            self.push(base, Edge { last: edge.last, to });
        }
        Ok(())
    }

    fn merge_both(&mut self, how: &impl Merge, f: Node, g: Node) -> Result<(), Overflow> {
        let base = self.scratch.len();
        let (mut f_at, mut g_at) = (self.range(f), self.range(g));
        while f_at.start < f_at.end && g_at.start < g_at.end {
            let (one, other) = (self.edges[f_at.start], self.edges[g_at.start]);
            let to = self.merge(how, one.to, other.to)?;
            let last = one.last.min(other.last);
            self.push(base, Edge { last, to });
            f_at.start += usize::from(one.last == last);
            g_at.start += usize::from(other.last == last);
        }
        Ok(())
    }

    /// Replaces each leaf by another.
    pub(crate) fn map(&mut self, root: Node, to: &impl Fn(Node) -> Node) -> Result<Node, Overflow> {
        self.rewrite(root, &mut Table::new(), usize::MAX, &mut |_, node| Ok(to(node)))
    }

    /// Rebuilds a function: whatever lies at or below `level` is replaced by what `change` makes
    /// of it, which asks nothing above `level`.
    pub(crate) fn rewrite(
        &mut self,
        root: Node,
        memo: &mut Table<Node>,
        level: usize,
        change: &mut impl FnMut(&mut Self, Node) -> Result<Node, Overflow>,
    ) -> Result<Node, Overflow> {
        if let Some(done) = memo.get(u64::from(root)) {
            return Ok(done);
        }
        let result = if is_leaf(root) || self.level(root) >= level {
            change(self, root)?
        } else {
            let mut edges = self.edges(root).to_vec();
            for edge in &mut edges {
                edge.to = self.rewrite(edge.to, memo, level, change)?;
            }
            self.node(self.level(root), &edges)?
        };
        memo.set(u64::from(root), result);
        Ok(result)
    }

    /// Takes one attribute's question away: what it led to is folded into one by `how`.
    pub(crate) fn fold(
        &mut self,
        root: Node,
        level: usize,
        how: &impl Merge,
    ) -> Result<Node, Overflow> {
        self.rewrite(root, &mut Table::new(), level, &mut |all, node| {
            if all.level(node) != level {
                return Ok(node);
            }
            let edges = all.edges(node).to_vec();
            let mut result = None;
            for edge in edges {
                result = Some(match result {
                    None => edge.to,
                    Some(before) => all.merge(how, before, edge.to)?,
                });
            }
            Ok(result.unwrap_or(node))
        })
    }

    /// What is left if one attribute has this cell.
    pub(crate) fn fix(&mut self, root: Node, level: usize, cell: u32) -> Result<Node, Overflow> {
        let mut change = |all: &mut Self, node| Ok(all.child(node, level, cell));
        self.rewrite(root, &mut Table::new(), level, &mut change)
    }

    /// Every node that can be reached, deepest first, and every leaf.
    pub(crate) fn reach(&self, root: Node) -> (Vec<Node>, Vec<Node>) {
        let mut seen = Table::new();
        let (mut nodes, mut leaves) = (Vec::new(), Vec::new());
        self.reach_from(root, &mut seen, &mut nodes, &mut leaves);
        (nodes, leaves)
    }

    fn reach_from(
        &self,
        node: Node,
        seen: &mut Table<bool>,
        nodes: &mut Vec<Node>,
        leaves: &mut Vec<Node>,
    ) {
        if seen.get(u64::from(node)).is_some() {
            return;
        }
        seen.set(u64::from(node), true);
        if is_leaf(node) {
            leaves.push(node);
            return;
        }
        for edge in self.edges(node) {
            self.reach_from(edge.to, seen, nodes, leaves);
        }
        nodes.push(node);
    }
}

fn hash(level: usize, edges: &[Edge]) -> u64 {
    edges.iter().fold(level as u64 + 1, |hash, edge| {
        (hash.rotate_left(23) ^ pair(edge.last, edge.to)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }) ^ 0x51
}
