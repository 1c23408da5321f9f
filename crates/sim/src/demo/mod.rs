//! The demo: generated callers, simulated crews and, under autopilot, simulated staff, who drive a
//! centre at the pace of a clock and can be stopped and go on where they were.
//!
//! [`Demo`] lets everything of one instant happen and says when the next is; whoever runs it waits
//! for that time, or jumps to it. Every input bears the instant's time, not the time at which some
//! thread got round to it, so a seed gives the same day at any speed. It reaches the centre over a
//! [`Link`]: directly in tests, through the server's door in the program.

mod link;
mod plan;

mod driver;
mod saved;

pub use driver::{Demo, DemoError, DemoParts, Positions};
pub use link::{Link, Lost};
pub use plan::DemoPlan;
pub use saved::{SavedError, SavedWorld};
