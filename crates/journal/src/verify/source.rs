//! Feeding the verifier from a store or from a stopped store's directory.

use std::path::Path;

use super::beside::Beside;
use super::{CopySeen, Forgery, Proof, Verifier};
use crate::checkpoint::SignedCheckpoint;
use crate::key::PublicKey;
use crate::store::embedded::{DATABASE, EmbeddedStore};
use crate::store::{Store, StoreError, Stored};

/// Entries read at a time: some megabytes at most for entries of usual size.
pub(crate) const CHUNK: usize = 4096;

/// Verifies a stopped journal in its directory, with the public key that lies there.
///
/// That key is as good as the directory: to prove anything to others, give the key and a kept
/// checkpoint from elsewhere, with [`verify_dir_with`]. Nothing in the directory is changed.
pub fn verify_dir(dir: &Path) -> Result<Proof, Forgery> {
    let missing = |cause: String| Forgery::NoJournal { dir: dir.to_owned(), cause };
    let key = PublicKey::load(dir).map_err(|error| missing(error.to_string()))?;
    verify_dir_with(dir, &key, &[])
}

/// The same, with a public key and kept checkpoints (signed notes) that came another way.
pub fn verify_dir_with(dir: &Path, key: &PublicKey, kept: &[&str]) -> Result<Proof, Forgery> {
    let missing = |cause: String| Forgery::NoJournal { dir: dir.to_owned(), cause };
    if !dir.join(DATABASE).is_file() {
        return Err(missing(format!("there is no `{DATABASE}`")));
    }
    let store = EmbeddedStore::open_read_only(dir).map_err(|error| match error {
        StoreError::Damaged { cause } => Forgery::Unreadable { seq: 1, cause },
        other => missing(other.to_string()),
    })?;
    let proof = verify_store(&store, key, kept)?;
    store
        .check_structure()
        .map_err(|error| Forgery::Structure { entries: proof.entries, cause: error.to_string() })?;
    Ok(proof)
}

/// Verifies what a store holds: entries, checkpoints, sealed values and the checkpoint copy.
pub fn verify_store<S: Store + ?Sized>(
    store: &S,
    key: &PublicKey,
    kept: &[&str],
) -> Result<Proof, Forgery> {
    let mut verifier = Verifier::new(key.clone());
    for note in kept {
        verifier.kept(note)?;
    }
    let copy = use_copy(store, key, &mut verifier)?;
    // From 0, so that rows with numbers that no journal has are found too.
    let mut from = 0;
    loop {
        let entries = entries_from(store, from)?;
        let last = entries.last().map_or(u64::MAX, |entry| entry.seq);
        let end = entries.is_empty();
        Beside::read(store, from, last).feed(&mut verifier, entries)?;
        if end {
            break;
        }
        from = last.saturating_add(1);
    }
    let kept_elsewhere = kept.iter().filter_map(|note| SignedCheckpoint::open(note, key).ok());
    let kept = kept_elsewhere.map(|checkpoint| checkpoint.size()).max();
    Ok(Proof { copy, kept, ..verifier.finish()? })
}

/// The store's own copy counts as a kept checkpoint, if it can be read.
fn use_copy<S: Store + ?Sized>(
    store: &S,
    key: &PublicKey,
    verifier: &mut Verifier,
) -> Result<CopySeen, Forgery> {
    let copy = store.checkpoint_copy();
    let copy = copy.map_err(|error| Forgery::KeptNote { cause: error.to_string() })?;
    Ok(match copy.map(|note| SignedCheckpoint::open(&note, key)) {
        None => CopySeen::NotLookedFor,
        Some(Err(_unreadable)) => CopySeen::Unreadable,
        Some(Ok(checkpoint)) => {
            verifier.kept(checkpoint.note())?;
            CopySeen::Fits
        }
    })
}

/// The next entries. If a chunk cannot be read, the part of it that can, and then the entry that
/// cannot.
fn entries_from<S: Store + ?Sized>(store: &S, from: u64) -> Result<Vec<Stored>, Forgery> {
    let mut limit = CHUNK;
    loop {
        match store.read(from, limit) {
            Ok(entries) => return Ok(entries),
            Err(error) if limit == 1 => return Err(unreadable(from.max(1), &error)),
            Err(_in_this_chunk) => limit /= 2,
        }
    }
}

pub(super) fn unreadable(seq: u64, error: &StoreError) -> Forgery {
    Forgery::Unreadable { seq, cause: error.to_string() }
}
