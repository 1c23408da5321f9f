//! The store on one disk: SQLite in write-ahead mode, with one writer.
//!
//! Files in its directory:
//!
//! | file | lost | altered | read by others |
//! |---|---|---|---|
//! | `journal.db`, `-wal` | restore a backup | verify names the entry | personal data is out |
//! | `journal.checkpoint` | see below | passed over, verify says so | harmless |
//! | `journal.ballast` | a full disk is harder to recover from | nothing | harmless |
//! | `journal.lock` | made again | nothing | harmless |
//!
//! The copy in `journal.checkpoint` is there for accidents: if the newest entries are lost in a way
//! that leaves an older, consistent journal (the log file deleted, a stale backup put back), the
//! copy tells. Whoever puts a backup back on purpose removes it.
//!
//! **Where an entry becomes durable:** the `commit` in [`EmbeddedStore::append`]. With
//! `synchronous=FULL` SQLite syncs the log before it returns.
//!
//! `locking_mode=EXCLUSIVE` keeps other processes out and needs no shared-memory file, so the store
//! opens on a full disk. A failed commit is never tried again here: after a failed sync the
//! system may have dropped the very pages that were to be written, and a second sync would succeed
//! without them. Opening again decides, and makes safe whatever it shows.

mod ballast;
mod connect;
mod files;
mod schema;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use connect::{connect, connect_read_only};
use files::{lock_for_reading, lock_for_writing, open_copy, sync_files};
use rusqlite::{Connection, ErrorCode, Row, TransactionBehavior, params};

use crate::sealed::{Commitment, SealedValue};
use crate::store::{Batch, Store, StoreError, Stored, StoredCheckpoint};

pub(crate) const DATABASE: &str = "journal.db";
const WAL: &str = "journal.db-wal";

/// When SQLite waits for the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Synchronous {
    /// Before every commit returns. The only setting under which the promise of
    /// [`Store::append`] holds.
    #[default]
    Full,
    /// Never: a power cut loses what was acknowledged. For showing that tests notice.
    Off,
}

/// How to open an [`EmbeddedStore`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmbeddedOptions {
    /// When to wait for the disk.
    pub synchronous: Synchronous,
    /// Quota for the database in pages of 4,096 bytes; a batch that needs more is refused as on a
    /// full disk. `None`: as much as the disk has.
    pub max_pages: Option<u32>,
    /// Size of the ballast file, in bytes.
    pub ballast_bytes: u64,
}

impl Default for EmbeddedOptions {
    fn default() -> Self {
        Self { synchronous: Synchronous::Full, max_pages: None, ballast_bytes: 2 << 20 }
    }
}

/// A [`Store`] in a directory.
///
/// **Trust sentence:** it is as durable as the disk's own sync; whoever can write to its directory
/// can alter it, and the leaf hashes, links and signed checkpoints are what shows that.
#[derive(Debug)]
pub struct EmbeddedStore {
    dir: PathBuf,
    connection: Connection,
    // `None`: opened read-only, or the copy could not be written; it then stays as it was.
    copy: Option<fs::File>,
    options: EmbeddedOptions,
    // Held for as long as the store lives; the system lets go of it when the process dies.
    _lock: Option<fs::File>,
}

impl EmbeddedStore {
    /// Opens the store in a directory, which is made if it is not there.
    ///
    /// All that it shows is durable when this returns, however the last process ended. On a full
    /// disk the ballast is given up to get the store open.
    ///
    /// # Errors
    /// [`StoreError::InUse`] if another process has it open.
    pub fn open(dir: &Path, options: &EmbeddedOptions) -> Result<Self, StoreError> {
        fs::create_dir_all(dir).map_err(|error| file_error(dir, &error))?;
        let lock = lock_for_writing(dir)?;
        let connection = match connect(dir, options) {
            Err(StoreError::Full) if ballast::release(dir) => connect(dir, options)?,
            outcome => outcome?,
        };
        let mut store = Self {
            dir: dir.to_owned(),
            connection,
            copy: None,
            options: options.clone(),
            _lock: Some(lock),
        };
        store.settle()?;
        ballast::keep(dir, options.ballast_bytes);
        store.copy = open_copy(dir).ok();
        Ok(store)
    }

    /// Opens a stopped store to read it, and changes nothing in its directory.
    pub fn open_read_only(dir: &Path) -> Result<Self, StoreError> {
        let lock = lock_for_reading(dir)?;
        let connection = connect_read_only(dir)?;
        let options = EmbeddedOptions::default();
        Ok(Self { dir: dir.to_owned(), connection, copy: None, options, _lock: lock })
    }

    /// Its directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Whether the ballast file is there.
    pub fn has_ballast(&self) -> bool {
        ballast::is_kept(&self.dir)
    }

    /// Gives up the ballast on a full disk, so that there is room for what cannot wait; `false` if
    /// there was none. A person decides this, because it can be done once.
    pub fn release_ballast(&mut self) -> bool {
        ballast::release(&self.dir)
    }

    /// Sets the ballast aside again after room was made; `false` if there is not enough.
    pub fn restore_ballast(&mut self) -> bool {
        ballast::keep(&self.dir, self.options.ballast_bytes)
    }

    /// Reads all structures of the database file and compares them with each other: damage in parts
    /// that reading the entries in order does not touch, such as an index.
    pub(crate) fn check_structure(&self) -> Result<(), StoreError> {
        schema::check(&self.connection)?;
        let mut statement =
            self.connection.prepare("PRAGMA integrity_check(1)").map_err(read_error)?;
        let found: String = statement.query_row([], |row| row.get(0)).map_err(read_error)?;
        if found == "ok" { Ok(()) } else { Err(StoreError::Damaged { cause: found }) }
    }

    /// Makes durable what the last process may have left in the system's cache only.
    fn settle(&self) -> Result<(), StoreError> {
        match self.empty_log() {
            // No room to move the log into the database: then the log itself is made safe.
            Err(StoreError::Full) => sync_files(&self.dir),
            outcome => outcome,
        }
    }

    /// Moves the log into the database and cuts it to nothing.
    fn empty_log(&self) -> Result<(), StoreError> {
        let busy = self
            .connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
        match busy.map_err(read_error)? {
            0 => Ok(()),
            _ => Err(StoreError::InUse { dir: self.dir.clone() }),
        }
    }

    fn write(&mut self, batch: &Batch, checkpoint: &StoredCheckpoint) -> rusqlite::Result<()> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        insert(&transaction, batch, checkpoint)?;
        // The batch is durable when this returns.
        transaction.commit()
    }

    /// What a failed transaction means. Only "full" with nothing written is a known outcome.
    fn failed(&self, error: &rusqlite::Error, length_before: u64) -> StoreError {
        let full = error.sqlite_error_code() == Some(ErrorCode::DiskFull);
        let unchanged = self.connection.is_autocommit() && self.length() == Ok(length_before);
        match full && unchanged {
            true => StoreError::Full,
            false => StoreError::Unknown { cause: error.to_string() },
        }
    }

    fn keep_copy(&mut self, note: &str) {
        let Some(file) = &mut self.copy else { return };
        let written = files::write_copy(file, note);
        if written.is_err() {
            // The batch is safe, so this is not the caller's failure. An old copy proves less but
            // nothing false; the next start opens it anew.
            self.copy = None;
        }
    }
}

impl Store for EmbeddedStore {
    fn append(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let given = batch.entries.first().ok_or(StoreError::EmptyBatch)?.seq;
        let checkpoint = batch.checkpoint.as_ref().ok_or(StoreError::Unsigned)?;
        let length = self.length()?;
        if given != length + 1 {
            return Err(StoreError::NotNext { expected: length + 1, given });
        }
        self.write(batch, checkpoint).map_err(|error| self.failed(&error, length))?;
        self.keep_copy(&checkpoint.note);
        Ok(())
    }

    fn read(&self, from: u64, limit: usize) -> Result<Vec<Stored>, StoreError> {
        let sql = "SELECT seq, body, leaf, link FROM entries WHERE seq >= ?1 ORDER BY seq LIMIT ?2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.rows(sql, (lowest(from), limit), |row| {
            Ok(Stored { seq: seq(row)?, body: row.get(1)?, leaf: row.get(2)?, link: row.get(3)? })
        })
    }

    fn length(&self) -> Result<u64, StoreError> {
        let sql = "SELECT coalesce(max(seq), 0) FROM entries";
        self.rows(sql, (), seq).map(|found| found.first().copied().unwrap_or(0))
    }

    fn checkpoints(&self, from: u64, limit: usize) -> Result<Vec<StoredCheckpoint>, StoreError> {
        let sql = "SELECT size, note FROM checkpoints WHERE size >= ?1 ORDER BY size LIMIT ?2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.rows(sql, (lowest(from), limit), stored_checkpoint)
    }

    fn last_checkpoint(&self) -> Result<Option<StoredCheckpoint>, StoreError> {
        let sql = "SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT 1";
        self.rows(sql, (), stored_checkpoint).map(|found| found.into_iter().next())
    }

    fn sealed(&self, commitment: &Commitment) -> Result<Option<SealedValue>, StoreError> {
        let sql = "SELECT seq, commitment, name, salt, value FROM sealed WHERE commitment = ?1";
        let found = self.rows(sql, [commitment.0], sealed_value)?;
        Ok(found.into_iter().next().map(|(_seq, value)| value))
    }

    fn sealed_of(&self, first: u64, last: u64) -> Result<Vec<(u64, SealedValue)>, StoreError> {
        let sql = "SELECT seq, commitment, name, salt, value FROM sealed \
                   WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq, commitment";
        let last = i64::try_from(last).unwrap_or(i64::MAX);
        self.rows(sql, (lowest(first), last), sealed_value)
    }

    fn erase(&mut self, commitment: &Commitment) -> Result<bool, StoreError> {
        let sql = "DELETE FROM sealed WHERE commitment = ?1";
        let erased = self.connection.execute(sql, [commitment.0]);
        let erased = erased.map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => StoreError::Full,
            _ => StoreError::Unknown { cause: error.to_string() },
        })?;
        // `secure_delete` has overwritten the row; the log still holds older pages with it.
        self.empty_log()?;
        Ok(erased > 0)
    }

    fn checkpoint_copy(&self) -> Result<Option<String>, StoreError> {
        files::read_copy(&self.dir)
    }
}

impl EmbeddedStore {
    fn rows<T>(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(read_error)?;
        let rows = statement.query_map(parameters, read).map_err(read_error)?;
        rows.collect::<rusqlite::Result<_>>().map_err(read_error)
    }
}

fn insert(
    connection: &Connection,
    batch: &Batch,
    checkpoint: &StoredCheckpoint,
) -> rusqlite::Result<()> {
    let mut entry = connection
        .prepare_cached("INSERT INTO entries (seq, body, leaf, link) VALUES (?1, ?2, ?3, ?4)")?;
    for Stored { seq, body, leaf, link } in &batch.entries {
        entry.execute(params![highest(*seq), body, leaf, link])?;
    }
    let mut sealed = connection.prepare_cached(
        "INSERT INTO sealed (commitment, seq, name, salt, value) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (seq, SealedValue { name, commitment, salt, value }) in &batch.sealed {
        sealed.execute(params![commitment.0, highest(*seq), name, salt, value])?;
    }
    let StoredCheckpoint { size, note } = checkpoint;
    connection
        .prepare_cached("INSERT INTO checkpoints (size, note) VALUES (?1, ?2)")?
        .execute(params![highest(*size), note])?;
    Ok(())
}

/// SQLite counts in i64. No journal comes near its end.
fn highest(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

/// Reading from the start includes numbers below 1, which only a forger can have put there.
fn lowest(from: u64) -> i64 {
    if from <= 1 { i64::MIN } else { highest(from) }
}

fn seq(row: &Row<'_>) -> rusqlite::Result<u64> {
    let number: i64 = row.get(0)?;
    u64::try_from(number).map_err(|_negative| rusqlite::Error::IntegralValueOutOfRange(0, number))
}

fn stored_checkpoint(row: &Row<'_>) -> rusqlite::Result<StoredCheckpoint> {
    Ok(StoredCheckpoint { size: seq(row)?, note: row.get(1)? })
}

fn sealed_value(row: &Row<'_>) -> rusqlite::Result<(u64, SealedValue)> {
    let commitment = Commitment(row.get(1)?);
    let value =
        SealedValue { commitment, name: row.get(2)?, salt: row.get(3)?, value: row.get(4)? };
    Ok((seq(row)?, value))
}

/// What an error outside an append means: nothing was changed.
fn read_error(error: rusqlite::Error) -> StoreError {
    let cause = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) | None => {
            StoreError::Damaged { cause }
        }
        Some(_) => StoreError::Read { cause },
    }
}

fn file_error(path: &Path, error: &io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::StorageFull => StoreError::Full,
        _ => StoreError::File { path: path.to_owned(), cause: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pragma(store: &EmbeddedStore, name: &str) -> String {
        let sql = format!("PRAGMA {name}");
        let read = |row: &Row<'_>| row.get_ref(0).map(|value| format!("{value:?}"));
        store.connection.query_row(&sql, [], read).unwrap()
    }

    #[test]
    fn sqlite_is_set_up_as_the_promise_needs_it() {
        let dir = tempfile::tempdir().unwrap();
        let store = EmbeddedStore::open(dir.path(), &EmbeddedOptions::default()).unwrap();
        assert!(rusqlite::version_number() >= 3_051_003, "has the WAL-reset bug");
        assert_eq!(pragma(&store, "synchronous"), "Integer(2)", "2 is FULL");
        assert_eq!(pragma(&store, "secure_delete"), "Integer(1)");
        assert!(pragma(&store, "journal_mode").contains(&format!("{:?}", b"wal")));
        assert!(pragma(&store, "locking_mode").contains(&format!("{:?}", b"exclusive")));
        drop(store);
        let off = EmbeddedOptions { synchronous: Synchronous::Off, ..Default::default() };
        let store = EmbeddedStore::open(dir.path(), &off).unwrap();
        assert_eq!(pragma(&store, "synchronous"), "Integer(0)");
    }

    #[test]
    fn triggers_refuse_to_change_or_remove_entries_and_checkpoints() {
        let dir = tempfile::tempdir().unwrap();
        let store = EmbeddedStore::open(dir.path(), &EmbeddedOptions::default()).unwrap();
        let entries = (1..3).map(|seq| Stored { seq, body: vec![], leaf: [1; 32], link: [2; 32] });
        let sealed = vec![(1, crate::sealed::seal("number", [3; 32], "1"))];
        let checkpoint = StoredCheckpoint { size: 2, note: "note".into() };
        let batch = Batch { entries: entries.collect(), sealed, checkpoint: None };
        insert(&store.connection, &batch, &checkpoint).unwrap();
        for change in [
            "UPDATE entries SET body = x'00'",
            "DELETE FROM entries",
            "UPDATE checkpoints SET note = ''",
            "DELETE FROM checkpoints",
            "UPDATE sealed SET value = ''",
        ] {
            let error = store.connection.execute(change, []).unwrap_err();
            assert!(error.to_string().contains("are "), "{change}: {error}");
        }
        assert_eq!(store.connection.execute("DELETE FROM sealed", []), Ok(1));
    }

    #[test]
    fn a_batch_that_does_not_follow_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = EmbeddedStore::open(dir.path(), &EmbeddedOptions::default()).unwrap();
        let entry = Stored { seq: 5, body: vec![], leaf: [1; 32], link: [2; 32] };
        let checkpoint = StoredCheckpoint { size: 5, note: String::new() };
        let mut batch = Batch { entries: vec![entry], sealed: vec![], checkpoint: None };
        assert_eq!(store.append(&batch), Err(StoreError::Unsigned));
        batch.checkpoint = Some(checkpoint);
        let refused = Err(StoreError::NotNext { expected: 1, given: 5 });
        assert_eq!(store.append(&batch), refused);
    }
}
