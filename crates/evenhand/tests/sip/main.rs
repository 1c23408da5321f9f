//! Real peers: SIPp as caller and as load, baresip as a telephone with voice, Kamailio as the
//! border in front, all on free ports of this machine.
//!
//! `instruments.rs` has them talk to each other, so that a failure elsewhere is the centre's.
//! `calls.rs`, `odd.rs`, `states.rs` and `torture.rs` call a centre directly,
//! `behind_the_border.rs` as the guide has it, `voice.rs` measures tones, and `load.rs` counts.
//! `calling.rs` has our own telephones call.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends at the first thing that is not as it should be"
)]

mod baresip;
mod border;
mod centre;
mod guide;
mod person;
mod ports;
mod sipp;
mod tone;
mod tools;
mod wire;

mod instruments;

mod behind_the_border;
mod calling;
mod calls;
mod load;
mod odd;
mod states;
mod torture;
mod voice;
