//! What the calls of a seed came to, in numbers that two runs can be compared by.

use std::collections::BTreeMap;
use std::fmt;

/// The calls of one seed, in which nothing broke.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// The seed: it gives the same calls on every machine.
    pub seed: u64,
    /// INVITEs that reached us, retransmissions not counted.
    pub invites: u64,
    /// Calls on the journal.
    pub calls: u64,
    /// What went wrong, by kind.
    pub faults: BTreeMap<&'static str, u64>,
    /// What happened: events by name, `accounted ...`, and `final ...` for each final response.
    pub happened: BTreeMap<String, u64>,
    /// From the first to the last thing that happened, in milliseconds.
    pub lasted_ms: u64,
    /// SHA-256 chain over every message that we sent, and the journal's root at the end, in hex.
    pub hash: String,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faults: u64 = self.faults.values().sum();
        write!(
            f,
            "seed {}: {} INVITEs, {} calls, {} faults, over in {} min, {}",
            self.seed,
            self.invites,
            self.calls,
            faults,
            self.lasted_ms / 60_000,
            self.hash,
        )
    }
}
