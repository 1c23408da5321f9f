//! Whom to call, and by which way.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs, UdpSocket};

use phone::{Peer, Transport};

/// Whom to call.
#[derive(Debug)]
pub struct Target {
    /// The Request-URI.
    pub uri: String,
    /// The next hop.
    pub peer: Peer,
}

impl Target {
    /// Reads `HOST:PORT` or a SIP URI. Names are looked up by the system; an address that names
    /// somebody (`sip:911@...`) is called as it stands, any other with `service`.
    ///
    /// # Errors
    /// It is neither, or there is no such host.
    pub fn read(text: &str, given: Option<Transport>, service: &str) -> Result<Self, String> {
        let secure = text.starts_with("sips:");
        let rest = text.strip_prefix("sips:").or_else(|| text.strip_prefix("sip:"));
        let named = rest.is_some_and(|rest| rest.contains('@'));
        let bare = rest.unwrap_or(text);
        let (address, params) = bare.split_once(';').unwrap_or((bare, ""));
        let host = address.rsplit_once('@').map_or(address, |(_, host)| host);
        let said = params.split(';').find_map(|param| param.strip_prefix("transport="));
        let said = said.map(transport).transpose()?;
        let unsaid = if secure { Transport::Tls } else { Transport::Udp };
        let transport = given.or(said).unwrap_or(unsaid);
        let addr = look_up(host, transport.default_port())?;
        let uri = if named { text } else { service };
        if uri.chars().any(char::is_whitespace) || !uri.contains(':') {
            return Err(format!(
                "`{uri}` cannot be called; accepted: `urn:service:sos`, a SIP URI"
            ));
        }
        Ok(Self { uri: uri.to_owned(), peer: Peer { transport, addr, flow: 0 } })
    }

    /// The address of this machine from which the way there goes out, with any port.
    ///
    /// # Errors
    /// There is no way.
    pub fn way_out(&self) -> Result<SocketAddr, String> {
        let any: IpAddr = match self.peer.addr {
            SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        let to = self.peer.addr;
        let text = |error: std::io::Error| {
            format!("no way to `{to}`: {error}; give this machine's address by `--from`")
        };
        // Nothing is sent: connecting a datagram socket only chooses the way.
        let socket = UdpSocket::bind((any, 0)).map_err(text)?;
        socket.connect(to).map_err(text)?;
        Ok(SocketAddr::new(socket.local_addr().map_err(text)?.ip(), 0))
    }
}

fn look_up(host: &str, port: u16) -> Result<SocketAddr, String> {
    let wrong = || {
        format!("`{host}` is no host; accepted: `127.0.0.1:5060`, `[::1]:5060`, `centre.example`")
    };
    if host.is_empty() {
        return Err(wrong());
    }
    if let Ok(address) = host.parse() {
        return Ok(address);
    }
    if let Ok(ip) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
        return Ok(SocketAddr::new(ip, port));
    }
    let with_port = if host.contains(':') { host.to_owned() } else { format!("{host}:{port}") };
    let found = with_port.to_socket_addrs().map_err(|_unknown| wrong())?;
    let all: Vec<SocketAddr> = found.collect();
    all.iter().find(|address| address.is_ipv4()).or(all.first()).copied().ok_or_else(wrong)
}

/// `udp`, `tcp` or `tls`.
pub fn transport(text: &str) -> Result<Transport, String> {
    match text.to_ascii_lowercase().as_str() {
        "udp" => Ok(Transport::Udp),
        "tcp" => Ok(Transport::Tcp),
        "tls" => Ok(Transport::Tls),
        _ => Err(format!("`{text}` is no transport; accepted: `udp`, `tcp`, `tls`")),
    }
}

/// `ADDRESS` or `ADDRESS:PORT`.
pub fn own_address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let ip = text.trim_matches(['[', ']']).parse::<IpAddr>();
    let wrong = |_no_address| format!("`{text}` is no address; accepted: `127.0.0.1:5070`");
    Ok(SocketAddr::new(ip.map_err(wrong)?, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, Transport, String) {
        let target = Target::read(text, None, "urn:service:sos").unwrap();
        (target.uri, target.peer.transport, target.peer.addr.to_string())
    }

    #[test]
    fn addresses_are_read_in_every_form() {
        let sos = "urn:service:sos".to_owned();
        assert_eq!(read("127.0.0.1:5070"), (sos.clone(), Transport::Udp, "127.0.0.1:5070".into()));
        assert_eq!(read("sip:[::1]"), (sos.clone(), Transport::Udp, "[::1]:5060".into()));
        let tcp = "sip:127.0.0.1;transport=tcp";
        assert_eq!(read(tcp), (sos.clone(), Transport::Tcp, "127.0.0.1:5060".into()));
        assert_eq!(read("sips:127.0.0.1"), (sos, Transport::Tls, "127.0.0.1:5061".into()));
        let named = "sip:911@127.0.0.1:5062";
        assert_eq!(read(named), (named.to_owned(), Transport::Udp, "127.0.0.1:5062".into()));
    }

    #[test]
    fn what_is_no_address_is_refused_with_what_would_be() {
        for text in ["", "sip:", "127.0.0.1:99999", "sip:127.0.0.1;transport=sctp"] {
            let said = Target::read(text, None, "urn:service:sos").unwrap_err();
            assert!(said.contains("accepted: "), "{said}");
        }
        assert!(Target::read("127.0.0.1", None, "help").is_err());
        assert!(own_address("nowhere").is_err());
    }
}
