//! What a condition asks of a call, and what kind of fact that is.
//!
//! The classes are those of the reference: headers, origin network, additional data, number
//! verification and suspicion score say **who** calls; location **where**; service, request, body
//! parts, alert and media offer **what**; time, queues, services, posture and next hop are
//! **circumstance**. Where one condition can ask either, what it asks decides, and in doubt it is
//! *who*: a body part with data about the subscriber, the languages of a media offer, the sender of
//! an alert.

use crate::response::Class;

use super::json::shortened;

/// A question about a call, apart from the answer that a condition wants.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Test {
    /// What it looks at: `SipHeader From`, `QueueState of sip:q@psap.example.org`.
    pub subject: String,
    /// The class of that.
    pub class: Class,
    /// Whether a call has at most one value of it.
    pub single: bool,
    /// Facts that hang together, though they are different subjects; for the caveats.
    pub kin: Kin,
    /// What it asks.
    pub what: What,
}

/// Subjects that hang together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Kin {
    /// Hangs together with nothing else.
    Own,
    /// What the call carries with it.
    Body,
    /// Where it is from, which service that gives and whose queue is next.
    Way,
}

/// What is asked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum What {
    /// Which of the values that the rules name it has; for a subject with one value.
    Value,
    /// Whether it is this, for a subject that a call may have several times.
    Is(String),
    /// Whether it contains this.
    Contains(String),
    /// Whether it is there at all.
    IsThere,
    /// Anything else, of which no more is known than that it may hold or not.
    Other(String),
    /// A score from 0 to 100.
    Score,
}

/// The answer that a condition wants.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Wants {
    Yes,
    No,
    Value(String),
    AnotherThan(String),
    Between(i64, i64),
}

/// One condition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Asked {
    pub test: Test,
    pub wants: Wants,
    pub negated: bool,
}

impl Test {
    /// A test of a subject that hangs together with nothing else.
    pub(super) fn of(subject: String, class: Class, what: What) -> Self {
        Self { subject, class, single: false, kin: Kin::Own, what }
    }

    /// A call has at most one value of its subject.
    pub(super) fn single(self) -> Self {
        Self { single: true, ..self }
    }

    /// It hangs together with other subjects.
    pub(super) fn kin(self, kin: Kin) -> Self {
        Self { kin, ..self }
    }

    /// A test by one of the operators `EQ`, `NE`, `SS`, `exists`, `missing` or another.
    pub(super) fn by(self, operator: &str, content: &str) -> (Self, Wants) {
        let content = content.to_owned();
        let (what, wants) = match (operator, self.single) {
            ("EQ", true) => (What::Value, Wants::Value(content)),
            ("NE", true) => (What::Value, Wants::AnotherThan(content)),
            ("EQ", false) => (What::Is(content), Wants::Yes),
            ("NE", false) => (What::Is(content), Wants::No),
            ("SS", _) => (What::Contains(content), Wants::Yes),
            ("exists", _) => (What::IsThere, Wants::Yes),
            ("missing", _) => (What::IsThere, Wants::No),
            (other, _) => (What::Other(format!("{other} {content:?}")), Wants::Yes),
        };
        (Self { what, ..self }, wants)
    }

    /// Whether the two are the same question.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.what == other.what && self.subject.eq_ignore_ascii_case(&other.subject)
    }

    /// What the attribute is called. Long texts are cut, so two may be called the same.
    pub(super) fn name(&self) -> String {
        let subject = &self.subject;
        match &self.what {
            What::Value | What::Score => subject.clone(),
            What::Is(text) => format!("{subject} is {:?}", shortened(text)),
            What::Contains(text) => format!("{subject} contains {:?}", shortened(text)),
            What::IsThere => format!("{subject} is there"),
            What::Other(text) => format!("{subject} {}", shortened(text)),
        }
    }
}
