//! The world around one centre, and virtual time.
//!
//! At one instant deadlines come first, then callers, staff and crews act in this order; what they
//! order goes to the centre as one batch, and everybody hears what came out. That repeats until
//! nobody wants to act at this instant any more; then time jumps to the next.

use crate::crews::Crews;
use crate::rng::Rng;
use crate::source::{Act, Source};
use crate::staff::Staff;
use crate::ways::Ways;
use center::{Center, Input, Output};
use evenhand_core::Timestamp;
use serde::{Deserialize, Serialize};

/// Most rounds at one instant; more means that two parts answer each other without time passing.
const ROUNDS_MAX: u32 = 10_000;

/// What the parts of the world may look at.
pub struct Seen<'a> {
    /// The time.
    pub now: Timestamp,
    /// What the centre shows.
    pub center: &'a Center,
    /// The roads under the wheels.
    pub ways: &'a dyn Ways,
}

/// Makes inputs of acts: the key by which a reply is known, and the salt of what is sealed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Door {
    next: u64,
    salts: Rng,
}

impl Door {
    /// A door whose salts come from the seed.
    pub fn new(seed: u64) -> Self {
        Self { next: 1, salts: Rng::named(seed, "door/salts") }
    }

    /// An act as it reaches the centre; keys are `sim-1`, `sim-2` and so on.
    pub fn input(&mut self, at: Timestamp, act: Act) -> Input {
        let key = act.key.unwrap_or_else(|| {
            let key = format!("sim-{}", self.next);
            self.next += 1;
            key
        });
        Input { key, at, actor: act.actor, order: act.order, salt: self.salts.bytes() }
    }

    /// The salt of a wake.
    pub fn salt(&mut self) -> [u8; 32] {
        self.salts.bytes()
    }
}

/// Everything outside one centre. Written down and read again, it goes on where it was.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Outside<S> {
    /// Who calls.
    pub source: S,
    /// Who works at the positions.
    pub staff: Staff,
    /// Who is sent.
    pub crews: Crews,
    door: Door,
}

impl<S: Source> Outside<S> {
    /// A world that begins.
    pub fn new(source: S, staff: Staff, crews: Crews, door: Door) -> Self {
        Self { source, staff, crews, door }
    }

    /// When somebody acts next, if nothing comes out of the centre before.
    pub fn next_at(&self) -> Option<Timestamp> {
        let all = [self.source.next_at(), self.staff.next_at(), self.crews.next_at()];
        all.into_iter().flatten().min()
    }

    /// Everything that is due now, as one batch in a fixed order. The caller steps it into the
    /// centre and lets everybody [`hear`](Outside::hear) what comes out, then asks again: somebody
    /// may act at the same instant once more.
    pub fn act(&mut self, seen: &Seen<'_>) -> Vec<Input> {
        let mut acts = Vec::new();
        if self.source.next_at().is_some_and(|at| at <= seen.now) {
            acts.extend(self.source.act(seen.now, seen.center));
        }
        acts.extend(self.staff.act(seen, &mut self.source));
        acts.extend(self.crews.act(seen, &mut self.source));
        acts.into_iter().map(|act| self.door.input(seen.now, act)).collect()
    }

    /// Everybody hears what came out of the centre.
    pub fn hear(&mut self, outputs: &[Output], seen: &Seen<'_>) {
        self.source.hear(seen.now, outputs, seen.center);
        self.crews.hear(outputs, seen);
        self.staff.look(seen);
    }

    /// The salt of a wake.
    pub fn salt(&mut self) -> [u8; 32] {
        self.door.salt()
    }
}

/// What keeps a world from going on.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum WorldError {
    /// Two parts answer each other without time passing.
    #[error("at `{at}` there were more than `{ROUNDS_MAX}` rounds of acts without time passing")]
    Stuck {
        /// When.
        at: Timestamp,
    },
}

/// A centre and everything outside it, in virtual time.
pub struct World<S> {
    /// The centre.
    pub center: Center,
    /// Everything else.
    pub outside: Outside<S>,
    ways: Box<dyn Ways>,
    now: Timestamp,
}

impl<S: Source> World<S> {
    /// A world at a time not after anything that is to happen.
    pub fn new(center: Center, outside: Outside<S>, ways: Box<dyn Ways>, now: Timestamp) -> Self {
        Self { center, outside, ways, now }
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// When something happens next; `None`: the source is exhausted and nothing is pending.
    pub fn next_at(&self) -> Option<Timestamp> {
        [self.outside.next_at(), self.center.next_deadline()].into_iter().flatten().min()
    }

    /// Goes on to the next instant at which something happens and lets all of it happen. `watch`
    /// sees everything that comes out of the centre. Returns false if nothing happens any more.
    ///
    /// # Errors
    /// [`WorldError`]; what happened before stands in the journal.
    pub fn step(
        &mut self,
        watch: &mut dyn FnMut(Timestamp, &[Output]),
    ) -> Result<bool, WorldError> {
        let Some(at) = self.next_at() else { return Ok(false) };
        // A deadline may lie before the present, if the world was stopped over it.
        self.now = self.now.max(at);
        for _ in 0..ROUNDS_MAX {
            let mut outputs = Vec::new();
            if self.center.next_deadline().is_some_and(|due| due <= self.now) {
                outputs.extend(self.center.wake(self.now, self.outside.salt()));
            }
            let seen = Seen { now: self.now, center: &self.center, ways: &*self.ways };
            let inputs = self.outside.act(&seen);
            if inputs.is_empty() && outputs.is_empty() {
                return Ok(true);
            }
            if !inputs.is_empty() {
                outputs.extend(self.center.step(inputs));
            }
            watch(self.now, &outputs);
            let seen = Seen { now: self.now, center: &self.center, ways: &*self.ways };
            self.outside.hear(&outputs, &seen);
        }
        Err(WorldError::Stuck { at: self.now })
    }

    /// Goes on until nothing happens any more.
    ///
    /// # Errors
    /// As [`World::step`].
    pub fn run(&mut self) -> Result<(), WorldError> {
        while self.step(&mut |_, _| {})? {}
        Ok(())
    }

    /// Ends the shifts of the staff. Who leaves a call or a callback behind is refused, and stays.
    ///
    /// # Errors
    /// As [`World::step`].
    pub fn sign_off(&mut self) -> Result<(), WorldError> {
        self.outside.staff.sign_off(self.now);
        self.run()
    }

    /// Takes the world apart.
    pub fn into_parts(self) -> (Center, Outside<S>) {
        (self.center, self.outside)
    }
}
