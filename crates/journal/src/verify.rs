//! The verifier: re-hashes everything and believes nothing that stands beside it.
//!
//! It is fed in order, from a file, a store, or pages that a running centre serves. What it proves
//! and what not stands at the top of this crate.
//!
//! Order of feeding: kept checkpoints first; then, again and again, the checkpoints and sealed
//! values of some entries, and the entries themselves. A checkpoint or a sealed value that comes
//! after its entry is refused, because what was already hashed is not kept.

mod beside;
mod forgery;
mod proof;
mod source;

use std::collections::BTreeMap;

pub use forgery::Forgery;
pub use proof::{CopySeen, Proof, SealedCount};
pub(crate) use source::CHUNK;
pub use source::{verify_dir, verify_dir_with, verify_store};

use crate::chain::{Chain, Flaw};
use crate::checkpoint::SignedCheckpoint;
use crate::hash::Hash;
use crate::journal::stands_in;
use crate::key::PublicKey;
use crate::sealed::{Commitment, SealedValue};
use crate::wire::{WireCheckpoint, WirePage};
use beside::Beside;
use proof::when;

/// Checks a journal as it is read.
#[derive(Clone, Debug)]
pub struct Verifier {
    key: PublicKey,
    chain: Chain,
    // Given, and waiting for the entry whose number is their size.
    awaited: BTreeMap<u64, SignedCheckpoint>,
    kept: BTreeMap<u64, Vec<SignedCheckpoint>>,
    // The greatest size given so far, and the greatest that was reached and fits.
    given: u64,
    covered: u64,
    checkpoints: u64,
    // Waiting for the entry that must hold their commitments.
    sealed: BTreeMap<u64, Vec<(String, Commitment)>>,
    seals: Seals,
    first_at: Option<String>,
    last_at: Option<String>,
}

/// Counts of sealed values.
#[derive(Clone, Copy, Debug, Default)]
struct Seals {
    present: u64,
    // What the last fitting checkpoint says were written, and how many were present then.
    signed: u64,
    present_at_checkpoint: u64,
    withheld: bool,
}

impl Verifier {
    /// A verifier that trusts this key and nothing else.
    pub fn new(key: PublicKey) -> Self {
        Self {
            key,
            chain: Chain::default(),
            awaited: BTreeMap::new(),
            kept: BTreeMap::new(),
            given: 0,
            covered: 0,
            checkpoints: 0,
            sealed: BTreeMap::new(),
            seals: Seals::default(),
            first_at: None,
            last_at: None,
        }
    }

    /// A checkpoint that was kept elsewhere: the journal must contain exactly what it covers.
    /// Given before any entry.
    pub fn kept(&mut self, note: &str) -> Result<(), Forgery> {
        let checkpoint = SignedCheckpoint::open(note, &self.key)
            .map_err(|error| Forgery::KeptNote { cause: error.to_string() })?;
        // Two over the same size may differ; then at most one of them can fit.
        self.kept.entry(checkpoint.size()).or_default().push(checkpoint);
        Ok(())
    }

    /// The next checkpoint of the journal itself, before the entry that its size names.
    pub fn checkpoint(&mut self, note: &str) -> Result<(), Forgery> {
        let seq = claimed_size(note).unwrap_or(self.given + 1);
        let checkpoint = SignedCheckpoint::open(note, &self.key)
            .map_err(|error| Forgery::Note { seq, cause: error.to_string() })?;
        let previous = checkpoint.checkpoint().previous;
        let size = checkpoint.size();
        if previous != self.given || size <= previous {
            return Err(Forgery::CheckpointGap { size, previous, found: self.given });
        }
        if size <= self.chain.size() {
            return Err(Forgery::TooLate { seq: size });
        }
        self.given = size;
        self.awaited.insert(size, checkpoint);
        Ok(())
    }

    /// The checkpoint of a row, whose size must be the one in the note.
    fn checkpoint_row(&mut self, size: u64, note: &str) -> Result<(), Forgery> {
        match claimed_size(note) == Some(size) {
            true => self.checkpoint(note),
            false => {
                let cause = "its row and its text name different sizes".to_owned();
                Err(Forgery::Note { seq: size, cause })
            }
        }
    }

    /// A sealed value of entry `seq`, before that entry. Absent ones count as erased.
    pub fn sealed(&mut self, seq: u64, value: &SealedValue) -> Result<(), Forgery> {
        let SealedValue { name, commitment, .. } = value;
        if seq <= self.chain.size() {
            return Err(Forgery::TooLate { seq });
        }
        if !value.holds() {
            return Err(Forgery::Sealed { seq, name: name.clone() });
        }
        self.sealed.entry(seq).or_default().push((name.clone(), *commitment));
        Ok(())
    }

    /// Sealed values are not shown to this verifier, so it does not count them.
    pub fn withhold_sealed(&mut self) {
        self.seals.withheld = true;
    }

    /// The next entry.
    pub fn entry(
        &mut self,
        seq: u64,
        body: &[u8],
        leaf: &Hash,
        link: &Hash,
    ) -> Result<(), Forgery> {
        let next = self.chain.size() + 1;
        if seq != next {
            return Err(Forgery::Missing { seq: next, found: seq });
        }
        self.chain.push_checked(body, leaf, link).map_err(|flaw| match flaw {
            Flaw::Body => Forgery::Body { seq },
            Flaw::Leaf => Forgery::Leaf { seq },
            Flaw::Link => Forgery::Link { seq },
            Flaw::OutOfPlace(found) => Forgery::OutOfPlace { seq, found },
        })?;
        self.check_sealed(seq, body)?;
        self.last_at = when(body);
        if seq == 1 {
            self.first_at = self.last_at.clone();
        }
        self.check_covered(seq)
    }

    /// One page as a running centre serves it.
    pub fn page(&mut self, page: &WirePage) -> Result<(), Forgery> {
        if page.sealed.is_none() {
            self.withhold_sealed();
        }
        let mut beside = Beside::default();
        let shown = page.checkpoints.iter();
        beside.checkpoints = shown.map(WireCheckpoint::read).collect();
        for value in page.sealed.iter().flatten() {
            match value.read() {
                Ok(value) => beside.sealed.push(value),
                Err(error) => {
                    beside.broken.get_or_insert((value.seq, error.at(value.seq)));
                }
            }
        }
        let mut entries = Vec::with_capacity(page.entries.len());
        for entry in &page.entries {
            entries.push(entry.read().map_err(|error| error.at(entry.seq))?);
        }
        beside.feed(self, entries)
    }

    /// Nothing more comes: what was given must be complete.
    pub fn finish(self) -> Result<Proof, Forgery> {
        let entries = self.chain.size();
        let awaited = self.awaited.keys().chain(self.kept.keys()).max();
        if let Some(&signed) = awaited.filter(|size| **size > entries) {
            return Err(Forgery::Truncated { seq: entries + 1, signed });
        }
        if let Some((&seq, values)) = self.sealed.iter().next() {
            let name = values.first().map(|(name, _)| name.clone()).unwrap_or_default();
            return Err(Forgery::Stray { seq, name });
        }
        if self.covered < entries {
            return Err(Forgery::Uncovered { seq: self.covered + 1 });
        }
        Ok(Proof {
            origin: self.key.name().to_owned(),
            entries,
            root: self.chain.root(),
            checkpoints: self.checkpoints,
            kept: self.kept.keys().max().copied(),
            sealed: self.seals.count(),
            first_at: self.first_at,
            last_at: self.last_at,
            copy: CopySeen::NotLookedFor,
        })
    }

    fn check_sealed(&mut self, seq: u64, body: &[u8]) -> Result<(), Forgery> {
        for (name, commitment) in self.sealed.remove(&seq).unwrap_or_default() {
            if !stands_in(body, &commitment) {
                return Err(Forgery::Stray { seq, name });
            }
            self.seals.present += 1;
        }
        Ok(())
    }

    /// Compares with the checkpoints over exactly the entries seen so far.
    fn check_covered(&mut self, size: u64) -> Result<(), Forgery> {
        let mut kept = self.kept.get(&size).into_iter().flatten();
        if kept.any(|kept| !self.fits(kept)) {
            return Err(Forgery::Kept { size });
        }
        if let Some(checkpoint) = self.awaited.remove(&size) {
            if !self.fits(&checkpoint) {
                return Err(Forgery::Root { seq: self.covered + 1, size });
            }
            self.seals.signed_at(checkpoint.checkpoint().sealed, self.covered + 1)?;
            self.covered = size;
            self.checkpoints += 1;
        }
        Ok(())
    }

    fn fits(&self, signed: &SignedCheckpoint) -> bool {
        let signed = signed.checkpoint();
        signed.root == self.chain.root() && signed.link == *self.chain.link()
    }
}

impl Seals {
    /// Between two checkpoints there cannot be more values than were signed as written.
    fn signed_at(&mut self, signed: u64, first: u64) -> Result<(), Forgery> {
        let written = signed.checked_sub(self.signed);
        let present = self.present - self.present_at_checkpoint;
        self.signed = signed;
        self.present_at_checkpoint = self.present;
        match written.is_some_and(|written| present <= written) {
            true => Ok(()),
            false => Err(Forgery::SealedCount { seq: first }),
        }
    }

    fn count(&self) -> SealedCount {
        match self.withheld {
            true => SealedCount::Withheld { written: self.signed },
            false => SealedCount::Checked {
                present: self.present,
                erased: self.signed.saturating_sub(self.present),
            },
        }
    }
}

/// The size that an unchecked note claims, to say where it stood.
fn claimed_size(note: &str) -> Option<u64> {
    note.lines().nth(1)?.parse().ok()
}
