//! What the demo says at the terminal.

use std::io::{BufRead, IsTerminal};
use std::sync::mpsc::{Receiver, sync_channel};

use center::Center;
use evenhand_core::{Role, Stage, Timestamp};
use jiff::tz::TimeZone;
use server::Running;
use sim::demo::Link;

use super::Args;
use super::door::Door;

/// Who signs in.
const YOU: &str = "you";
/// Who signs beside them, where policy demands two. At work from the start, so that they can.
pub const SECOND: &str = "second";
const ROLES: [Role; 3] = [Role::CallTaker, Role::Dispatcher, Role::Supervisor];

/// What is said of every demo.
pub struct Shown {
    /// The place's time.
    pub zone: TimeZone,
    /// The place.
    pub name: String,
    /// What all chance comes from.
    pub seed: u64,
}

impl Shown {
    fn time(&self, at: Timestamp) -> String {
        jiff::Timestamp::from_millisecond(at.0).map_or_else(
            |_| at.to_string(),
            |at| self.zone.to_datetime(at).strftime("%a %Y-%m-%d %H:%M:%S").to_string(),
        )
    }
}

/// What is made up and what is real, where the data lies, what time it is.
pub fn beginning(args: &Args, shown: &Shown, from: Timestamp) {
    println!("Evenhand demo: {}", shown.name);
    println!(
        "generated: every call, caller, crew and simulated member of staff, from seed {}; nothing \
         here is a real emergency",
        shown.seed
    );
    println!(
        "real: streets, one-way directions, house numbers, crossings, districts and stations (City \
         of Cambridge GIS); how calls spread over the day (docs/demo.md)"
    );
    println!("data: {}", args.data.display());
    println!("demo time: {} in {}, at speed {}", shown.time(from), shown.name, args.speed);
    println!(
        "positions: {}",
        match args.autopilot {
            true => "simulated staff (--autopilot); you may work beside them",
            false => "yours; --autopilot lets simulated staff work",
        }
    );
    if args.quiet {
        println!("quiet: no new calls are generated");
    }
}

/// How to get in. One line each, for programs too.
pub fn ways_in(running: &Running) -> Result<(), String> {
    let text = |error: server::AccountError| error.to_string();
    let code = running.one_time_code(YOU, &ROLES).map_err(text)?;
    println!("{}", console_line(running.url(), &code));
    if let Some(at) = running.sip().and_then(|bound| bound.udp) {
        println!("sip: {at}");
        println!("callers ring by SIP; call it yourself: evenhand call {at}");
    }
    let password = running.fresh_password(SECOND, &ROLES).map_err(text)?;
    println!("second: {SECOND}:{password}");
    println!("the second signs where two people must, with that password; it works until the end");
    if std::io::stdin().is_terminal() {
        println!("the console's code works once; press Enter for a new one");
    }
    println!("stop: Ctrl-C");
    Ok(())
}

fn console_line(url: &str, code: &str) -> String {
    format!("console: {url}/#sign-in={YOU}:{code}")
}

/// A new code, for who closed the page.
pub fn more_codes(running: &Running) {
    match running.one_time_code(YOU, &ROLES) {
        Ok(code) => println!("new {}", console_line(running.url(), &code)),
        Err(error) => eprintln!("no new code: {error}"),
    }
}

/// Says when somebody at the terminal presses Enter; never, if nobody can.
pub fn codes_on_enter() -> Receiver<()> {
    let (pressed, presses) = sync_channel(1);
    if std::io::stdin().is_terminal() {
        // It ends with the process.
        std::thread::spawn(move || {
            for line in std::io::stdin().lock().lines() {
                if line.is_err() || pressed.send(()).is_err() {
                    return;
                }
            }
        });
    }
    presses
}

/// How things stand, in one line.
pub fn status(door: &mut Door, shown: &Shown, at: Timestamp) -> String {
    let time = shown.time(at);
    let asked = door.look(|center| {
        let now = center.core().situation();
        let open = center.core().open_incidents().count();
        format!(
            "{} calls, {} ringing, {} callbacks, {} unaccounted; {open} incidents open, {} \
             pending, {} held; {} alerts",
            center.core().calls().count(),
            now.ringing,
            now.callbacks,
            now.unaccounted,
            now.pending,
            now.held,
            now.alerts
        )
    });
    match asked {
        Ok(standing) => format!("{time}  {standing}"),
        Err(_) => format!("{time}  the centre is starting again"),
    }
}

/// What was done, at the end.
pub fn summary(door: &mut Door, shown: &Shown, at: Timestamp) -> String {
    let time = shown.time(at);
    let asked = door.look(|center: &Center| {
        let core = center.core();
        let closed = core.incidents().filter(|one| one.stage == Stage::Closed).count();
        format!(
            "{} calls, {} unaccounted; {} incidents, {closed} closed; {} entries in the journal",
            core.calls().count(),
            core.unaccounted(),
            core.incidents().count(),
            center.last_seq()
        )
    });
    format!("stopped at {time}: {}", asked.unwrap_or_else(|_| "no answer".to_owned()))
}
