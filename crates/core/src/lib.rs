//! What is true: calls, incidents, units, assignments, decisions, and the rules that are never
//! broken.
//!
//! [`Core::decide`] says what would happen and changes nothing; [`Core::apply`] makes what has
//! happened so, and cannot fail. Neither knows a clock, chance, a thread, a file or a floating
//! point number: time comes in with every command, and a day of work run twice gives the same
//! bytes.
//!
//! A noun a file: its states, what may be done to it (`decide_*`), what has happened to it
//! (`apply_*`). `accounting.rs` holds the promise that every call ends in exactly one outcome.

mod ids;
mod sealed;
mod time;

mod actor;
mod location;

mod call;
mod callback;
mod line;
mod repeat;
mod signalling;
mod transfer;

mod agent;
mod offer;
mod open_calls;
mod queue;

mod incident;
mod situation;
mod unit;

mod assignment;
mod decision;
mod review;
mod shift;

mod adoption;
mod advice;
mod receipt;
mod ruling;

mod command;
mod event;
mod refusal;

pub mod accounting;
pub mod limits;
mod state;

pub use actor::{Actor, Role};
pub use adoption::{Adopted, Adoption, PolicyText};
pub use advice::{Advice, Apart, PassedOver, PossibleDuplicate, RankedUnit, Recommendation};
pub use agent::{Agent, AgentState};
pub use assignment::{Assignment, AssignmentEnd, Milestone, Stamp};
pub use call::{Call, CallState, Channel, EndedBy};
pub use callback::Callback;
pub use command::{Command, Signature};
pub use decision::{Decision, DecisionKind, Disposition, NoDispatchCode, Outcome, Subject};
pub use event::Event;
pub use ids::{AlertId, AssignmentId, CallId, DecisionId, IncidentId, PersonId, UnitId};
pub use incident::{Classification, Hold, Incident, IncidentClocks, Stage};
pub use location::{Location, LocationSource, UnitPoint, Zone};
pub use queue::{QueueMatch, QueueRule, QueueRuling, QueueState, Queued, ServiceState, Strategy};
pub use receipt::{Accommodation, Receipt, RuleUsed, Verdict, WouldChange};
pub use refusal::Refusal;
pub use review::{Alert, AlertKind, Deadline, DeadlineKind};
pub use ruling::{
    Answer, Departure, FactUnknown, PolicyRef, ResponseWord, Ruling, Timers, all_but_auditor,
};
pub use sealed::{Digest, Sealed};
pub use shift::Shift;
pub use signalling::Signalling;
pub use situation::Situation;
pub use state::Core;
pub use time::Timestamp;
pub use transfer::{Transfer, TransferOffer, TransferResult};
pub use unit::{PrimaryStatus, SecondaryStatus, Unit, UnitStatus};
