//! One endpoint, and messages written by hand.

use evenhand_intake::sip::{
    Endpoint, Event, Framing, LegId, Message, Order, Output, Peer, Transport, parse,
};

use super::world::{CENTRE, Dice, answer, settings};

pub struct Lone {
    pub end: Endpoint,
    pub now: u64,
    pub from: Peer,
    pub events: Vec<Event>,
    pub sent: Vec<(Peer, Message)>,
}

/// An INVITE from `192.0.2.9:5070` whose top Via and further lines are given.
pub fn invite(via: &str, more: &str) -> String {
    request("INVITE", "1 INVITE", "", via, more)
}

/// A request of the same call. `tag` is the centre's, or empty.
pub fn request(method: &str, cseq: &str, tag: &str, via: &str, more: &str) -> String {
    let tag = if tag.is_empty() { String::new() } else { format!(";tag={tag}") };
    format!(
        "{method} urn:service:sos SIP/2.0\r\nVia: {via}\r\nMax-Forwards: 70\r\n\
         From: <sip:caller@192.0.2.9>;tag=caller\r\nTo: <urn:service:sos>{tag}\r\n\
         Call-ID: call@192.0.2.9\r\nCSeq: {cseq}\r\n\
         Contact: <sip:caller@192.0.2.9:5070>\r\n{more}Content-Length: 0\r\n\r\n"
    )
}

pub const VIA: &str = "SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKa";

impl Lone {
    pub fn new() -> Self {
        let end = Endpoint::new(settings(CENTRE), Dice(7).source());
        let addr = "192.0.2.9:5070".parse().expect("an address");
        let from = Peer { transport: Transport::Udp, addr, flow: 0 };
        Self { end, now: 1_000, from, events: Vec::new(), sent: Vec::new() }
    }

    pub fn hear(&mut self, text: &str) {
        self.hear_bytes(text.as_bytes());
    }

    pub fn hear_bytes(&mut self, bytes: &[u8]) {
        self.end.receive(self.now, &self.from, bytes);
        self.drain();
    }

    pub fn order(&mut self, order: Order) {
        self.end.order(self.now, order).expect("the order fits");
        self.drain();
    }

    pub fn pass(&mut self, pause: u64) {
        let until = self.now + pause;
        while let Some(at) = self.end.next_timer().filter(|at| *at <= until) {
            self.now = self.now.max(at);
            self.end.wake(self.now);
            self.drain();
        }
        self.now = until;
    }

    pub fn drain(&mut self) {
        while let Some(output) = self.end.poll() {
            match output {
                Output::Event(event) => self.events.push(event),
                Output::Send { to, bytes } => {
                    let message = parse(&bytes, Framing::Datagram).expect("it can be read");
                    self.sent.push((to, message));
                }
            }
        }
    }

    /// Status codes sent so far, in order.
    pub fn codes(&self) -> Vec<u16> {
        self.sent.iter().filter_map(|(_, message)| message.code()).collect()
    }

    pub fn last(&self) -> &Message {
        &self.sent.last().expect("something was sent").1
    }

    pub fn leg(&self) -> LegId {
        let mut legs = self.events.iter().rev().filter_map(|event| match event {
            Event::Incoming { leg, .. } => Some(*leg),
            _ => None,
        });
        legs.next().expect("a call came in")
    }

    pub fn incoming_count(&self) -> usize {
        self.events.iter().filter(|event| matches!(event, Event::Incoming { .. })).count()
    }

    /// The centre's tag in what it sent last.
    pub fn tag(&self) -> String {
        self.last().to_tag().expect("a tag")
    }

    /// A call that came, was answered and confirmed; returns leg and the centre's tag.
    pub fn call_up(&mut self) -> (LegId, String) {
        self.hear(&invite(VIA, ""));
        let leg = self.leg();
        self.order(answer(leg));
        let tag = self.tag();
        let via = "SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKack";
        self.hear(&request("ACK", "1 ACK", &tag, via, ""));
        (leg, tag)
    }
}
