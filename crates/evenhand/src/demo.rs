//! `evenhand demo`: a live centre for Cambridge, Massachusetts, with generated callers and crews.
//!
//! Callers and crews live in [`sim::demo`] and reach the centre through the same door as a browser.
//! Ctrl-C stops everything and writes the world beside the journal; the next start goes on from
//! there, and demo time stands still in between.

mod caller_plan;
mod door;
mod say;
mod start;
mod telephones;
mod world_file;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use evenhand_core::Timestamp;
use server::{Clock, Running};
use sim::demo::Demo;

use door::Door;
use start::Begun;

/// Ports tried, one after the other, if none was given.
const PORTS: std::ops::RangeInclusive<u16> = 8911..=8930;
/// Longest time without a look at whether to stop, in real milliseconds.
const LOOK_MS: u64 = 200;
/// How often the terminal says how things stand, in real milliseconds.
const STATUS_MS: u64 = 60_000;
/// Fastest demo time with SIP: messages and voice take their real time, whatever the clock says.
const SIP_SPEED_MAX: u32 = 20;

/// What `demo` is told.
#[derive(clap::Args)]
pub struct Args {
    /// The data folder: journal, keys, accounts, and the world between two runs.
    #[arg(long, default_value = "demo-data")]
    data: PathBuf,
    /// Where to listen on this machine; without it, 8911 or the next that is free.
    #[arg(long)]
    port: Option<u16>,
    /// Demo time runs so many times as fast as real time.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    speed: u32,
    /// What all chance comes from: the same seed, the same day. A stopped demo keeps its own.
    #[arg(long)]
    seed: Option<u64>,
    /// Simulated staff work at the positions.
    #[arg(long)]
    autopilot: bool,
    /// Callers ring by SIP, on this machine, and speak a tone each; at most 20 times real time.
    #[arg(long)]
    sip: bool,
    /// No new calls are generated.
    #[arg(long)]
    quiet: bool,
    /// Stop after so much demo time: `90s`, `30m`, `2h`, `1d`.
    #[arg(long = "for", value_name = "DURATION", value_parser = duration_ms)]
    for_ms: Option<u64>,
    /// Serve the console's files from this folder instead of those built in.
    #[arg(long)]
    console_dir: Option<PathBuf>,
}

/// Runs the demo until Ctrl-C, or for as long as was said.
pub fn run(args: Args) -> Result<ExitCode, String> {
    if args.sip && args.speed > SIP_SPEED_MAX {
        return Err(format!(
            "`--speed {}` was given; with `--sip` at most {SIP_SPEED_MAX}, because messages and \
             voice take their real time",
            args.speed
        ));
    }
    let stop = stop_on_signal();
    let stop = stop.map_err(|error| format!("the system does not tell of signals: {error}"))?;
    let begun = start::begin(&args)?;
    let Begun { mut running, mut demo, mut door, clock, shown, plan, world_file } = begun;
    let codes = say::codes_on_enter();
    let ends_at = args.for_ms.map(|ms| demo.now().plus(ms));
    clock.set_speed(args.speed);
    let mut turn = Turn {
        running: &mut running,
        shown: &shown,
        codes,
        status_every_ms: STATUS_MS * u64::from(args.speed),
        status_at: demo.now().plus(STATUS_MS * u64::from(args.speed)),
        ends_at,
    };
    let driven = drive(&mut demo, &mut door, &clock, &stop, &mut turn);
    clock.set_speed(0);
    let stopped_at = *driven.as_ref().unwrap_or(&demo.now());
    let summary = say::summary(&mut door, &shown, stopped_at);
    let by_sip = door.telephones().map(|telephones| telephones.summary());
    let seq = running.center().query_blocking(center::Center::last_seq);
    let saved = match seq {
        Ok(seq) => world_file.write(&demo.saved(stopped_at, seq, &plan)),
        Err(error) => Err(error.to_string()),
    };
    drop(door);
    running.stop();
    println!("{summary}");
    by_sip.into_iter().for_each(|by_sip| println!("{by_sip}"));
    driven?;
    saved.map_err(|error| format!("the world was not saved, only the journal: {error}"))?;
    println!("saved; the same command goes on from here");
    Ok(ExitCode::SUCCESS)
}

/// What else is to be looked at while the demo runs.
struct Turn<'a> {
    running: &'a mut Running,
    shown: &'a say::Shown,
    codes: std::sync::mpsc::Receiver<()>,
    status_every_ms: u64,
    status_at: Timestamp,
    ends_at: Option<Timestamp>,
}

/// One instant after the other, each at its time, until told to stop; up to when everything has
/// happened then.
fn drive(
    demo: &mut Demo,
    door: &mut Door,
    clock: &Clock,
    stop: &AtomicBool,
    turn: &mut Turn<'_>,
) -> Result<Timestamp, String> {
    let text = |error: sim::demo::DemoError| error.to_string();
    loop {
        turn.look(door, clock);
        let next = demo.next_at(door).map_err(text)?;
        let now = clock.now();
        if stop.load(Ordering::Relaxed) {
            // On a busy machine the clock may be ahead of what has happened; that is not skipped.
            return Ok(if next.is_some_and(|at| at <= now) { demo.now() } else { now });
        }
        if let Some(ends_at) = turn.ends_at
            && next.is_none_or(|next| next > ends_at)
            && now >= ends_at
        {
            return Ok(ends_at);
        }
        let soonest = [next, turn.ends_at].into_iter().flatten().min();
        let look = Duration::from_millis(LOOK_MS);
        let until = soonest.and_then(|at| clock.until(at)).map_or(look, |until| until.min(look));
        match (next, until) {
            (Some(next), Duration::ZERO) if Some(next) == soonest => {
                demo.instant(next, door).map_err(text)?;
            }
            _ => {
                let heard = door.wait(until);
                if !heard.is_empty() {
                    demo.hear(clock.now(), heard, door).map_err(text)?;
                }
            }
        }
    }
}

impl Turn<'_> {
    fn look(&mut self, door: &mut Door, clock: &Clock) {
        if clock.now() >= self.status_at {
            println!("{}", say::status(door, self.shown, clock.now()));
            self.status_at = clock.now().plus(self.status_every_ms);
        }
        if self.codes.try_recv().is_ok() {
            say::more_codes(self.running);
        }
    }
}

/// Set when the system or a person at the terminal wants an end.
fn stop_on_signal() -> std::io::Result<Arc<AtomicBool>> {
    use tokio::signal::unix::{SignalKind, signal};
    let stop = Arc::new(AtomicBool::new(false));
    let told = stop.clone();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // Heard from here on, not from when the thread gets round to it.
    let (mut interrupt, mut terminate) = {
        let _inside = runtime.enter();
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?)
    };
    // It ends with the process.
    std::thread::spawn(move || {
        runtime.block_on(async {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        });
        told.store(true, Ordering::Relaxed);
    });
    Ok(stop)
}

/// `90s`, `30m`, `2h` or `1d` in milliseconds.
fn duration_ms(text: &str) -> Result<u64, String> {
    let wrong = || format!("`{text}` is no duration; `90s`, `30m`, `2h` and `1d` are");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let count = text.strip_suffix(unit).and_then(|count| count.parse::<u64>().ok());
    count.and_then(|count| count.checked_mul(seconds * 1_000)).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_or_refused() {
        assert_eq!(duration_ms("90s"), Ok(90_000));
        assert_eq!(duration_ms("2h"), Ok(7_200_000));
        for wrong in ["", "h", "2", "2 h", "-1s", "1w", "99999999999999999d"] {
            assert!(duration_ms(wrong).is_err(), "{wrong}");
        }
    }
}
