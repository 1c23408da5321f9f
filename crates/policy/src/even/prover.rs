//! The questions that every check is made of, asked of one text's diagrams.

use crate::response::{Class, Response};

use super::budget::Budget;
use super::compile::{Compiled, Subject};
use super::count::{Count, Tally};
use super::diagram::{CONFLICT, FALSE, IMPOSSIBLE, Node, Overflow, TRUE, number};
use super::flat::Flat;
use super::merges::{Agree, And};
use super::report::{Dependence, Found, Independence, Pair, Result as Claim, class_word};
use super::search::{self, Search, Shows, Step};
use super::show::{Showing, subject_name};

/// Why something was not decided though the diagrams sufficed.
pub(crate) const NOT_BORNE_OUT: &str = "the pair that was found does not stand up when both \
     calls are replayed; this is a fault of the prover, please report it";
const TOO_LARGE: &str = "the diagrams need more nodes than the budget allows";

/// One subject with its diagram.
pub(crate) struct Valued {
    pub subject: Subject,
    /// The value for each call; impossible calls lead to [`IMPOSSIBLE`].
    pub root: Node,
    /// Whether the order of the values means anything.
    pub ordered: bool,
    /// For each level, whether the diagram asks there.
    pub asks: Vec<bool>,
    flat: Flat,
}

pub(crate) struct Prover<'r> {
    pub compiled: Compiled<'r>,
    pub calls: Count,
    pub pairs_max: usize,
    common: Vec<[u32; 2]>,
}

impl<'r> Prover<'r> {
    pub(crate) fn new(response: &'r Response, budget: &Budget) -> Result<Self, Overflow> {
        let compiled = Compiled::new(response, budget)?;
        let space = &compiled.space;
        let common = (0..space.levels())
            .map(|level| {
                let base = response.attributes[space.order[level]].domain.baseline();
                [space.cell(level, 0), space.cell(level, base)]
            })
            .collect();
        let holds = |node: Node| node == TRUE;
        let calls = Tally::new(&compiled.diagrams, space).count(compiled.possible, &holds);
        Ok(Self { compiled, calls, pairs_max: budget.pairs, common })
    }

    /// Builds the diagram of a subject.
    pub(crate) fn valued(&mut self, subject: Subject) -> Result<Valued, Overflow> {
        let root = self.compiled.value(subject)?;
        let (nodes, _) = self.compiled.diagrams.reach(root);
        let mut asks = vec![false; self.compiled.space.levels()];
        for node in nodes {
            asks[self.compiled.diagrams.level(node)] = true;
        }
        let ordered = match subject {
            Subject::Outcome(at) => self.compiled.response.outcomes[at].ordered,
            Subject::Override(_) => false,
        };
        let flat = Flat::of(&self.compiled.diagrams, &self.compiled.space, root);
        Ok(Valued { subject, root, ordered, asks, flat })
    }

    /// The levels of some classes that a subject asks at.
    pub(crate) fn levels(&self, of: &Valued, class: impl Fn(Class) -> bool) -> Vec<usize> {
        (0..self.compiled.space.levels())
            .filter(|level| of.asks[*level] && class(self.class(*level)))
            .collect()
    }

    /// The class of a level's attribute.
    pub(crate) fn class(&self, level: usize) -> Class {
        self.compiled.response.attributes[self.compiled.space.order[level]].class
    }

    /// The name of a level's attribute.
    pub(crate) fn name(&self, level: usize) -> String {
        self.compiled.response.attributes[self.compiled.space.order[level]].name.clone()
    }

    /// Steps that are [`Step::Same`] but at some levels.
    pub(crate) fn steps(&self, but: &[usize], step: Step) -> Vec<Step> {
        let mut steps = vec![Step::Same; self.compiled.space.levels()];
        for level in but {
            steps[*level] = step;
        }
        steps
    }

    /// The best pair in a diagram.
    pub(crate) fn search(
        &self,
        root: Node,
        steps: Vec<Step>,
        shows: Shows,
    ) -> Result<Option<search::Found>, Overflow> {
        Search::new(&self.compiled.diagrams, &self.compiled.space, steps, shows)
            .with(self.common.clone(), self.pairs_max)
            .best(root)
    }

    /// A pair in words, replayed.
    pub(crate) fn show(&self, of: &Valued, found: &search::Found, shows: Shows) -> Option<Pair> {
        let compiled = |call: &[u32]| of.flat.walk(call);
        Showing {
            response: self.compiled.response,
            space: &self.compiled.space,
            subject: of.subject,
            shows,
            compiled: &compiled,
        }
        .pair(found)
    }

    /// The calls that would be answered differently if only some attributes were different, as a
    /// condition.
    pub(crate) fn affected(&mut self, root: Node, levels: &[usize]) -> Result<Node, Overflow> {
        let mut agreed = root;
        let mut deepest_first = levels.to_vec();
        deepest_first.sort_unstable_by(|a, b| b.cmp(a));
        for level in deepest_first {
            agreed = self.compiled.diagrams.fold(agreed, level, &Agree)?;
        }
        let conflict = |node| if node == CONFLICT { TRUE } else { FALSE };
        let conflict = self.compiled.diagrams.map(agreed, &conflict)?;
        self.compiled.diagrams.merge(&And, self.compiled.possible, conflict)
    }

    /// How many calls a condition holds for.
    pub(crate) fn count(&self, condition: Node) -> Count {
        Tally::new(&self.compiled.diagrams, &self.compiled.space)
            .count(condition, &|node| node == TRUE)
    }

    /// Whether a subject depends on some attributes, taken together.
    pub(crate) fn independence(&mut self, of: &Valued, levels: &[usize]) -> Independence {
        let found = self.depends(of, levels).unwrap_or_else(|_| not_decided(TOO_LARGE));
        let mut classes: Vec<String> =
            levels.iter().map(|level| class_word(self.class(*level))).collect();
        classes.dedup();
        Independence {
            subject: subject_name(self.compiled.response, of.subject),
            attributes: levels.iter().map(|level| self.name(*level)).collect(),
            class: classes.join(" "),
            found,
        }
    }

    fn depends(&mut self, of: &Valued, levels: &[usize]) -> Result<Found, Overflow> {
        if levels.iter().all(|level| !of.asks[*level]) {
            return Ok(Found::Never);
        }
        let affected = self.affected(of.root, levels);
        if affected == Ok(FALSE) {
            return Ok(Found::Never);
        }
        let shows = Shows::Different { ordered: of.ordered };
        let Some(found) = self.search(of.root, self.steps(levels, Step::Free), shows)? else {
            return Ok(if affected.is_ok() { not_decided(NOT_BORNE_OUT) } else { Found::Never });
        };
        let affected = affected.ok().map(|condition| self.count(condition));
        Ok(match self.show(of, &found, shows) {
            Some(pair) => self.dependence(pair, affected),
            None => not_decided(NOT_BORNE_OUT),
        })
    }

    pub(crate) fn dependence(&self, pair: Pair, affected: Option<Count>) -> Found {
        let share = affected.map(|affected| affected.share_of(&self.calls));
        Found::Depends(Box::new(Dependence { pair, affected, share, excepted: false }))
    }

    /// A claim that fails if a search finds anything.
    pub(crate) fn claim(
        &mut self,
        of: &Valued,
        steps: Vec<Step>,
        shows: Shows,
        breaking: Result<Node, Overflow>,
    ) -> Claim {
        if breaking == Ok(FALSE) {
            return Claim::Holds { covers: Some(self.calls) };
        }
        match self.search(of.root, steps, shows) {
            Err(Overflow) => claim_not_decided(TOO_LARGE),
            Ok(None) if breaking.is_ok() => claim_not_decided(NOT_BORNE_OUT),
            Ok(None) => Claim::Holds { covers: Some(self.calls) },
            Ok(Some(found)) => self.broken(of, &found, shows, breaking.ok()),
        }
    }

    /// A claim that is broken by what was found.
    pub(crate) fn broken(
        &self,
        of: &Valued,
        found: &search::Found,
        shows: Shows,
        breaking: Option<Node>,
    ) -> Claim {
        let affected = breaking.map(|breaking| self.count(breaking));
        let share = affected.map(|affected| affected.share_of(&self.calls));
        match self.show(of, found, shows) {
            Some(pair) => Claim::Fails { pair: Box::new(pair), affected, share },
            None => claim_not_decided(NOT_BORNE_OUT),
        }
    }
}

pub(crate) fn not_decided(why: &str) -> Found {
    Found::NotDecided { why: why.to_owned() }
}

pub(crate) fn claim_not_decided(why: &str) -> Claim {
    Claim::NotDecided { why: why.to_owned() }
}

pub(crate) fn too_large() -> String {
    TOO_LARGE.to_owned()
}

/// The value in a leaf, if the call is possible.
pub(crate) fn value_in(node: Node) -> Option<u32> {
    (node != IMPOSSIBLE).then(|| number(node))
}
