//! The centre's step in memory, with the replay's mix of commands: `cargo bench -p evenhand-sim`.
//!
//! A year of made-up calls in a town of one street is run once, and every command that it took is
//! kept. Then the same commands go into fresh centres, in batches of several sizes: rule, advise,
//! decide, JSON, leaf hash, apply, boards. Travel times are straight lines, so no road is searched.
//! The journal is in memory, once with a signed checkpoint for 64 batches, as the replay has it,
//! and once with one for each, as on disk.

#![expect(clippy::unwrap_used, reason = "a benchmark without its centre is of no use")]

use center::{Center, Input, Order, Setup, Store};
use evenhand_core::{Actor, Command, Timestamp};
use evenhand_sim::replay::{CallsFile, Natures, RecordedCalls, ReplayPlan};
use evenhand_sim::{CrewLabels, Crews, Door, Outside, Rng, Seen, Staff, Way, Ways};
use jiff::tz::TimeZone;
use journal::{Journal, MemoryStore, SigningKey};
use map::Point;
use places::Places;
use policy::Policy;
use roads::TravelTimes;
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

#[path = "../tests/replay/town.rs"]
mod town;

const CALLS: usize = 4_000;
const RUNS: usize = 5;
const BATCHES: [usize; 4] = [1, 8, 64, 256];
const BATCHES_PER_CHECKPOINT: [u32; 2] = [64, 1];
const START: Timestamp = Timestamp(1_451_600_000_000);

/// 50 km/h as the crow flies.
struct Line;

impl TravelTimes for Line {
    fn map_version(&self) -> &str {
        "straight lines"
    }

    fn travel_ms(&self, to: Point, from: &[Point]) -> Vec<Option<u32>> {
        from.iter().map(|from| Some(from.distance_m(to) * 72)).collect()
    }
}

impl Ways for Line {
    fn way(&self, from: Point, to: Point) -> Option<Way> {
        let total_ms = u64::from(from.distance_m(to)) * 72;
        Some(Way { total_ms, steps: vec![(0, from), (total_ms, to)] })
    }
}

fn boone(file: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../centers/boone/");
    std::fs::read_to_string(format!("{folder}{file}")).unwrap()
}

fn policy() -> Policy {
    let (policy, cards) = (boone("policy.toml"), boone("run-cards.toml"));
    Policy::load(&[("policy.toml", &policy), ("run-cards.toml", &cards)]).unwrap()
}

fn center(batches_per_checkpoint: u32) -> Center {
    let map = town::town();
    let mut fleet = town::fleet();
    for number in 2..=4 {
        let more = town::fleet().into_iter().map(|mut unit| {
            unit.unit.0 = format!("{}{number}", unit.unit.0);
            unit
        });
        fleet.extend(more);
    }
    let setup = Setup {
        name: "benchmark".to_owned(),
        time_zone: jiff::tz::TimeZone::UTC,
        policy: policy(),
        places: Places::build(&map),
        map,
        times: Box::new(Line),
        fleet,
        digest_key: [7; 32],
    };
    let share = NonZeroU32::new(batches_per_checkpoint).unwrap();
    let store: Store = Box::new(MemoryStore::of_one_run(share));
    let key = SigningKey::from_seed("benchmark", [7; 32]).unwrap();
    let mut center =
        Center::open(setup, Journal::open(store, key).unwrap(), START, [7; 32]).unwrap();
    center.draw(false);
    center
}

/// Calls of a year, two hours apart on average, somewhere on the street.
fn calls(plan: &ReplayPlan) -> CallsFile {
    let mut rng = Rng::named(1, "benchmark");
    let mut csv = "Nature,Street,GeoY,GeoX,CallTime,FirstDispatchTime,FirstEnroute,FirstArrive,\
                   LastClear\n"
        .to_owned();
    let mut at = jiff::civil::date(2016, 1, 1).at(6, 0, 0, 0);
    for _ in 0..CALLS {
        at = at.saturating_add(jiff::SignedDuration::from_secs(rng.below(15_000) as i64));
        let clear = at.saturating_add(jiff::SignedDuration::from_mins(20 + rng.below(40) as i64));
        let lon = 92_300_000 + rng.below(90_000);
        let nature = rng.choose(&[(5, "26A1"), (3, "6D1"), (2, "FALL")]).unwrap();
        csv.push_str(&format!(
            "{nature},BROADWAY,38.95,-{}.{:06},",
            lon / 1_000_000,
            lon % 1_000_000
        ));
        csv.push_str(&format!("{at},,,{at},{clear}\n"));
    }
    let natures = Natures::parse("natures.toml", &boone("natures.toml"), &policy()).unwrap();
    let zone = TimeZone::get("America/Chicago").unwrap();
    CallsFile::read("made up", csv.as_bytes(), plan, &natures, &zone).unwrap()
}

/// Every command that a year takes, in order; the passing of time is one too.
fn commands() -> Vec<Input> {
    let plan = ReplayPlan::parse("replay.toml", &boone("replay.toml")).unwrap();
    let mut center = center(64);
    let labels = CrewLabels::of(center.policy());
    let source = RecordedCalls::new(calls(&plan).calls, plan.interval_h_max, 1_800_000);
    let staff = Staff::new(1, plan.staff, START);
    let mut outside = Outside::new(source, staff, Crews::new(1, plan.crews, labels), Door::new(1));
    let mut commands = Vec::new();
    while let Some(now) = [outside.next_at(), center.next_deadline()].into_iter().flatten().min() {
        let mut inputs = outside.act(&Seen { now, center: &center, ways: &Line });
        if center.next_deadline().is_some_and(|due| due <= now) {
            inputs.insert(0, pass_time(commands.len(), now));
        }
        if inputs.is_empty() {
            continue;
        }
        commands.extend(inputs.iter().cloned());
        let outputs = center.step(inputs);
        outside.hear(&outputs, &Seen { now, center: &center, ways: &Line });
    }
    assert_eq!(center.core().unaccounted(), 0);
    commands
}

fn pass_time(number: usize, at: Timestamp) -> Input {
    Input {
        key: format!("clock-{number}"),
        at,
        actor: Actor::Clock,
        order: Order::Command(Command::PassTime {}),
        salt: [7; 32],
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
fn run(commands: &[Input], batch: usize, batches_per_checkpoint: u32) -> (Duration, u64) {
    let mut center = center(batches_per_checkpoint);
    let first = center.last_seq();
    let batches: Vec<Vec<Input>> = commands.chunks(batch).map(<[Input]>::to_vec).collect();
    let start = Instant::now();
    for inputs in batches {
        std::hint::black_box(center.step(inputs));
    }
    (start.elapsed(), center.last_seq() - first)
}

fn main() {
    // `cargo test --benches` runs this too, and wants to know only that it works.
    let is_test = std::env::args().any(|argument| argument == "--test");
    let commands = commands();
    let mut mix: BTreeMap<&str, usize> = BTreeMap::new();
    for input in &commands {
        if let Order::Command(command) = &input.order {
            *mix.entry(command.name()).or_default() += 1;
        }
    }
    println!("{} commands of {CALLS} calls: {mix:?}", commands.len());
    for share in BATCHES_PER_CHECKPOINT {
        println!("a signed checkpoint for {share} batches:");
        for batch in BATCHES {
            let runs = if is_test { 1 } else { RUNS };
            let mut seen: Vec<_> = (0..runs).map(|_| run(&commands, batch, share)).collect();
            seen.sort();
            print_figures(batch, commands.len(), seen[runs / 2]);
        }
    }
}

fn print_figures(batch: usize, commands: usize, (time, entries): (Duration, u64)) {
    println!(
        "batches of {batch:>3}: {:>7.0} commands/s, {:>7.0} entries/s, {:.1} us a command",
        commands as f64 / time.as_secs_f64(),
        entries as f64 / time.as_secs_f64(),
        time.as_secs_f64() * 1e6 / commands as f64,
    );
}
