//! Proof under fire: the real binary, a real disk, and no mercy.
//!
//! `killed.rs` ends the process by SIGKILL at random moments under load: whatever was acknowledged
//! or announced must be there afterwards. The page cache survives a SIGKILL, so `synced.rs` also
//! reads, in a trace of the system calls, that the disk was waited for between each request and
//! its answer, and that the same reading notices when it is not.

mod served;

mod killed;
mod synced;
