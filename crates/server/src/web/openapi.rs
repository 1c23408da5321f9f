//! The description of the web API, made from its types.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa::openapi::RefOr;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::web::{
    App, commands, journal_pages, map, policy_page, questions, sign_in, socket, voice,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Evenhand",
        description = "Commands, questions and live boards of one emergency call centre. Times \
            are milliseconds since 1970 UTC, places 1e-7 degrees WGS 84.",
    ),
    paths(
        sign_in::sign_in,
        sign_in::sign_out,
        sign_in::session,
        commands::command,
        commands::line,
        commands::undo,
        questions::geocode,
        questions::reverse,
        questions::incident,
        questions::recommendation,
        questions::call,
        questions::duplicates,
        policy_page::book::policy,
        policy_page::check::check,
        policy_page::check::format,
        policy_page::change::difference,
        policy_page::impact::impact,
        policy_page::adopt::adopt,
        map::map,
        voice::voice,
        voice::offer,
        voice::microphone,
        journal_pages::entries,
        journal_pages::checkpoints,
        journal_pages::key,
        questions::health,
        served,
        socket::socket,
    ),
    security(("session" = [])),
    modifiers(&Bearer)
)]
struct Description;

/// Everything but sign-in, health and this description needs a session.
struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("session", SecurityScheme::Http(bearer));
        for item in openapi.paths.paths.values_mut() {
            describe(item.get.iter_mut().chain(&mut item.post));
        }
    }
}

/// The form demands a description of every answer; where there is nothing to add, its status says
/// enough.
fn describe<'a>(operations: impl Iterator<Item = &'a mut Operation>) {
    for operation in operations {
        for (status, response) in &mut operation.responses.responses {
            let RefOr::T(response) = response else { continue };
            if response.description.is_empty() {
                let status = status.parse().ok().and_then(|code| StatusCode::from_u16(code).ok());
                let reason = status.and_then(|status| status.canonical_reason());
                response.description = reason.unwrap_or_default().to_lowercase();
            }
        }
    }
}

/// The description as it is committed and served.
pub fn openapi_json() -> String {
    // INVARIANT: the description is a plain tree with text keys.
    let text = Description::openapi().to_pretty_json().unwrap_or_default();
    format!("{text}\n")
}

/// This description.
#[utoipa::path(
    get, path = "/api/v1/openapi.json", security(()), responses((status = 200, body = Object))
)]
pub(crate) async fn served(State(_app): State<App>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], openapi_json()).into_response()
}
