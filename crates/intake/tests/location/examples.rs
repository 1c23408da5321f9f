//! Every sample gives the geometry or the address that its standard prints.

use crate::samples::{files, folder};
use evenhand_core::Timestamp;
use evenhand_intake::location::pidf::{
    self, Confidence, DataReference, Motion, Pidf, Spread, Target,
};
use evenhand_intake::location::{Angle, NoUsableLocation};
use serde_json::{Value, json};

/// The sample, or `None` without sample messages.
fn sample(name: &str) -> Option<Pidf> {
    let bytes = std::fs::read(folder()?.join(name)).unwrap();
    let pidf = pidf::read(&bytes).unwrap_or_else(|reason| panic!("{name}: {reason}"));
    assert!(pidf.defects.is_empty(), "{name}: {:?}", pidf.defects);
    Some(pidf)
}

/// What a sample's preferred shape is: as drawn, and its uncertainty.
fn check_shape(name: &str, drawn: &Value, uncertainty_m: Option<u32>) {
    let Some(pidf) = sample(name) else { return };
    let shape = pidf.preferred.shape().unwrap();
    assert_eq!(&shape.to_json(), drawn, "{name}");
    assert_eq!(shape.uncertainty_m(), uncertainty_m, "{name}");
}

fn check_address(name: &str, line: &str) {
    let Some(pidf) = sample(name) else { return };
    assert_eq!(pidf.preferred.address().unwrap().one_line(), line, "{name}");
}

/// RFC 5491, sections 5.2.1 and 5.2.2, use other points than the samples.
#[test]
fn points_are_read_in_two_and_three_dimensions() {
    let point = |lat: i32, lon: i32| json!({"kind": "point", "center": [lat, lon]});
    check_shape("pidf-lo/tuple-point-2d.xml", &point(407_166_830, -739_906_976), None);
    check_shape("pidf-lo/tuple-point-3d.xml", &point(407_166_800, -739_907_000), None);
    check_shape("pidf-lo/device-point.xml", &point(417_720_350, -884_732_910), None);
    let Some(pidf) = sample("pidf-lo/tuple-point-3d.xml") else { return };
    assert_eq!(pidf.preferred.point().unwrap().altitude_cm, Some(2_630));
}

/// RFC 5491, section 5.2.3, figure 5; section 5.2.6, figure 10.
#[test]
fn circles_and_spheres_are_read() {
    let circle = json!({"kind": "circle", "center": [425_463_000, -732_512_000], "radius_m": 851});
    check_shape("pidf-lo/tuple-circle.xml", &circle, Some(851));
    check_shape("pidf-lo/tuple-sphere.xml", &circle, Some(851));
    let small = json!({"kind": "circle", "center": [417_605_370, -882_619_140], "radius_m": 50});
    check_shape("pidf-lo/device-circle-confidence.xml", &small, Some(50));
    let moving = json!({"kind": "circle", "center": [425_463_000, -732_512_000], "radius_m": 100});
    check_shape("pidf-lo/device-circle-dynamic.xml", &moving, Some(100));
}

/// RFC 5491, section 5.2.4, figure 7; section 5.2.7, figure 11.
#[test]
fn ellipses_and_ellipsoids_are_read() {
    let ellipse = json!({
        "kind": "ellipse", "center": [425_463_000, -732_512_000],
        "semi_major_m": 1_275, "semi_minor_m": 670, "orientation_deg": 43,
    });
    check_shape("pidf-lo/tuple-ellipse.xml", &ellipse, Some(1_275));
    let ellipsoid = json!({
        "kind": "ellipse", "center": [425_463_000, -732_512_000],
        "semi_major_m": 8, "semi_minor_m": 4, "orientation_deg": 90,
    });
    check_shape("pidf-lo/tuple-ellipsoid.xml", &ellipsoid, Some(8));
}

/// RFC 5491, section 5.2.5, figure 9. The centroid is 3858 m away on a bearing of 30 degrees, and
/// the farthest corner 755 m from it.
#[test]
fn an_arc_band_is_read_and_has_its_centroid_inside() {
    let band = json!({
        "kind": "arc_band", "center": [-435_723_000, 1_532_176_000],
        "inner_radius_m": 3_594, "outer_radius_m": 4_148,
        "start_angle_deg": 20, "opening_angle_deg": 20,
    });
    check_shape("pidf-lo/tuple-arc-band.xml", &band, Some(756));
    let Some(pidf) = sample("pidf-lo/tuple-arc-band.xml") else { return };
    let point = pidf.preferred.point().unwrap();
    let north_m = f64::from(point.lat_e7() + 435_723_000) * 0.011_108;
    let east_m = f64::from(point.lon_e7() - 1_532_176_000) * 0.008_076;
    let (way, bearing) = (north_m.hypot(east_m), east_m.atan2(north_m).to_degrees());
    assert!((3_850.0..3_865.0).contains(&way), "{way}");
    assert!((29.9..30.1).contains(&bearing), "{bearing}");
}

/// RFC 5491, section 5.2.2, figures 3 and 4: the same hexagon in two notations.
/// Its farthest corner is 18,066 m from the centroid on the mean sphere; our sphere is never too
/// small, and here 0.45 % too large.
#[test]
fn polygons_are_read_in_both_notations() {
    let hexagon = json!({"kind": "polygon", "ring": [
        [433_110_000, -734_220_000], [431_110_000, -733_220_000], [431_110_000, -732_220_000],
        [433_110_000, -731_220_000], [434_110_000, -732_220_000], [434_110_000, -733_220_000],
        [433_110_000, -734_220_000],
    ]});
    check_shape("pidf-lo/tuple-polygon-pos.xml", &hexagon, Some(18_148));
    check_shape("pidf-lo/tuple-polygon-poslist.xml", &hexagon, Some(18_148));
}

/// RFC 5491, section 5.2.8, figure 13.
#[test]
fn a_prism_is_read_with_its_height() {
    let prism = json!({"kind": "prism", "height_m": 3, "ring": [
        [425_568_440, -732_481_570], [426_568_440, -732_481_570], [426_568_440, -733_481_570],
        [425_568_440, -733_481_570], [425_568_440, -732_481_570],
    ]});
    check_shape("pidf-lo/tuple-prism.xml", &prism, Some(6_936));
    let Some(pidf) = sample("pidf-lo/tuple-prism.xml") else { return };
    let middle = pidf.preferred.point().unwrap();
    assert_eq!((middle.lat_e7(), middle.lon_e7()), (426_068_440, -732_981_570));
    assert_eq!(middle.altitude_cm, Some(3_780));
}

/// RFC 4119, section 2.3, with RFC 5139; RFC 6848, sections 3.1 (own parts), 5.1 (milepost, pole)
/// and 5.2 (house number prefix, street type).
#[test]
fn addresses_are_read_with_all_their_extensions() {
    let lines = [
        ("pidf-lo/tuple-civic.xml", "123 Broadway, Suite 75, New York New York 10027-0401"),
        ("pidf-lo/device-civic.xml", "100 E NEW YORK ST, AURORA IL"),
        ("pidf-lo/device-civic-and-person-circle.xml", "100 Main Street, Any City CA 91234"),
        ("pidf-lo/tuple-civic-extension-hno-prefix.xml", "A223 Boulevard Colorado, Sacramento CA"),
        (
            "pidf-lo/tuple-civic-extension-milepost.xml",
            "I5, Milepost 248, Pole 22-109-689, Sacramento CA",
        ),
        (
            "pidf-lo/tuple-civic-extension-private.xml",
            "Deckport Cross, Monkokehampton Devon, bridge 21451338",
        ),
        (
            "pidf-lo/tuple-civic-two-extensions.xml",
            "CA, lamp 2471, pylon AQ-374-4(c), airport LAX, terminal Tom Bradley, concourse G, \
             gate 36B",
        ),
    ];
    for (name, line) in lines {
        check_address(name, line);
    }
}

/// RFC 5491, section 3.4, rule 8: what stands first is preferred.
#[test]
fn the_first_location_is_preferred_and_the_others_are_kept() {
    let Some(pidf) = sample("pidf-lo/device-civic-and-person-circle.xml") else { return };
    let device = Target::Device(Some("mac:00-00-5e-00-53-01".into()));
    assert_eq!(pidf.preferred.target, device);
    assert!(pidf.preferred.shape().is_none());
    assert_eq!(pidf.preferred.method.as_deref(), Some("802.11"));
    assert_eq!(pidf.preferred.at, Some(Timestamp(1_436_475_449_000)));
    let rules = pidf.preferred.usage_rules;
    assert_eq!(rules.retransmission_allowed, Some(true));
    assert_eq!(rules.retention_expiry, Some(Timestamp(1_481_400_000_000)));
    let person = pidf.others.first().unwrap();
    assert_eq!(
        (&person.target, person.shape().unwrap().uncertainty_m()),
        (&Target::Person, Some(50))
    );
}

/// RFC 7459, section 5; RFC 5962, section 2.
#[test]
fn confidence_and_motion_are_read() {
    let Some(pidf) = sample("pidf-lo/device-circle-confidence.xml") else { return };
    let normal = Confidence { percent_e2: Some(9_500), spread: Spread::Normal };
    assert_eq!(pidf.preferred.confidence, Some(normal));
    let Some(pidf) = sample("pidf-lo/device-circle-dynamic.xml") else { return };
    let motion = Motion { speed_cm_s: Some(1_200), ..Motion::default() };
    assert_eq!(pidf.preferred.motion, Some(motion));
    assert_ne!(Angle::from_centidegrees(-300), Angle::from_centidegrees(300));
}

#[test]
fn a_motion_without_a_place_is_no_location() {
    let Some(folder) = folder() else { return };
    let bytes = std::fs::read(folder.join("pidf-lo/device-dynamic-only.xml")).unwrap();
    assert_eq!(pidf::read(&bytes).unwrap_err(), NoUsableLocation::OnlyMotion);
}

/// RFC 7852, section 5.3.
#[test]
fn references_to_additional_data_are_read() {
    let Some(pidf) = sample("additional-data/pidf-lo-provided-by-by-reference.xml") else { return };
    let references = &pidf.preferred.provided_by;
    assert_eq!(references.len(), 5);
    let first = DataReference {
        purpose: "EmergencyCallData.ServiceInfo".into(),
        uri: "https://example.com/ref1".into(),
    };
    assert_eq!(references.first(), Some(&first));
}

/// The bodies of a multipart message whose type is that of a location.
fn location_bodies(message: &[u8]) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(message);
    let parts = text.split("\r\n--").filter(|part| part.contains("application/pidf+xml\r\n"));
    parts.filter_map(|part| Some(part.split_once("\r\n\r\n")?.1.as_bytes().to_vec())).collect()
}

#[test]
fn locations_in_calls_are_read() {
    let mut lines = Vec::new();
    for (name, bytes) in files("sip") {
        for body in location_bodies(&bytes) {
            let pidf = pidf::read(&body).unwrap_or_else(|reason| panic!("{name}: {reason}"));
            assert!(pidf.defects.is_empty(), "{name}: {:?}", pidf.defects);
            let number = name.get(..2).unwrap().to_owned();
            let address = pidf.preferred.address().map(|address| address.one_line());
            let shape = pidf.preferred.shape().map(|shape| shape.to_json()["center"].to_string());
            lines.push(format!("{number} {}", address.or(shape).unwrap()));
        }
    }
    if folder().is_none() {
        return;
    }
    let (point, address) = ("[407166830,-739906976]", "10 TEST Ave, TEST, Laurel MD 20707");
    let expected = [("01", address), ("02", point), ("03", point), ("04", point), ("05", point)];
    let mut expected: Vec<String> = expected.map(|(n, place)| format!("{n} {place}")).to_vec();
    expected.push(format!("06 {address}"));
    assert_eq!(lines, expected);
}

#[test]
fn every_sample_of_the_folder_is_in_a_test() {
    let source = include_str!("examples.rs");
    for (name, _) in files("pidf-lo") {
        assert!(source.contains(&name), "{name}");
    }
}
