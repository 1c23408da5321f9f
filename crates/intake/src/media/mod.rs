//! Voice packets: RTP and RTCP, G.711, the jitter buffer, and what tells that nobody is heard.
//!
//! Everything here is a function of bytes and of the milliseconds it is told: no socket, no clock,
//! no chance. `server/` owns the sockets and calls in; a simulation can do the same. Telephone
//! voice has 8,000 samples a second, so one millisecond is eight ticks of an RTP timestamp, and a
//! packet usually holds 20 ms.

pub mod rtp;

pub mod rtcp;

pub mod g711;

mod reception;
mod reorder;

mod jitter_buffer;
mod stamp;

mod watch;

mod telephone_event;

mod tone;
pub mod wav;

pub use g711::Law;
pub use jitter_buffer::{JitterBuffer, Played};
pub use reception::{Arrival, Reception};
pub use reorder::{Order, Reorder, Voice};
pub use rtp::{RtpDefect, RtpPacket};
pub use stamp::{Stamp, Stamper};
pub use telephone_event::{DigitReader, TelephoneEvent};
pub use tone::{Tone, loudness, strongest_of};
pub use watch::{DEAD_MS, Expected, MediaState, MediaWatch, Seen};

/// Samples in a millisecond of telephone voice, and ticks of its RTP timestamp (RFC 3551, 4.5.14).
pub const TICKS_PER_MS: u32 = 8;
/// Milliseconds in one packet, unless both sides said otherwise (RFC 3551, 4.2).
pub const PACKET_MS: u32 = 20;
/// Samples in one packet, and bytes of it in G.711.
pub const PACKET_SAMPLES: usize = 160;
