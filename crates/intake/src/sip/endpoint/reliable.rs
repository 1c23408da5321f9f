//! Provisional responses that are acknowledged (RFC 3262), in both directions.

use super::client_side::{Owner, Reply};
use super::keys::ServerKey;
use super::leg::{Leg, Repeat};
use super::receive::Arrival;
use super::{Endpoint, LegId};
use crate::sip::transaction::is_due;
use crate::sip::{Message, Method};

/// What both sides know of reliable responses of one call.
#[derive(Debug, Default)]
pub(super) struct Reliable {
    wanted: bool,
    /// The number of our last one; 0 before the first.
    sent: u32,
    /// Ours, until its PRACK.
    unacked: Option<Repeat>,
    /// One that waits until the PRACK of the one before (section 3).
    next: Option<Box<Message>>,
    /// The number of the peer's last one in its fork.
    seen: Option<(String, u32)>,
}

impl Reliable {
    /// Whether the caller asks for them.
    pub fn read(&mut self, invite: &Message) {
        let headers = &invite.headers;
        let demanded = headers.lists("Require", "100rel");
        // An INVITE without offer would have to get ours in the first reliable response, before
        // anybody has answered; where they are not demanded, they are left out.
        let supported = headers.lists("Supported", "100rel") && !invite.body.is_empty();
        self.wanted = demanded || supported;
    }

    pub fn is_wanted(&self) -> bool {
        self.wanted
    }

    pub fn due(&self) -> Option<u64> {
        self.unacked.as_ref().and_then(Repeat::due)
    }

    /// The final response makes repeats needless; a PRACK that is on its way is still answered.
    pub fn stop(&mut self) {
        self.unacked = None;
        self.next = None;
    }
}

impl Endpoint {
    /// Sends a provisional response of ours reliably, after the one before.
    pub(super) fn respond_reliably(
        &mut self,
        now: u64,
        id: LegId,
        key: &ServerKey,
        mut response: Message,
    ) {
        let first = self.chance.rseq();
        let Some(leg) = self.legs.get_mut(&id) else { return };
        if leg.reliable.unacked.is_some() {
            leg.reliable.next = Some(Box::new(response));
            return;
        }
        leg.reliable.sent = if leg.reliable.sent == 0 { first } else { leg.reliable.sent + 1 };
        response.headers.push("Require", "100rel");
        response.headers.push("RSeq", leg.reliable.sent.to_string());
        let Some(sent) = self.respond(now, key, &response) else { return };
        let repeat = Repeat::start(now, self.settings.timers, sent);
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.reliable.unacked = Some(repeat);
        }
    }

    pub(super) fn prack_arrived(&mut self, id: LegId, arrival: &Arrival<'_>) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let number = rack_of(&arrival.request);
        let known = leg.reliable.sent != 0 && number == Some(leg.reliable.sent);
        if !known {
            return self.respond_plain(arrival.now, &arrival.key, 481, "");
        }
        leg.reliable.unacked = None;
        let next = leg.reliable.next.take();
        self.respond_plain(arrival.now, &arrival.key, 200, "");
        let key = self.offered(id).map(|offered| offered.key.clone());
        if let (Some(next), Ok(key)) = (next, key) {
            self.respond_reliably(arrival.now, id, &key, *next);
        }
        self.settle_leg(id);
    }

    /// Repeats ours with doubling pauses and no ceiling (section 3). More liberal than the RFC: a
    /// caller that never acknowledges goes on ringing, and is not refused with 504.
    pub(super) fn wake_reliable(&mut self, now: u64, id: LegId) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let Some(repeat) = leg.reliable.unacked.as_mut() else { return };
        if repeat.is_over(now) {
            leg.reliable.unacked = None;
            leg.reliable.wanted = false;
            return;
        }
        if !is_due(repeat.due(), now) {
            return;
        }
        if let Some((to, bytes)) = repeat.wake(now, |pause| pause.saturating_mul(2)) {
            self.put(to, bytes);
        }
    }

    /// Acknowledges a reliable response to our call; whether it is new and in order (section 4).
    pub(super) fn take_provisional(&mut self, now: u64, id: LegId, reply: Reply<'_>) -> bool {
        let Some(response) = reply.message else { return true };
        let number = super::wire::seconds(response, "RSeq");
        let reliable = response.headers.lists("Require", "100rel");
        let Some(number) = number.filter(|_| reliable && reply.code > 100) else { return true };
        let Some(leg) = self.legs.get_mut(&id) else { return false };
        if !leg.is_next_rseq(response, number) {
            return false;
        }
        let seq = response.cseq().map_or(0, |(seq, _)| seq);
        if let Some((mut prack, to)) = self.request_in(id, Method::Prack) {
            prack.headers.push("RAck", format!("{number} {seq} INVITE"));
            self.send(now, prack, to, Owner::Prack(id));
        }
        true
    }
}

impl Leg {
    fn is_next_rseq(&mut self, response: &Message, number: u32) -> bool {
        let tag = response.to_tag().unwrap_or_default();
        let fork = self.reliable.seen.as_ref().filter(|(other, _)| *other == tag);
        if fork.is_some_and(|(_, last)| last.checked_add(1) != Some(number)) {
            return false;
        }
        self.reliable.seen = Some((tag, number));
        true
    }
}

/// The number in RAck, of a PRACK of the INVITE.
fn rack_of(prack: &Message) -> Option<u32> {
    let value = prack.headers.text("RAck")?;
    let mut words = value.split_whitespace();
    let number = words.next()?.parse().ok()?;
    let method = words.nth(1)?;
    method.eq_ignore_ascii_case("INVITE").then_some(number)
}
