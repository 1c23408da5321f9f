//! Via: the hop that a request came over, and so the way its answer goes back.

use std::fmt;

use super::defect::Flaw;
use super::name_addr::note_empty_params;
use super::params::Params;
use super::text;
use super::uri;

/// RFC 3261, 8.1.1.7: a branch that begins so is unique to its transaction.
const COOKIE: &str = "z9hG4bK";

/// One value of the Via header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Via {
    /// UDP, TCP, TLS or whatever is written.
    pub transport: String,
    /// Where the sender says that it is, without the brackets of an IPv6 address.
    pub host: String,
    /// The sender's port, where it is written.
    pub port: Option<u16>,
    /// branch, received, rport and others.
    pub params: Params,
}

/// Whether the answer goes to the port that the request came from (RFC 3581).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rport {
    /// Not asked for.
    Absent,
    /// Asked for, not filled in.
    Asked,
    /// Filled in by who received the request.
    Is(u16),
}

impl Via {
    /// A Via of ours.
    #[must_use]
    pub fn new(transport: &str, host: &str, port: u16, branch: &str) -> Self {
        let mut params = Params::default();
        params.set("branch", branch);
        Self { transport: transport.to_owned(), host: host.to_owned(), port: Some(port), params }
    }

    /// Reads one value; `None` where no protocol and host are found.
    #[must_use]
    pub fn parse(value: &[u8]) -> Option<Self> {
        Self::read(value).map(|(via, _)| via)
    }

    /// The branch, where one is written.
    #[must_use]
    pub fn branch(&self) -> Option<&str> {
        self.params.get("branch").filter(|branch| !branch.is_empty())
    }

    /// The branch if it is unique to its transaction. Otherwise the transaction is matched after
    /// RFC 2543 (RFC 3261, 17.2.3).
    #[must_use]
    pub fn unique_branch(&self) -> Option<&str> {
        let branch = self.branch()?;
        let (cookie, rest) = branch.split_at_checked(COOKIE.len())?;
        Some(branch).filter(|_| cookie.eq_ignore_ascii_case(COOKIE) && !rest.is_empty())
    }

    /// The address that the request really came from, where it was noted.
    #[must_use]
    pub fn received(&self) -> Option<&str> {
        self.params.get("received").filter(|received| !received.is_empty())
    }

    /// What is said of the port to answer to.
    #[must_use]
    pub fn rport(&self) -> Rport {
        match self.params.get("rport") {
            None => Rport::Absent,
            Some(port) => text::number(port.as_bytes()).map_or(Rport::Asked, Rport::Is),
        }
    }

    /// Notes where the request really came from (RFC 3261, 18.2.1; RFC 3581, 4).
    pub fn stamp(&mut self, host: &str, port: u16) {
        let asked = self.rport() != Rport::Absent;
        if asked || !self.host.eq_ignore_ascii_case(host) {
            self.params.set("received", host);
        }
        if asked {
            self.params.set("rport", &port.to_string());
        }
    }

    pub(super) fn read(value: &[u8]) -> Option<(Self, Vec<Flaw>)> {
        let (head, params) = text::split_once(value, b';').unwrap_or((value, &[]));
        let (_, behind) = text::split_once(head, b'/')?;
        let (_, behind) = text::split_once(behind, b'/')?;
        let behind = text::decode(text::trim(behind)).into_owned();
        let (transport, sent_by) = behind.split_once(char::is_whitespace)?;
        let (host, port) = uri::split_port(sent_by);
        let mut flaws = Vec::new();
        note_empty_params(params, &mut flaws);
        let (transport, host) = (transport.to_owned(), host.to_owned());
        let via = Self { transport, host, port, params: Params::parse(params) };
        Some((via, flaws)).filter(|(via, _)| !via.host.is_empty())
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.host.replace(char::is_whitespace, "");
        match host.contains(':') {
            true => write!(f, "SIP/2.0/{} [{host}]", self.transport)?,
            false => write!(f, "SIP/2.0/{} {host}", self.transport)?,
        }
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        self.params.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn via(value: &str) -> Via {
        Via::parse(value.as_bytes()).expect("a Via")
    }

    #[test]
    fn blanks_around_the_parts_do_not_matter() {
        let via = via("SIP  / 2.0  / TCP     spindle.example.com   ;  branch  =   z9hG4bK9ikj8");
        assert_eq!((via.transport.as_str(), via.host.as_str()), ("TCP", "spindle.example.com"));
        assert_eq!(via.unique_branch(), Some("z9hG4bK9ikj8"));
        assert_eq!(via.to_string(), "SIP/2.0/TCP spindle.example.com;branch=z9hG4bK9ikj8");
    }

    #[test]
    fn only_a_cookie_with_something_behind_is_unique() {
        assert_eq!(via("SIP/2.0/UDP a;branch=z9hG4bK").unique_branch(), None);
        assert_eq!(via("SIP/2.0/UDP a;branch=390skdjuw").unique_branch(), None);
        assert_eq!(via("SIP/2.0/UDP a").unique_branch(), None);
    }

    #[test]
    fn the_source_is_noted_where_it_is_asked_for_or_differs() {
        let mut asked = via("SIP/2.0/UDP 192.0.2.1:5070;rport;branch=1");
        asked.stamp("192.0.2.1", 40_000);
        assert_eq!((asked.rport(), asked.received()), (Rport::Is(40_000), Some("192.0.2.1")));
        let mut same = via("SIP/2.0/UDP 192.0.2.1;branch=1");
        same.stamp("192.0.2.1", 5060);
        assert_eq!((same.rport(), same.received()), (Rport::Absent, None));
        let mut other = via("SIP/2.0/UDP host.example.com;branch=1");
        other.stamp("192.0.2.1", 5060);
        assert_eq!(other.received(), Some("192.0.2.1"));
    }

    #[test]
    fn an_ipv6_address_keeps_its_brackets_on_the_wire() {
        let via = via("SIP/2.0/UDP [2001:db8::9]:5061;branch=1");
        assert_eq!((via.host.as_str(), via.port), ("2001:db8::9", Some(5061)));
        assert_eq!(via.to_string(), "SIP/2.0/UDP [2001:db8::9]:5061;branch=1");
    }
}
