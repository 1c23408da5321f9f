//! The version of a map: a digest of its content, so that two centres can say "the same map".

use std::io;

use ring::digest::{Context, SHA256};
use serde::Serialize;

/// Hex digits kept of the digest: enough to tell versions apart, short enough to be read aloud.
const DIGITS: usize = 16;

/// Short digest of bytes: the first 16 hex digits of their SHA-256.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    let mut hasher = Hasher(Context::new(&SHA256));
    hasher.0.update(bytes);
    hasher.finish()
}

/// Short digest of a value's JSON; two equal values have equal digests on every machine.
#[must_use]
pub fn digest_of<T: Serialize>(value: &T) -> String {
    let mut hasher = Hasher(Context::new(&SHA256));
    // Hashing cannot fail; a value that JSON cannot hold would, and is told apart from all others.
    if let Err(error) = serde_json::to_writer(&mut hasher, value) {
        hasher.0.update(error.to_string().as_bytes());
    }
    hasher.finish()
}

struct Hasher(Context);

impl Hasher {
    fn finish(self) -> String {
        let hash = self.0.finish();
        let mut text: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        text.truncate(DIGITS);
        text
    }
}

impl io::Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digest_is_the_start_of_sha_256() {
        assert_eq!(digest(b"abc"), "ba7816bf8f01cfea");
        assert_eq!(digest_of(&7), digest(b"7"));
    }
}
