//! Orders: carried out once, whatever is sent again, also after a restart.

use std::process::Command;

use evenhand_core::Role;
use serde_json::{Value, json};

use crate::support::{Served, ring};

fn note(served: &Served, token: &str, key: &str, text: &str) -> (u16, Value) {
    served.command(token, key, "AddNarrative", json!({ "incident": 1, "text": text }))
}

#[test]
fn a_key_is_answered_from_the_record_also_after_a_restart() {
    let served = Served::new();
    let token = served.sign_in("dan", Role::Dispatcher);
    served.command(&token, "k1", "CreateIncident", json!({ "call": null, "location": {} }));
    let (_, first) = note(&served, &token, "k2", "smoke on the third floor");
    let (_, refused) = served.command(&token, "k3", "AnswerCall", json!({ "call": 9 }));
    let served = served.restart();
    let token = served.sign_in("dan", Role::Dispatcher);
    let (status, again) = note(&served, &token, "k2", "smoke on the third floor");
    assert_eq!((status, &again["repeated"]), (200, &json!(true)), "{again}");
    for field in ["first_seq", "last_seq", "events"] {
        assert_eq!(again[field], first[field], "{field}");
    }
    let (status, refused_again) = served.command(&token, "k3", "AnswerCall", json!({ "call": 9 }));
    assert_eq!((status, &refused_again), (409, &refused));
    let (_, incident) = served.get("/incidents/1", &token);
    assert_eq!(incident["narrative"].as_array().unwrap().len(), 1, "{incident}");
}

#[test]
fn many_clients_at_once_lose_nothing_and_share_syncs() {
    let served = Served::new();
    let token = served.sign_in("dan", Role::Dispatcher);
    served.command(&token, "k0", "CreateIncident", json!({ "call": null, "location": {} }));
    std::thread::scope(|scope| {
        for client in 0..8 {
            let (served, token) = (&served, &token);
            scope.spawn(move || {
                for n in 0..10 {
                    let (status, answer) =
                        note(served, token, &format!("c{client}.{n}"), "the same words");
                    assert_eq!(status, 200, "{answer}");
                }
            });
        }
    });
    let (_, incident) = served.get("/incidents/1", &token);
    assert_eq!(incident["narrative"].as_array().unwrap().len(), 80);
    let dir = served.stop();
    journal::verify_dir(dir.path()).unwrap();
}

#[test]
fn a_body_that_is_too_long_is_refused_before_it_is_read() {
    let served = Served::new();
    let token = served.sign_in("dan", Role::Dispatcher);
    let (status, answer) = note(&served, &token, "k1", &"x".repeat(70_000));
    assert_eq!((status, &answer["error"]["code"]), (413, &json!("body_too_long")), "{answer}");
}

#[test]
fn the_journal_of_a_running_centre_is_verified_over_http() {
    let served = Served::new();
    let token = served.sign_in("dan", Role::Dispatcher);
    assert!(served.ring("r1").is_some());
    let (url, secret) = evenhand_server::DataDir::running(&served.data()).unwrap();
    assert_eq!(url, served.running.url());
    let (_, page) = served.get("/journal/entries", &secret);
    let sealed = page["sealed"].as_array().unwrap();
    assert!(sealed.iter().any(|value| value["value"] == "+1 617 555 0123"), "{sealed:?}");
    let page: journal::WirePage = serde_json::from_value(page).unwrap();
    let (_, key) = served.get("/journal/key", &secret);
    let key: journal::PublicKey = key["key"].as_str().unwrap().parse().unwrap();
    let mut verifier = journal::Verifier::new(key.clone());
    verifier.page(&page).unwrap();
    assert_eq!(verifier.finish().unwrap().entries, page.length);
    // A session sees the entries and no sealed value.
    let (_, page) = served.get("/journal/entries", &token);
    assert_eq!(page["sealed"], Value::Null);
    let mut forged = page.clone();
    let body = forged["entries"][3]["body"].as_str().unwrap().replace("center", "centre");
    forged["entries"][3]["body"] = json!(body);
    let forged: journal::WirePage = serde_json::from_value(forged).unwrap();
    let said = journal::Verifier::new(key).page(&forged).unwrap_err().to_string();
    assert!(said.contains("entry `4`"), "{said}");
}

#[test]
fn nothing_personal_stands_in_the_clear_beside_the_sealed_table() {
    let served = Served::new();
    served.ring("r1");
    let dir = served.stop();
    let found = Command::new("grep").args(["-rlF", "617 555 0123"]).arg(dir.path()).output();
    let found = String::from_utf8(found.unwrap().stdout).unwrap();
    let files: Vec<&str> = found.lines().collect();
    assert!(files.iter().all(|file| file.contains("journal.db")), "{files:?}");
    assert!(!files.is_empty(), "the search finds nothing at all");
}

#[test]
fn the_map_is_sent_once_and_small() {
    let served = Served::new();
    let token = served.sign_in("dan", Role::Dispatcher);
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let get = |name: &str, value: &str| {
        let request = agent.get(served.address("/map"));
        let request = request.header("Authorization", format!("Bearer {token}"));
        request.header(name, value).call().unwrap()
    };
    let answer = get("Accept-Encoding", "gzip");
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    let etag = answer.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!(get("If-None-Match", &etag).status(), 304);
    assert_eq!(get("If-None-Match", "\"another\"").status(), 200);
}

#[test]
fn pages_take_nothing_from_another_host() {
    let served = Served::new();
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    for address in ["/", "/api/v1/health", "/nothing"] {
        let answer = agent.get(format!("{}{address}", served.running.url())).call().unwrap();
        let policy = answer.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'self'"), "{address}: {policy}");
        assert!(!policy.contains("http"), "{address}: {policy}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    }
}

#[test]
fn what_is_too_long_or_too_much_is_cut_or_refused() {
    let served = Served::new();
    let token = served.sign_in("dan", Role::Dispatcher);
    let line = json!({ "text": "E".repeat(2_001) });
    let (status, answer) = served.post("/line", Some(&token), None, &line);
    assert_eq!((status, &answer["error"]["code"]), (400, &json!("line_too_long")), "{answer}");
    let search = format!("/geocode?q={}", "E".repeat(2_001));
    assert_eq!(served.get(&search, &token).0, 400);
    let (status, answer) =
        served.command(&token, &"k".repeat(41), "AnswerCall", json!({ "call": 1 }));
    assert_eq!((status, &answer["error"]["code"]), (400, &json!("key_not_accepted")), "{answer}");
    let at = served.running.center().clock().now();
    let rings = (0..200).map(|n| ring(&format!("r{n}"), at)).collect();
    let answers = served.running.center().step_at(rings).unwrap();
    assert!(answers.iter().all(|(_, answer)| answer.is_ok()));
    let (_, page) = served.get("/journal/entries?limit=100000", &token);
    assert!(page["length"].as_u64().unwrap() > 600, "{}", page["length"]);
    assert_eq!(page["entries"].as_array().unwrap().len(), 512);
}
