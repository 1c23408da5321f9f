//! `evenhand demo` as a person starts it: the real program, on this machine only.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop with a message")]

use center::{Entry, decode};
use journal::{EmbeddedStore, Store};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

fn demo(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evenhand"));
    command.args(["demo", "--data"]).arg(data).args(arguments);
    if !arguments.contains(&"--port") {
        command.args(["--port", "0"]);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    command
}

/// Runs to its end; what it said.
fn run(data: &Path, arguments: &[&str]) -> Vec<String> {
    let output = demo(data, arguments).output().unwrap();
    assert!(output.status.success(), "{:?}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// A demo that runs until it is stopped.
struct Started {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Started {
    fn new(data: &Path, arguments: &[&str]) -> Self {
        let mut child = demo(data, arguments).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    fn line(&mut self, start: &str) -> String {
        let found = self.lines.by_ref().map(Result::unwrap).find(|line| line.starts_with(start));
        found.unwrap_or_else(|| panic!("no line `{start}`"))
    }

    /// As Ctrl-C does; what it still says.
    fn interrupt(mut self) -> Vec<String> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        let rest = self.lines.map(Result::unwrap).collect();
        assert!(self.child.wait().unwrap().success());
        rest
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Every event of a stopped demo's journal, without its number and id and without the starts.
fn events(data: &Path) -> Vec<String> {
    let store = EmbeddedStore::open_read_only(data).unwrap();
    let rows = store.read(1, 1_000_000).unwrap();
    let rows = rows.iter().map(|row| decode(&row.body).unwrap());
    rows.filter_map(|row| match row.entry {
        Entry::Event(event) if event.name() != "CenterStarted" => {
            let event = serde_json::to_string(&event).unwrap();
            Some(format!("{} {:?} {event}", row.at.0, row.actor))
        }
        Entry::Event(_) | Entry::Command { .. } => None,
    })
    .collect()
}

fn count(lines: &[String], start: &str) -> usize {
    lines.iter().filter(|line| line.starts_with(start)).count()
}

#[test]
fn the_ways_in_are_said_once_and_in_their_form() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("demo");
    let lines = run(&data, &["--autopilot", "--speed", "3600", "--for", "10m"]);
    assert_eq!((count(&lines, "console: "), count(&lines, "second: ")), (1, 1), "{lines:?}");
    let console = lines.iter().find(|line| line.starts_with("console: ")).unwrap();
    let (address, way) = console["console: ".len()..].split_once("/#sign-in=").unwrap();
    assert!(address.starts_with("http://127.0.0.1:"), "{console}");
    assert_eq!(way.split(':').count(), 2, "{console}");
    assert!(lines.iter().any(|line| line.starts_with("generated: ") && line.contains("seed 1")));
    assert!(lines.iter().any(|line| line.starts_with("stopped at Fri 2026-06-05 17:10:00: ")));
}

/// The clock of a running demo is a real one, and yet a seed gives the same day: inputs bear their
/// own times, not the time at which some thread got round to them.
#[test]
fn stops_and_speeds_change_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (whole, stopped) = (dir.path().join("whole"), dir.path().join("stopped"));
    run(&whole, &["--autopilot", "--seed", "9", "--speed", "3600", "--for", "2h"]);
    // Numbers are known again by a key of the folder's own; everything else comes from the seed.
    std::fs::create_dir(&stopped).unwrap();
    std::fs::copy(whole.join("digest.key"), stopped.join("digest.key")).unwrap();
    for (speed, going_on) in [("3600", 0), ("2000", 1), ("3000", 1)] {
        let lines =
            run(&stopped, &["--autopilot", "--seed", "9", "--speed", speed, "--for", "40m"]);
        assert_eq!(count(&lines, "going on where it was stopped"), going_on, "{lines:?}");
    }
    let (whole, stopped) = (events(&whole), events(&stopped));
    assert!(whole.len() > 300, "{} events", whole.len());
    let same = whole.iter().zip(&stopped).take_while(|(one, other)| one == other).count();
    assert_eq!(whole.get(same), stopped.get(same), "event {same}");
}

/// The same for stops at any moment, also when the machine lags behind the clock.
#[test]
fn an_interrupted_day_is_the_beginning_of_the_whole() {
    let dir = tempfile::tempdir().unwrap();
    let (whole, stopped) = (dir.path().join("whole"), dir.path().join("stopped"));
    run(&whole, &["--autopilot", "--seed", "2", "--speed", "3600", "--for", "3h"]);
    std::fs::create_dir(&stopped).unwrap();
    std::fs::copy(whole.join("digest.key"), stopped.join("digest.key")).unwrap();
    for entries in [300, 700, 1_100] {
        let arguments = ["--autopilot", "--seed", "2", "--speed", "3600"];
        let mut started = Started::new(&stopped, &arguments);
        started.line("stop: ");
        let url = std::fs::read_to_string(stopped.join("address")).unwrap();
        wait_for_entries(url.trim(), entries);
        started.interrupt();
    }
    let (whole, stopped) = (events(&whole), events(&stopped));
    assert!(stopped.len() < whole.len(), "{} of {}", stopped.len(), whole.len());
    let same = whole.iter().zip(&stopped).take_while(|(one, other)| one == other).count();
    assert_eq!(stopped.get(same), None, "instead of {:?}", whole.get(same));
}

#[test]
fn a_killed_demo_starts_over_from_the_centre_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("demo");
    let mut started = Started::new(&data, &["--autopilot", "--speed", "3600", "--seed", "3"]);
    started.line("stop: ");
    let url = std::fs::read_to_string(data.join("address")).unwrap();
    wait_for_entries(url.trim(), 1_500);
    started.kill();
    let lines = run(&data, &["--autopilot", "--speed", "3600", "--for", "90m"]);
    let said = lines.iter().find(|line| line.contains("the program was killed"));
    assert!(said.is_some_and(|line| line.contains("Nothing recorded is lost")), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("from seed 3")), "the seed is kept: {lines:?}");
    // Nobody is stuck: calls of before the kill are accounted for.
    let stopped = lines.iter().find(|line| line.starts_with("stopped at")).unwrap();
    let unaccounted = stopped.split(", ").nth(1).unwrap().split(' ').next().unwrap();
    assert!(unaccounted.parse::<u32>().unwrap() <= 3, "{stopped}");
    let proof = journal::verify_dir(&data);
    assert!(proof.is_ok(), "{proof:?}");
}

/// Waits until the journal of a running demo has so many entries.
fn wait_for_entries(url: &str, wanted: u64) {
    loop {
        let text = ureq::get(format!("{url}/api/v1/health")).call().unwrap();
        let health: serde_json::Value =
            serde_json::from_str(&text.into_body().read_to_string().unwrap()).unwrap();
        if health["seq"].as_u64().unwrap() >= wanted {
            return;
        }
    }
}

#[test]
fn ctrl_c_stops_it_cleanly() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("demo");
    let mut started = Started::new(&data, &[]);
    started.line("stop: ");
    let rest = started.interrupt();
    assert_eq!(count(&rest, "stopped at "), 1, "{rest:?}");
    assert_eq!(count(&rest, "saved"), 1, "{rest:?}");
    let lines = run(&data, &["--for", "1s"]);
    assert_eq!(count(&lines, "going on where it was stopped"), 1, "{lines:?}");
}

/// Callers at their telephones: what they did on the line came by SIP and by nothing else, calls
/// that were up at a stop are lost lines and rung back, and in the end nothing is open.
#[test]
fn callers_ring_by_sip_and_every_call_is_accounted_for() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("demo");
    let sip = ["--sip", "--autopilot", "--speed", "20", "--seed", "3", "--for"];
    let first = run(&data, &[sip.as_slice(), &["2m"]].concat());
    assert_eq!(count(&first, "sip: 127.0.0.1:"), 1, "{first:?}");
    let last = run(&data, &[sip.as_slice(), &["3m", "--quiet"]].concat());
    let stopped = last.iter().find(|line| line.starts_with("stopped at")).unwrap();
    assert!(stopped.contains(" 0 unaccounted; "), "{last:?}");
    let events = events(&data);
    let named = |name: &str| events.iter().filter(move |event| event.contains(name)).count();
    let voices = named(r#""channel":"voice""#);
    assert!(voices >= 3, "{voices} calls by voice");
    assert_eq!(named(r#""entered_by":"sip/udp""#), voices);
    let [[calls, ..], [later, callbacks, picked_up]] = [&first, &last].map(|said| by_sip(said));
    assert_eq!((calls + later, callbacks >= 1, picked_up >= 1), (voices, true, true), "{last:?}");
}

/// Calls, callbacks, and callbacks that were picked up.
fn by_sip(said: &[String]) -> [usize; 3] {
    let line = said.iter().find(|line| line.starts_with("by SIP: ")).unwrap();
    let numbers = line.split(|c: char| !c.is_ascii_digit()).filter(|word| !word.is_empty());
    numbers.map(|number| number.parse().unwrap()).collect::<Vec<_>>().try_into().unwrap()
}

#[test]
fn by_sip_demo_time_is_not_much_faster_than_real_time() {
    let dir = tempfile::tempdir().unwrap();
    let mut fast = demo(&dir.path().join("demo"), &["--sip", "--speed", "21"]);
    let output = fast.stderr(Stdio::piped()).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("with `--sip` at most 20"));
}

#[test]
fn a_folder_or_a_seed_that_does_not_fit_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let other = dir.path().join("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::write(other.join("journal.db"), "somebody's").unwrap();
    let refused = |data: &Path, arguments: &[&str]| {
        let output = demo(data, arguments).stderr(Stdio::piped()).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(refused(&other, &[]).contains("no demo made it; give another folder by `--data`"));
    let data = dir.path().join("demo");
    run(&data, &["--for", "1s", "--seed", "5"]);
    assert!(refused(&data, &["--seed", "6"]).contains("a demo of seed 5, `--seed 6` was given"));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let said = refused(&data, &["--port", &port]);
    assert!(said.contains(&format!("port {port} is taken; give another by `--port`")), "{said}");
}
