//! What an INVITE or MESSAGE says, as a call of ours: who, from where, for what, and what was wrong
//! with it. Nothing here refuses anything.

use super::identifiers::{Given, Identifiers, in_brackets};
use super::output::Clear;
use super::settings::PIECE_BYTES;
use crate::additional;
use crate::location::pidf::Place;
use crate::location::{CivicAddress, GeolocationReference as Reference, Shape, pidf};
use crate::sip::multipart::{Part, parts};
use crate::sip::{Defect, Message, NameAddr, Peer, Transport, Uri};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use evenhand_core::{Channel, Command, Location, LocationSource, Signalling};
use std::borrow::Cow;

/// Most defects that stand on one call; what is beyond them is counted.
const DEFECTS_MAX: usize = 30;
/// Most blocks of Additional Data on one call, and most sentences of all of them.
const ADDITIONAL_MAX: usize = 16;
const SENTENCES_MAX: usize = 60;

/// An INVITE or MESSAGE, read.
pub(super) struct Arrival {
    pub test: bool,
    /// The session description, if there is one.
    pub sdp: Vec<u8>,
    /// Words, of a MESSAGE.
    pub words: Option<String>,
    pub location: Option<Location<String>>,
    /// The place of that location.
    pub place: Option<Place>,
    /// Why the location that came with it is not usable.
    pub no_location: Option<String>,
    pub references: Vec<Reference>,
    /// Additional Data to be fetched.
    pub additional_at: Vec<String>,
    pub callback: String,
    /// Its names, once they are settled.
    pub named: Option<Identifiers>,
    number: Option<String>,
    name: Option<String>,
    service: String,
    additional: Vec<String>,
    defects: Vec<String>,
    given: Given,
}

impl Arrival {
    /// Reads a message.
    pub fn of(message: &Message) -> Self {
        let content_type = message.content_type().unwrap_or_default();
        let read = parts(&content_type, &message.body);
        let mut defects: Vec<String> = message.defects.iter().map(in_words).collect();
        defects.extend(read.defects.iter().map(in_words));
        let caller = caller(message);
        let service = service(message.request_uri());
        let mut arrival = Self {
            test: is_test(&service),
            sdp: body_of(&read.parts, "application/sdp"),
            words: text_of(&read.parts),
            location: None,
            place: None,
            no_location: None,
            references: Vec::new(),
            additional_at: Vec::new(),
            named: None,
            callback: caller
                .as_ref()
                .map(|caller| caller.uri.as_str().to_owned())
                .unwrap_or_default(),
            number: caller.as_ref().and_then(number),
            name: caller.map(|caller| caller.display).filter(|name| !name.is_empty()),
            service,
            additional: Vec::new(),
            defects,
            given: Given::of(message),
        };
        arrival.locate(message, &read.parts);
        arrival.add(message, &read.parts);
        arrival
    }

    /// The location by value, of the best that came; what is by reference is asked for later.
    fn locate(&mut self, message: &Message, parts: &[Part]) {
        for value in message.headers.list("Geolocation") {
            let text = String::from_utf8_lossy(value);
            match Reference::of(&text) {
                Some(Reference::BodyPart(_)) | None => {}
                Some(reference) => self.references.push(reference),
            }
        }
        let documents = parts.iter().filter(|part| part.is("application/pidf+xml"));
        for part in documents {
            match pidf::read(&part.body) {
                Ok(found) if self.location.is_none() => {
                    self.defects
                        .extend(found.defects.iter().map(|defect| defect.sentence().to_owned()));
                    self.location = Some(location_of(&found, LocationSource::Value));
                    self.place = found.preferred.places.first().cloned();
                }
                Ok(_) => {}
                Err(unusable) => self.no_location = Some(unusable.to_string()),
            }
        }
        if self.location.is_some() {
            self.no_location = None;
        } else if self.no_location.is_none()
            && self.references.is_empty()
            && message.headers.get("Geolocation").is_some()
        {
            self.no_location = Some("its Geolocation names a part that is not there".to_owned());
        }
    }

    fn add(&mut self, message: &Message, parts: &[Part]) {
        let blocks = parts.iter().filter(|part| is_additional(&part.content_type));
        for block in blocks.take(ADDITIONAL_MAX) {
            match additional::read(&block.body) {
                Ok(read) => self.additional.extend(read.sentences),
                Err(why) => self.defects.push(format!("additional-data: {why}")),
            }
        }
        self.additional.truncate(SENTENCES_MAX);
        for value in message.headers.list("Call-Info") {
            let text = String::from_utf8_lossy(value);
            let purposes = text.to_ascii_lowercase().contains("emergencycalldata.");
            let uri = in_brackets(&text).filter(|uri| uri.starts_with("http"));
            if let (true, Some(uri)) = (purposes, uri) {
                self.additional_at.push(uri.to_owned());
            }
        }
        self.additional_at.truncate(ADDITIONAL_MAX);
    }

    /// The command that presents it. `default` is its place where it has none.
    pub fn present(
        &mut self,
        channel: Channel,
        came: &Came<'_>,
        identifiers: &Identifiers,
    ) -> Clear {
        let more = self.defects.len().saturating_sub(DEFECTS_MAX);
        self.defects.truncate(DEFECTS_MAX);
        if more > 0 {
            self.defects.push(format!("and {more} more"));
        }
        Command::PresentCall {
            channel,
            number: self.number.clone(),
            number_digest: None,
            name: self.name.clone(),
            location: self.location.clone().or_else(|| came.default.clone()),
            test: self.test,
            signalling: Some(Box::new(Signalling {
                call_identifier: identifiers.call.clone(),
                incident_identifier: identifiers.incident.clone(),
                service: self.service.clone(),
                entered_by: entered_by(came.from).to_owned(),
                defects: std::mem::take(&mut self.defects),
                raw: pieces(came.raw),
                additional: std::mem::take(&mut self.additional),
            })),
        }
    }

    /// The names that came along, and ours for those that did not.
    pub fn identifiers(&self, element: &str, chance: &mut dyn FnMut(&mut [u8])) -> Identifiers {
        self.given.clone().or_minted(element, chance)
    }
}

/// A defect as it stands on the call: its code, and its words.
fn in_words(defect: &Defect) -> String {
    format!("{}: {}", defect.code, defect.text)
}

/// RFC 7852 section 11.1, and the older names of the same blocks.
fn is_additional(content_type: &str) -> bool {
    let lower = content_type.to_ascii_lowercase();
    lower.starts_with("application/emergencycalldata.")
        || lower.starts_with("application/emergencycall.")
}

/// How a call came.
pub(super) struct Came<'a> {
    pub from: &'a Peer,
    /// The bytes.
    pub raw: &'a [u8],
    /// The place it is taken to be from if it says none.
    pub default: Option<Location<String>>,
}

fn entered_by(from: &Peer) -> &'static str {
    match from.transport {
        Transport::Udp => "sip/udp",
        Transport::Tcp => "sip/tcp",
        Transport::Tls => "sip/tls",
    }
}

/// The exact bytes as base 64, in pieces that each can be sealed.
pub(super) fn pieces(raw: &[u8]) -> Vec<String> {
    raw.chunks(PIECE_BYTES).map(|piece| STANDARD.encode(piece)).collect()
}

/// The same bytes from their pieces; `None` where a piece is none.
pub(super) fn joined(pieces: &[String]) -> Option<Vec<u8>> {
    let decoded = pieces.iter().map(|piece| STANDARD.decode(piece).ok());
    decoded.collect::<Option<Vec<_>>>().map(|pieces| pieces.concat())
}

/// Who calls: what the network vouches for (RFC 3325), or what the caller says.
fn caller(message: &Message) -> Option<NameAddr> {
    message.addresses("P-Asserted-Identity").into_iter().next().or_else(|| message.from())
}

/// A number that a person can dial, or else the address; nothing of one who withholds it.
fn number(caller: &NameAddr) -> Option<String> {
    let uri = &caller.uri;
    let user = uri.user().unwrap_or_default();
    let user = user.split(';').next().unwrap_or_default();
    let digits: String = user.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    let only_number = user.chars().all(|c| c.is_ascii_digit() || "+-.()".contains(c));
    if only_number && digits.chars().any(|c| c.is_ascii_digit()) {
        return Some(digits);
    }
    let anonymous = user.eq_ignore_ascii_case("anonymous")
        || uri.host().is_some_and(|host| host.eq_ignore_ascii_case("anonymous.invalid"));
    let known = !anonymous && !user.is_empty();
    known.then(|| format!("{user}@{}", uri.host().unwrap_or_default()))
}

/// What is called for: the service URN, or the scheme. Never a number.
fn service(uri: Option<&Uri>) -> String {
    match uri {
        Some(uri) if uri.is("urn") => uri.as_str().to_ascii_lowercase(),
        Some(uri) => uri.scheme().to_ascii_lowercase(),
        None => String::new(),
    }
}

/// `urn:service:test.sos` and its children (RFC 6881 section 14), and the form with a colon that
/// test suites send. Nothing else: an emergency call must not be taken for a test.
fn is_test(service: &str) -> bool {
    let rest = service.strip_prefix("urn:service:test");
    let rest = rest.or_else(|| service.strip_prefix("urn:emergency:service:test"));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', ':']))
}

fn body_of(parts: &[Part], content_type: &str) -> Vec<u8> {
    parts
        .iter()
        .find(|part| part.is(content_type))
        .map(|part| part.body.clone())
        .unwrap_or_default()
}

fn text_of(parts: &[Part]) -> Option<String> {
    let part = parts.iter().find(|part| part.is("text/plain"))?;
    let text: Cow<'_, str> = String::from_utf8_lossy(&part.body);
    Some(text.into_owned()).filter(|text| !text.trim().is_empty())
}

/// A location as the centre takes it.
pub(super) fn location_of(found: &pidf::Pidf, source: LocationSource) -> Location<String> {
    let best = &found.preferred;
    let shape = best.shape();
    Location {
        address: best.address().map(CivicAddress::one_line),
        point: best.point().map(|point| format!("{},{}", point.lat_e7(), point.lon_e7())),
        uncertainty_m: shape.and_then(Shape::uncertainty_m),
        shape: shape.map(|shape| shape.to_json().to_string()),
        confidence_percent: best.confidence.as_ref().and_then(percent),
        method: best.method.clone(),
        source: Some(source),
        ..Location::default()
    }
}

/// Whole percent, rounded down: nobody is told of more certainty than there is.
fn percent(confidence: &pidf::Confidence) -> Option<u8> {
    u8::try_from(confidence.percent_e2? / 100).ok()
}
