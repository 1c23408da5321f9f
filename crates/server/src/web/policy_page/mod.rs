//! The policy: what is in force, what was proved of a text, what another one would change, and its
//! adoption by two people.
//!
//! Checks take a core for a while. They run on threads of their own, a few at a time, and what they
//! find reaches the centre only with an adoption.

pub(crate) mod adopt;
pub(crate) mod book;
pub(crate) mod change;
pub(crate) mod check;
pub(crate) mod impact;
mod texts;

use crate::web::App;
use crate::web::failure::Failure;
use axum::http::StatusCode;

impl App {
    /// Works on something that takes a core for a while, without holding up the sockets. A place is
    /// kept until the work is done, also if nobody waits for it any more.
    async fn think<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let busy = || Failure::from(crate::door::NoAnswer::Busy);
        let place = self.thinking.clone().acquire_owned().await.map_err(|_closed| busy())?;
        let done = tokio::task::spawn_blocking(move || {
            let _place = place;
            work()
        });
        done.await.map_err(|_panicked| {
            let text = "the check made a mistake, and says nothing about the policy";
            Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "bug", text)
        })
    }

    /// Today at the centre, `YYYY-MM-DD`.
    async fn today(&self) -> Result<String, Failure> {
        let now = self.center.clock().now();
        Ok(self.center.query(move |center| center.day(now)).await?)
    }
}
