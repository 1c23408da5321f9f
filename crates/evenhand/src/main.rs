//! The command line. A file a subcommand: each has its arguments (`Args`) and its `run`, which
//! gives the exit status, or says on one line what went wrong.

mod call;
mod demo;
mod openapi;
mod policy;
mod replay;
mod serve;
mod simulate;
mod verify;

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

#[derive(Subcommand)]
enum Command {
    /// Runs the demo: Cambridge, with generated callers and crews, until Ctrl-C.
    Demo(demo::Args),
    /// Serves a live centre until Ctrl-C, or looks after its people.
    Serve(serve::Args),
    /// Calls a centre by SIP, as a telephone does, and says what became of it.
    Call(call::Args),
    /// Runs days with failing disks, restarts and clock jumps, a seed each, until a promise breaks.
    Simulate(simulate::Args),
    /// Checks a journal, of a stopped centre or a running one, and says in one line what it proved.
    Verify(verify::Args),
    /// Replays real calls through the same centre, and compares the intervals.
    Replay(replay::Args),
    /// Checks, explains and compares response policies before anybody adopts them.
    Policy(policy::Args),
    /// Prints the description of the web API.
    Openapi(openapi::Args),
}

fn main() -> ExitCode {
    let line = Line::parse();
    let result: Result<ExitCode, String> = match line.command {
        Command::Demo(args) => demo::run(args),
        Command::Serve(args) => serve::run(args),
        Command::Call(args) => call::run(args),
        Command::Simulate(args) => simulate::run(args),
        Command::Verify(args) => verify::run(args),
        Command::Replay(args) => replay::run(args),
        Command::Policy(args) => policy::run(args),
        Command::Openapi(args) => openapi::run(args),
    };
    result.unwrap_or_else(|error| {
        eprintln!("evenhand: {error}");
        ExitCode::FAILURE
    })
}
