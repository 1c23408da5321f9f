//! Names of things. Numbers are given by core in order of first mention, so that the same
//! commands always give the same names.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident, $letter:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($letter, "{}"), self.0)
            }
        }
    };
}

numbered!(
    /// One request for help by any medium, counted from 1; shown as `C7`.
    CallId,
    "C"
);
numbered!(
    /// One real-world happening, counted from 1; shown as `I7`.
    IncidentId,
    "I"
);
numbered!(
    /// One unit's commitment to one incident, counted from 1; shown as `A7`.
    AssignmentId,
    "A"
);
numbered!(
    /// One recorded choice of a person, counted from 1; shown as `D7`.
    DecisionId,
    "D"
);
numbered!(
    /// One alert that a person must acknowledge, counted from 1; shown as `W7`.
    AlertId,
    "W"
);

macro_rules! named {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

named!(
    /// A unit's radio name, `E2`, `M21`.
    UnitId
);
named!(
    /// A member of staff, by sign-in name. Staff answer for what they do, so this is not sealed.
    PersonId
);
