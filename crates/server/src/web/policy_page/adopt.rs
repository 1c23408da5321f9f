//! Adoption: checked here, decided by the centre, signed by two people.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use center::Order;
use evenhand_core::Timestamp;
use policy::even::Budget;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::texts::{TextBody, accept};
use crate::web::App;
use crate::web::commands::{
    AcceptedBody, RefusedBody, Second, answer, order, read_command, second,
};
use crate::web::extract::{Key, Long, Signed};
use crate::web::failure::{ErrorBody, Failure};

/// Texts to adopt.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AdoptBody {
    /// All texts of the policy.
    files: Vec<TextBody>,
    /// From when on they are in force; `null`, or a time that has passed: now.
    #[schema(value_type = Option<i64>)]
    effective_at: Option<Timestamp>,
    /// `{"reason": ".."}`, as in a command.
    #[schema(value_type = Object)]
    signature: Value,
    /// The second person, present, with their own password.
    second: Option<Second>,
}

/// Adopts a policy: its texts are checked, and the command `AdoptPolicy` is given for their hash.
/// With the same key again it is answered from the record.
#[utoipa::path(
    post, path = "/api/v1/policy/adopt", request_body = AdoptBody,
    params(("Idempotency-Key" = String, Header, description = "1 to 40 of A-Z a-z 0-9 . _ : -")),
    responses(
        (status = 200, body = AcceptedBody),
        (status = 400, body = ErrorBody, description = "too long, or a name is not accepted"),
        (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody, description = "the second person is not proved"),
        (status = 409, body = RefusedBody, description = "the rules forbid it; recorded"),
        (status = 422, body = ErrorBody, description = "the texts cannot be read, or do not fit"),
        (status = 503, body = ErrorBody, description = "not recorded, so not accepted"),
    )
)]
pub(crate) async fn adopt(
    State(app): State<App>,
    signed: Signed,
    Key(key): Key,
    Long(body): Long<AdoptBody>,
) -> Result<Response, Failure> {
    let AdoptBody { files, effective_at, signature, second: given } = body;
    let (files, today) = (accept(files)?, app.today().await?);
    let second = second(&app, &signed.session, given).await?;
    let checked =
        app.think(move || center::check_policy(&files, &today, &Budget::default())).await?;
    let checked = checked.map_err(|problems| {
        let first = problems.first().map(ToString::to_string).unwrap_or_default();
        unfit(format!("the texts have `{}` problems; the first: {first}", problems.len()))
    })?;
    let hash = checked.policy().reference().hash;
    app.center.keep_checked(checked).await?.map_err(|problems| unfit(problems.join("; ")))?;
    let effective_at = effective_at.unwrap_or_default();
    let data = json!({ "hash": hash, "effective_at": effective_at, "signature": signature });
    let command = read_command(json!({ "type": "AdoptPolicy", "data": data }), second)?;
    let result = order(&app, &signed.session, &key, Order::Command(command)).await?;
    answer(result, None)
}

fn unfit(text: String) -> Failure {
    Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "policy_not_accepted", text)
}
