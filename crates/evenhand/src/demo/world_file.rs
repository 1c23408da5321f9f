//! `world.json` beside the journal: everything outside the centre, while the demo is stopped.
//!
//! Its presence also says that the folder is a demo's: generated calls are never put into any
//! other centre's journal.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use journal::{EmbeddedStore, Store};
use serde::Deserialize;
use sim::demo::SavedWorld;

use evenhand_core::Timestamp;

const WORLD: &str = "world.json";
const JOURNAL: &str = "journal.db";

/// The file.
pub struct WorldFile {
    path: PathBuf,
}

/// What is left of an earlier run, as far as it can be told without opening the centre.
pub struct Left {
    /// The world file's text.
    pub text: String,
    /// The seed it says, if it can be read at all.
    pub seed: Option<u64>,
    /// Number of the journal's last entry.
    pub seq: u64,
    /// When that was.
    pub at: Timestamp,
}

impl WorldFile {
    /// The file of a data folder.
    pub fn of(data: &Path) -> Self {
        Self { path: data.join(WORLD) }
    }

    /// What an earlier run left; `None` if there was none.
    ///
    /// # Errors
    /// The folder holds a journal that no demo made, or it cannot be read.
    pub fn left(&self) -> Result<Option<Left>, String> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        if !folder.join(JOURNAL).exists() {
            return Ok(None);
        }
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(format!(
                    "`{}` holds a journal and no `{WORLD}`, so no demo made it; give another \
                     folder by `--data`",
                    folder.display()
                ));
            }
            Err(error) => return Err(format!("`{}`: {error}", self.path.display())),
        };
        let (seq, at) = last_entry(folder)?;
        Ok(Some(Left { seed: seed_of(&text), text, seq, at }))
    }

    /// Writes it whole or not at all.
    ///
    /// # Errors
    /// What the system said.
    pub fn write(&self, world: &SavedWorld) -> Result<(), String> {
        let text = world.text().map_err(|error| error.to_string())?;
        self.replace(&text).map_err(|error| format!("`{}`: {error}", self.path.display()))
    }

    fn replace(&self, text: &str) -> io::Result<()> {
        let beside = self.path.with_extension("json.new");
        let mut file = fs::File::create(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, &self.path)?;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }
}

fn seed_of(text: &str) -> Option<u64> {
    #[derive(Deserialize)]
    struct Seed {
        seed: u64,
    }
    serde_json::from_str::<Seed>(text).ok().map(|world| world.seed)
}

fn last_entry(folder: &Path) -> Result<(u64, Timestamp), String> {
    let text = |error: journal::StoreError| error.to_string();
    let store = EmbeddedStore::open_read_only(folder).map_err(text)?;
    let seq = store.length().map_err(text)?;
    let last = store.read(seq.max(1), 1).map_err(text)?;
    let row = last.first().map(|stored| center::decode(&stored.body)).transpose();
    let at = row.map_err(|error| error.to_string())?.map(|row| row.at);
    Ok((seq, at.unwrap_or_default()))
}
