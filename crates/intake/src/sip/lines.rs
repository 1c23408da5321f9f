//! The header part as lines: where it ends, and which lines belong together.

use super::defect::{Defect, Flaw, note};
use super::headers::{Header, Headers};
use super::limits::HEADER_FIELDS_MAX;
use super::text;

/// Blank lines before a message are no part of it (RFC 3261, 7.5).
pub(super) fn skip_blank(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|byte| !matches!(byte, b'\r' | b'\n'));
    bytes.get(start.unwrap_or(bytes.len())..).unwrap_or_default()
}

/// Where the header part ends and where the body begins; `None` while no empty line is seen.
/// A line ends in LF, with or without CR before it.
pub(super) fn end_of_head(bytes: &[u8]) -> Option<(usize, usize)> {
    end_of_head_from(bytes, 0)
}

/// The same, where no empty line begins before `from`.
pub(super) fn end_of_head_from(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    let mut at = from;
    while let Some(feed) = text::find(bytes, b'\n', at) {
        match bytes.get(feed + 1..).unwrap_or_default() {
            [b'\n', ..] => return Some((feed + 1, feed + 2)),
            [b'\r', b'\n', ..] => return Some((feed + 1, feed + 3)),
            _ => at = feed + 1,
        }
    }
    None
}

/// The first line without its end, and what comes after it.
pub(super) fn first_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let (line, rest) = text::split_once(bytes, b'\n').unwrap_or((bytes, &[]));
    (line.strip_suffix(b"\r").unwrap_or(line), rest)
}

/// Reads the fields; a line that begins with a blank goes on with the one before.
pub(super) fn read_fields(mut rest: &[u8], defects: &mut Vec<Defect>) -> Headers {
    let mut headers = Headers::default();
    while !rest.is_empty() {
        let (line, behind) = next_field(rest, defects);
        rest = behind;
        if headers.len() >= HEADER_FIELDS_MAX {
            note(defects, Defect::new(Flaw::TooManyHeaders));
            break;
        }
        match read_field(&line, defects) {
            Some(field) => headers.add(field),
            None => note(defects, Defect::new(Flaw::HeaderUnreadable)),
        }
    }
    headers
}

/// One field, unfolded: RFC 3261, 7.3.1 makes each fold one blank.
fn next_field<'a>(bytes: &'a [u8], defects: &mut Vec<Defect>) -> (Vec<u8>, &'a [u8]) {
    let (first, mut rest) = physical_line(bytes, defects);
    let mut line = first.to_vec();
    while matches!(rest.first(), Some(b' ' | b'\t')) {
        note(defects, Defect::new(Flaw::Folded));
        let (more, behind) = physical_line(rest, defects);
        let more = text::trim(more);
        let kept = text::trim_end(&line).len();
        line.truncate(kept);
        line.push(b' ');
        line.extend_from_slice(more);
        rest = behind;
    }
    (line, rest)
}

fn physical_line<'a>(bytes: &'a [u8], defects: &mut Vec<Defect>) -> (&'a [u8], &'a [u8]) {
    let (line, rest) = text::split_once(bytes, b'\n').unwrap_or((bytes, &[]));
    match line.strip_suffix(b"\r") {
        Some(line) => (line, rest),
        None => {
            if line.len() < bytes.len() {
                note(defects, Defect::new(Flaw::BareLf));
            }
            (line, rest)
        }
    }
}

fn read_field(line: &[u8], defects: &mut Vec<Defect>) -> Option<Header> {
    let (name, value) = text::split_once(line, b':')?;
    let name = text::trim(name);
    if !text::is_token(name) {
        note(defects, Defect::new(Flaw::HeaderName));
    }
    let is_name = |name: &&str| !name.is_empty() && !name.chars().any(char::is_control);
    let name = std::str::from_utf8(name).ok().map(str::trim).filter(is_name)?;
    if text::trim(value).contains(&b'\r') {
        note(defects, Defect::new(Flaw::BareCr));
    }
    Some(Header::new(name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_ends_at_the_first_empty_line_of_either_kind() {
        assert_eq!(end_of_head(b"a\r\n\r\nbody"), Some((3, 5)));
        assert_eq!(end_of_head(b"a\n\nbody"), Some((2, 3)));
        assert_eq!(end_of_head(b"a\n\r\nbody"), Some((2, 4)));
        assert_eq!(end_of_head(b"a\r\nb\r\n\r"), None);
    }

    #[test]
    fn folded_lines_become_one_blank() {
        let mut defects = Vec::new();
        let headers = read_fields(b"TO :\r\n sip:a ;  \r\n\ttag = 1\r\nb\r\ns:\r\n", &mut defects);
        assert_eq!(headers.get("To"), Some(&b"sip:a ; tag = 1"[..]));
        assert_eq!(headers.get("Subject"), Some(&b""[..]));
        let codes: Vec<&str> = defects.iter().map(|defect| defect.code).collect();
        assert_eq!(codes, ["folded-header", "header-unreadable"]);
    }
}
