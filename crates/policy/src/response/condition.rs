//! `when ...`: tests joined by `and`, `or`, `not`.
//!
//! `and` and `or` side by side are refused: two readers could take them two ways.

use super::model::{Condition, Domain, Runs};
use super::read::{Reader, is_name};
use super::token::{Kind, Token};
use super::words::accepted_near;

/// How deep parentheses may stand in each other.
const DEPTH_MAX: usize = 40;

impl Reader<'_> {
    /// Takes a condition.
    pub(super) fn condition(&mut self) -> Option<Condition> {
        self.joined(0)
    }

    fn joined(&mut self, depth: usize) -> Option<Condition> {
        let first = self.part(depth)?;
        let Some(join) = self.peek().filter(|token| is_join(token)) else { return Some(first) };
        let mut parts = vec![first];
        while let Some(token) = self.peek().filter(|token| is_join(token)) {
            if token.text != join.text {
                let fault = format!(
                    "`{}` follows `{}`, and two people may read it two ways",
                    token.text, join.text
                );
                let mend = "put parentheses around what belongs together";
                return self.wrong(token, fault, mend);
            }
            self.next("a condition")?;
            parts.push(self.part(depth)?);
        }
        Some(if join.text == "and" { Condition::All(parts) } else { Condition::Any(parts) })
    }

    fn part(&mut self, depth: usize) -> Option<Condition> {
        let token = self.next("a condition, such as `severity >= 3`")?;
        if depth >= DEPTH_MAX {
            let fault = format!("parentheses stand {DEPTH_MAX} deep");
            return self.wrong(token, fault, "give a part of it a name with `define`");
        }
        match token.text.as_str() {
            "not" => Some(Condition::Not(Box::new(self.part(depth + 1)?))),
            "(" => {
                let inner = self.joined(depth + 1)?;
                self.word(")")?;
                Some(inner)
            }
            _ => self.test(token),
        }
    }

    fn test(&mut self, token: &Token) -> Option<Condition> {
        if let Some(condition) = self.defined.get(&token.text) {
            return Some(condition.clone());
        }
        if self.is_spoiled(&token.text) {
            return None;
        }
        let Some(attribute) = self.response.attribute(&token.text) else {
            return self.no_attribute(token);
        };
        let domain = self.response.attributes.get(attribute)?.domain.clone();
        let values = self.compared(&token.text, &domain)?;
        Some(Condition::Is { attribute, values })
    }

    fn no_attribute(&mut self, token: &Token) -> Option<Condition> {
        if !is_name(token) {
            let fault = format!("`{}` is not expected here", token.text);
            return self.wrong(token, fault, "expected is a condition, such as `severity >= 3`");
        }
        let attributes = self.response.attributes.iter().map(|one| one.name.as_str());
        let names: Vec<&str> = attributes.chain(self.defined.keys().map(String::as_str)).collect();
        let mend = accepted_near(&token.text, &names);
        self.wrong(
            token,
            format!("`{}` is no attribute and no defined condition", token.text),
            mend,
        )
    }

    fn compared(&mut self, name: &str, domain: &Domain) -> Option<Runs> {
        let size = domain.size();
        let sign = self.next("`=`, `!=` or `in`")?;
        match sign.text.as_str() {
            "=" => Some(self.one(name, domain)?),
            "!=" => Some(self.one(name, domain)?.complement(size)),
            "in" => self.listed(name, domain),
            "not" => {
                self.word("in")?;
                Some(self.listed(name, domain)?.complement(size))
            }
            "<" | "<=" | ">" | ">=" | "between" => self.ranged(sign, name, domain),
            other => {
                let fault = format!("`{other}` compares nothing");
                let mend = match domain {
                    Domain::Words(_) => "accepted are `=`, `!=`, `in`, `not in`",
                    Domain::Numbers { .. } => {
                        "accepted are `=`, `!=`, `<`, `<=`, `>`, `>=`, `between`, `in`, `not in`"
                    }
                };
                self.wrong(sign, fault, mend)
            }
        }
    }

    fn ranged(&mut self, sign: &Token, name: &str, domain: &Domain) -> Option<Runs> {
        if matches!(domain, Domain::Words(_)) {
            let fault = format!("`{name}` has words for values, which are not compared by size");
            return self.wrong(sign, fault, "accepted are `=`, `!=`, `in`, `not in`");
        }
        let token = self.next("a whole number")?;
        let value = self.value_of(token, name, domain)?;
        let last = domain.size().saturating_sub(1);
        Some(match sign.text.as_str() {
            "<" => value.checked_sub(1).map_or_else(Runs::default, |last| Runs::span(0, last)),
            "<=" => Runs::span(0, value),
            ">" => Runs::span(value.saturating_add(1), last),
            ">=" => Runs::span(value, last),
            _ => {
                self.word("and")?;
                let token = self.next("a whole number")?;
                let end = self.value_of(token, name, domain)?;
                if end < value {
                    let fault =
                        format!("nothing is between `{}` and `{}`", domain.text(value), token.text);
                    return self.wrong(token, fault, "write the smaller number first");
                }
                Runs::span(value, end)
            }
        })
    }

    fn one(&mut self, name: &str, domain: &Domain) -> Option<Runs> {
        let token = self.next("a value")?;
        if token.text.ends_with(".*") {
            let mend = "write `in` for all values that begin so";
            return self.wrong(token, format!("`{}` is more than one value", token.text), mend);
        }
        Some(Runs::of([self.value_of(token, name, domain)?]))
    }

    /// Values side by side, to where something else begins.
    fn listed(&mut self, name: &str, domain: &Domain) -> Option<Runs> {
        let mut values = Vec::new();
        let mut sound = true;
        let mut count = 0;
        while let Some(token) = self.peek().filter(|token| !self.ends_list(token)) {
            self.next("a value")?;
            count += 1;
            match self.beginning(token, name, domain) {
                Some(found) => values.extend(found),
                None => sound = false,
            }
        }
        if count == 0 {
            return match self.peek() {
                Some(token) => {
                    let fault =
                        format!("`{}` stands where values of `{name}` are expected", token.text);
                    self.wrong(token, fault, "write at least one value")
                }
                None => self.next("at least one value").and(None),
            };
        }
        sound.then(|| Runs::of(values))
    }

    /// All values that `medical.*` stands for, or the one that is written.
    fn beginning(&mut self, token: &Token, name: &str, domain: &Domain) -> Option<Vec<u32>> {
        let (Some(start), Domain::Words(words)) = (token.text.strip_suffix('*'), domain) else {
            return self.value_of(token, name, domain).map(|value| vec![value]);
        };
        let found: Vec<u32> = (0..)
            .zip(words)
            .filter(|(_, word)| word.starts_with(start))
            .map(|(at, _)| at)
            .collect();
        if start.is_empty() || !start.ends_with('.') {
            let fault = format!("`{}` does not say where the beginning ends", token.text);
            return self.wrong(token, fault, "write a beginning up to a dot, such as `medical.*`");
        }
        if found.is_empty() {
            let fault = format!("no value of `{name}` begins with `{start}`");
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            return self.wrong(token, fault, accepted_near(start, &words));
        }
        Some(found)
    }

    /// `floor when nature in assault crowd response at least send`: the list ends before the
    /// outcome, which is told by what follows it.
    fn ends_list(&self, token: &Token) -> bool {
        let joins = ["and", "or", "then", "by", "with"];
        token.kind != Kind::Word
            || joins.contains(&token.text.as_str())
            || self.peek_second().is_some_and(|second| second.text == "at")
    }
}

fn is_join(token: &Token) -> bool {
    token.kind == Kind::Word && (token.text == "and" || token.text == "or")
}
