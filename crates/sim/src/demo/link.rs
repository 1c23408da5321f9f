//! The way to a centre.

use center::{Center, Input, Output};
use evenhand_core::Timestamp;

/// The centre went away while something was on its way to it; what became of that is unknown.
/// Inputs may be sent again: their keys are known if they were taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lost;

/// A centre that can be driven: the one at hand, or one behind a door that others use too.
pub trait Link {
    /// Looks at the centre.
    ///
    /// # Errors
    /// [`Lost`].
    fn look<T: Send + 'static>(
        &mut self,
        look: impl FnOnce(&Center) -> T + Send + 'static,
    ) -> Result<T, Lost>;

    /// Takes inputs as one batch; what comes out, and what came out for others in the meantime.
    ///
    /// # Errors
    /// [`Lost`].
    fn step(&mut self, inputs: Vec<Input>) -> Result<Vec<Output>, Lost>;

    /// Deadlines up to `at` fall due.
    ///
    /// # Errors
    /// [`Lost`].
    fn wake(&mut self, at: Timestamp, salt: [u8; 32]) -> Result<Vec<Output>, Lost>;
}

impl Link for Center {
    fn look<T: Send + 'static>(
        &mut self,
        look: impl FnOnce(&Center) -> T + Send + 'static,
    ) -> Result<T, Lost> {
        Ok(look(self))
    }

    fn step(&mut self, inputs: Vec<Input>) -> Result<Vec<Output>, Lost> {
        Ok(Center::step(self, inputs))
    }

    fn wake(&mut self, at: Timestamp, salt: [u8; 32]) -> Result<Vec<Output>, Lost> {
        Ok(Center::wake(self, at, salt))
    }
}
