//! Who is responsible for a place: questions and answers.

use evenhand_intake::lost;

/// What can be read can be written, and then read again.
pub fn check(bytes: &[u8]) {
    if let Ok(question) = lost::read_find_service(bytes) {
        let written = lost::write_find_service(&question);
        let again = lost::read_find_service(written.as_bytes());
        assert!(again.is_ok(), "{again:?}: {written}");
    }
    if let Ok(answer) = lost::read_answer(bytes) {
        let written = lost::write_answer(&answer);
        let again = lost::read_answer(written.as_bytes());
        assert!(again.is_ok(), "{again:?}: {written}");
    }
}
