//! What a call's row says of how it came, where it waits and where it is to go.

use crate::boards::CallCard;
use crate::center::Center;
use crate::view::{location, opened};
use evenhand_core::{Call, TransferResult};
use serde_json::{Map, Value, json};

/// Adds to a call's row.
pub(crate) fn add(center: &Center, call: &Call, card: &CallCard, fields: &mut Map<String, Value>) {
    let queued = call.queued.as_ref();
    let signalling = card.signalling.as_deref();
    let additional = signalling.map(|of| of.additional.as_slice()).unwrap_or_default();
    let additional: Vec<Value> =
        additional.iter().map(|piece| opened(center, Some(piece))).collect();
    let more = [
        ("queue", json!(queued.map(|queued| &queued.rule.name))),
        ("queue_matched", json!(queued.map(|queued| &queued.matched))),
        ("offered_to", json!(center.core().offered_to(call.id))),
        ("offer_due", json!(queued.and_then(|queued| queued.due))),
        ("round", json!(queued.map(|queued| queued.round))),
        ("repeats", repeats(center, call)),
        ("waiting_since", json!(center.core().waiting_since(call))),
        ("service", json!(signalling.map(|of| &of.service))),
        ("defects", json!(signalling.map(|of| of.defects.as_slice()).unwrap_or_default())),
        ("call_identifier", json!(signalling.map(|of| &of.call_identifier))),
        ("incident_identifier", json!(signalling.map(|of| &of.incident_identifier))),
        ("entered_by", json!(signalling.map(|of| &of.entered_by))),
        ("additional", Value::Array(additional)),
        ("delivered", json!(call.delivered.as_ref().map(|place| location(center, place)))),
        ("distance_m", json!(call.distance_m)),
        ("location_failed", json!(call.location_failed)),
        ("transfer_offer", transfer_offer(call)),
        ("transfer", transfer(call)),
        ("held", json!(call.held_at.is_some())),
    ];
    fields.extend(more.map(|(name, value)| (name.to_owned(), value)));
}

/// `number` is 3 for the third call of its caller.
fn repeats(center: &Center, call: &Call) -> Value {
    let group = center.core().repeats_of(call.id);
    if group.len() < 2 {
        return Value::Null;
    }
    let number = group.iter().position(|one| *one == call.id).map(|place| place + 1);
    json!({ "count": group.len(), "lead": group.first(), "number": number })
}

fn transfer_offer(call: &Call) -> Value {
    call.transfer_offer.as_ref().map_or(
        Value::Null,
        |offer| json!({ "service": offer.service, "uri": offer.to_uri, "name": offer.name }),
    )
}

fn transfer(call: &Call) -> Value {
    call.transfer.as_ref().map_or(Value::Null, |transfer| {
        let state = match transfer.result {
            None => "started",
            Some(TransferResult::Accepted) => "accepted",
            Some(TransferResult::Failed) => "failed",
        };
        let (to, by, code) = (&transfer.to, &transfer.by, transfer.code);
        json!({ "to": to, "by": by, "state": state, "code": code })
    })
}
