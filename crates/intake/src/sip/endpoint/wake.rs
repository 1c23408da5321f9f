//! What happens by itself: timers, and connections that break.

use super::Endpoint;
use super::keys::{ClientKey, ServerKey, Timed};
use super::wire;

impl Endpoint {
    /// Does everything that is due. To be called at `next_timer`, or later.
    pub fn wake(&mut self, now: u64) {
        while let Some(timed) = self.schedule.take(now) {
            match timed {
                Timed::Server(key) => self.wake_server(now, &key),
                Timed::Client(key) => self.wake_client(now, &key),
                Timed::Leg(leg) => self.wake_leg(now, leg),
                Timed::Notifier(sub) => self.wake_notifier(now, sub),
                Timed::Subscriber(sub) => self.wake_subscriber(now, sub),
            }
        }
    }

    /// A connection broke, or one that was asked for could not be opened (`flow` is then the
    /// number that the driver would have given; it calls `unreachable` instead where it has none).
    ///
    /// No call ends by it: the next message opens a new connection (RFC 3261 section 18). Requests
    /// of ours that wait for an answer on it fail as if 503 had come.
    pub fn connection_lost(&mut self, now: u64, flow: u64) {
        if flow == 0 {
            return;
        }
        let servers = self.servers.iter().filter(|(_, entry)| entry.is_on_flow(flow));
        let servers: Vec<ServerKey> = servers.map(|(key, _)| key.clone()).collect();
        for key in &servers {
            self.reroute_server(key);
        }
        self.reroute_legs(flow);
        self.reroute_subscriptions(flow);
        let clients = self.clients.iter().filter(|(_, entry)| entry.is_on_flow(flow));
        let clients: Vec<ClientKey> = clients.map(|(key, _)| key.clone()).collect();
        for key in &clients {
            self.lose_client(now, key);
        }
    }

    /// A connection to a peer could not be opened: what waits for one there fails as if 503 had
    /// come.
    pub fn unreachable(&mut self, now: u64, peer: &crate::sip::peer::Peer) {
        let clients = self.clients.iter().filter(|(_, entry)| entry.waits_for(peer));
        let clients: Vec<ClientKey> = clients.map(|(key, _)| key.clone()).collect();
        for key in &clients {
            self.lose_client(now, key);
        }
    }

    fn reroute_legs(&mut self, flow: u64) {
        for leg in self.legs.values_mut() {
            if leg.hop.flow == flow {
                leg.hop.flow = 0;
            }
            let way = wire::hop_of(&leg.dialog, leg.hop);
            let unacked = leg.unacked.iter_mut().map(|unacked| &mut unacked.repeat);
            for repeat in unacked.filter(|repeat| repeat.to.flow == flow) {
                repeat.to = way;
            }
        }
    }

    fn reroute_subscriptions(&mut self, flow: u64) {
        let notifiers = self.notifiers.values_mut().map(|notifier| &mut notifier.hop);
        let subscribers = self.subscribers.values_mut().map(|subscriber| &mut subscriber.hop);
        for hop in notifiers.chain(subscribers).filter(|hop| hop.flow == flow) {
            hop.flow = 0;
        }
    }
}
