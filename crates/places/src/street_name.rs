//! A street's name in its parts: direction, proper name, type.

use crate::edit_distance::{edit_distance, tolerance};
use crate::words::{is_direction, is_street_type, words};

/// A name such as `N First St`, taken apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct StreetName {
    /// `N`, before or after the name.
    pub(crate) direction: Option<String>,
    /// `FIRST`; at least one word.
    pub(crate) proper: Vec<String>,
    /// `ST`.
    pub(crate) street_type: Option<String>,
}

/// How well a name that was given fits a name on the map.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Fit {
    /// 0 for the very name; more for each difference.
    pub(crate) penalty: u16,
    /// Each word given is as on the map; words may be left out.
    pub(crate) is_exact: bool,
    /// What differs, for people.
    pub(crate) differences: Vec<String>,
}

impl StreetName {
    /// Takes the words apart; `None` if there are none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::of_words(&words(text))
    }

    pub(crate) fn of_words(words: &[String]) -> Option<Self> {
        let mut proper: Vec<String> = words.to_vec();
        let mut direction = None;
        // `West St`: without the direction nothing but a type would be left.
        if words.len() > 2 || words.len() == 2 && !words.last().is_some_and(|w| is_street_type(w)) {
            if words.first().is_some_and(|word| is_direction(word)) {
                direction = Some(proper.remove(0));
            } else if words.last().is_some_and(|word| is_direction(word)) {
                direction = proper.pop();
            }
        }
        let has_type = proper.len() > 1 && proper.last().is_some_and(|word| is_street_type(word));
        let street_type = if has_type { proper.pop() } else { None };
        (!proper.is_empty()).then_some(Self { direction, proper, street_type })
    }

    /// The proper name as one word, so that `O Brien` and `OBrien` are alike.
    pub(crate) fn key(&self) -> String {
        self.proper.concat()
    }

    /// Whether this name, as given, could mean `on_map`: nothing that it says is different there.
    pub(crate) fn could_mean(&self, on_map: &StreetName) -> bool {
        let agrees =
            |given: &Option<String>, known: &Option<String>| given.is_none() || given == known;
        self.key() == on_map.key()
            && agrees(&self.street_type, &on_map.street_type)
            && agrees(&self.direction, &on_map.direction)
    }

    /// How well this name, as given, fits `on_map`; `None` if it does not. `keys` are the keys of
    /// both, since every street of the map is asked.
    pub(crate) fn fit(&self, on_map: &StreetName, keys: [&str; 2]) -> Option<Fit> {
        let mut fit = self.fit_proper(on_map, keys)?;
        let parts = [
            (&self.street_type, &on_map.street_type, "type", TYPE),
            (&self.direction, &on_map.direction, "direction", DIRECTION),
        ];
        for (given, known, part, penalties) in parts {
            match (given, known) {
                (Some(given), Some(known)) if given != known => {
                    fit.add(penalties.differs, format!("{part} `{given}` is `{known}` on the map"));
                    fit.is_exact = false;
                }
                (Some(given), None) => {
                    fit.add(penalties.invented, format!("no {part} `{given}` on the map"));
                    fit.is_exact = false;
                }
                (None, Some(known)) => {
                    fit.add(penalties.left_out, format!("{part} `{known}` was left out"));
                }
                (Some(_), Some(_)) | (None, None) => {}
            }
        }
        Some(fit)
    }

    fn fit_proper(&self, on_map: &StreetName, [given, known]: [&str; 2]) -> Option<Fit> {
        if given == known {
            return Some(Fit { is_exact: true, ..Fit::default() });
        }
        let words = || self.proper.join(" ");
        let letters = given.chars().count();
        let spelling = || {
            // `56th` is not a misspelled `65th`.
            let is_number = given.contains(|letter: char| letter.is_ascii_digit());
            let limit = if is_number { 0 } else { tolerance(letters) };
            let edits = edit_distance(given, known, limit)?;
            // At most three: the tolerance.
            let penalty = SPELLING + SPELLING_EACH * u16::try_from(edits).unwrap_or(u16::MAX);
            Some((penalty, format!("`{}` is spelled differently", words())))
        };
        let is_beginning = letters >= BEGINNING_LETTERS && known.starts_with(given);
        let readings = [
            spelling(),
            self.is_part_of(on_map)
                .then(|| (PART, format!("`{}` is only part of the name", words()))),
            is_beginning.then(|| (BEGINNING, format!("`{}` is only the beginning", words()))),
        ];
        let (penalty, difference) = readings.into_iter().flatten().min()?;
        let mut fit = Fit::default();
        fit.add(penalty, difference);
        Some(fit)
    }

    /// `OBrien` of `Monsignor OBrien`: whole words, fewer than there are.
    fn is_part_of(&self, on_map: &StreetName) -> bool {
        self.proper.len() < on_map.proper.len()
            && self.proper.iter().all(|word| on_map.proper.contains(word))
            && self.proper.iter().any(|word| word.chars().count() >= BEGINNING_LETTERS)
    }
}

impl Fit {
    pub(crate) fn add(&mut self, penalty: u16, difference: String) {
        self.penalty += penalty;
        self.differences.push(difference);
    }
}

// Penalties of a score of 1000. Our choice; the order of the golden tests depends on it.
struct Part {
    differs: u16,
    invented: u16,
    left_out: u16,
}
const TYPE: Part = Part { differs: 120, invented: 80, left_out: 30 };
/// A wrong direction is the mistake that sends help to the wrong side of town.
const DIRECTION: Part = Part { differs: 250, invented: 120, left_out: 40 };
const PART: u16 = 120;
const BEGINNING: u16 = 150;
const SPELLING: u16 = 40;
const SPELLING_EACH: u16 = 60;
/// Fewest letters that count as the beginning of a name.
const BEGINNING_LETTERS: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (Option<String>, String, Option<String>) {
        let name = StreetName::parse(text).unwrap();
        (name.direction.clone(), name.proper.join(" "), name.street_type)
    }

    #[test]
    fn names_come_apart() {
        let some = |text: &str| Some(text.to_owned());
        let own = |text: &str| text.to_owned();
        assert_eq!(parts("North First St"), (some("N"), own("FIRST"), some("ST")));
        assert_eq!(parts("Elm St N"), (some("N"), own("ELM"), some("ST")));
        assert_eq!(parts("West St"), (None, own("W"), some("ST")));
        assert_eq!(parts("Broadway"), (None, own("BROADWAY"), None));
        assert_eq!(parts("E Broadway"), (some("E"), own("BROADWAY"), None));
        assert_eq!(parts("St Paul St"), (None, own("ST PAUL"), some("ST")));
        assert_eq!(parts("Hubbard Park Rd"), (None, own("HUBBARD PK"), some("RD")));
        assert_eq!(parts("Park"), (None, own("PK"), None));
        assert_eq!(StreetName::parse(" - "), None);
    }

    #[test]
    fn differences_are_ordered_by_their_danger() {
        let map = StreetName::parse("S 56th St").unwrap();
        let penalty = |text: &str| {
            let given = StreetName::parse(text).unwrap();
            given.fit(&map, [&given.key(), &map.key()]).map(|fit| fit.penalty)
        };
        assert_eq!(penalty("South 56th Street"), Some(0));
        assert!(penalty("S 56th") < penalty("56th St"));
        assert!(penalty("56th St") < penalty("S 56th Ave"));
        assert!(penalty("S 56th Ave") < penalty("N 56th St"));
        assert_eq!(penalty("S 65th St"), None, "a number is not misspelled");
    }
}
