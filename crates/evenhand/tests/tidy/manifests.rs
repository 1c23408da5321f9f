//! Reads from the manifests who depends on what: the few forms of TOML that they use.

use crate::tree::Tree;

/// One line that names a dependency.
#[derive(Debug, PartialEq, Eq)]
pub struct Dependency {
    pub name: String,
    pub line: usize,
    /// In `[dev-dependencies]`, for tests only.
    pub is_dev: bool,
}

/// A crate of ours: its folder under `crates/` and its direct dependencies.
pub struct Manifest {
    pub path: String,
    pub folder: String,
    pub dependencies: Vec<Dependency>,
    pub takes_workspace_lints: bool,
}

/// What the root manifest offers to the crates.
#[derive(Default)]
pub struct Workspace {
    /// Name as the crates write it, and the folder under `crates/`.
    pub ours: Vec<(String, String)>,
    /// Everything from outside, with its line.
    pub external: Vec<Dependency>,
}

impl Workspace {
    /// The folder of a dependency of ours, or nothing for one from outside.
    pub fn folder_of(&self, name: &str) -> Option<&str> {
        let found = self.ours.iter().find(|(ours, _)| ours == name);
        found.map(|(_, folder)| folder.as_str())
    }
}

pub fn workspace(tree: &Tree) -> Workspace {
    let mut workspace = Workspace::default();
    let text = tree.file("Cargo.toml").map(|file| file.text()).unwrap_or_default();
    for entry in entries(text) {
        if entry.section != "workspace.dependencies" {
            continue;
        }
        match folder_in(&entry.value) {
            Some(folder) => workspace.ours.push((entry.key, folder)),
            None => workspace.external.push(Dependency {
                name: entry.key,
                line: entry.line,
                is_dev: false,
            }),
        }
    }
    workspace
}

pub fn manifests(tree: &Tree) -> Vec<Manifest> {
    let ours = tree.files.iter().filter(|file| file.name() == "Cargo.toml");
    ours.filter_map(|file| {
        let folder = file.crate_folder()?;
        let depth_of_a_crate = 3;
        (file.path.split('/').count() == depth_of_a_crate)
            .then(|| manifest(&file.path, folder, file.text()))
    })
    .collect()
}

fn manifest(path: &str, folder: &str, text: &str) -> Manifest {
    let mut dependencies = Vec::new();
    let mut takes_workspace_lints = false;
    for entry in entries(text) {
        takes_workspace_lints |= entry.section == "lints" && entry.key == "workspace";
        dependencies.extend(dependency(entry));
    }
    Manifest {
        path: path.to_owned(),
        folder: folder.to_owned(),
        dependencies,
        takes_workspace_lints,
    }
}

/// `[dependencies] name = ...`, `[dependencies] name.workspace = true`, `[dependencies.name]`,
/// each also for tests, for build scripts and under a target.
fn dependency(entry: Entry) -> Option<Dependency> {
    let kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
    let parts: Vec<&str> = entry.section.rsplit('.').take(2).collect();
    let (kind, name) = match *parts.as_slice() {
        [kind, ..] if kinds.contains(&kind) => (kind, entry.key.split('.').next()?.to_owned()),
        [name, kind] if kinds.contains(&kind) => (kind, name.to_owned()),
        _ => return None,
    };
    Some(Dependency { name, line: entry.line, is_dev: kind == "dev-dependencies" })
}

/// `key = value` with the section it stands in.
struct Entry {
    section: String,
    key: String,
    value: String,
    line: usize,
}

fn entries(text: &str) -> Vec<Entry> {
    let mut section = String::new();
    let mut entries = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.clone_into(&mut section);
        } else if let Some((key, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) {
            let key = key.trim().to_owned();
            let value = value.trim().to_owned();
            entries.push(Entry { section: section.clone(), key, value, line: index + 1 });
        }
    }
    entries
}

fn folder_in(value: &str) -> Option<String> {
    let (_, rest) = value.split_once("path = \"crates/")?;
    rest.split('"').next().map(str::to_owned)
}

/// Packages named in the console's `package.json`, with their lines.
pub fn npm_packages(tree: &Tree) -> Vec<Dependency> {
    let text = tree.file("console/package.json").map(|file| file.text()).unwrap_or_default();
    let mut inside = false;
    let mut packages = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with("\"dependencies\"") || line.starts_with("\"devDependencies\"") {
            inside = true;
        } else if line.starts_with('}') {
            inside = false;
        } else if let Some(name) = line.split('"').nth(1).filter(|_| inside) {
            packages.push(Dependency { name: name.to_owned(), line: index + 1, is_dev: false });
        }
    }
    packages
}

#[test]
fn dependencies_are_read_in_every_form_we_write() {
    let text = "[dependencies]\nserde.workspace = true\nmap = { workspace = true }\n\
                [dev-dependencies.proptest]\nworkspace = true\n[lints]\nworkspace = true\n";
    let read = manifest("crates/roads/Cargo.toml", "roads", text);
    let names: Vec<(&str, bool)> =
        read.dependencies.iter().map(|d| (d.name.as_str(), d.is_dev)).collect();
    assert_eq!(names, [("serde", false), ("map", false), ("proptest", true)]);
    assert!(read.takes_workspace_lints);
}

#[test]
fn the_workspace_tells_ours_from_outside() {
    let text = "[workspace.dependencies]\nmap = { path = \"crates/map\" }\nserde = \"1\"\n";
    let read = workspace(&Tree::planted(&[("Cargo.toml", text)]));
    assert_eq!(read.folder_of("map"), Some("map"));
    assert_eq!(read.external.first().map(|d| (d.name.as_str(), d.line)), Some(("serde", 3)));
}

#[test]
fn packages_of_the_console_are_read() {
    let text =
        "{\n  \"name\": \"console\",\n  \"devDependencies\": {\n    \"vite\": \"^8\"\n  }\n}\n";
    let read = npm_packages(&Tree::planted(&[("console/package.json", text)]));
    assert_eq!(read.first().map(|d| (d.name.as_str(), d.line)), Some(("vite", 4)));
}
