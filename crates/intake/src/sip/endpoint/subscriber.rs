//! States elsewhere that we subscribe to (RFC 6665 section 4.1).

use super::call_out::{outside, with_tag};
use super::client_side::{Owner, Reply};
use super::keys::{Timed, Usage};
use super::receive::Arrival;
use super::{Endpoint, Event, NewSubscription, OrderError, SubId, SubscriptionEnd, wire};
use crate::sip::dialog::Dialog;
use crate::sip::peer::Peer;
use crate::sip::transaction::{earlier, is_due};
use crate::sip::{Message, Method};

/// A refresh is sent this long before the end, or at half of a shorter time.
const REFRESH_BEFORE_MS: u64 = 32_000;

/// One subscription of ours.
#[derive(Debug)]
pub(super) struct Subscriber {
    dialog: Dialog,
    pub hop: Peer,
    package: String,
    accept: String,
    expires: u32,
    /// Whether the first SUBSCRIBE was accepted.
    accepted: bool,
    refresh_at: Option<u64>,
    expires_at: Option<u64>,
    /// Timer N: when silence after an accepted SUBSCRIBE ends it.
    silent_at: Option<u64>,
    /// Whether the user was told of the end.
    told: bool,
}

impl Subscriber {
    fn due(&self) -> Option<u64> {
        earlier(self.silent_at, earlier(self.refresh_at, self.expires_at))
    }

    fn grant(&mut self, now: u64, seconds: u32) {
        let whole = u64::from(seconds) * 1_000;
        let before = REFRESH_BEFORE_MS.min(whole / 2);
        let runs = seconds > 0 && self.expires > 0 && !self.told;
        self.refresh_at = runs.then(|| now.saturating_add(whole - before));
        self.expires_at = runs.then(|| now.saturating_add(whole));
    }
}

impl Endpoint {
    pub(super) fn subscribe(&mut self, now: u64, new: &NewSubscription) -> Result<(), OrderError> {
        if self.subscribers.contains_key(&new.sub) || self.notifiers.contains_key(&new.sub) {
            return Err(OrderError::NumberInUse);
        }
        self.take_id(new.sub.0);
        let from = with_tag(&new.from, &self.chance.tag());
        let call_id = self.chance.call_id();
        let mut request = outside(Method::Subscribe, &new.target, from, &call_id);
        wire::put_fields(&mut request, &new.headers);
        let subscriber = Subscriber {
            dialog: Dialog::of_client(&request),
            hop: new.via,
            package: new.package.clone(),
            accept: new.accept.clone(),
            expires: new.expires,
            accepted: false,
            refresh_at: None,
            expires_at: None,
            silent_at: None,
            told: false,
        };
        self.dialogs.insert(subscriber.dialog.key().clone(), Usage::Subscriber(new.sub));
        self.subscribers.insert(new.sub, subscriber);
        self.send_subscribe(now, new.sub, request, new.via);
        Ok(())
    }

    fn send_subscribe(&mut self, now: u64, sub: SubId, mut request: Message, to: Peer) {
        let Some(subscriber) = self.subscribers.get(&sub) else { return };
        let expires = if subscriber.told { 0 } else { subscriber.expires };
        request.headers.push("Event", &subscriber.package);
        if !subscriber.accept.is_empty() {
            request.headers.push("Accept", &subscriber.accept);
        }
        request.headers.push("Expires", expires.to_string());
        request.headers.push("Contact", self.contact(to.transport));
        self.send(now, request, to, Owner::Subscribe(sub));
        self.settle_subscriber(sub);
    }

    /// SUBSCRIBE within the dialog: refresh, or the last one.
    fn resubscribe(&mut self, now: u64, sub: SubId) {
        let Some(subscriber) = self.subscribers.get_mut(&sub) else { return };
        subscriber.refresh_at = None;
        let request = subscriber.dialog.request(Method::Subscribe);
        let to = wire::hop_of(&subscriber.dialog, subscriber.hop);
        self.send_subscribe(now, sub, request, to);
    }

    pub(super) fn subscribe_replied(&mut self, now: u64, sub: SubId, reply: Reply<'_>) {
        match (reply.code, reply.message) {
            (..200, _) => return,
            (200..300, Some(response)) => self.subscription_granted(now, sub, response),
            (423, Some(response)) => self.subscribe_longer(now, sub, response),
            _ => self.subscription_refused(now, sub, reply.code),
        }
        self.settle_subscriber(sub);
    }

    fn subscription_granted(&mut self, now: u64, sub: SubId, response: &Message) {
        let silent_at = now.saturating_add(self.settings.timers.give_up_ms());
        let Some(subscriber) = self.subscribers.get_mut(&sub) else { return };
        if subscriber.dialog.key().remote_tag.is_empty() {
            subscriber.dialog.answered(response);
        } else {
            subscriber.dialog.retarget(response);
        }
        let granted = wire::seconds(response, "Expires").unwrap_or(subscriber.expires);
        subscriber.grant(now, granted);
        let first = !std::mem::replace(&mut subscriber.accepted, true);
        if first || subscriber.told {
            subscriber.silent_at = Some(silent_at);
        }
        if first && !subscriber.told {
            self.tell(Event::SubscriptionAnswered { sub, expires: granted });
        }
    }

    /// 423: once more, with what the notifier takes.
    fn subscribe_longer(&mut self, now: u64, sub: SubId, response: &Message) {
        let Some(subscriber) = self.subscribers.get_mut(&sub) else { return };
        match wire::seconds(response, "Min-Expires") {
            Some(least) if least > subscriber.expires && !subscriber.told => {
                subscriber.expires = least;
                self.resubscribe(now, sub);
            }
            Some(_) | None => self.subscription_refused(now, sub, 423),
        }
    }

    fn subscription_refused(&mut self, now: u64, sub: SubId, code: u16) {
        let Some(subscriber) = self.subscribers.get_mut(&sub) else { return };
        let lives = subscriber.accepted && !subscriber.told && code != 481;
        match subscriber.expires_at.filter(|_| lives) {
            // A refresh that failed is tried again while the subscription lasts.
            Some(expires_at) => {
                let left = expires_at.saturating_sub(now);
                subscriber.refresh_at = Some(now.saturating_add((left / 2).max(1_000)));
            }
            None => self.end_subscription(sub, SubscriptionEnd::Refused(code)),
        }
    }

    fn end_subscription(&mut self, sub: SubId, why: SubscriptionEnd) {
        self.schedule.set(&Timed::Subscriber(sub), None);
        let Some(subscriber) = self.subscribers.remove(&sub) else { return };
        self.dialogs.remove(&subscriber.dialog.key().without_remote());
        if !subscriber.told {
            self.tell(Event::SubscriptionEnded { sub, why });
        }
    }

    /// NOTIFY; it may overtake the answer to our SUBSCRIBE, and then begins the dialog.
    pub(super) fn in_subscriber(&mut self, sub: SubId, arrival: &Arrival<'_>) {
        let (now, key, request) = (arrival.now, &arrival.key, &arrival.request);
        let Some(subscriber) = self.subscribers.get_mut(&sub) else { return };
        if request.method() != Some(&Method::Notify) {
            return self.respond_plain(now, key, 405, "");
        }
        let tag = request.from_tag().unwrap_or_default();
        if subscriber.dialog.key().remote_tag.is_empty() {
            subscriber.dialog.called_back(request);
        } else if subscriber.dialog.key().remote_tag != tag {
            // Another fork of our SUBSCRIBE: one is enough (RFC 6665 section 4.4.1).
            return self.respond_plain(now, key, 481, "");
        }
        if !subscriber.dialog.take_seq(request.cseq().map_or(0, |(number, _)| number)) {
            return self.respond_plain(now, key, 500, "");
        }
        subscriber.hop = arrival.from;
        subscriber.dialog.retarget(request);
        subscriber.silent_at = None;
        let state = request.headers.text("Subscription-State").unwrap_or_default().into_owned();
        self.respond_plain(now, key, 200, "");
        self.state_told(now, sub, request, state);
        self.settle_subscriber(sub);
    }

    fn state_told(&mut self, now: u64, sub: SubId, request: &Message, state: String) {
        let Some(subscriber) = self.subscribers.get_mut(&sub) else { return };
        let over = state.trim_start().to_ascii_lowercase().starts_with("terminated");
        let left = wire::param_of(&state, "expires").and_then(|left| left.parse().ok());
        if let Some(left) = left.filter(|_| !over) {
            subscriber.grant(now, left);
        }
        let reason = wire::param_of(&state, "reason").unwrap_or_default().to_owned();
        if !subscriber.told {
            let content_type = request.content_type().unwrap_or_default().into_owned();
            let body = request.body.clone();
            self.tell(Event::Notified { sub, content_type, body, state });
        }
        if over {
            self.end_subscription(sub, SubscriptionEnd::ByNotifier(reason));
        }
    }

    pub(super) fn unsubscribe(&mut self, now: u64, sub: SubId) -> Result<(), OrderError> {
        let silent_at = now.saturating_add(self.settings.timers.give_up_ms());
        let subscriber =
            self.subscribers.get_mut(&sub).ok_or(OrderError::NoSuchSubscription(sub))?;
        if std::mem::replace(&mut subscriber.told, true) {
            return Err(OrderError::OutOfTurn);
        }
        subscriber.expires_at = None;
        // What was never accepted has no dialog to end; it is left to its own answer.
        subscriber.silent_at = Some(silent_at);
        if subscriber.accepted {
            self.resubscribe(now, sub);
        }
        self.tell(Event::SubscriptionEnded { sub, why: SubscriptionEnd::ByUs });
        self.settle_subscriber(sub);
        Ok(())
    }

    pub(super) fn wake_subscriber(&mut self, now: u64, sub: SubId) {
        let Some(subscriber) = self.subscribers.get(&sub) else { return };
        if is_due(subscriber.silent_at, now) {
            self.end_subscription(sub, SubscriptionEnd::Silent);
        } else if is_due(subscriber.expires_at, now) {
            self.end_subscription(sub, SubscriptionEnd::Refused(408));
        } else if is_due(subscriber.refresh_at, now) {
            self.resubscribe(now, sub);
        }
        self.settle_subscriber(sub);
    }

    fn settle_subscriber(&mut self, sub: SubId) {
        let due = self.subscribers.get(&sub).and_then(Subscriber::due);
        self.schedule.set(&Timed::Subscriber(sub), due);
    }
}
