//! What the agency chose: run cards, incident types, permissions, as data.
