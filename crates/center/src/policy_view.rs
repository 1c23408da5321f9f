//! The policy as the console draws it: what is in force, what was proved of it and who adopted it,
//! what comes, and what to ask of a caller in which order.

use crate::center::Center;
use evenhand_core::Adopted;
use policy::response::{Attribute, Class, Domain};
use serde_json::{Value, json};

/// Adoptions shown, latest first.
const ADOPTIONS_SHOWN_MAX: usize = 50;

pub(crate) fn row(center: &Center) -> Value {
    let policy = center.policy().reference();
    let in_force = center.core().policy_in_force();
    json!({
        "id": policy.id,
        "version": policy.version,
        "hash": policy.hash,
        "verdict": in_force.map(|adopted| adopted.verdict),
        "checked_on": in_force.map(|adopted| &adopted.checked_on),
        "exceptions": in_force.map(|adopted| adopted.exceptions.as_slice()).unwrap_or_default(),
        "exceptions_ended": exceptions_ended(center),
        "adopted_by": in_force.map(|adopted| adopted.adopted_by.as_slice()).unwrap_or_default(),
        "adopted_at": in_force.map(|adopted| adopted.adopted_at),
        "effective_at": in_force.map(|adopted| adopted.effective_at),
        "pending": center.core().policy_pending().map(adoption),
        "adoptions": adoptions(center),
        "configured_differs": center.configured_differs(),
        "attributes": texts(center),
    })
}

/// Exceptions whose last day has passed, one sentence each: the policy still answers by them, and
/// what was proved of it on the day of its check is true no more. Another is to be adopted.
fn exceptions_ended(center: &Center) -> Vec<String> {
    let today = center.day(center.now);
    let all = center.policy().responses().flat_map(|response| {
        response.exceptions.iter().map(move |exception| (&response.title, exception))
    });
    all.filter(|(_, exception)| exception.until < today)
        .map(|(title, exception)| {
            let line = exception.line;
            format!("the exception in line {line} of `{title}` ended on {}", exception.until)
        })
        .collect()
}

fn adoption(adopted: &Adopted) -> Value {
    json!({
        "id": adopted.policy.id,
        "version": adopted.policy.version,
        "hash": adopted.policy.hash,
        "verdict": adopted.verdict,
        "exceptions": adopted.exceptions,
        "adopted_by": adopted.adopted_by,
        "adopted_at": adopted.adopted_at,
        "effective_at": adopted.effective_at,
        "decision": adopted.decision,
    })
}

fn adoptions(center: &Center) -> Vec<Value> {
    center.core().adoptions().rev().take(ADOPTIONS_SHOWN_MAX).map(adoption).collect()
}

/// One for each response policy: the types that it answers for, and its attributes in the order in
/// which they are asked, who calls last.
fn texts(center: &Center) -> Vec<Value> {
    let texts = center.policy().response_texts();
    texts
        .map(|(name, response, natures, verdict)| {
            let mut attributes: Vec<&Attribute> = response.attributes.iter().collect();
            attributes.sort_by_key(|attribute| attribute.class);
            json!({
                "policy": name,
                "title": response.title,
                "natures": natures,
                "verdict": verdict,
                "attributes": attributes.into_iter().map(attribute).collect::<Vec<_>>(),
            })
        })
        .collect()
}

fn attribute(attribute: &Attribute) -> Value {
    // The centre fills in the rest by itself.
    let asked = match attribute.class {
        Class::Emergency => attribute.name != "nature",
        Class::Caller => true,
        Class::Situation | Class::Place | Class::Area => false,
    };
    let (name, class) = (&attribute.name, attribute.class.word());
    match &attribute.domain {
        Domain::Words(values) => {
            json!({ "name": name, "class": class, "asked": asked, "values": values })
        }
        Domain::Numbers { from, to } => {
            json!({ "name": name, "class": class, "asked": asked, "from": from, "to": to })
        }
    }
}
