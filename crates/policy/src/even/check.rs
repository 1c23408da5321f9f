//! Every check of one text, and the verdict.

use std::collections::BTreeSet;

use crate::response::{Claim, Class, OutcomeKind, OverrideAction, Response};

use super::budget::Budget;
use super::compile::Subject;
use super::diagram::Overflow;
use super::exceptions::{described, in_force};
use super::joined::{Joined, named_by_pair};
use super::prover::{NOT_BORNE_OUT, Prover, Valued};
use super::report::{Engine, ExceptionState, Found, Report, Size, Verdict};
use super::sat::check_by_solver;
use super::spare::spare;

/// Decides everything that can be decided of a text for a day, `YYYY-MM-DD`.
///
/// What a text does not hold is not in the report: a text without claims has no claims proved.
/// The verdict speaks of every call that can be described and is not declared impossible.
///
/// If the diagrams outgrow the budget, the second engine decides, without counts.
pub fn check(response: &Response, today: &str, budget: &Budget) -> Report {
    match by_diagram(response, today, budget) {
        Ok(report) if !outgrown(&report) => report,
        Ok(_) | Err(Overflow) => check_by_solver(response, today, budget),
    }
}

/// Whether the verdict is open for want of room. A fault of the prover is not settled by asking
/// somebody else: it is reported.
fn outgrown(report: &Report) -> bool {
    match &report.verdict {
        Verdict::NotDecided(why) => why.iter().all(|one| !one.contains(NOT_BORNE_OUT)),
        Verdict::Even | Verdict::EvenButFor(_) | Verdict::Uneven(_) => false,
    }
}

/// The subjects that must be the same whoever calls: protected outcomes and the override table.
pub(crate) fn protected_subjects(response: &Response) -> Vec<Subject> {
    let actions: BTreeSet<OverrideAction> =
        response.overrides.iter().map(|line| line.action).collect();
    let outcomes = response.protected_outcomes().map(Subject::Outcome);
    outcomes.chain(actions.into_iter().map(Subject::Override)).collect()
}

/// A report in which nothing is decided yet.
pub(crate) fn blank(response: &Response, today: &str) -> Report {
    Report {
        policy: response.title.clone(),
        version: response.version,
        today: today.to_owned(),
        verdict: Verdict::NotDecided(Vec::new()),
        size: Size {
            attributes: response.attributes.len(),
            rules: response.rules.len().saturating_sub(1),
            calls: None,
            nodes: 0,
            engine: Engine::Diagram,
        },
        independence: Vec::new(),
        never: Vec::new(),
        accommodations: Vec::new(),
        exceptions: Vec::new(),
        worse: Vec::new(),
        floors: Vec::new(),
        unknown: Vec::new(),
        expectations: Vec::new(),
        rules: Vec::new(),
        places: Vec::new(),
        demand: Vec::new(),
        undecided: Vec::new(),
    }
}

fn by_diagram(response: &Response, today: &str, budget: &Budget) -> Result<Report, Overflow> {
    let mut prover = Prover::new(response, budget)?;
    let mut valued = Vec::new();
    for subject in protected_subjects(response) {
        valued.push(prover.valued(subject)?);
    }
    let mut report = blank(response, today);
    report.size.calls = Some(prover.calls);
    for one in &valued {
        independence(&mut prover, one, today, &mut report);
    }
    for one in &valued {
        report.unknown.extend(prover.unknown(one));
        for level in prover.levels(one, |class| class == Class::Place) {
            report.places.push(prover.independence(one, &[level]));
        }
    }
    valued.extend(accommodations(&mut prover, &mut report));
    claims(&mut prover, &valued, &mut report);
    report.size.nodes = prover.compiled.diagrams.len();
    match spare(response, budget) {
        Ok(rules) => report.rules = rules,
        Err(Overflow) => report.undecided.push("which rules could be left out".to_owned()),
    }
    conclude(response, today, &mut report);
    Ok(report)
}

/// Check 1 and 3 for one subject: attribute by attribute, then together, then what exceptions
/// cover.
fn independence(prover: &mut Prover, of: &Valued, today: &str, report: &mut Report) {
    let levels = prover.compiled.space.protected_from..prover.compiled.space.levels();
    let mut joined = Joined::default();
    for level in levels.clone() {
        joined.single.push(prover.independence(of, &[level]));
    }
    let alone: Vec<usize> = levels
        .zip(&joined.single)
        .filter(|(level, one)| of.asks[*level] && one.found == Found::Never)
        .map(|(level, _)| level)
        .collect();
    if alone.len() > 1 {
        joined.together(prover.independence(of, &alone));
    }
    let in_force = in_force(prover.compiled.response, of.subject, today);
    if !in_force.is_empty() {
        let excepted = prover.exceptions(of, &in_force);
        joined.except(excepted.exceptions, excepted.beyond);
    }
    joined.into_report(report);
}

/// Adds what needs no engine: expired exceptions and the verdict.
pub(crate) fn conclude(response: &Response, today: &str, report: &mut Report) {
    for one in response.exceptions.iter().filter(|one| one.until.as_str() < today) {
        report.exceptions.push(described(response, one, ExceptionState::Expired, None));
    }
    report.exceptions.sort_by_key(|one| one.line);
    report.verdict = verdict(report);
}

fn claims(prover: &mut Prover, valued: &[Valued], report: &mut Report) {
    let response = prover.compiled.response;
    for claim in &response.claims {
        match claim {
            Claim::Never(never) => {
                for outcome in &never.outcomes {
                    let Some(of) = of_outcome(valued, *outcome) else { continue };
                    let class = |class: Class| !class.is_protected();
                    let class = |one: Class| class(one) && never.classes.contains(&one);
                    let levels: Vec<usize> = (0..prover.compiled.space.levels())
                        .filter(|level| class(prover.class(*level)))
                        .collect();
                    for level in levels {
                        report.never.push(prover.independence(of, &[level]));
                    }
                }
            }
            Claim::Worse(worse) => {
                if let Some(of) = of_outcome(valued, worse.outcome) {
                    report.worse.push(prover.worse(worse, of));
                }
            }
            Claim::Floor(floor) => {
                if let Some(of) = of_outcome(valued, floor.outcome) {
                    report.floors.push(prover.floor(floor, of));
                }
            }
        }
    }
    for case in &response.expectations {
        for setting in &case.then {
            if let Some(of) = of_outcome(valued, setting.outcome) {
                report.expectations.push(prover.expectation(case, of, setting.value));
            }
        }
    }
}

fn of_outcome(valued: &[Valued], outcome: usize) -> Option<&Valued> {
    valued.iter().find(|one| one.subject == Subject::Outcome(outcome))
}

/// Whether each accommodation depends on anything of the caller but what it may use, and on the
/// area. On the circumstances it may depend.
fn accommodations(prover: &mut Prover, report: &mut Report) -> Vec<Valued> {
    let response = prover.compiled.response;
    let mut valued = Vec::new();
    for (at, outcome) in response.outcomes.iter().enumerate() {
        let OutcomeKind::Accommodation { may_use } = &outcome.kind else { continue };
        let Ok(of) = prover.valued(Subject::Outcome(at)) else {
            report.undecided.push(format!("what accommodation `{}` depends on", outcome.name));
            continue;
        };
        let space = &prover.compiled.space;
        let barred: Vec<usize> = (space.protected_from..space.levels())
            .filter(|level| !may_use.contains(&space.order[*level]))
            .collect();
        let mut shown = false;
        for level in &barred {
            let one = prover.independence(&of, &[*level]);
            shown |= one.found != Found::Never;
            report.accommodations.push(one);
        }
        if !shown && barred.iter().filter(|level| of.asks[**level]).count() > 1 {
            let joint = named_by_pair(prover.independence(&of, &barred));
            report.accommodations.extend((joint.found != Found::Never).then_some(joint));
        }
        valued.push(of);
    }
    valued
}

/// The verdict from what was found.
fn verdict(report: &Report) -> Verdict {
    let (mut uneven, mut unclear) = (Vec::new(), Vec::new());
    for one in &report.independence {
        let words = format!("{} depends on {}", one.subject, one.attributes.join(" and "));
        match &one.found {
            Found::Never => {}
            Found::Depends(dependence) if dependence.excepted => {}
            Found::Depends(_) => uneven.push(words),
            Found::NotDecided { why } => unclear.push(format!("whether {words}: {why}")),
        }
    }
    if !uneven.is_empty() {
        return Verdict::Uneven(uneven);
    }
    for one in report.exceptions.iter().filter(|one| one.state == ExceptionState::NotDecided) {
        unclear.push(format!("whether {} only raises {}", one.attribute, one.outcome));
    }
    if !unclear.is_empty() {
        return Verdict::NotDecided(unclear);
    }
    let held = report.exceptions.iter().filter(|one| one.state == ExceptionState::Holds);
    let held: Vec<String> = held
        .map(|one| format!("{} may raise {} until {}", one.attribute, one.outcome, one.until))
        .collect();
    if held.is_empty() { Verdict::Even } else { Verdict::EvenButFor(held) }
}
