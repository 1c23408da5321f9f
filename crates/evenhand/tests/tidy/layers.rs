//! Who may depend on whom. The table says the same as "Allowed dependencies" in
//! ARCHITECTURE.md; a new row needs a decision record.

use crate::manifests::{self, Dependency, Manifest, Workspace};
use crate::scanner;
use crate::tree::{Finding, Tree};

const CENTER_NEEDS: &[&str] = &["core", "policy", "map", "roads", "places", "recommend", "journal"];

const ALL_BELOW_THE_EDGE: &[&str] = &[
    "core",
    "journal",
    "map",
    "roads",
    "places",
    "policy",
    "intake",
    "alerting",
    "recommend",
    "center",
    "audit",
];

const THE_COMMAND_LINE_NEEDS: &[&str] = &[
    "core",
    "journal",
    "map",
    "roads",
    "places",
    "policy",
    "intake",
    "alerting",
    "recommend",
    "center",
    "audit",
    "server",
    "phone",
    "sim",
];

/// Folder, and the folders of ours that it may depend on.
const ALLOWED: &[(&str, &[&str])] = &[
    ("core", &[]),
    ("journal", &[]),
    ("map", &[]),
    ("roads", &["map"]),
    ("places", &["map"]),
    ("policy", &["core"]),
    ("intake", &["core"]),
    ("alerting", &["core"]),
    ("recommend", &["core", "roads"]),
    ("center", CENTER_NEEDS),
    ("audit", CENTER_NEEDS),
    ("server", ALL_BELOW_THE_EDGE),
    ("phone", &["intake", "server"]),
    ("sim", ALL_BELOW_THE_EDGE),
    ("evenhand", THE_COMMAND_LINE_NEEDS),
];

/// The core takes this from outside, and nothing else; its tests may also write JSON.
const CORE_TAKES: &[&str] = &["serde"];
const CORE_TESTS_TAKE: &[&str] = &["serde", "serde_json", "proptest"];

/// Only these crates touch the network or an async runtime.
const EDGE: &[&str] = &["server", "phone", "evenhand"];
const EDGE_CRATES: &[&str] =
    &["tokio", "tokio-tungstenite", "axum", "tower", "tower-http", "hyper", "ureq", "futures"];
const EDGE_WORDS: &[&str] =
    &["TcpListener", "TcpStream", "UdpSocket", "UnixListener", "UnixStream", "async", "await"];

const ARCHITECTURE: &str = "ARCHITECTURE.md";
const ALLOWED_MEND: &str = "depend on what ARCHITECTURE.md allows, or write a decision record \
                            and add the row here and there";

fn check_manifests(tree: &Tree) -> Vec<Finding> {
    let workspace = manifests::workspace(tree);
    let manifests = manifests::manifests(tree);
    manifests.iter().flat_map(|manifest| check_manifest(manifest, &workspace)).collect()
}

fn check_manifest(manifest: &Manifest, workspace: &Workspace) -> Vec<Finding> {
    let Some((folder, allowed)) = ALLOWED.iter().find(|(folder, _)| *folder == manifest.folder)
    else {
        let fault = format!("crate `{}` is not in the table of layers", manifest.folder);
        return vec![Finding::new(&manifest.path, 1, fault, ALLOWED_MEND)];
    };
    let mut findings: Vec<Finding> = manifest
        .dependencies
        .iter()
        .filter_map(|dependency| fault_of(folder, allowed, dependency, workspace))
        .map(|(line, fault)| Finding::new(&manifest.path, line, fault, ALLOWED_MEND))
        .collect();
    if !manifest.takes_workspace_lints {
        let mend = "add `[lints]` with `workspace = true`";
        findings.push(Finding::new(&manifest.path, 1, "lints are not the workspace's", mend));
    }
    findings
}

fn fault_of(
    folder: &str,
    allowed: &[&str],
    dependency: &Dependency,
    workspace: &Workspace,
) -> Option<(usize, String)> {
    let name = dependency.name.as_str();
    let of_core = if dependency.is_dev { CORE_TESTS_TAKE } else { CORE_TAKES };
    let fault = match workspace.folder_of(name) {
        Some(ours) if ours == folder || allowed.contains(&ours) => return None,
        Some(ours) => format!("`{folder}` depends on `{ours}`, allowed are {allowed:?}"),
        None if folder == "core" && !of_core.contains(&name) => {
            format!("`core` takes `{name}` from outside, allowed are {of_core:?}")
        }
        None if EDGE_CRATES.contains(&name) && !EDGE.contains(&folder) => {
            format!("`{folder}` takes `{name}`, which only {EDGE:?} may")
        }
        None => return None,
    };
    Some((dependency.line, fault))
}

/// Sockets and async also come without a dependency.
fn check_sockets(tree: &Tree) -> Vec<Finding> {
    let inside = tree
        .rust()
        .filter(|file| file.crate_folder().is_some_and(|folder| !EDGE.contains(&folder)));
    inside
        .flat_map(|file| {
            let code = scanner::split(file.text()).code;
            scanner::find_words(&code, EDGE_WORDS)
                .into_iter()
                .map(|(line, word)| {
                    let fault = format!("`{word}` outside {EDGE:?}");
                    let mend = "keep sockets and waiting at the edge; pass bytes and time in";
                    Finding::new(&file.path, line, fault, mend)
                })
                .collect::<Vec<_>>()
        })
        .collect()
}

/// A dependency that no crate takes is one to remove.
fn check_unused(tree: &Tree) -> Vec<Finding> {
    let manifests = manifests::manifests(tree);
    let taken = |name: &str| {
        manifests.iter().any(|manifest| manifest.dependencies.iter().any(|d| d.name == name))
    };
    let external = manifests::workspace(tree).external;
    let unused = external.iter().filter(|dependency| !taken(&dependency.name));
    unused
        .map(|dependency| {
            let fault = format!("no crate takes `{}`", dependency.name);
            Finding::new("Cargo.toml", dependency.line, fault, "remove the line")
        })
        .collect()
}

/// ARCHITECTURE.md shows the same table, and a row for every crate that is here.
fn check_architecture(tree: &Tree) -> Vec<Finding> {
    let text = tree.file(ARCHITECTURE).map(|file| file.text()).unwrap_or_default();
    let here = manifests::manifests(tree);
    let crates = here.iter().map(|manifest| format!("| `crates/{}/` |", manifest.folder));
    let rows = ALLOWED.iter().map(|(folder, allowed)| row_of(folder, allowed));
    let lacking = rows.chain(crates).filter(|row| !text.lines().any(|line| line.starts_with(row)));
    lacking
        .map(|row| {
            let mend = "correct the table there, or the one in tests/tidy/layers.rs";
            Finding::new(ARCHITECTURE, 1, format!("no row `{row}`"), mend)
        })
        .collect()
}

fn row_of(folder: &str, allowed: &[&str]) -> String {
    let names: Vec<String> = allowed.iter().map(|name| format!("`{name}`")).collect();
    let nothing = if names.is_empty() { "nothing of ours" } else { "" };
    format!("| `{folder}` | {}{nothing} |", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{expect_none, expect_one};

    const ROOT: (&str, &str) = (
        "Cargo.toml",
        "[workspace.dependencies]\nevenhand-core = { path = \"crates/core\" }\n\
         server = { path = \"crates/server\" }\ntokio = \"1\"\n",
    );

    fn planted(path: &str, dependencies: &str) -> Tree {
        let text = format!("[lints]\nworkspace = true\n[dependencies]\n{dependencies}\n");
        Tree::planted(&[ROOT, (path, &text)])
    }

    #[test]
    fn crates_depend_only_on_what_the_architecture_allows() {
        expect_none(&check_manifests(Tree::of_repository()));
    }

    #[test]
    fn a_dependency_upwards_is_found() {
        let tree = planted("crates/center/Cargo.toml", "server.workspace = true");
        expect_one(&check_manifests(&tree), "crates/center/Cargo.toml", 4);
    }

    #[test]
    fn a_runtime_in_the_centre_is_found() {
        let tree = planted("crates/sim/Cargo.toml", "tokio.workspace = true");
        expect_one(&check_manifests(&tree), "crates/sim/Cargo.toml", 4);
    }

    #[test]
    fn anything_but_serde_in_core_is_found() {
        let tree = planted("crates/core/Cargo.toml", "serde.workspace = true\ncsv = \"1\"");
        expect_one(&check_manifests(&tree), "crates/core/Cargo.toml", 5);
    }

    #[test]
    fn a_crate_without_a_row_is_found() {
        let tree = planted("crates/common/Cargo.toml", "");
        expect_one(&check_manifests(&tree), "crates/common/Cargo.toml", 1);
    }

    #[test]
    fn a_crate_without_the_lints_is_found() {
        let tree = Tree::planted(&[ROOT, ("crates/map/Cargo.toml", "[package]\n")]);
        expect_one(&check_manifests(&tree), "crates/map/Cargo.toml", 1);
    }

    #[test]
    fn sockets_and_waiting_stay_at_the_edge() {
        expect_none(&check_sockets(Tree::of_repository()));
    }

    #[test]
    fn a_socket_inside_is_found() {
        let text = "// a TcpStream here\nuse std::net::TcpStream;\n";
        let tree =
            Tree::planted(&[("crates/sim/src/lib.rs", text), ("crates/server/src/lib.rs", text)]);
        expect_one(&check_sockets(&tree), "crates/sim/src/lib.rs", 2);
    }

    #[test]
    fn the_architecture_shows_the_same_table() {
        expect_none(&check_architecture(Tree::of_repository()));
    }

    #[test]
    fn a_row_that_the_architecture_lacks_is_found() {
        let rows: Vec<String> = ALLOWED.iter().map(|(f, allowed)| row_of(f, allowed)).collect();
        let stale = rows.join("\n").replace("| `roads` | `map` |", "| `roads` | `core` |");
        expect_one(&check_architecture(&Tree::planted(&[(ARCHITECTURE, &stale)])), ARCHITECTURE, 1);
    }

    #[test]
    fn every_offered_dependency_is_taken() {
        expect_none(&check_unused(Tree::of_repository()));
    }

    #[test]
    fn a_dependency_that_nobody_takes_is_found() {
        expect_one(&check_unused(&Tree::planted(&[ROOT])), "Cargo.toml", 4);
    }
}
