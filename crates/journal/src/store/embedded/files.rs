//! The files beside the database: the lock, and the copy of the last checkpoint.

use std::fs;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::{DATABASE, WAL, file_error};
use crate::store::StoreError;

const COPY: &str = "journal.checkpoint";
const LOCK: &str = "journal.lock";

/// A checkpoint is about 400 bytes. The copy has a fixed size, so that it is overwritten in place,
/// with one write, on a full disk too.
const COPY_BYTES: usize = 1024;

pub(super) fn lock_for_writing(dir: &Path) -> Result<fs::File, StoreError> {
    let path = dir.join(LOCK);
    let file = fs::OpenOptions::new().write(true).create(true).truncate(false).open(&path);
    let file = file.map_err(|error| file_error(&path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(StoreError::InUse { dir: dir.to_owned() }),
        Err(fs::TryLockError::Error(error)) => Err(file_error(&path, &error)),
    }
}

pub(super) fn lock_for_reading(dir: &Path) -> Result<Option<fs::File>, StoreError> {
    let path = dir.join(LOCK);
    let file = match fs::File::open(&path) {
        Ok(file) => file,
        // A copy of the files, such as a backup, has no owner that could have it open.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(file_error(&path, &error)),
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(Some(file)),
        Err(fs::TryLockError::WouldBlock) => Err(StoreError::InUse { dir: dir.to_owned() }),
        Err(fs::TryLockError::Error(error)) => Err(file_error(&path, &error)),
    }
}

pub(super) fn open_copy(dir: &Path) -> io::Result<fs::File> {
    fs::OpenOptions::new().write(true).create(true).truncate(false).open(dir.join(COPY))
}

pub(super) fn sync_files(dir: &Path) -> Result<(), StoreError> {
    for name in [WAL, DATABASE] {
        let path = dir.join(name);
        let synced = fs::File::open(&path).and_then(|file| file.sync_all());
        synced.map_err(|error| file_error(&path, &error))?;
    }
    Ok(())
}

/// Overwrites the copy. It is not synced: after a power cut it may be older than the journal, which
/// does no harm, and never newer, because the journal was synced first.
pub(super) fn write_copy(file: &mut fs::File, note: &str) -> io::Result<()> {
    let mut bytes = note.as_bytes().to_vec();
    bytes.resize(COPY_BYTES.max(bytes.len()), b'\n');
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&bytes)
}

/// The copy as text; empty text if it is there and not text any more, which no key has signed.
pub(super) fn read_copy(dir: &Path) -> Result<Option<String>, StoreError> {
    let path = dir.join(COPY);
    let mut text = String::new();
    match fs::File::open(&path)
        .and_then(|file| file.take(COPY_BYTES as u64).read_to_string(&mut text))
    {
        Ok(_) => {
            let note = text.trim_end_matches('\n');
            Ok((!note.is_empty()).then(|| format!("{note}\n")))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(Some(String::new())),
        Err(error) => Err(file_error(&path, &error)),
    }
}
