//! What was written: an ordered, tamper-evident record with signed checkpoints, and its verifier.
