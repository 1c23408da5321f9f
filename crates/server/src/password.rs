//! Passwords: kept as Argon2id hashes (RFC 9106), compared without telling how long it took.

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};

use crate::chance::{NoRandomBytes, random_bytes, to_hex};
use crate::limits::{PASSWORD_BYTES_MAX, PASSWORD_CHARS_MIN};

/// Memory, passes and lanes: the OWASP password storage cheat sheet's first choice (19 MiB, 2, 1).
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// What is kept of a password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordHash {
    algorithm: Name,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    hash: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Name {
    #[serde(rename = "argon2id")]
    Argon2id,
}

/// Why a password is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too short to be worth hashing.
    #[error("the password has `{0}` characters; at least `{PASSWORD_CHARS_MIN}` are accepted")]
    Short(usize),
    /// Longer than anybody types.
    #[error("the password has `{0}` bytes; at most `{PASSWORD_BYTES_MAX}` are accepted")]
    Long(usize),
    /// The system failed.
    #[error(transparent)]
    Random(#[from] NoRandomBytes),
    /// The parameters in the file cannot be computed with.
    #[error("the password's parameters cannot be used: {0}")]
    Parameters(String),
}

impl PasswordHash {
    /// Hashes a password that a person chose.
    pub(crate) fn of(password: &str) -> Result<Self, PasswordError> {
        let chars = password.chars().count();
        if chars < PASSWORD_CHARS_MIN {
            return Err(PasswordError::Short(chars));
        }
        if password.len() > PASSWORD_BYTES_MAX {
            return Err(PasswordError::Long(password.len()));
        }
        let salt = to_hex(&random_bytes::<16>()?);
        let mut made = Self {
            algorithm: Name::Argon2id,
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            lanes: LANES,
            salt,
            hash: String::new(),
        };
        made.hash = made.compute(password)?;
        Ok(made)
    }

    /// Whether it is this password. Takes about as long for a wrong one as for the right one.
    pub(crate) fn is_of(&self, password: &str) -> bool {
        let fits = password.len() <= PASSWORD_BYTES_MAX;
        fits && self.compute(password).is_ok_and(|hash| same(&hash, &self.hash))
    }

    /// The hash of nobody, so that an unknown name costs as much time as a known one.
    pub(crate) fn of_nobody() -> Self {
        Self {
            algorithm: Name::Argon2id,
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            lanes: LANES,
            salt: "0".repeat(32),
            // No password hashes to this: it is not hex.
            hash: "nobody".to_owned(),
        }
    }

    fn compute(&self, password: &str) -> Result<String, PasswordError> {
        let error = |error: argon2::Error| PasswordError::Parameters(error.to_string());
        let params = Params::new(self.memory_kib, self.passes, self.lanes, None).map_err(error)?;
        let Name::Argon2id = self.algorithm;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut hash = [0; 32];
        argon2
            .hash_password_into(password.as_bytes(), self.salt.as_bytes(), &mut hash)
            .map_err(error)?;
        Ok(to_hex(&hash))
    }
}

/// Compares all bytes before it answers.
pub(crate) fn same(a: &str, b: &str) -> bool {
    let differs = a.bytes().zip(b.bytes()).fold(0, |differs, (a, b)| differs | (a ^ b));
    a.len() == b.len() && differs == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "correct horse battery";

    #[test]
    fn the_right_password_fits_and_another_does_not() {
        let kept = PasswordHash::of(GOOD).unwrap();
        assert!(kept.is_of(GOOD));
        assert!(!kept.is_of("correct horse batterz"));
        let text = serde_json::to_string(&kept).unwrap();
        assert!(!text.contains("horse") && text.contains("argon2id"), "{text}");
        let read: PasswordHash = serde_json::from_str(&text).unwrap();
        assert!(read.is_of(GOOD));
    }

    #[test]
    fn two_people_with_one_password_have_two_hashes() {
        let (one, two) = (PasswordHash::of(GOOD).unwrap(), PasswordHash::of(GOOD).unwrap());
        assert_ne!(one.hash, two.hash);
    }

    #[test]
    fn short_and_endless_passwords_are_refused() {
        assert_eq!(PasswordHash::of("short").err(), Some(PasswordError::Short(5)));
        let endless = "x".repeat(PASSWORD_BYTES_MAX + 1);
        assert_eq!(PasswordHash::of(&endless).err(), Some(PasswordError::Long(1_025)));
    }

    #[test]
    fn nobody_has_no_password() {
        assert!(!PasswordHash::of_nobody().is_of(""));
        assert!(!PasswordHash::of_nobody().is_of("nobody"));
    }

    #[test]
    fn same_compares_length_too() {
        assert!(same("ab", "ab"));
        assert!(!same("ab", "abc") && !same("abc", "ab") && !same("ab", "ac"));
    }
}
