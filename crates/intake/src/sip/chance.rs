//! Randomness from outside: tags, branches and Call-IDs that nobody can guess.

use std::fmt::Write;

/// Fills a slice with random bytes. The driver passes the operating system's, a test a seeded one.
pub type Source = Box<dyn FnMut(&mut [u8]) + Send>;

/// Makes what SIP wants to be random.
pub struct Chance(Source);

impl Chance {
    /// Draws from a source.
    #[must_use]
    pub fn new(source: Source) -> Self {
        Self(source)
    }

    /// A tag: 64 bits (RFC 3261 section 19.3 asks for at least 32).
    pub fn tag(&mut self) -> String {
        self.hex(8)
    }

    /// A branch with the cookie of RFC 3261 section 8.1.1.7.
    pub fn branch(&mut self) -> String {
        format!("z9hG4bK{}", self.hex(8))
    }

    /// A Call-ID: 128 bits, without our address.
    pub fn call_id(&mut self) -> String {
        self.hex(16)
    }

    /// The first RSeq of a call, 1 to 2^30, so that it never overflows (RFC 3262 section 3).
    pub fn rseq(&mut self) -> u32 {
        let mut bytes = [0; 4];
        (self.0)(&mut bytes);
        (u32::from_be_bytes(bytes) >> 2) + 1
    }

    /// A number from `low` up to, and not including, `high`.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        let mut bytes = [0; 8];
        (self.0)(&mut bytes);
        low + u64::from_be_bytes(bytes) % high.saturating_sub(low).max(1)
    }

    fn hex(&mut self, count: usize) -> String {
        let mut bytes = vec![0; count];
        (self.0)(&mut bytes);
        bytes.iter().fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

impl std::fmt::Debug for Chance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Chance")
    }
}
