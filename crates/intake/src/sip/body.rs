//! Where a body ends, whatever Content-Length says.

use super::defect::{Defect, Flaw, note};
use super::headers::Headers;
use super::limits::BODY_BYTES_MAX;
use super::parse::Framing;
use super::text;

/// What Content-Length says, where it says one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Announced {
    /// The header is missing.
    Missing,
    /// So many bytes.
    Bytes(usize),
    /// No number: negative, or no digits.
    Unreadable,
    /// Several headers that differ; the first that is a number.
    Several(Option<usize>),
}

pub(super) fn announced(headers: &Headers) -> Announced {
    let values = headers.list("Content-Length");
    let Some(first) = values.first() else {
        let is_empty = headers.get("Content-Length").is_some();
        return if is_empty { Announced::Unreadable } else { Announced::Missing };
    };
    if values.iter().any(|value| value != first) {
        return Announced::Several(values.iter().find_map(|value| text::number(value)));
    }
    text::number(first).map_or(Announced::Unreadable, Announced::Bytes)
}

/// Whether a stream is to bring a body over the limit. In a datagram such a number is merely wrong.
pub(super) fn is_over_limit(headers: &Headers, framing: Framing) -> bool {
    let length = match announced(headers) {
        Announced::Bytes(length) => length,
        Announced::Several(first) => first.unwrap_or_default(),
        Announced::Missing | Announced::Unreadable => 0,
    };
    framing == Framing::Stream && length > BODY_BYTES_MAX
}

/// The body out of what stands behind the header part. Where the length cannot be believed, the
/// body ends where the bytes end: a datagram holds one message, and the cutter of a stream has
/// guessed already.
pub(super) fn cut<'a>(
    headers: &Headers,
    rest: &'a [u8],
    framing: Framing,
    defects: &mut Vec<Defect>,
) -> &'a [u8] {
    let mut fault = |flaw| note(defects, Defect::new(flaw));
    if headers.get_all("Content-Length").count() > 1 {
        fault(Flaw::ContentLengthSeveral);
    }
    let length = match announced(headers) {
        Announced::Missing if framing == Framing::Stream => {
            fault(Flaw::NoContentLength);
            None
        }
        Announced::Missing => None,
        Announced::Bytes(length) => Some(length),
        Announced::Unreadable => {
            fault(Flaw::ContentLengthUnreadable);
            None
        }
        Announced::Several(first) => first.filter(|_| framing == Framing::Stream),
    };
    let Some(length) = length else { return rest };
    match rest.split_at_checked(length) {
        None => {
            fault(Flaw::ContentLengthLarge);
            rest
        }
        Some((body, [])) => body,
        // RFC 3261, 18.3: bytes behind the body of a datagram are to be left out.
        Some((body, _)) => {
            fault(Flaw::ContentLengthSmall);
            body
        }
    }
}
