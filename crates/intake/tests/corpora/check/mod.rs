//! What the fuzzers ask, one function a target: any bytes, and only our own mistakes may panic.
//!
//! The fuzzers in `fuzz/` and the ordinary tests run the same functions, so that the targets build
//! wherever the tests do, and what a fuzzer found stays found.

pub mod held;
pub mod lost;
pub mod multipart;
pub mod pidf;
pub mod rtp;
pub mod sdp;
pub mod sip;

/// A target: its name, which is its corpus folder's too, and what it asks.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 7] = [
    ("held", held::check),
    ("lost", lost::check),
    ("multipart", multipart::check),
    ("pidf", pidf::check),
    ("rtp", rtp::check),
    ("sdp", sdp::check),
    ("sip", sip::check),
];
