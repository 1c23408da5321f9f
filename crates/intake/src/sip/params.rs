//! Parameters behind a semicolon: `;tag=98asjd8;lr`.

use std::fmt;

use super::text;

/// Parameters in their order, names and values as written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params {
    entries: Vec<(String, Option<String>)>,
}

impl Params {
    /// Reads what stands behind the first semicolon; empty ones are left out.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let parts = text::split(bytes, b';').into_iter().filter(|part| !part.is_empty());
        let entries = parts.map(|part| match text::split_once(part, b'=') {
            Some((name, value)) => (name_of(name), Some(name_of(value))),
            None => (name_of(part), None),
        });
        Self { entries: entries.collect() }
    }

    /// The value of `name`, without its quotes; empty where the parameter has no value.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.entries.iter().find(|(other, _)| other.eq_ignore_ascii_case(name))?;
        Some(value.as_deref().map_or("", unquoted))
    }

    /// Whether `name` stands there, with or without a value.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Gives `name` this value, in its old place if it has one.
    pub fn set(&mut self, name: &str, value: &str) {
        let value = Some(value.to_owned());
        match self.entries.iter_mut().find(|(other, _)| other.eq_ignore_ascii_case(name)) {
            Some((_, old)) => *old = value,
            None => self.entries.push((name.to_owned(), value)),
        }
    }

    /// Name and value as written, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.entries.iter().map(|(name, value)| (name.as_str(), value.as_deref()))
    }
}

impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.entries.iter().try_for_each(|(name, value)| match value {
            Some(value) => write!(f, ";{name}={value}"),
            None => write!(f, ";{name}"),
        })
    }
}

fn name_of(bytes: &[u8]) -> String {
    text::decode(text::trim(bytes)).into_owned()
}

fn unquoted(value: &str) -> &str {
    value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_found_by_any_case_and_written_back() {
        let mut params = Params::parse(b" ; tag  = 98asjd8;; lr ; q=\"a;b\"");
        assert_eq!(params.get("TAG"), Some("98asjd8"));
        assert_eq!(params.get("q"), Some("a;b"));
        assert_eq!(params.get("lr"), Some(""));
        params.set("Lr", "on");
        assert_eq!(params.to_string(), ";tag=98asjd8;lr=on;q=\"a;b\"");
    }
}
