//! Each way to falsify a stopped journal, through the database file itself, and what verify says.
//!
//! Batches of 1, 3, 8, 2, 1 and 5 entries: checkpoints over 1, 4, 12, 14, 15 and 20.
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

mod support;

use std::path::Path;

use evenhand_journal::{
    CopySeen, EmbeddedStore, Forgery, Journal, OpenError, SigningKey, Store, leaf_hash, link_hash,
    verify_dir, verify_dir_with,
};
use rusqlite::{Connection, params};
use support::{key, open_dir, options, record, stopped};
use tempfile::TempDir;

const BATCHES: [u64; 6] = [1, 3, 8, 2, 1, 5];

/// The hand of a forger: no triggers stand in the way, the table definitions stay as they were.
struct Forger {
    dir: TempDir,
    database: Connection,
}

impl Forger {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        stopped(dir.path(), &BATCHES);
        let database = Connection::open(dir.path().join("journal.db")).unwrap();
        Self { dir, database }
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Runs statements with the triggers out of the way, and puts them back word for word.
    fn run(&self, change: impl FnOnce(&Connection)) -> &Self {
        let sql = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid";
        let mut statement = self.database.prepare(sql).unwrap();
        let triggers: Vec<(String, String)> = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        for (name, _) in &triggers {
            self.database.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
        }
        change(&self.database);
        for (_, sql) in &triggers {
            self.database.execute_batch(sql).unwrap();
        }
        self
    }

    fn sql(&self, sql: &str) -> &Self {
        self.run(|database| database.execute_batch(sql).unwrap())
    }

    /// Rewrites the body of an entry, and leaf and link of it and of all after it.
    fn rewrite_from(&self, seq: i64, body: &str) -> &Self {
        self.run(|database| {
            let change = "UPDATE entries SET body = ?1 WHERE seq = ?2";
            database.execute(change, params![body.as_bytes(), seq]).unwrap();
            rehash(database, seq);
        })
    }

    fn forgery(&self) -> Forgery {
        verify_dir(self.path()).unwrap_err()
    }

    /// What verify says, and that the journal does not open with it either.
    #[track_caller]
    fn is_refused_as(&self, expected: Forgery) {
        assert_eq!(self.forgery(), expected);
        assert!(!expected.to_string().contains('\n'));
        self.database.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        let copy = tempfile::tempdir().unwrap();
        support::copy_dir(self.path(), copy.path());
        let store = EmbeddedStore::open(copy.path(), &options()).unwrap();
        let key = SigningKey::load_or_create(copy.path(), support::ORIGIN).unwrap();
        assert_eq!(Journal::open(store, key).err(), Some(OpenError::Forged(expected)));
    }
}

fn rehash(database: &Connection, from: i64) {
    let mut statement =
        database.prepare("SELECT seq, body FROM entries WHERE seq >= ? ORDER BY seq").unwrap();
    let rows = statement.query_map([from], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let rows: Vec<(i64, Vec<u8>)> = rows.map(Result::unwrap).collect();
    let before = "SELECT link FROM entries WHERE seq = ?";
    let mut link: [u8; 32] =
        database.query_row(before, [from - 1], |row| row.get(0)).unwrap_or_default();
    for (seq, body) in rows {
        let leaf = leaf_hash(&body);
        link = link_hash(&link, &leaf);
        let change = "UPDATE entries SET leaf = ?1, link = ?2 WHERE seq = ?3";
        database.execute(change, params![leaf, link, seq]).unwrap();
    }
}

fn body(seq: u64) -> String {
    String::from_utf8(record(seq).body).unwrap()
}

#[test]
fn an_untouched_journal_passes_the_same_way() {
    let forger = Forger::new();
    forger.run(|_database| {});
    assert_eq!(verify_dir(forger.path()).unwrap().entries, 20);
}

#[test]
fn a_changed_body_is_named() {
    let forger = Forger::new();
    forger.sql(
        "UPDATE entries SET body = CAST(replace(body, 'Presented', 'Abandoned') AS BLOB)
         WHERE seq = 7",
    );
    forger.is_refused_as(Forgery::Body { seq: 7 });
}

#[test]
fn a_changed_leaf_is_named() {
    let forger = Forger::new();
    forger.sql("UPDATE entries SET leaf = zeroblob(32) WHERE seq = 7");
    forger.is_refused_as(Forgery::Leaf { seq: 7 });
}

#[test]
fn a_changed_link_is_named() {
    let forger = Forger::new();
    forger.sql("UPDATE entries SET link = zeroblob(32) WHERE seq = 7");
    forger.is_refused_as(Forgery::Link { seq: 7 });
}

#[test]
fn body_and_leaf_rewritten_together_break_the_link() {
    let forger = Forger::new();
    let other = body(7).replace("CallPresented", "CallAbandoned");
    let leaf = leaf_hash(other.as_bytes());
    forger.run(|database| {
        let sql = "UPDATE entries SET body = ?1, leaf = ?2 WHERE seq = 7";
        database.execute(sql, params![other.as_bytes(), leaf]).unwrap();
    });
    forger.is_refused_as(Forgery::Link { seq: 7 });
}

#[test]
fn all_hashes_rewritten_onwards_do_not_fit_the_next_checkpoint() {
    let forger = Forger::new();
    forger.rewrite_from(7, &body(7).replace("CallPresented", "CallAbandoned"));
    // Entry 7 lies in the batch of 5 to 12; the checkpoint over 4 still fits.
    forger.is_refused_as(Forgery::Root { seq: 5, size: 12 });
}

#[test]
fn an_entry_removed_from_the_middle_is_named() {
    let forger = Forger::new();
    forger.sql("DELETE FROM entries WHERE seq = 9");
    forger.is_refused_as(Forgery::Missing { seq: 9, found: 10 });
}

#[test]
fn entries_removed_and_the_rest_moved_up_are_named() {
    let forger = Forger::new();
    forger.sql("DELETE FROM entries WHERE seq = 9");
    forger.run(|database| {
        for seq in 10..=20 {
            let sql = "UPDATE entries SET seq = seq - 1 WHERE seq = ?";
            database.execute(sql, [seq]).unwrap();
        }
        rehash(database, 9);
    });
    forger.is_refused_as(Forgery::OutOfPlace { seq: 9, found: Some(10) });
}

#[test]
fn the_first_entry_removed_is_named() {
    let forger = Forger::new();
    forger.sql("DELETE FROM entries WHERE seq = 1");
    forger.is_refused_as(Forgery::Missing { seq: 1, found: 2 });
}

#[test]
fn entries_removed_from_the_end_are_named() {
    let forger = Forger::new();
    forger.sql("DELETE FROM entries WHERE seq > 17");
    forger.is_refused_as(Forgery::Truncated { seq: 18, signed: 20 });
}

#[test]
fn a_last_batch_removed_with_its_checkpoint_is_shown_by_the_copy() {
    let forger = Forger::new();
    forger.sql(
        "DELETE FROM sealed WHERE seq > 15; DELETE FROM entries WHERE seq > 15;
         DELETE FROM checkpoints WHERE size > 15;",
    );
    forger.is_refused_as(Forgery::Truncated { seq: 16, signed: 20 });
}

#[test]
fn a_consistent_older_journal_is_shown_only_by_a_checkpoint_kept_elsewhere() {
    let forger = Forger::new();
    let key = evenhand_journal::PublicKey::load(forger.path()).unwrap();
    let newest = std::fs::read_to_string(forger.path().join("journal.checkpoint")).unwrap();
    let newest = format!("{}\n", newest.trim_end());
    forger.sql(
        "DELETE FROM sealed WHERE seq > 15; DELETE FROM entries WHERE seq > 15;
         DELETE FROM checkpoints WHERE size > 15;",
    );
    std::fs::remove_file(forger.path().join("journal.checkpoint")).unwrap();
    let proof = verify_dir(forger.path()).unwrap();
    assert_eq!((proof.entries, proof.copy), (15, CopySeen::NotLookedFor));
    assert_eq!(
        verify_dir_with(forger.path(), &key, &[&newest]),
        Err(Forgery::Truncated { seq: 16, signed: 20 })
    );
}

#[test]
fn everything_removed_is_shown_by_the_copy() {
    let forger = Forger::new();
    forger.sql("DELETE FROM sealed; DELETE FROM entries; DELETE FROM checkpoints;");
    forger.is_refused_as(Forgery::Truncated { seq: 1, signed: 20 });
}

#[test]
fn two_entries_swapped_are_named() {
    let forger = Forger::new();
    forger.sql(
        "UPDATE entries SET seq = 999 WHERE seq = 6; UPDATE entries SET seq = 6 WHERE seq = 11;
         UPDATE entries SET seq = 11 WHERE seq = 999;",
    );
    forger.is_refused_as(Forgery::OutOfPlace { seq: 6, found: Some(11) });
}

#[test]
fn two_bodies_swapped_are_named() {
    let forger = Forger::new();
    forger.run(|database| {
        let sql = "UPDATE entries SET body = ?1 WHERE seq = ?2";
        database.execute(sql, params![body(11).as_bytes(), 6]).unwrap();
        database.execute(sql, params![body(6).as_bytes(), 11]).unwrap();
    });
    forger.is_refused_as(Forgery::Body { seq: 6 });
}

#[test]
fn two_entries_swapped_and_renumbered_do_not_fit_the_checkpoint() {
    let forger = Forger::new();
    let (six, eleven) = (body(6), body(11));
    forger.run(|database| {
        let sql = "UPDATE entries SET body = ?1 WHERE seq = ?2";
        let as_six = eleven.replace(r#""seq":11"#, r#""seq":6"#);
        let as_eleven = six.replace(r#""seq":6"#, r#""seq":11"#);
        database.execute(sql, params![as_six.as_bytes(), 6]).unwrap();
        database.execute(sql, params![as_eleven.as_bytes(), 11]).unwrap();
        // Its commitment moves along.
        database.execute("UPDATE sealed SET seq = 11 WHERE seq = 6", []).unwrap();
        rehash(database, 6);
    });
    forger.is_refused_as(Forgery::Root { seq: 5, size: 12 });
}

#[test]
fn an_entry_added_at_the_end_is_named() {
    let forger = Forger::new();
    forger.run(|database| {
        let sql = "INSERT INTO entries VALUES (21, ?1, zeroblob(32), zeroblob(32))";
        database.execute(sql, [body(21).as_bytes()]).unwrap();
        rehash(database, 21);
    });
    forger.is_refused_as(Forgery::Uncovered { seq: 21 });
}

#[test]
fn a_row_numbered_below_one_is_found() {
    let forger = Forger::new();
    forger.sql(
        "PRAGMA ignore_check_constraints = ON;
         INSERT INTO entries SELECT -5, body, leaf, link FROM entries WHERE seq = 1;",
    );
    assert_eq!(forger.forgery().seq(), Some(1));
    let forger = Forger::new();
    forger.sql(
        "PRAGMA ignore_check_constraints = ON;
         INSERT INTO entries SELECT 0, body, leaf, link FROM entries WHERE seq = 1;",
    );
    assert_eq!(forger.forgery(), Forgery::Missing { seq: 1, found: 0 });
}

#[test]
fn a_checkpoint_removed_from_the_middle_is_named() {
    let forger = Forger::new();
    forger.sql("DELETE FROM checkpoints WHERE size = 14");
    // Opening looks at the last checkpoint only: it binds all entries before it.
    assert_eq!(forger.forgery(), Forgery::CheckpointGap { size: 15, previous: 14, found: 12 });
    assert_eq!(forger.forgery().seq(), Some(13));
}

#[test]
fn the_last_checkpoint_removed_leaves_entries_uncovered() {
    let forger = Forger::new();
    forger.sql("DELETE FROM checkpoints WHERE size = 20");
    forger.is_refused_as(Forgery::Uncovered { seq: 16 });
}

#[test]
fn all_checkpoints_removed_leave_entries_uncovered() {
    let forger = Forger::new();
    forger.sql("DELETE FROM checkpoints");
    forger.is_refused_as(Forgery::Uncovered { seq: 1 });
}

#[test]
fn a_checkpoint_with_another_root_is_not_signed() {
    let forger = Forger::new();
    forger.sql(
        "UPDATE checkpoints SET note = replace(note, 'previous 15', 'previous 14') WHERE size = 20",
    );
    let name = support::ORIGIN;
    let cause = format!("the signature by key `{name}` does not fit the text");
    forger.is_refused_as(Forgery::Note { seq: 20, cause });
}

#[test]
fn a_journal_rewritten_and_signed_by_another_key_is_refused() {
    let forged = tempfile::tempdir().unwrap();
    let other = SigningKey::from_seed(support::ORIGIN, [9; 32]).unwrap();
    let store = EmbeddedStore::open(forged.path(), &options()).unwrap();
    support::fill(&mut Journal::open(store, other).unwrap(), &BATCHES);
    let cause = format!("the note is not signed by key `{}`", support::ORIGIN);
    assert_eq!(
        verify_dir_with(forged.path(), key().public(), &[]),
        Err(Forgery::Note { seq: 1, cause })
    );
}

#[test]
fn a_thief_of_the_key_is_shown_only_by_a_checkpoint_kept_elsewhere() {
    let dir = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(dir.path(), &options()).unwrap();
    let mut journal = Journal::open(store, key()).unwrap();
    support::fill(&mut journal, &BATCHES);
    let kept = journal.checkpoint().note().to_owned();

    let forged = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(forged.path(), &options()).unwrap();
    let mut thief = Journal::open(store, key()).unwrap();
    support::fill(&mut thief, &[2]);
    let mut lie = record(3);
    lie.body = String::from_utf8(lie.body).unwrap().replace("911-3", "911-4").into_bytes();
    thief.append(vec![lie]).unwrap();
    support::fill(&mut thief, &[17]);
    drop(thief);
    assert_eq!(verify_dir_with(forged.path(), key().public(), &[]).unwrap().entries, 20);
    assert_eq!(
        verify_dir_with(forged.path(), key().public(), &[&kept]),
        Err(Forgery::Kept { size: 20 })
    );
}

#[test]
fn a_changed_sealed_value_is_named_without_being_shown() {
    for column in ["value", "name"] {
        let forger = Forger::new();
        forger.sql(&format!("UPDATE sealed SET {column} = 'other' WHERE seq = 6"));
        let name = if column == "name" { "other" } else { "number" }.to_owned();
        assert_eq!(forger.forgery(), Forgery::Sealed { seq: 6, name });
    }
    let forger = Forger::new();
    forger.sql("UPDATE sealed SET salt = zeroblob(32) WHERE seq = 6");
    assert_eq!(forger.forgery(), Forgery::Sealed { seq: 6, name: "number".into() });
}

#[test]
fn a_sealed_value_of_another_entry_is_named() {
    let forger = Forger::new();
    forger.sql("UPDATE sealed SET seq = 7 WHERE seq = 6");
    assert_eq!(forger.forgery(), Forgery::Stray { seq: 7, name: "number".into() });
    let forger = Forger::new();
    forger.sql("UPDATE sealed SET seq = 70 WHERE seq = 6");
    assert_eq!(forger.forgery(), Forgery::Stray { seq: 70, name: "number".into() });
}

#[test]
fn changed_table_definitions_are_found() {
    let forger = Forger::new();
    forger.database.execute_batch("DROP TRIGGER entries_not_deleted").unwrap();
    assert_eq!(forger.forgery().seq(), Some(1));
    assert!(forger.forgery().to_string().contains("definitions"));
}

#[test]
fn a_page_of_noise_is_found_with_the_first_entry_that_cannot_be_read() {
    let dir = tempfile::tempdir().unwrap();
    stopped(dir.path(), &[64; 8]);
    let path = dir.path().join("journal.db");
    let clean = std::fs::read(&path).unwrap();
    let before = support::all(open_dir(dir.path()).store()).0;
    let mut found = 0;
    for page in 1..clean.len() / 4096 {
        let mut bytes = clean.clone();
        bytes[page * 4096..(page + 1) * 4096].fill(0xa5);
        std::fs::write(&path, &bytes).unwrap();
        let forgery = verify_dir(dir.path()).unwrap_err();
        let Forgery::Unreadable { seq, .. } = forgery else { continue };
        let Ok(store) = EmbeddedStore::open_read_only(dir.path()) else { continue };
        // Everything before the named entry can be read, and is what it was.
        let readable = usize::try_from(seq - 1).unwrap();
        assert_eq!(store.read(1, readable).unwrap(), before[..readable]);
        assert!(
            store.read(seq, 1).is_err()
                || store.sealed_of(seq, seq).is_err()
                || store.checkpoints(seq, 1).is_err()
        );
        found += 1;
    }
    assert!(found > 10, "{found} pages");
}

#[test]
fn a_file_that_is_no_database_and_a_directory_without_one_are_told() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(verify_dir(dir.path()), Err(Forgery::NoJournal { .. })));
    stopped(dir.path(), &[1]);
    std::fs::write(dir.path().join("journal.db"), "not a database at all".repeat(1000)).unwrap();
    assert_eq!(verify_dir(dir.path()).unwrap_err().seq(), Some(1));
    std::fs::write(dir.path().join("journal.db"), "").unwrap();
    assert!(verify_dir(dir.path()).is_err());
}

#[test]
fn of_several_forgeries_the_first_is_named() {
    let forger = Forger::new();
    forger.sql(
        "UPDATE sealed SET value = 'other' WHERE seq = 9;
         UPDATE checkpoints SET note = 'x' || note WHERE size = 12;
         UPDATE entries SET leaf = zeroblob(32) WHERE seq = 11;
         DELETE FROM entries WHERE seq = 14;",
    );
    assert_eq!(forger.forgery().seq(), Some(9));
    forger.sql("UPDATE entries SET body = zeroblob(9) WHERE seq = 8");
    assert_eq!(forger.forgery(), Forgery::Body { seq: 8 });
    forger.sql("DELETE FROM sealed WHERE seq = 9");
    forger.sql("DELETE FROM entries WHERE seq = 3");
    assert_eq!(forger.forgery(), Forgery::Missing { seq: 3, found: 4 });
}
