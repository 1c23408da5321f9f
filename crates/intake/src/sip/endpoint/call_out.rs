//! A call of ours, from its INVITE to the ACK that we send (RFC 3261 sections 13.2 and 9.1).

use super::client_side::{Owner, Reply};
use super::keys::{ClientKey, Usage};
use super::leg::{Leg, Stage};
use super::{Endpoint, Event, LegId, NewCall, OrderError, session, wire};
use crate::sip::dialog::Dialog;
use crate::sip::transaction::is_due;
use crate::sip::{Message, Method, Uri};

/// Whether our call shall be given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Giving {
    No,
    /// As soon as any answer comes: before it a CANCEL could overtake the INVITE.
    Wanted,
    /// The CANCEL is sent; the call is forgotten at this time, whatever comes.
    Sent(u64),
}

/// What is known only while our call waits for its answer.
#[derive(Debug)]
pub(super) struct Calling {
    key: ClientKey,
    giving_up: Giving,
    /// The order, for a second attempt after 422.
    call: Box<NewCall>,
}

impl Calling {
    pub fn due(&self) -> Option<u64> {
        match self.giving_up {
            Giving::Sent(until) => Some(until),
            Giving::No | Giving::Wanted => None,
        }
    }
}

/// The From header field with a tag, whether or not the address was enclosed.
pub(super) fn with_tag(from: &str, tag: &str) -> String {
    match from.contains('<') {
        true => format!("{from};tag={tag}"),
        false => format!("<{from}>;tag={tag}"),
    }
}

/// What a request outside a dialog begins with.
pub(super) fn outside(method: Method, target: &Uri, from: String, call_id: &str) -> Message {
    let cseq = format!("1 {method}");
    let mut request = Message::request(method, target.clone());
    request.headers.push("From", from);
    request.headers.push("To", format!("<{target}>"));
    request.headers.push("Call-ID", call_id);
    request.headers.push("CSeq", cseq);
    request
}

impl Endpoint {
    pub(super) fn call(&mut self, now: u64, call: &NewCall) -> Result<(), OrderError> {
        if self.legs.contains_key(&call.leg) {
            return Err(OrderError::NumberInUse);
        }
        self.take_id(call.leg.0);
        let from = with_tag(&call.from, &self.chance.tag());
        let mut invite = outside(Method::Invite, &call.target, from, &self.chance.call_id());
        if !call.to.is_empty() {
            invite.headers.set("To", &call.to);
        }
        let interval = (self.settings.session_seconds, self.settings.session_seconds_min);
        self.fill_invite(&mut invite, call, interval);
        let dialog = Dialog::of_client(&invite);
        self.send_call(now, call, invite, dialog);
        Ok(())
    }

    fn fill_invite(&self, invite: &mut Message, call: &NewCall, (seconds, least): (u32, u32)) {
        self.put_capabilities(invite, call.via.transport);
        invite.headers.push("Session-Expires", seconds.max(least).to_string());
        invite.headers.push("Min-SE", least.to_string());
        // Whoever gives a Contact is known by it: one address may stand for many numbers.
        if call.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("Contact")) {
            invite.headers.remove("Contact");
        }
        wire::put_fields(invite, &call.headers);
        if !call.body.is_empty() {
            invite.set_body(&call.content_type, call.body.clone());
        }
    }

    fn send_call(&mut self, now: u64, call: &NewCall, invite: Message, dialog: Dialog) {
        let id = call.leg;
        let key = self.send(now, invite, call.via, Owner::Call(id));
        let calling = Calling { key, giving_up: Giving::No, call: Box::new(call.clone()) };
        let mut leg = Leg::new(Stage::Calling(Box::new(calling)), dialog, call.via);
        if call.content_type.trim().eq_ignore_ascii_case("application/sdp") {
            leg.sdp.clone_from(&call.body);
        }
        self.enter_leg(id, leg);
    }

    pub(super) fn call_replied(&mut self, now: u64, id: LegId, key: &ClientKey, reply: Reply<'_>) {
        let calling = matches!(self.legs.get(&id).map(|leg| &leg.stage), Some(Stage::Calling(_)));
        match (reply.code, reply.message) {
            (200..300, Some(response)) if !calling => self.refuse_fork(now, key, response),
            _ if !calling => {}
            (..200, Some(response)) => self.call_progressed(now, id, reply, response),
            (200..300, Some(response)) => self.call_answered(now, id, key, response),
            (422, Some(response)) if self.may_try_again(id, response) => {
                self.call_again(now, id, response);
            }
            _ => self.fail_call(now, id, reply),
        }
        self.settle_leg(id);
    }

    /// Takes the other end's tag and route of the newest response; the dialog is found by them.
    fn enter_fork(&mut self, id: LegId, response: &Message) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        self.dialogs.remove(leg.dialog.key());
        leg.dialog.answered(response);
        leg.note_abilities(response);
        self.dialogs.insert(leg.dialog.key().clone(), Usage::Leg(id));
    }

    fn call_progressed(&mut self, now: u64, id: LegId, reply: Reply<'_>, response: &Message) {
        if response.to_tag().is_some() {
            self.enter_fork(id, response);
        }
        let fresh = self.take_provisional(now, id, reply);
        let told = self.legs.get(&id).is_some_and(|leg| leg.told);
        if fresh && !told && reply.code > 100 {
            let (code, sdp) = (reply.code, wire::body_of(response));
            self.tell(Event::Progress { leg: id, code, sdp });
        }
        if self.giving_up(id) == Some(Giving::Wanted) {
            self.cancel_call(now, id);
        }
    }

    fn giving_up(&self, id: LegId) -> Option<Giving> {
        match self.legs.get(&id).map(|leg| &leg.stage) {
            Some(Stage::Calling(calling)) => Some(calling.giving_up),
            _ => None,
        }
    }

    fn call_answered(&mut self, now: u64, id: LegId, key: &ClientKey, response: &Message) {
        self.enter_fork(id, response);
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.stage = Stage::Up;
        leg.session = session::agreed(response).map(|agreed| agreed.begin(now));
        let told = leg.told;
        self.acknowledge(id, key, response);
        if told {
            // The answer crossed our CANCEL (section 9.1): acknowledge, and hang up.
            if let Some(leg) = self.legs.get_mut(&id) {
                leg.session = None;
            }
            self.send_bye(now, id, None);
        } else {
            let (sdp, message) = (wire::body_of(response), Box::new(response.clone()));
            self.tell(Event::Accepted { leg: id, sdp, message });
        }
    }

    fn acknowledge(&mut self, id: LegId, key: &ClientKey, response: &Message) {
        let seq = response.cseq().map_or(0, |(number, _)| number);
        let tag = response.to_tag().unwrap_or_default();
        let Some(leg) = self.legs.get(&id) else { return };
        let (ack, to) = (leg.dialog.ack(seq), wire::hop_of(&leg.dialog, leg.hop));
        self.send_ack(key, tag, ack, to);
    }

    /// Another phone answered too (section 13.2.2.4), or one that was cancelled long ago.
    fn refuse_fork(&mut self, now: u64, key: &ClientKey, response: &Message) {
        let (Some(invite), Some(hop)) = (self.sent_invite(key), self.sent_to(key)) else { return };
        let mut dialog = Dialog::of_client(invite);
        dialog.answered(response);
        let seq = response.cseq().map_or(0, |(number, _)| number);
        let to = wire::hop_of(&dialog, hop);
        let tag = response.to_tag().unwrap_or_default();
        self.send_ack(key, tag, dialog.ack(seq), to);
        let bye = dialog.request(Method::Bye);
        self.send(now, bye, to, Owner::Nobody);
    }

    /// Once, and only where the peer says which interval it takes (RFC 4028 section 7.3).
    fn may_try_again(&self, id: LegId, response: &Message) -> bool {
        let least = wire::seconds(response, "Min-SE");
        let first = self.legs.get(&id).is_some_and(|leg| !leg.told && leg.dialog.local_seq() == 1);
        first && least.is_some_and(|least| least > self.settings.session_seconds_min)
    }

    fn call_again(&mut self, now: u64, id: LegId, response: &Message) {
        let Some(Leg { stage: Stage::Calling(calling), mut dialog, .. }) = self.legs.remove(&id)
        else {
            return;
        };
        self.dialogs.remove(dialog.key());
        let least = wire::seconds(response, "Min-SE").unwrap_or_default();
        let call = calling.call;
        let mut invite = dialog.request(Method::Invite);
        // Whatever refused it was no dialog: the To is again without tag.
        if let Some(to) = self.sent_invite(&calling.key).and_then(|sent| sent.headers.get("To")) {
            invite.headers.set("To", to);
        }
        invite.headers.remove("Route");
        let interval = (self.settings.session_seconds, least);
        self.fill_invite(&mut invite, &call, interval);
        let dialog = Dialog::of_client(&invite);
        self.send_call(now, &call, invite, dialog);
    }

    /// Gives up a call of ours that was not answered.
    pub(super) fn cancel_call(&mut self, now: u64, id: LegId) {
        let Some(Stage::Calling(calling)) = self.legs.get(&id).map(|leg| &leg.stage) else {
            return;
        };
        let key = calling.key.clone();
        let ready = self.may_cancel(&key);
        let until = now.saturating_add(self.settings.timers.give_up_ms());
        if let Some(Leg { stage: Stage::Calling(calling), .. }) = self.legs.get_mut(&id) {
            calling.giving_up = if ready { Giving::Sent(until) } else { Giving::Wanted };
        }
        if ready {
            self.send_cancel(now, &key);
        }
        self.settle_leg(id);
    }

    /// Section 9.1: where no final response follows a CANCEL for 64*T1, none will.
    pub(super) fn wake_calling(&mut self, now: u64, id: LegId) {
        let Some(Stage::Calling(calling)) = self.legs.get(&id).map(|leg| &leg.stage) else {
            return;
        };
        if is_due(calling.due(), now) {
            let key = calling.key.clone();
            self.forget_client(&key);
            self.forget_leg(now, id);
        }
    }
}
