//! The tables, and the check that nobody changed their definitions.

use rusqlite::Connection;

use super::read_error;
use crate::store::StoreError;

/// Written once, in one transaction, into an empty database. The triggers keep a mistake of ours
/// from rewriting the record; they do not keep out whoever has the file, and need not.
const TABLES: &str = "\
CREATE TABLE entries (
  seq INTEGER PRIMARY KEY CHECK (seq >= 1), body BLOB NOT NULL,
  leaf BLOB NOT NULL CHECK (length(leaf) = 32), link BLOB NOT NULL CHECK (length(link) = 32)
) STRICT;
CREATE TABLE sealed (
  commitment BLOB PRIMARY KEY CHECK (length(commitment) = 32), seq INTEGER NOT NULL,
  name TEXT NOT NULL, salt BLOB NOT NULL CHECK (length(salt) = 32), value TEXT NOT NULL
) STRICT;
CREATE INDEX sealed_by_entry ON sealed (seq);
CREATE TABLE checkpoints (size INTEGER PRIMARY KEY CHECK (size >= 1), note TEXT NOT NULL) STRICT;
CREATE TRIGGER entries_not_updated BEFORE UPDATE ON entries
  BEGIN SELECT raise(ABORT, 'entries are never changed'); END;
CREATE TRIGGER entries_not_deleted BEFORE DELETE ON entries
  BEGIN SELECT raise(ABORT, 'entries are never removed'); END;
CREATE TRIGGER checkpoints_not_updated BEFORE UPDATE ON checkpoints
  BEGIN SELECT raise(ABORT, 'checkpoints are never changed'); END;
CREATE TRIGGER checkpoints_not_deleted BEFORE DELETE ON checkpoints
  BEGIN SELECT raise(ABORT, 'checkpoints are never removed'); END;
CREATE TRIGGER sealed_not_updated BEFORE UPDATE ON sealed
  BEGIN SELECT raise(ABORT, 'sealed values are erased or left'); END;
";

const FOUND: &str = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid";

/// Makes the tables in an empty database; in any other, checks them.
pub(super) fn ensure(connection: &Connection) -> Result<(), StoreError> {
    if definitions(connection)?.is_empty() {
        connection
            .execute_batch(&format!("BEGIN IMMEDIATE;{TABLES}COMMIT;"))
            .map_err(read_error)?;
    }
    check(connection)
}

/// Whether the definitions are the ones written above, word for word.
pub(super) fn check(connection: &Connection) -> Result<(), StoreError> {
    let found = definitions(connection)?.iter().map(|sql| format!("{sql};\n")).collect::<String>();
    match found == TABLES {
        true => Ok(()),
        false => {
            let cause = "the definitions of its tables are not the ones it was made with";
            Err(StoreError::Damaged { cause: cause.to_owned() })
        }
    }
}

fn definitions(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare(FOUND).map_err(read_error)?;
    let rows = statement.query_map([], |row| row.get(0)).map_err(read_error)?;
    rows.collect::<rusqlite::Result<_>>().map_err(read_error)
}
