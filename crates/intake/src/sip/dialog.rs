//! Dialogs (RFC 3261 section 12): what two ends must remember of each other to go on speaking.

use crate::sip::{Message, Method, NameAddr, StartLine, Uri};

/// By what a dialog is found (RFC 3261 section 12): a peer after RFC 2543 has an empty tag.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DialogKey {
    /// The Call-ID.
    pub call_id: String,
    /// Our tag.
    pub local_tag: String,
    /// Theirs; empty where it is not known yet.
    pub remote_tag: String,
}

impl DialogKey {
    /// Of a request that reached us: our tag stands in To.
    #[must_use]
    pub fn of_request(request: &Message) -> Self {
        Self {
            call_id: request.call_id().unwrap_or_default().into_owned(),
            local_tag: request.to_tag().unwrap_or_default(),
            remote_tag: request.from_tag().unwrap_or_default(),
        }
    }

    /// The same before the other end's tag was known.
    #[must_use]
    pub fn without_remote(&self) -> Self {
        Self { remote_tag: String::new(), ..self.clone() }
    }
}

/// One dialog as seen from here. From, To and Call-ID are kept byte for byte: a peer may compare
/// them so, and they need not be UTF-8.
#[derive(Clone, Debug)]
pub struct Dialog {
    call_id: Vec<u8>,
    local: Vec<u8>,
    remote: Vec<u8>,
    key: DialogKey,
    local_seq: u32,
    remote_seq: Option<u32>,
    target: Uri,
    routes: Vec<Vec<u8>>,
}

impl Dialog {
    /// As the one who is asked: `request` begins it, `local_tag` is ours.
    #[must_use]
    pub fn of_server(request: &Message, local_tag: &str) -> Self {
        let value = |name| request.headers.get(name).unwrap_or_default().to_vec();
        let mut key = DialogKey::of_request(request);
        key.local_tag = local_tag.to_owned();
        let from_uri = || request.from().map_or_else(|| Uri::new(""), |from| from.uri);
        Self {
            call_id: value("Call-ID"),
            local: tagged(&value("To"), local_tag),
            remote: value("From"),
            key,
            local_seq: 0,
            remote_seq: request.cseq().map(|(number, _)| number),
            // A Contact is missing in RFC 2543 and in faulty equipment; From is the next best.
            target: request.contact().map_or_else(from_uri, |contact| contact.uri),
            routes: owned(request.headers.list("Record-Route")),
        }
    }

    /// As the one who asks: before any answer, so without the other end's tag.
    #[must_use]
    pub fn of_client(request: &Message) -> Self {
        let value = |name| request.headers.get(name).unwrap_or_default().to_vec();
        let key = DialogKey {
            call_id: request.call_id().unwrap_or_default().into_owned(),
            local_tag: request.from_tag().unwrap_or_default(),
            remote_tag: String::new(),
        };
        Self {
            call_id: value("Call-ID"),
            local: value("From"),
            remote: value("To"),
            key,
            local_seq: request.cseq().map_or(0, |(number, _)| number),
            remote_seq: None,
            target: request.request_uri().cloned().unwrap_or_else(|| Uri::new("")),
            routes: owned(request.headers.list("Route")),
        }
    }

    /// Takes what a response says of the other end (section 12.1.2). A later response of another
    /// fork takes the place of the earlier one's.
    pub fn answered(&mut self, response: &Message) {
        if let Some(to) = response.headers.get("To") {
            self.remote = to.to_vec();
        }
        self.key.remote_tag = response.to_tag().unwrap_or_default();
        let mut routes = owned(response.headers.list("Record-Route"));
        routes.reverse();
        self.routes = routes;
        self.retarget(response);
    }

    /// Takes what a NOTIFY says of the other end where it comes before any response (RFC 6665
    /// section 4.4.1).
    pub fn called_back(&mut self, request: &Message) {
        self.remote = request.headers.get("From").unwrap_or_default().to_vec();
        self.key.remote_tag = request.from_tag().unwrap_or_default();
        self.routes = owned(request.headers.list("Record-Route"));
        self.retarget(request);
    }

    /// Takes the Contact of a target refresh (section 12.2).
    pub fn retarget(&mut self, message: &Message) {
        if let Some(contact) = message.contact().filter(|contact| contact.uri.as_str() != "*") {
            self.target = contact.uri;
        }
    }

    /// By what it is found.
    #[must_use]
    pub fn key(&self) -> &DialogKey {
        &self.key
    }

    /// The number of our last request.
    #[must_use]
    pub fn local_seq(&self) -> u32 {
        self.local_seq
    }

    /// Takes the number of a request of theirs; `false` where it comes out of order (section
    /// 12.2.2).
    pub fn take_seq(&mut self, seq: u32) -> bool {
        let in_order = self.remote_seq.is_none_or(|last| seq > last);
        if in_order {
            self.remote_seq = Some(seq);
        }
        in_order
    }

    /// Our next request within the dialog, without Via and Contact.
    pub fn request(&mut self, method: Method) -> Message {
        self.local_seq = self.local_seq.saturating_add(1);
        self.numbered(method, self.local_seq)
    }

    /// The ACK of a 2xx to our INVITE with this number.
    #[must_use]
    pub fn ack(&self, seq: u32) -> Message {
        self.numbered(Method::Ack, seq)
    }

    fn numbered(&self, method: Method, seq: u32) -> Message {
        let (uri, routes) = self.way();
        let cseq = format!("{seq} {method}");
        let mut request = Message::request(method, uri);
        for route in routes {
            request.headers.push("Route", route);
        }
        request.headers.push("From", &self.local);
        request.headers.push("To", &self.remote);
        request.headers.push("Call-ID", &self.call_id);
        request.headers.push("CSeq", cseq);
        request
    }

    /// Request-URI and Route (section 12.2.1.1): a first route without `lr` is a strict router, and
    /// takes the Request-URI's place.
    fn way(&self) -> (Uri, Vec<Vec<u8>>) {
        let Some((first, rest)) = self.routes.split_first() else {
            return (self.target.clone(), Vec::new());
        };
        let router = NameAddr::parse(first).uri;
        if router.param("lr").is_some() {
            return (self.target.clone(), self.routes.clone());
        }
        let mut routes = rest.to_vec();
        routes.push(format!("<{}>", self.target).into_bytes());
        (router, routes)
    }

    /// Where the next request of ours goes first.
    #[must_use]
    pub fn next_hop(&self) -> Uri {
        self.routes.first().map_or_else(|| self.target.clone(), |first| NameAddr::parse(first).uri)
    }

    /// What a Replaces header names this dialog by at the other end (RFC 3891 section 3): its own
    /// tag is the `to-tag` there.
    #[must_use]
    pub fn replaces(&self) -> String {
        let DialogKey { call_id, local_tag, remote_tag } = &self.key;
        format!("{call_id};to-tag={remote_tag};from-tag={local_tag}")
    }
}

/// The CANCEL of an INVITE (section 9.1), or the ACK of its refusal (section 17.1.1.3): both copy
/// the request's own hop, addresses and number.
#[must_use]
pub fn of_invite(invite: &Message, method: Method, to: Option<&[u8]>) -> Message {
    let StartLine::Request { uri, .. } = &invite.start else {
        return Message::request(method, Uri::new(""));
    };
    let seq = invite.cseq().map_or(0, |(number, _)| number);
    let cseq = format!("{seq} {method}");
    let mut request = Message::request(method, uri.clone());
    let own = |name| invite.headers.get(name).unwrap_or_default();
    request.headers.push("Via", own("Via"));
    for route in invite.headers.get_all("Route") {
        request.headers.push("Route", route);
    }
    request.headers.push("Max-Forwards", "70");
    request.headers.push("From", own("From"));
    request.headers.push("To", to.unwrap_or_else(|| own("To")));
    request.headers.push("Call-ID", own("Call-ID"));
    request.headers.push("CSeq", cseq);
    request
}

fn tagged(value: &[u8], tag: &str) -> Vec<u8> {
    [value, b";tag=", tag.as_bytes()].concat()
}

fn owned(values: Vec<&[u8]>) -> Vec<Vec<u8>> {
    values.into_iter().map(<[u8]>::to_vec).collect()
}
