//! Every file in `malformed/` is refused with exactly the words that stand at its end after `#>`.
//!
//! A file holds the sections that it is about; they take the place of those of `good.toml`, and a
//! first line `#- timers` drops more. `EVENHAND_BLESS=1` writes the words anew, to be read before
//! they are committed.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]

use evenhand_policy::Policy;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/malformed")
}

/// `run_card` for `[[run_card.level]]`; nothing for a line that is no header.
fn section_of(line: &str) -> Option<&str> {
    let name = line.strip_prefix('[')?.trim_start_matches('[');
    name.split(['.', ']']).next()
}

/// `good.toml` without some of its sections; their lines stay, blank.
fn good_without(dropped: &[&str]) -> String {
    let mut text = String::new();
    let mut drop = false;
    for line in include_str!("good.toml").lines() {
        if let Some(section) = section_of(line) {
            drop = dropped.contains(&section);
        }
        text.push_str(if drop { "" } else { line });
        text.push('\n');
    }
    text
}

fn problems_of(name: &str, text: &str) -> String {
    let mut dropped: Vec<&str> = text.lines().filter_map(section_of).collect();
    dropped.extend(
        text.lines().filter_map(|line| line.strip_prefix("#- ")).flat_map(str::split_whitespace),
    );
    let problems = Policy::load(&[(name, text), ("good.toml", &good_without(&dropped))])
        .expect_err("a malformed policy was accepted");
    problems.iter().fold(String::new(), |mut all, problem| {
        writeln!(all, "#> {problem}").unwrap();
        all
    })
}

#[test]
fn the_good_one_is_good() {
    Policy::load(&[("good.toml", include_str!("good.toml"))]).unwrap();
}

#[test]
fn each_fault_is_told_with_its_place_and_mend() {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 30, "only {} malformed files", paths.len());
    let mut wrong = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let given: String = text
            .lines()
            .filter(|line| !line.starts_with("#>"))
            .fold(String::new(), |all, line| all + line + "\n");
        let told = problems_of(name, &given);
        let expected: String = text
            .lines()
            .filter(|line| line.starts_with("#>"))
            .fold(String::new(), |all, line| all + line + "\n");
        if std::env::var_os("EVENHAND_BLESS").is_some() {
            fs::write(&path, given + &told).unwrap();
        } else if told != expected {
            wrong.push(format!("{name} tells\n{told}and not\n{expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
