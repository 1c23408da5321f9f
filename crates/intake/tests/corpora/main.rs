//! Everything that fuzzers start from or have found goes through the function that they run.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod check;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use check::TARGETS;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn corpus(target: &str) -> Vec<PathBuf> {
    let folder = root().join("corpus").join(target);
    names(&folder).into_iter().map(|name| folder.join(name)).collect()
}

#[test]
fn every_corpus_passes_whole_and_cut_off_anywhere() {
    for (target, check) in TARGETS {
        for file in corpus(target) {
            let bytes = std::fs::read(&file).unwrap();
            println!("{}", file.display());
            check(&bytes);
            (0..bytes.len()).for_each(|end| check(&bytes[..end]));
        }
    }
}

/// One byte is another, or is missing, at every place.
#[test]
fn every_corpus_passes_with_any_byte_changed() {
    for (target, check) in TARGETS {
        for file in corpus(target) {
            let bytes = std::fs::read(&file).unwrap();
            println!("{}", file.display());
            for at in 0..bytes.len() {
                let mut changed = bytes.clone();
                for byte in [0, b'\n', b';', b'<', 0xff] {
                    changed[at] = byte;
                    check(&changed);
                }
                changed.remove(at);
                check(&changed);
            }
        }
    }
}

#[test]
fn every_target_has_a_corpus_and_a_fuzzer_and_no_corpus_is_left_out() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names(&root().join("corpus")), targets);
    for target in &targets {
        assert!(corpus(target).len() >= 5, "the corpus of `{target}` is too small to start from");
    }
    let fuzz = root().join("../../fuzz");
    let programs = names(&fuzz.join("targets"));
    assert_eq!(programs, targets.iter().map(|target| format!("{target}.rs")).collect());
    let manifest = std::fs::read_to_string(fuzz.join("Cargo.toml")).unwrap();
    for target in &targets {
        assert!(manifest.contains(&format!("name = \"{target}\"")), "fuzz/Cargo.toml: {target}");
    }
}
