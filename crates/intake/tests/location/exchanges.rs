//! HELD and LoST: what is written is read back, and the published schemas agree.

use crate::samples::{files, folder};
use evenhand_core::Timestamp;
use evenhand_intake::location::held::{self, Identifier, LocationReferences, LocationRequest};
use evenhand_intake::location::pidf::{Located, Pidf, Place, Target};
use evenhand_intake::location::{CaType, CivicAddress, Ellipse, Point, Ring, Shape};
use evenhand_intake::lost::{
    self, Boundary, BoundaryForm, CallIds, Expires, Found, ServiceQuestion,
};
use evenhand_intake::lost::{Mapping, Problem, Recursion};
use std::io::Write;
use std::process::{Command, Stdio};

const HELD: [&str; 2] = ["--schema", "held-base.xsd"];
const LOST: [&str; 2] = ["--relaxng", "lost-rng.xml"];

/// Asks `xmllint` whether a document keeps a schema of the sample messages.
fn check_schema([option, schema]: [&str; 2], document: &str) {
    let Some(folder) = folder() else { return };
    let schema = folder.join("lost").join(schema);
    let child = Command::new("xmllint")
        .args(["--nonet", "--noout", option])
        .arg(schema)
        .arg("-")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        assert!(std::env::var_os("CI").is_none(), "xmllint must be installed when CI is set");
        println!("skipped: xmllint is not installed (package libxml2-utils)");
        return;
    };
    child.stdin.take().unwrap().write_all(document.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{document}");
}

fn point() -> Point {
    Point::new(423_736_000, -710_989_000).unwrap()
}

fn address() -> CivicAddress {
    CivicAddress::of(&[(CaType::A3, "Cambridge"), (CaType::Rd, "Main & Oak"), (CaType::Mp, "7")])
}

#[test]
fn a_question_to_a_location_server_is_read_back() {
    let device = [("ip", "192.0.2.5"), ("ip", "2001:db8::5"), ("uri", "sip:a@example.com")];
    let device = device.map(|(kind, value)| Identifier { kind: kind.into(), value: value.into() });
    for (response_time, device) in [
        (held::ResponseTime::EmergencyRouting, Vec::new()),
        (held::ResponseTime::EmergencyDispatch, device.to_vec()),
        (held::ResponseTime::Milliseconds(800), Vec::new()),
    ] {
        let request = LocationRequest { response_time, device };
        let text = held::write_request(&request);
        assert_eq!(held::read_request(text.as_bytes()).unwrap(), request);
        check_schema(HELD, &text);
    }
}

#[test]
fn an_answer_of_a_location_server_is_read_back() {
    let place = Place::Geodetic(Shape::Circle { center: point(), radius_cm: 5_000 });
    let pidf = Pidf::of("pres:a@example.com", Located::new(Target::Tuple, place));
    let references = LocationReferences {
        uris: vec!["https://lis.example.com/7".into(), "sip:7@lis.example.com".into()],
        expires: Some(Timestamp(1_778_848_200_000)),
    };
    for answer in [
        held::Answer::Location { pidf: Some(Box::new(pidf.clone())), references: None },
        held::Answer::Location { pidf: None, references: Some(references.clone()) },
        held::Answer::Location { pidf: Some(Box::new(pidf)), references: Some(references) },
        held::Answer::Error { code: "timeout".into(), message: Some("too slow".into()) },
    ] {
        let text = held::write_answer(&answer);
        assert_eq!(held::read_answer(text.as_bytes()).unwrap(), answer, "{text}");
        check_schema(HELD, &text);
    }
}

#[test]
fn a_question_for_a_service_is_read_back() {
    let ring = [(0, 0), (0, 1_000_000), (1_000_000, 0)];
    let ring = ring.map(|(lat, lon)| Point::new(423_736_000 + lat, lon - 710_989_000).unwrap());
    let ellipse = Ellipse::new(point(), 5_000, 700, evenhand_intake::location::Angle::default());
    for place in [
        Place::Civic(address()),
        Place::Geodetic(Shape::Point(point())),
        Place::Geodetic(Shape::Ellipse(ellipse)),
        Place::Geodetic(Shape::Polygon(Ring::new(ring.to_vec()).unwrap())),
    ] {
        let question = ServiceQuestion {
            place,
            service: "urn:service:sos.police".into(),
            boundary: BoundaryForm::Reference,
            recursion: Recursion::ByServer,
            call: Some(CallIds { call: "urn:a:1".into(), incident: "urn:b:2".into() }),
        };
        let text = lost::write_find_service(&question);
        assert_eq!(lost::read_find_service(text.as_bytes()).unwrap(), question, "{text}");
        check_schema(LOST, &text);
    }
}

#[test]
fn a_solid_shape_is_asked_for_as_seen_from_above() {
    let center = point().at_altitude(Some(2_630));
    let question = |shape| ServiceQuestion {
        place: Place::Geodetic(shape),
        service: "urn:service:sos".into(),
        boundary: BoundaryForm::Value,
        recursion: Recursion::ByAsker,
        call: None,
    };
    let text = lost::write_find_service(&question(Shape::Sphere { center, radius_cm: 900 }));
    let flat = question(Shape::Circle { center: point(), radius_cm: 900 });
    assert_eq!(lost::read_find_service(text.as_bytes()).unwrap(), flat);
}

fn mapping(boundary: Boundary, expires: Expires) -> Mapping {
    Mapping {
        display_name: Some("Cambridge Police".into()),
        service: Some("urn:service:sos.police".into()),
        boundary,
        uris: vec!["sip:police@example.com".into(), "tel:+16175550100".into()],
        service_number: Some("911".into()),
        expires,
        last_updated: Some(Timestamp(1_700_000_000_000)),
        source: "lost.example.com".into(),
        source_id: "a1".into(),
    }
}

#[test]
fn an_answer_about_a_service_is_read_back() {
    let problem = |kind: &str| Problem {
        kind: kind.into(),
        message: Some("said plainly".into()),
        source: Some("lost.example.com".into()),
    };
    let circle = Shape::Circle { center: point(), radius_cm: 500_000 };
    let reference = Boundary::Reference { source: "lost.example.com".into(), key: "k1".into() };
    let found = Found {
        mappings: vec![
            mapping(Boundary::Value(vec![circle]), Expires::At(Timestamp(1_900_000_000_000))),
            mapping(reference, Expires::NoCache),
            mapping(Boundary::Unsaid, Expires::NoExpiration),
        ],
        warnings: vec![problem("defaultMappingReturned")],
        path: vec!["lost.example.com".into()],
        location_used: Some("location1".into()),
    };
    let redirect =
        lost::Answer::Redirect { target: "b.example.com".into(), message: Some("ask b".into()) };
    for answer in [
        lost::Answer::Found(found),
        lost::Answer::Errors(vec![problem("notFound"), problem("loop")]),
        redirect,
    ] {
        let text = lost::write_answer(&answer);
        assert_eq!(lost::read_answer(text.as_bytes()).unwrap(), answer, "{text}");
        check_schema(LOST, &text);
    }
}

/// The numbers of the test suite's questions.
#[test]
fn questions_of_the_test_suite_are_read() {
    let mut kinds = Vec::new();
    for (name, bytes) in files("lost") {
        if !name.starts_with("find-service-") {
            continue;
        }
        let question = lost::read_find_service(&bytes).unwrap();
        kinds.push(match &question.place {
            Place::Civic(address) => address.one_line(),
            Place::Geodetic(shape) => shape.to_json()["kind"].as_str().unwrap().to_owned(),
        });
        let is_wanted = question.recursion == Recursion::ByServer
            && question.boundary == BoundaryForm::Value
            && question.service.starts_with("urn:service:sos");
        assert!(is_wanted, "{name}");
    }
    let civic = "1009 Fairlawn Avenue, Laurel MD 20707";
    let all = ["arc_band", "circle", civic, "ellipse", "point", "polygon"];
    assert!(folder().is_none() || kinds == all, "{kinds:?}");
}

#[test]
fn a_list_of_services_is_no_answer_about_one() {
    let Some(folder) = folder() else { return };
    let bytes = std::fs::read(folder.join("lost/list-services.xml")).unwrap();
    assert_eq!(lost::read_answer(&bytes), Err(lost::NotLost::OtherDocument));
}
