//! A response policy as it is meant: names resolved, values numbered, nothing left to find out.

use std::collections::BTreeSet;

/// A whole response policy.
///
/// Attributes, outcomes and rules are addressed by their place in these lists.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Response {
    /// Its title.
    pub title: String,
    /// Its version, counted by the agency.
    pub version: u32,
    /// What is known of a call, in the order of the text.
    pub attributes: Vec<Attribute>,
    /// What is decided: protected outcomes and accommodations, in the order of the text.
    pub outcomes: Vec<Outcome>,
    /// Calls that cannot be, in the order of the text.
    pub impossible: Vec<Condition>,
    /// Rules in order. INVARIANT: the last is `otherwise`: its condition is [`Condition::Always`]
    /// and it sets every protected outcome.
    pub rules: Vec<Rule>,
    /// What the text claims of itself, to be proved.
    pub claims: Vec<Claim>,
    /// Signed, dated dependences in one direction.
    pub exceptions: Vec<Exception>,
    /// Who may depart from the answer; the first that holds for an action rules.
    pub overrides: Vec<Override>,
    /// The agency's own cases.
    pub expectations: Vec<Expectation>,
}

/// What kind of fact an attribute is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Class {
    /// What happened, and how bad it is.
    Emergency,
    /// How things stand: units free, hour, weather.
    Situation,
    /// Where, as far as it is needed to send help.
    Place,
    /// Who calls.
    Caller,
    /// Who lives there. For the audit only; never a reason.
    Area,
}

impl Class {
    /// Every class, as they stand in a text.
    pub const ALL: [Self; 5] =
        [Self::Emergency, Self::Situation, Self::Place, Self::Caller, Self::Area];

    /// The word for it in a policy's text.
    pub fn word(self) -> &'static str {
        match self {
            Self::Emergency => "emergency",
            Self::Situation => "situation",
            Self::Place => "place",
            Self::Caller => "caller",
            Self::Area => "area",
        }
    }

    /// Whether no protected outcome may depend on it without a signed exception.
    pub fn is_protected(self) -> bool {
        matches!(self, Self::Caller | Self::Area)
    }
}

/// One fact about a call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// Its class.
    pub class: Class,
    /// The values it can have, numbered from 0.
    pub domain: Domain,
    /// Line of the text, counted from 1.
    pub line: u32,
}

/// The values that something can have. A value is addressed by its number, from 0 to `size() - 1`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Domain {
    /// Words. For an attribute one of them is always `unknown`.
    Words(Vec<String>),
    /// Whole numbers, both ends within. The number `from` has the value 0.
    Numbers {
        /// Least.
        from: i64,
        /// Greatest.
        to: i64,
    },
}

impl Domain {
    /// How many values.
    pub fn size(&self) -> u32 {
        match self {
            Self::Words(words) => u32::try_from(words.len()).unwrap_or(u32::MAX),
            Self::Numbers { from, to } => {
                u32::try_from(to.saturating_sub(*from)).unwrap_or(u32::MAX).saturating_add(1)
            }
        }
    }

    /// The value as it is written; empty if there is no such value.
    pub fn text(&self, value: u32) -> String {
        match self {
            Self::Words(words) => words.get(value as usize).cloned().unwrap_or_default(),
            Self::Numbers { from, .. } => from.saturating_add(i64::from(value)).to_string(),
        }
    }

    /// The value of a word or number, if it is one.
    pub fn value(&self, text: &str) -> Option<u32> {
        match self {
            Self::Words(words) => {
                words.iter().position(|word| word == text).and_then(|at| u32::try_from(at).ok())
            }
            Self::Numbers { from, to } => {
                let number: i64 = text.parse().ok()?;
                (*from..=*to).contains(&number).then(|| u32::try_from(number - from).ok())?
            }
        }
    }

    /// The value `unknown`, if there is one.
    pub fn unknown(&self) -> Option<u32> {
        match self {
            Self::Words(_) => self.value("unknown"),
            Self::Numbers { .. } => None,
        }
    }

    /// The value taken where nothing is known: `unknown`, or the least number.
    pub fn baseline(&self) -> u32 {
        self.unknown().unwrap_or(0)
    }
}

/// What a policy decides.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// Its name.
    pub name: String,
    /// Protected outcome or accommodation.
    pub kind: OutcomeKind,
    /// Its values. If `ordered`, best first for a protected outcome, least first for an
    /// accommodation.
    pub domain: Domain,
    /// Whether the order of the values means anything (`one of`, `from .. to ..`), or not
    /// (`any of`).
    pub ordered: bool,
    /// The unit that numbers are in, if one is written, such as `minutes`.
    pub unit: Option<String>,
    /// Line of the text, counted from 1.
    pub line: u32,
}

/// Whether help itself depends on it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum OutcomeKind {
    /// Must be the same whoever calls.
    Protected,
    /// May depend on these attributes of the caller (by place in the list), may only add.
    Accommodation {
        /// Attributes of class `caller` that it may use.
        may_use: BTreeSet<usize>,
    },
}

/// Which values, as runs `first..=last` in rising order, not touching one another.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Runs(Vec<(u32, u32)>);

impl Runs {
    /// From values in any order.
    pub fn of(values: impl IntoIterator<Item = u32>) -> Self {
        let values: BTreeSet<u32> = values.into_iter().collect();
        let mut runs: Vec<(u32, u32)> = Vec::new();
        for value in values {
            match runs.last_mut() {
                Some((_, last)) if last.checked_add(1) == Some(value) => *last = value,
                _ => runs.push((value, value)),
            }
        }
        Self(runs)
    }

    /// One run; empty if `first > last`.
    pub fn span(first: u32, last: u32) -> Self {
        if first <= last { Self(vec![(first, last)]) } else { Self::default() }
    }

    /// Every value below `size` that is not in here.
    pub fn complement(&self, size: u32) -> Self {
        let mut next = 0;
        let mut runs = Vec::new();
        for (first, last) in &self.0 {
            if next < *first {
                runs.push((next, first - 1));
            }
            next = last.saturating_add(1);
        }
        if next < size {
            runs.push((next, size - 1));
        }
        Self(runs)
    }

    /// Whether a value is in here.
    pub fn contains(&self, value: u32) -> bool {
        self.0.iter().any(|(first, last)| (*first..=*last).contains(&value))
    }

    /// The runs, each `first..=last`.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.0.iter().copied()
    }

    /// Whether no value is in here.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many values.
    pub fn len(&self) -> u64 {
        self.0.iter().map(|(first, last)| u64::from(last - first) + 1).sum()
    }
}

/// When something holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Condition {
    /// For every call.
    Always,
    /// An attribute (by place) has one of these values.
    Is {
        /// Which attribute.
        attribute: usize,
        /// Which values.
        values: Runs,
    },
    /// The other does not hold.
    Not(Box<Condition>),
    /// All hold; none: always.
    All(Vec<Condition>),
    /// One at least holds; none: never.
    Any(Vec<Condition>),
}

impl Condition {
    /// Whether it holds for a call, given as one value for each attribute. The plain reading, that
    /// everything faster is checked against.
    pub fn holds(&self, call: &[u32]) -> bool {
        match self {
            Self::Always => true,
            Self::Is { attribute, values } => {
                call.get(*attribute).is_some_and(|value| values.contains(*value))
            }
            Self::Not(other) => !other.holds(call),
            Self::All(parts) => parts.iter().all(|part| part.holds(call)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(call)),
        }
    }

    /// The attributes it names, whether or not they can be felt.
    pub fn mentions(&self, into: &mut BTreeSet<usize>) {
        match self {
            Self::Always => {}
            Self::Is { attribute, .. } => {
                into.insert(*attribute);
            }
            Self::Not(other) => other.mentions(into),
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().for_each(|part| part.mentions(into));
            }
        }
    }
}

/// An outcome (by place) and the value it gets.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Setting {
    /// Which outcome.
    pub outcome: usize,
    /// Which value of its domain.
    pub value: u32,
}

/// One rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    /// Its name; `otherwise` for the last.
    pub name: String,
    /// When it holds.
    pub when: Condition,
    /// What it sets; each outcome at most once.
    pub then: Vec<Setting>,
    /// Line of the text, counted from 1.
    pub line: u32,
}

impl Rule {
    /// The value it gives an outcome, if it names it.
    pub fn sets(&self, outcome: usize) -> Option<u32> {
        self.then.iter().find(|one| one.outcome == outcome).map(|one| one.value)
    }
}

/// What a text claims of itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Claim {
    /// `never caller area may decide response`.
    Never(Never),
    /// `worse severity must not worsen response`.
    Worse(Worse),
    /// `floor when severity >= 3 response at least send`.
    Floor(Floor),
}

/// Classes that may not decide outcomes. `caller` and `area` may not decide any protected outcome
/// even where this is not written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Never {
    /// Which classes.
    pub classes: BTreeSet<Class>,
    /// Which protected outcomes, by place.
    pub outcomes: BTreeSet<usize>,
    /// Line of the text, counted from 1.
    pub line: u32,
}

/// A higher value of an attribute (numbers: greater; words: later; `unknown` is left out) must not
/// give a worse outcome.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Worse {
    /// Which attribute, by place.
    pub attribute: usize,
    /// Which ordered protected outcome, by place.
    pub outcome: usize,
    /// Line of the text, counted from 1.
    pub line: u32,
}

/// The least that must be given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Floor {
    /// For which calls.
    pub when: Condition,
    /// Which ordered protected outcome, by place.
    pub outcome: usize,
    /// This value or a better one (a smaller number of its domain).
    pub at_least: u32,
    /// Line of the text, counted from 1.
    pub line: u32,
}

/// A protected attribute may make an outcome better than it is for the baseline (`unknown`, or the
/// least number), never worse. Always printed; ends on its date.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exception {
    /// Which attribute of class `caller` or `area`, by place.
    pub attribute: usize,
    /// Which ordered protected outcome, by place.
    pub outcome: usize,
    /// Why, with the legal basis.
    pub because: String,
    /// Last day on which it holds, `YYYY-MM-DD`. Days compare as texts.
    pub until: String,
    /// Who signed; at least two, no two alike.
    pub signed: Vec<String>,
    /// Line of the text, counted from 1.
    pub line: u32,
}

/// A person's departure from the answer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum OverrideAction {
    /// More, sooner, or help where policy sends none.
    Raise,
    /// Less, later, or a hold where policy sends.
    Lower,
    /// Nobody is sent though policy sends.
    Decline,
    /// A running response is ended.
    Cancel,
    /// Another type is given.
    Retype,
}

impl OverrideAction {
    /// Every action.
    pub const ALL: [Self; 5] =
        [Self::Raise, Self::Lower, Self::Decline, Self::Cancel, Self::Retype];

    /// The word for it in a policy's text.
    pub fn word(self) -> &'static str {
        match self {
            Self::Raise => "raise",
            Self::Lower => "lower",
            Self::Decline => "decline",
            Self::Cancel => "cancel",
            Self::Retype => "retype",
        }
    }
}

/// One line of the override table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Override {
    /// Which action.
    pub action: OverrideAction,
    /// For which calls.
    pub when: Condition,
    /// Who may, and what it takes.
    pub permit: Permit,
    /// Line of the text, counted from 1.
    pub line: u32,
}

/// Who may override, and what it takes. `roles` empty: nobody.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Permit {
    /// Roles, by the words of the permission table (`call_taker`, `dispatcher`, `supervisor`).
    pub roles: BTreeSet<String>,
    /// A reason must be given.
    pub reason: bool,
    /// A second person must sign.
    pub second_person: bool,
}

/// A case that must come out as written, for every call that it covers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expectation {
    /// Its name.
    pub name: String,
    /// For which calls; what is not named may be anything.
    pub when: Condition,
    /// What each must get.
    pub then: Vec<Setting>,
    /// Line of the text, counted from 1.
    pub line: u32,
}

impl Response {
    /// The plain reading of the whole text for one call, one value for each attribute: the slow,
    /// obvious interpreter that the compiled one and the prover are tested against.
    pub fn answer(&self, call: &[u32]) -> Vec<u32> {
        let mut answer = Vec::with_capacity(self.outcomes.len());
        for (place, outcome) in self.outcomes.iter().enumerate() {
            let mut held = self
                .rules
                .iter()
                .filter(|rule| rule.when.holds(call))
                .filter_map(|rule| rule.sets(place));
            answer.push(match outcome.kind {
                OutcomeKind::Protected => held.next().unwrap_or(0),
                OutcomeKind::Accommodation { .. } => held.max().unwrap_or(0),
            });
        }
        answer
    }

    /// The place of an attribute by its name.
    pub fn attribute(&self, name: &str) -> Option<usize> {
        self.attributes.iter().position(|one| one.name == name)
    }

    /// The place of an outcome by its name.
    pub fn outcome(&self, name: &str) -> Option<usize> {
        self.outcomes.iter().position(|one| one.name == name)
    }

    /// The outcomes that must be the same whoever calls, by place.
    pub fn protected_outcomes(&self) -> impl Iterator<Item = usize> + '_ {
        let protected = |outcome: &Outcome| outcome.kind == OutcomeKind::Protected;
        self.outcomes.iter().enumerate().filter(move |(_, one)| protected(one)).map(|(at, _)| at)
    }
}
