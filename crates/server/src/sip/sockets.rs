//! The SIP sockets: one UDP socket, and connections by TCP and TLS.

use std::net::SocketAddr;
use std::sync::Arc;

use intake::sip::{Peer, Transport};
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::mpsc;

use super::connections::{Connections, accept_tcp, accept_tls};
use super::settings::{Listen, TlsFiles};
use super::tls::Tls;
use crate::limits::SIP_ARRIVALS_WAITING_MAX;

/// Largest UDP datagram.
const DATAGRAM_BYTES_MAX: usize = 65_535;
/// What the system may hold for us while we work, in bytes: a burst of calls must not be lost
/// between two reads. The system may give less.
const RECEIVE_BUFFER_BYTES: usize = 8 * 1024 * 1024;

/// What comes from the network.
#[derive(Debug)]
pub enum Arrival {
    /// One datagram or one message of a connection, as it came.
    Message {
        /// The last hop.
        from: Peer,
        /// All of it.
        bytes: Vec<u8>,
    },
    /// A connection is over; nothing more can be sent on it.
    Closed {
        /// Its number.
        flow: u64,
    },
}

/// Where SIP is listened to, as it turned out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bound {
    /// UDP.
    pub udp: Option<SocketAddr>,
    /// TCP.
    pub tcp: Option<SocketAddr>,
    /// TLS over TCP.
    pub tls: Option<SocketAddr>,
}

/// All sockets, to send on.
pub struct Sockets {
    udp: Option<Arc<UdpSocket>>,
    connections: Connections,
    /// Where is listened.
    pub bound: Bound,
}

impl Sockets {
    /// Opens what is to be listened to, TLS with these certificates. Arrivals wait in the queue
    /// that comes back; while it is full the system holds them, and UDP peers send again.
    ///
    /// # Errors
    /// An address cannot be listened to, or a certificate not be read.
    pub async fn open(
        listened: &Listen,
        certificates: Option<&TlsFiles>,
    ) -> Result<(Self, mpsc::Receiver<Arrival>), String> {
        let (arrivals, arrived) = mpsc::channel(SIP_ARRIVALS_WAITING_MAX);
        let tls = certificates.map(Tls::open).transpose()?;
        let connections = Connections::new(arrivals.clone(), tls.clone());
        let mut bound = Bound::default();
        let mut udp = None;
        if let Some(address) = listened.udp {
            let socket = UdpSocket::bind(address).await.map_err(|cause| busy(address, &cause))?;
            let _as_much_as_there_is =
                rustix::net::sockopt::set_socket_recv_buffer_size(&socket, RECEIVE_BUFFER_BYTES);
            bound.udp = socket.local_addr().ok();
            let socket = Arc::new(socket);
            tokio::spawn(receive(socket.clone(), arrivals));
            udp = Some(socket);
        }
        if let Some(address) = listened.tcp {
            let listener = listen(address).await?;
            bound.tcp = listener.local_addr().ok();
            tokio::spawn(accept_tcp(listener, connections.clone()));
        }
        if let (Some(address), Some(tls)) = (listened.tls, tls) {
            let listener = listen(address).await?;
            bound.tls = listener.local_addr().ok();
            tokio::spawn(accept_tls(listener, tls.acceptor, connections.clone()));
        }
        Ok((Self { udp, connections, bound }, arrived))
    }

    /// Sends one message. What cannot be sent is a connection that is closed: an arrival says so.
    pub async fn send(&self, to: &Peer, bytes: Vec<u8>) {
        match to.transport {
            Transport::Udp => self.send_datagram(to.addr, &bytes).await,
            Transport::Tcp | Transport::Tls => self.connections.send(to, bytes),
        }
    }

    async fn send_datagram(&self, to: SocketAddr, bytes: &[u8]) {
        let Some(udp) = &self.udp else {
            tracing::warn!(%to, "nothing is sent by UDP: `listen.udp` is not set");
            return;
        };
        // A lost datagram is what SIP's timers are for; a refused one is told by their end.
        if let Err(error) = udp.send_to(bytes, to).await {
            tracing::warn!(%to, %error, bytes = bytes.len(), "a SIP datagram was not sent");
        }
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|cause| busy(address, &cause))
}

fn busy(address: SocketAddr, cause: &std::io::Error) -> String {
    format!("cannot listen for SIP at `{address}`: {cause}; give another address")
}

async fn receive(socket: Arc<UdpSocket>, arrivals: mpsc::Sender<Arrival>) {
    let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
    loop {
        match socket.recv_from(&mut buffer).await {
            Ok((length, addr)) => {
                let from = Peer { transport: Transport::Udp, addr, flow: 0 };
                let bytes = buffer.get(..length).unwrap_or_default().to_vec();
                if arrivals.send(Arrival::Message { from, bytes }).await.is_err() {
                    return;
                }
            }
            // The system reports here that an earlier datagram found nobody; the socket is whole.
            Err(error) => tracing::debug!(%error, "a SIP datagram was not received"),
        }
    }
}
