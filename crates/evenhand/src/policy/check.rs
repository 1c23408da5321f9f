//! `evenhand policy check`.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use policy::even::{Budget, Report, Verdict, check};

use super::{FAILED, NOT_DECIDED, NOT_READ, Text, demand, html, read, today, words};

#[derive(clap::Args)]
pub struct Args {
    /// Policies (`.policy`), or NENA i3 routing rule sets (JSON).
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The day for which exceptions are judged; today if not given.
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<String>,
    /// How many calls of each area group come from each place (CSV: `area_group,district,calls`):
    /// what the policy's use of place means for each group.
    #[arg(long, value_name = "FILE")]
    demand: Option<PathBuf>,
    /// Print what was found as JSON, an object for each file.
    #[arg(long)]
    json: bool,
    /// Write what was found as a page that can be sent around.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

struct Checked {
    file: String,
    source: String,
    report: Report,
    caveats: Vec<String>,
}

pub fn run(args: &Args) -> Result<ExitCode, String> {
    let today = args.today.clone().unwrap_or_else(today);
    let mut checked = Vec::new();
    let mut unread = false;
    for path in &args.files {
        let Some(Text { response, rule_set }) = read(path)? else {
            unread = true;
            continue;
        };
        let mut report = check(&response, &today, &Budget::default());
        if let Some(table) = &args.demand {
            report.demand = demand::found(table, &response)?;
        }
        let caveats = rule_set.map(|set| set.caveats(&report)).unwrap_or_default();
        let source = fs::read_to_string(path).unwrap_or_default();
        checked.push(Checked { file: path.display().to_string(), source, report, caveats });
    }
    if args.json {
        println!("{:#}", json(&checked));
    } else {
        checked.iter().for_each(print);
    }
    if let Some(path) = &args.html {
        let pages = checked.iter().map(|one| html::section(&one.source, &one.report, &one.caveats));
        fs::write(path, html::page(pages))
            .map_err(|error| format!("{}: {error}", path.display()))?;
        eprintln!("written: {}", path.display());
    }
    Ok(ExitCode::from(status(unread, &checked)))
}

fn json(checked: &[Checked]) -> serde_json::Value {
    let each = |one: &Checked| {
        serde_json::json!({
            "file": one.file,
            "passes": one.report.passes(),
            "report": one.report,
            "caveats": one.caveats,
        })
    };
    checked.iter().map(each).collect()
}

fn print(one: &Checked) {
    println!("{}:", one.file);
    print!("{}", words::told(&one.report, &one.source));
    for caveat in &one.caveats {
        println!("NOTE  {caveat}");
    }
    println!();
}

/// The worst that was found counts.
fn status(unread: bool, checked: &[Checked]) -> u8 {
    let undecided = |one: &Checked| {
        matches!(one.report.verdict, Verdict::NotDecided(_)) || !one.report.undecided.is_empty()
    };
    if unread {
        NOT_READ
    } else if checked.iter().any(undecided) {
        NOT_DECIDED
    } else if checked.iter().all(|one| one.report.passes()) {
        0
    } else {
        FAILED
    }
}
