//! Words of the language, and what somebody may have meant.

/// The first word of each statement, as a text usually has them.
pub(crate) const STATEMENTS: [&str; 14] = [
    "policy",
    "about",
    "outcome",
    "accommodation",
    "define",
    "impossible",
    "never",
    "worse",
    "floor",
    "allow",
    "override",
    "rule",
    "otherwise",
    "expect",
];

/// Words that cannot be names, since a list of names ends at them.
const RESERVED: [&str; 11] =
    ["and", "or", "not", "in", "then", "when", "by", "with", "may", "between", "nobody"];

/// Whether a word belongs to the language.
pub(crate) fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word) || STATEMENTS.contains(&word)
}

/// `accepted are ...`, led by the one that was probably meant. A long list is cut, and says so.
pub(crate) fn accepted_near(given: &str, names: &[&str]) -> String {
    let near = names
        .iter()
        .map(|name| (distance(given, name), *name))
        .filter(|(steps, name)| *steps <= 1 + name.chars().count() / 4)
        .min();
    let shown: Vec<String> = names.iter().take(SHOWN_MAX).map(|name| format!("`{name}`")).collect();
    let more = names.len().saturating_sub(SHOWN_MAX);
    let list = match (shown.as_slice(), more) {
        ([], _) => "nothing is declared yet that would be accepted here".to_owned(),
        ([one], _) => format!("accepted is {one}"),
        (many, 0) => format!("accepted are {}", many.join(", ")),
        (many, more) => format!("accepted are {} and {more} more", many.join(", ")),
    };
    match near {
        Some((_, name)) => format!("did you mean `{name}`? {list}"),
        None => list,
    }
}

const SHOWN_MAX: usize = 12;

/// Letters to add, drop, change or swap to get from one word to the other (restricted
/// Damerau-Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let from: Vec<char> = from.chars().collect();
    let to: Vec<char> = to.chars().collect();
    let mut rows: Vec<Vec<usize>> = vec![(0..=to.len()).collect()];
    let cell = |rows: &[Vec<usize>], row: usize, column: usize| {
        rows.get(row).and_then(|row| row.get(column)).copied().unwrap_or(usize::MAX / 2)
    };
    for (row, a) in (1..).zip(&from) {
        rows.push(vec![row]);
        for (column, b) in (1..).zip(&to) {
            let mut best = cell(&rows, row - 1, column - 1) + usize::from(a != b);
            best = best.min(cell(&rows, row - 1, column) + 1).min(cell(&rows, row, column - 1) + 1);
            let swapped = row > 1
                && column > 1
                && from.get(row - 2) == Some(b)
                && to.get(column - 2) == Some(a);
            if swapped {
                best = best.min(cell(&rows, row - 2, column - 2) + 1);
            }
            if let Some(line) = rows.last_mut() {
                line.push(best);
            }
        }
    }
    cell(&rows, from.len(), to.len())
}
