//! Who does something.

use crate::{PersonId, UnitId};
use serde::{Deserialize, Serialize};

/// Who issued a command. Every entry of the journal carries one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    /// A member of staff, signed in.
    Person {
        /// Sign-in name.
        id: PersonId,
    },
    /// The telephone side: presents calls, reports that a caller hung up.
    Line,
    /// A crew, by its unit.
    Crew {
        /// The unit whose crew reports.
        unit: UnitId,
    },
    /// The passing of time. It may raise alerts and end holds; it may not close anything.
    Clock,
    /// The centre itself: its start, its fleet, its return from a journal that could not be
    /// written.
    Center,
}

impl Actor {
    /// The person, if it is one.
    pub fn person(&self) -> Option<&PersonId> {
        match self {
            Actor::Person { id } => Some(id),
            Actor::Line | Actor::Crew { .. } | Actor::Clock | Actor::Center => None,
        }
    }

    /// A person as actor.
    pub fn of(id: &str) -> Self {
        Actor::Person { id: PersonId::from(id) }
    }
}

/// What a person works as during a shift. What each may do is policy.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answers, locates, classifies.
    CallTaker,
    /// Selects, sends and follows units.
    Dispatcher,
    /// Floor lead; second person for protected decisions.
    Supervisor,
    /// Reads everything, changes nothing.
    Auditor,
}
