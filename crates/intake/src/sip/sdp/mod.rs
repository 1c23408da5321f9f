//! SDP (RFC 8866): which voice goes where, offered and answered (RFC 3264).
//!
//! We take one audio stream of G.711 and decline all else line by line, so that a caller who
//! offers video or text beside the voice is answered with the voice and never refused.

mod session;

mod plan;

mod answer;

pub use answer::{Answer, Local, answer, offer, reoffer};
pub use plan::{AudioPlan, Codec, Direction, Loopback, Remote, accepted};
pub use session::{Attribute, Connection, Media, Origin, Session};
