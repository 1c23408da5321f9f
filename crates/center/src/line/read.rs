//! Reading a line: a verb first, or a status label before or after its units.

use super::verbs::{self, VERBS, Verb};
use super::words::{self, Named};
use super::{Choice, Reading, Syntax};
use crate::center::Center;
use crate::input::{Clear, Selected};
use crate::limits::LINE_BYTES_MAX;
use evenhand_core::{
    AgentState, AlertId, CallId, Command, Disposition, IncidentId, NoDispatchCode, PersonId,
    Signature, UnitId,
};

type Order = Command<Clear>;

/// What a typed line would do. `selected` gives the call, incident or unit that is not named.
pub(crate) fn read(center: &Center, text: &str, selected: &Selected) -> Reading {
    if text.len() > LINE_BYTES_MAX {
        let error = format!("the line has `{}` bytes; at most `{LINE_BYTES_MAX}`", text.len());
        return Reading::not_understood(error, Vec::new());
    }
    let words = words::divide(text);
    let Some((first, rest)) = words.split_first() else {
        return Reading::not_understood("nothing typed; `?` lists what can be".to_owned(), vec![]);
    };
    if *first == "?" {
        return Reading { syntax: all_syntax(center), ..Reading::default() };
    }
    let line = Line { center, selected, text };
    if let Some(verb) = verbs::find(first) {
        if rest.first() == Some(&"?") {
            return Reading { syntax: vec![verb.syntax()], ..Reading::default() };
        }
        return line.verb(verb, rest).unwrap_or_else(|problem| problem.reading(verb));
    }
    line.status(&words).unwrap_or_else(|| {
        let error = format!("`{first}` is no verb, status or unit; `?` lists what can be typed");
        Reading::not_understood(error, nearest(first))
    })
}

fn all_syntax(center: &Center) -> Vec<Syntax> {
    let labels = center.policy().labels().map(|label| Syntax {
        verb: label.aliases.first().unwrap_or(&label.name).clone(),
        form: format!("{} unit...", label.aliases.first().unwrap_or(&label.name)),
        says: label.name.clone(),
    });
    VERBS.iter().map(Verb::syntax).chain(labels).collect()
}

fn nearest(word: &str) -> Vec<Syntax> {
    let first = word.chars().next().map(|letter| letter.to_ascii_uppercase());
    VERBS.iter().filter(|verb| verb.name.chars().next() == first).map(Verb::syntax).collect()
}

/// Why a line is not an order yet.
enum Problem {
    Missing(&'static str),
    Unknown(String),
    Ask(Vec<Choice>),
}

impl Problem {
    fn reading(self, verb: &Verb) -> Reading {
        match self {
            Self::Ask(choices) => Reading::ask(choices),
            Self::Missing(what) => {
                let error = format!("`{}` needs {what}: {}", verb.name, verb.form);
                Reading::not_understood(error, vec![verb.syntax()])
            }
            Self::Unknown(error) => Reading::not_understood(error, vec![verb.syntax()]),
        }
    }
}

struct Line<'a> {
    center: &'a Center,
    selected: &'a Selected,
    text: &'a str,
}

/// What is said, and what it does.
type Read = Result<Reading, Problem>;

fn one(says: String, command: Order) -> Read {
    Ok(Reading::of(says, vec![command]))
}

impl Line<'_> {
    fn verb(&self, verb: &Verb, rest: &[&str]) -> Read {
        match verb.name {
            "AN" | "EC" | "AT" | "CB" | "CR" | "CM" | "CU" | "HO" | "REBID" | "TRANSFER" => {
                self.call_verb(verb, rest)
            }
            "READY" | "BREAK" | "WRAP" => agent_verb(verb),
            "D" | "DO" | "DV" | "X" | "US" => self.unit_verb(verb, rest),
            "ND" => self.decline(rest),
            "MG" => self.merge(rest),
            "UNDO" => Ok(Reading {
                understood: true,
                says: "take your last command back".to_owned(),
                undo: true,
                ..Reading::default()
            }),
            "SO" => one("end your shift".to_owned(), Command::EndShift {}),
            "AA" => {
                let alert = rest.first().and_then(|word| words::alert(word));
                let alert = AlertId(alert.ok_or(Problem::Missing("an alert, `W3`"))?);
                one(format!("take note of {alert}"), Command::AcknowledgeAlert { alert })
            }
            _ => self.incident_verb(verb, rest),
        }
    }

    /// The call named first, or the selected one; and what is left.
    fn call<'w, 'r>(&self, rest: &'r [&'w str]) -> Result<(CallId, &'r [&'w str]), Problem> {
        match rest.split_first() {
            Some((first, left)) if words::call(first).is_some() => {
                Ok((words::call(first).ok_or(Problem::Missing("a call"))?, left))
            }
            _ => self
                .selected
                .call
                .map(|call| (call, rest))
                .ok_or(Problem::Missing("a call, `C7`, named or selected")),
        }
    }

    fn incident<'w, 'r>(
        &self,
        rest: &'r [&'w str],
    ) -> Result<(IncidentId, &'r [&'w str]), Problem> {
        match rest.split_first() {
            Some((first, left)) if words::incident(first).is_some() => {
                Ok((words::incident(first).ok_or(Problem::Missing("an incident"))?, left))
            }
            _ => self
                .selected
                .incident
                .map(|incident| (incident, rest))
                .ok_or(Problem::Missing("an incident, `I7`, named or selected")),
        }
    }

    /// One unit; several that begin so are asked about.
    fn unit(&self, word: Option<&&str>) -> Result<UnitId, Problem> {
        let Some(word) = word else {
            return self.selected.unit.clone().ok_or(Problem::Missing("a unit, `E2`"));
        };
        match words::unit(self.center, word) {
            Named::One(unit) => Ok(unit),
            Named::None => Err(Problem::Unknown(format!("there is no unit `{word}`"))),
            Named::Several(units) => Err(Problem::Ask(
                units.iter().map(|unit| self.choice(word, unit.as_str())).collect(),
            )),
        }
    }

    /// The same line with one word said in full.
    fn choice(&self, word: &str, full: &str) -> Choice {
        let text = self.text.replacen(word, full, 1);
        Choice { says: full.to_owned(), text }
    }

    fn call_verb(&self, verb: &Verb, rest: &[&str]) -> Read {
        if verb.name == "AN" && rest.is_empty() && self.selected.call.is_none() {
            let longest = self.center.core().unaccounted_calls().find(|call| call.rings());
            let call = longest.ok_or(Problem::Unknown("no call is ringing".to_owned()))?.id;
            return one(format!("answer {call}"), Command::AnswerCall { call });
        }
        let (call, left) = self.call(rest)?;
        match verb.name {
            "AN" => one(format!("answer {call}"), Command::AnswerCall { call }),
            "EC" => one(format!("end {call}"), Command::EndCall { call }),
            "CB" => one(format!("ring {call} back"), Command::StartCallback { call }),
            "CR" => one(format!("{call} was reached"), Command::ReachCaller { call }),
            "CM" => one(format!("{call} was not reached"), Command::MissCaller { call }),
            "REBID" => {
                let says = format!("ask the network again where {call} is");
                one(says, Command::RebidLocation { call })
            }
            "TRANSFER" => self.transfer(call, left),
            "CU" => one(
                format!("give the callback of {call} up, by decision"),
                Command::GiveUpCallback { call, signature: reason(left) },
            ),
            "HO" => {
                let to = left.first().ok_or(Problem::Missing("a person"))?;
                let signature = reason(left.get(1..).unwrap_or_default());
                let says = format!("hand the callback of {call} over to {to}");
                one(says, Command::HandOverCallback { call, to: PersonId::from(*to), signature })
            }
            _ => {
                let (incident, _) = self.incident(left)?;
                let says = format!("attach {call} to {incident}");
                one(says, Command::AttachCall { call, incident, words: None })
            }
        }
    }

    /// To the address named, or to whoever is said to be responsible.
    fn transfer(&self, call: CallId, rest: &[&str]) -> Read {
        let named = match rest {
            [to, address, ..] if to.eq_ignore_ascii_case("TO") => Some((*address).to_owned()),
            _ => None,
        };
        let known = self.center.core().call(call).ok();
        let offered = known.and_then(|call| call.transfer_offer.as_ref());
        let offered = offered.map(|offer| offer.to_uri.clone());
        let to = named.or(offered).ok_or(Problem::Missing("an address, `TO sip:...`"))?;
        one(format!("hand the caller of {call} to {to}"), Command::TransferCall { call, to })
    }

    fn unit_verb(&self, verb: &Verb, rest: &[&str]) -> Read {
        match verb.name {
            "X" => {
                let unit = self.unit(rest.first())?;
                let signature = reason(rest.get(1..).unwrap_or_default());
                let says = format!("take {unit} off before it arrives, by decision");
                one(says, Command::CancelAssignment { unit, signature })
            }
            "US" => {
                let unit = self.unit(rest.first())?;
                one(format!("take the last status of {unit} back"), Command::UndoStatus { unit })
            }
            "DV" => {
                let unit = self.unit(rest.first())?;
                let (incident, left) = self.incident(rest.get(1..).unwrap_or_default())?;
                let says = format!("divert {unit} to {incident}, by decision");
                one(says, Command::DivertUnit { unit, incident, signature: reason(left) })
            }
            _ => self.dispatch(rest),
        }
    }

    /// `D I4 E2 L1`, `D E2 I4`, `D I4` for the recommended; after `:` a reason to override.
    fn dispatch(&self, rest: &[&str]) -> Read {
        let colon = rest.iter().position(|word| word.starts_with(':')).unwrap_or(rest.len());
        let (named, why) = rest.split_at(colon);
        let incident = named
            .iter()
            .find_map(|word| words::incident(word))
            .or(self.selected.incident)
            .ok_or(Problem::Missing("an incident, `I7`, named or selected"))?;
        let mut units = Vec::new();
        for word in named.iter().filter(|word| words::incident(word).is_none()) {
            units.push(self.unit(Some(word))?);
        }
        let mut how = "";
        if units.is_empty() {
            let advised = self.center.recommendation(incident).map(|advised| advised.chosen);
            units = advised.unwrap_or_default().into_iter().map(|unit| unit.unit).collect();
            how = " as recommended";
        }
        if units.is_empty() {
            return Err(Problem::Missing("a unit; none is recommended"));
        }
        let names: Vec<&str> = units.iter().map(UnitId::as_str).collect();
        let says = format!("dispatch {} to {incident}{how}", names.join(", "));
        let mut signature = reason(why);
        signature.reason = signature.reason.trim_start_matches(':').trim().to_owned();
        one(says, Command::DispatchUnits { incident, units, signature })
    }

    fn incident_verb(&self, verb: &Verb, rest: &[&str]) -> Read {
        let (incident, left) = self.incident(rest)?;
        let after = left.get(1..).unwrap_or_default();
        match verb.name {
            "T" => {
                let code = left.first().ok_or(Problem::Missing("a type"))?;
                let incident_type = self.incident_type(code)?;
                let said = after.iter().take_while(|word| word.contains('=')).count();
                let (said, after) = after.split_at(said);
                let facts = said.iter().filter_map(|fact| fact.split_once('='));
                let facts =
                    facts.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
                let with: String = said.iter().map(|fact| format!(", {fact}")).collect();
                let says = format!("{incident} is `{incident_type}`{with}");
                let signature = reason(after);
                one(says, Command::ClassifyIncident { incident, incident_type, facts, signature })
            }
            "N" => {
                if left.is_empty() {
                    return Err(Problem::Missing("a text"));
                }
                let text = Clear(left.join(" "));
                one(format!("write into {incident}"), Command::AddNarrative { incident, text })
            }
            "P" => {
                let priority = left.first().and_then(|word| word.parse().ok());
                let priority = priority.ok_or(Problem::Missing("a priority, 1 highest"))?;
                let says = format!("{incident} gets priority {priority} (1 highest)");
                let signature = reason(after);
                one(says, Command::ChangePriority { incident, priority, signature })
            }
            "H" => {
                let minutes: u64 = left
                    .first()
                    .and_then(|word| word.parse().ok())
                    .ok_or(Problem::Missing("minutes"))?;
                let review_at = self.center.now.plus(minutes.saturating_mul(60_000));
                let says = format!("hold {incident} for {minutes} minutes, by decision");
                let signature = reason(after);
                one(says, Command::HoldIncident { incident, review_at, signature })
            }
            "CLOSE" => {
                let ends = Disposition::AFTER_RESPONSE;
                let disposition = left.first().and_then(|word| words::code(&ends, word));
                let disposition = disposition.ok_or(Problem::Missing("a disposition"))?;
                let says = format!("close {incident}: {}", words::name_of(&disposition));
                one(says, Command::CloseIncident { incident, disposition })
            }
            "XI" => one(
                format!("cancel the whole response to {incident}, by decision"),
                Command::CancelIncident { incident, signature: reason(left) },
            ),
            "RH" => one(format!("lift the hold of {incident}"), Command::ReleaseHold { incident }),
            "AL" => {
                let says = format!("next alarm level for {incident}");
                one(says, Command::RaiseAlarmLevel { incident })
            }
            "RO" => one(format!("open {incident} again"), Command::ReopenIncident { incident }),
            _ => {
                let says = format!("take the merge of {incident} back");
                one(says, Command::UnmergeIncident { incident })
            }
        }
    }

    /// A type by its code, or by the only code that begins or ends so.
    fn incident_type(&self, word: &str) -> Result<String, Problem> {
        let folded = word.to_lowercase();
        let known: Vec<&str> =
            self.center.policy().incident_types().map(|one| one.code.as_str()).collect();
        if known.contains(&folded.as_str()) {
            return Ok(folded);
        }
        let like: Vec<&str> = known
            .into_iter()
            .filter(|code| code.split('.').any(|part| part.starts_with(&folded)))
            .collect();
        match like.as_slice() {
            [] => Err(Problem::Unknown(format!("policy knows no incident type `{word}`"))),
            [only] => Ok((*only).to_owned()),
            several => {
                Err(Problem::Ask(several.iter().map(|code| self.choice(word, code)).collect()))
            }
        }
    }

    /// Nobody is sent: for a call, or for a pending incident.
    fn decline(&self, rest: &[&str]) -> Read {
        let target = rest.first().copied().unwrap_or_default();
        let (call, incident) = match (words::call(target), words::incident(target)) {
            (Some(call), _) => (Some(call), None),
            (_, Some(incident)) => (None, Some(incident)),
            _ => (self.selected.call, self.selected.incident),
        };
        let named = words::call(target).is_some() || words::incident(target).is_some();
        let left = rest.get(usize::from(named)..).unwrap_or_default();
        let code = left.first().and_then(|word| words::code(&NoDispatchCode::ALL, word));
        let code = code.ok_or(Problem::Missing("a code, `advice_given`"))?;
        let signature = reason(left.get(1..).unwrap_or_default());
        let name = words::name_of(&code);
        match (call, incident) {
            (Some(call), Some(incident)) => Err(Problem::Ask(vec![
                self.choice(self.text, &format!("ND {call} {}", left.join(" "))),
                self.choice(self.text, &format!("ND {incident} {}", left.join(" "))),
            ])),
            (Some(call), None) => one(
                format!("send nobody for {call}, by decision: {name}"),
                Command::DeclineCall { call, code, signature },
            ),
            (None, Some(incident)) => one(
                format!("send nobody to {incident}, by decision: {name}"),
                Command::DeclineIncident { incident, code, signature },
            ),
            (None, None) => Err(Problem::Missing("a call or an incident")),
        }
    }

    fn merge(&self, rest: &[&str]) -> Read {
        let from = rest.first().and_then(|word| words::incident(word));
        let into = rest.get(1).and_then(|word| words::incident(word));
        let (Some(from), Some(into)) = (from, into) else {
            return Err(Problem::Missing("two incidents"));
        };
        let signature = reason(rest.get(2..).unwrap_or_default());
        let says = format!("treat {from} as part of {into}, by decision");
        one(says, Command::MergeIncidents { from, into, signature })
    }

    /// `EN M21 E2`, `M21 E2 en`, `M21 en route`: a label before or after its units.
    fn status(&self, words: &[&str]) -> Option<Reading> {
        let label = |part: &[&str]| self.center.policy().label(&part.join(" "));
        for cut in (1..=words.len()).rev() {
            let (before, after) = words.split_at(cut);
            if let Some(label) = label(before) {
                return Some(self.statuses(&label.name, after));
            }
        }
        for cut in 1..words.len() {
            let (before, after) = words.split_at(cut);
            if let Some(label) = label(after) {
                return Some(self.statuses(&label.name, before));
            }
        }
        None
    }

    fn statuses(&self, label: &str, words: &[&str]) -> Reading {
        let mut commands = Vec::new();
        let mut names = Vec::new();
        let named: Vec<Option<&&str>> =
            if words.is_empty() { vec![None] } else { words.iter().map(Some).collect() };
        for word in named {
            match self.unit(word) {
                Ok(unit) => {
                    names.push(unit.to_string());
                    let label = label.to_owned();
                    commands.push(Command::ReportStatus { unit, label, reported_at: None });
                }
                Err(Problem::Ask(choices)) => return Reading::ask(choices),
                Err(Problem::Missing(what)) => {
                    let error = format!("`{label}` needs {what}");
                    return Reading::not_understood(error, Vec::new());
                }
                Err(Problem::Unknown(error)) => return Reading::not_understood(error, Vec::new()),
            }
        }
        Reading::of(format!("{}: {label}", names.join(", ")), commands)
    }
}

fn agent_verb(verb: &Verb) -> Read {
    let (says, state) = match verb.name {
        "READY" => ("calls may be offered to you", AgentState::Ready),
        "BREAK" => ("you are away from your position", AgentState::Break),
        _ => ("you write up, and take no call", AgentState::WrapUp),
    };
    one(says.to_owned(), Command::SetAgentState { state })
}

fn reason(words: &[&str]) -> Signature {
    Signature::because(&words.join(" "))
}
