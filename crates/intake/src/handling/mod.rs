//! Call handling: what SIP says becomes commands, what the centre decides becomes SIP.
//!
//! One [`CallHandling`] owns all legs. It is told what comes from the network, what the centre
//! answered and decided, what the voice plane and the location servers said, and what time it is;
//! it says what is to be sent, ordered and asked. It has no socket and no clock of its own, so the
//! same code runs in service and in simulation.
//!
//! INVARIANT: a caller hears 180 only after the call stands in the journal, and 200 only after a
//! person answered, or at once where it is a test call; every INVITE that could be read at all
//! becomes exactly one call of the centre.

mod call_handling;

mod answering;
mod dialling;
mod incoming;
mod locating;
mod orders;
mod subscribers;
mod texts;

mod arrival;
mod identifiers;
mod line;
mod output;
mod settings;
mod states;

pub use call_handling::{CallHandling, Responsible};
pub use identifiers::{Given, Identifiers};
pub use output::{Clear, Dialled, Fetch, Held, Opened, Output, Replied, Told, Voice};
pub use settings::{
    AGAIN_MAX, CONVERSATION_MS, ORDER_AGAIN_MS, PIECE_BYTES, REMEMBERED_MAX, Settings,
};
pub use states::{
    AbandonedCall, ElementState, Package, QueueState, QueueView, ServiceState, States,
};
