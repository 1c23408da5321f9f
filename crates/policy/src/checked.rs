//! A policy that has been checked. Nothing else can be adopted.

use crate::even::{self, Budget, Claimed, Found, Independence, Report};
use crate::policy::Policy;
use crate::problem::Problem;
use crate::response::Response;
use evenhand_core::{Adoption, PolicyText, Verdict};

/// A policy and what was proved of it. There is no other way to make one than to check.
#[derive(Clone, Debug)]
pub struct Checked {
    policy: Policy,
    verdict: Verdict,
    reports: Vec<Report>,
    checked_on: String,
    exceptions: Vec<String>,
}

impl Checked {
    /// Reads and checks the texts of a policy, as of a day (`YYYY-MM-DD`). Pure, and slow for a
    /// large policy: whoever must not wait runs it elsewhere.
    ///
    /// # Errors
    /// Everything that is wrong with the texts.
    pub fn read(files: &[PolicyText], today: &str, budget: &Budget) -> Result<Self, Vec<Problem>> {
        let files: Vec<(&str, &str)> =
            files.iter().map(|file| (file.name.as_str(), file.text.as_str())).collect();
        Policy::load(&files).map(|policy| Self::of(policy, today, budget))
    }

    /// Checks a policy that was read.
    pub fn of(mut policy: Policy, today: &str, budget: &Budget) -> Self {
        let mut reports = Vec::new();
        policy.check_texts(budget, |response| {
            let report = even::check(response, today, budget);
            let verdict = in_short(&report.verdict);
            reports.push(report);
            verdict
        });
        let exceptions = policy
            .responses()
            .flat_map(|response| response.exceptions.iter().map(|one| sentence(response, one)))
            .collect();
        // The table of types sees the type and nothing else, and is even by that.
        let verdicts = reports.iter().map(|report| in_short(&report.verdict));
        let verdict = verdicts.max().unwrap_or(Verdict::Even);
        Self { policy, verdict, reports, checked_on: today.to_owned(), exceptions }
    }

    /// Everything that was found, one for each response policy, in the order of
    /// [`Policy::responses`].
    pub fn reports(&self) -> &[Report] {
        &self.reports
    }

    /// What the texts claim of themselves and do not keep (`worse`, `floor`, `expect`, `never` of a
    /// place or situation, accommodations), one sentence each. A text that breaks its own word is
    /// not adopted: an agency that wants it so strikes the claim out, and everybody sees that.
    pub fn broken(&self) -> Vec<String> {
        self.reports.iter().flat_map(broken_by).collect()
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What was proved.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The signed exceptions, one sentence each.
    pub fn exceptions(&self) -> &[String] {
        &self.exceptions
    }

    /// What is needed to adopt it.
    pub fn adoption(&self) -> Adoption {
        Adoption {
            policy: self.policy.reference(),
            verdict: self.verdict,
            checked_on: self.checked_on.clone(),
            exceptions: self.exceptions.clone(),
            files: self.policy.files().to_vec(),
        }
    }
}

fn broken_by(report: &Report) -> Vec<String> {
    let fails = |one: &&Claimed| matches!(one.result, even::Result::Fails { .. });
    let claims = report.worse.iter().chain(&report.floors).chain(&report.expectations);
    let claims = claims.filter(fails).map(|one| format!("`{}` (line {})", one.claim, one.line));
    let depends = |one: &&Independence| matches!(one.found, Found::Depends(_));
    let others = report.never.iter().chain(&report.accommodations);
    let others = others
        .filter(depends)
        .map(|one| format!("`{}` depends on `{}`", one.subject, one.attributes.join(", ")));
    let told = |what: String| format!("`{}` does not keep its own word: {what}", report.policy);
    claims.chain(others).map(told).collect()
}

fn sentence(response: &Response, exception: &crate::response::Exception) -> String {
    let attribute = response.attributes.get(exception.attribute).map(|one| one.name.as_str());
    let outcome = response.outcomes.get(exception.outcome).map(|one| one.name.as_str());
    format!(
        "`{}` may raise `{}` in `{}` until {}: {}; signed {}",
        attribute.unwrap_or_default(),
        outcome.unwrap_or_default(),
        response.title,
        exception.until,
        exception.because,
        exception.signed.join(", ")
    )
}

fn in_short(verdict: &even::Verdict) -> Verdict {
    match verdict {
        even::Verdict::Even => Verdict::Even,
        even::Verdict::EvenButFor(_) => Verdict::EvenButForExceptions,
        even::Verdict::Uneven(_) => Verdict::Uneven,
        even::Verdict::NotDecided(_) => Verdict::Undecided,
    }
}
