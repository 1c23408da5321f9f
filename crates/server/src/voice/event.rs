//! What the voice plane notices.

use intake::media::MediaState;

/// Something that a person, or the call, should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VoiceEvent {
    /// The voice of a leg is in another state than before: silent, one-way, lossy or well again.
    /// Told within one second of the first packet that is missing.
    Media {
        /// Which leg.
        leg: u64,
        /// How it is now.
        state: MediaState,
    },
    /// The caller pressed a key.
    Digit {
        /// Which leg.
        leg: u64,
        /// `0` to `9`, `*`, `#`, `A` to `D`.
        key: char,
    },
    /// How a leg is, every few seconds and when it is closed.
    Statistics {
        /// Which leg.
        leg: u64,
        /// Since its start.
        figures: LegFigures,
    },
    /// A position's browser can be spoken with.
    BrowserHere {
        /// The position.
        position: String,
    },
    /// A position's browser is gone; it connects again by itself if it still runs.
    BrowserGone {
        /// The position.
        position: String,
    },
}

/// The figures of one leg since its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct LegFigures {
    /// Packets of voice from the caller.
    pub received: u64,
    /// Packets that the caller's present stream should have had.
    pub expected: u64,
    /// Those of them that did not come; negative if some came twice.
    pub lost: i64,
    /// How unevenly they came, in milliseconds.
    pub jitter_ms: u32,
    /// Packets sent to the caller, silence among them.
    pub sent: u32,
    /// Share of them that the caller last said to have missed, in 1/256.
    pub lost_by_caller_256ths: u8,
    /// Packets from others than the caller, dropped.
    pub strangers: u64,
    /// Packets that could not be read or were in no agreed codec, dropped.
    pub unreadable: u64,
    /// Packets that the system took from nobody: its buffer was full.
    pub unsent: u64,
}

/// A position as the plane knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PositionVoice {
    /// Its name.
    pub position: String,
    /// Its browser can be spoken with.
    pub connected: bool,
    /// Its call-taker has muted the microphone.
    pub muted: bool,
    /// With whom it speaks.
    pub leg: Option<u64>,
}
