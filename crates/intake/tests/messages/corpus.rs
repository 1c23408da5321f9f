//! Every sample at hand goes through what the fuzzers ask.

use std::path::{Path, PathBuf};

use crate::check::{sdp, sip};
use crate::sample_folder;

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{folder:?} is empty");
    files
}

#[test]
fn samples_pass() {
    for name in ["sip", "sip-torture-rfc4475"] {
        let Some(folder) = sample_folder(name) else { return };
        for file in files(&folder) {
            let bytes = std::fs::read(file).unwrap();
            sip::check(&bytes);
            sdp::check(&bytes);
        }
    }
}
