//! The world file: everything outside the centre, as it was when the demo was stopped.
//!
//! Lost, altered or older than the journal: the demo recovers from the centre and says so; nothing
//! recorded is lost. Whoever reads it sees made-up callers and the seed.

use super::driver::World;
use center::Input;
use evenhand_core::Timestamp;
use serde::{Deserialize, Serialize};

/// The form of the file; another is not read.
const VERSION: u32 = 1;

/// A stopped world.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SavedWorld {
    /// The seed it began with.
    pub seed: u64,
    /// Demo time at the stop.
    pub at: Timestamp,
    /// The journal's last entry at the stop; [`SavedWorld::RUNNING`]: there was none yet.
    pub seq: u64,
    /// Whether simulated staff worked.
    pub autopilot: bool,
    /// The journal's last entry when an earlier world was lost; 0: none was.
    pub lost_at: u64,
    /// Reports that wait for a journal that could not be written.
    pub held: Vec<Input>,
    /// Digest of the plan that callers were made by; they refer to it.
    pub plan: String,
    /// Callers, crews, staff, and all their chance.
    pub(super) world: World,
}

/// Why a world file is not used.
#[derive(Debug, thiserror::Error)]
pub enum SavedError {
    /// It is no world file.
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// It was written by another program version.
    #[error("it has form `{given}`, `{VERSION}` is read")]
    OtherForm {
        /// Its form.
        given: u32,
    },
    /// It was written at a start, and no stop followed.
    #[error("the program was killed")]
    Killed,
    /// The journal went on without it.
    #[error("it belongs to entry `{file}`, the journal ends at `{journal}`")]
    OtherEntry {
        /// The entry it belongs to.
        file: u64,
        /// The journal's last.
        journal: u64,
    },
    /// The plan was changed since.
    #[error("demo.toml was changed since it was written")]
    OtherPlan,
}

impl SavedWorld {
    /// In place of the last entry while the demo runs.
    pub const RUNNING: u64 = 0;

    /// As a file's text.
    ///
    /// # Errors
    /// None is known; serialisation says.
    pub fn text(&self) -> Result<String, SavedError> {
        let mut value = serde_json::to_value(self)?;
        if let Some(fields) = value.as_object_mut() {
            fields.insert("version".to_owned(), VERSION.into());
        }
        Ok(serde_json::to_string(&value)?)
    }

    /// Reads a file's text, for a journal that ends at `last_seq` and a plan.
    ///
    /// # Errors
    /// Why the world cannot go on from it.
    pub fn read(text: &str, last_seq: u64, plan: &str) -> Result<Self, SavedError> {
        #[derive(Deserialize)]
        struct Form {
            version: u32,
        }
        let Form { version } = serde_json::from_str(text)?;
        if version != VERSION {
            return Err(SavedError::OtherForm { given: version });
        }
        let saved: Self = serde_json::from_str(text)?;
        if saved.seq == SavedWorld::RUNNING {
            return Err(SavedError::Killed);
        }
        if saved.seq != last_seq {
            return Err(SavedError::OtherEntry { file: saved.seq, journal: last_seq });
        }
        if saved.plan != plan {
            return Err(SavedError::OtherPlan);
        }
        Ok(saved)
    }
}
