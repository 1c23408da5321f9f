//! `evenhand policy impact`: over the journal of a stopped centre, or over a replay of real calls.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use evenhand_core::Timestamp;
use jiff::tz::TimeZone;
use journal::{EmbeddedStore, Journal, SigningKey};
use policy::impact::{Case, Compared, Impact, Share, impact};

use super::{NOT_READ, percent, read};
use crate::replay;

#[derive(clap::Args)]
pub struct Args {
    /// The policy.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Compare with this version instead of with the answers on record.
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// The data folder of a stopped centre.
    #[arg(long, value_name = "FOLDER", required_unless_present = "calls")]
    journal: Option<PathBuf>,
    /// For a journal: the time zone its hours are counted in.
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    time_zone: String,
    /// For a journal: only the last so many days.
    #[arg(long)]
    days: Option<u32>,
    /// For a replay: how the calls are read, such as `centers/boone/replay.toml`.
    #[arg(long, value_name = "FILE", requires = "calls")]
    center: Option<PathBuf>,
    /// For a replay: the calls, a CSV file.
    #[arg(long, value_name = "FILE", requires = "center", conflicts_with = "journal")]
    calls: Option<PathBuf>,
    /// Print the counts as JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Result<ExitCode, String> {
    let Some(new) = read(&args.file)? else { return Ok(ExitCode::from(NOT_READ)) };
    let old = match &args.against {
        Some(path) => match read(path)? {
            Some(old) => Some(old),
            None => return Ok(ExitCode::from(NOT_READ)),
        },
        None => None,
    };
    let cases = cases(args)?;
    let compared = match &old {
        Some(old) => Compared::Versions(&old.response, &new.response),
        None => Compared::WithRecord(&new.response),
    };
    let counted = impact(compared, cases);
    if args.json {
        println!("{:#}", serde_json::json!(counted));
    } else {
        print!("{}", told(&counted));
    }
    Ok(ExitCode::SUCCESS)
}

fn cases(args: &Args) -> Result<Vec<Case>, String> {
    match (&args.journal, &args.center, &args.calls) {
        (Some(dir), _, _) => of_journal(dir, &args.time_zone, args.days),
        (None, Some(center), Some(calls)) => of_replay(center, calls),
        _ => Err("say `--journal FOLDER`, or `--center FILE` and `--calls FILE`".to_owned()),
    }
}

fn of_journal(dir: &Path, zone: &str, days: Option<u32>) -> Result<Vec<Case>, String> {
    let zone = TimeZone::get(zone).map_err(|error| format!("time zone `{zone}`: {error}"))?;
    let store = EmbeddedStore::open_read_only(dir).map_err(|error| error.to_string())?;
    // The key signs nothing here: the journal is only read.
    let key = SigningKey::load_or_create(dir, "evenhand").map_err(|error| error.to_string())?;
    let journal = Journal::open(store, key).map_err(|error| error.to_string())?;
    let since = days.map_or(Timestamp(0), since);
    center::cases(&journal, since, &|at| hour(&zone, at)).map_err(|error| error.to_string())
}

fn since(days: u32) -> Timestamp {
    let now = jiff::Timestamp::now().as_millisecond();
    Timestamp(now.saturating_sub(i64::from(days) * 86_400_000))
}

/// The replay's own centre answers as it would, so that units free and calls waiting are those of
/// the replay; a nature that the mapping does not know is `unknown`.
fn of_replay(center: &Path, calls: &Path) -> Result<Vec<Case>, String> {
    let (centre, zone, unmapped) = replay::run_for_record(center, calls)?;
    let mut cases = center::cases(centre.journal(), Timestamp(0), &|at| hour(&zone, at))
        .map_err(|error| error.to_string())?;
    for case in &mut cases {
        if case.nature == unmapped {
            "unknown".clone_into(&mut case.nature);
            case.facts.remove("nature");
        }
    }
    Ok(cases)
}

fn hour(zone: &TimeZone, at: Timestamp) -> u8 {
    let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    u8::try_from(zone.to_datetime(at).hour()).unwrap_or(0)
}

fn told(counted: &Impact) -> String {
    let of = |count: u64| format!("{count} of {} ({})", counted.cases, share(count, counted.cases));
    let mut text = format!("of no type that it has         {}\n", of(counted.nature_unknown));
    for (attribute, count) in &counted.not_recorded {
        text += &format!("not on record: {attribute:<15} {}\n", of(*count));
    }
    text += "who calls                      never on record here; taken as unknown\n\n";
    text += &format!("calls whose answer would change {}\n", of(counted.changed));
    text += &format!("calls whose answer depends on who calls {}\n", of(counted.depends_on_who));
    if counted.changed == 0 {
        return text;
    }
    text += "\nwhat would change\n";
    for (change, count) in &counted.by_change {
        text += &format!("  {count:>6}  {change}\n");
    }
    text += &table("by type", &counted.by_nature);
    let hours: BTreeMap<String, Share> =
        counted.by_hour.iter().map(|(hour, share)| (format!("{hour:02}"), *share)).collect();
    text += &table("by hour", &hours);
    text += &table("by zone", &counted.by_zone);
    text += "\nfor example\n";
    for example in &counted.examples {
        text += &format!("  {} {}: {}\n", example.name, example.nature, example.changes.join(", "));
    }
    text
}

/// Lines in which something would change; the rest in one.
fn table(title: &str, shares: &BTreeMap<String, Share>) -> String {
    let width = shares.keys().map(|key| key.chars().count()).max().unwrap_or(0);
    let mut text = format!("\n{title}\n");
    let mut same = 0;
    for (key, one) in shares {
        if one.changed == 0 {
            same += 1;
            continue;
        }
        let per_cent = share(one.changed, one.of);
        text += &format!("  {key:width$}  {:>6} of {:>6}  {per_cent}\n", one.changed, one.of);
    }
    if same > 0 {
        text += &format!("  nothing would change in {same} others\n");
    }
    text
}

#[expect(clippy::cast_precision_loss, reason = "a share for people")]
fn share(count: u64, of: u64) -> String {
    percent(if of == 0 { 0.0 } else { count as f64 / of as f64 })
}
