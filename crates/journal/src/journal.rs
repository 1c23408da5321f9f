//! The journal itself: what turns records into entries, and the only place that signs.

use std::collections::BTreeSet;
use std::fmt;

use crate::chain::{Chain, own_seq};
use crate::checkpoint::{Checkpoint, NoteError, SignedCheckpoint};
use crate::key::SigningKey;
use crate::sealed::{Commitment, SealedValue};
use crate::store::{Batch, Store, StoreError, Stored, StoredCheckpoint};
use crate::verify::{CHUNK, Forgery, verify_store};

/// What a caller gives to be written as one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Canonical JSON text of an object that says its own `seq`. Otherwise not looked into.
    pub body: Vec<u8>,
    /// Values whose commitments stand in the body, as hex.
    pub sealed: Vec<SealedValue>,
}

/// What was written, and is durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Number of the first entry of the batch.
    pub first: u64,
    /// Number of its last entry.
    pub last: u64,
}

/// Why a journal does not open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The last checkpoint is signed by another key than the one given.
    #[error("the journal is not signed by key `{given}`; open it with the key it was written with")]
    OtherKey {
        /// Text form of the public key that was given.
        given: String,
    },
    /// What stands there is not what was signed.
    #[error("the journal does not open: {0}")]
    Forged(#[from] Forgery),
}

/// An append-only journal over a store.
///
/// **Durability:** [`append`](Journal::append) returns `Ok` only when the whole batch and a signed
/// checkpoint over it are safe. (A store of one run may share a checkpoint among several batches;
/// [`cover`](Journal::cover) and [`into_store`](Journal::into_store) then write the last one.)
/// **Order:** as appended. **Who may call:** one owner. **Trust:** the
/// store is not trusted to keep what it was given; the key is.
pub struct Journal<S: Store> {
    store: S,
    key: SigningKey,
    head: Head,
    // INVARIANT: true from an append of unknown outcome on; then nothing is appended any more.
    unsettled: bool,
}

/// Where the journal stands: all that the next batch is made from.
struct Head {
    chain: Chain,
    // The last that was signed; the entries after it wait for the next.
    checkpoint: SignedCheckpoint,
    // Sealed values written so far.
    sealed: u64,
    // Batches since the checkpoint.
    unsigned: u32,
}

impl<S: Store> fmt::Debug for Journal<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (origin, size) = (self.key.public().name(), self.head.chain.size());
        write!(f, "Journal {{ origin: {origin:?}, size: {size}, unsettled: {} }}", self.unsettled)
    }
}

impl<S: Store> Journal<S> {
    /// Opens a journal: reads every entry, recomputes its leaf and link and the Merkle root, and
    /// compares with the last signed checkpoint. The same path at every start, after a crash or
    /// not.
    ///
    /// # Errors
    /// [`OpenError::Forged`] names the first entry that is not what was signed.
    pub fn open(store: S, key: SigningKey) -> Result<Self, OpenError> {
        match Head::read(&store, &key) {
            Ok(Some(head)) => Ok(Self { store, key, head, unsettled: false }),
            // The disk may answer on the next try; that is not for the journal to decide.
            Err(OpenError::Store(error @ StoreError::Read { .. })) => Err(error.into()),
            Err(error @ OpenError::OtherKey { .. }) => Err(error),
            Ok(None) | Err(_) => Err(explain(&store, &key)),
        }
    }

    /// Number that the next entry will have.
    pub fn next_seq(&self) -> u64 {
        self.head.chain.size() + 1
    }

    /// Writes records as one batch, with a signed checkpoint over the new size, in one transaction.
    /// Durable when it returns `Ok`.
    ///
    /// A sealed value that is already there is not written again.
    ///
    /// # Errors
    /// After [`StoreError::Unknown`] nothing can be appended until the journal is opened again.
    /// After any other error nothing was written, and the journal can be used as before.
    pub fn append(&mut self, records: Vec<Record>) -> Result<Appended, StoreError> {
        if self.unsettled {
            return Err(StoreError::Unsettled);
        }
        let first = self.next_seq();
        let (batch, head) = self.prepare(records)?;
        match self.store.append(&batch) {
            Ok(()) => {
                self.head = head;
                Ok(Appended { first, last: self.head.chain.size() })
            }
            Err(error) => {
                self.unsettled = !error.state_is_known();
                Err(error)
            }
        }
    }

    /// Entries with seq >= `from`, in order, at most `limit`; only such as are known to be durable.
    pub fn read(&self, from: u64, limit: usize) -> Result<Vec<Stored>, StoreError> {
        let from = from.max(1);
        let left = self.next_seq().saturating_sub(from);
        self.store.read(from, usize::try_from(left).unwrap_or(usize::MAX).min(limit))
    }

    /// The sealed value of a commitment; `None` if it was erased.
    pub fn open_sealed(&self, commitment: &Commitment) -> Result<Option<String>, StoreError> {
        match self.store.sealed(commitment)? {
            Some(sealed) if sealed.holds() => Ok(Some(sealed.value)),
            None => Ok(None),
            Some(_) => {
                let cause = format!("the sealed value of `{commitment}` is not the one committed");
                Err(StoreError::Damaged { cause })
            }
        }
    }

    /// Erases a sealed value and its salt for good; `false` if there was none.
    ///
    /// The caller first appends an entry that says who erased what and by which right, so that
    /// "erased by law" and "lost" differ.
    pub fn erase(&mut self, commitment: &Commitment) -> Result<bool, StoreError> {
        self.store.erase(commitment)
    }

    /// Signs what no checkpoint covers yet. There is such only in a store whose batches share
    /// checkpoints.
    ///
    /// # Errors
    /// As [`append`](Journal::append).
    pub fn cover(&mut self) -> Result<(), StoreError> {
        if self.unsettled {
            return Err(StoreError::Unsettled);
        }
        if self.head.unsigned == 0 {
            return Ok(());
        }
        let checkpoint = self.head.signed(&self.key);
        let stored = stored(&checkpoint);
        let batch = Batch { entries: Vec::new(), sealed: Vec::new(), checkpoint: Some(stored) };
        self.store.append(&batch).inspect_err(|error| self.unsettled = !error.state_is_known())?;
        self.head.checkpoint = checkpoint;
        self.head.unsigned = 0;
        Ok(())
    }

    /// The last signed checkpoint. Of an empty journal, one over 0 entries.
    pub fn checkpoint(&self) -> &SignedCheckpoint {
        &self.head.checkpoint
    }

    /// The store.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// The store, to be looked after (ballast). Appending to it directly makes the next append
    /// fail.
    pub fn store_mut(&mut self) -> &mut S {
        &mut self.store
    }

    /// Gives the store back, with every entry covered by a checkpoint. (If it does not take the
    /// last one, the entries without are what a verification then names.)
    pub fn into_store(mut self) -> S {
        let _named_by_verify = self.cover();
        self.store
    }

    fn prepare(&self, records: Vec<Record>) -> Result<(Batch, Head), StoreError> {
        if records.is_empty() {
            return Err(StoreError::EmptyBatch);
        }
        let mut chain = self.head.chain.clone();
        let mut entries = Vec::with_capacity(records.len());
        let mut sealed = Vec::new();
        let mut known = BTreeSet::new();
        for Record { body, sealed: values } in records {
            let seq = chain.size() + 1;
            if own_seq(&body) != Some(seq) {
                return Err(StoreError::BodySeq { seq });
            }
            for value in values {
                check_bound(seq, &body, &value)?;
                if known.insert(value.commitment) && self.store.sealed(&value.commitment)?.is_none()
                {
                    sealed.push((seq, value));
                }
            }
            let (leaf, link) = chain.push(&body);
            entries.push(Stored { seq, body, leaf, link });
        }
        let head = self.next_head(chain, sealed.len() as u64);
        let checkpoint = (head.unsigned == 0).then(|| stored(&head.checkpoint));
        Ok((Batch { entries, sealed, checkpoint }, head))
    }

    /// The head after a batch, signed if it is time for it.
    fn next_head(&self, chain: Chain, newly_sealed: u64) -> Head {
        let Head { checkpoint, sealed, unsigned, .. } = &self.head;
        let mut head = Head {
            chain,
            checkpoint: checkpoint.clone(),
            sealed: sealed + newly_sealed,
            unsigned: unsigned + 1,
        };
        if head.unsigned >= self.store.batches_per_checkpoint().get() {
            head.checkpoint = head.signed(&self.key);
            head.unsigned = 0;
        }
        head
    }
}

fn stored(checkpoint: &SignedCheckpoint) -> StoredCheckpoint {
    StoredCheckpoint { size: checkpoint.size(), note: checkpoint.note().to_owned() }
}

impl Head {
    /// A checkpoint over all entries.
    fn signed(&self, key: &SigningKey) -> SignedCheckpoint {
        let checkpoint = Checkpoint {
            origin: String::new(),
            size: self.chain.size(),
            root: self.chain.root(),
            link: *self.chain.link(),
            previous: self.checkpoint.size(),
            sealed: self.sealed,
        };
        SignedCheckpoint::sign(checkpoint, key)
    }

    /// Reads it from a store; `None` if what stands there is not what was signed.
    fn read<S: Store>(store: &S, key: &SigningKey) -> Result<Option<Self>, OpenError> {
        let Some(checkpoint) = last_checkpoint(store, key)? else { return Ok(None) };
        let Some(chain) = rehash(store)? else { return Ok(None) };
        let Checkpoint { size, root, link, .. } = checkpoint.checkpoint();
        let fits = *size == chain.size() && *root == chain.root() && link == chain.link();
        let short = copy_size(store, key)?.is_some_and(|copied| copied > chain.size());
        let sealed = checkpoint.checkpoint().sealed;
        Ok((fits && !short).then_some(Self { chain, checkpoint, sealed, unsigned: 0 }))
    }
}

fn last_checkpoint<S: Store>(
    store: &S,
    key: &SigningKey,
) -> Result<Option<SignedCheckpoint>, OpenError> {
    let Some(stored) = store.last_checkpoint()? else {
        let chain = Chain::default();
        let empty = Checkpoint {
            origin: String::new(),
            size: 0,
            root: chain.root(),
            link: *chain.link(),
            previous: 0,
            sealed: 0,
        };
        return Ok(Some(SignedCheckpoint::sign(empty, key)));
    };
    match SignedCheckpoint::open(&stored.note, key.public()) {
        Ok(checkpoint) => Ok(Some(checkpoint)),
        Err(NoteError::OtherKey { .. }) => {
            Err(OpenError::OtherKey { given: key.public().to_string() })
        }
        Err(NoteError::Form | NoteError::Signature { .. }) => Ok(None),
    }
}

/// Re-hashes all entries, a chunk at a time; `None` at the first that does not fit.
fn rehash<S: Store>(store: &S) -> Result<Option<Chain>, StoreError> {
    let mut chain = Chain::default();
    loop {
        let entries = store.read(chain.size() + 1, CHUNK)?;
        if entries.is_empty() {
            return Ok(Some(chain));
        }
        for Stored { seq, body, leaf, link } in &entries {
            let next = chain.size() + 1;
            if *seq != next || chain.push_checked(body, leaf, link).is_err() {
                return Ok(None);
            }
        }
    }
}

/// Size of the checkpoint copy. One that cannot be read counts as none: a centre must not stay shut
/// because a spare copy is damaged.
fn copy_size<S: Store>(store: &S, key: &SigningKey) -> Result<Option<u64>, StoreError> {
    let copy = store.checkpoint_copy()?;
    let opened = copy.and_then(|note| SignedCheckpoint::open(&note, key.public()).ok());
    Ok(opened.map(|checkpoint| checkpoint.size()))
}

/// The full verification, to say what the quick one only noticed.
fn explain<S: Store>(store: &S, key: &SigningKey) -> OpenError {
    match verify_store(store, key.public(), &[]) {
        Err(forgery) => OpenError::Forged(forgery),
        Ok(_changed_meanwhile) => OpenError::Store(StoreError::Read {
            cause: "two readings of the journal differ; the disk or memory is failing".to_owned(),
        }),
    }
}

fn check_bound(seq: u64, body: &[u8], value: &SealedValue) -> Result<(), StoreError> {
    match value.holds() && stands_in(body, &value.commitment) {
        true => Ok(()),
        false => Err(StoreError::Unbound { seq, name: value.name.clone() }),
    }
}

/// Whether the commitment stands in the body, written as hex.
pub(crate) fn stands_in(body: &[u8], commitment: &Commitment) -> bool {
    let text = commitment.to_string();
    body.windows(text.len()).any(|window| window == text.as_bytes())
}
