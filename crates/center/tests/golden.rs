//! The written form of every entry type, byte for byte, for ever: what was released is never
//! changed, only followed by a newer version.

#![expect(clippy::unwrap_used, reason = "a test may stop with a message")]

use evenhand_center::{Entry, Head, decode, encode_command, encode_event};
use std::path::{Path, PathBuf};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn files() -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(golden())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

fn encoded_again(body: &[u8]) -> Vec<u8> {
    let row = decode(body).unwrap();
    let actor = serde_json::to_string(&row.actor).unwrap();
    match &row.entry {
        Entry::Command { command, ruling, advice } => {
            let head = Head { key: &row.id, at: row.at, actor: &actor };
            encode_command(row.seq, head, command, ruling, advice).unwrap()
        }
        Entry::Event(event) => {
            let (key, place) = row.id.rsplit_once('/').unwrap();
            let head = Head { key, at: row.at, actor: &actor };
            encode_event(row.seq, head, place.parse().unwrap(), event).unwrap()
        }
    }
}

#[test]
fn every_released_form_reads_and_writes_the_same_bytes() {
    let files = files();
    assert!(files.len() > 80, "{} golden files", files.len());
    for (name, body) in files {
        let again = encoded_again(&body);
        assert_eq!(String::from_utf8_lossy(&body), String::from_utf8_lossy(&again), "{name}");
    }
}

#[test]
fn a_changed_byte_is_noticed() {
    let body = std::fs::read(golden().join("CallQueued.v1.json")).unwrap();
    let changed = String::from_utf8(body).unwrap().replace("\"v\":1", "\"v\": 1");
    assert_ne!(changed.as_bytes(), encoded_again(changed.as_bytes()));
}

#[test]
fn the_envelope_stands_in_its_settled_order_with_whole_numbers() {
    for (name, body) in files() {
        let text = String::from_utf8(body).unwrap();
        let mut from = 0;
        for field in
            ["\"seq\":", "\"id\":", "\"type\":", "\"v\":", "\"at\":", "\"actor\":", "\"data\":"]
        {
            let found = text[from..].find(field);
            from += found.unwrap_or_else(|| panic!("{name}: {field} is missing or misplaced"));
        }
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert!(whole(&value), "{name}: a number is not whole");
    }
}

fn whole(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Number(number) => number.is_i64() || number.is_u64(),
        serde_json::Value::Array(values) => values.iter().all(whole),
        serde_json::Value::Object(fields) => fields.values().all(whole),
        _ => true,
    }
}
