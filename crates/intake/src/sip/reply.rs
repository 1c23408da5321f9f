//! Answers: what of a request goes back with them (RFC 3261, 8.2.6).

use super::message::Message;
use super::start_line::{Method, StartLine};

impl Message {
    /// The answer to `request`: its Via, From, To, Call-ID and CSeq byte for byte, To with our
    /// tag where it has none. Record-Route is added where the answer may begin a dialog, the
    /// Timestamp to a 100. An empty `reason` becomes the usual words.
    ///
    /// Also for the `reply_to` of what could not be read: what is missing there stays missing.
    #[must_use]
    pub fn response_to(request: &Self, code: u16, reason: &str, to_tag: Option<&str>) -> Self {
        let reason = if reason.is_empty() { reason_of(code) } else { reason };
        let reason = reason.replace(['\r', '\n'], " ");
        let mut response = Self::with_start(StartLine::Response { code, reason });
        response.headers.extend_from(&request.headers, "Via");
        for name in ["From", "To", "Call-ID", "CSeq"] {
            // Where one of these came twice, the first was read, and so the first is echoed.
            if let Some(value) = request.headers.get(name) {
                response.headers.push(name, value);
            }
        }
        if let Some(tag) = to_tag.filter(|_| code > 100 && request.to_tag().is_none()) {
            response.add_to_tag(tag);
        }
        if begins_a_dialog(request, code) {
            response.headers.extend_from(&request.headers, "Record-Route");
        }
        if code == 100 {
            response.headers.extend_from(&request.headers, "Timestamp");
        }
        response
    }

    fn add_to_tag(&mut self, tag: &str) {
        if let Some(to) = self.headers.get("To") {
            let tagged = [to, b";tag=", tag.as_bytes()].concat();
            self.headers.set("To", tagged);
        }
    }
}

fn begins_a_dialog(request: &Message, code: u16) -> bool {
    let may = matches!(
        request.method(),
        Some(Method::Invite | Method::Subscribe | Method::Refer | Method::Notify)
    );
    may && (101..300).contains(&code)
}

/// The usual words for a status code (RFC 3261, 21), or those of its class.
#[must_use]
pub fn reason_of(code: u16) -> &'static str {
    match code {
        100 => "Trying",
        180 => "Ringing",
        181 => "Call Is Being Forwarded",
        182 => "Queued",
        183 => "Session Progress",
        200 => "OK",
        202 => "Accepted",
        302 => "Moved Temporarily",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        408 => "Request Timeout",
        410 => "Gone",
        413 => "Request Entity Too Large",
        415 => "Unsupported Media Type",
        416 => "Unsupported URI Scheme",
        420 => "Bad Extension",
        421 => "Extension Required",
        422 => "Session Interval Too Small",
        423 => "Interval Too Brief",
        480 => "Temporarily Unavailable",
        481 => "Call/Transaction Does Not Exist",
        482 => "Loop Detected",
        483 => "Too Many Hops",
        486 => "Busy Here",
        487 => "Request Terminated",
        488 => "Not Acceptable Here",
        489 => "Bad Event",
        491 => "Request Pending",
        500 => "Server Internal Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        505 => "Version Not Supported",
        513 => "Message Too Large",
        600 => "Busy Everywhere",
        603 => "Decline",
        _ => reason_of_class(code / 100),
    }
}

fn reason_of_class(class: u16) -> &'static str {
    match class {
        1 => "Progress",
        2 => "Success",
        3 => "Redirected",
        4 => "Request Failure",
        5 => "Server Failure",
        _ => "Global Failure",
    }
}
