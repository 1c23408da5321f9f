//! The end of a call, from either side (RFC 3261 section 15).

use super::client_side::{Owner, Reply};
use super::leg::{Leg, Stage};
use super::receive::Arrival;
use super::{EndedBy, Endpoint, Event, LegId, OrderError, wire};
use crate::sip::Method;

/// Reason headers (RFC 3326) of hang-ups that nobody ordered.
pub(super) const NO_ACK: &str = "SIP;cause=408;text=\"No ACK\"";
pub(super) const SESSION_EXPIRED: &str = "SIP;cause=408;text=\"Session expired\"";

impl Endpoint {
    pub(super) fn hang_up(
        &mut self,
        now: u64,
        id: LegId,
        reason: Option<&str>,
    ) -> Result<(), OrderError> {
        match self.legs.get(&id) {
            None => return Err(OrderError::NoSuchLeg(id)),
            Some(leg) if leg.told => return Err(OrderError::OutOfTurn),
            Some(_) => {}
        }
        if self.offered(id).is_ok() {
            return self.reject(now, id, (603, ""), &Vec::new());
        }
        self.leave(now, id, EndedBy::ByUs, reason);
        Ok(())
    }

    /// Ends a leg that was answered, or that we called.
    pub(super) fn leave(&mut self, now: u64, id: LegId, why: EndedBy, reason: Option<&str>) {
        self.tell_end(id, why, None);
        match self.legs.get(&id).map(|leg| &leg.stage) {
            Some(Stage::Calling(_)) => self.cancel_call(now, id),
            Some(Stage::Up) => self.send_bye(now, id, reason),
            Some(Stage::Offered(_) | Stage::AwaitingAck | Stage::Leaving) | None => {}
        }
    }

    /// Sends our BYE, or leaves it until the ACK of our 2xx: before it the caller may not know the
    /// dialog (section 15).
    pub(super) fn send_bye(&mut self, now: u64, id: LegId, reason: Option<&str>) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        if !leg.unacked.is_empty() {
            leg.stage = Stage::AwaitingAck;
            return self.settle_leg(id);
        }
        leg.stage = Stage::Leaving;
        leg.ours = None;
        if let Some((mut bye, to)) = self.request_in(id, Method::Bye) {
            if let Some(reason) = reason {
                bye.headers.push("Reason", reason);
            }
            self.send(now, bye, to, Owner::Bye(id));
        }
        self.settle_leg(id);
    }

    /// Whatever the answer to our BYE, or none: the call is over (section 15.1.1). Only where its
    /// connection broke is it sent once more, on a new one: the peer may still hold the line.
    pub(super) fn bye_replied(&mut self, now: u64, id: LegId, reply: Reply<'_>) {
        let broke = reply.code == 503 && reply.message.is_none();
        match self.legs.get_mut(&id) {
            _ if reply.code < 200 => {}
            Some(leg) if broke && !leg.bye_again => {
                leg.bye_again = true;
                self.send_bye(now, id, None);
            }
            Some(_) | None => self.finish_leg(now, id),
        }
    }

    pub(super) fn bye_arrived(&mut self, id: LegId, arrival: &Arrival<'_>) {
        let now = arrival.now;
        self.respond_plain(now, &arrival.key, 200, "");
        let reason = wire::reason_in(&arrival.request);
        match self.legs.get(&id).map(|leg| &leg.stage) {
            // Section 15.1.2: a BYE on an early dialog; the INVITE is still owed its answer.
            Some(Stage::Offered(_)) => self.abandon(now, id, reason),
            // A fork of our call that is left; the INVITE's own answer decides.
            Some(Stage::Calling(_)) | None => {}
            Some(Stage::Up | Stage::AwaitingAck) => {
                self.tell_end(id, EndedBy::ByPeer, reason);
                self.finish_leg(now, id);
            }
            // Both hung up at once: the answer to our own BYE is still to come.
            Some(Stage::Leaving) => {}
        }
    }

    /// Answers what the peer still waits for in a dialog that is over (section 15.1.2).
    pub(super) fn close_requests(&mut self, now: u64, leg: &Leg) {
        for key in leg.theirs.iter().chain(leg.refers.asked()) {
            self.respond_plain(now, key, 487, "");
        }
    }

    /// The peer is gone without a word.
    pub(super) fn lose_peer(&mut self, now: u64, id: LegId, why: EndedBy) {
        self.tell_end(id, why, None);
        match self.legs.get(&id).map(|leg| &leg.stage) {
            Some(Stage::Up) => self.send_bye(now, id, Some(SESSION_EXPIRED)),
            Some(Stage::Offered(_) | Stage::Calling(_) | Stage::AwaitingAck | Stage::Leaving)
            | None => {}
        }
    }

    /// For an outgoing leg that never came up.
    pub(super) fn fail_call(&mut self, now: u64, id: LegId, reply: Reply<'_>) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let told = std::mem::replace(&mut leg.told, true);
        self.forget_leg(now, id);
        if !told {
            let (code, reason) = (reply.code, reply.reason());
            let message = reply.message.cloned().map(Box::new);
            self.tell(Event::Failed { leg: id, code, reason, message });
        }
    }
}
