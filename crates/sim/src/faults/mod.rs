//! A day under faults: the real centre, with a world around it in which everything goes wrong that
//! can, from one seed.
//!
//! Writes are lost, torn, late, or kept although an error was reported; the disk fills up; readings
//! fail; the power goes; the process dies at any moment and is started again; the clock at the door
//! jumps; inputs come late, twice, in another order; replies are lost, and what was ordered is
//! ordered again under the same key. Meanwhile callers call, staff and crews work, and three
//! restless people order what is forbidden.
//!
//! The oracles are in `ledger`, `watch` and `console`; they look at bytes on the disk and at what
//! comes out, and share no rule with core. `docs/simulation.md` describes each.

mod clock;
mod people;
mod report;
mod restless;
mod troubles;
mod wires;

mod console;
mod ledger;
mod watch;

mod day;

pub(crate) use ledger::{Broken, Check, Row, broken};
pub(crate) use report::Tally;
pub use report::{Report, Violation};

/// Runs the day of a seed.
///
/// # Errors
/// The first promise that was broken.
pub fn run(seed: u64) -> Result<Report, Violation> {
    day::Day::begin(seed)?.run()
}
