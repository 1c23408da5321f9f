//! Named places: stations, shelters, hospitals.

use map::{CenterMap, NamedPlace};

use crate::edit_distance::{edit_distance, tolerance};
use crate::geocode::{Candidate, CandidateKind, SCORE_MAX};
use crate::words::words;

/// A word of the name that was not said.
const UNSAID_EACH: u16 = 40;
/// A letter that was said differently.
const LETTER_EACH: u16 = 60;

/// The places that the words may mean. All words said must be in the name or in the place's kind.
pub(crate) fn find(map: &CenterMap, said: &[String]) -> Vec<Candidate> {
    let mut found: Vec<Candidate> =
        map.places.iter().filter_map(|place| candidate(place, said)).collect();
    let verified = found.iter().filter(|candidate| candidate.verified).count();
    if verified > 1 {
        for candidate in &mut found {
            candidate.verified = false;
            candidate.why.push_str("; several places have this name");
        }
    }
    found
}

fn candidate(place: &NamedPlace, said: &[String]) -> Option<Candidate> {
    if said.is_empty() {
        return None;
    }
    let name = words(&place.name);
    let kind = words(&place.kind.replace('_', " "));
    let mut letters = 0;
    let mut in_name = 0_usize;
    // `5` alone is not `Fire Company 5`.
    said.iter().find(|word| word.chars().all(char::is_alphabetic))?;
    for word in said {
        if let Some(edits) = closest(word, &name) {
            letters += edits;
            in_name += 1;
        } else {
            closest(word, &kind).filter(|edits| *edits == 0)?;
        }
    }
    if in_name == 0 {
        // Only the kind was said: `shelter` names every shelter, which is help enough to choose.
        letters += 1;
    }
    let unsaid = name.len().saturating_sub(in_name);
    let penalty = u16::try_from(unsaid).unwrap_or(u16::MAX).saturating_mul(UNSAID_EACH);
    let letters = u16::try_from(letters).unwrap_or(u16::MAX).saturating_mul(LETTER_EACH);
    let is_exact = said == name.as_slice();
    let kind = place.kind.replace('_', " ");
    Some(Candidate {
        text: place.name.clone(),
        point: place.point,
        kind: CandidateKind::Place,
        score: SCORE_MAX.saturating_sub(penalty).saturating_sub(letters),
        verified: is_exact,
        why: if is_exact {
            format!("{kind} of this name")
        } else {
            format!("{kind} of a similar name")
        },
    })
}

/// Fewest letters by which the word differs from one of the others.
fn closest(word: &str, others: &[String]) -> Option<usize> {
    let limit = tolerance(word.chars().count());
    others.iter().filter_map(|other| edit_distance(word, other, limit)).min()
}
