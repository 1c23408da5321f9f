//! Pairs of UDP ports for callers: voice at an even one, its reports at the next (RFC 3550, 11).

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::setup::VoiceError;

/// Gives out pairs of ports, one after the other, so that a pair rests before it is used again:
/// late packets of the call before would otherwise reach the next one.
#[derive(Debug)]
pub(super) struct Ports {
    address: IpAddr,
    range: RangeInclusive<u16>,
    next: AtomicUsize,
}

/// One open pair.
#[derive(Debug)]
pub(super) struct Pair {
    pub address: SocketAddr,
    pub rtp: UdpSocket,
    pub rtcp: UdpSocket,
}

impl Ports {
    pub(super) fn new(address: IpAddr, range: RangeInclusive<u16>) -> Self {
        Self { address, range, next: AtomicUsize::new(0) }
    }

    /// Opens the next pair that is free.
    pub(super) fn open(&self) -> Result<Pair, VoiceError> {
        let first = self.range.start().next_multiple_of(2);
        let pairs = usize::from((self.range.end()).saturating_sub(first) + 1) / 2;
        for _ in 0..pairs {
            let turn = self.next.fetch_add(1, Ordering::Relaxed) % pairs;
            // INVARIANT: turn is below the pairs in a range of 65,536 ports.
            let port = first + 2 * u16::try_from(turn).unwrap_or_default();
            match self.open_at(port) {
                Ok(pair) => return Ok(pair),
                Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {}
                Err(error) => return Err(VoiceError::System(error)),
            }
        }
        let (first, last) = (*self.range.start(), *self.range.end());
        Err(VoiceError::NoPorts { address: self.address, first, last })
    }

    fn open_at(&self, port: u16) -> std::io::Result<Pair> {
        let address = SocketAddr::new(self.address, port);
        let rtp = UdpSocket::bind(address)?;
        let rtcp = UdpSocket::bind(SocketAddr::new(self.address, port + 1))?;
        rtp.set_nonblocking(true)?;
        rtcp.set_nonblocking(true)?;
        Ok(Pair { address, rtp, rtcp })
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn pairs_begin_at_even_ports_and_rest_before_they_come_again() {
        let ports = Ports::new(Ipv4Addr::LOCALHOST.into(), 42_001..=42_006);
        let first = ports.open().unwrap();
        assert_eq!(first.address.port() % 2, 0);
        assert_eq!(first.rtcp.local_addr().unwrap().port(), first.address.port() + 1);
        let at = first.address.port();
        drop(first);
        assert_ne!(ports.open().unwrap().address.port(), at);
    }

    #[test]
    fn a_range_that_is_used_up_says_so() {
        let ports = Ports::new(Ipv4Addr::LOCALHOST.into(), 42_010..=42_013);
        let (one, two) = (ports.open().unwrap(), ports.open().unwrap());
        assert!(matches!(ports.open(), Err(VoiceError::NoPorts { .. })));
        drop(one);
        assert!(ports.open().is_ok());
        drop(two);
    }
}
