//! Where things happen: real house numbers on the map's streets, crossings, and named places.

use crate::Rng;
use map::{Area, CenterMap, HouseNumbers, Parity, Point, Segment};
use serde::{Deserialize, Serialize};

/// Kinds of named places at which things happen; nobody calls from a fire station.
const PLACES: [&str; 2] = ["shelter", "hospital"];

/// Everywhere inside the centre's boundary that somebody can name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ground {
    /// Sides of segments, with how many houses stand up to and including each.
    sides: Vec<(u64, Side)>,
    crossings: Vec<Spot>,
    places: Vec<Spot>,
    hospitals: Vec<Point>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Side {
    street: String,
    line: Vec<Point>,
    length_mm: u64,
    numbers: HouseNumbers,
}

/// One place, and what it is called.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Spot {
    /// Where.
    pub point: Point,
    /// The house number, for an address.
    pub number: Option<u32>,
    /// The street as the map writes it; the whole name of a crossing or a place.
    pub name: String,
    /// What it is.
    pub kind: SpotKind,
}

/// What a spot is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpotKind {
    /// A house.
    Address,
    /// A crossing of named streets.
    Crossing,
    /// A shelter or a hospital.
    Place,
}

impl Ground {
    /// The ground of a map.
    ///
    /// # Errors
    /// A map without house numbers or without crossings inside its boundary.
    pub fn of(map: &CenterMap) -> Result<Self, String> {
        let boundary: Vec<&Area> =
            map.areas.iter().filter(|area| area.kind == Area::BOUNDARY).collect();
        let inside =
            |point: Point| boundary.is_empty() || boundary.iter().any(|area| area.contains(point));
        let crossings: Vec<Spot> = map
            .intersections
            .iter()
            .filter(|crossing| crossing.name.contains(" & ") && inside(crossing.point))
            .map(|crossing| Spot::new(crossing.point, &crossing.name, SpotKind::Crossing))
            .collect();
        let named = |kinds: &[&str]| {
            let wanted = map.places.iter().filter(|place| kinds.contains(&place.kind.as_str()));
            let inside = wanted.filter(|place| inside(place.point));
            inside.map(|place| Spot::new(place.point, &place.name, SpotKind::Place)).collect()
        };
        let places: Vec<Spot> = named(&PLACES);
        let hospitals = named(&["hospital"]).iter().map(|spot| spot.point).collect();
        let sides = sides(&map.streets.segments, inside);
        if sides.is_empty() || crossings.is_empty() {
            let (houses, crossings) = (sides.len(), crossings.len());
            return Err(format!(
                "the map `{}` has {houses} sides with house numbers and {crossings} crossings \
                 inside its boundary; callers need both",
                map.name
            ));
        }
        Ok(Self { sides, crossings, places, hospitals })
    }

    /// Any house, each as likely.
    pub fn address(&self, rng: &mut Rng) -> Spot {
        let houses = self.sides.last().map_or(0, |(up_to, _)| *up_to);
        let wanted = rng.below(houses);
        let index = self.sides.partition_point(|(up_to, _)| *up_to <= wanted);
        // INVARIANT: `wanted` is below the last sum, so the index is one of a side.
        let before = index.checked_sub(1).and_then(|at| self.sides.get(at));
        let before = before.map_or(0, |(up_to, _)| *up_to);
        self.sides.get(index).map_or_else(Spot::nowhere, |(_, side)| side.house(wanted - before))
    }

    /// Any crossing.
    pub fn crossing(&self, rng: &mut Rng) -> Spot {
        pick(&self.crossings, rng).cloned().unwrap_or_else(Spot::nowhere)
    }

    /// Any named place; a house if there is none.
    pub fn place(&self, rng: &mut Rng) -> Spot {
        pick(&self.places, rng).cloned().unwrap_or_else(|| self.address(rng))
    }

    /// The hospital nearest in a straight line, if the map has one.
    pub fn hospital(&self, from: Point) -> Option<Point> {
        self.hospitals.iter().copied().min_by_key(|hospital| hospital.distance_m(from))
    }
}

/// Any one of these; `None` if there are none.
pub fn pick<'a, T>(among: &'a [T], rng: &mut Rng) -> Option<&'a T> {
    among.get(usize::try_from(rng.below(among.len() as u64)).unwrap_or(0))
}

/// A point up to so many metres away to the north or south, and to the east or west.
pub fn near(point: Point, metres: u32, rng: &mut Rng) -> Point {
    // 1e-7 degrees in a metre: 90 of latitude; of longitude 122 at 42 degrees north, 90 at the
    // equator. The sizes of positions are made up anyway.
    let mut moved = |from: i32, of_metre: i64| {
        let reach = i64::from(metres) * of_metre;
        let by = rng.below(reach.unsigned_abs() * 2 + 1);
        i32::try_from(i64::from(from) - reach + i64::try_from(by).unwrap_or(reach)).unwrap_or(from)
    };
    Point { lat_e7: moved(point.lat_e7, 90), lon_e7: moved(point.lon_e7, 122) }
}

fn sides(segments: &[Segment], inside: impl Fn(Point) -> bool) -> Vec<(u64, Side)> {
    let mut sides = Vec::new();
    let mut houses = 0;
    for segment in segments.iter().filter(|segment| segment.class.is_drivable()) {
        let Some(street) = &segment.name else { continue };
        let length_mm = segment.length_mm();
        let middle = map::point_at(&segment.line, length_mm / 2);
        if !middle.is_some_and(&inside) {
            continue;
        }
        for numbers in [segment.left, segment.right].into_iter().flatten() {
            houses += houses_of(numbers);
            let (street, line) = (street.clone(), segment.line.clone());
            sides.push((houses, Side { street, line, length_mm, numbers }));
        }
    }
    sides
}

/// How many numbers a side has.
fn houses_of(numbers: HouseNumbers) -> u64 {
    let range = u64::from(numbers.high() - numbers.low());
    match numbers.parity() {
        Parity::Any => range + 1,
        Parity::Even | Parity::Odd => range / 2 + 1,
    }
}

impl Side {
    fn house(&self, index: u64) -> Spot {
        let step = if self.numbers.parity() == Parity::Any { 1 } else { 2 };
        let index = u32::try_from(index).unwrap_or(0);
        let number = self.numbers.low() + index * step;
        let from_start = u64::from(number.abs_diff(self.numbers.from));
        let range = u64::from(self.numbers.high() - self.numbers.low()).max(1);
        let point = map::point_at(&self.line, self.length_mm * from_start / range);
        let number = Some(number);
        let spot = Spot::new(point.unwrap_or_default(), &self.street, SpotKind::Address);
        Spot { number, ..spot }
    }
}

impl Spot {
    fn new(point: Point, name: &str, kind: SpotKind) -> Self {
        Self { point, number: None, name: name.to_owned(), kind }
    }

    /// Stands where an invariant says that there is a place.
    fn nowhere() -> Self {
        Self::new(Point::default(), "", SpotKind::Place)
    }

    /// As an address is written: `77 Massachusetts Ave`, `Broadway & Prospect St`.
    pub fn text(&self) -> String {
        match self.number {
            Some(number) => format!("{number} {}", self.name),
            None => self.name.clone(),
        }
    }

    /// The street, or the first of a crossing.
    pub fn street(&self) -> &str {
        self.name.split(" & ").next().unwrap_or(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use map::{Intersection, Node, OneWay, RoadClass, StreetMap};

    fn at(lat_e7: i32, lon_e7: i32) -> Point {
        Point { lat_e7, lon_e7 }
    }

    fn map_with(left: HouseNumbers, right: HouseNumbers) -> CenterMap {
        let segment = Segment {
            name: Some("Elm St".to_owned()),
            aliases: Vec::new(),
            class: RoadClass::Local,
            one_way: OneWay::Both,
            from_node: 0,
            to_node: 1,
            line: vec![at(0, 0), at(0, 10_000)],
            left: Some(left),
            right: Some(right),
            zip_left: None,
            zip_right: None,
            source_line: 1,
        };
        let nodes = [at(0, 0), at(0, 10_000)].map(|point| Node { id: "n".to_owned(), point });
        let streets = StreetMap::new(vec![segment], nodes.to_vec()).unwrap();
        let crossing =
            Intersection { name: "Elm St & Oak St".to_owned(), point: at(0, 0), node: Some(0) };
        CenterMap::new("Town".to_owned(), streets, Vec::new())
            .with_points(Vec::new(), vec![crossing])
    }

    #[test]
    fn houses_are_real_numbers_of_their_side() {
        let (left, right) = (HouseNumbers { from: 9, to: 1 }, HouseNumbers { from: 2, to: 4 });
        let ground = Ground::of(&map_with(left, right)).unwrap();
        let mut rng = Rng::named(1, "ground");
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..200 {
            let spot = ground.address(&mut rng);
            let number = spot.number.unwrap();
            assert!(left.contains(number) || right.contains(number), "{number}");
            assert_eq!(spot.text(), format!("{number} Elm St"));
            seen.insert((number, spot.point));
        }
        let numbers: Vec<u32> = seen.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5, 7, 9], "each house, each at one place");
        let point = |wanted| seen.iter().find(|(number, _)| *number == wanted).unwrap().1;
        assert_eq!(point(9), at(0, 0), "the range runs downwards");
        assert_eq!(point(1), at(0, 10_000));
    }

    #[test]
    fn a_map_without_crossings_is_no_ground() {
        let numbers = HouseNumbers { from: 1, to: 9 };
        let mut map = map_with(numbers, numbers);
        map.intersections.clear();
        assert!(Ground::of(&map).unwrap_err().contains("0 crossings"));
    }

    #[test]
    fn a_position_is_near() {
        let mut rng = Rng::named(1, "near");
        for _ in 0..1000 {
            let point = near(at(423_736_000, -710_989_000), 100, &mut rng);
            assert!(point.distance_m(at(423_736_000, -710_989_000)) <= 143, "{point:?}");
        }
    }
}
