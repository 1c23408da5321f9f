//! Every check that the second engine can do, and the verdict.

use std::collections::BTreeSet;

use batsat::Lit;

use crate::response::{Claim, Class, Condition, Exception, OutcomeKind, Response};

use super::super::budget::Budget;
use super::super::check::{blank, conclude, protected_subjects};
use super::super::compile::{Subject, plain};
use super::super::exceptions::{described, in_force};
use super::super::joined::Joined;
use super::super::report::{
    Claimed, Dependence, Engine, ExceptionFound, ExceptionState, Found, Independence, Pair, Report,
    Result as Claimable, class_word,
};
use super::super::search::{self, Shows};
use super::super::show::{Showing, subject_name, value_text};
use super::super::space::Space;
use super::twin::{Answer, Both, Cells, Twin};

const LIMIT: &str = "the second engine reached its limit of conflicts";
const NOT_BORNE_OUT: &str = "the pair that the second engine found does not stand up when both \
     calls are replayed; this is a fault of the prover, please report it";
/// Subsets of attributes that are tried for a pair with fewer differences.
const SUBSETS_MAX: usize = 256;
/// Pairs of values that are tried for a wider gap.
const GAPS_MAX: usize = 64;

/// Decides by the second engine alone what it can: every check but which rules could be left out
/// and what the demand comes to. Nothing is counted.
pub fn check_by_solver(response: &Response, today: &str, budget: &Budget) -> Report {
    let space = Space::of(response);
    let mut report = blank(response, today);
    report.size.engine = Engine::Solver;
    let asker = Asker { response, space: &space, conflicts: budget.conflicts };
    asker.independence(today, &mut report);
    asker.accommodations(&mut report);
    asker.claims(&mut report);
    asker.unknown(&mut report);
    asker.places(&mut report);
    report.undecided.push("how many calls are affected".to_owned());
    report.undecided.push("which rules could be left out".to_owned());
    conclude(response, today, &mut report);
    report
}

struct Asker<'r> {
    response: &'r Response,
    space: &'r Space,
    conflicts: u64,
}

/// One subject in a twin.
struct Posed {
    subject: Subject,
    ordered: bool,
    values: Vec<(u32, Both)>,
    /// The two copies get different values.
    different: Lit,
}

impl<'r> Asker<'r> {
    fn twin(&self, split: BTreeSet<usize>) -> Twin<'r> {
        Twin::new(self.response, self.space, split, self.conflicts)
    }

    fn protected(&self) -> BTreeSet<usize> {
        let from = self.space.protected_from;
        self.space.order[from..].iter().copied().collect()
    }

    fn posed(&self, twin: &mut Twin, subject: Subject) -> Posed {
        let values = twin.values(subject);
        let different = twin.second_worse(&values, false);
        let ordered = match subject {
            Subject::Outcome(at) => self.response.outcomes[at].ordered,
            Subject::Override(_) => false,
        };
        Posed { subject, ordered, values, different }
    }

    fn name(&self, attribute: usize) -> String {
        self.response.attributes[attribute].name.clone()
    }

    /// Checks 1 and 3.
    fn independence(&self, today: &str, report: &mut Report) {
        let protected = self.protected();
        let mut twin = self.twin(protected.clone());
        for subject in protected_subjects(self.response) {
            let posed = self.posed(&mut twin, subject);
            let mut joined = Joined::default();
            for attribute in &protected {
                joined.single.push(self.depends(&mut twin, &posed, &[*attribute]));
            }
            let never = |(_, one): &(&usize, &Independence)| one.found == Found::Never;
            let alone: Vec<usize> =
                protected.iter().zip(&joined.single).filter(never).map(|(at, _)| *at).collect();
            if alone.len() > 1 {
                joined.together(self.depends(&mut twin, &posed, &alone));
            }
            let in_force = in_force(self.response, subject, today);
            if !in_force.is_empty() {
                self.exceptions(&mut twin, &posed, &in_force, &mut joined);
            }
            joined.into_report(report);
        }
    }

    /// Whether a subject depends on some attributes, taken together: the smallest pair.
    fn depends(&self, twin: &mut Twin, posed: &Posed, free: &[usize]) -> Independence {
        let mut classes: Vec<String> =
            free.iter().map(|at| class_word(self.response.attributes[*at].class)).collect();
        classes.dedup();
        let found = match self.smallest(twin, posed, free) {
            Answer::None => Found::Never,
            Answer::Limit => Found::NotDecided { why: LIMIT.to_owned() },
            Answer::Pair(cells) => {
                self.dependence(posed, &cells, Shows::Different { ordered: posed.ordered })
            }
        };
        Independence {
            subject: subject_name(self.response, posed.subject),
            attributes: free.iter().map(|at| self.name(*at)).collect(),
            class: classes.join(" "),
            found,
        }
    }

    fn dependence(&self, posed: &Posed, cells: &Cells, shows: Shows) -> Found {
        match self.show(posed.subject, cells, shows) {
            None => Found::NotDecided { why: NOT_BORNE_OUT.to_owned() },
            Some(pair) => Found::Depends(Box::new(Dependence {
                pair,
                affected: None,
                share: None,
                excepted: false,
            })),
        }
    }

    fn smallest(&self, twin: &mut Twin, posed: &Posed, free: &[usize]) -> Answer {
        let protected: Vec<usize> = self.protected().into_iter().collect();
        let mut equal = Vec::new();
        for attribute in &protected {
            equal.push((*attribute, twin.equal(*attribute)));
        }
        let asked = |differing: &[usize]| -> Vec<Lit> {
            let same = equal.iter().filter(|(at, _)| !differing.contains(at));
            same.map(|(_, equal)| *equal).chain([posed.different]).collect()
        };
        let mut assumed = asked(free);
        let mut best = match twin.ask(&assumed) {
            Answer::Pair(cells) => cells,
            other => return other,
        };
        let differing =
            |cells: &Cells| cells[0].iter().zip(&cells[1]).filter(|(a, b)| a != b).count();
        for subset in subsets(free).into_iter().take(SUBSETS_MAX) {
            if subset.len() >= differing(&best) {
                break;
            }
            let narrowed = asked(&subset);
            if let Answer::Pair(cells) = twin.ask(&narrowed) {
                (best, assumed) = (cells, narrowed);
            }
        }
        if posed.ordered {
            self.widen(twin, posed, &assumed, &mut best);
        }
        Answer::Pair(best)
    }

    /// Looks for a pair with a wider gap between the answers.
    fn widen(&self, twin: &mut Twin, posed: &Posed, assumed: &[Lit], best: &mut Cells) {
        let differing =
            |cells: &Cells| cells[0].iter().zip(&cells[1]).filter(|(a, b)| a != b).count();
        let Some((left, right)) = self.answers(posed.subject, best) else { return };
        let mut pairs: Vec<(u32, Lit)> = Vec::new();
        for (value, first) in &posed.values {
            for (other, second) in &posed.values {
                if value.abs_diff(*other) > left.abs_diff(right) {
                    let both = twin.formula.and(&[first[0], second[1]]);
                    pairs.push((value.abs_diff(*other), both));
                }
            }
        }
        pairs.sort_by_key(|(gap, _)| std::cmp::Reverse(*gap));
        for (_, both) in pairs.into_iter().take(GAPS_MAX) {
            if let Answer::Pair(cells) = twin.ask(&[assumed, &[both]].concat())
                && differing(&cells) <= differing(best)
            {
                *best = cells;
                return;
            }
        }
    }

    fn answers(&self, subject: Subject, cells: &Cells) -> Option<(u32, u32)> {
        let [left, right] = cells;
        let call = |cells: &Vec<u32>| -> Vec<u32> {
            let value =
                |(at, cell): (usize, &u32)| self.space.values(self.space.level[at], *cell).0;
            cells.iter().enumerate().map(value).collect()
        };
        let value = |cells: &Vec<u32>| plain(self.response, subject, &call(cells));
        Some((value(left), value(right)))
    }

    /// The pair in words, replayed by the plain reading; there is no diagram to replay it by.
    fn show(&self, subject: Subject, cells: &Cells, shows: Shows) -> Option<Pair> {
        let [left, right] = cells;
        let mut found = search::Found { cells: Vec::new(), differs: Vec::new() };
        for (level, attribute) in self.space.order.iter().enumerate() {
            let (own, its) = (*left.get(*attribute)?, *right.get(*attribute)?);
            found.cells.push((vec![own], vec![its]));
            found.differs.extend((own != its).then_some(level));
        }
        let compiled = |call: &[u32]| plain(self.response, subject, call);
        Showing { response: self.response, space: self.space, subject, shows, compiled: &compiled }
            .pair(&found)
    }

    fn exceptions(
        &self,
        twin: &mut Twin,
        posed: &Posed,
        in_force: &[&Exception],
        joined: &mut Joined,
    ) {
        let excepted: BTreeSet<usize> = in_force.iter().map(|one| one.attribute).collect();
        let others: Vec<usize> = self.protected().difference(&excepted).copied().collect();
        let all: Vec<usize> = excepted.iter().copied().collect();
        let mut found: Vec<ExceptionFound> = Vec::new();
        for one in in_force {
            let felt = joined.single.iter().any(|single| {
                single.attributes == [self.name(one.attribute)] && single.found != Found::Never
            });
            let (state, broken) = match self.one_sided(twin, posed, &[one.attribute], &others) {
                Answer::None if !felt => (ExceptionState::NotFelt, None),
                Answer::None => (ExceptionState::Holds, None),
                Answer::Limit => (ExceptionState::NotDecided, None),
                Answer::Pair(cells) => {
                    let pair = self.show(posed.subject, &cells, Shows::RightWorse);
                    (ExceptionState::Broken, pair)
                }
            };
            found.push(described(self.response, one, state, broken));
        }
        let mut beyond = vec![self.depends(twin, posed, &others)];
        if all.len() > 1 {
            match self.one_sided(twin, posed, &all, &others) {
                Answer::None => {}
                Answer::Limit => beyond.push(self.unclear(posed, &all)),
                Answer::Pair(cells) => {
                    let found = self.dependence(posed, &cells, Shows::RightWorse);
                    beyond.push(Independence { found, ..self.unclear(posed, &all) });
                }
            }
        }
        // Whether a call at the baseline is possible for given circumstances is a question with
        // two quantifiers, which one formula cannot put.
        let mut named = BTreeSet::new();
        self.response.impossible.iter().for_each(|one| one.mentions(&mut named));
        if !named.is_disjoint(&self.protected()) {
            beyond.push(self.unclear(posed, &all));
        }
        joined.except(found, beyond);
    }

    fn unclear(&self, posed: &Posed, attributes: &[usize]) -> Independence {
        Independence {
            subject: subject_name(self.response, posed.subject),
            attributes: attributes.iter().map(|at| self.name(*at)).collect(),
            class: "caller area".to_owned(),
            found: Found::NotDecided { why: LIMIT.to_owned() },
        }
    }

    /// A call that is worse than its baseline.
    fn one_sided(
        &self,
        twin: &mut Twin,
        posed: &Posed,
        excepted: &[usize],
        others: &[usize],
    ) -> Answer {
        let mut assumed = vec![twin.second_worse(&posed.values, true)];
        for attribute in self.protected() {
            if excepted.contains(&attribute) {
                let base = self.response.attributes[attribute].domain.baseline();
                let cell = self.space.cell(self.space.level[attribute], base);
                assumed.push(twin.is(attribute, cell, 0));
            } else if !others.contains(&attribute) {
                assumed.push(twin.equal(attribute));
            }
        }
        twin.ask(&assumed)
    }

    fn accommodations(&self, report: &mut Report) {
        let mut twin = self.twin(self.protected());
        for (at, outcome) in self.response.outcomes.iter().enumerate() {
            let OutcomeKind::Accommodation { may_use } = &outcome.kind else { continue };
            let posed = self.posed(&mut twin, Subject::Outcome(at));
            let barred: Vec<usize> = self.protected().difference(may_use).copied().collect();
            let mut joined = Joined::default();
            for attribute in &barred {
                joined.single.push(self.depends(&mut twin, &posed, &[*attribute]));
            }
            if barred.len() > 1 && joined.single.iter().all(|one| one.found == Found::Never) {
                joined.together(self.depends(&mut twin, &posed, &barred));
            }
            report.accommodations.extend(joined.single);
        }
    }

    fn places(&self, report: &mut Report) {
        for (at, attribute) in self.response.attributes.iter().enumerate() {
            if attribute.class != Class::Place {
                continue;
            }
            let mut twin = self.twin(BTreeSet::from([at]));
            for subject in protected_subjects(self.response) {
                let one = self.alone(&mut twin, subject, at);
                report.places.extend((one.found != Found::Never).then_some(one));
            }
        }
    }

    /// Whether a subject depends on the one attribute that a twin is split in.
    fn alone(&self, twin: &mut Twin, subject: Subject, attribute: usize) -> Independence {
        let posed = self.posed(twin, subject);
        self.depends(twin, &posed, &[attribute])
    }

    fn claims(&self, report: &mut Report) {
        for claim in &self.response.claims {
            match claim {
                Claim::Never(never) => {
                    let open =
                        |class: Class| !class.is_protected() && never.classes.contains(&class);
                    for (at, attribute) in self.response.attributes.iter().enumerate() {
                        if open(attribute.class) {
                            let mut twin = self.twin(BTreeSet::from([at]));
                            for outcome in &never.outcomes {
                                let subject = Subject::Outcome(*outcome);
                                report.never.push(self.alone(&mut twin, subject, at));
                            }
                        }
                    }
                }
                Claim::Worse(worse) => report.worse.push(self.worse(worse)),
                Claim::Floor(floor) => {
                    let subject = Subject::Outcome(floor.outcome);
                    let words = format!(
                        "floor: {} at least {}",
                        subject_name(self.response, subject),
                        value_text(self.response, subject, floor.at_least)
                    );
                    let below = |value: u32| value > floor.at_least;
                    let shows = Shows::Above(floor.at_least);
                    let result = self.single(subject, &floor.when, shows, &below);
                    report.floors.push(Claimed { claim: words, line: floor.line, result });
                }
            }
        }
        for case in &self.response.expectations {
            for setting in &case.then {
                let subject = Subject::Outcome(setting.outcome);
                let claim = format!(
                    "expect \"{}\": {} is {}",
                    case.name,
                    subject_name(self.response, subject),
                    value_text(self.response, subject, setting.value)
                );
                let other = |value: u32| value != setting.value;
                let result = self.single(subject, &case.when, Shows::Not(setting.value), &other);
                report.expectations.push(Claimed { claim, line: case.line, result });
            }
        }
    }

    fn worse(&self, worse: &crate::response::Worse) -> Claimed {
        let attribute = &self.response.attributes[worse.attribute];
        let mut twin = self.twin(BTreeSet::from([worse.attribute]));
        let posed = self.posed(&mut twin, Subject::Outcome(worse.outcome));
        let mut assumed =
            vec![twin.rising(worse.attribute), twin.second_worse(&posed.values, true)];
        if let Some(unknown) = attribute.domain.unknown() {
            let cell = self.space.cell(self.space.level[worse.attribute], unknown);
            assumed.push(!twin.is(worse.attribute, cell, 0));
            assumed.push(!twin.is(worse.attribute, cell, 1));
        }
        let name = subject_name(self.response, posed.subject);
        Claimed {
            claim: format!("worse {} must not worsen {name}", attribute.name),
            line: worse.line,
            result: self.claimed(&mut twin, posed.subject, &assumed, Shows::RightWorse),
        }
    }

    fn claimed(
        &self,
        twin: &mut Twin,
        subject: Subject,
        assumed: &[Lit],
        shows: Shows,
    ) -> Claimable {
        match twin.ask(assumed) {
            Answer::None => Claimable::Holds { covers: None },
            Answer::Limit => Claimable::NotDecided { why: LIMIT.to_owned() },
            Answer::Pair(cells) => match self.show(subject, &cells, shows) {
                Some(pair) => {
                    Claimable::Fails { pair: Box::new(pair), affected: None, share: None }
                }
                None => Claimable::NotDecided { why: NOT_BORNE_OUT.to_owned() },
            },
        }
    }

    /// A claim about single calls.
    fn single(
        &self,
        subject: Subject,
        when: &Condition,
        shows: Shows,
        wrong: &dyn Fn(u32) -> bool,
    ) -> Claimable {
        let mut twin = self.twin(BTreeSet::new());
        let [covered, _] = twin.condition(when);
        match twin.ask(&[covered]) {
            Answer::None => return Claimable::Empty,
            Answer::Limit => return Claimable::NotDecided { why: LIMIT.to_owned() },
            Answer::Pair(_) => {}
        }
        let values = twin.values(subject);
        let wrong: Vec<Lit> =
            values.iter().filter(|(value, _)| wrong(*value)).map(|(_, both)| both[0]).collect();
        let wrong = twin.formula.or(&wrong);
        self.claimed(&mut twin, subject, &[covered, wrong], shows)
    }

    fn unknown(&self, report: &mut Report) {
        for subject in protected_subjects(self.response) {
            for (at, attribute) in self.response.attributes.iter().enumerate() {
                let (Class::Caller, Some(unknown)) = (attribute.class, attribute.domain.unknown())
                else {
                    continue;
                };
                let mut twin = self.twin(BTreeSet::from([at]));
                let posed = self.posed(&mut twin, subject);
                let name = subject_name(self.response, subject);
                let (claim, shows) = if posed.ordered {
                    let words = format!("unknown {} never gets a worse {name}", attribute.name);
                    (words, Shows::LeftWorse)
                } else {
                    let words = format!("unknown {} never changes {name}", attribute.name);
                    (words, Shows::Different { ordered: false })
                };
                // The copies are taken the other way round: the second is the unknown one.
                let cell = self.space.cell(self.space.level[at], unknown);
                let worse = twin.second_worse(&posed.values, posed.ordered);
                let assumed = [twin.is(at, cell, 1), worse];
                let result = match twin.ask(&assumed) {
                    Answer::None => Claimable::Holds { covers: None },
                    Answer::Limit => Claimable::NotDecided { why: LIMIT.to_owned() },
                    Answer::Pair([known, unknown]) => {
                        match self.show(subject, &[unknown, known], shows) {
                            Some(pair) => Claimable::Fails {
                                pair: Box::new(pair),
                                affected: None,
                                share: None,
                            },
                            None => Claimable::NotDecided { why: NOT_BORNE_OUT.to_owned() },
                        }
                    }
                };
                report.unknown.push(Claimed { claim, line: 0, result });
            }
        }
    }
}

/// Every subset of some attributes but the whole, the smallest first.
fn subsets(of: &[usize]) -> Vec<Vec<usize>> {
    if of.len() > 16 {
        return of.iter().map(|at| vec![*at]).collect();
    }
    let mut all: Vec<Vec<usize>> = (1_u32..(1 << of.len()) - 1)
        .map(|mask| {
            let taken = of.iter().enumerate().filter(|(at, _)| mask & (1 << at) != 0);
            taken.map(|(_, attribute)| *attribute).collect()
        })
        .collect();
    all.sort_by_key(Vec::len);
    all
}
