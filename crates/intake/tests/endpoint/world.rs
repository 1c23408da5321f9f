//! Two endpoints, a network between them that misbehaves by seed, and users who react by rule.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use evenhand_intake::sip::{
    Contacts, Endpoint, Event, Framing, LegId, Message, NewCall, Order, Output, Peer, Settings,
    Source, Transport, Uri, parse,
};

/// The one who calls.
pub const CALLER: usize = 0;
/// The one who is called.
pub const CENTRE: usize = 1;

pub const OFFER: &[u8] = b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n";
pub const ANSWER: &[u8] = b"v=0\r\no=- 2 1 IN IP4 192.0.2.2\r\ns=-\r\n";

/// Chance by seed (splitmix64).
#[derive(Clone)]
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.roll() % limit
    }

    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub fn source(mut self) -> Source {
        Box::new(move |bytes| bytes.iter_mut().for_each(|byte| *byte = self.roll() as u8))
    }
}

/// How the network treats a packet, in percent and milliseconds.
#[derive(Clone, Copy)]
pub struct Network {
    pub lost: u64,
    pub doubled: u64,
    pub delay_min: u64,
    pub delay_max: u64,
}

impl Network {
    pub const GOOD: Self = Self { lost: 0, doubled: 0, delay_min: 5, delay_max: 6 };
}

/// What a user does about an event: orders, and after how many milliseconds.
pub type User = fn(&mut Dice, &Event) -> Vec<(u64, Order)>;

pub struct World {
    pub now: u64,
    pub ends: [Endpoint; 2],
    pub events: [Vec<(u64, Event)>; 2],
    /// Everything that was sent: when, by whom, what.
    pub sent: Vec<(u64, usize, Vec<u8>)>,
    pub network: Network,
    pub dice: Dice,
    /// Drops a message by its nth appearance; for scripted losses.
    pub lose: Vec<(usize, String)>,
    users: [User; 2],
    transport: Transport,
    packets: BTreeMap<(u64, u64), (usize, Vec<u8>)>,
    orders: BTreeMap<(u64, u64), (usize, Order)>,
    counter: u64,
}

pub fn address(end: usize) -> SocketAddr {
    let hosts = ["192.0.2.1:5060", "192.0.2.2:5060"];
    hosts[end].parse().expect("an address")
}

pub fn settings(end: usize) -> Settings {
    let host = address(end).to_string();
    let contacts = Contacts { udp: host.clone(), tcp: host.clone(), tls: host };
    Settings { contacts, ..Settings::default() }
}

pub fn nobody(_: &mut Dice, _: &Event) -> Vec<(u64, Order)> {
    Vec::new()
}

/// Rings at once, answers after 2 s, agrees to every change.
pub fn taker(_: &mut Dice, event: &Event) -> Vec<(u64, Order)> {
    match event {
        Event::Incoming { leg, .. } => vec![(10, Order::Ring { leg: *leg }), (2_000, answer(*leg))],
        Event::Reoffered { leg, .. } => {
            vec![(20, Order::AnswerReoffer { leg: *leg, sdp: ANSWER.to_vec() })]
        }
        _ => Vec::new(),
    }
}

pub fn answer(leg: LegId) -> Order {
    Order::Answer { leg, sdp: ANSWER.to_vec(), headers: Vec::new() }
}

pub fn hangup(leg: LegId) -> Order {
    Order::Hangup { leg, reason: None }
}

impl World {
    pub fn new(seed: u64, users: [User; 2]) -> Self {
        Self::over(Transport::Udp, seed, users)
    }

    pub fn over(transport: Transport, seed: u64, users: [User; 2]) -> Self {
        let end = |end: usize| {
            Endpoint::new(settings(end), Dice(seed.wrapping_mul(2) + end as u64).source())
        };
        Self {
            now: 1_000,
            ends: [end(CALLER), end(CENTRE)],
            events: [Vec::new(), Vec::new()],
            sent: Vec::new(),
            network: Network::GOOD,
            dice: Dice(!seed),
            lose: Vec::new(),
            users,
            transport,
            packets: BTreeMap::new(),
            orders: BTreeMap::new(),
            counter: 0,
        }
    }

    /// The other end as a peer.
    pub fn peer(&self, end: usize) -> Peer {
        let flow = u64::from(self.transport.is_reliable());
        Peer { transport: self.transport, addr: address(end), flow }
    }

    pub fn call(&mut self) -> LegId {
        let leg = self.ends[CALLER].new_leg();
        self.call_by(leg, self.peer(CENTRE));
        leg
    }

    pub fn call_by(&mut self, leg: LegId, via: Peer) {
        let call = NewCall {
            leg,
            target: Uri::new("urn:service:sos"),
            to: String::new(),
            from: "\"Caller\" <sip:+12025550100@192.0.2.1>".to_owned(),
            via,
            headers: Vec::new(),
            content_type: "application/sdp".to_owned(),
            body: OFFER.to_vec(),
        };
        self.order(CALLER, Order::Call(Box::new(call)));
    }

    /// Gives an order now; it must be taken.
    pub fn order(&mut self, end: usize, order: Order) {
        let now = self.now;
        self.ends[end].order(now, order).expect("the order fits");
        self.drain(end);
    }

    pub fn later(&mut self, end: usize, pause: u64, order: Order) {
        self.counter += 1;
        self.orders.insert((self.now + pause, self.counter), (end, order));
    }

    pub fn drain(&mut self, end: usize) {
        while let Some(output) = self.ends[end].poll() {
            match output {
                Output::Send { to, bytes } => self.carry(end, to, bytes),
                Output::Event(event) => {
                    for (pause, order) in (self.users[end])(&mut self.dice, &event) {
                        self.later(end, pause, order);
                    }
                    self.events[end].push((self.now, event));
                }
            }
        }
    }

    fn carry(&mut self, from: usize, to: Peer, bytes: Vec<u8>) {
        self.sent.push((self.now, from, bytes.clone()));
        let Some(end) = (0..2).find(|end| address(*end) == to.addr) else { return };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let scripted =
            self.lose.iter().position(|(by, start)| *by == from && text.starts_with(start));
        if let Some(at) = scripted {
            self.lose.remove(at);
            return;
        }
        let network = self.network;
        let copies = if self.transport.is_reliable() {
            1
        } else {
            u64::from(!self.dice.percent(network.lost))
                + u64::from(self.dice.percent(network.doubled))
        };
        for _ in 0..copies {
            let spread = network.delay_max - network.delay_min;
            let delay = if self.transport.is_reliable() { 0 } else { self.dice.below(spread) };
            self.counter += 1;
            let at = self.now + network.delay_min + delay;
            self.packets.insert((at, self.counter), (end, bytes.clone()));
        }
    }

    fn next(&self) -> Option<u64> {
        let timers = self.ends.iter().filter_map(Endpoint::next_timer);
        let packets = self.packets.keys().map(|(at, _)| *at).next();
        let orders = self.orders.keys().map(|(at, _)| *at).next();
        timers.chain(packets).chain(orders).min()
    }

    /// Lets time pass, and all that happens in it.
    pub fn run(&mut self, pause: u64) {
        let until = self.now + pause;
        while let Some(at) = self.next().filter(|at| *at <= until) {
            self.now = self.now.max(at);
            self.step();
        }
        self.now = until;
    }

    /// Lets time pass until nothing can happen any more.
    pub fn run_out(&mut self) {
        self.run(12 * 3_600_000);
        assert_eq!(self.next(), None, "something is still due after half a day");
    }

    fn step(&mut self) {
        let now = self.now;
        let due = |at: &(u64, u64)| at.0 <= now;
        if let Some(at) = self.packets.keys().next().copied().filter(due) {
            let (end, bytes) = self.packets.remove(&at).expect("a packet");
            let from = self.peer(1 - end);
            self.ends[end].receive(now, &from, &bytes);
            return self.drain(end);
        }
        if let Some(at) = self.orders.keys().next().copied().filter(due) {
            let (end, order) = self.orders.remove(&at).expect("an order");
            // What crossed with the peer's wish does not fit any more, which is no fault.
            let _ = self.ends[end].order(now, order);
            return self.drain(end);
        }
        for end in 0..2 {
            self.ends[end].wake(now);
            self.drain(end);
        }
    }

    pub fn told(&self, end: usize) -> Vec<&Event> {
        self.events[end].iter().map(|(_, event)| event).collect()
    }

    pub fn count(&self, end: usize, is: impl Fn(&Event) -> bool) -> usize {
        self.told(end).into_iter().filter(|event| is(event)).count()
    }

    /// The centre's only incoming leg.
    pub fn incoming(&self) -> LegId {
        let mut legs = self.told(CENTRE).into_iter().filter_map(|event| match event {
            Event::Incoming { leg, .. } => Some(*leg),
            _ => None,
        });
        let leg = legs.next().expect("a call came in");
        assert_eq!(legs.next(), None, "more than one call came in");
        leg
    }

    /// When an end sent something that starts so.
    pub fn times(&self, end: usize, start: &str) -> Vec<u64> {
        let sent = self.sent.iter().filter(|(_, by, bytes)| {
            *by == end && String::from_utf8_lossy(bytes).starts_with(start)
        });
        sent.map(|(at, ..)| *at).collect()
    }

    /// The last message that an end sent with this start.
    pub fn last_sent(&self, end: usize, start: &str) -> Message {
        let mut sent = self.sent.iter().rev().filter(|(_, by, bytes)| {
            *by == end && String::from_utf8_lossy(bytes).starts_with(start)
        });
        let (.., bytes) = sent.next().unwrap_or_else(|| panic!("`{start}` was never sent"));
        parse(bytes, Framing::Datagram).expect("what we send can be read")
    }

    /// A call that is up on both sides.
    pub fn call_up(&mut self) -> (LegId, LegId) {
        let ours = self.call();
        self.run(3_000);
        let theirs = self.incoming();
        assert_eq!(self.count(CENTRE, |event| matches!(event, Event::Confirmed { .. })), 1);
        assert_eq!(self.count(CALLER, |event| matches!(event, Event::Accepted { .. })), 1);
        (ours, theirs)
    }

    /// What must hold after every test: each INVITE has one final response, each leg one end, and
    /// nothing is left.
    pub fn verify(&mut self) {
        self.run_out();
        for end in 0..2 {
            assert_eq!(self.ends[end].legs_len(), 0, "legs are left at end {end}");
            self.verify_legs(end);
        }
        self.verify_finals();
    }

    fn verify_legs(&self, end: usize) {
        let mut open: BTreeMap<LegId, (usize, usize)> = BTreeMap::new();
        for event in self.told(end) {
            match event {
                Event::Incoming { leg, .. } => open.entry(*leg).or_default().0 += 1,
                Event::Cancelled { leg, .. }
                | Event::Failed { leg, .. }
                | Event::Ended { leg, .. } => open.entry(*leg).or_default().1 += 1,
                _ => {}
            }
        }
        for (leg, (begun, ended)) in open {
            assert!(begun <= 1, "{leg:?} began {begun} times at end {end}");
            assert_eq!(ended, 1, "{leg:?} ended {ended} times at end {end}");
        }
    }

    fn verify_finals(&self) {
        let mut finals: BTreeMap<(usize, String), Vec<u16>> = BTreeMap::new();
        for (_, by, bytes) in &self.sent {
            let message = parse(bytes, Framing::Datagram).expect("what we send can be read");
            let of_invite = message.cseq().is_some_and(|(_, method)| method.as_str() == "INVITE");
            let branch = message.via().and_then(|via| via.branch().map(str::to_owned)).unwrap();
            if let Some(code) = message.code().filter(|code| of_invite && *code >= 200) {
                let codes = finals.entry((*by, branch)).or_default();
                if !codes.contains(&code) {
                    codes.push(code);
                }
            }
        }
        for ((by, branch), codes) in finals {
            assert_eq!(codes.len(), 1, "end {by} gave {codes:?} to the INVITE of {branch}");
        }
    }
}
