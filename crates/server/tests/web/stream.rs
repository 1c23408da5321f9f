//! The live boards: nothing missing, nothing twice, whatever happens to the connection.

use evenhand_core::Role;
use evenhand_server::limits::SOCKETS_MAX;
use serde_json::{Value, json};

use crate::support::{Served, Socket};

fn seq(message: &Value) -> u64 {
    message["seq"].as_u64().unwrap()
}

/// A centre with one incident, a dispatcher, and a socket past its snapshot.
fn at_work() -> (Served, String, Socket) {
    let served = Served::new();
    let token = served.sign_in("dan", Role::Dispatcher);
    served.command(&token, "k0", "CreateIncident", json!({ "call": null, "location": {} }));
    let mut socket = served.hello(&token, None);
    assert_eq!(socket.next().unwrap()["type"], "snapshot");
    (served, token, socket)
}

/// Writes one line; gives the entry that its change rests on.
fn write(served: &Served, token: &str, key: &str) -> u64 {
    let data = json!({ "incident": 1, "text": key });
    let (status, answer) = served.command(token, key, "AddNarrative", data);
    assert_eq!(status, 200, "{answer}");
    answer["last_seq"].as_u64().unwrap()
}

#[test]
fn a_snapshot_has_every_board() {
    let served = Served::new();
    let token = served.sign_in("dan", Role::Dispatcher);
    assert!(served.ring("r1").is_some());
    let snapshot = served.hello(&token, None).next().unwrap();
    let data = &snapshot["data"];
    assert_eq!(data["calls"][0]["state"], "queued", "{snapshot:#}");
    assert_eq!(data["calls"][0]["number"], "+1 617 555 0123");
    assert_eq!(data["shifts"][0]["person"], "dan");
    assert_eq!(data["situation"]["ringing"], 1);
    assert_eq!(data["center"]["journal"], "ok");
    assert_eq!(data["units"].as_array().unwrap().len(), 33);
    for board in ["incidents", "alerts"] {
        assert!(data[board].as_array().unwrap().is_empty(), "{board}");
    }
}

#[test]
fn a_dropped_position_resumes_without_a_gap_and_without_a_repeat() {
    let (served, token, mut steady) = at_work();
    let mut broken = served.hello(&token, None);
    let mut seen = seq(&broken.next().unwrap());
    let mut got = Vec::new();
    let mut last = 0;
    for round in 0..5 {
        for n in 0..4 {
            last = write(&served, &token, &format!("w{round}.{n}"));
        }
        // Two of four are read, then the line is cut; nobody says goodbye.
        for _ in 0..2 {
            let message = broken.next_of("changes");
            seen = seq(&message);
            got.push(message);
        }
        drop(broken);
        last = last.max(write(&served, &token, &format!("x{round}")));
        broken = served.hello(&token, Some(seen));
    }
    got.extend(broken.changes_to(last));
    let all = steady.changes_to(last);
    let (got_seqs, all_seqs): (Vec<u64>, Vec<u64>) =
        (got.iter().map(seq).collect(), all.iter().map(seq).collect());
    assert_eq!(got_seqs, all_seqs);
    assert_eq!(got, all);
    assert_eq!(all.len(), 25);
}

#[test]
fn a_position_from_before_a_restart_gets_a_snapshot() {
    let (served, token, socket) = at_work();
    let last = write(&served, &token, "w1");
    drop(socket);
    let served = served.restart();
    let token = served.sign_in("eve", Role::Dispatcher);
    let first = served.hello(&token, Some(last)).next().unwrap();
    assert_eq!(first["type"], "snapshot");
    assert!(seq(&first) > last);
    assert_eq!(first["data"]["incidents"][0]["narrative"][0]["text"], "w1", "{first:#}");
}

#[test]
fn a_heartbeat_says_how_the_centre_is_and_can_be_resumed_from() {
    let (served, token, mut socket) = at_work();
    let beat = socket.next_of("heartbeat");
    assert_eq!(beat["data"]["journal"], "ok", "{beat}");
    assert_eq!(beat["data"]["speed"], 1);
    assert!(beat["data"]["at"].as_i64().unwrap() > 1_700_000_000_000);
    // Resumed from a heartbeat: no snapshot is needed, and what comes is not missed.
    let mut resumed = served.hello(&token, Some(seq(&beat)));
    let last = write(&served, &token, "w1");
    assert_eq!(seq(&resumed.next_of("changes")), last);
}

#[test]
fn without_a_session_nothing_is_shown() {
    let served = Served::new();
    let (code, _) = served.hello("guessed", None).next().unwrap_err();
    assert_eq!(code, 4401);
    let mut rude = served.socket();
    rude.say(&json!({ "type": "goodbye" }));
    assert_eq!(rude.next().unwrap_err().0, 4400);
}

#[test]
fn signing_out_ends_the_stream() {
    let (served, token, mut socket) = at_work();
    served.post("/sign-out", Some(&token), None, &Value::Null);
    let end = std::iter::repeat_with(|| socket.next()).find_map(Result::err).unwrap();
    assert_eq!(end.0, 4401);
}

#[test]
fn stopping_the_centre_ends_the_stream_at_once() {
    let (served, _token, mut socket) = at_work();
    let stopping = std::thread::spawn(move || served.stop());
    let end = std::iter::repeat_with(|| socket.next()).find_map(Result::err).unwrap();
    assert_eq!(end.0, 1001);
    stopping.join().unwrap();
}

#[test]
fn one_position_too_many_is_turned_away_until_another_leaves() {
    let served = Served::new();
    let mut positions: Vec<Socket> = (0..SOCKETS_MAX).map(|_| served.socket()).collect();
    let further = served.get("/health", "none").0;
    assert_eq!(further, 200, "only the streams are full");
    let refused = served.try_socket().err().unwrap();
    assert!(refused.contains("503"), "{refused}");
    drop(positions.pop());
    // The server hears of it a moment later.
    let found = std::iter::repeat_with(|| served.try_socket()).take(10_000).any(|s| s.is_ok());
    assert!(found, "the place was not given back");
}
