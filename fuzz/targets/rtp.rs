#![no_main]

#[allow(dead_code, reason = "the other targets")]
#[path = "../../crates/intake/tests/corpora/check/mod.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check::rtp::check(bytes));
