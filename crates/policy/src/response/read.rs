//! From a text to what it means, or to everything that is wrong with it.
//!
//! One pass, from the top: a name is declared above the place where it is used, as a person reads.
//! A statement that cannot be read is left at its first slip, and reading goes on with the next.

use super::model::{Attribute, Condition, Domain, Outcome, OutcomeKind, Response};
use super::token::{Kind, Token, statements, tokens};
use super::words::{STATEMENTS, accepted_near, is_reserved};
use crate::problem::{Place, Problem, Problems};
use std::collections::{BTreeMap, BTreeSet};

/// Longest text that is read, in bytes.
pub const TEXT_BYTES_MAX: usize = 1 << 20;

/// Most statements in a text.
const STATEMENTS_MAX: usize = 20_000;

impl Response {
    /// Reads a policy's text. `file` is the name that problems are told with. Either all is right,
    /// or all that is wrong comes back, in the order of the text.
    ///
    /// # Errors
    /// Every slip with line, column, what was written and what would be accepted.
    pub fn read(file: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let mut problems = Problems::default();
        if text.len() > TEXT_BYTES_MAX {
            let place = Place { number: 0, line: 1, column: 1, file: file.to_owned() };
            let fault = format!("the text has {} bytes", text.len());
            problems.add(&place, fault, format!("accepted are {TEXT_BYTES_MAX} at most"));
            return Err(problems.sorted());
        }
        let statements = statements(tokens(file, text, &mut problems));
        let mut reader = Reader::new(file, problems);
        reader.all(&statements);
        reader.finish(text.lines().count())
    }
}

/// What has been read so far, and the statement at hand.
pub(crate) struct Reader<'t> {
    file: String,
    tokens: &'t [Token],
    at: usize,
    /// What was read.
    pub response: Response,
    /// Every name and the line that declared it.
    names: BTreeMap<String, usize>,
    /// Names whose declaration was wrong: using them is not wrong a second time.
    spoiled: BTreeSet<String>,
    /// Conditions with a name.
    pub defined: BTreeMap<String, Condition>,
    /// Whether `policy` was read, and where `otherwise` stands.
    headed: bool,
    pub otherwise: Option<usize>,
    problems: Problems,
}

impl<'t> Reader<'t> {
    fn new(file: &str, problems: Problems) -> Self {
        Self {
            file: file.to_owned(),
            tokens: &[],
            at: 0,
            response: Response::default(),
            names: BTreeMap::new(),
            spoiled: BTreeSet::new(),
            defined: BTreeMap::new(),
            headed: false,
            otherwise: None,
            problems,
        }
    }

    fn all(&mut self, statements: &'t [Vec<Token>]) {
        for statement in statements.iter().take(STATEMENTS_MAX) {
            self.tokens = statement;
            self.at = 0;
            match (self.statement(), statement.first()) {
                (Some(()), _) => self.end(),
                // A statement that is left must have been told, or one it rests on was: else a
                // rule would be missing without a word.
                (None, Some(first)) if self.problems.is_empty() => {
                    self.wrong::<()>(first, "the statement cannot be read", "write it anew");
                }
                (None, _) => {}
            }
        }
        if let Some(first) = statements.get(STATEMENTS_MAX).and_then(|one| one.first()) {
            let mend = format!("accepted are {STATEMENTS_MAX} at most");
            self.wrong::<()>(first, "there are too many statements", mend);
        }
    }

    fn statement(&mut self) -> Option<()> {
        let first = self.tokens.first()?;
        if first.column > 1 {
            let mend = format!("begin a statement in the first column: {}", quoted(&STATEMENTS));
            return self.wrong(first, format!("`{}` belongs to no statement", first.text), mend);
        }
        self.at = 1;
        if first.kind == Kind::Word && first.text != "policy" && !self.headed {
            self.headed = true;
            let mend = "begin the text with `policy \"title\" version 1`";
            self.wrong::<()>(first, "the policy has no title", mend);
        }
        match first.text.as_str() {
            "policy" => self.policy(first),
            "about" => self.about(),
            "outcome" => self.outcome(),
            "accommodation" => self.accommodation(),
            "define" => self.define(),
            "impossible" => self.impossible(),
            "never" => self.never(first),
            "worse" => self.worse(first),
            "floor" => self.floor(first),
            "allow" => self.allow(first),
            "override" => self.overriding(first),
            "rule" => self.rule(first),
            "otherwise" => self.otherwise(first),
            "expect" => self.expect(first),
            other => {
                let fault = format!("`{other}` begins no statement");
                let mut mend = accepted_near(other, &STATEMENTS);
                mend.push_str("; a line that goes on is indented");
                self.wrong(first, fault, mend)
            }
        }
    }

    fn policy(&mut self, first: &Token) -> Option<()> {
        if self.headed {
            let mend = "leave one of the two out, above all other statements";
            return self.wrong(first, "the title stands here a second time", mend);
        }
        self.headed = true;
        self.response.title = self.quoted("the policy's title")?.text.clone();
        self.word("version")?;
        let number = self.next("the version, a whole number from 1")?;
        match number.text.parse() {
            Ok(version) if version > 0 => self.response.version = version,
            _ => {
                let fault = format!("`{}` is not a version", number.text);
                return self.wrong(number, fault, "accepted is a whole number from 1");
            }
        }
        Some(())
    }

    /// What only the whole text can show.
    fn finish(mut self, lines: usize) -> Result<Response, Vec<Problem>> {
        let end = Token {
            kind: Kind::Word,
            text: String::new(),
            line: lines.max(1),
            column: 1,
            width: 1,
        };
        if !self.headed {
            let mend = "begin with `policy \"title\" version 1`";
            self.wrong::<()>(&end, "the text holds no policy", mend);
        }
        if self.problems.is_empty() && self.response.protected_outcomes().next().is_none() {
            let mend = "write `outcome response one of send_now send hold refer decline`";
            self.wrong::<()>(&end, "no outcome is declared", mend);
        }
        if self.otherwise.is_none() {
            let fault = "there is no `otherwise`";
            self.wrong::<()>(
                &end,
                fault,
                "end the rules with what every other call gets: `otherwise ...`",
            );
        }
        if self.problems.is_empty() { Ok(self.response) } else { Err(self.problems.sorted()) }
    }

    // ---- Small steps that every statement is made of -------------------------------------------

    /// Notes what is wrong at a token. Always `None`, to leave the statement with.
    pub fn wrong<T>(
        &mut self,
        token: &Token,
        fault: impl Into<String>,
        mend: impl Into<String>,
    ) -> Option<T> {
        let place =
            Place { number: 0, line: token.line, column: token.column, file: self.file.clone() };
        self.problems.add_wide(&place, token.width, fault, mend);
        None
    }

    /// The token at hand, if the statement goes on.
    pub fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.at)
    }

    /// The one after it.
    pub fn peek_second(&self) -> Option<&'t Token> {
        self.tokens.get(self.at + 1)
    }

    /// Whether the token at hand is this word or sign.
    pub fn sees(&self, text: &str) -> bool {
        self.peek().is_some_and(|token| token.kind != Kind::Quoted && token.text == text)
    }

    /// Takes the token at hand if it is this word or sign.
    pub fn takes(&mut self, text: &str) -> bool {
        let seen = self.sees(text);
        self.at += usize::from(seen);
        seen
    }

    /// Takes the token at hand, whatever it is.
    pub fn next(&mut self, wanted: &str) -> Option<&'t Token> {
        match self.peek() {
            Some(token) => {
                self.at += 1;
                Some(token)
            }
            None => {
                let last = self.tokens.last()?;
                let after = Token { column: last.column + last.width, width: 1, ..last.clone() };
                self.wrong(&after, "the statement ends here", format!("expected is {wanted}"))
            }
        }
    }

    /// Takes this word or sign, and nothing else.
    pub fn word(&mut self, text: &str) -> Option<&'t Token> {
        let token = self.next(&format!("`{text}`"))?;
        if token.kind != Kind::Quoted && token.text == text {
            return Some(token);
        }
        self.wrong(
            token,
            format!("`{}` is not expected here", token.text),
            format!("expected is `{text}`"),
        )
    }

    /// Takes a text in quotes.
    pub fn quoted(&mut self, wanted: &str) -> Option<&'t Token> {
        let token = self.next(&format!("{wanted}, in quotes"))?;
        if token.kind == Kind::Quoted && !token.text.trim().is_empty() {
            return Some(token);
        }
        let fault = match token.kind {
            Kind::Quoted => "the text in quotes is empty".to_owned(),
            Kind::Word | Kind::Sign | Kind::Comment => format!("`{}` is not in quotes", token.text),
        };
        self.wrong(token, fault, format!("expected is {wanted}, in quotes"))
    }

    /// Takes a name that is declared here, and keeps it from being declared again.
    pub fn new_name(&mut self, of: &str) -> Option<&'t Token> {
        let token = self.next(&format!("the name of {of}"))?;
        if !is_name(token) {
            let mend = "a name begins with a letter and holds letters, digits, `_`, `-`, `.`, `@`";
            return self.wrong(token, format!("`{}` cannot be the name of {of}", token.text), mend);
        }
        if is_reserved(&token.text) {
            let fault = format!("`{}` is a word of the language", token.text);
            return self.wrong(token, fault, format!("give {of} another name"));
        }
        if let Some(line) = self.names.get(&token.text) {
            let fault = format!("`{}` is declared in line {line} already", token.text);
            return self.wrong(token, fault, "give one of the two another name");
        }
        self.names.insert(token.text.clone(), token.line);
        Some(token)
    }

    /// From here on, the name may be used without being told again: its declaration was wrong.
    pub fn spoil(&mut self, name: &str) {
        self.spoiled.insert(name.to_owned());
    }

    /// Whether a name's declaration was wrong.
    pub fn is_spoiled(&self, name: &str) -> bool {
        self.spoiled.contains(name)
    }

    /// Takes the name of an attribute.
    pub fn attribute(&mut self) -> Option<(usize, &'t Token)> {
        let token = self.next("the name of an attribute")?;
        if let Some(place) = self.response.attribute(&token.text) {
            return Some((place, token));
        }
        if self.is_spoiled(&token.text) {
            return None;
        }
        let names: Vec<&str> =
            self.response.attributes.iter().map(|one: &Attribute| one.name.as_str()).collect();
        let mend = accepted_near(&token.text, &names);
        self.wrong(token, format!("`{}` is no attribute", token.text), mend)
    }

    /// Takes the name of a protected outcome.
    pub fn protected(&mut self) -> Option<(usize, &'t Token)> {
        let token = self.next("the name of an outcome")?;
        let found = self.response.outcome(&token.text);
        let known = found.and_then(|place| Some((place, self.response.outcomes.get(place)?)));
        match known {
            Some((place, Outcome { kind: OutcomeKind::Protected, .. })) => Some((place, token)),
            Some((_, Outcome { kind: OutcomeKind::Accommodation { .. }, .. })) => {
                let fault = format!("`{}` is an accommodation", token.text);
                self.wrong(token, fault, "expected is an outcome, on which help itself depends")
            }
            None if self.is_spoiled(&token.text) => None,
            None => {
                let names = self.protected_names();
                let mend = accepted_near(&token.text, &as_strs(&names));
                self.wrong(token, format!("`{}` is no outcome", token.text), mend)
            }
        }
    }

    fn protected_names(&self) -> Vec<String> {
        let name = |place| self.response.outcomes.get(place).map(|one: &Outcome| one.name.clone());
        self.response.protected_outcomes().filter_map(name).collect()
    }

    /// One value of a domain, told with the name of whose it is.
    pub fn value_of(&mut self, token: &Token, name: &str, domain: &Domain) -> Option<u32> {
        if let Some(value) = domain.value(&token.text).filter(|_| token.kind == Kind::Word) {
            return Some(value);
        }
        let fault = format!("`{}` is not a value of `{name}`", token.text);
        let mend = match domain {
            Domain::Words(words) => {
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                accepted_near(&token.text, &words)
            }
            Domain::Numbers { from, to } => {
                format!("accepted are whole numbers from `{from}` to `{to}`")
            }
        };
        self.wrong(token, fault, mend)
    }

    /// Nothing may be left of the statement.
    fn end(&mut self) {
        if let Some(token) = self.peek() {
            let fault = format!("`{}` is not expected here", token.text);
            self.wrong::<()>(token, fault, "the statement could end before it");
        }
    }
}

/// Whether a token can name something.
pub(crate) fn is_name(token: &Token) -> bool {
    token.kind == Kind::Word
        && token.text.starts_with(char::is_alphabetic)
        && !token.text.contains('*')
}

pub(crate) fn as_strs(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
