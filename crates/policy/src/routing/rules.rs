//! The policy and its rules, read and put in order.

use crate::problem::accepted;

use super::condition;
use super::form::{ACTIONS, Form, OF_ACTIONS, POLICY, POLICY_TYPES, RULE, named};
use super::given::{Given, Reading, below};
use super::json::{At, Json, Value, shortened};
use super::test::Asked;

/// A rule set as it was read, the highest priority first.
pub(super) struct Routing {
    pub title: String,
    pub rules: Vec<RoutingRule>,
}

/// One rule.
pub(super) struct RoutingRule {
    pub id: String,
    pub priority: i64,
    pub at: At,
    /// `policyRules[2]`.
    pub path: String,
    /// Where its priority stands.
    pub priority_at: At,
    /// All must hold; none: always.
    pub asked: Vec<Asked>,
    /// Where it sends, if anywhere.
    pub route: Option<Routed>,
    /// Who is told what, sorted.
    pub notified: Vec<String>,
}

/// What becomes of the call.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Routed {
    To(String),
    Busy,
    /// Another policy decides.
    Invoked(String),
}

impl Routed {
    /// As it stands in a verdict.
    pub(super) fn text(&self) -> String {
        match self {
            Self::To(uri) => format!("route to {uri}"),
            Self::Busy => "busy".to_owned(),
            Self::Invoked(policy) => format!("as policy {policy} says"),
        }
    }
}

/// Reads a whole file: a policy object, or the bare list of its rules.
pub(super) fn read(reading: &mut Reading<'_>, json: &Json) -> Option<Routing> {
    let (title, rules, path) = match &json.value {
        Value::List(_) => ("rules without a policy".to_owned(), json, "policyRules".to_owned()),
        Value::Object(members) if members.iter().any(|one| one.name == "payload") => {
            let mend = "give the policy object that its `payload` holds, decoded";
            reading.wrong(json.at, "this is a signed policy (JWS)".to_owned(), mend);
            return None;
        }
        _ => {
            let given = Given::check(reading, json, String::new(), &POLICY, &[])?;
            key(reading, &given, &POLICY);
            let rules = given.get("policyRules")?;
            (title(&given), rules, "policyRules".to_owned())
        }
    };
    let Value::List(items) = &rules.value else {
        let fault = format!("`{path}` is {}", rules.described());
        reading.wrong(rules.at, fault, "accepted is a list of rules");
        return None;
    };
    let each = items.iter().zip(0..);
    let rules = each.filter_map(|(json, at)| rule(reading, json, format!("{path}[{at}]")));
    let mut rules: Vec<RoutingRule> = rules.collect();
    told_twice(reading, &rules);
    rules.sort_by_key(|rule| std::cmp::Reverse(rule.priority));
    Some(Routing { title, rules })
}

fn title(given: &Given<'_>) -> String {
    let part = |name: &str| given.text(name);
    let parts = [
        part("policyOwner"),
        given.word("policyType", &POLICY),
        part("policyQueueName").or(part("policyId")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// A policy is known by its queue, or by its id if it belongs to none; never by both.
fn key(reading: &mut Reading<'_>, given: &Given<'_>, form: &Form) {
    let Some(kind) = given.word("policyType", form) else { return };
    let by_id = POLICY_TYPES.last() == Some(&kind);
    let (needed, absent) =
        if by_id { ("policyId", "policyQueueName") } else { ("policyQueueName", "policyId") };
    let path = |name: &str| below(&given.path, name);
    if given.get(needed).is_none() {
        let fault = format!("`{}` is not there, and the type is `{kind}`", path(needed));
        reading.wrong(given.at, fault, "add it: it is what such a policy is known by");
    }
    if let Some(json) = given.get(absent) {
        let fault = format!("`{}` stands in a `{kind}`", path(absent));
        reading.wrong(json.at, fault, format!("leave it out; such a policy has `{needed}`"));
    }
}

fn rule(reading: &mut Reading<'_>, json: &Json, path: String) -> Option<RoutingRule> {
    let given = Given::check(reading, json, path, &RULE, &[])?;
    let asked = items(reading, &given, "conditions", condition::read);
    let actions = items(reading, &given, "actions", action);
    let at = given.get("id").map_or(given.at, |id| id.at);
    let rule = RoutingRule {
        id: given.text("id")?.to_owned(),
        priority: given.whole("priority")?,
        at,
        path: given.path.clone(),
        priority_at: given.get("priority").map_or(given.at, |priority| priority.at),
        asked,
        route: route(reading, &given, &actions),
        notified: notified(&actions),
    };
    Some(rule)
}

fn items<T>(
    reading: &mut Reading<'_>,
    given: &Given<'_>,
    name: &str,
    read: fn(&mut Reading<'_>, &Json, String) -> Option<T>,
) -> Vec<T> {
    let Some(json) = given.get(name) else { return Vec::new() };
    let path = below(&given.path, name);
    let Value::List(items) = &json.value else {
        let fault = format!("`{path}` is {}", json.described());
        reading.wrong(json.at, fault, format!("accepted is a list of {name}"));
        return Vec::new();
    };
    let each = items.iter().zip(0..);
    each.filter_map(|(json, at)| read(reading, json, format!("{path}[{at}]"))).collect()
}

/// An action and where it stands.
struct Action {
    does: Does,
    path: String,
    at: At,
}

enum Does {
    Route(Routed),
    Notify(String),
    /// A line in a log changes nothing for the call.
    Log,
}

fn action(reading: &mut Reading<'_>, json: &Json, path: String) -> Option<Action> {
    let (name, place) = condition::type_of(reading, json, &path, "actionType")?;
    let Some(form) = named(&ACTIONS, &name) else {
        let fault = format!("`{}` is `{}`", below(&path, "actionType"), shortened(&name));
        reading.wrong(place.at, fault, accepted(ACTIONS.iter().map(|form| form.name)));
        return None;
    };
    let given = Given::check(reading, json, path, form, &OF_ACTIONS)?;
    let does = match form.name {
        "RouteAction" => {
            let uri = given.text("recipientUri")?;
            // How long it rings there before it goes on is part of the answer; `cause` only says
            // why, to those along the way.
            Does::Route(Routed::To(match given.whole("rnaTimer") {
                Some(seconds) => format!("{uri}, ringing {seconds} s at most"),
                None => uri.to_owned(),
            }))
        }
        "BusyAction" => Does::Route(Routed::Busy),
        "InvokePolicyAction" => {
            key(reading, &given, form);
            let named = given.text("policyQueueName").or(given.text("policyId"))?;
            Does::Route(Routed::Invoked(format!("{} {named}", given.word("policyType", form)?)))
        }
        "NotifyAction" => {
            let whom = given.text("recipient").unwrap_or("whoever subscribed");
            let (code, urgency) = (given.text("eventCode")?, given.whole("urgency")?);
            Does::Notify(format!("{code} to {whom}, urgency {urgency}"))
        }
        _ => Does::Log,
    };
    Some(Action { does, path: given.path, at: given.at })
}

fn route(reading: &mut Reading<'_>, given: &Given<'_>, actions: &[Action]) -> Option<Routed> {
    let routes = |one: &Action| match &one.does {
        Does::Route(routed) => Some(routed.clone()),
        Does::Notify(_) | Does::Log => None,
    };
    let mut routing = actions.iter().filter(|one| routes(one).is_some());
    let first = routing.next()?;
    for second in routing {
        let fault = format!("`{}` decides where the call goes once more", second.path);
        let mend = format!(
            "keep one of `RouteAction`, `BusyAction` and `InvokePolicyAction`; the first is `{}`",
            first.path.strip_prefix(&given.path).unwrap_or(&first.path).trim_start_matches('.')
        );
        reading.wrong(second.at, fault, mend);
    }
    routes(first)
}

fn notified(actions: &[Action]) -> Vec<String> {
    let told = actions.iter().filter_map(|one| match &one.does {
        Does::Notify(text) => Some(text.clone()),
        Does::Route(_) | Does::Log => None,
    });
    let mut told: Vec<String> = told.collect();
    told.sort();
    told.dedup();
    told
}

/// Ids and priorities are unique, else it is chance which rule acts.
fn told_twice(reading: &mut Reading<'_>, rules: &[RoutingRule]) {
    for (at, rule) in rules.iter().enumerate() {
        let before = rules.get(..at).unwrap_or_default();
        if let Some(first) = before.iter().find(|one| one.id == rule.id) {
            let fault = format!("`{}.id` is `{}`, as in `{}`", rule.path, rule.id, first.path);
            reading.wrong(rule.at, fault, "give each rule an id of its own");
        }
        if let Some(first) = before.iter().find(|one| one.priority == rule.priority) {
            let (path, priority) = (&rule.path, rule.priority);
            let fault = format!("`{path}.priority` is `{priority}`, as in `{}`", first.path);
            let mend = "give each rule a priority of its own; the highest that holds acts";
            reading.wrong(rule.priority_at, fault, mend);
        }
    }
}
