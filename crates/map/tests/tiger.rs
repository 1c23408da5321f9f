//! TIGER roads: where lines join, and bytes that are no TIGER roads.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io;

use evenhand_map::read::read;
use evenhand_map::{CenterMap, MapDescription, MapError, RoadClass};
use proptest::prelude::*;

/// A `.shp` and its `.dbf`, made line by line.
#[derive(Clone, Default)]
struct Tiger {
    shapes: Vec<u8>,
    rows: Vec<u8>,
    count: u32,
}

impl Tiger {
    fn with(mut self, name: &str, code: &str, line: &[(f64, f64)]) -> Self {
        let mut content = 3_u32.to_le_bytes().to_vec();
        content.extend([0; 32]);
        content.extend(1_u32.to_le_bytes());
        content.extend(u32::try_from(line.len()).unwrap().to_le_bytes());
        content.extend(0_u32.to_le_bytes());
        for (x, y) in line {
            content.extend(x.to_le_bytes());
            content.extend(y.to_le_bytes());
        }
        self.count += 1;
        self.shapes.extend(self.count.to_be_bytes());
        self.shapes.extend(u32::try_from(content.len() / 2).unwrap().to_be_bytes());
        self.shapes.extend(content);
        self.rows.extend(format!(" {name:<20}{code:<5}").bytes());
        self
    }

    fn files(&self) -> (Vec<u8>, Vec<u8>) {
        let mut shp = 9994_u32.to_be_bytes().to_vec();
        shp.resize(28, 0);
        shp.extend(1000_u32.to_le_bytes());
        shp.resize(100, 0);
        shp.extend(&self.shapes);
        let mut dbf = vec![3, 125, 1, 1];
        dbf.extend(self.count.to_le_bytes());
        dbf.extend(97_u16.to_le_bytes());
        dbf.extend(26_u16.to_le_bytes());
        dbf.resize(32, 0);
        for (name, length) in [("FULLNAME", 20_u8), ("MTFCC", 5)] {
            let mut column = name.as_bytes().to_vec();
            column.resize(32, 0);
            column[11] = b'C';
            column[16] = length;
            dbf.extend(column);
        }
        dbf.push(13);
        dbf.extend(&self.rows);
        (shp, dbf)
    }

    fn read(&self) -> Result<CenterMap, MapError> {
        let (shp, dbf) = self.files();
        read_bytes(&shp, &dbf)
    }
}

fn read_bytes(shp: &[u8], dbf: &[u8]) -> Result<CenterMap, MapError> {
    let description: MapDescription = toml::from_str(
        "name = \"County\"\nstreets = { format = \"tiger\", file = \"a/roads.shp\" }",
    )
    .unwrap();
    read(&description, &|file| match file {
        "a/roads.shp" => Ok(shp.to_vec()),
        "a/roads.dbf" => Ok(dbf.to_vec()),
        _ => Err(io::ErrorKind::NotFound.into()),
    })
}

#[test]
fn lines_join_only_where_they_share_a_vertex() {
    // Main is crossed at its vertex (1, 0) by First, and between its vertices by the bridge.
    let map = Tiger::default()
        .with("Main St", "S1400", &[(0.0, 0.0), (0.1, 0.0), (0.4, 0.0)])
        .with("First St", "S1200", &[(0.1, -0.1), (0.1, 0.0), (0.1, 0.1)])
        .with("Bridge", "S1100", &[(0.2, -0.1), (0.2, 0.1)])
        .read()
        .unwrap();
    let segments = &map.streets.segments;
    let names: Vec<_> =
        segments.iter().map(|s| (s.name.as_deref().unwrap(), s.source_line)).collect();
    let (main, first) = (("Main St", 1), ("First St", 2));
    assert_eq!(names, [main, main, first, first, ("Bridge", 3)]);
    assert_eq!(segments[0].to_node, segments[2].to_node, "the crossing");
    assert_eq!(map.streets.nodes.len(), 7);
}

#[test]
fn a_line_that_meets_itself_is_split_there() {
    let lollipop = [(0.0, 0.0), (0.1, 0.0), (0.2, 0.1), (0.2, -0.1), (0.1, 0.0)];
    let map = Tiger::default().with("Loop", "S1400", &lollipop).read().unwrap();
    assert_eq!(map.streets.segments.len(), 2);
    assert_eq!(map.streets.segments[1].from_node, map.streets.segments[1].to_node);
}

#[test]
fn unnamed_lines_and_lines_of_the_census_keep_their_class() {
    let map = Tiger::default()
        .with("", "S1740", &[(0.0, 0.0), (0.1, 0.0)])
        .with("", "S1750", &[(0.05, -0.1), (0.05, 0.1)])
        .read()
        .unwrap();
    let found: Vec<_> = map.streets.segments.iter().map(|s| (s.name.clone(), s.class)).collect();
    assert_eq!(found, [(None, RoadClass::Service), (None, RoadClass::NotAWay)]);
}

#[test]
fn what_is_no_tiger_road_is_named() {
    let road = |code: &str| Tiger::default().with("Main St", code, &[(0.0, 0.0), (0.1, 0.0)]);
    let error = |result: Result<CenterMap, MapError>| result.unwrap_err().to_string();
    assert_eq!(
        error(road("H3010").read()),
        "`a/roads.dbf`, record 1: MTFCC `H3010`; accepted: a road code, S1100 to S2000"
    );
    let (shp, dbf) = road("S1400").files();
    assert!(error(read_bytes(b"nothing", &dbf)).contains("accepted: a shapefile (.shp)"));
    assert!(error(read_bytes(&shp, b"nothing")).contains("accepted: a dBASE table (.dbf)"));
    assert!(error(read_bytes(&shp[..120], &dbf)).contains("record 1: a record cut short"));
    let (_, two) = road("S1400").with("", "S1400", &[]).files();
    assert!(error(read_bytes(&shp, &two)).contains("2 rows for 1 lines"));
    let mut points = shp.clone();
    points[108] = 1;
    assert!(error(read_bytes(&points, &dbf)).contains("record 1: shape type `1`"));
    let unprojected = Tiger::default().with("", "S1400", &[(500_000.0, 4_000_000.0), (0.0, 0.0)]);
    assert!(error(unprojected.read()).contains("accepted: longitude and latitude in degrees"));
}

proptest! {
    #[test]
    fn damaged_files_are_refused_or_read_but_never_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
        is_table in any::<bool>(),
    ) {
        let tiger = Tiger::default()
            .with("Main St", "S1400", &[(0.0, 0.0), (0.1, 0.0), (0.4, 0.0)])
            .with("First St", "S1200", &[(0.1, -0.1), (0.1, 0.0)]);
        let (mut shp, mut dbf) = tiger.files();
        let damaged = if is_table { &mut dbf } else { &mut shp };
        for (at, byte) in changes {
            let at = at.index(damaged.len());
            damaged[at] = byte;
        }
        let _ = read_bytes(&shp, &dbf);
        let damaged = if is_table { &mut dbf } else { &mut shp };
        damaged.truncate(cut.index(damaged.len()));
        let _ = read_bytes(&shp, &dbf);
    }
}
