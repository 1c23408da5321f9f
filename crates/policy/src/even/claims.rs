//! What a text claims of itself: more danger is never answered worse, floors, the agency's cases;
//! and that a caller of whom something is unknown never comes off worse.

use crate::response::{Class, Condition, Expectation, Floor, Worse};

use super::diagram::{Edge, FALSE, IMPOSSIBLE, Node, Overflow, TRUE};
use super::merges::{And, Differ, Least, Possible, Worse as IsWorse};
use super::prover::{Prover, Valued, claim_not_decided, too_large};
use super::report::{Claimed, Result as Claim};
use super::search::{Shows, Step};
use super::show::{subject_name, value_text};
use super::table::Table;

impl Prover<'_> {
    /// `worse severity must not worsen response`.
    pub(crate) fn worse(&mut self, claim: &Worse, of: &Valued) -> Claimed {
        let attribute = &self.compiled.response.attributes[claim.attribute];
        let name = subject_name(self.compiled.response, of.subject);
        let words = format!("worse {} must not worsen {name}", attribute.name);
        let level = self.compiled.space.level[claim.attribute];
        let unknown = attribute.domain.unknown();
        let unknown = unknown.map(|unknown| self.compiled.space.cell(level, unknown));
        let breaking = self.worsened(of.root, level, unknown);
        let steps = self.steps(&[level], Step::Rising(unknown));
        let result = self.claim(of, steps, Shows::RightWorse, breaking);
        Claimed { claim: words, line: claim.line, result }
    }

    /// The calls that are answered worse than the same call with a lower cell at one level.
    fn worsened(&mut self, root: Node, level: usize, out: Option<u32>) -> Result<Node, Overflow> {
        self.compiled.diagrams.rewrite(root, &mut Table::new(), level, &mut |all, node| {
            if all.level(node) != level {
                return Ok(FALSE);
            }
            let mut edges = Vec::new();
            let mut best = IMPOSSIBLE;
            for cell in 0..all.cells(level) {
                let to = if Some(cell) == out {
                    FALSE
                } else {
                    let value = all.child(node, level, cell);
                    let worse = all.merge(&IsWorse, value, best)?;
                    best = all.merge(&Least, best, value)?;
                    worse
                };
                edges.push(Edge { last: cell, to });
            }
            all.node(level, &edges)
        })
    }

    /// `floor when ... response at least send`.
    pub(crate) fn floor(&mut self, floor: &Floor, of: &Valued) -> Claimed {
        let response = self.compiled.response;
        let claim = format!(
            "floor: {} at least {}",
            subject_name(response, of.subject),
            value_text(response, of.subject, floor.at_least)
        );
        let shows = Shows::Above(floor.at_least);
        let result = self.single(of, &floor.when, shows, |value| value > floor.at_least);
        Claimed { claim, line: floor.line, result: result.unwrap_or_else(|_| overflow()) }
    }

    /// One setting of one expectation.
    pub(crate) fn expectation(&mut self, case: &Expectation, of: &Valued, want: u32) -> Claimed {
        let response = self.compiled.response;
        let claim = format!(
            "expect \"{}\": {} is {}",
            case.name,
            subject_name(response, of.subject),
            value_text(response, of.subject, want)
        );
        let result = self.single(of, &case.when, Shows::Not(want), |value| value != want);
        Claimed { claim, line: case.line, result: result.unwrap_or_else(|_| overflow()) }
    }

    /// A claim about single calls: none of those that `when` covers has a value that is `wrong`.
    fn single(
        &mut self,
        of: &Valued,
        when: &Condition,
        shows: Shows,
        wrong: impl Fn(u32) -> bool,
    ) -> Result<Claim, Overflow> {
        let when = self.compiled.condition(when)?;
        let covered = self.compiled.diagrams.merge(&And, when, self.compiled.possible)?;
        if covered == FALSE {
            return Ok(Claim::Empty);
        }
        let is_wrong = |node| match super::prover::value_in(node) {
            Some(value) if wrong(value) => TRUE,
            Some(_) | None => FALSE,
        };
        let is_wrong = self.compiled.diagrams.map(of.root, &is_wrong)?;
        let breaking = self.compiled.diagrams.merge(&And, covered, is_wrong)?;
        if breaking == FALSE {
            return Ok(Claim::Holds { covers: Some(self.count(covered)) });
        }
        let values = self.compiled.diagrams.merge(&Possible, breaking, of.root)?;
        let steps = self.steps(&[], Step::Same);
        Ok(match self.search(values, steps, shows)? {
            Some(found) => self.broken(of, &found, shows, Some(breaking)),
            None => claim_not_decided("an example that must be there was not found"),
        })
    }

    /// Unknown never worse, for each attribute of the caller that may be unknown.
    pub(crate) fn unknown(&mut self, of: &Valued) -> Vec<Claimed> {
        let response = self.compiled.response;
        let mut all = Vec::new();
        for (at, attribute) in response.attributes.iter().enumerate() {
            let (Class::Caller, Some(unknown)) = (attribute.class, attribute.domain.unknown())
            else {
                continue;
            };
            let subject = subject_name(response, of.subject);
            let claim = if of.ordered {
                format!("unknown {} never gets a worse {subject}", attribute.name)
            } else {
                format!("unknown {} never changes {subject}", attribute.name)
            };
            let level = self.compiled.space.level[at];
            let cell = self.compiled.space.cell(level, unknown);
            let shows =
                if of.ordered { Shows::LeftWorse } else { Shows::Different { ordered: false } };
            let breaking = self.unknown_worse(of, level, cell);
            let steps = self.steps(&[level], Step::From(cell));
            let result = self.claim(of, steps, shows, breaking);
            all.push(Claimed { claim, line: 0, result });
        }
        all
    }

    /// The calls that would get a worse (or another) answer if the attribute were unknown.
    fn unknown_worse(&mut self, of: &Valued, level: usize, cell: u32) -> Result<Node, Overflow> {
        let all = &mut self.compiled.diagrams;
        let unknown = all.fix(of.root, level, cell)?;
        if of.ordered {
            all.merge(&IsWorse, unknown, of.root)
        } else {
            all.merge(&Differ, unknown, of.root)
        }
    }
}

fn overflow() -> Claim {
    Claim::NotDecided { why: too_large() }
}
