//! Changes of a session that the peer wants: re-INVITE (RFC 3261 section 14.2), UPDATE (RFC 3311).

use super::keys::ServerKey;
use super::leg::{Leg, Repeat, Stage, Unacked};
use super::receive::Arrival;
use super::server_side::Owes;
use super::{Endpoint, Event, LegId, OrderError, session, wire};
use crate::sip::Method;

/// The longest Retry-After of section 14.2, in seconds.
const RETRY_AFTER_MAX: u64 = 10;

/// Whether another offer may be taken now.
enum Turn {
    Free,
    /// Ours is under way: 491.
    Ours,
    /// An earlier one of theirs is: 500 with Retry-After.
    Theirs,
}

fn turn_of(leg: &Leg) -> Turn {
    if leg.ours.as_ref().is_some_and(super::reoffer_ours::OurOffer::is_sent) {
        return Turn::Ours;
    }
    match leg.stage {
        Stage::Offered(_) => Turn::Theirs,
        _ if leg.theirs.is_some() => Turn::Theirs,
        Stage::Calling(_) | Stage::Up | Stage::AwaitingAck | Stage::Leaving => Turn::Free,
    }
}

impl Endpoint {
    pub(super) fn reinvite_arrived(&mut self, id: LegId, arrival: &Arrival<'_>) {
        self.offer_arrived(id, arrival);
    }

    pub(super) fn update_arrived(&mut self, id: LegId, arrival: &Arrival<'_>) {
        if arrival.request.body.is_empty() {
            self.refresh_arrived(id, arrival);
        } else {
            self.offer_arrived(id, arrival);
        }
    }

    fn offer_arrived(&mut self, id: LegId, arrival: &Arrival<'_>) {
        let (now, key) = (arrival.now, &arrival.key);
        let Some(leg) = self.legs.get_mut(&id) else { return };
        match turn_of(leg) {
            Turn::Ours => self.respond_plain(now, key, 491, ""),
            Turn::Theirs => self.ask_later(now, key),
            Turn::Free => {
                leg.theirs = Some(key.clone());
                leg.note_abilities(&arrival.request);
                let patience_ends = now.saturating_add(self.settings.timers.give_up_ms());
                self.owe(key, Owes::Reoffer(id), Some(patience_ends));
                let sdp = wire::body_of(&arrival.request);
                let message = Box::new(arrival.request.clone());
                self.tell(Event::Reoffered { leg: id, sdp, message });
            }
        }
    }

    fn ask_later(&mut self, now: u64, key: &ServerKey) {
        let seconds = self.chance.between(0, RETRY_AFTER_MAX + 1);
        if let Some(mut response) = self.draft(key, 500, "") {
            response.headers.push("Retry-After", seconds.to_string());
            self.respond(now, key, &response);
        }
    }

    /// An UPDATE without an offer only says that the peer lives, and where.
    fn refresh_arrived(&mut self, id: LegId, arrival: &Arrival<'_>) {
        let Some(mut response) = self.draft(&arrival.key, 200, "") else { return };
        self.put_capabilities(&mut response, arrival.from.transport);
        let granted = self.grant(id, &arrival.key);
        if let Some(granted) = granted {
            granted.put(&mut response);
        }
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.dialog.retarget(&arrival.request);
            leg.note_abilities(&arrival.request);
            if matches!(leg.stage, Stage::Up) {
                leg.session = granted.map(|granted| granted.begin(arrival.now));
            }
        }
        self.respond(arrival.now, &arrival.key, &response);
        self.settle_leg(id);
    }

    fn grant(&self, id: LegId, key: &ServerKey) -> Option<session::Granted> {
        let session = self.legs.get(&id).and_then(|leg| leg.session.as_ref());
        let we_refresh = session.map(session::Session::we_refresh);
        let request = self.asked(key)?;
        session::granted(request, self.settings.session_seconds, we_refresh)
    }

    fn take_theirs(&mut self, id: LegId) -> Result<ServerKey, OrderError> {
        let leg = self.legs.get_mut(&id).ok_or(OrderError::NoSuchLeg(id))?;
        leg.theirs.take().ok_or(OrderError::OutOfTurn)
    }

    pub(super) fn answer_reoffer(
        &mut self,
        now: u64,
        id: LegId,
        sdp: Vec<u8>,
    ) -> Result<(), OrderError> {
        let key = self.take_theirs(id)?;
        let Some(mut response) = self.draft(&key, 200, "") else {
            return Err(OrderError::OutOfTurn);
        };
        let to = self.reply_peer(&key).ok_or(OrderError::OutOfTurn)?;
        self.put_capabilities(&mut response, to.transport);
        let granted = self.grant(id, &key);
        if let Some(granted) = granted {
            granted.put(&mut response);
        }
        wire::put_sdp(&mut response, &sdp);
        let request = self.asked(&key).cloned();
        let is_invite = request.as_ref().and_then(|r| r.method()) == Some(&Method::Invite);
        let seq = response.cseq().map_or(0, |(number, _)| number);
        let sent = self.respond(now, &key, &response);
        let Some(leg) = self.legs.get_mut(&id) else { return Ok(()) };
        if let Some(request) = &request {
            leg.dialog.retarget(request);
        }
        leg.sdp = sdp;
        if matches!(leg.stage, Stage::Up) {
            leg.session = granted.map(|granted| granted.begin(now));
        }
        if let Some(sent) = sent.filter(|_| is_invite) {
            let repeat = Repeat::start(now, self.settings.timers, sent);
            leg.unacked.push(Unacked { seq, repeat });
        }
        self.settle_leg(id);
        Ok(())
    }

    pub(super) fn reject_reoffer(&mut self, now: u64, id: LegId) -> Result<(), OrderError> {
        let key = self.take_theirs(id)?;
        self.respond_plain(now, &key, 488, "");
        Ok(())
    }

    /// A CANCEL of a re-INVITE that the user has not answered.
    pub(super) fn withdraw_reoffer(&mut self, now: u64, key: &ServerKey) {
        self.respond_plain(now, key, 487, "");
        let legs = self.reoffered_leg(key).and_then(|id| self.legs.get_mut(&id));
        if let Some(leg) = legs.filter(|leg| leg.theirs.as_ref() == Some(key)) {
            leg.theirs = None;
        }
    }
}
