//! Orders: a command, a typed line, an undo. Each answers from the record, never from a guess.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use center::{Accepted, Clear, Order, Reading, Rejected, Selected};
use evenhand_core::{Actor, Command, PersonId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::limits::LINE_BYTES_MAX;
use crate::sessions::Session;
use crate::web::App;
use crate::web::extract::{Body, Key, Signed};
use crate::web::failure::{ErrorBody, Failure};
use crate::web::sign_in::not_given;

/// A command, and who signs it too.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommandBody {
    /// `{"type": "AnswerCall", "data": {"call": 1}}`; the types and their fields are those of
    /// `evenhand_core::Command`. Personal values are clear text here and sealed by the centre.
    #[schema(value_type = Object)]
    command: Value,
    /// A second person, where policy demands one.
    second: Option<Second>,
}

/// A second person, present, with their own password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Second {
    /// Sign-in name.
    person: String,
    /// Their password, or a one-time code.
    password: String,
}

/// A typed line.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LineBody {
    /// What was typed: `EN M21`; `?` lists all verbs.
    text: String,
    /// Whether to carry it out; otherwise it is only read.
    #[serde(default)]
    run: bool,
    /// What is selected on the screen: `{"call": 1, "incident": 2, "unit": "E2"}`, each optional.
    #[serde(default)]
    #[schema(value_type = Object)]
    selected: Selected,
    /// A second person, where policy demands one.
    second: Option<Second>,
}

/// An order carried out.
#[derive(Serialize, ToSchema)]
pub(crate) struct AcceptedBody {
    /// True.
    accepted: bool,
    /// Number of the entry of the command.
    first_seq: u64,
    /// Number of the last entry of what happened.
    last_seq: u64,
    /// The key was known: this is what happened then.
    repeated: bool,
    /// What happened: `{"seq", "type", "data"}` each.
    #[schema(value_type = Vec<Object>)]
    events: Vec<Value>,
    /// How the line was read, if it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    reading: Option<Value>,
}

/// An order that the rules forbid; recorded.
#[derive(Serialize, ToSchema)]
pub(crate) struct RefusedBody {
    /// False.
    accepted: bool,
    /// Number of the entry that records the refusal.
    seq: u64,
    /// `{"refusal": "<name>", ...}` with what it is about.
    #[schema(value_type = Object)]
    refusal: Value,
    /// The same for people, with what may be done instead.
    text: String,
    /// How the line was read, if it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    reading: Option<Value>,
}

/// How a line was read.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReadingBody {
    /// `understood`, `says`, `command`, `commands`, `choices`, `syntax`, `error`.
    #[schema(value_type = Object)]
    reading: Value,
}

/// Gives a command. With the same key again it is answered from the record.
#[utoipa::path(
    post, path = "/api/v1/commands", request_body = CommandBody,
    params(("Idempotency-Key" = String, Header, description = "1 to 40 of A-Z a-z 0-9 . _ : -")),
    responses(
        (status = 200, body = AcceptedBody),
        (status = 400, body = ErrorBody, description = "not a command"),
        (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody, description = "the second person is not proved"),
        (status = 409, body = RefusedBody, description = "the rules forbid it; recorded"),
        (status = 503, body = ErrorBody, description = "not recorded, so not accepted"),
    )
)]
pub(crate) async fn command(
    State(app): State<App>,
    signed: Signed,
    Key(key): Key,
    Body(body): Body<CommandBody>,
) -> Result<Response, Failure> {
    let second = second(&app, &signed.session, body.second).await?;
    let command = read_command(body.command, second)?;
    check_role(&signed.session, &command)?;
    let result = order(&app, &signed.session, &key, Order::Command(command)).await?;
    answer(result, None)
}

/// Reads a typed line, and carries it out if asked to.
#[utoipa::path(
    post, path = "/api/v1/line", request_body = LineBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "needed with `run`")),
    responses(
        (status = 200, body = ReadingBody, description = "with `run`: as for /commands"),
        (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody, description = "the second person is not proved"),
        (status = 409, body = RefusedBody, description = "the rules forbid it; recorded"),
        (status = 422, body = ReadingBody, description = "with `run`: not read, or ambiguous"),
        (status = 503, body = ErrorBody, description = "not recorded, so not accepted"),
    )
)]
pub(crate) async fn line(
    State(app): State<App>,
    signed: Signed,
    key: Result<Key, Failure>,
    Body(body): Body<LineBody>,
) -> Result<Response, Failure> {
    let LineBody { text, run, selected, second: given } = body;
    if text.len() > LINE_BYTES_MAX {
        let text = format!("the line has `{}` bytes; at most `{LINE_BYTES_MAX}`", text.len());
        return Err(Failure::bad("line_too_long", text));
    }
    let (asked, object) = (text.clone(), selected.clone());
    let reading = app.center.query(move |center| center.read_line(&asked, &object)).await?;
    let shown = json!(reading);
    if !run {
        return Ok(Json(ReadingBody { reading: shown }).into_response());
    }
    let Key(key) = key?;
    let second = second(&app, &signed.session, given).await?;
    for command in &reading.commands {
        check_role(&signed.session, command)?;
    }
    let ordered = match second {
        None => Order::Line { text, selected },
        Some(second) => Order::Command(signed_line(&reading, second)?),
    };
    answer(order(&app, &signed.session, &key, ordered).await?, Some(shown))
}

/// Takes this person's last command back, by a new entry.
#[utoipa::path(
    post, path = "/api/v1/undo",
    params(("Idempotency-Key" = String, Header, description = "1 to 40 of A-Z a-z 0-9 . _ : -")),
    responses(
        (status = 200, body = AcceptedBody),
        (status = 400, body = ErrorBody, description = "nothing to undo"),
        (status = 401, body = ErrorBody),
        (status = 409, body = RefusedBody, description = "the rules forbid it; recorded"),
        (status = 503, body = ErrorBody, description = "not recorded, so not accepted"),
    )
)]
pub(crate) async fn undo(
    State(app): State<App>,
    signed: Signed,
    Key(key): Key,
) -> Result<Response, Failure> {
    answer(order(&app, &signed.session, &key, Order::Undo).await?, None)
}

pub(super) async fn order(
    app: &App,
    session: &Session,
    key: &str,
    order: Order,
) -> Result<Result<Accepted, Rejected>, Failure> {
    let person = session.person.clone();
    // Whatever key another person chose, it cannot be this one.
    let key = format!("{person}:{key}");
    Ok(app.center.order(key, Actor::Person { id: person }, order).await?)
}

/// The second person, if the password is theirs.
pub(super) async fn second(
    app: &App,
    session: &Session,
    given: Option<Second>,
) -> Result<Option<PersonId>, Failure> {
    let Some(Second { person, password }) = given else { return Ok(None) };
    if person == session.person.as_str() {
        let text = format!("`{person}` cannot sign twice; another person signs as second");
        return Err(Failure::new(StatusCode::FORBIDDEN, "second_is_first", text));
    }
    match app.prove(&person, &password).await? {
        Some(_proven) => Ok(Some(PersonId(person))),
        None => {
            let text = format!("name or password of the second person `{person}` is wrong");
            Err(Failure::new(StatusCode::FORBIDDEN, "second_not_proved", text))
        }
    }
}

/// A command as it came, with the second person that was proved and with no other.
pub(super) fn read_command(
    mut given: Value,
    second: Option<PersonId>,
) -> Result<Command<Clear>, Failure> {
    let signature = given.pointer_mut("/data/signature").and_then(Value::as_object_mut);
    if signature.as_ref().is_some_and(|signature| signature.contains_key("second")) {
        let text = "`signature.second` is not accepted; send `second` with person and password \
                    beside `command`";
        return Err(Failure::bad("second_not_proved", text));
    }
    if let Some(second) = second {
        match signature {
            Some(signature) => sign(signature, &second),
            None => {
                let mut signature = Map::new();
                sign(&mut signature, &second);
                if let Some(data) = given.pointer_mut("/data").and_then(Value::as_object_mut) {
                    data.insert("signature".to_owned(), Value::Object(signature));
                }
            }
        }
    }
    serde_json::from_value(given).map_err(|error| {
        let text = format!("`command` is not accepted: {error}");
        Failure::bad("command_not_accepted", text)
    })
}

fn sign(signature: &mut Map<String, Value>, second: &PersonId) {
    signature.insert("second".to_owned(), json!(second));
}

/// The one command of a line, with a second person.
fn signed_line(reading: &Reading, second: PersonId) -> Result<Command<Clear>, Failure> {
    match reading.commands.as_slice() {
        [command] => read_command(json!(command), Some(second)),
        several => {
            let text = format!("a second person signs one command; the line has {}", several.len());
            Err(Failure::bad("second_not_accepted", text))
        }
    }
}

/// Nobody starts a shift in a role that they have not been given. The centre knows roles by shift;
/// who may have which is known here only.
fn check_role(session: &Session, command: &Command<Clear>) -> Result<(), Failure> {
    match command {
        Command::StartShift { role, .. } if !session.roles.contains(role) => {
            Err(not_given(session.person.as_str(), *role, &session.roles))
        }
        _ => Ok(()),
    }
}

pub(super) fn answer(
    result: Result<Accepted, Rejected>,
    reading: Option<Value>,
) -> Result<Response, Failure> {
    match result {
        Ok(Accepted { first_seq, last_seq, events, repeated }) => {
            let events = events.into_iter().map(|(seq, event)| event_shown(seq, &event)).collect();
            let accepted = true;
            let body = AcceptedBody { accepted, first_seq, last_seq, repeated, events, reading };
            Ok(Json(body).into_response())
        }
        Err(Rejected::Refused { seq, refusal, text }) => {
            let refusal = json!(refusal);
            let body = RefusedBody { accepted: false, seq, refusal, text, reading };
            Ok((StatusCode::CONFLICT, Json(body)).into_response())
        }
        Err(Rejected::NotRead { reading }) => {
            let body = ReadingBody { reading: json!(reading) };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response())
        }
        Err(Rejected::Invalid { text }) => Err(Failure::bad("not_accepted", text)),
        Err(Rejected::Unrecorded { why }) => Err(Failure::journal_down(&why)),
    }
}

fn event_shown(seq: u64, event: &evenhand_core::Event) -> Value {
    let mut shown = json!(event);
    if let Value::Object(fields) = &mut shown {
        fields.insert("seq".to_owned(), json!(seq));
    }
    shown
}
