//! Nothing in the repository names the place where it was made: no folders of one machine,
//! no registry's host, no default path to data that may not ship.

use crate::tree::{Finding, Tree};

/// Written in halves, so that this file is not its own finding.
const HOSTS: &[&str] = &[
    concat!("crates", ".io"),
    concat!("npmjs", ".org"),
    concat!("npmjs", ".com"),
    concat!("pypi", ".org"),
    concat!("pythonhosted", ".org"),
    concat!("deb.debian", ".org"),
    concat!("proxy.golang", ".org"),
];
const FOLDERS: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/tmp/bash", "_jobs"),
    concat!("/tmp/", "slot"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
];
/// The data that may not ship is found through `EVENHAND_DATA`, in code without a default.
const DATA_FOLDER: &str = concat!("shared", "/data");
const SETS_THE_DATA_FOLDER: &[&str] = &[".ci/run"];
/// Written by a tool that names where it took a package from.
const LOCK_FILES: &[&str] = &["Cargo.lock"];

fn check(tree: &Tree) -> Vec<Finding> {
    let files = tree.files.iter().filter(|file| !LOCK_FILES.contains(&file.name()));
    let mut findings = Vec::new();
    for file in files.filter(|file| !file.path.starts_with("console/dist/")) {
        for (line, text) in file.lines() {
            if let Some((word, mend)) = fault_in(&file.path, text) {
                let fault = format!("`{word}` belongs to one machine, not to the repository");
                findings.push(Finding::new(&file.path, line, fault, mend));
            }
        }
    }
    findings
}

fn fault_in<'a>(path: &str, line: &str) -> Option<(&'a str, &'a str)> {
    let host = HOSTS.iter().find(|host| line.contains(**host));
    let folder = FOLDERS.iter().find(|folder| names_folder(line, folder));
    let may_set = SETS_THE_DATA_FOLDER.contains(&path);
    let data = line.contains(DATA_FOLDER) && !may_set;
    match (host, folder) {
        (Some(host), _) => Some((*host, "say `the package registry`")),
        (_, Some(folder)) => Some((*folder, "take the path as an argument or from a variable")),
        _ if data => Some((DATA_FOLDER, "read it through `EVENHAND_DATA`, skip with a reason")),
        _ => None,
    }
}

/// The folder at the start of a path, not in the middle of one.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        before.is_none_or(|c| !(c.is_alphanumeric() || "._-/".contains(c)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{expect_none, expect_one};

    fn planted(path: &str, line: &str) -> Vec<Finding> {
        check(&Tree::planted(&[(path, line)]))
    }

    #[test]
    fn nothing_names_the_place_where_it_was_made() {
        expect_none(&check(Tree::of_repository()));
    }

    #[test]
    fn a_machines_folder_a_host_and_a_default_path_are_found() {
        for word in HOSTS.iter().chain(FOLDERS).chain([&DATA_FOLDER]) {
            expect_one(&planted("docs/a.md", &format!("see `{word}`")), "docs/a.md", 1);
        }
    }

    #[test]
    fn the_same_words_inside_other_paths_are_fine() {
        expect_none(&planted("docs/a.md", &format!("see docs{}plan.md", concat!("/wo", "rk/"))));
        expect_none(&planted(".ci/run", DATA_FOLDER));
        expect_none(&planted("Cargo.lock", concat!("crates", ".io")));
    }
}
