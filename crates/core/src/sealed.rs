//! What core may know of a personal value: that it is there, and whether it is the same again.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// The salted commitment to a personal value (number, name, address, point, words spoken).
///
/// The value and its salt lie in a second table and can be destroyed without touching the
/// journal; see `docs/decisions/0004-sealed-fields.md`. In JSON: `{"sealed":"<64 hex digits>"}`,
/// so that whoever reads an entry can tell a sealed field from any other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sealed(pub [u8; 32]);

/// A keyed digest of a caller's number, the same for the same number in one centre; 16 bytes, in
/// JSON 32 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 16]);

const HEX: [char; 16] =
    ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            text.push(HEX.get(usize::from(nibble)).copied().unwrap_or('0'));
        }
    }
    text
}

fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != N.saturating_mul(2) || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({})", hex(&self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({})", hex(&self.0))
    }
}

#[derive(Serialize, Deserialize)]
struct SealedJson {
    sealed: String,
}

impl Serialize for Sealed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        SealedJson { sealed: hex(&self.0) }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Sealed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = SealedJson::deserialize(deserializer)?;
        unhex(&json.sealed)
            .map(Sealed)
            .ok_or_else(|| de::Error::custom("a sealed field holds 64 hex digits"))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex(&self.0))
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        unhex(&text).map(Digest).ok_or_else(|| de::Error::custom("a digest is 32 hex digits"))
    }
}
