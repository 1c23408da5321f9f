//! What was written: an ordered, tamper-evident record with signed checkpoints, and its verifier.
//!
//! The journal keeps *entries*: bytes that its caller made, numbered 1, 2, 3 without a gap.
//! It asks one thing of them, that a body names its own `seq`, and otherwise never looks inside.
//! Each entry has an RFC 6962 leaf hash, and a *link*, the hash of the link before it and the
//! leaf, so that a verifier can name the first entry that was rewritten. What binds is the signed
//! *checkpoint*: every appended batch ends in one, over size, Merkle root and last link, written
//! in the same transaction as the batch.
//!
//! Values that identify a person are not in an entry. The entry holds a [`Commitment`]; the
//! [`SealedValue`] lies beside it and can be erased while the entry still verifies.
//!
//! **What this proves.** Whoever holds a checkpoint and the public key, and sees [`Verifier`]
//! succeed with both, knows that none of the entries up to that checkpoint was changed, removed,
//! inserted or put in another order since it was signed.
//!
//! **What it does not prove.** That what was written is true, or that all that happened was
//! written. Nor anything against a thief of the signing key: they can rewrite and sign again. Nor,
//! without a checkpoint kept elsewhere, that the journal was not cut back to an older, then valid,
//! state. So keep checkpoints where the centre cannot reach them: printed at the change of shift,
//! with a neighbour centre, with a newspaper.

mod chain;
mod checkpoint;
mod hash;
mod journal;
mod key;
mod sealed;
pub mod store;
mod text;
mod verify;
mod wire;

pub use checkpoint::{Checkpoint, NoteError, SignedCheckpoint};
pub use hash::{Frontier, Hash, leaf_hash, link_hash, node_hash};
pub use journal::{Appended, Journal, OpenError, Record};
pub use key::{KeyError, PublicKey, SigningKey};
pub use sealed::{Commitment, SealedValue, keyed_digest, salt_for, seal};
pub use store::embedded::{EmbeddedOptions, EmbeddedStore, Synchronous};
pub use store::memory::{Contents, FaultPlan, MemoryDisk, MemoryStore, ReadFault, WriteFault};
pub use store::{Batch, Store, StoreError, Stored, StoredCheckpoint};
pub use verify::{CopySeen, Forgery, Proof, SealedCount, Verifier, verify_store};
pub use verify::{verify_dir, verify_dir_with};
pub use wire::{WireCheckpoint, WireEntry, WireError, WirePage, WireSealed};
