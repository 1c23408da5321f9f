//! Reading a scenario file into lines.

use std::fmt;

/// One scenario.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Script {
    /// Its name: the file's, without ending. A sentence.
    pub name: String,
    /// The policy that the centre is founded with, by name; `None`: the table of types answers.
    pub policy: Option<String>,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// One line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Its number in the file, from 1.
    pub number: usize,
    /// Milliseconds since midnight.
    pub at_ms: i64,
    /// Who, and what is ordered: `taker T7 answers C1`.
    pub words: Vec<String>,
    /// What must come of it; `None`: it must be accepted, whatever comes.
    pub expected: Option<Vec<Vec<String>>>,
}

/// A scenario that cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScriptError {
    /// The scenario.
    pub name: String,
    /// The line.
    pub line: usize,
    /// What was given and what would be accepted.
    pub text: String,
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.scenario:{}: {}", self.name, self.line, self.text)
    }
}

impl Script {
    /// Reads a scenario. `#` begins a comment; `policy even` before the first line names the policy
    /// that the centre is founded with; a line that begins with `->` goes on with what is
    /// expected of the line before.
    ///
    /// # Errors
    /// The first line that is none.
    pub fn read(name: &str, text: &str) -> Result<Script, ScriptError> {
        let mut lines: Vec<Line> = Vec::new();
        let mut policy = None;
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.split_once('#').map_or(line, |(before, _)| before).trim();
            if line.is_empty() {
                continue;
            }
            let fail = |text: &str| ScriptError {
                name: name.to_owned(),
                line: number,
                text: text.to_owned(),
            };
            if let Some(more) = line.strip_prefix("->") {
                let before = lines.last_mut().ok_or_else(|| fail("`->` follows no line"))?;
                before.expected.get_or_insert_with(Vec::new).extend(expectations(more));
                continue;
            }
            if let Some(name) = line.strip_prefix("policy ").filter(|_| lines.is_empty()) {
                policy = Some(name.trim().to_owned());
                continue;
            }
            let (order, expected) = match line.split_once("->") {
                Some((order, expected)) => (order, Some(expectations(expected))),
                None => (line, None),
            };
            let words = split(order);
            let (time, words) = words.split_first().ok_or_else(|| fail("an empty line"))?;
            let at_ms = time_ms(time).ok_or_else(|| fail("a line begins with `hh:mm:ss`"))?;
            lines.push(Line { number, at_ms, words: words.to_vec(), expected });
        }
        Ok(Script { name: name.to_owned(), policy, lines })
    }
}

fn expectations(text: &str) -> Vec<Vec<String>> {
    text.split(',').map(split).filter(|words| !words.is_empty()).collect()
}

/// Words, with `"several words"` as one.
fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (place, part) in text.split('"').enumerate() {
        if place % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// `hh:mm:ss` or `hh:mm:ss.mmm` as milliseconds since midnight.
pub(super) fn time_ms(text: &str) -> Option<i64> {
    let (clock, ms) = match text.split_once('.') {
        Some((clock, ms)) => (clock, ms.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let mut parts = clock.split(':').map(|part| part.parse::<i64>().ok());
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
    let fits = parts.next().is_none() && minutes < 60 && seconds < 60 && hours < 100;
    fits.then_some(((hours * 60 + minutes) * 60 + seconds) * 1000 + ms)
}
