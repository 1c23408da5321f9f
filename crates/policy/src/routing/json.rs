//! JSON with the place of every value, so that a fault can be shown where it stands. A name that
//! stands twice in one object is a fault: readers differ in which of the two they take.

use crate::problem::{Place, Problems};

/// Deepest nesting; a rule set needs 8.
const DEPTH_MAX: usize = 32;

/// Where something stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct At {
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// How many characters it takes on that line.
    pub width: usize,
}

/// A value and its place.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Json {
    /// Where it begins.
    pub at: At,
    /// What it is.
    pub value: Value,
}

/// What a value is.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Value {
    Null,
    Flag(bool),
    Whole(i64),
    /// A number that is not whole, or larger than any that is looked at; as written.
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<Member>),
}

/// A named value of an object.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Member {
    pub name: String,
    pub at: At,
    pub json: Json,
}

impl Json {
    /// What it is, with an article, and the value where it is short.
    pub(crate) fn described(&self) -> String {
        match &self.value {
            Value::Null => "`null`".to_owned(),
            Value::Flag(flag) => format!("`{flag}`"),
            Value::Whole(number) => format!("`{number}`"),
            Value::Number(number) => format!("`{number}`"),
            Value::Text(text) => format!("`\"{}\"`", shortened(text)),
            Value::List(_) => "a list".to_owned(),
            Value::Object(_) => "an object".to_owned(),
        }
    }

    /// The value written on one line with the names in order: two values are equal exactly if this
    /// is.
    pub(crate) fn canonical(&self) -> String {
        match &self.value {
            Value::Null => "null".to_owned(),
            Value::Flag(flag) => flag.to_string(),
            Value::Whole(number) => number.to_string(),
            Value::Number(number) => number.clone(),
            Value::Text(text) => format!("{text:?}"),
            Value::List(items) => {
                let items: Vec<String> = items.iter().map(Json::canonical).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Object(members) => {
                let mut members: Vec<String> = members
                    .iter()
                    .map(|one| format!("{}: {}", one.name, one.json.canonical()))
                    .collect();
                members.sort();
                format!("{{{}}}", members.join(", "))
            }
        }
    }
}

/// At most 60 characters of a text.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Reads one value and nothing after it; none if that fails, with the first fault told.
pub(crate) fn read(file: &str, text: &str, problems: &mut Problems) -> Option<Json> {
    let mut reader = Reader { file, letters: text.chars().collect(), next: 0, line: 1, column: 1 };
    let read = reader.whole();
    match read {
        Ok(json) => Some(json),
        Err((at, fault, mend)) => {
            problems.add_wide(&reader.place(at), at.width, fault, mend);
            None
        }
    }
}

type Fault = (At, String, String);

struct Reader<'a> {
    file: &'a str,
    letters: Vec<char>,
    next: usize,
    line: usize,
    column: usize,
}

impl Reader<'_> {
    fn place(&self, at: At) -> Place {
        Place { number: 0, line: at.line, column: at.column, file: self.file.to_owned() }
    }

    fn whole(&mut self) -> Result<Json, Fault> {
        let json = self.value(0)?;
        self.blanks();
        match self.peek() {
            None => Ok(json),
            Some(letter) => {
                Err(self.fault(format!("`{letter}` stands after the end"), "end the file here"))
            }
        }
    }

    fn here(&self) -> At {
        At { line: self.line, column: self.column, width: 1 }
    }

    fn fault(&self, fault: impl Into<String>, mend: impl Into<String>) -> Fault {
        (self.here(), fault.into(), mend.into())
    }

    fn peek(&self) -> Option<char> {
        self.letters.get(self.next).copied()
    }

    fn take(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.next += 1;
        self.column += 1;
        if letter == '\n' {
            self.line += 1;
            self.column = 1;
        }
        Some(letter)
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|letter| matches!(letter, ' ' | '\t' | '\r' | '\n')) {
            self.take();
        }
    }

    /// What stands here, for a fault.
    fn found(&self) -> String {
        self.peek().map_or("the end of the file".to_owned(), |letter| format!("`{letter}`"))
    }

    fn value(&mut self, depth: usize) -> Result<Json, Fault> {
        self.blanks();
        let mut at = self.here();
        if depth > DEPTH_MAX {
            let fault = format!("this is nested more than {DEPTH_MAX} deep");
            return Err(self.fault(fault, "a rule set needs 8 at most"));
        }
        let value = match self.peek() {
            Some('{') => self.object(depth)?,
            Some('[') => self.list(depth)?,
            Some('"') => Value::Text(self.text()?),
            Some('-' | '0'..='9') => self.number()?,
            Some('a'..='z') => self.word()?,
            _ => {
                let fault = format!("{} stands where a value is needed", self.found());
                return Err(self.fault(
                    fault,
                    "accepted are an object, a list, a text, a number, `true` and `false`",
                ));
            }
        };
        if self.line == at.line {
            at.width = self.column - at.column;
        }
        Ok(Json { at, value })
    }

    fn word(&mut self) -> Result<Value, Fault> {
        let mut at = self.here();
        let mut word = String::new();
        while let Some(letter) = self.peek().filter(char::is_ascii_alphanumeric) {
            word.push(letter);
            self.take();
        }
        at.width = word.len();
        match word.as_str() {
            "true" => Ok(Value::Flag(true)),
            "false" => Ok(Value::Flag(false)),
            "null" => Ok(Value::Null),
            _ => {
                let fault = format!("`{word}` is no value");
                Err((at, fault, "write a text in quotes, or `true` or `false`".to_owned()))
            }
        }
    }

    fn number(&mut self) -> Result<Value, Fault> {
        let at = self.here();
        let mut number = String::new();
        while let Some(letter) =
            self.peek().filter(|letter| letter.is_ascii_digit() || "+-.eE".contains(*letter))
        {
            number.push(letter);
            self.take();
        }
        let digits = number.strip_prefix('-').unwrap_or(&number);
        let whole = digits.bytes().all(|byte| byte.is_ascii_digit());
        if digits.is_empty() || (digits.starts_with('0') && digits.len() > 1 && whole) {
            let at = At { width: number.len(), ..at };
            let fault = format!("`{number}` is no number");
            return Err((at, fault, "write it without leading zeros".to_owned()));
        }
        Ok(match number.parse() {
            Ok(number) => Value::Whole(number),
            Err(_fraction_or_large) => Value::Number(number),
        })
    }

    fn list(&mut self, depth: usize) -> Result<Value, Fault> {
        self.take();
        let mut items = Vec::new();
        self.blanks();
        if self.peek() == Some(']') {
            self.take();
            return Ok(Value::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if !self.goes_on(']')? {
                return Ok(Value::List(items));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, Fault> {
        self.take();
        let mut members: Vec<Member> = Vec::new();
        self.blanks();
        if self.peek() == Some('}') {
            self.take();
            return Ok(Value::Object(members));
        }
        loop {
            let member = self.member(depth)?;
            let same = |one: &&Member| one.name.eq_ignore_ascii_case(&member.name);
            if let Some(first) = members.iter().find(same) {
                let fault = format!("`{}` stands twice in one object", member.name);
                let mend = format!("keep one; the first is on line {}", first.at.line);
                return Err((member.at, fault, mend));
            }
            members.push(member);
            if !self.goes_on('}')? {
                return Ok(Value::Object(members));
            }
        }
    }

    fn member(&mut self, depth: usize) -> Result<Member, Fault> {
        self.blanks();
        if self.peek() != Some('"') {
            let fault = format!("{} stands where a name is needed", self.found());
            return Err(self.fault(fault, "write a name in double quotes"));
        }
        let mut at = self.here();
        let name = self.text()?;
        at.width = self.column.saturating_sub(at.column).max(1);
        self.blanks();
        if self.peek() != Some(':') {
            let fault = format!("{} stands after the name `{}`", self.found(), shortened(&name));
            return Err(self.fault(fault, "write `:` and the value"));
        }
        self.take();
        Ok(Member { name, at, json: self.value(depth + 1)? })
    }

    /// Whether another item follows.
    fn goes_on(&mut self, end: char) -> Result<bool, Fault> {
        self.blanks();
        match self.peek() {
            Some(',') => {
                self.take();
                Ok(true)
            }
            Some(letter) if letter == end => {
                self.take();
                Ok(false)
            }
            _ => {
                let fault = format!("{} stands after a value", self.found());
                Err(self.fault(fault, format!("write `,` and more, or `{end}`")))
            }
        }
    }

    fn text(&mut self) -> Result<String, Fault> {
        let open = self.here();
        self.take();
        let mut text = String::new();
        loop {
            match self.peek() {
                Some('"') => {
                    self.take();
                    return Ok(text);
                }
                Some('\\') => text.push(self.escaped()?),
                Some(letter) if letter >= ' ' => {
                    text.push(letter);
                    self.take();
                }
                _ => {
                    let mend = "end it with `\"` on this line".to_owned();
                    return Err((open, "the text has no end".to_owned(), mend));
                }
            }
        }
    }

    fn escaped(&mut self) -> Result<char, Fault> {
        let at = self.here();
        self.take();
        let letter = self.take();
        let plain = match letter {
            Some(letter @ ('"' | '\\' | '/')) => Some(letter),
            Some('b') => Some('\u{8}'),
            Some('f') => Some('\u{c}'),
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            Some('u') => self.code_point(),
            _ => None,
        };
        plain.ok_or_else(|| {
            let mend = "accepted are `\\\"`, `\\\\`, `\\/`, `\\b`, `\\f`, `\\n`, `\\r`, `\\t` and \
                        `\\u` with four hexadecimal digits";
            (At { width: 2, ..at }, "this is no escape".to_owned(), mend.to_owned())
        })
    }

    /// Four digits, or two times four for what lies above U+FFFF.
    fn code_point(&mut self) -> Option<char> {
        let first = self.four_digits()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first);
        }
        (self.take() == Some('\\') && self.take() == Some('u')).then_some(())?;
        let second = self.four_digits().filter(|low| (0xdc00..0xe000).contains(low))?;
        char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))
    }

    fn four_digits(&mut self) -> Option<u32> {
        let digits: String = (0..4).filter_map(|_| self.take()).collect();
        (digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .then(|| u32::from_str_radix(&digits, 16).ok())
            .flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        let mut problems = Problems::default();
        match read("x", text, &mut problems) {
            Some(json) => json.canonical(),
            None => problems.sorted().iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn values_are_read_with_their_escapes() {
        let text = r#" {"b": [1, -2, 0.5, true, null], "a": "\u00e9\ud83d\ude92\n\"\\"} "#;
        assert_eq!(canonical(text), "{a: \"é🚒\\n\\\"\\\\\", b: [1, -2, 0.5, true, null]}");
        assert_eq!(canonical("[]"), "[]");
        assert_eq!(canonical("{}"), "{}");
        assert_eq!(canonical("99999999999999999999"), "99999999999999999999");
    }

    #[test]
    fn every_slip_is_told_with_its_place() {
        for (text, told) in [
            ("", "x:1:1: the end of the file stands where a value is needed"),
            ("{\"a\" 1}", "x:1:6: `1` stands after the name `a`; write `:` and the value"),
            ("{\"a\": 1,\n \"A\": 2}", "x:2:2: `A` stands twice in one object; keep one"),
            ("[1 2]", "x:1:4: `2` stands after a value; write `,` and more, or `]`"),
            ("[1, ]", "x:1:5: `]` stands where a value is needed"),
            ("[01]", "x:1:2: `01` is no number"),
            ("[yes]", "x:1:2: `yes` is no value"),
            ("[\"a\nb\"]", "x:1:2: the text has no end"),
            ("[\"\\x\"]", "x:1:3: this is no escape"),
            ("[\"\\ud83d\"]", "x:1:3: this is no escape"),
            ("{} {}", "x:1:4: `{` stands after the end; end the file here"),
            ("{a: 1}", "x:1:2: `a` stands where a name is needed; write a name in double quotes"),
        ] {
            assert!(canonical(text).starts_with(told), "{text}: {}", canonical(text));
        }
        let deep = "[".repeat(100);
        assert!(canonical(&deep).contains("nested more than 32 deep"));
    }
}
