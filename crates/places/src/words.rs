//! Words as they are compared: upper case, without accents and points, in one spelling.

/// Words of different spelling that mean the same, each list under the word they are compared as.
const SPELLINGS: &[(&str, &[&str])] = &[
    ("N", &["NORTH", "NO"]),
    ("S", &["SOUTH", "SO"]),
    ("E", &["EAST"]),
    ("W", &["WEST"]),
    ("NE", &["NORTHEAST"]),
    ("NW", &["NORTHWEST"]),
    ("SE", &["SOUTHEAST"]),
    ("SW", &["SOUTHWEST"]),
    ("ALY", &["ALLEY"]),
    ("AVE", &["AVENUE", "AV", "AVN"]),
    ("BLVD", &["BOULEVARD", "BOUL", "BLV"]),
    ("BRG", &["BRIDGE"]),
    ("CIR", &["CIRCLE", "CRCL"]),
    ("CT", &["COURT", "CRT"]),
    ("CTR", &["CENTER", "CENTRE"]),
    ("DR", &["DRIVE", "DRV"]),
    ("EXPY", &["EXPRESSWAY"]),
    ("EXT", &["EXTENSION"]),
    ("FWY", &["FREEWAY"]),
    ("HTS", &["HEIGHTS"]),
    ("HWY", &["HIGHWAY"]),
    ("LN", &["LANE"]),
    ("LNDG", &["LANDING"]),
    ("PK", &["PARK"]),
    ("PKWY", &["PARKWAY", "PKY", "PWY"]),
    ("PL", &["PLACE"]),
    ("PLZ", &["PLAZA"]),
    ("PT", &["POINT"]),
    ("RD", &["ROAD"]),
    ("RDG", &["RIDGE"]),
    ("RTE", &["ROUTE", "RT"]),
    ("SQ", &["SQUARE"]),
    // Also SAINT: `St Paul St` and `Saint Paul Street` then read alike.
    ("ST", &["STREET", "STR", "SAINT"]),
    ("TER", &["TERRACE", "TERR"]),
    ("TPK", &["TURNPIKE", "TPKE"]),
    ("TRL", &["TRAIL", "TR"]),
    ("WAY", &["WY"]),
    ("XING", &["CROSSING"]),
    ("FT", &["FORT"]),
    ("MT", &["MOUNT"]),
    ("HQ", &["HEADQUARTERS"]),
    ("INTERSTATE", &["I"]),
    ("FIRST", &["1ST"]),
    ("SECOND", &["2ND"]),
    ("THIRD", &["3RD"]),
    ("FOURTH", &["4TH"]),
    ("FIFTH", &["5TH"]),
    ("SIXTH", &["6TH"]),
    ("SEVENTH", &["7TH"]),
    ("EIGHTH", &["8TH"]),
    ("NINTH", &["9TH"]),
    ("TENTH", &["10TH"]),
    ("ELEVENTH", &["11TH"]),
    ("TWELFTH", &["12TH"]),
    ("THIRTEENTH", &["13TH"]),
    ("FOURTEENTH", &["14TH"]),
    ("FIFTEENTH", &["15TH"]),
    ("SIXTEENTH", &["16TH"]),
    ("SEVENTEENTH", &["17TH"]),
    ("EIGHTEENTH", &["18TH"]),
    ("NINETEENTH", &["19TH"]),
    ("TWENTIETH", &["20TH"]),
];

const DIRECTIONS: &[&str] = &["N", "S", "E", "W", "NE", "NW", "SE", "SW"];

/// Words that say what kind of street it is, in the spelling of [`SPELLINGS`].
const STREET_TYPES: &[&str] = &[
    "ALY", "AVE", "BLVD", "CIR", "CT", "DR", "EXPY", "EXT", "FWY", "HILL", "HWY", "LN", "LNDG",
    "LOOP", "MEWS", "PATH", "PK", "PKWY", "PL", "PLZ", "PT", "RD", "RDG", "ROW", "RUN", "SQ", "ST",
    "TER", "TPK", "TRL", "WALK", "WAY", "XING",
];

/// The words of a text, in the spelling in which they are compared.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for character in text.chars() {
        match plain(character) {
            Some(letter) => word.push(letter),
            // `O'Brien` is one word, `St.` has no point.
            None if matches!(character, '\'' | '\u{2019}' | '.' | '`') => {}
            None => finish(&mut words, &mut word),
        }
    }
    finish(&mut words, &mut word);
    words
}

fn finish(words: &mut Vec<String>, word: &mut String) {
    if !word.is_empty() {
        words.push(spelling(word).to_owned());
        word.clear();
    }
}

fn spelling(word: &str) -> &str {
    let found = SPELLINGS.iter().find(|(_, others)| others.contains(&word));
    found.map_or(word, |(common, _)| *common)
}

/// The character in upper case without its accent; `None` for what separates words.
fn plain(character: char) -> Option<char> {
    let base = match character {
        'à'..='å' | 'À'..='Å' => 'A',
        'ç' | 'Ç' => 'C',
        'è'..='ë' | 'È'..='Ë' => 'E',
        'ì'..='ï' | 'Ì'..='Ï' => 'I',
        'ñ' | 'Ñ' => 'N',
        'ò'..='ö' | 'Ò'..='Ö' => 'O',
        'ù'..='ü' | 'Ù'..='Ü' => 'U',
        other if other.is_alphanumeric() => other.to_uppercase().next().unwrap_or(other),
        _ => return None,
    };
    Some(base)
}

pub(crate) fn is_direction(word: &str) -> bool {
    DIRECTIONS.contains(&word)
}

pub(crate) fn is_street_type(word: &str) -> bool {
    STREET_TYPES.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_come_together() {
        assert_eq!(words("Massachusetts Avenue"), ["MASSACHUSETTS", "AVE"]);
        assert_eq!(words("Msgr. O'Brien  Hwy"), ["MSGR", "OBRIEN", "HWY"]);
        assert_eq!(words("3rd street"), words("Third St."));
        assert_eq!(words("North First St"), ["N", "FIRST", "ST"]);
        assert_eq!(words("Saint Paul"), words("St Paul"));
        assert_eq!(words("Café/Río"), ["CAFE", "RIO"]);
        assert!(words(" -,/ ").is_empty());
    }

    #[test]
    fn no_word_has_two_spellings() {
        let all: Vec<&str> =
            SPELLINGS.iter().flat_map(|(to, from)| from.iter().chain([to])).copied().collect();
        for word in &all {
            assert_eq!(all.iter().filter(|other| *other == word).count(), 1, "{word}");
        }
    }
}
