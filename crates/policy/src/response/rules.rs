//! `rule`, `otherwise`, `expect`: conditions, and what then holds.

use super::declare::line_of;
use super::model::{Condition, Domain, Expectation, Outcome, OutcomeKind, Rule, Setting};
use super::read::Reader;
use super::token::{Kind, Token};
use super::words::accepted_near;

impl<'t> Reader<'t> {
    pub(super) fn rule(&mut self, first: &Token) -> Option<()> {
        if let Some(line) = self.otherwise {
            let fault = format!("a rule after `otherwise` in line {line} is never reached");
            return self.wrong(first, fault, "write it above `otherwise`");
        }
        let name = self.new_name("a rule")?;
        self.word("when")?;
        let when = self.condition()?;
        let then = self.settings()?;
        let line = line_of(first);
        self.response.rules.push(Rule { name: name.text.clone(), when, then, line });
        Some(())
    }

    pub(super) fn otherwise(&mut self, first: &Token) -> Option<()> {
        if let Some(line) = self.otherwise {
            let fault = format!("`otherwise` stands in line {line} already");
            return self.wrong(first, fault, "leave one of the two out");
        }
        self.otherwise = Some(first.line);
        let then = self.set()?;
        let sets = |place| then.iter().any(|one: &Setting| one.outcome == place);
        let missing: Vec<String> = self
            .response
            .protected_outcomes()
            .filter(|place| !sets(*place))
            .filter_map(|place| Some(format!("`{}`", self.response.outcomes.get(place)?.name)))
            .collect();
        if !missing.is_empty() {
            let fault = format!("`otherwise` does not set {}", missing.join(", "));
            return self.wrong(first, fault, "every outcome needs a value for every call");
        }
        let (name, when) = ("otherwise".to_owned(), Condition::Always);
        self.response.rules.push(Rule { name, when, then, line: line_of(first) });
        Some(())
    }

    pub(super) fn expect(&mut self, first: &Token) -> Option<()> {
        let name = self.quoted("what the case is about")?.text.clone();
        self.word("when")?;
        let when = self.condition()?;
        let then = self.settings()?;
        let line = line_of(first);
        self.response.expectations.push(Expectation { name, when, then, line });
        Some(())
    }

    fn settings(&mut self) -> Option<Vec<Setting>> {
        self.word("then")?;
        self.set()
    }

    /// `send_now, priority 1, units police_two`.
    fn set(&mut self) -> Option<Vec<Setting>> {
        let mut then: Vec<Setting> = Vec::new();
        loop {
            let (token, setting) = self.setting()?;
            if then.iter().any(|one| one.outcome == setting.outcome) {
                let name = self.outcome_at(setting.outcome)?.name.clone();
                let fault = format!("`{name}` is set twice");
                return self.wrong(token, fault, "leave one of the two out");
            }
            then.push(setting);
            if !self.takes(",") {
                return Some(then);
            }
        }
    }

    fn setting(&mut self) -> Option<(&'t Token, Setting)> {
        let token = self.next("an outcome and its value")?;
        if let Some(outcome) = self.response.outcome(&token.text) {
            self.takes("=");
            let given = self.next(&format!("a value of `{}`", token.text))?;
            let domain = self.outcome_at(outcome)?.domain.clone();
            let value = self.value_of(given, &token.text, &domain)?;
            self.unit(outcome)?;
            return Some((token, Setting { outcome, value }));
        }
        if self.is_spoiled(&token.text) {
            return None;
        }
        let holders: Vec<(usize, u32)> = (0..)
            .zip(&self.response.outcomes)
            .filter_map(|(place, one)| match &one.domain {
                Domain::Words(_) => Some((place, one.domain.value(&token.text)?)),
                Domain::Numbers { .. } => None,
            })
            .collect();
        match holders.as_slice() {
            [(outcome, value)] if token.kind == Kind::Word => {
                Some((token, Setting { outcome: *outcome, value: *value }))
            }
            [] | [_] => self.no_value(token),
            several => self.whose_value(token, several),
        }
    }

    fn no_value<T>(&mut self, token: &Token) -> Option<T> {
        if token.text.parse::<i64>().is_ok() {
            let fault = format!("`{}` does not say which outcome it is of", token.text);
            return self.wrong(token, fault, "write the outcome before it, as in `priority 1`");
        }
        let mut names: Vec<String> =
            self.response.outcomes.iter().map(|one: &Outcome| one.name.clone()).collect();
        for outcome in &self.response.outcomes {
            if let Domain::Words(words) = &outcome.domain {
                names.extend(words.iter().cloned());
            }
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let fault = format!("`{}` is no outcome and no value of one", token.text);
        self.wrong(token, fault, accepted_near(&token.text, &names))
    }

    fn whose_value<T>(&mut self, token: &Token, several: &[(usize, u32)]) -> Option<T> {
        let ways: Vec<String> = several
            .iter()
            .filter_map(|(place, _)| self.outcome_at(*place))
            .map(|one| format!("`{} {}`", one.name, token.text))
            .collect();
        let fault = format!("`{}` is a value of several outcomes", token.text);
        self.wrong(token, fault, format!("write {}", ways.join(" or ")))
    }

    /// The unit after a number may be left out, but not be another one.
    pub(super) fn unit(&mut self, outcome: usize) -> Option<()> {
        let Some(token) = self.peek().filter(|token| token.kind == Kind::Word) else {
            return Some(());
        };
        let outcome = self.outcome_at(outcome)?;
        if matches!(outcome.domain, Domain::Words(_)) || !follows_number(token) {
            return Some(());
        }
        let unit = outcome.unit.clone();
        if unit.as_deref() == Some(token.text.as_str()) {
            self.next("a unit")?;
            return Some(());
        }
        let name = outcome.name.clone();
        let fault = format!("`{}` is not the unit of `{name}`", token.text);
        match unit {
            Some(unit) => self.wrong(token, fault, format!("accepted is `{unit}`, or nothing")),
            None => {
                self.wrong(token, fault, format!("`{name}` has no unit; put `,` between settings"))
            }
        }
    }

    pub(super) fn outcome_at(&self, place: usize) -> Option<&Outcome> {
        self.response.outcomes.get(place)
    }

    /// An outcome that is ordered, so that `at least` and `worse` mean something.
    pub(super) fn ordered(&mut self) -> Option<usize> {
        let (place, token) = self.protected()?;
        let outcome = self.outcome_at(place)?;
        if outcome.ordered && outcome.kind == OutcomeKind::Protected {
            return Some(place);
        }
        let fault = format!("the values of `{}` have no order", token.text);
        self.wrong(token, fault, "declare it with `one of`, best first, or as a range")
    }
}

/// Whether a word after a number is meant as its unit, and is not the next part of the statement.
fn follows_number(token: &Token) -> bool {
    !["with", "by", "then", "and", "or"].contains(&token.text.as_str())
}
