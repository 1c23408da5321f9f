//! A session description, read in any order and written in the right one.

use std::fmt;

use super::super::defect::{Defect, Flaw, note};
use super::super::limits::{SDP_FORMATS_MAX, SDP_LINES_MAX, SDP_MEDIA_MAX};
use super::super::text;

/// The order of lines (RFC 8866, 5). `t`, `r` and `z` belong together.
const ORDER: &str = "vosiuepcbtka";

/// A session description.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Session {
    /// Who made it, and the how manyth version it is.
    pub origin: Origin,
    /// Its name, which says nothing in SIP.
    pub name: String,
    /// Where to send, for all media that do not say it themselves.
    pub connection: Option<Connection>,
    /// Attributes of the whole session.
    pub attributes: Vec<Attribute>,
    /// Other lines of the whole session, by letter.
    pub others: Vec<(char, String)>,
    /// The media in their order, which answers keep.
    pub media: Vec<Media>,
    /// What was wrong with it as it came.
    pub defects: Vec<Defect>,
}

/// Who made a session description.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// `-` where there is none.
    pub user: String,
    /// Stays the same for the call.
    pub session_id: String,
    /// Grows with every change.
    pub version: String,
    /// Where it was made.
    pub connection: Connection,
}

/// An address to send to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Connection {
    /// `IP4` or `IP6`.
    pub family: String,
    /// As written.
    pub address: String,
}

/// `a=name` or `a=name:value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The name.
    pub name: String,
    /// What stands behind the colon.
    pub value: Option<String>,
}

/// One `m=` line, and what belongs to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Media {
    /// audio, video, text, message.
    pub kind: String,
    /// 0 where the stream is declined.
    pub port: u16,
    /// RTP/AVP and its like.
    pub protocol: String,
    /// Payload types, as written.
    pub formats: Vec<String>,
    /// Where to send, if not where the session says.
    pub connection: Option<Connection>,
    /// Attributes of this stream.
    pub attributes: Vec<Attribute>,
    /// Other lines of this stream, by letter.
    pub others: Vec<(char, String)>,
}

impl Connection {
    /// `IP6` if the address has a colon.
    #[must_use]
    pub fn new(address: &str) -> Self {
        let family = if address.contains(':') { "IP6" } else { "IP4" };
        Self { family: family.to_owned(), address: address.to_owned() }
    }

    /// The address without the time to live and count of multicast.
    #[must_use]
    pub fn host(&self) -> &str {
        self.address.split('/').next().unwrap_or_default()
    }

    /// Whether it says "do not send to me" (hold after RFC 2543).
    #[must_use]
    pub fn is_nowhere(&self) -> bool {
        matches!(self.host(), "0.0.0.0" | "::" | "0:0:0:0:0:0:0:0")
    }

    fn parse(value: &str) -> Option<Self> {
        let words: Vec<&str> = value.split_whitespace().collect();
        match words[..] {
            [_, family, address] => {
                Some(Self { family: family.to_owned(), address: address.to_owned() })
            }
            // `c=192.0.2.1` is no line of SDP, and means what it says.
            [address] => Some(Self::new(address)),
            _ => None,
        }
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IN {} {}", self.family, self.address)
    }
}

impl Attribute {
    /// With a value, or without one if it is empty.
    #[must_use]
    pub fn new(name: &str, value: &str) -> Self {
        let value = Some(value.to_owned()).filter(|value| !value.is_empty());
        Self { name: name.to_owned(), value }
    }

    fn parse(text: &str) -> Self {
        match text.split_once(':') {
            Some((name, value)) => {
                Self { name: name.trim().to_owned(), value: Some(value.trim().to_owned()) }
            }
            None => Self { name: text.trim().to_owned(), value: None },
        }
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(f, "a={}:{value}\r\n", self.name),
            None => write!(f, "a={}\r\n", self.name),
        }
    }
}

impl Media {
    /// The values of every attribute called `name`; empty for one without value.
    pub fn values<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s str> {
        values(&self.attributes, name)
    }

    /// The first value of the attribute called `name`.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values(name).next()
    }

    fn parse(value: &str) -> Option<Self> {
        let mut words = value.split_whitespace().map(str::to_owned);
        let (kind, port, protocol) = (words.next()?, words.next()?, words.next()?);
        // `49170/2` is a row of ports; the first one is taken.
        let port = port.split('/').next().and_then(|port| text::number(port.as_bytes()))?;
        Some(Self { kind, port, protocol, formats: words.collect(), ..Self::default() })
    }
}

impl fmt::Display for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "m={} {} {}", self.kind, self.port, self.protocol)?;
        self.formats.iter().try_for_each(|format| write!(f, " {format}"))?;
        f.write_str("\r\n")?;
        write_others(f, &self.others, "i")?;
        if let Some(connection) = &self.connection {
            write!(f, "c={connection}\r\n")?;
        }
        write_others(f, &self.others, "bk")?;
        self.attributes.iter().try_for_each(|attribute| attribute.fmt(f))
    }
}

impl Session {
    /// Reads what can be read; lines that cannot are left out, with a defect.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let text = text::decode(bytes);
        let mut session = Self::default();
        if std::str::from_utf8(bytes).is_err() {
            session.fault(Flaw::SdpNotUtf8);
        }
        let lines = text.split(['\r', '\n']).filter(|line| !line.trim().is_empty());
        let mut seen = Seen::default();
        for (count, line) in lines.enumerate() {
            if count >= SDP_LINES_MAX {
                session.fault(Flaw::SdpTooLong);
                break;
            }
            session.take_line(line, &mut seen);
        }
        session.check(&seen);
        session
    }

    /// The values of every session-level attribute called `name`.
    pub fn values<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s str> {
        values(&self.attributes, name)
    }

    /// Where the stream is to be sent: its own address, the session's, or the maker's.
    #[must_use]
    pub fn connection_of<'s>(&'s self, media: &'s Media) -> &'s Connection {
        let connection = media.connection.as_ref().or(self.connection.as_ref());
        connection.unwrap_or(&self.origin.connection)
    }

    fn fault(&mut self, flaw: Flaw) {
        note(&mut self.defects, Defect::new(flaw));
    }

    fn take_line(&mut self, line: &str, seen: &mut Seen) {
        let (key, value) = line.split_once('=').unwrap_or_default();
        if key.len() != 1 {
            self.fault(Flaw::SdpLine);
        }
        let mut letters = key.trim().chars();
        let (Some(letter), None) = (letters.next(), letters.next()) else { return };
        if seen.is_out_of_order(letter) {
            self.fault(Flaw::SdpOrder);
        }
        if !self.take(letter, value.trim()) {
            self.fault(Flaw::SdpLine);
        }
    }

    /// Whether the value could be read.
    fn take(&mut self, letter: char, value: &str) -> bool {
        match letter {
            'v' => return value == "0",
            'o' => match Origin::parse(value) {
                Some(origin) => self.origin = origin,
                None => return false,
            },
            's' => self.name = value.to_owned(),
            'm' => return self.take_media(value),
            'c' => match Connection::parse(value) {
                Some(connection) => *self.connection_slot() = Some(connection),
                None => return false,
            },
            'a' => {
                let attribute = Attribute::parse(value);
                match self.media.last_mut() {
                    Some(media) => media.attributes.push(attribute),
                    None => self.attributes.push(attribute),
                }
            }
            _ => match self.media.last_mut() {
                Some(media) => media.others.push((letter, value.to_owned())),
                None => self.others.push((letter, value.to_owned())),
            },
        }
        true
    }

    /// A stream that cannot be read keeps its place, declined: answers go by the order.
    fn take_media(&mut self, value: &str) -> bool {
        if self.media.len() >= SDP_MEDIA_MAX {
            self.fault(Flaw::SdpTooLong);
            return true;
        }
        let mut media = Media::parse(value);
        if let Some(media) = media.as_mut().filter(|media| media.formats.len() > SDP_FORMATS_MAX) {
            media.formats.truncate(SDP_FORMATS_MAX);
            self.fault(Flaw::SdpTooLong);
        }
        let is_read = media.is_some();
        self.media.push(media.unwrap_or_else(|| Media {
            kind: value.split_whitespace().next().unwrap_or("audio").to_owned(),
            protocol: "RTP/AVP".to_owned(),
            formats: vec!["0".to_owned()],
            ..Media::default()
        }));
        is_read
    }

    fn connection_slot(&mut self) -> &mut Option<Connection> {
        match self.media.last_mut() {
            Some(media) => &mut media.connection,
            None => &mut self.connection,
        }
    }

    fn check(&mut self, seen: &Seen) {
        for letter in "vost".chars().filter(|letter| !seen.letters.contains(*letter)) {
            note(&mut self.defects, Defect::at(Flaw::SdpMissing, &format!("{letter}=")));
        }
        let is_placed = |media: &Media| media.connection.is_some() || media.port == 0;
        if self.connection.is_none() && !self.media.iter().all(is_placed) {
            self.fault(Flaw::SdpNoConnection);
        }
        if self.media.is_empty() {
            self.fault(Flaw::SdpNoMedia);
        }
    }
}

impl fmt::Display for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v=0\r\no={}\r\n", self.origin)?;
        let name = if self.name.is_empty() { "-" } else { &self.name };
        write!(f, "s={name}\r\n")?;
        write_others(f, &self.others, "iuep")?;
        if let Some(connection) = &self.connection {
            write!(f, "c={connection}\r\n")?;
        }
        write_others(f, &self.others, "b")?;
        if !self.others.iter().any(|(letter, _)| *letter == 't') {
            f.write_str("t=0 0\r\n")?;
        }
        write_others(f, &self.others, "trzk")?;
        self.attributes.iter().try_for_each(|attribute| attribute.fmt(f))?;
        self.media.iter().try_for_each(|media| media.fmt(f))
    }
}

impl Origin {
    fn parse(value: &str) -> Option<Self> {
        let words: Vec<&str> = value.split_whitespace().collect();
        let [user, session_id, version, .., family, address] = words[..] else { return None };
        let connection = Connection { family: family.to_owned(), address: address.to_owned() };
        let [user, session_id, version] = [user, session_id, version].map(str::to_owned);
        Some(Self { user, session_id, version, connection })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.user, self.session_id, self.version, self.connection)
    }
}

/// Which lines came, and where in the order the last one stands.
#[derive(Default)]
struct Seen {
    letters: String,
    rank: usize,
}

impl Seen {
    fn is_out_of_order(&mut self, letter: char) -> bool {
        if !self.letters.contains(letter) {
            self.letters.push(letter);
        }
        let grouped = if matches!(letter, 'r' | 'z') { 't' } else { letter };
        if letter == 'm' {
            self.rank = 0;
            return false;
        }
        // Letters that SDP does not know have no place.
        let Some(rank) = ORDER.find(grouped) else { return false };
        let is_before = rank < self.rank;
        self.rank = self.rank.max(rank);
        is_before
    }
}

fn values<'s>(attributes: &'s [Attribute], name: &str) -> impl Iterator<Item = &'s str> {
    let named = attributes.iter().filter(move |other| other.name.eq_ignore_ascii_case(name));
    named.map(|attribute| attribute.value.as_deref().unwrap_or_default())
}

fn write_others(
    f: &mut fmt::Formatter<'_>,
    others: &[(char, String)],
    letters: &str,
) -> fmt::Result {
    let mut others = others.iter().filter(|(letter, _)| letters.contains(*letter));
    others.try_for_each(|(letter, value)| write!(f, "{letter}={value}\r\n"))
}
