//! From cells to words: a pair as people read it, after it was replayed.

use crate::response::{Domain, OverrideAction, Permit, Response};

use super::compile::{Subject, permits, plain};
use super::report::{Answer, Pair, Row, Values, class_word};
use super::search::{Found, Shows};
use super::space::Space;

/// What a subject is called.
pub(crate) fn subject_name(response: &Response, subject: Subject) -> String {
    match subject {
        Subject::Outcome(outcome) => {
            response.outcomes.get(outcome).map(|one| one.name.clone()).unwrap_or_default()
        }
        Subject::Override(action) => format!("override {}", action.word()),
    }
}

/// A value of a subject, as written in the text.
pub(crate) fn value_text(response: &Response, subject: Subject, value: u32) -> String {
    match subject {
        Subject::Outcome(outcome) => response
            .outcomes
            .get(outcome)
            .map(|one| with_unit(&one.domain, one.unit.as_deref(), value))
            .unwrap_or_default(),
        Subject::Override(_) => {
            permits(response).get(value as usize).map(permit_text).unwrap_or_default()
        }
    }
}

fn with_unit(domain: &Domain, unit: Option<&str>, value: u32) -> String {
    match unit {
        Some(unit) => format!("{} {unit}", domain.text(value)),
        None => domain.text(value),
    }
}

fn permit_text(permit: &Permit) -> String {
    if permit.roles.is_empty() {
        return "nobody".to_owned();
    }
    let roles: Vec<&str> = permit.roles.iter().map(String::as_str).collect();
    let needs = match (permit.reason, permit.second_person) {
        (false, false) => "",
        (true, false) => " with reason",
        (false, true) => " with second_person",
        (true, true) => " with reason and second_person",
    };
    format!("{}{needs}", roles.join(" "))
}

/// Runs of values as text: words one by one, numbers as `3..40`.
pub(crate) fn runs_text(domain: &Domain, runs: &[(u32, u32)]) -> String {
    let mut parts = Vec::new();
    for (first, last) in runs {
        match domain {
            Domain::Words(_) => parts.extend((*first..=*last).map(|value| domain.text(value))),
            Domain::Numbers { .. } if first == last => parts.push(domain.text(*first)),
            Domain::Numbers { .. } => {
                parts.push(format!("{}..{}", domain.text(*first), domain.text(*last)));
            }
        }
    }
    parts.join(", ")
}

/// What a pair is to be about.
pub(crate) struct Showing<'a> {
    pub response: &'a Response,
    pub space: &'a Space,
    pub subject: Subject,
    pub shows: Shows,
    /// The compiled evaluation of the subject.
    pub compiled: &'a dyn Fn(&[u32]) -> u32,
}

impl Showing<'_> {
    /// The pair in words; none if the replay does not bear it out, which is a fault of the prover.
    pub(crate) fn pair(&self, found: &Found) -> Option<Pair> {
        let (rows, left, right) = rows(self.response, self.space, found)?;
        let (left, right) = self.replay(&left, &right)?;
        Some(Pair { rows, subject: subject_name(self.response, self.subject), left, right })
    }

    /// Puts both calls to the plain reading and to the compiled one.
    fn replay(&self, left: &[u32], right: &[u32]) -> Option<(Answer, Answer)> {
        let possible = |call: &[u32]| !self.response.impossible.iter().any(|one| one.holds(call));
        let agreed = |call: &[u32]| {
            let value = plain(self.response, self.subject, call);
            (possible(call) && (self.compiled)(call) == value).then_some(value)
        };
        let (own, its) = (agreed(left)?, agreed(right)?);
        let borne_out = match self.shows {
            Shows::Different { .. } => own != its,
            Shows::RightWorse => its > own,
            Shows::LeftWorse => own > its,
            Shows::Not(wanted) => left == right && own != wanted,
            Shows::Is(_) => left == right,
            Shows::Above(limit) => left == right && own > limit,
        };
        borne_out.then(|| (self.answer(left, own), self.answer(right, its)))
    }

    fn answer(&self, call: &[u32], value: u32) -> Answer {
        let (rule, line) = match self.subject {
            Subject::Outcome(outcome) => decided_by(self.response, outcome, call, value),
            Subject::Override(action) => permitted_by(self.response, action, call),
        };
        Answer { value: value_text(self.response, self.subject, value), rule, line }
    }
}

/// The first rule that holds and gives the outcome this value.
pub(crate) fn decided_by(
    response: &Response,
    outcome: usize,
    call: &[u32],
    value: u32,
) -> (String, u32) {
    let decides =
        |rule: &&crate::response::Rule| rule.sets(outcome) == Some(value) && rule.when.holds(call);
    let rule = response.rules.iter().find(decides);
    rule.map(|rule| (rule.name.clone(), rule.line)).unwrap_or_default()
}

/// Two sets of calls in words, and one call of each.
pub(crate) fn rows(
    response: &Response,
    space: &Space,
    found: &Found,
) -> Option<(Vec<Row>, Vec<u32>, Vec<u32>)> {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    let mut rows = Vec::new();
    for (at, attribute) in response.attributes.iter().enumerate() {
        let level = space.level[at];
        let differs = found.differs.contains(&level);
        let (own, its) = &found.cells[level];
        let (own, its) = (space.runs(level, own), space.runs(level, its));
        let base = attribute.domain.baseline();
        let preferred = if attribute.class.is_protected() && !differs { base } else { 0 };
        let left_one = example(&own, preferred)?;
        let right_one = if differs { example_but(&its, base, left_one)? } else { left_one };
        left.push(left_one);
        right.push(right_one);
        rows.push(Row {
            attribute: attribute.name.clone(),
            class: class_word(attribute.class),
            differs,
            left: values(&attribute.domain, &own, left_one),
            right: values(&attribute.domain, &its, right_one),
        });
    }
    Some((rows, left, right))
}

fn permitted_by(response: &Response, action: OverrideAction, call: &[u32]) -> (String, u32) {
    let held =
        response.overrides.iter().find(|line| line.action == action && line.when.holds(call));
    held.map_or_else(
        || ("no line".to_owned(), 0),
        |line| (format!("override {}", action.word()), line.line),
    )
}

fn holds(runs: &[(u32, u32)], value: u32) -> bool {
    runs.iter().any(|(first, last)| (*first..=*last).contains(&value))
}

/// The preferred value if it is there, else the first.
fn example(runs: &[(u32, u32)], preferred: u32) -> Option<u32> {
    let first = runs.first().map(|(first, _)| *first);
    if holds(runs, preferred) { Some(preferred) } else { first }
}

/// The first value that is neither the baseline nor the other call's, if there is one.
fn example_but(runs: &[(u32, u32)], base: u32, other: u32) -> Option<u32> {
    let mut rest =
        runs.iter().flat_map(|(first, last)| [*first, first.saturating_add(1).min(*last)]);
    rest.find(|value| *value != base && *value != other).or_else(|| {
        let first = runs.first().map(|(first, _)| *first)?;
        (first != other).then_some(first)
    })
}

fn values(domain: &Domain, runs: &[(u32, u32)], example: u32) -> Values {
    let any = runs == [(0, domain.size().saturating_sub(1))];
    let text = if any { "any".to_owned() } else { runs_text(domain, runs) };
    Values { any, text, example: domain.text(example) }
}
