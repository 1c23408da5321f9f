//! What lies beside some entries: their checkpoints and sealed values.
//!
//! Each is given to the verifier just before the entry it belongs to, so that of several forgeries
//! the one with the lowest number is found first.

use super::source::{CHUNK, unreadable};
use super::{Forgery, Verifier};
use crate::sealed::SealedValue;
use crate::store::{Store, StoreError, Stored, StoredCheckpoint};

/// Checkpoints and sealed values of some consecutive entries, in order.
#[derive(Default)]
pub(super) struct Beside {
    pub(super) checkpoints: Vec<StoredCheckpoint>,
    pub(super) sealed: Vec<(u64, SealedValue)>,
    // Up to which entry the two could be read, and why not further.
    pub(super) broken: Option<(u64, Forgery)>,
}

impl Beside {
    /// Reads what belongs to the entries `first` to `last`.
    pub(super) fn read<S: Store + ?Sized>(store: &S, first: u64, last: u64) -> Self {
        let mut beside = Self::default();
        if beside.extend(store, first, last).is_err() {
            // Somewhere in this chunk: once more, entry by entry, to name the first.
            beside = Self::default();
            for seq in first..=last.min(first.saturating_add(CHUNK as u64)) {
                if let Err(error) = beside.extend(store, seq, seq) {
                    beside.broken = Some((seq.max(1), unreadable(seq.max(1), &error)));
                    break;
                }
            }
        }
        beside
    }

    fn extend<S: Store + ?Sized>(
        &mut self,
        store: &S,
        first: u64,
        last: u64,
    ) -> Result<(), StoreError> {
        self.sealed.extend(store.sealed_of(first, last)?);
        let mut from = first;
        loop {
            // Of a single entry there is one checkpoint at most; the next is not asked for.
            let limit = if first == last { 1 } else { CHUNK };
            let found = store.checkpoints(from, limit)?;
            let Some(largest) = found.last().map(|checkpoint| checkpoint.size) else {
                return Ok(());
            };
            self.checkpoints.extend(found.into_iter().filter(|found| found.size <= last));
            if largest >= last {
                return Ok(());
            }
            from = largest.saturating_add(1);
        }
    }

    /// Gives the entries to the verifier, each after what belongs to it. Without entries, what is
    /// left over.
    pub(super) fn feed(self, verifier: &mut Verifier, entries: Vec<Stored>) -> Result<(), Forgery> {
        let mut checkpoints = self.checkpoints.into_iter().peekable();
        let mut sealed = self.sealed.into_iter().peekable();
        let ends = entries.iter().map(|entry| entry.seq).chain([u64::MAX]);
        let mut entries = entries.iter();
        for seq in ends {
            while let Some((of, value)) = sealed.next_if(|(of, _)| *of <= seq) {
                verifier.sealed(of, &value)?;
            }
            while let Some(StoredCheckpoint { size, note }) =
                checkpoints.next_if(|checkpoint| checkpoint.size <= seq)
            {
                verifier.checkpoint_row(size, &note)?;
            }
            if let Some((_, forgery)) = self.broken.as_ref().filter(|(broken, _)| *broken <= seq) {
                return Err(forgery.clone());
            }
            if let Some(Stored { seq, body, leaf, link }) = entries.next() {
                verifier.entry(*seq, body, leaf, link)?;
            }
        }
        Ok(())
    }
}
