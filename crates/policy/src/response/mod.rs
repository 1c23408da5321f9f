//! What an agency wrote about response: for every call that can be described, one answer.
//!
//! The text is read into a [`Response`]: attributes with a class and a
//! finite domain, protected outcomes, accommodations, rules in order. What it means is small on
//! purpose, so that it can be decided exactly (see `even/`):
//!
//! - Each *protected outcome* is decided by the first rule, from the top, whose condition holds and
//!   which names that outcome; `otherwise` stands last and names them all.
//! - Each *accommodation* begins at its first value; every rule that holds may add, the most wins.
//! - Nothing loops, looks up, computes or fails.

mod model;

mod read;

mod call;

mod claims;
mod condition;
mod declare;
mod format;
mod rules;
mod token;
mod words;

pub use call::{Described, FactNotTaken};
pub use format::format;
pub use read::TEXT_BYTES_MAX;

pub use model::{
    Attribute, Claim, Class, Condition, Domain, Exception, Expectation, Floor, Never, Outcome,
    OutcomeKind, Override, OverrideAction, Permit, Response, Rule, Runs, Setting, Worse,
};
