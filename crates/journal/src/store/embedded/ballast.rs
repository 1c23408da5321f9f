//! A file of nothing, so that a full disk has something to give back.
//!
//! On a full disk a database may not even open, and a centre that cannot open its journal cannot
//! take a decision. Deleting the ballast makes room for the few writes that matter until a person
//! has made more.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

const BALLAST: &str = "journal.ballast";

/// Makes the ballast if it is not there in full; `false` if there is no room for it.
pub(super) fn keep(dir: &Path, bytes: u64) -> bool {
    let path = dir.join(BALLAST);
    if fs::metadata(&path).is_ok_and(|found| found.len() >= bytes) {
        return true;
    }
    let written = write(&path, bytes);
    if written.is_err() {
        // Half a ballast would take the last room without being of use. If it cannot be removed
        // either, the next start finds it too short and tries again.
        let _removed = fs::remove_file(&path);
    }
    written.is_ok()
}

/// Deletes it; `false` if there was none.
pub(super) fn release(dir: &Path) -> bool {
    fs::remove_file(dir.join(BALLAST)).is_ok()
}

pub(super) fn is_kept(dir: &Path) -> bool {
    dir.join(BALLAST).exists()
}

/// Written out, with bytes that no file system can squeeze, because a hole or a compressed block
/// would give nothing back.
fn write(path: &Path, bytes: u64) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    let mut noise = 0x9e37_79b9_7f4a_7c15_u64;
    let mut left = bytes;
    while left > 0 {
        let block: Vec<u8> = (0..512).flat_map(|_| next(&mut noise).to_le_bytes()).collect();
        let length = usize::try_from(left).unwrap_or(block.len()).min(block.len());
        file.write_all(block.get(..length).unwrap_or(&block))?;
        left -= length as u64;
    }
    file.sync_all()
}

/// xorshift64 (Marsaglia 2003); any bytes without pattern would do.
fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}
