//! Whom to send? Units ranked by road travel time, with a reason for each chosen and each passed
//! over.
//!
//! [`recommend`] is a pure function of run card, alarm level, place, units and road map: the same
//! question has the same answer, today and in a re-run years later, in whatever order the units are
//! handed in. Who is calling cannot be asked: there is no way to hand it in.
//!
//! The rule, in the order in which it decides:
//!
//! 1. As many needs of the run card are met as can be met, each by one unit, each unit meeting one.
//!    So a unit is not spent on one need if another need would then go unmet that could be met.
//! 2. Units sent already meet as many needs as they can.
//! 3. Then the first need of the run card gets the best unit there is, the second the best of the
//!    rest, and so on. Better is: nearer by road; if equally near to the millisecond, not busy with
//!    something it may be called from; then fewer capabilities, so that the specialist stays free;
//!    then the name. Units whose road is unknown come after all others, by name.
//!
//! A place that is not known blocks nothing: units are proposed by name, and `why` says so.

mod chosen;
mod rank;
mod recommend;
mod request;
mod why;

pub use recommend::recommend;
pub use request::{Need, Request};
