//! States that others subscribe to here (RFC 6665), told at least as often as they ask (RFC 6446).

use super::client_side::{Owner, Reply};
use super::keys::{ServerKey, Timed, Usage};
use super::receive::Arrival;
use super::server_side::Owes;
use super::{Asked, Endpoint, Event, OrderError, Standing, SubId, wire};
use crate::sip::dialog::Dialog;
use crate::sip::peer::Peer;
use crate::sip::transaction::{earlier, is_due};
use crate::sip::{Message, Method, Uri};
use std::collections::VecDeque;

/// Where a SUBSCRIBE does not say how long (the packages of NENA i3 name no other default).
const EXPIRES_UNSAID: u32 = 3_600;
/// A state that was refused for now is told again after this.
const AGAIN_MS: u64 = 5_000;
/// No `min-rate` makes us send more often than this.
const EVERY_MS_MIN: u64 = 100;

/// A state as it was last told.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub content_type: String,
    pub body: Vec<u8>,
    pub standing: Standing,
}

/// One subscription of theirs.
#[derive(Debug)]
pub(super) struct Notifier {
    dialog: Dialog,
    pub hop: Peer,
    /// The SUBSCRIBE, until the user answers it.
    asked: Option<ServerKey>,
    expires: u32,
    expires_at: u64,
    /// The longest that the user granted.
    expires_max: u32,
    /// The Event header field to repeat: package and id.
    event: String,
    every_ms: Option<u64>,
    repeat_at: Option<u64>,
    last: Option<State>,
    /// A NOTIFY is under way.
    sending: bool,
    /// The state changed meanwhile.
    changed: bool,
    /// Notices that wait for those before them: of a state the newest counts, of these each one.
    notices: VecDeque<State>,
    /// The reason for which it is over.
    over: Option<&'static str>,
}

impl Notifier {
    fn due(&self) -> Option<u64> {
        let lives = self.asked.is_none() && self.over.is_none();
        earlier(lives.then_some(self.expires_at), self.repeat_at.filter(|_| !self.sending))
    }

    fn state_line(&self, now: u64) -> String {
        if let Some(reason) = self.over {
            return format!("terminated;reason={reason}");
        }
        let left = self.expires_at.saturating_sub(now) / 1_000;
        let pending = self.last.as_ref().is_some_and(|last| last.standing == Standing::Pending);
        let name = if pending { "pending" } else { "active" };
        let rate = self.every_ms.map(|every_ms| format!(";min-rate={}", rate_of(every_ms)));
        format!("{name};expires={left}{}", rate.unwrap_or_default())
    }
}

/// `min-rate` is in notifications a second (RFC 6446 section 9); ours is the pause between them.
fn every_ms_of(event: &str) -> Option<u64> {
    let value = wire::param_of(event, "min-rate")?;
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let digits = fraction.chars().chain("000".chars()).take(3).collect::<String>();
    let thousandths =
        whole.parse::<u64>().ok()?.checked_mul(1_000)? + digits.parse::<u64>().ok()?;
    let every_ms = 1_000_000_u64.checked_div(thousandths)?;
    Some(every_ms.max(EVERY_MS_MIN))
}

fn rate_of(every_ms: u64) -> String {
    let thousandths = 1_000_000 / every_ms.max(1);
    format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000)
}

impl Endpoint {
    pub(super) fn subscribe_arrived(&mut self, arrival: Arrival<'_>) {
        let Arrival { now, key, from, request, .. } = arrival;
        let event = request.headers.text("Event").map(std::borrow::Cow::into_owned);
        let Some(event) = event.filter(|event| !event.trim().is_empty()) else {
            return self.respond_plain(now, &key, 489, "");
        };
        let full = self.notifiers.len() >= self.settings.subscriptions_max;
        if full || self.waiting >= self.settings.waiting_max {
            return self.respond_plain(now, &key, 503, "");
        }
        let sub = self.new_subscription();
        let patience_ends = now.saturating_add(self.patience_ms());
        self.owe(&key, Owes::Subscription(sub), Some(patience_ends));
        let dialog = Dialog::of_server(&request, &self.tag_of(&key));
        self.dialogs.insert(dialog.key().clone(), Usage::Notifier(sub));
        let expires = wire::seconds(&request, "Expires").unwrap_or(EXPIRES_UNSAID);
        let every_ms = every_ms_of(&event);
        let notifier = Notifier {
            dialog,
            hop: from,
            asked: Some(key),
            expires,
            expires_at: now,
            expires_max: u32::MAX,
            event: event.clone(),
            every_ms,
            repeat_at: None,
            last: None,
            sending: false,
            changed: false,
            notices: VecDeque::new(),
            over: None,
        };
        self.notifiers.insert(sub, notifier);
        let asked = Box::new(asked(&event, expires, every_ms, request));
        self.tell(Event::SubscribeRequested { sub, asked, from });
    }

    fn take_asked_notifier(&mut self, sub: SubId) -> Result<ServerKey, OrderError> {
        let notifier = self.notifiers.get_mut(&sub).ok_or(OrderError::NoSuchSubscription(sub))?;
        notifier.asked.take().ok_or(OrderError::OutOfTurn)
    }

    pub(super) fn accept_subscription(
        &mut self,
        now: u64,
        sub: SubId,
        expires: u32,
    ) -> Result<(), OrderError> {
        let key = self.take_asked_notifier(sub)?;
        if let Some(notifier) = self.notifiers.get_mut(&sub) {
            notifier.expires_max = expires;
        }
        self.grant_subscription(now, sub, &key);
        Ok(())
    }

    /// 200 with the seconds granted, to a first SUBSCRIBE and to a refresh.
    fn grant_subscription(&mut self, now: u64, sub: SubId, key: &ServerKey) {
        let give_up_ms = self.settings.timers.give_up_ms();
        let Some(notifier) = self.notifiers.get_mut(&sub) else { return };
        notifier.expires = notifier.expires.min(notifier.expires_max);
        // One that asks once waits for its one answer, though not for ever.
        let once_ms = if notifier.expires == 0 { give_up_ms } else { 0 };
        let runs_ms = u64::from(notifier.expires) * 1_000 + once_ms;
        notifier.expires_at = now.saturating_add(runs_ms);
        let expires = notifier.expires;
        if let (Some(mut response), Some(to)) = (self.draft(key, 200, ""), self.reply_peer(key)) {
            response.headers.push("Contact", self.contact(to.transport));
            response.headers.push("Expires", expires.to_string());
            self.respond(now, key, &response);
        }
        self.settle_notifier(sub);
    }

    pub(super) fn reject_subscription(
        &mut self,
        now: u64,
        sub: SubId,
        code: u16,
        reason: &str,
    ) -> Result<(), OrderError> {
        if !(300..700).contains(&code) {
            return Err(OrderError::BadCode(code));
        }
        let key = self.take_asked_notifier(sub)?;
        self.respond_plain(now, &key, code, reason);
        self.forget_notifier(sub);
        Ok(())
    }

    pub(super) fn notify(&mut self, now: u64, sub: SubId, state: State) -> Result<(), OrderError> {
        let notifier = self.notifiers.get_mut(&sub).ok_or(OrderError::NoSuchSubscription(sub))?;
        if notifier.asked.is_some() || notifier.over.is_some() {
            return Err(OrderError::OutOfTurn);
        }
        notifier.over = match state.standing {
            Standing::Over => Some("noresource"),
            // It was asked for once (Expires: 0).
            Standing::Active | Standing::Pending => (notifier.expires == 0).then_some("timeout"),
        };
        let over = notifier.over.is_some();
        notifier.last = Some(state);
        self.send_state(now, sub);
        if over {
            self.tell(Event::Unsubscribed { sub });
        }
        Ok(())
    }

    /// Sends a notice: at once, or after those before it.
    pub(super) fn notice(&mut self, now: u64, sub: SubId, notice: State) -> Result<(), OrderError> {
        match self.notifiers.get_mut(&sub) {
            Some(notifier) if notifier.sending && notifier.over.is_none() => {
                notifier.notices.push_back(notice);
                Ok(())
            }
            _ => self.notify(now, sub, notice),
        }
    }

    /// Sends the newest state, after the NOTIFY that is under way.
    fn send_state(&mut self, now: u64, sub: SubId) {
        let Some(notifier) = self.notifiers.get_mut(&sub) else { return };
        notifier.changed = notifier.sending;
        if notifier.sending {
            return;
        }
        notifier.sending = true;
        notifier.repeat_at = notifier.every_ms.map(|every_ms| now.saturating_add(every_ms));
        let mut request = notifier.dialog.request(Method::Notify);
        let to = wire::hop_of(&notifier.dialog, notifier.hop);
        let contact = format!("<{}>", self.settings.contacts.uri(to.transport));
        request.headers.push("Contact", contact);
        request.headers.push("Event", event_line(&notifier.event));
        request.headers.push("Subscription-State", notifier.state_line(now));
        if let Some(last) = notifier.last.as_ref().filter(|last| !last.body.is_empty()) {
            request.set_body(&last.content_type, last.body.clone());
        }
        self.send(now, request, to, Owner::Notify(sub));
        self.settle_notifier(sub);
    }

    pub(super) fn notify_replied(&mut self, now: u64, sub: SubId, reply: Reply<'_>) {
        let Some(notifier) = self.notifiers.get_mut(&sub) else { return };
        if reply.code < 200 {
            return;
        }
        notifier.sending = false;
        let next = if reply.code < 300 { notifier.notices.pop_front() } else { None };
        let next_due = next.is_some();
        notifier.last = next.or(notifier.last.take());
        let (over, changed) = (notifier.over.is_some(), notifier.changed);
        if changed || next_due {
            self.send_state(now, sub);
        } else if over {
            self.forget_notifier(sub);
        } else if ends_subscription(reply.code) {
            self.forget_notifier(sub);
            self.tell(Event::NotifyFailed { sub, code: reply.code });
        } else if reply.code >= 300 {
            let again_at = Some(now.saturating_add(AGAIN_MS));
            notifier.repeat_at = earlier(notifier.repeat_at, again_at);
        }
        self.settle_notifier(sub);
    }

    /// A request within the subscription: SUBSCRIBE refreshes it, or ends it.
    pub(super) fn in_notifier(&mut self, sub: SubId, arrival: &Arrival<'_>) {
        let (now, key, request) = (arrival.now, &arrival.key, &arrival.request);
        let Some(notifier) = self.notifiers.get_mut(&sub) else { return };
        if request.method() != Some(&Method::Subscribe) || notifier.over.is_some() {
            return self.respond_plain(now, key, 481, "");
        }
        let in_order = notifier.dialog.take_seq(request.cseq().map_or(0, |(number, _)| number));
        if !in_order || notifier.asked.is_some() {
            return self.respond_plain(now, key, 500, "");
        }
        notifier.hop = arrival.from;
        notifier.dialog.retarget(request);
        notifier.expires = wire::seconds(request, "Expires").unwrap_or(EXPIRES_UNSAID);
        if let Some(event) = request.headers.text("Event") {
            notifier.every_ms = every_ms_of(&event);
        }
        let over = notifier.expires == 0;
        notifier.over = over.then_some("timeout");
        self.grant_subscription(now, sub, key);
        self.send_state(now, sub);
        if over {
            self.tell(Event::Unsubscribed { sub });
        }
    }

    pub(super) fn wake_notifier(&mut self, now: u64, sub: SubId) {
        let Some(notifier) = self.notifiers.get_mut(&sub) else { return };
        let lives = notifier.asked.is_none() && notifier.over.is_none();
        if lives && is_due(Some(notifier.expires_at), now) {
            notifier.over = Some("timeout");
            self.send_state(now, sub);
            self.tell(Event::Unsubscribed { sub });
        } else if is_due(notifier.repeat_at, now) {
            notifier.repeat_at = None;
            if lives && notifier.last.is_some() {
                self.send_state(now, sub);
            }
        }
        self.settle_notifier(sub);
    }

    fn settle_notifier(&mut self, sub: SubId) {
        let due = self.notifiers.get(&sub).and_then(Notifier::due);
        self.schedule.set(&Timed::Notifier(sub), due);
    }

    fn forget_notifier(&mut self, sub: SubId) {
        self.schedule.set(&Timed::Notifier(sub), None);
        if let Some(notifier) = self.notifiers.remove(&sub) {
            self.dialogs.remove(notifier.dialog.key());
        }
    }
}

fn asked(event: &str, expires: u32, every_ms: Option<u64>, request: Message) -> Asked {
    let package = event.split(';').next().unwrap_or_default().trim().to_owned();
    let accept = request.headers.list("Accept").join(&b", "[..]);
    Asked {
        package,
        accept: String::from_utf8_lossy(&accept).into_owned(),
        expires,
        every_ms,
        from: request.from().map_or_else(|| Uri::new(""), |from| from.uri),
        target: request.request_uri().cloned().unwrap_or_else(|| Uri::new("")),
        message: request,
    }
}

/// Package and id, without what only a SUBSCRIBE says.
fn event_line(event: &str) -> String {
    let package = event.split(';').next().unwrap_or_default().trim();
    match wire::param_of(event, "id") {
        Some(id) => format!("{package};id={id}"),
        None => package.to_owned(),
    }
}

/// RFC 6665 section 4.2.2; after other refusals the next state may be taken again.
fn ends_subscription(code: u16) -> bool {
    matches!(code, 404 | 405 | 408 | 410 | 416 | 480..=485 | 489 | 501 | 604)
}

#[cfg(test)]
mod tests {
    use super::{every_ms_of, rate_of};

    #[test]
    fn a_rate_is_a_pause_between_notifications() {
        assert_eq!(every_ms_of("presence;min-rate=1"), Some(1_000));
        assert_eq!(every_ms_of("presence; min-rate = 0.05"), Some(20_000));
        assert_eq!(every_ms_of("presence;min-rate=99"), Some(100));
        assert_eq!(every_ms_of("presence;min-rate=0"), None);
        assert_eq!(every_ms_of("presence;min-rate=x"), None);
        assert_eq!(rate_of(20_000), "0.050");
    }
}
