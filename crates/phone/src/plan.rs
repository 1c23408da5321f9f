//! What one telephone is going to do.

use std::sync::Arc;

use intake::location::pidf::Place;
use intake::sip::Peer;
use intake::sip::sdp::Codec;

use crate::oddity::Oddity;

/// One call to be made.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The Request-URI: `urn:service:sos`.
    pub target: String,
    /// The next hop.
    pub to: Peer,
    /// Who calls: the user part of From, Contact and P-Asserted-Identity, `+16175550123`.
    pub number: String,
    /// The name beside the number; empty: none is given.
    pub name: String,
    /// What the call says of where it comes from.
    pub place: Where,
    /// The names of call and incident that come along; `None`: the centre mints them.
    pub identifiers: Option<Identifiers>,
    /// Offered, best first.
    pub codecs: Vec<Codec>,
    /// What is spoken.
    pub speech: Speech,
    /// When the caller hangs up by themselves.
    pub hang_up: HangUp,
    /// What is done wrong, on purpose.
    pub oddity: Option<Oddity>,
}

/// What a call says of its place.
#[derive(Clone, Debug, Default)]
pub enum Where {
    /// Nothing.
    #[default]
    Unsaid,
    /// The place itself, in the message: a shape, an address, or both, the coarser one first.
    Value(Vec<Place>),
    /// Where it can be asked for: an `https:` or `sip:` URI.
    Reference(String),
}

/// `urn:emergency:uid:callid:...` and `urn:emergency:uid:incidentid:...`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifiers {
    /// The call's.
    pub call: String,
    /// The incident's.
    pub incident: String,
}

/// What a caller speaks.
#[derive(Clone, Debug)]
pub enum Speech {
    /// Voice packets of silence.
    Silence,
    /// A pure tone of so many hertz, below 4,000.
    Tone(u32),
    /// These samples, 8,000 a second, once; then silence.
    Samples(Arc<Vec<i16>>),
}

/// When a caller hangs up, in milliseconds; each is counted from its own moment, and the latest
/// moment that has one counts. All `None`: never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HangUp {
    /// After the INVITE.
    pub called_ms: Option<u64>,
    /// After the first 180.
    pub ringing_ms: Option<u64>,
    /// After the answer.
    pub answered_ms: Option<u64>,
}
