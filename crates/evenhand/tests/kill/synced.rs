//! Between a request and its answer the disk was waited for: read in a trace of system calls.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::json;
use tungstenite::Message;

use crate::served::{BINARY, Served, add_person, serve};

const REQUESTS: usize = 12;
/// What `serve --unsafe-no-sync` wants to see before it makes an unsafe centre.
const TEST_VARIABLE: &str = "EVENHAND_TEST_UNSAFE";

/// Whether the trace can be made here. Without strace the test says so and passes; where CI is set
/// it fails.
fn strace_is_there() -> bool {
    let there = Command::new("strace").arg("-V").output().is_ok();
    if !there {
        assert!(std::env::var_os("CI").is_none(), "strace is not installed");
        println!("skipped: strace is not installed, so no system calls can be read");
    }
    there
}

/// Serves under strace, sends requests one after the other, and gives the trace.
fn traced(more: &[&str]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    add_person(&data);
    let trace = dir.path().join("trace");
    let mut command = Command::new("strace");
    command.args(["-f", "-y", "-s", "9000", "-o"]).arg(&trace);
    command.args(["-e", "trace=recvfrom,sendto,read,write,writev,fsync,fdatasync", BINARY]);
    command.args(serve(&data)).args(more).env(TEST_VARIABLE, "1");
    let served = Served::start(&mut command);
    let mut client = served.client();
    client.sign_in();
    let place = json!({ "call": null, "location": {} });
    client.command("first", "CreateIncident", place).unwrap();
    let mut stream = served.stream(&client.token);
    for n in 0..REQUESTS {
        let key = name(n);
        let (status, answer) = client.write(&key).unwrap();
        assert_eq!(status, 200, "{answer}");
        // The announcement must be in the trace before the next request.
        while !matches!(stream.read().unwrap(), Message::Text(text) if text.contains(&key)) {}
    }
    let pid = pid_of_child(served.id());
    served.terminate(pid);
    fs::read_to_string(trace).unwrap()
}

fn name(n: usize) -> String {
    format!("line-{n:02}-end")
}

/// strace does not hand signals on.
fn pid_of_child(parent: u32) -> u32 {
    let children = format!("/proc/{parent}/task/{parent}/children");
    fs::read_to_string(children).unwrap().split_whitespace().next().unwrap().parse().unwrap()
}

/// For each request: read, then a sync of the log that succeeded, and only then the answer and the
/// announcement. Says what is wrong with the first that is not so.
fn check(trace: &str) -> Result<usize, String> {
    let lines: Vec<&str> = trace.lines().collect();
    let after = |start: usize, fits: &dyn Fn(&str) -> bool| {
        (start..lines.len()).find(|at| lines.get(*at).is_some_and(|line| fits(line)))
    };
    let mut at = 0;
    for n in 0..REQUESTS {
        let key = name(n);
        let in_key = format!("dempotency-key: {key}");
        let in_key = |line: &str| line.to_lowercase().contains(&in_key) && is_read(line);
        let read = after(at, &in_key).ok_or(format!("`{key}` was never read"))?;
        let sync = (read..lines.len()).find(|at| is_sync(&lines, *at)).unwrap_or(usize::MAX);
        let answer = after(read, &|line| is_write(line) && line.contains("HTTP/1.1 200"));
        let answer = answer.ok_or(format!("`{key}` was never answered"))?;
        let shown = after(read, &|line| is_write(line) && line.contains(&format!("{key}\\\"")));
        let shown = shown.ok_or(format!("`{key}` was never announced"))?;
        if sync > answer || sync > shown {
            return Err(format!("`{key}` was answered or announced before the log was synced"));
        }
        at = answer.max(shown);
    }
    Ok(REQUESTS)
}

fn is_read(line: &str) -> bool {
    line.contains("recvfrom") || line.contains("read(") || line.contains("read resumed")
}

fn is_write(line: &str) -> bool {
    ["write(", "writev(", "sendto("].iter().any(|call| line.contains(call))
}

/// Whether this line is the end of a sync of the log that succeeded. Where calls of two threads
/// cross, a call stands in two lines of its thread, and only the first names the file.
fn is_sync(lines: &[&str], at: usize) -> bool {
    let line = lines.get(at).copied().unwrap_or_default();
    if !line.contains("sync") || !line.ends_with("= 0") {
        return false;
    }
    let begins = |line: &str| line.contains("sync(") && line.contains("journal.db-wal>");
    if begins(line) {
        return true;
    }
    let thread = line.split_whitespace().next();
    let mut before = lines.iter().take(at).rev();
    let begun = before.find(|line| line.split_whitespace().next() == thread);
    line.contains("sync resumed") && begun.is_some_and(|line| begins(line))
}

#[test]
fn the_disk_is_waited_for_before_every_answer() {
    if strace_is_there() {
        let trace = traced(&[]);
        assert_eq!(check(&trace), Ok(REQUESTS));
    }
}

#[test]
fn the_same_check_notices_when_the_disk_is_not_waited_for() {
    if strace_is_there() {
        let found = check(&traced(&["--unsafe-no-sync"])).unwrap_err();
        assert!(found.contains("before the log was synced"), "{found}");
    }
}

#[test]
fn an_unsafe_centre_is_not_made_outside_tests() {
    let dir = tempfile::tempdir().unwrap();
    let run = |data: &Path| {
        let mut command = Command::new(BINARY);
        command.args(serve(data)).arg("--unsafe-no-sync").env_remove(TEST_VARIABLE);
        command.output().unwrap()
    };
    let refused = run(dir.path());
    assert!(!refused.status.success());
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("loses what it acknowledged"), "{said}");
    assert!(!dir.path().join("journal.db").exists());
}
