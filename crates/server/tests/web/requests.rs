//! The request-and-expectation files in `requests/`: what is sent, and what must come back.
//!
//! ```text
//! POST /commands as dan key k1
//! {"command": {...}}
//! -> 409 {"accepted": false}
//! ```
//!
//! `as` names somebody who is signed in (`cal` a call-taker, `dan` a dispatcher, `sue` a
//! supervisor, `aud` an auditor); the expected body may leave fields out, and a text in it that
//! ends in `...` may go on. Each file has a centre of its own. `ring` lets a telephone ring.

use std::collections::BTreeMap;
use std::path::Path;

use evenhand_core::Role;
use serde_json::Value;

use crate::support::{Served, contains};

/// One request of a file and what is expected.
struct Exchange {
    line: usize,
    request: String,
    body: String,
    status: u16,
    expected: Option<Value>,
}

fn read(text: &str) -> Vec<Exchange> {
    let mut exchanges = Vec::new();
    let mut request: Option<(usize, String)> = None;
    let mut body = String::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        if let Some(expectation) = line.strip_prefix("-> ") {
            let (status, expected) = expectation.split_once(' ').unwrap_or((expectation, ""));
            let expected = (!expected.is_empty()).then(|| {
                serde_json::from_str(expected).unwrap_or_else(|e| panic!("line {number}: {e}"))
            });
            let (line, request) = request.take().expect("an expectation without a request");
            let status = status.parse().unwrap_or_else(|_| panic!("line {number}: no status"));
            let body = std::mem::take(&mut body);
            exchanges.push(Exchange { line, request, body, status, expected });
        } else if request.is_none() {
            request = Some((number, line.to_owned()));
        } else {
            body.push_str(line);
            body.push('\n');
        }
    }
    exchanges
}

struct Cast {
    served: Served,
    tokens: BTreeMap<&'static str, String>,
}

impl Cast {
    fn new() -> Self {
        let served = Served::new();
        let cast = [
            ("cal", Role::CallTaker),
            ("dan", Role::Dispatcher),
            ("sue", Role::Supervisor),
            ("aud", Role::Auditor),
        ];
        let tokens =
            cast.into_iter().map(|(person, role)| (person, served.sign_in(person, role))).collect();
        Self { served, tokens }
    }

    fn play(&self, exchange: &Exchange) -> (u16, Value) {
        let words: Vec<&str> = exchange.request.split_whitespace().collect();
        let after = |word: &str| {
            let at = words.iter().position(|one| *one == word)?;
            words.get(at + 1).copied()
        };
        if words[0] == "ring" {
            let call = self.served.ring(words[1]);
            return (if call.is_some() { 200 } else { 503 }, Value::from(call));
        }
        let token = after("as").map(|person| match person {
            "nobody" => "0000",
            known => self.tokens[known].as_str(),
        });
        self.served.send(words[0], words[1], (token, after("key")), &exchange.body)
    }
}

fn check(file: &Path) {
    let text = std::fs::read_to_string(file).unwrap();
    let exchanges = read(&text);
    assert!(!exchanges.is_empty(), "{} has no request", file.display());
    let cast = Cast::new();
    for exchange in &exchanges {
        let (status, body) = cast.play(exchange);
        let place = format!("{}:{}: {}", file.display(), exchange.line, exchange.request);
        assert_eq!(status, exchange.status, "{place}\n{body:#}");
        if let Some(expected) = &exchange.expected {
            assert!(contains(&body, expected), "{place}\nexpected {expected:#}\ngot {body:#}");
        }
    }
}

#[test]
fn every_request_is_answered_as_its_file_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/web/requests");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 5, "the files are gone");
    files.iter().for_each(|file| check(file));
}

#[test]
#[should_panic(expected = "got")]
fn an_expectation_that_is_not_met_fails() {
    let body = serde_json::json!({ "a": 1 });
    let expected = serde_json::json!({ "a": 2 });
    assert!(contains(&body, &expected), "expected {expected} got {body}");
}
