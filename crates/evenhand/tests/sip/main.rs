//! Real peers: SIPp as caller and as load, baresip as a telephone with voice, Kamailio as the
//! border in front, all on free ports of this machine.
//!
//! `instruments.rs` has them talk to each other, so that a failure elsewhere is the centre's.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends at the first thing that is not as it should be"
)]

mod baresip;
mod border;
mod guide;
mod ports;
mod sipp;
mod tone;
mod tools;

mod instruments;
