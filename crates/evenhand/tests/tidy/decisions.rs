//! Decision records have one form, and no dependency is without its paragraph.

use crate::manifests::{self, Dependency};
use crate::tree::{File, Finding, Tree};

const FOLDER: &str = "docs/decisions/";
const DEPENDENCIES: &str = "docs/decisions/dependencies.md";
const HEADINGS: &[&str] = &["## Context", "## Choice", "## Cost", "## When to look again"];
/// A paragraph that says why not ours takes more than this.
const PARAGRAPH_CHARS_MIN: usize = 80;

fn records(tree: &Tree) -> impl Iterator<Item = &File> {
    let records = tree.files.iter().filter(|file| file.path.starts_with(FOLDER));
    records.filter(|file| file.extension() == "md" && file.path != DEPENDENCIES)
}

fn check_records(tree: &Tree) -> Vec<Finding> {
    records(tree).filter_map(fault_of_record).collect()
}

fn fault_of_record(file: &File) -> Option<Finding> {
    let found: Vec<&str> = file.text().lines().filter(|line| line.starts_with("## ")).collect();
    let number = file.name().split('-').next().unwrap_or_default();
    let is_numbered = number.len() == 4 && number.chars().all(|c| c.is_ascii_digit());
    let fault = match (is_numbered, found == HEADINGS) {
        (false, _) => "a record without a number of four digits".to_owned(),
        (_, false) => format!("headings {found:?} instead of {HEADINGS:?}"),
        _ => return None,
    };
    let mend = "call it `0007-what-was-chosen.md` and give it the four headings in order";
    Some(Finding::new(&file.path, 1, fault, mend))
}

/// Every crate from outside and every package of the console, with where it is named.
fn direct_dependencies(tree: &Tree) -> Vec<(String, Dependency)> {
    let workspace = manifests::workspace(tree);
    let mut all: Vec<(String, Dependency)> = Vec::new();
    for manifest in manifests::manifests(tree) {
        let outside = manifest.dependencies.into_iter();
        let outside = outside.filter(|dependency| workspace.folder_of(&dependency.name).is_none());
        all.extend(outside.map(|dependency| (manifest.path.clone(), dependency)));
    }
    all.extend(workspace.external.into_iter().map(|d| ("Cargo.toml".to_owned(), d)));
    let npm = manifests::npm_packages(tree).into_iter();
    all.extend(npm.map(|d| ("console/package.json".to_owned(), d)));
    all
}

/// Names in `### name` headings that have a paragraph under them, with their lines.
fn paragraphs(file: &File) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut lines = file.lines().peekable();
    while let Some((line, text)) = lines.next() {
        let Some(name) = text.strip_prefix("### ") else { continue };
        let mut chars = 0;
        while let Some((_, body)) = lines.next_if(|(_, next)| !next.starts_with('#')) {
            chars += body.chars().count();
        }
        if chars >= PARAGRAPH_CHARS_MIN {
            found.push((line, name.trim_matches('`').to_owned()));
        }
    }
    found
}

fn check_dependencies(tree: &Tree) -> Vec<Finding> {
    let paragraphs = tree.file(DEPENDENCIES).map(paragraphs).unwrap_or_default();
    let direct = direct_dependencies(tree);
    let undefended = direct.iter().filter(|(_, d)| !paragraphs.iter().any(|(_, n)| *n == d.name));
    let mut findings: Vec<Finding> = undefended
        .map(|(path, dependency)| {
            let fault = format!("`{}` has no paragraph in {DEPENDENCIES}", dependency.name);
            let mend = "say there under `### name` why not ours and what is turned off";
            Finding::new(path, dependency.line, fault, mend)
        })
        .collect();
    let stale = paragraphs.iter().filter(|(_, name)| !direct.iter().any(|(_, d)| d.name == *name));
    findings.extend(stale.map(|(line, name)| {
        let fault = format!("`{name}` is no direct dependency");
        Finding::new(DEPENDENCIES, *line, fault, "remove the paragraph")
    }));
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{expect_none, expect_one};

    const GOOD: &str = "# T\n## Context\n## Choice\n## Cost\n## When to look again\n";
    const ROOT: &str = "[workspace.dependencies]\nserde = \"1\"\n";

    fn dependencies(text: &str) -> Vec<Finding> {
        check_dependencies(&Tree::planted(&[("Cargo.toml", ROOT), (DEPENDENCIES, text)]))
    }

    #[test]
    fn every_record_has_the_four_headings() {
        let tree = Tree::of_repository();
        assert!(records(tree).count() >= 5, "the first five records are gone");
        expect_none(&check_records(tree));
    }

    #[test]
    fn a_record_without_its_cost_or_number_is_found() {
        let path = "docs/decisions/0009-x.md";
        let bad = GOOD.replace("## Cost\n", "");
        expect_one(&check_records(&Tree::planted(&[(path, &bad)])), path, 1);
        expect_none(&check_records(&Tree::planted(&[(path, GOOD)])));
        let path = "docs/decisions/x.md";
        expect_one(&check_records(&Tree::planted(&[(path, GOOD)])), path, 1);
    }

    #[test]
    fn every_dependency_has_its_paragraph() {
        expect_none(&check_dependencies(Tree::of_repository()));
    }

    #[test]
    fn a_dependency_without_a_paragraph_is_found() {
        expect_one(&dependencies(""), "Cargo.toml", 2);
        expect_one(&dependencies("### `serde`\nToo short.\n"), "Cargo.toml", 2);
        let reason = "It writes our events, and a hand-written form would be long. ".repeat(2);
        let good = format!("### `serde`\n{reason}\n");
        expect_none(&dependencies(&good));
        let stale = format!("{good}### `left`\n{reason}\n");
        expect_one(&dependencies(&stale), DEPENDENCIES, 3);
    }
}
