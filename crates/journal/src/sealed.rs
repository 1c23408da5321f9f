//! Sealed values: what identifies a person, kept beside the entry and not in it.
//!
//! An entry holds the commitment, a salted hash. The value and its salt lie in a second table.
//! Erasing them leaves a number that looks random, and the entry still verifies.
//!
//! A plain hash of a telephone number can be guessed by trying all numbers, so the salt is never
//! optional, and it must be gone after an erasure: a record key that is kept, or that can be
//! derived again from something that is kept, brings the salt back and with it the guess.

use std::fmt;
use std::str::FromStr;

use ring::hmac;

use crate::hash::{Hash, sha256};
use crate::text::{hash_from_hex, to_hex};

/// What stands in an entry in place of a sealed value: SHA-256 over salt, name and value.
/// Written as 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Commitment(pub [u8; 32]);

impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_hex(&self.0))
    }
}

impl fmt::Debug for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Commitment({self})")
    }
}

/// Text that is not a commitment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a commitment; 64 lower-case hex digits are")]
pub struct NotACommitment(String);

impl FromStr for Commitment {
    type Err = NotACommitment;

    fn from_str(text: &str) -> Result<Self, NotACommitment> {
        hash_from_hex(text).map(Self).ok_or_else(|| NotACommitment(text.to_owned()))
    }
}

/// A value that identifies a person, with what is needed to check it against its commitment.
///
/// The value is personal: `Debug` leaves it and the salt out, so that neither reaches a log.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedValue {
    /// What the value is, such as `number` or `address`; part of the commitment, not secret.
    pub name: String,
    /// What stands in the entry.
    pub commitment: Commitment,
    /// 32 bytes that make the value impossible to guess from the commitment.
    pub salt: [u8; 32],
    /// The value itself.
    pub value: String,
}

impl SealedValue {
    /// Whether the commitment is the one of this name, salt and value.
    pub fn holds(&self) -> bool {
        commit(&self.name, &self.salt, &self.value) == self.commitment
    }
}

impl fmt::Debug for SealedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedValue")
            .field("name", &self.name)
            .field("commitment", &self.commitment)
            .finish_non_exhaustive()
    }
}

/// Seals a value: its commitment is SHA-256(0x02 || salt || length of name, u16 big-endian ||
/// name || value). A name is cut at 65,535 bytes.
pub fn seal(name: &str, salt: [u8; 32], value: &str) -> SealedValue {
    let name = name.get(..name.floor_char_boundary(usize::from(u16::MAX))).unwrap_or(name);
    SealedValue {
        name: name.to_owned(),
        commitment: commit(name, &salt, value),
        salt,
        value: value.to_owned(),
    }
}

fn commit(name: &str, salt: &[u8; 32], value: &str) -> Commitment {
    // A longer name cannot come from `seal`; with the saturated length it simply does not match.
    let length = u16::try_from(name.len()).unwrap_or(u16::MAX);
    let parts = [&[0x02], &salt[..], &length.to_be_bytes(), name.as_bytes(), value.as_bytes()];
    Commitment(sha256(&parts))
}

/// The salt of one field of a record: HMAC-SHA-256(record key, name).
///
/// The record key must be random, of this record alone, and not kept after an erasure.
pub fn salt_for(record_key: &[u8; 32], name: &str) -> [u8; 32] {
    hmac_sha256(record_key, name)
}

/// A digest that tells "the same number again" without telling the number: the first 16 bytes of
/// HMAC-SHA-256(key, value).
///
/// Whoever has the key can try all numbers, so the key is as secret as the values.
pub fn keyed_digest(key: &[u8; 32], value: &str) -> [u8; 16] {
    let mut digest = [0; 16];
    digest.copy_from_slice(&hmac_sha256(key, value)[..16]);
    digest
}

fn hmac_sha256(key: &[u8; 32], text: &str) -> Hash {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    let mut hash = [0; 32];
    hash.copy_from_slice(hmac::sign(&key, text.as_bytes()).as_ref());
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commitment_has_these_golden_bytes() {
        // printf '\x02' + 32 bytes of 07 + '\x00\x06number' + '+16175550123' | sha256sum
        let sealed = seal("number", [7; 32], "+16175550123");
        assert_eq!(
            sealed.commitment.to_string(),
            "a89ba6d4e00c191af53354be691e9409a881e2e05e11a7b36163b9997f573c66"
        );
        assert_eq!(sealed.commitment.to_string().parse(), Ok(sealed.commitment));
        assert!(sealed.holds());
    }

    #[test]
    fn a_changed_name_salt_or_value_no_longer_holds() {
        let sealed = seal("number", [7; 32], "+16175550123");
        let mut other = sealed.clone();
        other.name = "names".into();
        assert!(!other.holds());
        let mut other = sealed.clone();
        other.salt[31] ^= 1;
        assert!(!other.holds());
        let mut other = sealed;
        other.value.push('4');
        assert!(!other.holds());
    }

    #[test]
    fn name_and_value_do_not_run_into_each_other() {
        let salt = [0; 32];
        assert_ne!(seal("ab", salt, "c").commitment, seal("a", salt, "bc").commitment);
    }

    #[test]
    fn debug_shows_neither_value_nor_salt() {
        let shown = format!("{:?}", seal("number", [7; 32], "+16175550123"));
        assert!(shown.contains("number") && !shown.contains("555") && !shown.contains("7, 7"));
    }

    #[test]
    fn hmac_is_that_of_rfc_4231() {
        // RFC 4231 has no 32-byte key; this value is from
        // printf 'Hi There' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0b0b...(32 bytes)
        let key = [0x0b; 32];
        assert_eq!(
            to_hex(&salt_for(&key, "Hi There")),
            "198a607eb44bfbc69903a0f1cf2bbdc5ba0aa3f3d9ae3c1c7a3b1696a0b68cf7"
        );
        assert_eq!(keyed_digest(&key, "Hi There"), salt_for(&key, "Hi There")[..16]);
    }

    #[test]
    fn a_name_too_long_for_its_length_is_cut() {
        assert!(seal(&"é".repeat(40_000), [1; 32], "x").holds());
    }
}
