//! Names come from GLOSSARY.md; the words below name nothing and are refused.
//!
//! Only what we declare is read, so that names of the libraries do not count.

use crate::scanner;
use crate::tree::{File, Finding, Tree};

/// Words that say nothing, wherever they stand in a declared name.
const EMPTY_WORDS: &[&str] =
    &["manager", "helper", "helpers", "util", "utils", "stuff", "misc", "thing", "things"];
/// Words that a type may carry, but not end in.
const EMPTY_ENDINGS: &[&str] = &["data", "info", "service", "object", "impl"];
/// `OutOfService` and `CallForService` are the field's own words.
const BEFORE_SERVICE: &[&str] = &["of", "in", "for"];
/// Verbs that hide what is done.
const EMPTY_VERBS: &[&str] = &["process", "manage"];
/// Files that everyone would import.
const EMPTY_FILES: &[&str] = &["common", "types", "shared", "utils", "util", "helpers", "misc"];

const DECLARES_TYPE: &[&str] = &["struct", "enum", "trait", "type", "union", "class", "interface"];
const DECLARES_FUNCTION: &[&str] = &["fn", "function"];
const DECLARES_VALUE: &[&str] = &["const", "static", "mod", "let"];

const MEND: &str = "name it after GLOSSARY.md, or after what it does";

fn check_names(tree: &Tree) -> Vec<Finding> {
    let files = tree.with_extension(&["rs", "ts", "svelte"]).filter(|file| !file.is_generated());
    files.flat_map(check_file).collect()
}

fn check_file(file: &File) -> Vec<Finding> {
    let stem = file.name().split('.').next().unwrap_or_default();
    let mut findings = Vec::new();
    if file.path.contains("/src/") && EMPTY_FILES.contains(&stem) {
        findings.push(Finding::new(&file.path, 1, format!("a file called `{stem}`"), MEND));
    }
    let code = match file.extension() {
        "rs" => scanner::split(file.text()).code,
        _ => file.text().to_owned(),
    };
    for (index, line) in code.lines().enumerate() {
        for (kind, name) in declared(line) {
            if let Some(word) = empty_word(kind, name) {
                let fault = format!("`{word}` in the name `{name}`");
                findings.push(Finding::new(&file.path, index + 1, fault, MEND));
            }
        }
    }
    findings
}

/// Pairs of declaring word and name on one line.
fn declared(line: &str) -> Vec<(&str, &str)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let line = line.split("//").next().unwrap_or_default();
    let words: Vec<&str> = line.split_whitespace().collect();
    let pairs = words.windows(2).filter_map(|pair| match pair {
        [kind, rest] => Some((*kind, rest.split(|c| !is_word(c)).next()?)),
        _ => None,
    });
    let all = [DECLARES_TYPE, DECLARES_FUNCTION, DECLARES_VALUE].concat();
    pairs.filter(|(kind, name)| all.contains(kind) && !name.is_empty()).collect()
}

fn empty_word(kind: &str, name: &str) -> Option<String> {
    let words = words_of(name);
    let anywhere = words.iter().find(|word| EMPTY_WORDS.contains(&word.as_str()));
    let last = words.last().filter(|word| EMPTY_ENDINGS.contains(&word.as_str()));
    let before_last = words.iter().rev().nth(1).map_or("", String::as_str);
    let is_field_word = BEFORE_SERVICE.contains(&before_last);
    let ending = last.filter(|_| DECLARES_TYPE.contains(&kind) && !is_field_word);
    let verb = words.first().filter(|word| EMPTY_VERBS.contains(&word.as_str()));
    let verb = verb.filter(|_| DECLARES_FUNCTION.contains(&kind));
    anywhere.or(ending).or(verb).cloned()
}

/// `CallQueue` and `call_queue` both give `call`, `queue`.
fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before_is_lower = false;
    for c in name.chars() {
        if c == '_' || (c.is_uppercase() && before_is_lower) {
            words.push(String::new());
        }
        before_is_lower = c.is_lowercase() || c.is_ascii_digit();
        if let Some(word) = words.last_mut().filter(|_| c != '_') {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// `TODO(kind, owner): what` is the only form, in comments of code and in scripts.
fn check_todos(tree: &Tree) -> Vec<Finding> {
    let kinds = ["rs", "ts", "svelte", "sh", "toml", "mjs", "js", "scenario"];
    let files = tree.with_extension(&kinds).filter(|file| !file.is_generated());
    let todo = concat!("TO", "DO");
    let fixme = concat!("FIX", "ME");
    let mend = "say `(kind, owner): what` after it, or do it now";
    let mut findings = Vec::new();
    for file in files {
        let text = match file.extension() {
            "rs" => scanner::split(file.text()).comments,
            _ => file.text().to_owned(),
        };
        for (index, line) in text.lines().enumerate() {
            let bare = line.split(todo).skip(1).any(|rest| !says_kind_and_owner(rest));
            if bare || line.contains(fixme) {
                let fault = "unfinished work without kind and owner";
                findings.push(Finding::new(&file.path, index + 1, fault, mend));
            }
        }
    }
    findings
}

fn says_kind_and_owner(rest: &str) -> bool {
    let inner = rest.strip_prefix('(').and_then(|rest| rest.split_once("):"));
    let pair = inner.and_then(|(inner, _)| inner.split_once(", "));
    pair.is_some_and(|(kind, owner)| !kind.is_empty() && !owner.is_empty())
}

/// One word, one meaning: no term has two rows in GLOSSARY.md, nor is two rows' synonym.
fn check_glossary(tree: &Tree) -> Vec<Finding> {
    let mut seen: Vec<String> = Vec::new();
    let mut findings = Vec::new();
    let lines = tree.file("GLOSSARY.md").into_iter().flat_map(File::lines);
    for (line, text) in lines {
        for term in terms_of(text) {
            if seen.contains(&term) {
                let fault = format!("`{term}` has a row already");
                let mend = "join the two rows, or give one another word";
                findings.push(Finding::new("GLOSSARY.md", line, fault, mend));
            }
            seen.push(term);
        }
    }
    findings
}

/// The first cell of a row of a table of terms, split at ` / ` into synonyms.
fn terms_of(line: &str) -> Vec<String> {
    let cell = line.strip_prefix("| **").and_then(|rest| rest.split_once("**"));
    let cell = cell.map_or("", |(cell, _)| cell);
    cell.split(" / ").map(|term| term.trim().to_lowercase()).filter(|t| !t.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{expect_none, expect_one};

    const PATH: &str = "crates/center/src/boards/units.rs";

    fn names(line: &str) -> Vec<Finding> {
        check_names(&Tree::planted(&[(PATH, line)]))
    }

    #[test]
    fn declared_names_say_something() {
        expect_none(&check_names(Tree::of_repository()));
    }

    #[test]
    fn empty_words_are_found() {
        let lines = [
            "pub struct UnitManager;",
            "fn process_call() {}",
            "mod helpers;",
            "struct CallInfo {",
            "enum UnitData {",
            "trait CallService {",
        ];
        for line in lines {
            expect_one(&names(line), PATH, 1);
        }
        let path = "console/src/lib/utils.ts";
        expect_one(&check_names(&Tree::planted(&[(path, "")])), path, 1);
    }

    #[test]
    fn the_fields_own_words_are_not() {
        let lines = [
            "struct OutOfService;",
            "fn data_dir() {}",
            "let info = 1;",
            "use std::process::Command;",
            "fn utility_pole() {}",
            "struct ClassOfService {",
        ];
        for line in lines {
            expect_none(&names(line));
        }
    }

    #[test]
    fn unfinished_work_has_a_kind_and_an_owner() {
        expect_none(&check_todos(Tree::of_repository()));
    }

    #[test]
    fn unfinished_work_without_an_owner_is_found() {
        let good = "// TODO(speed, roads): a heap of buckets";
        expect_none(&check_todos(&Tree::planted(&[(PATH, good)])));
        let bad = format!("{good}\n// TODO: later\n");
        expect_one(&check_todos(&Tree::planted(&[(PATH, &bad)])), PATH, 2);
    }

    #[test]
    fn every_glossary_term_has_one_row() {
        let tree = Tree::of_repository();
        let lines = tree.file("GLOSSARY.md").into_iter().flat_map(File::lines);
        assert!(lines.flat_map(|(_, line)| terms_of(line)).count() > 80, "GLOSSARY.md has no rows");
        expect_none(&check_glossary(tree));
    }

    #[test]
    fn a_term_with_two_rows_is_found() {
        let text = "| **Call** | A request. |\n| **Incident / call** | What happened. |\n";
        expect_one(&check_glossary(&Tree::planted(&[("GLOSSARY.md", text)])), "GLOSSARY.md", 2);
    }
}
