//! `evenhand policy fmt`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::{FAILED, NOT_READ, tell};

#[derive(clap::Args)]
pub struct Args {
    /// Policies, written anew in place.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write nothing; name the files that would change, with exit status 1 if there are any.
    #[arg(long)]
    check: bool,
}

pub fn run(args: &Args) -> Result<ExitCode, String> {
    let mut worst = 0;
    for path in &args.files {
        worst = worst.max(one(path, args.check)?);
    }
    Ok(ExitCode::from(worst))
}

fn one(path: &Path, check: bool) -> Result<u8, String> {
    let file = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| format!("`{file}`: {error}"))?;
    let written = match policy::response::format(&file, &text) {
        Ok(written) => written,
        Err(problems) => {
            tell(&problems, &text);
            return Ok(NOT_READ);
        }
    };
    if written == text {
        return Ok(0);
    }
    if check {
        println!("would change: {file}");
        return Ok(FAILED);
    }
    // Beside and then over it, so that no fault of the disk leaves half a policy.
    let beside = path.with_extension("policy.new");
    fs::write(&beside, written)
        .and_then(|()| fs::rename(&beside, path))
        .map_err(|error| format!("`{file}`: {error}"))?;
    println!("written anew: {file}");
    Ok(0)
}
