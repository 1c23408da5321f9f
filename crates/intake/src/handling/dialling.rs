//! Ringing an abandoned caller back.

use super::CallHandling;
use super::arrival::{Arrival, joined};
use super::line::{Line, Remembered, Stage};
use super::output::{Dialled, Output};
use crate::sip::{Framing, LegId, NewCall, Order, Peer, Transport, Uri, parse};
use core::net::SocketAddr;
use evenhand_core::{CallId, PersonId};

/// How a caller is reached.
struct Way {
    /// The Request-URI.
    target: String,
    /// Who is meant, where that is another URI.
    to: Option<String>,
    /// The next hop.
    via: Peer,
}

/// Where a telephone says that it is, if that is a numbered address.
fn peer_of(contact: &Uri) -> Option<Peer> {
    let transport = match contact.param("transport").map(str::to_ascii_lowercase).as_deref() {
        Some("tls") => Transport::Tls,
        Some("tcp") => Transport::Tcp,
        _ if contact.is("sips") => Transport::Tls,
        _ => Transport::Udp,
    };
    let host = contact.host()?.trim_matches(['[', ']']).parse().ok()?;
    let port = contact.port().unwrap_or(transport.default_port());
    Some(Peer { transport, addr: SocketAddr::new(host, port), flow: 0 })
}

impl CallHandling {
    /// What a process before this one knew of a call is read from its request.
    pub(super) fn recall(&mut self, now: u64, call: CallId, request: &[String]) {
        if self.remembered.contains_key(&call) {
            return;
        }
        let Some(bytes) = joined(request).filter(|bytes| !bytes.is_empty()) else { return };
        let Ok(invite) = parse(&bytes, Framing::Datagram) else { return };
        let Some(contact) = invite.contact().map(|contact| contact.uri) else { return };
        let Some(from) = peer_of(&contact) else { return };
        let known = Remembered {
            callback: Arrival::of(&invite).callback,
            contact: Some(contact.as_str().to_owned()),
            from,
            invite: String::from_utf8_lossy(&bytes).into_owned(),
            at: now,
        };
        self.remember(call, known);
    }

    /// A person rings back: first an address for voice, then the INVITE.
    pub(super) fn dial(&mut self, call: CallId, by: &PersonId, number: Option<&str>) {
        if self.by_call.contains_key(&call) {
            return self.note(format!("{call} has a line already"));
        }
        let Some(Way { target, to, via }) = self.way_to(call, number) else {
            self.note(format!("{call} cannot be rung: no number, or no way to it"));
            return self.dialled(call, Dialled::Failed(404));
        };
        let leg = self.endpoint.new_leg();
        let mut line = Line::new(leg, String::new(), via);
        line.call = Some(call);
        line.person = Some(by.clone());
        line.stage = Stage::Dialling;
        line.dialled = true;
        (line.target, line.called) = (target, to);
        self.by_call.insert(call, leg);
        self.lines.insert(leg, line);
        self.open_voice(leg);
        self.dialled(call, Dialled::Dialling);
    }

    /// Whom to call and by which hop. Through a border function the caller is called by the
    /// identity that came with the call (NENA-STA-010.3f 4.6.1); without one only the caller's own
    /// Contact is known to be there.
    fn way_to(&self, call: CallId, number: Option<&str>) -> Option<Way> {
        let known = self.remembered.get(&call);
        let identity = known.map(|known| known.callback.clone());
        let identity = identity.filter(|uri| !uri.is_empty() && !uri.contains("invalid"));
        let number = number.map(|number| dialled_uri(number, &self.settings.host));
        let identity = identity.or(number);
        match (&self.settings.border, known) {
            (Some((_, peer)), _) => Some(Way { target: identity?, to: None, via: *peer }),
            (None, Some(known)) => {
                let target = known.contact.clone().unwrap_or_else(|| known.callback.clone());
                Some(Way { target, to: identity, via: known.from })
            }
            (None, None) => None,
        }
    }

    /// The INVITE, with what marks a callback to an emergency caller (RFC 7090; NENA-STA-010.3f
    /// 4.6.1).
    pub(super) fn place_call(&mut self, now: u64, leg: LegId) {
        let Some(sdp) = self.own_offer(leg) else { return };
        let Some(line) = self.lines.get(&leg) else { return };
        let (host, element) = (&self.settings.host, &self.settings.element);
        let own = format!("<sip:{}@{host};user=phone>", self.settings.number);
        let agent = line.person.as_ref().map(|person| person.as_str()).unwrap_or_default();
        let mut headers = vec![
            ("Priority".to_owned(), "psap-callback".to_owned()),
            ("Resource-Priority".to_owned(), "esnet.0".to_owned()),
            ("P-Asserted-Identity".to_owned(), own.clone()),
            ("P-Asserted-Identity".to_owned(), format!("<sip:{agent}@{element}>")),
        ];
        if let Some((route, _)) = &self.settings.border {
            headers.push(("Route".to_owned(), format!("<{route}>")));
        }
        let call = NewCall {
            leg,
            target: Uri::new(line.target.clone()),
            to: line.called.as_ref().map(|uri| format!("<{uri}>")).unwrap_or_default(),
            from: own,
            via: line.from,
            headers,
            content_type: "application/sdp".to_owned(),
            body: sdp,
        };
        self.sip(now, Order::Call(Box::new(call)));
    }

    pub(super) fn progress(&mut self, leg: LegId, code: u16) {
        if let Some(call) = self.call_of(leg).filter(|_| code >= 180) {
            self.dialled(call, Dialled::Ringing);
        }
    }

    pub(super) fn accepted(&mut self, leg: LegId, answer: Option<&[u8]>) {
        let Some(line) = self.lines.get_mut(&leg) else { return };
        line.stage = Stage::Up;
        let call = line.call;
        self.confirmed(leg, answer);
        self.join(leg);
        if let Some(call) = call {
            self.dialled(call, Dialled::Answered);
        }
    }

    pub(super) fn failed(&mut self, leg: LegId, code: u16) {
        if let Some(call) = self.forget(leg).and_then(|line| line.call) {
            self.dialled(call, Dialled::Failed(code));
        }
    }

    pub(super) fn dialled_over(&mut self, call: CallId, stage: &Stage) {
        if *stage == Stage::Up {
            self.dialled(call, Dialled::Over);
        }
    }

    fn dialled(&mut self, call: CallId, progress: Dialled) {
        self.outputs.push_back(Output::Dialled { call, progress });
    }

    fn call_of(&self, leg: LegId) -> Option<CallId> {
        self.lines.get(&leg).and_then(|line| line.call)
    }
}

/// A number, or an address that stands for one, as a URI.
fn dialled_uri(number: &str, host: &str) -> String {
    match number.contains('@') {
        true => format!("sip:{number}"),
        false => format!("sip:{number}@{host};user=phone"),
    }
}
