//! Telephones that call a centre by SIP: for tests, for training, and for the demo's callers.
//!
//! [`Phone`] is one SIP address with any number of lines. What a line does is a [`Plan`]: whom it
//! calls, who it says it is, where it is, what it speaks, when it hangs up, and what it does wrong.
//! What happens on it is told as [`Said`], step by step, and at its end as an [`Outcome`].
//!
//! The lines themselves are a function of bytes and milliseconds, as everything in `intake` is;
//! only `run` and `voice` touch a socket. The centre under test is never linked in here: these
//! telephones reach it as any other would, and share with `server` only how sockets are kept.

mod plan;

mod oddity;

mod said;

mod phone;

mod line;
mod lines;

mod events;
mod rung;

mod invite;
mod wire;

mod ear;
mod talk;

mod run;
mod voice;

pub use ear::Heard;
pub use intake::location::pidf::Place;
pub use intake::location::{CaType, CivicAddress, Point, Shape};
pub use intake::media::wav;
pub use intake::sip::sdp::Codec;
pub use intake::sip::{Peer, Transport};
pub use oddity::Oddity;
pub use phone::{Phone, Setup, WhenRung};
pub use plan::{HangUp, Identifiers, Plan, Speech, Where};
pub use said::{Ended, LineId, Outcome, Said, What};
pub use server::sip::{Bound, Listen, TlsFiles};
