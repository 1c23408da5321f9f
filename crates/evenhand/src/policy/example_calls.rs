//! `evenhand policy test`: the `expect` lines of a text, each proved for every call it covers.

use std::path::PathBuf;
use std::process::ExitCode;

use policy::even::{Budget, Result as Found, check};

use super::{FAILED, NOT_DECIDED, NOT_READ, Text, grouped, read, today, words};

#[derive(clap::Args)]
pub struct Args {
    /// Policies with `expect` lines.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub fn run(args: &Args) -> Result<ExitCode, String> {
    let mut worst = 0;
    for path in &args.files {
        let Some(Text { response, .. }) = read(path)? else {
            worst = worst.max(NOT_READ);
            continue;
        };
        let source = std::fs::read_to_string(path).unwrap_or_default();
        let report = check(&response, &today(), &Budget::default());
        let (mut held, mut failed) = (0, 0);
        for case in words::cases(&report.expectations) {
            match &case.result {
                Found::Holds { covers } => {
                    held += 1;
                    let covers = covers.as_ref().map_or_else(String::new, |covers| {
                        format!(": {} calls", grouped(&covers.to_string()))
                    });
                    let said = words::claim(case, &source);
                    println!("{said}{covers}");
                }
                Found::NotDecided { .. } => {
                    worst = worst.max(NOT_DECIDED);
                    println!("{}", words::claim(case, &source));
                }
                Found::Fails { .. } | Found::Empty => {
                    failed += 1;
                    worst = worst.max(FAILED);
                    println!("{}", words::claim(case, &source));
                }
            }
        }
        println!("{}: {held} hold, {failed} fail", path.display());
        if report.expectations.is_empty() {
            println!("  no `expect` line: write the cases that must come out as you mean them");
        }
    }
    Ok(ExitCode::from(worst))
}
