//! CANCEL of a call to us (RFC 3261 section 9.2).

use super::keys::ServerKey;
use super::leg::Stage;
use super::receive::Arrival;
use super::{Endpoint, Event, LegId, wire};
use crate::sip::Method;

impl Endpoint {
    pub(super) fn on_cancel(&mut self, arrival: &Arrival<'_>) {
        let invite = ServerKey::of_method(&arrival.request, &Method::Invite);
        if self.reply_peer(&invite).is_none() {
            return self.respond_plain(arrival.now, &arrival.key, 481, "");
        }
        self.respond_tagged_as(arrival, &invite);
        let reason = wire::reason_in(&arrival.request);
        let leg = self.leg_of(&invite);
        match leg.map(|id| (id, self.legs.get(&id).map(|leg| &leg.stage))) {
            Some((id, Some(Stage::Offered(_)))) => self.abandon(arrival.now, id, reason),
            Some((id, Some(_))) if self.is_unacked(id) => {
                self.tell(Event::CancelCrossed { leg: id });
            }
            // A change of the session is withdrawn: the session stays as it was.
            _ if self.is_owed(&invite) => self.withdraw_reoffer(arrival.now, &invite),
            Some(_) | None => {}
        }
    }

    /// The caller gave up while unanswered: 487, and the one event.
    pub(super) fn abandon(&mut self, now: u64, id: LegId, reason: Option<String>) {
        let Ok(offered) = self.offered(id) else { return };
        let key = offered.key.clone();
        self.respond_plain(now, &key, 487, "");
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.told = true;
        }
        self.forget_leg(now, id);
        self.tell(Event::Cancelled { leg: id, reason });
    }

    fn is_unacked(&self, id: LegId) -> bool {
        self.legs.get(&id).is_some_and(|leg| leg.is_alive() && !leg.unacked.is_empty())
    }

    /// Section 9.2: the To tag of both answers should be the same.
    fn respond_tagged_as(&mut self, arrival: &Arrival<'_>, invite: &ServerKey) {
        let tag = self.tag_of(invite);
        self.set_tag(&arrival.key, tag);
        self.respond_plain(arrival.now, &arrival.key, 200, "");
    }
}
