//! A person's departure from what policy answered, and what the override table says of it.

use crate::answer::{Answered, Emergency};
use crate::facts::{Asked, Facts, Standing};
use crate::permissions::role_word;
use crate::response::{OverrideAction, Permit};
use crate::texts::{NATURE, Texts};
use evenhand_core::{Departure, ResponseWord, Role};

/// What the override table demands of one command.
#[derive(Default)]
pub(crate) struct Demand {
    /// In what way the command departs from policy's answer.
    pub departs: Option<Departure>,
    /// What the table says of it; `None`: nothing, and what holds elsewhere holds.
    pub permit: Option<Permit>,
}

impl Demand {
    /// Whether the table forbids it to a role.
    pub fn forbids(&self, role: Option<Role>) -> bool {
        let words = self.permit.as_ref().map(|permit| &permit.roles);
        words.zip(role).is_some_and(|(words, role)| !words.contains(role_word(role)))
    }

    /// Whether a reason must be given.
    pub fn reason(&self) -> bool {
        self.permit.as_ref().is_some_and(|permit| permit.reason)
    }

    /// Whether a second person must sign.
    pub fn second_person(&self) -> bool {
        self.permit.as_ref().is_some_and(|permit| permit.second_person)
    }

    /// The name under which it stands in a ruling.
    pub fn rule(&self) -> String {
        let word = self.departs.map_or("none", |departs| action(departs).word());
        format!("override.{word}")
    }
}

/// What the table of the text that answered says of a command. `wanted` is what policy answers to
/// a classification.
pub(crate) fn demand(
    texts: &Texts,
    asked: &Asked<'_>,
    facts: &Facts,
    wanted: Option<&Answered>,
) -> Demand {
    let (Some(code), Some(standing)) = (&facts.incident_type, &facts.answered) else {
        return Demand::default();
    };
    let Some(departs) = departure(asked, facts, standing, wanted) else {
        return Demand::default();
    };
    // The code stands among the facts only while the text that answered knows it.
    let nature = standing.facts.get(NATURE).unwrap_or(code);
    let emergency = Emergency { nature, said: &standing.facts, now: &standing.facts };
    let permit = texts.of_type(code).and_then(|text| text.permit(action(departs), &emergency));
    Demand { departs: Some(departs), permit }
}

fn action(departs: Departure) -> OverrideAction {
    match departs {
        Departure::Raise => OverrideAction::Raise,
        Departure::Lower => OverrideAction::Lower,
        Departure::Decline => OverrideAction::Decline,
        Departure::Cancel => OverrideAction::Cancel,
        Departure::Retype => OverrideAction::Retype,
    }
}

/// Whether, and how, a command departs from what stands as policy's answer.
fn departure(
    asked: &Asked<'_>,
    facts: &Facts,
    standing: &Standing,
    wanted: Option<&Answered>,
) -> Option<Departure> {
    match asked.command {
        "DeclineIncident" => {
            let sends = standing.response <= ResponseWord::Hold;
            sends.then_some(Departure::Decline)
        }
        "CancelIncident" => Some(Departure::Cancel),
        "HoldIncident" => standing.response.sends().then_some(Departure::Lower),
        "DispatchUnits" | "DivertUnit" => (!standing.response.sends()).then_some(Departure::Raise),
        "ChangePriority" => urgency(facts.priority?, asked.priority_wanted?, standing.priority),
        "ClassifyIncident" if asked.type_wanted != facts.incident_type.as_deref() => {
            Some(Departure::Retype)
        }
        // Other facts of the same type that get less are a way to give less.
        "ClassifyIncident" => {
            let now = facts.priority.unwrap_or(standing.priority);
            let less = |of: &Answered| of.priority > now || of.response > standing.response;
            wanted.filter(|of| less(of)).map(|_| Departure::Lower)
        }
        _ => None,
    }
}

/// Towards policy's own answer is no departure.
fn urgency(now: u8, wanted: u8, policy: u8) -> Option<Departure> {
    if wanted > now && wanted > policy {
        return Some(Departure::Lower);
    }
    (wanted < now && wanted < policy).then_some(Departure::Raise)
}
