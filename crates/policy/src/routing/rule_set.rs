//! A rule set that was read, and what has to be said beside a report about it.

use std::collections::{BTreeMap, BTreeSet};

use crate::even::{Found, Pair, Report, Row, Values};
use crate::problem::{Problem, Problems};
use crate::response::{Class, Response, TEXT_BYTES_MAX};

use super::assemble::{Known, assemble};
use super::given::Reading;
use super::json;
use super::json::At;
use super::rules::{self, Routed};
use super::test::{Kin, What};

/// A routing policy in the model of a response policy.
pub struct RuleSet {
    response: Response,
    tests: Vec<Known>,
    // Policies that decide instead of it.
    invoked: BTreeSet<String>,
    // Rules without an action that routes, in order.
    silent: Vec<String>,
}

/// Whether a text is a rule set in JSON, and not a policy in words or in TOML. None of these begins
/// with a brace, or with a bracket before one.
pub fn is_rule_set(text: &str) -> bool {
    let text = without_mark(text).trim_start();
    match text.strip_prefix('[') {
        Some(rest) => rest.trim_start().starts_with(['{', ']']),
        None => text.starts_with('{'),
    }
}

/// Reads a rule set: a policy object, or the bare list of its rules.
///
/// # Errors
/// All that is wrong, each with its place, its path and what would be accepted: text that is no
/// JSON, members that are missing, unknown or not of their kind, and what the standard forbids.
pub fn read(file: &str, text: &str) -> Result<RuleSet, Vec<Problem>> {
    let mut reading = Reading { file, problems: Problems::default() };
    let routing = whole(&mut reading, text);
    match routing {
        Some(routing) if reading.problems.is_empty() => {
            let invoked = routing.rules.iter().filter_map(|rule| match &rule.route {
                Some(Routed::Invoked(policy)) => Some(policy.clone()),
                Some(Routed::To(_) | Routed::Busy) | None => None,
            });
            let invoked = invoked.collect();
            let silent = routing.rules.iter().filter(|rule| rule.route.is_none());
            let silent = silent.map(|rule| rule.id.clone()).collect();
            let (response, tests) = assemble(&routing);
            Ok(RuleSet { response, tests, invoked, silent })
        }
        _ => Err(reading.problems.sorted()),
    }
}

fn whole(reading: &mut Reading<'_>, text: &str) -> Option<rules::Routing> {
    if text.len() > TEXT_BYTES_MAX {
        let at = At { line: 1, column: 1, width: 1 };
        let fault = format!("the file has {} bytes", text.len());
        reading.wrong(at, fault, format!("accepted are {TEXT_BYTES_MAX} at most"));
        return None;
    }
    let json = json::read(reading.file, without_mark(text), &mut reading.problems)?;
    rules::read(reading, &json)
}

/// Without the byte order mark that some editors write.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

impl RuleSet {
    /// The model: the question that the prover decides.
    pub fn response(&self) -> &Response {
        &self.response
    }

    /// What has to be said beside a report about it, one sentence each: pairs that may be
    /// infeasible, and what the verdict does not cover.
    pub fn caveats(&self, report: &Report) -> Vec<String> {
        let mut caveats = Vec::new();
        for one in &report.independence {
            if let Found::Depends(dependence) = &one.found {
                caveats.extend(self.caveats_of(&dependence.pair));
            }
        }
        let invoked = self.invoked.iter().map(|policy| {
            format!("where policy {policy} sends a call is not part of this verdict; check it too")
        });
        let alone = self.silent.iter().map(|rule| {
            format!("rule `{rule}` sends a call nowhere; it is taken to act alone, as others do")
        });
        let mut seen = BTreeSet::new();
        caveats.extend(invoked.chain(alone));
        caveats.retain(|caveat| seen.insert(caveat.clone()));
        caveats
    }

    /// What in a pair may contradict itself: several tests of one subject, or several subjects that
    /// hang together.
    fn caveats_of(&self, pair: &Pair) -> Vec<String> {
        let asked = self.tests.iter().zip(&pair.rows);
        let asked: Vec<Asked<'_>> =
            asked.filter(|(_, row)| !row.left.any || !row.right.any).collect();
        let (mut subjects, mut kin) = (BTreeMap::new(), BTreeMap::new());
        for (known, row) in asked {
            let subject = known.test.subject.to_lowercase();
            // Whether it is there follows from what else is asked of it.
            if known.test.what != What::IsThere {
                subjects.entry(subject).or_insert_with(Vec::new).push((known, row));
            }
            // That something is not there hinders nothing else.
            if known.test.kin != Kin::Own && (is_there(&row.left) || is_there(&row.right)) {
                kin.entry(known.test.kin).or_insert_with(Vec::new).push((known, row));
            }
        }
        let contradict = subjects.into_values().filter(|group| group.len() > 1 && !is_exact(group));
        let mut caveats: Vec<String> = contradict
            .map(|group| {
                caveat(pair, &group, "ask about one thing, and whether one call can answer so")
            })
            .collect();
        let together = kin.into_iter().filter(|(_, group)| are_several(group));
        caveats.extend(together.map(|(kin, group)| caveat(pair, &group, why(kin))));
        caveats
    }
}

/// A test and what a pair has for it.
type Asked<'a> = (&'a Known, &'a Row);

fn caveat(pair: &Pair, group: &[Asked<'_>], why: &str) -> String {
    let names: Vec<String> = group.iter().map(|(_, row)| format!("`{}`", row.attribute)).collect();
    let (subject, names) = (&pair.subject, names.join(" and "));
    format!("the pair on `{subject}` may be infeasible: {names} {why} is not decided here")
}

/// Whether something must be there for these values; `unknown` is the first value of each test.
fn is_there(values: &Values) -> bool {
    let text = values.text.as_str();
    !values.any && text != "unknown" && !text.starts_with("unknown, ") && text != "no"
}

fn are_several(group: &[Asked<'_>]) -> bool {
    let subjects: BTreeSet<String> =
        group.iter().map(|(known, _)| known.test.subject.to_lowercase()).collect();
    subjects.len() > 1
}

/// Whether the value of one subject is named on both sides: then every other test of it follows,
/// and the declared impossible combinations leave only what can be.
fn is_exact(group: &[Asked<'_>]) -> bool {
    let follows = |known: &Known| matches!(known.test.what, What::Value | What::Contains(_));
    let named = |word: &str| word != "unknown" && word != "other";
    group.iter().all(|(known, _)| follows(known))
        && group.iter().any(|(known, row)| {
            let value = known.test.what == What::Value;
            value && named(&row.left.example) && named(&row.right.example)
        })
}

fn why(kin: Kin) -> &'static str {
    match kin {
        Kin::Own | Kin::Body => "ask about what one call carries, and whether it can carry both so",
        Kin::Way => {
            "hang together, since the place gives the service and both give the next hop, and \
             whether they fall together so"
        }
    }
}

/// Whether who calls is asked at all; without that a rule set is even by what it can see.
impl RuleSet {
    /// Attributes of the caller that some rule asks about, in the order of the file.
    pub fn asks_of_the_caller(&self) -> Vec<&str> {
        let caller = self.response.attributes.iter().filter(|one| one.class == Class::Caller);
        caller.map(|one| one.name.as_str()).collect()
    }
}
