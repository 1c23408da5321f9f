//! Where entries are kept: one small trait, two stores.

pub mod embedded;
pub mod memory;

use std::num::NonZeroU32;
use std::path::PathBuf;

use crate::hash::Hash;
use crate::sealed::{Commitment, SealedValue};

/// One entry as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its number, from 1, without a gap.
    pub seq: u64,
    /// The bytes that the caller made.
    pub body: Vec<u8>,
    /// RFC 6962 leaf hash of the body.
    pub leaf: Hash,
    /// SHA-256(previous link || leaf).
    pub link: Hash,
}

/// One signed checkpoint as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCheckpoint {
    /// Number of entries it covers.
    pub size: u64,
    /// The signed note.
    pub note: String,
}

/// What is written in one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Entries that follow the last one without a gap. Empty only where the batch is nothing but a
    /// checkpoint over entries that have none yet.
    pub entries: Vec<Stored>,
    /// Sealed values, each with the entry that holds its commitment.
    pub sealed: Vec<(u64, SealedValue)>,
    /// Covers all entries up to the last of this batch. `None` only for a store whose batches share
    /// checkpoints ([`Store::batches_per_checkpoint`]).
    pub checkpoint: Option<StoredCheckpoint>,
}

/// Why the store could not do it. Every kind says whether the state is still known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No room. Nothing of the batch was written; after room is made it may be tried again.
    #[error("the disk is full; nothing of the batch was written")]
    Full,
    /// The outcome is unknown: the whole batch may be there or nothing of it. Only opening the
    /// journal again decides; a retry could write it twice or hide a loss.
    #[error("unknown whether the batch was written ({cause}); open the journal again to know")]
    Unknown {
        /// What the store said.
        cause: String,
    },
    /// An earlier append ended unknown, and the journal was not opened again.
    #[error("an earlier append ended unknown; open the journal again to go on")]
    Unsettled,
    /// The batch does not follow the last entry. Nothing was written.
    #[error("entry `{given}` cannot be next; entry `{expected}` is")]
    NotNext {
        /// The number that would be next.
        expected: u64,
        /// The number that was given.
        given: u64,
    },
    /// A batch without entries. Nothing was written.
    #[error("a batch without entries was given; at least one is needed")]
    EmptyBatch,
    /// A batch without a signed checkpoint, for a store where each has one. Nothing was written.
    #[error("a batch without checkpoint was given; this store keeps one with every batch")]
    Unsigned,
    /// The body does not name its own number as `seq`. Nothing was written.
    #[error("the body of entry `{seq}` does not say `\"seq\":{seq}`")]
    BodySeq {
        /// The entry.
        seq: u64,
    },
    /// A sealed value whose commitment does not stand in the body, or is not that of the value;
    /// nothing would bind it. Nothing was written.
    #[error("sealed value `{name}` is not bound by entry `{seq}`; its commitment must stand there")]
    Unbound {
        /// The entry.
        seq: u64,
        /// Name of the sealed value, never the value.
        name: String,
    },
    /// What is kept cannot be read as it was written.
    #[error("the store is damaged: {cause}")]
    Damaged {
        /// What could not be read.
        cause: String,
    },
    /// The surroundings failed while reading. What is kept is as before.
    #[error("could not read: {cause}")]
    Read {
        /// What the system said.
        cause: String,
    },
    /// Another process has the journal open.
    #[error("the journal in `{dir}` is open in another process", dir = dir.display())]
    InUse {
        /// Its directory.
        dir: PathBuf,
    },
    /// A file beside the database could not be made or read.
    #[error("file `{path}`: {cause}", path = path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        cause: String,
    },
}

impl StoreError {
    /// Whether it is still known what is in the store.
    pub fn state_is_known(&self) -> bool {
        !matches!(self, Self::Unknown { .. } | Self::Unsettled)
    }
}

/// Keeps entries, sealed values and checkpoints.
///
/// - **Durability:** when [`append`](Store::append) returns `Ok`, the whole batch survives the end
///   of the process and the loss of power, as far as the disk keeps its own promises.
///   Opening a store makes everything that it shows durable before anyone acts on it.
/// - **Order:** entries are numbered 1, 2, 3; a batch follows the last entry or is refused.
/// - **Who may call:** one owner, from one thread at a time; one process at a time.
/// - **Trust:** none. A store may lose or alter what it holds; leaf hashes, links and signed
///   checkpoints are what shows it. It is trusted to keep sealed values from other eyes.
pub trait Store {
    /// Writes a whole batch or nothing.
    ///
    /// # Errors
    /// [`StoreError::Full`] and [`StoreError::NotNext`]: nothing was written.
    /// [`StoreError::Unknown`]: the store must be opened again before anything else.
    fn append(&mut self, batch: &Batch) -> Result<(), StoreError>;

    /// How many batches may share a signed checkpoint.
    ///
    /// One wherever anything outlives the process: entries without a checkpoint do not open again.
    fn batches_per_checkpoint(&self) -> NonZeroU32 {
        NonZeroU32::MIN
    }

    /// Entries with seq >= `from`, in order, at most `limit`.
    fn read(&self, from: u64, limit: usize) -> Result<Vec<Stored>, StoreError>;

    /// Number of the last entry; 0 if there is none.
    fn length(&self) -> Result<u64, StoreError>;

    /// Checkpoints with size >= `from`, in order, at most `limit`.
    fn checkpoints(&self, from: u64, limit: usize) -> Result<Vec<StoredCheckpoint>, StoreError>;

    /// The checkpoint of greatest size.
    fn last_checkpoint(&self) -> Result<Option<StoredCheckpoint>, StoreError>;

    /// A sealed value; `None` if it was erased or never was.
    fn sealed(&self, commitment: &Commitment) -> Result<Option<SealedValue>, StoreError>;

    /// All sealed values of the entries `first` to `last`, both included, in order of entry.
    fn sealed_of(&self, first: u64, last: u64) -> Result<Vec<(u64, SealedValue)>, StoreError>;

    /// Erases a sealed value and its salt for good; `false` if there was none.
    ///
    /// Durable when it returns `Ok`, and then no file of the store holds its bytes any more.
    fn erase(&mut self, commitment: &Commitment) -> Result<bool, StoreError>;

    /// A copy of the last checkpoint kept apart from the rest, if the store keeps one.
    ///
    /// It shows a loss of the newest entries that leaves an older, consistent state. It is a guard
    /// against accidents: whoever can rewrite the store can remove the copy.
    fn checkpoint_copy(&self) -> Result<Option<String>, StoreError>;
}

impl<S: Store + ?Sized> Store for Box<S> {
    fn append(&mut self, batch: &Batch) -> Result<(), StoreError> {
        (**self).append(batch)
    }
    fn batches_per_checkpoint(&self) -> NonZeroU32 {
        (**self).batches_per_checkpoint()
    }
    fn read(&self, from: u64, limit: usize) -> Result<Vec<Stored>, StoreError> {
        (**self).read(from, limit)
    }
    fn length(&self) -> Result<u64, StoreError> {
        (**self).length()
    }
    fn checkpoints(&self, from: u64, limit: usize) -> Result<Vec<StoredCheckpoint>, StoreError> {
        (**self).checkpoints(from, limit)
    }
    fn last_checkpoint(&self) -> Result<Option<StoredCheckpoint>, StoreError> {
        (**self).last_checkpoint()
    }
    fn sealed(&self, commitment: &Commitment) -> Result<Option<SealedValue>, StoreError> {
        (**self).sealed(commitment)
    }
    fn sealed_of(&self, first: u64, last: u64) -> Result<Vec<(u64, SealedValue)>, StoreError> {
        (**self).sealed_of(first, last)
    }
    fn erase(&mut self, commitment: &Commitment) -> Result<bool, StoreError> {
        (**self).erase(commitment)
    }
    fn checkpoint_copy(&self) -> Result<Option<String>, StoreError> {
        (**self).checkpoint_copy()
    }
}
