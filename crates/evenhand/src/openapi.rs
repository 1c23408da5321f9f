//! `evenhand openapi`: the description of the web API.

use std::process::ExitCode;

/// `openapi` takes no arguments.
#[derive(clap::Args)]
pub struct Args {}

/// Prints the description; the committed `crates/server/openapi.json` is exactly this.
pub fn run(_args: Args) -> Result<ExitCode, String> {
    print!("{}", server::openapi_json());
    Ok(ExitCode::SUCCESS)
}
