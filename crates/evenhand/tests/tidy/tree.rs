//! The files of the repository as the checks see them, or a few planted ones.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Files above this size are data: they are known by name, and not read.
const READ_BYTES_MAX: u64 = 512 * 1024;

/// One file: its path from the root with `/`, and its text if it has one.
pub struct File {
    pub path: String,
    pub text: Option<String>,
}

/// All files, in order of their paths.
pub struct Tree {
    pub files: Vec<File>,
}

/// One fault: where it is, what it is, and what to do about it.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    pub path: String,
    pub line: usize,
    pub fault: String,
    pub mend: String,
}

impl Finding {
    pub fn new(path: &str, line: usize, fault: impl Into<String>, mend: &str) -> Self {
        Finding { path: path.to_owned(), line, fault: fault.into(), mend: mend.to_owned() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}; mend: {}", self.path, self.line, self.fault, self.mend)
    }
}

impl File {
    /// The text, or nothing for data and pictures.
    pub fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    /// Lines with their numbers from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text().lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// What stands after the last dot of the file name.
    pub fn extension(&self) -> &str {
        self.name().rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The crate folder that the file belongs to, such as `roads`.
    pub fn crate_folder(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }

    /// Built or generated text, which nobody writes and so nobody shortens.
    pub fn is_generated(&self) -> bool {
        let marked = |line: &str| line.contains("@generated") || line.contains("auto-generated");
        self.path.starts_with("console/dist/") || self.text().lines().take(5).any(marked)
    }
}

impl Tree {
    /// The repository, read once for all tests.
    pub fn of_repository() -> &'static Tree {
        static TREE: OnceLock<Tree> = OnceLock::new();
        TREE.get_or_init(|| Tree::read(&root()))
    }

    /// A tree of a few lines, to show that a check can fail.
    pub fn planted(files: &[(&str, &str)]) -> Tree {
        let file = |(path, text): &(&str, &str)| File {
            path: (*path).to_owned(),
            text: Some((*text).to_owned()),
        };
        Tree { files: files.iter().map(file).collect() }
    }

    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Whether the path names a file or a folder with files in it.
    pub fn holds(&self, path: &str) -> bool {
        let folder = format!("{path}/");
        path.is_empty()
            || self.files.iter().any(|file| file.path == path || file.path.starts_with(&folder))
    }

    pub fn with_extension<'a>(&'a self, extensions: &'a [&str]) -> impl Iterator<Item = &'a File> {
        self.files.iter().filter(move |file| extensions.contains(&file.extension()))
    }

    /// Rust files of all crates, tests and examples included.
    pub fn rust(&self) -> impl Iterator<Item = &File> {
        self.with_extension(&["rs"])
    }

    fn read(root: &Path) -> Tree {
        let ignored = Ignored::read(root);
        let mut files = Vec::new();
        walk(root, "", &ignored, &mut files);
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Tree { files }
    }
}

/// Fails with every finding on its own line.
pub fn expect_none(findings: &[Finding]) {
    let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
    assert!(findings.is_empty(), "{} findings\n{}", findings.len(), lines.join("\n"));
}

/// Fails unless exactly one finding stands at this place.
pub fn expect_one(findings: &[Finding], path: &str, line: usize) {
    let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
    let places: Vec<(&str, usize)> =
        findings.iter().map(|finding| (finding.path.as_str(), finding.line)).collect();
    assert_eq!(places, [(path, line)], "found instead:\n{}", lines.join("\n"));
}

/// The repository's root, from where cargo says this package is.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn walk(root: &Path, folder: &str, ignored: &Ignored, files: &mut Vec<File>) {
    let Ok(entries) = std::fs::read_dir(root.join(folder)) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        if ignored.covers(&path, &name) {
            continue;
        }
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => walk(root, &path, ignored, files),
            Ok(_) => files.push(read_file(root, path)),
            Err(_) => {}
        }
    }
}

fn read_file(root: &Path, path: String) -> File {
    let full = root.join(&path);
    let small = std::fs::metadata(&full).is_ok_and(|meta| meta.len() <= READ_BYTES_MAX);
    let text = if small { std::fs::read_to_string(&full).ok() } else { None };
    File { path, text }
}

/// The patterns of `.gitignore`, as far as this repository uses them:
/// `/path` from the root, `name` anywhere, `*.ending`.
struct Ignored {
    patterns: Vec<String>,
}

impl Ignored {
    fn read(root: &Path) -> Ignored {
        let text = std::fs::read_to_string(root.join(".gitignore")).unwrap_or_default();
        let mut patterns: Vec<String> = text.lines().map(|line| line.trim().to_owned()).collect();
        patterns.push("/.git".to_owned());
        Ignored { patterns }
    }

    fn covers(&self, path: &str, name: &str) -> bool {
        self.patterns.iter().any(|pattern| {
            let pattern = pattern.trim_end_matches('/');
            match (pattern.strip_prefix('/'), pattern.strip_prefix('*')) {
                (Some(from_root), _) => from_root == path,
                (_, Some(ending)) => !ending.is_empty() && name.ends_with(ending),
                _ => pattern == name,
            }
        })
    }
}

#[test]
fn the_repository_is_found_and_build_output_is_not_in_it() {
    let tree = Tree::of_repository();
    assert!(tree.file("Cargo.toml").is_some());
    assert!(!tree.holds("target") && !tree.holds(".git"));
}

#[test]
fn ignore_patterns_cover_what_git_would_leave_out() {
    let patterns = ["/target", "node_modules", "*.log"].map(str::to_owned).to_vec();
    let ignored = Ignored { patterns };
    assert!(ignored.covers("target", "target"));
    assert!(!ignored.covers("crates/target", "target"));
    assert!(ignored.covers("console/node_modules", "node_modules"));
    assert!(ignored.covers("a/b.log", "b.log"));
}
