//! A drawn line: how long it is, what lies at a distance along it, and what is nearest to a point.

use crate::point::{Flat, Point, hypot};

/// The place on a line that is nearest to a point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OnLine {
    /// The place itself.
    pub point: Point,
    /// How far along the line it is, from the line's start, in millimetres.
    pub offset_mm: u64,
    /// How far the asked point is from it, in millimetres.
    pub distance_mm: u64,
    /// Whether the asked point lies to the left of the line, looking along it.
    pub is_left: bool,
}

/// Length of the line in millimetres: the sum of the lengths of its pieces.
#[must_use]
pub fn length_mm(line: &[Point]) -> u64 {
    pieces(line).map(|(a, b)| a.distance_mm(b)).sum()
}

/// The point `offset_mm` along the line; its end if the line is shorter, `None` if it is empty.
#[must_use]
pub fn point_at(line: &[Point], offset_mm: u64) -> Option<Point> {
    let mut left = offset_mm;
    for (a, b) in pieces(line) {
        let length = a.distance_mm(b);
        if left <= length {
            return Some(a.between(b, left, length));
        }
        left -= length;
    }
    line.last().copied()
}

/// The point `offset_mm` along the line and `left_mm` to its left (to its right if negative).
#[must_use]
pub fn point_beside(line: &[Point], offset_mm: u64, left_mm: i64) -> Option<Point> {
    let mut left = offset_mm;
    let mut last = None;
    for (a, b) in pieces(line).filter(|(a, b)| a != b) {
        let length = a.distance_mm(b);
        last = Some((a, b));
        if left <= length {
            break;
        }
        left -= length;
    }
    let at = point_at(line, offset_mm)?;
    // A line of one point, many times over, has no left side.
    Some(last.map_or(at, |(a, b)| at.moved_left_of(a, b, left_mm)))
}

/// The place on the line nearest to `point`; the first of equally near ones. `None` for an empty line.
#[must_use]
pub fn nearest_on_line(line: &[Point], point: Point) -> Option<OnLine> {
    let flat = Flat::at(point);
    let mut start_mm = 0;
    let mut best: Option<OnLine> = None;
    for (a, b) in pieces(line) {
        let mut here = nearest_on_piece(a, b, point, flat);
        here.offset_mm += start_mm;
        if best.is_none_or(|best| here.distance_mm < best.distance_mm) {
            best = Some(here);
        }
        start_mm += a.distance_mm(b);
    }
    best.or_else(|| line.first().map(|only| nearest_on_piece(*only, *only, point, flat)))
}

/// The place nearest to `point` on the straight piece from `a` to `b`; `offset_mm` is from `a`.
pub(crate) fn nearest_on_piece(a: Point, b: Point, point: Point, flat: Flat) -> OnLine {
    let (bx, by) = a.offset_mm(b, flat);
    let (px, py) = a.offset_mm(point, flat);
    let wide = i128::from;
    let square = wide(bx) * wide(bx) + wide(by) * wide(by);
    let dot = (wide(px) * wide(bx) + wide(py) * wide(by)).clamp(0, square);
    // Share of the piece that lies before the nearest place, in parts of 2^30.
    let share = if square == 0 { 0 } else { ((dot << 30) / square) as i64 };
    let part = |whole: i64| (wide(whole) * wide(share) >> 30) as i64;
    let length = a.distance_mm(b);
    OnLine {
        point: a.between(b, share.unsigned_abs(), 1 << 30),
        offset_mm: (u128::from(length) * u128::from(share.unsigned_abs()) >> 30) as u64,
        distance_mm: hypot(px - part(bx), py - part(by)),
        is_left: wide(bx) * wide(py) - wide(by) * wide(px) > 0,
    }
}

fn pieces(line: &[Point]) -> impl Iterator<Item = (Point, Point)> {
    line.iter().copied().zip(line.iter().copied().skip(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lat_e7: i32, lon_e7: i32) -> Point {
        Point { lat_e7, lon_e7 }
    }

    /// North 0.01 degrees, then east 0.01 degrees, at the equator.
    fn corner() -> Vec<Point> {
        vec![at(0, 0), at(100_000, 0), at(100_000, 100_000)]
    }

    #[test]
    fn length_is_the_sum_of_the_pieces() {
        assert_eq!(length_mm(&corner()), 2 * 1_111_950);
        assert_eq!(length_mm(&[]), 0);
    }

    #[test]
    fn a_point_along_the_line_is_found_and_the_end_is_the_limit() {
        assert_eq!(point_at(&corner(), 1_111_950 / 2), Some(at(50_000, 0)));
        assert_eq!(point_at(&corner(), u64::MAX), Some(at(100_000, 100_000)));
        assert_eq!(point_at(&[], 1), None);
    }

    #[test]
    fn nearest_knows_offset_distance_and_side() {
        let found = nearest_on_line(&corner(), at(50_000, 10_000)).unwrap();
        assert_eq!(found.point, at(50_000, 0));
        assert_eq!(found.offset_mm, 555_975);
        assert_eq!(found.distance_mm, 111_195);
        assert!(!found.is_left);
        assert!(nearest_on_line(&corner(), at(50_000, -10_000)).unwrap().is_left);
    }

    #[test]
    fn left_and_right_of_a_line_are_seen_along_it() {
        let north = point_beside(&corner(), 555_975, 11_119).unwrap();
        assert_eq!((north.lat_e7, north.lon_e7), (50_000, -999));
        let east = point_beside(&corner(), 1_667_925, -11_119).unwrap();
        assert_eq!((east.lat_e7, east.lon_e7), (100_000 - 999, 50_000));
        assert_eq!(point_beside(&[at(5, 5), at(5, 5)], 0, 1000), Some(at(5, 5)));
    }

    #[test]
    fn nearest_beyond_an_end_is_the_end() {
        let found = nearest_on_line(&corner(), at(-10_000, 0)).unwrap();
        assert_eq!((found.point, found.offset_mm), (at(0, 0), 0));
    }
}
