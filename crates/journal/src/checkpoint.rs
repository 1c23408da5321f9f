//! Checkpoints: what the journal was at a given size, signed.
//!
//! The form is C2SP tlog-checkpoint in a C2SP signed-note, so that others' tools read it:
//!
//! ```text
//! county.example/911/journal          origin, also the key's name
//! 17                                  size: number of entries
//! <base64>                            Merkle root over them
//! link <hex>                          extension: last link of the chain
//! previous 12                         extension: size of the checkpoint before this one
//! sealed 5                            extension: sealed values written so far, erased or not
//!
//! — county.example/911/journal <base64 of key id and Ed25519 signature>
//! ```
//!
//! `previous` is what makes a checkpoint taken out of the middle show. `sealed` is what lets a
//! verifier say how many values were erased without having known them.

use crate::hash::Hash;
use crate::key::{PublicKey, SigningKey};
use crate::text::{from_base64, hash_from_hex, to_base64, to_hex};

/// What a checkpoint says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose journal: the name of the key.
    pub origin: String,
    /// Number of entries it covers: 1 to `size`.
    pub size: u64,
    /// Merkle root over their leaf hashes (RFC 6962).
    pub root: Hash,
    /// Link of the last entry; 32 zeros if there is none.
    pub link: Hash,
    /// Size of the checkpoint before this one; 0 for the first.
    pub previous: u64,
    /// Sealed values that were written with these entries, whether or not erased since.
    pub sealed: u64,
}

impl Checkpoint {
    fn text(&self) -> String {
        let Self { origin, size, previous, sealed, .. } = self;
        let (root, link) = (to_base64(&self.root), to_hex(&self.link));
        format!("{origin}\n{size}\n{root}\nlink {link}\nprevious {previous}\nsealed {sealed}\n")
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let checkpoint = Self {
            origin: lines.next()?.to_owned(),
            size: lines.next()?.parse().ok()?,
            root: from_base64(lines.next()?)?.try_into().ok()?,
            link: hash_from_hex(lines.next()?.strip_prefix("link ")?)?,
            previous: lines.next()?.strip_prefix("previous ")?.parse().ok()?,
            sealed: lines.next()?.strip_prefix("sealed ")?.parse().ok()?,
        };
        // One checkpoint has one written form, so leading zeros or further lines are refused.
        (checkpoint.text() == text).then_some(checkpoint)
    }
}

/// A note that is not a checkpoint signed by the key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not in the form of a signed checkpoint.
    #[error("the note is not in the form of a signed checkpoint")]
    Form,
    /// No signature by this key's name and id.
    #[error("the note is not signed by key `{name}`")]
    OtherKey {
        /// Name of the key that was looked for.
        name: String,
    },
    /// A signature line of this key that does not fit the text.
    #[error("the signature by key `{name}` does not fit the text")]
    Signature {
        /// Name of the key.
        name: String,
    },
}

/// A checkpoint with its signature: only made by signing, or by checking the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    // INVARIANT: `note` holds the text of `checkpoint` and a valid signature over it.
    checkpoint: Checkpoint,
    note: String,
}

impl SignedCheckpoint {
    /// Signs a checkpoint. Its origin becomes the name of the key.
    pub fn sign(checkpoint: Checkpoint, key: &SigningKey) -> Self {
        let origin = key.public().name().to_owned();
        let checkpoint = Checkpoint { origin, ..checkpoint };
        let text = checkpoint.text();
        let mut signature = key.public().id().to_vec();
        signature.extend(key.sign(text.as_bytes()));
        let note = format!("{text}\n— {} {}\n", checkpoint.origin, to_base64(&signature));
        Self { checkpoint, note }
    }

    /// Reads a note and checks its signature. Signatures by other keys (witnesses) are passed over.
    pub fn open(note: &str, key: &PublicKey) -> Result<Self, NoteError> {
        let (text, signatures) = note.rsplit_once("\n\n").ok_or(NoteError::Form)?;
        let text = format!("{text}\n");
        let signature = signature_of(signatures, key)?;
        if !key.verifies(text.as_bytes(), &signature) {
            return Err(NoteError::Signature { name: key.name().to_owned() });
        }
        let checkpoint = Checkpoint::parse(&text).ok_or(NoteError::Form)?;
        match checkpoint.origin == key.name() {
            true => Ok(Self { checkpoint, note: note.to_owned() }),
            false => Err(NoteError::Form),
        }
    }

    /// What it says.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The signed note: text to keep elsewhere, print, or hand to a witness.
    pub fn note(&self) -> &str {
        &self.note
    }

    /// Number of entries it covers.
    pub fn size(&self) -> u64 {
        self.checkpoint.size
    }

    /// Merkle root over them.
    pub fn root(&self) -> &Hash {
        &self.checkpoint.root
    }
}

/// The signature by `key` among a note's signature lines; the first one counts.
fn signature_of(lines: &str, key: &PublicKey) -> Result<Vec<u8>, NoteError> {
    if !lines.ends_with('\n') {
        return Err(NoteError::Form);
    }
    for line in lines.lines() {
        let line = line.strip_prefix("— ").ok_or(NoteError::Form)?;
        let (name, signature) = line.split_once(' ').ok_or(NoteError::Form)?;
        let signature = from_base64(signature).ok_or(NoteError::Form)?;
        if let Some((id, signature)) = signature.split_first_chunk::<4>()
            && name == key.name()
            && *id == key.id()
        {
            return Ok(signature.to_vec());
        }
    }
    Err(NoteError::OtherKey { name: key.name().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_seed("county.example/911/journal", [seed; 32]).unwrap()
    }

    fn checkpoint() -> Checkpoint {
        Checkpoint {
            origin: String::new(),
            size: 17,
            root: [3; 32],
            link: [4; 32],
            previous: 12,
            sealed: 5,
        }
    }

    #[test]
    fn signature_line_of_the_specifications_example_is_checked() {
        // The example note and key of C2SP signed-note.
        let key: PublicKey =
            "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
                .parse()
                .unwrap();
        let lines = "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERY\
                     NZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
        let signature = signature_of(lines, &key).unwrap();
        assert!(key.verifies(b"This is an example message.\n", &signature));
        assert!(!key.verifies(b"This is an example message!\n", &signature));
    }

    #[test]
    fn checkpoint_has_these_golden_bytes() {
        let signed = SignedCheckpoint::sign(checkpoint(), &key(9));
        let (text, _signature) = signed.note().split_once("\n\n").unwrap();
        assert_eq!(
            text,
            "county.example/911/journal\n17\nAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=\n\
             link 0404040404040404040404040404040404040404040404040404040404040404\n\
             previous 12\nsealed 5"
        );
        assert_eq!(SignedCheckpoint::open(signed.note(), key(9).public()), Ok(signed));
    }

    #[test]
    fn any_changed_bit_is_refused() {
        let note = SignedCheckpoint::sign(checkpoint(), &key(9)).note().to_owned();
        for bit in 0..note.len() * 8 {
            let mut bytes = note.clone().into_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            if let Ok(changed) = String::from_utf8(bytes) {
                assert!(SignedCheckpoint::open(&changed, key(9).public()).is_err(), "bit {bit}");
            }
        }
    }

    #[test]
    fn another_key_of_the_same_name_is_told_apart() {
        let signed = SignedCheckpoint::sign(checkpoint(), &key(9));
        let name = "county.example/911/journal".to_owned();
        let seen = SignedCheckpoint::open(signed.note(), key(8).public());
        assert_eq!(seen, Err(NoteError::OtherKey { name }));
    }

    #[test]
    fn a_witness_signature_may_stand_beside() {
        let signed = SignedCheckpoint::sign(checkpoint(), &key(9));
        let (text, line) = signed.note().split_once("\n\n").unwrap();
        let note = format!("{text}\n\n— witness.example AAAAAAAA\n{line}");
        assert!(SignedCheckpoint::open(&note, key(9).public()).is_ok());
    }
}
