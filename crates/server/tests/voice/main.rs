//! The voice plane over real sockets of this machine, between callers and browsers that speak
//! tones: a tone is what can be known again on the other side.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends at the first thing that is not as it should be"
)]

mod caller;
mod peer;

mod bridged;
mod legs;

use std::time::Instant;

use evenhand_server::voice::{VoicePlane, VoiceSetup};
use intake::media::{loudness, strongest_of};

/// What the caller speaks, in hertz.
pub const CALLER_HERTZ: u32 = 440;
/// What the browser speaks.
pub const BROWSER_HERTZ: u32 = 1_000;
/// Rounds of 20 ms after which a test gives up.
pub const ROUNDS_MAX: usize = 1_500;

/// Samples in which a tone is looked for: 200 ms.
const PIECE: usize = 1_600;

/// The present: WebRTC runs in real time.
#[expect(clippy::disallowed_methods, reason = "WebRTC runs in real time")]
pub fn now() -> Instant {
    Instant::now()
}

/// A plane on ports that no other test of this binary uses.
pub fn plane(first_port: u16) -> VoicePlane {
    let rtp_ports = first_port..=first_port + 19;
    VoicePlane::start(&VoiceSetup { rtp_ports, ..VoiceSetup::default() }).unwrap()
}

/// Whether the last 200 ms are this tone and little else.
pub fn is_tone(heard: &[i16], hertz: u32) -> bool {
    let Some(piece) = heard.last_chunk::<PIECE>() else { return false };
    let asked = (200..3_000).step_by(20);
    strongest_of(piece, asked) == Some(hertz) && loudness(piece, hertz) > 2_000
}

/// Whether the last 200 ms are silent.
pub fn is_silent(heard: &[i16]) -> bool {
    heard.last_chunk::<PIECE>().is_some_and(|piece| piece.iter().all(|s| s.abs() <= 8))
}
