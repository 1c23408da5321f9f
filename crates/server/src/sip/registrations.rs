//! Telling the element before us that we take calls out of its queue (NENA-STA-010.3f 4.2.1.4):
//! `PUT /Registrations`, and again before it runs out.

use std::time::Duration;

use serde_json::json;
use tokio::sync::watch;

use super::fetch::{Fetcher, Method, Question};

/// How long a registration holds, in seconds; it is made again after half of that.
const EXPIRES_S: u64 = 3_600;
/// After a failure it is tried again so soon, in seconds.
const AGAIN_S: u64 = 30;
/// Longest that the answer may take, in milliseconds.
const WAIT_MS: u64 = 5_000;

/// Whose queue, and who takes calls out of it.
#[derive(Clone, Debug)]
pub(super) struct Registration {
    /// Base of the other element's interface, `https://esrp.example.org`.
    pub url: String,
    /// The queue's URI.
    pub queue: String,
    /// Our URI.
    pub dequeuer: String,
}

/// Registers until the process ends.
pub(super) async fn keep(
    registration: Registration,
    fetcher: Fetcher,
    mut ending: watch::Receiver<bool>,
) {
    loop {
        let again_s = match fetcher.answer(registration.question()).await {
            Ok(_) => EXPIRES_S / 2,
            Err(why) => {
                tracing::error!(queue = registration.queue, why, "no calls come from this queue");
                AGAIN_S
            }
        };
        tokio::select! {
            _ = ending.wait_for(|ending| *ending) => return,
            () = tokio::time::sleep(Duration::from_secs(again_s)) => {}
        }
    }
}

impl Registration {
    fn question(&self) -> Question {
        let body = json!({
            "queueUri": self.queue,
            "dequeuerUri": self.dequeuer,
            "expirationTime": EXPIRES_S,
            "dequeuePreference": 1,
        });
        Question {
            id: 0,
            url: format!("{}/Registrations", self.url.trim_end_matches('/')),
            method: Method::Put,
            content_type: "application/json",
            body: body.to_string(),
            wait_ms: WAIT_MS,
        }
    }
}
