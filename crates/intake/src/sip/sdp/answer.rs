//! Our descriptions: the answer to an offer, an offer of our own, and a changed one.

use super::plan::{AudioPlan, Codec, Direction, Loopback, chosen};
use super::session::{Attribute, Connection, Media, Origin, Session};

/// The payload type under which we offer pressed keys.
const TELEPHONE_EVENT: u8 = 101;

/// Our side of one call's voice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Local {
    /// The IP address at which we hear, as it is written.
    pub address: String,
    /// The port for RTP; RTCP has the next one.
    pub port: u16,
    /// Stays the same for the call.
    pub session_id: u64,
    /// Grows with every description of ours that differs.
    pub version: u64,
    /// Who is to send: `SendRecv`, or less while we hold the call.
    pub direction: Direction,
    /// Languages spoken here, best first (RFC 8373). The caller's choice among them is answered.
    pub languages: Vec<String>,
}

/// Our answer to an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The description to send.
    pub text: String,
    /// The voice stream that we took; `None` where the offer has none that we can take. Every
    /// line is declined then, and the call can be answered all the same.
    pub audio: Option<AudioPlan>,
}

/// Answers an offer: one voice stream is taken, every other line is declined in its place
/// (RFC 3264, 6).
#[must_use]
pub fn answer(offer: &Session, local: &Local) -> Answer {
    let audio = chosen(offer, local.direction);
    let mut session = local.session();
    session.media = (offer.media.iter().enumerate())
        .map(|(line, media)| match audio.as_ref().filter(|audio| audio.line == line) {
            Some(audio) => local.audio(media, audio),
            None => declined(media),
        })
        .collect();
    Answer { text: session.to_string(), audio }
}

/// Offers one voice stream with these codecs, best first.
#[must_use]
pub fn offer(local: &Local, codecs: &[Codec]) -> String {
    let types = codecs.iter().map(|codec| (codec.payload_type(), codec.as_str()));
    let mut media = local.media(types.collect());
    media.add_telephone_event(TELEPHONE_EVENT);
    media.attributes.extend(local.attributes(None));
    let mut session = local.session();
    session.media.push(media);
    session.to_string()
}

/// Offers anew what our `last` description said, with the version, address and direction of
/// `local`: to hold a call and to take it back. Declined lines keep their places (RFC 3264, 8).
#[must_use]
pub fn reoffer(last: &Session, local: &Local) -> String {
    let mut session = last.clone();
    let fresh = local.session();
    (session.origin, session.connection) = (fresh.origin, fresh.connection);
    for media in session.media.iter_mut().filter(|media| media.port != 0) {
        media.port = local.port;
        let is_direction = |a: &Attribute| {
            matches!(a.name.as_str(), "sendrecv" | "sendonly" | "recvonly" | "inactive")
        };
        media.attributes.retain(|attribute| !is_direction(attribute));
        media.attributes.push(Attribute::new(local.direction.as_str(), ""));
    }
    session.to_string()
}

impl Local {
    fn session(&self) -> Session {
        let connection = Connection::new(&self.address);
        let origin = Origin {
            user: "-".to_owned(),
            session_id: self.session_id.to_string(),
            version: self.version.to_string(),
            connection: connection.clone(),
        };
        Session { origin, connection: Some(connection), ..Session::default() }
    }

    fn audio(&self, offered: &Media, plan: &AudioPlan) -> Media {
        let mut media = self.media(vec![(plan.payload_type, plan.codec.as_str())]);
        media.protocol.clone_from(&offered.protocol);
        if let Some(Loopback::Packet { payload_type }) = plan.loopback {
            media.add_format(payload_type, "rtploopback");
        }
        if let Some(payload_type) = plan.telephone_event {
            media.add_telephone_event(payload_type);
        }
        media.attributes.push(Attribute::new("ptime", &plan.ptime_ms.to_string()));
        media.attributes.extend(self.attributes(Some(offered)));
        media.attributes.extend(plan.loopback.into_iter().flat_map(loopback_attributes));
        media.attributes.push(Attribute::new(plan.direction.as_str(), ""));
        media
    }

    fn media(&self, types: Vec<(u8, &str)>) -> Media {
        let (kind, protocol) = ("audio".to_owned(), "RTP/AVP".to_owned());
        let mut media = Media { kind, port: self.port, protocol, ..Media::default() };
        types.into_iter().for_each(|(number, name)| media.add_format(number, name));
        media
    }

    /// Languages and label (NENA-STA-010.3, 4.6.2), and the direction of an offer.
    fn attributes(&self, offered: Option<&Media>) -> Vec<Attribute> {
        let mut attributes = vec![Attribute::new("label", "1")];
        let Some(first) = self.languages.first() else { return attributes };
        let all = self.languages.join(" ");
        // RFC 8373, 5.2: an offer names all languages, an answer the one that will be used.
        // What they send we hear, and the other way round.
        for (ours, theirs) in [("hlang-send", "hlang-recv"), ("hlang-recv", "hlang-send")] {
            let language = match offered {
                Some(media) => self.shared_language(media, theirs).unwrap_or(first),
                None => &all,
            };
            attributes.push(Attribute::new(ours, language));
        }
        if offered.is_none() {
            attributes.push(Attribute::new(self.direction.as_str(), ""));
        }
        attributes
    }

    /// The caller's best language that is spoken here, by its main part: `es-MX` is `es`.
    fn shared_language(&self, offered: &Media, name: &str) -> Option<&str> {
        let main = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        let theirs = offered.value(name)?.split_whitespace();
        let ours = |tag: &str| self.languages.iter().find(|own| main(own) == main(tag));
        theirs.into_iter().find_map(ours).map(String::as_str)
    }
}

impl Media {
    fn add_format(&mut self, payload_type: u8, name: &str) {
        self.formats.push(payload_type.to_string());
        self.attributes.push(Attribute::new("rtpmap", &format!("{payload_type} {name}/8000")));
    }

    fn add_telephone_event(&mut self, payload_type: u8) {
        self.add_format(payload_type, "telephone-event");
        self.attributes.push(Attribute::new("fmtp", &format!("{payload_type} 0-15")));
    }
}

/// RFC 3264, 6: port 0; the formats are of no meaning, but the line must have one.
fn declined(offered: &Media) -> Media {
    let mut formats = offered.formats.clone();
    if formats.is_empty() {
        formats.push("0".to_owned());
    }
    let (kind, protocol) = (offered.kind.clone(), offered.protocol.clone());
    Media { kind, port: 0, protocol, formats, ..Media::default() }
}

/// RFC 6849, 5: the type that is used, and that we are the mirror.
fn loopback_attributes(loopback: Loopback) -> Vec<Attribute> {
    let kind = match loopback {
        Loopback::Media => "rtp-media-loopback",
        Loopback::Packet { .. } => "rtp-pkt-loopback",
    };
    vec![Attribute::new("loopback", kind), Attribute::new("loopback-mirror", "")]
}
