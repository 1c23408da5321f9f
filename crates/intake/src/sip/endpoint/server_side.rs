//! Requests that we receive, and the responses that they get.

use super::ids::{LegId, SubId, TextId};
use super::keys::{MergeKey, ServerKey, Timed};
use super::{Endpoint, wire};
use crate::sip::peer::Peer;
use crate::sip::transaction::{Action, Server, ServerInvite, earlier, is_due};
use crate::sip::{Message, Method};

#[derive(Debug)]
enum Machine {
    Invite(ServerInvite),
    Other(Server),
}

/// Who of ours owes the final response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owes {
    /// The endpoint, at once.
    Nobody,
    Leg(LegId),
    /// An UPDATE or re-INVITE with an offer.
    Reoffer(LegId),
    Refer(LegId),
    Subscription(SubId),
    Text(TextId),
}

/// One request of theirs.
#[derive(Debug)]
pub(super) struct ServerEntry {
    machine: Machine,
    /// The header part, while a response is owed.
    request: Option<Box<Message>>,
    reply_to: Peer,
    /// Our tag in the responses, where To has none.
    tag: String,
    merge: Option<MergeKey>,
    owes: Owes,
    /// When the endpoint answers in the user's place.
    patience_ends: Option<u64>,
}

impl ServerEntry {
    fn is_open(&self) -> bool {
        match &self.machine {
            Machine::Invite(machine) => machine.is_open(),
            Machine::Other(machine) => machine.is_open(),
        }
    }

    fn is_over(&self) -> bool {
        match &self.machine {
            Machine::Invite(machine) => machine.is_over(),
            Machine::Other(machine) => machine.is_over(),
        }
    }

    fn due(&self) -> Option<u64> {
        let due = match &self.machine {
            Machine::Invite(machine) => machine.due(),
            Machine::Other(machine) => machine.due(),
        };
        earlier(due, self.patience_ends)
    }

    pub fn is_on_flow(&self, flow: u64) -> bool {
        self.reply_to.flow == flow
    }
}

impl Endpoint {
    /// Begins the transaction of a request that is not known yet. An INVITE gets its 100 at once.
    pub(super) fn begin(&mut self, key: &ServerKey, request: &Message, from: Peer) {
        let reply_to = wire::reply_to(request, from);
        let (timers, tag) = (self.settings.timers, self.chance.tag());
        let (machine, actions) = if request.method() == Some(&Method::Invite) {
            let trying = Message::response_to(request, 100, "", None).to_bytes();
            let (machine, actions) = ServerInvite::start(timers, reply_to.transport, trying);
            (Machine::Invite(machine), actions)
        } else {
            (Machine::Other(Server::start(timers, reply_to.transport)), Vec::new())
        };
        let mut header = request.clone();
        header.body = Vec::new();
        let merge = MergeKey::of(request);
        if let Some(merge) = &merge {
            self.merged.entry(merge.clone()).or_insert_with(|| key.clone());
        }
        let (request, owes) = (Some(Box::new(header)), Owes::Nobody);
        let entry =
            ServerEntry { machine, request, reply_to, tag, merge, owes, patience_ends: None };
        self.servers.insert(key.clone(), entry);
        self.server_acts(key, actions);
    }

    /// Whether the request belongs to a transaction that is known; then it was a repeat, and has
    /// been dealt with.
    pub(super) fn absorb_repeat(&mut self, key: &ServerKey) -> bool {
        let Some(entry) = self.servers.get_mut(key) else { return false };
        let actions = match &mut entry.machine {
            Machine::Invite(machine) => machine.request(),
            Machine::Other(machine) => machine.request(),
        };
        self.server_acts(key, actions);
        true
    }

    /// Takes an ACK to its INVITE; whether it was one of a 2xx, which is the dialog's.
    pub(super) fn absorb_ack(&mut self, now: u64, key: &ServerKey) -> bool {
        let Some(entry) = self.servers.get_mut(key) else { return false };
        let Machine::Invite(machine) = &mut entry.machine else { return false };
        let actions = machine.ack(now);
        let of_dialog = actions.contains(&Action::Deliver);
        self.server_acts(key, actions);
        !of_dialog
    }

    /// Notes who owes the response, and until when; afterwards the endpoint refuses by itself.
    pub(super) fn owe(&mut self, key: &ServerKey, owes: Owes, patience_ends: Option<u64>) {
        if let Some(entry) = self.servers.get_mut(key) {
            if entry.patience_ends.is_none() && patience_ends.is_some() {
                self.waiting += 1;
            }
            entry.owes = owes;
            entry.patience_ends = patience_ends;
        }
        self.settle_server(key);
    }

    /// Whether the final response is still owed.
    pub(super) fn is_owed(&self, key: &ServerKey) -> bool {
        self.servers.get(key).is_some_and(ServerEntry::is_open)
    }

    /// Our tag in responses to this request.
    pub(super) fn tag_of(&self, key: &ServerKey) -> String {
        self.servers.get(key).map(|entry| entry.tag.clone()).unwrap_or_default()
    }

    /// Gives the responses another tag: those to a CANCEL have the INVITE's.
    pub(super) fn set_tag(&mut self, key: &ServerKey, tag: String) {
        if let Some(entry) = self.servers.get_mut(key) {
            entry.tag = tag;
        }
    }

    /// The leg that a first INVITE became, up to the end of its transaction.
    pub(super) fn leg_of(&self, key: &ServerKey) -> Option<LegId> {
        match self.servers.get(key)?.owes {
            Owes::Leg(leg) => Some(leg),
            Owes::Nobody
            | Owes::Reoffer(_)
            | Owes::Refer(_)
            | Owes::Subscription(_)
            | Owes::Text(_) => None,
        }
    }

    /// The leg that a request wants to change.
    pub(super) fn reoffered_leg(&self, key: &ServerKey) -> Option<LegId> {
        match self.servers.get(key)?.owes {
            Owes::Reoffer(leg) => Some(leg),
            Owes::Nobody
            | Owes::Leg(_)
            | Owes::Refer(_)
            | Owes::Subscription(_)
            | Owes::Text(_) => None,
        }
    }

    /// The header part of a request that is still owed a response.
    pub(super) fn asked(&self, key: &ServerKey) -> Option<&Message> {
        self.servers.get(key).and_then(|entry| entry.request.as_deref())
    }

    /// Where the responses to a request go.
    pub(super) fn reply_peer(&self, key: &ServerKey) -> Option<Peer> {
        self.servers.get(key).map(|entry| entry.reply_to)
    }

    /// A response to be filled in; `None` where none is owed any more.
    pub(super) fn draft(&self, key: &ServerKey, code: u16, reason: &str) -> Option<Message> {
        let entry = self.servers.get(key).filter(|entry| entry.is_open())?;
        let request = entry.request.as_deref()?;
        let mut response = Message::response_to(request, code, reason, Some(&entry.tag));
        if !self.settings.user_agent.is_empty() {
            response.headers.push("Server", &self.settings.user_agent);
        }
        Some(response)
    }

    /// Sends a response that is complete; returns its bytes and where they went, for those that
    /// repeat it themselves.
    pub(super) fn respond(
        &mut self,
        now: u64,
        key: &ServerKey,
        response: &Message,
    ) -> Option<(Peer, Vec<u8>)> {
        let (code, bytes) = (response.code()?, response.to_bytes());
        let entry = self.servers.get_mut(key)?;
        let to = entry.reply_to;
        let actions = match &mut entry.machine {
            Machine::Invite(machine) => machine.respond(now, code, bytes.clone()),
            Machine::Other(machine) => machine.respond(now, bytes.clone()),
        };
        if code >= 200 {
            entry.request = None;
            if entry.patience_ends.take().is_some() {
                self.waiting = self.waiting.saturating_sub(1);
            }
        }
        self.server_acts(key, actions);
        Some((to, bytes))
    }

    /// Responds without anything to fill in.
    pub(super) fn respond_plain(&mut self, now: u64, key: &ServerKey, code: u16, reason: &str) {
        if let Some(response) = self.draft(key, code, reason) {
            self.respond(now, key, &response);
        }
    }

    pub(super) fn wake_server(&mut self, now: u64, key: &ServerKey) {
        let Some(entry) = self.servers.get_mut(key) else { return };
        let actions = match &mut entry.machine {
            Machine::Invite(machine) => machine.wake(now),
            Machine::Other(machine) => machine.wake(now),
        };
        let impatient = is_due(entry.patience_ends, now).then_some(entry.owes);
        self.server_acts(key, actions);
        if let Some(owes) = impatient {
            self.answer_for_user(now, key, owes);
        }
    }

    /// The user did not answer in time. What it could still have answered it cannot any more.
    fn answer_for_user(&mut self, now: u64, key: &ServerKey, owes: Owes) {
        let refused = match owes {
            Owes::Reoffer(leg) => self.reject_reoffer(now, leg),
            Owes::Refer(leg) => self.reject_refer(now, leg),
            Owes::Subscription(sub) => self.reject_subscription(now, sub, 500, ""),
            Owes::Text(text) => self.answer_text(now, text, 500, ""),
            Owes::Leg(_) | Owes::Nobody => Ok(()),
        };
        if refused.is_err() || self.is_owed(key) {
            self.respond_plain(now, key, 500, "");
        }
    }

    /// The connection of a request is gone: its responses open a new one.
    pub(super) fn reroute_server(&mut self, key: &ServerKey) {
        let Some(entry) = self.servers.get_mut(key) else { return };
        entry.reply_to = match entry.request.as_deref() {
            Some(request) => wire::reply_elsewhere(request, entry.reply_to),
            None => entry.reply_to.without_flow(),
        };
    }

    /// Forgets a transaction after RFC 2543 whose call is over, so that the next call with the
    /// same identity is a call and no repeat.
    pub(super) fn forget_server(&mut self, key: &ServerKey) {
        self.schedule.set(&Timed::Server(key.clone()), None);
        let Some(entry) = self.servers.remove(key) else { return };
        if entry.patience_ends.is_some() {
            self.waiting = self.waiting.saturating_sub(1);
        }
        if let Some(merge) = entry.merge.filter(|merge| self.merged.get(merge) == Some(key)) {
            self.merged.remove(&merge);
        }
    }

    fn server_acts(&mut self, key: &ServerKey, actions: Vec<Action>) {
        let Some(to) = self.reply_peer(key) else { return };
        for action in actions {
            match action {
                Action::Send(bytes) => self.put(to, bytes),
                // That an ACK of a refusal never came changes nothing: the call is refused.
                Action::Deliver | Action::TimedOut | Action::Lost => {}
            }
        }
        self.settle_server(key);
    }

    fn settle_server(&mut self, key: &ServerKey) {
        let Some(entry) = self.servers.get(key) else { return };
        if entry.is_over() {
            self.forget_server(key);
        } else {
            let due = entry.due();
            self.schedule.set(&Timed::Server(key.clone()), due);
        }
    }
}
