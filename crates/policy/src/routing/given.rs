//! Objects checked against their form: what is missing, unknown or not of its kind is told, several
//! at once, with its path.

use crate::problem::{Place, Problems, accepted};

use super::form::{Field, Form, Kind};
use super::json::{At, Json, Member, Value};
use super::moment;

/// What a reading goes through.
pub(super) struct Reading<'a> {
    pub file: &'a str,
    pub problems: Problems,
}

impl Reading<'_> {
    /// Notes a fault.
    pub(super) fn wrong(&mut self, at: At, fault: String, mend: impl Into<String>) {
        let file = self.file.to_owned();
        let place = Place { number: 0, line: at.line, column: at.column, file };
        self.problems.add_wide(&place, at.width, fault, mend);
    }
}

/// An object of a known form.
pub(super) struct Given<'a> {
    /// Where it stands in the file: `policyRules[2].conditions[0]`.
    pub path: String,
    pub at: At,
    members: Vec<(&'static str, &'a Json)>,
}

impl<'a> Given<'a> {
    /// Checks an object; what is wrong with a member leaves that member out.
    pub(super) fn check(
        reading: &mut Reading<'_>,
        json: &'a Json,
        path: String,
        form: &Form,
        common: &[Field],
    ) -> Option<Self> {
        let Value::Object(members) = &json.value else {
            reading.not_an_object(json, &path, form.name);
            return None;
        };
        let mut given = Self { path, at: json.at, members: Vec::new() };
        let fields = || common.iter().chain(form.fields);
        for member in members {
            match fields().find(|field| field.name.eq_ignore_ascii_case(&member.name)) {
                Some(field) if reading.fits(&given.path, field, member) => {
                    given.members.push((field.name, &member.json));
                }
                Some(_misfit) => {}
                None => reading.unknown_member(&given.path, member, form, common),
            }
        }
        for field in fields().filter(|field| field.required) {
            if !members.iter().any(|one| one.name.eq_ignore_ascii_case(field.name)) {
                let fault = format!("{} has no `{}`", at_path(&given.path, form), field.name);
                reading.wrong(json.at, fault, wanted(field.kind));
            }
        }
        Some(given)
    }

    /// A member that is there and of its kind.
    pub(super) fn get(&self, name: &str) -> Option<&'a Json> {
        self.members.iter().find(|(given, _)| *given == name).map(|(_, json)| *json)
    }

    /// A text.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        match &self.get(name)?.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// One of the words of its form, as the form writes it.
    pub(super) fn word(&self, name: &str, form: &Form) -> Option<&'static str> {
        let field = form.fields.iter().find(|field| field.name == name)?;
        let text = self.text(name)?;
        match field.kind {
            Kind::OneOf(words) => {
                words.iter().find(|word| word.eq_ignore_ascii_case(text)).copied()
            }
            _ => None,
        }
    }

    /// A whole number.
    pub(super) fn whole(&self, name: &str) -> Option<i64> {
        match self.get(name)?.value {
            Value::Whole(number) => Some(number),
            _ => None,
        }
    }

    /// A flag; `false` if it is not there.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.get(name).is_some_and(|json| json.value == Value::Flag(true))
    }

    /// A list of texts.
    pub(super) fn texts(&self, name: &str) -> Vec<&'a str> {
        let Some(Value::List(items)) = self.get(name).map(|json| &json.value) else {
            return Vec::new();
        };
        let text = |item: &'a Json| match &item.value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        };
        items.iter().filter_map(text).collect()
    }

    /// Its own members but those named, on one line in the order of their names.
    pub(super) fn canonical(&self, but: &[&str]) -> String {
        let kept = self.members.iter().filter(|(name, _)| !but.contains(name));
        let mut kept: Vec<String> =
            kept.map(|(name, json)| format!("{name}: {}", json.canonical())).collect();
        kept.sort();
        kept.join(", ")
    }
}

impl Reading<'_> {
    fn not_an_object(&mut self, json: &Json, path: &str, what: &str) {
        let (fault, mend) = match path.is_empty() {
            true => (
                format!("the file is {}", json.described()),
                "accepted are a policy, which is an object, and a list of rules".to_owned(),
            ),
            false => (
                format!("`{path}` is {}", json.described()),
                format!("a {what} is an object in braces"),
            ),
        };
        self.wrong(json.at, fault, mend);
    }

    fn unknown_member(&mut self, path: &str, member: &Member, form: &Form, common: &[Field]) {
        let fault = format!("{} has no member `{}`", at_path(path, form), member.name);
        let names = common.iter().chain(form.fields).map(|field| field.name);
        self.wrong(member.at, fault, accepted(names));
    }

    fn fits(&mut self, path: &str, field: &Field, member: &Member) -> bool {
        let json = &member.json;
        let fits = match (&json.value, field.kind) {
            (_, Kind::Anything) | (Value::Text(_), Kind::MaybeEmpty) => true,
            (Value::Text(text), Kind::Text) => !text.is_empty(),
            (Value::Text(text), Kind::OneOf(words)) => {
                words.iter().any(|word| word.eq_ignore_ascii_case(text))
            }
            (Value::Text(text), Kind::DateTime) => moment::of_date_time(text).is_some(),
            (Value::Text(text), Kind::Time) => moment::of_time(text).is_some(),
            (Value::Text(text), Kind::Weekdays) => moment::weekdays(text).is_some(),
            (Value::Whole(number), Kind::Whole(from, to)) => (from..=to).contains(number),
            (Value::Flag(_), Kind::Flag) => true,
            (Value::List(items), Kind::Texts) => !items.is_empty() && items.iter().all(is_text),
            (Value::Object(members), Kind::Object(names)) => {
                return self.texts_fit(&below(path, field.name), json, members, names);
            }
            _ => false,
        };
        if !fits {
            let fault = format!("`{}` is {}", below(path, field.name), json.described());
            self.wrong(json.at, fault, wanted(field.kind));
        }
        fits
    }

    fn texts_fit(&mut self, path: &str, json: &Json, members: &[Member], names: &[&str]) -> bool {
        let mut fit = true;
        for name in names {
            let found = members.iter().find(|one| one.name.eq_ignore_ascii_case(name));
            if !found.is_some_and(|one| is_text(&one.json)) {
                let fault = format!("`{path}` has no text `{name}`");
                self.wrong(found.map_or(json.at, |one| one.json.at), fault, wanted(Kind::Text));
                fit = false;
            }
        }
        fit
    }
}

fn is_text(json: &Json) -> bool {
    matches!(&json.value, Value::Text(text) if !text.is_empty())
}

/// The path of a member.
pub(super) fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn at_path(path: &str, form: &Form) -> String {
    match path.is_empty() {
        true => format!("the {}", form.name),
        false => format!("`{path}` (a `{}`)", form.name),
    }
}

/// What would be accepted.
fn wanted(kind: Kind) -> String {
    match kind {
        Kind::Text => "accepted is a text that is not empty".to_owned(),
        Kind::MaybeEmpty => "accepted is a text".to_owned(),
        Kind::OneOf(words) => accepted(words),
        Kind::Texts => "accepted is a list of texts, one at least".to_owned(),
        Kind::Whole(from, to) => format!("accepted is a whole number from {from} to {to}"),
        Kind::Flag => accepted(["true", "false"]),
        Kind::DateTime => {
            "accepted is a date and time with its offset, such as `2026-03-10T10:00:00-05:00`"
                .to_owned()
        }
        Kind::Time => "accepted is a time such as `08:00:00`".to_owned(),
        Kind::Weekdays => {
            "accepted are some of `MO`, `TU`, `WE`, `TH`, `FR`, `SA`, `SU`, each once, with commas"
                .to_owned()
        }
        Kind::Object(names) => format!("accepted is an object; {}", accepted(names)),
        Kind::Anything => "add it".to_owned(),
    }
}
