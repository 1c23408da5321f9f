//! `about`, `outcome`, `accommodation`, `define`, `impossible`.

use super::model::{Attribute, Class, Domain, Outcome, OutcomeKind};
use super::read::{Reader, is_name};
use super::token::{Kind, Token};
use super::words::{accepted_near, is_reserved};
use std::collections::BTreeSet;

/// Most numbers in one range.
const NUMBERS_MAX: i64 = 1_000_000;

/// What `about`, `outcome` and `accommodation` say of values.
struct Values {
    domain: Domain,
    ordered: bool,
    unit: Option<String>,
}

impl<'t> Reader<'t> {
    pub(super) fn about(&mut self) -> Option<()> {
        let classes = Class::ALL.map(Class::word);
        let token = self.next("the class of the attribute")?;
        let class = Class::ALL.into_iter().find(|class| class.word() == token.text);
        if class.is_none() {
            let mend = accepted_near(&token.text, &classes);
            self.wrong::<()>(token, format!("`{}` is no class", token.text), mend);
        }
        let name = self.new_name("an attribute")?;
        let read = self.values(name, false);
        let (Some(class), Some(Values { domain, .. })) = (class, read) else {
            self.spoil(&name.text);
            return None;
        };
        if matches!(domain, Domain::Words(_)) && domain.unknown().is_none() {
            let fault = format!("`{}` cannot be unknown", name.text);
            self.wrong::<()>(name, fault, "add `unknown` to its values: a caller may not know");
        }
        let line = line_of(name);
        self.response.attributes.push(Attribute { name: name.text.clone(), class, domain, line });
        Some(())
    }

    pub(super) fn outcome(&mut self) -> Option<()> {
        let name = self.new_name("an outcome")?;
        let read = self.values(name, true);
        let Some(values) = read else {
            self.spoil(&name.text);
            return None;
        };
        self.decided(name, OutcomeKind::Protected, values);
        Some(())
    }

    pub(super) fn accommodation(&mut self) -> Option<()> {
        let name = self.new_name("an accommodation")?;
        let read = self.values(name, false);
        let Some(values) = read else {
            self.spoil(&name.text);
            return None;
        };
        let mut may_use = BTreeSet::new();
        if self.takes("may") {
            self.word("use")?;
            while self.peek().is_some() {
                if let Some((place, token)) = self.attribute() {
                    may_use.extend(self.of_the_caller(place, token));
                }
            }
        }
        self.decided(name, OutcomeKind::Accommodation { may_use }, values);
        Some(())
    }

    /// An accommodation is about the caller's language or disability; every other class is open
    /// to it anyway, and what people live somewhere is open to nobody.
    fn of_the_caller(&mut self, place: usize, token: &Token) -> Option<usize> {
        let class = self.response.attributes.get(place)?.class;
        if class == Class::Caller {
            return Some(place);
        }
        let fault = format!("`{}` is of class `{}`", token.text, class.word());
        self.wrong(token, fault, "expected is an attribute of class `caller`")
    }

    fn decided(&mut self, name: &Token, kind: OutcomeKind, values: Values) {
        let Values { domain, ordered, unit } = values;
        let line = line_of(name);
        let outcome = Outcome { name: name.text.clone(), kind, domain, ordered, unit, line };
        self.response.outcomes.push(outcome);
    }

    pub(super) fn define(&mut self) -> Option<()> {
        let name = self.new_name("a condition")?;
        self.word("as")?;
        match self.condition() {
            Some(condition) => {
                self.defined.insert(name.text.clone(), condition);
                Some(())
            }
            None => {
                self.spoil(&name.text);
                None
            }
        }
    }

    pub(super) fn impossible(&mut self) -> Option<()> {
        self.word("when")?;
        let condition = self.condition()?;
        self.response.impossible.push(condition);
        Some(())
    }

    fn values(&mut self, name: &Token, unordered_too: bool) -> Option<Values> {
        let ways =
            if unordered_too { "`one of`, `any of` or `from`" } else { "`one of` or `from`" };
        let token = self.next(ways)?;
        match token.text.as_str() {
            "one" => {
                self.word("of")?;
                Some(Values { domain: self.choice(name)?, ordered: true, unit: None })
            }
            "any" if unordered_too => {
                self.word("of")?;
                Some(Values { domain: self.choice(name)?, ordered: false, unit: None })
            }
            "from" => {
                let domain = self.range()?;
                let unit = self.peek().filter(|token| is_name(token) && token.text != "may");
                let unit = unit.map(|token| token.text.clone());
                if unit.is_some() {
                    self.next("a unit")?;
                }
                Some(Values { domain, ordered: true, unit })
            }
            other => {
                let fault = format!("`{other}` does not say which values `{}` has", name.text);
                let mend =
                    format!("expected is {ways}, as in `one of no yes unknown`, `from 0 to 4`");
                self.wrong(token, fault, mend)
            }
        }
    }

    fn choice(&mut self, name: &Token) -> Option<Domain> {
        let mut words: Vec<String> = Vec::new();
        let mut sound = true;
        while let Some(token) = self.peek().filter(|token| token.text != "may") {
            self.next("a value")?;
            sound &= self.choice_word(token, &words).is_some();
            words.push(token.text.clone());
        }
        if words.is_empty() {
            return self.wrong(
                name,
                format!("`{}` has no values", name.text),
                "write at least one",
            );
        }
        sound.then_some(Domain::Words(words))
    }

    fn choice_word(&mut self, token: &Token, before: &[String]) -> Option<()> {
        let text = &token.text;
        if token.kind == Kind::Sign && text == "," {
            return self.wrong(
                token,
                "`,` stands between values",
                "leave it out: a blank is enough",
            );
        }
        if !is_name(token) || is_reserved(text) {
            let mend = "a value begins with a letter, holds letters, digits, `_`, `-`, `.`, `@`, \
                        and is no word of the language";
            return self.wrong(token, format!("`{text}` cannot be a value"), mend);
        }
        if before.contains(text) {
            return self.wrong(
                token,
                format!("`{text}` is among the values twice"),
                "leave one out",
            );
        }
        Some(())
    }

    fn range(&mut self) -> Option<Domain> {
        let (from, _) = self.number()?;
        self.word("to")?;
        let (to, token) = self.number()?;
        if to < from {
            let fault = format!("the range ends with `{to}`, before its beginning `{from}`");
            return self.wrong(token, fault, "write the smaller number first");
        }
        if to.saturating_sub(from) >= NUMBERS_MAX {
            let fault = format!("the range from `{from}` to `{to}` is too long");
            return self.wrong(token, fault, format!("accepted are {NUMBERS_MAX} numbers at most"));
        }
        Some(Domain::Numbers { from, to })
    }

    /// Takes a whole number.
    pub(super) fn number(&mut self) -> Option<(i64, &'t Token)> {
        let token = self.next("a whole number")?;
        match token.text.parse() {
            Ok(number) if token.kind == Kind::Word => Some((number, token)),
            _ => {
                let fault = format!("`{}` is no whole number", token.text);
                self.wrong(token, fault, "expected is a number such as `0` or `40`")
            }
        }
    }
}

/// The line of a token, as the model holds it.
pub(super) fn line_of(token: &Token) -> u32 {
    u32::try_from(token.line).unwrap_or(u32::MAX)
}
