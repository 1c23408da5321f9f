//! Locations as strangers send them: the examples of the standards, calls of a public test suite,
//! faults of every kind, and what we write ourselves.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing step fails the test"
)]

mod additional;
mod corpus;
mod examples;
mod exchanges;
mod faults;
mod malformed;
mod samples;
mod written;
