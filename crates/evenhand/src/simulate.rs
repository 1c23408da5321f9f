//! `evenhand simulate`: days under faults, a seed each, until a promise breaks.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use sim::faults::{Report, Violation};

/// What `simulate` is told.
#[derive(clap::Args)]
pub struct Args {
    /// Which seeds, both ends included: `1..50`, or one: `7`.
    #[arg(long, value_name = "A..B", default_value = "1..50", value_parser = read_seeds)]
    seeds: Seeds,
    /// Where to write the journal of a day on which a promise broke, an entry a line.
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
}

/// Seeds from the first to the last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Seeds {
    first: u64,
    last: u64,
}

/// Runs the days; the exit status is 1 if a promise broke, and the seed stands in the last line.
pub fn run(args: Args) -> Result<ExitCode, String> {
    let mut sums = Sums::default();
    for seed in args.seeds.first..=args.seeds.last {
        match sim::faults::run(seed) {
            Ok(report) => {
                print(&report.to_string())?;
                sums.add(&report);
            }
            Err(violation) => return broken(seed, &violation, args.journal),
        }
    }
    print(&sums.text())?;
    Ok(ExitCode::SUCCESS)
}

fn broken(seed: u64, at: &Violation, journal: Option<PathBuf>) -> Result<ExitCode, String> {
    if let Some(path) = journal {
        let text = at.entries.join("\n");
        fs::write(&path, text).map_err(|error| format!("`{}`: {error}", path.display()))?;
        print(&format!("{} entries until then: {}", at.entries.len(), path.display()))?;
    }
    print(&format!("seed {seed}: BROKEN: {at}"))?;
    Ok(ExitCode::FAILURE)
}

/// A day takes seconds; whoever waits sees each as it is done.
fn print(line: &str) -> Result<(), String> {
    let mut out = std::io::stdout().lock();
    let printed = writeln!(out, "{line}").and_then(|()| out.flush());
    printed.map_err(|error| format!("the report could not be printed: {error}"))
}

/// All days together.
#[derive(Default)]
struct Sums {
    days: u64,
    calls: u64,
    incidents: u64,
    entries: u64,
    restarts: u64,
    drained_ms_max: u64,
    faults: BTreeMap<&'static str, u64>,
}

impl Sums {
    fn add(&mut self, report: &Report) {
        self.days += 1;
        self.calls += report.calls;
        self.incidents += report.incidents;
        self.entries += report.entries;
        self.restarts += report.restarts;
        self.drained_ms_max = self.drained_ms_max.max(report.drained_ms);
        for (kind, count) in &report.faults {
            *self.faults.entry(kind).or_default() += count;
        }
    }

    fn text(&self) -> String {
        let mut text = String::from("\nfaults survived:\n");
        for (kind, count) in &self.faults {
            text += &format!("{count:>9}  {kind}\n");
        }
        let Self { days, calls, incidents, entries, restarts, drained_ms_max, .. } = self;
        text += &format!(
            "{days} days, {calls} calls, {incidents} incidents, {entries} entries, {restarts} \
             starts: every promise kept, 0 calls unaccounted; all work was done within {} min of \
             the last fault",
            drained_ms_max / 60_000
        );
        text
    }
}

fn read_seeds(text: &str) -> Result<Seeds, String> {
    let number = |part: &str| part.parse::<u64>().ok();
    let seeds = match text.split_once("..") {
        Some((first, last)) => number(first).zip(number(last)),
        None => number(text).map(|seed| (seed, seed)),
    };
    match seeds {
        Some((first, last)) if first <= last => Ok(Seeds { first, last }),
        _ => Err(format!("seeds `{text}` are none; `1..50` and `7` are")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_a_range_or_one() {
        assert_eq!(read_seeds("3..9"), Ok(Seeds { first: 3, last: 9 }));
        assert_eq!(read_seeds("7"), Ok(Seeds { first: 7, last: 7 }));
        for wrong in ["", "9..3", "a..b", "1..", "-1"] {
            let error = format!("seeds `{wrong}` are none; `1..50` and `7` are");
            assert_eq!(read_seeds(wrong), Err(error));
        }
    }

    #[test]
    fn a_day_is_summed_with_its_faults() {
        let mut sums = Sums::default();
        let report = Report {
            seed: 1,
            faults: BTreeMap::from([("power cut", 2)]),
            calls: 10,
            incidents: 5,
            restarts: 3,
            happened: BTreeMap::new(),
            entries: 400,
            outputs: 900,
            drained_ms: 180_000,
            hash: String::new(),
        };
        sums.add(&report);
        sums.add(&report);
        let text = sums.text();
        assert!(text.contains("        4  power cut\n"), "{text}");
        assert!(text.ends_with("within 3 min of the last fault"), "{text}");
        assert!(text.contains("2 days, 20 calls, 10 incidents, 800 entries, 6 starts"), "{text}");
    }
}
