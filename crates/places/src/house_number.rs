//! Where on a street a house number is.

use map::{CenterMap, HouseNumbers, Parity, Point, Segment, point_beside};

use crate::street_index::Street;

/// Millimetres from the centreline to where a house is taken to stand, so that it falls into the
/// zone of its side where the street is the zones' border. Our choice.
const BESIDE_MM: i64 = 10_000;

/// Two matches of one number that are nearer than this are one place (both roadways of a divided
/// street carry the same numbers), in metres.
pub(crate) const SAME_PLACE_M: u32 = 100;

/// A number on a street.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Numbered {
    pub(crate) number: u32,
    pub(crate) point: Point,
    pub(crate) zip: Option<String>,
}

/// The places where the street has the number, in the order of the map; the same place only once.
pub(crate) fn find(map: &CenterMap, street: &Street, number: u32) -> Vec<Numbered> {
    let mut found: Vec<Numbered> = Vec::new();
    for (segment, side, range) in ranges(map, street) {
        if !range.contains(number) {
            continue;
        }
        let Some(here) = numbered(segment, side, range, number) else { continue };
        if found.iter().all(|other| other.point.distance_m(here.point) > SAME_PLACE_M) {
            found.push(here);
        }
    }
    found
}

/// Whether the street has the number anywhere.
pub(crate) fn has(map: &CenterMap, street: &Street, number: u32) -> bool {
    ranges(map, street).any(|(_, _, range)| range.contains(number))
}

/// The number on the street that is nearest to one that it does not have; the lower of two.
pub(crate) fn nearest(map: &CenterMap, street: &Street, number: u32) -> Option<Numbered> {
    let closest = |range: HouseNumbers| number.clamp(range.low(), range.high());
    let gap = |range: HouseNumbers| (closest(range).abs_diff(number), closest(range));
    let (segment, side, range) = ranges(map, street).min_by_key(|(_, _, range)| gap(*range))?;
    numbered(segment, side, range, on_side(range, closest(range)))
}

/// The place in the middle of a block, with its lowest number; `None` if the street has no number
/// there.
pub(crate) fn block(map: &CenterMap, street: &Street, low: u32, high: u32) -> Option<Numbered> {
    let overlaps = |range: &HouseNumbers| range.low() <= high && range.high() >= low;
    let middle = low + (high - low) / 2;
    let best = ranges(map, street).filter(|(_, _, range)| overlaps(range));
    let gap = |range: &HouseNumbers| middle.clamp(range.low(), range.high()).abs_diff(middle);
    let (segment, side, range) = best.min_by_key(|(_, _, range)| gap(range))?;
    let inside = middle.clamp(range.low().max(low), range.high().min(high));
    let mut found = numbered(segment, side, range, inside)?;
    found.number = low;
    Some(found)
}

/// The house number at a distance along a side.
pub(crate) fn number_at(range: HouseNumbers, offset_mm: u64, length_mm: u64) -> u32 {
    let span = u64::from(range.high() - range.low());
    let along = (span * offset_mm.min(length_mm)).checked_div(length_mm).unwrap_or(0);
    // INVARIANT: at most the span, which is a u32.
    let along = along as u32;
    let number = if range.from <= range.to { range.from + along } else { range.from - along };
    on_side(range, number)
}

/// A number of the right parity within the range, next to `number`.
fn on_side(range: HouseNumbers, number: u32) -> u32 {
    let is_wrong = match range.parity() {
        Parity::Even => !number.is_multiple_of(2),
        Parity::Odd => number.is_multiple_of(2),
        Parity::Any => false,
    };
    match (is_wrong, number > range.low()) {
        (true, true) => number - 1,
        (true, false) => number + 1,
        (false, _) => number,
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Side {
    Left,
    Right,
}

fn ranges<'m>(
    map: &'m CenterMap,
    street: &'m Street,
) -> impl Iterator<Item = (&'m Segment, Side, HouseNumbers)> {
    let segments = street.segments.iter();
    let segments = segments.filter_map(|index| map.streets.segments.get(*index as usize));
    segments.flat_map(|segment| {
        let sides = [(Side::Left, segment.left), (Side::Right, segment.right)];
        sides.into_iter().filter_map(move |(side, range)| Some((segment, side, range?)))
    })
}

fn numbered(segment: &Segment, side: Side, range: HouseNumbers, number: u32) -> Option<Numbered> {
    let length = segment.length_mm();
    let span = u64::from(range.high() - range.low());
    let steps = u64::from(number.abs_diff(range.from)).min(span);
    // A side with one number has it in its middle.
    let offset = (length * steps).checked_div(span).unwrap_or(length / 2);
    let (beside, zip) = match side {
        Side::Left => (BESIDE_MM, &segment.zip_left),
        Side::Right => (-BESIDE_MM, &segment.zip_right),
    };
    let point = point_beside(&segment.line, offset, beside)?;
    Some(Numbered { number, point, zip: zip.clone() })
}
