//! Streets from TIGER/Line roads of the US Census.
//!
//! TIGER says nothing about levels: a bridge crosses without joining, and lines join only where
//! they share a vertex. So every line is split at the vertices that another line, or itself, also
//! has. There are no one-way signs and no house numbers in these files.

use std::collections::BTreeMap;

use crate::error::MapError;
use crate::point::Point;
use crate::read::finish;
use crate::read::shapefile::{Table, lines};
use crate::street::{Node, OneWay, RoadClass, Segment, StreetMap};

/// The table that lies beside a `.shp`.
pub(super) fn table_beside(file: &str) -> String {
    let stem = file.strip_suffix(".shp").unwrap_or(file);
    format!("{stem}.dbf")
}

/// The streets of the bytes of a `.shp` and of the `.dbf` beside it.
///
/// # Errors
/// Bytes that are not these files, or files that do not belong together.
pub(super) fn read_tiger(file: &str, shapes: &[u8], table: &[u8]) -> Result<StreetMap, MapError> {
    let lines = lines(file, shapes)?;
    let table_file = table_beside(file);
    let table = Table::read(&table_file, table)?;
    for column in ["FULLNAME", "MTFCC"] {
        if !table.has_column(column) {
            let given = format!("no column `{column}`");
            return Err(MapError::not_accepted(&table_file, "header", given, "TIGER/Line roads"));
        }
    }
    if table.row_count() != lines.len() {
        let given = format!("{} rows for {} lines", table.row_count(), lines.len());
        return Err(MapError::not_accepted(&table_file, "header", given, "a row for each line"));
    }
    let mut ways = Vec::new();
    for (row, parts) in lines.iter().enumerate() {
        let class = class(&table_file, row, table.text(row, "MTFCC"))?;
        let name = table.text(row, "FULLNAME");
        ways.extend(parts.iter().filter(|part| part.len() > 1).map(|part| Way {
            name: name.clone(),
            class,
            line: part,
            row,
        }));
    }
    finish(file, split(&ways), Vec::new())
}

struct Way<'l> {
    name: Option<String>,
    class: RoadClass,
    line: &'l [Point],
    row: usize,
}

/// Class of a MAF/TIGER feature class code (US Census, MTFCC definitions).
fn class(file: &str, row: usize, code: Option<String>) -> Result<RoadClass, MapError> {
    let code = code.unwrap_or_default();
    Ok(match code.as_str() {
        "S1100" => RoadClass::Motorway,
        "S1200" => RoadClass::Primary,
        "S1400" => RoadClass::Local,
        "S1500" => RoadClass::Track,
        "S1630" => RoadClass::Ramp,
        "S1640" | "S1740" | "S1780" => RoadClass::Service,
        "S1730" => RoadClass::Alley,
        "S1710" | "S1720" | "S1820" | "S1830" => RoadClass::Footpath,
        "S1750" | "S2000" => RoadClass::NotAWay,
        other => {
            let (at, given) = (format!("record {}", row + 1), format!("MTFCC `{other}`"));
            let accepted = "a road code, S1100 to S2000";
            return Err(MapError::not_accepted(file, at, given, accepted));
        }
    })
}

fn split(ways: &[Way]) -> (Vec<Segment>, Vec<Node>) {
    let shared = shared_vertices(ways);
    let mut segments = Vec::new();
    let mut nodes = Nodes::default();
    for way in ways {
        let mut start = 0;
        for end in 1..way.line.len() {
            let is_last = end + 1 == way.line.len();
            let is_split = way.line.get(end).is_some_and(|vertex| shared.contains_key(vertex));
            if is_last || is_split {
                segments.extend(way.line.get(start..=end).map(|line| nodes.segment(way, line)));
                start = end;
            }
        }
    }
    (segments, nodes.nodes)
}

/// The vertices that occur more than once in ways that anybody travels.
fn shared_vertices(ways: &[Way]) -> BTreeMap<Point, u32> {
    let mut count: BTreeMap<Point, u32> = BTreeMap::new();
    for way in ways.iter().filter(|way| way.class != RoadClass::NotAWay) {
        for vertex in way.line {
            *count.entry(*vertex).or_default() += 1;
        }
    }
    count.retain(|_, count| *count > 1);
    count
}

#[derive(Default)]
struct Nodes {
    nodes: Vec<Node>,
    index: BTreeMap<Point, u32>,
}

impl Nodes {
    fn at(&mut self, point: Point) -> u32 {
        let next = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        let number = *self.index.entry(point).or_insert(next);
        if number == next {
            self.nodes.push(Node { id: format!("{},{}", point.lat_e7, point.lon_e7), point });
        }
        number
    }

    fn segment(&mut self, way: &Way, line: &[Point]) -> Segment {
        let mut end = |point: Option<&Point>| self.at(point.copied().unwrap_or_default());
        Segment {
            name: way.name.clone(),
            aliases: Vec::new(),
            class: way.class,
            one_way: OneWay::Both,
            from_node: end(line.first()),
            to_node: end(line.last()),
            line: line.to_vec(),
            left: None,
            right: None,
            zip_left: None,
            zip_right: None,
            source_line: u32::try_from(way.row + 1).unwrap_or(u32::MAX),
        }
    }
}
