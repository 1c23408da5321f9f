//! Which segment is nearest to a point: a grid over the pieces of all lines.

use crate::line::{distance_within, nearest_on_piece};
use crate::point::{Flat, Point};
use crate::street::{Segment, StreetMap};

/// Size of a cell in 1e-7 degrees: 111 m from south to north, 83 m from west to east at 42 degrees.
const CELL_E7: i32 = 10_000;

/// The place on a street that is nearest to a point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OnStreet {
    /// Index in [`StreetMap::segments`].
    pub segment: u32,
    /// The place itself.
    pub point: Point,
    /// How far along the segment's line it is, in millimetres.
    pub offset_mm: u64,
    /// How far the asked point is from it, in millimetres.
    pub distance_mm: u64,
    /// Whether the asked point lies to the left, looking along the line.
    pub is_left: bool,
}

/// Finds the nearest segment without looking at all of them.
#[derive(Clone, Debug)]
pub struct SegmentIndex {
    /// Sorted by cell, so that the cells of one row stand together.
    entries: Vec<Entry>,
    pieces: Vec<Piece>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Entry {
    row: i32,
    column: i32,
    piece: u32,
}

#[derive(Clone, Copy, Debug)]
struct Piece {
    a: Point,
    b: Point,
    segment: u32,
    start_mm: u64,
}

impl SegmentIndex {
    /// An index of the segments that `is_wanted`.
    #[must_use]
    pub fn build(map: &StreetMap, is_wanted: impl Fn(&Segment) -> bool) -> Self {
        let mut index = Self { entries: Vec::new(), pieces: Vec::new() };
        for (number, segment) in (0..).zip(&map.segments) {
            if is_wanted(segment) {
                index.add(number, segment);
            }
        }
        index.entries.sort_unstable();
        index
    }

    fn add(&mut self, number: u32, segment: &Segment) {
        let mut start_mm = 0;
        for (a, b) in segment.line.iter().zip(segment.line.iter().skip(1)) {
            let piece = u32::try_from(self.pieces.len()).unwrap_or(u32::MAX);
            self.pieces.push(Piece { a: *a, b: *b, segment: number, start_mm });
            start_mm += a.distance_mm(*b);
            let rows = ordered(cell(a.lat_e7), cell(b.lat_e7));
            for row in rows.0..=rows.1 {
                let columns = ordered(cell(a.lon_e7), cell(b.lon_e7));
                let cells = (columns.0..=columns.1).map(|column| Entry { row, column, piece });
                self.entries.extend(cells);
            }
        }
    }

    /// The nearest place on a segment that `is_wanted`, at most `limit_m` away. Of equally near
    /// ones the segment with the lowest index, and on it the piece nearest to its start.
    #[must_use]
    pub fn nearest(
        &self,
        point: Point,
        limit_m: u32,
        is_wanted: impl Fn(u32) -> bool,
    ) -> Option<OnStreet> {
        let limit_mm = u64::from(limit_m) * 1000;
        let flat = Flat::at(point);
        // Millimetres that one ring of cells is wide at least.
        let ring_mm = i64::from(CELL_E7) * flat.east_mm_times_1e6 / 1_000_000;
        let ring_mm = u64::try_from(ring_mm).unwrap_or(0).max(1);
        let mut rings = 1;
        loop {
            let best = self.nearest_within(point, rings, flat, &is_wanted);
            let searched_mm = ring_mm * u64::from(rings.unsigned_abs());
            match best {
                Some(found) if found.distance_mm <= searched_mm.min(limit_mm) => return best,
                _ if searched_mm >= limit_mm || rings >= MAX_RINGS => {
                    return best.filter(|found| found.distance_mm <= limit_mm);
                }
                _ => rings *= 2,
            }
        }
    }

    fn nearest_within(
        &self,
        point: Point,
        rings: i32,
        flat: Flat,
        is_wanted: &impl Fn(u32) -> bool,
    ) -> Option<OnStreet> {
        let (row, column) = (cell(point.lat_e7), cell(point.lon_e7));
        let mut best: Option<(u64, u32)> = None;
        for row in row - rings..=row + rings {
            let first = Entry { row, column: column - rings, piece: 0 };
            let start = self.entries.partition_point(|entry| *entry < first);
            let in_row = self.entries.iter().skip(start);
            for entry in in_row.take_while(|e| e.row == row && e.column <= column + rings) {
                let Some(piece) = self.pieces.get(entry.piece as usize) else { continue };
                if !is_wanted(piece.segment) {
                    continue;
                }
                let limit = best.map_or(u64::MAX, |best| best.0);
                let here = distance_within(point, (piece.a, piece.b), flat, limit);
                let Some(here) = here else { continue };
                // Pieces are numbered in the order of segments, so this also breaks ties.
                if best.is_none_or(|best| (here, entry.piece) < best) {
                    best = Some((here, entry.piece));
                }
            }
        }
        let piece = self.pieces.get(best?.1 as usize)?;
        let on = nearest_on_piece(piece.a, piece.b, point, flat);
        Some(OnStreet {
            segment: piece.segment,
            point: on.point,
            offset_mm: piece.start_mm + on.offset_mm,
            distance_mm: on.distance_mm,
            is_left: on.is_left,
        })
    }
}

/// Beyond this many rings nothing is searched: near a pole the cells become very narrow.
const MAX_RINGS: i32 = 256;

fn cell(e7: i32) -> i32 {
    e7.div_euclid(CELL_E7)
}

fn ordered(a: i32, b: i32) -> (i32, i32) {
    (a.min(b), a.max(b))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::line::nearest_on_line;
    use crate::street::{Node, OneWay, RoadClass};

    fn street_map(lines: &[Vec<Point>]) -> StreetMap {
        let segment = |line: &Vec<Point>| Segment {
            name: None,
            aliases: vec![],
            class: RoadClass::Local,
            one_way: OneWay::Both,
            from_node: 0,
            to_node: 0,
            line: line.clone(),
            left: None,
            right: None,
            zip_left: None,
            zip_right: None,
            source_line: 1,
        };
        let node = Node { id: "a".into(), point: Point::default() };
        StreetMap::new(lines.iter().map(segment).collect(), vec![node]).unwrap()
    }

    fn point() -> impl Strategy<Value = Point> {
        (0..200_000_i32, 0..200_000_i32).prop_map(|(north, east)| Point {
            lat_e7: 420_000_000 + north,
            lon_e7: -710_000_000 + east,
        })
    }

    proptest! {
        #[test]
        fn the_index_finds_what_looking_at_all_finds(
            lines in prop::collection::vec(prop::collection::vec(point(), 2..5), 1..12),
            from in point(),
            limit_m in 1..3_000_u32,
        ) {
            let map = street_map(&lines);
            let index = SegmentIndex::build(&map, |_| true);
            let found = index.nearest(from, limit_m, |segment| segment % 3 != 1);
            let all = (0_u32..).zip(&lines).filter(|(number, _)| number % 3 != 1);
            let all = all.map(|(number, line)| (nearest_on_line(line, from).unwrap(), number));
            let best = all.min_by_key(|(on, number)| (on.distance_mm, *number));
            let best = best.filter(|(on, _)| on.distance_mm <= u64::from(limit_m) * 1000);
            let best = best.map(|(on, segment)| OnStreet {
                segment,
                point: on.point,
                offset_mm: on.offset_mm,
                distance_mm: on.distance_mm,
                is_left: on.is_left,
            });
            prop_assert_eq!(found, best);
        }
    }
}
