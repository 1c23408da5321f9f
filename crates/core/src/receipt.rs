//! Why policy answered as it did, kept so that anybody may check it later.

use crate::PolicyRef;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What was proved of a policy before it was adopted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// No answer depends on who calls or who lives there.
    Even,
    /// None but for the signed, dated exceptions that are listed with it.
    EvenButForExceptions,
    /// Some answer depends on it. It may be lawful; it is said wherever the policy is shown.
    Uneven,
    /// The check was not completed; such a policy is not adopted.
    Undecided,
}

/// The record of one answer. It holds nothing that a caller said of themselves: an attribute of
/// class `caller` stands here only with the values that it might have had.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Receipt {
    /// The policy that answered.
    pub policy: PolicyRef,
    /// What was proved of it.
    pub verdict: Verdict,
    /// Each protected outcome, its value, and the rule that decided it.
    pub rules: Vec<RuleUsed>,
    /// The facts that the answer was made from, by attribute.
    pub facts: BTreeMap<String, String>,
    /// Protected attributes that would have changed the answer. Empty for an even policy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub would_change: Vec<WouldChange>,
    /// What a caller of whom nothing is known would have had, where that is something else. Empty
    /// for an even policy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub otherwise: Vec<RuleUsed>,
}

/// A protected outcome and the rule that decided it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RuleUsed {
    /// The outcome's name.
    pub outcome: String,
    /// Its value, as it is written in the policy.
    pub value: String,
    /// The rule's name.
    pub rule: String,
}

/// One way in which who calls would have changed the answer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct WouldChange {
    /// The attribute of the caller or of the area.
    pub attribute: String,
    /// With this value,
    pub value: String,
    /// this outcome
    pub outcome: String,
    /// would have been this.
    pub answer: String,
}

/// What is added for a person who needs it: an interpreter, a relay, another way of ringing back.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Accommodation {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}
