//! Locations to XML, strict: elements in the order of their schemas, values in their units.

use super::civic::{CaType, CivicAddress};
use super::namespace as ns;
use super::number::decimal;
use super::pidf::{Confidence, Located, Motion, Pidf, Place, Spread, Target, UsageRules};
use super::shape::{ArcBand, Ellipse, Point, Ring, Shape};
use crate::xml::{XmlText, write_date_time};

const FLAT: &str = "urn:ogc:def:crs:EPSG::4326";
const SOLID: &str = "urn:ogc:def:crs:EPSG::4979";
const METER: &str = "urn:ogc:def:uom:EPSG::9001";
const DEGREE: &str = "urn:ogc:def:uom:EPSG::9102";
/// What a presence is about when nobody says; `.invalid` never becomes an address (RFC 2606).
const NOBODY: &str = "pres:unknown@unknown.invalid";

/// The prefixes that [`write_shape`] and [`write_civic`] use.
pub(crate) const PLACE_NAMESPACES: &[(&str, &str)] =
    &[("xmlns:gml", ns::GML), ("xmlns:gs", ns::GEO_SHAPE)];

pub(super) fn write_pidf(pidf: &Pidf) -> String {
    let mut attributes = vec![
        ("xmlns", ns::PIDF),
        ("xmlns:dm", ns::DATA_MODEL),
        ("xmlns:gp", ns::GEOPRIV),
        ("xmlns:gbp", ns::BASIC_POLICY),
        ("xmlns:con", ns::CONFIDENCE),
        ("xmlns:dyn", ns::DYNAMIC),
    ];
    attributes.extend_from_slice(PLACE_NAMESPACES);
    attributes.push(("entity", pidf.entity.as_deref().unwrap_or(NOBODY)));
    let mut xml = XmlText::document();
    xml.element("presence", &attributes, |xml| {
        // RFC 3863 and RFC 4479 want tuples before devices and persons in their schemas, but
        // RFC 5491, rule 8, gives the order a meaning, and readers go by that.
        for (index, located) in pidf.locations().enumerate() {
            write_located(xml, located, &format!("location{}", index + 1));
        }
    });
    xml.finish()
}

fn write_located(xml: &mut XmlText, located: &Located, id: &str) {
    let at = located.at.map(write_date_time);
    let time = |xml: &mut XmlText, name: &str| {
        if let Some(at) = &at {
            xml.leaf(name, &[], at);
        }
    };
    match &located.target {
        Target::Device(Some(device)) => xml.element("dm:device", &[("id", id)], |xml| {
            write_geopriv(xml, located);
            xml.leaf("dm:deviceID", &[], device);
            time(xml, "dm:timestamp");
        }),
        Target::Person => xml.element("dm:person", &[("id", id)], |xml| {
            write_geopriv(xml, located);
            time(xml, "dm:timestamp");
        }),
        Target::Tuple | Target::Device(None) => xml.element("tuple", &[("id", id)], |xml| {
            xml.element("status", &[], |xml| write_geopriv(xml, located));
            time(xml, "timestamp");
        }),
    }
}

fn write_geopriv(xml: &mut XmlText, located: &Located) {
    xml.element("gp:geopriv", &[], |xml| {
        xml.element("gp:location-info", &[], |xml| {
            for place in &located.places {
                match place {
                    Place::Geodetic(shape) => write_shape(xml, shape),
                    Place::Civic(address) => write_civic(xml, address),
                }
            }
            if let Some(confidence) = &located.confidence {
                write_confidence(xml, confidence);
            }
            if let Some(motion) = &located.motion {
                write_motion(xml, motion);
            }
        });
        write_usage_rules(xml, &located.usage_rules);
        if let Some(method) = &located.method {
            xml.leaf("gp:method", &[], method);
        }
        write_provided_by(xml, located);
    });
}

fn write_confidence(xml: &mut XmlText, confidence: &Confidence) {
    let percent = confidence.percent_e2.map(|e2| decimal(e2.into(), 2));
    let spread = match confidence.spread {
        Spread::Unknown => "unknown",
        Spread::Normal => "normal",
        Spread::Rectangular => "rectangular",
    };
    let percent = percent.as_deref().unwrap_or("unknown");
    xml.leaf("con:confidence", &[("pdf", spread)], percent);
}

fn write_motion(xml: &mut XmlText, motion: &Motion) {
    xml.element("dyn:Dynamic", &[], |xml| {
        if let Some(angle) = motion.orientation {
            xml.leaf("dyn:orientation", &[], &decimal(angle.centidegrees().into(), 2));
        }
        if let Some(speed) = motion.speed_cm_s {
            xml.leaf("dyn:speed", &[], &decimal(speed.into(), 2));
        }
        if let Some(angle) = motion.heading {
            xml.leaf("dyn:heading", &[], &decimal(angle.centidegrees().into(), 2));
        }
    });
}

fn write_usage_rules(xml: &mut XmlText, rules: &UsageRules) {
    xml.element("gp:usage-rules", &[], |xml| {
        if let Some(allowed) = rules.retransmission_allowed {
            xml.leaf("gbp:retransmission-allowed", &[], &allowed.to_string());
        }
        if let Some(expiry) = rules.retention_expiry {
            xml.leaf("gbp:retention-expiry", &[], &write_date_time(expiry));
        }
    });
}

fn write_provided_by(xml: &mut XmlText, located: &Located) {
    if located.provided_by.is_empty() {
        return;
    }
    xml.element("provided-by", &[("xmlns", ns::CALL_DATA)], |xml| {
        for reference in &located.provided_by {
            let (purpose, uri) = (reference.purpose.as_str(), reference.uri.as_str());
            xml.empty("EmergencyCallDataReference", &[("purpose", purpose), ("ref", uri)]);
        }
    });
}

/// Writes an address as a `civicAddress` element.
pub(crate) fn write_civic(xml: &mut XmlText, address: &CivicAddress) {
    let mut attributes = vec![("xmlns", ns::CIVIC), ("xmlns:cae", ns::CIVIC_EXT)];
    attributes.extend(address.language.as_deref().map(|language| ("xml:lang", language)));
    xml.element("civicAddress", &attributes, |xml| {
        for (part, value) in &address.parts {
            xml.leaf(&name_of(*part), &[], value);
        }
        for extension in &address.extensions {
            xml.leaf(&extension.name, &[("xmlns", &extension.namespace)], &extension.value);
        }
    });
}

fn name_of(part: CaType) -> String {
    let prefix = if part.is_extension() { "cae:" } else { "" };
    format!("{prefix}{}", part.name())
}

/// Writes a shape as RFC 5491, section 5.2, has it.
pub(crate) fn write_shape(xml: &mut XmlText, shape: &Shape) {
    match shape {
        Shape::Point(point) => {
            let system = if point.altitude_cm.is_some() { SOLID } else { FLAT };
            xml.element("gml:Point", &[("srsName", system)], |xml| write_pos(xml, *point));
        }
        Shape::Circle { center, radius_cm } => {
            round(xml, ("gs:Circle", FLAT), center.at_altitude(None), *radius_cm);
        }
        Shape::Sphere { center, radius_cm } => {
            round(xml, ("gs:Sphere", SOLID), with_altitude(*center), *radius_cm);
        }
        Shape::Ellipse(base) => xml.element("gs:Ellipse", &[("srsName", FLAT)], |xml| {
            write_pos(xml, base.center.at_altitude(None));
            write_axes(xml, base);
            angle(xml, "gs:orientation", base.orientation().centidegrees());
        }),
        Shape::Ellipsoid { base, vertical_cm } => {
            xml.element("gs:Ellipsoid", &[("srsName", SOLID)], |xml| {
                write_pos(xml, with_altitude(base.center));
                write_axes(xml, base);
                length(xml, "gs:verticalAxis", *vertical_cm);
                angle(xml, "gs:orientation", base.orientation().centidegrees());
            });
        }
        Shape::ArcBand(band) => write_band(xml, band),
        Shape::Polygon(ring) => {
            let system = if ring.has_altitude() { SOLID } else { FLAT };
            write_ring(xml, &[("srsName", system)], ring.points());
        }
        Shape::Prism { base, height_cm } => write_prism(xml, base, *height_cm),
    }
}

fn round(xml: &mut XmlText, (name, system): (&str, &str), center: Point, radius_cm: u32) {
    xml.element(name, &[("srsName", system)], |xml| {
        write_pos(xml, center);
        length(xml, "gs:radius", radius_cm);
    });
}

fn write_axes(xml: &mut XmlText, ellipse: &Ellipse) {
    length(xml, "gs:semiMajorAxis", ellipse.semi_major_cm());
    length(xml, "gs:semiMinorAxis", ellipse.semi_minor_cm());
}

fn write_band(xml: &mut XmlText, band: &ArcBand) {
    xml.element("gs:ArcBand", &[("srsName", FLAT)], |xml| {
        write_pos(xml, band.center.at_altitude(None));
        length(xml, "gs:innerRadius", band.inner_radius_cm());
        length(xml, "gs:outerRadius", band.outer_radius_cm());
        angle(xml, "gs:startAngle", band.start.centidegrees());
        angle(xml, "gs:openingAngle", band.opening_centidegrees());
    });
}

fn write_prism(xml: &mut XmlText, base: &Ring, height_cm: u32) {
    let points: Vec<Point> = base.points().iter().map(|point| with_altitude(*point)).collect();
    xml.element("gs:Prism", &[("srsName", SOLID)], |xml| {
        xml.element("gs:base", &[], |xml| write_ring(xml, &[("srsName", SOLID)], &points));
        length(xml, "gs:height", height_cm);
    });
}

fn write_ring(xml: &mut XmlText, attributes: &[(&str, &str)], points: &[Point]) {
    let closed = points.iter().chain(points.first());
    let positions: Vec<String> = closed.map(|point| position(*point)).collect();
    xml.element("gml:Polygon", attributes, |xml| {
        xml.element("gml:exterior", &[], |xml| {
            xml.element("gml:LinearRing", &[], |xml| {
                xml.leaf("gml:posList", &[], &positions.join(" "));
            });
        });
    });
}

/// A solid shape needs an altitude by its schema; the ellipsoid's own surface if none is known.
fn with_altitude(point: Point) -> Point {
    point.at_altitude(Some(point.altitude_cm.unwrap_or(0)))
}

fn write_pos(xml: &mut XmlText, point: Point) {
    xml.leaf("gml:pos", &[], &position(point));
}

fn position(point: Point) -> String {
    let flat =
        format!("{} {}", decimal(point.lat_e7().into(), 7), decimal(point.lon_e7().into(), 7));
    match point.altitude_cm {
        Some(altitude) => format!("{flat} {}", decimal(altitude.into(), 2)),
        None => flat,
    }
}

fn length(xml: &mut XmlText, name: &str, centimeters: u32) {
    xml.leaf(name, &[("uom", METER)], &decimal(centimeters.into(), 2));
}

fn angle(xml: &mut XmlText, name: &str, centidegrees: u16) {
    xml.leaf(name, &[("uom", DEGREE)], &decimal(centidegrees.into(), 2));
}
