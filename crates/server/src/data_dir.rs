//! The data folder: what a running centre keeps beside its journal.
//!
//! | file | lost | altered | read by others |
//! |---|---|---|---|
//! | `digest.key` | repeat callers are not known again | the same | all numbers can be tried |
//! | `people.json` | nobody can sign in | whoever wrote it signs in | names, roles, hashes |
//! | `sessions.json` | everybody signs in again | whoever wrote it is anybody | names, hashes |
//! | `verify.token` | made at the next start | `verify` is turned away | journal, sealed values |
//! | `address` | `verify` does not find the centre | the same | harmless |
//!
//! The journal's own files are listed at its store. All but `address` have mode 0600.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::chance::{NoRandomBytes, random_bytes, random_token, to_hex};
use crate::private_file::{read_if_there, write_private};

const ADDRESS: &str = "address";
const VERIFY_TOKEN: &str = "verify.token";
const DIGEST_KEY: &str = "digest.key";

/// Why the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A file could not be read or written.
    #[error("`{path}`: {cause}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// The digest key is damaged. A new one would make every caller a new one, so it is not made.
    #[error(
        "`{path}` does not hold 64 hex digits; restore it from a backup",
        path = path.display()
    )]
    DigestKey {
        /// Which.
        path: PathBuf,
    },
    /// The system failed.
    #[error(transparent)]
    Random(#[from] NoRandomBytes),
}

/// One data folder.
#[derive(Clone, Debug)]
pub struct DataDir {
    dir: PathBuf,
}

impl DataDir {
    /// The folder, which is made (mode 0700) if it is not there.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn open(dir: &Path) -> Result<Self, DataError> {
        use std::os::unix::fs::DirBuilderExt;
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(dir);
        made.map_err(|cause| DataError::File { path: dir.to_owned(), cause })?;
        Ok(Self { dir: dir.to_owned() })
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.dir
    }

    /// Secret by which a caller's number is known again; made at the first start.
    ///
    /// # Errors
    /// The file is damaged, or cannot be read or written.
    pub fn digest_key(&self) -> Result<[u8; 32], DataError> {
        let path = self.dir.join(DIGEST_KEY);
        if let Some(text) = read_if_there(&path).map_err(self.fault(&path))? {
            return from_hex(text.trim_end()).ok_or(DataError::DigestKey { path });
        }
        let key = random_bytes::<32>()?;
        write_private(&path, &format!("{}\n", to_hex(&key))).map_err(self.fault(&path))?;
        Ok(key)
    }

    /// Secret of this run, for `evenhand verify` of whoever may read the folder anyway.
    pub(crate) fn new_verify_token(&self) -> Result<String, DataError> {
        let path = self.dir.join(VERIFY_TOKEN);
        let token = random_token()?;
        write_private(&path, &format!("{token}\n")).map_err(self.fault(&path))?;
        Ok(token)
    }

    /// Writes where the running centre listens.
    pub(crate) fn write_address(&self, url: &str) -> Result<(), DataError> {
        let path = self.dir.join(ADDRESS);
        fs::write(&path, format!("{url}\n")).map_err(self.fault(&path))
    }

    pub(crate) fn remove_address(&self) {
        if let Err(error) = fs::remove_file(self.dir.join(ADDRESS)) {
            tracing::warn!(%error, "the address file stays; the next start replaces it");
        }
    }

    /// Where the centre that has this folder open listens, and the secret for `verify`; `None` if
    /// none runs, as far as the files say.
    pub fn running(dir: &Path) -> Option<(String, String)> {
        let read = |name: &str| fs::read_to_string(dir.join(name)).ok();
        let url = read(ADDRESS)?.trim_end().to_owned();
        let token = read(VERIFY_TOKEN)?.trim_end().to_owned();
        Some((url, token))
    }

    fn fault(&self, path: &Path) -> impl FnOnce(io::Error) -> DataError {
        let path = path.to_owned();
        |cause| DataError::File { path, cause }
    }

    /// Free space of the folder's disk in percent; `None` if the system does not say.
    pub(crate) fn free_percent(&self) -> Option<u64> {
        let found = rustix::fs::statvfs(&self.dir).ok()?;
        (found.f_blocks > 0).then(|| found.f_bavail.saturating_mul(100) / found.f_blocks)
    }
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_key_stays_and_a_damaged_one_is_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(dir.path()).unwrap();
        let key = data.digest_key().unwrap();
        assert_eq!(data.digest_key().unwrap(), key);
        fs::write(dir.path().join(DIGEST_KEY), "torn").unwrap();
        assert!(matches!(data.digest_key(), Err(DataError::DigestKey { .. })));
    }

    #[test]
    fn a_running_centre_is_found_by_its_address() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(dir.path()).unwrap();
        let token = data.new_verify_token().unwrap();
        assert_eq!(DataDir::running(dir.path()), None);
        data.write_address("http://127.0.0.1:1").unwrap();
        let found = DataDir::running(dir.path());
        assert_eq!(found, Some(("http://127.0.0.1:1".to_owned(), token)));
        data.remove_address();
        assert_eq!(DataDir::running(dir.path()), None);
    }

    #[test]
    fn free_space_is_a_share() {
        let dir = tempfile::tempdir().unwrap();
        let free = DataDir::open(dir.path()).unwrap().free_percent().unwrap();
        assert!(free <= 100, "{free}");
    }
}
