//! How much one message may hold, and what happens at each limit.

/// The header part of one message, start line included: 64 KiB. A longer one is answered 513
/// where a reply is possible; on a stream the connection is then closed, because what follows
/// cannot be told apart from the header.
pub const HEADER_BYTES_MAX: usize = 64 * 1024;

/// The body of one message: 256 KiB. A longer one on a stream ends the connection after a 513;
/// a datagram never gets that far.
pub const BODY_BYTES_MAX: usize = 256 * 1024;

/// Header fields of one message. What comes after them is left out, with a defect.
pub const HEADER_FIELDS_MAX: usize = 1_000;

/// Defects kept of one message. The first ones tell enough; later ones are left out.
pub const DEFECTS_MAX: usize = 64;

/// Values that one list header may hold over all its lines. Later ones are left out.
pub const LIST_VALUES_MAX: usize = 1_000;
