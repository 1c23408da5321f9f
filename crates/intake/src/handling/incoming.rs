//! Calls that come: presented, rung, given up.

use super::CallHandling;
use super::arrival::{Arrival, Came};
use super::call_handling::Due;
use super::line::{Line, Remembered, Stage};
use super::orders::Purpose;
use super::output::Voice;
use super::settings::{ORDER_AGAIN_MS, TEST_MS_MAX};
use crate::sip::{EndedBy, Framing, LegId, Message, Order, Peer, TurnedAway, parse};
use evenhand_core::{CallId, Channel, Command, Location, LocationSource};

impl CallHandling {
    /// An INVITE of a new call. The caller has heard 100; 180 waits for the journal.
    pub(super) fn incoming(
        &mut self,
        now: u64,
        leg: LegId,
        (invite, raw): (&Message, &[u8]),
        from: &Peer,
    ) {
        let mut arrival = Arrival::of(invite);
        let key = self.present(&mut arrival, Channel::Voice, (from, raw), Purpose::Present(leg));
        let mut line = Line::new(leg, key, *from);
        line.test = arrival.test;
        line.offer = std::mem::take(&mut arrival.sdp);
        line.references = std::mem::take(&mut arrival.references);
        line.no_location = arrival.no_location.take();
        line.additional_at = std::mem::take(&mut arrival.additional_at);
        line.remembered = Some(Remembered {
            callback: arrival.callback.clone(),
            contact: invite.contact().map(|contact| contact.uri.as_str().to_owned()),
            from: *from,
            invite: String::from_utf8_lossy(raw).into_owned(),
            at: now,
        });
        line.place = arrival.place.take();
        line.identifiers = arrival.named.take();
        self.lines.insert(leg, line);
        self.open_voice(leg);
    }

    /// Orders that a call be presented; says under which key.
    pub(super) fn present(
        &mut self,
        arrival: &mut Arrival,
        channel: Channel,
        (from, raw): (&Peer, &[u8]),
        purpose: Purpose,
    ) -> String {
        let identifiers = arrival.identifiers(&self.settings.element, &mut self.chance);
        let came = Came { from, raw, default: self.default_location() };
        let command = arrival.present(channel, &came, &identifiers);
        arrival.named = Some(identifiers);
        self.order(command, purpose)
    }

    /// Where a call is taken to be from while nobody knows (NENA-STA-010.3f 4.2.1.7).
    fn default_location(&self) -> Option<Location<String>> {
        let (lat_e7, lon_e7, radius_m) = self.settings.default_location?;
        Some(Location {
            point: Some(format!("{lat_e7},{lon_e7}")),
            uncertainty_m: Some(radius_m),
            method: Some("Default".to_owned()),
            source: Some(LocationSource::Default),
            ..Location::default()
        })
    }

    /// The call stands in the journal: now it may ring.
    pub(super) fn presented(&mut self, now: u64, leg: LegId, call: CallId) {
        let Some(line) = self.lines.get_mut(&leg) else { return };
        let remembered = line.remembered.take();
        line.call = Some(call);
        let (gave_up, test) = (line.gave_up, line.test);
        if let Some(remembered) = remembered {
            self.remember(call, remembered);
        }
        if gave_up {
            self.early.remove(&call);
            self.forget(leg);
            return self.abandon(call);
        }
        self.by_call.insert(call, leg);
        if let Some(line) = self.lines.get_mut(&leg) {
            line.stage = if test { Stage::Answering } else { Stage::Ringing };
        }
        self.sip(now, Order::Ring { leg });
        self.find_place(now, leg, call);
        // A test asks whether the way here is whole; nobody has to answer it.
        if test {
            self.due.insert((now + TEST_MS_MAX, Due::EndTest(leg)));
            self.answer(now, leg);
        }
        self.catch_up(now, call);
    }

    /// A test is over for the record, and so the line is let go.
    pub(super) fn end_test(&mut self, leg: LegId) {
        if let Some(call) = self.lines.get(&leg).and_then(|line| line.call) {
            self.order(Command::LoseLine { call }, Purpose::Record);
        }
    }

    /// Asks for an address for voice.
    pub(super) fn open_voice(&mut self, leg: LegId) {
        if self.lines.get(&leg).is_some_and(|line| line.voice.is_none()) {
            self.voice(Voice::Open { leg: leg.0 });
        }
    }

    pub(super) fn take_voice(&mut self, now: u64, leg: LegId, opened: super::Opened) {
        let Some(line) = self.lines.get_mut(&leg) else {
            return self.voice(Voice::Close { leg: leg.0 });
        };
        match opened {
            Ok(address) => {
                line.voice = Some(address);
                match line.stage {
                    Stage::Answering => self.answer(now, leg),
                    Stage::Dialling => self.place_call(now, leg),
                    Stage::Recording | Stage::Ringing | Stage::Up => {}
                }
            }
            Err(why) => {
                self.due.insert((now + ORDER_AGAIN_MS, Due::Voice(leg)));
                self.note(format!("leg {}: no address for voice: {why}", leg.0));
            }
        }
    }

    /// The caller gave up before the answer.
    pub(super) fn gave_up(&mut self, _now: u64, leg: LegId) {
        let Some(line) = self.lines.get_mut(&leg) else { return };
        match line.call {
            Some(call) => {
                self.forget(leg);
                self.abandon(call);
            }
            // Not on the journal yet: it is abandoned as soon as it is.
            None => line.gave_up = true,
        }
    }

    pub(super) fn abandon(&mut self, call: CallId) {
        self.order(Command::AbandonCall { call }, Purpose::Record);
    }

    /// A leg that was up is over.
    pub(super) fn ended(&mut self, leg: LegId, why: EndedBy) {
        if let Some(line) = self.lines.get_mut(&leg)
            && line.call.is_none()
        {
            line.gave_up = true;
            return;
        }
        let Some(line) = self.forget(leg) else { return };
        let Some(call) = line.call else { return };
        if line.dialled {
            self.dialled_over(call, &line.stage);
        }
        match why {
            EndedBy::ByPeer => self.abandon_if_ours(call, &line),
            // We ended it because the centre said so, or it goes on as another leg.
            EndedBy::ByUs | EndedBy::Replaced => {}
            EndedBy::ConnectionLost | EndedBy::SessionExpired | EndedBy::NoAck => {
                self.order(Command::LoseLine { call }, Purpose::Record);
            }
        }
    }

    /// A line that we dialled and whose caller nobody has called reached is still a callback due.
    fn abandon_if_ours(&mut self, call: CallId, line: &Line) {
        if !line.dialled || line.reached {
            self.abandon(call);
        }
    }

    /// Lines of a process that is gone.
    pub(super) fn lose_lines(&mut self, calls: &[CallId]) {
        for call in calls {
            if !self.by_call.contains_key(call) {
                self.order(Command::LoseLine { call: *call }, Purpose::Record);
            }
        }
    }

    /// An INVITE that got its final response already. It asked for help all the same: where it was
    /// not one that we have by another way, it is on the record as abandoned, with its callback.
    pub(super) fn turned_away(
        &mut self,
        _now: u64,
        (code, why): (u16, TurnedAway),
        raw: &[u8],
        from: &Peer,
    ) {
        match why {
            TurnedAway::Unreadable | TurnedAway::Full => {}
            TurnedAway::Merged | TurnedAway::NoDialog | TurnedAway::NotReplaceable => {
                return self.note(format!("an INVITE was answered {code}: {why:?}"));
            }
        }
        let message = match parse(raw, Framing::Datagram) {
            Ok(message) => message,
            Err(unreadable) => {
                let mut message = match unreadable.reply_to {
                    Some(message) => *message,
                    None => Message::request(crate::sip::Method::Invite, crate::sip::Uri::new("")),
                };
                message.defects.push(unreadable.why);
                message
            }
        };
        let mut arrival = Arrival::of(&message);
        self.present(&mut arrival, Channel::Voice, (from, raw), Purpose::PresentGone);
    }

    /// Another leg takes the place of one that we have (RFC 3891): the same call goes on.
    pub(super) fn replacing(&mut self, leg: LegId, old: LegId, invite: &Message, from: Peer) {
        let mut arrival = Arrival::of(invite);
        let Some(before) = self.lines.get(&old) else { return };
        let mut line = Line::new(leg, before.key.clone(), from);
        line.call = before.call;
        line.person = before.person.clone();
        line.offer = std::mem::take(&mut arrival.sdp);
        line.stage = Stage::Answering;
        if let Some(call) = line.call {
            self.by_call.insert(call, leg);
        }
        self.lines.insert(leg, line);
        self.open_voice(leg);
    }
}
