//! Bytes as they are: whole messages sent as datagrams, and what comes back.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

/// Longest wait for anything; reached only by a failure.
const WAIT: Duration = Duration::from_secs(30);
/// Longest datagram.
const BYTES_MAX: usize = 65_535;

/// An address of this machine that no other process has, with a socket at a port.
///
/// Messages that somebody else wrote name the port that they are answered at, mostly 5060.
/// All of 127.0.0.0/8 is this machine, so each process takes an address there to be alone at it.
pub fn alone_at(port: u16) -> UdpSocket {
    let [_, a, b, c] = std::process::id().to_be_bytes();
    let own = Ipv4Addr::new(127, a.wrapping_add(1), b, c.max(1));
    let socket = UdpSocket::bind((own, port)).unwrap();
    socket.set_read_timeout(Some(WAIT)).unwrap();
    socket
}

/// Status codes of the responses that come to a socket, in order.
pub struct Codes<'a>(pub &'a UdpSocket);

impl Codes<'_> {
    /// The next response: its status code and its Call-ID.
    pub fn next(&self) -> (u16, String) {
        let mut buffer = vec![0; BYTES_MAX];
        loop {
            let length = self.0.recv(&mut buffer).expect("no response came");
            let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
            let Some(rest) = text.strip_prefix("SIP/2.0 ") else { continue };
            let code = rest.split(' ').next().unwrap().parse().unwrap();
            return (code, header(&text, "Call-ID").unwrap_or_default());
        }
    }
}

/// The value of a header as the server writes it.
pub fn header(text: &str, name: &str) -> Option<String> {
    let mut lines = text.split("\r\n").take_while(|line| !line.is_empty());
    let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    value.map(str::to_owned)
}

/// A question that is always answered with 200: what was sent before it has been dealt with.
pub fn probe(to: SocketAddr, from: &UdpSocket, number: usize) {
    let own = from.local_addr().unwrap();
    let text = format!(
        "OPTIONS sip:{to} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bKprobe{number};rport\r\n\
         Max-Forwards: 70\r\nFrom: <sip:probe@{own}>;tag=p{number}\r\nTo: <sip:{to}>\r\n\
         Call-ID: probe{number}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
    );
    from.send_to(text.as_bytes(), to).unwrap();
}
