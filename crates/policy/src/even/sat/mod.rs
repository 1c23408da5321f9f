//! The second engine: two copies of a call in one formula, and a solver that looks for a pair.
//!
//! It shares nothing with the diagrams but the text and the cutting of values into cells. It is
//! asked when the diagrams outgrow their budget, and by tests, against them. It finds pairs and
//! proves that there are none; it cannot count.

mod formula;
mod questions;
mod twin;

pub use questions::check_by_solver;
