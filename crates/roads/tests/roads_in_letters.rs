//! What roads answer, on roads drawn in letters.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod letters;

use evenhand_roads::{Roads, SNAP_M_MAX, SpeedTable, TravelTimes};
use letters::{Letters, ten_seconds_a_cell};
use map::Point;

#[test]
fn both_ends_may_lie_along_a_segment() {
    let roads = Letters::draw("a 1  2 b   c", &["ab", "bc"]);
    roads.check(
        &ten_seconds_a_cell(),
        "a | c | 110
         1 | 2 | 30
         2 | 1 | 30
         1 | c | 90
         c | 2 | 60
         1 | 1 | 0",
    );
}

#[test]
fn one_way_streets_go_one_way() {
    let square = "a   b\n\n1\n\nd   c";
    let roads = Letters::draw(square, &["a>b", "b>c", "c>d", "d>a"]);
    roads.check(
        &ten_seconds_a_cell(),
        "a | b | 40
         b | a | 120
         1 | a | 20
         a | 1 | 140
         d | 1 | 20",
    );
}

#[test]
fn on_one_segment_the_way_round_is_taken_where_one_way_demands_it() {
    let roads = Letters::draw("a 1 2 b\n\nd     c", &["a>b", "b>c", "c>d", "d>a"]);
    roads.check(
        &ten_seconds_a_cell(),
        "1 | 2 | 20
         2 | 1 | 140",
    );
}

#[test]
fn the_way_round_is_taken_where_it_is_quicker() {
    // From 1 along its own street 600 m of local road; round by the motorway at double speed.
    let roads = Letters::draw(
        "a1      2b\nc        d",
        &["ab", "ac motorway", "cd motorway", "bd motorway"],
    );
    roads.check(&ten_seconds_a_cell(), "1 | 2 | 70\na | b | 55");
    let slower = SpeedTable { motorway_kmh: 36.try_into().unwrap(), ..ten_seconds_a_cell() };
    roads.check(&slower, "a | b | 90");
}

#[test]
fn roads_that_do_not_meet_are_not_joined() {
    let roads = Letters::draw("a    b\n\n\n\nc    d", &["ab", "cd"]);
    roads.check(
        &ten_seconds_a_cell(),
        "a | b | 50
         a | d | -",
    );
}

#[test]
fn footpaths_are_not_driven() {
    let roads = Letters::draw("a   b\n\nc   d", &["ab footpath", "ac", "cd", "db"]);
    roads.check(&ten_seconds_a_cell(), "a | b | 80");
}

#[test]
fn off_the_road_is_charged_at_its_own_speed() {
    let roads = Letters::draw("a    b\n\n  1", &["ab"]);
    // 200 m off the road at 4 km/h are 180 s, then 20 s or 30 s of driving.
    roads.check(
        &ten_seconds_a_cell(),
        "1 | a | 200
         1 | b | 210
         b | 1 | 210",
    );
}

#[test]
fn points_far_from_every_road_are_outside_the_map() {
    let drawing = Letters::draw("a    b", &["ab"]);
    let roads = Roads::build(&drawing.map, &ten_seconds_a_cell());
    let north = |metres: i32| Point { lat_e7: metres * 90, lon_e7: 10_000 };
    let limit = i32::try_from(SNAP_M_MAX).unwrap();
    let inside = roads.travel_ms(drawing.point('a'), &[north(limit - 10), north(limit + 10)]);
    assert!(inside[0].is_some());
    assert_eq!(inside[1], None);
    assert_eq!(roads.travel_ms(north(limit + 10), &[drawing.point('a')]), [None]);
    assert_eq!(roads.route(drawing.point('a'), north(limit + 10)), None);
    assert!(roads.snap(north(limit + 10)).is_none());
}

#[test]
fn a_crew_on_a_street_that_leaves_the_map_starts_from_the_nearest_road_with_a_way_back() {
    // b>x leaves the map: an incident on it is reached by it, a crew on it starts at b.
    let roads = Letters::draw("a    b  1  x\n\nd    c", &["ab", "bc", "cd", "da", "b>x"]);
    let place = |sign| roads.point(sign);
    let built = Roads::build(&roads.map, &ten_seconds_a_cell());
    assert_eq!(built.snap(place('1')).unwrap().distance_m(), 0);
    assert_eq!(built.snap_start(place('1')).unwrap().point, place('b'));
    // 300 m off the road at 4 km/h are 270 s.
    roads.check(&ten_seconds_a_cell(), "a | 1 | 80\n1 | a | 320");
}

#[test]
fn many_units_are_answered_in_their_order() {
    let drawing = Letters::draw("a b c d e", &["ab", "bc", "cd", "d>e"]);
    let roads = Roads::build(&drawing.map, &ten_seconds_a_cell());
    let units = ['c', 'a', 'e', 'c', 'd'].map(|sign| drawing.point(sign));
    let times = roads.travel_ms(drawing.point('b'), &units);
    let seconds: Vec<_> = times.iter().map(|ms| ms.map(|ms| (ms + 500) / 1000)).collect();
    // From e no road leads back; it starts 200 m off the road, at d.
    assert_eq!(seconds, [Some(20), Some(20), Some(220), Some(20), Some(40)]);
    assert_eq!(roads.travel_ms(drawing.point('b'), &[]), []);
}

#[test]
fn halved_speeds_double_times() {
    let drawing = Letters::draw("a 1 b\n\nc   d", &["ab", "a>c", "cd motorway", "bd"]);
    let full = Roads::build(&drawing.map, &ten_seconds_a_cell());
    let half = Roads::build(&drawing.map, &ten_seconds_a_cell().at_percent(50));
    let signs = ['a', '1', 'b', 'c', 'd'].map(|sign| drawing.point(sign));
    for to in signs {
        let (full, half) = (full.travel_ms(to, &signs), half.travel_ms(to, &signs));
        for (full, half) in full.iter().zip(&half) {
            assert!((full.unwrap() * 2).abs_diff(half.unwrap()) <= 1, "{full:?} and {half:?}");
        }
    }
}

#[test]
fn a_route_has_its_points_with_their_times() {
    let drawing = Letters::draw("a    b\n\n\n     c", &["ab", "bc"]);
    let roads = Roads::build(&drawing.map, &ten_seconds_a_cell());
    let (a, b, c) = (drawing.point('a'), drawing.point('b'), drawing.point('c'));
    let route = roads.route(a, c).unwrap();
    let points: Vec<Point> = route.steps.iter().map(|step| step.point).collect();
    assert_eq!(points.first(), Some(&a));
    assert!(points.contains(&b));
    assert_eq!(points.last(), Some(&c));
    assert_eq!(route.length_m, 800);
    let at_b = route.steps.iter().find(|step| step.point == b).unwrap().at_ms;
    assert!(at_b.abs_diff(50_000) <= 1);
    assert_eq!(route.steps.last().unwrap().at_ms, route.total_ms);
    assert!(route.steps.windows(2).all(|pair| pair[0].at_ms <= pair[1].at_ms));
    let standing = roads.route(b, b).unwrap();
    assert_eq!((standing.total_ms, standing.steps.len()), (0, 1));
}

#[test]
fn the_map_version_is_that_of_the_streets() {
    let drawing = Letters::draw("a b", &["ab"]);
    let roads = Roads::build(&drawing.map, &SpeedTable::default());
    assert_eq!(roads.map_version(), drawing.map.version);
    let other = Letters::draw("a b", &["a>b"]);
    assert_ne!(other.map.version, drawing.map.version);
}
