//! One leg as call handling knows it: from the first INVITE to the free line.

use super::identifiers::Identifiers;
use super::output::Held;
use crate::location::GeolocationReference as Reference;
use crate::location::pidf::Place;
use crate::sip::{LegId, Peer};
use core::net::SocketAddr;
use evenhand_core::{CallId, PersonId};

/// Where a leg stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The centre has not recorded it yet; the caller has heard 100 and nothing else.
    Recording,
    /// It rings.
    Ringing,
    /// A person answered; the address for voice is awaited.
    Answering,
    /// 200 was sent or the other side answered.
    Up,
    /// We call; the other side has not answered.
    Dialling,
}

/// One leg.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub leg: LegId,
    pub stage: Stage,
    /// The key under which the call was presented.
    pub key: String,
    /// The call, once it is on the journal.
    pub call: Option<CallId>,
    /// The caller hung up while the call was not recorded yet: it is abandoned as soon as it is.
    pub gave_up: bool,
    pub test: bool,
    /// The offer; empty: the INVITE had none, and our answer carries it.
    pub offer: Vec<u8>,
    /// Our address for voice.
    pub voice: Option<SocketAddr>,
    /// Who speaks.
    pub person: Option<PersonId>,
    pub from: Peer,
    /// Locations by reference, best first.
    pub references: Vec<Reference>,
    /// How often they were asked for again.
    pub asked_again: u32,
    /// Why the location that came with it is not usable.
    pub no_location: Option<String>,
    /// Additional Data to be fetched.
    pub additional_at: Vec<String>,
    /// The place that came with it.
    pub place: Option<Place>,
    /// Its names, for servers that are asked about it.
    pub identifiers: Option<Identifiers>,
    /// Kept until the call has a number, and then by that.
    pub remembered: Option<Remembered>,
    /// We called.
    pub dialled: bool,
    /// Whom we call.
    pub target: String,
    /// Who is meant by that, where another URI says so.
    pub called: Option<String>,
    /// A person says that the caller who was rung back is reached.
    pub reached: bool,
    /// The description that we sent last.
    pub description: String,
    /// Versions of the session description, counted as RFC 3264 section 8 wants.
    pub version: u64,
    pub held: Held,
}

impl Line {
    pub fn new(leg: LegId, key: String, from: Peer) -> Self {
        Self {
            leg,
            stage: Stage::Recording,
            key,
            call: None,
            gave_up: false,
            test: false,
            offer: Vec::new(),
            voice: None,
            person: None,
            from,
            references: Vec::new(),
            asked_again: 0,
            no_location: None,
            additional_at: Vec::new(),
            place: None,
            identifiers: None,
            remembered: None,
            dialled: false,
            target: String::new(),
            called: None,
            reached: false,
            description: String::new(),
            version: 0,
            held: Held::Speaking,
        }
    }
}

/// What is kept of a call after its leg is over, so that the caller can be rung back.
#[derive(Clone, Debug)]
pub(super) struct Remembered {
    /// Where the caller is called: P-Asserted-Identity, or From.
    pub callback: String,
    /// The caller's own address at the time.
    pub contact: Option<String>,
    /// The last hop of the call.
    pub from: Peer,
    /// The INVITE as text, for subscribers to abandoned calls.
    pub invite: String,
    /// When it came.
    pub at: u64,
}
