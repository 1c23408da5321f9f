//! XML as strangers send it: a document becomes a small tree, within limits, or a reason.
//!
//! All our XML (PIDF-LO, HELD, LoST, additional data) is a few kilobytes, so a tree is simpler to
//! read than events and costs nothing. What could make a small document big or slow is refused
//! outright: document types and with them entities of the sender's own. What is merely sloppy (a
//! byte order mark, a bare `&`, a prefix that nobody declared) is read and recorded.

mod date_time;
mod element;
mod read;
mod write;

pub(crate) use date_time::{parse_date_time, write_date_time};
pub(crate) use element::Element;
pub(crate) use read::read;
pub use read::{NotXml, Sloppiness};
pub(crate) use write::XmlText;
