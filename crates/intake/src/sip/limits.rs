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

/// Parts of one multipart body, nested ones counted. Later ones are left out, with a defect.
pub const PARTS_MAX: usize = 32;

/// How deep multipart bodies may lie in each other. What lies deeper is one part, unopened.
pub const PARTS_DEPTH_MAX: usize = 4;

/// Lines of one session description. Later ones are left out, with a defect.
pub const SDP_LINES_MAX: usize = 2_000;

/// Streams of one session description. Later ones are left out, with a defect; the answer has
/// then fewer lines than the offer.
pub const SDP_MEDIA_MAX: usize = 64;

/// Payload types of one stream. Later ones are left out, with a defect: each is looked up among
/// the attributes, and a long row of them must not cost a second.
pub const SDP_FORMATS_MAX: usize = 64;

/// Milliseconds of voice in a packet where nothing is said (RFC 3551, 4.2).
pub const PTIME_MS_USUAL: u32 = 20;

/// The fewest milliseconds of voice that we put in a packet, whatever is asked.
pub const PTIME_MS_MIN: u32 = 10;

/// The most milliseconds of voice that we put in a packet, whatever is asked.
pub const PTIME_MS_MAX: u32 = 60;
