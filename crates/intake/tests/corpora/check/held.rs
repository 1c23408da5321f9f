//! What location servers and those who ask them say.

use evenhand_intake::location::held;

/// What can be read can be written, and then read again.
pub fn check(bytes: &[u8]) {
    if let Ok(request) = held::read_request(bytes) {
        let written = held::write_request(&request);
        let again = held::read_request(written.as_bytes());
        assert!(again.is_ok(), "{again:?}: {written}");
    }
    if let Ok(answer) = held::read_answer(bytes) {
        let written = held::write_answer(&answer);
        let again = held::read_answer(written.as_bytes());
        assert!(again.is_ok(), "{again:?}: {written}");
    }
}
