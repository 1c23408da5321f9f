//! Emergency calls as they really arrive, in simulation: the real call handling and the real centre
//! between callers who speak SIP and call-takers, from one seed and in virtual time.
//!
//! The world takes the place of sockets. Datagrams are lost, doubled, late and overtake each other;
//! connections break; the centre answers late, and its answers get lost; its journal cannot be
//! written for a while; location servers are slow, dead or talk rubbish. Callers hang up at any
//! moment, call again, never acknowledge, or fall silent; one number calls thirty times.
//!
//! The oracles are in `watch`: they look at the messages on the wire and at the entries on the
//! disk, and share no rule with what they judge. `docs/simulation.md` describes each.

mod report;

mod caller;
mod plan;

mod network;
mod servers;

mod takers;

mod center_line;
mod watch;

mod world;

pub use report::Report;

use crate::faults::Violation;

/// Runs the calls of a seed.
///
/// # Errors
/// The first promise that was broken.
pub fn run(seed: u64) -> Result<Report, Violation> {
    world::TelephoneWorld::begin(seed)?.run()
}
