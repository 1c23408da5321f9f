//! SIP's sockets and clock: what `intake` says is sent, what comes in is given to it.
//!
//! One task owns [`intake::handling::CallHandling`] and with it every call; sockets, location
//! servers, voice and the centre speak to that task through queues. Nothing here reads a message
//! or decides anything.

mod telephone;

mod run;
mod standing;
mod voices;

mod connections;
mod sockets;
mod tls;

mod fetch;
mod registrations;

mod settings;

pub use settings::{
    Border, Listen, LocationSettings, MediaSettings, SipSettings, TlsFiles, Upstream,
};
pub use sockets::{Arrival, Bound, Sockets};
pub(crate) use telephone::Telephone;
