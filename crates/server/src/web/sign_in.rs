//! Signing in and out. Signing in also starts the shift; only a command ends it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use center::{Order, Rejected};
use evenhand_core::{Actor, Command, PersonId, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::chance::{random_bytes, to_hex};
use crate::limits::{PERSON_BYTES_MAX, POSITION_BYTES_MAX};
use crate::sessions::Session;
use crate::web::App;
use crate::web::extract::{Body, Signed};
use crate::web::failure::{ErrorBody, Failure};

/// Who signs in, as what, where.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    /// Sign-in name.
    person: String,
    /// Password, or the one-time code of the demo.
    password: String,
    /// As what: `call_taker`, `dispatcher`, `supervisor` or `auditor`.
    #[schema(value_type = String)]
    role: Role,
    /// At which work-station, 1 to 64 bytes.
    position: String,
}

/// A session.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignedIn {
    /// To be sent as `Authorization: Bearer <token>`; shown once.
    token: String,
    /// Who.
    person: String,
    /// As what.
    #[schema(value_type = String)]
    role: Role,
    /// What this person may sign in as.
    #[schema(value_type = Vec<String>)]
    roles: Vec<Role>,
    /// Where.
    position: String,
    /// Whether a shift runs. It does not while the journal is down, because it could not be
    /// recorded.
    on_shift: bool,
}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionShown {
    /// Who.
    person: String,
    /// As what.
    #[schema(value_type = String)]
    role: Role,
    /// What this person may sign in as.
    #[schema(value_type = Vec<String>)]
    roles: Vec<Role>,
    /// Where.
    position: String,
    /// Whether a shift runs.
    on_shift: bool,
}

/// Signs in, and starts the shift unless that person is on shift already.
#[utoipa::path(
    post, path = "/api/v1/sign-in", request_body = SignIn, security(()),
    responses(
        (status = 200, body = SignedIn),
        (status = 400, body = ErrorBody, description = "a field is not accepted"),
        (status = 401, body = ErrorBody, description = "name or password is wrong"),
        (status = 403, body = ErrorBody, description = "this person has not that role"),
        (status = 409, body = ErrorBody, description = "on shift in another role"),
        (status = 429, body = ErrorBody, description = "too many attempts for this person"),
    )
)]
pub(crate) async fn sign_in(
    State(app): State<App>,
    Body(asked): Body<SignIn>,
) -> Result<Json<SignedIn>, Failure> {
    check(&asked)?;
    let proven = app.prove(&asked.person, &asked.password).await?.ok_or_else(|| {
        let text = "name or password is wrong, or the one-time code was used already";
        Failure::new(StatusCode::UNAUTHORIZED, "wrong_password", text)
    })?;
    if !proven.roles.contains(&asked.role) {
        return Err(not_given(&asked.person, asked.role, &proven.roles));
    }
    let on_shift = start_shift(&app, &asked).await?;
    let mut session =
        Session::new(&asked.person, asked.role, proven.roles.clone(), &asked.position);
    session.one_time = proven.one_time;
    let token = app.sessions.begin(session, app.real.now().0)?;
    Ok(Json(SignedIn {
        token,
        person: asked.person,
        role: asked.role,
        roles: proven.roles,
        position: asked.position,
        on_shift,
    }))
}

fn check(asked: &SignIn) -> Result<(), Failure> {
    if asked.person.len() > PERSON_BYTES_MAX {
        let text = format!("`person` is longer than `{PERSON_BYTES_MAX}` bytes");
        return Err(Failure::bad("person_not_accepted", text));
    }
    if !(1..=POSITION_BYTES_MAX).contains(&asked.position.trim().len()) {
        let text = format!("`position` has no or more than `{POSITION_BYTES_MAX}` bytes");
        return Err(Failure::bad("position_not_accepted", text));
    }
    Ok(())
}

pub(super) fn not_given(person: &str, role: Role, roles: &[Role]) -> Failure {
    let word = |role: &Role| serde_json::to_string(role).unwrap_or_default().replace('"', "`");
    let has: Vec<String> = roles.iter().map(word).collect();
    let text = format!("`{person}` has not the role {}, but {}", word(&role), has.join(", "));
    Failure::new(StatusCode::FORBIDDEN, "role_not_given", text)
}

/// Starts the shift if none runs; says whether one runs now.
async fn start_shift(app: &App, asked: &SignIn) -> Result<bool, Failure> {
    let person = PersonId(asked.person.clone());
    let of = person.clone();
    let running = app.center.query(move |center| center.core().shift(&of).cloned()).await?;
    if let Some(shift) = running {
        return match shift.role == asked.role {
            true => Ok(true),
            false => Err(on_shift_otherwise(&shift)),
        };
    }
    let role = asked.role;
    let command = Command::StartShift { role, position: asked.position.trim().to_owned() };
    let key = format!("{person}:shift.{}", to_hex(&random_bytes::<8>()?));
    let actor = Actor::Person { id: person };
    match app.center.order(key, actor, Order::Command(command)).await? {
        Ok(_started) => Ok(true),
        // Whoever cannot be recorded as on shift can still see the phones ring.
        Err(Rejected::Unrecorded { .. }) => Ok(false),
        Err(Rejected::Refused { text, .. } | Rejected::Invalid { text }) => {
            Err(Failure::new(StatusCode::CONFLICT, "shift_refused", text))
        }
        Err(Rejected::NotRead { .. }) => Ok(false),
    }
}

fn on_shift_otherwise(shift: &evenhand_core::Shift) -> Failure {
    let word = serde_json::to_string(&shift.role).unwrap_or_default().replace('"', "`");
    let text = format!(
        "`{}` is on shift as {word} at `{}`; sign in as that, or end that shift first",
        shift.person, shift.position
    );
    Failure::new(StatusCode::CONFLICT, "on_shift_already", text)
}

/// Ends the session. The shift goes on until the command `EndShift`.
#[utoipa::path(
    post, path = "/api/v1/sign-out",
    responses((status = 204), (status = 401, body = ErrorBody))
)]
pub(crate) async fn sign_out(State(app): State<App>, signed: Signed) -> StatusCode {
    app.sessions.end(&signed.token);
    StatusCode::NO_CONTENT
}

/// Who is signed in.
#[utoipa::path(
    get, path = "/api/v1/session",
    responses((status = 200, body = SessionShown), (status = 401, body = ErrorBody))
)]
pub(crate) async fn session(
    State(app): State<App>,
    signed: Signed,
) -> Result<Json<SessionShown>, Failure> {
    let Session { person, role, roles, position, .. } = signed.session;
    let of = person.clone();
    let on_shift = app.center.query(move |center| center.core().shift(&of).is_some()).await?;
    Ok(Json(SessionShown { person: person.0, role, roles, position, on_shift }))
}
