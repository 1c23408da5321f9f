//! Queues: which calls wait where, and who takes them. With the agents' wrap-up and the distance at
//! which two places of one call raise an alarm, all that policy says of calls as they arrive.

use crate::permissions::{Permissions, read_roles, role_word};
use crate::problem::{Place, Problems, accepted};
use crate::read::{Book, Given, Section};
use crate::urgency::WAIT_S_MAX;
use evenhand_core::{Channel, QueueMatch, QueueRule, QueueRuling, Strategy};
use std::collections::{BTreeMap, BTreeSet};

const KEYS: [&str; 13] = [
    "name",
    "uri",
    "services",
    "default",
    "strategy",
    "offer_s",
    "roles",
    "order",
    "overflow",
    "overflow_after_offers",
    "reserved_for_first",
    "repeat_window_s",
    "length_max",
];
const STRATEGIES: [(&str, Strategy); 4] = [
    ("all", Strategy::All),
    ("longest_idle", Strategy::LongestIdle),
    ("in_order", Strategy::InOrder),
    ("round_robin", Strategy::RoundRobin),
];
/// Words that stand for calls which name no service.
const SCHEMES: [&str; 3] = ["tel", "sip", TEXT];
const TEXT: &str = "text";
const SERVICE: &str = "urn:service:";
/// A number that called within this time has called before, where policy does not say. Our choice.
const REPEAT_WINDOW_S: u32 = 600;
/// Far apart, where policy does not say, in metres. Our choice: beyond the far end of most streets,
/// within what a telephone's position is usually wrong by.
const DISTANCE_ALARM_M: u32 = 500;
/// Most of anything that is counted in a queue: takers, offers, calls.
const COUNT_MAX: u32 = 10_000;

/// One queue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Queue {
    /// What stands with each of its calls.
    pub rule: QueueRule,
    /// What it takes: services by their beginning, `tel`, `sip`, `text`.
    pub services: Vec<String>,
    /// Whether it takes what no queue names.
    pub default: bool,
    /// The queue that a call goes on to when nobody takes it.
    pub overflow: Option<String>,
    /// From so many waiting calls on it is said to be full. More are taken nonetheless.
    pub length_max: Option<u32>,
}

/// Queues, agents and the distance alarm.
#[derive(Clone, Debug)]
pub(crate) struct Arrivals {
    pub queues: Vec<Queue>,
    pub wrap_up_ms: u64,
    /// `None`: the policy has neither queues nor a section for it, and is as it was before both.
    pub distance_alarm_m: Option<u32>,
}

impl Arrivals {
    /// Reads `[[queue]]`, `[agents]` and `[location]`; each may be left out.
    pub fn read(book: &Book<'_>, permissions: &Permissions, problems: &mut Problems) -> Self {
        let agents = book.optional("agents", problems);
        let wrap_up_s = agents.and_then(|section| {
            section.only(&["wrap_up_s"], problems);
            section.number("wrap_up_s", 0..=WAIT_S_MAX, problems)
        });
        let location = book.optional("location", problems);
        let located = location.is_some();
        let distance = location.and_then(|section| {
            section.only(&["distance_alarm_m"], problems);
            section.number("distance_alarm_m", 1..=1_000_000, problems)
        });
        let queues = read_queues(book, permissions, problems);
        let measures = located || !queues.is_empty();
        let distance_m = distance.map_or(DISTANCE_ALARM_M, |given| given.value);
        Self {
            queues,
            wrap_up_ms: wrap_up_s.map_or(0, |given| u64::from(given.value) * 1000),
            distance_alarm_m: measures.then_some(distance_m),
        }
    }

    /// Where a call waits; `None`: there are no queues, and it rings everywhere.
    pub fn place(&self, channel: Channel, service: &str) -> Option<QueueRuling> {
        let named = match channel {
            Channel::Text => self.named(TEXT).or_else(|| self.named(service)),
            Channel::Voice | Channel::Alarm | Channel::WalkIn | Channel::Radio => {
                self.named(service)
            }
        };
        let (queue, matched) = match named {
            Some((queue, pattern)) => (queue, QueueMatch::Service { pattern: pattern.to_owned() }),
            None => (self.queues.iter().find(|queue| queue.default)?, QueueMatch::Default),
        };
        Some(QueueRuling { rule: queue.rule.clone(), matched, then: self.after(queue) })
    }

    /// The queue that names a service most closely, and how.
    fn named(&self, service: &str) -> Option<(&Queue, &str)> {
        let all = self
            .queues
            .iter()
            .flat_map(|queue| queue.services.iter().map(move |pattern| (queue, pattern.as_str())));
        all.filter(|(_, pattern)| covers(pattern, service))
            .max_by_key(|(_, pattern)| pattern.split('.').count())
    }

    /// The queues that a call overflows to, one after the other. They never lead back.
    fn after(&self, queue: &Queue) -> Vec<QueueRule> {
        let mut then = Vec::new();
        let mut next = queue.overflow.as_ref();
        while let Some(queue) = next.and_then(|name| self.of_name(name))
            && then.len() < self.queues.len()
        {
            then.push(queue.rule.clone());
            next = queue.overflow.as_ref();
        }
        then
    }

    fn of_name(&self, name: &str) -> Option<&Queue> {
        self.queues.iter().find(|queue| queue.rule.name == name)
    }
}

/// Whether a service is the pattern, or one of its kinds: `urn:service:sos.fire` is a kind of
/// `urn:service:sos`. Case does not matter (RFC 5031, 3).
fn covers(pattern: &str, service: &str) -> bool {
    let service = service.to_lowercase();
    let rest = service.strip_prefix(&pattern.to_lowercase());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn read_queues(book: &Book<'_>, permissions: &Permissions, problems: &mut Problems) -> Vec<Queue> {
    let mut read = Reader::new(permissions);
    for section in book.all("queue", problems) {
        section.only(&KEYS, problems);
        let queue = read.queue(&section, problems);
        read.queues.extend(queue);
        read.sections += 1;
    }
    read.check_default(book, problems);
    read.check_overflows(problems);
    read.queues
}

/// What has been read so far.
struct Reader<'a> {
    permissions: &'a Permissions,
    queues: Vec<Queue>,
    sections: usize,
    names: BTreeMap<String, Place>,
    services: BTreeMap<String, Place>,
    default: Option<Place>,
    overflows: Vec<(String, Given<String>)>,
}

impl<'a> Reader<'a> {
    fn new(permissions: &'a Permissions) -> Self {
        Self {
            permissions,
            queues: Vec::new(),
            sections: 0,
            names: BTreeMap::new(),
            services: BTreeMap::new(),
            default: None,
            overflows: Vec::new(),
        }
    }

    fn queue(&mut self, section: &Section<'_>, problems: &mut Problems) -> Option<Queue> {
        let name = section.text("name", problems);
        if let Some(name) = &name {
            once(&mut self.names, &name.value.to_lowercase(), "queue", name, problems);
        }
        let uri = section.text("uri", problems).filter(|uri| is_address(uri, problems));
        let default = section.flag("default", problems);
        let services = self.services(section, default, problems);
        let strategy = strategy(section, problems);
        let offer = section.number("offer_s", 1..=WAIT_S_MAX, problems);
        let roles = self.roles(section, problems);
        let order = order(section, strategy, problems);
        let (overflow, after) = overflow(section, problems);
        let mut count = |key| optional(section, key, 1, problems);
        let (length_max, reserved) = (count("length_max"), count("reserved_for_first"));
        let window = optional(section, "repeat_window_s", 1, problems).unwrap_or(REPEAT_WINDOW_S);
        if default {
            self.note_default(section, problems);
        }
        let name = name?.value.to_owned();
        self.overflows.extend(overflow.iter().map(|overflow| (name.clone(), overflow.clone())));
        Some(Queue {
            rule: QueueRule {
                name,
                uri: uri?.value.to_owned(),
                strategy: strategy?,
                offer_ms: u64::from(offer?.value) * 1000,
                roles,
                order,
                overflow_after_offers: after,
                reserved_for_first: reserved.unwrap_or(0),
                repeat_window_ms: u64::from(window) * 1000,
            },
            services,
            default,
            overflow: overflow.map(|overflow| overflow.value),
            length_max,
        })
    }

    fn services(
        &mut self,
        section: &Section<'_>,
        default: bool,
        problems: &mut Problems,
    ) -> Vec<String> {
        if default && !section.has("services") {
            return Vec::new();
        }
        let given = section.texts("services", problems).unwrap_or_default();
        if !default && section.is_empty_list("services") {
            let fault = "`services` is empty, and nothing would come here";
            problems.add(&section.place_of("services"), fault, "name at least one service");
        }
        for word in &given {
            if !SCHEMES.contains(&word.value) && !word.value.starts_with(SERVICE) {
                let fault = format!("`{}` is no service", word.value);
                let mend = "accepted are `tel`, `sip`, `text` and `urn:service:sos` with its kinds";
                problems.add(&word.place, fault, mend);
            }
            let key = word.value.to_lowercase();
            once(&mut self.services, &key, "service", word, problems);
        }
        given.iter().map(|word| word.value.to_owned()).collect()
    }

    /// Who takes calls must be permitted to answer them.
    fn roles(
        &self,
        section: &Section<'_>,
        problems: &mut Problems,
    ) -> BTreeSet<evenhand_core::Role> {
        if !section.has("roles") {
            section.texts("roles", problems);
        }
        let roles = read_roles(section, "roles", problems).unwrap_or_default();
        for role in roles.iter().filter(|role| !self.permissions.permit(**role, "AnswerCall")) {
            let role = role_word(*role);
            let fault = format!("`{role}` takes calls and may not answer them");
            let mend = format!("permit `AnswerCall` to `{role}`, or leave it out");
            problems.add(&section.place_of("roles"), fault, mend);
        }
        roles
    }

    fn note_default(&mut self, section: &Section<'_>, problems: &mut Problems) {
        let place = section.place_of("default");
        match &self.default {
            Some(first) => {
                let fault = format!("the default queue stands at {first} already");
                problems.add(&place, fault, "leave `default` out in all but one");
            }
            None => self.default = Some(place),
        }
    }

    fn check_default(&self, book: &Book<'_>, problems: &mut Problems) {
        if self.sections > 0 && self.default.is_none() {
            let fault = "no queue takes what no queue names";
            problems.add(&book.start(), fault, "write `default = true` in one `[[queue]]`");
        }
    }

    fn check_overflows(&self, problems: &mut Problems) {
        let next: BTreeMap<&str, &str> =
            self.overflows.iter().map(|(name, to)| (name.as_str(), to.value.as_str())).collect();
        for (name, to) in &self.overflows {
            if !self.queues.iter().any(|queue| queue.rule.name == to.value) {
                let fault = format!("queue `{}` is not there", to.value);
                let names = self.queues.iter().map(|queue| &queue.rule.name);
                problems.add(&to.place, fault, accepted(names));
                continue;
            }
            let mut at = Some(to.value.as_str());
            for _ in 0..=next.len() {
                if at == Some(name) {
                    let fault = format!("queue `{name}` overflows back to itself");
                    problems.add(&to.place, fault, "let the last of them overflow nowhere");
                    break;
                }
                at = at.and_then(|name| next.get(name).copied());
            }
        }
    }
}

fn once(
    seen: &mut BTreeMap<String, Place>,
    key: &str,
    what: &str,
    given: &Given<&str>,
    problems: &mut Problems,
) {
    match seen.get(key) {
        Some(first) => {
            let fault = format!("{what} `{}` stands at {first} already", given.value);
            problems.add(&given.place, fault, "write it once");
        }
        None => {
            seen.insert(key.to_owned(), given.place.clone());
        }
    }
}

fn is_address(uri: &Given<&str>, problems: &mut Problems) -> bool {
    let address = ["sip:", "sips:"].iter().any(|scheme| {
        uri.value.strip_prefix(scheme).is_some_and(|rest| {
            !rest.is_empty() && !rest.chars().any(|letter| letter.is_whitespace() || letter == '"')
        })
    });
    if !address {
        let fault = format!("`{}` is no address", uri.value);
        problems.add(&uri.place, fault, "write `sip:emergency@` and the centre's domain");
    }
    address
}

fn strategy(section: &Section<'_>, problems: &mut Problems) -> Option<Strategy> {
    let word = section.text("strategy", problems)?;
    let known = STRATEGIES.iter().find(|(name, _)| *name == word.value).map(|(_, of)| *of);
    if known.is_none() {
        let fault = format!("`{}` is no strategy", word.value);
        problems.add(&word.place, fault, accepted(STRATEGIES.map(|(name, _)| name)));
    }
    known
}

/// A list that nothing heeds would be relied on in vain.
fn order(
    section: &Section<'_>,
    strategy: Option<Strategy>,
    problems: &mut Problems,
) -> Vec<String> {
    let in_order = strategy == Some(Strategy::InOrder);
    if strategy.is_some() && !in_order && section.has("order") {
        let fault = "`order` has no effect with this strategy";
        let mend = "write `strategy = \"in_order\"`, or leave it out";
        problems.add(&section.place_of("order"), fault, mend);
    }
    if !in_order {
        return Vec::new();
    }
    let names = section.texts("order", problems).unwrap_or_default();
    names.iter().map(|name| name.value.to_owned()).collect()
}

/// Where calls go on to and after how many offers: both, or neither.
fn overflow(
    section: &Section<'_>,
    problems: &mut Problems,
) -> (Option<Given<String>>, Option<u32>) {
    let (to, after) = ("overflow", "overflow_after_offers");
    if !section.has(to) && !section.has(after) {
        return (None, None);
    }
    let queue = section.text(to, problems).map(|name| name.map(str::to_owned));
    let offers = section.number(after, 1..=COUNT_MAX, problems).map(|given| given.value);
    (queue, offers)
}

fn optional(
    section: &Section<'_>,
    key: &'static str,
    least: u32,
    problems: &mut Problems,
) -> Option<u32> {
    if !section.has(key) {
        return None;
    }
    let max = if key.ends_with("_s") { WAIT_S_MAX } else { COUNT_MAX };
    section.number(key, least..=max, problems).map(|given| given.value)
}
