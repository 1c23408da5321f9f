//! What call handling is told once.

use crate::sip::Peer;

/// Who we are and how we treat what is missing.
#[derive(Clone, Debug)]
pub struct Settings {
    /// This element's name; the last part of identifiers that we mint.
    pub element: String,
    /// The agency's name.
    pub agency: String,
    /// The host in From headers of ours.
    pub host: String,
    /// The number that callers see when they are rung back.
    pub number: String,
    /// Languages that are spoken here, as tags (BCP 47), best first.
    pub languages: Vec<String>,
    /// The border function that requests of ours go through; `None`: straight to the peer.
    pub border: Option<(String, Peer)>,
    /// Where a call is taken to be from while nobody knows: latitude and longitude in 1e-7
    /// degrees, radius in metres.
    pub default_location: Option<(i32, i32, u32)>,
    /// How long a location or LoST server may take, in milliseconds.
    pub wait_ms: u64,
    /// How often a location by reference is asked for again while the call is up, in
    /// milliseconds; 0: never.
    pub again_ms: u64,
    /// The LoST server that is asked about places outside.
    pub lost_url: Option<String>,
    /// Whose notices of abandoned calls we want: its URI and where it is.
    pub abandoned_from: Option<(String, Peer)>,
}

/// A test call that its caller does not end is ended after this, in milliseconds: it holds a line.
pub const TEST_MS_MAX: u64 = 60_000;
/// Locations asked for again at most so often in one call.
pub const AGAIN_MAX: u32 = 60;
/// Calls of which we remember how to ring back, and what their INVITE was; the oldest is forgotten
/// first, and then the number alone is rung.
pub const REMEMBERED_MAX: usize = 10_000;
/// Bytes of an INVITE or MESSAGE in one sealed piece: 8,000 characters of base 64.
pub const PIECE_BYTES: usize = 6_000;
/// Orders that the centre could not take are given again after so long, in milliseconds.
pub const ORDER_AGAIN_MS: u64 = 500;
/// How long words by MESSAGE from one sender belong to the same call, in milliseconds.
pub const CONVERSATION_MS: u64 = 3_600_000;
