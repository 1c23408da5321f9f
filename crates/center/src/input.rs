//! What comes in: from sockets or from a simulated world, through the same door.

use evenhand_core::{Actor, CallId, Command, IncidentId, Timestamp, UnitId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One order, stamped once at the door.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Input {
    /// Idempotency key: the same key again is answered from the record, and nothing is done twice.
    /// It becomes the entry's id. 1 to 64 characters of `A-Z a-z 0-9 . _ : -`.
    pub key: String,
    /// When it came in.
    pub at: Timestamp,
    /// Who orders.
    pub actor: Actor,
    /// What.
    pub order: Order,
    /// Fresh randomness from the door (the system's in service, the seed's in simulation). The
    /// salts of sealed values are derived from it; it is used once and not kept.
    pub salt: [u8; 32],
}

/// What is ordered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Order {
    /// A command.
    Command(Command<Clear>),
    /// A line typed by a person.
    Line {
        /// The text.
        text: String,
        /// What the person has selected on screen.
        selected: Selected,
    },
    /// Takes the person's last command back, by a new entry.
    Undo,
}

/// Clear personal text at the door. Never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Clear(pub String);

impl fmt::Debug for Clear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clear(..)")
    }
}

impl From<&str> for Clear {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// What a person has selected on screen: the default object of a typed line.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Selected {
    /// A call.
    pub call: Option<CallId>,
    /// An incident.
    pub incident: Option<IncidentId>,
    /// A unit.
    pub unit: Option<UnitId>,
}
