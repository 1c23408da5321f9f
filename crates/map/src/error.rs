//! Why a map could not be read: the agency's file or its description is at fault, and where.

use std::io;

/// A map file could not be read or says something that is not accepted.
///
/// The map is read before the centre starts; nothing is half read: on an error there is no map.
#[derive(Debug, thiserror::Error)]
pub enum MapError {
    /// The file could not be opened or unpacked.
    #[error("`{file}` cannot be read: {cause}")]
    Unreadable {
        /// The file, as the description names it.
        file: String,
        /// What the system said.
        cause: io::Error,
    },
    /// The file was read, and one place in it is not accepted.
    #[error("`{file}`, {at}: {given}; accepted: {accepted}")]
    NotAccepted {
        /// The file, as the description names it.
        file: String,
        /// Where in the file: `feature 12`, `record 7`, `line 3`.
        at: String,
        /// What was given there.
        given: String,
        /// What would have been accepted.
        accepted: String,
    },
}

impl MapError {
    pub(crate) fn not_accepted(
        file: &str,
        at: impl ToString,
        given: impl ToString,
        accepted: &str,
    ) -> Self {
        Self::NotAccepted {
            file: file.to_owned(),
            at: at.to_string(),
            given: given.to_string(),
            accepted: accepted.to_owned(),
        }
    }
}
