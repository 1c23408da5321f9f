//! The response policies of a centre: which one answers for which type, and its words in the
//! centre's own.
//!
//! A text says `send_now`, `structure_fire@2` or `20 minutes`; the centre knows a
//! [`ResponseWord`], a run card with an alarm level, milliseconds. They are joined here, once, when
//! the policy is loaded, so that answering a call cannot fail.

use crate::answer::Walk;
use crate::even::Accommodations;
use crate::incident_type::IncidentType;
use crate::problem::{Place, Problem, Problems, accepted};
use crate::response::{Class, Domain, Outcome, OutcomeKind, Response};
use crate::run_card::RunCard;
use crate::urgency::Urgency;
use evenhand_core::{ResponseWord, Verdict};
use std::collections::BTreeMap;

/// Ending of a file that holds a response policy.
pub(crate) const SUFFIX: &str = ".policy";
/// The attribute that names the incident type.
pub(crate) const NATURE: &str = "nature";
/// What the centre can say of the situation; each is a whole number.
const SITUATIONS: [&str; 3] = ["units_free", "incidents_waiting", "hour"];

/// One response policy, joined to the centre's own words.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    /// Its file's name without ending; rules are named `<name>.<rule>`.
    pub name: String,
    /// What it says.
    pub response: Response,
    /// What was proved of it; `None`: it was not checked.
    pub verdict: Option<Verdict>,
    /// What answers for it.
    pub walk: Walk,
    /// What adds accommodations; `None`: the plain reading does.
    pub helps: Option<Accommodations>,
    /// The attribute `nature`.
    pub nature: usize,
    /// What decides whether anybody is sent.
    pub sends: Decides<ResponseWord>,
    /// What decides the urgency.
    pub priority: Decides<u8>,
    /// What decides the longest hold, in milliseconds.
    pub max_hold: Decides<u64>,
    /// What decides run card and alarm level.
    pub units: Decides<(String, u8)>,
}

/// An outcome (by place) and what each of its values means.
#[derive(Clone, Debug)]
pub(crate) struct Decides<T> {
    /// The outcome's place.
    pub outcome: usize,
    // INVARIANT: one for each value that a rule gives.
    means: BTreeMap<u32, T>,
}

impl<T: Clone> Decides<T> {
    /// What an answer gives.
    pub fn of(&self, answer: &[u32]) -> Option<T> {
        self.means.get(answer.get(self.outcome)?).cloned()
    }
}

/// What the texts may speak of.
pub(crate) struct Joined<'a> {
    pub types: &'a BTreeMap<String, IncidentType>,
    pub cards: &'a BTreeMap<String, RunCard>,
    pub urgencies: &'a BTreeMap<u8, Urgency>,
    pub zone_layers: &'a BTreeMap<String, String>,
}

/// The texts, and the place in the list of the one that answers for each type.
#[derive(Clone, Debug, Default)]
pub(crate) struct Texts {
    pub all: Vec<Text>,
    pub by_type: BTreeMap<String, usize>,
}

impl Texts {
    /// Reads every text. Without any, the table of types answers.
    pub fn read(
        files: &[(&str, &str)],
        joined: &Joined<'_>,
        problems: &mut Problems,
    ) -> Result<Self, Vec<Problem>> {
        let mut texts = Self::default();
        let mut unread = Vec::new();
        for (number, (file, text)) in files.iter().enumerate() {
            match Response::read(file, text) {
                Ok(response) => {
                    let mut join = Join { number, file, joined, problems };
                    texts.all.extend(join.text(response));
                }
                Err(wrong) => unread.extend(wrong),
            }
        }
        if !unread.is_empty() {
            return Err(unread);
        }
        if !files.is_empty() && problems.is_empty() {
            texts.assign(files, joined, problems);
        }
        Ok(texts)
    }

    /// Each type is answered for by exactly one text.
    fn assign(&mut self, files: &[(&str, &str)], joined: &Joined<'_>, problems: &mut Problems) {
        for code in joined.types.keys() {
            let known = |text: &Text| nature_of(text).is_some_and(|of| of.value(code).is_some());
            let mut of = self.all.iter().enumerate().filter(|(_, text)| known(text));
            let first = of.next();
            let place = |text: Option<&Text>| Place {
                number: 0,
                line: text.map_or(1, nature_line),
                column: 1,
                file: text
                    .map(|text| format!("{}{SUFFIX}", text.name))
                    .or(files.first().map(|(file, _)| (*file).to_owned()))
                    .unwrap_or_default(),
            };
            match (first, of.next()) {
                (None, _) => {
                    let fault = format!("no policy answers for incident type `{code}`");
                    problems.add(&place(None), fault, "add it to `nature` of one policy");
                }
                (Some(_), Some((_, second))) => {
                    let fault = format!("two policies answer for incident type `{code}`");
                    problems.add(&place(Some(second)), fault, "take it out of one of them");
                }
                (Some((index, _)), None) => {
                    self.by_type.insert(code.clone(), index);
                }
            }
        }
    }

    /// The text that answers for a type.
    pub fn of_type(&self, code: &str) -> Option<&Text> {
        self.by_type.get(code).and_then(|index| self.all.get(*index))
    }
}

fn nature_of(text: &Text) -> Option<&Domain> {
    text.response.attributes.get(text.nature).map(|attribute| &attribute.domain)
}

fn nature_line(text: &Text) -> usize {
    text.response
        .attributes
        .get(text.nature)
        .and_then(|attribute| usize::try_from(attribute.line).ok())
        .unwrap_or(1)
}

/// A text being joined to the centre's words.
struct Join<'a> {
    number: usize,
    file: &'a str,
    joined: &'a Joined<'a>,
    problems: &'a mut Problems,
}

impl Join<'_> {
    fn wrong(&mut self, line: u32, fault: String, mend: impl Into<String>) {
        let line = usize::try_from(line).unwrap_or(1).max(1);
        let place = Place { number: self.number, line, column: 1, file: self.file.to_owned() };
        self.problems.add(&place, fault, mend);
    }

    fn text(&mut self, response: Response) -> Option<Text> {
        let nature = response.attribute(NATURE);
        if nature.is_none() {
            let mend = "write `about emergency nature one of` and the codes of incident types";
            self.wrong(1, "the policy does not say which incidents it answers for".into(), mend);
        }
        self.check_attributes(&response);
        let joined = self.joined;
        let sends = self.decides(&response, "response", |domain, value| {
            let word = domain.text(value);
            let known = ResponseWord::ALL.into_iter().find(|one| one.word() == word);
            known.ok_or_else(|| accepted(ResponseWord::ALL.map(ResponseWord::word)))
        });
        let priority = self.decides(&response, "priority", |domain, value| {
            let number = domain.text(value).parse::<u8>().ok();
            number
                .filter(|number| joined.urgencies.contains_key(number))
                .ok_or_else(|| accepted(joined.urgencies.keys().map(u8::to_string)))
        });
        let max_hold = self.decides(&response, "max_hold", |domain, value| {
            let minutes = domain.text(value).parse::<u64>().ok().filter(|one| *one <= 1_440);
            minutes
                .map(|minutes| minutes * 60_000)
                .ok_or_else(|| "accepted are minutes from `0` to `1440`".to_owned())
        });
        let units = self.decides(&response, "units", |domain, value| {
            run_card(&domain.text(value), joined.cards)
        });
        let file = base_name(self.file);
        Some(Text {
            name: file.strip_suffix(SUFFIX).unwrap_or(file).to_owned(),
            response,
            verdict: None,
            walk: Walk::Unchecked,
            helps: None,
            nature: nature?,
            sends: sends?,
            priority: priority?,
            max_hold: max_hold?,
            units: units?,
        })
    }

    /// A fact that nobody can give would be relied on in vain.
    fn check_attributes(&mut self, response: &Response) {
        for attribute in &response.attributes {
            let name = &attribute.name;
            let numbers = matches!(attribute.domain, Domain::Numbers { .. });
            match attribute.class {
                Class::Situation if !SITUATIONS.contains(&name.as_str()) => {
                    let fault = format!("the centre cannot tell situation `{name}`");
                    self.wrong(attribute.line, fault, accepted(SITUATIONS));
                }
                Class::Situation if !numbers => {
                    let fault = format!("situation `{name}` is a whole number");
                    self.wrong(attribute.line, fault, "write `from 0 to 40`");
                }
                Class::Place if !self.joined.zone_layers.contains_key(name) => {
                    let fault = format!("place `{name}` is no zone layer");
                    let mend = accepted(self.joined.zone_layers.keys());
                    self.wrong(attribute.line, fault, mend);
                }
                Class::Emergency
                | Class::Situation
                | Class::Place
                | Class::Caller
                | Class::Area => {}
            }
        }
    }

    /// The outcome of a name, with the meaning of each value that a rule gives it.
    fn decides<T>(
        &mut self,
        response: &Response,
        name: &str,
        means: impl Fn(&Domain, u32) -> Result<T, String>,
    ) -> Option<Decides<T>> {
        let Some((place, outcome)) = protected(response, name) else {
            let mend = "the centre needs `response`, `priority`, `max_hold` and `units`";
            self.wrong(1, format!("the policy does not decide `{name}`"), mend);
            return None;
        };
        let mut all = BTreeMap::new();
        for (value, line) in given(response, place) {
            match means(&outcome.domain, value) {
                Ok(one) => {
                    all.insert(value, one);
                }
                Err(mend) => {
                    let given = outcome.domain.text(value);
                    self.wrong(line, format!("`{given}` is no {name} here"), mend);
                    return None;
                }
            }
        }
        Some(Decides { outcome: place, means: all })
    }
}

/// Every value that a rule gives an outcome, with the line of the first that does.
fn given(response: &Response, outcome: usize) -> BTreeMap<u32, u32> {
    let mut values = BTreeMap::new();
    for rule in &response.rules {
        if let Some(value) = rule.sets(outcome) {
            values.entry(value).or_insert(rule.line);
        }
    }
    values
}

fn protected<'r>(response: &'r Response, name: &str) -> Option<(usize, &'r Outcome)> {
    let place = response.outcome(name)?;
    let outcome = response.outcomes.get(place)?;
    (outcome.kind == OutcomeKind::Protected).then_some((place, outcome))
}

/// `structure_fire@2`: a run card and the alarm level that it begins with.
fn run_card(word: &str, cards: &BTreeMap<String, RunCard>) -> Result<(String, u8), String> {
    let (name, level) = word.split_once('@').unwrap_or((word, "1"));
    let max = evenhand_core::limits::ALARM_LEVEL_MAX;
    if !cards.contains_key(name) {
        return Err(accepted(cards.keys()));
    }
    let level = level.parse::<u8>().ok().filter(|level| (1..=max).contains(level));
    let level = level.ok_or_else(|| format!("an alarm level is `1` to `{max}`"))?;
    Ok((name.to_owned(), level))
}

/// A file's name without its folder.
pub(crate) fn base_name(file: &str) -> &str {
    file.rsplit(['/', '\\']).next().unwrap_or(file)
}
