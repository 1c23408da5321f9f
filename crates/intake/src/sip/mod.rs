//! SIP (RFC 3261) as an emergency answering point speaks it: messages, transactions, dialogs.
//!
//! Everything here is sans-IO: bytes and moments come in, bytes and events go out. A message is
//! read on two levels. The routing minimum (start line, Via, From, To, Call-ID, CSeq) is read
//! strictly enough to reply; everything else leniently, with a [`Defect`] recorded, because a
//! caller in need is not the one to pay for the faults of equipment.

// Messages, in the order in which a newcomer should read them.
mod message;
mod parse;

mod start_line;

mod headers;

mod uri;

mod name_addr;
mod params;

mod via;

mod defect;

mod reply;

mod body;
mod check;
mod lines;
mod text;

mod framer;

pub mod multipart;

pub mod sdp;

pub mod limits;

pub use defect::{Defect, Flaw};
pub use framer::{Frame, Framer};
pub use headers::{Header, Headers};
pub use message::Message;
pub use multipart::{Part, Parts};
pub use name_addr::NameAddr;
pub use params::Params;
pub use parse::{Framing, Unreadable, parse};
pub use reply::reason_of;
pub use start_line::{Method, StartLine};
pub use uri::Uri;
pub use via::{Rport, Via};
// End of messages.
// Transactions, dialogs and the endpoint that holds them.
mod endpoint;
mod settings;

mod dialog;

mod transaction;

mod chance;
mod peer;
mod schedule;
mod timers;

pub use chance::Source;
pub use endpoint::{
    Asked, EndedBy, Endpoint, Event, Fields, LegId, NewCall, NewSubscription, NewText, Order,
    OrderError, Output, Standing, SubId, SubscriptionEnd, TextId, TurnedAway,
};
pub use peer::{Peer, Transport};
pub use settings::{
    Contacts, LEGS_MAX, SUBSCRIPTIONS_MAX, Settings, TRANSACTIONS_MAX, WAITING_MAX,
};
pub use timers::Timers;
pub use transaction::{Action, Client, ClientInvite, Server, ServerInvite};
