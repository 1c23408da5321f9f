//! From a text to diagrams: one for each thing that it decides.

use crate::response::{Condition, OutcomeKind, OverrideAction, Permit, Response};

use super::budget::Budget;
use super::diagram::{Diagrams, Edge, FALSE, LEAF_MAX, NONE, Node, Overflow, TRUE, leaf};
use super::merges::{And, Deciders, First, Greatest, Guard, Or, Possible};
use super::space::Space;

/// One thing that a text decides for each call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Subject {
    /// An outcome, by place.
    Outcome(usize),
    /// Who may override: the first line for this action that holds.
    Override(OverrideAction),
}

/// A text with its conditions as diagrams.
pub(crate) struct Compiled<'r> {
    pub response: &'r Response,
    pub space: Space,
    pub diagrams: Diagrams,
    /// For each rule, when it holds.
    pub rules: Vec<Node>,
    /// Which calls are possible.
    pub possible: Node,
}

/// What decides one subject, and what would decide without it.
pub(crate) struct Decision {
    /// The rules that take part, by place in the text.
    pub rules: Vec<usize>,
    /// For each of them the number of its value in `values`.
    pub sets: Vec<u32>,
    /// The values set by any of them, rising.
    pub values: Vec<u32>,
    /// The diagram over them, calls that are impossible included.
    pub root: Node,
    id: u32,
    greatest: bool,
}

impl Decision {
    pub(crate) fn merge(&self) -> Deciders<'_> {
        Deciders {
            id: self.id,
            values: &self.sets,
            count: u32::try_from(self.values.len()).unwrap_or(u32::MAX),
            greatest: self.greatest,
        }
    }
}

impl<'r> Compiled<'r> {
    /// Compiles every condition, and nothing more.
    pub(crate) fn new(response: &'r Response, budget: &Budget) -> Result<Self, Overflow> {
        let space = Space::of(response);
        let diagrams = Diagrams::new(space.cells(), budget.nodes);
        let mut compiled = Self { response, space, diagrams, rules: Vec::new(), possible: TRUE };
        for rule in &response.rules {
            let node = compiled.condition(&rule.when)?;
            compiled.rules.push(node);
        }
        for impossible in &response.impossible {
            let can_be = compiled.holds_as(impossible, false)?;
            compiled.possible = compiled.diagrams.merge(&And, compiled.possible, can_be)?;
        }
        Ok(compiled)
    }

    /// When a condition holds, as a diagram of [`TRUE`] and [`FALSE`].
    pub(crate) fn condition(&mut self, condition: &Condition) -> Result<Node, Overflow> {
        self.holds_as(condition, true)
    }

    /// When a condition's holding is `wanted`.
    fn holds_as(&mut self, condition: &Condition, wanted: bool) -> Result<Node, Overflow> {
        match condition {
            Condition::Always => Ok(if wanted { TRUE } else { FALSE }),
            Condition::Is { attribute, values } => {
                let Some(level) = self.space.level.get(*attribute).copied() else {
                    return Ok(if wanted { FALSE } else { TRUE });
                };
                let mut edges: Vec<Edge> = self.space.edges(level, values);
                if !wanted {
                    edges.iter_mut().for_each(|edge| edge.to ^= 1);
                }
                self.diagrams.node(level, &edges)
            }
            Condition::Not(other) => self.holds_as(other, !wanted),
            Condition::All(parts) => self.join(parts, wanted, wanted),
            Condition::Any(parts) => self.join(parts, wanted, !wanted),
        }
    }

    /// All parts, or any of them, each as `wanted`. Deepest questions first, so that each step
    /// puts a question on top of what is there.
    fn join(&mut self, parts: &[Condition], wanted: bool, all: bool) -> Result<Node, Overflow> {
        let mut nodes = Vec::with_capacity(parts.len());
        for part in parts {
            nodes.push(self.holds_as(part, wanted)?);
        }
        nodes.sort_by_key(|node| std::cmp::Reverse(self.diagrams.level(*node)));
        let mut joined = if all { TRUE } else { FALSE };
        for node in nodes {
            joined = if all {
                self.diagrams.merge(&And, node, joined)?
            } else {
                self.diagrams.merge(&Or, node, joined)?
            };
        }
        Ok(joined)
    }

    /// The value of a subject for every call; impossible calls lead to
    /// [`super::diagram::IMPOSSIBLE`].
    pub(crate) fn value(&mut self, subject: Subject) -> Result<Node, Overflow> {
        let raw = self.value_raw(subject)?;
        self.diagrams.merge(&Possible, self.possible, raw)
    }

    /// The value of a subject for every call, possible or not.
    pub(crate) fn value_raw(&mut self, subject: Subject) -> Result<Node, Overflow> {
        match subject {
            Subject::Outcome(outcome) => self.outcome(outcome),
            Subject::Override(action) => self.permit(action),
        }
    }

    fn outcome(&mut self, outcome: usize) -> Result<Node, Overflow> {
        let greatest = is_accommodation(self.response, outcome);
        let mut parts = Vec::new();
        for (at, rule) in self.response.rules.iter().enumerate() {
            if let Some(value) = rule.sets(outcome) {
                let value = checked(value)?;
                parts.push(self.diagrams.merge(&Guard, self.rules[at], leaf(value))?);
            }
        }
        let root = if greatest { self.tree(&Greatest, parts)? } else { self.tree(&First, parts)? };
        // INVARIANT of a text: `otherwise` sets every protected outcome; accommodations start at
        // their first value.
        let first = leaf(0);
        self.diagrams.merge(&First, root, first)
    }

    fn permit(&mut self, action: OverrideAction) -> Result<Node, Overflow> {
        let permits = permits(self.response);
        let mut parts = Vec::new();
        for line in self.response.overrides.iter().filter(|line| line.action == action) {
            let at = permits.iter().position(|one| *one == line.permit).unwrap_or_default();
            let value = checked(u32::try_from(at).map_err(|_| Overflow)?)?;
            let when = self.condition(&line.when)?;
            parts.push(self.diagrams.merge(&Guard, when, leaf(value))?);
        }
        let root = self.tree(&First, parts)?;
        self.diagrams.merge(&First, root, leaf(0))
    }

    /// What decides an outcome. Rules that set an accommodation to its first value add nothing
    /// and decide nothing.
    pub(crate) fn decision(&mut self, outcome: usize) -> Result<Decision, Overflow> {
        let greatest = is_accommodation(self.response, outcome);
        let takes_part = |at: &usize| {
            let value = self.response.rules[*at].sets(outcome);
            value.is_some_and(|value| !greatest || value > 0)
        };
        let rules: Vec<usize> = (0..self.response.rules.len()).filter(takes_part).collect();
        let of = |at: &usize| self.response.rules[*at].sets(outcome).unwrap_or_default();
        let mut values: Vec<u32> = rules.iter().map(of).collect();
        values.sort_unstable();
        values.dedup();
        let place = |at: &usize| values.partition_point(|value| *value < of(at));
        let sets = rules.iter().map(|at| u32::try_from(place(at)).unwrap_or_default()).collect();
        let id = self.diagrams.merge_id();
        let mut decision = Decision { rules, sets, values, root: NONE, id, greatest };
        let mut parts = Vec::new();
        for (at, rule) in decision.rules.iter().enumerate() {
            let alone = decision.merge().alone(at).ok_or(Overflow)?;
            parts.push(self.diagrams.merge(&Guard, self.rules[*rule], alone)?);
        }
        decision.root = self.tree(&decision.merge(), parts)?;
        Ok(decision)
    }

    /// The rule that decides an outcome, by place in the text; [`NONE`] where none does, as for an
    /// accommodation that nothing adds to.
    pub(crate) fn deciding(&mut self, decision: &Decision) -> Result<Node, Overflow> {
        let merge = decision.merge();
        let rule = |node: Node| match node {
            NONE => NONE,
            node => leaf(u32::try_from(decision.rules[merge.read(node).0]).unwrap_or_default()),
        };
        self.diagrams.map(decision.root, &rule)
    }

    /// Merges a list as a balanced tree: neighbours first, so that no large diagram is walked once
    /// for each rule.
    fn tree(
        &mut self,
        how: &impl super::diagram::Merge,
        mut parts: Vec<Node>,
    ) -> Result<Node, Overflow> {
        while parts.len() > 1 {
            let mut merged = Vec::with_capacity(parts.len().div_ceil(2));
            for two in parts.chunks(2) {
                merged.push(match two {
                    [first, second] => self.diagrams.merge(how, *first, *second)?,
                    rest => rest.first().copied().unwrap_or(NONE),
                });
            }
            parts = merged;
        }
        Ok(parts.first().copied().unwrap_or(NONE))
    }
}

fn checked(value: u32) -> Result<u32, Overflow> {
    if value < LEAF_MAX { Ok(value) } else { Err(Overflow) }
}

fn is_accommodation(response: &Response, outcome: usize) -> bool {
    response
        .outcomes
        .get(outcome)
        .is_some_and(|one| matches!(one.kind, OutcomeKind::Accommodation { .. }))
}

/// Every permit of the override table, each once; the first is "nobody", which rules where no line
/// holds.
pub(crate) fn permits(response: &Response) -> Vec<Permit> {
    let mut all = vec![Permit::default()];
    for line in &response.overrides {
        if !all.contains(&line.permit) {
            all.push(line.permit.clone());
        }
    }
    all
}

/// The permit for an action on one call: the plain reading.
pub(crate) fn permit(response: &Response, action: OverrideAction, call: &[u32]) -> usize {
    let held =
        response.overrides.iter().find(|line| line.action == action && line.when.holds(call));
    held.and_then(|line| permits(response).iter().position(|one| *one == line.permit))
        .unwrap_or_default()
}

/// The value of a subject for one call: the plain reading.
pub(crate) fn plain(response: &Response, subject: Subject, call: &[u32]) -> u32 {
    match subject {
        Subject::Outcome(outcome) => {
            response.answer(call).get(outcome).copied().unwrap_or_default()
        }
        Subject::Override(action) => {
            u32::try_from(permit(response, action, call)).unwrap_or_default()
        }
    }
}
