//! Where a message came from, or where it is to go.

// `core::net` and not `std::net`: addresses are values here, and nothing in this crate can reach
// the network.
use core::net::SocketAddr;

/// How messages travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transport {
    /// One message a datagram; lost ones are repeated by the transactions.
    Udp,
    /// A stream in the clear.
    Tcp,
    /// A stream in TLS.
    Tls,
}

impl Transport {
    /// Whether the transport itself repeats what was lost.
    #[must_use]
    pub fn is_reliable(self) -> bool {
        match self {
            Self::Udp => false,
            Self::Tcp | Self::Tls => true,
        }
    }

    /// As written in a Via (RFC 3261 section 18.1.1).
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
        }
    }

    /// The port where none is written (RFC 3261 section 19.1.2).
    #[must_use]
    pub fn default_port(self) -> u16 {
        match self {
            Self::Udp | Self::Tcp => 5060,
            Self::Tls => 5061,
        }
    }
}

/// The other end of one hop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Peer {
    /// How the message travels.
    pub transport: Transport,
    /// The other end's address.
    pub addr: SocketAddr,
    /// The driver's number of the connection; 0 for UDP, and for a connection still to be opened.
    pub flow: u64,
}

impl Peer {
    /// The same end without a connection: the driver opens one.
    #[must_use]
    pub fn without_flow(self) -> Self {
        Self { flow: 0, ..self }
    }
}
