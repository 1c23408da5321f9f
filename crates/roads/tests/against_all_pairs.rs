//! Many to one equals what all pairs give, on random graphs with one-way streets and islands.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use evenhand_roads::{Roads, Snap, SpeedTable, TravelTimes};
use map::{Node, OneWay, Point, RoadClass, Segment, StreetMap};
use proptest::prelude::*;

const NODES: usize = 12;
const CLASSES: [RoadClass; 4] =
    [RoadClass::Motorway, RoadClass::Local, RoadClass::Service, RoadClass::Footpath];
const DIRECTIONS: [OneWay; 3] = [OneWay::Both, OneWay::Forward, OneWay::Backward];

/// Nodes on a jittered grid, lines with a bend between random pairs.
fn street_map(jitter: &[(i32, i32)], ways: &[(usize, usize, usize, usize)]) -> StreetMap {
    let nodes: Vec<Node> = (0..NODES)
        .map(|index| {
            let (row, column) =
                (i32::try_from(index / 4).unwrap(), i32::try_from(index % 4).unwrap());
            let (north, east) = jitter[index];
            let lat_e7 = 420_000_000 + row * 20_000 + north;
            let point = Point { lat_e7, lon_e7: -710_000_000 + column * 30_000 + east };
            Node { id: index.to_string(), point }
        })
        .collect();
    let segment = |&(from, to, class, direction): &(usize, usize, usize, usize)| {
        let (a, b) = (nodes[from].point, nodes[to].point);
        let bend = Point { lat_e7: a.lat_e7, lon_e7: b.lon_e7 };
        Segment {
            name: None,
            aliases: vec![],
            class: CLASSES[class],
            one_way: DIRECTIONS[direction],
            from_node: u32::try_from(from).unwrap(),
            to_node: u32::try_from(to).unwrap(),
            line: vec![a, bend, b],
            left: None,
            right: None,
            zip_left: None,
            zip_right: None,
            source_line: 1,
        }
    };
    StreetMap::new(ways.iter().map(segment).collect(), nodes.clone()).unwrap()
}

/// The answer by all pairs of nodes (Floyd and Warshall), in whole milliseconds.
struct AllPairs<'m> {
    map: &'m StreetMap,
    speeds: SpeedTable,
    us: Vec<Vec<Option<u64>>>,
}

impl<'m> AllPairs<'m> {
    fn new(map: &'m StreetMap, speeds: SpeedTable) -> Self {
        let mut us = vec![vec![None; NODES]; NODES];
        for (node, row) in us.iter_mut().enumerate() {
            row[node] = Some(0);
        }
        let mut this = Self { map, speeds, us };
        for segment in 0..map.segments.len() {
            let length = map.segments[segment].length_mm();
            for (from, to, _) in this.directions(segment) {
                let time = this.time(segment, 0, length);
                this.us[from][to] = shorter(this.us[from][to], time);
            }
        }
        for middle in 0..NODES {
            for from in 0..NODES {
                for to in 0..NODES {
                    let through = this.us[from][middle].zip(this.us[middle][to]);
                    let through = through.map(|(a, b)| a + b);
                    this.us[from][to] = shorter(this.us[from][to], through);
                }
            }
        }
        this
    }

    /// (start node, end node, along the line) for each direction that may be driven.
    fn directions(&self, segment: usize) -> Vec<(usize, usize, bool)> {
        let segment = &self.map.segments[segment];
        let (from, to) = (segment.from_node as usize, segment.to_node as usize);
        let mut directions = Vec::new();
        if segment.class.is_drivable() && segment.one_way != OneWay::Backward {
            directions.push((from, to, true));
        }
        if segment.class.is_drivable() && segment.one_way != OneWay::Forward {
            directions.push((to, from, false));
        }
        directions
    }

    fn time(&self, segment: usize, one_mm: u64, other_mm: u64) -> Option<u64> {
        let speed = u64::from(self.speeds.on(self.map.segments[segment].class)?.get());
        Some((one_mm * 3_600 / speed).abs_diff(other_mm * 3_600 / speed))
    }

    fn ms(&self, from: (Point, Snap), to: (Point, Snap)) -> Option<u32> {
        if from.0 == to.0 {
            return Some(0);
        }
        let (start, end) = (from.1, to.1);
        let (first, last) = (start.segment as usize, end.segment as usize);
        let mut best = None;
        for (_, leave_at, out) in self.directions(first) {
            let out_mm = if out { self.map.segments[first].length_mm() } else { 0 };
            let out_us = self.time(first, start.offset_mm, out_mm);
            for (enter_at, _, along) in self.directions(last) {
                let in_mm = if along { 0 } else { self.map.segments[last].length_mm() };
                let in_us = self.time(last, in_mm, end.offset_mm);
                let parts = [out_us, self.us[leave_at][enter_at], in_us];
                let sum = parts.into_iter().sum::<Option<u64>>();
                best = shorter(best, sum);
            }
            let is_ahead = if out {
                start.offset_mm <= end.offset_mm
            } else {
                start.offset_mm >= end.offset_mm
            };
            if first == last && is_ahead {
                best = shorter(best, self.time(first, start.offset_mm, end.offset_mm));
            }
        }
        let walk = |mm: u64| mm * 3_600 / u64::from(self.speeds.off_road_kmh.get());
        let us = best? + walk(start.distance_mm) + walk(end.distance_mm);
        u32::try_from((us + 500) / 1_000).ok()
    }
}

fn shorter(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    a.into_iter().chain(b).min()
}

fn any_point() -> impl Strategy<Value = Point> {
    (0..60_000_i32, 0..120_000_i32).prop_map(|(north, east)| Point {
        lat_e7: 419_990_000 + north,
        lon_e7: -710_010_000 + east,
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..Default::default()
    })]

    #[test]
    fn many_to_one_equals_all_pairs(
        jitter in prop::collection::vec((-6_000..6_000_i32, -9_000..9_000_i32), NODES),
        ways in prop::collection::vec((0..NODES, 0..NODES, 0..4_usize, 0..3_usize), 1..30),
        to in any_point(),
        from in prop::collection::vec(any_point(), 1..12),
    ) {
        let map = street_map(&jitter, &ways);
        let speeds = SpeedTable::default();
        let mut roads = Roads::build(&map, &speeds);
        let oracle = AllPairs::new(&map, speeds);
        let expected: Vec<Option<u32>> = from
            .iter()
            .map(|unit| oracle.ms((*unit, roads.snap_start(*unit)?), (to, roads.snap(to)?)))
            .collect();
        let got = roads.travel_ms(to, &from);
        prop_assert_eq!(&got, &expected);

        for (unit, ms) in from.iter().zip(&got) {
            let one = roads.travel_ms(to, &[*unit]);
            prop_assert_eq!(&one[0], ms, "asked alone");
            let route = roads.route(*unit, to);
            prop_assert_eq!(route.as_ref().map(|route| route.total_ms), ms.map(u64::from));
            let Some(route) = route else { continue };
            prop_assert_eq!(route.steps.first().unwrap().point, *unit);
            prop_assert_eq!(route.steps.last().unwrap().point, to);
            prop_assert_eq!(route.steps.last().unwrap().at_ms, route.total_ms);
            prop_assert!(route.steps.windows(2).all(|pair| pair[0].at_ms <= pair[1].at_ms));
        }

        roads.keep_ready(&from);
        prop_assert_eq!(&roads.travel_ms(to, &from), &expected, "all kept ready");
        roads.keep_ready(&from[..from.len() / 2]);
        prop_assert_eq!(&roads.travel_ms(to, &from), &expected, "some kept ready");
    }
}
