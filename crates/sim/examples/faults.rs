//! Runs days under faults, a seed each, and stops at the first broken promise:
//! `cargo run -p evenhand-sim --example faults -- 1..50`. The planted bugs are looked for with it;
//! people use `evenhand simulate`, which says more.

use evenhand_sim::faults;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some((first, last)) = std::env::args().nth(1).and_then(|seeds| read(&seeds)) else {
        eprintln!("seeds are given as `1..50`, both included");
        return ExitCode::FAILURE;
    };
    for seed in first..=last {
        match faults::run(seed) {
            Ok(report) => println!("{report}"),
            Err(violation) => {
                println!("seed {seed}: {violation}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

fn read(seeds: &str) -> Option<(u64, u64)> {
    let (first, last) = seeds.split_once("..")?;
    Some((first.parse().ok()?, last.parse().ok()?))
}
