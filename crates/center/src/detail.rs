//! The whole story of one incident or call: its row, and its time line read from the journal. What
//! a coroner asks (what did you know, and who decided?) is answered from here.

use crate::center::Center;
use crate::entry::{Entry, Row, decode};
use crate::view;
use evenhand_core::{
    Accommodation, Actor, AgentState, CallId, Command, Decision, EndedBy, Event, IncidentId,
    Location, Outcome, PersonId, QueueMatch, QueueRule, Recommendation, Signalling, TransferResult,
    WouldChange,
};
use serde_json::{Value, json};

pub(crate) fn incident(center: &Center, id: IncidentId) -> Option<Value> {
    let mut detail = view::incident_row(center, id)?;
    let mut entries =
        center.boards().incidents.card(id).map(|card| card.entries.clone()).unwrap_or_default();
    for call in &center.core().incident(id).ok()?.calls {
        if let Some(card) = center.boards().call_queue.card(*call) {
            entries.extend_from_slice(&card.entries);
        }
    }
    entries.sort_unstable();
    entries.dedup();
    let rows = rows(center, &entries);
    let past = past_recommendations(center, id, &rows);
    add(&mut detail, "timeline", timeline(center, &rows));
    add(&mut detail, "decisions", decisions(&rows));
    add(&mut detail, "recommendation", json!(center.recommendation(id)));
    add(&mut detail, "past_recommendations", Value::Array(past));
    Some(detail)
}

pub(crate) fn call(center: &Center, id: CallId) -> Option<Value> {
    let mut detail = view::call_row(center, id)?;
    let entries = center.boards().call_queue.card(id)?.entries.clone();
    let rows = rows(center, &entries);
    add(&mut detail, "timeline", timeline(center, &rows));
    add(&mut detail, "decisions", decisions(&rows));
    Some(detail)
}

fn add(detail: &mut Value, field: &str, value: Value) {
    if let Value::Object(fields) = detail {
        fields.insert(field.to_owned(), value);
    }
}

fn rows(center: &Center, entries: &[u64]) -> Vec<Row> {
    entries.iter().filter_map(|seq| row(center, *seq)).collect()
}

fn row(center: &Center, seq: u64) -> Option<Row> {
    let stored = center.journal().read(seq, 1).ok()?;
    stored.first().and_then(|stored| decode(&stored.body).ok())
}

fn timeline(center: &Center, rows: &[Row]) -> Value {
    let lines = rows.iter().filter_map(|row| match &row.entry {
        Entry::Event(event) => Some(json!({
            "seq": row.seq,
            "at": row.at,
            "actor": actor(&row.actor),
            "type": event.name(),
            "text": text(center, event),
        })),
        Entry::Command { .. } => None,
    });
    Value::Array(lines.collect())
}

fn actor(actor: &Actor) -> String {
    match actor {
        Actor::Person { id } => id.to_string(),
        Actor::Line => "line".to_owned(),
        Actor::Crew { unit } => format!("crew {unit}"),
        Actor::Clock => "clock".to_owned(),
        Actor::Center => "centre".to_owned(),
    }
}

fn decisions(rows: &[Row]) -> Value {
    let made = rows.iter().filter_map(|row| match &row.entry {
        Entry::Event(Event::DecisionMade { decision }) => {
            Some(json!({ "seq": row.seq, "at": row.at, "decision": decision }))
        }
        _ => None,
    });
    Value::Array(made.collect())
}

/// The advice that stood before the person at each dispatch: it is in the command's row, which
/// comes before the dispatch's first event.
fn past_recommendations(center: &Center, id: IncidentId, rows: &[Row]) -> Vec<Value> {
    let mut past: Vec<(u64, Value)> = Vec::new();
    for event in rows {
        let Some((key, _)) = event.id.rsplit_once('/') else { continue };
        if !matches!(&event.entry, Entry::Event(Event::UnitDispatched { .. })) {
            continue;
        }
        let Some((seq, by, at, made)) = dispatch_of(center, key, event.seq, id) else { continue };
        if past.iter().all(|(known, _)| *known != seq) {
            let line = json!({ "seq": seq, "at": at, "by": by, "recommendation": made });
            past.push((seq, line));
        }
    }
    past.into_iter().map(|(_, line)| line).collect()
}

fn dispatch_of(
    center: &Center,
    key: &str,
    event: u64,
    id: IncidentId,
) -> Option<(u64, String, i64, Option<Recommendation>)> {
    let (first, _) = center.keys.get(key)?;
    let row = row(center, first).filter(|row| row.seq < event)?;
    match row.entry {
        Entry::Command { command, advice, .. } => match *command {
            Command::DispatchUnits { incident, .. } if incident == id => {
                Some((row.seq, actor(&row.actor), row.at.0, advice.recommendation))
            }
            _ => None,
        },
        Entry::Event(_) => None,
    }
}

/// One sentence for people.
fn text(center: &Center, event: &Event) -> String {
    call_text(center, event)
        .or_else(|| incident_text(center, event))
        .or_else(|| unit_text(center, event))
        .unwrap_or_else(|| event.name().to_owned())
}

fn said(center: &Center, sealed: &evenhand_core::Sealed) -> String {
    match view::opened(center, Some(sealed)) {
        Value::String(text) => text,
        _ => "(erased)".to_owned(),
    }
}

fn place(center: &Center, location: &Location) -> String {
    let address = location
        .address
        .as_ref()
        .map_or_else(|| "a place without address".to_owned(), |address| said(center, address));
    let verified = if location.verified { "verified" } else { "unverified" };
    format!("{address} ({verified})")
}

fn call_text(center: &Center, event: &Event) -> Option<String> {
    Some(match event {
        Event::CallPresented { call, channel, test, .. } => {
            let test = if *test { ", a test" } else { "" };
            format!("call {call} comes in by {channel:?}{test}").to_lowercase()
        }
        Event::CallSignalled { call, signalling } => signalled_text(*call, signalling),
        Event::CallRepeats { call, lead } => format!("{call} is the caller of {lead} again"),
        Event::CallQueued { call, .. } => format!("{call} rings"),
        Event::CallEnqueued { call, rule, matched, .. } => enqueued_text(*call, rule, matched),
        Event::CallOffered { call, round, to, .. } => offered_text(*call, *round, to),
        Event::CallAnswered { call, by } => format!("{by} answers {call}"),
        Event::CallAbandoned { call } => format!("the caller of {call} hangs up before the answer"),
        Event::CallbackDue { call, due } => format!("{call} is to be rung back by {due}"),
        Event::CallbackStarted { call, by, .. } => format!("{by} rings {call} back"),
        Event::CallbackReached { call, by } => format!("{by} reaches the caller of {call}"),
        Event::CallbackNotReached { call, by } => {
            format!("{by} does not reach the caller of {call}")
        }
        Event::CallbackHandedOver { call, to } => format!("the callback of {call} is now {to}'s"),
        Event::WordsRecorded { call, words } => format!("{call}: {}", said(center, words)),
        Event::CallLocated { call, location, distance_m, .. } => {
            let apart = distance_m.map(|metres| format!(", {metres} m from the other place given"));
            format!("{call} is at {}{}", place(center, location), apart.unwrap_or_default())
        }
        Event::LocationFailed { call, reason, .. } => {
            format!("no usable location of {call}: {reason}")
        }
        Event::LocationRebid { call } => format!("the network is asked again where {call} is"),
        Event::TransferOffered { call, offer } => {
            format!("{} answers for where {call} is: {}", offer.name, offer.to_uri)
        }
        Event::CallHeld { call, by } => format!("{by} lets {call} wait on the line"),
        Event::CallResumed { call, by } => format!("{by} speaks with {call} again"),
        Event::TransferStarted { call, to, by } => format!("{by} hands {call} to {to}"),
        Event::TransferAnswered { call, result: TransferResult::Accepted, .. } => {
            format!("the other centre has the caller of {call}")
        }
        Event::TransferAnswered { call, result: TransferResult::Failed, code } => {
            format!("{call} could not be handed over ({code})")
        }
        Event::CallEnded { call, by: EndedBy::LineLost } => format!("the line of {call} broke"),
        Event::CallEnded { call, .. } => format!("{call} is over"),
        Event::CallAccounted { call, outcome, .. } => format!("{call}: {}", outcome_text(outcome)),
        Event::CallerFactsRecorded { call, facts, accommodations } => {
            format!("{} about the caller of {call}{}", count(facts.len()), added(accommodations))
        }
        Event::CallDetached { call, incident } => format!("{call} is taken off {incident}"),
        _ => return None,
    })
}

fn signalled_text(call: CallId, signalling: &Signalling) -> String {
    let defects = match signalling.defects.as_slice() {
        [] => String::new(),
        defects => format!("; {}", defects.join("; ")),
    };
    format!("{call} asks for `{}` by {}{defects}", signalling.service, signalling.entered_by)
}

fn enqueued_text(call: CallId, rule: &QueueRule, matched: &QueueMatch) -> String {
    let why = match matched {
        QueueMatch::Service { pattern } => format!("it takes `{pattern}`"),
        QueueMatch::Default => "no queue names what was asked for".to_owned(),
        QueueMatch::Overflow { from } => format!("nobody took it from `{from}`"),
    };
    format!("{call} waits in queue `{}`: {why}", rule.name)
}

fn offered_text(call: CallId, round: u32, to: &[PersonId]) -> String {
    let names: Vec<&str> = to.iter().map(PersonId::as_str).collect();
    match names.as_slice() {
        [] => format!("round {round}: nobody is ready for {call}, it waits"),
        names => format!("round {round}: {call} is offered to {}", names.join(", ")),
    }
}

fn outcome_text(outcome: &Outcome) -> String {
    match outcome {
        Outcome::NewIncident { incident } => format!("new incident {incident}"),
        Outcome::AddedToIncident { incident } => format!("added to {incident}"),
        Outcome::TransferAccepted { by } => format!("taken over by {by}"),
        Outcome::NoDispatchDecision { decision, code } => {
            format!("nobody sent, decision {decision}, {code:?}")
        }
        Outcome::TestCall => "a test call".to_owned(),
    }
}

fn incident_text(center: &Center, event: &Event) -> Option<String> {
    Some(match event {
        Event::IncidentCreated { incident, location, .. } => {
            format!("{incident} is opened at {}", place(center, location))
        }
        Event::IncidentClassified { .. } => classified_text(event)?,
        Event::IncidentPending { due, .. } => format!("somebody is to be sent by {due}"),
        Event::IncidentRelocated { location, .. } => {
            format!("the place is now {}", place(center, location))
        }
        Event::NarrativeAdded { text, .. } => said(center, text),
        Event::PriorityChanged { from, to, .. } => {
            format!("priority {from} becomes {to} (1 highest)")
        }
        Event::IncidentHeld { review_at, .. } => format!("held, to be looked at by {review_at}"),
        Event::HoldReviewDue { .. } => "the hold is over: decide again".to_owned(),
        Event::HoldReleased { .. } => "the hold is lifted".to_owned(),
        Event::AlarmLevelRaised { level, .. } => format!("alarm level {level}"),
        Event::IncidentUnitsCleared { .. } => "all units are clear".to_owned(),
        Event::IncidentClosed { disposition, .. } => format!("closed: {disposition:?}"),
        Event::IncidentReopened { .. } => "opened again".to_owned(),
        Event::IncidentsMerged { from, into } => format!("{from} is treated as part of {into}"),
        Event::IncidentUnmerged { incident, from, .. } => format!("{incident} is taken off {from}"),
        Event::DecisionMade { decision } => decision_text(decision),
        Event::CommandRefused { refusal } => format!("refused: {refusal}"),
        _ => return None,
    })
}

fn classified_text(event: &Event) -> Option<String> {
    let Event::IncidentClassified {
        incident_type,
        response,
        priority,
        rule,
        accommodations,
        receipt,
        ..
    } = event
    else {
        return None;
    };
    let word = response.word();
    let added = added(accommodations);
    let mut text = format!(
        "it is `{incident_type}`: {word}, priority {priority} (1 highest), by rule `{rule}`{added}"
    );
    let changes = receipt.as_ref().map(|receipt| receipt.would_change.as_slice());
    for change in changes.unwrap_or_default() {
        let WouldChange { attribute, value, outcome, answer } = change;
        text.push_str(&format!("; {outcome} differs if `{attribute}` is `{value}`: {answer}"));
    }
    Some(text)
}

fn count(facts: usize) -> String {
    if facts == 1 { "a fact".to_owned() } else { format!("{facts} facts") }
}

fn added(accommodations: &[Accommodation]) -> String {
    accommodations.iter().map(|one| format!(", {} {}", one.name, one.value)).collect()
}

fn decision_text(decision: &Decision) -> String {
    let Decision { id, kind, person, second, policy, rule, reason, .. } = decision;
    let second = second.as_ref().map(|second| format!(" and {second}")).unwrap_or_default();
    let version = policy.version;
    format!("{person}{second} decide {id}, {kind:?} (policy {version}, rule `{rule}`): {reason}")
}

fn unit_text(center: &Center, event: &Event) -> Option<String> {
    Some(match event {
        Event::UnitDispatched { unit, .. } => format!("{unit} is sent"),
        Event::MilestoneReached { assignment, milestone, inferred, .. } => {
            let unit = center.core().assignment(*assignment).map(|of| of.unit.to_string());
            let inferred = if *inferred { " (inferred)" } else { "" };
            format!("{}: {milestone:?}{inferred}", unit.unwrap_or_default())
        }
        Event::AssignmentEnded { assignment, end } => {
            let unit = center.core().assignment(*assignment).map(|of| of.unit.to_string());
            format!("{}: {end:?}", unit.unwrap_or_default())
        }
        Event::UnitStatusChanged { unit, label, .. } => format!("{unit} is `{label}`"),
        Event::UnitStatusUndone { unit, label, .. } => {
            format!("{unit}: the last status is taken back, it is `{label}` again")
        }
        Event::AgentStateChanged { person, state, .. } => match state {
            AgentState::Ready => format!("{person} is ready"),
            AgentState::Busy => format!("{person} is busy"),
            AgentState::WrapUp => format!("{person} writes up"),
            AgentState::Break => format!("{person} takes a break"),
        },
        Event::AlertRaised { alert, kind, .. } => format!("alert {alert}: {kind:?}"),
        Event::AlertAcknowledged { alert, by, .. } => format!("{by} takes note of {alert}"),
        _ => return None,
    })
}
