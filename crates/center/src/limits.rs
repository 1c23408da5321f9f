//! Every limit of the centre, and what happens at it.

/// Most inputs of one batch, and so of one sync; the rest wait for the next.
pub const BATCH_MAX: usize = 256;
/// Most rings kept in memory while the journal cannot be written. Later ones are announced and not
/// kept; the announcement says that they are unrecorded.
pub const UNRECORDED_MAX: usize = 1_000;
/// Idempotency keys remembered; the oldest is forgotten first. At 100 commands a minute, 33 hours.
pub const KEYS_MAX: usize = 200_000;
/// Longest idempotency key, in characters.
pub const KEY_CHARS_MAX: usize = 64;
/// Closed incidents that stay on the board, so that they can be reopened at a glance.
pub const CLOSED_ON_BOARD_MAX: usize = 100;
/// Opened sealed values kept in memory; at the limit all are dropped and read again as needed.
pub const OPENED_MAX: usize = 50_000;
/// Longest personal text (address, words, narrative line), in bytes; longer is refused as invalid.
pub const PERSONAL_BYTES_MAX: usize = 8_000;
/// Longest name of a method by which a place was found, in bytes; longer is cut.
pub const METHOD_BYTES_MAX: usize = 64;
/// Entries read at once when the centre is rebuilt.
pub const REBUILD_CHUNK: usize = 4_096;
/// How long after a failed write the journal is tried again, in milliseconds.
pub const JOURNAL_RETRY_MS: u64 = 1_000;
/// Checked policies kept until one of them is adopted; the oldest is forgotten first.
pub const CHECKED_MAX: usize = 8;
/// Longest typed line, in bytes.
pub const LINE_BYTES_MAX: usize = 2_000;
/// Open incidents farther away than this are no possible duplicate, in metres. Our choice.
pub const DUPLICATE_DISTANCE_M_MAX: u32 = 400;
/// Open incidents older than this are no possible duplicate, in milliseconds. Our choice.
pub const DUPLICATE_AGE_MS_MAX: u64 = 3 * 60 * 60 * 1_000;
/// Most possible duplicates proposed.
pub const DUPLICATES_MAX: usize = 5;
