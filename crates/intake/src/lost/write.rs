//! LoST messages as RFC 5222 has them.

use super::{
    Answer, Boundary, BoundaryForm, CALL_IDS, Expires, Found, LOST, Mapping, ServiceQuestion,
};
use super::{Problem, Recursion};
use crate::location::pidf::Place;
use crate::location::{PLACE_NAMESPACES, write_civic, write_shape};
use crate::xml::{XmlText, write_date_time};
use evenhand_core::Timestamp;

/// The one place of our questions.
const LOCATION_ID: &str = "location1";
/// What a mapping's own server is called when nobody says.
const NOWHERE: &str = "unknown.invalid";

/// Writes a question.
#[must_use]
pub fn write_find_service(question: &ServiceQuestion) -> String {
    let boundary = match question.boundary {
        BoundaryForm::Reference => "reference",
        BoundaryForm::Value => "value",
    };
    let recursive = match question.recursion {
        Recursion::ByServer => "true",
        Recursion::ByAsker => "false",
    };
    let mut attributes = vec![("xmlns", LOST)];
    attributes.extend_from_slice(PLACE_NAMESPACES);
    attributes.extend([("serviceBoundary", boundary), ("recursive", recursive)]);
    let mut xml = XmlText::document();
    xml.element("findService", &attributes, |xml| {
        let profile = match question.place {
            Place::Geodetic(_) => "geodetic-2d",
            Place::Civic(_) => "civic",
        };
        let attributes = [("id", LOCATION_ID), ("profile", profile)];
        xml.element("location", &attributes, |xml| match &question.place {
            Place::Geodetic(shape) => write_shape(xml, &shape.flattened()),
            Place::Civic(address) => write_civic(xml, address),
        });
        xml.leaf("service", &[], &question.service);
        if let Some(ids) = &question.call {
            let (call, incident) = (ids.call.as_str(), ids.incident.as_str());
            let attributes =
                [("xmlns", CALL_IDS), ("callId", call), ("incidentTrackingId", incident)];
            xml.empty("emergencyCallIncidentId", &attributes);
        }
    });
    xml.finish()
}

/// Writes an answer, as a server does.
#[must_use]
pub fn write_answer(answer: &Answer) -> String {
    let mut xml = XmlText::document();
    match answer {
        Answer::Found(found) => write_found(&mut xml, found),
        Answer::Errors(errors) => write_problems(&mut xml, ("errors", Some(LOST)), errors),
        Answer::Redirect { target, message } => {
            let mut attributes = vec![("xmlns", LOST), ("target", target), ("source", NOWHERE)];
            attributes.extend(message_of(message.as_deref()));
            xml.empty("redirect", &attributes);
        }
    }
    xml.finish()
}

fn write_found(xml: &mut XmlText, found: &Found) {
    let mut attributes = vec![("xmlns", LOST)];
    attributes.extend_from_slice(PLACE_NAMESPACES);
    xml.element("findServiceResponse", &attributes, |xml| {
        for mapping in &found.mappings {
            write_mapping(xml, mapping);
        }
        if !found.warnings.is_empty() {
            write_problems(xml, ("warnings", None), &found.warnings);
        }
        xml.element("path", &[], |xml| {
            for source in &found.path {
                xml.empty("via", &[("source", source)]);
            }
        });
        if let Some(id) = &found.location_used {
            xml.empty("locationUsed", &[("id", id)]);
        }
    });
}

fn write_mapping(xml: &mut XmlText, mapping: &Mapping) {
    let expires = match mapping.expires {
        Expires::At(at) => write_date_time(at),
        Expires::NoCache => "NO-CACHE".to_owned(),
        Expires::NoExpiration => "NO-EXPIRATION".to_owned(),
    };
    let updated = write_date_time(mapping.last_updated.unwrap_or(Timestamp(0)));
    let attributes = [
        ("expires", expires.as_str()),
        ("lastUpdated", &updated),
        ("source", &mapping.source),
        ("sourceId", &mapping.source_id),
    ];
    xml.element("mapping", &attributes, |xml| {
        if let Some(name) = &mapping.display_name {
            xml.leaf("displayName", &[("xml:lang", "en")], name);
        }
        if let Some(service) = &mapping.service {
            xml.leaf("service", &[], service);
        }
        write_boundary(xml, &mapping.boundary);
        for uri in &mapping.uris {
            xml.leaf("uri", &[], uri);
        }
        if let Some(number) = &mapping.service_number {
            xml.leaf("serviceNumber", &[], number);
        }
    });
}

fn write_boundary(xml: &mut XmlText, boundary: &Boundary) {
    match boundary {
        Boundary::Unsaid => {}
        Boundary::Reference { source, key } => {
            xml.empty("serviceBoundaryReference", &[("source", source), ("key", key)]);
        }
        Boundary::Value(shapes) => {
            for shape in shapes {
                xml.element("serviceBoundary", &[("profile", "geodetic-2d")], |xml| {
                    write_shape(xml, &shape.flattened());
                });
            }
        }
    }
}

fn write_problems(xml: &mut XmlText, (name, root): (&str, Option<&str>), problems: &[Problem]) {
    let source = problems.iter().find_map(|problem| problem.source.as_deref());
    let mut attributes: Vec<(&str, &str)> = root.map(|root| ("xmlns", root)).into_iter().collect();
    attributes.push(("source", source.unwrap_or(NOWHERE)));
    xml.element(name, &attributes, |xml| {
        for problem in problems {
            xml.empty(&problem.kind, &message_of(problem.message.as_deref()));
        }
    });
}

/// The schema allows no message without its language.
fn message_of(message: Option<&str>) -> Vec<(&str, &str)> {
    message.map_or_else(Vec::new, |message| vec![("message", message), ("xml:lang", "en")])
}
