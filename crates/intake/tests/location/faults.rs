//! What real senders do wrong is read all the same, and said.

use crate::samples::{document, read};
use evenhand_intake::location::{Defect, Shape, pidf};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn check(location: &str, drawn: &Value, defects: &[Defect]) {
    let pidf = read(location).unwrap_or_else(|reason| panic!("{reason}: {location}"));
    assert_eq!(&pidf.preferred.shape().unwrap().to_json(), drawn, "{location}");
    assert_eq!(pidf.defects, defects.iter().copied().collect(), "{location}");
}

fn point(lat_e7: i32, lon_e7: i32) -> Value {
    json!({"kind": "point", "center": [lat_e7, lon_e7]})
}

fn point_at(pos: &str) -> String {
    format!(
        r#"<gml:Point srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>{pos}</gml:pos></gml:Point>"#
    )
}

#[test]
fn commas_in_a_position_are_white_space() {
    let drawn = point(425_463_000, -732_512_000);
    check(&point_at("42.5463,-73.2512"), &drawn, &[Defect::CommaInPosition]);
    check(&point_at("42.5463, -73.2512"), &drawn, &[Defect::CommaInPosition]);
}

/// Seen from the Americas swapped axes lie in the Antarctic or outside the earth.
#[test]
fn swapped_axes_are_swapped_back_if_only_that_is_plausible() {
    let swapped = [Defect::LatitudeLast];
    check(&point_at("-118.79 34.25"), &point(342_500_000, -1_187_900_000), &swapped);
    check(&point_at("-73.2512 42.5463"), &point(425_463_000, -732_512_000), &swapped);
    check(&point_at("-54.8 -68.3"), &point(-548_000_000, -683_000_000), &[]);
    check(&point_at("-77.85 166.67"), &point(-778_500_000, 1_666_700_000), &[]);
    check(&point_at("13.4 52.5"), &point(134_000_000, 525_000_000), &[]);
}

#[test]
fn other_spellings_of_wgs_84_are_understood() {
    for (name, defect) in [
        (r#"srsName="EPSG:4326""#, Defect::OddReferenceSystem),
        (r#"srsName="urn:ogc:def:crs:EPSG:6.6:4326""#, Defect::OddReferenceSystem),
        (r#"srsName="http://www.opengis.net/gml/srs/epsg.xml#4326""#, Defect::OddReferenceSystem),
        ("", Defect::MissingReferenceSystem),
    ] {
        let location = format!("<gml:Point {name}><gml:pos>42.5 -73.25</gml:pos></gml:Point>");
        check(&location, &point(425_000_000, -732_500_000), &[defect]);
    }
    let lon_first = r#"<gml:Point srsName="urn:ogc:def:crs:OGC:1.3:CRS84">
        <gml:pos>13.4 52.5</gml:pos></gml:Point>"#;
    check(lon_first, &point(525_000_000, 134_000_000), &[Defect::OddReferenceSystem]);
}

#[test]
fn shapes_in_the_namespace_of_gml_and_plain_ids_are_read() {
    let location = r#"<gml:Circle id="c" srsName="urn:ogc:def:crs:EPSG::4326">
        <gml:pos>42.5 -73.25</gml:pos>
        <gml:radius uom="urn:ogc:def:uom:EPSG::9001">50</gml:radius></gml:Circle>"#;
    let drawn = json!({"kind": "circle", "center": [425_000_000, -732_500_000], "radius_m": 50});
    check(location, &drawn, &[Defect::WrongNamespace, Defect::PlainId]);
}

#[test]
fn an_angle_in_feet_is_degrees_and_a_short_major_axis_is_turned() {
    let location = r#"<gs:Ellipse srsName="urn:ogc:def:crs:EPSG::4326">
        <gml:pos>42.5 -73.25</gml:pos>
        <gs:semiMajorAxis uom="urn:ogc:def:uom:EPSG::9001">100</gs:semiMajorAxis>
        <gs:semiMinorAxis uom="urn:ogc:def:uom:EPSG::9001">200</gs:semiMinorAxis>
        <gs:orientation uom="urn:ogc:def:uom:EPSG::9002">40</gs:orientation></gs:Ellipse>"#;
    let drawn = json!({
        "kind": "ellipse", "center": [425_000_000, -732_500_000],
        "semi_major_m": 200, "semi_minor_m": 100, "orientation_deg": 130,
    });
    check(location, &drawn, &[Defect::MajorAxisShorter, Defect::AngleInUnitOfLength]);
}

fn circle_of(radius_m: u32) -> Value {
    json!({"kind": "circle", "center": [425_000_000, -732_500_000], "radius_m": radius_m})
}

#[test]
fn lengths_in_feet_or_without_unit_become_metres() {
    let circle = |radius: &str| {
        format!(
            r#"<gs:Circle srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>42.5 -73.25</gml:pos>
            {radius}</gs:Circle>"#
        )
    };
    let feet = circle(r#"<gs:radius uom="urn:ogc:def:uom:EPSG::9002">100</gs:radius>"#);
    check(&feet, &circle_of(31), &[Defect::LengthNotInMeters]);
    check(&circle("<gs:radius>100</gs:radius>"), &circle_of(100), &[Defect::MissingUnit]);
    check(&circle(r#"<gs:radius uom="m">100</gs:radius>"#), &circle_of(100), &[Defect::OddUnit]);
}

#[test]
fn radians_are_an_allowed_unit_of_angle() {
    let location = r#"<gs:ArcBand srsName="urn:ogc:def:crs:EPSG::4326">
        <gml:pos>42.5 -73.25</gml:pos>
        <gs:innerRadius uom="urn:ogc:def:uom:EPSG::9001">900</gs:innerRadius>
        <gs:outerRadius uom="urn:ogc:def:uom:EPSG::9001">500</gs:outerRadius>
        <gs:startAngle uom="urn:ogc:def:uom:EPSG::9101">-1.570796</gs:startAngle>
        <gs:openingAngle uom="urn:ogc:def:uom:EPSG::9102">400</gs:openingAngle></gs:ArcBand>"#;
    let drawn = json!({
        "kind": "arc_band", "center": [425_000_000, -732_500_000], "inner_radius_m": 500,
        "outer_radius_m": 900, "start_angle_deg": 270, "opening_angle_deg": 360,
    });
    check(location, &drawn, &[Defect::InnerRadiusLarger, Defect::OpeningAngleOverFull]);
    assert_eq!(read(location).unwrap().preferred.point().unwrap().lat_e7(), 425_000_000);
}

#[test]
fn an_open_ring_is_closed_and_a_clockwise_one_reversed() {
    let ring = |list: &str| {
        format!(
            r#"<gml:Polygon srsName="urn:ogc:def:crs:EPSG::4326"><gml:exterior><gml:LinearRing>
            <gml:posList>{list}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>"#
        )
    };
    let drawn = json!({"kind": "polygon", "ring":
        [[420_000_000, -730_000_000], [430_000_000, -730_000_000],
         [420_000_000, -740_000_000], [420_000_000, -730_000_000]]});
    check(&ring("42 -73 43 -73 42 -74 42 -73"), &drawn, &[]);
    check(&ring("42 -73 43 -73 42 -74"), &drawn, &[Defect::OpenRing]);
    check(&ring("42 -73 42 -74 43 -73 42 -73"), &drawn, &[Defect::ClockwiseRing]);
    check(&ring("42 -73 42 -73 43 -73 42 -74 42 -73"), &drawn, &[Defect::RepeatedPoint]);
}

#[test]
fn solid_shapes_without_altitude_are_flat_and_flat_ones_with_it_too() {
    let circle = |name: &str, pos: &str| {
        format!(
            r#"<gs:{name} srsName="urn:ogc:def:crs:EPSG::4979"><gml:pos>{pos}</gml:pos>
            <gs:radius uom="urn:ogc:def:uom:EPSG::9001">50</gs:radius></gs:{name}>"#
        )
    };
    let drawn = json!({"kind": "circle", "center": [425_000_000, -732_500_000], "radius_m": 50});
    check(&circle("Sphere", "42.5 -73.25"), &drawn, &[Defect::MissingAltitude]);
    check(&circle("Circle", "42.5 -73.25 10"), &drawn, &[Defect::UnexpectedAltitude]);
}

#[test]
fn an_address_of_the_uk_is_of_gb() {
    let pidf = read(
        r#"<civicAddress xmlns="urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr">
        <country>UK</country><A3>Leeds</A3><A3>York</A3><ZZ>x</ZZ></civicAddress>"#,
    );
    let pidf = pidf.unwrap();
    let parts = &pidf.preferred.address().unwrap().parts;
    let parts: Vec<(&str, &str)> = parts.iter().map(|(p, v)| (p.name(), v.as_str())).collect();
    assert_eq!(parts, [("country", "GB"), ("A3", "Leeds")]);
    let expected = [Defect::CountryNotIso, Defect::RepeatedAddressPart, Defect::UnknownAddressPart];
    assert_eq!(pidf.defects, BTreeSet::from(expected));
}

#[test]
fn rules_in_the_wrong_namespace_and_a_missing_entity_are_said() {
    let text = document(&point_at("42.5 -73.25")).replace(r#"entity="pres:a@example.com""#, "");
    let rules = "<gp:usage-rules><gp:retransmission-allowed>yes</gp:retransmission-allowed>\
        <gp:retention-expiry>2026-05-15T12:30:00</gp:retention-expiry></gp:usage-rules>";
    let text = format!("\u{FEFF}{}", text.replace("<gp:usage-rules/>", rules));
    let pidf = pidf::read(text.as_bytes()).unwrap();
    assert_eq!(pidf.preferred.usage_rules.retransmission_allowed, Some(true));
    let sentences: Vec<&str> = pidf.defects.iter().map(|defect| defect.sentence()).collect();
    let expected = [
        "the document starts with a byte order mark",
        "the document does not say whose presence it is",
        "an element stands in the wrong namespace",
        "a rule says neither true nor false",
        "a time has no zone and was read as UTC",
    ];
    assert_eq!(sentences, expected);
}

#[test]
fn prefixes_are_whatever_the_sender_likes() {
    let text = document(&point_at("42.5 -73.25"));
    let text = text.replace("gml:", "x.y-z_1:").replace("gp:", "gml:");
    assert!(pidf::read(text.as_bytes()).unwrap().preferred.shape().is_some());
    let bare = "<presence entity='pres:a@example.com'><tuple id='a'><status><geopriv>\
        <location-info><Point srsName='urn:ogc:def:crs:EPSG::4326'><pos>42.5 -73.25</pos></Point>\
        </location-info><usage-rules/></geopriv></status></tuple></presence>";
    let pidf = pidf::read(bare.as_bytes()).unwrap();
    assert_eq!(pidf.defects, BTreeSet::from([Defect::WrongNamespace]));
}

#[test]
fn one_bad_place_does_not_spoil_another() {
    let pidf = read(&format!("{}{}", point_at("NaN 1"), point_at("42.5 -73.25"))).unwrap();
    assert_eq!(pidf.defects, BTreeSet::from([Defect::UnusablePlaceSkipped]));
    assert!(matches!(pidf.preferred.shape(), Some(Shape::Point(_))));
}
