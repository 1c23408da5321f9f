//! What would help: units, and incidents that may be the same. Computed here, recorded with the
//! command, never obeyed. Nothing about the caller's person goes into a recommendation; the types
//! of `recommend` cannot take it.

use crate::center::Center;
use crate::limits;
use evenhand_core::{
    Actor, Advice, Apart, CallId, Command, Digest, Incident, IncidentId, Location, LocationSource,
    Outcome, PossibleDuplicate, Recommendation, Timestamp, Unit,
};
use map::Point;
use recommend::{Need, Request};

/// The advice that belongs to a command.
pub(crate) fn for_command(
    center: &Center,
    at: Timestamp,
    actor: &Actor,
    command: &Command,
) -> Advice {
    match command {
        Command::DispatchUnits { incident, .. } => {
            Advice { recommendation: center.recommendation(*incident), ..Advice::none() }
        }
        Command::CreateIncident { call: Some(call), location } => {
            Advice { apart: apart(center, *call, location), ..of_call(center, at, *call) }
        }
        Command::LocateCall { call, location } => {
            let apart = match actor {
                Actor::Line => apart_from_typed(center, *call, location),
                _ => apart(center, *call, location),
            };
            Advice { apart, ..Advice::none() }
        }
        Command::AttachCall { call, .. } | Command::DeclineCall { call, .. } => {
            of_call(center, at, *call)
        }
        _ => Advice::none(),
    }
}

fn of_call(center: &Center, at: Timestamp, call: CallId) -> Advice {
    Advice { duplicates: duplicates(center, at, call, None), ..Advice::none() }
}

/// Units for an incident; `None` while it has no type, or its run card is not known.
pub(crate) fn recommendation(center: &Center, id: IncidentId) -> Option<Recommendation> {
    let incident = center.core.incident(id).ok()?;
    let classification = incident.classification.as_ref()?;
    let level = center.policy().run_card(
        &classification.run_card,
        classification.priority,
        incident.alarm_level,
        &incident.location.zones,
    )?;
    let units: Vec<&Unit> = center.core.units().collect();
    let already: Vec<&Unit> = center
        .core
        .active(id)
        .filter_map(|assignment| center.core.unit(&assignment.unit).ok())
        .collect();
    let needs: Vec<Need<'_>> = level
        .needs
        .iter()
        .map(|need| Need { capability: &need.capability, count: need.count })
        .collect();
    let request = Request {
        run_card: &classification.run_card,
        alarm_level: incident.alarm_level,
        needs: &needs,
        place: center.place_of_incident(id),
    };
    Some(recommend::recommend(&request, &units, &already, center.setup.times.as_ref()))
}

/// Open incidents that may be what a call reports, by the time of the call. `incident_type` is what
/// the call-taker thinks it is, if they have said so.
pub(crate) fn duplicates_of_call(
    center: &Center,
    call: CallId,
    incident_type: Option<&str>,
) -> Vec<PossibleDuplicate> {
    center
        .core
        .call(call)
        .map(|known| duplicates(center, known.presented_at, call, incident_type))
        .unwrap_or_default()
}

/// How far what a person gives is from what was delivered.
fn apart(center: &Center, call: CallId, typed: &Location) -> Option<Apart> {
    let delivered = center.core.call(call).ok()?.delivered.as_ref()?;
    between(center, typed, delivered)
}

/// The same for what is delivered after a person gave a place.
fn apart_from_typed(center: &Center, call: CallId, delivered: &Location) -> Option<Apart> {
    let known = center.core.call(call).ok()?.location.as_ref()?;
    let typed = (known.source == Some(LocationSource::Typed)).then_some(known)?;
    between(center, typed, delivered)
}

fn between(center: &Center, typed: &Location, delivered: &Location) -> Option<Apart> {
    let distance_m = center.place_of(typed)?.distance_m(center.place_of(delivered)?);
    Some(Apart { distance_m, uncertainty_m: delivered.uncertainty_m.unwrap_or(0) })
}

/// What is known of the call that an incident is compared with.
struct Report<'a> {
    at: Timestamp,
    place: Option<Point>,
    number: Option<Digest>,
    incident_type: Option<&'a str>,
}

fn duplicates(
    center: &Center,
    at: Timestamp,
    id: CallId,
    incident_type: Option<&str>,
) -> Vec<PossibleDuplicate> {
    let Ok(call) = center.core.call(id) else { return Vec::new() };
    let own = match &call.outcome {
        Some(Outcome::NewIncident { incident }) => center.core.incident(*incident).ok(),
        _ => None,
    };
    let own_type = own.and_then(type_of);
    let report = Report {
        at,
        place: center.place_of_call(id),
        number: call.number_digest,
        incident_type: incident_type.or(own_type),
    };
    let mut found: Vec<PossibleDuplicate> = center
        .core
        .open_incidents()
        .filter(|incident| incident.merged_into.is_none() && !incident.calls.contains(&id))
        .filter_map(|incident| compare(center, &report, incident))
        .collect();
    found.sort_by_key(|one| (std::cmp::Reverse(one.score), one.incident));
    found.truncate(limits::DUPLICATES_MAX);
    found
}

fn type_of(incident: &Incident) -> Option<&str> {
    incident.classification.as_ref().map(|known| known.incident_type.as_str())
}

/// How like an incident is to what a call reports: by distance, time, type, and the number.
fn compare(center: &Center, report: &Report<'_>, incident: &Incident) -> Option<PossibleDuplicate> {
    let age_ms = report.at.since(incident.created_at);
    if age_ms > limits::DUPLICATE_AGE_MS_MAX {
        return None;
    }
    let distance_m = report
        .place
        .zip(center.place_of_incident(incident.id))
        .map(|(here, there)| here.distance_m(there));
    let same_number = report.number.is_some()
        && incident
            .calls
            .iter()
            .filter_map(|call| center.core.call(*call).ok())
            .any(|call| call.number_digest == report.number);
    let near = distance_m.is_some_and(|metres| metres <= limits::DUPLICATE_DISTANCE_M_MAX);
    if !near && !same_number {
        return None;
    }
    let type_agrees = match (report.incident_type, type_of(incident)) {
        (Some(given), Some(known)) => given == known,
        (None, _) | (_, None) => true,
    };
    let mut one = PossibleDuplicate {
        incident: incident.id,
        distance_m,
        age_ms,
        type_agrees,
        same_number,
        score: 0,
    };
    one.score = score(&one);
    Some(one)
}

/// 0 to 1000: nearer (to 400), younger (to 300), of the same type (150), from the same number
/// (150) is higher. Our choice; it only orders a list that a person reads.
fn score(one: &PossibleDuplicate) -> u16 {
    let near = one.distance_m.map_or(0, |metres| {
        let left = limits::DUPLICATE_DISTANCE_M_MAX.saturating_sub(metres);
        u64::from(left) * 400 / u64::from(limits::DUPLICATE_DISTANCE_M_MAX)
    });
    let left = limits::DUPLICATE_AGE_MS_MAX.saturating_sub(one.age_ms);
    let young = left * 300 / limits::DUPLICATE_AGE_MS_MAX;
    let agrees = if one.type_agrees { 150 } else { 0 };
    let number = if one.same_number { 150 } else { 0 };
    u16::try_from(near + young + agrees + number).unwrap_or(1000)
}
