//! Replay: real calls of Boone County, a small dirty file of our own, and a table of zones.

mod boone;
mod centers;
mod dirty;
mod town;
