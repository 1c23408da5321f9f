//! The whole centre without its sockets.
//!
//! One step, the same in every mode (live, demo, replay, simulation): what does policy rule and
//! what would help, what happens, write it and wait until it is safe, make it so, and only then
//! tell the world. `step.rs` is that step; [`Center`] owns the truth ([`evenhand_core::Core`]), the
//! journal and the boards, and is owned by one thread.

mod center;
mod input;
mod output;
mod setup;
mod step;

mod adoption;
mod advice;
mod call_view;
mod cases;
mod detail;
mod entry;
mod facts;
mod line;
mod location;
mod policy_view;
mod queues;
mod rebuild;
mod seal;
mod undo;
mod vault;
mod view;

pub mod boards;
pub mod limits;

pub use adoption::check_policy;
pub use boards::Boards;
pub use cases::cases;
pub use center::{Center, CenterError, JournalState, Store};
pub use entry::{Entry, EntryError, Head, Row, decode, encode_command, encode_event};
pub use input::{Clear, Input, Order, Selected};
pub use line::{Choice, Reading, Syntax};
pub use output::{Accepted, Change, Frames, Output, Rejected};
pub use policy::Checked;
pub use queues::QueueView;
pub use setup::{FleetUnit, Setup};
