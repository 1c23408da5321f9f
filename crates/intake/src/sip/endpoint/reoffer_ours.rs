//! Changes of a session that we want: re-INVITE as the one who asks (RFC 3261 section 14.1).

use super::client_side::{Owner, Reply};
use super::keys::ClientKey;
use super::leg::Stage;
use super::{EndedBy, Endpoint, Event, LegId, OrderError, session, wire};
use crate::sip::dialog::Dialog;
use crate::sip::transaction::is_due;
use crate::sip::{Message, Method};

/// For whom a re-INVITE is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// The user ordered it.
    Change,
    /// The session timer wants it.
    Refresh,
}

/// One change of ours that is under way.
#[derive(Debug)]
pub(super) struct OurOffer {
    sdp: Vec<u8>,
    purpose: Purpose,
    /// When it is sent again after 491; `None` while it is on its way.
    retry_at: Option<u64>,
}

impl OurOffer {
    pub fn due(&self) -> Option<u64> {
        self.retry_at
    }

    /// Whether the peer's own change must be refused meanwhile.
    pub fn is_sent(&self) -> bool {
        self.retry_at.is_none()
    }
}

impl Endpoint {
    /// The peer must have answered everything before: an order while an ACK, an answer or an
    /// earlier offer is outstanding is out of turn.
    pub(super) fn reoffer(&mut self, now: u64, id: LegId, sdp: Vec<u8>) -> Result<(), OrderError> {
        let leg = self.up(id)?;
        if leg.ours.is_some() || leg.theirs.is_some() || !leg.unacked.is_empty() {
            return Err(OrderError::OutOfTurn);
        }
        self.send_offer(now, id, sdp, Purpose::Change);
        Ok(())
    }

    pub(super) fn refresh_by_invite(&mut self, now: u64, id: LegId) {
        let sdp = self.legs.get(&id).map(|leg| leg.sdp.clone()).unwrap_or_default();
        self.send_offer(now, id, sdp, Purpose::Refresh);
    }

    fn send_offer(&mut self, now: u64, id: LegId, sdp: Vec<u8>, purpose: Purpose) {
        let Some((mut request, to)) = self.request_in(id, Method::Invite) else { return };
        self.put_capabilities(&mut request, to.transport);
        self.put_session(id, &mut request);
        wire::put_sdp(&mut request, &sdp);
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.ours = Some(OurOffer { sdp, purpose, retry_at: None });
        }
        self.send(now, request, to, Owner::Reinvite(id));
        self.settle_leg(id);
    }

    pub(super) fn reinvite_replied(
        &mut self,
        now: u64,
        id: LegId,
        key: &ClientKey,
        reply: Reply<'_>,
    ) {
        match (reply.code, reply.message) {
            (..200, _) => return,
            (200..300, Some(response)) => {
                self.acknowledge_change(id, key, response);
                self.changed(now, id, reply, response);
            }
            (491, _) => self.retry_later(now, id),
            _ => self.not_changed(now, id, reply),
        }
        self.settle_leg(id);
    }

    /// The ACK goes even where the call ended meanwhile: the peer repeats its 2xx until then.
    fn acknowledge_change(&mut self, id: LegId, key: &ClientKey, response: &Message) {
        let seq = response.cseq().map_or(0, |(number, _)| number);
        let tag = response.to_tag().unwrap_or_default();
        let ack = if let Some(leg) = self.legs.get_mut(&id) {
            leg.dialog.retarget(response);
            Some((leg.dialog.ack(seq), wire::hop_of(&leg.dialog, leg.hop)))
        } else {
            let ack = self.sent_invite(key).map(|invite| Dialog::of_client(invite).ack(seq));
            ack.zip(self.sent_to(key))
        };
        if let Some((ack, to)) = ack {
            self.send_ack(key, tag, ack, to);
        }
    }

    fn changed(&mut self, now: u64, id: LegId, reply: Reply<'_>, response: &Message) {
        let Some(leg) = self.legs.get_mut(&id).filter(|leg| leg.is_alive()) else { return };
        leg.session = session::agreed(response).map(|agreed| agreed.begin(now));
        leg.note_abilities(response);
        let Some(ours) = leg.ours.take() else { return };
        match ours.purpose {
            Purpose::Change => {
                leg.sdp = ours.sdp;
                self.tell(Event::ReofferAnswered { leg: id, sdp: wire::body_of(response) });
            }
            Purpose::Refresh => self.refreshed(now, id, reply),
        }
    }

    /// Section 14.1: the owner of the Call-ID waits 2.1 to 4 s, the other up to 2 s, in steps of
    /// 10 ms, so that the two do not collide again.
    fn retry_later(&mut self, now: u64, id: LegId) {
        let we_called = self.legs.get(&id).is_some_and(|leg| leg.we_called);
        let (low, high) = if we_called { (210, 401) } else { (0, 201) };
        let pause = self.chance.between(low, high) * 10;
        if let Some(ours) = self.legs.get_mut(&id).and_then(|leg| leg.ours.as_mut()) {
            ours.retry_at = Some(now.saturating_add(pause));
        }
    }

    pub(super) fn wake_our_offer(&mut self, now: u64, id: LegId) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        if !leg.ours.as_ref().is_some_and(|ours| is_due(ours.retry_at, now)) {
            return;
        }
        if leg.theirs.is_some() || !leg.unacked.is_empty() {
            return self.retry_later(now, id);
        }
        if let Some(ours) = leg.ours.take() {
            self.send_offer(now, id, ours.sdp, ours.purpose);
        }
    }

    fn not_changed(&mut self, now: u64, id: LegId, reply: Reply<'_>) {
        let Some(leg) = self.legs.get_mut(&id).filter(|leg| leg.is_alive()) else { return };
        let Some(ours) = leg.ours.take() else { return };
        match ours.purpose {
            Purpose::Change => {
                self.tell(Event::ReofferFailed { leg: id, code: reply.code });
                // Section 12.2.1.2. More patient than the RFC: no answer (408) ends no call.
                if reply.code == 481 {
                    self.lose_peer(now, id, EndedBy::ConnectionLost);
                }
            }
            Purpose::Refresh => self.refreshed(now, id, reply),
        }
    }

    /// A leg that is up, for orders that need one.
    pub(super) fn up(&self, id: LegId) -> Result<&super::Leg, OrderError> {
        let leg = self.legs.get(&id).ok_or(OrderError::NoSuchLeg(id))?;
        let up = matches!(leg.stage, Stage::Up) && leg.is_alive();
        if up { Ok(leg) } else { Err(OrderError::OutOfTurn) }
    }
}
