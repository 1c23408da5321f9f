//! LoST messages from bytes.

use super::{
    Answer, Boundary, BoundaryForm, CallIds, Expires, Found, LOST, Mapping, ServiceQuestion,
};
use super::{NotLost, Problem, Recursion};
use crate::location::pidf::Place;
use crate::location::{NoUsableLocation, is_shape, read_civic, read_shape};
use crate::xml::{self, Element, parse_date_time};
use std::collections::BTreeSet;

/// Further mappings, addresses, shapes and problems are left out.
const ENTRIES_MAX: usize = 64;

/// Reads an answer to `findService`.
///
/// # Errors
/// If it is none, or one that names nothing.
pub fn read_answer(bytes: &[u8]) -> Result<Answer, NotLost> {
    let root = read_root(bytes)?;
    match root.name.as_str() {
        "findServiceResponse" => read_found(&root).map(Answer::Found),
        "errors" => Ok(Answer::Errors(problems(&root))),
        "redirect" => Ok(Answer::Redirect {
            target: root.attribute("target").ok_or(NotLost::NoMapping)?.to_owned(),
            message: root.attribute("message").map(str::to_owned),
        }),
        _ => Err(NotLost::OtherDocument),
    }
}

/// Reads a question. Of several places the first that can be used counts.
///
/// # Errors
/// If it is none, or has no usable place or no service.
pub fn read_find_service(bytes: &[u8]) -> Result<ServiceQuestion, NotLost> {
    let root = read_root(bytes)?;
    if root.name != "findService" {
        return Err(NotLost::OtherDocument);
    }
    let boundary = match root.attribute("serviceBoundary") {
        Some("value") => BoundaryForm::Value,
        _ => BoundaryForm::Reference,
    };
    let recursion = match root.attribute("recursive") {
        Some("true" | "1") => Recursion::ByServer,
        _ => Recursion::ByAsker,
    };
    let ids = root.child("emergencyCallIncidentId");
    let call = ids.and_then(|ids| {
        let (call, incident) = (ids.attribute("callId")?, ids.attribute("incidentTrackingId")?);
        Some(CallIds { call: call.to_owned(), incident: incident.to_owned() })
    });
    let service = root.token_of("service").ok_or(NotLost::NoService)?;
    Ok(ServiceQuestion { place: read_place(&root)?, service, boundary, recursion, call })
}

fn read_root(bytes: &[u8]) -> Result<Element, NotLost> {
    let root = xml::read(bytes)?.root;
    if root.namespace == LOST { Ok(root) } else { Err(NotLost::OtherDocument) }
}

fn read_place(root: &Element) -> Result<Place, NoUsableLocation> {
    let mut fault = NoUsableLocation::NoLocation;
    let described = root.children_named("location").flat_map(|location| &location.children);
    for element in described.take(ENTRIES_MAX) {
        let mut defects = BTreeSet::new();
        let place = match element.name.as_str() {
            "civicAddress" => read_civic(element, &mut defects).map(Place::Civic),
            name if is_shape(name) => read_shape(element, &mut defects).map(Place::Geodetic),
            _ => continue,
        };
        match place {
            Ok(place) => return Ok(place),
            Err(reason) => fault = reason,
        }
    }
    Err(fault)
}

fn read_found(root: &Element) -> Result<Found, NotLost> {
    let mappings: Vec<Mapping> =
        root.children_named("mapping").take(ENTRIES_MAX).map(read_mapping).collect();
    if mappings.is_empty() {
        return Err(NotLost::NoMapping);
    }
    let warnings = root.children_named("warnings").flat_map(problems).take(ENTRIES_MAX);
    let path = root.child("path").map(|path| path.children.as_slice()).unwrap_or_default();
    let sources = path.iter().filter_map(|via| via.attribute("source")).take(ENTRIES_MAX);
    let used = root.child("locationUsed").and_then(|used| used.attribute("id"));
    Ok(Found {
        mappings,
        warnings: warnings.collect(),
        path: sources.map(str::to_owned).collect(),
        location_used: used.map(str::to_owned),
    })
}

fn read_mapping(mapping: &Element) -> Mapping {
    let time = |name: &str| mapping.attribute(name).and_then(parse_date_time).map(|(at, _)| at);
    let text = |name: &str| mapping.attribute(name).unwrap_or_default().to_owned();
    let expires = match mapping.attribute("expires") {
        Some("NO-EXPIRATION") => Expires::NoExpiration,
        // What cannot be read is not kept beyond this one call.
        _ => time("expires").map_or(Expires::NoCache, Expires::At),
    };
    Mapping {
        display_name: mapping.token_of("displayName"),
        service: mapping.token_of("service"),
        boundary: read_boundary(mapping),
        uris: mapping.children_named("uri").filter_map(Element::token).take(ENTRIES_MAX).collect(),
        service_number: mapping.token_of("serviceNumber"),
        expires,
        last_updated: time("lastUpdated"),
        source: text("source"),
        source_id: text("sourceId"),
    }
}

fn read_boundary(mapping: &Element) -> Boundary {
    if let Some(reference) = mapping.child("serviceBoundaryReference") {
        let text = |name: &str| reference.attribute(name).unwrap_or_default().to_owned();
        return Boundary::Reference { source: text("source"), key: text("key") };
    }
    let mut values = mapping.children_named("serviceBoundary").peekable();
    if values.peek().is_none() {
        return Boundary::Unsaid;
    }
    let shapes = values.flat_map(|value| &value.children).filter(|e| is_shape(&e.name));
    let shapes = shapes.filter_map(|shape| read_shape(shape, &mut BTreeSet::new()).ok());
    Boundary::Value(shapes.take(ENTRIES_MAX).collect())
}

fn problems(element: &Element) -> Vec<Problem> {
    let source = element.attribute("source").map(str::to_owned);
    let problem = |child: &Element| Problem {
        kind: child.name.clone(),
        message: child.attribute("message").map(str::to_owned),
        source: source.clone(),
    };
    let ours = element.children.iter().filter(|child| child.namespace == LOST);
    ours.take(ENTRIES_MAX).map(problem).collect()
}
