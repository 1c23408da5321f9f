//! What the endpoint's user wants.

use super::ids::{LegId, SubId, TextId};
use crate::sip::Uri;
use crate::sip::peer::Peer;

/// Names and values of header fields, written as given, in order.
pub type Fields = Vec<(String, String)>;

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// 180 Ringing; reliably where the caller supports it (RFC 3262). It is repeated each minute,
    /// so that no proxy gives up (RFC 3261 section 13.3.1.1), until the answer. How long the
    /// caller wishes to wait (Expires) ends no call: it waits as long as it stays on the line.
    Ring {
        /// An unanswered incoming leg.
        leg: LegId,
    },
    /// 182 Queued, otherwise like `Ring`.
    Queue {
        /// An unanswered incoming leg.
        leg: LegId,
    },
    /// 200 OK.
    Answer {
        /// An unanswered incoming leg.
        leg: LegId,
        /// The answer, or the offer where the INVITE had none.
        sdp: Vec<u8>,
        /// Further header fields.
        headers: Fields,
    },
    /// A final response other than 2xx; the leg ends.
    Reject {
        /// An unanswered incoming leg.
        leg: LegId,
        /// 300 to 699.
        code: u16,
        /// The reason phrase; empty for the usual one.
        reason: String,
        /// Further header fields.
        headers: Fields,
    },
    /// Ends a leg whatever its state: BYE, CANCEL of our own call, or 603 of theirs.
    Hangup {
        /// Any leg.
        leg: LegId,
        /// A Reason header (RFC 3326), as it shall stand there.
        reason: Option<String>,
    },
    /// Agrees to a change of the session.
    AnswerReoffer {
        /// A leg that was reoffered.
        leg: LegId,
        /// The answer, or the offer where there was none.
        sdp: Vec<u8>,
    },
    /// Declines a change of the session with 488; the session stays as it was.
    RejectReoffer {
        /// A leg that was reoffered.
        leg: LegId,
    },
    /// Changes the session by re-INVITE: hold, resume, another address.
    Reoffer {
        /// A confirmed leg.
        leg: LegId,
        /// The offer.
        sdp: Vec<u8>,
    },
    /// Asks the peer to call someone: a blind transfer, or with `replaces` one to a call we have.
    Refer {
        /// A confirmed leg.
        leg: LegId,
        /// Whom to call.
        to: Uri,
        /// The leg whose place the new call shall take at its peer.
        replaces: Option<LegId>,
    },
    /// 202 to a REFER, and the first NOTIFY.
    AcceptRefer {
        /// A leg in which a REFER waits.
        leg: LegId,
    },
    /// 603 to a REFER.
    RejectRefer {
        /// A leg in which a REFER waits.
        leg: LegId,
    },
    /// Tells how the call that a REFER asked for goes; the last one from 200 on.
    ReferProgress {
        /// A leg whose REFER was accepted.
        leg: LegId,
        /// The status.
        code: u16,
        /// The reason phrase.
        reason: String,
    },
    /// Calls someone.
    Call(Box<NewCall>),
    /// 200 to a SUBSCRIBE. A `Notify` must follow at once (RFC 6665 section 4.2.1).
    AcceptSubscription {
        /// One that was requested.
        sub: SubId,
        /// Seconds granted, at most those asked for.
        expires: u32,
    },
    /// Refuses a SUBSCRIBE.
    RejectSubscription {
        /// One that was requested.
        sub: SubId,
        /// 300 to 699; 489 for a package that we do not know.
        code: u16,
        /// The reason phrase; empty for the usual one.
        reason: String,
    },
    /// Tells a state. Only one NOTIFY is under way at a time; of those ordered meanwhile the newest
    /// is sent.
    Notify {
        /// An accepted subscription.
        sub: SubId,
        /// Of the body.
        content_type: String,
        /// The state.
        body: Vec<u8>,
        /// Whether the subscription goes on.
        standing: Standing,
    },
    /// Tells something that happened: each of these is sent, one after the other.
    Notice {
        /// An accepted subscription.
        sub: SubId,
        /// Of the body.
        content_type: String,
        /// What happened.
        body: Vec<u8>,
    },
    /// Wants to know a state; refreshed until `Unsubscribe`.
    Subscribe(Box<NewSubscription>),
    /// Ends a subscription of ours.
    Unsubscribe {
        /// One of ours.
        sub: SubId,
    },
    /// Sends a MESSAGE.
    SendText(Box<NewText>),
    /// 200 to a MESSAGE.
    AcceptText {
        /// One that waits.
        text: TextId,
    },
    /// Refuses a MESSAGE.
    RejectText {
        /// One that waits.
        text: TextId,
        /// 300 to 699.
        code: u16,
        /// The reason phrase; empty for the usual one.
        reason: String,
    },
}

/// Whether a subscription goes on after a NOTIFY.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It goes on.
    Active,
    /// It is not decided yet.
    Pending,
    /// This was the last: there is nothing more to tell.
    Over,
}

/// A call to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct NewCall {
    /// From [`super::Endpoint::new_leg`].
    pub leg: LegId,
    /// The Request-URI.
    pub target: Uri,
    /// The To header field, without tag; empty for the target.
    pub to: String,
    /// The From header field, without tag: `"Name" <sip:...>`.
    pub from: String,
    /// The next hop.
    pub via: Peer,
    /// Further header fields, `Route` among them.
    pub headers: Fields,
    /// Of the body.
    pub content_type: String,
    /// The offer, alone or in a multipart. Without one, a 2xx is acknowledged without answer.
    pub body: Vec<u8>,
}

/// A subscription to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct NewSubscription {
    /// From [`super::Endpoint::new_subscription`].
    pub sub: SubId,
    /// The Request-URI and To.
    pub target: Uri,
    /// The From header field, without tag.
    pub from: String,
    /// The next hop.
    pub via: Peer,
    /// The Event header field, with its parameters.
    pub package: String,
    /// The Accept header field; empty leaves it out.
    pub accept: String,
    /// Seconds asked for; 0 asks for the state once.
    pub expires: u32,
    /// Further header fields, `Route` among them.
    pub headers: Fields,
}

/// A MESSAGE to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct NewText {
    /// From [`super::Endpoint::new_text`].
    pub text: TextId,
    /// The call within which it is sent; then `target`, `from` and `via` are the call's own.
    pub leg: Option<LegId>,
    /// The Request-URI and To.
    pub target: Uri,
    /// The From header field, without tag.
    pub from: String,
    /// The next hop.
    pub via: Peer,
    /// Further header fields.
    pub headers: Fields,
    /// Of the body.
    pub content_type: String,
    /// The words.
    pub body: Vec<u8>,
}

/// Why an order was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// It never was, or is over.
    #[error("leg `{}` is not known here; it may have ended meanwhile", .0.0)]
    NoSuchLeg(LegId),
    /// It never was, or is over.
    #[error("subscription `{}` is not known here; it may have ended meanwhile", .0.0)]
    NoSuchSubscription(SubId),
    /// It never was, or was answered already.
    #[error("text `{}` does not wait for an answer", .0.0)]
    NoSuchText(TextId),
    /// The thing is known, but not in the state that the order needs.
    #[error("the order does not fit the state of the leg, subscription or text")]
    OutOfTurn,
    /// A number that was used before.
    #[error("this number was used before; ask the endpoint for a new one")]
    NumberInUse,
    /// A status code that the order cannot carry.
    #[error("`{0}` is not a status code that this order can carry")]
    BadCode(u16),
}
