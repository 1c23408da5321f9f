//! The centre is one function of its inputs: no clock, chance, thread or hidden order.
//!
//! ARCHITECTURE.md, invariant 1, for the core; the middle layer keeps the part of it that
//! makes a replay equal to the first run.

use crate::scanner;
use crate::tree::{File, Finding, Tree};

const CORE_WORDS: &[&str] = &[
    "f32",
    "f64",
    "HashMap",
    "HashSet",
    "RandomState",
    "async",
    "await",
    "unsafe",
    "rand",
    "SystemTime",
    "Instant",
    "thread_local",
];
const CORE_PATHS: &[&str] =
    &["std::time", "std::fs", "std::net", "std::thread", "std::env", "std::io", "std::process"];

const MIDDLE: &[&str] = &["policy", "intake", "alerting", "recommend", "center"];
const MIDDLE_WORDS: &[&str] = &["SystemTime", "Instant", "HashMap", "HashSet", "RandomState"];
const MIDDLE_PATHS: &[&str] = &["std::net", "std::thread", "std::env", "std::process"];

const MEND: &str = "take it as an argument, use BTreeMap, or whole numbers";

fn check(tree: &Tree) -> Vec<Finding> {
    tree.rust().flat_map(check_file).collect()
}

fn check_file(file: &File) -> Vec<Finding> {
    let is_source = file.path.split('/').nth(2) == Some("src");
    match file.crate_folder().filter(|_| is_source) {
        Some("core") => {
            let code = scanner::split(file.text()).code;
            let mut findings = find(file, &code, CORE_WORDS, CORE_PATHS);
            findings.extend(float_literals(file, &code));
            findings
        }
        Some(folder) if MIDDLE.contains(&folder) => {
            find(file, &scanner::split(file.text()).code, MIDDLE_WORDS, MIDDLE_PATHS)
        }
        _ => Vec::new(),
    }
}

fn find(file: &File, code: &str, words: &[&str], paths: &[&str]) -> Vec<Finding> {
    let found = |line, what: &str| {
        let fault = format!("`{what}` where nothing hidden may come in");
        Finding::new(&file.path, line, fault, MEND)
    };
    let words = scanner::find_words(code, words).into_iter().map(|(line, word)| found(line, word));
    let paths = code.lines().enumerate().flat_map(|(index, line)| {
        paths.iter().filter(|path| line.contains(**path)).map(move |path| found(index + 1, path))
    });
    words.chain(paths).collect()
}

/// `1.5`, but not the `.0.1` of a tuple in a tuple, nor the `0..1` of a range.
fn float_literals(file: &File, code: &str) -> Vec<Finding> {
    let lines = code.lines().enumerate().filter(|(_, line)| has_float(line));
    lines.map(|(index, _)| Finding::new(&file.path, index + 1, "a float literal", MEND)).collect()
}

fn has_float(line: &str) -> bool {
    let chars: Vec<char> = line.chars().collect();
    chars.windows(3).enumerate().any(|(at, window)| {
        matches!(window, [a, '.', b] if a.is_ascii_digit() && b.is_ascii_digit())
            && starts_a_number(&chars, at)
    })
}

fn starts_a_number(chars: &[char], end: usize) -> bool {
    let before = chars.get(..=end).unwrap_or_default();
    let digits = |c: &&char| c.is_ascii_digit() || **c == '_';
    let first = before.iter().rev().find(|c| !digits(c));
    first.is_none_or(|c| !(c.is_alphanumeric() || *c == '.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{expect_none, expect_one};

    fn planted(path: &str, line: &str) -> Vec<Finding> {
        check(&Tree::planted(&[(path, &format!("//! Nothing.\n{line}\n"))]))
    }

    #[test]
    fn core_and_the_middle_take_no_clock_chance_or_hidden_order() {
        expect_none(&check(Tree::of_repository()));
    }

    #[test]
    fn a_float_in_core_is_found() {
        let path = "crates/core/src/unit.rs";
        expect_one(&planted(path, "fn a(x: f64) {}"), path, 2);
        expect_one(&planted(path, "const A: u8 = (12.5) as u8;"), path, 2);
    }

    #[test]
    fn a_clock_or_a_file_in_core_is_found() {
        let path = "crates/core/src/call.rs";
        expect_one(&planted(path, "use std::fs;"), path, 2);
        expect_one(&planted(path, "let at = Instant::now();"), path, 2);
    }

    #[test]
    fn a_hash_map_in_the_centre_is_found() {
        let path = "crates/center/src/step.rs";
        expect_one(&planted(path, "use std::collections::HashMap;"), path, 2);
    }

    #[test]
    fn tuples_ranges_and_words_in_comments_are_no_floats() {
        let line = "let a = b.0.1 + (0..10).len() + c1.2; // f64 in 1.5 s";
        expect_none(&planted("crates/core/src/unit.rs", line));
        expect_none(&planted("crates/core/tests/golden.rs", "use std::fs;"));
    }
}
