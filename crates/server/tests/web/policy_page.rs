//! The policy: checked while it is written, compared, and adopted by two people.

use evenhand_core::Role;
use serde_json::{Value, json};

use crate::support::{Served, cambridge};

const TABLES: [&str; 2] = ["policy.toml", "run-cards.toml"];

/// A policy for `NATURES`, with one more `RULE`.
const NOISE: &str = r#"policy "Noise" version 1
about emergency nature one of NATURES unknown
about emergency severity from 0 to 4
about caller affiliation one of none agency_x unknown
about caller language one of en es unknown
outcome response one of send_now send hold refer decline
outcome priority from 1 to 5
outcome max_hold from 0 to 240 minutes
outcome units any of police_one
accommodation interpreter one of no yes may use language
RULE
rule spoken when language = es then interpreter yes
rule mild when severity <= 1 then hold, priority 4
otherwise send, priority 3, max_hold 20 minutes, units police_one
"#;

const UNEVEN: &str = "rule stand_back when affiliation = agency_x then decline";

fn table(name: &str) -> String {
    String::from_utf8(cambridge().read(name).unwrap()).unwrap()
}

/// Every incident type of the centre; one text answers for all of them here.
fn natures() -> Vec<String> {
    let tables = TABLES.map(|name| (name, table(name)));
    let tables = tables.each_ref().map(|(name, text)| (*name, text.as_str()));
    let policy = policy::Policy::load(&tables).unwrap();
    policy.incident_types().map(|kind| kind.code.clone()).collect()
}

/// The centre's tables, and one text with a rule of the test's own on line 11.
fn texts(rule: &str) -> Value {
    let mut files: Vec<Value> =
        TABLES.map(|name| json!({ "name": name, "text": table(name) })).into();
    let text = NOISE.replace("RULE", rule).replace("NATURES", &natures().join(" "));
    files.push(json!({ "name": "noise.policy", "text": text }));
    Value::Array(files)
}

fn ask(served: &Served, token: &str, what: &str, body: &Value) -> (u16, Value) {
    served.post(&format!("/policy/{what}"), Some(token), None, body)
}

fn adopt(served: &Served, token: &str, key: &str, files: &Value, more: Value) -> (u16, Value) {
    let mut body = json!({
        "files": files,
        "effective_at": null,
        "signature": { "reason": "the council of 3 May" },
    });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    served.post("/policy/adopt", Some(token), Some(key), &body)
}

/// A second supervisor at work, as they sign.
fn second(served: &Served) -> Value {
    served.sign_in("eve", Role::Supervisor);
    let password = served.running.fresh_password("eve", &[Role::Supervisor]).unwrap();
    json!({ "second": { "person": "eve", "password": password } })
}

#[test]
fn an_uneven_text_is_shown_so_with_the_pair_and_its_lines() {
    let served = Served::new();
    let token = served.sign_in("cara", Role::CallTaker);
    let (status, even) = ask(&served, &token, "check", &json!({ "files": texts("") }));
    assert_eq!((status, &even["verdict"]), (200, &json!("even")), "{even}");
    assert_eq!(even["problems"], json!([]));
    assert_eq!(even["reports"][0]["file"], "noise.policy");
    assert_eq!(even["hash"].as_str().unwrap().len(), 64);

    let (_, uneven) = ask(&served, &token, "check", &json!({ "files": texts(UNEVEN) }));
    assert_eq!(uneven["verdict"], "uneven");
    assert_ne!(uneven["hash"], even["hash"]);
    let found = uneven["reports"][0]["report"]["independence"].as_array().unwrap();
    let depends = found
        .iter()
        .find(|one| one["subject"] == "response" && one["attributes"] == json!(["affiliation"]));
    let pair = &depends.unwrap()["found"]["pair"];
    let differing: Vec<&Value> = pair["rows"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["differs"] == true)
        .map(|row| &row["attribute"])
        .collect();
    assert_eq!(differing, [&json!("affiliation")], "{pair}");
    let lines = [&pair["left"]["line"], &pair["right"]["line"]];
    assert!(lines.contains(&&json!(11)), "the rule's own line: {pair}");
}

#[test]
fn every_slip_is_told_with_its_place() {
    let served = Served::new();
    let token = served.sign_in("cara", Role::CallTaker);
    let files = texts("rule a when severty = 2 then hold\nrule b when severity = 9 then hold");
    let (status, answer) = ask(&served, &token, "check", &json!({ "files": files }));
    assert_eq!(status, 200, "{answer}");
    let problems = answer["problems"].as_array().unwrap();
    let lines: Vec<&Value> = problems.iter().map(|one| &one["line"]).collect();
    assert_eq!(lines, [11, 12], "{problems:?}");
    assert_eq!(problems[0]["file"], "noise.policy");
    assert!(problems[0]["shown"].as_str().unwrap().contains("^^^^^^^"), "{problems:?}");
    assert_eq!((&answer["reports"], &answer["verdict"]), (&json!([]), &Value::Null));
}

#[test]
fn texts_too_long_or_wrongly_named_are_refused() {
    let served = Served::new();
    let token = served.sign_in("cara", Role::CallTaker);
    let one = |name: &str, text: &str| json!({ "files": [{ "name": name, "text": text }] });
    let cases = [
        (one("a.policy", &"#".repeat(530_000)), 400, "policy_too_long"),
        (one("a.policy", &"#".repeat(1_400_000)), 413, "body_too_long"),
        (one("../a.policy", ""), 400, "policy_files_not_accepted"),
        (one("a.txt", ""), 400, "policy_files_not_accepted"),
        (json!({ "files": [] }), 400, "policy_files_not_accepted"),
        (json!({ "files": "a" }), 400, "body_not_accepted"),
    ];
    for (body, wanted, code) in cases {
        let (status, answer) = ask(&served, &token, "check", &body);
        assert_eq!((status, &answer["error"]["code"]), (wanted, &json!(code)), "{answer}");
    }
}

#[test]
fn a_policy_is_adopted_by_two_and_stays_so_after_a_restart() {
    let served = Served::new();
    let token = served.sign_in("sue", Role::Supervisor);
    let files = texts("");
    let (status, alone) = adopt(&served, &token, "k1", &files, json!({}));
    assert_eq!((status, &alone["refusal"]["refusal"]), (409, &json!("SecondPersonMissing")));

    let mut wrong = second(&served);
    wrong["second"]["password"] = json!("not the password of anybody");
    let (status, answer) = adopt(&served, &token, "k2", &files, wrong);
    assert_eq!((status, &answer["error"]["code"]), (403, &json!("second_not_proved")));

    let mut socket = served.hello(&token, None);
    socket.next_of("snapshot");
    let (status, done) = adopt(&served, &token, "k3", &files, second(&served));
    assert_eq!((status, &done["accepted"]), (200, &json!(true)), "{done}");
    let seq = done["last_seq"].as_u64().unwrap();
    let messages = socket.changes_to(seq);
    let mut rows = messages.iter().flat_map(|message| message["changes"].as_array().unwrap());
    let row = rows.rfind(|change| change["topic"] == "policy").unwrap();
    assert_eq!(row["data"]["adopted_by"], json!(["sue", "eve"]), "{row}");
    let (status, again) = adopt(&served, &token, "k3", &files, second(&served));
    assert_eq!((status, &again["repeated"]), (200, &json!(true)), "{again}");

    let served = served.restart();
    let token = served.sign_in("sue", Role::Supervisor);
    let (_, policy) = served.get("/policy", &token);
    let in_force = &policy["in_force"];
    assert_eq!(in_force["adopted_by"], json!(["sue", "eve"]));
    assert_eq!(in_force["reason"], "the council of 3 May");
    let names: Vec<&Value> =
        in_force["files"].as_array().unwrap().iter().map(|file| &file["name"]).collect();
    assert_eq!(names, ["policy.toml", "run-cards.toml", "noise.policy"]);
    assert_eq!(policy["history"].as_array().unwrap().len(), 2);
    assert!(policy["configured"]["files"].is_array(), "the configured one is another");
}

#[test]
fn a_policy_adopted_for_later_is_shown_with_its_texts_and_not_in_force() {
    let served = Served::new();
    let token = served.sign_in("sue", Role::Supervisor);
    let (_, before) = served.get("/policy", &token);
    let mut more = second(&served);
    more["effective_at"] = json!(served.running.center().clock().now().0 + 3_600_000);
    let (status, done) = adopt(&served, &token, "k1", &texts(""), more);
    assert_eq!(status, 200, "{done}");
    let (_, after) = served.get("/policy", &token);
    assert_eq!(after["in_force"]["hash"], before["in_force"]["hash"]);
    let names: Vec<&Value> =
        after["pending"]["files"].as_array().unwrap().iter().map(|file| &file["name"]).collect();
    assert!(names.contains(&&json!("noise.policy")), "{names:?}");
    assert_eq!(after["pending"]["reason"], "the council of 3 May");
}

#[test]
fn only_a_supervisor_adopts_and_only_what_can_be_read() {
    let served = Served::new();
    let more = second(&served);
    let token = served.sign_in("dan", Role::Dispatcher);
    let (status, answer) = adopt(&served, &token, "k1", &texts(""), more.clone());
    assert_eq!((status, &answer["refusal"]["refusal"]), (409, &json!("NotPermitted")), "{answer}");
    let token = served.sign_in("sue", Role::Supervisor);
    let (status, answer) = adopt(&served, &token, "k2", &texts("rule"), more);
    assert_eq!((status, &answer["error"]["code"]), (422, &json!("policy_not_accepted")));
}

#[test]
fn a_text_that_breaks_its_own_word_is_not_adopted() {
    let served = Served::new();
    let token = served.sign_in("sue", Role::Supervisor);
    let files = texts("floor when severity >= 0 response at least send");
    let (_, found) = ask(&served, &token, "check", &json!({ "files": files }));
    assert_eq!(found["verdict"], "even");
    let told = found["broken"][0].as_str().unwrap();
    assert!(told.starts_with("`Noise` does not keep its own word: "), "{told}");
    let (status, answer) = adopt(&served, &token, "k1", &files, second(&served));
    assert_eq!((status, &answer["error"]["code"]), (422, &json!("policy_not_accepted")));
    assert!(answer["error"]["text"].as_str().unwrap().contains("own word"), "{answer}");
}

#[test]
fn an_uneven_policy_in_force_stamps_what_it_answers() {
    let served = Served::new();
    let token = served.sign_in("sue", Role::Supervisor);
    let (status, done) = adopt(&served, &token, "k1", &texts(UNEVEN), second(&served));
    assert_eq!(status, 200, "{done}");
    let call = served.ring("r1").unwrap();
    let give = |key: &str, kind: &str, data: Value| served.command(&token, key, kind, data);
    give("k2", "AnswerCall", json!({ "call": call }));
    give("k3", "CreateIncident", json!({ "call": call, "location": {} }));
    let facts = json!({ "call": call, "facts": ["affiliation=agency_x"] });
    let (status, answer) = give("k4", "RecordCallerFacts", facts);
    assert_eq!(status, 200, "{answer}");
    let typed = json!({
        "incident": 1, "incident_type": "police.noise", "facts": { "severity": "3" }
    });
    let (status, answer) = give("k5", "ClassifyIncident", typed);
    assert_eq!(status, 200, "{answer}");
    let (_, incident) = served.get("/incidents/1", &token);
    let answer = &incident["policy_answer"];
    assert_eq!(answer["response"], "decline", "{incident}");
    let otherwise = answer["receipt"]["otherwise"].as_array().unwrap();
    let would = otherwise.iter().find(|one| one["outcome"] == "response").unwrap();
    assert_eq!(would["value"], "send");
}

#[test]
fn the_difference_is_the_exact_set_of_calls_with_an_example() {
    let served = Served::new();
    let token = served.sign_in("sue", Role::Supervisor);
    let (status, done) = adopt(&served, &token, "k1", &texts(""), second(&served));
    assert_eq!(status, 200, "{done}");
    let given = texts("rule grave when severity = 4 then send_now");
    let (status, answer) = ask(&served, &token, "difference", &json!({ "files": given }));
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["unchanged"], json!(["policy.toml", "run-cards.toml"]));
    let file = &answer["files"][0];
    assert_eq!(file["file"], "noise.policy");
    let outcomes = file["difference"]["outcomes"].as_array().unwrap();
    let response = outcomes.iter().find(|one| one["outcome"] == "response").unwrap();
    // Of all natures and `unknown`, five severities, three affiliations and three languages.
    let every = (natures().len() + 1) * 5 * 3 * 3;
    assert_eq!(file["difference"]["compared"], every.to_string(), "{file}");
    assert_eq!(file["difference"]["changed"], (every / 5).to_string(), "{file}");
    let change = &response["changes"][0];
    assert_eq!([&change["from"], &change["to"]], ["send", "send_now"], "{change}");
    assert_eq!(change["example"]["right"]["rule"], "grave");
}

#[test]
fn the_impact_counts_what_was_recorded_by_type_hour_and_zone() {
    let served = Served::new();
    let token = served.sign_in("sue", Role::Supervisor);
    for number in 1..=3 {
        let key = |what: &str| format!("{what}{number}");
        let create = json!({ "call": null, "location": {} });
        served.command(&token, &key("c"), "CreateIncident", create);
        let code = if number == 3 { "fire.structure" } else { "police.noise" };
        let typed = json!({ "incident": number, "incident_type": code });
        let (status, answer) = served.command(&token, &key("t"), "ClassifyIncident", typed);
        assert_eq!(status, 200, "{answer}");
    }
    let (status, answer) = ask(&served, &token, "impact", &json!({ "files": texts("") }));
    assert_eq!(status, 200, "{answer}");
    let impact = &answer["impacts"][0]["impact"];
    assert_eq!((&impact["cases"], &impact["changed"]), (&json!(3), &json!(3)), "{impact}");
    assert_eq!(impact["by_nature"]["police.noise"], json!({ "changed": 2, "of": 2 }));
    // Noise is held at once by this text and sent to by the one in force.
    assert_eq!(impact["by_change"]["response send -> hold"], 2, "{impact}");
    let (status, answer) =
        ask(&served, &token, "impact", &json!({ "files": texts(""), "days": 0 }));
    assert_eq!((status, &answer["error"]["code"]), (400, &json!("days_not_accepted")));
}

#[test]
fn a_text_is_written_anew_and_a_broken_one_is_left_alone() {
    let served = Served::new();
    let token = served.sign_in("cara", Role::CallTaker);
    let untidy = NOISE
        .replace("RULE", "")
        .replace("NATURES", "police.noise")
        .replace("about caller", "about    caller");
    let file = |text: &str| json!({ "files": [{ "name": "noise.policy", "text": text }] });
    let (status, tidy) = ask(&served, &token, "format", &file(&untidy));
    assert_eq!((status, &tidy["problems"]), (200, &json!([])), "{tidy}");
    let text = tidy["files"][0]["text"].as_str().unwrap();
    assert_ne!(text, untidy);
    let (_, again) = ask(&served, &token, "format", &file(text));
    assert_eq!(again["files"][0]["text"], text);
    let (_, broken) = ask(&served, &token, "format", &file("policy"));
    assert_eq!(broken["files"][0]["text"], "policy");
    assert!(!broken["problems"].as_array().unwrap().is_empty());
}
