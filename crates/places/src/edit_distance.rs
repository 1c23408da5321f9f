//! How differently two words are spelled.

/// Fewest letters to insert, leave out, replace or exchange with the next, to make `a` of `b`;
/// `None` if more than `limit`.
pub(crate) fn edit_distance(a: &str, b: &str, limit: usize) -> Option<usize> {
    // Most pairs end here, before anything is allocated: a search asks every street of the map.
    if a.chars().count().abs_diff(b.chars().count()) > limit || letters_apart(a, b) > 2 * limit {
        return None;
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (row, letter) in a.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, other) in b.iter().enumerate() {
            let cell =
                |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX);
            let replaced = cell(&last, column) + usize::from(letter != other);
            let inserted = cell(&current, column).min(cell(&last, column + 1)) + 1;
            let mut best = replaced.min(inserted);
            let is_exchange = row > 0
                && column > 0
                && a.get(row - 1) == Some(other)
                && b.get(column - 1) == Some(letter);
            if is_exchange {
                best = best.min(cell(&before_last, column - 1) + 1);
            }
            current.push(best);
        }
        if current.iter().min() > Some(&limit) {
            return None;
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last.last().copied().filter(|distance| *distance <= limit)
}

/// By how many the letters of two words differ, whatever their order. Replacing a letter makes two
/// of it, inserting or leaving out one, exchanging none; so more than twice the limit is too much.
/// 0 for words with letters outside ASCII.
fn letters_apart(a: &str, b: &str) -> usize {
    if !(a.is_ascii() && b.is_ascii()) {
        return 0;
    }
    let mut balance = [0_i16; 32];
    for (word, step) in [(a, 1), (b, -1)] {
        for byte in word.bytes() {
            if let Some(count) = balance.get_mut(usize::from(byte & 31)) {
                *count += step;
            }
        }
    }
    balance.iter().map(|count| usize::from(count.unsigned_abs())).sum()
}

/// How many letters a word of this length may differ in and still be taken for another.
pub(crate) fn tolerance(length: usize) -> usize {
    match length {
        0..=3 => 0,
        4..=5 => 1,
        6..=9 => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mistake_of_each_kind_counts_one() {
        for wrong in ["BRATLE", "BRATTTLE", "BRATTLA", "BRATLTE"] {
            assert_eq!(edit_distance("BRATTLE", wrong, 3), Some(1), "{wrong}");
        }
        assert_eq!(edit_distance("BRATTLE", "BRATTLE", 0), Some(0));
    }

    #[test]
    fn more_than_the_limit_is_no_match() {
        assert_eq!(edit_distance("BRATTLE", "BROADWAY", 3), None);
        assert_eq!(edit_distance("ELM", "ELMS", 0), None);
        assert_eq!(edit_distance("", "", 0), Some(0));
    }
}
