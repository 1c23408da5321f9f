//! Bodies in parts (RFC 2046, RFC 5621): the offer, the location, what is known of the caller.

use super::defect::{Defect, Flaw, note};
use super::headers::Headers;
use super::limits::{PARTS_DEPTH_MAX, PARTS_MAX};
use super::lines;
use super::params::Params;
use super::text;

/// The parts of one body, nested ones in their order among the others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts {
    /// In the order in which they stand.
    pub parts: Vec<Part>,
    /// What was wrong with how they are divided.
    pub defects: Vec<Defect>,
}

/// One part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// As written, parameters and all.
    pub content_type: String,
    /// Without angle brackets: what a `cid:` address names.
    pub content_id: Option<String>,
    /// What the part is for, as written.
    pub disposition: Option<String>,
    /// All its header fields.
    pub headers: Headers,
    /// Its bytes, decoded if they were sent as base64.
    pub body: Vec<u8>,
}

impl Part {
    /// Whether it is of this type, in any case and with any parameters.
    #[must_use]
    pub fn is(&self, kind: &str) -> bool {
        type_of(&self.content_type).eq_ignore_ascii_case(kind)
    }
}

impl Parts {
    /// The first part of this type.
    #[must_use]
    pub fn first(&self, kind: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.is(kind))
    }

    /// The part that `cid:` and this id name.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.content_id.as_deref() == Some(id))
    }

    fn fault(&mut self, flaw: Flaw) {
        note(&mut self.defects, Defect::new(flaw));
    }

    fn add(&mut self, headers: Headers, body: &[u8]) {
        if self.parts.len() >= PARTS_MAX {
            return self.fault(Flaw::TooManyParts);
        }
        let part = part_of(headers, body, &mut self.defects);
        self.parts.push(part);
    }
}

/// The parts of a body of this type. A body that is not multipart is one part.
#[must_use]
pub fn parts(content_type: &str, body: &[u8]) -> Parts {
    let mut headers = Headers::default();
    if !content_type.trim().is_empty() {
        headers.push("Content-Type", content_type);
    }
    parts_of(headers, body)
}

/// The same for a body whose header fields are at hand; others than `Content-*` are left out.
pub(super) fn parts_of(headers: Headers, body: &[u8]) -> Parts {
    let mut all = Parts::default();
    open(headers, body, 0, &mut all);
    all
}

fn open(headers: Headers, body: &[u8], depth: usize, all: &mut Parts) {
    let content_type = headers.text("Content-Type").unwrap_or_default().into_owned();
    let kind = type_of(&content_type).to_ascii_lowercase();
    if !kind.starts_with("multipart/") {
        return all.add(headers, body);
    }
    if depth >= PARTS_DEPTH_MAX {
        all.fault(Flaw::PartsTooDeep);
        return all.add(headers, body);
    }
    let Some(boundary) = boundary_of(&content_type, body, all) else {
        // Not one dividing line: what is there may be an offer all the same.
        let mut undivided = headers;
        undivided.remove("Content-Type");
        return all.add(undivided, body);
    };
    for section in sections(body, &boundary, all) {
        if all.parts.len() >= PARTS_MAX {
            return all.fault(Flaw::TooManyParts);
        }
        let (headers, body) = split_part(section, &mut all.defects);
        open(headers, body, depth + 1, all);
    }
}

fn type_of(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

/// The boundary that is announced, or the one that the first line of two dashes shows.
fn boundary_of(content_type: &str, body: &[u8], all: &mut Parts) -> Option<Vec<u8>> {
    let (_, params) = content_type.split_once(';').unwrap_or_default();
    let params = Params::parse(params.as_bytes());
    let announced = params.get("boundary").map(str::trim).filter(|boundary| !boundary.is_empty());
    let announced = announced.map(|boundary| boundary.as_bytes().to_vec());
    let flaw = match announced {
        Some(boundary) if delimiters(body, &boundary).next().is_some() => return Some(boundary),
        Some(_) => Flaw::BoundaryWrong,
        None => Flaw::NoBoundary,
    };
    all.fault(flaw);
    let guessed = body_lines(body).find_map(|(_, line)| text::trim(line).strip_prefix(b"--"));
    guessed.filter(|boundary| !boundary.is_empty()).map(<[u8]>::to_vec)
}

/// Each line without its end, and where it begins.
fn body_lines(body: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = 0;
    body.split_inclusive(|byte| *byte == b'\n').map(move |line| {
        let start = at;
        at += line.len();
        let bare = line.strip_suffix(b"\n").unwrap_or(line);
        (start, bare.strip_suffix(b"\r").unwrap_or(bare))
    })
}

struct Delimiter {
    start: usize,
    /// Where the line behind it begins.
    end: usize,
    is_last: bool,
}

fn delimiters<'a>(body: &'a [u8], boundary: &'a [u8]) -> impl Iterator<Item = Delimiter> + 'a {
    body_lines(body).filter_map(move |(start, line)| {
        let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?;
        let is_last = rest.starts_with(b"--");
        let is_whole = is_last || text::trim(rest).is_empty();
        let end = text::find(body, b'\n', start).map_or(body.len(), |feed| feed + 1);
        is_whole.then_some(Delimiter { start, end, is_last })
    })
}

/// What stands between the dividing lines; the line end before each belongs to it.
fn sections<'a>(body: &'a [u8], boundary: &[u8], all: &mut Parts) -> Vec<&'a [u8]> {
    let mut sections = Vec::new();
    let mut from = None;
    for delimiter in delimiters(body, boundary) {
        if let Some(from) = from {
            let section = body.get(from..delimiter.start).unwrap_or_default();
            let section = section.strip_suffix(b"\n").unwrap_or(section);
            sections.push(section.strip_suffix(b"\r").unwrap_or(section));
        }
        if delimiter.is_last {
            return sections;
        }
        from = Some(delimiter.end);
    }
    all.fault(Flaw::NoClosingBoundary);
    let rest = from.and_then(|from| body.get(from..)).unwrap_or_default();
    if !text::trim(rest).is_empty() {
        sections.push(rest);
    }
    sections
}

/// Header fields and body of one part. The empty line between them may be missing: the body then
/// begins with the first line that is no header field.
fn split_part<'a>(section: &'a [u8], defects: &mut Vec<Defect>) -> (Headers, &'a [u8]) {
    let mut end = 0;
    for (start, line) in body_lines(section) {
        if text::trim(line).is_empty() {
            let behind = text::find(section, b'\n', start).map_or(section.len(), |feed| feed + 1);
            return (fields(section, start, defects), section.get(behind..).unwrap_or_default());
        }
        let is_fold = start > 0 && matches!(line.first(), Some(b' ' | b'\t'));
        if !is_fold && !is_field(line) {
            note(defects, Defect::new(Flaw::PartNoBlankLine));
            return (fields(section, start, defects), section.get(start..).unwrap_or_default());
        }
        end = start + line.len();
    }
    (fields(section, end, defects), &[])
}

fn fields(section: &[u8], end: usize, defects: &mut Vec<Defect>) -> Headers {
    lines::read_fields(section.get(..end).unwrap_or_default(), defects)
}

fn is_field(line: &[u8]) -> bool {
    text::split_once(line, b':').is_some_and(|(name, _)| text::is_token(text::trim(name)))
}

fn part_of(headers: Headers, body: &[u8], defects: &mut Vec<Defect>) -> Part {
    let text_of = |name: &str| headers.text(name).map(|value| value.trim().to_owned());
    let body = decoded(&headers, body, defects);
    let content_type = text_of("Content-Type").filter(|kind| !kind.is_empty());
    let content_type = content_type.unwrap_or_else(|| {
        note(defects, Defect::new(Flaw::NoContentType));
        guessed_type(&body).to_owned()
    });
    let content_id = text_of("Content-ID")
        .map(|id| id.trim_start_matches('<').trim_end_matches('>').trim().to_owned());
    let disposition = text_of("Content-Disposition");
    Part { content_type, content_id, disposition, headers, body }
}

/// An offer without a type is still an offer; RFC 2046, 5.1 makes all else plain text.
fn guessed_type(body: &[u8]) -> &'static str {
    match text::trim(body).starts_with(b"v=0") {
        true => "application/sdp",
        false => "text/plain",
    }
}

fn decoded(headers: &Headers, body: &[u8], defects: &mut Vec<Defect>) -> Vec<u8> {
    let encoding = headers.text("Content-Transfer-Encoding").unwrap_or_default();
    match encoding.trim().to_ascii_lowercase().as_str() {
        "" | "binary" | "8bit" | "7bit" => body.to_vec(),
        "base64" => base64(body).unwrap_or_else(|| {
            note(defects, Defect::new(Flaw::PartEncoding));
            body.to_vec()
        }),
        _ => {
            note(defects, Defect::new(Flaw::PartEncoding));
            body.to_vec()
        }
    }
}

/// RFC 4648, 4; blanks and line ends between are left out.
fn base64(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::with_capacity(bytes.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in bytes.iter().filter(|byte| !byte.is_ascii_whitespace() && **byte != b'=') {
        bits = bits << 6 | sextet(*byte)?;
        count += 6;
        if count >= 8 {
            count -= 8;
            plain.push((bits >> count & 0xFF) as u8);
        }
    }
    Some(plain)
}

fn sextet(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}
