//! The network between callers and centre: datagrams may get lost, come twice, late and out of
//! order; what goes over a connection comes in order, or not at all once the connection broke.

use crate::rng::Rng;
use intake::sip::Transport;
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// Which way a message goes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Direction {
    ToCenter,
    ToCaller,
}

/// One message under way.
#[derive(Clone, Debug)]
pub(super) struct Packet {
    pub direction: Direction,
    /// The caller at one end of it.
    pub caller: SocketAddr,
    pub transport: Transport,
    /// The connection it goes over; 0 for a datagram.
    pub flow: u64,
    pub bytes: Vec<u8>,
}

/// Everything that is under way.
#[derive(Clone, Debug)]
pub(super) struct Network {
    rng: Rng,
    lost_per_mille: u32,
    doubled_per_mille: u32,
    delay_ms_min: u64,
    delay_ms_spread: u64,
    packets: BTreeMap<(u64, u64), Packet>,
    /// When the last one of a connection arrives, so that none overtakes it.
    last_of_flow: BTreeMap<(Direction, u64), u64>,
    count: u64,
}

impl Network {
    /// A network as bad as the seed will have it, from faultless to 30 % lost.
    pub fn draw(seed: u64) -> Self {
        let mut rng = Rng::named(seed, "telephone/network");
        let good = rng.chance(100);
        let mut rate = |max: u64| if good { 0 } else { rng.below(max + 1) as u32 };
        let (lost_per_mille, doubled_per_mille) = (rate(300), rate(300));
        let delay_ms_min = 1 + rng.below(100);
        let delay_ms_spread = 1 + if rng.chance(500) { rng.below(50) } else { rng.below(2_000) };
        Self {
            rng,
            lost_per_mille,
            doubled_per_mille,
            delay_ms_min,
            delay_ms_spread,
            packets: BTreeMap::new(),
            last_of_flow: BTreeMap::new(),
            count: 0,
        }
    }

    /// When something arrives next.
    pub fn next_at(&self) -> Option<u64> {
        self.packets.keys().map(|(at, _)| *at).next()
    }

    /// Whether nothing is under way.
    pub fn is_silent(&self) -> bool {
        self.packets.is_empty()
    }

    /// Takes a message; says what goes wrong with it.
    pub fn carry(&mut self, now: u64, packet: Packet) -> Option<&'static str> {
        if packet.transport.is_reliable() {
            let last = self.last_of_flow.entry((packet.direction, packet.flow)).or_default();
            let at = (now + self.delay_ms_min).max(*last);
            *last = at;
            self.put(at, packet);
            return None;
        }
        if self.rng.chance(self.lost_per_mille) {
            return Some("datagram lost");
        }
        let doubled = self.rng.chance(self.doubled_per_mille);
        if doubled {
            let at = self.arrival(now);
            self.put(at, packet.clone());
        }
        let at = self.arrival(now);
        let overtakes = self.packets.range((at + 1, 0)..).next().is_some();
        self.put(at, packet);
        match (doubled, overtakes) {
            (true, _) => Some("datagram doubled"),
            (false, true) => Some("datagram overtakes"),
            (false, false) => None,
        }
    }

    fn arrival(&mut self, now: u64) -> u64 {
        now + self.delay_ms_min + self.rng.below(self.delay_ms_spread)
    }

    fn put(&mut self, at: u64, packet: Packet) {
        self.count += 1;
        self.packets.insert((at, self.count), packet);
    }

    /// The next message that has arrived by now.
    pub fn arrived(&mut self, now: u64) -> Option<Packet> {
        let first = self.packets.first_entry().filter(|entry| entry.key().0 <= now)?;
        Some(first.remove())
    }

    /// A connection breaks: what is under way over it is gone.
    pub fn cut(&mut self, flow: u64) {
        self.packets.retain(|_, packet| packet.flow != flow);
    }
}
