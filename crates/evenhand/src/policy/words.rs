//! A report in plain words, for a terminal.

use std::fmt::Write;

use policy::even::{
    Claimed, Dependence, Engine, ExceptionFound, ExceptionState, Found, Independence, Pair, Report,
    Result, RuleFault, RuleFound, Verdict,
};

use super::{grouped, percent};

/// The whole report on a text. The verdict stands last, where a reader of a terminal looks.
pub fn told(report: &Report, source: &str) -> String {
    let mut lines = Vec::new();
    lines.push(head(report));
    lines.extend(independence(&report.independence));
    lines.extend(report.never.iter().map(|one| dependence_line("claimed", one)));
    let mut accommodations: Vec<String> = report.accommodations.iter().map(accommodation).collect();
    accommodations.dedup();
    lines.extend(accommodations);
    lines.extend(report.exceptions.iter().map(exception));
    let claims = report.worse.iter().chain(&report.floors);
    lines.extend(claims.chain(cases(&report.expectations)).map(|one| claim(one, source)));
    lines.extend(unknown(&report.unknown, &report.exceptions));
    lines.extend(report.rules.iter().map(rule));
    lines.extend(report.places.iter().filter_map(place));
    lines.extend(demand(report));
    lines.extend(report.undecided.iter().map(|one| format!("????  not decided: {one}")));
    lines.push(verdict(&report.verdict));
    let even = matches!(report.verdict, Verdict::Even | Verdict::EvenButFor(_));
    if even && !report.passes() {
        lines.push("But not all that the text claims of itself holds: see FAIL above.".to_owned());
    }
    lines.join("\n") + "\n"
}

fn head(report: &Report) -> String {
    let size = &report.size;
    let covered = match (&size.calls, size.engine) {
        (Some(calls), Engine::Diagram) => {
            format!("{} distinct calls covered exactly", grouped(&calls.to_string()))
        }
        _ => "covered exactly by the second engine, without counts".to_owned(),
    };
    let nodes = match size.engine {
        Engine::Diagram => format!("; {} diagram nodes", grouped(&size.nodes.to_string())),
        Engine::Solver => String::new(),
    };
    format!(
        "{}, version {}\n{} attributes, {} rules, {covered}{nodes}\n",
        report.policy, report.version, size.attributes, size.rules
    )
}

/// Dependences one by one; outcomes that are independent of the same attributes, in one line.
fn independence(all: &[Independence]) -> Vec<String> {
    let mut lines = Vec::new();
    if all.is_empty() {
        lines.push("OK    nothing is asked of the caller or the area".to_owned());
    }
    let mut never: Vec<(String, Vec<&str>)> = Vec::new();
    let mut subjects: Vec<&str> = all.iter().map(|one| one.subject.as_str()).collect();
    subjects.dedup();
    for subject in subjects {
        let of = || all.iter().filter(|one| one.subject == subject);
        let open = of().filter(|one| one.found != Found::Never);
        lines.extend(open.map(|one| dependence_line("", one)));
        let free: Vec<String> =
            of().filter(|one| one.found == Found::Never).map(attributes).collect();
        let free = free.join(", ");
        match never.iter_mut().find(|(known, _)| *known == free) {
            Some((_, subjects)) => subjects.push(subject),
            None if !free.is_empty() => never.push((free, vec![subject])),
            None => {}
        }
    }
    lines.extend(never.into_iter().map(|(free, subjects)| {
        let verb = if subjects.len() > 1 { "never depend" } else { "never depends" };
        format!("OK    {} {verb} on {free}", subjects.join(", "))
    }));
    lines
}

fn attributes(one: &Independence) -> String {
    let named = |name: &String| format!("{}.{name}", one.class);
    one.attributes.iter().map(named).collect::<Vec<_>>().join(" and ")
}

fn dependence_line(kind: &str, one: &Independence) -> String {
    let claimed = if kind.is_empty() { String::new() } else { format!("{kind}: ") };
    match &one.found {
        Found::Never => {
            format!("OK    {claimed}{} never depends on {}", one.subject, attributes(one))
        }
        Found::NotDecided { why } => {
            format!(
                "????  {claimed}whether {} depends on {}: not decided, {why}",
                one.subject,
                attributes(one)
            )
        }
        Found::Depends(dependence) => {
            let mark = if dependence.excepted { "EXC " } else { "FAIL" };
            format!(
                "{mark}  {claimed}{} depends on {}: two calls, same emergency, different \
                 answer:\n{}",
                one.subject,
                attributes(one),
                shown(dependence)
            )
        }
    }
}

/// The pair side by side, and how much it matters.
fn shown(dependence: &Dependence) -> String {
    let mut text = pair(&dependence.pair);
    if let Some(share) = dependence.share {
        let _ = write!(text, "\n        matters for {} of all describable calls", percent(share));
    }
    if dependence.excepted {
        text.push_str("\n        allowed by a signed exception, listed below");
    }
    text
}

fn pair(pair: &Pair) -> String {
    let told: Vec<_> = pair.rows.iter().filter(|row| row.differs || !row.left.any).collect();
    let names = told.iter().map(|row| row.attribute.as_str());
    let subject = pair.subject.as_str();
    let width = names.chain([subject, "decided by"]).map(str::len).max().unwrap_or(0);
    let only = if told.iter().filter(|row| row.differs).count() > 1 {
        "the only differences"
    } else {
        "the only difference"
    };
    let mut lines = Vec::new();
    for row in told.iter().filter(|row| !row.differs) {
        lines.push(format!("        {:width$}  {}", row.attribute, row.left.text));
    }
    for row in told.iter().filter(|row| row.differs) {
        lines.push(format!(
            "        {:width$}  {} | {}   <-- {only}",
            row.attribute, row.left.text, row.right.text
        ));
    }
    if told.len() < pair.rows.len() {
        lines.push("        (all else: any)".to_owned());
    }
    let (left, right) = (&pair.left, &pair.right);
    if told.iter().any(|row| row.differs) {
        lines.push(format!("        {subject:width$}  {} | {}", left.value, right.value));
        let rules =
            format!("{} | {}", decided(&left.rule, left.line), decided(&right.rule, right.line));
        lines.push(format!("        {:width$}  {rules}", "decided by"));
    } else {
        lines.push(format!("        {subject:width$}  {}", left.value));
        lines.push(format!("        {:width$}  {}", "decided by", decided(&left.rule, left.line)));
    }
    lines.join("\n")
}

/// One call under two versions: what it is, and what each version answers.
pub fn before_and_after(pair: &Pair) -> String {
    let told: Vec<_> = pair.rows.iter().filter(|row| !row.left.any).collect();
    let width = told.iter().map(|row| row.attribute.len()).chain([6]).max().unwrap_or(0);
    let mut lines: Vec<String> = told
        .iter()
        .map(|row| format!("        {:width$}  {}", row.attribute, row.left.text))
        .collect();
    lines.push("        (all else: any)".to_owned());
    for (when, answer) in [("before", &pair.left), ("after", &pair.right)] {
        let by = decided(&answer.rule, answer.line);
        lines.push(format!("        {when:width$}  {}, by {by}", answer.value));
    }
    lines.join("\n")
}

fn decided(rule: &str, line: u32) -> String {
    if line == 0 { rule.to_owned() } else { format!("{rule} (line {line})") }
}

fn accommodation(one: &Independence) -> String {
    match &one.found {
        Found::Never => format!(
            "OK    accommodation {} depends on nothing of the caller but what it may use",
            one.subject
        ),
        Found::Depends(_) | Found::NotDecided { .. } => dependence_line("accommodation", one),
    }
}

fn exception(one: &ExceptionFound) -> String {
    let state = match one.state {
        ExceptionState::Expired => "FAIL  expired exception",
        ExceptionState::NotFelt => "WARN  exception that nothing needs",
        ExceptionState::Holds => "EXC   exception",
        ExceptionState::Broken => "FAIL  exception that does not cover what the rules do",
        ExceptionState::NotDecided => "????  exception, not decided",
    };
    let mut text = format!(
        "{state} (line {}): {} may raise {}, because \"{}\", until {}, signed {}",
        one.line,
        one.attribute,
        one.outcome,
        one.because,
        one.until,
        one.signed.join(" and ")
    );
    if let Some(broken) = &one.broken {
        let _ = write!(text, "\n{}", pair(broken));
    }
    text
}

/// The agency's cases, each once: a case about several outcomes stands for all of them if they
/// hold, and else for those that do not.
pub fn cases(all: &[Claimed]) -> impl Iterator<Item = &Claimed> {
    let holds = |one: &Claimed| matches!(one.result, Result::Holds { .. });
    all.iter().enumerate().filter_map(move |(place, one)| {
        let same = || all.iter().filter(|other| other.line == one.line);
        let is_first = all.iter().position(|other| other.line == one.line) == Some(place);
        let told = if same().all(holds) { is_first } else { !holds(one) };
        told.then_some(one)
    })
}

/// One claim, as it stands in the text, and what became of it.
pub fn claim(one: &Claimed, source: &str) -> String {
    let line = if one.line == 0 { String::new() } else { format!(" (line {})", one.line) };
    let said = statement(source, one.line).unwrap_or_else(|| one.claim.clone());
    match &one.result {
        Result::Holds { .. } => format!("OK    {said}{line}"),
        Result::Empty => format!("WARN  {said}{line}: speaks of no possible call"),
        Result::NotDecided { why } => format!("????  {said}{line}: not decided, {why}"),
        Result::Fails { pair: example, share, .. } => {
            let mut text = format!("FAIL  {said}{line}:\n{}", pair(example));
            if let Some(share) = share {
                let _ =
                    write!(text, "\n        so for {} of all describable calls", percent(*share));
            }
            text
        }
    }
}

/// The statement that begins in this line, on one line; none for what is no line of the text.
fn statement(source: &str, line: u32) -> Option<String> {
    let mut lines = source.lines().skip(usize::try_from(line).ok()?.checked_sub(1)?);
    let first = lines.next()?;
    let rest = lines.take_while(|line| line.starts_with(char::is_whitespace));
    let words = std::iter::once(first).chain(rest).flat_map(|line| {
        let text = line.split_once('#').map_or(line, |(text, _)| text);
        text.split_whitespace()
    });
    Some(words.collect::<Vec<_>>().join(" ")).filter(|said| !said.is_empty())
}

/// Those that hold are one line: what matters is that none is left out. What a signed exception
/// makes better for somebody is worse, by as much, for whoever is unknown: it is told as such.
fn unknown(all: &[Claimed], exceptions: &[ExceptionFound]) -> Vec<String> {
    let holds = |one: &&Claimed| matches!(one.result, Result::Holds { .. } | Result::Empty);
    let mut lines: Vec<String> = all
        .iter()
        .filter(|one| !holds(one))
        .map(|one| match excepted(one, exceptions) {
            true => claim(one, "").replacen("FAIL", "EXC ", 1),
            false => claim(one, ""),
        })
        .collect();
    if lines.is_empty() && !all.is_empty() {
        lines.push("OK    nobody of whom a fact is unknown comes off worse".to_owned());
    }
    lines
}

fn excepted(one: &Claimed, exceptions: &[ExceptionFound]) -> bool {
    let Result::Fails { pair, .. } = &one.result else { return false };
    let covered = |attribute: &str| {
        exceptions.iter().any(|one| {
            one.state == ExceptionState::Holds
                && one.attribute == attribute
                && one.outcome == pair.subject
        })
    };
    pair.rows.iter().filter(|row| row.differs).all(|row| covered(&row.attribute))
}

fn rule(one: &RuleFound) -> String {
    let why = match one.fault {
        RuleFault::NeverHolds => "holds for no possible call".to_owned(),
        RuleFault::Redundant => "changes nothing (dropping it gives the same policy)".to_owned(),
        RuleFault::Shadowed => {
            let others = if one.and_others { " and others" } else { "" };
            format!("never decides: {}{others} above it decide first", one.covered_by.join(", "))
        }
    };
    format!("WARN  rule {} (line {}) {why}", one.rule, one.line)
}

fn place(one: &Independence) -> Option<String> {
    let Found::Depends(dependence) = &one.found else { return None };
    let share = dependence.share.map_or_else(String::new, |share| {
        format!(", for {} of all describable calls", percent(share))
    });
    Some(format!(
        "NOTE  {} depends on {}{share}: a place can stand for who lives there, which nothing here \
         can rule out",
        one.subject,
        attributes(one)
    ))
}

fn demand(report: &Report) -> Vec<String> {
    let told = |(value, share): &(String, f64)| format!("{value} {}", percent(*share));
    let line = |one: &policy::even::DemandFound| {
        let shares: Vec<String> = one.shares.iter().map(told).collect();
        format!("NOTE  {} in area group {}: {}", one.outcome, one.group, shares.join(", "))
    };
    report.demand.iter().map(line).collect()
}

/// The verdict in a sentence that can be quoted.
pub fn verdict(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Even => {
            "\nEVEN: for every call that can be described, the same emergency gets the \
             same answer, whoever calls."
                .to_owned()
        }
        Verdict::EvenButFor(exceptions) => {
            format!("\nEVEN BUT FOR SIGNED EXCEPTIONS: {}.", exceptions.join("; "))
        }
        Verdict::Uneven(why) => format!("\nUNEVEN: {}.", why.join("; ")),
        Verdict::NotDecided(why) => {
            format!("\nNOT DECIDED, which is not the same as even: {}.", why.join("; "))
        }
    }
}
