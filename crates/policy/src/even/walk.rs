//! The evaluator that rules in the centre: diagrams laid out for walking.
//!
//! A text that is proved even compiles to [`EvenProtected`], which answers from
//! [`Circumstances`]: they have no place for anything about the caller or the area, so that no
//! mistake further out can let it in. Any other compiles to [`UnevenProtected`], which answers
//! from a [`Described`] call and writes receipts. [`Accommodations`] may see the caller; they add
//! help and touch no protected outcome.
//!
//! An answer is one walk for each outcome, without allocation. Only where the diagrams outgrow
//! their budget are the rules tried from the top instead.

use std::collections::BTreeSet;

use crate::response::{Attribute, Condition, OutcomeKind, OverrideAction, Permit, Response};

use super::budget::Budget;
use super::check::protected_subjects;
use super::compile::{Compiled, Subject, permits};
use super::diagram::{CONFLICT, IMPOSSIBLE, NONE, Node, Overflow};
use super::flat::Flat;
use super::list::List;
use super::merges::{Agree, First, Least, Possible};
use super::report::Verdict;
use super::sat::check_by_solver;
use super::space::Space;

/// What is known of a call but for the caller and the area.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Circumstances {
    /// One value for each attribute of class `emergency`, `situation` or `place`, in the order of
    /// the text. INVARIANT: nothing of another class has a place here.
    values: Vec<u32>,
}

impl Circumstances {
    /// Asks `value` for each attribute that is not about the caller or the area, and for no other;
    /// none: the baseline (`unknown`, or the least number).
    pub fn of(response: &Response, mut value: impl FnMut(&Attribute) -> Option<u32>) -> Self {
        let open = response.attributes.iter().filter(|one| !one.class.is_protected());
        let taken = |one: &Attribute| value(one).unwrap_or_else(|| one.domain.baseline());
        Self { values: open.map(taken).collect() }
    }
}

/// A whole call, the caller and the area included.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Described {
    values: Vec<u32>,
}

impl Described {
    /// Asks `value` for each attribute; none: the baseline (`unknown`, or the least number).
    pub fn of(response: &Response, mut value: impl FnMut(&Attribute) -> Option<u32>) -> Self {
        let taken = |one: &Attribute| value(one).unwrap_or_else(|| one.domain.baseline());
        Self { values: response.attributes.iter().map(taken).collect() }
    }

    /// The values, one for each attribute in the order of the text.
    pub fn values(&self) -> &[u32] {
        &self.values
    }
}

/// The place of no rule.
const NO_RULE: u32 = u32::MAX;

/// One outcome of an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Decided {
    /// Which outcome, by place in the text.
    pub outcome: usize,
    /// Its value, by number.
    pub value: u32,
    /// The rule that decided it, by place in the text; none for an accommodation that no rule adds.
    pub rule: Option<usize>,
}

/// Why a text has no evaluator of a kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unfit {
    /// A protected outcome or the override table depends on the caller or the area.
    Uneven,
    /// It was not decided: the diagrams need more nodes than the budget allows, and the second
    /// engine reached its limit or the text declares callers impossible.
    TooLarge,
}

impl From<Overflow> for Unfit {
    fn from(_: Overflow) -> Self {
        Self::TooLarge
    }
}

/// A function of a call that gives a number.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Way {
    Walk(Flat),
    Try(List),
}

impl Way {
    fn number(&self, call: &[u32]) -> u32 {
        match self {
            Self::Walk(flat) => flat.walk(call),
            Self::Try(list) => list.walk(call),
        }
    }

    fn asks(&self, place: usize) -> bool {
        match self {
            Self::Walk(flat) => flat.asks(place),
            Self::Try(list) => list.asks(place),
        }
    }
}

/// One outcome's way: to the rule that decides.
#[derive(Clone, PartialEq, Eq, Debug)]
struct OutcomeWalk {
    outcome: usize,
    way: Way,
    /// For each rule of the text the value it gives this outcome.
    values: Vec<u32>,
}

impl OutcomeWalk {
    fn new(response: &Response, outcome: usize, way: Way) -> Self {
        let value = |rule: &crate::response::Rule| rule.sets(outcome).unwrap_or_default();
        Self { outcome, way, values: response.rules.iter().map(value).collect() }
    }

    fn decide(&self, call: &[u32]) -> Decided {
        let rule = self.way.number(call) as usize;
        let value = self.values.get(rule).copied();
        Decided {
            outcome: self.outcome,
            value: value.unwrap_or_default(),
            rule: value.map(|_| rule),
        }
    }
}

/// Who may override, for each action that the text has a line for.
#[derive(Clone, PartialEq, Eq, Debug)]
struct PermitWalk {
    permits: Vec<Permit>,
    actions: Vec<(OverrideAction, Way)>,
}

impl PermitWalk {
    fn permit(&self, action: OverrideAction, call: &[u32]) -> Option<&Permit> {
        let (_, way) = self.actions.iter().find(|(one, _)| *one == action)?;
        self.permits.get(way.number(call) as usize)
    }
}

/// The protected outcomes of a text that is proved even.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EvenProtected {
    outcomes: Vec<OutcomeWalk>,
    permits: PermitWalk,
}

impl EvenProtected {
    /// Proves the text even once more, by building functions that ask nothing of the caller or the
    /// area, and keeps those.
    ///
    /// For circumstances that are declared impossible whoever calls, the answer is that of a
    /// caller of whom nothing is known.
    pub fn prove(response: &Response, budget: &Budget) -> Result<Self, Unfit> {
        match Self::by_diagram(response, budget) {
            Err(Unfit::TooLarge) => Self::by_solver(response, budget),
            other => other,
        }
    }

    fn by_diagram(response: &Response, budget: &Budget) -> Result<Self, Unfit> {
        let mut compiled = Compiled::new(response, budget)?;
        let open = open_places(&compiled);
        let (mut outcomes, mut actions) = (Vec::new(), Vec::new());
        for subject in protected_subjects(response) {
            let raw = compiled.value_raw(subject)?;
            let value = without_caller(&mut compiled, raw)?.ok_or(Unfit::Uneven)?;
            match subject {
                Subject::Outcome(outcome) => {
                    let rule = earliest_rule(&mut compiled, outcome)?;
                    let flat = Flat::over(&compiled.diagrams, &compiled.space, rule, &open);
                    outcomes.push(OutcomeWalk::new(response, outcome, Way::Walk(flat)));
                }
                Subject::Override(action) => {
                    let flat = Flat::over(&compiled.diagrams, &compiled.space, value, &open);
                    actions.push((action, Way::Walk(flat)));
                }
            }
        }
        let permits = PermitWalk { permits: permits(response), actions };
        Ok(Self { outcomes, permits })
    }

    /// What the second engine proves even decides for a caller of whom nothing is known as for
    /// any other, unless such a caller is impossible.
    fn by_solver(response: &Response, budget: &Budget) -> Result<Self, Unfit> {
        let mut named = BTreeSet::new();
        response.impossible.iter().for_each(|one| one.mentions(&mut named));
        if named.iter().any(|at| response.attributes[*at].class.is_protected()) {
            return Err(Unfit::TooLarge);
        }
        // No exception is in force on a day later than every other.
        match check_by_solver(response, "9999-99-99", budget).verdict {
            Verdict::Even => {}
            Verdict::NotDecided(_) => return Err(Unfit::TooLarge),
            Verdict::EvenButFor(_) | Verdict::Uneven(_) => return Err(Unfit::Uneven),
        }
        let mut places = Vec::new();
        let mut open = 0;
        for attribute in &response.attributes {
            let given = !attribute.class.is_protected();
            places.push(given.then_some(open));
            open += usize::from(given);
        }
        let (outcomes, permits) = tried(response, |list| list.without_caller(response, &places));
        Ok(Self { outcomes, permits })
    }

    /// Answers with every protected outcome, in the order of the text. `into` is cleared first; if
    /// it has room, nothing is allocated.
    ///
    /// The rule named is the first in the text that decides this for some caller; every rule that
    /// does so for another caller gives the same value.
    pub fn answer(&self, view: &Circumstances, into: &mut Vec<Decided>) {
        into.clear();
        into.extend(self.outcomes.iter().map(|walk| walk.decide(&view.values)));
    }

    /// Who may override; none if the text has no line for the action.
    pub fn permit(&self, action: OverrideAction, view: &Circumstances) -> Option<&Permit> {
        self.permits.permit(action, &view.values)
    }
}

/// Every protected subject as a list of rules to try, each changed in some way.
fn tried(response: &Response, change: impl Fn(List) -> List) -> (Vec<OutcomeWalk>, PermitWalk) {
    let (mut outcomes, mut actions) = (Vec::new(), Vec::new());
    for subject in protected_subjects(response) {
        match subject {
            Subject::Outcome(outcome) => {
                let way = Way::Try(change(List::of(response, subject, NO_RULE)));
                outcomes.push(OutcomeWalk::new(response, outcome, way));
            }
            Subject::Override(action) => {
                actions.push((action, Way::Try(change(List::of(response, subject, 0)))));
            }
        }
    }
    (outcomes, PermitWalk { permits: permits(response), actions })
}

/// Where in [`Circumstances`] the value of each level lies.
fn open_places(compiled: &Compiled) -> Vec<usize> {
    let attributes = &compiled.response.attributes;
    let before =
        |at: usize| attributes.iter().take(at).filter(|one| !one.class.is_protected()).count();
    let open = &compiled.space.order[..compiled.space.protected_from];
    open.iter().map(|at| before(*at)).collect()
}

/// A function with nothing of the caller asked; none if it depends on the caller.
fn without_caller(compiled: &mut Compiled, raw: Node) -> Result<Option<Node>, Overflow> {
    let possible = compiled.diagrams.merge(&Possible, compiled.possible, raw)?;
    let mut agreed = possible;
    for level in (compiled.space.protected_from..compiled.space.levels()).rev() {
        agreed = compiled.diagrams.fold(agreed, level, &Agree)?;
    }
    let (_, leaves) = compiled.diagrams.reach(agreed);
    if leaves.contains(&CONFLICT) {
        return Ok(None);
    }
    or_baseline(compiled, agreed, raw).map(Some)
}

/// For each circumstances the first rule in the text that decides for some possible caller.
fn earliest_rule(compiled: &mut Compiled, outcome: usize) -> Result<Node, Overflow> {
    let decision = compiled.decision(outcome)?;
    let raw = compiled.deciding(&decision)?;
    let mut earliest = compiled.diagrams.merge(&Possible, compiled.possible, raw)?;
    for level in (compiled.space.protected_from..compiled.space.levels()).rev() {
        earliest = compiled.diagrams.fold(earliest, level, &Least)?;
    }
    or_baseline(compiled, earliest, raw)
}

/// Fills what is impossible whoever calls with what a caller gets of whom nothing is known.
fn or_baseline(compiled: &mut Compiled, known: Node, raw: Node) -> Result<Node, Overflow> {
    let mut baseline = raw;
    for level in compiled.space.protected_from..compiled.space.levels() {
        let attribute = &compiled.response.attributes[compiled.space.order[level]];
        let cell = compiled.space.cell(level, attribute.domain.baseline());
        baseline = compiled.diagrams.fix(baseline, level, cell)?;
    }
    let open = |node| if node == IMPOSSIBLE { NONE } else { node };
    let known = compiled.diagrams.map(known, &open)?;
    compiled.diagrams.merge(&First, known, baseline)
}

/// The protected outcomes of a text that is not proved even, or even but for its exceptions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnevenProtected {
    outcomes: Vec<OutcomeWalk>,
    permits: PermitWalk,
    impossible: Vec<Condition>,
    protected: Vec<Protected>,
}

/// One attribute of the caller or the area.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Protected {
    attribute: usize,
    baseline: u32,
    /// The runs of values that the text tells apart.
    runs: Vec<(u32, u32)>,
}

/// Every protected subject as a walk.
fn walked(
    response: &Response,
    budget: &Budget,
) -> Result<(Vec<OutcomeWalk>, PermitWalk), Overflow> {
    let mut compiled = Compiled::new(response, budget)?;
    let (mut outcomes, mut actions) = (Vec::new(), Vec::new());
    for subject in protected_subjects(response) {
        match subject {
            Subject::Outcome(outcome) => outcomes.push(outcome_walk(&mut compiled, outcome)?),
            Subject::Override(action) => {
                let root = compiled.value_raw(subject)?;
                let flat = Flat::of(&compiled.diagrams, &compiled.space, root);
                actions.push((action, Way::Walk(flat)));
            }
        }
    }
    Ok((outcomes, PermitWalk { permits: permits(response), actions }))
}

/// One way in which an answer would have been another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WouldChange {
    /// The attribute of the caller or the area, by place in the text.
    pub attribute: usize,
    /// With any of these values, first and last.
    pub values: (u32, u32),
    /// Whether the baseline (`unknown`, or the least number) is among them.
    pub baseline: bool,
    /// The outcome, by place in the text.
    pub outcome: usize,
    /// Its value as it was.
    pub from: u32,
    /// Its value as it would have been.
    pub to: u32,
}

impl UnevenProtected {
    /// Compiles a text, even or not. What outgrows the budget is tried rule by rule, so that this
    /// does not fail today.
    pub fn compile(response: &Response, budget: &Budget) -> Result<Self, Unfit> {
        let (outcomes, permits) =
            walked(response, budget).unwrap_or_else(|Overflow| tried(response, |list| list));
        let space = Space::of(response);
        let protected = (space.protected_from..space.levels())
            .map(|level| {
                let attribute = space.order[level];
                let cells = space.cells()[level];
                Protected {
                    attribute,
                    baseline: response.attributes[attribute].domain.baseline(),
                    runs: (0..cells).map(|cell| space.values(level, cell)).collect(),
                }
            })
            .collect();
        Ok(Self { outcomes, permits, impossible: response.impossible.clone(), protected })
    }

    /// Answers with every protected outcome, in the order of the text. `into` is cleared first; if
    /// it has room, nothing is allocated.
    pub fn answer(&self, call: &Described, into: &mut Vec<Decided>) {
        into.clear();
        into.extend(self.outcomes.iter().map(|walk| walk.decide(&call.values)));
    }

    /// Who may override; none if the text has no line for the action.
    pub fn permit(&self, action: OverrideAction, call: &Described) -> Option<&Permit> {
        self.permits.permit(action, &call.values)
    }

    /// What about the caller or the area, taken alone, would have changed the answer, and to what.
    /// Calls that are declared impossible are left out.
    pub fn receipt(&self, call: &Described) -> Vec<WouldChange> {
        let mut changes = Vec::new();
        for walk in &self.outcomes {
            let from = walk.decide(&call.values).value;
            for one in self.protected.iter().filter(|one| walk.way.asks(one.attribute)) {
                let mut other = call.values.clone();
                for values in &one.runs {
                    other[one.attribute] = values.0;
                    let to = walk.decide(&other).value;
                    if to != from && self.possible(&other) {
                        changes.push(WouldChange {
                            attribute: one.attribute,
                            values: *values,
                            baseline: (values.0..=values.1).contains(&one.baseline),
                            outcome: walk.outcome,
                            from,
                            to,
                        });
                    }
                }
            }
        }
        changes
    }
}

impl UnevenProtected {
    fn possible(&self, call: &[u32]) -> bool {
        !self.impossible.iter().any(|one| one.holds(call))
    }
}

fn outcome_walk(compiled: &mut Compiled, outcome: usize) -> Result<OutcomeWalk, Overflow> {
    let decision = compiled.decision(outcome)?;
    let root = compiled.deciding(&decision)?;
    let flat = Flat::of(&compiled.diagrams, &compiled.space, root);
    Ok(OutcomeWalk::new(compiled.response, outcome, Way::Walk(flat)))
}

/// What may be added for a caller: an interpreter, a relay, a call back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Accommodations {
    outcomes: Vec<OutcomeWalk>,
}

impl Accommodations {
    /// Compiles the accommodations of a text. What outgrows the budget is tried rule by rule, so
    /// that this does not fail today.
    pub fn compile(response: &Response, budget: &Budget) -> Result<Self, Unfit> {
        let helps = |outcome: &&usize| {
            matches!(response.outcomes[**outcome].kind, OutcomeKind::Accommodation { .. })
        };
        let places: Vec<usize> = (0..response.outcomes.len()).collect();
        let places: Vec<usize> = places.iter().filter(helps).copied().collect();
        let walked = || -> Result<Vec<OutcomeWalk>, Overflow> {
            let mut compiled = Compiled::new(response, budget)?;
            places.iter().map(|outcome| outcome_walk(&mut compiled, *outcome)).collect()
        };
        let tried = |outcome: &usize| {
            let list = List::of(response, Subject::Outcome(*outcome), NO_RULE);
            OutcomeWalk::new(response, *outcome, Way::Try(list))
        };
        let outcomes = walked().unwrap_or_else(|Overflow| places.iter().map(tried).collect());
        Ok(Self { outcomes })
    }

    /// Answers with every accommodation, in the order of the text. `into` is cleared first; if it
    /// has room, nothing is allocated.
    pub fn answer(&self, call: &Described, into: &mut Vec<Decided>) {
        into.clear();
        into.extend(self.outcomes.iter().map(|walk| walk.decide(&call.values)));
    }
}
