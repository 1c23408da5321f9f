//! A name and an address: `"Alice" <sip:alice@example.org>;tag=1`.

use std::fmt;

use super::defect::Flaw;
use super::params::Params;
use super::text;
use super::uri::Uri;

/// The value of From, To, Contact, Route, Refer-To and their like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameAddr {
    /// The name shown, without quotes; empty where there is none.
    pub display: String,
    /// The address.
    pub uri: Uri,
    /// What stands behind the address: tag, expires.
    pub params: Params,
}

impl NameAddr {
    /// An address without name and parameters.
    #[must_use]
    pub fn new(uri: Uri) -> Self {
        Self { display: String::new(), uri, params: Params::default() }
    }

    /// Reads one value, as well as it can be read.
    #[must_use]
    pub fn parse(value: &[u8]) -> Self {
        Self::read(value).0
    }

    /// The dialog tag.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.params.get("tag").filter(|tag| !tag.is_empty())
    }

    /// Reads one value, and says what was wrong with it.
    pub(super) fn read(value: &[u8]) -> (Self, Vec<Flaw>) {
        let value = text::trim(value);
        let mut flaws = Vec::new();
        if std::str::from_utf8(value).is_err() {
            flaws.push(Flaw::NotUtf8);
        }
        let (display, rest) = read_display(value, &mut flaws);
        let read = match rest {
            Some(rest) => read_enclosed(display, rest, &mut flaws),
            None => read_bare(value, &mut flaws),
        };
        if read.uri.scheme().is_empty() && read.uri.as_str() != "*" {
            flaws.push(Flaw::NoScheme);
        }
        (read, flaws)
    }
}

impl fmt::Display for NameAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.display.is_empty() {
            let escaped = self.display.replace('\\', "\\\\").replace('"', "\\\"");
            write!(f, "\"{}\" ", escaped.replace(['\r', '\n'], " "))?;
        }
        write!(f, "<{}>{}", self.uri, self.params)
    }
}

/// The name, and what stands behind the opening angle bracket, where there is one.
fn read_display<'a>(value: &'a [u8], flaws: &mut Vec<Flaw>) -> (String, Option<&'a [u8]>) {
    let close = value.first().filter(|byte| **byte == b'"').map(|_| text::closing_quote(value, 0));
    let from = match close {
        Some(Some(close)) => close,
        // RFC 4475, 3.1.2.6: the name ends where the address begins.
        Some(None) => {
            flaws.push(Flaw::QuoteNotClosed);
            0
        }
        None => 0,
    };
    let Some(open) = text::find(value, b'<', from) else { return (String::new(), None) };
    let name = text::trim(value.get(..open).unwrap_or_default());
    if close.is_none() && !name.iter().all(|byte| is_of_words(*byte)) {
        flaws.push(Flaw::NameNotQuoted);
    }
    (unquote(name), value.get(open + 1..))
}

/// A name without quotes is a row of tokens (RFC 3261, 25.1).
fn is_of_words(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t') || text::is_token(&[byte])
}

fn unquote(name: &[u8]) -> String {
    let name = text::decode(name);
    let Some(inner) = name.strip_prefix('"') else { return name.into_owned() };
    let inner = inner.trim_end();
    let mut plain = String::with_capacity(inner.len());
    let mut escaped = false;
    for c in inner.chars() {
        match c {
            _ if escaped => {
                plain.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => break,
            _ => plain.push(c),
        }
    }
    plain
}

fn read_enclosed(display: String, rest: &[u8], flaws: &mut Vec<Flaw>) -> NameAddr {
    let (uri, behind) = text::split_once(rest, b'>').unwrap_or_else(|| {
        flaws.push(Flaw::AddressNotClosed);
        (rest, &[])
    });
    if uri.iter().any(u8::is_ascii_whitespace) {
        flaws.push(Flaw::AddressSpaces);
    }
    if text::trim(behind).first().is_some_and(|byte| *byte != b';') {
        flaws.push(Flaw::AddressNotClosed);
    }
    let params = text::split_once(behind, b';').map_or(&[][..], |(_, params)| params);
    note_empty_params(params, flaws);
    NameAddr { display, uri: Uri::from_bytes(uri), params: Params::parse(params) }
}

/// RFC 3261, 20.10: without angle brackets every parameter belongs to the header.
fn read_bare(value: &[u8], flaws: &mut Vec<Flaw>) -> NameAddr {
    let (uri, params) = text::split_once(value, b';').unwrap_or((value, &[]));
    if uri.iter().any(|byte| matches!(byte, b',' | b'?')) {
        flaws.push(Flaw::AddressNotEnclosed);
    }
    if text::trim(uri).iter().any(u8::is_ascii_whitespace) {
        flaws.push(Flaw::AddressSpaces);
    }
    note_empty_params(params, flaws);
    NameAddr { params: Params::parse(params), ..NameAddr::new(Uri::from_bytes(uri)) }
}

pub(super) fn note_empty_params(params: &[u8], flaws: &mut Vec<Flaw>) {
    let parts = text::split(params, b';');
    if parts.len() > 1 && parts.iter().any(|part| part.is_empty()) {
        flaws.push(Flaw::EmptyValue);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &[u8]) -> (String, String, Vec<Flaw>) {
        let (read, flaws) = NameAddr::read(value);
        (read.display, read.uri.as_str().to_owned(), flaws)
    }

    fn expect(value: &[u8], display: &str, uri: &str, flaws: &[Flaw]) {
        assert_eq!(read(value), (display.to_owned(), uri.to_owned(), flaws.to_vec()));
    }

    #[test]
    fn names_are_read_with_and_without_quotes() {
        expect(br#""J \\\" <x>" <sip:a@b>;tag=1"#, "J \\\" <x>", "sip:a@b", &[]);
        expect(b"caller<sip:a@b>", "caller", "sip:a@b", &[]);
        expect(b"<urn:service:sos>", "", "urn:service:sos", &[]);
        expect(b"sip:a@b;tag=1", "", "sip:a@b", &[]);
    }

    #[test]
    fn faulty_values_are_read_and_named() {
        expect(b"\"Jos\xe9\" <sip:a@b>", "Jos\u{e9}", "sip:a@b", &[Flaw::NotUtf8]);
        expect(b"\"J. User <sip:a@b>", "J. User", "sip:a@b", &[Flaw::QuoteNotClosed]);
        expect(b"Bell, A <sip:a@b>", "Bell, A", "sip:a@b", &[Flaw::NameNotQuoted]);
        expect(b"\"W\" < sip:a@b >", "W", "sip:a@b", &[Flaw::AddressSpaces]);
        expect(b"<sip:a@b", "", "sip:a@b", &[Flaw::AddressNotClosed]);
        expect(b"sip:a@b?R=1", "", "sip:a@b?R=1", &[Flaw::AddressNotEnclosed]);
        expect(b"a@b", "", "a@b", &[Flaw::NoScheme]);
    }

    #[test]
    fn a_value_is_written_so_that_it_reads_the_same() {
        let read = NameAddr::parse(br#""J \" \\" <sip:a@b;lr>;tag=1"#);
        assert_eq!(NameAddr::parse(read.to_string().as_bytes()), read);
        assert_eq!(read.tag(), Some("1"));
    }
}
