//! The four transactions of RFC 3261 section 17, with the corrections of RFC 6026.
//!
//! Each is a state machine of its own: something happens at a time, and it says what is to be
//! done. None reads a message or knows a dialog; [`crate::sip::Endpoint`] does. `due` is the
//! earliest time at which `wake` has anything to do.

mod client;
mod client_invite;
mod server;
mod server_invite;

pub use client::Client;
pub use client_invite::ClientInvite;
pub use server::Server;
pub use server_invite::ServerInvite;

/// What a transaction wants done; a list is to be done in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// These bytes go to the other end.
    Send(Vec<u8>),
    /// The message at hand is for the transaction's user.
    Deliver,
    /// No answer came in time, or no ACK.
    TimedOut,
    /// The connection broke before a final response.
    Lost,
}

/// The earlier of two times of which either may be never.
pub(crate) fn earlier(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// Whether a time has come.
pub(crate) fn is_due(due: Option<u64>, now: u64) -> bool {
    due.is_some_and(|due| due <= now)
}
