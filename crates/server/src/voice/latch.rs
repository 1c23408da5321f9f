//! Whose packets are a caller's. Signalling names an address; the packets may come from another
//! port of it, and anybody can send to ours.
//!
//! The rule (symmetric RTP, RFC 4961, kept from being stolen):
//! 1. Only the host that signalling named is listened to.
//! 2. Its first valid packet fixes the port, and packets to the caller go there.
//! 3. From then on every other source is a stranger, with one exception: after two seconds without
//!    a packet, the same stream (its SSRC) may go on from another port of the same host, as behind
//!    a gateway that has restarted.
//! 4. The exact address that signalling named is always right, and takes the place of any other.
//!
//! A new offer or answer begins anew.

use std::net::SocketAddr;

/// Silence after which the same stream may move to another port, in milliseconds.
const MOVE_AFTER_MS: u64 = 2_000;

/// Whom one leg listens to, and where it sends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Latch {
    named: SocketAddr,
    fixed: Option<Fixed>,
}

#[derive(Clone, Copy, Debug)]
struct Fixed {
    source: SocketAddr,
    ssrc: u32,
    heard_ms: u64,
}

impl Latch {
    /// Signalling named this address.
    pub(super) fn new(named: SocketAddr) -> Self {
        Self { named, fixed: None }
    }

    /// The address that signalling named.
    pub(super) fn named(&self) -> SocketAddr {
        self.named
    }

    /// Where packets to the caller go.
    pub(super) fn target(&self) -> SocketAddr {
        self.fixed.map_or(self.named, |fixed| fixed.source)
    }

    /// Whether a valid packet of the stream `ssrc` is the caller's.
    pub(super) fn admit(&mut self, source: SocketAddr, ssrc: u32, now_ms: u64) -> bool {
        let is_caller = match self.fixed {
            _ if source == self.named => true,
            _ if source.ip() != self.named.ip() => false,
            None => true,
            Some(fixed) if fixed.source == source => true,
            Some(fixed) => {
                fixed.ssrc == ssrc && now_ms.saturating_sub(fixed.heard_ms) >= MOVE_AFTER_MS
            }
        };
        if is_caller {
            self.fixed = Some(Fixed { source, ssrc, heard_ms: now_ms });
        }
        is_caller
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    fn latch() -> Latch {
        Latch::new(at("192.0.2.7:4000"))
    }

    #[test]
    fn the_first_packet_from_the_named_host_fixes_the_port() {
        let mut latch = latch();
        assert_eq!(latch.target(), at("192.0.2.7:4000"));
        assert!(!latch.admit(at("198.51.100.1:4000"), 1, 0));
        assert_eq!(latch.target(), at("192.0.2.7:4000"));
        assert!(latch.admit(at("192.0.2.7:9000"), 1, 0));
        assert_eq!(latch.target(), at("192.0.2.7:9000"));
    }

    #[test]
    fn nobody_takes_a_stream_over_while_it_runs() {
        let mut latch = latch();
        assert!(latch.admit(at("192.0.2.7:9000"), 1, 0));
        assert!(!latch.admit(at("192.0.2.7:9002"), 1, 1_999));
        assert!(!latch.admit(at("192.0.2.7:9002"), 2, 5_000));
        assert!(!latch.admit(at("198.51.100.1:9000"), 1, 5_000));
        assert_eq!(latch.target(), at("192.0.2.7:9000"));
    }

    #[test]
    fn the_same_stream_may_move_after_a_silence() {
        let mut latch = latch();
        assert!(latch.admit(at("192.0.2.7:9000"), 1, 0));
        assert!(latch.admit(at("192.0.2.7:9002"), 1, 2_000));
        assert_eq!(latch.target(), at("192.0.2.7:9002"));
    }

    #[test]
    fn the_named_address_is_always_right() {
        let mut latch = latch();
        assert!(latch.admit(at("192.0.2.7:9000"), 1, 0));
        assert!(latch.admit(at("192.0.2.7:4000"), 2, 10));
        assert_eq!(latch.target(), at("192.0.2.7:4000"));
    }
}
