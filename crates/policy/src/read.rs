//! Reading TOML by hand, so that every fault is found in one go and each has its place.
//!
//! Deriving the reading would stop at the first fault and name our types.

use crate::problem::{Place, Problems, accepted};
use std::ops::{Range, RangeInclusive};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Given<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

impl<T> Given<T> {
    /// The same place, another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Given<U> {
        Given { value: change(self.value), place: self.place }
    }
}

/// The texts of one policy; sections may be spread over them.
pub(crate) struct Book<'a> {
    pages: Vec<(Page<'a>, DeTable<'a>)>,
}

/// One text.
#[derive(Clone, Copy)]
struct Page<'a> {
    number: usize,
    file: &'a str,
    text: &'a str,
}

impl Page<'_> {
    fn place(&self, span: &Range<usize>) -> Place {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Place {
            number: self.number,
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
            file: self.file.to_owned(),
        }
    }
}

const SECTIONS: [&str; 14] = [
    "agencies",
    "agents",
    "capabilities",
    "incident_type",
    "label",
    "location",
    "permissions",
    "policy",
    "priority",
    "queue",
    "run_card",
    "second_person",
    "timers",
    "zone_layers",
];

impl<'a> Book<'a> {
    /// Parses all texts. If one is not TOML, that is all that is said: what follows from a broken
    /// line would only mislead.
    pub fn open(files: &[(&'a str, &'a str)], problems: &mut Problems) -> Option<Self> {
        let mut pages = Vec::new();
        for (number, (file, text)) in files.iter().enumerate() {
            let page = Page { number, file, text };
            let (table, errors) = DeTable::parse_recoverable(text);
            for error in errors {
                let place = page.place(&error.span().unwrap_or(0..0));
                problems.add(&place, error.message().replace('\n', ", "), "write TOML 1.1");
            }
            pages.push((page, table.into_inner()));
        }
        problems.is_empty().then_some(Self { pages })
    }

    /// What is no section of a policy is a problem.
    pub fn check_sections(&self, problems: &mut Problems) {
        for (page, table) in &self.pages {
            for (key, _) in table.iter() {
                if !SECTIONS.contains(&key.get_ref().as_ref()) {
                    let place = page.place(&key.span());
                    let fault = format!("section `{}` is not known", key.get_ref());
                    problems.add(&place, fault, accepted(SECTIONS));
                }
            }
        }
    }

    /// Where to complain about something that stands nowhere.
    pub fn start(&self) -> Place {
        let first = self.pages.first().map(|(page, _)| page.place(&(0..0)));
        let nowhere = Place { number: 0, line: 1, column: 1, file: "no file".to_owned() };
        first.unwrap_or(nowhere)
    }

    /// The one section of this name; two, or none, are a problem.
    pub fn one(&self, name: &'static str, problems: &mut Problems) -> Option<Section<'_>> {
        let found = self.optional(name, problems);
        if found.is_none() && !self.pages.iter().any(|(_, table)| table.contains_key(name)) {
            let fault = format!("section `[{name}]` is missing");
            problems.add(&self.start(), fault, format!("write `[{name}]` in one of the files"));
        }
        found
    }

    /// The one section of this name, if there is one; two are a problem.
    pub fn optional(&self, name: &'static str, problems: &mut Problems) -> Option<Section<'_>> {
        let mut found: Option<Section<'_>> = None;
        for (page, table) in &self.pages {
            let Some((key, value)) = table.get_key_value(name) else { continue };
            let place = page.place(&key.span());
            let DeValue::Table(table) = value.get_ref() else {
                let fault = format!("`{name}` is {}", kind(value.get_ref()));
                problems.add(&place, fault, format!("write a section `[{name}]`"));
                continue;
            };
            match &found {
                None => {
                    found = Some(Section { page: *page, table, place, name: format!("[{name}]") });
                }
                Some(first) => {
                    let fault = format!("section `[{name}]` stands at {} already", first.place);
                    problems.add(&place, fault, "join the two");
                }
            }
        }
        found
    }

    /// All sections `[[name]]`, in the order of the texts.
    pub fn all(&self, name: &'static str, problems: &mut Problems) -> Vec<Section<'_>> {
        let mut found = Vec::new();
        for (page, table) in &self.pages {
            if let Some((key, value)) = table.get_key_value(name) {
                let place = page.place(&key.span());
                found.extend(tables(*page, name, &place, value, problems));
            }
        }
        found
    }

    /// All sections `[[name]]`; that there is none is a problem.
    pub fn some(&self, name: &'static str, problems: &mut Problems) -> Vec<Section<'_>> {
        let found = self.all(name, problems);
        if found.is_empty() && !self.pages.iter().any(|(_, table)| table.contains_key(name)) {
            let fault = format!("there is no `[[{name}]]`");
            problems.add(&self.start(), fault, "write at least one");
        }
        found
    }
}

fn tables<'b>(
    page: Page<'b>,
    name: &str,
    place: &Place,
    value: &'b Spanned<DeValue<'b>>,
    problems: &mut Problems,
) -> Vec<Section<'b>> {
    let mend = format!("write sections `[[{name}]]`");
    let DeValue::Array(array) = value.get_ref() else {
        problems.add(place, format!("`{name}` is {}", kind(value.get_ref())), mend);
        return Vec::new();
    };
    let mut found = Vec::new();
    for item in array.iter() {
        let place = page.place(&item.span());
        match item.get_ref() {
            DeValue::Table(table) => {
                found.push(Section { page, table, place, name: format!("[[{name}]]") });
            }
            other => problems.add(&place, format!("`{name}` holds {}", kind(other)), mend.clone()),
        }
    }
    found
}

/// One table of a text.
pub(crate) struct Section<'a> {
    page: Page<'a>,
    table: &'a DeTable<'a>,
    /// Where it stands.
    pub place: Place,
    /// What to call it in a message, `[[run_card]]`.
    pub name: String,
}

impl<'a> Section<'a> {
    /// Whether a key is there.
    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Every key outside `keys` is a problem.
    pub fn only(&self, keys: &[&str], problems: &mut Problems) {
        for (key, _) in self.table.iter() {
            if !keys.contains(&key.get_ref().as_ref()) {
                let fault = format!("key `{}` is not known in `{}`", key.get_ref(), self.name);
                problems.add(&self.page.place(&key.span()), fault, accepted(keys));
            }
        }
    }

    /// All keys, with their places.
    pub fn keys(&self) -> impl Iterator<Item = Given<&'a str>> {
        self.table.iter().map(|(key, _)| Given {
            value: key.get_ref().as_ref(),
            place: self.page.place(&key.span()),
        })
    }

    /// Text that must be there and must not be blank.
    pub fn text(&self, key: &str, problems: &mut Problems) -> Option<Given<&'a str>> {
        let value = self.required(key, "a text", problems)?;
        let place = self.page.place(&value.span());
        self.as_text(key, value, &place, problems).map(|value| Given { value, place })
    }

    fn as_text(
        &self,
        key: &str,
        value: &'a Spanned<DeValue<'a>>,
        place: &Place,
        problems: &mut Problems,
    ) -> Option<&'a str> {
        match value.get_ref() {
            DeValue::String(text) if text.trim().is_empty() => {
                problems.add(place, format!("`{key}` is blank"), "write a text");
                None
            }
            DeValue::String(text) => Some(text.as_ref()),
            other => {
                problems.add(place, format!("`{key}` is {}", kind(other)), "write a text");
                None
            }
        }
    }

    /// A whole number of a range that must be there.
    pub fn number(
        &self,
        key: &str,
        range: RangeInclusive<u32>,
        problems: &mut Problems,
    ) -> Option<Given<u32>> {
        let value = self.required(key, "a whole number", problems)?;
        self.as_number(key, value, range, problems)
    }

    fn as_number(
        &self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        range: RangeInclusive<u32>,
        problems: &mut Problems,
    ) -> Option<Given<u32>> {
        let place = self.page.place(&value.span());
        let mend = format!("accepted are whole numbers from {} to {}", range.start(), range.end());
        let DeValue::Integer(number) = value.get_ref() else {
            problems.add(&place, format!("`{key}` is {}", kind(value.get_ref())), mend);
            return None;
        };
        let parsed = u32::from_str_radix(number.as_str(), number.radix()).ok();
        let Some(value) = parsed.filter(|parsed| range.contains(parsed)) else {
            problems.add(&place, format!("`{key}` is `{number}`"), mend);
            return None;
        };
        Some(Given { value, place })
    }

    /// Yes or no; no if it is not there.
    pub fn flag(&self, key: &str, problems: &mut Problems) -> bool {
        let Some(value) = self.table.get(key) else { return false };
        match value.get_ref() {
            DeValue::Boolean(flag) => *flag,
            other => {
                let place = self.page.place(&value.span());
                let mend = "accepted are `true` and `false`";
                problems.add(&place, format!("`{key}` is {}", kind(other)), mend);
                false
            }
        }
    }

    /// A list of texts that must be there; it may be empty.
    pub fn texts(&self, key: &str, problems: &mut Problems) -> Option<Vec<Given<&'a str>>> {
        let value = self.required(key, "a list of texts", problems)?;
        let DeValue::Array(array) = value.get_ref() else {
            let place = self.page.place(&value.span());
            let mend = "write a list of texts";
            problems.add(&place, format!("`{key}` is {}", kind(value.get_ref())), mend);
            return None;
        };
        let mut texts = Vec::new();
        for item in array.iter() {
            let place = self.page.place(&item.span());
            let text = self.as_text(key, item, &place, problems);
            texts.extend(text.map(|value| Given { value, place }));
        }
        Some(texts)
    }

    /// A list of whole numbers of a range that must be there; it may be empty.
    pub fn numbers(
        &self,
        key: &str,
        range: RangeInclusive<u32>,
        problems: &mut Problems,
    ) -> Option<Vec<Given<u32>>> {
        let value = self.required(key, "a list of whole numbers", problems)?;
        let DeValue::Array(array) = value.get_ref() else {
            let place = self.page.place(&value.span());
            let mend = "write a list of whole numbers";
            problems.add(&place, format!("`{key}` is {}", kind(value.get_ref())), mend);
            return None;
        };
        let number = |item| self.as_number(key, item, range.clone(), problems);
        Some(array.iter().filter_map(number).collect())
    }

    /// Whether the value of a key is a list with nothing in it.
    pub fn is_empty_list(&self, key: &str) -> bool {
        let list = self.table.get(key).and_then(|value| value.get_ref().as_array());
        list.is_some_and(|list| list.is_empty())
    }

    /// The table of a key, if it is there.
    pub fn table(&self, key: &str, problems: &mut Problems) -> Option<Section<'a>> {
        let (key, value) = self.table.get_key_value(key)?;
        let place = self.page.place(&key.span());
        let key = key.get_ref();
        match value.get_ref() {
            DeValue::Table(table) => {
                let outer = self.name.trim_matches(['[', ']']);
                Some(Section { page: self.page, table, place, name: format!("[{outer}.{key}]") })
            }
            other => {
                problems.add(&place, format!("`{key}` is {}", kind(other)), "write a table");
                None
            }
        }
    }

    /// The list of tables of a key; empty if it is not there.
    pub fn tables(&self, key: &str, problems: &mut Problems) -> Vec<Section<'a>> {
        let Some((key, value)) = self.table.get_key_value(key) else { return Vec::new() };
        let place = self.page.place(&key.span());
        let name = format!("{}.{}", self.name.trim_matches(['[', ']']), key.get_ref());
        tables(self.page, &name, &place, value, problems)
    }

    /// Where the value of a key stands; the section's own place without it.
    pub fn place_of(&self, key: &str) -> Place {
        self.table
            .get(key)
            .map_or_else(|| self.place.clone(), |value| self.page.place(&value.span()))
    }

    fn required(
        &self,
        key: &str,
        what: &str,
        problems: &mut Problems,
    ) -> Option<&'a Spanned<DeValue<'a>>> {
        let value = self.table.get(key);
        if value.is_none() {
            let fault = format!("`{}` lacks `{key}`", self.name);
            problems.add(&self.place, fault, format!("write `{key}` and {what}"));
        }
        value
    }
}

/// What a value is, in words, and the value where it is short.
fn kind(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("the text `{text}`"),
        DeValue::Integer(number) => format!("the number `{number}`"),
        DeValue::Float(number) => format!("the number `{number}`"),
        DeValue::Boolean(flag) => format!("`{flag}`"),
        DeValue::Datetime(time) => format!("the time `{time}`"),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}
