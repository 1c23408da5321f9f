//! Candidates where two streets meet.

use std::collections::BTreeMap;

use map::{CenterMap, Point};

use crate::address::STREETS_MAX;
use crate::geocode::{Candidate, CandidateKind, SCORE_MAX};
use crate::house_number::SAME_PLACE_M;
use crate::street_index::{Meant, StreetIndex};
use crate::street_name::StreetName;
use crate::words::words;

/// The named crossing at each node.
pub(crate) type CrossingNames = BTreeMap<u32, String>;

pub(crate) fn names(map: &CenterMap) -> CrossingNames {
    let named = map.intersections.iter();
    named.filter_map(|crossing| Some((crossing.node?, crossing.name.clone()))).collect()
}

/// What is looked at to find crossings.
pub(crate) struct Crossings<'a> {
    pub(crate) map: &'a CenterMap,
    pub(crate) index: &'a StreetIndex,
    pub(crate) names: &'a CrossingNames,
}

impl Crossings<'_> {
    /// Where streets of these two names meet.
    pub(crate) fn find(&self, one: &StreetName, other: &StreetName) -> Vec<Candidate> {
        let ones = self.index.find(one, STREETS_MAX);
        let others = self.index.find(other, STREETS_MAX);
        let mut found = Vec::new();
        for one in &ones {
            for other in others.iter().filter(|other| other.street != one.street) {
                found.extend(self.between(one, other));
            }
        }
        // Words that fit two pairs of streets equally well are sure of neither.
        let exact = found.iter().filter(|candidate| candidate.verified);
        let mut points: Vec<Point> = exact.map(|candidate| candidate.point).collect();
        points.dedup();
        if points.iter().any(|a| points.iter().any(|b| a.distance_m(*b) > SAME_PLACE_M)) {
            for candidate in found.iter_mut().filter(|candidate| candidate.verified) {
                candidate.verified = false;
                candidate.why.push_str("; another crossing fits as well");
            }
        }
        found
    }

    /// Crossings whose whole name was said, in the map's order of streets: some name a street that
    /// is not drawn.
    pub(crate) fn named(&self, said: &[String]) -> Vec<Candidate> {
        let without_and = |words: &[String]| -> Vec<String> {
            words.iter().filter(|word| *word != "AND" && *word != "AT").cloned().collect()
        };
        let said = without_and(said);
        let of_name = |name: &str| !said.is_empty() && without_and(&words(name)) == said;
        let mut found: Vec<Point> = Vec::new();
        for crossing in self.map.intersections.iter().filter(|crossing| of_name(&crossing.name)) {
            if found.iter().all(|known| known.distance_m(crossing.point) > SAME_PLACE_M) {
                found.push(crossing.point);
            }
        }
        let name = self.map.intersections.iter().find(|crossing| of_name(&crossing.name));
        let is_one = found.len() == 1;
        let why = if is_one { "a crossing of this name" } else { "several crossings of this name" };
        let candidate = |point| {
            Some(Candidate {
                text: name?.name.clone(),
                point,
                kind: CandidateKind::Intersection,
                score: SCORE_MAX,
                verified: is_one,
                why: why.to_owned(),
            })
        };
        found.into_iter().filter_map(candidate).collect()
    }

    fn between(&self, one: &Meant, other: &Meant) -> Vec<Candidate> {
        let streets = self.index.street(one.street).zip(self.index.street(other.street));
        let Some((first, second)) = streets else { return Vec::new() };
        let mut places: Vec<(u32, Point)> = Vec::new();
        for node in first.nodes.intersection(&second.nodes) {
            let Some(point) = self.map.streets.nodes.get(*node as usize).map(|n| n.point) else {
                continue;
            };
            // The nodes of one wide crossing are one place.
            if places.iter().all(|(_, known)| known.distance_m(point) > SAME_PLACE_M) {
                places.push((*node, point));
            }
        }
        let penalty = one.fit.penalty.saturating_add(other.fit.penalty);
        let mut why = vec!["the streets meet here".to_owned()];
        why.extend(one.fit.differences.iter().chain(&other.fit.differences).cloned());
        if places.len() > 1 {
            why.push(format!("they meet in {} places", places.len()));
        }
        let is_exact = one.fit.is_exact && other.fit.is_exact && places.len() == 1;
        let text = |node| {
            let made = || format!("{} & {}", first.display, second.display);
            self.names.get(&node).cloned().unwrap_or_else(made)
        };
        let candidate = |(node, point)| Candidate {
            text: text(node),
            point,
            kind: CandidateKind::Intersection,
            score: SCORE_MAX.saturating_sub(penalty),
            verified: is_exact,
            why: why.join("; "),
        };
        places.into_iter().map(candidate).collect()
    }
}
