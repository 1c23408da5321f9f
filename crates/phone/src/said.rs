//! What is told of the lines.

use crate::ear::Heard;

/// One line of a telephone: one call, ours or theirs. Never used again within one [`crate::Phone`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineId(pub u64);

/// Something happened on a line.
#[derive(Clone, Debug)]
pub struct Said {
    /// Which.
    pub line: LineId,
    /// When, in milliseconds since the phone was opened.
    pub at_ms: u64,
    /// What.
    pub what: What,
}

/// What happened. Every line ends in exactly one `Over`, and nothing is told of it afterwards.
#[derive(Clone, Debug)]
pub enum What {
    /// A message went out: `INVITE urn:service:sos`, `ACK`, `200 OK`.
    Sent(String),
    /// A message came in: `180 Ringing`, `BYE`.
    Received(String),
    /// Somebody calls this telephone: a callback.
    Rung {
        /// Whom they want, digits as in [`crate::Plan::number`]; empty where they do not say.
        number: String,
        /// Who they say they are.
        from: String,
    },
    /// A ringing call of ours: the first response from 101 to 199.
    Ringing(u16),
    /// The call is up, in either direction.
    Answered,
    /// Voice begins, or changes, as agreed: `PCMU with 127.0.0.1:20000`.
    Voice(String),
    /// The other side asks for something that is refused here, in words.
    Declined(&'static str),
    /// The line is free again.
    Over(Box<Outcome>),
}

/// What became of a line.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The number that called, or was called back.
    pub number: String,
    /// True: the other side called.
    pub rung: bool,
    /// Whether it was ever up.
    pub answered: bool,
    /// How it ended.
    pub ended: Ended,
    /// Final responses to our INVITE, each code once, in order. One in a right world.
    pub finals: Vec<u16>,
    /// What was heard.
    pub heard: Heard,
}

/// How a line ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// We hung up after the answer.
    ByUs,
    /// They hung up after the answer.
    ByThem,
    /// Whoever called gave up before the answer.
    GivenUp,
    /// Whoever was called refused.
    Refused(u16),
    /// Nothing came back at all.
    NoResponse,
    /// The connection broke, or the session was not kept up.
    Lost,
    /// It never began: no address for voice.
    NotBegun(String),
}
