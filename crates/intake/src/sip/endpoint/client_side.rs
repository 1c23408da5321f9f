//! Requests that we send, and what becomes of them.

use super::ids::{LegId, SubId, TextId};
use super::keys::{ClientKey, Timed};
use super::{Endpoint, Output};
use crate::sip::dialog;
use crate::sip::peer::Peer;
use crate::sip::transaction::{Action, Client, ClientInvite};
use crate::sip::{Message, Method, StartLine};

/// On whose behalf a request was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Call(LegId),
    Reinvite(LegId),
    Update(LegId),
    Bye(LegId),
    Prack(LegId),
    Refer(LegId),
    ReferNotify(LegId),
    Notify(SubId),
    Subscribe(SubId),
    Text(TextId),
    /// CANCEL, and the BYE of a fork that nobody wanted: whatever is answered, nothing follows.
    Nobody,
}

/// One answer, or that there is none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reply<'a> {
    /// 408 where nothing came, 503 where the connection broke (RFC 3261 section 8.1.3.1).
    pub code: u16,
    /// `None` where nothing came.
    pub message: Option<&'a Message>,
}

impl Reply<'_> {
    /// The reason phrase.
    pub fn reason(&self) -> String {
        match self.message.map(|message| &message.start) {
            Some(StartLine::Response { reason, .. }) => reason.clone(),
            Some(StartLine::Request { .. }) | None => crate::sip::reason_of(self.code).to_owned(),
        }
    }
}

#[derive(Debug)]
enum Machine {
    Invite(ClientInvite),
    Other(Client),
}

/// One request of ours.
#[derive(Debug)]
pub(super) struct ClientEntry {
    machine: Machine,
    owner: Owner,
    to: Peer,
    /// The header part, of an INVITE only: its ACK and CANCEL are made of it.
    invite: Option<Box<Message>>,
    /// ACKs of 2xx that were sent, by the tag of the fork.
    acked: Vec<(String, Vec<u8>, Peer)>,
}

impl ClientEntry {
    fn due(&self) -> Option<u64> {
        match &self.machine {
            Machine::Invite(machine) => machine.due(),
            Machine::Other(machine) => machine.due(),
        }
    }

    fn is_over(&self) -> bool {
        match &self.machine {
            Machine::Invite(machine) => machine.is_over(),
            Machine::Other(machine) => machine.is_over(),
        }
    }

    pub fn is_on_flow(&self, flow: u64) -> bool {
        self.to.flow == flow
    }

    /// Whether it was sent where no connection could be opened.
    pub fn waits_for(&self, peer: &Peer) -> bool {
        self.to.without_flow() == peer.without_flow() && self.to.flow == 0
    }

    fn response(&mut self, now: u64, code: u16, response: &Message) -> Vec<Action> {
        let invite = self.invite.as_deref();
        match &mut self.machine {
            Machine::Invite(machine) => machine.response(now, code, || {
                let to = response.headers.get("To");
                invite
                    .map(|invite| dialog::of_invite(invite, Method::Ack, to).to_bytes())
                    .unwrap_or_default()
            }),
            Machine::Other(machine) => machine.response(now, code),
        }
    }
}

impl Endpoint {
    /// Sends a request in a transaction of its own. Via, Max-Forwards and User-Agent are put in.
    pub(super) fn send(
        &mut self,
        now: u64,
        mut request: Message,
        to: Peer,
        owner: Owner,
    ) -> ClientKey {
        let via = self.new_via(to.transport);
        request.headers.push_front("Via", via);
        self.finish(&mut request);
        let key = ClientKey::of(&request);
        let (timers, bytes) = (self.settings.timers, request.to_bytes());
        let is_invite = request.method() == Some(&Method::Invite);
        let (machine, actions) = if is_invite {
            let (machine, actions) = ClientInvite::start(now, timers, to.transport, bytes);
            (Machine::Invite(machine), actions)
        } else {
            let (machine, actions) = Client::start(now, timers, to.transport, bytes);
            (Machine::Other(machine), actions)
        };
        request.body = Vec::new();
        let invite = is_invite.then(|| Box::new(request));
        let entry = ClientEntry { machine, owner, to, invite, acked: Vec::new() };
        self.clients.insert(key.clone(), entry);
        self.client_acts(now, &key, actions, None);
        key
    }

    fn finish(&self, request: &mut Message) {
        if request.headers.get("Max-Forwards").is_none() {
            request.headers.push("Max-Forwards", "70");
        }
        if !self.settings.user_agent.is_empty() {
            request.headers.push("User-Agent", &self.settings.user_agent);
        }
    }

    /// Sends an ACK, which has no transaction.
    pub(super) fn send_ack(&mut self, key: &ClientKey, tag: String, mut ack: Message, to: Peer) {
        let via = self.new_via(to.transport);
        ack.headers.push_front("Via", via);
        self.finish(&mut ack);
        let bytes = ack.to_bytes();
        self.put(to, bytes.clone());
        if let Some(entry) = self.clients.get_mut(key) {
            entry.acked.push((tag, bytes, to));
        }
    }

    /// Cancels an INVITE of ours, on the way that it took (RFC 3261 section 9.1).
    pub(super) fn send_cancel(&mut self, now: u64, key: &ClientKey) {
        let Some(entry) = self.clients.get(key) else { return };
        let Some(invite) = entry.invite.as_deref() else { return };
        let (cancel, to) = (dialog::of_invite(invite, Method::Cancel, None), entry.to);
        let (timers, key) = (self.settings.timers, ClientKey::of(&cancel));
        let (machine, actions) = Client::start(now, timers, to.transport, cancel.to_bytes());
        let (machine, owner) = (Machine::Other(machine), Owner::Nobody);
        let entry = ClientEntry { machine, owner, to, invite: None, acked: Vec::new() };
        self.clients.insert(key.clone(), entry);
        self.client_acts(now, &key, actions, None);
    }

    /// Whether an INVITE of ours may be cancelled: some answer came, and not the last.
    pub(super) fn may_cancel(&self, key: &ClientKey) -> bool {
        match self.clients.get(key).map(|entry| &entry.machine) {
            Some(Machine::Invite(machine)) => machine.is_proceeding(),
            Some(Machine::Other(_)) | None => false,
        }
    }

    /// Where a request of ours went.
    pub(super) fn sent_to(&self, key: &ClientKey) -> Option<Peer> {
        self.clients.get(key).map(|entry| entry.to)
    }

    /// The header part of an INVITE of ours.
    pub(super) fn sent_invite(&self, key: &ClientKey) -> Option<&Message> {
        self.clients.get(key).and_then(|entry| entry.invite.as_deref())
    }

    /// Takes a response to the transaction that it belongs to. One that belongs to none is a
    /// straggler, and is left alone (RFC 3261 section 18.1.2).
    pub(super) fn on_response(&mut self, now: u64, from: Peer, response: &Message) {
        let (key, Some(code)) = (ClientKey::of(response), response.code()) else { return };
        let Some(entry) = self.clients.get_mut(&key) else { return };
        if from.transport.is_reliable() {
            // The driver has opened a connection meanwhile; what follows goes on it.
            entry.to.flow = from.flow;
        }
        let owner = entry.owner;
        let actions = entry.response(now, code, response);
        self.keep_connection(owner, from);
        let reply = Reply { code, message: Some(response) };
        self.client_acts(now, &key, actions, Some(reply));
    }

    /// What follows in the same dialog goes on the connection that an answer came on.
    fn keep_connection(&mut self, owner: Owner, from: Peer) {
        if !from.transport.is_reliable() {
            return;
        }
        let hop = match owner {
            Owner::Call(leg)
            | Owner::Reinvite(leg)
            | Owner::Update(leg)
            | Owner::Bye(leg)
            | Owner::Prack(leg)
            | Owner::Refer(leg)
            | Owner::ReferNotify(leg) => self.legs.get_mut(&leg).map(|leg| &mut leg.hop),
            Owner::Notify(sub) => self.notifiers.get_mut(&sub).map(|notifier| &mut notifier.hop),
            Owner::Subscribe(sub) => {
                self.subscribers.get_mut(&sub).map(|subscriber| &mut subscriber.hop)
            }
            Owner::Text(_) | Owner::Nobody => None,
        };
        if let Some(hop) = hop {
            *hop = from;
        }
    }

    pub(super) fn wake_client(&mut self, now: u64, key: &ClientKey) {
        let Some(entry) = self.clients.get_mut(key) else { return };
        let actions = match &mut entry.machine {
            Machine::Invite(machine) => machine.wake(now),
            Machine::Other(machine) => machine.wake(now),
        };
        self.client_acts(now, key, actions, None);
    }

    pub(super) fn lose_client(&mut self, now: u64, key: &ClientKey) {
        let Some(entry) = self.clients.get_mut(key) else { return };
        let actions = match &mut entry.machine {
            Machine::Invite(machine) => machine.lost(),
            Machine::Other(machine) => machine.lost(),
        };
        self.client_acts(now, key, actions, None);
    }

    /// Forgets an INVITE of ours that was cancelled and never answered (section 9.1).
    pub(super) fn forget_client(&mut self, key: &ClientKey) {
        self.clients.remove(key);
        self.schedule.set(&Timed::Client(key.clone()), None);
    }

    fn client_acts(
        &mut self,
        now: u64,
        key: &ClientKey,
        actions: Vec<Action>,
        reply: Option<Reply<'_>>,
    ) {
        let Some(entry) = self.clients.get(key) else { return };
        let (to, owner) = (entry.to, entry.owner);
        let mut replies = Vec::new();
        for action in actions {
            match action {
                Action::Send(bytes) => self.put(to, bytes),
                Action::Deliver => replies.extend(reply),
                Action::TimedOut => replies.push(Reply { code: 408, message: None }),
                Action::Lost => replies.push(Reply { code: 503, message: None }),
            }
        }
        for reply in replies {
            if !self.acknowledge_again(key, reply) {
                self.replied(now, key, owner, reply);
            }
        }
        self.settle_client(key);
    }

    /// A 2xx that comes again gets its ACK again and goes no further.
    fn acknowledge_again(&mut self, key: &ClientKey, reply: Reply<'_>) -> bool {
        let Some(response) = reply.message.filter(|_| (200..300).contains(&reply.code)) else {
            return false;
        };
        let tag = response.to_tag().unwrap_or_default();
        let acked = self.clients.get(key).and_then(|entry| {
            entry.acked.iter().find(|(other, ..)| *other == tag).map(|(_, ack, to)| (ack, *to))
        });
        let Some((bytes, to)) = acked.map(|(ack, to)| (ack.clone(), to)) else { return false };
        self.put(to, bytes);
        true
    }

    fn settle_client(&mut self, key: &ClientKey) {
        let Some(entry) = self.clients.get(key) else { return };
        let timed = Timed::Client(key.clone());
        if entry.is_over() {
            self.clients.remove(key);
            self.schedule.set(&timed, None);
        } else {
            let due = entry.due();
            self.schedule.set(&timed, due);
        }
    }

    fn replied(&mut self, now: u64, key: &ClientKey, owner: Owner, reply: Reply<'_>) {
        match owner {
            Owner::Call(leg) => self.call_replied(now, leg, key, reply),
            Owner::Reinvite(leg) => self.reinvite_replied(now, leg, key, reply),
            Owner::Update(leg) => self.update_replied(now, leg, reply),
            Owner::Bye(leg) => self.bye_replied(now, leg, reply),
            Owner::Prack(_) | Owner::Nobody => {}
            Owner::Refer(leg) => self.refer_replied(now, leg, reply),
            Owner::ReferNotify(leg) => self.refer_notify_replied(leg, reply),
            Owner::Notify(sub) => self.notify_replied(now, sub, reply),
            Owner::Subscribe(sub) => self.subscribe_replied(now, sub, reply),
            Owner::Text(text) => self.text_replied(text, reply),
        }
    }

    pub(super) fn put(&mut self, to: Peer, bytes: Vec<u8>) {
        self.outputs.push_back(Output::Send { to, bytes });
    }
}
