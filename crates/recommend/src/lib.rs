//! Whom to send: suitable units ranked by road travel time, with reasons.
