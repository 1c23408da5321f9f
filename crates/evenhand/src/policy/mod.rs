//! `evenhand policy`: everything that can be asked of a response policy before anybody adopts it.
//!
//! A file a question. What they share stands here: reading the texts, and the day.

mod check;
mod demand;
mod difference;
mod example_calls;
mod explain;
mod fmt;
mod html;
mod impact;
mod words;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use policy::response::Response;
use policy::{Problem, routing};

/// The text is not in order, or does not pass.
const FAILED: u8 = 1;
/// A text cannot be read.
const NOT_READ: u8 = 2;
/// Something was not decided; never to be taken for a pass.
const NOT_DECIDED: u8 = 3;

/// What `policy` is told.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    question: Question,
}

#[derive(clap::Subcommand)]
enum Question {
    /// Proves, for every call that can be described, whether an answer depends on who calls.
    ///
    /// Exit status: 0 all holds; 1 uneven, or a claim fails; 2 a text cannot be read; 3 not
    /// decided.
    Check(check::Args),
    /// Says why a call gets its answer, and what would change it.
    Explain(explain::Args),
    /// Says exactly for which calls two versions answer differently.
    ///
    /// Exit status: 0 for none; 1 for some; 2 a text cannot be read; 3 not decided.
    Diff(difference::Args),
    /// Counts the real calls on record, or of a replay, whose answer would change.
    Impact(impact::Args),
    /// Proves the agency's own cases: the `expect` lines of a text.
    Test(example_calls::Args),
    /// Writes texts in the one way, keeping their meaning.
    Fmt(fmt::Args),
}

/// Answers one question.
pub fn run(args: Args) -> Result<ExitCode, String> {
    match args.question {
        Question::Check(args) => check::run(&args),
        Question::Explain(args) => explain::run(&args),
        Question::Diff(args) => difference::run(&args),
        Question::Impact(args) => impact::run(&args),
        Question::Test(args) => example_calls::run(&args),
        Question::Fmt(args) => fmt::run(&args),
    }
}

/// A text that was read.
struct Text {
    /// What it means.
    response: Response,
    /// The routing rules that it was made from, if it is no policy of our own language.
    rule_set: Option<routing::RuleSet>,
}

/// Reads a policy, or a set of routing rules. What is wrong with it is printed; `Ok(None)` then.
fn read(path: &Path) -> Result<Option<Text>, String> {
    let file = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| format!("`{file}`: {error}"))?;
    let read = if routing::is_rule_set(&text) {
        routing::read(&file, &text)
            .map(|set| Text { response: set.response().clone(), rule_set: Some(set) })
    } else {
        Response::read(&file, &text).map(|response| Text { response, rule_set: None })
    };
    Ok(read.map_err(|problems| tell(&problems, &text)).ok())
}

/// Prints every problem with its line, and how many there are.
fn tell(problems: &[Problem], text: &str) {
    for problem in problems {
        eprintln!("{}", problem.shown(text));
    }
    match problems {
        [_] => eprintln!("1 problem: the policy is not read"),
        all => eprintln!("{} problems: the policy is not read", all.len()),
    }
}

/// Today as the machine has it, `YYYY-MM-DD`: on it depends whether an exception still holds.
fn today() -> String {
    jiff::ZonedDateTime::now().date().to_string()
}

/// One whole number with a mark at every thousand: `464,940,000`.
fn grouped(number: &str) -> String {
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return number.to_owned();
    }
    let mut grouped = String::new();
    for (place, digit) in number.chars().enumerate() {
        if place > 0 && (number.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A share from 0 to 1 in per cent; never `0 %` of something, nor `100 %` of not all.
fn percent(share: f64) -> String {
    match share * 100.0 {
        none if none <= 0.0 => "0 %".to_owned(),
        little if little < 0.01 => "less than 0.01 %".to_owned(),
        nearly if nearly > 99.99 && share < 1.0 => "more than 99.99 %".to_owned(),
        some => format!("{some:.2} %"),
    }
}
