//! A call to us, from its INVITE to the ACK of our answer (RFC 3261 sections 13.3 and 8.2).

use super::hangup;
use super::keys::{ServerKey, Usage};
use super::leg::{Leg, Repeat, Stage, Unacked};
use super::receive::{Arrival, lacking};
use super::server_side::Owes;
use super::{EndedBy, Endpoint, Event, Fields, LegId, OrderError, TurnedAway, session, wire};
use crate::sip::dialog::{Dialog, DialogKey};
use crate::sip::peer::Peer;
use crate::sip::transaction::is_due;
use crate::sip::{Defect, Flaw, Message, Method};

/// A provisional response is repeated this often, so that no proxy on the way takes the call for
/// dead (section 13.3.1.1; timer C of section 16.6 is over three minutes).
const RING_EVERY_MS: u64 = 60_000;

/// What is known only while a call waits for its answer.
#[derive(Debug)]
pub(super) struct Offered {
    pub key: ServerKey,
    /// What the caller hears, and when it is told again.
    ring: Option<(u16, u64)>,
}

impl Offered {
    pub fn due(&self) -> Option<u64> {
        self.ring.map(|(_, at)| at)
    }
}

/// What a Replaces header asks for.
enum Replaces {
    Nothing,
    Leg(LegId),
    Refused(u16),
}

impl Endpoint {
    pub(super) fn invite_arrived(&mut self, arrival: Arrival<'_>) {
        let Arrival { now, key, from, mut request, raw } = arrival;
        let lacking = lacking(&request);
        if !lacking.is_empty() {
            request.defects.push(Defect::at(Flaw::UnknownExtension, &lacking));
        }
        let replaces = self.replaced_by(&mut request);
        let refused = match &replaces {
            _ if self.legs.len() >= self.settings.legs_max => Some((503, TurnedAway::Full)),
            Replaces::Refused(code) => Some((*code, TurnedAway::NotReplaceable)),
            Replaces::Nothing | Replaces::Leg(_) => None,
        };
        if let Some((code, why)) = refused {
            return self.turn_away(&Arrival { now, key, from, request, raw }, code, why);
        }
        let replaces = match replaces {
            Replaces::Leg(leg) => Some(leg),
            Replaces::Nothing | Replaces::Refused(_) => None,
        };
        let id = self.new_leg();
        self.owe(&key, Owes::Leg(id), None);
        let dialog = Dialog::of_server(&request, &self.tag_of(&key));
        let mut leg = Leg::new(Stage::Offered(Box::new(Offered { key, ring: None })), dialog, from);
        leg.replaces = replaces;
        leg.reliable.read(&request);
        leg.note_abilities(&request);
        self.enter_leg(id, leg);
        let (invite, raw) = (Box::new(request), raw.to_vec());
        self.tell(Event::Incoming { leg: id, invite, raw, from, replaces });
    }

    /// RFC 3891 section 3. More liberal than the RFC in one point: where nothing matches, the call
    /// is taken as a new one and not refused with 481, since somebody may be calling for help.
    fn replaced_by(&self, request: &mut Message) -> Replaces {
        let Some(value) = request.headers.text("Replaces").map(|value| value.into_owned()) else {
            return Replaces::Nothing;
        };
        let param = |name| wire::param_of(&value, name).unwrap_or_default().to_owned();
        let key = DialogKey {
            call_id: value.split(';').next().unwrap_or_default().trim().to_owned(),
            local_tag: param("to-tag"),
            remote_tag: param("from-tag"),
        };
        let leg = match self.dialogs.get(&key) {
            Some(Usage::Leg(id)) => self.legs.get(id).map(|leg| (*id, leg)),
            Some(Usage::Notifier(_) | Usage::Subscriber(_)) | None => None,
        };
        let early_only = value.split(';').any(|p| p.trim().eq_ignore_ascii_case("early-only"));
        match leg.map(|(id, leg)| (id, &leg.stage)) {
            Some((_, Stage::Up)) if early_only => Replaces::Refused(486),
            Some((id, Stage::Up | Stage::Calling(_))) => Replaces::Leg(id),
            Some((_, Stage::AwaitingAck | Stage::Leaving)) => Replaces::Refused(603),
            // A call that we have not answered yet is not the other end's to replace.
            Some((_, Stage::Offered(_))) => Replaces::Refused(481),
            None => {
                request.defects.push(Defect::new(Flaw::ReplacesUnknown));
                Replaces::Nothing
            }
        }
    }

    pub(super) fn offered(&self, id: LegId) -> Result<&Offered, OrderError> {
        match self.legs.get(&id).map(|leg| &leg.stage) {
            Some(Stage::Offered(offered)) => Ok(offered),
            Some(_) => Err(OrderError::OutOfTurn),
            None => Err(OrderError::NoSuchLeg(id)),
        }
    }

    pub(super) fn ring(&mut self, now: u64, id: LegId, code: u16) -> Result<(), OrderError> {
        let key = self.offered(id)?.key.clone();
        if let Some(Leg { stage: Stage::Offered(offered), .. }) = self.legs.get_mut(&id) {
            offered.ring = Some((code, now.saturating_add(RING_EVERY_MS)));
        }
        self.send_ring(now, id, &key, code);
        self.settle_leg(id);
        Ok(())
    }

    fn send_ring(&mut self, now: u64, id: LegId, key: &ServerKey, code: u16) {
        let Some(mut response) = self.draft(key, code, "") else { return };
        let Some(to) = self.reply_peer(key) else { return };
        response.headers.push("Contact", self.contact(to.transport));
        response.headers.push("Allow", wire::ALLOW);
        if self.legs.get(&id).is_some_and(|leg| leg.reliable.is_wanted()) {
            self.respond_reliably(now, id, key, response);
        } else {
            self.respond(now, key, &response);
        }
    }

    pub(super) fn wake_offered(&mut self, now: u64, id: LegId) {
        let Ok(offered) = self.offered(id) else { return };
        let Some((code, _)) = offered.ring.filter(|(_, at)| is_due(Some(*at), now)) else { return };
        // It was found just now, so it cannot fail.
        self.ring(now, id, code).ok();
    }

    pub(super) fn answer(
        &mut self,
        now: u64,
        id: LegId,
        sdp: Vec<u8>,
        fields: &Fields,
    ) -> Result<(), OrderError> {
        let key = self.offered(id)?.key.clone();
        let to = self.reply_peer(&key).ok_or(OrderError::OutOfTurn)?;
        let mut response = self.draft(&key, 200, "").ok_or(OrderError::OutOfTurn)?;
        self.put_capabilities(&mut response, to.transport);
        let granted = self
            .asked(&key)
            .and_then(|request| session::granted(request, self.settings.session_seconds, None));
        if let Some(granted) = &granted {
            granted.put(&mut response);
        }
        wire::put_fields(&mut response, fields);
        wire::put_sdp(&mut response, &sdp);
        let seq = response.cseq().map_or(0, |(number, _)| number);
        let Some(sent) = self.respond(now, &key, &response) else {
            return Err(OrderError::OutOfTurn);
        };
        let unacked = Unacked { seq, repeat: Repeat::start(now, self.settings.timers, sent) };
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.stage = Stage::Up;
            leg.reliable.stop();
            leg.sdp = sdp;
            leg.unacked.push(unacked);
            leg.session = granted.map(|granted| granted.begin(now));
        }
        self.settle_leg(id);
        self.end_replaced(now, id);
        Ok(())
    }

    /// RFC 3891 section 3: what was replaced is hung up once the new call is answered.
    fn end_replaced(&mut self, now: u64, id: LegId) {
        let old = self.legs.get_mut(&id).and_then(|leg| leg.replaces.take());
        if let Some(old) = old.filter(|old| self.legs.contains_key(old)) {
            self.leave(now, old, EndedBy::Replaced, None);
        }
    }

    pub(super) fn reject(
        &mut self,
        now: u64,
        id: LegId,
        (code, reason): (u16, &str),
        fields: &Fields,
    ) -> Result<(), OrderError> {
        if !(300..700).contains(&code) {
            return Err(OrderError::BadCode(code));
        }
        let key = self.offered(id)?.key.clone();
        if let Some(mut response) = self.draft(&key, code, reason) {
            wire::put_fields(&mut response, fields);
            self.respond(now, &key, &response);
        }
        self.tell_end(id, EndedBy::ByUs, None);
        self.forget_leg(now, id);
        Ok(())
    }

    /// An ACK of a 2xx: it stops the repeats of that one.
    pub(super) fn on_ack(&mut self, now: u64, ack: &Message) {
        let Some(Usage::Leg(id)) = self.dialogs.get(&DialogKey::of_request(ack)).copied() else {
            return;
        };
        let seq = ack.cseq().map_or(0, |(number, _)| number);
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let before = leg.unacked.len();
        leg.unacked.retain(|unacked| unacked.seq != seq);
        if leg.unacked.len() == before {
            return;
        }
        let told = leg.told;
        let must_leave = matches!(leg.stage, Stage::AwaitingAck) && leg.unacked.is_empty();
        if !told {
            self.tell(Event::Confirmed { leg: id, sdp: wire::body_of(ack) });
        }
        if must_leave {
            self.send_bye(now, id, None);
        }
        self.settle_leg(id);
    }

    /// Repeats each 2xx until its ACK, whatever the transport, and ends the call where none comes
    /// (section 13.3.1.4).
    pub(super) fn wake_unacked(&mut self, now: u64, id: LegId) {
        let timers = self.settings.timers;
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let repeats = leg.unacked.iter_mut();
        let sent: Vec<_> = repeats
            .filter_map(|unacked| unacked.repeat.wake(now, |pause| timers.next_pause_ms(pause)))
            .collect();
        let before = leg.unacked.len();
        leg.unacked.retain(|unacked| !unacked.repeat.is_over(now));
        let given_up = leg.unacked.len() < before;
        for (to, bytes) in sent {
            self.put(to, bytes);
        }
        if given_up {
            self.give_up_ack(now, id);
        }
    }

    fn give_up_ack(&mut self, now: u64, id: LegId) {
        match self.legs.get(&id).map(|leg| &leg.stage) {
            Some(Stage::Up | Stage::AwaitingAck) => {
                self.tell_end(id, EndedBy::NoAck, None);
                self.send_bye(now, id, Some(hangup::NO_ACK));
            }
            Some(Stage::Offered(_) | Stage::Calling(_) | Stage::Leaving) | None => {}
        }
    }

    /// A request within the dialog, complete but for its body.
    pub(super) fn request_in(&mut self, id: LegId, method: Method) -> Option<(Message, Peer)> {
        let leg = self.legs.get_mut(&id)?;
        let request = leg.dialog.request(method);
        Some((request, wire::hop_of(&leg.dialog, leg.hop)))
    }
}

impl Leg {
    /// Notes what the peer says it takes.
    pub fn note_abilities(&mut self, message: &Message) {
        if message.headers.get("Allow").is_some() {
            self.takes_update = message.headers.lists("Allow", "UPDATE");
        }
    }
}
