//! From a point to words.

use map::Point;

use crate::geocode::Places;
use crate::house_number::number_at;

/// Farthest street that a point is described by, in metres.
pub const REVERSE_M_MAX: u32 = 1_000;

/// A named crossing this near is the better description, in metres.
const CROSSING_M: u32 = 20;

/// What a point is near to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReverseMatch {
    /// For people: `near 77 Massachusetts Ave`, `Columbus Ave & Massachusetts Ave`. The number is
    /// reckoned from the segment's numbers: a description, not a verified address.
    pub text: String,
    /// The street's name.
    pub street: String,
    /// The house number reckoned at that place and side, if the map has numbers there.
    pub house_number: Option<u32>,
    /// The place on the street.
    pub point: Point,
    /// How far the asked point is from it, in metres.
    pub distance_m: u32,
}

impl Places {
    /// What the point is near to; `None` farther than [`REVERSE_M_MAX`] from every named street.
    #[must_use]
    pub fn reverse(&self, point: Point) -> Option<ReverseMatch> {
        let on = self.nearest.nearest(point, REVERSE_M_MAX, |_| true)?;
        let segment = self.map.streets.segments.get(on.segment as usize)?;
        let street = segment.name.clone()?;
        let (same_side, other_side) = match on.is_left {
            true => (segment.left, segment.right),
            false => (segment.right, segment.left),
        };
        let length = segment.length_mm();
        let number = same_side.or(other_side).map(|range| number_at(range, on.offset_mm, length));
        let node = if on.offset_mm * 2 < length { segment.from_node } else { segment.to_node };
        let text = match (self.crossing_near(node, point), number) {
            (Some(crossing), _) => crossing,
            (None, Some(number)) => format!("near {number} {street}"),
            (None, None) => format!("near {street}"),
        };
        let distance_m = u32::try_from((on.distance_mm + 500) / 1000).unwrap_or(u32::MAX);
        Some(ReverseMatch { text, street, house_number: number, point: on.point, distance_m })
    }

    fn crossing_near(&self, node: u32, point: Point) -> Option<String> {
        let place = self.map.streets.nodes.get(node as usize)?.point;
        let name = self.crossings.get(&node)?;
        (place.distance_m(point) <= CROSSING_M).then(|| name.clone())
    }
}
