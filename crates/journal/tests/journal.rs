//! What a journal promises to those who write to it and read from it.
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use evenhand_journal::{
    CopySeen, EmbeddedStore, Journal, MemoryDisk, MemoryStore, OpenError, Proof, SealedCount,
    SigningKey, Store, StoreError, Verifier, WirePage, verify_dir, verify_store,
};
use support::{all, commitments, fill, key, open_dir, options, record, stopped};

const BATCHES: [u64; 6] = [1, 3, 8, 2, 1, 5];

fn memory(batches: &[u64]) -> Journal<MemoryStore> {
    let mut journal = Journal::open(MemoryStore::new(), key()).unwrap();
    fill(&mut journal, batches);
    journal
}

#[test]
fn both_stores_hold_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(dir.path(), &options()).unwrap();
    let mut embedded = Journal::open(store, key()).unwrap();
    fill(&mut embedded, &BATCHES);
    let memory = memory(&BATCHES);
    assert_eq!(all(embedded.store()), all(memory.store()));
    assert_eq!(embedded.checkpoint(), memory.checkpoint());
}

#[test]
fn a_journal_goes_on_where_it_was() {
    let dir = tempfile::tempdir().unwrap();
    stopped(dir.path(), &BATCHES);
    let mut journal = open_dir(dir.path());
    assert_eq!(journal.next_seq(), 21);
    let appended = journal.append(vec![record(21), record(22)]).unwrap();
    assert_eq!((appended.first, appended.last), (21, 22));
    drop(journal);
    let proof = verify_dir(dir.path()).unwrap();
    assert_eq!((proof.entries, proof.checkpoints), (22, 7));
    assert_eq!(proof.sealed, SealedCount::Checked { present: 7, erased: 0 });
    assert_eq!(proof.copy, CopySeen::Fits);
    assert_eq!(proof.first_at.as_deref(), Some("2016-01-01T00:00:01Z"));
}

#[test]
fn a_journal_works_over_a_store_chosen_at_run_time() {
    let dir = tempfile::tempdir().unwrap();
    let embedded = EmbeddedStore::open(dir.path(), &options()).unwrap();
    let stores: [Box<dyn Store + Send>; 2] = [Box::new(MemoryStore::new()), Box::new(embedded)];
    for store in stores {
        let mut journal = Journal::open(store, key()).unwrap();
        fill(&mut journal, &BATCHES);
        assert_eq!(verify_store(journal.store(), key().public(), &[]).unwrap().entries, 20);
    }
}

#[test]
fn an_empty_journal_has_a_signed_checkpoint_and_verifies() {
    let journal = memory(&[]);
    assert_eq!(journal.checkpoint().size(), 0);
    let proof = verify_store(journal.store(), key().public(), &[journal.checkpoint().note()]);
    assert_eq!(proof.unwrap().entries, 0);
}

#[test]
fn reading_is_in_order_and_within_limits() {
    let journal = memory(&BATCHES);
    let seqs = |from, limit| -> Vec<u64> {
        journal.read(from, limit).unwrap().iter().map(|entry| entry.seq).collect()
    };
    assert_eq!(seqs(0, 2), [1, 2]);
    assert_eq!(seqs(19, 100), [19, 20]);
    assert_eq!(seqs(21, 100), [0; 0]);
    assert_eq!(seqs(u64::MAX, 100), [0; 0]);
    assert_eq!(seqs(5, 0), [0; 0]);
}

#[test]
fn records_that_could_not_be_verified_later_are_refused() {
    let mut journal = memory(&[2]);
    assert_eq!(journal.append(vec![]), Err(StoreError::EmptyBatch));
    assert_eq!(journal.append(vec![record(4)]), Err(StoreError::BodySeq { seq: 3 }));
    let mut unbound = record(3);
    unbound.body = br#"{"seq":3}"#.to_vec();
    let name = "number".to_owned();
    assert_eq!(journal.append(vec![unbound]), Err(StoreError::Unbound { seq: 3, name }));
    assert_eq!(journal.append(vec![record(3)]).unwrap().first, 3);
}

#[test]
fn another_key_does_not_open_it() {
    let dir = tempfile::tempdir().unwrap();
    stopped(dir.path(), &BATCHES);
    let other = SigningKey::from_seed(support::ORIGIN, [8; 32]).unwrap();
    let given = other.public().to_string();
    let store = EmbeddedStore::open(dir.path(), &options()).unwrap();
    assert_eq!(Journal::open(store, other).err(), Some(OpenError::OtherKey { given }));
}

#[test]
fn only_one_process_has_it_open() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open_dir(dir.path());
    let in_use = StoreError::InUse { dir: dir.path().to_owned() };
    assert_eq!(EmbeddedStore::open(dir.path(), &options()).err(), Some(in_use.clone()));
    assert_eq!(EmbeddedStore::open_read_only(dir.path()).err(), Some(in_use));
    drop(journal);
    assert!(EmbeddedStore::open_read_only(dir.path()).is_ok());
}

#[test]
fn sealed_values_open_until_they_are_erased_and_then_it_still_verifies() {
    let dir = tempfile::tempdir().unwrap();
    stopped(dir.path(), &BATCHES);
    let mut journal = open_dir(dir.path());
    let commitments = commitments(journal.store());
    let opened = journal.open_sealed(&commitments[0]).unwrap().unwrap();
    assert!(opened.starts_with("+1617555"));
    for commitment in &commitments {
        assert_eq!(journal.erase(commitment), Ok(true));
        assert_eq!(journal.erase(commitment), Ok(false));
        assert_eq!(journal.open_sealed(commitment), Ok(None));
    }
    let entries = journal.read(1, 100).unwrap();
    drop(journal);
    assert_eq!(times_found(dir.path(), b"+1617555"), 0);
    assert_eq!(open_dir(dir.path()).read(1, 100).unwrap(), entries);
    let sealed = verify_dir(dir.path()).unwrap().sealed;
    assert_eq!(sealed, SealedCount::Checked { present: 0, erased: 6 });
}

#[test]
fn a_value_sealed_twice_is_kept_once() {
    let mut journal = memory(&[2]);
    let third = record(3);
    let mut fourth = third.clone();
    fourth.body = String::from_utf8(fourth.body).unwrap().replacen("3", "4", 1).into_bytes();
    journal.append(vec![third, fourth]).unwrap();
    assert_eq!(commitments(journal.store()).len(), 1);
    let proof = verify_store(journal.store(), key().public(), &[]).unwrap();
    assert_eq!(proof.sealed, SealedCount::Checked { present: 1, erased: 0 });
}

#[test]
fn a_checkpoint_kept_elsewhere_is_found_again() {
    let mut journal = memory(&BATCHES);
    let kept = journal.checkpoint().note().to_owned();
    fill(&mut journal, &[4, 4]);
    let proof = verify_store(journal.store(), key().public(), &[&kept]).unwrap();
    assert_eq!((proof.entries, proof.kept), (28, Some(20)));
}

fn verified_by_pages(journal: &Journal<MemoryStore>, page: impl Fn(u64) -> WirePage) -> Proof {
    let mut verifier = Verifier::new(key().public().clone());
    let mut from = Some(1);
    while let Some(next) = from {
        let text = serde_json::to_string(&page(next)).unwrap();
        let page: WirePage = serde_json::from_str(&text).unwrap();
        verifier.page(&page).unwrap();
        from = page.next();
    }
    let proof = verifier.finish().unwrap();
    assert_eq!(proof.root, *journal.checkpoint().root());
    proof
}

#[test]
fn pages_prove_the_same_as_the_store() {
    let journal = memory(&BATCHES);
    for limit in [1, 3, 7, 100] {
        let open = |from| WirePage::read_with_sealed(&journal, from, limit).unwrap();
        let proof = verified_by_pages(&journal, open);
        assert_eq!(Ok(proof), verify_store(journal.store(), key().public(), &[]));
        let withheld = |from| WirePage::read(&journal, from, limit).unwrap();
        let proof = verified_by_pages(&journal, withheld);
        assert_eq!(proof.sealed, SealedCount::Withheld { written: 6 });
    }
}

fn files(dir: &std::path::Path) -> std::collections::BTreeMap<std::path::PathBuf, Vec<u8>> {
    let paths = std::fs::read_dir(dir).unwrap().map(|file| file.unwrap().path());
    paths.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}

#[test]
fn verifying_a_stopped_journal_changes_no_file() {
    let dir = tempfile::tempdir().unwrap();
    stopped(dir.path(), &BATCHES);
    let before = files(dir.path());
    verify_dir(dir.path()).unwrap();
    assert!(before == files(dir.path()));
}

#[test]
fn what_the_last_process_left_in_the_log_is_read_and_verified() {
    let dir = tempfile::tempdir().unwrap();
    let journal = {
        let mut journal = open_dir(dir.path());
        fill(&mut journal, &BATCHES);
        journal
    };
    // The files as they are now, as if the process were killed at this moment.
    let killed = tempfile::tempdir().unwrap();
    support::copy_dir(dir.path(), killed.path());
    assert!(std::fs::metadata(killed.path().join("journal.db-wal")).unwrap().len() > 0);
    let before = files(killed.path());
    assert_eq!(verify_dir(killed.path()).unwrap().entries, 20);
    assert!(before == files(killed.path()), "verifying changed a file");
    assert_eq!(all(open_dir(killed.path()).store()), all(journal.store()));
}

#[test]
fn a_disk_handle_outlives_the_store() {
    let disk = MemoryDisk::new();
    let mut journal = Journal::open(MemoryStore::on(&disk), key()).unwrap();
    fill(&mut journal, &BATCHES);
    drop(journal);
    assert_eq!(Journal::open(MemoryStore::on(&disk), key()).unwrap().next_seq(), 21);
}

#[test]
fn a_journal_that_grows_while_it_is_paged_verifies() {
    let mut journal = memory(&BATCHES);
    let mut verifier = Verifier::new(key().public().clone());
    let mut from = 1;
    for _page in 0..4 {
        let page = WirePage::read_with_sealed(&journal, from, 7).unwrap();
        verifier.page(&page).unwrap();
        from = page.next().unwrap();
        fill(&mut journal, &[3]);
    }
    verifier.page(&WirePage::read_with_sealed(&journal, from, 100).unwrap()).unwrap();
    let proof = verifier.finish().unwrap();
    assert_eq!((proof.entries, proof.root), (32, *journal.checkpoint().root()));
}

#[test]
fn a_page_cut_off_by_whoever_serves_it_is_not_a_proof() {
    let journal = memory(&BATCHES);
    let mut verifier = Verifier::new(key().public().clone());
    verifier.kept(journal.checkpoint().note()).unwrap();
    verifier.page(&WirePage::read(&journal, 1, 15).unwrap()).unwrap();
    let forgery = verifier.finish().unwrap_err();
    assert_eq!(forgery.to_string(), "entry `16`: cut off; a signed checkpoint covers `20` entries");
}

/// The same text was computed apart from this crate, with Python's hashlib and hmac.
#[test]
fn the_written_form_has_these_golden_bytes() {
    let journal = memory(&[1, 2]);
    assert_eq!(
        journal.checkpoint().note(),
        "test.example/journal\n\
         3\n\
         ofbKVJYu+sbjy8KC4XXrV3+LjyRMdJfArvluk8e6z5M=\n\
         link 11d2a17baf483b2143f61e2e0243633033f1b15035d8969147e01f060a7b37d4\n\
         previous 1\n\
         sealed 1\n\
         \n\
         — test.example/journal 4fKcIUnffoysd8nanXuPUkWPwyL5hL4RVrfH/ANEcUa+etWwWHEQfNDMUdPm4uG\
         3tbB+KiFWuAXyz9zzGD2n58xftgk=\n"
    );
}

fn times_found(dir: &std::path::Path, text: &[u8]) -> usize {
    let files = std::fs::read_dir(dir).unwrap().map(|file| file.unwrap().path());
    let found = |bytes: Vec<u8>| bytes.windows(text.len()).filter(|seen| *seen == text).count();
    files.map(|path| found(std::fs::read(path).unwrap())).sum()
}

/// Deleted rows must not survive in freed or rearranged pages.
#[test]
fn no_byte_of_two_thousand_erased_values_is_left_in_any_file() {
    let dir = tempfile::tempdir().unwrap();
    let off = evenhand_journal::Synchronous::Off;
    let quick = evenhand_journal::EmbeddedOptions { synchronous: off, ..options() };
    let store = EmbeddedStore::open(dir.path(), &quick).unwrap();
    let mut journal = Journal::open(store, key()).unwrap();
    fill(&mut journal, &[60; 100]);
    let mut commitments = commitments(journal.store());
    assert_eq!(commitments.len(), 2000);
    assert!(times_found(dir.path(), b"+1617555") >= 2000);
    let mut random = support::Random(1);
    while !commitments.is_empty() {
        let at = random.below(commitments.len() as u64);
        let commitment = commitments.swap_remove(usize::try_from(at).unwrap());
        assert_eq!(journal.erase(&commitment), Ok(true));
    }
    assert_eq!(times_found(dir.path(), b"+1617555"), 0);
    drop(journal);
    let proof = evenhand_journal::verify_dir_with(dir.path(), key().public(), &[]).unwrap();
    assert_eq!(proof.sealed, SealedCount::Checked { present: 0, erased: 2000 });
}
