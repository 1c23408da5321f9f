//! What is wrong with a centre's files: file, line, and the mend.

use std::ops::Range;

use super::CenterFiles;

/// A centre's files are not accepted. Nothing is half read: there is no centre then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A file cannot be read at all.
    #[error("`{file}` cannot be read: {cause}")]
    Unreadable {
        /// Which.
        file: String,
        /// What the system said.
        cause: String,
    },
    /// One place in a file is not accepted.
    #[error("{file}:{line}:{column}: {fault}; {mend}")]
    NotAccepted {
        /// Which file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// What was given.
        fault: String,
        /// What would be accepted.
        mend: String,
    },
    /// The policy is not accepted: everything that is wrong, one a line.
    #[error("{0}")]
    Policy(String),
    /// The map is not accepted.
    #[error("map: {0}")]
    Map(String),
}

/// A text with its name, to say where in it something stands.
pub(super) struct Text<'a> {
    pub file: String,
    pub text: &'a str,
}

impl Text<'_> {
    /// Reads the whole text as one TOML document.
    pub fn parse<T: serde::de::DeserializeOwned>(&self) -> Result<T, ConfigError> {
        toml::from_str(self.text).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            self.wrong(span, error.message().replace('\n', ", "), "correct this line")
        })
    }

    pub fn wrong(
        &self,
        span: Range<usize>,
        fault: impl Into<String>,
        mend: impl Into<String>,
    ) -> ConfigError {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        ConfigError::NotAccepted {
            file: self.file.clone(),
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
            fault: fault.into(),
            mend: mend.into(),
        }
    }
}

/// The text of a file.
pub(super) fn read_text(files: &CenterFiles, file: &str) -> Result<String, ConfigError> {
    let unreadable = |cause: String| ConfigError::Unreadable { file: files.shown(file), cause };
    let bytes = files.read(file).map_err(|error| unreadable(error.to_string()))?;
    String::from_utf8(bytes).map_err(|_not_text| unreadable("it is not UTF-8 text".to_owned()))
}
