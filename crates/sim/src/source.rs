//! Where calls come from: people who ring, whether out of a file of real calls or made up.

use center::{Center, Clear, Order, Output};
use evenhand_core::{
    Actor, Call, CallId, Command, Disposition, Incident, Location, NoDispatchCode, Timestamp,
    UnitId,
};
use map::Point;
use serde::{Deserialize, Serialize};

/// Something that is done outside the centre and reaches its door.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Act {
    /// Who.
    pub actor: Actor,
    /// What.
    pub order: Order,
    /// The input's key where the one who acts wants to know the reply again; else the door's own.
    pub key: Option<String>,
}

impl Act {
    /// A command.
    pub fn new(actor: Actor, command: Command<Clear>) -> Self {
        Self { actor, order: Order::Command(command), key: None }
    }

    /// A command under a key of one's own: unique, and not of the form `sim-<number>`.
    pub fn keyed(key: String, actor: Actor, command: Command<Clear>) -> Self {
        Self { key: Some(key), ..Self::new(actor, command) }
    }
}

/// What a caller tells whoever answers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// What is said.
    pub words: Option<String>,
    /// Where it is, as far as the caller knows.
    pub location: Location<Clear>,
    /// What is needed.
    pub need: Need,
}

/// What a caller needs, once it is understood.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Need {
    /// Help, for an incident of this type.
    Help {
        /// The policy's code.
        incident_type: String,
    },
    /// Nobody is sent.
    Nobody {
        /// Why, as a code.
        code: NoDispatchCode,
        /// Why, in the call-taker's words.
        reason: String,
    },
    /// Another centre takes it.
    Transfer {
        /// Which.
        to: String,
    },
    /// It was a test.
    Test,
}

/// A crew arrives.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// At what.
    pub incident: &'a Incident,
    /// Which.
    pub unit: &'a UnitId,
    /// False: no way was known (no point, or no road to it), and the drive's time was assumed.
    pub way_known: bool,
}

/// What a crew does at an incident.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Scene {
    /// From arrival to patient contact, in milliseconds, if there is one to report.
    pub at_patient_ms: Option<u64>,
    /// From arrival to clear, or to leaving for the hospital, in milliseconds.
    pub on_scene_ms: u64,
    /// Where somebody is taken, if anywhere.
    pub transport: Option<Transport>,
}

/// A drive to a hospital.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Transport {
    /// Where to.
    pub to: Point,
    /// Time there until clear, in milliseconds.
    pub handover_ms: u64,
}

/// Where calls come from.
pub trait Source {
    /// When it acts next; `None`: no more calls, or it waits for something.
    fn next_at(&self) -> Option<Timestamp>;

    /// Everything it does at `now`: callers ring, and hang up.
    fn act(&mut self, now: Timestamp, center: &Center) -> Vec<Act>;

    /// Hears what came out of the centre: which number a call got, that a line is free.
    fn hear(&mut self, now: Timestamp, outputs: &[Output], center: &Center);

    /// What the caller of an answered call says. Asked again, says the same.
    fn told(&mut self, call: &Call) -> Told;

    /// Whether the caller answers when rung back.
    fn answers(&mut self, call: CallId) -> bool;

    /// What one crew does at an incident.
    fn scene(&mut self, arrival: Arrival<'_>) -> Scene;

    /// How the incident ended, as the crews say when the last one is clear.
    fn disposition(&mut self, incident: &Incident) -> Disposition;
}
