//! What call handling wants done, and what it is told.

use crate::sip::Peer;
use crate::sip::sdp::AudioPlan;
use core::net::SocketAddr;
use evenhand_core::{CallId, Command, PersonId};

/// A command with clear personal text, for the centre's door.
pub type Clear = Command<String>;

/// What is to be done outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// These bytes go to a peer.
    Send {
        /// Where.
        to: Peer,
        /// One message.
        bytes: Vec<u8>,
    },
    /// The centre is to take this command from its telephone line. The answer comes back by
    /// [`super::CallHandling::replied`] under the same key.
    Order {
        /// Idempotency key.
        key: String,
        /// The command.
        command: Box<Clear>,
    },
    /// Voice.
    Voice(Voice),
    /// A server is to be asked; the answer comes back by [`super::CallHandling::fetched`].
    Fetch(Fetch),
    /// How an outgoing call goes, for the position that makes it.
    Dialled {
        /// The call that is rung back.
        call: CallId,
        /// How.
        progress: Dialled,
    },
    /// Something for the log, without personal values.
    Note(String),
}

/// How ringing somebody back goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dialled {
    /// The request is out.
    Dialling,
    /// It rings at theirs.
    Ringing,
    /// The line is up.
    Answered,
    /// It is not; the status code.
    Failed(u16),
    /// It was, and is over.
    Over,
}

/// What the voice plane is to do. A leg is named by its number.
#[derive(Clone, Debug, PartialEq)]
pub enum Voice {
    /// Take an address for a leg; it comes back by [`super::CallHandling::voice_opened`].
    Open {
        /// Which.
        leg: u64,
    },
    /// Packets flow as agreed.
    Start {
        /// Which.
        leg: u64,
        /// What was agreed.
        plan: Box<AudioPlan>,
    },
    /// The leg is joined to the browser of a person.
    Bridge {
        /// Which.
        leg: u64,
        /// Whose.
        person: PersonId,
    },
    /// Packets go back to where they came from: a test call.
    Loopback {
        /// Which.
        leg: u64,
    },
    /// No voice either way for now, or again.
    Hold {
        /// Which.
        leg: u64,
        /// Which of both.
        held: Held,
    },
    /// It is over.
    Close {
        /// Which.
        leg: u64,
    },
}

/// Whether the position holds a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// Voice stands still.
    Holding,
    /// Voice flows.
    Speaking,
}

/// A question to a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// Its number.
    pub id: u64,
    /// Where.
    pub url: String,
    /// Type of the body.
    pub content_type: &'static str,
    /// The body; `None`: a plain GET.
    pub body: Option<String>,
    /// How long it may take, in milliseconds.
    pub wait_ms: u64,
}

/// What the centre answered to an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replied {
    /// It stands in the journal; for a call that was presented, this is its number.
    Recorded {
        /// The call of the first event that names one.
        call: Option<CallId>,
    },
    /// It was refused, which stands in the journal too.
    Refused(String),
    /// It cannot be recorded now, or what became of it is unknown: it is given again under the
    /// same key until it can.
    NotYet,
}

/// What the centre decided that concerns the telephone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// A person answers a call.
    Answered {
        /// Which.
        call: CallId,
        /// Who.
        by: PersonId,
    },
    /// A call is over; its line is free.
    Released {
        /// Which.
        call: CallId,
    },
    /// A call was given up before the answer.
    Abandoned {
        /// Which.
        call: CallId,
    },
    /// A person rings an abandoned caller back.
    Dial {
        /// Which call.
        call: CallId,
        /// Who.
        by: PersonId,
        /// The number, where it is known and not erased.
        number: Option<String>,
        /// The request by which the call came, in the pieces that stand sealed in the journal;
        /// empty where it is erased. Read if the call came to a process before this one.
        request: Vec<String>,
    },
    /// A better place is wanted.
    Rebid {
        /// Which call.
        call: CallId,
    },
    /// A call is passed on.
    Transfer {
        /// Which.
        call: CallId,
        /// To whom, a URI.
        to: String,
    },
    /// A call is held, or spoken with again.
    Hold {
        /// Which.
        call: CallId,
        /// Which of both.
        held: Held,
    },
}

impl Told {
    /// The call that it is about.
    pub fn call(&self) -> CallId {
        match self {
            Self::Answered { call, .. }
            | Self::Released { call }
            | Self::Abandoned { call }
            | Self::Dial { call, .. }
            | Self::Rebid { call }
            | Self::Transfer { call, .. }
            | Self::Hold { call, .. } => *call,
        }
    }
}

/// An address for voice, or why there is none.
pub type Opened = Result<SocketAddr, String>;
