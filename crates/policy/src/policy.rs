//! The whole policy of one centre, and its word on a command.

use crate::facts::{Asked, Facts};
use crate::incident_type::{self, IncidentType, TypesRead};
use crate::label::{Labels, StatusLabel};
use crate::permissions::{Permissions, role_word};
use crate::problem::{Problem, Problems, accepted};
use crate::read::{Book, Section};
use crate::run_card::{self, Known, RunCard, RunCardLevel};
use crate::second_person::{self, SecondPerson};
use crate::timers::TimerTable;
use crate::urgency::{self, Urgency};
use evenhand_core::{Answer, Command, PolicyRef, Role, Ruling, Zone};
use std::collections::{BTreeMap, BTreeSet};

/// What one agency, or several that share a centre, chose. Never changed once loaded.
#[derive(Clone, Debug)]
pub struct Policy {
    reference: PolicyRef,
    agencies: BTreeMap<String, String>,
    capabilities: BTreeMap<String, String>,
    urgencies: BTreeMap<u8, Urgency>,
    // INVARIANT: every type's run card is in `cards`, and its priority in `urgencies`.
    types: BTreeMap<String, IncidentType>,
    cards: BTreeMap<String, RunCard>,
    labels: Labels,
    permissions: Permissions,
    second_person: Vec<SecondPerson>,
    timers: TimerTable,
}

/// A name in the policy and what it means to people.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Title<'a> {
    /// The name.
    pub name: &'a str,
    /// The meaning.
    pub title: &'a str,
}

impl Policy {
    /// Reads a policy from one or more texts, each with its file's name. Sections may be spread
    /// over the texts in any way. Either everything is right, or all that is wrong comes back, in
    /// the order of the texts.
    pub fn load(files: &[(&str, &str)]) -> Result<Self, Vec<Problem>> {
        let mut problems = Problems::default();
        let read = read(files, &mut problems);
        match read {
            Some(policy) if problems.is_empty() => Ok(policy),
            _ => Err(problems.sorted()),
        }
    }

    /// Its name and version, as they stand in every ruling.
    pub fn reference(&self) -> PolicyRef {
        self.reference.clone()
    }

    /// The word of this policy on one command.
    ///
    /// Total: every role, command and fact gets a ruling, with nothing looked up outside. `role` is
    /// that of the person's running shift; `None` (the line, a crew, the clock, the centre, or a
    /// person without a shift) is permitted everything here, because core already says what each of
    /// those may do at all. `StartShift` without a role is judged by the role it asks for.
    ///
    /// `rule` names what decided: `permissions.dispatcher` if the table does not permit it, else
    /// `second_person.<name>` if two people are demanded, else `incident_type.<code>` or
    /// `label.<name>` if the ruling carries an answer, else the line of the table that permits it.
    pub fn rule<P>(&self, role: Option<Role>, command: &Command<P>, facts: &Facts) -> Ruling {
        let asked = Asked::of(role, command);
        let type_now = facts.incident_type.as_deref().and_then(|code| self.types.get(code));
        let type_wanted = asked.type_wanted.and_then(|code| self.types.get(code));
        let label = asked.label.and_then(|word| self.labels.find(word));
        let permitted = asked.role.is_none_or(|role| self.permissions.permit(role, asked.command));
        let demand =
            self.second_person.iter().find(|one| one.applies(&asked, facts, type_now, type_wanted));
        let rule = match (demand, type_wanted, label) {
            _ if !permitted => permission_rule(asked.role),
            (Some(demand), _, _) => format!("second_person.{}", demand.name),
            (None, Some(wanted), _) => format!("incident_type.{}", wanted.code),
            (None, None, Some(label)) => format!("label.{}", label.name),
            (None, None, None) => permission_rule(asked.role),
        };
        let lead = type_wanted.or(type_now).and_then(|kind| kind.agencies.first());
        Ruling {
            policy: self.reference.clone(),
            rule,
            permitted,
            second_person: demand.is_some(),
            answer: type_wanted.map(answer),
            status: label.map(|label| label.status),
            timers: self.timers.of(lead.map(String::as_str)),
        }
    }

    /// All incident types, by code.
    pub fn incident_types(&self) -> impl Iterator<Item = &IncidentType> {
        self.types.values()
    }

    /// One incident type.
    pub fn incident_type(&self, code: &str) -> Option<&IncidentType> {
        self.types.get(code)
    }

    /// What a run card wants for an incident of this priority in these zones, up to and including
    /// `alarm_level` (see [`RunCardLevel`]). `None` if there is no such card.
    pub fn run_card(
        &self,
        name: &str,
        priority: u8,
        alarm_level: u8,
        zones: &[Zone],
    ) -> Option<RunCardLevel> {
        self.cards.get(name).map(|card| card.at(name, priority, alarm_level, zones))
    }

    /// Zones that run cards speak of. Whoever has the map checks that it has them: a name that the
    /// map does not know makes an override that never applies.
    pub fn zones(&self) -> impl Iterator<Item = &Zone> {
        self.cards.values().flat_map(RunCard::zones)
    }

    /// All status labels, in the order of the texts.
    pub fn labels(&self) -> impl Iterator<Item = &StatusLabel> {
        self.labels.all.iter()
    }

    /// The label meant by a word or one of its aliases, in whatever case.
    pub fn label(&self, word: &str) -> Option<&StatusLabel> {
        self.labels.find(word)
    }

    /// Priorities, most urgent first.
    pub fn urgencies(&self) -> impl Iterator<Item = &Urgency> {
        self.urgencies.values()
    }

    /// Agencies, by name.
    pub fn agencies(&self) -> impl Iterator<Item = Title<'_>> {
        titles(&self.agencies)
    }

    /// Capabilities that a unit may have, by name.
    pub fn capabilities(&self) -> impl Iterator<Item = Title<'_>> {
        titles(&self.capabilities)
    }

    /// Whether the table permits a command to a role, by the command's name. For showing or hiding
    /// what a person may do; what counts is [`Policy::rule`].
    pub fn permits(&self, role: Role, command: &str) -> bool {
        self.permissions.permit(role, command)
    }
}

fn permission_rule(role: Option<Role>) -> String {
    format!("permissions.{}", role.map_or("no_role", role_word))
}

fn answer(wanted: &IncidentType) -> Answer {
    Answer {
        incident_type: wanted.code.clone(),
        priority: wanted.priority,
        run_card: wanted.run_card.clone(),
        pending_ms_max: wanted.pending_ms_max,
        hold_ms_max: wanted.hold_ms_max,
    }
}

fn titles(of: &BTreeMap<String, String>) -> impl Iterator<Item = Title<'_>> {
    of.iter().map(|(name, title)| Title { name, title })
}

/// Reads every section even if an earlier one is at fault, so that all faults are told at once.
fn read(files: &[(&str, &str)], problems: &mut Problems) -> Option<Policy> {
    let book = Book::open(files, problems)?;
    book.check_sections(problems);
    let reference = read_reference(&book, problems);
    let agencies = read_titles(book.one("agencies", problems), problems);
    let capabilities = read_titles(book.one("capabilities", problems), problems);
    let zone_layers = read_titles(book.optional("zone_layers", problems), problems);
    let urgencies = urgency::read(&book, problems);
    let types = incident_type::read(&book, &agencies, &urgencies, problems);
    let known = Known { capabilities: &capabilities, zone_layers: &zone_layers };
    let cards = run_card::read(&book, &known, problems);
    check_cards(&types, &cards.named, problems);
    let second_person = second_person::read(&book, &types.types, problems);
    check_protection(&types, &second_person, problems);
    let labels = Labels::read(&book, problems);
    let permissions = Permissions::read(&book, problems);
    let timers = TimerTable::read(&book, &agencies, problems);
    Some(Policy {
        reference: reference?,
        agencies,
        capabilities,
        urgencies,
        types: types.types,
        cards: cards.cards,
        labels,
        permissions,
        second_person,
        timers: timers?,
    })
}

fn read_reference(book: &Book<'_>, problems: &mut Problems) -> Option<PolicyRef> {
    let section = book.one("policy", problems)?;
    section.only(&["id", "version"], problems);
    let id = section.text("id", problems);
    let version = section.number("version", 1..=u32::MAX, problems);
    Some(PolicyRef { id: id?.value.to_owned(), version: version?.value })
}

/// A section of `name = "meaning"`.
fn read_titles(section: Option<Section<'_>>, problems: &mut Problems) -> BTreeMap<String, String> {
    let Some(section) = section else { return BTreeMap::new() };
    let mut titles = BTreeMap::new();
    for key in section.keys() {
        let title = section.text(key.value, problems).map_or("", |title| title.value);
        titles.insert(key.value.to_owned(), title.to_owned());
    }
    if titles.is_empty() {
        let fault = format!("`{}` is empty", section.name);
        problems.add(&section.place, fault, "write at least one line `name = \"meaning\"`");
    }
    titles
}

fn check_cards(types: &TypesRead, named: &BTreeSet<String>, problems: &mut Problems) {
    for card in &types.cards_named {
        if !named.is_empty() && !named.contains(&card.value) {
            let fault = format!("run card `{}` is not there", card.value);
            problems.add(&card.place, fault, accepted(named));
        }
    }
}

/// A mark that nothing heeds would be relied on in vain.
fn check_protection(types: &TypesRead, demands: &[SecondPerson], problems: &mut Problems) {
    let Some(place) = &types.first_protected else { return };
    if !demands.iter().any(SecondPerson::is_for_protected) {
        let fault = "`protected` has no effect, as no `[[second_person]]` asks for it";
        problems.add(place, fault, "write a `[[second_person]]` with `protected = true`");
    }
}
