//! What is taken out of a request before its handler runs: who asks, the key, the body.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

use crate::limits::{BODY_BYTES_MAX, KEY_BYTES_MAX, LONG_BODY_BYTES_MAX};
use crate::sessions::Session;
use crate::web::App;
use crate::web::failure::Failure;

/// Somebody who is signed in.
pub(crate) struct Signed {
    pub token: String,
    pub session: Session,
}

impl FromRequestParts<App> for Signed {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let token = bearer(&parts.headers).ok_or_else(Failure::not_signed_in)?;
        let session = app.session(token)?;
        Ok(Self { token: token.to_owned(), session })
    }
}

/// The secret in `Authorization: Bearer <secret>`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// The key of a request that must not be carried out twice, as the client chose it.
pub(crate) struct Key(pub String);

impl FromRequestParts<App> for Key {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Failure> {
        let accepted = format!("1 to {KEY_BYTES_MAX} of `A-Z a-z 0-9 . _ : -`, new for each order");
        let Some(given) = parts.headers.get("idempotency-key") else {
            let text = format!("the header `Idempotency-Key` is missing; accepted: {accepted}");
            return Err(Failure::bad("key_missing", text));
        };
        let given = given.to_str().unwrap_or_default();
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte);
        if (1..=KEY_BYTES_MAX).contains(&given.len()) && given.bytes().all(fits) {
            return Ok(Self(given.to_owned()));
        }
        let text = format!("`{}` is no key; accepted: {accepted}", given.escape_debug());
        Err(Failure::bad("key_not_accepted", text))
    }
}

/// A body of JSON. Says what is wrong with it, and where.
pub(crate) struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        read_body(request, app, BODY_BYTES_MAX).await.map(Self)
    }
}

/// A body of JSON on a route that takes long ones.
pub(crate) struct Long<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Long<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        read_body(request, app, LONG_BODY_BYTES_MAX).await.map(Self)
    }
}

/// `bytes_max` is the limit of the route, to be told.
async fn read_body<T: DeserializeOwned>(
    request: Request,
    app: &App,
    bytes_max: usize,
) -> Result<T, Failure> {
    let bytes =
        Bytes::from_request(request, app).await.map_err(|rejected| match rejected.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                let text = format!("the body is longer than `{bytes_max}` bytes");
                Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_long", text)
            }
            _ => Failure::bad("body_unreadable", "the body could not be read to its end"),
        })?;
    serde_json::from_slice(&bytes).map_err(|error| {
        let text = format!("the body is not accepted: {error}; see `/api/v1/openapi.json`");
        Failure::bad("body_not_accepted", text)
    })
}

/// What stands in the query of an address.
pub(crate) struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Failure> {
        let read = axum::extract::Query::<T>::try_from_uri(&parts.uri);
        read.map(|axum::extract::Query(query)| Self(query)).map_err(|rejected| {
            let text = format!("{}; see `/api/v1/openapi.json`", rejected.body_text());
            Failure::bad("query_not_accepted", text)
        })
    }
}

/// A number in the path, `/incidents/7`.
pub(crate) struct Number(pub u64);

impl FromRequestParts<App> for Number {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let path = axum::extract::Path::<u64>::from_request_parts(parts, app).await;
        path.map(|axum::extract::Path(number)| Self(number)).map_err(|_not_a_number| {
            let text = format!("`{}` names no number; `/incidents/7` would", parts.uri.path());
            Failure::bad("number_not_accepted", text)
        })
    }
}
