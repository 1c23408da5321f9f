//! Questions: they change nothing and are recorded nowhere.

use ::map::Point;
use axum::Json;
use axum::extract::State;
use center::Center;
use evenhand_core::{CallId, Disposition, IncidentId, NoDispatchCode, Role};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use crate::limits::LINE_BYTES_MAX;
use crate::web::App;
use crate::web::extract::{Number, Query, Signed};
use crate::web::failure::{ErrorBody, Failure};

/// How the process is.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok`, or `down` while the journal cannot be written.
    status: String,
    /// Number of the last entry.
    seq: u64,
    /// `ok` or `down`.
    journal: String,
    /// Why it is down.
    why: Option<String>,
    /// Times real time; 0 stands still.
    speed: u32,
    /// Callers and crews are made up.
    generated: bool,
    /// The centre's time zone, by its name in the tz database; `null` if it has none.
    time_zone: Option<String>,
}

/// How the process is. Open to whoever can reach it, and says nothing about anybody.
#[utoipa::path(
    get, path = "/api/v1/health", security(()), responses((status = 200, body = Health))
)]
pub(crate) async fn health(State(app): State<App>) -> Json<Health> {
    let beat = app.center.beat();
    Json(Health {
        status: beat.journal().to_owned(),
        seq: beat.seq,
        journal: beat.journal().to_owned(),
        why: beat.down,
        speed: app.center.clock().speed(),
        generated: app.generated,
        time_zone: app.time_zone.iana_name().map(str::to_owned),
    })
}

/// A typed place.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Place {
    /// `77 Massachusetts Ave`, `Columbus Ave & Mass Ave`, a station or shelter by name.
    q: String,
}

/// Candidates for a typed place, best first.
#[utoipa::path(
    get, path = "/api/v1/geocode", params(Place),
    responses((status = 200, body = Object), (status = 400, body = ErrorBody))
)]
pub(crate) async fn geocode(
    State(app): State<App>,
    _signed: Signed,
    Query(Place { q }): Query<Place>,
) -> Result<Json<Value>, Failure> {
    if q.len() > LINE_BYTES_MAX {
        let text = format!("`q` has `{}` bytes; at most `{LINE_BYTES_MAX}`", q.len());
        return Err(Failure::bad("query_not_accepted", text));
    }
    Ok(Json(app.center.query(move |center| center.geocode(&q)).await?))
}

/// A point, WGS 84, in 1e-7 degrees.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct PointQuery {
    /// Latitude.
    lat_e7: i32,
    /// Longitude.
    lon_e7: i32,
}

/// What stands at a point.
#[utoipa::path(
    get, path = "/api/v1/reverse", params(PointQuery),
    responses((status = 200, body = Object), (status = 400, body = ErrorBody))
)]
pub(crate) async fn reverse(
    State(app): State<App>,
    _signed: Signed,
    Query(PointQuery { lat_e7, lon_e7 }): Query<PointQuery>,
) -> Result<Json<Value>, Failure> {
    let point = Point { lat_e7, lon_e7 };
    Ok(Json(app.center.query(move |center| center.reverse(point)).await?))
}

/// Everything about an incident, with its time line.
#[utoipa::path(
    get, path = "/api/v1/incidents/{id}", params(("id" = u64, Path)),
    responses((status = 200, body = Object), (status = 404, body = ErrorBody))
)]
pub(crate) async fn incident(
    State(app): State<App>,
    _signed: Signed,
    Number(id): Number,
) -> Result<Json<Value>, Failure> {
    let found = app.center.query(move |center| center.incident_detail(IncidentId(id))).await?;
    found.map(Json).ok_or_else(|| Failure::not_found(format!("there is no incident `I{id}`")))
}

/// Units for an incident as things stand, with reasons; `null` while it has no type.
#[utoipa::path(
    get, path = "/api/v1/incidents/{id}/recommendation", params(("id" = u64, Path)),
    responses((status = 200, body = Object), (status = 404, body = ErrorBody))
)]
pub(crate) async fn recommendation(
    State(app): State<App>,
    _signed: Signed,
    Number(id): Number,
) -> Result<Json<Value>, Failure> {
    let incident = IncidentId(id);
    let found = app.center.query(move |center| {
        let known = center.core().incident(incident).is_ok();
        known.then(|| json!({ "recommendation": center.recommendation(incident) }))
    });
    found.await?.map(Json).ok_or_else(|| Failure::not_found(format!("no incident `I{id}`")))
}

/// Everything about a call, with its time line.
#[utoipa::path(
    get, path = "/api/v1/calls/{id}", params(("id" = u64, Path)),
    responses((status = 200, body = Object), (status = 404, body = ErrorBody))
)]
pub(crate) async fn call(
    State(app): State<App>,
    _signed: Signed,
    Number(id): Number,
) -> Result<Json<Value>, Failure> {
    let found = app.center.query(move |center| center.call_detail(CallId(id))).await?;
    found.map(Json).ok_or_else(|| Failure::not_found(format!("there is no call `C{id}`")))
}

/// What the call-taker thinks it is, if they have said so.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct TypeQuery {
    /// Code of an incident type, `fire.structure`.
    #[param(required = false)]
    incident_type: Option<String>,
}

/// Open incidents that may be what a call reports, best first.
#[utoipa::path(
    get, path = "/api/v1/calls/{id}/duplicates", params(("id" = u64, Path), TypeQuery),
    responses((status = 200, body = Object), (status = 404, body = ErrorBody))
)]
pub(crate) async fn duplicates(
    State(app): State<App>,
    _signed: Signed,
    Number(id): Number,
    Query(TypeQuery { incident_type }): Query<TypeQuery>,
) -> Result<Json<Value>, Failure> {
    let call = CallId(id);
    let found = app.center.query(move |center| {
        center.core().call(call).is_ok().then(|| duplicates_of(center, call, incident_type))
    });
    found.await?.map(Json).ok_or_else(|| Failure::not_found(format!("there is no call `C{id}`")))
}

/// The centre's proposals, each with the title and address by which a person knows the incident.
fn duplicates_of(center: &Center, call: CallId, incident_type: Option<String>) -> Value {
    let found = match incident_type {
        Some(code) => center.duplicates_of_type(call, &code),
        None => center.duplicates(call),
    };
    let shown = found.into_iter().map(|one| {
        let row = center.incident_row(one.incident).unwrap_or_default();
        let mut shown = json!(one);
        if let Value::Object(fields) = &mut shown {
            fields.insert("title".to_owned(), row["title"].clone());
            fields.insert("address".to_owned(), row["location"]["address"].clone());
        }
        shown
    });
    json!({ "duplicates": shown.collect::<Vec<Value>>() })
}

const NO_DISPATCH_CODES: [NoDispatchCode; 10] = [
    NoDispatchCode::AdviceGiven,
    NoDispatchCode::ReferredAccepted,
    NoDispatchCode::ReferredNotAccepted,
    NoDispatchCode::OutsideAreaTransferred,
    NoDispatchCode::DuplicateOf,
    NoDispatchCode::CallerWithdrew,
    NoDispatchCode::CallbackUnreached,
    NoDispatchCode::NoUnitAvailableHeld,
    NoDispatchCode::PolicyNoSend,
    NoDispatchCode::AccidentalConfirmed,
];

/// How a person may close an incident; the others follow from decisions.
const DISPOSITIONS: [Disposition; 6] = [
    Disposition::HandledOnScene,
    Disposition::TransportedToHospital,
    Disposition::GoneOnArrival,
    Disposition::FalseAlarm,
    Disposition::PatientRefused,
    Disposition::Cancelled,
];

const ROLES: [Role; 4] = [Role::CallTaker, Role::Dispatcher, Role::Supervisor, Role::Auditor];

/// What the agency chose, as lists to pick from.
pub(super) fn chosen(policy: &::policy::Policy) -> Value {
    let reference = policy.reference();
    let types = policy.incident_types().map(|kind| {
        json!({
            "code": kind.code,
            "title": kind.title,
            "priority": kind.priority,
            "protected": kind.protected,
            "agencies": kind.agencies,
            "pending_ms_max": kind.pending_ms_max,
            "hold_ms_max": kind.hold_ms_max,
        })
    });
    let labels = policy.labels().map(|label| {
        json!({
            "label": label.name,
            "aliases": label.aliases,
            "primary": label.status.primary,
            "secondary": label.status.secondary,
        })
    });
    let urgencies =
        policy.urgencies().map(|one| json!({ "priority": one.priority, "title": one.title }));
    json!({
        "id": reference.id,
        "version": reference.version,
        "incident_types": types.collect::<Vec<Value>>(),
        "labels": labels.collect::<Vec<Value>>(),
        "priorities": urgencies.collect::<Vec<Value>>(),
        "no_dispatch_codes": NO_DISPATCH_CODES,
        "dispositions": DISPOSITIONS,
        "roles": ROLES,
    })
}
