//! From text to ranked candidates.

use map::{CenterMap, Point, SegmentIndex};

use crate::address;
use crate::crossing::{CrossingNames, Crossings, names};
use crate::named;
use crate::query::{Number, Query};
use crate::street_index::StreetIndex;
use crate::words::words;

/// Most candidates that one text has.
pub const CANDIDATES_MAX: usize = 10;

/// Score of a text that is on the map word for word.
pub(crate) const SCORE_MAX: u16 = 1000;
/// Below this a candidate would only hide the others.
const SCORE_MIN: u16 = 300;
/// A crossing was asked for and this is only one of its streets.
const ONLY_ONE_STREET: u16 = 400;

/// The places of a map: what people say, and what lies where. Built once when the centre starts.
#[derive(Clone, Debug)]
pub struct Places {
    pub(crate) map: CenterMap,
    pub(crate) index: StreetIndex,
    pub(crate) crossings: CrossingNames,
    pub(crate) nearest: SegmentIndex,
    city: Vec<String>,
}

/// A location that a text may mean.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// The location in the map's own words: `77 Massachusetts Ave`.
    pub text: String,
    /// Where it is.
    pub point: Point,
    /// What it is.
    pub kind: CandidateKind,
    /// How well the text fits, 0 to 1000, higher is better. An order, not a probability.
    pub score: u16,
    /// The map holds exactly this, and the text can mean nothing else. Only an address with its
    /// house number, a crossing or a named place is ever verified.
    pub verified: bool,
    /// Why it is a candidate, and what differs from the text.
    pub why: String,
}

/// What a candidate is, the most precise first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum CandidateKind {
    /// A house number on a street.
    Address,
    /// Where streets meet.
    Intersection,
    /// A named place.
    Place,
    /// The middle of a block of numbers.
    Block,
    /// Somewhere on a street.
    Street,
}

impl Places {
    /// The places of a map.
    #[must_use]
    pub fn build(map: &CenterMap) -> Places {
        let city = map.name.split(',').next().unwrap_or_default();
        Places {
            index: StreetIndex::build(map),
            crossings: names(map),
            nearest: SegmentIndex::build(&map.streets, |segment| segment.name.is_some()),
            city: words(city),
            map: map.clone(),
        }
    }

    /// Version of the map, of everything in it.
    #[must_use]
    pub fn map_version(&self) -> &str {
        &self.map.version
    }

    /// The locations that a text may mean, best first, at most [`CANDIDATES_MAX`]. Never fails: a
    /// text that means nothing has no candidates.
    #[must_use]
    pub fn geocode(&self, text: &str) -> Vec<Candidate> {
        let query = Query::parse(text, &self.city);
        let mut found = named::find(&self.map, &query.all);
        match (query.streets.as_slice(), query.number) {
            ([], _) => {}
            // `77 Mass Ave at Vassar St`: the number decides, the other street only helps people.
            ([street], _) | ([street, ..], Number::Exact(_) | Number::Near(_)) => {
                found.extend(address::find(&self.map, &self.index, &query, street));
            }
            ([one, other, ..], Number::None | Number::Block(_, _)) => {
                let (map, index, names) = (&self.map, &self.index, &self.crossings);
                let meeting = Crossings { map, index, names };
                let mut crossings = meeting.find(one, other);
                if crossings.is_empty() {
                    crossings = meeting.named(&query.all);
                }
                if crossings.is_empty() {
                    found.extend(self.single_streets(&query));
                }
                found.extend(crossings);
            }
        }
        ranked(found)
    }

    /// Two streets that do not meet: each alone is still a place to start from.
    fn single_streets(&self, query: &Query) -> Vec<Candidate> {
        let query = Query { number: Number::None, ..query.clone() };
        let mut found = Vec::new();
        for street in &query.streets {
            let alone = address::find(&self.map, &self.index, &query, street);
            found.extend(alone.into_iter().map(|candidate| Candidate {
                score: candidate.score.saturating_sub(ONLY_ONE_STREET),
                why: format!("these streets do not meet; {}", candidate.why),
                ..candidate
            }));
        }
        found
    }
}

fn ranked(mut found: Vec<Candidate>) -> Vec<Candidate> {
    found.retain(|candidate| candidate.score >= SCORE_MIN);
    found.sort_by(|a, b| {
        let order = |c: &Candidate| (std::cmp::Reverse((c.score, c.verified)), c.kind);
        let words = |c: &Candidate| (c.text.clone(), c.point);
        order(a).cmp(&order(b)).then_with(|| words(a).cmp(&words(b)))
    });
    found.dedup_by(|b, a| a.text == b.text && a.point == b.point);
    found.truncate(CANDIDATES_MAX);
    found
}
