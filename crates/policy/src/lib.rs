//! What did the agency choose? Incident types, run cards, permissions, two-person rules, status
//! labels and timers, as data in TOML.
//!
//! [`Policy::load`] reads one or more texts and either gives a whole policy or says everything
//! that is wrong, each with file, line, column and mend; nothing half-read ever rules.
//! [`Policy::rule`] then answers every command and cannot fail: it looks at nothing but the policy,
//! the role of whoever orders, the command's own words for type, priority and label, and
//! [`Facts`].
//!
//! The same emergency gets the same ruling, whoever calls. That is kept by the types: [`Facts`] has
//! no field for a caller; [`Policy::rule`] is generic over the personal values of a command without
//! any bound, so it cannot read, compare or print them; and what it takes out of a command is
//! listed in one place, `facts.rs`.

mod problem;

pub mod even;

pub mod response;

pub mod routing;

pub mod explain;
pub mod impact;

mod read;

mod answer;
mod checked;
mod departure;
mod facts;
mod hash;
mod incident_type;
mod label;
mod permissions;
mod policy;
mod queue;
mod run_card;
mod second_person;
mod texts;
mod timers;
mod urgency;

pub use checked::Checked;
pub use facts::{CallerFacts, Facts, Standing};
pub use incident_type::IncidentType;
pub use label::StatusLabel;
pub use policy::{Policy, Title};
pub use problem::Problem;
pub use queue::Queue;
pub use run_card::{Need, RunCardLevel};
pub use urgency::Urgency;
