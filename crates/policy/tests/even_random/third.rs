//! Z3 as a third opinion, where it is installed: the same question written down afresh, as text.

use evenhand_policy::even::{Budget, Verdict, check};
use evenhand_policy::response::{Condition, OutcomeKind, Response};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use super::TODAY;
use super::generate::policy;

const POLICIES: u64 = 300;

#[test]
fn z3_agrees_where_it_is_installed() {
    let installed = Command::new("z3").arg("--version").stdout(Stdio::null()).status();
    if installed.is_err() {
        assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "CI has no `z3`");
        println!("skipped: `z3` is not installed");
        return;
    }
    let mut script = String::new();
    let mut expected = Vec::new();
    for seed in 0..POLICIES {
        let mut response = policy(seed);
        // Exceptions and the override table are not written down for it.
        response.exceptions.clear();
        response.overrides.clear();
        let even = check(&response, TODAY, &Budget::default()).verdict == Verdict::Even;
        expected.push(if even { "unsat" } else { "sat" });
        script.push_str("(push)\n");
        script.push_str(&question(&response));
        script.push_str("(check-sat)\n(pop)\n");
    }
    let answers = ask_z3(&script);
    let answers: Vec<&str> = answers.lines().collect();
    assert_eq!(answers, expected);
    assert!(expected.contains(&"sat") && expected.contains(&"unsat"));
}

fn ask_z3(script: &str) -> String {
    let mut z3 = Command::new("z3")
        .args(["-in", "-smt2"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it was there a moment ago");
    let mut input = z3.stdin.take().expect("it is piped");
    let script = script.to_owned();
    // Written beside the reading, so that neither waits for the other for ever.
    let writer = std::thread::spawn(move || input.write_all(script.as_bytes()));
    let output = z3.wait_with_output().expect("it ends");
    writer.join().expect("it ends").expect("z3 reads everything");
    String::from_utf8(output.stdout).expect("z3 writes text")
}

/// Two calls that share their circumstances and get different answers.
fn question(response: &Response) -> String {
    let mut text = String::new();
    for (at, attribute) in response.attributes.iter().enumerate() {
        for copy in ["x", "y"] {
            let size = attribute.domain.size();
            let _ = writeln!(text, "(declare-const {copy}{at} Int)");
            let _ = writeln!(text, "(assert (and (>= {copy}{at} 0) (< {copy}{at} {size})))");
        }
        if !attribute.class.is_protected() {
            let _ = writeln!(text, "(assert (= x{at} y{at}))");
        }
    }
    for impossible in &response.impossible {
        for copy in ["x", "y"] {
            let _ = writeln!(text, "(assert (not {}))", said(impossible, copy));
        }
    }
    let mut differ = String::new();
    for (outcome, one) in response.outcomes.iter().enumerate() {
        if one.kind == OutcomeKind::Protected {
            let (left, right) = (value(response, outcome, "x"), value(response, outcome, "y"));
            let _ = write!(differ, " (not (= {left} {right}))");
        }
    }
    let _ = writeln!(text, "(assert (or false{differ}))");
    text
}

fn value(response: &Response, outcome: usize, copy: &str) -> String {
    let rules = response.rules.iter().rev();
    rules.fold("0".to_owned(), |rest, rule| match rule.sets(outcome) {
        Some(value) => format!("(ite {} {value} {rest})", said(&rule.when, copy)),
        None => rest,
    })
}

fn said(condition: &Condition, copy: &str) -> String {
    let all = |parts: &[Condition]| {
        parts.iter().fold(String::new(), |text, part| format!("{text} {}", said(part, copy)))
    };
    match condition {
        Condition::Always => "true".to_owned(),
        Condition::Is { attribute, values } => {
            let run = |(first, last): (u32, u32)| {
                format!(" (and (>= {copy}{attribute} {first}) (<= {copy}{attribute} {last}))")
            };
            format!("(or false{})", values.iter().map(run).collect::<String>())
        }
        Condition::Not(other) => format!("(not {})", said(other, copy)),
        Condition::All(parts) => format!("(and true{})", all(parts)),
        Condition::Any(parts) => format!("(or false{})", all(parts)),
    }
}
