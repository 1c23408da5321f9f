//! Asking location servers and LoST servers, and registering with the element before us, over
//! HTTP, each with a limit of time. No call waits for an answer; a late one is a failure with its
//! reason.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsProvider};

use crate::limits::{SIP_FETCH_BYTES_MAX, SIP_FETCHES_AT_ONCE};

/// One question.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub id: u64,
    pub url: String,
    pub method: Method,
    /// Type of the body.
    pub content_type: &'static str,
    pub body: String,
    pub wait_ms: u64,
}

/// How it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    /// Without a body.
    Get,
    Post,
    Put,
}

/// What became of it: the body, or why there is none.
pub(super) type Fetched = (u64, Result<Vec<u8>, String>);

/// Asks. Clones are the same one.
#[derive(Clone)]
pub(super) struct Fetcher {
    agent: ureq::Agent,
    turns: Arc<Semaphore>,
    answers: mpsc::Sender<Fetched>,
}

impl Fetcher {
    /// `trusted`: roots of the servers' certificates, if any is asked over TLS.
    ///
    /// # Errors
    /// The roots cannot be read; says why.
    pub fn new(trusted: Option<&Path>) -> Result<(Self, mpsc::Receiver<Fetched>), String> {
        let (answers, answered) = mpsc::channel(SIP_FETCHES_AT_ONCE);
        let roots = trusted.map(certificates).transpose()?.unwrap_or_default();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(provider)
            .root_certs(RootCerts::new_with_certs(&roots))
            .build();
        let config = ureq::Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            // A location server that sends us elsewhere is followed once or twice, not for ever.
            .max_redirects(3)
            .build();
        let turns = Arc::new(Semaphore::new(SIP_FETCHES_AT_ONCE));
        Ok((Self { agent: config.into(), turns, answers }, answered))
    }

    /// Asks, and waits for the answer.
    pub async fn answer(&self, question: Question) -> Result<Vec<u8>, String> {
        let wait = Duration::from_millis(question.wait_ms);
        let asked = tokio::time::timeout(wait, self.fetch(question)).await;
        asked.unwrap_or_else(|_late| Err("no answer in time".to_owned()))
    }

    /// Asks in the background; the answer comes on the queue.
    pub fn ask(&self, question: Question) {
        let fetcher = self.clone();
        tokio::spawn(async move {
            let id = question.id;
            let answer = fetcher.answer(question).await;
            // The calls may have ended with the process.
            let _unheard = fetcher.answers.send((id, answer)).await;
        });
    }

    async fn fetch(&self, question: Question) -> Result<Vec<u8>, String> {
        let turn = self.turns.clone().acquire_owned().await.map_err(|error| error.to_string())?;
        let agent = self.agent.clone();
        let fetched = tokio::task::spawn_blocking(move || {
            let _until_it_is_done = turn;
            fetch(&agent, &question)
        });
        fetched.await.map_err(|error| error.to_string())?
    }
}

fn fetch(agent: &ureq::Agent, question: &Question) -> Result<Vec<u8>, String> {
    let wait = Some(Duration::from_millis(question.wait_ms));
    let with_body = |asked: ureq::RequestBuilder<ureq::typestate::WithBody>| {
        let asked = asked.config().timeout_global(wait).build();
        asked.header("Content-Type", question.content_type).send(question.body.as_bytes())
    };
    let reply = match question.method {
        Method::Get => agent.get(&question.url).config().timeout_global(wait).build().call(),
        Method::Post => with_body(agent.post(&question.url)),
        Method::Put => with_body(agent.put(&question.url)),
    };
    let mut reply = reply.map_err(|error| plain(&error))?;
    let status = reply.status();
    let body = reply.body_mut().with_config().limit(SIP_FETCH_BYTES_MAX).read_to_vec();
    let body = body.map_err(|error| plain(&error))?;
    if status.is_success() {
        return Ok(body);
    }
    Err(format!("status `{}`", status.as_u16()))
}

/// What went wrong, without the address: a reference to a location stands for a person.
fn plain(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Timeout(_) => "no answer in time".to_owned(),
        ureq::Error::HostNotFound => "its host is not known".to_owned(),
        ureq::Error::ConnectionFailed => "it takes no connection".to_owned(),
        ureq::Error::Io(error) => error.kind().to_string(),
        ureq::Error::BodyExceedsLimit(_) => "its answer is too long".to_owned(),
        ureq::Error::TooManyRedirects => "it only points elsewhere".to_owned(),
        _ => "its answer is no HTTP".to_owned(),
    }
}

fn certificates(file: &Path) -> Result<Vec<Certificate<'static>>, String> {
    let shown = file.display();
    let pem = std::fs::read(file).map_err(|error| format!("`{shown}` cannot be read: {error}"))?;
    let mut found = Vec::new();
    for item in ureq::tls::parse_pem(&pem) {
        match item.map_err(|error| format!("`{shown}` is no PEM: {error}"))? {
            PemItem::Certificate(certificate) => found.push(certificate),
            PemItem::PrivateKey(_) => {}
            _ => {}
        }
    }
    Ok(found)
}
