//! What we write is read back as it was, without any defect, and keeps the rules.

use evenhand_core::Timestamp;
use evenhand_intake::location::pidf::{
    self, Confidence, DataReference, Located, Motion, Pidf, Place, Spread, Target, UsageRules,
};
use evenhand_intake::location::{Angle, ArcBand, CaType, CivicAddress, CivicExtension, Ellipse};
use evenhand_intake::location::{Point, Ring, Shape};
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;

/// Where people are: reading takes a latitude below -60 for a longitude.
fn flat() -> impl Strategy<Value = Point> {
    (-599_999_999..839_999_999_i32, -1_800_000_000..=1_800_000_000_i32)
        .prop_map(|(lat, lon)| Point::new(lat, lon).unwrap())
}

fn solid() -> impl Strategy<Value = Point> {
    (flat(), -100_000..1_000_000_i32).prop_map(|(point, cm)| point.at_altitude(Some(cm)))
}

fn angle() -> impl Strategy<Value = Angle> {
    (0..36_000_i64).prop_map(Angle::from_centidegrees)
}

fn ring(point: impl Strategy<Value = Point>) -> impl Strategy<Value = Ring> {
    vec(point, 3..12).prop_filter_map("a ring", |points| {
        let mut different = points.clone();
        different.sort();
        different.dedup();
        (different.len() == points.len()).then(|| Ring::new(points))?
    })
}

fn ellipse(center: impl Strategy<Value = Point>) -> impl Strategy<Value = Ellipse> {
    (center, 0..5_000_000_u32, 0..5_000_000_u32, angle())
        .prop_map(|(center, along, across, angle)| Ellipse::new(center, along, across, angle))
}

fn shape() -> impl Strategy<Value = Shape> {
    let cm = || 0..10_000_000_u32;
    let band = (flat(), (cm(), cm()), angle(), 0..=36_000_u32)
        .prop_map(|(center, radii, start, opening)| ArcBand::new(center, radii, start, opening));
    prop_oneof![
        flat().prop_map(Shape::Point),
        solid().prop_map(Shape::Point),
        (flat(), cm()).prop_map(|(center, radius_cm)| Shape::Circle { center, radius_cm }),
        (solid(), cm()).prop_map(|(center, radius_cm)| Shape::Sphere { center, radius_cm }),
        ellipse(flat()).prop_map(Shape::Ellipse),
        (ellipse(solid()), cm())
            .prop_map(|(base, vertical_cm)| Shape::Ellipsoid { base, vertical_cm }),
        band.prop_map(Shape::ArcBand),
        ring(flat()).prop_map(Shape::Polygon),
        ring(solid()).prop_map(Shape::Polygon),
        (ring(solid()), cm()).prop_map(|(base, height_cm)| Shape::Prism { base, height_cm }),
    ]
}

fn words() -> impl Strategy<Value = String> {
    "[A-Za-z0-9&<>\"'éß./-]{1,12}( [A-Za-z0-9&#;]{1,8})?"
}

fn address() -> impl Strategy<Value = CivicAddress> {
    let all: Vec<CaType> = CaType::all().filter(|part| *part != CaType::Country).collect();
    let extension = (words(), "[a-z]{2,8}").prop_map(|(value, name)| CivicExtension {
        namespace: "http://example.com/own".into(),
        name,
        value,
    });
    let parts = btree_map(proptest::sample::select(all), words(), 1..10);
    (of("[a-z]{2}(-[A-Z]{2})?"), parts, vec(extension, 0..3))
        .prop_map(|(language, parts, extensions)| CivicAddress { language, parts, extensions })
}

fn time() -> impl Strategy<Value = Timestamp> {
    (0..4_000_000_000_000_i64).prop_map(Timestamp)
}

fn located() -> impl Strategy<Value = Located> {
    let target = prop_oneof![
        Just(Target::Tuple),
        Just(Target::Person),
        words().prop_map(|id| Target::Device(Some(id))),
    ];
    let place = prop_oneof![shape().prop_map(Place::Geodetic), address().prop_map(Place::Civic)];
    let spread =
        prop_oneof![Just(Spread::Unknown), Just(Spread::Normal), Just(Spread::Rectangular)];
    let confidence = (of(1..=10_000_u16), spread)
        .prop_map(|(percent_e2, spread)| Confidence { percent_e2, spread });
    let motion = (of(any::<u32>()), of(angle()), of(angle()))
        .prop_map(|(speed_cm_s, heading, orientation)| Motion { speed_cm_s, heading, orientation });
    let rules = (of(any::<bool>()), of(time())).prop_map(|(retransmission_allowed, expiry)| {
        UsageRules { retransmission_allowed, retention_expiry: expiry }
    });
    let reference = (words(), words()).prop_map(|(purpose, uri)| DataReference { purpose, uri });
    let said = (of(confidence), of(motion), rules, vec(reference, 0..3));
    (target, vec(place, 1..4), of(words()), of(time()), said).prop_map(
        |(target, places, method, at, (confidence, motion, usage_rules, provided_by))| Located {
            target,
            places,
            confidence,
            motion,
            method,
            at,
            usage_rules,
            provided_by,
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        entity in words(),
        preferred in located(),
        others in vec(located(), 0..3),
    ) {
        let pidf = Pidf { others, ..Pidf::of(&entity, preferred) };
        let text = pidf::write(&pidf);
        prop_assert_eq!(pidf::read(text.as_bytes()).unwrap(), pidf, "{}", text);
    }

    /// A sphere as large as the earth has nowhere shorter ways than the ellipsoid.
    #[test]
    fn a_circle_of_the_uncertainty_encloses_the_ring(points in vec(flat(), 3..8)) {
        let Some(ring) = Ring::new(points.clone()) else { return Ok(()) };
        let shape = Shape::Polygon(ring);
        let (center, radius) = (shape.representative_point(), shape.uncertainty_m().unwrap());
        for point in points {
            prop_assert!(great_circle_m(center, point) <= f64::from(radius));
        }
    }

    #[test]
    fn a_circle_of_the_uncertainty_encloses_the_band(
        center in (-600_000_000..600_000_000_i32, -1_700_000_000..1_700_000_000_i32),
        radii in (0..3_000_000_u32, 0..3_000_000_u32),
        start in angle(),
        opening in 0..=36_000_u32,
        part in 0.0..=1.0_f64,
    ) {
        let center = Point::new(center.0, center.1).unwrap();
        let band = ArcBand::new(center, radii, start, opening);
        let shape = Shape::ArcBand(band);
        let (middle, radius) = (shape.representative_point(), shape.uncertainty_m().unwrap());
        let to_meters = |point: Point| {
            let (north, east) = per_degree(center);
            let degrees = |e7: i32| f64::from(e7) / 1e7;
            (
                degrees(point.lat_e7() - center.lat_e7()) * north,
                degrees(point.lon_e7() - center.lon_e7()) * east,
            )
        };
        let (north, east) = to_meters(middle);
        for radius_cm in [band.inner_radius_cm(), band.outer_radius_cm()] {
            let bearing = f64::from(start.centidegrees()) + f64::from(opening) * part;
            let bearing = (bearing / 100.0).to_radians();
            let away = f64::from(radius_cm) / 100.0;
            let apart = (away * bearing.cos() - north).hypot(away * bearing.sin() - east);
            prop_assert!(apart <= f64::from(radius), "{} > {}", apart, radius);
        }
    }
}

/// On the sphere of the mean radius.
fn great_circle_m(a: Point, b: Point) -> f64 {
    let radians = |e7: i32| (f64::from(e7) / 1e7).to_radians();
    let (lat_a, lat_b) = (radians(a.lat_e7()), radians(b.lat_e7()));
    let east = radians(b.lon_e7()) - radians(a.lon_e7());
    let half = ((lat_b - lat_a) / 2.0).sin().powi(2)
        + lat_a.cos() * lat_b.cos() * (east / 2.0).sin().powi(2);
    2.0 * 6_371_008.8 * half.sqrt().min(1.0).asin()
}

fn per_degree(at: Point) -> (f64, f64) {
    let lat = (f64::from(at.lat_e7()) / 1e7).to_radians();
    let bend = 1.0 - 0.006_694_379_990_14 * lat.sin().powi(2);
    let north = 6_378_137.0 * (1.0 - 0.006_694_379_990_14) / bend.powf(1.5);
    (north.to_radians(), (6_378_137.0 / bend.sqrt() * lat.cos()).to_radians())
}

#[test]
fn a_default_location_says_so_and_is_written_in_order() {
    let at = Timestamp(1_778_848_200_000);
    let center = Point::new(423_736_000, -710_989_000).unwrap();
    let place = Place::Geodetic(Shape::Circle { center, radius_cm: 500_000 });
    let pidf = Pidf::of("pres:center@example.com", Located::default_location(place, at));
    assert!(pidf.preferred.is_default());
    let text = pidf::write(&pidf);
    let order = [
        "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\"",
        "entity=\"pres:center@example.com\"",
        "<tuple id=\"location1\"><status><gp:geopriv><gp:location-info>",
        "<gs:Circle srsName=\"urn:ogc:def:crs:EPSG::4326\"><gml:pos>42.3736 -71.0989</gml:pos>",
        "<gs:radius uom=\"urn:ogc:def:uom:EPSG::9001\">5000</gs:radius></gs:Circle>",
        "</gp:location-info><gp:usage-rules></gp:usage-rules><gp:method>Default</gp:method>",
        "</gp:geopriv></status><timestamp>2026-05-15T12:30:00Z</timestamp></tuple></presence>",
    ];
    let places: Vec<Option<usize>> = order.iter().map(|part| text.find(part)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{text}");
}

#[test]
fn a_written_ring_is_closed_and_counter_clockwise() {
    let point = |lat: i32, lon: i32| Point::new(lat * 10_000_000, lon * 10_000_000).unwrap();
    let ring = Ring::new(vec![point(42, -73), point(42, -74), point(43, -73)]).unwrap();
    let place = Place::Geodetic(Shape::Polygon(ring));
    let text = pidf::write(&Pidf::of("pres:a@example.com", Located::new(Target::Person, place)));
    assert!(text.contains("<gml:posList>42 -73 43 -73 42 -74 42 -73</gml:posList>"), "{text}");
    assert!(text.contains("<dm:person id=\"location1\">"), "{text}");
}
