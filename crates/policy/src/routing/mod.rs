//! Routing policies of others: NENA i3 policy rule sets (NENA-STA-010, Policy Store), read into the
//! model of [`response`](crate::response), so that the same prover says whether it depends on who
//! calls where a call is sent.
//!
//! What a rule set means: of the rules whose conditions all hold, the one with the highest priority
//! acts, alone. So every rule here sets every outcome:
//!
//! - `route`: where the call goes, `busy`, or which policy decides instead; `none` if the rule that
//!   acts sends it nowhere, or none acts. How long it rings is part of it, `cause` is not.
//! - `notify`, if any rule tells anybody: who is told what. It is a protected outcome like `route`,
//!   because that somebody is told that *this* person called is no mere addition.
//! - A `LogAction` changes nothing for the call, and is left out.
//!
//! **Abstraction.** Each distinct test becomes an attribute of its class (see `test.rs`): which of
//! the named values a subject has, or whether a text test holds. `unknown` stands for a subject
//! that is not there or cannot be read, for which neither "is" nor "is not" holds. Every real call
//! is one of the calls described by these attributes, so a verdict *even* is sound. The other way
//! round not every described call can be: [`RuleSet::caveats`] says where a pair may be infeasible.
//!
//! **Trust.** Texts are taken to be compared as texts, with or without regard to case. Signatures
//! are not looked at: give the policy that was verified.

mod json;

mod form;
mod given;
mod moment;

mod test;

mod condition;
mod rules;

mod assemble;
mod ties;

mod rule_set;

pub use rule_set::{RuleSet, is_rule_set, read};
