//! `evenhand replay`: real calls through the same centre, in virtual time.

use std::fs;
use std::io::{IsTerminal, Write};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use center::{Center, Setup, Store};
use jiff::tz::TimeZone;
use journal::{EmbeddedOptions, EmbeddedStore, MemoryStore, SigningKey};
use server::config::{CenterFiles, Configuration};
use sim::Rng;
use sim::replay::{CallsFile, Natures, Opening, Replay, ReplayPlan};

/// Name of the journal that a replay writes.
const ORIGIN: &str = "evenhand-replay";

/// Batches of a replay in memory that share a signed checkpoint. Nearly every command of a replay
/// is a batch of its own, and a signature takes longer than the rest of it.
const BATCHES_PER_CHECKPOINT: NonZeroU32 = NonZeroU32::new(64).unwrap();

/// What `replay` is told.
#[derive(clap::Args)]
pub struct Args {
    /// How the calls are read, and for which centre: a file with a `[replay]` table, such as
    /// `centers/boone/replay.toml`.
    #[arg(long, value_name = "FILE")]
    center: PathBuf,
    /// The calls: a CSV file.
    #[arg(long, value_name = "FILE")]
    calls: PathBuf,
    /// What all chance comes from: the same seed, the same run.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Keep the journal in this folder, durable call by call, to be checked with `verify`. Without
    /// it the journal is in memory and gone at the end.
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

/// Replays a file of calls and prints the report.
pub fn run(args: Args) -> Result<ExitCode, String> {
    let mut replay = Replay::open(opening(&args)?.0).map_err(|error| error.to_string())?;
    let stop = stop_on_interrupt()?;
    let started = now();
    let mut line = ProgressLine::new(replay.progress().1);
    while !stop.load(Ordering::Relaxed) && replay.step().map_err(|error| error.to_string())? {
        line.show(replay.progress().0);
    }
    let elapsed_ms = u64::try_from(started.elapsed().as_millis()).ok();
    line.clear();
    let (mut report, _) = replay.finish().map_err(|error| error.to_string())?;
    report.elapsed_ms = elapsed_ms;
    let text = if args.json { format!("{:#}\n", report.json()) } else { report.to_string() };
    let printed = std::io::stdout().write_all(text.as_bytes());
    printed.map_err(|error| format!("the report could not be printed: {error}"))?;
    let done = report.stopped_after.is_none() && report.accounts.unaccounted() == 0;
    Ok(if done { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs a whole replay for its record: the centre with its journal, the time zone of the calls, and
/// the type that stands for a nature which nothing maps.
pub fn run_for_record(center: &Path, calls: &Path) -> Result<(Center, TimeZone, String), String> {
    let (center, calls) = (center.to_owned(), calls.to_owned());
    let args = Args { center, calls, seed: 1, data: None, json: false };
    let (opening, zone) = opening(&args)?;
    let unmapped = opening.unmapped_type.clone();
    let mut replay = Replay::open(opening).map_err(|error| error.to_string())?;
    let mut line = ProgressLine::new(replay.progress().1);
    while replay.step().map_err(|error| error.to_string())? {
        line.show(replay.progress().0);
    }
    line.clear();
    let (_, center) = replay.finish().map_err(|error| error.to_string())?;
    Ok((center, zone, unmapped))
}

fn opening(args: &Args) -> Result<(Opening, TimeZone), String> {
    let file = args.center.display().to_string();
    let text = fs::read_to_string(&args.center).map_err(|error| format!("{file}: {error}"))?;
    let plan = ReplayPlan::parse(&file, &text).map_err(|error| error.to_string())?;
    let folder = args.center.parent().unwrap_or(Path::new(""));
    let center = CenterFiles::named(&folder.join(&plan.center));
    let configuration = Configuration::load(&center).map_err(|error| error.to_string())?;
    let natures = natures(&folder.join(&plan.natures), &configuration)?;
    let calls = args.calls.display().to_string();
    let bytes = fs::File::open(&args.calls).map_err(|error| format!("{calls}: {error}"))?;
    let zone = configuration.time_zone.clone();
    let read = CallsFile::read(&calls, bytes, &plan, &natures, &zone);
    let read = read.map_err(|error| error.to_string())?;
    let speeds = speeds(&configuration);
    let mut secrets = Rng::named(args.seed, "replay/secrets");
    let setup = configuration.into_setup(secrets.bytes());
    let (store, key) = journal(args.data.as_deref(), secrets.bytes())?;
    let opening = Opening {
        plan,
        file: read,
        unmapped_type: natures.unmapped_type().to_owned(),
        travel: travel(&setup, &speeds),
        setup,
        store,
        key,
        seed: args.seed,
    };
    Ok((opening, zone))
}

fn natures(file: &Path, configuration: &Configuration) -> Result<Natures, String> {
    let name = file.display().to_string();
    let text = fs::read_to_string(file).map_err(|error| format!("{name}: {error}"))?;
    Natures::parse(&name, &text, &configuration.policy).map_err(|error| error.to_string())
}

/// In memory with a key of the seed, or in a folder with a key of its own.
fn journal(data: Option<&Path>, key: [u8; 32]) -> Result<(Store, SigningKey), String> {
    let Some(dir) = data else {
        let key = SigningKey::from_seed(ORIGIN, key).map_err(|error| error.to_string())?;
        return Ok((Box::new(MemoryStore::of_one_run(BATCHES_PER_CHECKPOINT)), key));
    };
    let store = EmbeddedStore::open(dir, &EmbeddedOptions::default());
    let store = store.map_err(|error| error.to_string())?;
    let key = SigningKey::load_or_create(dir, ORIGIN).map_err(|error| error.to_string())?;
    Ok((Box::new(store), key))
}

/// `motorway 100, ramp 50 ...`, from the table's own names.
fn speeds(configuration: &Configuration) -> String {
    let table = serde_json::to_value(configuration.speeds).unwrap_or_default();
    let each = table.as_object().into_iter().flatten().map(|(name, speed)| {
        format!("{} {speed}", name.trim_end_matches("_kmh").replace('_', " "))
    });
    each.collect::<Vec<_>>().join(", ")
}

fn travel(setup: &Setup, speeds: &str) -> String {
    if setup.times.map_version() == setup.map.streets.version {
        format!("quickest way by road; km/h: {speeds}")
    } else {
        "by the centre's table of minutes from zone to zone".to_owned()
    }
}

/// Set when the person at the terminal has had enough: what was replayed is reported.
fn stop_on_interrupt() -> Result<Arc<AtomicBool>, String> {
    let stop = Arc::new(AtomicBool::new(false));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
    let runtime = runtime.map_err(|error| format!("no signals from the system: {error}"))?;
    let set = stop.clone();
    let wait = move || {
        if runtime.block_on(tokio::signal::ctrl_c()).is_ok() {
            set.store(true, Ordering::Relaxed);
        }
    };
    let thread = std::thread::Builder::new().name("interrupt".to_owned()).spawn(wait);
    thread.map_err(|error| format!("no thread for signals: {error}"))?;
    Ok(stop)
}

#[expect(clippy::disallowed_methods, reason = "how long the replay took, shown and not recorded")]
fn now() -> Instant {
    Instant::now()
}

/// How far it is, on a terminal only.
struct ProgressLine {
    calls: usize,
    shown: Option<usize>,
    is_terminal: bool,
}

impl ProgressLine {
    fn new(calls: usize) -> Self {
        Self { calls, shown: None, is_terminal: std::io::stderr().is_terminal() }
    }

    /// At most a hundred times: a terminal is slower than the replay.
    fn show(&mut self, rung: usize) {
        let percent = rung * 100 / self.calls.max(1);
        if !self.is_terminal || self.shown == Some(percent) {
            return;
        }
        self.shown = Some(percent);
        eprint!("\r{rung} of {} calls, {percent} %", self.calls);
        // A progress line that cannot be shown is no loss.
        let _shown = std::io::stderr().flush();
    }

    fn clear(&self) {
        if self.shown.is_some() {
            eprint!("\r{:60}\r", "");
        }
    }
}
