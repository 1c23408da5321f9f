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

/// The place on the line nearest to `point`; the first of equally near ones. `None` for an empty
/// line.
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
    let piece = Seen::from(point, (a, b), flat);
    let share = piece.share();
    OnLine {
        point: a.between(b, share, SHARES),
        offset_mm: (u128::from(a.distance_mm(b)) * u128::from(share) / u128::from(SHARES)) as u64,
        distance_mm: piece.distance_mm(),
        is_left: piece.is_left(),
    }
}

/// How far a point is from the straight piece from `a` to `b`; `None` if that is more than
/// `limit_mm`, which is often seen without computing it.
pub(crate) fn distance_within(
    point: Point,
    piece: (Point, Point),
    flat: Flat,
    limit_mm: u64,
) -> Option<u64> {
    let seen = Seen::from(point, piece, flat);
    let distance = |limit| (seen.box_distance_mm() <= limit).then(|| seen.distance_mm());
    distance(limit_mm).filter(|distance| *distance <= limit_mm)
}

/// Parts into which a piece is divided to say where on it something is.
const SHARES: u64 = 1 << 30;

/// A piece as seen from a point: where its ends are, in millimetres.
struct Seen {
    a: (i64, i64),
    b: (i64, i64),
}

impl Seen {
    fn from(point: Point, (a, b): (Point, Point), flat: Flat) -> Self {
        Self { a: point.offset_mm(a, flat), b: point.offset_mm(b, flat) }
    }

    /// Distance to the box around the piece: never more than to the piece.
    fn box_distance_mm(&self) -> u64 {
        let gap = |a: i64, b: i64| a.min(b).max(-a.max(b)).max(0);
        let (east, north) = (gap(self.a.0, self.b.0), gap(self.a.1, self.b.1));
        // Not the root of the squares: the larger side is a bound too, and is found faster.
        east.max(north).unsigned_abs()
    }

    /// How much of the piece lies before the place nearest to the point, in parts of [`SHARES`].
    fn share(&self) -> u64 {
        let (bx, by) = (self.b.0 - self.a.0, self.b.1 - self.a.1);
        let wide = |x: i64, y: i64| i128::from(x) * i128::from(y);
        let square = (wide(bx, bx) + wide(by, by)).unsigned_abs();
        let dot = -(wide(self.a.0, bx) + wide(self.a.1, by));
        let dot = dot.max(0).unsigned_abs().min(square);
        if square == 0 {
            return 0;
        }
        // Shifted to 33 bits the division fits in 64, which is several times faster; the error is
        // below a millionth of the piece.
        let shift = (128 - square.leading_zeros()).saturating_sub(33);
        // INVARIANT: after the shift at most 33 bits.
        ((dot >> shift) as u64 * SHARES) / (square >> shift) as u64
    }

    fn distance_mm(&self) -> u64 {
        let share = i128::from(self.share());
        let at = |a: i64, b: i64| a + ((i128::from(b - a) * share) >> 30) as i64;
        hypot(at(self.a.0, self.b.0), at(self.a.1, self.b.1))
    }

    fn is_left(&self) -> bool {
        let (bx, by) = (self.b.0 - self.a.0, self.b.1 - self.a.1);
        // The point is at (0, 0), so from `a` it lies at (-a.0, -a.1).
        i128::from(by) * i128::from(self.a.0) - i128::from(bx) * i128::from(self.a.1) > 0
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
