//! Where a message that came in goes.

use super::keys::{MergeKey, ServerKey, Usage};
use super::wire::{self, ACCEPT, ALLOW, SUPPORTED};
use super::{Endpoint, Event, LegId, TurnedAway};
use crate::sip::dialog::DialogKey;
use crate::sip::peer::Peer;
use crate::sip::{Defect, Framing, Message, Method, Unreadable, parse};

/// A request on its way to whom it concerns.
pub(super) struct Arrival<'a> {
    pub now: u64,
    pub key: ServerKey,
    pub from: Peer,
    pub request: Message,
    /// The bytes as they came.
    pub raw: &'a [u8],
}

impl Endpoint {
    /// Takes one datagram, or one message of a stream.
    pub fn receive(&mut self, now: u64, from: &Peer, bytes: &[u8]) {
        let framing =
            if from.transport.is_reliable() { Framing::Stream } else { Framing::Datagram };
        match parse(bytes, framing) {
            Ok(message) if message.code().is_some() => self.on_response(now, *from, &message),
            Ok(request) => self.on_request(now, *from, request, bytes),
            Err(unreadable) => self.on_unreadable(now, *from, unreadable, bytes),
        }
    }

    /// Refuses what cannot be read, where it can be told to whom to answer. It gets a transaction
    /// all the same, so that its repeats get the same answer and its ACK is absorbed.
    fn on_unreadable(&mut self, now: u64, from: Peer, unreadable: Unreadable, raw: &[u8]) {
        let Unreadable { why, code, reply_to } = unreadable;
        let answerable =
            reply_to.filter(|request| request.method().is_some_and(|own| *own != Method::Ack));
        let Some(mut request) = answerable else {
            return self.drop_bytes(from, why, raw);
        };
        request.stamp_via(&from.addr.ip().to_string(), from.addr.port());
        let key = ServerKey::of(&request);
        if self.absorb_repeat(&key) {
            return;
        }
        self.begin(&key, &request, from);
        if request.method() == Some(&Method::Invite) {
            let arrival = Arrival { now, key, from, request: *request, raw };
            self.turn_away(&arrival, code, TurnedAway::Unreadable);
        } else {
            self.respond_plain(now, &key, code, "");
            self.drop_bytes(from, why, raw);
        }
    }

    fn drop_bytes(&mut self, from: Peer, why: Defect, raw: &[u8]) {
        self.tell(Event::Dropped { from, why, bytes_len: raw.len() });
    }

    fn on_request(&mut self, now: u64, from: Peer, mut request: Message, raw: &[u8]) {
        request.stamp_via(&from.addr.ip().to_string(), from.addr.port());
        let key = ServerKey::of(&request);
        if request.method() == Some(&Method::Ack) {
            if !self.absorb_ack(now, &key) {
                self.on_ack(now, &request);
            }
            return;
        }
        if self.is_next_call(&key, &request) {
            self.forget_server(&key);
        }
        if self.absorb_repeat(&key) {
            return;
        }
        if self.servers.len() >= self.settings.transactions_max && request.to_tag().is_none() {
            return self.refuse_statelessly(from, &request, raw);
        }
        let merged = MergeKey::of(&request).is_some_and(|merge| self.merged.contains_key(&merge));
        self.begin(&key, &request, from);
        let arrival = Arrival { now, key, from, request, raw };
        if arrival.request.method() == Some(&Method::Cancel) {
            self.on_cancel(&arrival);
        } else if merged {
            // Section 8.2.2.2: a fork sent it twice, and the other one is being answered.
            self.turn_away(&arrival, 482, TurnedAway::Merged);
        } else if !self.refuse_extension(&arrival) {
            self.hand_over(arrival);
        }
    }

    /// RFC 3261 section 8.2.7. Repeats of it are refused and told anew.
    fn refuse_statelessly(&mut self, from: Peer, request: &Message, raw: &[u8]) {
        let tag = self.chance.tag();
        let response = Message::response_to(request, 503, "", Some(&tag));
        self.put(wire::reply_to(request, from), response.to_bytes());
        if request.method() == Some(&Method::Invite) {
            let (raw, why) = (raw.to_vec(), TurnedAway::Full);
            self.tell(Event::TurnedAway { code: 503, why, raw, from });
        }
    }

    /// Whether an INVITE is a new call although it looks like a repeat: without unique branches and
    /// with the same Call-ID each time, as conformance suites send them, only the end of the
    /// earlier call tells them apart. Rather a call too many than one too few.
    fn is_next_call(&self, key: &ServerKey, request: &Message) -> bool {
        key.is_after_rfc_2543()
            && request.method() == Some(&Method::Invite)
            && !self.is_owed(key)
            && self.leg_of(key).is_some_and(|leg| !self.legs.contains_key(&leg))
    }

    /// 420 to what demands an extension that we lack (section 8.2.2.3). More liberal than the RFC:
    /// requests that a call lives by are taken all the same, with the defect on record.
    fn refuse_extension(&mut self, arrival: &Arrival<'_>) -> bool {
        let request = &arrival.request;
        let of_call = request.method().is_some_and(Method::is_of_a_call);
        let lacking = lacking(request);
        if of_call || lacking.is_empty() {
            return false;
        }
        if let Some(mut response) = self.draft(&arrival.key, 420, "") {
            response.headers.push("Unsupported", lacking);
            self.respond(arrival.now, &arrival.key, &response);
        }
        true
    }

    fn hand_over(&mut self, mut arrival: Arrival<'_>) {
        let key = DialogKey::of_request(&arrival.request);
        if key.local_tag.is_empty() {
            return self.outside_dialog(arrival);
        }
        let usage = self.dialogs.get(&key).or_else(|| self.dialogs.get(&key.without_remote()));
        match usage.copied() {
            Some(Usage::Leg(leg)) => self.in_leg(leg, &mut arrival),
            Some(Usage::Notifier(sub)) => self.in_notifier(sub, &arrival),
            Some(Usage::Subscriber(sub)) => self.in_subscriber(sub, &arrival),
            None => self.without_dialog(&arrival),
        }
    }

    fn outside_dialog(&mut self, arrival: Arrival<'_>) {
        let (now, key) = (arrival.now, arrival.key.clone());
        match arrival.request.method() {
            Some(Method::Invite) => self.invite_arrived(arrival),
            Some(Method::Options) => self.describe(&arrival),
            Some(Method::Message) => self.text_arrived(None, &arrival),
            Some(Method::Subscribe) => self.subscribe_arrived(arrival),
            // A REFER that belongs to no call would have us call strangers.
            Some(Method::Refer) => self.respond_plain(now, &key, 603, ""),
            Some(
                Method::Bye
                | Method::Prack
                | Method::Update
                | Method::Info
                | Method::Notify
                | Method::Cancel
                | Method::Ack,
            ) => self.respond_plain(now, &key, 481, ""),
            Some(Method::Register | Method::Publish) => self.refuse_method(&arrival, 405),
            Some(Method::Other(_)) | None => self.refuse_method(&arrival, 501),
        }
    }

    fn without_dialog(&mut self, arrival: &Arrival<'_>) {
        match arrival.request.method() {
            // Section 12.2.2. Our own restart forgets dialogs; the caller's 481 makes it redial.
            Some(Method::Invite) => self.turn_away(arrival, 481, TurnedAway::NoDialog),
            Some(Method::Options) => self.describe(arrival),
            _ => self.respond_plain(arrival.now, &arrival.key, 481, ""),
        }
    }

    fn in_leg(&mut self, id: LegId, arrival: &mut Arrival<'_>) {
        let (now, key, request) = (arrival.now, &arrival.key, &arrival.request);
        let seq = request.cseq().map_or(0, |(number, _)| number);
        let Some(leg) = self.legs.get_mut(&id) else { return };
        if !leg.dialog.take_seq(seq) {
            // Section 12.2.2: it overtook, or was overtaken.
            return self.respond_plain(now, key, 500, "Out of order");
        }
        leg.hop = arrival.from;
        let alive = leg.is_alive();
        match request.method() {
            Some(Method::Bye) => self.bye_arrived(id, arrival),
            Some(Method::Options) => self.describe(arrival),
            Some(Method::Notify) => self.refer_told(id, arrival),
            _ if !alive => self.respond_plain(now, key, 481, ""),
            Some(Method::Invite) => self.reinvite_arrived(id, arrival),
            Some(Method::Update) => self.update_arrived(id, arrival),
            Some(Method::Prack) => self.prack_arrived(id, arrival),
            Some(Method::Info) => self.info_arrived(id, arrival),
            Some(Method::Refer) => self.refer_arrived(id, arrival),
            Some(Method::Message) => self.text_arrived(Some(id), arrival),
            // RFC 5057 advises against a subscription in a call's dialog.
            Some(Method::Subscribe) => self.respond_plain(now, key, 403, "Subscribe outside calls"),
            Some(Method::Register | Method::Publish) => self.refuse_method(arrival, 405),
            Some(Method::Cancel | Method::Ack | Method::Other(_)) | None => {
                self.refuse_method(arrival, 501);
            }
        }
    }

    fn info_arrived(&mut self, leg: LegId, arrival: &Arrival<'_>) {
        self.respond_plain(arrival.now, &arrival.key, 200, "");
        self.tell(Event::InfoArrived { leg, message: Box::new(arrival.request.clone()) });
    }

    /// OPTIONS: what an INVITE would find here (section 11.2).
    fn describe(&mut self, arrival: &Arrival<'_>) {
        let Some(mut response) = self.draft(&arrival.key, 200, "") else { return };
        response.headers.push("Contact", self.contact(arrival.from.transport));
        response.headers.push("Allow", ALLOW);
        response.headers.push("Accept", ACCEPT);
        response.headers.push("Accept-Encoding", "identity");
        response.headers.push("Supported", SUPPORTED);
        self.respond(arrival.now, &arrival.key, &response);
    }

    fn refuse_method(&mut self, arrival: &Arrival<'_>, code: u16) {
        if let Some(mut response) = self.draft(&arrival.key, code, "") {
            response.headers.push("Allow", ALLOW);
            self.respond(arrival.now, &arrival.key, &response);
        }
    }

    /// The one final response to an INVITE that will be no leg, and its one event.
    pub(super) fn turn_away(&mut self, arrival: &Arrival<'_>, code: u16, why: TurnedAway) {
        self.respond_plain(arrival.now, &arrival.key, code, "");
        if arrival.request.method() == Some(&Method::Invite) {
            let (raw, from) = (arrival.raw.to_vec(), arrival.from);
            self.tell(Event::TurnedAway { code, why, raw, from });
        }
    }
}

/// The extensions that a request demands and we lack, as a list.
pub(super) fn lacking(request: &Message) -> String {
    let has = |option: &&[u8]| {
        SUPPORTED.split(", ").any(|own| option.eq_ignore_ascii_case(own.as_bytes()))
    };
    let demanded = request.headers.list("Require").into_iter().filter(|option| !has(option));
    let demanded: Vec<String> =
        demanded.map(|option| String::from_utf8_lossy(option).into_owned()).collect();
    demanded.join(", ")
}
