//! What does the outside say? Bytes in, commands and replies out; no sockets, no clock, no chance
//! of its own.
//!
//! Emergency calls come from every maker's equipment, and a caller in need is not the one to pay
//! for its faults: what is needed to reply is read strictly, everything else leniently, and each
//! defect is recorded on the call.

pub mod additional;
pub mod handling;
pub mod location;
pub mod lost;
pub mod media;
pub mod sip;

mod xml;
