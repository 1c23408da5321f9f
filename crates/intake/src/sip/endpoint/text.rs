//! MESSAGE (RFC 3428), in both directions.

use super::call_out::{outside, with_tag};
use super::client_side::{Owner, Reply};
use super::receive::Arrival;
use super::server_side::Owes;
use super::{Endpoint, Event, LegId, NewText, OrderError, TextId, wire};
use crate::sip::Method;

impl Endpoint {
    pub(super) fn text_arrived(&mut self, leg: Option<LegId>, arrival: &Arrival<'_>) {
        let (now, key) = (arrival.now, &arrival.key);
        if self.waiting >= self.settings.waiting_max {
            return self.respond_plain(now, key, 503, "");
        }
        let text = self.new_text();
        let patience_ends = now.saturating_add(self.patience_ms());
        self.owe(key, Owes::Text(text), Some(patience_ends));
        self.texts.insert(text, key.clone());
        let (message, raw) = (Box::new(arrival.request.clone()), arrival.raw.to_vec());
        self.tell(Event::TextArrived { text, leg, message, raw, from: arrival.from });
    }

    pub(super) fn answer_text(
        &mut self,
        now: u64,
        text: TextId,
        code: u16,
        reason: &str,
    ) -> Result<(), OrderError> {
        let key = self.texts.remove(&text).ok_or(OrderError::NoSuchText(text))?;
        self.respond_plain(now, &key, code, reason);
        Ok(())
    }

    pub(super) fn send_text(&mut self, now: u64, new: &NewText) -> Result<(), OrderError> {
        if self.texts_sent.contains(&new.text) {
            return Err(OrderError::NumberInUse);
        }
        let (mut request, to) = match new.leg {
            Some(leg) => {
                self.up(leg)?;
                self.request_in(leg, Method::Message).ok_or(OrderError::NoSuchLeg(leg))?
            }
            None => {
                let from = with_tag(&new.from, &self.chance.tag());
                let call_id = self.chance.call_id();
                (outside(Method::Message, &new.target, from, &call_id), new.via)
            }
        };
        self.take_id(new.text.0);
        self.texts_sent.insert(new.text);
        wire::put_fields(&mut request, &new.headers);
        request.set_body(&new.content_type, new.body.clone());
        self.send(now, request, to, Owner::Text(new.text));
        Ok(())
    }

    pub(super) fn text_replied(&mut self, text: TextId, reply: Reply<'_>) {
        if reply.code >= 200 && self.texts_sent.remove(&text) {
            self.tell(Event::TextAnswered { text, code: reply.code });
        }
    }
}
