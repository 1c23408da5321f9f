//! A thousand flipped bits.
//!
//! The rule, for every flip: either `verify` refuses the journal, or everything that can be read
//! from it (entries with their hashes, checkpoints, sealed values) is byte for byte what it was
//! before. The second happens where SQLite keeps bytes that mean nothing: unused space inside and
//! between pages, counters of the header, frames of the log that later ones replace.
//! A flip must never make verify panic, and never make it pass over a different content.
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use std::fs;
use std::path::Path;

use evenhand_journal::{EmbeddedStore, Forgery, Verifier, WirePage, verify_dir};
use support::{All, Random, all, copy_dir, key, open_dir};
use tempfile::TempDir;

const BATCHES: [u64; 14] = [1, 3, 8, 2, 1, 5, 16, 16, 1, 1, 4, 32, 2, 8];

/// What became of the flips.
#[derive(Debug, Default)]
struct Tally {
    refused: u32,
    harmless: u32,
}

/// A journal's directory before the flip, and what can be read from it.
struct Before {
    dir: TempDir,
    all: All,
}

impl Before {
    fn stopped() -> Self {
        let dir = tempfile::tempdir().unwrap();
        support::stopped(dir.path(), &BATCHES);
        Self::of(dir)
    }

    /// As a killed process leaves it: the last batches in the log only.
    fn killed() -> Self {
        let running = tempfile::tempdir().unwrap();
        let mut journal = open_dir(running.path());
        support::fill(&mut journal, &BATCHES);
        let dir = tempfile::tempdir().unwrap();
        copy_dir(running.path(), dir.path());
        Self::of(dir)
    }

    fn of(dir: TempDir) -> Self {
        let all = read_all(dir.path()).unwrap();
        assert!(verify_dir(dir.path()).is_ok());
        Self { dir, all }
    }

    /// Flips one bit of one file, looks, and puts it back.
    fn flip(&self, file: &str, bit: u64, tally: &mut Tally) {
        let path = self.dir.path().join(file);
        let clean = fs::read(&path).unwrap();
        let mut bytes = clean.clone();
        bytes[usize::try_from(bit / 8).unwrap()] ^= 1 << (bit % 8);
        fs::write(&path, &bytes).unwrap();
        match verify_dir(self.dir.path()) {
            Err(forgery) => {
                assert!(!forgery.to_string().contains('\n'), "{forgery}");
                tally.refused += 1;
            }
            Ok(proof) => {
                let seen = read_all(self.dir.path()).unwrap();
                assert!(seen == self.all, "bit {bit} of {file} passed: {proof}");
                tally.harmless += 1;
            }
        }
        fs::write(&path, &clean).unwrap();
    }

    fn flips(&self, file: &str, count: u32, random: &mut Random) -> Tally {
        let bits = fs::metadata(self.dir.path().join(file)).unwrap().len() * 8;
        let mut tally = Tally::default();
        for _ in 0..count {
            self.flip(file, random.below(bits), &mut tally);
        }
        assert_eq!(verify_dir(self.dir.path()).unwrap().entries, 100);
        tally
    }
}

fn read_all(dir: &Path) -> Result<All, evenhand_journal::StoreError> {
    Ok(all(&EmbeddedStore::open_read_only(dir)?))
}

#[test]
fn four_hundred_bits_of_the_database_file() {
    let tally = Before::stopped().flips("journal.db", 400, &mut Random(1));
    assert!(tally.refused > 200 && tally.refused + tally.harmless == 400, "{tally:?}");
}

#[test]
fn two_hundred_bits_of_the_log_of_a_killed_process() {
    let before = Before::killed();
    let tally = before.flips("journal.db-wal", 200, &mut Random(2));
    // A frame that does not fit its checksum ends the log: the loss shows by the checkpoint copy.
    assert!(tally.refused > 100 && tally.refused + tally.harmless == 200, "{tally:?}");
}

#[test]
fn fifty_bits_of_the_checkpoint_copy_do_no_harm() {
    let tally = Before::stopped().flips("journal.checkpoint", 50, &mut Random(3));
    assert_eq!(tally.harmless, 50, "{tally:?}");
}

/// A bit of one of the values that matter, wherever it lies in the file.
fn flip_in(before: &Before, find: &[u8], random: &mut Random) {
    let file = fs::read(before.dir.path().join("journal.db")).unwrap();
    let at = file.windows(find.len()).position(|window| window == find).unwrap();
    let bit = at as u64 * 8 + random.below(find.len() as u64 * 8);
    let mut tally = Tally::default();
    before.flip("journal.db", bit, &mut tally);
    assert_eq!(tally.refused, 1, "bit {bit} of a value that is kept");
}

#[test]
fn each_of_three_hundred_bits_of_bodies_and_hashes_is_refused() {
    let before = Before::stopped();
    let mut random = Random(4);
    for _ in 0..100 {
        let entry = &before.all.0[usize::try_from(random.below(100)).unwrap()];
        flip_in(&before, &entry.body, &mut random);
        flip_in(&before, &entry.leaf, &mut random);
        flip_in(&before, &entry.link, &mut random);
    }
}

#[test]
fn each_of_fifty_bits_of_checkpoints_and_sealed_values_is_refused() {
    let before = Before::stopped();
    let mut random = Random(5);
    for _ in 0..25 {
        let note = &before.all.1[usize::try_from(random.below(14)).unwrap()].note;
        flip_in(&before, note.as_bytes(), &mut random);
        let sealed = &before.all.2[usize::try_from(random.below(33)).unwrap()].1;
        // Commitment, name, salt and value lie side by side in the row.
        let mut row = b"number".to_vec();
        row.extend(sealed.salt);
        row.extend(sealed.value.as_bytes());
        flip_in(&before, &row, &mut random);
    }
}

#[test]
fn two_hundred_bits_of_pages_on_the_wire() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = open_dir(dir.path());
    support::fill(&mut journal, &BATCHES);
    let public = key_of(dir.path());
    let page = WirePage::read_with_sealed(&journal, 1, 1000).unwrap();
    let clean = serde_json::to_vec(&page).unwrap();
    let mut random = Random(6);
    for _ in 0..200 {
        let bit = random.below(clean.len() as u64 * 8);
        let mut bytes = clean.clone();
        bytes[usize::try_from(bit / 8).unwrap()] ^= 1 << (bit % 8);
        let Ok(changed) = serde_json::from_slice::<WirePage>(&bytes) else { continue };
        let mut verifier = Verifier::new(public.clone());
        let outcome: Result<_, Forgery> = verifier.page(&changed).and_then(|()| verifier.finish());
        // `length` is for a progress bar and marked as not trusted.
        let same = WirePage { length: page.length, ..changed } == page;
        assert!(outcome.is_err() || same, "bit {bit}");
    }
}

fn key_of(dir: &Path) -> evenhand_journal::PublicKey {
    assert_ne!(&evenhand_journal::PublicKey::load(dir).unwrap(), key().public());
    evenhand_journal::PublicKey::load(dir).unwrap()
}
