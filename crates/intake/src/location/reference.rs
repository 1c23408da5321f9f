//! What a Geolocation header points at (RFC 6442).

/// Where a location can be had.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GeolocationReference {
    /// In the same message, in the part with this Content-ID (without angle brackets).
    BodyPart(String),
    /// From a location server, by HELD (RFC 6753).
    Held(String),
    /// By subscribing to the presence of this address (RFC 3856).
    Presence(String),
    /// By a scheme that nobody here speaks.
    Unknown(String),
}

impl GeolocationReference {
    /// Reads one value of the header, `<cid:abc@example.com>;inserted-by="x"`, with or without
    /// angle brackets and parameters; `None` if there is no address in it.
    #[must_use]
    pub fn of(value: &str) -> Option<Self> {
        let uri = match value.split_once('<') {
            Some((_, rest)) => rest.split('>').next().unwrap_or(rest),
            // Without brackets a semicolon starts the header's own parameters.
            None => value.split(';').next().unwrap_or(value),
        };
        let uri = uri.trim();
        let (scheme, rest) = uri.split_once(':')?;
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        if rest.is_empty() || scheme.is_empty() || !scheme.chars().all(is_word) {
            return None;
        }
        Some(match scheme.to_ascii_lowercase().as_str() {
            "cid" => Self::BodyPart(decoded(rest)),
            "https" | "http" | "held" | "helds" => Self::Held(uri.to_owned()),
            "sip" | "sips" | "pres" => Self::Presence(uri.to_owned()),
            _ => Self::Unknown(uri.to_owned()),
        })
    }
}

/// A Content-ID is percent-encoded in its address (RFC 2392); what is not stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let digits = digits.filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let value = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match value.filter(|_| *byte == b'%') {
            Some(value) => {
                bytes.push(value);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::GeolocationReference::{self, BodyPart, Held, Presence, Unknown};

    fn of(value: &str) -> Option<GeolocationReference> {
        GeolocationReference::of(value)
    }

    #[test]
    fn schemes_say_how_to_fetch() {
        assert_eq!(of("<cid:a%40b@c.example>"), Some(BodyPart("a@b@c.example".into())));
        assert_eq!(of("<https://l.example/7>"), Some(Held("https://l.example/7".into())));
        assert_eq!(of("HTTP://l.example/7"), Some(Held("HTTP://l.example/7".into())));
        let parameters = of("<sip:x@l.example;lr>;inserted-by=\"l.example\"");
        assert_eq!(parameters, Some(Presence("sip:x@l.example;lr".into())));
        assert_eq!(of("pres:x@l.example;a=b"), Some(Presence("pres:x@l.example".into())));
        assert_eq!(of("<ftp://l.example>"), Some(Unknown("ftp://l.example".into())));
    }

    #[test]
    fn what_has_no_address_is_none() {
        for value in ["", "<>", "<cid:>", "cid", "<: x>", "a b:c", "<cid:", "%:x"] {
            assert_eq!(of(value), None, "{value}");
        }
        assert_eq!(of("<cid:%zz%4>"), Some(BodyPart("%zz%4".into())));
    }
}
