//! Scenarios: incidents and whole days as text that a dispatcher can read and write.
//!
//! A line says time, actor, what is ordered, and after `->` what must come of it:
//!
//! ```text
//! 09:00:00  caller   rings C1 from 77 Main St               -> CallPresented C1, CallQueued C1
//! 09:00:07  caller   abandons C1                            -> CallAbandoned C1, CallbackDue C1
//! 09:00:40  taker T7 ends shift                             -> refused CallbackOutstanding C1
//! ```
//!
//! The language is described in `scenarios/README.md`. After every scenario [`verify`] runs: chain
//! intact, accounting closed, boards equal to a rebuild from the journal.

mod expect;
mod phone;
mod phrase;
mod run;
mod script;
mod town;
mod verifier;

pub use run::{Failure, Produced, Trouble, run, run_under};
pub use script::{Script, ScriptError};
pub use town::{Town, signing_key};
pub use verifier::verify;
