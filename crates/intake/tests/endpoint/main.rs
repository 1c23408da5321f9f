//! The SIP endpoint: against another one over a bad network, and against messages written by hand.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on stops"
)]

mod world;

mod lone;

mod calls;

mod changes;

mod crossings;

mod faults;

mod liberal;

mod machines;

mod many;

mod subscriptions;

mod transfers;
