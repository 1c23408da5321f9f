//! Roads drawn in letters, for tests that a dispatcher can read.
//!
//! In the drawing a letter is a node and a digit a place that is none; one column or row is 100 m.
//! Ways are written `ab` (both directions), `a>b` (one way), `abc` (through b), each with an
//! optional class: `ab motorway`. Expectations are `from | to | seconds`, `-` for no way.

use std::collections::BTreeMap;

use evenhand_roads::{Roads, SpeedTable, TravelTimes};
use map::{Node, OneWay, Point, RoadClass, Segment, StreetMap};

/// 100 m in 1e-7 degrees at the equator.
const CELL_E7: i32 = 8_993;

pub struct Letters {
    pub map: StreetMap,
    places: BTreeMap<char, Point>,
}

impl Letters {
    pub fn draw(drawing: &str, ways: &[&str]) -> Self {
        let mut places = BTreeMap::new();
        for (row, line) in drawing.lines().enumerate() {
            for (column, sign) in line.chars().enumerate().filter(|(_, sign)| *sign != ' ') {
                let (row, column) = (i32::try_from(row).unwrap(), i32::try_from(column).unwrap());
                let point = Point { lat_e7: -row * CELL_E7, lon_e7: column * CELL_E7 };
                assert_eq!(places.insert(sign, point), None, "`{sign}` is drawn twice");
            }
        }
        let letters = places.iter().filter(|(sign, _)| sign.is_alphabetic());
        let nodes: Vec<Node> =
            letters.map(|(sign, point)| Node { id: sign.to_string(), point: *point }).collect();
        let segments = ways.iter().flat_map(|way| segments(way, &nodes)).collect();
        Self { map: StreetMap::new(segments, nodes).unwrap(), places }
    }

    pub fn point(&self, sign: char) -> Point {
        self.places[&sign]
    }

    /// Checks a table of `from | to | seconds` at these speeds.
    pub fn check(&self, speeds: &SpeedTable, table: &str) {
        let roads = Roads::build(&self.map, speeds);
        for row in table.lines().map(str::trim).filter(|row| !row.is_empty()) {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            let [from, to, seconds] = cells[..] else { panic!("not three cells: `{row}`") };
            let place = |cell: &str| self.point(cell.chars().next().unwrap());
            let got = roads.travel_ms(place(to), &[place(from)])[0];
            let got = got.map_or("-".to_owned(), |ms| ((ms + 500) / 1000).to_string());
            assert_eq!(got, seconds, "{from} to {to}");
            let route = roads.route(place(from), place(to));
            let route = route.map_or("-".to_owned(), |r| ((r.total_ms + 500) / 1000).to_string());
            assert_eq!(route, seconds, "route from {from} to {to}");
        }
    }
}

/// 36 km/h everywhere, so that 100 m take 10 s; 3.6 km/h off the road, 100 s.
pub fn ten_seconds_a_cell() -> SpeedTable {
    let kmh = |speed: u16| speed.try_into().unwrap();
    SpeedTable {
        motorway_kmh: kmh(72),
        local_kmh: kmh(36),
        off_road_kmh: kmh(4),
        ..SpeedTable::default()
    }
}

fn segments(way: &str, nodes: &[Node]) -> Vec<Segment> {
    let (path, class) = way.split_once(' ').unwrap_or((way, "local"));
    let class = match class {
        "local" => RoadClass::Local,
        "motorway" => RoadClass::Motorway,
        "footpath" => RoadClass::Footpath,
        other => panic!("no class `{other}` in the drawings"),
    };
    let one_way = if path.contains('>') { OneWay::Forward } else { OneWay::Both };
    let path: Vec<char> = path.chars().filter(|sign| *sign != '>').collect();
    let index = |sign: char| nodes.iter().position(|node| node.id == sign.to_string()).unwrap();
    path.windows(2)
        .map(|pair| {
            let (from, to) = (index(pair[0]), index(pair[1]));
            Segment {
                name: None,
                aliases: vec![],
                class,
                one_way,
                from_node: u32::try_from(from).unwrap(),
                to_node: u32::try_from(to).unwrap(),
                line: vec![nodes[from].point, nodes[to].point],
                left: None,
                right: None,
                zip_left: None,
                zip_right: None,
                source_line: 1,
            }
        })
        .collect()
}
