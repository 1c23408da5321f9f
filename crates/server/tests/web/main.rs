//! The web API over real HTTP on this machine, on a real journal in a folder that vanishes.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends at the first thing that is not as it should be"
)]

mod support;

mod doors;
mod journal_down;
mod openapi;
mod orders;
mod policy_page;
mod requests;
mod sign_in;
mod stream;
