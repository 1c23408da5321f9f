//! Opening the database: to write it as its one owner, or to look at it without touching it.

use std::fs;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::{DATABASE, EmbeddedOptions, Synchronous, WAL, read_error, schema};
use crate::store::StoreError;

pub(super) fn connect(dir: &Path, options: &EmbeddedOptions) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(dir.join(DATABASE), flags).map_err(read_error)?;
    set_up(&connection, options).map_err(read_error)?;
    schema::ensure(&connection)?;
    Ok(connection)
}

fn set_up(connection: &Connection, options: &EmbeddedOptions) -> rusqlite::Result<()> {
    let synchronous = match options.synchronous {
        Synchronous::Full => "FULL",
        Synchronous::Off => "OFF",
    };
    connection.execute_batch(&format!(
        "PRAGMA locking_mode = EXCLUSIVE;
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = {synchronous};
         PRAGMA secure_delete = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA cell_size_check = ON;"
    ))?;
    if let Some(pages) = options.max_pages {
        connection.execute_batch(&format!("PRAGMA max_page_count = {pages};"))?;
    }
    Ok(())
}

/// Reads a store that its owner left, log included, without writing a byte beside it.
pub(super) fn connect_read_only(dir: &Path) -> Result<Connection, StoreError> {
    let path = dir.join(DATABASE);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let log_bytes = fs::metadata(dir.join(WAL)).map_or(0, |found| found.len());
    let connection = if log_bytes == 0 {
        let uri = format!("file:{}?immutable=1", escaped(&path));
        Connection::open_with_flags(uri, flags)
    } else {
        // Our own lock file keeps the owner out; SQLite's locks would need a writable file.
        Connection::open_with_flags_and_vfs(path, flags, c"unix-none")
    }
    .map_err(read_error)?;
    connection
        .execute_batch(
            "PRAGMA locking_mode = EXCLUSIVE;
             PRAGMA trusted_schema = OFF;
             PRAGMA cell_size_check = ON;
             PRAGMA query_only = ON;",
        )
        .and_then(|()| {
            // Closing must leave the log where it is: it is part of what is being examined.
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
        })
        .map_err(read_error)?;
    schema::check(&connection)?;
    Ok(connection)
}

/// A path in a `file:` address.
fn escaped(path: &Path) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
    let escape = |byte: u8| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02x}"),
    };
    path.as_os_str().as_encoded_bytes().iter().map(|byte| escape(*byte)).collect()
}
