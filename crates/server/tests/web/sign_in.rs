//! Signing in, and what a session is good for.

use evenhand_core::Role;
use evenhand_server::Accounts;
use serde_json::json;

use crate::support::{EVERY_ROLE, Served};

const PASSWORD: &str = "correct horse battery";

fn attempt(served: &Served, password: &str, role: &str) -> (u16, serde_json::Value) {
    let body = json!({ "person": "ada", "password": password, "role": role, "position": "P1" });
    served.post("/sign-in", None, None, &body)
}

/// A centre where `ada` was added by another process.
fn with_ada(roles: &[Role]) -> Served {
    let served = Served::new();
    Accounts::open(&served.data()).unwrap().add("ada", roles, PASSWORD).unwrap();
    served
}

#[test]
fn a_person_signs_in_by_password_and_is_on_shift() {
    let served = with_ada(&[Role::CallTaker, Role::Dispatcher]);
    let (status, answer) = attempt(&served, PASSWORD, "dispatcher");
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["on_shift"], true);
    assert_eq!(answer["roles"], json!(["call_taker", "dispatcher"]));
    // A second window of the same person needs no second shift.
    assert_eq!(attempt(&served, PASSWORD, "dispatcher").0, 200);
    let token = answer["token"].as_str().unwrap();
    let (_, entries) = served.get("/journal/entries?limit=512", token);
    let shifts = entries["entries"].as_array().unwrap().iter();
    let shifts = shifts.filter(|entry| entry["body"].as_str().unwrap().contains("/StartShift"));
    assert_eq!(shifts.count(), 1);
}

#[test]
fn in_another_role_the_running_shift_is_named() {
    let served = with_ada(&[Role::CallTaker, Role::Dispatcher]);
    assert_eq!(attempt(&served, PASSWORD, "dispatcher").0, 200);
    let (status, answer) = attempt(&served, PASSWORD, "call_taker");
    assert_eq!((status, &answer["error"]["code"]), (409, &json!("on_shift_already")), "{answer}");
}

#[test]
fn a_role_that_was_not_given_is_refused() {
    let served = with_ada(&[Role::CallTaker]);
    let (status, answer) = attempt(&served, PASSWORD, "supervisor");
    assert_eq!((status, &answer["error"]["code"]), (403, &json!("role_not_given")), "{answer}");
}

#[test]
fn after_five_wrong_passwords_the_right_one_has_to_wait() {
    let served = with_ada(&[Role::CallTaker]);
    for _ in 0..5 {
        let (status, answer) = attempt(&served, "guessed and guessed", "call_taker");
        assert_eq!((status, &answer["error"]["code"]), (401, &json!("wrong_password")));
    }
    let (status, answer) = attempt(&served, PASSWORD, "call_taker");
    assert_eq!((status, &answer["error"]["code"]), (429, &json!("too_many_attempts")));
    // It is counted by person: nobody else is kept out, and calls still come in.
    served.sign_in("grace", Role::Supervisor);
    assert!(served.ring("r1").is_some());
}

#[test]
fn a_removed_person_is_out_at_once() {
    let served = with_ada(&EVERY_ROLE);
    let (_, answer) = attempt(&served, PASSWORD, "supervisor");
    let token = answer["token"].as_str().unwrap();
    assert_eq!(served.get("/session", token).0, 200);
    Accounts::open(&served.data()).unwrap().remove("ada").unwrap();
    assert_eq!(served.get("/session", token).0, 401);
    assert_eq!(attempt(&served, PASSWORD, "supervisor").0, 401);
}

#[test]
fn a_session_outlives_the_process_but_one_from_a_code_does_not() {
    let served = with_ada(&[Role::Dispatcher]);
    let (_, answer) = attempt(&served, PASSWORD, "dispatcher");
    let by_password = answer["token"].as_str().unwrap().to_owned();
    let by_code = served.sign_in("you", Role::Dispatcher);
    let served = served.restart();
    let (status, session) = served.get("/session", &by_password);
    assert_eq!((status, &session["on_shift"]), (200, &json!(true)), "{session}");
    assert_eq!(served.get("/session", &by_code).0, 401);
}

#[test]
fn the_second_person_signs_with_their_own_password() {
    let served = with_ada(&[Role::Supervisor]);
    assert_eq!(attempt(&served, PASSWORD, "supervisor").0, 200);
    let token = served.sign_in("dan", Role::Supervisor);
    let place = json!({ "call": null, "location": {} });
    assert_eq!(served.command(&token, "k1", "CreateIncident", place).0, 200);
    let kind = json!({ "incident": 1, "incident_type": "police.noise" });
    assert_eq!(served.command(&token, "k2", "ClassifyIncident", kind).0, 200);
    let signature = json!({ "reason": "it is quiet now" });
    let data = json!({ "incident": 1, "code": "advice_given", "signature": signature });
    let body = json!({
        "command": { "type": "DeclineIncident", "data": data },
        "second": { "person": "ada", "password": PASSWORD },
    });
    let (status, answer) = served.post("/commands", Some(&token), Some("k3"), &body);
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["events"][0]["data"]["decision"]["second"], "ada", "{answer}");
}
