//! Messages out of a stream: where one ends and the next begins.
//!
//! On TCP and TLS only Content-Length says where a body ends. A sender that gets it wrong must
//! not take the next caller's message with it, so whatever stands where a message should begin
//! and is none is cut out by itself, and named by the parser.

use super::body::{Announced, announced};
use super::limits::{BODY_BYTES_MAX, HEADER_BYTES_MAX};
use super::lines;
use super::start_line;
use super::text;

/// What was cut from the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// One message, or bytes that are none, for [`parse`](super::parse).
    Message(Vec<u8>),
    /// Two empty lines: the peer asks whether we are there, and is answered with one
    /// (RFC 5626, 4.4.1).
    KeepAlive,
    /// A limit was passed: answer the message that came before this, which reads as a 513, and
    /// close. Nothing more is cut from this stream.
    Overflow,
}

/// Cuts one stream. Push what was read, then take frames until there is none.
#[derive(Debug, Default)]
pub struct Framer {
    buffer: Vec<u8>,
    /// What stands before this was given out already.
    from: usize,
    /// No empty line begins between `from` and this.
    searched: usize,
    state: State,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing of a message was seen.
    #[default]
    Between,
    /// The first line is one.
    Head,
    /// The header part is complete; the message ends here.
    Body {
        end: usize,
    },
    /// The next frame says so, and then there is none.
    Overflowing,
    Closed,
}

impl Framer {
    /// A stream of which nothing was read yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds what was read from the connection.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.state == State::Closed {
            return;
        }
        self.buffer.drain(..self.from);
        self.searched = self.searched.saturating_sub(self.from);
        if let State::Body { end } = &mut self.state {
            *end = end.saturating_sub(self.from);
        }
        self.from = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// What waits for its end. When a peer falls silent or closes in the middle of a message, its
    /// Content-Length may merely be too large: an INVITE is then answered all the same.
    pub fn take_partial(&mut self) -> Option<Vec<u8>> {
        let partial = lines::skip_blank(self.rest()).to_vec();
        self.give(self.buffer.len());
        Some(partial).filter(|partial| !partial.is_empty())
    }

    /// Whether a message has begun and not ended.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        !lines::skip_blank(self.rest()).is_empty()
    }

    fn rest(&self) -> &[u8] {
        self.buffer.get(self.from..).unwrap_or_default()
    }

    /// Gives out everything up to `end`.
    fn give(&mut self, end: usize) -> Vec<u8> {
        let frame = self.buffer.get(self.from..end).unwrap_or_default().to_vec();
        self.from = end.min(self.buffer.len());
        self.searched = self.from;
        self.state = State::Between;
        frame
    }

    fn overflow(&mut self, end: usize) -> Option<Frame> {
        let frame = self.give(end);
        self.state = State::Overflowing;
        Some(Frame::Message(frame))
    }

    /// Blank lines between messages, keep-alives, and what is no first line.
    fn between(&mut self) -> Option<Frame> {
        // A loop and no recursion: a peer may send any number of empty lines.
        loop {
            match self.rest() {
                [b'\r', b'\n', b'\r', b'\n', ..] => {
                    self.give(self.from + 4);
                    return Some(Frame::KeepAlive);
                }
                [] | [b'\r'] | [b'\r', b'\n'] | [b'\r', b'\n', b'\r'] => return None,
                [b'\r' | b'\n', ..] => {
                    self.give(self.from + 1);
                }
                _ => break,
            }
        }
        let Some(feed) = text::find(&self.buffer, b'\n', self.searched) else {
            self.searched = self.buffer.len();
            let is_long = self.rest().len() > HEADER_BYTES_MAX;
            return is_long.then(|| self.overflow(self.buffer.len())).flatten();
        };
        let line = self.buffer.get(self.from..feed).unwrap_or_default();
        if start_line::looks_like_start(line) {
            self.state = State::Head;
            self.searched = self.from;
            return self.head();
        }
        let end = self.from + next_start(self.rest());
        Some(Frame::Message(self.give(end)))
    }

    fn head(&mut self) -> Option<Frame> {
        // The line before the last search may have ended just where that stopped.
        let from = self.searched.saturating_sub(2).max(self.from);
        let found = lines::end_of_head_from(&self.buffer, from);
        self.searched = self.buffer.len();
        let head_end = found.map_or(self.buffer.len(), |(end, _)| end);
        if head_end - self.from > HEADER_BYTES_MAX {
            return self.overflow(head_end);
        }
        let (end, body) = found?;
        let length = self.body_length(end, body);
        if length > BODY_BYTES_MAX {
            return self.overflow(body);
        }
        self.state = State::Body { end: body + length };
        self.body(body + length)
    }

    fn body(&mut self, end: usize) -> Option<Frame> {
        (end <= self.buffer.len()).then(|| Frame::Message(self.give(end)))
    }

    /// Content-Length, or a guess: what has come with the header part, up to the next message.
    fn body_length(&self, end: usize, body: usize) -> usize {
        let head = self.buffer.get(self.from..end).unwrap_or_default();
        let headers = lines::read_fields(lines::first_line(head).1, &mut Vec::new());
        let guessed = || next_start_or_end(self.buffer.get(body..).unwrap_or_default());
        match announced(&headers) {
            Announced::Bytes(length) | Announced::Several(Some(length)) => length,
            Announced::Missing if headers.get("Content-Type").is_none() => 0,
            Announced::Missing | Announced::Unreadable | Announced::Several(None) => guessed(),
        }
    }
}

impl Iterator for Framer {
    type Item = Frame;

    fn next(&mut self) -> Option<Frame> {
        match self.state {
            State::Between => self.between(),
            State::Head => self.head(),
            State::Body { end } => self.body(end),
            State::Overflowing => {
                self.state = State::Closed;
                self.buffer.clear();
                self.from = 0;
                Some(Frame::Overflow)
            }
            State::Closed => None,
        }
    }
}

/// Where the next complete first line begins, or else the line that is not complete yet.
fn next_start(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(feed) = text::find(bytes, b'\n', at) {
        if start_line::looks_like_start(bytes.get(at..feed).unwrap_or_default()) {
            return at;
        }
        at = feed + 1;
    }
    at
}

fn next_start_or_end(bytes: &[u8]) -> usize {
    let at = next_start(bytes);
    let is_complete = text::find(bytes, b'\n', at).is_some();
    if is_complete { at } else { bytes.len() }
}
