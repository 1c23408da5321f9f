//! What the verifier found, in one line, with the first sequence number that fails.

use std::path::PathBuf;

/// Why a journal is not what was signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Forgery {
    /// The body was changed.
    #[error("entry `{seq}`: the body does not match its leaf hash")]
    Body {
        /// The entry.
        seq: u64,
    },
    /// The leaf hash was changed; body and link still agree.
    #[error("entry `{seq}`: the leaf hash was changed, body and link still agree")]
    Leaf {
        /// The entry.
        seq: u64,
    },
    /// The chain breaks here: this entry, or its link, was rewritten.
    #[error("entry `{seq}`: the link does not follow from the entry before it")]
    Link {
        /// The entry.
        seq: u64,
    },
    /// Entries are missing.
    #[error("entry `{seq}`: removed; the next one found is `{found}`")]
    Missing {
        /// The first that is missing.
        seq: u64,
        /// The one that stands in its place.
        found: u64,
    },
    /// An entry stands in the place of another.
    #[error("entry `{seq}`: swapped; its body says it is {}", numbered(*.found))]
    OutOfPlace {
        /// The place.
        seq: u64,
        /// What the body calls itself.
        found: Option<u64>,
    },
    /// Fewer entries than a signed checkpoint covers.
    #[error("entry `{seq}`: cut off; a signed checkpoint covers `{signed}` entries")]
    Truncated {
        /// The first that is missing.
        seq: u64,
        /// What is signed.
        signed: u64,
    },
    /// Entries that no checkpoint covers. Each batch is written with its checkpoint.
    #[error("entry `{seq}`: added, or its checkpoint was removed; none covers it")]
    Uncovered {
        /// The first that is not covered.
        seq: u64,
    },
    /// Bodies, leaves and links agree, but are not those that were signed.
    #[error("entries `{seq}` to `{size}`: rewritten with their hashes; the signed root differs")]
    Root {
        /// The first that may be rewritten: all before it fit an earlier checkpoint.
        seq: u64,
        /// Size of the checkpoint that does not fit.
        size: u64,
    },
    /// A journal signed anew: it differs from a checkpoint that was kept elsewhere.
    #[error(
        "among entries `1` to `{size}`: rewritten and signed anew; the kept checkpoint differs"
    )]
    Kept {
        /// Size of the kept checkpoint.
        size: u64,
    },
    /// A kept checkpoint that cannot be used.
    #[error("the kept checkpoint cannot be used: {cause}")]
    KeptNote {
        /// Why not.
        cause: String,
    },
    /// A checkpoint that is not one, or whose signature does not fit.
    #[error("checkpoint over `{seq}` entries: {cause}")]
    Note {
        /// The size it claims.
        seq: u64,
        /// What is wrong with it.
        cause: String,
    },
    /// A checkpoint is missing, or one was put in.
    #[error(
        "checkpoint over `{size}` entries follows one over `{previous}`, but `{found}` is there"
    )]
    CheckpointGap {
        /// Size of the checkpoint that does not follow.
        size: u64,
        /// The size that it names as the one before.
        previous: u64,
        /// The size that was there before.
        found: u64,
    },
    /// A checkpoint or sealed value that was given after its entry.
    #[error("entry `{seq}`: a checkpoint or sealed value of it was given after it")]
    TooLate {
        /// The entry.
        seq: u64,
    },
    /// A sealed value or its salt was changed.
    #[error("entry `{seq}`: sealed value `{name}` does not match its commitment")]
    Sealed {
        /// The entry.
        seq: u64,
        /// Name of the value.
        name: String,
    },
    /// A sealed value that its entry knows nothing of.
    #[error("entry `{seq}`: sealed value `{name}` has no commitment there")]
    Stray {
        /// The entry.
        seq: u64,
        /// Name of the value.
        name: String,
    },
    /// More sealed values than were signed as written.
    #[error("entry `{seq}` or after it: more sealed values than were signed as written")]
    SealedCount {
        /// First entry after the checkpoint before.
        seq: u64,
    },
    /// Damage in the file, or bytes of a page that are not in the form of one.
    #[error("entry `{seq}`: cannot be read: {cause}")]
    Unreadable {
        /// The first entry that cannot be read.
        seq: u64,
        /// What the store said.
        cause: String,
    },
    /// Every entry reads and fits, but the file is damaged in other places.
    #[error("all `{entries}` entries fit, but the file around them is damaged: {cause}")]
    Structure {
        /// How many entries fit.
        entries: u64,
        /// What the store said.
        cause: String,
    },
    /// There is nothing to verify, or nothing to verify it with.
    #[error("`{dir}` cannot be verified: {cause}", dir = dir.display())]
    NoJournal {
        /// Where it was looked for.
        dir: PathBuf,
        /// What was missing.
        cause: String,
    },
}

impl Forgery {
    /// The first sequence number that fails, where one can be named.
    pub fn seq(&self) -> Option<u64> {
        match self {
            Self::Body { seq }
            | Self::Leaf { seq }
            | Self::Link { seq }
            | Self::Missing { seq, .. }
            | Self::OutOfPlace { seq, .. }
            | Self::Truncated { seq, .. }
            | Self::Uncovered { seq }
            | Self::Root { seq, .. }
            | Self::Note { seq, .. }
            | Self::TooLate { seq }
            | Self::Sealed { seq, .. }
            | Self::Stray { seq, .. }
            | Self::SealedCount { seq }
            | Self::Unreadable { seq, .. } => Some(*seq),
            Self::CheckpointGap { found, .. } => Some(*found + 1),
            Self::Kept { .. } => Some(1),
            Self::KeptNote { .. } | Self::Structure { .. } | Self::NoJournal { .. } => None,
        }
    }
}

fn numbered(found: Option<u64>) -> String {
    found.map_or_else(|| "none".to_owned(), |seq| format!("`{seq}`"))
}
