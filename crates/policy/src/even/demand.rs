//! What place means for whom: the outcomes of a text weighted by a demand table.
//!
//! Proxies cannot be proved absent, only priced: a text that asks for the district gives the area
//! groups different shares of each answer, as far as they live in different districts.

use crate::response::Response;

use super::budget::Budget;
use super::compile::{Compiled, Subject};
use super::diagram::{Diagrams, IMPOSSIBLE, Node, is_leaf, number};
use super::report::DemandFound;
use super::show::{subject_name, value_text};
use super::space::Space;
use super::table::Table;
use super::walk::Unfit;

/// Where the calls of each area group come from.
#[derive(Clone, PartialEq, Debug)]
pub struct Demand {
    /// The place attribute, by name.
    pub attribute: String,
    /// The groups.
    pub groups: Vec<DemandGroup>,
}

/// The calls of one area group.
#[derive(Clone, PartialEq, Debug)]
pub struct DemandGroup {
    /// The group's name.
    pub name: String,
    /// For values of the place attribute, how many calls come from there: counts, or any other
    /// weight from 0 up. Values that are not named weigh nothing.
    pub weights: Vec<(String, f64)>,
}

/// For each protected outcome and each group, the share of the group's demand that gets each
/// value. Every other attribute is counted evenly over the possible calls.
pub fn demand(
    response: &Response,
    demand: &Demand,
    budget: &Budget,
) -> Result<Vec<DemandFound>, Unfit> {
    let mut compiled = Compiled::new(response, budget)?;
    let mut found = Vec::new();
    let Some(attribute) = response.attribute(&demand.attribute) else { return Ok(found) };
    let level = compiled.space.level[attribute];
    for outcome in response.protected_outcomes() {
        let root = compiled.value(Subject::Outcome(outcome))?;
        for group in &demand.groups {
            let domain = &response.attributes[attribute].domain;
            let mut weights = vec![0.0; compiled.diagrams.cells(level) as usize];
            for (place, weight) in &group.weights {
                if let Some(value) = domain.value(place) {
                    weights[compiled.space.cell(level, value) as usize] += weight.max(0.0);
                }
            }
            let weighted = Weighted { level, weights: &weights };
            found.push(DemandFound {
                outcome: subject_name(response, Subject::Outcome(outcome)),
                group: group.name.clone(),
                shares: shares(&compiled, root, &weighted, outcome),
            });
        }
    }
    Ok(found)
}

fn shares(
    compiled: &Compiled,
    root: Node,
    weighted: &Weighted,
    outcome: usize,
) -> Vec<(String, f64)> {
    let (_, mut leaves) = compiled.diagrams.reach(root);
    leaves.retain(|leaf| *leaf != IMPOSSIBLE);
    leaves.sort_unstable();
    let mass = |leaf: &Node| {
        weighted.mass((&compiled.diagrams, &compiled.space), root, *leaf, &mut Table::new())
    };
    let masses: Vec<f64> = leaves.iter().map(mass).collect();
    let whole: f64 = masses.iter().sum();
    let share = |mass: f64| if whole > 0.0 { mass / whole } else { 0.0 };
    let text =
        |leaf: &Node| value_text(compiled.response, Subject::Outcome(outcome), number(*leaf));
    leaves.iter().zip(masses).map(|(leaf, mass)| (text(leaf), share(mass))).collect()
}

/// Calls weighted at one level; at the others each value counts alike, so that every level but
/// the weighted one is a share and nothing overflows.
struct Weighted<'a> {
    level: usize,
    weights: &'a [f64],
}

impl Weighted<'_> {
    /// The weight of the calls that end in one leaf.
    fn mass(
        &self,
        (diagrams, space): (&Diagrams, &Space),
        node: Node,
        wanted: Node,
        memo: &mut Table<f64>,
    ) -> f64 {
        let below = self.below((diagrams, space), node, wanted, memo);
        below * self.skipped(0, depth(diagrams, space, node))
    }

    fn below(
        &self,
        (diagrams, space): (&Diagrams, &Space),
        node: Node,
        wanted: Node,
        memo: &mut Table<f64>,
    ) -> f64 {
        if is_leaf(node) {
            return if node == wanted { 1.0 } else { 0.0 };
        }
        if let Some(done) = memo.get(u64::from(node)) {
            return done;
        }
        let level = diagrams.level(node);
        let (mut sum, mut first) = (0.0, 0);
        for edge in diagrams.edges(node) {
            let below = self.below((diagrams, space), edge.to, wanted, memo);
            let skipped = self.skipped(level + 1, depth(diagrams, space, edge.to));
            sum += below * skipped * self.run(space, level, first, edge.last);
            first = edge.last + 1;
        }
        memo.set(u64::from(node), sum);
        sum
    }

    /// The weight of a run of cells.
    fn run(&self, space: &Space, level: usize, first: u32, last: u32) -> f64 {
        if level == self.level {
            return self.weights[first as usize..=last as usize].iter().sum();
        }
        let (from, _) = space.values(level, first);
        let (_, to) = space.values(level, last);
        (f64::from(to - from) + 1.0) / f64::from(space.size(level))
    }

    /// The weight of levels that are not asked for.
    fn skipped(&self, from: usize, to: usize) -> f64 {
        if (from..to).contains(&self.level) { self.weights.iter().sum() } else { 1.0 }
    }
}

fn depth(diagrams: &Diagrams, space: &Space, node: Node) -> usize {
    if is_leaf(node) { space.levels() } else { diagrams.level(node) }
}
