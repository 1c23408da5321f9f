//! What was typed, taken apart: a number or block, the streets, a postal code.

use crate::street_name::StreetName;
use crate::words::words;

/// Longest text that is looked at, in characters; the rest is left out.
const TEXT_CHARACTERS_MAX: usize = 200;

/// What stands before the street's name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Number {
    /// Nothing.
    None,
    /// `77`.
    Exact(u32),
    /// `70R`, `12-14`, `12 1/2`: near this number, but not the number itself.
    Near(u32),
    /// `1600-1699`, `1600 BLK`: a block from one number to another.
    Block(u32, u32),
}

/// A text as a location.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Query {
    pub(crate) number: Number,
    /// The street, or the streets that cross.
    pub(crate) streets: Vec<StreetName>,
    /// A postal code at the end.
    pub(crate) zip: Option<String>,
    /// All words of the text, for the names of places.
    pub(crate) all: Vec<String>,
}

impl Query {
    /// Takes a text apart. `city` is the map's own city, which people add to addresses.
    pub(crate) fn parse(text: &str, city: &[String]) -> Self {
        let text: String = text.chars().take(TEXT_CHARACTERS_MAX).collect();
        let all = words(&text);
        let mut zip = None;
        let mut number = Number::None;
        let mut streets = Vec::new();
        for part in crossing_parts(&text) {
            let (part, part_zip) = before_comma(&part);
            zip = zip.or(part_zip);
            let (found, rest) = leading_number(&part);
            if streets.is_empty() && found != Number::None {
                number = found;
            }
            let mut street = words(rest);
            zip = zip.or(take_zip(&mut street));
            take_city(&mut street, city);
            take_unit(&mut street);
            street.retain(|word| !NOT_A_NAME.contains(&word.as_str()));
            streets.extend(StreetName::of_words(&street));
        }
        Self { number, streets, zip, all }
    }
}

/// Words that are said around a street's name and are no part of it.
const NOT_A_NAME: &[&str] = &["BLK", "BLOCK", "CORNER", "OF", "NEAR"];

/// `Columbus Ave & Mass Ave`: the parts around `&`, `/`, `@`, `+`, `and`, `at`.
fn crossing_parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for word in text.replace(['&', '/', '@', '+'], " & ").split_whitespace() {
        // `12 1/2 Main St`: a slash between digits is no crossing, see `leading_number`.
        let is_between = matches!(word.to_uppercase().as_str(), "&" | "AND" | "AT");
        match parts.last_mut() {
            Some(part) if !is_between => {
                part.push_str(word);
                part.push(' ');
            }
            _ => parts.push(String::new()),
        }
    }
    parts.iter().map(|part| without_community(part)).filter(|part| !part.is_empty()).collect()
}

/// `BROADWAY E-CO`: a hyphen and two letters at the end name the community.
fn without_community(part: &str) -> String {
    let part = part.trim();
    match part.rsplit_once('-') {
        Some((street, end)) if end.len() == 2 && end.chars().all(|c| c.is_ascii_alphabetic()) => {
            street.trim().to_owned()
        }
        _ => part.to_owned(),
    }
}

/// What stands before the first comma, and a postal code after it.
fn before_comma(part: &str) -> (String, Option<String>) {
    let Some((street, rest)) = part.split_once(',') else { return (part.to_owned(), None) };
    (street.to_owned(), take_zip(&mut words(rest)))
}

/// The number or block at the start, and the rest.
fn leading_number(part: &str) -> (Number, &str) {
    let part = part.trim_start();
    let (first, rest) = part.split_once(char::is_whitespace).unwrap_or((part, ""));
    if let Some((low, high)) = first.split_once('-')
        && let (Ok(low), Ok(high)) = (low.parse(), high.parse())
    {
        let is_block = is_block_word(rest) || (low % 100 == 0 && high % 100 == 99);
        let number =
            if is_block && low <= high { Number::Block(low, high) } else { Number::Near(low) };
        return (number, rest);
    }
    if let Ok(number) = first.parse::<u32>() {
        if is_block_word(rest) {
            let low = number - number % 100;
            return (Number::Block(low, low.saturating_add(99)), rest);
        }
        // `5` alone is no address, but `5 Main St` is.
        let number = if rest.trim().is_empty() { Number::None } else { Number::Exact(number) };
        return (number, if number == Number::None { part } else { rest });
    }
    let (digits, letter) = first.split_at(first.len() - last_length(first));
    match digits.parse() {
        Ok(number) if letter.chars().all(char::is_alphabetic) => (Number::Near(number), rest),
        _ => (Number::None, part),
    }
}

fn last_length(word: &str) -> usize {
    word.chars().next_back().map_or(0, char::len_utf8)
}

fn is_block_word(rest: &str) -> bool {
    let first = rest.split_whitespace().next().unwrap_or_default().to_uppercase();
    matches!(first.trim_matches('.'), "BLK" | "BLOCK")
}

fn take_zip(words: &mut Vec<String>) -> Option<String> {
    let is_zip = |word: &String| word.len() == 5 && word.bytes().all(|byte| byte.is_ascii_digit());
    words.pop_if(|word| is_zip(word))
}

/// Takes `CAMBRIDGE` or `CAMBRIDGE MA` from the end, if a street's name is left.
fn take_city(words: &mut Vec<String>, city: &[String]) {
    if city.is_empty() {
        return;
    }
    for state in [0, 1] {
        let ends = words.len().checked_sub(city.len() + state);
        let Some(start) = ends.filter(|start| *start >= 2) else { continue };
        let is_state = words.last().is_some_and(|word| word.chars().count() == 2);
        let named = words.get(start..start + city.len()) == Some(city);
        if named && (state == 0 || is_state) {
            words.truncate(start);
            return;
        }
    }
}

/// Takes a flat, floor or room from the end: it says which door, not which house.
fn take_unit(words: &mut Vec<String>) {
    let units = ["APT", "APARTMENT", "UNIT", "STE", "SUITE", "RM", "ROOM", "FL", "FLOOR"];
    let found = words.iter().position(|word| units.contains(&word.as_str()));
    let Some(mut at) = found.filter(|at| *at > 0) else { return };
    let is_floor = words.get(at).is_some_and(|word| word.starts_with("FL"));
    let is_ordinal = |word: &String| ["ST", "ND", "RD", "TH"].iter().any(|end| word.ends_with(end));
    // `3rd floor`; of `Elm St floor 3` the street keeps its type.
    if is_floor
        && at > 1
        && words.get(at - 1).is_some_and(|word| word.len() > 2 && is_ordinal(word))
    {
        at -= 1;
    }
    words.truncate(at);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> (Number, Vec<String>, Option<String>) {
        let query = Query::parse(text, &words("Cambridge"));
        let name = |name: &StreetName| {
            let parts = name.direction.iter().chain(&name.proper).chain(&name.street_type);
            parts.cloned().collect::<Vec<_>>().join(" ")
        };
        (query.number, query.streets.iter().map(name).collect(), query.zip)
    }

    fn is(text: &str, number: Number, streets: &[&str], zip: Option<&str>) {
        let streets = streets.iter().map(|street| (*street).to_owned()).collect();
        assert_eq!(query(text), (number, streets, zip.map(str::to_owned)), "{text}");
    }

    #[test]
    fn addresses_come_apart() {
        is("77 Mass. Ave", Number::Exact(77), &["MASS AVE"], None);
        is("77 Mass Ave, Cambridge, MA 02139", Number::Exact(77), &["MASS AVE"], Some("02139"));
        is("77 mass ave cambridge ma", Number::Exact(77), &["MASS AVE"], None);
        is("5 Cambridge St Cambridge", Number::Exact(5), &["CAMBRIDGE ST"], None);
        is("100 Cambridge", Number::Exact(100), &["CAMBRIDGE"], None);
        is("77 Mass Ave apt 3", Number::Exact(77), &["MASS AVE"], None);
        is("70R Rindge Ave", Number::Near(70), &["RINDGE AVE"], None);
        is("12-14 Elm St", Number::Near(12), &["ELM ST"], None);
        is("5th St", Number::None, &["FIFTH ST"], None);
        is("100 1st St", Number::Exact(100), &["FIRST ST"], None);
    }

    #[test]
    fn blocks_come_apart() {
        is("1600-1699 BLK E BROADWAY", Number::Block(1600, 1699), &["E BROADWAY"], None);
        is("1600 block of Broadway", Number::Block(1600, 1699), &["BROADWAY"], None);
        is("300-399 Elm St", Number::Block(300, 399), &["ELM ST"], None);
        let doubled = "3500-3599 BLK N BLK CREASY SPRINGS RD";
        is(doubled, Number::Block(3500, 3599), &["N CREASY SPRINGS RD"], None);
    }

    #[test]
    fn crossings_come_apart() {
        let both = ["COLUMBUS AVE", "MASS AVE"];
        for text in ["Columbus Ave & Mass Ave", "columbus ave/mass ave", "Columbus Ave at Mass Ave"]
        {
            is(text, Number::None, &both, None);
        }
        is("corner of Columbus Ave and Mass Ave", Number::None, &both, None);
        let suffixed = "TENTH ST N-CO/BROADWAY E-CO";
        is(suffixed, Number::None, &["N TENTH ST", "E BROADWAY"], None);
    }

    #[test]
    fn nothing_useful_is_nothing() {
        is("", Number::None, &[], None);
        is("  /// & ,", Number::None, &[], None);
        is("#", Number::None, &[], None);
    }
}
