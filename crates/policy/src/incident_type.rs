//! What may happen, and what each gets.

use crate::problem::{Place, Problems, accepted};
use crate::read::{Book, Given, Section};
use crate::urgency::{Urgency, WAIT_S_MAX};
use evenhand_core::limits::PRIORITY_MAX;
use std::collections::BTreeMap;

/// The word that stands for an incident nobody has classified; no type may be called so.
pub(crate) const UNCLASSIFIED: &str = "unclassified";

/// One kind of incident.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IncidentType {
    /// Its code, `fire.structure`: lower case letters, digits, `_`, in parts joined by `.`.
    pub code: String,
    /// What people read.
    pub title: String,
    /// Agencies that respond; the first leads.
    pub agencies: Vec<String>,
    /// Whether it takes two people to answer it with less.
    pub protected: bool,
    /// Urgency to begin with, 1 highest to 9 lowest.
    pub priority: u8,
    /// Name of its run card.
    pub run_card: String,
    /// Longest time pending before a person is told, in milliseconds.
    pub pending_ms_max: u64,
    /// Longest hold that may be ordered, in milliseconds; 0: may not be held.
    pub hold_ms_max: u64,
}

/// The types, and what only other sections can judge: the run cards they name, and where the first
/// protected one says so.
pub(crate) struct TypesRead {
    pub types: BTreeMap<String, IncidentType>,
    pub cards_named: Vec<Given<String>>,
    pub first_protected: Option<Place>,
}

const KEYS: [&str; 8] = [
    "code",
    "title",
    "agencies",
    "protected",
    "priority",
    "run_card",
    "pending_s_max",
    "hold_s_max",
];

/// Reads every `[[incident_type]]`.
pub(crate) fn read(
    book: &Book<'_>,
    agencies: &BTreeMap<String, String>,
    urgencies: &BTreeMap<u8, Urgency>,
    problems: &mut Problems,
) -> TypesRead {
    let mut read =
        TypesRead { types: BTreeMap::new(), cards_named: Vec::new(), first_protected: None };
    let mut places: BTreeMap<String, Place> = BTreeMap::new();
    for section in book.some("incident_type", problems) {
        section.only(&KEYS, problems);
        let code = read_code(&section, &places, problems);
        places.extend(code.as_ref().map(|code| (code.value.to_owned(), code.place.clone())));
        let title = section.text("title", problems);
        let lead = read_agencies(&section, agencies, problems);
        let urgency = read_urgency(&section, urgencies, problems);
        let run_card = section.text("run_card", problems);
        let named = |card: &Given<&str>| card.clone().map(str::to_owned);
        read.cards_named.extend(run_card.as_ref().map(named));
        let protected = section.flag("protected", problems);
        if protected && read.first_protected.is_none() {
            read.first_protected = Some(section.place_of("protected"));
        }
        let pending_ms_max = own_wait(&section, "pending_s_max", 1, problems);
        let hold_ms_max = own_wait(&section, "hold_s_max", 0, problems);
        let (Some(code), Some(title), Some(agencies), Some(urgency), Some(run_card)) =
            (code, title, lead, urgency, run_card)
        else {
            continue;
        };
        let incident_type = IncidentType {
            code: code.value.to_owned(),
            title: title.value.to_owned(),
            agencies,
            protected,
            priority: urgency.priority,
            run_card: run_card.value.to_owned(),
            pending_ms_max: pending_ms_max.unwrap_or(urgency.pending_ms_max),
            hold_ms_max: hold_ms_max.unwrap_or(urgency.hold_ms_max),
        };
        read.types.insert(incident_type.code.clone(), incident_type);
    }
    read
}

fn read_code<'a>(
    section: &Section<'a>,
    places: &BTreeMap<String, Place>,
    problems: &mut Problems,
) -> Option<Given<&'a str>> {
    let code = section.text("code", problems)?;
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let part = |part: &str| !part.is_empty() && part.chars().all(fits);
    if !code.value.split('.').all(part) || code.value == UNCLASSIFIED {
        let fault = format!("`{}` is no code of a type", code.value);
        let mend = "write lower case letters, digits and `_` in parts joined by `.`, for example \
                    `fire.structure`";
        problems.add(&code.place, fault, mend);
        return None;
    }
    if let Some(first) = places.get(code.value) {
        let fault = format!("incident type `{}` stands at {first} already", code.value);
        problems.add(&code.place, fault, "remove one of the two, or give it another code");
        return None;
    }
    Some(code)
}

fn read_agencies(
    section: &Section<'_>,
    known: &BTreeMap<String, String>,
    problems: &mut Problems,
) -> Option<Vec<String>> {
    let given = section.texts("agencies", problems)?;
    if section.is_empty_list("agencies") {
        let place = section.place_of("agencies");
        problems.add(&place, "no agency responds", accepted(known.keys()));
    }
    let mut agencies: Vec<String> = Vec::new();
    for agency in given {
        if !known.is_empty() && !known.contains_key(agency.value) {
            let fault = format!("agency `{}` is not known", agency.value);
            problems.add(&agency.place, fault, accepted(known.keys()));
        }
        if agencies.iter().any(|before| before == agency.value) {
            let fault = format!("agency `{}` stands here twice", agency.value);
            problems.add(&agency.place, fault, "name it once");
        }
        agencies.push(agency.value.to_owned());
    }
    Some(agencies)
}

fn read_urgency<'u>(
    section: &Section<'_>,
    urgencies: &'u BTreeMap<u8, Urgency>,
    problems: &mut Problems,
) -> Option<&'u Urgency> {
    let priority = section.number("priority", 1..=u32::from(PRIORITY_MAX), problems)?;
    let known = u8::try_from(priority.value).ok().and_then(|number| urgencies.get(&number));
    if known.is_none() && !urgencies.is_empty() {
        let fault = format!("priority `{}` has no `[[priority]]`", priority.value);
        problems.add(&priority.place, fault, accepted(urgencies.keys().map(u8::to_string)));
    }
    known
}

fn own_wait(section: &Section<'_>, key: &str, from_s: u32, problems: &mut Problems) -> Option<u64> {
    if !section.has(key) {
        return None;
    }
    let seconds = section.number(key, from_s..=WAIT_S_MAX, problems)?;
    Some(u64::from(seconds.value) * 1000)
}
