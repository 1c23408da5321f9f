//! LoST (RFC 5222): which service is responsible for a place.
//!
//! We ask `findService` with the place of a call and get mappings: a display name, addresses to
//! transfer to, a number to dial, and until when that holds. Reading a question and writing an
//! answer are here too, for the server that the tests run.

mod read;
mod write;

pub use read::{read_answer, read_find_service};
pub use write::{write_answer, write_find_service};

use crate::location::pidf::Place;
use crate::location::{NoUsableLocation, Shape};
use crate::xml::NotXml;
use evenhand_core::Timestamp;

pub(crate) const LOST: &str = "urn:ietf:params:xml:ns:lost1";
/// NENA-STA-010, section 3.4.10.4: the identifiers of the call, carried through all servers.
pub(crate) const CALL_IDS: &str = "urn:emergency:xml:ns:lostExt:Ids";

/// Which service is responsible here?
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServiceQuestion {
    /// Where; a shape with height is asked for as seen from above.
    pub place: Place,
    /// `urn:service:sos.police`.
    pub service: String,
    /// How the area is wanted for which the answer holds.
    pub boundary: BoundaryForm,
    /// Who asks further servers.
    pub recursion: Recursion,
    /// Which call it is about.
    pub call: Option<CallIds>,
}

/// How an area is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BoundaryForm {
    /// By a key, under which it can be fetched.
    Reference,
    /// As shapes.
    Value,
}

/// Who asks further servers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Recursion {
    /// The server that is asked.
    ByServer,
    /// The asker, who is redirected.
    ByAsker,
}

/// The identifiers of a call and its incident.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallIds {
    /// `urn:emergency:uid:callid:...`.
    pub call: String,
    /// `urn:emergency:uid:incidentid:...`.
    pub incident: String,
}

/// What a LoST server said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// Services that are responsible.
    Found(Found),
    /// Why none: `notFound`, `serviceNotImplemented`, `locationInvalid`.
    Errors(Vec<Problem>),
    /// Another server knows.
    Redirect {
        /// Its name: `lost.example.com`.
        target: String,
        /// In the server's words.
        message: Option<String>,
    },
}

/// Responsible services and how they were found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// At least one.
    pub mappings: Vec<Mapping>,
    /// What to know with it: `defaultMappingReturned`, `serviceSubstitution`.
    pub warnings: Vec<Problem>,
    /// The servers that were asked, the first last.
    pub path: Vec<String>,
    /// Which of the places asked about was used.
    pub location_used: Option<String>,
}

/// An error or a warning.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// The name of the element: `notFound`.
    pub kind: String,
    /// In the server's words.
    pub message: Option<String>,
    /// Which server says so.
    pub source: Option<String>,
}

/// One responsible service.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mapping {
    /// `Cambridge Police Department`.
    pub display_name: Option<String>,
    /// What it does: `urn:service:sos.police`.
    pub service: Option<String>,
    /// For which area the answer holds.
    pub boundary: Boundary,
    /// Where it is reached; none means that the service exists, but not by these means.
    pub uris: Vec<String>,
    /// What to dial there: `911`.
    pub service_number: Option<String>,
    /// Until when the answer holds.
    pub expires: Expires,
    /// When it was last changed.
    pub last_updated: Option<Timestamp>,
    /// The server it comes from.
    pub source: String,
    /// Its key there.
    pub source_id: String,
}

/// For which area an answer holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Boundary {
    /// Not said.
    Unsaid,
    /// To be fetched.
    Reference {
        /// From this server.
        source: String,
        /// Under this key.
        key: String,
    },
    /// These shapes; empty if it was told in a way not known here.
    Value(Vec<Shape>),
}

/// Until when an answer holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expires {
    /// Until then.
    At(Timestamp),
    /// For this one time.
    NoCache,
    /// For good.
    NoExpiration,
}

/// Why bytes are no message of LoST.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotLost {
    /// Not even XML.
    #[error("{0}")]
    NotXml(#[from] NotXml),
    /// Another document, or a question instead of an answer.
    #[error("the document is XML, but not the LoST message that was expected")]
    OtherDocument,
    /// An answer without anything in it.
    #[error("the answer names no service")]
    NoMapping,
    /// A question without a service.
    #[error("the question names no service")]
    NoService,
    /// A question without a usable place.
    #[error("{0}")]
    Place(#[from] NoUsableLocation),
}
