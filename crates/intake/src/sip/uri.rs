//! An address of any scheme, kept as written.

use std::fmt;

use super::text;

/// A URI. `sip`, `sips` and `tel` are understood in their parts; `urn` and every other scheme is
/// opaque, and is a proper address all the same: emergency calls go to `urn:service:sos`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Uri {
    text: String,
}

impl Uri {
    /// Takes the address as it is; nothing is refused.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        let text: String = text.into();
        // INVARIANT: no CR or LF, because the address is written into a line.
        Self { text: text.replace(['\r', '\n'], " ") }
    }

    /// Takes bytes; those that are not UTF-8 are escaped.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self::new(text::decode_escaped(text::trim(bytes)))
    }

    /// The whole address, as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The scheme as written, empty where there is none.
    #[must_use]
    pub fn scheme(&self) -> &str {
        let scheme = self.text.split_once(':').map_or("", |(scheme, _)| scheme).trim();
        let is_scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        if scheme.chars().all(is_scheme) { scheme } else { "" }
    }

    /// Whether the scheme is this one, in any case.
    #[must_use]
    pub fn is(&self, scheme: &str) -> bool {
        self.scheme().eq_ignore_ascii_case(scheme)
    }

    /// Whether it is `sip` or `sips`.
    #[must_use]
    pub fn is_sip(&self) -> bool {
        self.is("sip") || self.is("sips")
    }

    /// What stands behind the scheme.
    #[must_use]
    pub fn rest(&self) -> &str {
        match self.scheme() {
            "" => &self.text,
            _ => self.text.split_once(':').map_or("", |(_, rest)| rest),
        }
    }

    /// The user part of `sip` and `sips`, escaped as written and without password; the number of
    /// `tel`.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        if self.is("tel") {
            return Some(until(self.rest(), &[';', '?']).trim());
        }
        let (user, _) = self.user_and_host()?;
        user.map(|user| until(user, &[':']))
    }

    /// The host of `sip` and `sips`, without the brackets of an IPv6 address.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        let (_, host) = self.user_and_host()?;
        Some(split_port(host).0)
    }

    /// The port of `sip` and `sips`, where one is written.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        let (_, host) = self.user_and_host()?;
        split_port(host).1
    }

    /// The value of a parameter of the address (not of its user part), empty where it has none.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        let behind = self.behind_user()?;
        let params = until(behind, &['?']).split(';').skip(1);
        let mut pairs = params.map(|param| param.split_once('=').unwrap_or((param, "")));
        pairs.find(|(other, _)| other.trim().eq_ignore_ascii_case(name)).map(|pair| pair.1.trim())
    }

    /// The escaped headers behind a question mark, where there are any.
    #[must_use]
    pub fn headers(&self) -> Option<&str> {
        let behind = self.behind_user().filter(|_| self.is_sip())?;
        behind.split_once('?').map(|(_, headers)| headers)
    }

    /// Host, port, parameters and headers: what stands behind the `@` of a `sip` address.
    fn behind_user(&self) -> Option<&str> {
        let rest = self.rest();
        match self.is_sip() {
            // RFC 3261, 25.1: a user part may hold `;` and `?`, but no bare `@`.
            true => Some(rest.split_once('@').map_or(rest, |(_, host)| host)),
            false => Some(rest).filter(|_| !self.scheme().is_empty()),
        }
    }

    fn user_and_host(&self) -> Option<(Option<&str>, &str)> {
        let behind = self.behind_user().filter(|_| self.is_sip())?;
        let user = self.rest().split_once('@').map(|(user, _)| user.trim());
        Some((user, until(behind, &[';', '?']).trim()))
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn until<'a>(text: &'a str, ends: &[char]) -> &'a str {
    text.split(ends).next().unwrap_or(text)
}

/// `host`, `host:port`, `[ipv6]` or `[ipv6]:port`; a port that is none is left out.
pub(super) fn split_port(text: &str) -> (&str, Option<u16>) {
    let text = text.trim();
    if let Some((host, rest)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return (host, rest.trim().strip_prefix(':').and_then(port_of));
    }
    match text.split_once(':') {
        // More than one colon and no brackets: an IPv6 address that lacks them.
        Some((_, rest)) if rest.contains(':') => (text, None),
        Some((host, port)) => (host.trim(), port_of(port)),
        None => (text, None),
    }
}

fn port_of(text: &str) -> Option<u16> {
    text::number(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_sip_address_are_found() {
        let uri = Uri::new("sip:user;par=u%40e:pw@[2001:db8::1]:5070;Transport=tcp;lr?Route=%3Ca");
        assert_eq!(uri.user(), Some("user;par=u%40e"));
        assert_eq!((uri.host(), uri.port()), (Some("2001:db8::1"), Some(5070)));
        assert_eq!((uri.param("transport"), uri.param("lr")), (Some("tcp"), Some("")));
        assert_eq!(uri.headers(), Some("Route=%3Ca"));
        let uri = Uri::new("SIPS:psap.example.org");
        assert_eq!((uri.user(), uri.host(), uri.port()), (None, Some("psap.example.org"), None));
    }

    #[test]
    fn a_service_urn_is_an_address_and_opaque() {
        let uri = Uri::new("urn:service:sos.police");
        assert_eq!((uri.scheme(), uri.rest()), ("urn", "service:sos.police"));
        assert_eq!((uri.user(), uri.host(), uri.port()), (None, None, None));
    }

    #[test]
    fn a_telephone_number_is_the_user_of_tel() {
        let uri = Uri::new("tel:+1-202-555-0112;phone-context=example.org");
        assert_eq!(uri.user(), Some("+1-202-555-0112"));
        assert_eq!(uri.param("phone-context"), Some("example.org"));
    }

    #[test]
    fn what_is_no_address_has_no_parts() {
        let uri = Uri::new("1;2@3");
        assert_eq!((uri.scheme(), uri.host(), uri.param("a")), ("", None, None));
    }
}
