//! Transfer (RFC 3515): REFER in both directions, and the NOTIFYs that tell how it goes.

use super::client_side::{Owner, Reply};
use super::keys::ServerKey;
use super::leg::Stage;
use super::receive::Arrival;
use super::server_side::Owes;
use super::{Endpoint, Event, LegId, OrderError, wire};
use crate::sip::transaction::is_due;
use crate::sip::{Method, NameAddr, Uri};

/// What one call has of transfers under way: at most one in each direction.
#[derive(Debug, Default)]
pub(super) struct Refers {
    /// Ours was sent, and its last word has not come.
    ours: bool,
    /// The call is over, and ours is waited for until then.
    linger_until: Option<u64>,
    /// Theirs, while the user thinks.
    asked: Option<ServerKey>,
    /// Theirs was accepted, and our last word has not been said.
    accepted: bool,
}

impl Refers {
    pub fn due(&self) -> Option<u64> {
        self.linger_until
    }

    pub fn asked(&self) -> Option<&ServerKey> {
        self.asked.as_ref()
    }
}

impl Endpoint {
    pub(super) fn refer(
        &mut self,
        now: u64,
        id: LegId,
        to: &Uri,
        replaces: Option<LegId>,
    ) -> Result<(), OrderError> {
        if self.up(id)?.refers.ours {
            return Err(OrderError::OutOfTurn);
        }
        let replaces = match replaces {
            Some(other) => Some(self.up(other)?.dialog.replaces()),
            None => None,
        };
        let Some((mut request, hop)) = self.request_in(id, Method::Refer) else {
            return Err(OrderError::NoSuchLeg(id));
        };
        let contact = self.contact(hop.transport);
        request.headers.push("Contact", &contact);
        request.headers.push("Refer-To", refer_to(to, replaces.as_deref()));
        request.headers.push("Referred-By", contact);
        request.headers.push("Supported", wire::SUPPORTED);
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.refers.ours = true;
        }
        self.send(now, request, hop, Owner::Refer(id));
        Ok(())
    }

    pub(super) fn refer_replied(&mut self, now: u64, id: LegId, reply: Reply<'_>) {
        if reply.code < 300 {
            return;
        }
        self.transfer_told(now, id, reply.code);
    }

    /// A NOTIFY within a call tells of our REFER, or of nothing.
    pub(super) fn refer_told(&mut self, id: LegId, arrival: &Arrival<'_>) {
        let (now, key, request) = (arrival.now, &arrival.key, &arrival.request);
        let event = request.headers.text("Event").unwrap_or_default();
        if !event.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("refer") {
            return self.respond_plain(now, key, 489, "");
        }
        if !self.legs.get(&id).is_some_and(|leg| leg.refers.ours) {
            return self.respond_plain(now, key, 481, "");
        }
        let code = status_in(&request.body);
        let state = request.headers.text("Subscription-State").unwrap_or_default();
        let over = state.trim_start().to_ascii_lowercase().starts_with("terminated");
        self.respond_plain(now, key, 200, "");
        match code {
            Some(code) => self.transfer_told(now, id, code),
            // The peer tells no more, and has not told how it ended.
            None if over => self.transfer_told(now, id, 408),
            None => {}
        }
    }

    fn transfer_told(&mut self, now: u64, id: LegId, code: u16) {
        let Some(leg) = self.legs.get_mut(&id).filter(|leg| leg.refers.ours) else { return };
        leg.refers.ours = code < 200;
        let done = !leg.refers.ours && leg.refers.linger_until.is_some();
        self.tell(Event::TransferProgress { leg: id, code });
        if done {
            self.forget_leg(now, id);
        }
    }

    /// Forgets a leg that is over, but not before the last word on a transfer of ours, which may
    /// come after the BYE (RFC 5057 section 4).
    pub(super) fn finish_leg(&mut self, now: u64, id: LegId) {
        let until = now.saturating_add(self.settings.timers.give_up_ms());
        match self.legs.get_mut(&id) {
            Some(leg) if leg.refers.ours => {
                leg.stage = Stage::Leaving;
                leg.refers.linger_until = Some(until);
                leg.unacked.clear();
                self.settle_leg(id);
            }
            Some(_) | None => self.forget_leg(now, id),
        }
    }

    pub(super) fn wake_refers(&mut self, now: u64, id: LegId) {
        let until = self.legs.get(&id).and_then(|leg| leg.refers.linger_until);
        if is_due(until, now) {
            self.transfer_told(now, id, 408);
        }
    }

    pub(super) fn refer_arrived(&mut self, id: LegId, arrival: &Arrival<'_>) {
        let (now, key) = (arrival.now, &arrival.key);
        let Some(refer_to) = arrival.request.headers.get("Refer-To").map(NameAddr::parse) else {
            return self.respond_plain(now, key, 400, "No Refer-To");
        };
        let patience_ends = now.saturating_add(self.patience_ms());
        let Some(leg) = self.legs.get_mut(&id) else { return };
        if leg.refers.asked.is_some() || leg.refers.accepted {
            return self.respond_plain(now, key, 603, "");
        }
        leg.refers.asked = Some(key.clone());
        self.owe(key, Owes::Refer(id), Some(patience_ends));
        let (refer_to, replaces) = split_refer_to(&refer_to.uri);
        self.tell(Event::ReferRequested { leg: id, refer_to, replaces });
    }

    fn take_asked(&mut self, id: LegId) -> Result<ServerKey, OrderError> {
        let leg = self.legs.get_mut(&id).ok_or(OrderError::NoSuchLeg(id))?;
        leg.refers.asked.take().ok_or(OrderError::OutOfTurn)
    }

    pub(super) fn accept_refer(&mut self, now: u64, id: LegId) -> Result<(), OrderError> {
        let key = self.take_asked(id)?;
        let to = self.reply_peer(&key).ok_or(OrderError::OutOfTurn)?;
        if let Some(mut response) = self.draft(&key, 202, "") {
            response.headers.push("Contact", self.contact(to.transport));
            self.respond(now, &key, &response);
        }
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.refers.accepted = true;
        }
        self.refer_progress(now, id, 100, "")
    }

    pub(super) fn reject_refer(&mut self, now: u64, id: LegId) -> Result<(), OrderError> {
        let key = self.take_asked(id)?;
        self.respond_plain(now, &key, 603, "");
        Ok(())
    }

    pub(super) fn refer_progress(
        &mut self,
        now: u64,
        id: LegId,
        code: u16,
        reason: &str,
    ) -> Result<(), OrderError> {
        if !(100..700).contains(&code) {
            return Err(OrderError::BadCode(code));
        }
        let leg = self.legs.get_mut(&id).ok_or(OrderError::NoSuchLeg(id))?;
        if !leg.refers.accepted || !leg.is_alive() {
            return Err(OrderError::OutOfTurn);
        }
        leg.refers.accepted = code < 200;
        let Some((mut request, to)) = self.request_in(id, Method::Notify) else { return Ok(()) };
        request.headers.push("Contact", self.contact(to.transport));
        request.headers.push("Event", "refer");
        let state = if code < 200 { "active;expires=180" } else { "terminated;reason=noresource" };
        request.headers.push("Subscription-State", state);
        let reason = if reason.is_empty() { crate::sip::reason_of(code) } else { reason };
        let reason = reason.replace(['\r', '\n'], " ");
        let body = format!("SIP/2.0 {code} {reason}\r\n");
        request.set_body("message/sipfrag;version=2.0", body);
        self.send(now, request, to, Owner::ReferNotify(id));
        Ok(())
    }

    /// A peer that does not know of its own REFER is told no more.
    pub(super) fn refer_notify_replied(&mut self, id: LegId, reply: Reply<'_>) {
        if let Some(leg) = self.legs.get_mut(&id).filter(|_| reply.code == 481) {
            leg.refers.accepted = false;
        }
    }

    /// How long the user may think about a request but INVITE: just under what its sender waits
    /// for (timer F).
    pub(super) fn patience_ms(&self) -> u64 {
        self.settings.timers.t1_ms.saturating_mul(60)
    }
}

fn refer_to(to: &Uri, replaces: Option<&str>) -> String {
    let Some(replaces) = replaces else { return format!("<{to}>") };
    let joint = if to.headers().is_some() { '&' } else { '?' };
    format!("<{to}{joint}Replaces={}>", escaped(replaces))
}

fn escaped(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

/// The address, and the Replaces value that stood behind it.
fn split_refer_to(uri: &Uri) -> (Uri, Option<String>) {
    let Some(headers) = uri.headers() else { return (uri.clone(), None) };
    let pairs = headers.split('&').filter_map(|pair| pair.split_once('='));
    let replaces = pairs
        .filter(|(name, _)| name.eq_ignore_ascii_case("Replaces"))
        .map(|(_, value)| unescaped(value))
        .next();
    let bare = uri.as_str().strip_suffix(headers).and_then(|rest| rest.strip_suffix('?'));
    (Uri::new(bare.unwrap_or(uri.as_str())), replaces)
}

fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let hex = behind.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        (rest, _) = match (first, byte) {
            (b'%', Some(byte)) => (behind.get(2..).unwrap_or_default(), bytes.push(byte)),
            _ => (behind, bytes.push(*first)),
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The code in the first line of a sipfrag.
fn status_in(body: &[u8]) -> Option<u16> {
    let text = String::from_utf8_lossy(body);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    let code = line.strip_prefix("SIP/2.0")?.split_whitespace().next()?.parse().ok()?;
    (100..700).contains(&code).then_some(code)
}
