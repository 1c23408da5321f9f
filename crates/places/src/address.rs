//! Candidates on one street: a house, a block, or the street itself.

use map::{CenterMap, Point, point_at};

use crate::geocode::{Candidate, CandidateKind, SCORE_MAX};
use crate::house_number::{self, Numbered};
use crate::query::{Number, Query};
use crate::street_index::{Meant, Street, StreetIndex};
use crate::street_name::StreetName;

/// Streets that are looked at for one name.
pub(crate) const STREETS_MAX: usize = 12;

/// The street has no such number.
const NO_SUCH_NUMBER: u16 = 250;
/// The number is near the one that was said (`70R`, `12-14`).
const NEAR_NUMBER: u16 = 20;
/// No number was said at all.
const NO_NUMBER: u16 = 50;
/// The postal code that was said is another.
const OTHER_ZIP: u16 = 150;

/// The candidates for a name with or without a number.
pub(crate) fn find(
    map: &CenterMap,
    index: &StreetIndex,
    query: &Query,
    name: &StreetName,
) -> Vec<Candidate> {
    let mut found = Vec::new();
    for meant in index.find(name, STREETS_MAX) {
        let Some(street) = index.street(meant.street) else { continue };
        let on = OnStreet { map, index, query, street, meant: &meant };
        found.extend(match query.number {
            Number::None => on.street().into_iter().collect(),
            Number::Exact(number) => on.house(number, true),
            Number::Near(number) => on.house(number, false),
            Number::Block(low, high) => on.block(low, high).into_iter().collect(),
        });
    }
    found
}

struct OnStreet<'a> {
    map: &'a CenterMap,
    index: &'a StreetIndex,
    query: &'a Query,
    street: &'a Street,
    meant: &'a Meant,
}

impl OnStreet<'_> {
    fn house(&self, number: u32, is_exact: bool) -> Vec<Candidate> {
        let mut places = house_number::find(self.map, self.street, number);
        let has_zip = |place: &Numbered| place.zip.is_some() && place.zip == self.query.zip;
        if places.iter().any(has_zip) {
            places.retain(has_zip);
        }
        let Some(first) = places.first() else { return self.no_such_number(number) };
        let is_one_place = places.len() == 1;
        let doubt = self.doubt(number);
        let zip = |place: &Numbered| {
            let asked = self.query.zip.as_ref();
            asked.is_some_and(|asked| place.zip.as_ref().is_some_and(|zip| zip != asked))
        };
        let zips_differ = places.iter().any(|place| place.zip != first.zip);
        let candidate = |place: &Numbered| {
            let mut penalty = if is_exact { 0 } else { NEAR_NUMBER };
            let mut why = match is_exact {
                true => self.why("the map has this house number"),
                false => self.why(&format!("the map has {number}, not the rest of the number")),
            };
            why.extend(doubt.clone());
            if !is_one_place {
                why.push("the street has this number in several places".to_owned());
            }
            if zip(place) {
                penalty += OTHER_ZIP;
                why.push("the postal code is another".to_owned());
            }
            let certain = is_exact && self.meant.fit.is_exact && is_one_place && !zip(place);
            let mut text = format!("{} {}", place.number, self.street.display);
            if let Some(zip) = place.zip.as_ref().filter(|_| zips_differ) {
                text = format!("{text}, {zip}");
            }
            Candidate {
                text,
                point: place.point,
                kind: CandidateKind::Address,
                score: self.score(penalty),
                verified: certain && doubt.is_none(),
                why: why.join("; "),
            }
        };
        places.iter().map(candidate).collect()
    }

    /// Why the words may mean another street: then nothing is verified. Where the words are this
    /// street's full name, only another street that has the number too makes a doubt.
    fn doubt(&self, number: u32) -> Option<String> {
        let mut rivals = self.meant.rivals.iter().filter_map(|rival| self.index.street(*rival));
        let has_number = |street: &&Street| house_number::has(self.map, street, number);
        let rival = match self.meant.is_full_name {
            true => rivals.find(has_number),
            false => rivals.next(),
        };
        rival.map(|rival| format!("`{}` is possible too", rival.display))
    }

    fn no_such_number(&self, number: u32) -> Vec<Candidate> {
        let near = house_number::nearest(self.map, self.street, number);
        let Some((point, why)) = near
            .map(|near| (near.point, format!("no number {number} here; near {}", near.number)))
            .or_else(|| Some((self.middle()?, "the map has no house numbers here".to_owned())))
        else {
            return Vec::new();
        };
        vec![self.unverified(CandidateKind::Street, point, (NO_SUCH_NUMBER, why))]
    }

    fn block(&self, low: u32, high: u32) -> Option<Candidate> {
        match house_number::block(self.map, self.street, low, high) {
            Some(block) => {
                let why = "middle of the block".to_owned();
                let mut candidate = self.unverified(CandidateKind::Block, block.point, (0, why));
                candidate.text = format!("{low}-{high} block of {}", self.street.display);
                Some(candidate)
            }
            None => self.no_such_number(low).pop(),
        }
    }

    fn street(&self) -> Option<Candidate> {
        let why = "middle of the street".to_owned();
        Some(self.unverified(CandidateKind::Street, self.middle()?, (NO_NUMBER, why)))
    }

    fn unverified(&self, kind: CandidateKind, point: Point, cost: (u16, String)) -> Candidate {
        Candidate {
            text: self.street.display.clone(),
            point,
            kind,
            score: self.score(cost.0),
            verified: false,
            why: self.why(&cost.1).join("; "),
        }
    }

    fn score(&self, penalty: u16) -> u16 {
        SCORE_MAX.saturating_sub(self.meant.fit.penalty).saturating_sub(penalty)
    }

    fn why(&self, first: &str) -> Vec<String> {
        let differences = self.meant.fit.differences.iter().cloned();
        std::iter::once(first.to_owned()).chain(differences).collect()
    }

    /// The middle of the street's middle segment.
    fn middle(&self) -> Option<Point> {
        let middle = self.street.segments.get(self.street.segments.len() / 2)?;
        let segment = self.map.streets.segments.get(*middle as usize)?;
        point_at(&segment.line, segment.length_mm() / 2)
    }
}
