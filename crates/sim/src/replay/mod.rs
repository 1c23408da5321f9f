//! Replay of real calls: the same centre, driven by what an agency's own records say.
//!
//! From the file of calls come the time, the place, the type and the time on scene of each, and
//! nothing else. Who answers and how soon, which unit goes, when it turns out and how long it
//! drives is the centre's and the simulation's, and stands above the table of results. The recorded
//! intervals stand beside ours.
//!
//! Real records are dirty. A row that lacks something, or contradicts itself, is taken out of the
//! interval that it would spoil, with its reason, and never out of the run.
//!
//! Which column means what, the form of times, the time zone and the types of natures are
//! configuration ([`ReplayPlan`], [`Natures`]); there is no city in the code.

mod accounts;
mod calls_file;
mod intervals;
mod local_time;
mod natures;
mod plan;
mod projection;
mod recorded;
mod remembered;
mod report;
mod run;

pub use accounts::Accounts;
pub use calls_file::{CallsFile, Place, RecordedCall};
pub use intervals::{Column, Interval, Reason, Stamp};
pub use natures::Natures;
pub use plan::{Columns, Moment, PlanError, ReplayPlan};
pub use projection::{GridUnit, Projection};
pub use recorded::RecordedCalls;
pub use remembered::Remembered;
pub use report::{Report, Table};
pub use run::{Opening, Replay, ReplayError};
