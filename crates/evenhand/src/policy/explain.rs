//! `evenhand policy explain`.

use std::path::PathBuf;
use std::process::ExitCode;

use policy::explain::{Change, Explanation, explain};

use super::{FAILED, NOT_READ, read};

#[derive(clap::Args)]
pub struct Args {
    /// The policy.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What is known of the call: `nature=assault severity=2`. What is not given is `unknown`, or
    /// the least number.
    #[arg(value_name = "NAME=VALUE")]
    facts: Vec<String>,
    /// Print the explanation as JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Result<ExitCode, String> {
    let Some(text) = read(&args.file)? else { return Ok(ExitCode::from(NOT_READ)) };
    let facts: Vec<(&str, &str)> =
        args.facts.iter().map(|fact| split(fact)).collect::<Result<_, _>>()?;
    let described = match text.response.describe(facts) {
        Ok(described) => described,
        Err(wrong) => {
            wrong.iter().for_each(|one| eprintln!("error: {one}"));
            return Ok(ExitCode::from(NOT_READ));
        }
    };
    let explanation = explain(&text.response, &described);
    if args.json {
        println!("{:#}", serde_json::json!(explanation));
    } else {
        print!("{}", told(&explanation));
    }
    Ok(ExitCode::from(if explanation.depends_on_who() { FAILED } else { 0 }))
}

fn split(fact: &str) -> Result<(&str, &str), String> {
    fact.split_once('=')
        .ok_or_else(|| format!("`{fact}` is no fact; expected is `name=value`, as in `severity=2`"))
}

fn told(explanation: &Explanation) -> String {
    let mut text = format!("{}\n\nThe call\n", explanation.policy);
    let width = explanation.facts.iter().map(|fact| fact.attribute.len()).max().unwrap_or(0);
    for fact in &explanation.facts {
        let given = if fact.given { "" } else { "   (not given)" };
        text += &format!("  {:width$}  {}{given}\n", fact.attribute, fact.value);
    }
    text += "\nThe answer\n";
    let width = explanation.answers.iter().map(|one| one.outcome.len()).max().unwrap_or(0);
    for answer in &explanation.answers {
        let by = match (&answer.rule, answer.line) {
            (Some(rule), Some(line)) => format!("by rule {rule}, line {line}"),
            _ => "no rule adds it".to_owned(),
        };
        text += &format!("  {:width$}  {}   {by}\n", answer.outcome, answer.value);
    }
    text += "\nOne other fact would change it\n";
    let own = |change: &&Change| change.class != "caller" && change.class != "area";
    explanation.changes.iter().filter(own).for_each(|change| text += &changed(change));
    if !explanation.changes.iter().any(|change| own(&change)) {
        text += "  none would\n";
    }
    text += "\nWho calls would change it\n";
    let who: Vec<&Change> = explanation.changes.iter().filter(|change| !own(change)).collect();
    who.iter().for_each(|change| text += &changed(change));
    if who.is_empty() {
        text += "  no: it is the same whoever calls\n";
    }
    text
}

fn changed(change: &Change) -> String {
    let answers: Vec<String> = change
        .answers
        .iter()
        .map(|one| {
            let by = one.rule.as_deref().map_or_else(String::new, |rule| format!(" (rule {rule})"));
            format!("{} {}{by}", one.outcome, one.value)
        })
        .collect();
    format!("  {} = {}: {}\n", change.attribute, change.to, answers.join(", "))
}
