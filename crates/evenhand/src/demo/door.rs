//! The demo's way to the centre: through the server's door, beside the browsers.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use center::{Center, Input, Output};
use evenhand_core::Timestamp;
use server::CenterHandle;
use sim::demo::{Link, Lost};

/// Pause before something is sent again to a centre that is being built again.
const PAUSE: Duration = Duration::from_millis(200);

/// The centre's handle, and what comes out of it for callers and crews.
pub struct Door {
    handle: CenterHandle,
    effects: Receiver<Output>,
}

impl Door {
    pub fn new(handle: CenterHandle, effects: Receiver<Output>) -> Self {
        Self { handle, effects }
    }

    /// What comes out because of others, for at most this long; nothing if nothing does.
    pub fn wait(&self, at_most: Duration) -> Vec<Output> {
        match self.effects.recv_timeout(at_most) {
            Ok(first) => {
                let mut outputs = vec![first];
                outputs.extend(self.effects.try_iter());
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
        let answers = self.handle.step_at(inputs).map_err(lost)?;
        let replies = answers.into_iter().map(|(key, result)| Output::Reply { key, result });
        Ok(replies.chain(self.effects.try_iter()).collect())
    }

    fn wake(&mut self, at: Timestamp, salt: [u8; 32]) -> Result<Vec<Output>, Lost> {
        self.handle.wake_at(at, salt).map_err(lost)?;
        Ok(self.effects.try_iter().collect())
    }
}
