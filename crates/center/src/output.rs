//! What goes out, and never before the entry that it rests on is safe.

use crate::line::Reading;
use evenhand_core::{
    AssignmentId, CallId, Event, IncidentId, PersonId, Refusal, Timestamp, UnitId,
};
use serde::Serialize;
use serde_json::Value;

/// One thing the world is told.
#[derive(Clone, PartialEq, Debug)]
pub enum Output {
    /// The answer to one input.
    Reply {
        /// The input's key.
        key: String,
        /// What became of it.
        result: Result<Accepted, Rejected>,
    },
    /// A telephone rings.
    Ring {
        /// The call; `None` while it could not be recorded.
        call: Option<CallId>,
        /// True: the journal could not be written. The one output that may go out without an
        /// entry, because a ringing phone must be seen.
        unrecorded: bool,
        /// Since when.
        at: Timestamp,
    },
    /// Tell a crew to go.
    Page {
        /// The unit.
        unit: UnitId,
        /// Where to.
        incident: IncidentId,
        /// Its commitment.
        assignment: AssignmentId,
    },
    /// Tell a crew that it is called off.
    CallOff {
        /// The unit.
        unit: UnitId,
        /// From what.
        incident: IncidentId,
        /// Its commitment.
        assignment: AssignmentId,
    },
    /// Ring an abandoned caller.
    Dial {
        /// The call.
        call: CallId,
        /// Who rings.
        by: PersonId,
    },
    /// The callback was not answered: its line is free.
    StopDialling {
        /// The call.
        call: CallId,
    },
    /// The caller is to wait on the line, hearing nothing.
    Hold {
        /// The call.
        call: CallId,
    },
    /// The caller is spoken with again.
    Resume {
        /// The call.
        call: CallId,
    },
    /// The line is free.
    Release {
        /// The call.
        call: CallId,
    },
    /// Somebody took the call: their line is connected.
    Answered {
        /// The call.
        call: CallId,
        /// By whom.
        by: PersonId,
    },
    /// The caller left before the answer, or their line broke: it rings no more.
    Abandoned {
        /// The call.
        call: CallId,
        /// When.
        at: Timestamp,
    },
    /// Ring at these positions; at others the call is seen and may be taken too.
    Offered {
        /// The call.
        call: CallId,
        /// Whom; nobody: nobody is ready.
        to: Vec<PersonId>,
    },
    /// Ask the network again where the caller is.
    Rebid {
        /// The call.
        call: CallId,
    },
    /// Hand the caller to another centre.
    Transfer {
        /// The call.
        call: CallId,
        /// Where to.
        to: String,
    },
    /// Queues, or the whole centre, stand otherwise than before: whoever subscribed is told.
    StatesChanged,
    /// Rows have changed.
    BoardChanged(Frames),
    /// The journal cannot be written: nothing is accepted until it can.
    JournalDown {
        /// What the store said.
        why: String,
    },
    /// The journal can be written again.
    JournalBack {
        /// Rings that were kept in memory and are recorded now.
        unrecorded: u64,
    },
    /// When to wake the centre if nothing comes in. Always the last output of a step.
    NextDeadline {
        /// When; `None`: nothing is due.
        at: Option<Timestamp>,
    },
}

/// An order carried out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Accepted {
    /// Number of its command row.
    pub first_seq: u64,
    /// Number of its last event row.
    pub last_seq: u64,
    /// What happened.
    pub events: Vec<(u64, Event)>,
    /// The key was known: this is what happened then.
    pub repeated: bool,
}

/// An order not carried out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Rejected {
    /// The rules forbid it. Recorded.
    Refused {
        /// Number of the row that records the refusal.
        seq: u64,
        /// Why.
        refusal: Refusal,
        /// The same for people.
        text: String,
    },
    /// A typed line that was not understood, or could mean several things. Nothing was recorded.
    NotRead {
        /// What was understood of it.
        reading: Box<Reading>,
    },
    /// Not an order at all: a bad key, a point that is none. Nothing was recorded.
    Invalid {
        /// What was given and what would be accepted.
        text: String,
    },
    /// The journal cannot be written; nothing was accepted.
    Unrecorded {
        /// What the store said.
        why: String,
    },
}

/// Rows changed by one step.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Frames {
    /// The last entry that the rows rest on.
    pub seq: u64,
    /// The rows.
    pub changes: Vec<Change>,
}

/// One row changed or gone.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Change {
    /// `calls`, `incidents`, `units`, `alerts`, `shifts`, `queues`, `policy`, `situation` or
    /// `center`.
    pub topic: &'static str,
    /// `row` or `gone`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The row, or its key.
    pub data: Value,
}
