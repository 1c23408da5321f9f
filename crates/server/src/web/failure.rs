//! What a request is told when it cannot be served: a status, a code that stays, and a sentence.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::AccountError;
use crate::chance::NoRandomBytes;
use crate::door::NoAnswer;

/// The body of every answer that is not the one asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ErrorBody {
    /// What went wrong.
    pub error: ErrorText,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ErrorText {
    /// For programs; never changes its meaning.
    pub code: String,
    /// For people: what was given and what would be accepted.
    pub text: String,
}

/// A request that is not served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    status: StatusCode,
    code: &'static str,
    text: String,
    retry_after_s: Option<u64>,
}

impl Failure {
    pub(crate) fn new(status: StatusCode, code: &'static str, text: impl Into<String>) -> Self {
        Self { status, code, text: text.into(), retry_after_s: None }
    }

    pub(crate) fn bad(code: &'static str, text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, text)
    }

    pub(crate) fn not_found(text: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", text)
    }

    pub(crate) fn not_signed_in() -> Self {
        let text = "no session; sign in, and send `Authorization: Bearer <token>`";
        Self::new(StatusCode::UNAUTHORIZED, "not_signed_in", text)
    }

    pub(crate) fn journal_down(why: &str) -> Self {
        let text = format!(
            "the journal cannot be written ({why}); nothing is accepted now: send it again with \
             the same key when it can"
        );
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "journal_down", text)
    }

    pub(crate) fn too_many_attempts(wait_ms: u64) -> Self {
        let seconds = wait_ms.div_ceil(1_000);
        let text = format!("too many attempts for this person; try again in `{seconds}` s");
        let status = StatusCode::TOO_MANY_REQUESTS;
        Self { retry_after_s: Some(seconds), ..Self::new(status, "too_many_attempts", text) }
    }
}

impl From<NoAnswer> for Failure {
    fn from(no_answer: NoAnswer) -> Self {
        let code = match no_answer {
            NoAnswer::Busy => "busy",
            NoAnswer::Unknown => "outcome_unknown",
        };
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, no_answer.to_string())
    }
}

impl From<AccountError> for Failure {
    fn from(error: AccountError) -> Self {
        tracing::error!(%error, "the accounts cannot be read");
        let text = "the accounts cannot be read; the log of the centre says why";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "accounts_unreadable", text)
    }
}

impl From<NoRandomBytes> for Failure {
    fn from(error: NoRandomBytes) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "no_random_bytes", error.to_string())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let error = ErrorText { code: self.code.to_owned(), text: self.text };
        let mut response = (self.status, Json(ErrorBody { error })).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
