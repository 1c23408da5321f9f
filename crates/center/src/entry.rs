//! The envelope of an entry: `{seq, id, type, v, at, actor, data}`, in this order, whole numbers.
//!
//! A command is one row, `type` `command/<Name>`, whose data holds the command as sealed, what
//! policy ruled and what was advised. Its events follow as a row each, or one `CommandRefused`.

use evenhand_core::{Actor, Advice, Command, Event, Ruling, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::io::Write;

/// One row, read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// Its number.
    pub seq: u64,
    /// The command's idempotency key; for an event that key, a slash and its place.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What.
    pub entry: Entry,
}

/// What stands in a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Entry {
    /// An order, with all that was known to those who gave it.
    Command {
        /// The order.
        command: Box<Command>,
        /// Policy's word.
        ruling: Box<Ruling>,
        /// What was suggested.
        advice: Advice,
    },
    /// A fact.
    Event(Event),
}

/// A row that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("entry `{seq}` cannot be read: {cause}")]
pub struct EntryError {
    /// Its number, 0 if not even that can be read.
    pub seq: u64,
    /// Why.
    pub cause: serde_json::Error,
}

#[derive(Serialize, Deserialize)]
struct Ordered<'a> {
    command: Cow<'a, Command>,
    ruling: Cow<'a, Ruling>,
    advice: Cow<'a, Advice>,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    seq: u64,
    id: String,
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[expect(dead_code, reason = "all versions are 1; a later one is read by its own form")]
    v: u16,
    at: Timestamp,
    actor: Actor,
    #[serde(borrow)]
    data: &'a RawValue,
}

const COMMAND: &str = "command/";

/// What all rows of one command share.
#[derive(Clone, Copy)]
pub struct Head<'a> {
    /// The idempotency key.
    pub key: &'a str,
    /// When.
    pub at: Timestamp,
    /// Who, as JSON.
    pub actor: &'a str,
}

impl Head<'_> {
    /// The envelope up to its data, in a buffer with room for it.
    fn begin(self, seq: u64, place: Option<usize>, kind: [&str; 2]) -> Vec<u8> {
        let (key, at, actor) = (self.key, self.at.0, self.actor);
        let mut row = Vec::with_capacity(512);
        let id = format_args!(r#"{{"seq":{seq},"id":"{key}"#);
        let [prefix, name] = kind;
        let rest =
            format_args!(r#"","type":"{prefix}{name}","v":1,"at":{at},"actor":{actor},"data":"#);
        // Writing to memory cannot fail.
        let _ = match place {
            None => write!(row, "{id}{rest}"),
            Some(place) => write!(row, "{id}/{place}{rest}"),
        };
        row
    }
}

/// The row of a command.
pub fn encode_command(
    seq: u64,
    head: Head<'_>,
    command: &Command,
    ruling: &Ruling,
    advice: &Advice,
) -> Result<Vec<u8>, serde_json::Error> {
    let mut row = head.begin(seq, None, [COMMAND, command.name()]);
    let data = Ordered {
        command: Cow::Borrowed(command),
        ruling: Cow::Borrowed(ruling),
        advice: Cow::Borrowed(advice),
    };
    serde_json::to_writer(&mut row, &data)?;
    row.push(b'}');
    Ok(row)
}

/// The row of the `place`th event (from 1) of a command.
pub fn encode_event(
    seq: u64,
    head: Head<'_>,
    place: usize,
    event: &Event,
) -> Result<Vec<u8>, serde_json::Error> {
    let mut row = head.begin(seq, Some(place), ["", event.name()]);
    let start = row.len();
    // An event is written as `{"type":"Name","data":{...}}`. Without its beginning it is the data,
    // and its last brace closes the envelope.
    serde_json::to_writer(&mut row, event)?;
    row.drain(start..start + r#"{"type":"","data":"#.len() + event.name().len());
    Ok(row)
}

/// Reads a row's body.
pub fn decode(body: &[u8]) -> Result<Row, EntryError> {
    let envelope: Envelope<'_> =
        serde_json::from_slice(body).map_err(|cause| EntryError { seq: 0, cause })?;
    let unreadable = |cause| EntryError { seq: envelope.seq, cause };
    let entry = if envelope.kind.starts_with(COMMAND) {
        let data: Ordered<'_> = serde_json::from_str(envelope.data.get()).map_err(unreadable)?;
        Entry::Command {
            command: Box::new(data.command.into_owned()),
            ruling: Box::new(data.ruling.into_owned()),
            advice: data.advice.into_owned(),
        }
    } else {
        let tagged = format!(r#"{{"type":"{}","data":{}}}"#, envelope.kind, envelope.data.get());
        Entry::Event(serde_json::from_str(&tagged).map_err(unreadable)?)
    };
    let Envelope { seq, id, at, actor, .. } = envelope;
    Ok(Row { seq, id, at, actor, entry })
}
