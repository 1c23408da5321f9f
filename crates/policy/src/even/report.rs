//! What a check found, in words: names and values as they stand in the text, so that whoever
//! prints or shows it needs nothing else.

use serde::Serialize;

use crate::response::Class;

use super::count::Count;

/// Everything that was found about one text.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Report {
    /// The text's title.
    pub policy: String,
    /// Its version.
    pub version: u32,
    /// The day for which exceptions were judged, `YYYY-MM-DD`.
    pub today: String,
    /// Whether the same emergency gets the same answer, whoever calls.
    pub verdict: Verdict,
    /// How large the question was.
    pub size: Size,
    /// Whether each protected outcome, and the override table, depends on each attribute of the
    /// caller or the area. The headline pair is in [`Report::smallest_pair`].
    pub independence: Vec<Independence>,
    /// What the text claims with `never`.
    pub never: Vec<Independence>,
    /// Whether each accommodation depends on anything of the caller but what it may use.
    pub accommodations: Vec<Independence>,
    /// Every signed exception, whether or not it is felt.
    pub exceptions: Vec<ExceptionFound>,
    /// What the text claims with `worse`.
    pub worse: Vec<Claimed>,
    /// What the text claims with `floor`.
    pub floors: Vec<Claimed>,
    /// Whether a caller of whom a fact is unknown may come off worse.
    pub unknown: Vec<Claimed>,
    /// The agency's own cases, for every call that they cover.
    pub expectations: Vec<Claimed>,
    /// Rules that could be left out.
    pub rules: Vec<RuleFound>,
    /// Which outcomes depend on the place, and for how many calls.
    pub places: Vec<Independence>,
    /// What that means for each area group, if a demand table was given.
    pub demand: Vec<DemandFound>,
    /// What was not decided, and why.
    pub undecided: Vec<String>,
}

/// The four ends of a check.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "verdict", content = "because")]
pub enum Verdict {
    /// No protected outcome depends on who calls or who lives there.
    Even,
    /// None does but for these signed exceptions, each of which only makes the answer better.
    EvenButFor(Vec<String>),
    /// Some does; these are what depends on what.
    Uneven(Vec<String>),
    /// It is not known. Never to be read as even.
    NotDecided(Vec<String>),
}

/// How large a question was, and how it was answered.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Size {
    /// How many attributes.
    pub attributes: usize,
    /// How many rules, `otherwise` not counted.
    pub rules: usize,
    /// How many distinct calls can be described, those that are declared impossible left out;
    /// none if the second engine answered.
    pub calls: Option<Count>,
    /// Nodes of the diagrams.
    pub nodes: usize,
    /// What answered.
    pub engine: Engine,
}

/// What answered a question.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// Diagrams: every call was covered, and can be counted.
    Diagram,
    /// The second engine, because the diagrams grew beyond the budget: exact, without counts.
    Solver,
}

/// Whether something depends on attributes.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Independence {
    /// The outcome, or `override raise` and so on.
    pub subject: String,
    /// The attributes: one, or several that were only looked at together.
    pub attributes: Vec<String>,
    /// Their class.
    pub class: String,
    /// What was found.
    pub found: Found,
}

/// Whether there is a dependence.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "found")]
pub enum Found {
    /// There is none: proved for every call.
    Never,
    /// There is, and this shows it.
    Depends(Box<Dependence>),
    /// Not known, and why.
    NotDecided {
        /// Why not.
        why: String,
    },
}

/// A dependence that was found.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Dependence {
    /// The smallest pair of calls that shows it.
    pub pair: Pair,
    /// How many possible calls would be answered differently if only these attributes were
    /// different; none if the second engine answered.
    pub affected: Option<Count>,
    /// Their share of all possible calls, from 0 to 1.
    pub share: Option<f64>,
    /// Whether a signed exception in force covers it.
    pub excepted: bool,
}

/// Two calls and their answers. Both were put to the production evaluator and to the plain reading
/// of the text before they were given out.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Pair {
    /// Every attribute, in the order of the text.
    pub rows: Vec<Row>,
    /// What the pair is about: the outcome, or `override raise` and so on.
    pub subject: String,
    /// The answer to the left call, the more common one where that can be said.
    pub left: Answer,
    /// The answer to the right call.
    pub right: Answer,
}

/// One attribute of a pair.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Row {
    /// The attribute.
    pub attribute: String,
    /// Its class.
    pub class: String,
    /// Whether the two calls differ in it.
    pub differs: bool,
    /// The values of the left call.
    pub left: Values,
    /// The values of the right call; equal to the left ones if it does not differ.
    pub right: Values,
}

/// Which values: each call of the pair may have any of them, the other attributes likewise.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Values {
    /// Every value of the attribute.
    pub any: bool,
    /// The values, such as `assault, crowd` or `3..40`; `any` for all.
    pub text: String,
    /// One of them, the one that was replayed.
    pub example: String,
}

/// An answer to a call.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Answer {
    /// The value, as written in the text, with its unit.
    pub value: String,
    /// The rule that decided it, by name; for the override table its line. It decides the replayed
    /// example; other calls of the set get the same value, perhaps by another rule.
    pub rule: String,
    /// The line of that rule in the text, from 1; 0 if no line decided.
    pub line: u32,
}

/// One exception and what it does.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ExceptionFound {
    /// The attribute that may raise.
    pub attribute: String,
    /// The outcome it may raise.
    pub outcome: String,
    /// Why, as signed.
    pub because: String,
    /// Last day on which it holds.
    pub until: String,
    /// Who signed.
    pub signed: Vec<String>,
    /// The line in the text.
    pub line: u32,
    /// What became of it.
    pub state: ExceptionState,
    /// A pair that breaks its one direction, if there is one.
    pub broken: Option<Pair>,
}

/// What became of an exception.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExceptionState {
    /// Its day is over; it counts for nothing.
    Expired,
    /// The outcome does not depend on the attribute: it could be struck out.
    NotFelt,
    /// The outcome depends on the attribute, and only for the better.
    Holds,
    /// The outcome is worse for somebody than the baseline: the exception does not cover that.
    Broken,
    /// Not known.
    NotDecided,
}

/// Something that is claimed of every call.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Claimed {
    /// The claim, in words.
    pub claim: String,
    /// Its line in the text, from 1; 0 if the text does not make it.
    pub line: u32,
    /// What was found.
    pub result: Result,
}

/// Whether a claim holds.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "result")]
pub enum Result {
    /// Proved for every call.
    Holds {
        /// How many calls the claim speaks of; none if not counted.
        covers: Option<Count>,
    },
    /// It does not, and these calls show it. For a claim about single calls both sides are the
    /// same call.
    Fails {
        /// The example.
        pair: Box<Pair>,
        /// How many possible calls break it; none if not counted.
        affected: Option<Count>,
        /// Their share of all possible calls, from 0 to 1.
        share: Option<f64>,
    },
    /// It speaks of no possible call, so nothing was shown.
    Empty,
    /// Not known, and why.
    NotDecided {
        /// Why not.
        why: String,
    },
}

/// A rule that could be left out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RuleFound {
    /// Its name.
    pub rule: String,
    /// Its line, from 1.
    pub line: u32,
    /// Why.
    pub fault: RuleFault,
    /// The rules that decide before it, for one that never does; at most eight.
    pub covered_by: Vec<String>,
    /// Whether there are more of them than are named.
    pub and_others: bool,
}

/// Why a rule could be left out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleFault {
    /// Its condition holds for no possible call.
    NeverHolds,
    /// Whenever it holds, rules above it have decided.
    Shadowed,
    /// It decides some calls, which would get the same answer without it.
    Redundant,
}

/// How an outcome falls in one area group, by the demand table.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct DemandFound {
    /// The outcome.
    pub outcome: String,
    /// The area group.
    pub group: String,
    /// For each value of the outcome its share of the group's demand, from 0 to 1, every other
    /// attribute counted evenly over the possible calls.
    pub shares: Vec<(String, f64)>,
}

impl Report {
    /// The pair for the headline: the smallest of those that no exception covers, else of all.
    pub fn smallest_pair(&self) -> Option<&Dependence> {
        let all = || {
            self.independence.iter().filter_map(|one| match &one.found {
                Found::Depends(dependence) => Some(dependence.as_ref()),
                Found::Never | Found::NotDecided { .. } => None,
            })
        };
        let differing = |one: &&Dependence| one.pair.rows.iter().filter(|row| row.differs).count();
        let open = all().filter(|one| !one.excepted).min_by_key(differing);
        open.or_else(|| all().min_by_key(differing))
    }

    /// Whether nothing stands against adopting the text: it is even, or even but for its
    /// exceptions, and all that it claims of itself was proved.
    pub fn passes(&self) -> bool {
        let even = matches!(self.verdict, Verdict::Even | Verdict::EvenButFor(_));
        let holds = |one: &Claimed| matches!(one.result, Result::Holds { .. });
        let never = |one: &Independence| one.found == Found::Never;
        even && self.undecided.is_empty()
            && self.never.iter().all(never)
            && self.accommodations.iter().all(never)
            && self.worse.iter().chain(&self.floors).chain(&self.expectations).all(holds)
    }
}

/// The word for a class, as reports have it.
pub(crate) fn class_word(class: Class) -> String {
    class.word().to_owned()
}
