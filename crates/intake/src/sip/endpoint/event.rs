//! What the endpoint tells its user, and what it wants sent.

use super::ids::{LegId, SubId, TextId};
use crate::sip::peer::Peer;
use crate::sip::{Defect, Message, Uri};

/// What `poll` hands out, in the order in which it is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// These bytes go to a peer. With `flow` 0 on a stream the driver opens a connection, keeps it,
    /// and names its number with everything that is received on it.
    Send {
        /// Where to.
        to: Peer,
        /// One whole message.
        bytes: Vec<u8>,
    },
    /// Something happened.
    Event(Event),
}

/// What happened.
///
/// An incoming leg begins with `Incoming`, an outgoing one with the order `Call`; each ends in
/// exactly one of `Cancelled`, `Failed` and `Ended`, and is unknown afterwards. An INVITE that
/// never became a leg is told by exactly one `TurnedAway`, however often it was repeated.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Someone calls. 100 Trying has been sent; nothing else is until it is ordered.
    Incoming {
        /// The new leg.
        leg: LegId,
        /// The request, with `received` in its Via and with its defects.
        invite: Box<Message>,
        /// The bytes as they came.
        raw: Vec<u8>,
        /// The last hop.
        from: Peer,
        /// The leg that this one shall take the place of (RFC 3891). `Answer` ends the old one.
        replaces: Option<LegId>,
    },
    /// An INVITE got its final response (`code`) from the endpoint itself and will be no leg.
    TurnedAway {
        /// What was answered.
        code: u16,
        /// Why.
        why: TurnedAway,
        /// The bytes as they came.
        raw: Vec<u8>,
        /// The last hop.
        from: Peer,
    },
    /// The caller gave up before the answer, by CANCEL or BYE; 487 has been sent.
    Cancelled {
        /// The leg, now over.
        leg: LegId,
        /// The text of the Reason header (RFC 3326), if any.
        reason: Option<String>,
    },
    /// A CANCEL came after our 200: the call stands until the caller's BYE (RFC 3261 section 9.2).
    CancelCrossed {
        /// The leg, still up.
        leg: LegId,
    },
    /// The ACK of a 2xx of ours came: of the call's, or of a re-INVITE's.
    Confirmed {
        /// The leg.
        leg: LegId,
        /// The body, where the offer stood in our 2xx.
        sdp: Option<Vec<u8>>,
    },
    /// The peer wants to change the session, by re-INVITE or UPDATE: answer it by
    /// [`super::Order::AnswerReoffer`] or [`super::Order::RejectReoffer`]. Unanswered for 64*T1,
    /// it is refused with 488 and the session stays as it was.
    Reoffered {
        /// The leg.
        leg: LegId,
        /// The offer; without one, our answer carries the offer and `Confirmed` theirs.
        sdp: Option<Vec<u8>>,
        /// The request.
        message: Box<Message>,
    },
    /// Our `Reoffer` was answered.
    ReofferAnswered {
        /// The leg.
        leg: LegId,
        /// The answer.
        sdp: Option<Vec<u8>>,
    },
    /// Our `Reoffer` was refused; the session stays as it was.
    ReofferFailed {
        /// The leg.
        leg: LegId,
        /// What was answered; 408 where nothing was.
        code: u16,
    },
    /// A confirmed leg is over, or one that we ended ourselves.
    Ended {
        /// The leg.
        leg: LegId,
        /// How it ended.
        why: EndedBy,
        /// The text of the peer's Reason header (RFC 3326), if any.
        reason: Option<String>,
    },
    /// Our call is being worked on.
    Progress {
        /// The leg.
        leg: LegId,
        /// 101 to 199.
        code: u16,
        /// Early media, where offered.
        sdp: Option<Vec<u8>>,
    },
    /// Our call was answered; the ACK has been sent.
    Accepted {
        /// The leg.
        leg: LegId,
        /// The answer to our offer.
        sdp: Option<Vec<u8>>,
        /// The response.
        message: Box<Message>,
    },
    /// Our call was refused, or nobody answered.
    Failed {
        /// The leg, now over.
        leg: LegId,
        /// What was answered; 408 where nothing was, 503 where the connection broke.
        code: u16,
        /// The reason phrase.
        reason: String,
        /// The response, where there was one: a 3xx names other contacts.
        message: Option<Box<Message>>,
    },
    /// How our REFER goes (RFC 3515); final from 200 on, also where the REFER itself was refused.
    /// The one event that may come after `Ended`: the last word is waited for.
    TransferProgress {
        /// The leg.
        leg: LegId,
        /// The status of the call that the peer makes.
        code: u16,
    },
    /// The peer asks us to call someone: answer by [`super::Order::AcceptRefer`] or
    /// [`super::Order::RejectRefer`] within 60*T1, or it is declined.
    ReferRequested {
        /// The leg in which it was asked.
        leg: LegId,
        /// Whom to call, as written in Refer-To, without the headers behind `?`.
        refer_to: Uri,
        /// The value of the Replaces header to put in, unescaped, if any.
        replaces: Option<String>,
    },
    /// An INFO came within a call (RFC 6086) and was answered 200.
    InfoArrived {
        /// The leg.
        leg: LegId,
        /// The request.
        message: Box<Message>,
    },
    /// Someone wants to know a state: answer by [`super::Order::AcceptSubscription`] or
    /// [`super::Order::RejectSubscription`] within 60*T1, or it is refused with 500.
    SubscribeRequested {
        /// The new subscription.
        sub: SubId,
        /// What is asked.
        asked: Box<Asked>,
        /// The last hop.
        from: Peer,
    },
    /// A subscription with us is over: unsubscribed, run out, or ended by a last `Notify`.
    Unsubscribed {
        /// The subscription, now over.
        sub: SubId,
    },
    /// A NOTIFY of ours was refused or not answered; the subscription is over.
    NotifyFailed {
        /// The subscription, now over.
        sub: SubId,
        /// What was answered; 408 where nothing was.
        code: u16,
    },
    /// Our SUBSCRIBE was accepted.
    SubscriptionAnswered {
        /// The subscription.
        sub: SubId,
        /// Seconds granted; it is refreshed before they are over.
        expires: u32,
    },
    /// A state that we subscribed to was told.
    Notified {
        /// The subscription.
        sub: SubId,
        /// Of the body; empty where there is none.
        content_type: String,
        /// The state.
        body: Vec<u8>,
        /// The value of Subscription-State, as written.
        state: String,
    },
    /// Our subscription is over.
    SubscriptionEnded {
        /// The subscription, now over.
        sub: SubId,
        /// Why.
        why: SubscriptionEnd,
    },
    /// A MESSAGE came: 200 is sent only by [`super::Order::AcceptText`]. Unanswered for 60*T1 it is
    /// refused with 500, so that the sender knows that nobody keeps it.
    TextArrived {
        /// The text.
        text: TextId,
        /// The call in which it came, where it came in one.
        leg: Option<LegId>,
        /// The request.
        message: Box<Message>,
        /// The bytes as they came.
        raw: Vec<u8>,
        /// The last hop.
        from: Peer,
    },
    /// Our MESSAGE got its final response.
    TextAnswered {
        /// The text.
        text: TextId,
        /// What was answered; 408 where nothing was.
        code: u16,
    },
    /// Something came that could not be taken: bytes that are no message, or a request but INVITE
    /// that was refused as unreadable.
    Dropped {
        /// The last hop.
        from: Peer,
        /// What is wrong with it.
        why: Defect,
        /// How long it was.
        bytes_len: usize,
    },
}

/// Why an INVITE was answered by the endpoint itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnedAway {
    /// It cannot be read enough to be a call.
    Unreadable,
    /// The same request came by another way and is being answered there (RFC 3261 section 8.2.2.2).
    Merged,
    /// It belongs to a dialog that is unknown here.
    NoDialog,
    /// It wants to take the place of a call that cannot be replaced (RFC 3891 section 3).
    NotReplaceable,
    /// As many legs are up, or as many requests came lately, as the settings allow.
    Full,
}

/// How a leg ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedBy {
    /// The peer hung up.
    ByPeer,
    /// We hung up or refused.
    ByUs,
    /// Another leg took its place (RFC 3891).
    Replaced,
    /// The peer cannot be reached any more.
    ConnectionLost,
    /// Nobody refreshed the session (RFC 4028), or the peer does not know it any more.
    SessionExpired,
    /// The ACK of our 200 never came; BYE has been sent.
    NoAck,
}

/// What a SUBSCRIBE asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The event package, without parameters.
    pub package: String,
    /// The value of Accept as written; empty where there is none.
    pub accept: String,
    /// Seconds asked for; 0 asks for the state once.
    pub expires: u32,
    /// At least one NOTIFY in so many milliseconds (RFC 6446 `min-rate`).
    pub every_ms: Option<u64>,
    /// Who asks.
    pub from: Uri,
    /// Of what.
    pub target: Uri,
    /// The request.
    pub message: Message,
}

/// Why a subscription of ours is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubscriptionEnd {
    /// Refused, or not answered (408).
    Refused(u16),
    /// The notifier ended it; the reason as written, or empty.
    ByNotifier(String),
    /// Accepted, and then nothing was told for 64*T1 (RFC 6665 timer N).
    Silent,
    /// We ended it.
    ByUs,
}
