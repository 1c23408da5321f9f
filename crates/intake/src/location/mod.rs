//! Where a caller is: PIDF-LO and its shapes, by value or fetched by HELD or SIP presence.
//!
//! A place comes as a shape on the earth, a civic address, or both, in a document that says how
//! and when it was found. Everything is kept in whole numbers (1e-7 degrees, centimetres,
//! hundredths of a degree), so that what was sent is what is recorded. Senders break the rules in
//! known ways; such a document is read all the same and each break is a [`Defect`]. Only a
//! document without any place that could be meant is [`NoUsableLocation`]. Neither ever repeats a
//! value from the document, because a place identifies a person.

mod civic;
mod defect;
mod geometry;
mod gml;
pub mod held;
mod namespace;
mod number;
pub mod pidf;
mod reference;
mod shape;
mod write;

pub use civic::{CaType, CivicAddress, CivicExtension};
pub use defect::{Defect, NoUsableLocation};
pub use reference::GeolocationReference;
pub use shape::{Angle, ArcBand, Ellipse, Point, Ring, Shape};

pub(crate) use civic::read_civic;
pub(crate) use gml::{is_shape, read_shape};
pub(crate) use write::{PLACE_NAMESPACES, write_civic, write_shape};
