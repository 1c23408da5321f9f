//! All streets by name: which segments and nodes each has.

use std::collections::{BTreeMap, BTreeSet};

use map::CenterMap;

use crate::street_name::{Fit, StreetName};
use crate::words::words;

/// A street: all segments of one name.
#[derive(Clone, Debug)]
pub(crate) struct Street {
    /// The name as the map writes it.
    pub(crate) display: String,
    /// The name taken apart, then the other names in use.
    names: Vec<StreetName>,
    /// Indices of its segments.
    pub(crate) segments: Vec<u32>,
    /// Indices of the nodes that it touches.
    pub(crate) nodes: BTreeSet<u32>,
}

/// A street that the words may mean.
#[derive(Clone, Debug)]
pub(crate) struct Meant {
    /// Index of the street.
    pub(crate) street: usize,
    pub(crate) fit: Fit,
    /// Indices of other streets that the words could mean just as well: what was said agrees with
    /// them too.
    pub(crate) rivals: Vec<usize>,
    /// The words are the street's full name, nothing left out.
    pub(crate) is_full_name: bool,
}

/// A word that fits no street was left out.
const NOT_UNDERSTOOD: u16 = 100;

/// All streets of a map.
#[derive(Clone, Debug)]
pub(crate) struct StreetIndex {
    pub(crate) streets: Vec<Street>,
    /// (street, its name) by the proper name in one word.
    by_key: BTreeMap<String, Vec<(usize, StreetName)>>,
}

impl StreetIndex {
    pub(crate) fn build(map: &CenterMap) -> Self {
        let mut index = Self { streets: Vec::new(), by_key: BTreeMap::new() };
        let mut by_words: BTreeMap<Vec<String>, usize> = BTreeMap::new();
        for (number, segment) in (0..).zip(&map.streets.segments) {
            let Some(display) = &segment.name else { continue };
            let Some(name) = StreetName::parse(display) else { continue };
            let street = *by_words.entry(words(display)).or_insert(index.streets.len());
            if street == index.streets.len() {
                index.streets.push(Street {
                    display: display.clone(),
                    names: vec![name],
                    segments: Vec::new(),
                    nodes: BTreeSet::new(),
                });
            }
            let Some(street) = index.streets.get_mut(street) else { continue };
            street.segments.push(number);
            street.nodes.extend([segment.from_node, segment.to_node]);
            for alias in segment.aliases.iter().filter_map(|alias| StreetName::parse(alias)) {
                if !street.names.contains(&alias) {
                    street.names.push(alias);
                }
            }
        }
        index.sort_by_key();
        index.learn_crossings(map, &by_words);
        index
    }

    fn sort_by_key(&mut self) {
        for (number, street) in self.streets.iter().enumerate() {
            for name in &street.names {
                let entry = self.by_key.entry(name.key()).or_default();
                entry.push((number, name.clone()));
            }
        }
    }

    /// A crossing's name also says which streets meet there, even where a segment's node is wrong.
    fn learn_crossings(&mut self, map: &CenterMap, by_words: &BTreeMap<Vec<String>, usize>) {
        for crossing in &map.intersections {
            let Some(node) = crossing.node else { continue };
            for part in crossing.name.split('&').flat_map(|part| part.split(" and ")) {
                let street = by_words.get(&words(part)).and_then(|at| self.streets.get_mut(*at));
                if let Some(street) = street {
                    street.nodes.insert(node);
                }
            }
        }
    }

    /// The streets that a name may mean, best first, at most `limit`. If there are none, the last
    /// word is left out and tried again: `Huron Avenu`.
    pub(crate) fn find(&self, given: &StreetName, limit: usize) -> Vec<Meant> {
        let found = self.find_whole(given, limit);
        let mut shorter = given.clone();
        let last = shorter.proper.pop();
        let (true, Some(last), false) = (found.is_empty(), last, shorter.proper.is_empty()) else {
            return found;
        };
        let mut found = self.find(&shorter, limit);
        for meant in &mut found {
            meant.fit.add(NOT_UNDERSTOOD, format!("`{last}` is not understood"));
            meant.fit.is_exact = false;
            meant.is_full_name = false;
        }
        found
    }

    fn find_whole(&self, given: &StreetName, limit: usize) -> Vec<Meant> {
        let mut best: BTreeMap<usize, Fit> = BTreeMap::new();
        let key = given.key();
        let known = self.by_key.iter().flat_map(|(known, streets)| {
            streets.iter().map(move |(street, name)| (known, street, name))
        });
        for (known, street, name) in known {
            let Some(fit) = given.fit(name, [&key, known]) else { continue };
            match best.get(street) {
                Some(known) if known.penalty <= fit.penalty => {}
                _ => drop(best.insert(*street, fit)),
            }
        }
        let mut found: Vec<(usize, Fit)> = best.into_iter().collect();
        found.sort_by_key(|(street, fit)| (fit.penalty, *street));
        found.truncate(limit);
        found.into_iter().map(|(street, fit)| self.meant(given, street, fit)).collect()
    }

    fn meant(&self, given: &StreetName, street: usize, fit: Fit) -> Meant {
        let could = self.by_key.get(&given.key()).into_iter().flatten();
        let rivals = could.filter(|(other, name)| *other != street && given.could_mean(name));
        let mut rivals: Vec<usize> = rivals.map(|(other, _)| *other).collect();
        rivals.dedup();
        let is_full_name = fit.is_exact && fit.differences.is_empty();
        Meant { street, fit, rivals, is_full_name }
    }

    pub(crate) fn street(&self, index: usize) -> Option<&Street> {
        self.streets.get(index)
    }
}
