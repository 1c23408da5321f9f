//! One caller: rings, waits, speaks, hangs up.
//!
//! All chance is drawn when a caller is made, so what a caller does depends on nothing but the
//! seed and on what is done to them.

use super::ground::Spot;
use super::spoken::Spoken;
use center::Clear;
use evenhand_core::{CallId, Channel, Location, Timestamp};
use map::Point;
use serde::{Deserialize, Serialize};

/// A person at the telephone, made up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Caller {
    /// Counted from 1 in each run.
    pub id: u64,
    /// What it is about: index among the plan's kinds. `None`: a caller whose story was lost when
    /// the demo was killed.
    pub kind: Option<usize>,
    /// Out of the numbers for fiction.
    pub number: String,
    /// By what medium.
    pub channel: Channel,
    /// Where it happens.
    pub spot: Option<Spot>,
    /// What the line itself tells about where.
    pub carried: Carried,
    /// How the caller says it.
    pub spoken: Option<Spoken>,
    /// What is said, in turn.
    pub script: Vec<Step>,
    /// First words when called back.
    pub called_back: String,
    /// How long each thing takes.
    pub habits: Habits,
    /// The call, once the centre has given it a number.
    pub call: Option<CallId>,
    /// What they do now.
    pub phase: Phase,
    /// When they do something next.
    pub next_at: Option<Timestamp>,
}

/// What a line tells about where it is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Carried {
    /// Nothing.
    Nothing,
    /// The subscriber's address.
    Address(String),
    /// A position, and the radius in metres within which it is true.
    Position(Point, u32),
}

/// Something a caller does while speaking.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Step {
    /// Milliseconds after the step before.
    pub after_ms: u64,
    /// What.
    pub what: StepKind,
}

/// What a step is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// A sentence.
    Say(String),
    /// The telephone finds a better position.
    Locate(Point, u32),
}

/// How a caller behaves, in milliseconds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Habits {
    /// Ringing to hanging up.
    pub patience_ms: u64,
    /// Answered to hanging up.
    pub stays_ms: u64,
    /// Callback dialled to an answer, or to the end of the attempt.
    pub callback_ms: u64,
    /// Whether a callback is answered.
    pub reachable: bool,
    /// Gave up to ringing again.
    pub rings_again_ms: Option<u64>,
    /// End of the call to asking where help is.
    pub calls_again_ms: Option<u64>,
}

/// What a caller does.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Will ring.
    Due,
    /// Rings, until patience ends.
    Ringing,
    /// Speaks; so many steps are done.
    Speaking {
        /// Steps done.
        done: usize,
        /// When the caller hangs up.
        until: Timestamp,
    },
    /// Hung up before the answer.
    Gone,
    /// Is being called back.
    Dialled,
}

/// How long somebody who hung up is remembered; a callback after that is not answered.
pub const REMEMBERED_MS: u64 = 6 * 60 * 60 * 1_000;

impl Caller {
    /// The name that comes with the call.
    pub fn name(&self) -> String {
        format!("Caller {} (generated)", self.id)
    }

    /// Where the call comes from, as far as the line tells.
    pub fn presented_from(&self) -> Option<Location<Clear>> {
        match &self.carried {
            Carried::Nothing => None,
            Carried::Address(address) => {
                Some(Location { address: Some(Clear(address.clone())), ..Location::default() })
            }
            Carried::Position(point, radius_m) => Some(position(*point, *radius_m)),
        }
    }

    /// What a call-taker writes down as the place, after asking.
    pub fn told_place(&self) -> Location<Clear> {
        let presented = self.presented_from().unwrap_or_default();
        match &self.spoken {
            Some(spoken) if spoken.exact => {
                let address = Some(Clear(spoken.written.clone()));
                Location { address, ..Location::default() }
            }
            Some(spoken) => Location { address: Some(Clear(spoken.written.clone())), ..presented },
            None => presented,
        }
    }

    /// Somebody answers, or reaches them.
    pub fn answered(&mut self, at: Timestamp) {
        self.phase = Phase::Speaking { done: 0, until: at.plus(self.habits.stays_ms) };
        self.next_at = self.script.first().map(|step| at.plus(step.after_ms));
    }

    /// The telephone rings at theirs.
    pub fn dialled(&mut self, at: Timestamp) {
        self.phase = Phase::Dialled;
        self.next_at = Some(at.plus(self.habits.callback_ms));
    }

    /// They are left alone again.
    pub fn left(&mut self, at: Timestamp) {
        self.phase = Phase::Gone;
        self.next_at = Some(at.plus(REMEMBERED_MS));
    }

    /// The next step of the script, if one is due.
    pub fn step(&mut self, at: Timestamp) -> Option<StepKind> {
        let Phase::Speaking { done, until } = self.phase else { return None };
        let step = self.script.get(done)?.what.clone();
        let next = self.script.get(done + 1);
        self.next_at = Some(next.map_or(until, |step| at.plus(step.after_ms)).min(until));
        self.phase = Phase::Speaking { done: done + 1, until };
        Some(step)
    }
}

/// A location of a position.
pub fn position(point: Point, radius_m: u32) -> Location<Clear> {
    Location {
        point: Some(Clear(format!("{},{}", point.lat_e7, point.lon_e7))),
        uncertainty_m: Some(radius_m),
        ..Location::default()
    }
}
