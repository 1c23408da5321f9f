//! The whole policy of one centre, and its word on a command.

use crate::answer::{Answered, Emergency};
use crate::departure::{self, Demand};
use crate::even::Budget;
use crate::facts::{Asked, CallerFacts, Facts};
use crate::hash::hash;
use crate::incident_type::{self, IncidentType, TypesRead};
use crate::label::{Labels, StatusLabel};
use crate::permissions::{Permissions, read_roles, role_word};
use crate::problem::{Place, Problem, Problems, accepted};
use crate::queue::{Arrivals, Queue};
use crate::read::{Book, Section};
use crate::response::{Attribute, Response};
use crate::run_card::{self, Known, RunCard, RunCardLevel};
use crate::second_person::{self, SecondPerson};
use crate::texts::{Joined, NATURE, SUFFIX, Text, Texts, base_name};
use crate::timers::TimerTable;
use crate::urgency::{self, Urgency};
use evenhand_core::{
    Answer, Command, FactUnknown, PolicyRef, PolicyText, Receipt, ResponseWord, Role, RuleUsed,
    Ruling, Verdict, Zone, all_but_auditor,
};
use std::collections::{BTreeMap, BTreeSet};

/// What one agency, or several that share a centre, chose. Never changed once loaded.
#[derive(Clone, Debug)]
pub struct Policy {
    reference: PolicyRef,
    files: Vec<PolicyText>,
    adopted_by: Vec<String>,
    second_roles: BTreeSet<Role>,
    /// What answers, beside the table of types.
    texts: Texts,
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
    arrivals: Arrivals,
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
    /// Reads a policy from one or more texts, each with its file's name. A name that ends in
    /// `.policy` is a response policy; the sections of the others may be spread over them in any
    /// way. Either everything is right, or all that is wrong comes back, in the order of the texts.
    ///
    /// # Errors
    /// Everything that is wrong, each with its place and what would be accepted.
    pub fn load(files: &[(&str, &str)]) -> Result<Self, Vec<Problem>> {
        let mut problems = Problems::default();
        let (texts, tables): (Vec<_>, Vec<_>) =
            files.iter().copied().partition(|(name, _)| name.ends_with(SUFFIX));
        let read = read(files, &texts, &tables, &mut problems)?;
        match read {
            Some(policy) if problems.is_empty() => Ok(policy),
            _ => Err(problems.sorted()),
        }
    }

    /// Its name, version and hash, as they stand in every ruling.
    pub fn reference(&self) -> PolicyRef {
        self.reference.clone()
    }

    /// Its texts, by name without folder.
    pub fn files(&self) -> &[PolicyText] {
        &self.files
    }

    /// Whom its own configuration names as those who adopted it; empty: nobody.
    pub fn adopted_by(&self) -> &[String] {
        &self.adopted_by
    }

    /// Its response policies, each as it was read.
    pub fn responses(&self) -> impl Iterator<Item = &Response> {
        self.texts.all.iter().map(|text| &text.response)
    }

    /// Its response policies, each with its file's name without ending, the types that it answers
    /// for, and what was proved of it; `None`: it was not checked.
    pub fn response_texts(
        &self,
    ) -> impl Iterator<Item = (&str, &Response, Vec<&str>, Option<Verdict>)> {
        self.texts.all.iter().enumerate().map(|(place, text)| {
            let of = self.texts.by_type.iter().filter(move |(_, at)| **at == place);
            let codes = of.map(|(code, _)| code.as_str()).collect();
            (text.name.as_str(), &text.response, codes, text.verdict)
        })
    }

    /// What the policy that answers for a type may ask for; nothing if the table of types answers.
    pub fn attributes(&self, code: &str) -> &[Attribute] {
        self.texts.of_type(code).map_or(&[], |text| &text.response.attributes)
    }

    /// Checks each response policy and notes what was proved of it.
    pub(crate) fn check_texts(
        &mut self,
        budget: &Budget,
        mut prove: impl FnMut(&Response) -> Verdict,
    ) {
        for text in &mut self.texts.all {
            let verdict = prove(&text.response);
            text.checked(verdict, budget);
        }
    }

    fn verdict_of(&self, code: &str) -> Option<Verdict> {
        self.texts.of_type(code)?.verdict
    }

    /// Whether who calls may change the answer for this type: only a policy that was found uneven,
    /// or has signed exceptions, and was adopted nonetheless. Such a type is ruled by
    /// [`Policy::rule_seeing_caller`].
    pub fn sees_caller(&self, code: &str) -> bool {
        self.verdict_of(code).is_some_and(|verdict| verdict != Verdict::Even)
    }

    /// The word of this policy on one command.
    ///
    /// Total: every role, command and fact gets a ruling, with nothing looked up outside. `role` is
    /// that of the person's running shift; `None` (the line, a crew, the clock, the centre, or a
    /// person without a shift) is permitted everything here, because core already says what each of
    /// those may do at all. `StartShift` without a role is judged by the role it asks for.
    ///
    /// `rule` names what decided: `permissions.dispatcher` if the table does not permit it, else
    /// `override.<action>` if the override table forbids it or demands two people, else
    /// `second_person.<name>` if two people are demanded, else `<policy>.<rule>` or
    /// `incident_type.<code>` or `label.<name>` if the ruling carries an answer, else
    /// `override.<action>` for a departure, else the line of the table that permits it.
    pub fn rule<P>(&self, role: Option<Role>, command: &Command<P>, facts: &Facts) -> Ruling {
        let asked = Asked::of(role, command);
        let answered = self.answered(&asked, facts, |text, emergency| text.even(emergency));
        self.ruling(&asked, facts, answered)
    }

    /// The same under a policy of which [`Policy::sees_caller`] holds.
    pub fn rule_seeing_caller<P>(
        &self,
        role: Option<Role>,
        command: &Command<P>,
        facts: &Facts,
        caller: &CallerFacts,
    ) -> Ruling {
        let asked = Asked::of(role, command);
        let answered =
            self.answered(&asked, facts, |text, emergency| text.uneven(emergency, caller));
        self.ruling(&asked, facts, answered)
    }

    /// Adds to the ruling on facts about a caller: whether they are known to the policy that
    /// answers for the call's incident, and what is added for this caller. Without an incident type
    /// yet, any policy may know them.
    ///
    /// `given` are the facts given now, `all` these and the ones before; each `name=value`.
    pub fn rule_on_caller(
        &self,
        ruling: &mut Ruling,
        facts: &Facts,
        given: &[String],
        all: &[String],
    ) {
        let sees = |text: &&Text| {
            text.verdict.is_some_and(|verdict| verdict != Verdict::Even) && text.looks_at_callers()
        };
        let of_type = facts.incident_type.as_deref().and_then(|code| self.texts.of_type(code));
        ruling.caller_decides = match of_type {
            Some(text) => sees(&text),
            None => self.texts.all.iter().any(|text| sees(&text)),
        };
        let asked = self.texts.all.iter();
        let asked = asked.filter(|text| of_type.is_none_or(|of| std::ptr::eq(of, *text)));
        let wrong: Vec<_> = asked.map(|text| text.unknown_caller_fact(given)).collect();
        ruling.fact_unknown = match wrong.first() {
            _ if wrong.iter().any(Option::is_none) => None,
            Some(first) => first.clone(),
            None => Some(FactUnknown {
                number: 1,
                given: String::new(),
                accepted: "no policy in force asks about callers".to_owned(),
            }),
        };
        if let (Some(text), Some(code), Some(standing)) =
            (of_type, facts.incident_type.as_deref(), &facts.answered)
        {
            let emergency = Emergency { nature: code, said: &standing.facts, now: &standing.facts };
            ruling.accommodations = text.accommodations(&emergency, &CallerFacts::of(all));
        }
    }

    /// What the policy answers to a classification: by the text that stands for the type.
    fn answered(
        &self,
        asked: &Asked<'_>,
        facts: &Facts,
        ask: impl Fn(&Text, &Emergency<'_>) -> Option<Answered>,
    ) -> Option<Answered> {
        let code = asked.type_wanted?;
        // What was not checked answers nothing.
        self.verdict_of(code)?;
        let nothing = BTreeMap::new();
        let said = asked.said.unwrap_or(&nothing);
        let emergency = Emergency { nature: code, said, now: &facts.now };
        ask(self.texts.of_type(code)?, &emergency)
    }

    fn ruling(&self, asked: &Asked<'_>, facts: &Facts, answered: Option<Answered>) -> Ruling {
        let type_now = facts.incident_type.as_deref().and_then(|code| self.types.get(code));
        let type_wanted = asked.type_wanted.and_then(|code| self.types.get(code));
        let label = asked.label.and_then(|word| self.labels.find(word));
        let overridden = departure::demand(&self.texts, asked, facts, answered.as_ref());
        let listed = asked.role.is_none_or(|role| self.permissions.permit(role, asked.command));
        let demand =
            self.second_person.iter().find(|one| one.applies(asked, facts, type_now, type_wanted));
        let forbidden = overridden.forbids(asked.role);
        let rule = match (demand, type_wanted, label) {
            _ if !listed => permission_rule(asked.role),
            _ if forbidden || overridden.second_person() => overridden.rule(),
            (Some(demand), _, _) => format!("second_person.{}", demand.name),
            (None, Some(wanted), _) => answered
                .as_ref()
                .map_or_else(|| format!("incident_type.{}", wanted.code), Answered::rule),
            (None, None, Some(label)) => format!("label.{}", label.name),
            (None, None, None) if overridden.permit.is_some() => overridden.rule(),
            (None, None, None) => permission_rule(asked.role),
        };
        let lead = type_wanted.or(type_now).and_then(|kind| kind.agencies.first());
        let timers = self.timers.of(lead.map(String::as_str));
        let mut ruling = Ruling::permitting(self.reference.clone(), rule, timers);
        ruling.permitted = listed && !forbidden;
        ruling.second_person = demand.is_some() || overridden.second_person();
        ruling.second_roles.clone_from(&self.second_roles);
        self.departed(&mut ruling, &overridden);
        ruling.status = label.map(|label| label.status);
        self.arrived(&mut ruling, asked);
        if let Some(wanted) = type_wanted {
            self.classified(&mut ruling, wanted, asked, answered);
        }
        ruling
    }

    /// Where a call that arrives waits, and at what distance two places of a call are far apart.
    fn arrived(&self, ruling: &mut Ruling, asked: &Asked<'_>) {
        ruling.timers.wrap_up_ms = self.arrivals.wrap_up_ms;
        ruling.distance_alarm_m = self.arrivals.distance_alarm_m.filter(|_| asked.places_call);
        let placed = asked.arrives;
        let placed = placed.and_then(|(channel, service)| self.arrivals.place(channel, service));
        if let Some(queue) = &placed
            && ruling.permitted
        {
            ruling.rule = format!("queue.{}", queue.rule.name);
        }
        ruling.queue = placed.map(Box::new);
    }

    fn departed(&self, ruling: &mut Ruling, overridden: &Demand) {
        // Without response policies there is no answer to depart from, only a type.
        if !self.texts.all.is_empty() {
            ruling.departs = overridden.departs;
            ruling.reason = overridden.reason();
        }
    }

    /// What a type gets: from the text that answers for it, or from the table of types.
    fn classified(
        &self,
        ruling: &mut Ruling,
        wanted: &IncidentType,
        asked: &Asked<'_>,
        answered: Option<Answered>,
    ) {
        let Some(text) = self.texts.of_type(&wanted.code) else {
            ruling.answer = Some(answer(wanted));
            ruling.receipt = Some(Box::new(self.receipt_of_table(wanted)));
            let first = asked.said.and_then(|said| said.iter().next());
            ruling.fact_unknown = first.map(|(name, value)| FactUnknown {
                number: 1,
                given: format!("{name}={value}"),
                accepted: "none is asked for".to_owned(),
            });
            return;
        };
        ruling.fact_unknown = asked.said.and_then(|said| text.unknown_fact(said));
        let Some(answered) = answered else { return };
        ruling.answer = Some(self.answer(wanted, &answered));
        ruling.accommodations = answered.accommodations;
        ruling.receipt = Some(Box::new(Receipt {
            policy: self.reference.clone(),
            verdict: self.verdict_of(&wanted.code).unwrap_or(Verdict::Undecided),
            rules: answered.rules,
            facts: answered.facts,
            would_change: answered.would_change,
            otherwise: answered.otherwise,
        }));
    }

    fn answer(&self, wanted: &IncidentType, answered: &Answered) -> Answer {
        let of_urgency = self.urgencies.get(&answered.priority).map(|of| of.pending_ms_max);
        // The type's own time counts for the urgency that it was given for.
        let pending = if answered.priority == wanted.priority { None } else { of_urgency };
        Answer {
            incident_type: wanted.code.clone(),
            response: answered.response,
            priority: answered.priority,
            run_card: answered.run_card.clone(),
            alarm_level: answered.alarm_level,
            pending_ms_max: pending.unwrap_or(wanted.pending_ms_max),
            hold_ms_max: answered.hold_ms_max,
        }
    }

    /// The table of types sees the type and nothing else, and is even by that.
    fn receipt_of_table(&self, wanted: &IncidentType) -> Receipt {
        let rule = format!("incident_type.{}", wanted.code);
        let minutes = wanted.hold_ms_max / 60_000;
        let rules = [
            ("response", "send".to_owned()),
            ("priority", wanted.priority.to_string()),
            ("max_hold", minutes.to_string()),
            ("units", wanted.run_card.clone()),
        ];
        let used = |(outcome, value): (&str, String)| RuleUsed {
            outcome: outcome.to_owned(),
            value,
            rule: rule.clone(),
        };
        Receipt {
            policy: self.reference.clone(),
            verdict: Verdict::Even,
            rules: rules.into_iter().map(used).collect(),
            facts: BTreeMap::from([(NATURE.to_owned(), wanted.code.clone())]),
            would_change: Vec::new(),
            otherwise: Vec::new(),
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

    /// Queues, in the order of the texts; none: calls ring everywhere.
    pub fn queues(&self) -> &[Queue] {
        &self.arrivals.queues
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
        response: ResponseWord::Send,
        alarm_level: 1,
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
///
/// # Errors
/// What is wrong with a response policy, which is told before the tables that it is joined to.
fn read(
    files: &[(&str, &str)],
    texts: &[(&str, &str)],
    tables: &[(&str, &str)],
    problems: &mut Problems,
) -> Result<Option<Policy>, Vec<Problem>> {
    check_names(files, problems);
    let Some(book) = Book::open(tables, problems) else { return Ok(None) };
    book.check_sections(problems);
    let head = read_head(&book, !texts.is_empty(), problems);
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
    let arrivals = Arrivals::read(&book, &permissions, problems);
    let joined = Joined {
        types: &types.types,
        cards: &cards.cards,
        urgencies: &urgencies,
        zone_layers: &zone_layers,
    };
    let texts = Texts::read(texts, &joined, problems)?;
    let (Some(head), Some(timers)) = (head, timers) else { return Ok(None) };
    let files: Vec<PolicyText> = files
        .iter()
        .map(|(name, text)| PolicyText {
            name: base_name(name).to_owned(),
            text: (*text).to_owned(),
        })
        .collect();
    Ok(Some(Policy {
        reference: PolicyRef { id: head.id, version: head.version, hash: hash(&files) },
        files,
        adopted_by: head.adopted_by,
        second_roles: head.second_roles.unwrap_or_else(all_but_auditor),
        texts,
        agencies,
        capabilities,
        urgencies,
        types: types.types,
        cards: cards.cards,
        labels,
        permissions,
        second_person,
        timers,
        arrivals,
    }))
}

/// Texts are told apart by their names, in the record too.
fn check_names(files: &[(&str, &str)], problems: &mut Problems) {
    let mut names = BTreeSet::new();
    for (number, (file, _)) in files.iter().enumerate() {
        if !names.insert(base_name(file)) {
            let place = Place { number, line: 1, column: 1, file: (*file).to_owned() };
            let fault = format!("two files are called `{}`", base_name(file));
            problems.add(&place, fault, "give one of them another name");
        }
    }
}

/// `[policy]`.
struct Head {
    id: String,
    version: u32,
    adopted_by: Vec<String>,
    second_roles: Option<BTreeSet<Role>>,
}

fn read_head(book: &Book<'_>, has_texts: bool, problems: &mut Problems) -> Option<Head> {
    let section = book.one("policy", problems)?;
    section.only(&["id", "version", "adopted_by", "second_roles"], problems);
    let id = section.text("id", problems);
    let version = section.number("version", 1..=u32::MAX, problems);
    let second_roles = read_roles(&section, "second_roles", problems);
    let mut adopted_by = Vec::new();
    if has_texts || section.has("adopted_by") {
        let names = section.texts("adopted_by", problems).unwrap_or_default();
        adopted_by.extend(names.iter().map(|name| name.value.to_owned()));
        let different: BTreeSet<&String> = adopted_by.iter().collect();
        if section.has("adopted_by") && different.len() < 2 {
            let fault = "`adopted_by` names fewer than two people";
            let mend = "write the names of the two who adopted the policy";
            problems.add(&section.place_of("adopted_by"), fault, mend);
        }
    }
    Some(Head { id: id?.value.to_owned(), version: version?.value, adopted_by, second_roles })
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
