//! Where one person's word is not enough.

use crate::facts::{Asked, Facts};
use crate::incident_type::{IncidentType, UNCLASSIFIED};
use crate::permissions::read_commands;
use crate::problem::{Place, Problems};
use crate::read::{Book, Given, Section};
use evenhand_core::limits::PRIORITY_MAX;
use std::collections::{BTreeMap, BTreeSet};

/// One demand for a second person. All its conditions must hold.
#[derive(Clone, Debug)]
pub(crate) struct SecondPerson {
    /// Its name in the record.
    pub name: String,
    commands: BTreeSet<&'static str>,
    /// Only for types that are marked as protected.
    protected: bool,
    /// Only for these types; empty: any.
    types: Vec<String>,
    /// Only at these priorities; empty: any.
    priorities: BTreeSet<u8>,
    /// Only if the command makes the incident less urgent.
    lowers_priority: bool,
}

const KEYS: [&str; 6] = ["name", "commands", "protected", "types", "priorities", "lowers_priority"];

/// Commands that can make an incident less urgent.
const LOWERING: [&str; 2] = ["ChangePriority", "ClassifyIncident"];

/// Reads every `[[second_person]]`; there may be none.
pub(crate) fn read(
    book: &Book<'_>,
    types: &BTreeMap<String, IncidentType>,
    problems: &mut Problems,
) -> Vec<SecondPerson> {
    let mut places: BTreeMap<String, Place> = BTreeMap::new();
    let mut demands = Vec::new();
    for section in book.all("second_person", problems) {
        section.only(&KEYS, problems);
        let name = section.text("name", problems);
        if let Some(name) = &name {
            if let Some(first) = places.get(name.value) {
                let fault = format!("rule `{}` stands at {first} already", name.value);
                problems.add(&name.place, fault, "give one of the two another name");
            }
            places.insert(name.value.to_owned(), name.place.clone());
        }
        let Some(commands) = section.texts("commands", problems) else { continue };
        if section.is_empty_list("commands") {
            let place = section.place_of("commands");
            problems.add(&place, "`commands` is empty", "name at least one command");
        }
        let lowers_priority = section.flag("lowers_priority", problems);
        let commands_read = read_commands(&commands, problems);
        if lowers_priority {
            check_lowering(&commands, problems);
        }
        demands.push(SecondPerson {
            name: name.map(|name| name.value.to_owned()).unwrap_or_default(),
            commands: commands_read,
            protected: section.flag("protected", problems),
            types: read_types(&section, types, problems),
            priorities: read_priorities(&section, problems),
            lowers_priority,
        });
    }
    demands
}

/// A rule that can never apply is a rule somebody relies on in vain.
fn check_lowering(commands: &[Given<&str>], problems: &mut Problems) {
    for command in commands {
        if !LOWERING.contains(&command.value) {
            let fault = format!("`{}` lowers no priority", command.value);
            let mend = "with `lowers_priority`, accepted are `ChangePriority`, `ClassifyIncident`";
            problems.add(&command.place, fault, mend);
        }
    }
}

fn read_types(
    section: &Section<'_>,
    known: &BTreeMap<String, IncidentType>,
    problems: &mut Problems,
) -> Vec<String> {
    if !section.has("types") {
        return Vec::new();
    }
    let Some(given) = section.texts("types", problems) else { return Vec::new() };
    if section.is_empty_list("types") {
        let place = section.place_of("types");
        problems.add(&place, "`types` is empty", "name a type, or leave `types` out for all");
    }
    for pattern in &given {
        let is_known = pattern.value == UNCLASSIFIED
            || known.keys().any(|code| type_matches(pattern.value, code));
        if !is_known {
            let fault = format!("`{}` names no incident type", pattern.value);
            let mend = "write the code of one, a beginning such as `medical.*`, or `unclassified`";
            problems.add(&pattern.place, fault, mend);
        }
    }
    given.iter().map(|pattern| pattern.value.to_owned()).collect()
}

fn read_priorities(section: &Section<'_>, problems: &mut Problems) -> BTreeSet<u8> {
    if !section.has("priorities") {
        return BTreeSet::new();
    }
    let range = 1..=u32::from(PRIORITY_MAX);
    let Some(given) = section.numbers("priorities", range, problems) else {
        return BTreeSet::new();
    };
    if section.is_empty_list("priorities") {
        let mend = "name a priority, or leave `priorities` out for all";
        problems.add(&section.place_of("priorities"), "`priorities` names none", mend);
    }
    given.iter().filter_map(|priority| u8::try_from(priority.value).ok()).collect()
}

/// `medical.*` matches `medical.stroke`; anything else matches itself.
fn type_matches(pattern: &str, code: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => code.starts_with(beginning),
        None => pattern == code,
    }
}

/// A type that stands on the incident and no longer in the policy may have been protected, and is
/// treated so.
fn is_protected(facts: &Facts, type_now: Option<&IncidentType>) -> bool {
    type_now.map_or(facts.incident_type.is_some(), |now| now.protected)
}

impl SecondPerson {
    /// Whether it is about protected types.
    pub fn is_for_protected(&self) -> bool {
        self.protected
    }

    /// Whether this demands a second person for the command. `type_now` is the incident's type and
    /// `type_wanted` the one to be given, where there are such.
    pub fn applies(
        &self,
        asked: &Asked<'_>,
        facts: &Facts,
        type_now: Option<&IncidentType>,
        type_wanted: Option<&IncidentType>,
    ) -> bool {
        if !self.commands.contains(asked.command) {
            return false;
        }
        if self.protected && !is_protected(facts, type_now) {
            return false;
        }
        let code = facts.incident_type.as_deref().unwrap_or(UNCLASSIFIED);
        if !self.types.is_empty() && !self.types.iter().any(|one| type_matches(one, code)) {
            return false;
        }
        let at = |priority| self.priorities.contains(&priority);
        if !self.priorities.is_empty() && !facts.priority.is_some_and(at) {
            return false;
        }
        let wanted = asked.priority_wanted.or(type_wanted.map(|wanted| wanted.priority));
        let lowers = matches!((facts.priority, wanted), (Some(now), Some(then)) if then > now);
        lowers || !self.lowers_priority
    }
}
