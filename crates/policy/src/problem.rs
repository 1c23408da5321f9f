//! What is wrong with a policy text, where, and what would be accepted.

use thiserror::Error;

/// One fault of a text. Shown as `policy.toml:12:5: fault; mend`.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("{place}: {fault}; {mend}")]
pub struct Problem {
    /// Where.
    pub(crate) place: Place,
    /// What was given.
    pub(crate) fault: String,
    /// What would be accepted.
    pub(crate) mend: String,
    /// How many characters it spans, 1 at least.
    pub(crate) width: usize,
}

impl Problem {
    /// Name of the file, as it was given to [`crate::Policy::load`].
    pub fn file(&self) -> &str {
        &self.place.file
    }

    /// Line, counted from 1.
    pub fn line(&self) -> usize {
        self.place.line
    }

    /// Column in characters, counted from 1.
    pub fn column(&self) -> usize {
        self.place.column
    }

    /// How many characters it spans, 1 at least.
    pub fn width(&self) -> usize {
        self.width
    }

    /// What was given.
    pub fn fault(&self) -> &str {
        &self.fault
    }

    /// What would be accepted.
    pub fn mend(&self) -> &str {
        &self.mend
    }

    /// The problem with the line it is on, marked. `text` is the whole file.
    ///
    /// ```text
    /// error: `agency_z` is not a value of `affiliation`
    ///   --> police.policy:20:40
    ///    |
    /// 20 | rule stand_back when affiliation = agency_z then decline
    ///    |                                    ^^^^^^^^ accepted are `none`, `unknown`
    /// ```
    pub fn shown(&self, text: &str) -> String {
        let number = self.line().to_string();
        let gap = " ".repeat(number.len());
        let line = text.lines().nth(self.line().saturating_sub(1)).unwrap_or("");
        // A tab before the mark stays a tab, so that the mark stands under what it means.
        let before: String = line
            .chars()
            .take(self.column().saturating_sub(1))
            .map(|letter| if letter == '\t' { '\t' } else { ' ' })
            .collect();
        let marks = "^".repeat(self.width);
        format!(
            "error: {}\n{gap}--> {}\n{gap} |\n{number} | {line}\n{gap} | {before}{marks} {}\n",
            self.fault, self.place, self.mend
        )
    }
}

/// A place in one of the texts. Ordered as a reader meets them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Place {
    /// Which of the texts, counted from 0.
    pub number: usize,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// The text's name.
    pub file: String,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// Everything found wrong so far.
#[derive(Default)]
pub(crate) struct Problems(Vec<Problem>);

impl Problems {
    /// Notes one.
    pub fn add(&mut self, place: &Place, fault: impl Into<String>, mend: impl Into<String>) {
        self.add_wide(place, 1, fault, mend);
    }

    /// Notes one that spans several characters.
    pub fn add_wide(
        &mut self,
        place: &Place,
        width: usize,
        fault: impl Into<String>,
        mend: impl Into<String>,
    ) {
        let (fault, mend) = (fault.into(), mend.into());
        self.0.push(Problem { place: place.clone(), fault, mend, width: width.max(1) });
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All, in the order of the texts, each once.
    pub fn sorted(mut self) -> Vec<Problem> {
        self.0.sort_by(|a, b| (&a.place, &a.fault).cmp(&(&b.place, &b.fault)));
        self.0.dedup();
        self.0
    }
}

/// `accepted are` and the names, each in backticks.
pub(crate) fn accepted<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{}`", name.as_ref())).collect();
    match names.as_slice() {
        [] => "nothing is accepted here yet".to_owned(),
        [one] => format!("accepted is {one}"),
        _ => format!("accepted are {}", names.join(", ")),
    }
}
