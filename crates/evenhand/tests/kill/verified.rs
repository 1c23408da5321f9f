//! `evenhand verify`: one line and the exit status, of a running centre and a stopped one.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::served::{BINARY, Served, add_person, serve};
use serde_json::json;

/// Exit status and the one line.
fn verify(args: &[&str]) -> (bool, String) {
    let output = Command::new(BINARY).arg("verify").args(args).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    (output.status.success(), said.trim_end().to_owned())
}

/// A centre with some entries, still running.
fn running(data: &Path) -> Served {
    add_person(data);
    let served = Served::start(Command::new(BINARY).args(serve(data)));
    let mut client = served.client();
    client.sign_in();
    client.command("first", "CreateIncident", json!({ "call": null, "location": {} })).unwrap();
    for key in ["one", "two", "three"] {
        assert_eq!(client.write(key).unwrap().0, 200);
    }
    served
}

fn stop(served: Served) {
    let pid = served.id();
    served.terminate(pid);
}

#[test]
fn a_journal_is_proved_while_its_centre_runs_and_afterwards() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_str().unwrap();
    let served = running(dir.path());
    let (proved, while_running) = verify(&[data]);
    assert!(proved && while_running.starts_with("proved: "), "{while_running}");
    assert!(while_running.contains("sealed values 3 present and 0 erased"), "{while_running}");
    let url = served.url.clone();
    let token = dir.path().join("verify.token");
    let by_address = verify(&[&url, "--token", token.to_str().unwrap()]);
    assert_eq!(by_address, (true, while_running.clone()));
    stop(served);
    assert_eq!(verify(&[data]), (true, while_running));
    let (proved, said) = verify(&[&url, "--token", token.to_str().unwrap()]);
    assert!(!proved && said.contains(&url), "{said}");
}

#[test]
fn a_changed_word_is_found_and_its_entry_named() {
    let dir = tempfile::tempdir().unwrap();
    stop(running(dir.path()));
    let path = dir.path().join("journal.db");
    let mut bytes = fs::read(&path).unwrap();
    let entry = br#"dan:two","type":"command/AddNarrative""#;
    let found = bytes.windows(entry.len()).position(|window| window == entry);
    let at = found.expect("the entry is in the database");
    let head = String::from_utf8_lossy(&bytes[at - 20..at]).into_owned();
    let seq = head.split("\"seq\":").nth(1).unwrap().split(',').next().unwrap().to_owned();
    bytes[at + 4] = b'T';
    fs::write(&path, bytes).unwrap();
    let (proved, said) = verify(&[dir.path().to_str().unwrap()]);
    assert!(!proved);
    assert_eq!(said, format!("FAILED: entry `{seq}`: the body does not match its leaf hash"));
}

#[test]
fn a_kept_checkpoint_tells_a_journal_that_was_cut_back() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_str().unwrap();
    stop(running(dir.path()));
    let early = fs::read(dir.path().join("journal.db")).unwrap();
    let early_copy = fs::read(dir.path().join("journal.checkpoint")).unwrap();
    let served = Served::start(Command::new(BINARY).args(serve(dir.path())));
    stop(served);
    let later = fs::read_to_string(dir.path().join("journal.checkpoint")).unwrap();
    let kept = dir.path().join("kept.txt");
    fs::write(&kept, format!("{}\n", later.trim_end_matches('\n'))).unwrap();
    let kept = kept.to_str().unwrap();
    assert!(verify(&[data, "--checkpoint", kept]).0);
    // The older state is valid by itself; only what was kept elsewhere tells.
    fs::write(dir.path().join("journal.db"), early).unwrap();
    fs::write(dir.path().join("journal.checkpoint"), early_copy).unwrap();
    assert!(verify(&[data]).0);
    let (proved, said) = verify(&[data, "--checkpoint", kept]);
    assert!(!proved && said.contains("cut off; a signed checkpoint covers"), "{said}");
}

#[test]
fn a_folder_without_a_journal_is_said_to_be_one() {
    let dir = tempfile::tempdir().unwrap();
    let (proved, said) = verify(&[dir.path().to_str().unwrap()]);
    assert!(!proved && said.contains("journal.pub"), "{said}");
}
