//! A console that saw one snapshot and every change since: it must show what a console opened now
//! would be shown.

use super::ledger::{Check, broken};
use center::Frames;
use serde_json::Value;
use std::collections::BTreeMap;

/// What it shows.
#[derive(Clone, Debug, Default)]
pub(super) struct Console {
    rows: BTreeMap<(String, String), Value>,
    seq: u64,
    /// A message was lost with the process; it waits for the next snapshot.
    behind: bool,
}

/// Topics of the snapshot that are lists, and the field that tells one row from another.
const LISTS: [(&str, &str); 6] = [
    ("calls", "call"),
    ("incidents", "incident"),
    ("units", "unit"),
    ("alerts", "alert"),
    ("shifts", "person"),
    ("queues", "queue"),
];
const SINGLE: [&str; 2] = ["situation", "center"];

impl Console {
    /// It connects, and is given everything.
    pub fn connect(&mut self, seq: u64, snapshot: &Value) {
        *self = Self { rows: rows_of(snapshot), seq, behind: false };
    }

    /// A message was lost.
    pub fn lose(&mut self) {
        self.behind = true;
    }

    /// A message came.
    pub fn take(&mut self, frames: &Frames) -> Check {
        if frames.seq < self.seq {
            let text = format!("a change of entry {} after one of {}", frames.seq, self.seq);
            return broken("board", text);
        }
        self.seq = frames.seq;
        for change in &frames.changes {
            let key = (change.topic.to_owned(), key_of(change.topic, &change.data));
            match change.kind {
                "gone" => self.rows.remove(&key),
                _ => self.rows.insert(key, change.data.clone()),
            };
        }
        Ok(())
    }

    /// What it shows is what a new one would be shown.
    pub fn compare(&self, snapshot: &Value) -> Check {
        if self.behind {
            return Ok(());
        }
        let fresh = rows_of(snapshot);
        for (key, row) in &fresh {
            match self.rows.get(key) {
                Some(shown) if shown == row => {}
                shown => {
                    let shown = shown.cloned().unwrap_or_default();
                    let text = format!("{key:?} shows {shown}, and a new console {row}");
                    return broken("board", text);
                }
            }
        }
        match self.rows.keys().find(|key| !fresh.contains_key(*key)) {
            Some(key) => broken("board", format!("{key:?} is still shown, and gone for a new one")),
            None => Ok(()),
        }
    }
}

fn key_of(topic: &str, row: &Value) -> String {
    let field = LISTS.iter().find(|(name, _)| *name == topic).map(|(_, field)| *field);
    field.and_then(|field| row.get(field)).map(Value::to_string).unwrap_or_default()
}

fn rows_of(snapshot: &Value) -> BTreeMap<(String, String), Value> {
    let mut rows = BTreeMap::new();
    for (topic, _) in LISTS {
        let list = snapshot.get(topic).and_then(Value::as_array);
        for row in list.into_iter().flatten() {
            rows.insert((topic.to_owned(), key_of(topic, row)), row.clone());
        }
    }
    for topic in SINGLE {
        let row = snapshot.get(topic).cloned().unwrap_or_default();
        rows.insert((topic.to_owned(), String::new()), row);
    }
    rows
}
