//! Runs calls by SIP over a bad network, a seed each, and stops at the first broken promise:
//! `cargo run -p evenhand-sim --example telephone -- 1..50`. With one seed alone (`7..7`) the
//! journal of a broken promise is printed too. The planted bugs are looked for with it.

use evenhand_sim::telephone;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some((first, last)) = std::env::args().nth(1).and_then(|seeds| read(&seeds)) else {
        eprintln!("seeds are given as `1..50`, both included");
        return ExitCode::FAILURE;
    };
    for seed in first..=last {
        match telephone::run(seed) {
            Ok(report) => println!("{report}"),
            Err(violation) => {
                if first == last {
                    violation.entries.iter().for_each(|entry| println!("{entry}"));
                }
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
