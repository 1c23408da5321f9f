//! Who is told of our states, and what we are told by others.

use super::CallHandling;
use super::arrival::Arrival;
use super::call_handling::Due;
use super::orders::Purpose;
use super::states::{AbandonedCall, Package, States};
use crate::sip::{
    Asked, Framing, NewSubscription, Order, Standing, SubId, SubscriptionEnd, Uri, parse,
};
use evenhand_core::{CallId, Channel, LocationSource};

/// How long a subscription of ours runs before it is refreshed, in seconds.
const WATCH_S: u32 = 3_600;
/// After so long one that ended is asked for again, in milliseconds.
const WATCH_AGAIN_MS: u64 = 30_000;
/// Longest that we grant, in seconds.
const GRANTED_S_MAX: u32 = 3_600;

/// What a subscription of ours is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Watched {
    /// The place of a call.
    Presence(CallId),
    /// Calls that were abandoned before they reached us.
    Abandoned,
}

impl CallHandling {
    /// Somebody wants to know a state of ours. It is no secret inside an ESInet; who is inside is
    /// the border function's and TLS's business.
    pub(super) fn subscribing(&mut self, now: u64, sub: SubId, asked: &Asked) {
        let package = Package::named(&asked.package, asked.target.as_str());
        let Some(package) = package.filter(|package| self.tells(package)) else {
            let reason = String::new();
            return self.sip(now, Order::RejectSubscription { sub, code: 489, reason });
        };
        let expires = asked.expires.min(GRANTED_S_MAX);
        self.sip(now, Order::AcceptSubscription { sub, expires });
        let body = self.body(&package).unwrap_or_default();
        self.subscribers.insert(sub, package.clone());
        self.notify(now, sub, &package, body);
    }

    /// Whether there is anything to tell of it now or later.
    fn tells(&self, package: &Package) -> bool {
        match package {
            Package::AbandonedCall => true,
            Package::ServiceState | Package::ElementState | Package::QueueState { .. } => {
                self.body(package).is_some()
            }
        }
    }

    fn body(&self, package: &Package) -> Option<String> {
        self.states.body(package, &self.settings.element, &self.settings.agency)
    }

    fn notify(&mut self, now: u64, sub: SubId, package: &Package, body: String) {
        let content_type = match body.is_empty() {
            true => String::new(),
            false => package.content_type().to_owned(),
        };
        let (body, standing) = (body.into_bytes(), Standing::Active);
        self.sip(now, Order::Notify { sub, content_type, body, standing });
    }

    /// Tells every subscriber whose state is another than before.
    pub(super) fn tell_states(&mut self, now: u64, states: States) {
        let before = std::mem::replace(&mut self.states, states);
        let (element, agency) = (self.settings.element.clone(), self.settings.agency.clone());
        for (sub, package) in self.subscribers.clone() {
            let is = self.body(&package);
            if let Some(body) =
                is.filter(|is| Some(is) != before.body(&package, &element, &agency).as_ref())
            {
                self.notify(now, sub, &package, body);
            }
        }
    }

    /// Tells whoever wants to know that a caller left before the answer.
    pub(super) fn tell_abandoned(&mut self, now: u64, call: CallId) {
        let Some(known) = self.remembered.get(&call) else { return };
        let abandoned = AbandonedCall {
            invite: known.invite.clone(),
            invite_timestamp: timestamp(known.at),
            cancel_timestamp: timestamp(now),
        };
        let body = serde_json::to_string(&abandoned).unwrap_or_default();
        for (sub, package) in self.subscribers.clone() {
            if package == Package::AbandonedCall {
                let content_type = package.content_type().to_owned();
                let body = body.clone().into_bytes();
                self.sip(now, Order::Notice { sub, content_type, body });
            }
        }
    }

    /// Subscribes to calls that are abandoned before they reach us (NENA-STA-010.3f 4.2.2.6).
    pub(super) fn watch_abandoned(&mut self, now: u64) {
        let Some((uri, via)) = self.settings.abandoned_from.clone() else { return };
        let sub = self.endpoint.new_subscription();
        self.watched.insert(sub, Watched::Abandoned);
        let wanted = NewSubscription {
            sub,
            target: Uri::new(uri),
            from: format!("<sip:{}>", self.settings.element),
            via,
            package: "emergency-AbandonedCall".to_owned(),
            accept: Package::AbandonedCall.content_type().to_owned(),
            expires: WATCH_S,
            headers: Vec::new(),
        };
        self.sip(now, Order::Subscribe(Box::new(wanted)));
    }

    pub(super) fn notified(&mut self, sub: SubId, body: &[u8]) {
        match self.watched.get(&sub).copied() {
            Some(Watched::Presence(call)) if !body.is_empty() => {
                self.presence_came(call, body);
            }
            Some(Watched::Abandoned) if !body.is_empty() => self.abandoned_elsewhere(body),
            Some(Watched::Presence(_) | Watched::Abandoned) | None => {}
        }
    }

    pub(super) fn watch_ended(&mut self, now: u64, sub: SubId, why: &SubscriptionEnd) {
        match self.watched.remove(&sub) {
            Some(Watched::Presence(call)) => {
                let reason = match why {
                    SubscriptionEnd::Refused(code) => format!("the presence server said {code}"),
                    SubscriptionEnd::Silent => "the presence server told nothing".to_owned(),
                    SubscriptionEnd::ByNotifier(_) | SubscriptionEnd::ByUs => return,
                };
                self.no_location(call, LocationSource::Presence, reason);
            }
            Some(Watched::Abandoned) => {
                self.note(format!("the notices of abandoned calls ended: {why:?}"));
                self.due.insert((now + WATCH_AGAIN_MS, Due::Watch));
            }
            None => {}
        }
    }

    /// A caller whom the element before us lost: on our record as abandoned, with its callback.
    fn abandoned_elsewhere(&mut self, body: &[u8]) {
        let told: AbandonedCall = match serde_json::from_slice(body) {
            Ok(told) => told,
            Err(why) => return self.note(format!("a notice of an abandoned call is none: {why}")),
        };
        let Ok(invite) = parse(told.invite.as_bytes(), Framing::Datagram) else {
            return self.note("a notice of an abandoned call holds no INVITE".to_owned());
        };
        let ours = self.remembered.values().any(|known| known.invite == told.invite);
        if ours {
            return;
        }
        let Some((_, from)) = self.settings.abandoned_from.clone() else { return };
        let mut arrival = Arrival::of(&invite);
        let raw = told.invite.as_bytes();
        self.present(&mut arrival, Channel::Voice, (&from, raw), Purpose::PresentGone);
    }
}

/// RFC 3339, UTC.
fn timestamp(ms: u64) -> String {
    let ms = i64::try_from(ms).unwrap_or(i64::MAX);
    jiff::Timestamp::from_millisecond(ms).unwrap_or_default().to_string()
}
