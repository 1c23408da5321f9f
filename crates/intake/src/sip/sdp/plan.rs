//! What two descriptions agree on: one voice stream.

use super::super::limits::{PTIME_MS_MAX, PTIME_MS_MIN, PTIME_MS_USUAL};
use super::super::text;
use super::session::{Media, Session};

/// How voice is coded: G.711 at 8,000 samples a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Codec {
    /// u-law.
    Pcmu,
    /// A-law.
    Pcma,
}

/// Who sends on a stream, from our side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// Both sides send.
    #[default]
    SendRecv,
    /// We send, and hear nothing.
    SendOnly,
    /// We hear, and send nothing.
    RecvOnly,
    /// Nobody sends.
    Inactive,
}

/// A host as written (an IP address, rarely a name) and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// Where to.
    pub host: String,
    /// Which port.
    pub port: u16,
}

/// What we send back of what we hear (RFC 6849); we are the mirror.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loopback {
    /// Voice is decoded and coded again: `rtp-media-loopback`.
    Media,
    /// Packets go back in this payload type: `rtp-pkt-loopback` by `rtploopback`.
    Packet {
        /// The payload type of `rtploopback`.
        payload_type: u8,
    },
}

/// The voice stream that was agreed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudioPlan {
    /// Which line of the description it is.
    pub line: usize,
    /// How voice is coded, in both directions.
    pub codec: Codec,
    /// The payload type that says so.
    pub payload_type: u8,
    /// The payload type of keys that are pressed (RFC 4733), where agreed.
    pub telephone_event: Option<u8>,
    /// Where our voice goes.
    pub remote: Remote,
    /// Where our reports go (RFC 3605; else the next port).
    pub rtcp: Remote,
    /// Who sends, from our side.
    pub direction: Direction,
    /// Milliseconds of voice that the other side wants in one packet.
    pub ptime_ms: u32,
    /// Whether what we hear goes back.
    pub loopback: Option<Loopback>,
}

impl Codec {
    /// Its name in `a=rtpmap`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
        }
    }

    /// Its payload type without any `a=rtpmap` (RFC 3551).
    #[must_use]
    pub fn payload_type(self) -> u8 {
        match self {
            Self::Pcmu => 0,
            Self::Pcma => 8,
        }
    }
}

impl Direction {
    /// Its attribute.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }

    /// The same stream from the other side.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::SendOnly => Self::RecvOnly,
            Self::RecvOnly => Self::SendOnly,
            Self::SendRecv | Self::Inactive => self,
        }
    }

    /// What both allow.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::of(self.sends() && other.sends(), self.hears() && other.hears())
    }

    /// Whether we send.
    #[must_use]
    pub fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    /// Whether we hear.
    #[must_use]
    pub fn hears(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }

    fn of(sends: bool, hears: bool) -> Self {
        match (sends, hears) {
            (true, true) => Self::SendRecv,
            (true, false) => Self::SendOnly,
            (false, true) => Self::RecvOnly,
            (false, false) => Self::Inactive,
        }
    }
}

/// What the other side's answer to our offer accepts: the first voice stream that it takes.
/// `wish` is the direction that we offered.
#[must_use]
pub fn accepted(answer: &Session, wish: Direction) -> Option<AudioPlan> {
    // An answer names what it uses first (RFC 3264, 6.1), so its order counts, not ours.
    plan_by(answer, wish, |media| codec_by(media, |codecs| codecs.first().copied()))
}

/// The voice stream that we take of an offer: the first usable one, PCMU before PCMA, because
/// the browser side takes PCMU as it is.
pub(super) fn chosen(offer: &Session, wish: Direction) -> Option<AudioPlan> {
    plan_by(offer, wish, |media| codec_by(media, |codecs| codecs.iter().min().copied()))
}

fn plan_by(
    session: &Session,
    wish: Direction,
    codec_of: impl Fn(&Media) -> Option<(Codec, u8)>,
) -> Option<AudioPlan> {
    let mut lines = session.media.iter().enumerate().filter(|(_, media)| is_plain_audio(media));
    lines.find_map(|(line, media)| {
        let (codec, payload_type) = codec_of(media)?;
        let remote =
            Remote { host: session.connection_of(media).host().to_owned(), port: media.port };
        Some(AudioPlan {
            line,
            codec,
            payload_type,
            telephone_event: mapped(media, "telephone-event").first().copied(),
            rtcp: rtcp(media, &remote),
            remote,
            direction: direction_of(session, media).reversed().and(wish),
            ptime_ms: ptime_ms(media),
            loopback: loopback(session, media),
        })
    })
}

/// Encrypted streams (RTP/SAVP) are not taken: the border decrypts them for us.
fn is_plain_audio(media: &Media) -> bool {
    let protocol = media.protocol.to_ascii_uppercase();
    media.kind.eq_ignore_ascii_case("audio")
        && media.port != 0
        && matches!(protocol.as_str(), "RTP/AVP" | "RTP/AVPF")
}

fn codec_by(
    media: &Media,
    pick: impl Fn(&[(Codec, u8)]) -> Option<(Codec, u8)>,
) -> Option<(Codec, u8)> {
    let types = media.formats.iter().filter_map(|format| text::number(format.as_bytes()));
    let codecs =
        types.filter_map(|payload_type| Some((codec_of(media, payload_type)?, payload_type)));
    pick(&codecs.collect::<Vec<_>>())
}

fn codec_of(media: &Media, payload_type: u8) -> Option<Codec> {
    let codecs = [Codec::Pcmu, Codec::Pcma];
    match encoding(media, payload_type) {
        Some(name) => codecs.into_iter().find(|codec| is_encoding(name, codec.as_str())),
        None => codecs.into_iter().find(|codec| codec.payload_type() == payload_type),
    }
}

/// `a=rtpmap:101 telephone-event/8000` gives `telephone-event/8000` for 101.
fn encoding(media: &Media, payload_type: u8) -> Option<&str> {
    let mut maps = media.values("rtpmap").filter_map(|map| map.split_once(char::is_whitespace));
    maps.find(|(number, _)| text::number(number.as_bytes()) == Some(payload_type))
        .map(|(_, encoding)| encoding.trim())
}

/// One channel at 8,000 samples a second; PCMU at another rate is another codec.
fn is_encoding(encoding: &str, name: &str) -> bool {
    let mut words = encoding.split('/').map(str::trim);
    words.next().is_some_and(|first| first.eq_ignore_ascii_case(name))
        && words.next() == Some("8000")
        && words.next().is_none_or(|channels| channels == "1")
}

/// The payload types of the stream that are mapped to this encoding.
fn mapped(media: &Media, name: &str) -> Vec<u8> {
    let types = media.formats.iter().filter_map(|format| text::number(format.as_bytes()));
    types.filter(|number| encoding(media, *number).is_some_and(|e| is_encoding(e, name))).collect()
}

/// The direction as the other side wrote it; hold after RFC 2543 means that it hears nothing.
fn direction_of(session: &Session, media: &Media) -> Direction {
    let all = [Direction::SendRecv, Direction::SendOnly, Direction::RecvOnly, Direction::Inactive];
    let has = |attribute: &super::session::Attribute, direction: Direction| {
        attribute.name.eq_ignore_ascii_case(direction.as_str())
    };
    let mut attributes = media.attributes.iter().chain(&session.attributes);
    let written = attributes.find_map(|a| all.into_iter().find(|direction| has(a, *direction)));
    let written = written.unwrap_or_default();
    match session.connection_of(media).is_nowhere() {
        true => written.and(Direction::SendOnly),
        false => written,
    }
}

/// RFC 3605: `a=rtcp:53020` or `a=rtcp:53020 IN IP4 192.0.2.1`.
fn rtcp(media: &Media, remote: &Remote) -> Remote {
    let next = Remote { host: remote.host.clone(), port: remote.port.saturating_add(1) };
    let Some(value) = media.value("rtcp") else { return next };
    let words: Vec<&str> = value.split_whitespace().collect();
    let port = words.first().and_then(|port| text::number(port.as_bytes()));
    let host = words.get(3).map_or(remote.host.as_str(), |host| host);
    port.map_or(next, |port| Remote { host: host.to_owned(), port })
}

fn ptime_ms(media: &Media) -> u32 {
    let number = |name: &str| media.value(name).and_then(|value| text::number(value.as_bytes()));
    let max = number("maxptime").unwrap_or(PTIME_MS_MAX);
    let wanted: u32 = number("ptime").unwrap_or(PTIME_MS_USUAL);
    wanted.min(max).clamp(PTIME_MS_MIN, PTIME_MS_MAX)
}

fn loopback(session: &Session, media: &Media) -> Option<Loopback> {
    // Where the other side wants to be the mirror itself, an ordinary call is all we can give.
    if media.value("loopback-mirror").is_some() {
        return None;
    }
    let offered = media.values("loopback").chain(session.values("loopback"));
    let types: Vec<&str> = offered.flat_map(str::split_whitespace).collect();
    let has = |name: &str| types.iter().any(|offered| offered.eq_ignore_ascii_case(name));
    let packet = mapped(media, "rtploopback").first().copied();
    match packet.filter(|_| has("rtp-pkt-loopback")) {
        _ if has("rtp-media-loopback") => Some(Loopback::Media),
        packet => packet.map(|payload_type| Loopback::Packet { payload_type }),
    }
}
