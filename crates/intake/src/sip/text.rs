//! Bytes that are nearly text: trimmed, split outside quotes, and decoded without loss.

use std::borrow::Cow;

use super::limits::LIST_VALUES_MAX;

/// UTF-8 where it is UTF-8, Latin-1 otherwise: old equipment sends names so, and each Latin-1
/// byte is one character, so nothing is lost.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect()),
    }
}

/// For addresses: bytes that are not UTF-8 are escaped (RFC 3986, 2.1), so that the address that
/// we send back names the same resource.
pub(super) fn decode_escaped(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    Cow::Owned(text)
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Without the blanks at both ends.
pub(super) fn trim(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|byte| !is_blank(*byte)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|byte| !is_blank(*byte)).map_or(start, |last| last + 1);
    bytes.get(start..end).unwrap_or_default()
}

/// Without the blanks at the end.
pub(super) fn trim_end(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| !is_blank(*byte)).map_or(0, |last| last + 1);
    bytes.get(..end).unwrap_or_default()
}

/// The two sides of the first `separator`, without it.
pub(super) fn split_once(bytes: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|byte| *byte == separator)?;
    Some((bytes.get(..at)?, bytes.get(at + 1..)?))
}

/// A token of RFC 3261, 25.1.
pub(super) fn is_token(bytes: &[u8]) -> bool {
    let is_mark = |byte: u8| b"-.!%*_+`'~".contains(&byte);
    !bytes.is_empty() && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || is_mark(*byte))
}

/// Where the quoted string that opens at `open` is closed.
pub(super) fn closing_quote(bytes: &[u8], open: usize) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in bytes.iter().enumerate().skip(open + 1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at),
            _ => {}
        }
    }
    None
}

/// Splits at `separator` where it stands outside quotes and angle brackets. A quote or bracket
/// that is never closed counts as an ordinary character.
pub(super) fn split(bytes: &[u8], separator: u8) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    // Once one is found open to the end, no later one is searched: the time stays linear.
    let (mut quotes, mut brackets) = (true, true);
    while let Some(byte) = bytes.get(at) {
        let skip_to = match byte {
            b'"' if quotes => {
                let close = closing_quote(bytes, at);
                quotes = close.is_some();
                close
            }
            b'<' if brackets => {
                let close = find(bytes, b'>', at);
                brackets = close.is_some();
                close
            }
            _ => None,
        };
        if *byte == separator && skip_to.is_none() {
            parts.push(trim(bytes.get(start..at).unwrap_or_default()));
            start = at + 1;
            if parts.len() >= LIST_VALUES_MAX {
                return parts;
            }
        }
        at = skip_to.unwrap_or(at) + 1;
    }
    parts.push(trim(bytes.get(start..).unwrap_or_default()));
    parts
}

/// Where `byte` stands next, at or after `from`.
pub(super) fn find(bytes: &[u8], byte: u8, from: usize) -> Option<usize> {
    bytes.iter().skip(from).position(|other| *other == byte).map(|at| at + from)
}

/// A decimal number without sign; `None` where it is none or does not fit.
pub(super) fn number<N: std::str::FromStr>(bytes: &[u8]) -> Option<N> {
    let bytes = trim(bytes);
    let digits = !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(bytes).ok().filter(|_| digits)?.parse().ok()
}

/// What must not end a line early: CR and LF become blanks.
pub(super) fn one_line(bytes: &[u8]) -> Vec<u8> {
    let blank = |byte: &u8| if matches!(byte, b'\r' | b'\n') { b' ' } else { *byte };
    trim(bytes).iter().map(blank).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_splits_outside_quotes_and_brackets() {
        let parts = split(br#""a, \", b" <sip:x,y@z>, sip:q;r, <"#, b',');
        assert_eq!(parts, [&br#""a, \", b" <sip:x,y@z>"#[..], b"sip:q;r", b"<"]);
        assert_eq!(split(br#""open, x"#, b','), [&br#""open"#[..], b"x"]);
    }

    #[test]
    fn latin_1_is_read_byte_by_byte_and_addresses_are_escaped() {
        assert_eq!(decode(b"Jos\xe9"), "Jos\u{e9}");
        assert_eq!(decode_escaped(b"sip:jos\xe9@a"), "sip:jos%E9@a");
    }

    #[test]
    fn many_open_quotes_take_no_quadratic_time() {
        let quotes = b"\\\"".repeat(300_000);
        assert_eq!(split(&quotes, b',').len(), 1);
    }

    #[test]
    fn a_number_has_digits_only() {
        assert_eq!(number::<u32>(b" 0068 "), Some(68));
        assert_eq!(number::<u32>(b"+5"), None);
        assert_eq!(number::<u8>(b"256"), None);
    }
}
