//! `docs/operating/sip.md`, taken at its word: the tests run its commands and use its files.
//!
//! A block of the guide has a name behind its language, as in ```` ```sh certificates ````. What
//! the tests change in it are addresses only, because several tests run on one machine.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The guide's folder.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operating")
}

/// The text of a named block.
pub fn block(name: &str) -> String {
    let guide = std::fs::read_to_string(folder().join("sip.md")).unwrap();
    let ending = format!(" {name}");
    let mut lines = guide.lines();
    let start = lines.find(|line| line.starts_with("```") && line.ends_with(&ending));
    assert!(start.is_some(), "the guide has no block `{name}`");
    let block: Vec<&str> = lines.take_while(|line| !line.starts_with("```")).collect();
    block.join("\n") + "\n"
}

/// Makes the certificates in a folder, by the guide's commands.
pub fn certificates(folder: &Path) {
    let mut command = Command::new("sh");
    command.args(["-e", "-c", &block("certificates")]).current_dir(folder);
    command.stdin(Stdio::null()).stderr(Stdio::null());
    assert!(command.status().unwrap().success(), "the guide's commands fail");
}

/// Copies the guide's configuration of the border into a folder, with other addresses.
pub fn border(to: &Path, addresses: &[(&str, String)]) {
    for file in ["border.cfg", "addresses.cfg", "tls.cfg"] {
        let text = std::fs::read_to_string(folder().join("kamailio").join(file)).unwrap();
        let text = addresses.iter().fold(text, |text, (from, to)| text.replace(from, to));
        std::fs::write(to.join(file), text).unwrap();
    }
}
