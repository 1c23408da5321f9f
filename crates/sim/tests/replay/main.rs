//! Replay: real calls of Boone County, a small dirty file of our own, a table of zones; and the
//! engine that runs them.

mod boone;
mod centers;
mod dirty;
mod staffed;
mod town;
