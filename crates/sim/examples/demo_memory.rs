//! Measures the demo's centre: its memory under autopilot in virtual time until so many incidents
//! are closed, and how long it takes to open again on that journal.
//!
//! The journal lies in a folder and does not wait for the disk, because writing is not what is
//! measured.
//!
//! ```text
//! cargo run --release -p evenhand-sim --example demo_memory -- 10000 <new folder>
//! ```

#[path = "../tests/demo/cambridge.rs"]
mod cambridge;

use evenhand_core::Stage;
use evenhand_sim::demo::{Demo, Positions};
use journal::{EmbeddedOptions, EmbeddedStore, Synchronous};
use std::path::PathBuf;

const HOUR_MS: u64 = 3_600_000;

fn main() -> Result<(), String> {
    let mut arguments = std::env::args().skip(1);
    let (Some(wanted), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("give a number of incidents and a new folder: `10000 /var/tmp/x`".to_owned());
    };
    let wanted: usize = wanted.parse().map_err(|_| format!("`{wanted}` is no number"))?;
    let folder = PathBuf::from(folder);
    println!("before: {}", memory());
    let options = EmbeddedOptions { synchronous: Synchronous::Off, ..EmbeddedOptions::default() };
    let open = || EmbeddedStore::open(&folder, &options).map_err(|error| error.to_string());
    let store = open()?;
    let parts = cambridge::parts(Positions::Autopilot);
    let start = parts.book.starts_at()?;
    let mut center = cambridge::center_on(Box::new(store), start);
    let mut demo = Demo::new(1, &parts, start);
    println!("begun: {}", memory());
    let closed = |center: &center::Center| {
        center.core().incidents().filter(|one| one.stage == Stage::Closed).count()
    };
    let mut told = 0;
    while closed(&center) < wanted {
        let until = demo.now().plus(HOUR_MS);
        demo.run_until(until, &mut center).map_err(|error| error.to_string())?;
        if closed(&center) / 1_000 > told {
            told = closed(&center) / 1_000;
            println!("{} incidents, {} entries: {}", closed(&center), center.last_seq(), memory());
        }
    }
    let days = demo.now().since(start) / (24 * HOUR_MS);
    let journal = std::fs::metadata(folder.join("journal.db")).map_or(0, |file| file.len());
    println!(
        "{} incidents and {} calls in {days} days, {} entries, journal {} MB: {}",
        closed(&center),
        center.core().calls().count(),
        center.last_seq(),
        journal / 1_000_000,
        memory()
    );
    let (at, entries) = (demo.now(), center.last_seq());
    drop((center, demo));
    let began = now();
    let center = cambridge::center_on(Box::new(open()?), at);
    let seconds = began.elapsed().as_secs_f32();
    println!("opened again on {entries} entries in {seconds:.1} s: {}", memory());
    drop(center);
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "it measures real time")]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}

/// What the system says of this process: memory in use now, and at most so far.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
        kilobytes.map_or("not known".to_owned(), |kilobytes| format!("{} MB", kilobytes / 1_000))
    };
    format!("{} resident, {} at most", of("VmRSS:"), of("VmHWM:"))
}
