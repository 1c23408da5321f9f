//! The prover: does any answer of a response policy depend on who calls?
//!
//! [`check`] decides it for every call that can be described, by decision diagrams: a text becomes
//! one function of a call for each thing it decides, in which what concerns the caller or the area
//! is asked last, and an answer depends on it exactly if it is asked at all. Where an answer does,
//! the smallest pair of calls that shows it is found, put to the plain reading of the text and to
//! the compiled one, and only then given out. What outgrows its budget is never called even.

mod budget;
mod check;
mod claims;
mod compile;
mod count;
mod demand;
mod diagram;
mod difference;
mod exceptions;
mod flat;
mod joined;
mod list;
mod merges;
mod prover;
mod report;
mod sat;
mod search;
mod show;
mod space;
mod spare;
mod table;
mod walk;

pub use budget::Budget;
pub use check::check;
pub use count::Count;
pub use demand::{Demand, DemandGroup, demand};
pub use difference::{Change, Difference, OutcomeDifference, difference};
pub use report::{
    Answer, Claimed, DemandFound, Dependence, Engine, ExceptionFound, ExceptionState, Found,
    Independence, Pair, Report, Result, Row, RuleFault, RuleFound, Size, Values, Verdict,
};
pub use sat::check_by_solver;
pub use walk::{
    Accommodations, Circumstances, Decided, Described, EvenProtected, UnevenProtected, Unfit,
    WouldChange,
};
