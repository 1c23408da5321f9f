//! Generated callers: people who ring about made-up happenings on real streets.
//!
//! How many, what about, in what words and how they behave is data ([`CallersPlan`], a center's
//! `demo.toml`); where is drawn from the map ([`Ground`]); when follows the hour curves of
//! [`crate::curves`]. Every caller is a small machine of its own: rings, waits with patience,
//! speaks, hangs up, may be called back. What they say arrives as words written down by a member of
//! staff called `sim-transcript`, so that whoever answers in a browser reads it as it is said.
//!
//! Nothing here describes a real person or a real call; names say `(generated)` and numbers are out
//! of 555-01xx, which is kept for fiction.

mod plan;

mod arrivals;
mod ground;
mod spoken;

mod book;

mod caller;
mod happening;
mod lost;

mod population;
mod source;

pub use book::Book;
pub use ground::{Ground, Spot, SpotKind};
pub use plan::{
    CallersPlan, Kind, NotSent, PerDay, PerMille, PlaceWords, Seconds, ServiceKind, WorkPlan,
};
pub use population::{Callers, PICKED_UP};
