//! Runs days under faults: `cargo run -p evenhand-sim --example faults -- 1..50`.

use evenhand_sim::faults;
use std::process::ExitCode;

fn main() -> ExitCode {
    let seeds = std::env::args().nth(1).unwrap_or_else(|| "1..3".to_owned());
    let Some((first, last)) = seeds.split_once("..") else { return ExitCode::FAILURE };
    let (Ok(first), Ok(last)) = (first.parse::<u64>(), last.parse::<u64>()) else {
        return ExitCode::FAILURE;
    };
    for seed in first..=last {
        match faults::run(seed) {
            Ok(report) => {
                println!("{report}");
                if std::env::args().nth(2).is_some() {
                    println!("{:#?}", report.faults);
                }
            }
            Err(violation) => {
                println!("seed {seed}: {violation}");
                if let Some(path) = std::env::args().nth(2) {
                    std::fs::write(path, violation.entries.join("\n")).unwrap_or_default();
                }
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
