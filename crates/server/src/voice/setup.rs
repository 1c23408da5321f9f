//! Where the voice plane listens, and why it cannot.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;

/// Where the voice plane listens.
#[derive(Clone, Debug)]
pub struct VoiceSetup {
    /// Browsers come here, all to one port; 0 takes any that is free. The address is told to them,
    /// so it has to be one that they reach.
    pub web: SocketAddr,
    /// Callers come here; the address is told to them.
    pub rtp_address: IpAddr,
    /// The ports for callers, in pairs that begin at an even number.
    pub rtp_ports: RangeInclusive<u16>,
}

impl Default for VoiceSetup {
    /// This machine only. The ports are those that an agency is used to open in its firewall.
    fn default() -> Self {
        let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Self { web: SocketAddr::new(here, 0), rtp_address: here, rtp_ports: 16_384..=32_767 }
    }
}

/// Why something cannot be done to voice.
#[derive(Debug, thiserror::Error)]
pub enum VoiceError {
    /// The browsers' socket is not there.
    #[error("cannot listen for browsers' voice at `{address}`: {cause}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        cause: std::io::Error,
    },
    /// No thread, no event queue, no socket.
    #[error("the system gave nothing to carry voice with: {0}")]
    System(std::io::Error),
    /// The system failed.
    #[error("the system gave no random bytes")]
    NoRandomBytes,
    /// Every pair of ports is in use.
    #[error("no free pair of ports between `{first}` and `{last}` at `{address}`")]
    NoPorts {
        /// At which address.
        address: IpAddr,
        /// First of the range.
        first: u16,
        /// Last of the range.
        last: u16,
    },
    /// More legs than the plane carries.
    #[error("`{0}` callers are connected, which is all there is room for")]
    TooManyLegs(usize),
    /// More positions than the plane carries.
    #[error("`{0}` positions are connected, which is all there is room for")]
    TooManyPositions(usize),
    /// The leg was closed, or never opened.
    #[error("leg `{0}` is not open")]
    NoSuchLeg(u64),
    /// The browser's offer cannot be answered.
    #[error("the offer is not accepted: {0}")]
    OfferNotAccepted(String),
}
