//! A world around the centre: callers, crews, staff and replay of real calls, from one seed.
//!
//! Nothing here does anything by itself. Each part says when it wants to act next, acts when asked,
//! and hears what came out of the centre; no part knows a clock, a thread or a socket.
//! [`World`] lets virtual time jump from one act to the next, so a year takes seconds; a demo asks
//! the same parts at the pace of a real clock. Written down with serde, all parts go on exactly
//! where they were.
//!
//! The parts see the centre as a person or a crew would: through what it shows and says.

mod rng;
mod source;
mod ways;

mod crews;
mod staff;

mod world;

pub use crews::{CrewLabels, CrewPlan, Crews};
pub use rng::{Rng, Spread};
pub use source::{Act, Arrival, Need, Scene, Source, Told, Transport};
pub use staff::{Staff, StaffPlan};
pub use ways::{Drive, Way, Ways};
pub use world::{Door, Outside, Seen, World, WorldError};

pub mod callers;
pub mod curves;
pub mod demo;
pub mod faults;
pub mod replay;
pub mod scenario;
pub mod telephone;
