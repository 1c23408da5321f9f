//! Documents without a place that could be meant: each says why, in words without its values.

use evenhand_intake::location::NoUsableLocation::{self, *};
use evenhand_intake::location::pidf;
use proptest::prelude::*;

macro_rules! fixture {
    ($name:literal) => {
        ($name, include_bytes!(concat!("malformed/", $name, ".xml")).as_slice())
    };
}

const REASONS: &[((&str, &[u8]), &str)] = &[
    (fixture!("truncated"), "the document is cut off before its end"),
    (fixture!("truncated-at-an-element"), "the document is cut off before its end"),
    (fixture!("crossed-elements"), "the document is not well-formed XML"),
    (fixture!("other-reference-system"), "the reference system of a shape is not WGS 84"),
    (fixture!("three-coordinates-in-two-dimensions"), DIMENSION),
    (fixture!("one-coordinate"), DIMENSION),
    (fixture!("decimal-commas"), DIMENSION),
    (fixture!("not-a-number"), "a coordinate is not a number"),
    (fixture!("degrees-minutes-seconds"), "a coordinate is not a number"),
    (fixture!("latitude-95"), "a latitude or longitude is outside the earth"),
    (fixture!("longitude-200"), "a latitude or longitude is outside the earth"),
    (fixture!("empty-pos"), "a shape has no position"),
    (fixture!("no-pos"), "a shape has no position"),
    (fixture!("negative-radius"), "a measure of a shape is negative"),
    (fixture!("no-radius"), "a shape lacks one of its measures"),
    (fixture!("radius-in-words"), "a measure of a shape is not a number"),
    (
        fixture!("radius-beyond-the-earth"),
        "a measure of a shape is larger than half the way around",
    ),
    (fixture!("radius-in-degrees"), "a length is given in a unit of angle"),
    (fixture!("no-location"), "the document has no location"),
    (fixture!("no-tuple"), "the document has no location"),
    (fixture!("empty-address"), "the address is empty"),
    (fixture!("entities-that-grow"), "the document has a document type"),
    (fixture!("entity-from-outside"), "the document has a document type"),
    (fixture!("other-namespaces"), "the document is XML, but not a presence document"),
    (fixture!("not-xml"), "the document is not well-formed XML"),
    (fixture!("another-document"), "the document is XML, but not a presence document"),
    (fixture!("polygon-of-two-points"), "a polygon has fewer than three different points"),
    (fixture!("polygon-of-odd-numbers"), DIMENSION),
    (fixture!("polygon-without-points"), "a shape has no position"),
    (fixture!("control-bytes"), "the document is not well-formed XML"),
];
const DIMENSION: &str = "a position has more or fewer coordinates than its reference system";
/// What stands in every file and must stand in no reason.
const PERSONAL: &[&str] = &["zaphod", "4242", "1717", "17 and"];

#[test]
fn each_malformed_document_says_why_in_plain_words() {
    for ((name, bytes), expected) in REASONS {
        let reason = pidf::read(bytes).expect_err(name).to_string();
        assert!(reason.starts_with(expected), "{name}: {reason}");
        assert!(PERSONAL.iter().all(|value| !reason.contains(value)), "{name}: {reason}");
    }
}

#[test]
fn a_megabyte_is_refused_unread() {
    let large = vec![b'<'; 1_000_000];
    assert!(matches!(pidf::read(&large), Err(NotXml(_))));
}

#[test]
fn a_ring_of_too_many_points_is_refused() {
    let list = (0..1_001).map(|i| format!("42.{i:04} {}", -71 - i % 2)).collect::<Vec<_>>();
    let location = format!(
        r#"<gml:Polygon srsName="urn:ogc:def:crs:EPSG::4326"><gml:exterior><gml:LinearRing>
        <gml:posList>{}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>"#,
        list.join(" ")
    );
    assert_eq!(crate::samples::read(&location).unwrap_err(), NoUsableLocation::TooManyPoints);
}

/// A document with some bytes changed, dropped or doubled.
fn mangled() -> impl Strategy<Value = Vec<u8>> {
    let sources: Vec<&[u8]> = REASONS.iter().map(|((_, bytes), _)| *bytes).collect();
    let edits = proptest::collection::vec((any::<usize>(), any::<u8>(), 0..3_u8), 0..8);
    (proptest::sample::select(sources), edits).prop_map(|(source, edits)| {
        let mut bytes = source.to_vec();
        for (at, byte, kind) in edits {
            let at = at % bytes.len().max(1);
            match kind {
                0 if at < bytes.len() => bytes[at] = byte,
                1 if at < bytes.len() => drop(bytes.remove(at)),
                _ => bytes.insert(at.min(bytes.len()), byte),
            }
        }
        bytes
    })
}

proptest! {
    #[test]
    fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = pidf::read(&bytes);
    }

    #[test]
    fn no_change_to_a_document_breaks_it(bytes in mangled()) {
        if let Ok(pidf) = pidf::read(&bytes) {
            for located in pidf.locations() {
                let _ = (located.point(), located.shape().map(|shape| shape.uncertainty_m()));
            }
        }
    }

    #[test]
    fn no_position_breaks_it(pos in "[0-9eE+., -]{0,30}", name in "[A-Z][a-z]{3,8}|Point|Circle") {
        let location = format!(
            r#"<gs:{name} srsName="urn:ogc:def:crs:EPSG::4326">
            <gml:pos>{pos}</gml:pos></gs:{name}>"#
        );
        let _ = crate::samples::read(&location);
    }
}
