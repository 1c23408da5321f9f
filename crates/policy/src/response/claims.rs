//! What a text claims of itself, and who may depart from its answer: `never`, `worse`, `floor`,
//! `allow`, `override`.

use super::declare::line_of;
use super::model::{
    Claim, Class, Condition, Exception, Floor, Never, Override, OverrideAction, Permit, Worse,
};
use super::read::Reader;
use super::token::{Kind, Token};
use super::words::accepted_near;
use std::collections::BTreeSet;

/// Roles that the override table may name: those of the permission table.
const ROLES: [&str; 4] = ["call_taker", "dispatcher", "supervisor", "auditor"];

impl Reader<'_> {
    /// `never caller area may decide response priority`, or `... any outcome`.
    pub(super) fn never(&mut self, first: &Token) -> Option<()> {
        let mut classes = BTreeSet::new();
        while !self.sees("may") {
            let token = self.next("a class, and then `may decide`")?;
            match Class::ALL.into_iter().find(|class| class.word() == token.text) {
                Some(class) => classes.insert(class),
                None => {
                    let mend = accepted_near(&token.text, &Class::ALL.map(Class::word));
                    return self.wrong(token, format!("`{}` is no class", token.text), mend);
                }
            };
        }
        self.word("may")?;
        self.word("decide")?;
        let mut outcomes = BTreeSet::new();
        if self.takes("any") {
            self.word("outcome")?;
            outcomes.extend(self.response.protected_outcomes());
        } else {
            outcomes.insert(self.protected()?.0);
            while self.peek().is_some() {
                self.takes(",");
                outcomes.insert(self.protected()?.0);
            }
        }
        if classes.is_empty() {
            return self.wrong(
                first,
                "`never` names no class",
                "write `never caller area may ...`",
            );
        }
        let never = Never { classes, outcomes, line: line_of(first) };
        self.response.claims.push(Claim::Never(never));
        Some(())
    }

    /// `worse severity must not worsen response`.
    pub(super) fn worse(&mut self, first: &Token) -> Option<()> {
        let (attribute, token) = self.attribute()?;
        for word in ["must", "not", "worsen"] {
            self.word(word)?;
        }
        let outcome = self.ordered()?;
        let domain = &self.response.attributes.get(attribute)?.domain;
        let steps = domain.size() - u32::from(domain.unknown().is_some());
        if steps < 2 {
            let fault = format!("`{}` cannot be worse: it has one value", token.text);
            return self.wrong(token, fault, "name an attribute with two values or more");
        }
        let worse = Worse { attribute, outcome, line: line_of(first) };
        self.response.claims.push(Claim::Worse(worse));
        Some(())
    }

    /// `floor when severity >= 3 response at least send`.
    pub(super) fn floor(&mut self, first: &Token) -> Option<()> {
        self.word("when")?;
        let when = self.condition()?;
        let outcome = self.ordered()?;
        self.word("at")?;
        self.word("least")?;
        let known = self.outcome_at(outcome)?;
        let (name, domain) = (known.name.clone(), known.domain.clone());
        let token = self.next(&format!("a value of `{name}`"))?;
        let at_least = self.value_of(token, &name, &domain)?;
        self.unit(outcome)?;
        let floor = Floor { when, outcome, at_least, line: line_of(first) };
        self.response.claims.push(Claim::Floor(floor));
        Some(())
    }

    /// `allow affiliation to raise response because "..." until 2027-06-30 signed A, B`.
    pub(super) fn allow(&mut self, first: &Token) -> Option<()> {
        let (attribute, token) = self.attribute()?;
        let class = self.response.attributes.get(attribute)?.class;
        if !class.is_protected() {
            let fault =
                format!("`{}` is of class `{}` and needs no exception", token.text, class.word());
            return self.wrong(token, fault, "an exception is for the classes `caller` and `area`");
        }
        self.word("to")?;
        self.word("raise")?;
        let outcome = self.ordered()?;
        self.word("because")?;
        let because = self.quoted("the reason and its legal basis")?.text.clone();
        self.word("until")?;
        let until = self.date()?;
        let signed = self.signers()?;
        let line = line_of(first);
        self.response.exceptions.push(Exception {
            attribute,
            outcome,
            because,
            until,
            signed,
            line,
        });
        Some(())
    }

    fn date(&mut self) -> Option<String> {
        let token = self.next("a date such as `2027-06-30`")?;
        if is_date(&token.text) {
            return Some(token.text.clone());
        }
        let fault = format!("`{}` is no date", token.text);
        self.wrong(token, fault, "expected is year, month and day, such as `2027-06-30`")
    }

    fn signers(&mut self) -> Option<Vec<String>> {
        let signed = self.word("signed")?;
        let mut names: Vec<String> = Vec::new();
        loop {
            let token = self.next("the name of who signs")?;
            if token.kind == Kind::Sign || token.text.trim().is_empty() {
                let fault = format!("`{}` is no name", token.text);
                return self.wrong(token, fault, "write names, divided by `,`");
            }
            if names.contains(&token.text) {
                let fault = format!("`{}` signs twice", token.text);
                return self.wrong(token, fault, "an exception is signed by two different people");
            }
            names.push(token.text.clone());
            if !self.takes(",") {
                break;
            }
        }
        if names.len() < 2 {
            let fault = "the exception is signed by one person";
            return self.wrong(signed, fault, "an exception is signed by two different people");
        }
        Some(names)
    }

    /// `override lower when nature = domestic by supervisor with reason and second_person`.
    pub(super) fn overriding(&mut self, first: &Token) -> Option<()> {
        let words = OverrideAction::ALL.map(OverrideAction::word);
        let token = self.next("what may be done")?;
        let action = OverrideAction::ALL.into_iter().find(|one| one.word() == token.text);
        let Some(action) = action else {
            let fault = format!("`{}` is no departure from the answer", token.text);
            return self.wrong(token, fault, accepted_near(&token.text, &words));
        };
        let when = if self.takes("when") { self.condition()? } else { Condition::Always };
        let permit = self.permit()?;
        let line = line_of(first);
        self.response.overrides.push(Override { action, when, permit, line });
        Some(())
    }

    fn permit(&mut self) -> Option<Permit> {
        let by = self.word("by")?;
        let mut permit = Permit::default();
        if self.takes("nobody") {
            return Some(permit);
        }
        while let Some(token) = self.peek().filter(|token| token.text != "with") {
            self.next("a role")?;
            if !ROLES.contains(&token.text.as_str()) {
                let fault = format!("`{}` is no role", token.text);
                return self.wrong(token, fault, accepted_near(&token.text, &ROLES));
            }
            permit.roles.insert(token.text.clone());
        }
        if permit.roles.is_empty() {
            return self.wrong(by, "nobody is named", "write roles, or `by nobody`");
        }
        if self.takes("with") {
            self.demands(&mut permit)?;
        }
        Some(permit)
    }

    fn demands(&mut self, permit: &mut Permit) -> Option<()> {
        loop {
            let token = self.next("`reason` or `second_person`")?;
            match token.text.as_str() {
                "reason" => permit.reason = true,
                "second_person" => permit.second_person = true,
                other => {
                    let fault = format!("`{other}` cannot be demanded");
                    return self.wrong(token, fault, "accepted are `reason`, `second_person`");
                }
            }
            if !self.takes("and") {
                return Some(());
            }
        }
    }
}

/// `YYYY-MM-DD`, a day that there is.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    if (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return false;
    }
    let (Ok(year), Ok(month), Ok(day)) =
        (year.parse::<u32>(), month.parse::<u32>(), day.parse::<u32>())
    else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}
