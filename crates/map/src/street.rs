//! Streets: segments between two nodes, with name, class, direction and house numbers.

use serde::{Deserialize, Serialize};

use crate::line::length_mm;
use crate::point::Point;

/// What kind of way a segment is. Speeds are given by class; who may drive is a property of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoadClass {
    /// Divided, without crossings (TIGER S1100).
    Motorway,
    /// On or off a motorway (TIGER S1630).
    Ramp,
    /// Highway or main artery (TIGER S1200).
    Primary,
    /// Main street of a neighbourhood.
    Secondary,
    /// Residential street, rural road (TIGER S1400).
    Local,
    /// Private road, driveway, car park (TIGER S1640, S1740, S1780).
    Service,
    /// Narrow way behind houses (TIGER S1730).
    Alley,
    /// Unpaved way for high vehicles (TIGER S1500): not drivable for those who must arrive.
    Track,
    /// For people on foot, on bicycles or on horses: not drivable.
    Footpath,
    /// Drawn in the file but nothing that anybody travels, such as lines of the census.
    NotAWay,
}

impl RoadClass {
    /// All classes, fastest first.
    pub const ALL: [RoadClass; 10] = [
        RoadClass::Motorway,
        RoadClass::Ramp,
        RoadClass::Primary,
        RoadClass::Secondary,
        RoadClass::Local,
        RoadClass::Service,
        RoadClass::Alley,
        RoadClass::Track,
        RoadClass::Footpath,
        RoadClass::NotAWay,
    ];

    /// Whether an emergency vehicle can drive there.
    #[must_use]
    pub fn is_drivable(self) -> bool {
        match self {
            RoadClass::Motorway | RoadClass::Ramp | RoadClass::Primary | RoadClass::Secondary => {
                true
            }
            RoadClass::Local | RoadClass::Service | RoadClass::Alley => true,
            RoadClass::Track | RoadClass::Footpath | RoadClass::NotAWay => false,
        }
    }
}

/// In which direction of its line a segment may be driven.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OneWay {
    /// Both directions.
    Both,
    /// Only along the line, from `from_node` to `to_node`.
    Forward,
    /// Only against the line, from `to_node` to `from_node`.
    Backward,
}

/// Which house numbers stand on one side.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Parity {
    /// Even numbers only.
    Even,
    /// Odd numbers only.
    Odd,
    /// Even and odd numbers.
    Any,
}

/// House numbers on one side of a segment, in the direction of its line; `from > to` is usual.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct HouseNumbers {
    /// Number at the line's start, at least 1.
    pub from: u32,
    /// Number at the line's end, at least 1.
    pub to: u32,
}

impl HouseNumbers {
    /// Even if both ends are even, odd if both are odd, otherwise any.
    #[must_use]
    pub fn parity(self) -> Parity {
        match (self.from % 2, self.to % 2) {
            (0, 0) => Parity::Even,
            (1, 1) => Parity::Odd,
            (_, _) => Parity::Any,
        }
    }

    /// The lowest number of the side.
    #[must_use]
    pub fn low(self) -> u32 {
        self.from.min(self.to)
    }

    /// The highest number of the side.
    #[must_use]
    pub fn high(self) -> u32 {
        self.from.max(self.to)
    }

    /// Whether `number` lies in the range and has the side's parity.
    #[must_use]
    pub fn contains(self, number: u32) -> bool {
        let fits = match self.parity() {
            Parity::Even => number.is_multiple_of(2),
            Parity::Odd => !number.is_multiple_of(2),
            Parity::Any => true,
        };
        fits && (self.low()..=self.high()).contains(&number)
    }
}

/// A piece of street between two nodes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Segment {
    /// Name as the map writes it (`Massachusetts Ave`); `None` for an unnamed way.
    pub name: Option<String>,
    /// Other names in use (`Mass Ave`).
    pub aliases: Vec<String>,
    /// Kind of way.
    pub class: RoadClass,
    /// Direction of travel.
    pub one_way: OneWay,
    /// Node at the line's start: index in [`StreetMap::nodes`].
    pub from_node: u32,
    /// Node at the line's end: index in [`StreetMap::nodes`].
    pub to_node: u32,
    /// The drawn line, at least two points. Its ends may lie some metres from the nodes' points.
    pub line: Vec<Point>,
    /// House numbers to the left, looking along the line.
    pub left: Option<HouseNumbers>,
    /// House numbers to the right.
    pub right: Option<HouseNumbers>,
    /// Postal code to the left.
    pub zip_left: Option<String>,
    /// Postal code to the right.
    pub zip_right: Option<String>,
    /// Which feature or record of the file it comes from, counted from 1; several segments if the
    /// line was split where others meet it.
    pub source_line: u32,
}

impl Segment {
    /// Length of the line in millimetres.
    #[must_use]
    pub fn length_mm(&self) -> u64 {
        length_mm(&self.line)
    }
}

/// Where segments meet or end.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Node {
    /// The map's own id of it (`1097`), or its position for a node that the map gives no id.
    pub id: String,
    /// Where it is.
    pub point: Point,
}

/// Longest straight piece of a line, in metres.
const PIECE_M_MAX: u32 = 100_000;

/// All streets of a map.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StreetMap {
    /// Short hex digest of segments and nodes: equal streets, equal version.
    pub version: String,
    /// All segments, in the order of the file.
    pub segments: Vec<Segment>,
    /// All nodes; segments refer to them by index.
    pub nodes: Vec<Node>,
    /// What the reader had to mend, one sentence each, for the agency to correct in its own data.
    /// No part of the version.
    pub mended: Vec<String>,
}

impl StreetMap {
    /// A map from segments and nodes; computes the version.
    ///
    /// # Errors
    /// The first segment that has fewer than two points, a straight piece longer than 100 km (two
    /// points that do not belong together), or a node that is not there.
    pub fn new(segments: Vec<Segment>, nodes: Vec<Node>) -> Result<Self, String> {
        for (index, segment) in segments.iter().enumerate() {
            let known = |node: u32| (node as usize) < nodes.len();
            if segment.line.len() < 2 {
                return Err(format!("segment {index} has fewer than two points"));
            }
            let pieces = segment.line.iter().zip(segment.line.iter().skip(1));
            if let Some((a, _)) = pieces.into_iter().find(|(a, b)| a.distance_m(**b) > PIECE_M_MAX)
            {
                return Err(format!("segment {index} jumps more than 100 km after `{a:?}`"));
            }
            if !known(segment.from_node) || !known(segment.to_node) {
                let count = nodes.len();
                return Err(format!("segment {index} names a node that is not among the {count}"));
            }
        }
        let version = crate::digest::digest_of(&(&segments, &nodes));
        Ok(Self { version, segments, nodes, mended: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn house_numbers_keep_to_their_side() {
        let odd = HouseNumbers { from: 77, to: 105 };
        assert!(odd.contains(77) && odd.contains(105));
        assert!(!odd.contains(78) && !odd.contains(107) && !odd.contains(75));
    }

    #[test]
    fn ranges_that_run_downwards_contain_their_numbers() {
        let down = HouseNumbers { from: 710, to: 608 };
        assert!(down.contains(650));
        assert!(!down.contains(651));
        assert_eq!((down.low(), down.high()), (608, 710));
    }

    #[test]
    fn mixed_ends_mean_any_number() {
        let mixed = HouseNumbers { from: 1, to: 20 };
        assert!(mixed.contains(7) && mixed.contains(8));
    }

    #[test]
    fn a_segment_must_name_known_nodes() {
        let here = Point { lat_e7: 0, lon_e7: 0 };
        let segment = Segment {
            name: None,
            aliases: vec![],
            class: RoadClass::Local,
            one_way: OneWay::Both,
            from_node: 0,
            to_node: 1,
            line: vec![here, here],
            left: None,
            right: None,
            zip_left: None,
            zip_right: None,
            source_line: 1,
        };
        let nodes = vec![Node { id: "a".into(), point: here }];
        assert!(StreetMap::new(vec![segment], nodes).unwrap_err().contains("segment 0"));
    }
}
