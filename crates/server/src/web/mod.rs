//! The web API: commands in, questions, boards out, and the console's files.
//!
//! Handlers only translate. What may be done is decided by the centre and its policy; a handler
//! that knew a rule would be the same rule a second time.

mod commands;
mod console;
mod extract;
mod failure;
mod journal_pages;
mod map;
mod openapi;
mod policy_page;
mod questions;
mod sign_in;
mod socket;
mod voice;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, OriginalUri, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use jiff::tz::TimeZone;
use tokio::sync::{Semaphore, watch};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::accounts::Accounts;
use crate::attempts::Attempts;
use crate::clock::Clock;
use crate::door::CenterHandle;
use crate::limits::{
    BODY_BYTES_MAX, CHECKS_AT_ONCE, HASHES_AT_ONCE, LONG_BODY_BYTES_MAX, REQUEST_MS_MAX,
    SOCKETS_MAX,
};
use crate::sessions::{Session, Sessions};
use crate::voice::VoicePlane;
use console::Console;
use failure::Failure;

pub(crate) use map::MapFile;
pub use openapi::openapi_json;

/// No page of ours takes anything from another host. Styles may stand in the page: the map's
/// library sets them.
const CONTENT_POLICY: &str = "default-src 'self'; script-src 'self'; \
    style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; worker-src 'self' blob:; \
    connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// What every handler can reach. Clones are the same application.
#[derive(Clone)]
pub(crate) struct App(Arc<Parts>);

pub(crate) struct Parts {
    pub center: CenterHandle,
    pub voice: VoicePlane,
    pub accounts: Accounts,
    pub sessions: Sessions,
    attempts: Mutex<Attempts>,
    hashing: Semaphore,
    /// Places for checks of policies.
    thinking: Arc<Semaphore>,
    /// Of the system, whatever time it is in the centre.
    pub real: Clock,
    pub map: MapFile,
    /// The policy of the configuration, whether or not it is in force.
    pub configured: Arc<::policy::Policy>,
    /// The centre's local time.
    pub time_zone: TimeZone,
    pub console: Console,
    pub verify_token: String,
    pub public_key: String,
    /// Callers and crews are made up.
    pub generated: bool,
    pub sockets: Arc<Semaphore>,
    /// True from the moment the process is told to end.
    pub ending: watch::Receiver<bool>,
}

/// What the application is made of.
pub(crate) struct Making {
    pub center: CenterHandle,
    pub voice: VoicePlane,
    pub accounts: Accounts,
    pub sessions: Sessions,
    pub map: MapFile,
    pub configured: ::policy::Policy,
    pub time_zone: TimeZone,
    pub console_dir: Option<PathBuf>,
    pub verify_token: String,
    pub public_key: String,
    pub generated: bool,
    pub ending: watch::Receiver<bool>,
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    pub(crate) fn new(making: Making) -> Self {
        Self(Arc::new(Parts {
            center: making.center,
            voice: making.voice,
            accounts: making.accounts,
            sessions: making.sessions,
            attempts: Mutex::default(),
            hashing: Semaphore::new(HASHES_AT_ONCE),
            thinking: Arc::new(Semaphore::new(CHECKS_AT_ONCE)),
            real: Clock::real(),
            map: making.map,
            configured: Arc::new(making.configured),
            time_zone: making.time_zone,
            console: Console::new(making.console_dir),
            verify_token: making.verify_token,
            public_key: making.public_key,
            generated: making.generated,
            sockets: Arc::new(Semaphore::new(SOCKETS_MAX)),
            ending: making.ending,
        }))
    }

    /// The session of a token, if its person is still who they were.
    pub(crate) fn session(&self, token: &str) -> Result<Session, Failure> {
        let session = self.sessions.find(token, self.real.now().0);
        let session = session.ok_or_else(Failure::not_signed_in)?;
        let roles = match session.one_time {
            true => Some(session.roles.clone()),
            false => self.accounts.roles(session.person.as_str())?,
        };
        if roles.is_some_and(|roles| roles.contains(&session.role)) {
            return Ok(session);
        }
        self.sessions.end(token);
        Err(Failure::not_signed_in())
    }

    /// Proves a person by password or one-time code. Limited by person, and in how many at once.
    pub(crate) async fn prove(
        &self,
        person: &str,
        password: &str,
    ) -> Result<Option<crate::accounts::Proven>, Failure> {
        let taken = self.attempts().take(person, self.real.now().0);
        taken.map_err(Failure::too_many_attempts)?;
        let busy = || Failure::from(crate::door::NoAnswer::Busy);
        let _place = self.hashing.acquire().await.map_err(|_closed| busy())?;
        let (app, name, secret) = (self.clone(), person.to_owned(), password.to_owned());
        // Hashing takes a core for a while; the sockets must not wait for it.
        let proof = tokio::task::spawn_blocking(move || app.accounts.prove(&name, &secret));
        let proven = proof.await.map_err(|_panicked| busy())??;
        if proven.is_some() {
            self.attempts().reset(person);
        }
        Ok(proven)
    }

    // A panic elsewhere leaves whole buckets.
    fn attempts(&self) -> std::sync::MutexGuard<'_, Attempts> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All routes.
pub(crate) fn router(app: App) -> Router {
    let api = Router::new()
        .route("/sign-in", post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/session", get(sign_in::session))
        .route("/commands", post(commands::command))
        .route("/line", post(commands::line))
        .route("/undo", post(commands::undo))
        .route("/geocode", get(questions::geocode))
        .route("/reverse", get(questions::reverse))
        .route("/incidents/{id}", get(questions::incident))
        .route("/incidents/{id}/recommendation", get(questions::recommendation))
        .route("/calls/{id}", get(questions::call))
        .route("/calls/{id}/duplicates", get(questions::duplicates))
        .route("/policy", get(policy_page::book::policy))
        .route("/policy/check", long(post(policy_page::check::check)))
        .route("/policy/format", long(post(policy_page::check::format)))
        .route("/policy/difference", long(post(policy_page::change::difference)))
        .route("/policy/impact", long(post(policy_page::impact::impact)))
        .route("/policy/adopt", long(post(policy_page::adopt::adopt)))
        .route("/map", get(map::map))
        .route("/voice", get(voice::voice))
        .route("/voice/offer", post(voice::offer))
        .route("/voice/microphone", post(voice::microphone))
        .route("/journal/entries", get(journal_pages::entries))
        .route("/journal/checkpoints", get(journal_pages::checkpoints))
        .route("/journal/key", get(journal_pages::key))
        .route("/health", get(questions::health))
        .route("/openapi.json", get(openapi::served))
        .route("/ws", get(socket::socket))
        .fallback(no_such_address)
        .method_not_allowed_fallback(no_such_method);
    let fixed = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    Router::new()
        .nest("/api/v1", api)
        .fallback(console::file)
        .with_state(app)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(axum::middleware::from_fn(in_time))
        .layer(CatchPanicLayer::custom(|_panic: Box<dyn std::any::Any + Send>| bug()))
        .layer(fixed(header::CONTENT_SECURITY_POLICY, CONTENT_POLICY))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::REFERRER_POLICY, "no-referrer"))
        .layer(fixed(header::CACHE_CONTROL, "no-store"))
}

/// A route whose body may hold all texts of a policy.
fn long(route: MethodRouter<App>) -> MethodRouter<App> {
    route.layer(DefaultBodyLimit::max(LONG_BODY_BYTES_MAX))
}

/// Ends a request that takes too long. What it ordered may still be carried out.
async fn in_time(request: Request, next: Next) -> Result<Response, Failure> {
    let limit = Duration::from_millis(REQUEST_MS_MAX);
    tokio::time::timeout(limit, next.run(request)).await.map_err(|_too_slow| {
        let text = format!(
            "no answer in `{REQUEST_MS_MAX}` ms; what became of it is unknown: ask with the same \
             key"
        );
        Failure::new(StatusCode::GATEWAY_TIMEOUT, "too_slow", text)
    })
}

async fn no_such_address(OriginalUri(uri): OriginalUri) -> Failure {
    Failure::not_found(format!("there is no `{}`; see `/api/v1/openapi.json`", uri.path()))
}

async fn no_such_method(method: axum::http::Method, OriginalUri(uri): OriginalUri) -> Failure {
    let text =
        format!("`{method}` is not accepted at `{}`; see `/api/v1/openapi.json`", uri.path());
    Failure::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", text)
}

fn bug() -> Response {
    let text = "the server made a mistake; what became of it is unknown: ask with the same key";
    Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "bug", text).into_response()
}
