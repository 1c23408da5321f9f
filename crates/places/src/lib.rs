//! Where it is: addresses, crossings, named places, zones.
//!
//! [`Places::geocode`] turns what somebody typed into ranked [`Candidate`]s. It forgives spelling,
//! abbreviations and what is left out, and says of each candidate why it is one. It never pretends:
//! a candidate is `verified` only if the map holds exactly that house number, crossing or place and
//! nothing else that the words could mean. A person chooses; an unverified location never blocks a
//! dispatch.
//!
//! The words are compared as people write them on a map of the United States (`Ave`, `N`, `Fifth`).
//! Everything is computed from the map alone, in a fixed order: the same text has the same answer
//! on every machine.

mod address;
mod crossing;
mod edit_distance;
mod geocode;
mod house_number;
mod named;
mod query;
mod reverse;
mod street_index;
mod street_name;
mod words;
mod zones;

pub use geocode::{CANDIDATES_MAX, Candidate, CandidateKind, Places};
pub use reverse::{REVERSE_M_MAX, ReverseMatch};
