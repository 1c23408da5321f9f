//! `evenhand policy diff`.

use std::path::PathBuf;
use std::process::ExitCode;

use policy::even::{Budget, Difference, OutcomeDifference, difference};

use super::{FAILED, NOT_DECIDED, NOT_READ, grouped, percent, read, words};

#[derive(clap::Args)]
pub struct Args {
    /// The version before.
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The version after.
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Print the difference as JSON.
    #[arg(long)]
    json: bool,
}

/// Exit status: 0 no call is answered differently; 1 some is; 2 a text cannot be read; 3 not
/// decided.
pub fn run(args: &Args) -> Result<ExitCode, String> {
    let (Some(old), Some(new)) = (read(&args.old)?, read(&args.new)?) else {
        return Ok(ExitCode::from(NOT_READ));
    };
    let found = difference(&old.response, &new.response, &Budget::default());
    if args.json {
        println!("{:#}", serde_json::json!(found));
    } else {
        print!("{}", told(&found));
    }
    let status = match &found {
        open if !open.undecided.is_empty() => NOT_DECIDED,
        same if same.outcomes.iter().all(|one| one.changes.is_empty()) => 0,
        _ => FAILED,
    };
    Ok(ExitCode::from(status))
}

fn told(found: &Difference) -> String {
    let mut text = format!("{} -> {}\n", found.old, found.new);
    if let (Some(changed), Some(compared)) = (&found.changed, &found.compared) {
        let share = found.share.map_or_else(String::new, |share| format!(" ({})", percent(share)));
        text += &format!(
            "{} of {} distinct calls are answered differently{share}\n",
            grouped(&changed.to_string()),
            grouped(&compared.to_string())
        );
    }
    for outcome in &found.outcomes {
        text += &outcome_told(outcome);
    }
    if found.overrides_changed {
        text += "\nthe override table is written differently\n";
    }
    if !found.not_compared.is_empty() {
        text += "\nnot compared, since it stands in one version only\n";
    }
    for one in &found.not_compared {
        text += &format!("  {one}\n");
    }
    for one in &found.undecided {
        text += &format!("\nNOT DECIDED: {one}\n");
    }
    text
}

fn outcome_told(one: &OutcomeDifference) -> String {
    if one.changes.is_empty() {
        return format!("\n{}: the same for every call\n", one.outcome);
    }
    let changed = grouped(&one.changed.to_string());
    let mut text = format!("\n{}: {changed} calls ({})\n", one.outcome, percent(one.share));
    for change in &one.changes {
        let count = grouped(&change.count.to_string());
        text += &format!("  {} -> {}: {count} calls\n", change.from, change.to);
        if let Some(example) = &change.example {
            text += &format!("{}\n", words::before_and_after(example));
        }
    }
    text
}
