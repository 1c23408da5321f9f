//! Proof under fire: the real binary, a real disk, and no mercy.
//!
//! `killed.rs` ends the process by SIGKILL at random moments under load: whatever was acknowledged
//! or announced must be there afterwards. The page cache survives a SIGKILL, so `synced.rs` also
//! reads, in a trace of the system calls, that the disk was waited for between each request and
//! its answer, and that the same reading notices when it is not. `verified.rs` asks
//! `evenhand verify` about what such processes leave behind.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends at the first thing that is not as it should be"
)]

mod served;

mod killed;
mod synced;

mod verified;
