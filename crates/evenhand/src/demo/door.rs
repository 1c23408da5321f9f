//! The demo's way to the centre: through the server's door, beside the browsers.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use center::{Center, Input, Output};
use evenhand_core::Timestamp;
use server::CenterHandle;
use sim::demo::{Link, Lost};

use super::telephones::Telephones;

/// Pause before something is sent again to a centre that is being built again.
const PAUSE: Duration = Duration::from_millis(200);

/// The centre's handle, and what comes out of it for callers and crews.
pub struct Door {
    handle: CenterHandle,
    effects: Receiver<Output>,
    /// Callers' telephones; without them their acts enter as commands.
    telephones: Option<Telephones>,
}

impl Door {
    pub fn new(
        handle: CenterHandle,
        effects: Receiver<Output>,
        telephones: Option<Telephones>,
    ) -> Self {
        Self { handle, effects, telephones }
    }

    /// Callers' telephones, if they have any.
    pub fn telephones(&mut self) -> Option<&mut Telephones> {
        self.telephones.as_mut()
    }

    /// What comes out because of others, for at most this long; nothing if nothing does.
    pub fn wait(&mut self, at_most: Duration) -> Vec<Output> {
        match self.effects.recv_timeout(at_most) {
            Ok(first) => {
                let mut outputs = vec![first];
                outputs.extend(self.more());
                self.tell(&outputs);
                outputs
            }
            Err(RecvTimeoutError::Timeout) => Vec::new(),
            Err(RecvTimeoutError::Disconnected) => {
                // The centre's thread is gone; the next request says so.
                std::thread::sleep(at_most);
                Vec::new()
            }
        }
    }

    fn more(&self) -> Vec<Output> {
        self.effects.try_iter().collect()
    }

    /// Telephones hear what comes out, too.
    fn tell(&mut self, outputs: &[Output]) {
        if let Some(telephones) = &mut self.telephones {
            telephones.hear(outputs, &self.handle);
        }
    }

    /// What comes in without a telephone.
    fn enter(&self, inputs: Vec<Input>) -> Result<Vec<Output>, Lost> {
        if inputs.is_empty() {
            return Ok(Vec::new());
        }
        let answers = self.handle.step_at(inputs).map_err(lost)?;
        let replies = answers.into_iter().map(|(key, result)| Output::Reply { key, result });
        Ok(replies.collect())
    }
}

/// The centre is being built again: whoever asked waits a little and asks again.
fn lost<E>(_unknown: E) -> Lost {
    std::thread::sleep(PAUSE);
    Lost
}

impl Link for Door {
    fn look<T: Send + 'static>(
        &mut self,
        look: impl FnOnce(&Center) -> T + Send + 'static,
    ) -> Result<T, Lost> {
        self.handle.query_blocking(look).map_err(lost)
    }

    fn step(&mut self, inputs: Vec<Input>) -> Result<Vec<Output>, Lost> {
        let Some(telephones) = &mut self.telephones else {
            let mut outputs = self.enter(inputs)?;
            outputs.extend(self.more());
            return Ok(outputs);
        };
        let taken = telephones.take(inputs, &self.handle).map_err(lost)?;
        let mut outputs = taken.replies;
        outputs.extend(self.enter(taken.others)?);
        let more = self.more();
        self.tell(&more);
        outputs.extend(more);
        Ok(outputs)
    }

    fn wake(&mut self, at: Timestamp, salt: [u8; 32]) -> Result<Vec<Output>, Lost> {
        self.handle.wake_at(at, salt).map_err(lost)?;
        let outputs = self.more();
        self.tell(&outputs);
        Ok(outputs)
    }
}
