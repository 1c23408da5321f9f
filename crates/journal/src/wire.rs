//! Pages of a journal as a running centre serves them and `verify` reads them.
//!
//! Bodies travel as text, so that a person can read a page; hashes as hex. The page is not trusted:
//! the verifier re-hashes what it says.

use serde::{Deserialize, Serialize};

use crate::hash::Hash;
use crate::journal::Journal;
use crate::sealed::{Commitment, SealedValue};
use crate::store::{Store, StoreError, Stored, StoredCheckpoint};
use crate::text::{hash_from_hex, to_hex};
use crate::verify::{CHUNK, Forgery};

/// Some entries in order, with all that belongs to them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WirePage {
    /// Number of entries in the whole journal when the page was made. Not trusted.
    pub length: u64,
    /// Entries in order; empty at the end of the journal.
    pub entries: Vec<WireEntry>,
    /// Checkpoints over sizes from the first to the last entry of the page.
    pub checkpoints: Vec<WireCheckpoint>,
    /// Sealed values of these entries; `null` if whoever asks may not see them.
    pub sealed: Option<Vec<WireSealed>>,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WireEntry {
    /// Its number.
    pub seq: u64,
    /// Its body, byte for byte, as text.
    pub body: String,
    /// Leaf hash, hex.
    pub leaf: String,
    /// Link, hex.
    pub link: String,
}

/// One checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WireCheckpoint {
    /// Number of entries it covers.
    pub size: u64,
    /// The signed note.
    pub note: String,
}

/// One sealed value: personal data, for those who may see it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WireSealed {
    /// The entry it belongs to.
    pub seq: u64,
    /// Its name.
    pub name: String,
    /// Its commitment, hex.
    pub commitment: String,
    /// Its salt, hex.
    pub salt: String,
    /// The value.
    pub value: String,
}

impl std::fmt::Debug for WireSealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { seq, name, commitment, .. } = self;
        write!(f, "WireSealed {{ seq: {seq}, name: {name:?}, commitment: {commitment:?}, .. }}")
    }
}

/// What on a page cannot be read or made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// Hex of the wrong length or with other letters.
    #[error("`{field}` is not hex of the right length")]
    Hex {
        /// Which field.
        field: &'static str,
    },
    /// A body that is not text cannot be served.
    #[error("the body of entry `{seq}` is not text")]
    Body {
        /// The entry.
        seq: u64,
    },
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl WireError {
    /// As a finding of the verifier.
    pub(crate) fn at(&self, seq: u64) -> Forgery {
        Forgery::Unreadable { seq, cause: self.to_string() }
    }
}

impl WirePage {
    /// The page from entry `from` on, at most `limit` entries (and never more than 4,096), without
    /// sealed values.
    pub fn read<S: Store>(
        journal: &Journal<S>,
        from: u64,
        limit: usize,
    ) -> Result<Self, WireError> {
        let from = from.max(1);
        let entries = journal.read(from, limit.min(CHUNK))?;
        let last = entries.last().map_or(0, |entry| entry.seq);
        let checkpoints = journal.store().checkpoints(from, entries.len())?;
        let covered = checkpoints.into_iter().filter(|checkpoint| checkpoint.size <= last);
        Ok(Self {
            length: journal.next_seq() - 1,
            checkpoints: covered
                .map(|StoredCheckpoint { size, note }| WireCheckpoint { size, note })
                .collect(),
            entries: entries.into_iter().map(WireEntry::new).collect::<Result<_, _>>()?,
            sealed: None,
        })
    }

    /// The same with sealed values, for those who may see them.
    pub fn read_with_sealed<S: Store>(
        journal: &Journal<S>,
        from: u64,
        limit: usize,
    ) -> Result<Self, WireError> {
        let page = Self::read(journal, from, limit)?;
        let sealed = match (page.entries.first(), page.entries.last()) {
            (Some(first), Some(last)) => journal.store().sealed_of(first.seq, last.seq)?,
            _ => Vec::new(),
        };
        Ok(Self { sealed: Some(sealed.into_iter().map(WireSealed::new).collect()), ..page })
    }

    /// Number of the entry that the next page starts with; `None` at the end.
    pub fn next(&self) -> Option<u64> {
        self.entries.last().map(|entry| entry.seq.saturating_add(1))
    }
}

impl WireEntry {
    fn new(entry: Stored) -> Result<Self, WireError> {
        let Stored { seq, body, leaf, link } = entry;
        let body = String::from_utf8(body).map_err(|_bytes| WireError::Body { seq })?;
        Ok(Self { seq, body, leaf: to_hex(&leaf), link: to_hex(&link) })
    }

    /// The entry it stands for.
    pub fn read(&self) -> Result<Stored, WireError> {
        Ok(Stored {
            seq: self.seq,
            body: self.body.clone().into_bytes(),
            leaf: hash("leaf", &self.leaf)?,
            link: hash("link", &self.link)?,
        })
    }
}

impl WireCheckpoint {
    /// The checkpoint it stands for.
    pub fn read(&self) -> StoredCheckpoint {
        StoredCheckpoint { size: self.size, note: self.note.clone() }
    }
}

impl WireSealed {
    fn new((seq, sealed): (u64, SealedValue)) -> Self {
        let SealedValue { name, commitment, salt, value } = sealed;
        Self { seq, name, commitment: commitment.to_string(), salt: to_hex(&salt), value }
    }

    /// The entry's number and the sealed value.
    pub fn read(&self) -> Result<(u64, SealedValue), WireError> {
        let commitment = Commitment(hash("commitment", &self.commitment)?);
        let (name, value) = (self.name.clone(), self.value.clone());
        Ok((self.seq, SealedValue { name, commitment, salt: hash("salt", &self.salt)?, value }))
    }
}

fn hash(field: &'static str, text: &str) -> Result<Hash, WireError> {
    hash_from_hex(text).ok_or(WireError::Hex { field })
}
