//! Signed exceptions: an attribute of the caller may make an outcome better than it is for the
//! baseline, never worse, until its day is over.
//!
//! With the excepted attributes X of one outcome, and Q whatever else concerns the caller or the
//! area, the outcome is even but for X if
//!
//! 1. for the same circumstances and the same X, Q decides nothing (jointly);
//! 2. for each attribute of X, a call is answered no worse than the call with that attribute at
//!    its baseline, whatever Q is on either side;
//! 3. a call is answered no worse than the call with all of X at the baseline, whatever Q is; and
//!    where no such call is possible, nothing of the caller decides anything.
//!
//! Without impossible calls, 3 follows from 2.

use crate::response::{Exception, Response};

use super::compile::Subject;
use super::diagram::{FALSE, Overflow, TRUE};
use super::merges::{Or, Possible};
use super::prover::{Prover, Valued};
use super::report::{ExceptionFound, ExceptionState, Independence, Pair};
use super::search::{self, Shows, Step};

/// What the exceptions of one outcome come to.
pub(crate) struct Excepted {
    pub exceptions: Vec<ExceptionFound>,
    /// Dependences that no exception covers and that looking at one attribute at a time does not
    /// show.
    pub beyond: Vec<Independence>,
}

/// The exceptions for one outcome that are in force on a day.
pub(crate) fn in_force<'r>(
    response: &'r Response,
    subject: Subject,
    today: &str,
) -> Vec<&'r Exception> {
    let of = |one: &&Exception| Subject::Outcome(one.outcome) == subject;
    response.exceptions.iter().filter(of).filter(|one| one.until.as_str() >= today).collect()
}

/// An exception in words.
pub(crate) fn described(
    response: &Response,
    exception: &Exception,
    state: ExceptionState,
    broken: Option<Pair>,
) -> ExceptionFound {
    let attribute = response.attributes.get(exception.attribute);
    let outcome = response.outcomes.get(exception.outcome);
    ExceptionFound {
        attribute: attribute.map(|one| one.name.clone()).unwrap_or_default(),
        outcome: outcome.map(|one| one.name.clone()).unwrap_or_default(),
        because: exception.because.clone(),
        until: exception.until.clone(),
        signed: exception.signed.clone(),
        line: exception.line,
        state,
        broken,
    }
}

impl Prover<'_> {
    /// Judges the exceptions of one outcome that are in force.
    pub(crate) fn exceptions(&mut self, of: &Valued, in_force: &[&Exception]) -> Excepted {
        let response = self.compiled.response;
        let level = |one: &&Exception| self.compiled.space.level[one.attribute];
        let mut excepted: Vec<usize> = in_force.iter().map(level).collect();
        excepted.sort_unstable();
        excepted.dedup();
        let others: Vec<usize> = (self.compiled.space.protected_from..self.compiled.space.levels())
            .filter(|level| !excepted.contains(level))
            .collect();
        let mut result = Excepted { exceptions: Vec::new(), beyond: Vec::new() };
        for one in in_force {
            let level = self.compiled.space.level[one.attribute];
            let (state, broken) = match self.one_sided(of, &[level], &others) {
                _ if !of.asks[level] => (ExceptionState::NotFelt, None),
                Err(Overflow) => (ExceptionState::NotDecided, None),
                Ok(None) => (ExceptionState::Holds, None),
                Ok(Some(found)) => {
                    (ExceptionState::Broken, self.show(of, &found, Shows::RightWorse))
                }
            };
            result.exceptions.push(described(response, one, state, broken));
        }
        self.beyond(of, (&excepted, &others), &mut result);
        result
    }

    /// A call that is worse than its baseline.
    fn one_sided(
        &self,
        of: &Valued,
        excepted: &[usize],
        others: &[usize],
    ) -> Result<Option<search::Found>, Overflow> {
        let mut steps = self.steps(others, Step::Free);
        for level in excepted {
            let attribute = &self.compiled.response.attributes[self.compiled.space.order[*level]];
            let base = self.compiled.space.cell(*level, attribute.domain.baseline());
            steps[*level] = Step::From(base);
        }
        self.search(of.root, steps, Shows::RightWorse)
    }

    /// Points 1 and 3.
    fn beyond(&mut self, of: &Valued, levels: (&[usize], &[usize]), result: &mut Excepted) {
        let (excepted, others) = levels;
        if others.iter().any(|level| of.asks[*level]) {
            let found = self.independence(of, others);
            result.beyond.push(found);
        }
        if excepted.len() > 1 || self.compiled.possible != TRUE {
            let all: Vec<usize> = excepted.iter().chain(others).copied().collect();
            let mut found = self.unclear(of, &all);
            match self.one_sided(of, excepted, others) {
                Ok(None) => {}
                Ok(Some(pair)) => {
                    let pair = self.show(of, &pair, Shows::RightWorse);
                    found.found = pair.map_or(found.found, |pair| self.dependence(pair, None));
                    result.beyond.push(found);
                }
                Err(Overflow) => result.beyond.push(found),
            }
        }
        if self.compiled.possible != TRUE {
            let all: Vec<usize> = excepted.iter().chain(others).copied().collect();
            let found = match self.without_baseline(of, excepted, others) {
                Ok(None) => None,
                Ok(Some(pair)) => {
                    let shows = Shows::Different { ordered: of.ordered };
                    let mut found = self.unclear(of, &all);
                    let pair = self.show(of, &pair, shows);
                    found.found = pair.map_or(found.found, |pair| self.dependence(pair, None));
                    Some(found)
                }
                Err(Overflow) => Some(self.unclear(of, &all)),
            };
            result.beyond.extend(found);
        }
    }

    fn unclear(&self, of: &Valued, levels: &[usize]) -> Independence {
        Independence {
            subject: super::show::subject_name(self.compiled.response, of.subject),
            attributes: levels.iter().map(|level| self.name(*level)).collect(),
            class: "caller area".to_owned(),
            found: super::prover::not_decided("a pair beyond the exceptions was not settled"),
        }
    }

    /// Calls that differ where no call with all of the excepted at their baseline is possible.
    fn without_baseline(
        &mut self,
        of: &Valued,
        excepted: &[usize],
        others: &[usize],
    ) -> Result<Option<search::Found>, Overflow> {
        let mut baseline = self.compiled.possible;
        for level in excepted {
            let attribute = &self.compiled.response.attributes[self.compiled.space.order[*level]];
            let cell = self.compiled.space.cell(*level, attribute.domain.baseline());
            baseline = self.compiled.diagrams.fix(baseline, *level, cell)?;
        }
        for level in others.iter().rev() {
            baseline = self.compiled.diagrams.fold(baseline, *level, &Or)?;
        }
        let not = |node| if node == TRUE { FALSE } else { TRUE };
        let without = self.compiled.diagrams.map(baseline, &not)?;
        let root = self.compiled.diagrams.merge(&Possible, without, of.root)?;
        let all: Vec<usize> = excepted.iter().chain(others).copied().collect();
        let steps = self.steps(&all, Step::Free);
        self.search(root, steps, Shows::Different { ordered: of.ordered })
    }
}
