//! A journal of one run, whose batches share checkpoints: what is signed, when, and what shows.
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use std::num::NonZeroU32;

use evenhand_journal::{Contents, Forgery, Journal, MemoryStore, StoreError, Stored, verify_store};
use support::{all, fill, key, record};

const BATCHES: [u64; 7] = [1, 3, 8, 2, 1, 5, 4];

fn of_one_run(batches: &[u64]) -> Journal<MemoryStore> {
    let store = MemoryStore::of_one_run(NonZeroU32::new(3).unwrap());
    let mut journal = Journal::open(store, key()).unwrap();
    fill(&mut journal, batches);
    journal
}

fn checkpoints<S: evenhand_journal::Store>(store: &S) -> Vec<u64> {
    store.checkpoints(0, usize::MAX).unwrap().iter().map(|one| one.size).collect()
}

#[test]
fn every_third_batch_is_signed_and_the_last_when_it_ends() {
    let journal = of_one_run(&BATCHES);
    assert_eq!(checkpoints(journal.store()), [12, 20]);
    assert_eq!(journal.checkpoint().size(), 20);
    let store = journal.into_store();
    assert_eq!(checkpoints(&store), [12, 20, 24]);
    let proof = verify_store(&store, key().public(), &[]).unwrap();
    assert_eq!((proof.entries, proof.checkpoints), (24, 3));
}

#[test]
fn entries_sealed_values_and_root_are_those_of_a_journal_that_signs_every_batch() {
    let mut each = Journal::open(MemoryStore::new(), key()).unwrap();
    fill(&mut each, &BATCHES);
    let mut shared = of_one_run(&BATCHES);
    shared.cover().unwrap();
    let ((entries, _, sealed), (ours, _, our_sealed)) = (all(each.store()), all(shared.store()));
    assert_eq!((entries, sealed), (ours, our_sealed));
    let (each, shared) = (each.checkpoint().checkpoint(), shared.checkpoint().checkpoint());
    assert_eq!((each.root, each.link, each.sealed), (shared.root, shared.link, shared.sealed));
}

#[test]
fn covering_twice_signs_once_and_the_count_of_batches_begins_again() {
    let mut journal = of_one_run(&[2]);
    journal.cover().unwrap();
    journal.cover().unwrap();
    fill(&mut journal, &[1, 1]);
    assert_eq!(checkpoints(journal.store()), [2]);
    fill(&mut journal, &[1]);
    assert_eq!(checkpoints(journal.store()), [2, 5]);
    assert_eq!(journal.append(vec![record(7)]), Err(StoreError::BodySeq { seq: 6 }));
    assert_eq!(journal.append(vec![record(6)]).unwrap().last, 6);
}

#[test]
fn what_no_checkpoint_covers_yet_does_not_verify_as_if_it_were_covered() {
    let journal = of_one_run(&BATCHES);
    let seen = verify_store(journal.store(), key().public(), &[]);
    assert_eq!(seen, Err(Forgery::Uncovered { seq: 21 }));
}

#[test]
fn it_opens_again_once_it_has_ended_and_goes_on_signing_as_often() {
    let store = of_one_run(&BATCHES).into_store();
    let mut journal = Journal::open(store, key()).unwrap();
    fill(&mut journal, &[1, 1, 1, 1]);
    assert_eq!(checkpoints(journal.store()), [12, 20, 24, 27]);
    assert!(verify_store(&journal.into_store(), key().public(), &[]).is_ok());
}

/// Rewrites an entry with leaf and link, and all links after it, as whoever owns the store could.
fn rewrite(contents: &mut Contents, seq: u64) {
    let mut link = [0; 32];
    for entry in &mut contents.entries {
        if entry.seq == seq {
            let text = String::from_utf8(entry.body.clone()).unwrap();
            entry.body = text.replace("911-", "912-").into_bytes();
        }
        let leaf = evenhand_journal::leaf_hash(&entry.body);
        link = evenhand_journal::link_hash(&link, &leaf);
        *entry = Stored { leaf, link, ..entry.clone() };
    }
}

#[test]
fn a_rewritten_entry_is_found_wherever_it_stands() {
    for seq in 1..=24 {
        let store = of_one_run(&BATCHES).into_store();
        store.disk().tamper(|contents| rewrite(contents, seq));
        let (first, size) = match seq {
            1..=12 => (1, 12),
            13..=20 => (13, 20),
            _ => (21, 24),
        };
        let seen = verify_store(&store, key().public(), &[]);
        assert_eq!(seen, Err(Forgery::Root { seq: first, size }), "entry {seq}");
        assert!(Journal::open(store, key()).is_err());
    }
}
