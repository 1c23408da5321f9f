//! Locations.

use evenhand_intake::location::pidf;

/// What can be read can be written, and then read again.
pub fn check(bytes: &[u8]) {
    match pidf::read(bytes) {
        Ok(found) => {
            let written = pidf::write(&found);
            let again = pidf::read(written.as_bytes());
            assert!(again.is_ok(), "{again:?}: {written}");
        }
        Err(unusable) => assert!(!unusable.to_string().is_empty()),
    }
}
