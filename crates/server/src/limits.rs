//! Every limit of the process, and what happens at it.
//!
//! None of them stands between a ringing phone and the centre: calls come in through
//! [`CenterHandle::step_at`](crate::CenterHandle::step_at), which waits for room and is never
//! turned away.

/// Requests that may wait for the centre's thread; a person's further one is answered 503 `busy`.
pub const REQUESTS_WAITING_MAX: usize = 4_096;
/// Outputs that may wait for whoever drives crews and callers; beyond, the stream is closed.
pub const EFFECTS_WAITING_MAX: usize = 65_536;
/// Orders in one batch, so in one sync of the disk; the next batch takes the rest.
pub const BATCH_MAX: usize = 256;

/// Messages kept for positions that come back; whoever was away longer gets a snapshot.
pub const FRAMES_KEPT_MAX: usize = 4_096;
/// Messages that may wait for one slow position; beyond, it is cut off and resumes.
pub const FRAMES_WAITING_MAX: usize = 512;
/// WebSockets open at once; a further one is answered 503 `too_many_positions`.
pub const SOCKETS_MAX: usize = 256;
/// Longest message that a position may send over its WebSocket, in bytes; longer closes it.
pub const SOCKET_MESSAGE_BYTES_MAX: usize = 4_096;
/// Time between two heartbeats, in milliseconds.
pub const HEARTBEAT_MS: u64 = 2_000;
/// Time without a word from a position after which its WebSocket is closed, in milliseconds.
/// Browsers wake a hidden page once a minute.
pub const SOCKET_SILENT_MS_MAX: u64 = 90_000;
/// Time for the first word (`hello`) on a new WebSocket, in milliseconds.
pub const HELLO_MS_MAX: u64 = 10_000;
/// Rings shown one by one while the journal is down; all of them are counted.
pub const UNRECORDED_SHOWN_MAX: usize = 100;

/// Longest body of a request, in bytes; longer is answered 413 `body_too_long`.
pub const BODY_BYTES_MAX: usize = 64 * 1024;
/// Longest body of a request that holds the texts of a policy, in bytes: their most, escaped.
pub const LONG_BODY_BYTES_MAX: usize = 1_280 * 1024;
/// Most texts of one policy; more are answered 400.
pub const POLICY_FILES_MAX: usize = 64;
/// Checks of policies at the same time; a further one waits for its turn, as long as a request may.
pub const CHECKS_AT_ONCE: usize = 2;
/// Most days over which incidents are counted; more are answered 400.
pub const IMPACT_DAYS_MAX: u32 = 366;
/// Incidents taken at once from the centre's thread for a count.
pub const CASES_AT_ONCE: usize = 2_000;
/// Longest time one request may take, in milliseconds; then it is answered 504 `too_slow`.
pub const REQUEST_MS_MAX: u64 = 30_000;
/// Longest command line and longest search for an address, in bytes; longer is answered 400.
pub const LINE_BYTES_MAX: usize = 2_000;
/// Longest idempotency key that a client may choose, in bytes.
pub const KEY_BYTES_MAX: usize = 40;
/// Entries on one page of the journal; a page is read on the centre's own thread.
pub const PAGE_ENTRIES_MAX: usize = 512;

/// People in the accounts file; a further one is refused.
pub const PEOPLE_MAX: usize = 10_000;
/// Longest sign-in name, in bytes: with a colon and a key it still fits an entry's id.
pub const PERSON_BYTES_MAX: usize = 23;
/// Shortest password, in characters (NIST SP 800-63B-4, 3.1.1.2, for a password alone).
pub const PASSWORD_CHARS_MIN: usize = 15;
/// Longest password, in bytes.
pub const PASSWORD_BYTES_MAX: usize = 1_024;
/// Longest name of a position, in bytes.
pub const POSITION_BYTES_MAX: usize = 64;
/// Sign-in attempts that one person may make at once; then one more every
/// [`ATTEMPT_EVERY_MS`].
pub const ATTEMPTS_MAX: u32 = 5;
/// Time in which one attempt is given back, in milliseconds.
pub const ATTEMPT_EVERY_MS: u64 = 20_000;
/// Passwords hashed at the same time: each takes 19 MiB and a core.
pub const HASHES_AT_ONCE: usize = 2;
/// Sessions at once; the one idle longest is ended for a further one.
pub const SESSIONS_MAX: usize = 2_048;
/// Time without use after which a session ends, in milliseconds: longer than a shift, so that
/// nobody is signed out in the middle of a call. An open WebSocket is use.
pub const SESSION_IDLE_MS_MAX: i64 = 12 * 3_600_000;

/// Free space on the journal's disk below which the centre warns, in percent.
pub const DISK_LOW_PERCENT: u64 = 20;
/// Free space below which it warns in red.
pub const DISK_CRITICAL_PERCENT: u64 = 5;
/// Time between two looks at the disk and at a journal that is down, in milliseconds.
pub const LOOK_EVERY_MS: u64 = 1_000;

/// SIP messages read and not yet taken in; while they wait, the system holds further ones.
pub const SIP_ARRIVALS_WAITING_MAX: usize = 4_096;
/// SIP connections at once; further ones are closed and logged. A border function needs a few.
pub const SIP_CONNECTIONS_MAX: usize = 10_000;
/// Messages that wait to be written on one SIP connection; further ones are dropped and logged,
/// and the connection is cut off when it takes nothing in for [`SIP_CONNECT_MS_MAX`].
pub const SIP_WRITES_WAITING_MAX: usize = 1_024;
/// Time to open or secure a SIP connection, or to write one message on it, in milliseconds.
pub const SIP_CONNECT_MS_MAX: u64 = 5_000;
/// Time without a byte after which a SIP connection is closed, in milliseconds: longer than the
/// longest session refresh.
pub const SIP_IDLE_MS_MAX: u64 = 4 * 3_600_000;
/// Silence in the middle of a message after which what came of it is taken as the whole, in
/// milliseconds.
pub const SIP_SILENT_MS: u64 = 2_000;
/// Location and LoST servers asked at the same time; further questions wait, within their own
/// limit of time.
pub const SIP_FETCHES_AT_ONCE: usize = 64;
/// Longest answer of a location or LoST server, in bytes; a longer one is a failure.
pub const SIP_FETCH_BYTES_MAX: u64 = 1024 * 1024;
/// Things heard that are taken in at one turn of the telephone's task, before the network is read.
pub const SIP_AT_ONCE_MAX: usize = 256;
/// Longest sleep of the telephone's task, and the pause before the centre is asked again, in
/// milliseconds.
pub const SIP_WAKE_MS_MAX: u64 = 500;

/// Callers' legs open at once; a further one is refused, and SIP answers the call without voice.
pub const LEGS_MAX: usize = 4_000;
/// Positions with voice at once; a further one is answered 503 `too_many_positions`.
pub const VOICE_POSITIONS_MAX: usize = SOCKETS_MAX;
/// What happens to voice and was not yet looked at; beyond, the oldest is dropped and counted.
pub const VOICE_EVENTS_WAITING_MAX: usize = 4_096;
/// Longest datagram of voice, in bytes; of a longer one the rest is cut off.
pub const VOICE_DATAGRAM_BYTES_MAX: usize = 2_048;
/// Share of a caller's packets that may be lost in a second before the call-taker is told.
pub const VOICE_LOSS_PERCENT_MAX: u64 = 10;
/// Time without a packet from a browser after which its connection is given up, in milliseconds.
pub const BROWSER_SILENT_MS_MAX: u64 = 5_000;
/// Time between two RTCP reports to a caller, in milliseconds (RFC 3550, 6.2 asks for 5 s).
pub const REPORT_EVERY_MS: u64 = 5_000;
/// Time between two statistics of a leg, in milliseconds.
pub const STATISTICS_EVERY_MS: u64 = 5_000;
