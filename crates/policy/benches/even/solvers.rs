//! The same question for solvers from outside, as SMT-LIB text.

use evenhand_policy::response::{Condition, OutcomeKind, Response};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// A solver that reads SMT-LIB from its standard input.
pub struct Solver {
    /// The executable.
    pub name: &'static str,
    arguments: &'static [&'static str],
}

/// One minute is enough for every shape here that either can do.
pub const Z3: Solver = Solver { name: "z3", arguments: &["-in", "-smt2", "-T:60"] };
/// Likewise.
pub const CVC5: Solver =
    Solver { name: "cvc5", arguments: &["--lang", "smt2", "--tlimit", "60000", "-"] };

impl Solver {
    /// Whether there is such a pair; none if it is not installed or does not say.
    pub fn ask(&self, question: &str) -> Option<bool> {
        let mut solver = Command::new(self.name)
            .args(self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        solver.stdin.take()?.write_all(question.as_bytes()).ok()?;
        let output = solver.wait_with_output().ok()?;
        match String::from_utf8(output.stdout).ok()?.trim() {
            "sat" => Some(true),
            "unsat" => Some(false),
            _ => None,
        }
    }
}

/// Two calls that share their circumstances and get different answers.
pub fn question(response: &Response) -> String {
    let mut text = "(set-logic QF_LIA)\n".to_owned();
    for (at, attribute) in response.attributes.iter().enumerate() {
        let copies: &[&str] = if attribute.class.is_protected() { &["x", "y"] } else { &["x"] };
        for copy in copies {
            let size = attribute.domain.size();
            let _ = writeln!(text, "(declare-const {copy}{at} Int)");
            let _ = writeln!(text, "(assert (and (>= {copy}{at} 0) (< {copy}{at} {size})))");
        }
    }
    let mut differ = String::new();
    for (outcome, one) in response.outcomes.iter().enumerate() {
        if one.kind == OutcomeKind::Protected {
            for copy in ["x", "y"] {
                defined(&mut text, response, outcome, copy);
            }
            let _ = write!(differ, " (not (= x_{outcome}_0 y_{outcome}_0))");
        }
    }
    let _ = writeln!(text, "(assert (or{differ} false))\n(check-sat)");
    text
}

/// One definition for each rule, so that no term is deeper than a solver's stack.
fn defined(text: &mut String, response: &Response, outcome: usize, copy: &str) {
    let mut rest = "0".to_owned();
    for (at, rule) in response.rules.iter().enumerate().rev() {
        let value = rule.sets(outcome).map_or(rest.clone(), |value| value.to_string());
        let when = said(response, &rule.when, copy);
        let name = format!("{copy}_{outcome}_{at}");
        let _ = writeln!(text, "(declare-const {name} Int)");
        let _ = writeln!(text, "(assert (= {name} (ite {when} {value} {rest})))");
        rest = name;
    }
}

fn said(response: &Response, condition: &Condition, copy: &str) -> String {
    let all = |parts: &[Condition]| {
        let said = |part| format!(" {}", said(response, part, copy));
        parts.iter().map(said).collect::<String>()
    };
    match condition {
        Condition::Always => "true".to_owned(),
        Condition::Is { attribute, values } => {
            let protected = response.attributes[*attribute].class.is_protected();
            let copy = if protected { copy } else { "x" };
            let run = |(first, last): (u32, u32)| {
                format!(" (and (>= {copy}{attribute} {first}) (<= {copy}{attribute} {last}))")
            };
            format!("(or false{})", values.iter().map(run).collect::<String>())
        }
        Condition::Not(other) => format!("(not {})", said(response, other, copy)),
        Condition::All(parts) => format!("(and true{})", all(parts)),
        Condition::Any(parts) => format!("(or false{})", all(parts)),
    }
}
