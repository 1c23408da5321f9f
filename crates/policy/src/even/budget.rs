//! How much work a check may take before it says that it has not decided.

/// Limits of one check. None of them is a time, so that the same text is decided, or not, alike
/// everywhere.
#[derive(Clone, Debug)]
pub struct Budget {
    /// Nodes of the diagrams. Some 60 bytes each.
    pub nodes: usize,
    /// Pairs of nodes looked at in one search for a smallest pair.
    pub pairs: usize,
    /// Conflicts of the second engine in one question.
    pub conflicts: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self { nodes: 5_000_000, pairs: 5_000_000, conflicts: 1_000_000 }
    }
}
