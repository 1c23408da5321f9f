//! Which role may order what.

use crate::problem::{Problems, accepted};
use crate::read::{Book, Given, Section};
use evenhand_core::Role;
use std::collections::{BTreeMap, BTreeSet};

/// Groups of commands that the table may name as `group.*`. The commands that core keeps for the
/// centre itself and its telephone side (`StartCenter`, `PassTime`, `LoseLine` ...) are in none.
const GROUPS: [(&str, &[&str]); 9] = [
    ("shift", &["StartShift", "EndShift", "SetAgentState"]),
    ("alert", &["AcknowledgeAlert"]),
    ("line", &["PresentCall", "AbandonCall"]),
    (
        "call",
        &[
            "AnswerCall",
            "RecordWords",
            "LocateCall",
            "RebidLocation",
            "HoldCall",
            "ResumeCall",
            "TransferCall",
            "EndCall",
            "AttachCall",
            "RecordCallerFacts",
            "DetachCall",
            "RecordTransfer",
            "DeclineCall",
        ],
    ),
    (
        "callback",
        &["StartCallback", "ReachCaller", "MissCaller", "GiveUpCallback", "HandOverCallback"],
    ),
    (
        "incident",
        &[
            "CreateIncident",
            "ClassifyIncident",
            "RelocateIncident",
            "AddNarrative",
            "ChangePriority",
            "HoldIncident",
            "ReleaseHold",
            "RaiseAlarmLevel",
            "CancelIncident",
            "DeclineIncident",
            "CloseIncident",
            "ReopenIncident",
            "MergeIncidents",
            "UnmergeIncident",
        ],
    ),
    ("dispatch", &["DispatchUnits", "DivertUnit", "CancelAssignment"]),
    ("unit", &["ReportStatus", "UndoStatus", "ReportPosition"]),
    ("policy", &["AdoptPolicy"]),
];

const ROLES: [(&str, Role); 4] = [
    ("auditor", Role::Auditor),
    ("call_taker", Role::CallTaker),
    ("dispatcher", Role::Dispatcher),
    ("supervisor", Role::Supervisor),
];

/// The role's word in a policy file.
pub(crate) fn role_word(role: Role) -> &'static str {
    ROLES.iter().find(|(_, of)| *of == role).map_or("nobody", |(word, _)| word)
}

/// The role of a word in a policy file.
fn role_of(word: &str) -> Option<Role> {
    ROLES.iter().find(|(known, _)| *known == word).map(|(_, role)| *role)
}

/// A list of roles that may be left out.
pub(crate) fn read_roles(
    section: &Section<'_>,
    key: &str,
    problems: &mut Problems,
) -> Option<BTreeSet<Role>> {
    if !section.has(key) {
        return None;
    }
    let mut roles = BTreeSet::new();
    for word in section.texts(key, problems)? {
        match role_of(word.value) {
            Some(role) => {
                roles.insert(role);
            }
            None => {
                let fault = format!("`{}` is no role", word.value);
                problems.add(&word.place, fault, accepted(ROLES.map(|(word, _)| word)));
            }
        }
    }
    if section.is_empty_list(key) {
        let fault = format!("`{key}` is empty");
        problems.add(&section.place_of(key), fault, "name at least one role, or leave it out");
    }
    Some(roles)
}

/// The commands that a policy may speak of.
pub(crate) fn commands() -> impl Iterator<Item = &'static str> {
    GROUPS.iter().flat_map(|(_, commands)| commands.iter().copied())
}

/// The commands meant by `*`, `group.*` or a command's name; nothing if there is no such.
pub(crate) fn commands_named(word: &str) -> Vec<&'static str> {
    if word == "*" {
        return commands().collect();
    }
    if let Some(group) = word.strip_suffix(".*") {
        let group = GROUPS.iter().find(|(name, _)| *name == group);
        return group.map(|(_, commands)| commands.to_vec()).unwrap_or_default();
    }
    commands().filter(|command| *command == word).collect()
}

/// As [`commands_named`] for a list; a word that names nothing is a problem.
pub(crate) fn read_commands(
    words: &[Given<&str>],
    problems: &mut Problems,
) -> BTreeSet<&'static str> {
    let mut named = BTreeSet::new();
    for word in words {
        let meant = commands_named(word.value);
        if meant.is_empty() {
            let fault = format!("`{}` names no command", word.value);
            let groups = GROUPS.iter().map(|(group, _)| format!("{group}.*"));
            let names = ["*".to_owned()].into_iter().chain(groups);
            let names = names.chain(commands().map(str::to_owned));
            problems.add(&word.place, fault, accepted(names));
        }
        named.extend(meant);
    }
    named
}

/// The table of roles and commands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Permissions(BTreeMap<Role, BTreeSet<&'static str>>);

impl Permissions {
    /// Reads `[permissions]`; every role has a line, so that none is forgotten.
    pub fn read(book: &Book<'_>, problems: &mut Problems) -> Self {
        let mut table = BTreeMap::new();
        let Some(section) = book.one("permissions", problems) else { return Self(table) };
        section.only(&ROLES.map(|(word, _)| word), problems);
        for (word, role) in ROLES {
            if let Some(words) = section.texts(word, problems) {
                table.insert(role, read_commands(&words, problems));
            }
        }
        Self(table)
    }

    /// Whether the role may order the command.
    pub fn permit(&self, role: Role, command: &str) -> bool {
        self.0.get(&role).is_some_and(|commands| commands.contains(command))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use evenhand_core::Command;
    use serde::Deserialize;
    use serde::de::value::{Error, MapDeserializer};

    /// Serde says every command's name when it is given one that is not there.
    fn commands_of_core() -> BTreeSet<String> {
        let nonsense = MapDeserializer::<_, Error>::new([("type", "none of them")].into_iter());
        let error = Command::<u8>::deserialize(nonsense).unwrap_err().to_string();
        error.split('`').skip(1).step_by(2).skip(1).map(str::to_owned).collect()
    }

    #[test]
    fn every_command_is_in_a_group_or_the_centres_own() {
        let centres_own = [
            "StartCenter",
            "ResumeJournal",
            "FoundPolicy",
            "CommissionUnit",
            "PassTime",
            "LoseLine",
            "AnswerFailed",
            "ReportLocationFailed",
            "OfferTransfer",
            "ReportTransfer",
        ];
        let mut listed: BTreeSet<String> = commands().map(str::to_owned).collect();
        assert_eq!(listed.len(), commands().count(), "no command is in two groups");
        listed.extend(centres_own.map(str::to_owned));
        assert_eq!(listed, commands_of_core());
    }

    #[test]
    fn every_role_has_its_word() {
        let error = Role::deserialize(serde::de::value::StrDeserializer::<Error>::new("none"))
            .unwrap_err()
            .to_string();
        let of_core: BTreeSet<&str> = error.split('`').skip(1).step_by(2).skip(1).collect();
        assert_eq!(of_core, ROLES.iter().map(|(word, _)| *word).collect());
    }
}
