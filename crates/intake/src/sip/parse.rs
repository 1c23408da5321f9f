//! Bytes to a message: the routing minimum strictly, the rest leniently.
//!
//! What makes a message unreadable is only what makes it unanswerable: no Via, From, To, Call-ID
//! or CSeq, or a CSeq that names another method than the first line, so that an answer could not
//! be matched. A request with such a fault is answered 400, an INVITE too. All else is a defect.
//!
//! The version is in between: a `SIP/7.0` request is answered 505, but an INVITE, and what
//! belongs to its call, is taken as if it said 2.0: somebody may be calling for help.

use super::body;
use super::check;
use super::defect::{Defect, Flaw, note};
use super::limits::{BODY_BYTES_MAX, HEADER_BYTES_MAX};
use super::lines;
use super::message::Message;
use super::start_line::{self, Method};

/// What the bytes came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// One datagram, which holds one message: its end is the end of the body.
    Datagram,
    /// One message cut from a stream: without Content-Length it cannot have had a body.
    Stream,
}

/// What came instead of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// What is wrong with it, by name.
    pub why: Defect,
    /// The status code that says so.
    pub code: u16,
    /// What could be read of a request, for [`Message::response_to`]; it may lack anything but a
    /// Via header, and that one may be unreadable, so the answer goes to where the bytes came
    /// from. `None` for a response, for an ACK (nobody answers one), and without any Via.
    pub reply_to: Option<Box<Message>>,
}

/// Reads one message.
///
/// # Errors
/// [`Unreadable`] where no answer to it could be matched, or where it is over a limit.
pub fn parse(bytes: &[u8], framing: Framing) -> Result<Message, Unreadable> {
    let bytes = lines::skip_blank(bytes);
    let mut defects = Vec::new();
    let (head, rest) = split_head(bytes, &mut defects);
    let (head, too_long) = cut_head(head);
    let (first, fields) = lines::first_line(head);
    let read = start_line::read(first);
    read.flaws.into_iter().for_each(|flaw| note(&mut defects, Defect::new(flaw)));
    let mut message = Message::with_start(read.start);
    message.headers = lines::read_fields(fields, &mut defects);
    let body = body::cut(&message.headers, rest, framing, &mut defects);
    let is_over = body.len() > BODY_BYTES_MAX || body::is_over_limit(&message.headers, framing);
    let too_large = is_over.then_some((Flaw::BodyTooLong, 513));
    let fatal = too_long.or(read.fatal).or(too_large);
    let fatal = fatal.map(|(flaw, code)| (Defect::new(flaw), code));
    let fatal = fatal.or_else(|| check::minimum(&message).map(|why| (why, 400)));
    check::the_rest(&message, &mut defects);
    if let Some((why, code)) = fatal {
        message.defects = defects;
        return Err(unreadable(message, why, code));
    }
    message.body = body.to_vec();
    check::body(&message, &mut defects);
    message.defects = defects;
    Ok(message)
}

fn split_head<'a>(bytes: &'a [u8], defects: &mut Vec<Defect>) -> (&'a [u8], &'a [u8]) {
    let Some((end, body)) = lines::end_of_head(bytes) else {
        note(defects, Defect::new(Flaw::NoBlankLine));
        return (bytes, &[]);
    };
    (bytes.get(..end).unwrap_or_default(), bytes.get(body..).unwrap_or_default())
}

/// Of a header part over the limit the first lines are read, so that a reply can be built.
fn cut_head(head: &[u8]) -> (&[u8], Option<(Flaw, u16)>) {
    match head.split_at_checked(HEADER_BYTES_MAX) {
        Some((start, rest)) if !rest.is_empty() => {
            let end = start.iter().rposition(|byte| *byte == b'\n').map_or(0, |feed| feed + 1);
            (start.get(..end).unwrap_or_default(), Some((Flaw::HeaderTooLong, 513)))
        }
        _ => (head, None),
    }
}

fn unreadable(message: Message, why: Defect, code: u16) -> Unreadable {
    let is_request = message.method().is_some_and(|method| *method != Method::Ack);
    let has_via = !message.headers.list("Via").is_empty();
    let reply_to = (is_request && has_via).then(|| Box::new(message));
    Unreadable { why, code, reply_to }
}
