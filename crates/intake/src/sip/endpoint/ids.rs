//! What the endpoint and its user call a thing by.

/// One attempt at a dialog begun by INVITE, ours or theirs; never used twice in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LegId(pub u64);

/// One subscription, ours or theirs; never used twice in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SubId(pub u64);

/// One MESSAGE, ours or theirs; never used twice in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextId(pub u64);
