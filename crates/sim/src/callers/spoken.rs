//! How a caller says where it is: exactly, without the St, as misheard, or not at all.

use super::ground::{Spot, SpotKind, pick};
use super::plan::CallersPlan;
use crate::Rng;
use serde::{Deserialize, Serialize};

/// A place as one caller says it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Spoken {
    /// The sentence.
    pub sentence: String,
    /// What a call-taker writes down as the address after asking.
    pub written: String,
    /// Whether the written address names the place as the map does. Otherwise only the position of
    /// the telephone says where it is.
    pub exact: bool,
}

impl Spoken {
    /// One of the ways to say it.
    pub fn of(spot: &Spot, plan: &CallersPlan, rng: &mut Rng) -> Self {
        let share = &plan.per_mille;
        let (bare, misspelt) = (share.bare, share.bare + share.misspelt);
        let drawn = u32::try_from(rng.below(1_000)).unwrap_or(0);
        let is_address = spot.kind == SpotKind::Address;
        if drawn < bare && is_address {
            // The call-taker asks which, and hears it.
            Self::said(spot, &without_type(&spot.text()), plan, rng)
        } else if drawn < misspelt && is_address {
            let misheard = misspell(&spot.text(), rng);
            Self {
                exact: false,
                written: misheard.clone(),
                ..Self::said(spot, &misheard, plan, rng)
            }
        } else if (misspelt..misspelt + share.vague).contains(&drawn) {
            let sentence = pick(&plan.places.vague, rng).map_or("", String::as_str);
            let sentence = sentence.replace("{street}", spot.street());
            Self { written: sentence.trim_end_matches('.').to_owned(), sentence, exact: false }
        } else {
            Self::said(spot, &spot.text(), plan, rng)
        }
    }

    fn said(spot: &Spot, place: &str, plan: &CallersPlan, rng: &mut Rng) -> Self {
        let sentences = match spot.kind {
            SpotKind::Crossing => &plan.places.crossing,
            SpotKind::Address | SpotKind::Place => &plan.places.exact,
        };
        let sentence = pick(sentences, rng).map_or("{place}", String::as_str);
        Self { sentence: sentence.replace("{place}", place), written: spot.text(), exact: true }
    }
}

/// `77 Massachusetts Ave` as `77 Massachusetts`; a street of one word stays.
fn without_type(address: &str) -> String {
    match address.rsplit_once(' ') {
        Some((rest, _)) if rest.contains(' ') => rest.to_owned(),
        _ => address.to_owned(),
    }
}

/// One letter of the longest word left out, doubled, or changed with the next; never the first.
fn misspell(address: &str, rng: &mut Rng) -> String {
    let longest = address.split(' ').max_by_key(|word| word.chars().count()).unwrap_or("");
    let mut letters: Vec<char> = longest.chars().collect();
    let inner = letters.len().saturating_sub(2);
    if inner == 0 {
        return address.to_owned();
    }
    let place = 1 + usize::try_from(rng.below(inner as u64)).unwrap_or(0);
    match rng.below(3) {
        0 => {
            letters.remove(place);
        }
        1 => letters.insert(place, letters.get(place).copied().unwrap_or('e')),
        _ => letters.swap(place, place + 1),
    }
    let misspelt: String = letters.into_iter().collect();
    address.replacen(longest, &misspelt, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_street_loses_its_type_but_not_its_name() {
        assert_eq!(without_type("77 Massachusetts Ave"), "77 Massachusetts");
        assert_eq!(without_type("5 Broadway"), "5 Broadway");
    }

    #[test]
    fn misspelling_changes_at_most_one_letter_and_keeps_the_number() {
        let mut rng = Rng::named(1, "spelling");
        let mut changed = 0;
        for _ in 0..300 {
            let text = misspell("77 Massachusetts Ave", &mut rng);
            assert!(text.starts_with("77 M") && text.ends_with(" Ave"), "{text}");
            assert!(text.len().abs_diff("77 Massachusetts Ave".len()) <= 1, "{text}");
            changed += usize::from(text != "77 Massachusetts Ave");
        }
        // Changing two equal letters with each other changes nothing.
        assert!(changed > 270, "{changed}");
        assert_eq!(misspell("", &mut rng), "");
    }
}
