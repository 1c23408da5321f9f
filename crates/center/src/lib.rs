//! The whole centre without its sockets: one deterministic step from input to output.
