//! SIGKILL at random moments, at least thirty times.

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};

use journal::{EmbeddedStore, Store, verify_dir};
use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

use crate::served::{BINARY, Client, Served, add_person, serve};

const KILLS: u64 = 32;
const CLIENTS: u64 = 4;
/// The process is killed after this many acknowledgements at most.
const ACKNOWLEDGED_MAX: u64 = 40;

/// What happened in one life of the process.
enum Seen {
    /// The command of this key was answered, with its first and last entry.
    Acknowledged { key: String, entries: (u64, u64) },
    /// The process died before it answered; it may stand in the journal or not.
    Unknown { key: String },
    /// A position was shown a row that rests on this entry, with these lines and their entries.
    Announced { seq: u64, lines: Vec<(u64, String)> },
}

/// All lives of the process so far.
#[derive(Default)]
struct Record {
    acknowledged: BTreeMap<String, (u64, u64)>,
    unknown: BTreeSet<String>,
    announced_to: u64,
    lines: BTreeMap<String, u64>,
}

impl Record {
    fn take(&mut self, seen: Seen) {
        match seen {
            Seen::Acknowledged { key, entries } => {
                self.unknown.remove(&key);
                self.acknowledged.insert(key, entries);
            }
            Seen::Unknown { key } => {
                self.unknown.insert(key);
            }
            Seen::Announced { seq, lines } => {
                self.announced_to = self.announced_to.max(seq);
                self.lines.extend(lines.into_iter().map(|(seq, text)| (text, seq)));
            }
        }
    }
}

/// Which moment: from the kill's number alone, so that a failure can be looked at again.
fn moment(kill: u64) -> u64 {
    let mixed = (kill + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    1 + (mixed >> 33) % ACKNOWLEDGED_MAX
}

#[test]
fn what_was_acknowledged_or_announced_survives_every_kill() {
    let dir = tempfile::tempdir().unwrap();
    add_person(dir.path());
    let mut record = Record::default();
    let mut token = String::new();
    for kill in 0..KILLS {
        let served = Served::start(Command::new(BINARY).args(serve(dir.path())));
        let mut client = served.client();
        match kill {
            0 => {
                client.sign_in();
                let place = json!({ "call": null, "location": {} });
                client.command("first", "CreateIncident", place).unwrap();
            }
            // A session survives the process.
            _ => client.token = token.clone(),
        }
        token = client.token.clone();
        check_answers(&client, &mut record);
        one_life(served, &client, kill, &mut record);
        check_journal(dir.path(), &record);
    }
    assert!(record.acknowledged.len() as u64 > KILLS, "hardly anything was ever acknowledged");
    assert!(record.lines.len() as u64 > KILLS, "hardly anything was ever announced");
    println!(
        "{KILLS} kills, {} acknowledged, {} announced, all there",
        record.acknowledged.len(),
        record.lines.len()
    );
}

#[test]
#[should_panic(expected = "was acknowledged")]
fn a_command_that_was_acknowledged_and_is_not_there_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    add_person(dir.path());
    Served::start(Command::new(BINARY).args(serve(dir.path()))).kill();
    let mut record = Record::default();
    record.take(Seen::Acknowledged { key: "never.sent".to_owned(), entries: (1, 2) });
    check_journal(dir.path(), &record);
}

/// Load from several clients, and a kill in the midst of it.
fn one_life(served: Served, client: &Client, kill: u64, record: &mut Record) {
    let (sender, seen) = channel();
    let acknowledged = AtomicU64::new(0);
    let stream = served.stream(&client.token);
    std::thread::scope(|scope| {
        for number in 0..CLIENTS {
            let (sender, acknowledged) = (sender.clone(), &acknowledged);
            scope.spawn(move || load(client, &format!("{kill}.{number}"), &sender, acknowledged));
        }
        let to_watcher = sender.clone();
        scope.spawn(move || watch(stream, &to_watcher));
        while acknowledged.load(Ordering::Relaxed) < moment(kill) {
            std::thread::yield_now();
        }
        served.kill();
    });
    drop(sender);
    seen.iter().for_each(|seen| record.take(seen));
}

/// Sends one command after the other until the process is gone.
fn load(client: &Client, name: &str, sender: &Sender<Seen>, acknowledged: &AtomicU64) {
    for n in 0.. {
        let key = format!("{name}.{n}");
        let Some((status, answer)) = client.write(&key) else {
            sender.send(Seen::Unknown { key }).unwrap();
            return;
        };
        assert_eq!(status, 200, "{answer}");
        acknowledged.fetch_add(1, Ordering::Relaxed);
        let entries = (number(&answer["first_seq"]), number(&answer["last_seq"]));
        sender.send(Seen::Acknowledged { key, entries }).unwrap();
    }
}

/// Notes everything that a position is shown, until the process is gone.
fn watch(mut stream: WebSocket<TcpStream>, sender: &Sender<Seen>) {
    while let Ok(message) = stream.read() {
        let Message::Text(text) = message else { continue };
        let message: Value = serde_json::from_str(&text).unwrap();
        let changes = message["changes"].as_array().into_iter().flatten();
        let rows = changes.filter(|change| change["topic"] == "incidents");
        let lines = rows.flat_map(|row| row["data"]["narrative"].as_array().into_iter().flatten());
        let lines = lines
            .map(|line| (number(&line["seq"]), line["text"].as_str().unwrap().to_owned()))
            .collect();
        sender.send(Seen::Announced { seq: number(&message["seq"]), lines }).unwrap();
    }
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

/// The stopped journal verifies, and holds what was acknowledged and announced.
fn check_journal(dir: &Path, record: &Record) {
    verify_dir(dir).unwrap();
    let store = EmbeddedStore::open_read_only(dir).unwrap();
    let entries = store.read(1, usize::MAX).unwrap();
    let length = entries.last().unwrap().seq;
    let mut seq_of: BTreeMap<String, u64> = BTreeMap::new();
    for entry in entries {
        let row = center::decode(&entry.body).unwrap();
        assert_eq!(seq_of.insert(row.id, entry.seq), None, "an entry stands there twice");
    }
    for (key, (first, last)) in &record.acknowledged {
        assert_eq!(seq_of.get(&format!("dan:{key}")), Some(first), "`{key}` was acknowledged");
        assert_eq!(seq_of.get(&format!("dan:{key}/1")), Some(last), "`{key}` was acknowledged");
    }
    let announced = record.announced_to;
    assert!(announced <= length, "{announced} was announced, {length} are there");
    for (key, seq) in &record.lines {
        assert_eq!(seq_of.get(&format!("dan:{key}/1")), Some(seq), "`{key}` was shown");
    }
}

/// Asked again with their keys: answered from the record, or done now, and never twice.
fn check_answers(client: &Client, record: &mut Record) {
    for key in std::mem::take(&mut record.unknown) {
        let (status, answer) = client.write(&key).unwrap();
        assert_eq!(status, 200, "{answer}");
        let entries = (number(&answer["first_seq"]), number(&answer["last_seq"]));
        record.acknowledged.insert(key, entries);
    }
    // The newest are those most in danger; the others were asked for in earlier rounds.
    let newest = record.acknowledged.iter().rev().take(20);
    for (key, (first, last)) in newest {
        let (status, answer) = client.write(key).unwrap();
        assert_eq!((status, &answer["repeated"]), (200, &json!(true)), "{key}: {answer}");
        assert_eq!((number(&answer["first_seq"]), number(&answer["last_seq"])), (*first, *last));
    }
}
