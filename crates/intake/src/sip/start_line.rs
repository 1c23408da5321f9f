//! The first line: what is asked, or what is answered.

use std::fmt;

use super::defect::Flaw;
use super::text;
use super::uri::Uri;

/// The first line of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartLine {
    /// Something is asked of the address.
    Request {
        /// What is asked.
        method: Method,
        /// Of whom.
        uri: Uri,
    },
    /// A request is answered.
    Response {
        /// 100 to 699.
        code: u16,
        /// In words, for people; often empty.
        reason: String,
    },
}

impl fmt::Display for StartLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request { method, uri } => write!(f, "{method} {uri} SIP/2.0"),
            Self::Response { code, reason } => write!(f, "SIP/2.0 {code} {reason}"),
        }
    }
}

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Begins a call, or changes it (RFC 3261).
    Invite,
    /// Confirms the final answer to an INVITE.
    Ack,
    /// Ends a call.
    Bye,
    /// Gives up an INVITE that has no final answer yet.
    Cancel,
    /// Asks what the other side can do.
    Options,
    /// Tells a registrar where somebody is reached.
    Register,
    /// Confirms a reliable provisional answer (RFC 3262).
    Prack,
    /// Changes a session before its answer (RFC 3311).
    Update,
    /// Something within a call (RFC 6086).
    Info,
    /// Asks to be told of a state (RFC 6665).
    Subscribe,
    /// Tells a state.
    Notify,
    /// Asks the other side to call somebody (RFC 3515).
    Refer,
    /// A text by itself (RFC 3428).
    Message,
    /// Hands in a state (RFC 3903).
    Publish,
    /// Any other, as written.
    Other(String),
}

const METHODS: [Method; 14] = [
    Method::Invite,
    Method::Ack,
    Method::Bye,
    Method::Cancel,
    Method::Options,
    Method::Register,
    Method::Prack,
    Method::Update,
    Method::Info,
    Method::Subscribe,
    Method::Notify,
    Method::Refer,
    Method::Message,
    Method::Publish,
];

impl Method {
    /// As it stands on the line.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Invite => "INVITE",
            Self::Ack => "ACK",
            Self::Bye => "BYE",
            Self::Cancel => "CANCEL",
            Self::Options => "OPTIONS",
            Self::Register => "REGISTER",
            Self::Prack => "PRACK",
            Self::Update => "UPDATE",
            Self::Info => "INFO",
            Self::Subscribe => "SUBSCRIBE",
            Self::Notify => "NOTIFY",
            Self::Refer => "REFER",
            Self::Message => "MESSAGE",
            Self::Publish => "PUBLISH",
            Self::Other(name) => name,
        }
    }

    /// Known methods are found in any case, although RFC 3261 tells cases apart: no other method
    /// is meant by `invite`.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let known = METHODS.iter().find(|method| method.as_str().eq_ignore_ascii_case(name));
        known.cloned().unwrap_or_else(|| Self::Other(name.to_owned()))
    }

    /// Whether a call lives by it: what is wrong with such a request is borne as far as possible,
    /// because an INVITE that was taken with a fault is followed by a CANCEL, ACK or BYE with it.
    #[must_use]
    pub fn is_of_a_call(&self) -> bool {
        matches!(
            self,
            Self::Invite | Self::Ack | Self::Bye | Self::Cancel | Self::Prack | Self::Update
        )
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A first line as far as it can be read.
pub(super) struct ReadStart {
    pub(super) start: StartLine,
    pub(super) flaws: Vec<Flaw>,
    /// Why the message cannot be taken, and the status code that says so.
    pub(super) fatal: Option<(Flaw, u16)>,
}

/// Whether a line may be the first of a message: what a stream is searched for.
pub(super) fn looks_like_start(line: &[u8]) -> bool {
    let line = text::trim(line);
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default();
    let last = words.next_back();
    let is_known = |word: &[u8]| !matches!(Method::of(&text::decode(word)), Method::Other(_));
    is_version(first) || last.is_some_and(|last| is_version(last) || is_known(first))
}

pub(super) fn read(line: &[u8]) -> ReadStart {
    let trimmed = text::trim(line);
    let mut read = match is_version(trimmed) {
        true => read_response(trimmed),
        false => read_request(trimmed),
    };
    // A response may end in a blank: its reason may be empty.
    let is_request = matches!(read.start, StartLine::Request { .. });
    if is_request && trimmed.len() != line.len() {
        read.flaws.push(Flaw::StartLineSpaces);
    }
    if std::str::from_utf8(line).is_err() {
        read.flaws.push(Flaw::NotUtf8);
    }
    read.flaws.dedup();
    read
}

fn is_version(bytes: &[u8]) -> bool {
    bytes.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"SIP/"))
}

fn read_response(line: &[u8]) -> ReadStart {
    let mut flaws = Vec::new();
    let (version, rest) = split_blank(line);
    if !version.eq_ignore_ascii_case(b"SIP/2.0") {
        flaws.push(Flaw::Version);
    }
    let (digits, reason) = split_blank(rest);
    let code = text::number(digits).filter(|code| (100..700).contains(code));
    let fatal = code.is_none().then_some((Flaw::StatusCode, 400));
    let reason = text::decode(reason).replace('\r', " ");
    let start = StartLine::Response { code: code.unwrap_or(0), reason };
    ReadStart { start, flaws, fatal }
}

fn read_request(line: &[u8]) -> ReadStart {
    let mut flaws = Vec::new();
    let (name, rest) = split_blank(line);
    let method = Method::of(&text::decode(name));
    if method.as_str().as_bytes() != name && text::is_token(name) {
        flaws.push(Flaw::MethodCase);
    }
    let (address, version) = split_version(rest);
    let uri = read_uri(address, &mut flaws);
    if line.len() != name.len() + address.len() + version.map_or(0, |version| version.len() + 1) + 1
    {
        flaws.push(Flaw::StartLineSpaces);
    }
    let fault = match version {
        _ if !text::is_token(name) => Some((Flaw::StartLineUnreadable, 400)),
        None => Some((Flaw::NoVersion, 400)),
        Some(version) if !version.eq_ignore_ascii_case(b"SIP/2.0") => Some((Flaw::Version, 505)),
        Some(_) if uri.as_str().is_empty() => Some((Flaw::NoRequestUri, 400)),
        Some(_) => None,
    };
    let is_borne = method.is_of_a_call();
    flaws.extend(fault.filter(|_| is_borne).map(|(flaw, _)| flaw));
    let fatal = fault.filter(|_| !is_borne);
    ReadStart { start: StartLine::Request { method, uri }, flaws, fatal }
}

/// RFC 4475, 3.1.2.7, 3.1.2.8 and 3.1.2.11: brackets are taken off, blanks within and escaped
/// headers are kept; the address of an emergency call decides nothing that they could spoil.
fn read_uri(bytes: &[u8], flaws: &mut Vec<Flaw>) -> Uri {
    let mut inner = bytes;
    if bytes.first() == Some(&b'<') {
        flaws.push(Flaw::UriBrackets);
        let is_around = |byte: &u8| matches!(byte, b'<' | b'>') || byte.is_ascii_whitespace();
        let start = bytes.iter().position(|byte| !is_around(byte)).unwrap_or(bytes.len());
        let end = bytes.iter().rposition(|byte| !is_around(byte)).map_or(start, |last| last + 1);
        inner = bytes.get(start..end).unwrap_or_default();
    }
    let uri = Uri::from_bytes(inner);
    if inner.iter().any(u8::is_ascii_whitespace) {
        flaws.push(Flaw::UriSpaces);
    }
    if uri.headers().is_some() {
        flaws.push(Flaw::UriHeaders);
    }
    if uri.scheme().is_empty() && !inner.is_empty() {
        flaws.push(Flaw::NoScheme);
    }
    uri
}

/// The first word, and what comes after the blanks behind it.
fn split_blank(line: &[u8]) -> (&[u8], &[u8]) {
    let end = line.iter().position(u8::is_ascii_whitespace).unwrap_or(line.len());
    let (word, rest) = line.split_at(end);
    (word, text::trim(rest))
}

/// The address, and the last word if it is a version.
fn split_version(rest: &[u8]) -> (&[u8], Option<&[u8]>) {
    let before = rest.iter().rposition(u8::is_ascii_whitespace).map_or(0, |blank| blank + 1);
    let (address, last) = rest.split_at(before);
    match is_version(last) {
        true => (text::trim(address), Some(last)),
        false => (rest, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expect(line: &[u8], start: &str, flaws: &[Flaw]) {
        let read = read(line);
        assert_eq!((read.start.to_string().as_str(), &read.flaws[..]), (start, flaws));
        assert_eq!(read.fatal, None);
    }

    fn expect_fatal(line: &[u8], flaw: Flaw, code: u16) {
        assert_eq!(read(line).fatal, Some((flaw, code)));
    }

    #[test]
    fn a_call_is_read_whatever_its_line_looks_like() {
        let plain = "INVITE sip:a@b SIP/2.0";
        expect(b"INVITE sip:a@b SIP/2.0", plain, &[]);
        expect(b"INVITE  sip:a@b  SIP/2.0", plain, &[Flaw::StartLineSpaces]);
        expect(b"invite sip:a@b SIP/2.0", plain, &[Flaw::MethodCase]);
        expect(b"INVITE <sip:a@b> SIP/2.0", plain, &[Flaw::UriBrackets]);
        expect(b"INVITE sip:a@b SIP/7.0", plain, &[Flaw::Version]);
        expect(b"INVITE sip:a@b", plain, &[Flaw::NoVersion]);
        expect(b"INVITE sip:a; lr SIP/2.0", "INVITE sip:a; lr SIP/2.0", &[Flaw::UriSpaces]);
        expect(b"INVITE a SIP/2.0", "INVITE a SIP/2.0", &[Flaw::NoScheme]);
        expect(b"CANCEL sip:a@b SIP/7.0", "CANCEL sip:a@b SIP/2.0", &[Flaw::Version]);
    }

    #[test]
    fn other_requests_are_refused_by_name() {
        expect_fatal(b"OPTIONS sip:a@b SIP/7.0", Flaw::Version, 505);
        expect_fatal(b"OPTIONS sip:a@b", Flaw::NoVersion, 400);
        expect_fatal(b"OPTIONS SIP/2.0", Flaw::NoRequestUri, 400);
        expect_fatal(b"\x00\x01 x SIP/2.0", Flaw::StartLineUnreadable, 400);
        expect_fatal(b"", Flaw::StartLineUnreadable, 400);
    }

    #[test]
    fn a_response_has_three_digits_and_perhaps_words() {
        expect(b"SIP/2.0 100 ", "SIP/2.0 100 ", &[]);
        expect(b"SIP/2.0 486 Busy Here", "SIP/2.0 486 Busy Here", &[]);
        expect_fatal(b"SIP/2.0 4294967301 no", Flaw::StatusCode, 400);
        expect_fatal(b"SIP/2.0 099 no", Flaw::StatusCode, 400);
    }

    #[test]
    fn a_stream_is_searched_for_first_lines() {
        assert!(looks_like_start(b"INVITE sip:a@b SIP/2.0\r"));
        assert!(looks_like_start(b"SIP/2.0 200 OK"));
        assert!(looks_like_start(b"INVITE sip:a@b"));
        assert!(!looks_like_start(b"Via: SIP/2.0/UDP a"));
        assert!(!looks_like_start(b"v=0"));
    }
}
