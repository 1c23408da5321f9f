//! The envelope of an entry: `{seq, id, type, v, at, actor, data}`, in this order, whole numbers.
//!
//! A command is one row, `type` `command/<Name>`, whose data holds the command as sealed, what
//! policy ruled and what was advised. Its events follow as a row each, or one `CommandRefused`.

use evenhand_core::{Actor, Advice, Command, Event, Ruling, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;

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
        ruling: Ruling,
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
struct CommandData<'a> {
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
    fn row(self, seq: u64, id: &str, kind: &str, data: &str) -> Vec<u8> {
        let (at, actor) = (self.at.0, self.actor);
        format!(
            r#"{{"seq":{seq},"id":"{id}","type":"{kind}","v":1,"at":{at},"actor":{actor},"data":{data}}}"#
        )
        .into_bytes()
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
    let data = serde_json::to_string(&CommandData {
        command: Cow::Borrowed(command),
        ruling: Cow::Borrowed(ruling),
        advice: Cow::Borrowed(advice),
    })?;
    Ok(head.row(seq, head.key, &format!("{COMMAND}{}", command.name()), &data))
}

/// The row of the `place`th event (from 1) of a command.
pub fn encode_event(
    seq: u64,
    head: Head<'_>,
    place: usize,
    event: &Event,
) -> Result<Vec<u8>, serde_json::Error> {
    // `{"type":"Name","data":{...}}`: the data is what is left without its wrapping.
    let tagged = serde_json::to_string(event)?;
    let start = r#"{"type":"","data":"#.len() + event.name().len();
    let data = tagged.get(start..tagged.len().saturating_sub(1)).unwrap_or("{}");
    Ok(head.row(seq, &format!("{}/{place}", head.key), event.name(), data))
}

/// Reads a row's body.
pub fn decode(body: &[u8]) -> Result<Row, EntryError> {
    let envelope: Envelope<'_> =
        serde_json::from_slice(body).map_err(|cause| EntryError { seq: 0, cause })?;
    let unreadable = |cause| EntryError { seq: envelope.seq, cause };
    let entry = if envelope.kind.starts_with(COMMAND) {
        let data: CommandData<'_> =
            serde_json::from_str(envelope.data.get()).map_err(unreadable)?;
        Entry::Command {
            command: Box::new(data.command.into_owned()),
            ruling: data.ruling.into_owned(),
            advice: data.advice.into_owned(),
        }
    } else {
        let tagged = format!(r#"{{"type":"{}","data":{}}}"#, envelope.kind, envelope.data.get());
        Entry::Event(serde_json::from_str(&tagged).map_err(unreadable)?)
    };
    let Envelope { seq, id, at, actor, .. } = envelope;
    Ok(Row { seq, id, at, actor, entry })
}
