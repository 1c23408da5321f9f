//! Emergency calls by SIP against the real program: from the INVITE on the wire to the row at a
//! position, and what is lost under load; 2,000 calls up at once; and the same SIPp load as
//! Kamailio relays it without any journal.
//!
//! ```text
//! cargo bench -p evenhand --bench calls_by_sip [-- latency|flood|up|relay]
//! ```
//!
//! Callers, the position and the program share this machine. Needs OpenSSL; `relay` SIPp and
//! Kamailio too.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark without its peers is of no use"
)]

mod callers;
#[path = "../../tests/sip/centre.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod centre;
#[path = "../../tests/sip/guide.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod guide;
mod memory;
#[path = "../../tests/sip/person.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod person;
#[path = "../../tests/sip/ports.rs"]
mod ports;
mod relay;
mod ring;

use std::time::Instant;

/// The present, to measure by.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
pub fn now() -> Instant {
    Instant::now()
}

fn main() {
    // `cargo bench` adds an option of its own.
    let asked: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let wants = |name: &str| asked.is_empty() || asked.iter().any(|word| word == name);
    if wants("latency") {
        ring::measure(100, 30);
    }
    if wants("flood") {
        ring::measure(400, 30);
    }
    if wants("up") {
        memory::measure(2_000);
    }
    if wants("relay") {
        relay::measure();
    }
}

/// The value under which this part of a hundred lies; of sorted values.
pub fn percentile(sorted: &[u128], part: usize) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let micros = sorted.get(last * part / 100).copied().unwrap_or_default();
    u32::try_from(micros).map_or(f64::INFINITY, f64::from) / 1_000.0
}
