//! Rows as the console draws them. Personal values are opened here and nowhere else; one that was
//! erased shows as `{"erased": true}`.

use crate::boards::RowKey;
use crate::call_view;
use crate::center::{Center, JournalState};
use crate::output::Change;
use crate::policy_view;
use crate::vault::Opened;
use evenhand_core::{
    Alert, AlertId, AlertKind, Assignment, AssignmentEnd, Call, CallId, Classification, Incident,
    IncidentId, Location, Milestone, Outcome, PersonId, Sealed, Subject, UnitId,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Everything on the boards.
pub(crate) fn snapshot(center: &Center) -> Value {
    let core = center.core();
    let calls: Vec<Value> =
        center.boards().call_queue.shown().filter_map(|call| call_row(center, call)).collect();
    let incidents: Vec<Value> = core
        .open_incidents()
        .map(|incident| incident.id)
        .chain(center.boards().incidents.closed())
        // A merged one is shown as long as the one that stands for it.
        .flat_map(|incident| core.stands_for(incident))
        .filter_map(|incident| incident_row(center, incident))
        .collect();
    json!({
        "calls": calls,
        "incidents": incidents,
        "units": core.units().map(|unit| unit_row(center, &unit.id)).collect::<Vec<_>>(),
        "alerts": core.alerts().map(|alert| alert_row(center, alert)).collect::<Vec<_>>(),
        "queues": center.queue_states(),
        "shifts": core.shifts().map(|shift| shift_row(center, &shift.person)).collect::<Vec<_>>(),
        "situation": core.situation(),
        "center": center_row(center),
        "policy": policy_view::row(center),
    })
}

/// One row that a step touched.
pub(crate) fn change(center: &Center, key: &RowKey) -> Change {
    let (topic, row, gone) = match key {
        RowKey::Call(call) => {
            let shown = center.boards().call_queue.shows(*call);
            let row = shown.then(|| call_row(center, *call)).flatten();
            ("calls", row, json!({ "call": call }))
        }
        RowKey::Incident(incident) => {
            ("incidents", shown_incident(center, *incident), json!({ "incident": incident }))
        }
        RowKey::Unit(unit) => ("units", unit_row(center, unit), json!({ "unit": unit })),
        RowKey::Alert(alert) => ("alerts", alert_of(center, *alert), json!({ "alert": alert })),
        RowKey::Shift(person) => ("shifts", shift_row(center, person), json!({ "person": person })),
        RowKey::Policy => ("policy", Some(policy_view::row(center)), json!({})),
    };
    match row {
        Some(data) => Change { topic, kind: "row", data },
        None => Change { topic, kind: "gone", data: gone },
    }
}

pub(crate) fn situation_change(center: &Center) -> Change {
    Change { topic: "situation", kind: "row", data: json!(center.core().situation()) }
}

pub(crate) fn center_change(center: &Center) -> Change {
    Change { topic: "center", kind: "row", data: center_row(center) }
}

fn center_row(center: &Center) -> Value {
    let policy = center.policy().reference();
    let (journal, why) = match center.journal_state() {
        JournalState::Ok => ("ok", None),
        JournalState::Down { why, .. } => ("down", Some(why)),
    };
    json!({
        "name": center.name(),
        "policy": {
            "id": policy.id,
            "version": policy.version,
            "hash": policy.hash,
            "verdict": center.core().policy_in_force().map(|adopted| adopted.verdict),
        },
        "map_version": center.map().version,
        "journal": journal,
        "why": why,
        "unrecorded": center.unrecorded().len(),
    })
}

/// A sealed value for a person's eyes.
pub(crate) fn opened(center: &Center, sealed: Option<&Sealed>) -> Value {
    match sealed.map(|sealed| center.open_sealed(sealed)) {
        None => Value::Null,
        Some(Opened::Value(text)) => Value::String(text),
        Some(Opened::Erased) => json!({ "erased": true }),
    }
}

pub(crate) fn location(center: &Center, location: &Location) -> Value {
    let point = location.point.as_ref().and_then(|point| match center.open_sealed(point) {
        Opened::Value(text) => crate::location::parse_point(&text),
        Opened::Erased => None,
    });
    json!({
        "address": opened(center, location.address.as_ref()),
        "lat_e7": point.map(|point| point.lat_e7),
        "lon_e7": point.map(|point| point.lon_e7),
        "uncertainty_m": location.uncertainty_m,
        "verified": location.verified,
        "zones": location.zones,
        "shape": shape(center, location),
        "confidence_percent": location.confidence_percent,
        "method": location.method,
        "source": location.source,
    })
}

/// The shape as JSON; one that is none is as if it had never been delivered.
fn shape(center: &Center, location: &Location) -> Value {
    match opened(center, location.shape.as_ref()) {
        Value::String(text) => serde_json::from_str(&text).unwrap_or_default(),
        other => other,
    }
}

pub(crate) fn call_row(center: &Center, id: CallId) -> Option<Value> {
    let call = center.core().call(id).ok()?;
    let card = center.boards().call_queue.card(id)?;
    let words: Vec<Value> = card.words.iter().map(|words| opened(center, Some(words))).collect();
    let mut row = json!({
        "call": id,
        "state": call.state,
        "channel": call.channel,
        "test": call.test,
        "presented_at": call.presented_at,
        "answer_due": card.answer_due,
        "answered_at": call.answered_at,
        "answered_by": call.answered_by,
        "ended_at": call.ended_at,
        "number": opened(center, card.number.as_ref()),
        "name": opened(center, card.name.as_ref()),
        "words": words,
        "location": call.location.as_ref().map(|place| location(center, place)),
        "caller_facts": center.caller_facts(id),
        "accommodations": call.accommodations,
        "callback": callback(call),
        "outcome": call.outcome,
        "incident": incident_of(call),
    });
    if let Value::Object(fields) = &mut row {
        call_view::add(center, call, card, fields);
    }
    Some(row)
}

fn callback(call: &Call) -> Option<Value> {
    call.callback.as_ref().map(|callback| {
        json!({
            "due": callback.due,
            "attempts": callback.attempts,
            "ringing": callback.ringing,
            "reached": callback.reached,
            "owner": callback.owner,
        })
    })
}

/// The incident that a call was accounted to.
pub(crate) fn incident_of(call: &Call) -> Option<IncidentId> {
    match &call.outcome {
        Some(Outcome::NewIncident { incident } | Outcome::AddedToIncident { incident }) => {
            Some(*incident)
        }
        Some(
            Outcome::TransferAccepted { .. }
            | Outcome::NoDispatchDecision { .. }
            | Outcome::TestCall,
        )
        | None => None,
    }
}

/// An incident's row, if it is on the board.
fn shown_incident(center: &Center, id: IncidentId) -> Option<Value> {
    is_shown(center, id).then(|| incident_row(center, id)).flatten()
}

/// Open, or closed lately; a merged one as long as the one that stands for it.
fn is_shown(center: &Center, id: IncidentId) -> bool {
    match center.core().incident(id) {
        Err(_) => false,
        Ok(incident) => match incident.merged_into {
            Some(into) => is_shown(center, into),
            None if incident.disposition.is_none() => true,
            None => center.boards().incidents.closed().any(|closed| closed == id),
        },
    }
}

pub(crate) fn incident_row(center: &Center, id: IncidentId) -> Option<Value> {
    let incident = center.core().incident(id).ok()?;
    let card = center.boards().incidents.card(id);
    let known = incident.classification.as_ref();
    let mut row = json!({
        "incident": id,
        "stage": incident.stage,
        "incident_type": known.map(|known| &known.incident_type),
        "title": title(center, incident),
        "priority": known.map(|known| known.priority),
        "priority_initial": known.map(|known| known.priority_initial),
        "priority_highest": known.map(|known| known.priority_highest),
        "run_card": known.map(|known| &known.run_card),
        "location": location(center, &incident.location),
        "created_at": incident.created_at,
        "pending_due": card.and_then(|card| card.pending_due),
        "review_at": incident.hold.map(|hold| hold.review_at),
        "review_overdue": incident.review_overdue,
        "alarm_level": incident.alarm_level,
        "calls": incident.calls,
        "merged_into": incident.merged_into,
        "absorbed": incident.absorbed,
        "disposition": incident.disposition,
    });
    if let Value::Object(fields) = &mut row {
        fields.insert("policy_answer".to_owned(), policy_answer(known));
        fields.insert("accommodations".to_owned(), accommodations(center, incident));
        fields.insert("units".to_owned(), units(center, id));
        fields.insert("narrative".to_owned(), narrative(center, id));
        fields.insert("clocks".to_owned(), clocks(incident));
    }
    Some(row)
}

/// What policy answered, from which facts, and why.
fn policy_answer(known: Option<&Classification>) -> Value {
    let Some(known) = known else { return Value::Null };
    json!({
        "response": known.answer.response,
        "priority": known.answer.priority,
        "run_card": known.answer.run_card,
        "alarm_level": known.answer.alarm_level,
        "hold_ms_max": known.answer.hold_ms_max,
        "facts": known.facts,
        "receipt": known.receipt,
    })
}

/// What is added for the incident, and for those who called about it.
fn accommodations(center: &Center, incident: &Incident) -> Value {
    let own = incident.classification.iter().flat_map(|known| &known.accommodations);
    let calls = incident.calls.iter().filter_map(|call| center.core().call(*call).ok());
    let all: BTreeSet<_> = own.chain(calls.flat_map(|call| &call.accommodations)).collect();
    json!(all)
}

/// What people call the type.
pub(crate) fn title(center: &Center, incident: &Incident) -> Option<String> {
    let code = &incident.classification.as_ref()?.incident_type;
    Some(
        center
            .policy()
            .incident_type(code)
            .map_or_else(|| code.clone(), |known| known.title.clone()),
    )
}

fn units(center: &Center, incident: IncidentId) -> Value {
    let rows = center.core().assignments_of(incident).map(|assignment| {
        let latest = assignment.milestones.last_key_value();
        let inferred: Vec<Milestone> = assignment
            .milestones
            .iter()
            .filter(|(_, stamp)| stamp.inferred)
            .map(|(milestone, _)| *milestone)
            .collect();
        json!({
            "unit": assignment.unit,
            "assignment": assignment.id,
            "state": state(assignment),
            "since": latest.map_or(assignment.dispatched_at, |(_, stamp)| stamp.at),
            "inferred": inferred,
        })
    });
    Value::Array(rows.collect())
}

fn state(assignment: &Assignment) -> Value {
    match (assignment.ended, assignment.milestones.last_key_value()) {
        (Some(AssignmentEnd::Cancelled), _) => json!("cancelled"),
        (Some(AssignmentEnd::Diverted), _) => json!("diverted"),
        (_, Some((milestone, _))) => json!(milestone),
        (_, None) => json!("dispatched"),
    }
}

fn narrative(center: &Center, incident: IncidentId) -> Value {
    let lines = center.boards().incidents.card(incident).map(|card| card.narrative.as_slice());
    let rows = lines.unwrap_or_default().iter().map(|line| {
        json!({
            "seq": line.seq,
            "at": line.at,
            "by": line.by.person(),
            "text": opened(center, Some(&line.text)),
        })
    });
    Value::Array(rows.collect())
}

fn clocks(incident: &Incident) -> Value {
    let clocks = &incident.clocks;
    json!({
        "created_at": incident.created_at,
        "classified_at": clocks.classified_at,
        "dispatched_at": clocks.dispatched_at,
        "acknowledged_at": clocks.acknowledged_at,
        "enroute_at": clocks.enroute_at,
        "onscene_at": clocks.onscene_at,
        "units_cleared_at": clocks.units_cleared_at,
        "closed_at": clocks.closed_at,
    })
}

fn unit_row(center: &Center, id: &UnitId) -> Option<Value> {
    let unit = center.core().unit(id).ok()?;
    Some(json!({
        "unit": id,
        "agency": unit.agency,
        "capabilities": unit.capabilities,
        "station": unit.station,
        "lat_e7": unit.point.map(|point| point.lat_e7),
        "lon_e7": unit.point.map(|point| point.lon_e7),
        "primary": unit.status.primary,
        "secondary": unit.status.secondary,
        "label": unit.label,
        "status_at": unit.status_at,
        "heard_at": center.boards().units.heard_at(id),
        "incident": center.core().active_of(id).map(|active| active.incident),
        "assignment": unit.assignment,
    }))
}

fn alert_of(center: &Center, id: AlertId) -> Option<Value> {
    center.core().alert_of(id).map(|alert| alert_row(center, alert))
}

fn alert_row(center: &Center, alert: &Alert) -> Value {
    json!({
        "alert": alert.id,
        "kind": alert.kind,
        "subject": alert.subject,
        "text": alert_text(center, alert),
        "raised_at": alert.raised_at,
    })
}

fn alert_text(center: &Center, alert: &Alert) -> String {
    let what = match alert.kind {
        AlertKind::CallUnanswered => "rings longer than the target",
        AlertKind::IncidentUnclassified => "has no type yet: say what it is",
        AlertKind::CallbackOverdue => "was not rung back, or nobody said how it went, in time",
        AlertKind::IncidentOverdue => "waits longer than policy gives",
        AlertKind::HoldReview => "comes back from hold: decide again",
        AlertKind::UnitNotEnroute => "was told and is not under way",
        AlertKind::WelfareCheck => "is long on scene: is the crew safe?",
        AlertKind::ShortCall => "was ended by the call-taker within seconds",
        AlertKind::LocationsApart => {
            "has two places far apart: what was said, and what was delivered"
        }
        AlertKind::LineLost => "lost its line while the caller was being spoken with",
        AlertKind::TransferFailed => "could not be transferred, and is not on the line any more",
    };
    let who = match &alert.subject {
        Subject::Call(call) => format!("call {call}"),
        Subject::Incident(incident) => format!("incident {incident}"),
        Subject::Unit(unit) => unit.to_string(),
        Subject::Policy(hash) => format!("policy {hash}"),
        Subject::Assignment(assignment) => center
            .core()
            .assignment(*assignment)
            .map_or_else(|| assignment.to_string(), |of| format!("{} at {}", of.unit, of.incident)),
    };
    format!("{who} {what}")
}

fn shift_row(center: &Center, person: &PersonId) -> Option<Value> {
    center.core().shift(person).map(|shift| {
        json!({
            "person": shift.person,
            "role": shift.role,
            "position": shift.position,
            "started_at": shift.started_at,
            "agent_state": shift.agent.state,
            "agent_since": shift.agent.since,
        })
    })
}
