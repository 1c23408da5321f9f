//! The command line: one grammar, three habits (`EN M21`, `EN.M21`, `M21 en`). Read here once; the
//! console sends the text and shows the reading. What could mean several things is asked, never
//! guessed.

mod read;
mod verbs;
mod words;

pub(crate) use read::read;

use crate::input::Clear;
use evenhand_core::Command;
use serde::Serialize;

/// What a typed line would do.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Reading {
    /// Whether it can be carried out as it stands.
    pub understood: bool,
    /// The same in a sentence.
    pub says: String,
    /// The first command.
    pub command: Option<Command<Clear>>,
    /// All commands, in order; carried out one after the other, up to the first refused.
    pub commands: Vec<Command<Clear>>,
    /// What it could mean, where it could mean several things.
    pub choices: Vec<Choice>,
    /// How it is written, where that was asked or the line was not understood.
    pub syntax: Vec<Syntax>,
    /// What is wrong with it.
    pub error: Option<String>,
    /// The line takes the person's last command back.
    #[serde(skip)]
    pub undo: bool,
}

/// One of several meanings.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Choice {
    /// The line to type for it.
    pub text: String,
    /// What it says.
    pub says: String,
}

/// How a verb is written.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Syntax {
    /// The verb.
    pub verb: String,
    /// Its form.
    pub form: String,
    /// What it does.
    pub says: String,
}

/// Whether a line takes the person's last command back.
pub(crate) fn undoes(text: &str) -> bool {
    words::divide(text).first().is_some_and(|first| first.eq_ignore_ascii_case("UNDO"))
}

impl Reading {
    pub(crate) fn of(says: String, commands: Vec<Command<Clear>>) -> Self {
        Self {
            understood: true,
            says,
            command: commands.first().cloned(),
            commands,
            ..Self::default()
        }
    }

    pub(crate) fn not_understood(error: String, syntax: Vec<Syntax>) -> Self {
        Self { error: Some(error), syntax, ..Self::default() }
    }

    pub(crate) fn ask(choices: Vec<Choice>) -> Self {
        let error = Some("this could mean several things; choose one".to_owned());
        Self { choices, error, ..Self::default() }
    }
}
