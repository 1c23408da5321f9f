//! A full disk: the centre stays up, phones are seen ringing, and nothing is accepted that could
//! not be recorded.

use evenhand_core::Role;
use journal::EmbeddedOptions;
use serde_json::{Value, json};

use crate::support::Served;

/// Room for the start and a little more.
fn on_a_small_disk() -> Served {
    Served::with(EmbeddedOptions { max_pages: Some(80), ..EmbeddedOptions::default() })
}

/// Writes until nothing fits; gives the keys that were acknowledged, and the answer to the last.
fn fill(served: &Served, token: &str) -> (Vec<String>, Value) {
    let mut acknowledged = Vec::new();
    for n in 0..200 {
        let key = format!("fill{n}");
        let data = json!({ "incident": 1, "text": "x".repeat(7_000) });
        let (status, answer) = served.command(token, &key, "AddNarrative", data);
        if status == 503 {
            return (acknowledged, answer);
        }
        assert_eq!(status, 200, "{answer}");
        acknowledged.push(key);
    }
    panic!("the disk is larger than it was made");
}

#[test]
fn nothing_is_accepted_that_cannot_be_recorded_and_phones_still_ring() {
    let served = on_a_small_disk();
    let token = served.sign_in("dan", Role::Dispatcher);
    served.command(&token, "k0", "CreateIncident", json!({ "call": null, "location": {} }));
    let mut socket = served.hello(&token, None);
    let (acknowledged, answer) = fill(&served, &token);
    assert!(acknowledged.len() > 3, "{acknowledged:?}");
    assert_eq!(answer["error"]["code"], "journal_down", "{answer}");

    // Said at once, without waiting for the next heartbeat.
    let beat = std::iter::repeat_with(|| socket.next_of("heartbeat"))
        .find(|beat| beat["data"]["journal"] == "down")
        .unwrap();
    assert!(beat["data"]["why"].as_str().unwrap().contains("full"), "{beat}");
    assert_eq!(served.get("/health", &token).1["journal"], "down");

    // A ring cannot be recorded, so it is shown as that.
    assert_eq!(served.ring("r1"), None);
    let beat = std::iter::repeat_with(|| socket.next_of("heartbeat"))
        .find(|beat| !beat["data"]["unrecorded"].as_array().unwrap().is_empty())
        .unwrap();
    assert_eq!(beat["data"]["unrecorded_count"], 1, "{beat}");
    assert_eq!(beat["data"]["unrecorded"][0]["unrecorded"], true);

    // Boards can still be read, and people can still sign in to see them.
    assert_eq!(served.get("/incidents/1", &token).0, 200);
    let late = served.sign_in("eve", Role::Supervisor);
    assert_eq!(served.get("/session", &late).1["on_shift"], false);

    // What was acknowledged is there when there is room again.
    let served = served.restart();
    let token = served.sign_in("dan", Role::Dispatcher);
    for key in acknowledged {
        let data = json!({ "incident": 1, "text": "x".repeat(7_000) });
        let (status, answer) = served.command(&token, &key, "AddNarrative", data);
        assert_eq!((status, &answer["repeated"]), (200, &json!(true)), "{key}");
    }
    journal::verify_dir(served.stop().path()).unwrap();
}
