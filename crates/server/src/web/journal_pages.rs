//! The journal for `evenhand verify` while the centre runs: pages of entries, checkpoints, the key.
//!
//! Whoever is signed in sees entries without sealed values. Whoever can read `verify.token` in the
//! data folder can read the journal's file too, so they see everything.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use journal::{Store, WireCheckpoint, WireError, WirePage};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::limits::PAGE_ENTRIES_MAX;
use crate::password::same;
use crate::web::App;
use crate::web::extract::{Query, bearer};
use crate::web::failure::{ErrorBody, Failure};

/// Which part.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Part {
    /// Number of the first; 1 if not given.
    #[serde(default = "one")]
    #[param(required = false)]
    from: u64,
    /// How many at most; 512 if not given, which is also the most.
    #[serde(default = "all")]
    #[param(required = false)]
    limit: usize,
}

fn one() -> u64 {
    1
}

fn all() -> usize {
    PAGE_ENTRIES_MAX
}

/// Whose signature the checkpoints bear.
#[derive(Serialize, ToSchema)]
pub(crate) struct KeyShown {
    /// The public key as C2SP signed-note text: `name+id+base64`.
    key: String,
}

/// Who reads.
enum Reader {
    SignedIn,
    HoldsTheFolder,
}

fn reader(app: &App, headers: &HeaderMap) -> Result<Reader, Failure> {
    let token = bearer(headers).ok_or_else(Failure::not_signed_in)?;
    if same(token, &app.verify_token) {
        return Ok(Reader::HoldsTheFolder);
    }
    app.session(token).map(|_session| Reader::SignedIn)
}

/// Entries in order, with the checkpoints over them.
#[utoipa::path(
    get, path = "/api/v1/journal/entries", params(Part),
    responses((status = 200, body = Object), (status = 401, body = ErrorBody))
)]
pub(crate) async fn entries(
    State(app): State<App>,
    headers: HeaderMap,
    Query(Part { from, limit }): Query<Part>,
) -> Result<Json<WirePage>, Failure> {
    let reader = reader(&app, &headers)?;
    let limit = limit.min(PAGE_ENTRIES_MAX);
    let page = app.center.query(move |center| match reader {
        Reader::SignedIn => WirePage::read(center.journal(), from, limit),
        Reader::HoldsTheFolder => WirePage::read_with_sealed(center.journal(), from, limit),
    });
    page.await?.map(Json).map_err(|error| unreadable(&error))
}

/// Signed checkpoints, by size.
#[utoipa::path(
    get, path = "/api/v1/journal/checkpoints", params(Part),
    responses((status = 200, body = Vec<Object>), (status = 401, body = ErrorBody))
)]
pub(crate) async fn checkpoints(
    State(app): State<App>,
    headers: HeaderMap,
    Query(Part { from, limit }): Query<Part>,
) -> Result<Json<Vec<WireCheckpoint>>, Failure> {
    reader(&app, &headers)?;
    let limit = limit.min(PAGE_ENTRIES_MAX);
    let found =
        app.center.query(move |center| center.journal().store().checkpoints(from, limit)).await?;
    let found = found.map_err(|error| unreadable(&WireError::Store(error)))?;
    let shown = |one: journal::StoredCheckpoint| WireCheckpoint { size: one.size, note: one.note };
    Ok(Json(found.into_iter().map(shown).collect()))
}

/// The public key of the journal. Whoever proves something to others gets it another way.
#[utoipa::path(
    get, path = "/api/v1/journal/key",
    responses((status = 200, body = KeyShown), (status = 401, body = ErrorBody))
)]
pub(crate) async fn key(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Json<KeyShown>, Failure> {
    reader(&app, &headers)?;
    Ok(Json(KeyShown { key: app.public_key.clone() }))
}

fn unreadable(error: &WireError) -> Failure {
    let status = axum::http::StatusCode::INTERNAL_SERVER_ERROR;
    Failure::new(status, "journal_unreadable", error.to_string())
}
