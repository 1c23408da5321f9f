//! Session timers (RFC 4028): a call whose peer has vanished does not stay up for ever.

use super::client_side::{Owner, Reply};
use super::wire::{param_of, seconds};
use super::{EndedBy, Endpoint, LegId};
use crate::sip::transaction::is_due;
use crate::sip::{Message, Method};

/// RFC 4028 section 4: a shorter interval is none that anybody may ask for. We do not refuse such a
/// call with 422, since that would delay an emergency; we take it without a session timer, as an
/// endpoint without the extension would.
const SECONDS_MIN: u32 = 90;
/// How much earlier than the end the other side hangs up (section 10).
const MARGIN_MS_MAX: u64 = 32_000;
/// While another change is under way, a refresh waits so long.
const POSTPONED_MS: u64 = 2_000;

/// What we grant in a 2xx.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Granted {
    seconds: u32,
    we_refresh: bool,
}

/// What a request of theirs gets (sections 9 and 7.4). `we_refresh` is the role so far; a new call
/// is refreshed by us, who notice a dead peer by it.
pub(super) fn granted(request: &Message, ours: u32, we_refresh: Option<bool>) -> Option<Granted> {
    let headers = &request.headers;
    let knows = headers.lists("Supported", "timer") || headers.lists("Require", "timer");
    let asked = seconds(request, "Session-Expires");
    if asked.is_some_and(|asked| asked < SECONDS_MIN) || (asked.is_none() && !knows) {
        return None;
    }
    let least = seconds(request, "Min-SE").unwrap_or(SECONDS_MIN).max(SECONDS_MIN);
    let seconds = asked.map_or(ours.max(least), |asked| asked.min(ours.max(least)));
    let we_refresh = match refresher(request).as_deref() {
        Some("uac") if knows => false,
        Some("uas") => true,
        _ => !knows || we_refresh.unwrap_or(true),
    };
    Some(Granted { seconds, we_refresh })
}

/// What their 2xx to a request of ours says; without the header no timer runs (section 7.2).
pub(super) fn agreed(response: &Message) -> Option<Granted> {
    let seconds = seconds(response, "Session-Expires")?.max(SECONDS_MIN);
    let we_refresh = refresher(response).as_deref() != Some("uas");
    Some(Granted { seconds, we_refresh })
}

fn refresher(message: &Message) -> Option<String> {
    let value = message.headers.text("Session-Expires")?;
    param_of(&value, "refresher").map(str::to_ascii_lowercase)
}

impl Granted {
    pub fn put(self, response: &mut Message) {
        let refresher = if self.we_refresh { "uas" } else { "uac" };
        response.headers.push("Session-Expires", format!("{};refresher={refresher}", self.seconds));
        if !self.we_refresh {
            response.headers.push("Require", "timer");
        }
    }

    pub fn begin(self, now: u64) -> Session {
        let whole = u64::from(self.seconds) * 1_000;
        let margin = if self.we_refresh { 0 } else { MARGIN_MS_MAX.min(whole / 3) };
        Session {
            granted: self,
            refresh_at: self.we_refresh.then(|| now.saturating_add(whole / 2)),
            expires_at: now.saturating_add(whole - margin),
        }
    }
}

/// A running session timer.
#[derive(Debug)]
pub(super) struct Session {
    granted: Granted,
    /// When we refresh; `None` where the peer does, or while ours is under way.
    refresh_at: Option<u64>,
    expires_at: u64,
}

impl Session {
    pub fn due(&self) -> u64 {
        self.refresh_at.map_or(self.expires_at, |at| at.min(self.expires_at))
    }

    pub fn we_refresh(&self) -> bool {
        self.granted.we_refresh
    }

    /// A refresh that failed is tried again when half of what is left is over.
    fn try_again(&mut self, now: u64) {
        if self.granted.we_refresh {
            let left = self.expires_at.saturating_sub(now);
            self.refresh_at = Some(now.saturating_add((left / 2).max(POSTPONED_MS)));
        }
    }
}

impl Endpoint {
    /// What a request of ours within a call says of the session timer.
    pub(super) fn put_session(&self, id: LegId, request: &mut Message) {
        let session = self.legs.get(&id).and_then(|leg| leg.session.as_ref());
        let value = match session {
            Some(session) => {
                let refresher = if session.granted.we_refresh { "uac" } else { "uas" };
                format!("{};refresher={refresher}", session.granted.seconds)
            }
            None => return,
        };
        request.headers.push("Session-Expires", value);
        request.headers.push("Min-SE", self.settings.session_seconds_min.to_string());
    }

    pub(super) fn wake_session(&mut self, now: u64, id: LegId) {
        let Some(session) = self.legs.get(&id).and_then(|leg| leg.session.as_ref()) else { return };
        if is_due(Some(session.expires_at), now) {
            self.lose_peer(now, id, EndedBy::SessionExpired);
        } else if is_due(session.refresh_at, now) {
            self.refresh(now, id);
        }
    }

    /// By UPDATE where the peer takes it, else by a re-INVITE that repeats our description.
    fn refresh(&mut self, now: u64, id: LegId) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let busy = leg.ours.is_some() || leg.theirs.is_some() || !leg.unacked.is_empty();
        let by_update = leg.takes_update || leg.sdp.is_empty();
        let Some(session) = leg.session.as_mut() else { return };
        if busy {
            session.refresh_at = Some(now.saturating_add(POSTPONED_MS));
            return;
        }
        session.refresh_at = None;
        if !by_update {
            return self.refresh_by_invite(now, id);
        }
        let Some((mut request, to)) = self.request_in(id, Method::Update) else { return };
        self.put_capabilities(&mut request, to.transport);
        self.put_session(id, &mut request);
        self.send(now, request, to, Owner::Update(id));
    }

    pub(super) fn update_replied(&mut self, now: u64, id: LegId, reply: Reply<'_>) {
        if reply.code < 200 {
            return;
        }
        self.refreshed(now, id, reply);
        self.settle_leg(id);
    }

    /// What the answer to a refresh means for the session.
    pub(super) fn refreshed(&mut self, now: u64, id: LegId, reply: Reply<'_>) {
        let Some(leg) = self.legs.get_mut(&id).filter(|leg| leg.is_alive()) else { return };
        match reply.code {
            200..300 => {
                leg.session = reply.message.and_then(agreed).map(|agreed| agreed.begin(now));
                if let Some(message) = reply.message {
                    leg.dialog.retarget(message);
                }
            }
            481 => self.lose_peer(now, id, EndedBy::SessionExpired),
            405 | 501 if leg.takes_update => {
                leg.takes_update = false;
                self.refresh(now, id);
            }
            // 408 too: a network that is gone for a minute ends no emergency call; the end of the
            // interval does.
            _ => {
                if let Some(session) = leg.session.as_mut() {
                    session.try_again(now);
                }
            }
        }
    }
}
