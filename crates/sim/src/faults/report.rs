//! What a day came to, in numbers that two runs can be compared by.

use evenhand_core::Timestamp;
use journal::{Hash, leaf_hash};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// One day under faults in which nothing broke.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Report {
    /// The seed: it gives the same day on every machine.
    pub seed: u64,
    /// What went wrong, by kind.
    pub faults: BTreeMap<&'static str, u64>,
    /// Calls presented.
    pub calls: u64,
    /// Incidents created.
    pub incidents: u64,
    /// Times that the centre was opened again.
    pub restarts: u64,
    /// What happened, by name: events, `refused ...`, `decided ...`.
    pub happened: BTreeMap<String, u64>,
    /// Entries in the journal.
    pub entries: u64,
    /// Outputs of the centre, lost ones included.
    pub outputs: u64,
    /// From the last fault until every call was accounted for and every incident closed, in
    /// milliseconds.
    pub drained_ms: u64,
    /// SHA-256 chain over every output, and the journal's root at the end, in hex.
    pub hash: String,
}

/// A promise that was broken.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("oracle `{oracle}` at {at}: {text}")]
pub struct Violation {
    /// Which promise.
    pub oracle: &'static str,
    /// The true time.
    pub at: Timestamp,
    /// What was seen.
    pub text: String,
    /// The journal until then, an entry a line, to be read by whoever looks for the cause.
    pub entries: Vec<String>,
}

impl Report {
    /// Faults of all kinds.
    pub fn fault_count(&self) -> u64 {
        self.faults.values().sum()
    }

    /// Orders that the rules refused.
    pub fn refusal_count(&self) -> u64 {
        let refused = self.happened.iter().filter(|(name, _)| name.starts_with("refused "));
        refused.map(|(_, count)| count).sum()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "seed {}: {} calls, {} incidents, {} entries, {} refusals, {} faults, {} restarts, \
             drained in {} min, {}",
            self.seed,
            self.calls,
            self.incidents,
            self.entries,
            self.refusal_count(),
            self.fault_count(),
            self.restarts,
            self.drained_ms / 60_000,
            self.hash,
        )
    }
}

/// Counts, while the day goes on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub faults: BTreeMap<&'static str, u64>,
    pub restarts: u64,
    pub outputs: u64,
    chain: Hash,
}

impl Tally {
    /// One more of a kind.
    pub fn fault(&mut self, kind: &'static str) {
        *self.faults.entry(kind).or_default() += 1;
    }

    /// Takes a text into the chain of everything that came out.
    pub fn chain(&mut self, text: &str) {
        let mut bytes = self.chain.to_vec();
        bytes.extend_from_slice(text.as_bytes());
        self.chain = leaf_hash(&bytes);
    }

    /// The chain, and what stands in the journal in the end.
    pub fn hash(&self, root: &Hash) -> String {
        let both = leaf_hash(&[self.chain, *root].concat());
        both.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
