//! The command line. A file a subcommand: each has its arguments (`Args`) and its `run`, which
//! gives the exit status, or says on one line what went wrong.

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Emergency-call and dispatch system: every call is accounted for, the same emergency gets the
/// same response, and anyone can check.
#[derive(Parser)]
#[command(name = "evenhand", version)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

// Engineers of subcommands: add `mod x;`, one variant `X(x::Args)` with a doc comment, and one arm
// `Command::X(args) => x::run(args)`, where `run(Args) -> Result<ExitCode, String>`.
#[derive(Subcommand)]
enum Command {}

fn main() -> ExitCode {
    let line = Line::parse();
    let result: Result<ExitCode, String> = match line.command {};
    #[expect(unreachable_code, reason = "until the first subcommand is added")]
    result.unwrap_or_else(|error| {
        eprintln!("evenhand: {error}");
        ExitCode::FAILURE
    })
}
