//! How messages of ours find their way, and what stands in each of them.

use core::net::{IpAddr, SocketAddr};

use super::{Endpoint, Fields};
use crate::sip::dialog::Dialog;
use crate::sip::peer::{Peer, Transport};
use crate::sip::{Message, Rport, Uri};

/// What we take (RFC 3261 section 20.5).
pub(super) const ALLOW: &str =
    "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, REFER, SUBSCRIBE, NOTIFY, MESSAGE";
/// Extensions that we understand.
pub(super) const SUPPORTED: &str = "100rel, timer, replaces";
/// Bodies that we understand.
pub(super) const ACCEPT: &str = "application/sdp, application/pidf+xml, multipart/mixed, \
                                 text/plain, message/sipfrag";

/// Where the answer to a request goes (RFC 3261 section 18.2.2, RFC 3581): on a stream back on
/// its connection, else to where it came from, at the port that it asks for.
pub(super) fn reply_to(request: &Message, from: Peer) -> Peer {
    if from.transport.is_reliable() {
        return from;
    }
    let via = request.via();
    let asked = via.as_ref().is_some_and(|via| via.rport() != Rport::Absent);
    if asked {
        return from;
    }
    let port = via.and_then(|via| via.port).unwrap_or(from.transport.default_port());
    Peer { addr: SocketAddr::new(from.addr.ip(), port), ..from }
}

/// Where the answer goes once the connection of the request is gone: a new one to the port in Via.
pub(super) fn reply_elsewhere(request: &Message, to: Peer) -> Peer {
    let via = request.via();
    let port = via.and_then(|via| via.port).unwrap_or(to.transport.default_port());
    Peer { addr: SocketAddr::new(to.addr.ip(), port), flow: 0, ..to }
}

/// Where a request within a dialog goes. Names are not looked up: a name is taken to be the hop
/// that the dialog's messages come from, which holds behind a border function.
pub(super) fn hop_of(dialog: &Dialog, last: Peer) -> Peer {
    let uri = dialog.next_hop();
    let Some(ip) = uri.host().and_then(|host| host.parse::<IpAddr>().ok()) else {
        return hop_by_name(&uri, last);
    };
    let same_host = ip == last.addr.ip();
    let transport = transport_of(&uri, if same_host { last.transport } else { Transport::Udp });
    if same_host && transport == last.transport && last.flow != 0 {
        return last;
    }
    let port = uri.port().unwrap_or(transport.default_port());
    Peer { transport, addr: SocketAddr::new(ip, port), flow: 0 }
}

fn hop_by_name(uri: &Uri, last: Peer) -> Peer {
    if last.flow != 0 || !last.transport.is_reliable() {
        return last;
    }
    // The port that a broken connection came from leads nowhere.
    let port = uri.port().unwrap_or(last.transport.default_port());
    Peer { addr: SocketAddr::new(last.addr.ip(), port), ..last }
}

fn transport_of(uri: &Uri, unsaid: Transport) -> Transport {
    let said = uri.param("transport").map(str::to_ascii_lowercase);
    match said.as_deref() {
        _ if uri.is("sips") => Transport::Tls,
        Some("udp") => Transport::Udp,
        // RFC 3261 section 26.2.2 keeps TLS on a connection that has it.
        Some("tcp") if unsaid == Transport::Tls => Transport::Tls,
        Some("tcp") => Transport::Tcp,
        Some("tls") => Transport::Tls,
        _ => unsaid,
    }
}

/// Seconds in a header like Expires; what is no number counts as absent.
pub(super) fn seconds(message: &Message, name: &str) -> Option<u32> {
    let text = message.headers.text(name)?;
    text.split(';').next()?.trim().parse().ok()
}

/// The value of a parameter in a header's value: `active;expires=60`.
pub(super) fn param_of<'a>(value: &'a str, name: &str) -> Option<&'a str> {
    let params = value.split(';').skip(1);
    let mut pairs = params.filter_map(|param| param.split_once('='));
    pairs.find(|(other, _)| other.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// The body, if there is one.
pub(super) fn body_of(message: &Message) -> Option<Vec<u8>> {
    (!message.body.is_empty()).then(|| message.body.clone())
}

pub(super) fn put_sdp(message: &mut Message, sdp: &[u8]) {
    if !sdp.is_empty() {
        message.set_body("application/sdp", sdp);
    }
}

pub(super) fn put_fields(message: &mut Message, fields: &Fields) {
    for (name, value) in fields {
        message.headers.push(name, value);
    }
}

/// The text of the Reason header (RFC 3326).
pub(super) fn reason_in(message: &Message) -> Option<String> {
    message.headers.text("Reason").map(std::borrow::Cow::into_owned)
}

impl Endpoint {
    /// The Via of a request of ours; `rport` asks the peer to answer where it came from.
    pub(super) fn new_via(&mut self, transport: Transport) -> String {
        let host = self.settings.contacts.of(transport).to_owned();
        let branch = self.chance.branch();
        format!("SIP/2.0/{} {host};rport;branch={branch}", transport.as_str())
    }

    /// Our Contact for messages that travel this way.
    pub(super) fn contact(&self, transport: Transport) -> String {
        format!("<{}>", self.settings.contacts.uri(transport))
    }

    /// What a message that may begin or refresh a dialog says of us.
    pub(super) fn put_capabilities(&self, message: &mut Message, transport: Transport) {
        message.headers.push("Contact", self.contact(transport));
        message.headers.push("Allow", ALLOW);
        message.headers.push("Supported", SUPPORTED);
    }
}
