//! Random bytes from the operating system: salts, tokens, one-time codes. The only chance there is.

use std::fmt;

use ring::rand::{SecureRandom, SystemRandom};

/// The system gave no random bytes. Nothing that needs them may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRandomBytes;

impl fmt::Display for NoRandomBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the system gave no random bytes; without them nothing can be sealed or signed")
    }
}

impl std::error::Error for NoRandomBytes {}

/// `N` random bytes.
///
/// # Errors
/// [`NoRandomBytes`]: the system's source failed.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], NoRandomBytes> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_unspecified| NoRandomBytes)?;
    Ok(bytes)
}

/// A secret of 256 bits as 64 hex digits.
pub(crate) fn random_token() -> Result<String, NoRandomBytes> {
    Ok(to_hex(&random_bytes::<32>()?))
}

/// A code that a person can type: 16 letters and digits in groups of four, 80 bits.
pub(crate) fn random_code() -> Result<String, NoRandomBytes> {
    // Crockford's base 32: no I, L, O, U.
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut code = String::new();
    for (place, byte) in random_bytes::<16>()?.into_iter().enumerate() {
        if place > 0 && place % 4 == 0 {
            code.push('-');
        }
        code.extend(LETTERS.get(usize::from(byte & 31)).map(|letter| char::from(*letter)));
    }
    Ok(code)
}

/// Lower-case hex.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 of a secret, in hex: what is kept of it.
pub(crate) fn fingerprint(secret: &str) -> String {
    to_hex(ring::digest::digest(&ring::digest::SHA256, secret.as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_tokens_differ_and_have_256_bits() {
        let (one, two) = (random_token().unwrap(), random_token().unwrap());
        assert_eq!((one.len(), two.len()), (64, 64));
        assert_ne!(one, two);
    }

    #[test]
    fn a_code_is_four_groups_of_four() {
        let code = random_code().unwrap();
        let groups: Vec<&str> = code.split('-').collect();
        assert_eq!(groups.len(), 4, "{code}");
        assert!(groups.iter().all(|group| group.len() == 4), "{code}");
    }

    #[test]
    fn fingerprint_is_sha_256() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(fingerprint(""), empty);
    }
}
