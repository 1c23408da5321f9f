//! One message, and the views of its headers.

use std::borrow::Cow;

use super::defect::Defect;
use super::headers::Headers;
use super::multipart::{self, Parts};
use super::name_addr::NameAddr;
use super::sdp::Session;
use super::start_line::{Method, StartLine};
use super::text;
use super::uri::Uri;
use super::via::Via;

/// A request or a response. Views read their header anew each time and as well as it can be read;
/// what was wrong stands in `defects`, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The first line.
    pub start: StartLine,
    /// The header fields.
    pub headers: Headers,
    /// What stands behind the empty line.
    pub body: Vec<u8>,
    /// What was wrong with it as it came; empty for one of ours.
    pub defects: Vec<Defect>,
}

impl Message {
    /// A request without any header.
    #[must_use]
    pub fn request(method: Method, uri: Uri) -> Self {
        Self::with_start(StartLine::Request { method, uri })
    }

    pub(super) fn with_start(start: StartLine) -> Self {
        Self { start, headers: Headers::default(), body: Vec::new(), defects: Vec::new() }
    }

    /// The method of a request.
    #[must_use]
    pub fn method(&self) -> Option<&Method> {
        match &self.start {
            StartLine::Request { method, .. } => Some(method),
            StartLine::Response { .. } => None,
        }
    }

    /// The Request-URI of a request.
    #[must_use]
    pub fn request_uri(&self) -> Option<&Uri> {
        match &self.start {
            StartLine::Request { uri, .. } => Some(uri),
            StartLine::Response { .. } => None,
        }
    }

    /// The status code of a response.
    #[must_use]
    pub fn code(&self) -> Option<u16> {
        match &self.start {
            StartLine::Request { .. } => None,
            StartLine::Response { code, .. } => Some(*code),
        }
    }

    /// The caller's side of the dialog.
    #[must_use]
    pub fn from(&self) -> Option<NameAddr> {
        self.headers.get("From").map(NameAddr::parse)
    }

    /// The called side of the dialog.
    #[must_use]
    pub fn to(&self) -> Option<NameAddr> {
        self.headers.get("To").map(NameAddr::parse)
    }

    /// Where later requests go: the first Contact.
    #[must_use]
    pub fn contact(&self) -> Option<NameAddr> {
        self.addresses("Contact").into_iter().next()
    }

    /// Every address of a list header: Contact, Route, Record-Route, Geolocation, Call-Info.
    #[must_use]
    pub fn addresses(&self, name: &str) -> Vec<NameAddr> {
        self.headers.list(name).into_iter().map(NameAddr::parse).collect()
    }

    /// The hop that the message came over: the first Via.
    #[must_use]
    pub fn via(&self) -> Option<Via> {
        self.headers.list("Via").first().and_then(|value| Via::parse(value))
    }

    /// Every hop that can be read, latest first.
    #[must_use]
    pub fn vias(&self) -> Vec<Via> {
        self.headers.list("Via").into_iter().filter_map(Via::parse).collect()
    }

    /// What names the dialog, together with the tags.
    #[must_use]
    pub fn call_id(&self) -> Option<Cow<'_, str>> {
        self.headers.text("Call-ID").filter(|id| !id.is_empty())
    }

    /// The number and method of the request.
    #[must_use]
    pub fn cseq(&self) -> Option<(u32, Method)> {
        let value = self.headers.text("CSeq")?;
        let (number, method) = value.trim().split_once(char::is_whitespace)?;
        let method = method.trim();
        let is_method = text::is_token(method.as_bytes());
        Some((text::number(number.as_bytes())?, Method::of(method))).filter(|_| is_method)
    }

    /// How many hops the request may still take.
    #[must_use]
    pub fn max_forwards(&self) -> Option<u32> {
        self.headers.get("Max-Forwards").and_then(text::number)
    }

    /// Type of the body, with its parameters.
    #[must_use]
    pub fn content_type(&self) -> Option<Cow<'_, str>> {
        self.headers.text("Content-Type").filter(|kind| !kind.is_empty())
    }

    /// The tag of From.
    #[must_use]
    pub fn from_tag(&self) -> Option<String> {
        self.from()?.tag().map(str::to_owned)
    }

    /// The tag of To.
    #[must_use]
    pub fn to_tag(&self) -> Option<String> {
        self.to()?.tag().map(str::to_owned)
    }

    /// The parts of the body; a body that is not multipart is one, and no body is none.
    #[must_use]
    pub fn parts(&self) -> Parts {
        if self.body.is_empty() {
            return Parts::default();
        }
        let mut headers = Headers::default();
        let of_body = ["Content-Type", "Content-ID", "Content-Disposition"];
        for name in of_body.into_iter().chain(["Content-Transfer-Encoding"]) {
            headers.extend_from(&self.headers, name);
        }
        multipart::parts_of(headers, &self.body)
    }

    /// The session description, wherever in the body it stands.
    #[must_use]
    pub fn sdp(&self) -> Option<Session> {
        self.parts().first("application/sdp").map(|part| Session::parse(&part.body))
    }

    /// Notes in the top Via where the request really came from, so that the answer finds its way
    /// (RFC 3261, 18.2.1; RFC 3581).
    pub fn stamp_via(&mut self, host: &str, port: u16) {
        let Some(value) = self.headers.get("Via") else { return };
        let values = text::split(value, b',');
        let Some(at) = values.iter().position(|value| !value.is_empty()) else { return };
        let Some(mut via) = values.get(at).and_then(|value| Via::parse(value)) else { return };
        via.stamp(host, port);
        let mut stamped = via.to_string().into_bytes();
        for value in values.iter().skip(at + 1).filter(|value| !value.is_empty()) {
            stamped.extend_from_slice(b", ");
            stamped.extend_from_slice(value);
        }
        self.headers.set_first("Via", stamped);
    }

    /// Sets the body and its type.
    pub fn set_body(&mut self, content_type: &str, body: impl Into<Vec<u8>>) {
        self.headers.set("Content-Type", content_type);
        self.body = body.into();
    }

    /// The message as it goes on the wire: values byte for byte, headers unfolded, every line
    /// ended by CR LF, and one Content-Length that is right.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{}\r\n", self.start).into_bytes();
        let length = self.body.len().to_string();
        let mut is_length_written = false;
        for field in self.headers.iter() {
            let is_length = field.is("Content-Length");
            if !is_length {
                write_field(&mut bytes, field.name(), field.value());
            } else if !is_length_written {
                write_field(&mut bytes, field.name(), length.as_bytes());
                is_length_written = true;
            }
        }
        if !is_length_written {
            write_field(&mut bytes, "Content-Length", length.as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

fn write_field(bytes: &mut Vec<u8>, name: &str, value: &[u8]) {
    bytes.extend_from_slice(name.as_bytes());
    bytes.extend_from_slice(b": ");
    bytes.extend_from_slice(value);
    bytes.extend_from_slice(b"\r\n");
}
