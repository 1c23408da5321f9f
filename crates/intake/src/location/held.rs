//! HELD (RFC 5985, 6155): asking a location server where somebody is, and its answer. Fetching a
//! location by its address (RFC 6753) is the same exchange, without naming the device.

use super::defect::NoUsableLocation;
use super::pidf::{self, Pidf};
use crate::xml::{self, Element, XmlText, parse_date_time, write_date_time};
use evenhand_core::Timestamp;

const HELD: &str = "urn:ietf:params:xml:ns:geopriv:held";
const IDENTITY: &str = "urn:ietf:params:xml:ns:geopriv:held:id";
/// Further identifiers and addresses are left out.
const ENTRIES_MAX: usize = 32;

/// How long the server may take: quick and coarse, or slow and fine (RFC 5985, section 6.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ResponseTime {
    /// Good enough to route a call.
    EmergencyRouting,
    /// Good enough to send somebody.
    EmergencyDispatch,
    /// At most so many milliseconds.
    Milliseconds(u32),
}

/// A question to a location server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LocationRequest {
    /// How long it may take.
    pub response_time: ResponseTime,
    /// Of whom; empty: of whoever the address that is asked belongs to.
    pub device: Vec<Identifier>,
}

/// One way to say which device is meant (RFC 6155, section 3): `ip`, `mac`, `uri`, `msisdn`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Identifier {
    /// The name of the element.
    pub kind: String,
    /// The identifier.
    pub value: String,
}

/// What a location server said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// Where it is, where to ask, or both.
    Location {
        /// The location.
        pidf: Option<Box<Pidf>>,
        /// Where it can be had again.
        references: Option<LocationReferences>,
    },
    /// Why not: `locationUnknown`, `timeout` (RFC 5985, section 6.3).
    Error {
        /// The code.
        code: String,
        /// In the server's words.
        message: Option<String>,
    },
}

/// Addresses at which a location can be had.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LocationReferences {
    /// The addresses.
    pub uris: Vec<String>,
    /// Until when.
    pub expires: Option<Timestamp>,
}

/// Writes a question.
#[must_use]
pub fn write_request(request: &LocationRequest) -> String {
    let time = match request.response_time {
        ResponseTime::EmergencyRouting => "emergencyRouting".to_owned(),
        ResponseTime::EmergencyDispatch => "emergencyDispatch".to_owned(),
        ResponseTime::Milliseconds(ms) => ms.to_string(),
    };
    let mut xml = XmlText::document();
    xml.element("locationRequest", &[("xmlns", HELD), ("responseTime", &time)], |xml| {
        if request.device.is_empty() {
            return;
        }
        xml.element("device", &[("xmlns", IDENTITY)], |xml| {
            for Identifier { kind, value } in &request.device {
                let version = if value.contains(':') { "6" } else { "4" };
                let attributes = [("v", version)];
                let attributes = if kind == "ip" { attributes.as_slice() } else { &[] };
                xml.leaf(kind, attributes, value);
            }
        });
    });
    xml.finish()
}

/// Reads a question.
///
/// # Errors
/// If it is not a question of HELD.
pub fn read_request(bytes: &[u8]) -> Result<LocationRequest, NoUsableLocation> {
    let root = xml::read(bytes)?.root;
    if root.name != "locationRequest" || root.namespace != HELD {
        return Err(NoUsableLocation::NotPresence);
    }
    let response_time = match root.attribute("responseTime") {
        Some("emergencyRouting") => ResponseTime::EmergencyRouting,
        Some(text) => {
            text.parse().map_or(ResponseTime::EmergencyDispatch, ResponseTime::Milliseconds)
        }
        None => ResponseTime::EmergencyDispatch,
    };
    let identifiers = root.child("device").map(|device| device.children.as_slice());
    let identifier = |element: &Element| {
        Some(Identifier { kind: element.name.clone(), value: element.token()? })
    };
    let identifiers = identifiers.unwrap_or_default().iter().filter_map(identifier);
    Ok(LocationRequest { response_time, device: identifiers.take(ENTRIES_MAX).collect() })
}

/// Reads an answer. A server that sends a bare location is understood as well.
///
/// # Errors
/// If there is neither a usable location, nor an address of one, nor an error.
pub fn read_answer(bytes: &[u8]) -> Result<Answer, NoUsableLocation> {
    let document = xml::read(bytes)?;
    let root = document.root;
    match root.name.as_str() {
        "presence" => {
            Ok(Answer::Location { pidf: Some(Box::new(pidf::read(bytes)?)), references: None })
        }
        "error" if root.namespace == HELD => Ok(Answer::Error {
            code: root.attribute("code").unwrap_or("unspecified").to_owned(),
            message: root.token_of("message"),
        }),
        "locationResponse" if root.namespace == HELD => read_location(&root),
        _ => Err(NoUsableLocation::NotPresence),
    }
}

fn read_location(root: &Element) -> Result<Answer, NoUsableLocation> {
    let pidf = root.child("presence").map(pidf::read_presence);
    let references = root.child("locationUriSet").map(read_references);
    let references = references.filter(|references| !references.uris.is_empty());
    match (pidf, references) {
        (Some(Ok(pidf)), references) => {
            Ok(Answer::Location { pidf: Some(Box::new(pidf)), references })
        }
        (_, Some(references)) => Ok(Answer::Location { pidf: None, references: Some(references) }),
        (Some(Err(reason)), None) => Err(reason),
        (None, None) => Err(NoUsableLocation::NoLocation),
    }
}

fn read_references(set: &Element) -> LocationReferences {
    let uris = set.children_named("locationURI").filter_map(Element::token).take(ENTRIES_MAX);
    let expires = set.attribute("expires").and_then(parse_date_time).map(|(at, _)| at);
    LocationReferences { uris: uris.collect(), expires }
}

/// Writes an answer, as a location server does.
#[must_use]
pub fn write_answer(answer: &Answer) -> String {
    let mut xml = XmlText::document();
    match answer {
        Answer::Error { code, message } => {
            xml.element("error", &[("xmlns", HELD), ("code", code)], |xml| {
                if let Some(message) = message {
                    xml.leaf("message", &[], message);
                }
            });
        }
        Answer::Location { pidf, references } => {
            xml.element("locationResponse", &[("xmlns", HELD)], |xml| {
                if let Some(references) = references {
                    write_references(xml, references);
                }
                if let Some(pidf) = pidf {
                    xml.embed(&pidf::write(pidf));
                }
            });
        }
    }
    xml.finish()
}

fn write_references(xml: &mut XmlText, references: &LocationReferences) {
    // The schema wants a time; one that has passed asks nobody to rely on the addresses.
    let expires = write_date_time(references.expires.unwrap_or(Timestamp(0)));
    xml.element("locationUriSet", &[("expires", &expires)], |xml| {
        for uri in &references.uris {
            xml.leaf("locationURI", &[], uri);
        }
    });
}
