//! Concrete calls, with texts and numbers, against the model: whatever a call is, the model must
//! have a call that stands for it, with the same answer, that is not declared impossible.

use evenhand_policy::response::{Domain, Response};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A concrete call: what it says of each subject; `None` where it says nothing.
#[derive(Clone, Debug)]
struct Call {
    source: Option<String>,
    from: Option<String>,
    via: Vec<String>,
    score: Option<i64>,
    queue: Option<String>,
    hour_is_late: bool,
}

/// Whether texts are compared without regard to case, and whether "is not" holds of nothing.
#[derive(Clone, Copy, Debug)]
struct Manner {
    any_case: bool,
    absent_is_not: bool,
}

impl Manner {
    fn fold(self, text: &str) -> String {
        if self.any_case { text.to_lowercase() } else { text.to_owned() }
    }

    fn holds(self, operator: &str, values: &[String], content: &str) -> bool {
        let content = self.fold(content);
        let mut values = values.iter().map(|value| self.fold(value));
        match operator {
            "EQ" => values.any(|value| value == content),
            "SS" => values.any(|value| value.contains(&content)),
            _ if values.len() == 0 => self.absent_is_not,
            _ => values.all(|value| value != content),
        }
    }

    /// One condition, straight from the JSON.
    fn condition(self, condition: &Value, call: &Call) -> bool {
        let text = |name: &str| condition[name].as_str().unwrap_or_default();
        let list = |value: &Option<String>| value.iter().cloned().collect::<Vec<_>>();
        let (operator, content) = (text("operator"), text("content"));
        let holds = match text("conditionType") {
            "CallSourceCondition" => self.holds(operator, &list(&call.source), content),
            "SipHeaderCondition" if text("field") == "From" => {
                self.holds(operator, &list(&call.from), content)
            }
            "SipHeaderCondition" => self.holds(operator, &call.via, content),
            "QueueStateCondition" => {
                self.holds(text("condition"), &list(&call.queue), text("value"))
            }
            "CallSuspicionCondition" => {
                let bounds = [&condition["scoreFrom"], &condition["scoreTo"]];
                let [from, to] = bounds.map(|bound| bound.as_i64().unwrap());
                call.score.is_some_and(|score| (from..=to).contains(&score))
            }
            _ => call.hour_is_late,
        };
        holds != condition["negation"].as_bool().unwrap_or(false)
    }

    /// The highest rule whose conditions all hold acts, alone.
    fn answer(self, rules: &Value, call: &Call) -> String {
        let mut rules: Vec<&Value> = rules.as_array().unwrap().iter().collect();
        rules.sort_by_key(|rule| std::cmp::Reverse(rule["priority"].as_i64()));
        let acts = |rule: &&&Value| {
            let conditions = rule["conditions"].as_array();
            conditions.into_iter().flatten().all(|condition| self.condition(condition, call))
        };
        rules.iter().find(acts).map_or("none".to_owned(), |rule| {
            let uri = rule["actions"][0]["recipientUri"].as_str();
            uri.map_or("busy".to_owned(), |uri| format!("route to {uri}"))
        })
    }

    /// The call of the model that stands for a concrete one, from the attributes' names.
    fn described(self, response: &Response, call: &Call) -> Vec<u32> {
        let one = |name: &str, domain: &Domain| {
            let values: Vec<String> = match name.split([' ']).next().unwrap() {
                "CallSource" => call.source.iter().cloned().collect(),
                "QueueState" => call.queue.iter().cloned().collect(),
                "SipHeader" if name.starts_with("SipHeader From") => {
                    call.from.iter().cloned().collect()
                }
                "SipHeader" => call.via.clone(),
                "CallSuspicion" => return call.score.unwrap_or(-1).to_string(),
                _ => return (if call.hour_is_late { "yes" } else { "no" }).to_owned(),
            };
            let quoted = |after: &str| {
                let (_, rest) = name.split_once(after)?;
                serde_json::from_str::<String>(rest).ok()
            };
            if let Some(text) = quoted(" contains ") {
                return yes_or_no(self.holds("SS", &values, &text));
            }
            if let Some(text) = quoted(" is ") {
                let (is, is_not) =
                    (self.holds("EQ", &values, &text), self.holds("NE", &values, &text));
                return if is || is_not { yes_or_no(is) } else { "unknown".to_owned() };
            }
            self.value(domain, &values)
        };
        let value = |attribute: &evenhand_policy::response::Attribute| {
            let word = one(&attribute.name, &attribute.domain);
            attribute.domain.value(&word).expect(&word)
        };
        response.attributes.iter().map(value).collect()
    }

    fn value(self, domain: &Domain, values: &[String]) -> String {
        let Domain::Words(words) = domain else { unreachable!("scores are told apart before") };
        let known = words.iter().find(|word| self.holds("EQ", values, word));
        match known {
            Some(word) => word.clone(),
            None if values.is_empty() && !self.absent_is_not => "unknown".to_owned(),
            None => "other".to_owned(),
        }
    }
}

fn yes_or_no(holds: bool) -> String {
    (if holds { "yes" } else { "no" }).to_owned()
}

/// Short texts of few letters, so that they are often equal, or one within the other.
fn text() -> impl Strategy<Value = String> {
    "[abA]{1,3}"
}

fn condition() -> impl Strategy<Value = Value> {
    let compared = prop::sample::select(vec!["EQ", "SS", "NE"]);
    let header = prop::sample::select(vec!["From", "Via"]);
    let equal = prop::sample::select(vec!["EQ", "NE"]);
    let plain = prop_oneof![
        (compared, text()).prop_map(|(operator, content)| json!({
            "conditionType": "CallSourceCondition", "operator": operator, "content": content
        })),
        (header, prop::sample::select(vec!["EQ", "SS"]), text()).prop_map(
            |(field, operator, content)| json!({
                "conditionType": "SipHeaderCondition", "field": field, "operator": operator,
                "content": content
            })
        ),
        (equal, text()).prop_map(|(condition, value)| json!({
            "conditionType": "QueueStateCondition", "queue": "sip:q@example.org",
            "condition": condition, "value": value
        })),
        (0..100_i64, 0..100_i64).prop_map(|(a, b)| json!({
            "conditionType": "CallSuspicionCondition", "scoreFrom": a.min(b), "scoreTo": a.max(b)
        })),
        Just(json!({
            "conditionType": "TimePeriodCondition", "dateStart": "2026-01-01T00:00:00Z",
            "dateEnd": "2026-12-31T00:00:00Z", "timeStart": "22:00:00"
        })),
    ];
    (plain, any::<bool>()).prop_map(|(mut condition, negated)| {
        condition["negation"] = negated.into();
        condition
    })
}

fn rules() -> impl Strategy<Value = Value> {
    prop::collection::vec((prop::collection::vec(condition(), 0..4), 0..4_u8), 0..6).prop_map(
        |rules| {
            let rule = |(priority, (conditions, queue)): (usize, (Vec<Value>, u8))| {
                let action = match queue {
                    0 => json!({"actionType": "BusyAction"}),
                    queue => {
                        let uri = format!("sip:{queue}@example.org");
                        json!({"actionType": "RouteAction", "recipientUri": uri})
                    }
                };
                json!({
                    "id": format!("r{priority}"), "priority": priority,
                    "conditions": conditions, "actions": [action]
                })
            };
            rules.into_iter().enumerate().map(rule).collect()
        },
    )
}

fn call() -> impl Strategy<Value = Call> {
    let maybe = || prop::option::of(text());
    let via = prop::collection::vec(text(), 0..3);
    (maybe(), maybe(), via, prop::option::of(0..=100_i64), maybe(), any::<bool>()).prop_map(
        |(source, from, via, score, queue, hour_is_late)| Call {
            source,
            from,
            via,
            score,
            queue,
            hour_is_late,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1_000,
        failure_persistence: None,
        ..Default::default()
    })]

    #[test]
    fn for_every_call_there_is_one_in_the_model_with_the_same_answer(
        rules in rules(),
        calls in prop::collection::vec(call(), 1..12),
        any_case in any::<bool>(),
        absent_is_not in any::<bool>(),
    ) {
        let manner = Manner { any_case, absent_is_not };
        let read = crate::read("rules", &rules.to_string());
        let response = read.response();
        for call in &calls {
            let described = manner.described(response, call);
            for impossible in &response.impossible {
                prop_assert!(!impossible.holds(&described), "{call:?} is said to be impossible");
            }
            let route = response.answer(&described)[0];
            let told = response.outcomes[0].domain.text(route);
            prop_assert_eq!(told, manner.answer(&rules, call), "{:?}", call);
        }
    }
}
