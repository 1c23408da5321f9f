//! Replay: real calls of Boone County, a small dirty file of our own, a table of zones; and the
//! engine that runs them.

#![expect(clippy::unwrap_used, reason = "a test whose files are not there is to fail")]

mod boone;
mod centers;
mod dirty;
mod staffed;
mod town;
