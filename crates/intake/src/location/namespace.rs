//! The namespaces of a location document, and which element belongs to which.

use super::defect::Defect;
use crate::xml::Element;
use std::collections::BTreeSet;

pub(super) const PIDF: &str = "urn:ietf:params:xml:ns:pidf";
pub(super) const DATA_MODEL: &str = "urn:ietf:params:xml:ns:pidf:data-model";
pub(super) const GEOPRIV: &str = "urn:ietf:params:xml:ns:pidf:geopriv10";
pub(super) const BASIC_POLICY: &str = "urn:ietf:params:xml:ns:pidf:geopriv10:basicPolicy";
pub(super) const DYNAMIC: &str = "urn:ietf:params:xml:ns:pidf:geopriv10:dynamic";
pub(super) const CONFIDENCE: &str = "urn:ietf:params:xml:ns:geopriv:conf";
pub(super) const CIVIC: &str = "urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr";
pub(super) const CIVIC_EXT: &str = "urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr:ext";
/// The namespace of RFC 4119, which RFC 5139 replaced in 2008.
const CIVIC_OLD: &str = "urn:ietf:params:xml:ns:pidf:geopriv10:civicLoc";
pub(super) const GML: &str = "http://www.opengis.net/gml";
/// GML 3.2, which is not what RFC 5491 asks for, but what libraries write.
const GML_32: &str = "http://www.opengis.net/gml/3.2";
pub(super) const GEO_SHAPE: &str = "http://www.opengis.net/pidflo/1.0";
pub(super) const CALL_DATA: &str = "urn:ietf:params:xml:ns:EmergencyCallData";

/// True if an element of this namespace may be part of a location document. No namespace at all
/// counts: a sender that forgot to declare it still means the same.
pub(crate) fn is_location_namespace(namespace: &str) -> bool {
    matches!(
        namespace,
        "" | PIDF
            | DATA_MODEL
            | GEOPRIV
            | BASIC_POLICY
            | DYNAMIC
            | CONFIDENCE
            | CIVIC
            | CIVIC_EXT
            | CIVIC_OLD
            | GML
            | GML_32
            | GEO_SHAPE
            | CALL_DATA
    )
}

/// Where each element of a location document belongs.
fn home_of(name: &str) -> Option<&'static [&'static str]> {
    Some(match name {
        "presence" | "tuple" | "status" => &[PIDF],
        "device" | "person" | "deviceID" => &[DATA_MODEL],
        "timestamp" => &[PIDF, DATA_MODEL],
        "geopriv" | "location-info" | "usage-rules" | "method" => &[GEOPRIV],
        "provided-by" => &[GEOPRIV, CALL_DATA],
        "retransmission-allowed" | "retention-expiry" => &[BASIC_POLICY],
        "civicAddress" => &[CIVIC],
        "confidence" => &[CONFIDENCE],
        "Dynamic" | "speed" | "heading" => &[DYNAMIC],
        "Point" | "Polygon" | "pos" | "posList" | "exterior" | "LinearRing" => &[GML],
        "Circle" | "Ellipse" | "ArcBand" | "Sphere" | "Ellipsoid" | "Prism" => &[GEO_SHAPE],
        "radius" | "innerRadius" | "outerRadius" | "startAngle" | "openingAngle" => &[GEO_SHAPE],
        "semiMajorAxis" | "semiMinorAxis" | "verticalAxis" | "base" | "height" => &[GEO_SHAPE],
        "orientation" => &[GEO_SHAPE, DYNAMIC],
        _ => return None,
    })
}

/// Records an element that stands in another namespace than its own.
pub(super) fn note_wrong_namespaces(root: &Element, defects: &mut BTreeSet<Defect>) {
    let is_wrong = |element: &&Element| {
        let home = home_of(&element.name).unwrap_or_default();
        !home.is_empty()
            && !home.contains(&element.namespace.as_str())
            && is_location_namespace(&element.namespace)
    };
    if root.walk().iter().any(is_wrong) {
        defects.insert(Defect::WrongNamespace);
    }
}
