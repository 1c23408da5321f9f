//! One caller: a SIP telephone that calls, waits, speaks, hangs up, calls again, and rings when it
//! is called back.

use super::plan::{Attempt, Body, Oddity, Plan, WhenRung};
use super::servers::pidf;
use crate::rng::Rng;
use intake::sip::{
    Contacts, Endpoint, Event, LegId, NewCall, Order, Output, Peer, Settings, Transport, Uri,
};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

/// Where the centre is.
pub(super) const CENTER: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 5060);

const ANSWER: &str = "v=0\r\no=- 2 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\n\
                      m=audio 40000 RTP/AVP 0\r\n";

/// How long a telephone rings that nobody takes.
const RINGS_MS_MAX: u64 = 180_000;

/// What a caller is going to do.
#[derive(Clone, Debug)]
enum Wish {
    Call(Attempt),
    /// Nobody answered yet, and patience is over.
    GiveUp(LegId),
    Order(Order),
    Break,
}

/// One telephone and whoever holds it.
pub(super) struct Caller {
    pub addr: SocketAddr,
    /// The number of its connection; 0 for datagrams.
    pub flow: u64,
    plan: Plan,
    endpoint: Endpoint,
    rng: Rng,
    wishes: BTreeMap<(u64, u64), Wish>,
    /// Calls that are not answered yet, and how they go on.
    waiting: BTreeMap<LegId, Attempt>,
    count: u64,
}

/// What a caller does to the world.
#[derive(Clone, Debug)]
pub(super) enum Deed {
    Send(Vec<u8>),
    /// The connection breaks.
    Break,
}

impl Caller {
    pub fn new(seed: u64, index: usize, plan: Plan) -> Self {
        let name = format!("telephone/caller/{index}");
        let addr = SocketAddr::from((Ipv4Addr::new(192, 0, 2, 10), 6_000 + index as u16));
        let host = addr.to_string();
        let contacts = Contacts { udp: host.clone(), tcp: host.clone(), tls: host };
        let settings = Settings { contacts, ..Settings::default() };
        let mut wishes = BTreeMap::new();
        for (number, attempt) in plan.attempts.iter().enumerate() {
            wishes.insert((attempt.at, number as u64), Wish::Call(*attempt));
        }
        let count = plan.attempts.len() as u64;
        if let Oddity::Breaks(at) = plan.oddity {
            wishes.insert((at, count), Wish::Break);
        }
        Self {
            addr,
            flow: if plan.transport.is_reliable() { 1 + index as u64 } else { 0 },
            endpoint: Endpoint::new(settings, chance(seed, &format!("{name}/endpoint"))),
            rng: Rng::named(seed, &name),
            plan,
            wishes,
            waiting: BTreeMap::new(),
            count: count + 1,
        }
    }

    /// How its messages travel.
    pub fn transport(&self) -> Transport {
        self.plan.transport
    }

    /// Whether it still has a line, or is going to.
    pub fn is_done(&self) -> bool {
        self.wishes.is_empty() && self.endpoint.legs_len() == 0
    }

    /// When it does something next.
    pub fn next_at(&self) -> Option<u64> {
        let wish = self.wishes.keys().map(|(at, _)| *at).next();
        wish.into_iter().chain(self.endpoint.next_timer()).min()
    }

    /// Whether what it sends and what is sent to it gets lost.
    pub fn is_silent(&self, now: u64) -> bool {
        matches!(self.plan.oddity, Oddity::FallsSilent(at) if at <= now)
    }

    /// Whether this message of it gets lost.
    pub fn swallows(&self, bytes: &[u8]) -> bool {
        self.plan.oddity == Oddity::NeverAcknowledges && bytes.starts_with(b"ACK ")
    }

    /// A message arrives.
    pub fn receive(&mut self, now: u64, bytes: &[u8]) -> Vec<Deed> {
        let center = self.center();
        self.endpoint.receive(now, &center, bytes);
        self.drain(now)
    }

    /// Its connection broke; it has another from now on.
    pub fn reconnect(&mut self, now: u64, flow: u64) -> Vec<Deed> {
        let before = std::mem::replace(&mut self.flow, flow);
        self.endpoint.connection_lost(now, before);
        self.drain(now)
    }

    /// Does what is due.
    pub fn act(&mut self, now: u64) -> Vec<Deed> {
        let mut deeds = Vec::new();
        while let Some(first) = self.wishes.first_entry().filter(|wish| wish.key().0 <= now) {
            match first.remove() {
                Wish::Call(attempt) => self.call(now, attempt),
                Wish::GiveUp(leg) if self.waiting.remove(&leg).is_some() => {
                    self.order(now, Order::Hangup { leg, reason: None });
                }
                Wish::GiveUp(_) => {}
                Wish::Order(order) => self.order(now, order),
                Wish::Break => deeds.push(Deed::Break),
            }
        }
        self.endpoint.wake(now);
        deeds.extend(self.drain(now));
        deeds
    }

    fn center(&self) -> Peer {
        Peer { transport: self.plan.transport, addr: CENTER, flow: self.flow }
    }

    fn wish(&mut self, at: u64, wish: Wish) {
        self.count += 1;
        self.wishes.insert((at, self.count), wish);
    }

    /// What crossed with the other side's wish does not fit any more, which is no fault.
    fn order(&mut self, now: u64, order: Order) {
        let _crossed = self.endpoint.order(now, order);
    }

    fn call(&mut self, now: u64, attempt: Attempt) {
        let leg = self.endpoint.new_leg();
        let (content_type, body, headers) = self.body();
        let call = NewCall {
            leg,
            target: Uri::new(self.plan.target),
            to: String::new(),
            from: format!("<sip:{}@{}>", self.plan.number, self.addr),
            via: self.center(),
            headers,
            content_type,
            body,
        };
        self.waiting.insert(leg, attempt);
        self.wish(now + attempt.patience_ms, Wish::GiveUp(leg));
        self.order(now, Order::Call(Box::new(call)));
    }

    fn body(&mut self) -> (String, Vec<u8>, Vec<(String, String)>) {
        let offer = "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\n\
                     m=audio 40000 RTP/AVP 0 8\r\n";
        let geolocation = |value: &str| vec![("Geolocation".to_owned(), value.to_owned())];
        let sdp = "application/sdp".to_owned();
        match self.plan.body {
            Body::Nothing => (String::new(), Vec::new(), Vec::new()),
            Body::Offer => (sdp, offer.into(), Vec::new()),
            Body::OfferAndReference => (sdp, offer.into(), geolocation("<https://held.example/a>")),
            Body::OfferAndPlace => {
                let place = pidf(&mut self.rng);
                let body = format!(
                    "--b\r\nContent-Type: application/sdp\r\n\r\n{offer}\r\n--b\r\n\
                     Content-Type: application/pidf+xml\r\nContent-ID: <p@192.0.2.10>\r\n\r\n\
                     {place}\r\n--b--\r\n"
                );
                let content_type = "multipart/mixed;boundary=b".to_owned();
                (content_type, body.into_bytes(), geolocation("<cid:p@192.0.2.10>"))
            }
        }
    }

    fn drain(&mut self, now: u64) -> Vec<Deed> {
        let mut deeds = Vec::new();
        while let Some(output) = self.endpoint.poll() {
            match output {
                Output::Send { bytes, .. } => deeds.push(Deed::Send(bytes)),
                Output::Event(event) => self.happened(now, &event),
            }
        }
        deeds
    }

    fn happened(&mut self, now: u64, event: &Event) {
        match event {
            Event::Incoming { leg, .. } => self.rung(now, *leg),
            Event::Accepted { leg, .. } => {
                let speech_ms = self.waiting.remove(leg).and_then(|attempt| attempt.speech_ms);
                if let Some(speech_ms) = speech_ms {
                    let hangup = Order::Hangup { leg: *leg, reason: None };
                    self.wish(now + speech_ms, Wish::Order(hangup));
                }
            }
            Event::Failed { leg, .. } | Event::Ended { leg, .. } => {
                self.waiting.remove(leg);
            }
            Event::Reoffered { leg, .. } => {
                let answer = Order::AnswerReoffer { leg: *leg, sdp: ANSWER.into() };
                self.wish(now + 20, Wish::Order(answer));
            }
            // Nothing else moves a caller.
            _ => {}
        }
    }

    /// The centre calls.
    fn rung(&mut self, now: u64, leg: LegId) {
        self.wish(now + 50, Wish::Order(Order::Ring { leg }));
        let at = now + 500 + self.rng.below(15_000);
        match self.plan.when_rung {
            WhenRung::Answers => {
                let (sdp, headers) = (ANSWER.into(), Vec::new());
                self.wish(at, Wish::Order(Order::Answer { leg, sdp, headers }));
                if let Some(speech_ms) = speech_ms(&self.plan) {
                    let hangup = Order::Hangup { leg, reason: None };
                    self.wish(at + speech_ms, Wish::Order(hangup));
                }
            }
            WhenRung::Busy => {
                let (reason, headers) = (String::new(), Vec::new());
                let busy = Order::Reject { leg, code: 486, reason, headers };
                self.wish(at, Wish::Order(busy));
            }
            // A telephone stops ringing by itself, whatever became of the other side.
            WhenRung::Ignores => {
                let (reason, headers) = (String::new(), Vec::new());
                let nobody = Order::Reject { leg, code: 480, reason, headers };
                self.wish(now + RINGS_MS_MAX, Wish::Order(nobody));
            }
        }
    }
}

fn speech_ms(plan: &Plan) -> Option<u64> {
    plan.attempts.last().and_then(|attempt| attempt.speech_ms)
}

/// Chance for an endpoint.
pub(super) fn chance(seed: u64, name: &str) -> intake::sip::Source {
    let mut rng = Rng::named(seed, name);
    Box::new(move |bytes: &mut [u8]| {
        for chunk in bytes.chunks_mut(32) {
            chunk.iter_mut().zip(rng.bytes()).for_each(|(byte, drawn)| *byte = drawn);
        }
    })
}
