//! Header fields in their order, names as written, values as bytes.

use std::borrow::Cow;

use super::text;

/// One header field. A list may stand in one of them or be spread over several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    name: String,
    // INVARIANT: no CR or LF, so that a value that came from outside cannot end its line and
    // begin another header.
    value: Vec<u8>,
}

impl Header {
    /// A field with this value; CR and LF in it become blanks.
    pub fn new(name: impl Into<String>, value: impl AsRef<[u8]>) -> Self {
        let name: String = name.into();
        Self { name: name.replace(['\r', '\n', ':'], ""), value: text::one_line(value.as_ref()) }
    }

    /// As written.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Unfolded, without blanks around it.
    #[must_use]
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// Whether it is the field called `name`, in any case, long or compact.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        long_name(&self.name).eq_ignore_ascii_case(long_name(name))
    }
}

/// The header part of a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers {
    fields: Vec<Header>,
}

impl Headers {
    /// All fields in order.
    pub fn iter(&self) -> impl Iterator<Item = &Header> {
        self.fields.iter()
    }

    /// How many fields there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The first field called `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.fields.iter().find(|field| field.is(name)).map(Header::value)
    }

    /// Every field called `name`, unsplit.
    pub fn get_all<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s [u8]> {
        self.fields.iter().filter(move |field| field.is(name)).map(Header::value)
    }

    /// The first field called `name` as text: UTF-8, or else read as Latin-1.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.fields.iter().find(|field| field.is(name)).map(|field| text::decode(&field.value))
    }

    /// The values of a list header over all its lines, split at commas outside quotes and angle
    /// brackets. Empty ones are left out.
    #[must_use]
    pub fn list(&self, name: &str) -> Vec<&[u8]> {
        let lines = self.fields.iter().filter(|field| field.is(name));
        let values = lines.flat_map(|field| text::split(&field.value, b','));
        let values = values.filter(|value| !value.is_empty());
        values.take(super::limits::LIST_VALUES_MAX).collect()
    }

    /// Whether the list header holds the token, in any case: `Supported: 100rel`.
    #[must_use]
    pub fn lists(&self, name: &str, token: &str) -> bool {
        self.list(name).iter().any(|value| value.eq_ignore_ascii_case(token.as_bytes()))
    }

    /// Adds a field behind all others.
    pub fn push(&mut self, name: &str, value: impl AsRef<[u8]>) {
        self.fields.push(Header::new(name, value));
    }

    /// Adds a field before all others, as a Via or Record-Route is.
    pub fn push_front(&mut self, name: &str, value: impl AsRef<[u8]>) {
        self.fields.insert(0, Header::new(name, value));
    }

    /// Takes every field called `name` away.
    pub fn remove(&mut self, name: &str) {
        self.fields.retain(|field| !field.is(name));
    }

    /// Gives `name` exactly one field, in the place of its first one.
    pub fn set(&mut self, name: &str, value: impl AsRef<[u8]>) {
        let Some(at) = self.fields.iter().position(|field| field.is(name)) else {
            return self.push(name, value);
        };
        self.remove(name);
        self.fields.insert(at, Header::new(name, value));
    }

    /// Replaces the first field called `name` alone; later ones stay.
    pub(super) fn set_first(&mut self, name: &str, value: impl AsRef<[u8]>) {
        if let Some(field) = self.fields.iter_mut().find(|field| field.is(name)) {
            field.value = text::one_line(value.as_ref());
        }
    }

    pub(super) fn add(&mut self, field: Header) {
        self.fields.push(field);
    }

    pub(super) fn extend_from(&mut self, other: &Self, name: &str) {
        self.fields.extend(other.fields.iter().filter(|field| field.is(name)).cloned());
    }
}

/// RFC 3261, 7.3.3 and the registry of compact forms.
fn long_name(name: &str) -> &str {
    let [letter] = name.as_bytes() else { return name };
    match letter.to_ascii_lowercase() {
        b'a' => "Accept-Contact",
        b'b' => "Referred-By",
        b'c' => "Content-Type",
        b'd' => "Request-Disposition",
        b'e' => "Content-Encoding",
        b'f' => "From",
        b'i' => "Call-ID",
        b'j' => "Reject-Contact",
        b'k' => "Supported",
        b'l' => "Content-Length",
        b'm' => "Contact",
        b'n' => "Identity-Info",
        b'o' => "Event",
        b'r' => "Refer-To",
        b's' => "Subject",
        b't' => "To",
        b'u' => "Allow-Events",
        b'v' => "Via",
        b'x' => "Session-Expires",
        b'y' => "Identity",
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers() -> Headers {
        let mut headers = Headers::default();
        headers.push("v", "SIP/2.0/UDP a;branch=1 , SIP/2.0/UDP b");
        headers.push("TO", "<sip:a@b>");
        headers.push("Via", "SIP/2.0/TCP c");
        headers
    }

    #[test]
    fn a_field_is_found_by_any_case_and_by_its_compact_form() {
        let headers = headers();
        assert_eq!(headers.get("t"), Some(&b"<sip:a@b>"[..]));
        assert_eq!(headers.list("via").len(), 3);
        assert_eq!(headers.get_all("VIA").count(), 2);
    }

    #[test]
    fn set_leaves_one_field_in_its_place() {
        let mut headers = headers();
        headers.set("Via", "SIP/2.0/TCP d");
        let names: Vec<&str> = headers.iter().map(Header::name).collect();
        assert_eq!(names, ["Via", "TO"]);
        headers.set("Subject", "x");
        assert_eq!(headers.len(), 3);
    }

    #[test]
    fn a_value_cannot_begin_another_header() {
        let mut headers = headers();
        headers.push("Subject", "a\r\nRoute: <sip:evil>");
        assert_eq!(headers.get("Subject"), Some(&b"a  Route: <sip:evil>"[..]));
    }
}
