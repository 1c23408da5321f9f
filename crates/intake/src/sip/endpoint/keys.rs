//! By what transactions are found (RFC 3261 sections 17.1.3 and 17.2.3).

use std::sync::Arc;

use super::ids::{LegId, SubId};
use crate::sip::{Message, Method, NameAddr};

/// A request that we received.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ServerKey(Arc<str>);

impl ServerKey {
    /// The transaction that a request belongs to; an ACK belongs to its INVITE.
    pub fn of(request: &Message) -> Self {
        match request.method() {
            Some(Method::Ack) => Self::of_method(request, &Method::Invite),
            Some(method) => Self::of_method(request, method),
            None => Self("".into()),
        }
    }

    /// The transaction with another method that shares everything else: a CANCEL's INVITE.
    pub fn of_method(request: &Message, method: &Method) -> Self {
        let via = request.via();
        let hop = via.as_ref().map(|via| {
            format!("{}:{}", via.host.to_ascii_lowercase(), via.port.unwrap_or_default())
        });
        let hop = hop.unwrap_or_default();
        match via.as_ref().and_then(|via| via.unique_branch()) {
            Some(branch) => Self(format!("{branch} {hop} {method}").into()),
            None => Self(after_rfc_2543(request, method, &hop).into()),
        }
    }

    /// Whether it was made without a branch that tells transactions apart.
    pub fn is_after_rfc_2543(&self) -> bool {
        self.0.starts_with(' ')
    }
}

/// Without a unique branch: Request-URI, From tag, Call-ID, CSeq number and the top Via (section
/// 17.2.3). The To tag is left out, because the ACK has one that the INVITE had not; the Call-ID
/// and the number tell dialogs apart well enough.
fn after_rfc_2543(request: &Message, method: &Method, hop: &str) -> String {
    let uri = request.request_uri().map_or("", |uri| uri.as_str());
    let from = request.headers.get("From").map(NameAddr::parse);
    let tag = from.as_ref().and_then(NameAddr::tag).unwrap_or_default();
    let call_id = request.call_id().unwrap_or_default();
    let seq = request.cseq().map_or(0, |(number, _)| number);
    let via = request.via().and_then(|via| via.branch().map(str::to_owned)).unwrap_or_default();
    format!(" {uri} {tag} {call_id} {seq} {hop} {via} {method}")
}

/// A request that we sent: its branch and method, since a CANCEL shares the branch of its INVITE.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ClientKey(Arc<str>);

impl ClientKey {
    /// The transaction that a message of ours, or a response to it, belongs to.
    pub fn of(message: &Message) -> Self {
        let via = message.via();
        let branch = via.as_ref().and_then(|via| via.branch()).unwrap_or_default();
        let method = message.cseq().map_or(Method::Ack, |(_, method)| method);
        Self(format!("{branch} {method}").into())
    }
}

/// What tells that two requests are one that came by two ways (section 8.2.2.2).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct MergeKey {
    call_id: String,
    from_tag: String,
    seq: u32,
    method: Method,
}

impl MergeKey {
    /// `None` within a dialog, where nothing merges.
    pub fn of(request: &Message) -> Option<Self> {
        if request.to_tag().is_some() {
            return None;
        }
        let (seq, method) = request.cseq()?;
        Some(Self {
            call_id: request.call_id()?.into_owned(),
            from_tag: request.from_tag().unwrap_or_default(),
            seq,
            method,
        })
    }
}

/// What may be due.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timed {
    Server(ServerKey),
    Client(ClientKey),
    Leg(LegId),
    Notifier(SubId),
    Subscriber(SubId),
}

/// Whose dialog it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Usage {
    Leg(LegId),
    Notifier(SubId),
    Subscriber(SubId),
}
