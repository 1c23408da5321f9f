//! The adoption of a policy: which one is in force, who adopted it, and which one comes.
//!
//! Core knows a policy by its hash and by what was proved of it; what its texts say is computed
//! outside. The texts stand in the journal with their adoption, so that a rebuild needs nothing
//! else.

use crate::state::Context;
use crate::{
    Command, Core, DeadlineKind, DecisionId, DecisionKind, Event, PolicyRef, Refusal, Signature,
    Subject, Timestamp, Verdict, limits,
};
use serde::{Deserialize, Serialize};

/// One text of a policy. Policies are public: nothing of it is sealed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PolicyText {
    /// The file's name, without folder.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

/// What was checked under a hash.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Adoption {
    /// The policy.
    pub policy: PolicyRef,
    /// What was proved.
    pub verdict: Verdict,
    /// As of which day, `YYYY-MM-DD`: exceptions end.
    pub checked_on: String,
    /// The signed exceptions, one sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<String>,
    /// Its texts. They stand in the journal once, with the event; a ruling read back has none.
    #[serde(skip)]
    pub files: Vec<PolicyText>,
}

/// A policy that was adopted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Adopted {
    /// The policy.
    pub policy: PolicyRef,
    /// What was proved.
    pub verdict: Verdict,
    /// As of which day, `YYYY-MM-DD`.
    pub checked_on: String,
    /// The signed exceptions, one sentence each.
    pub exceptions: Vec<String>,
    /// Who adopted it.
    pub adopted_by: Vec<String>,
    /// When.
    pub adopted_at: Timestamp,
    /// From when on it is in force.
    pub effective_at: Timestamp,
    /// The decision; `None`: the centre was founded with it.
    pub decision: Option<DecisionId>,
}

/// Every adoption, and which of them counts.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Adoptions {
    all: Vec<Adopted>,
    // INVARIANT: both are places in `all`.
    in_force: Option<usize>,
    pending: Option<usize>,
}

impl Core {
    /// The policy in force; `None` only before the centre was founded.
    pub fn policy_in_force(&self) -> Option<&Adopted> {
        self.adoptions.in_force.and_then(|place| self.adoptions.all.get(place))
    }

    /// The policy that will be in force.
    pub fn policy_pending(&self) -> Option<&Adopted> {
        self.adoptions.pending.and_then(|place| self.adoptions.all.get(place))
    }

    /// Every adoption, oldest first.
    pub fn adoptions(&self) -> impl DoubleEndedIterator<Item = &Adopted> {
        self.adoptions.all.iter()
    }

    pub(crate) fn decide_adoption(
        &self,
        context: &Context<'_>,
        command: &Command,
    ) -> Option<Result<Vec<Event>, Refusal>> {
        Some(match command {
            Command::FoundPolicy { hash, adopted_by } => {
                self.decide_found_policy(context, hash, adopted_by)
            }
            Command::AdoptPolicy { hash, effective_at, signature } => {
                self.decide_adopt_policy(context, hash, *effective_at, signature)
            }
            _ => return None,
        })
    }

    /// The policy that a centre begins with: named in its configuration, not decided by a shift.
    fn decide_found_policy(
        &self,
        context: &Context<'_>,
        hash: &str,
        adopted_by: &[String],
    ) -> Result<Vec<Event>, Refusal> {
        if self.policy_in_force().is_some() {
            return Err(Refusal::ActorMayNot { command: context.command.to_owned() });
        }
        let checked = checked(context, hash)?;
        let policy = checked.policy.clone();
        let adopted = adopted(checked, None, adopted_by.to_vec(), context.at);
        Ok(vec![adopted, Event::PolicyTookEffect { policy }])
    }

    // INVARIANT: two people sign, whatever policy itself demands: a policy cannot make it easier to
    // replace itself.
    fn decide_adopt_policy(
        &self,
        context: &Context<'_>,
        hash: &str,
        effective_at: Timestamp,
        signature: &Signature,
    ) -> Result<Vec<Event>, Refusal> {
        let checked = checked(context, hash)?;
        let first = context.person()?;
        let Some(second) = &signature.second else {
            return Err(Refusal::SecondPersonMissing { rule: context.ruling.rule.clone() });
        };
        let subject = Subject::Policy(hash.to_owned());
        let decided = self.decision(context, DecisionKind::AdoptPolicy, subject, signature)?;
        let names = vec![first.to_string(), second.to_string()];
        let at = effective_at.max(context.at);
        let policy = checked.policy.clone();
        let decision = Some(DecisionId(self.decisions + 1));
        let mut events = vec![decided, adopted(checked, decision, names, at)];
        if at == context.at {
            events.push(Event::PolicyTookEffect { policy });
        }
        Ok(events)
    }

    /// The pending policy's time has come.
    pub(crate) fn policy_due(&self) -> Option<Event> {
        self.policy_pending().map(|next| Event::PolicyTookEffect { policy: next.policy.clone() })
    }

    pub(crate) fn apply_adoption(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::PolicyAdopted {
                decision,
                policy,
                verdict,
                checked_on,
                exceptions,
                adopted_by,
                effective_at,
                ..
            } => {
                // A later adoption takes the place of one that was to come.
                self.adoptions.pending = Some(self.adoptions.all.len());
                self.adoptions.all.push(Adopted {
                    policy: policy.clone(),
                    verdict: *verdict,
                    checked_on: checked_on.clone(),
                    exceptions: exceptions.clone(),
                    adopted_by: adopted_by.clone(),
                    adopted_at: at,
                    effective_at: *effective_at,
                    decision: *decision,
                });
                self.set_due(DeadlineKind::PolicyTakesEffect, *effective_at);
            }
            Event::PolicyTookEffect { .. } => {
                self.clear_due(DeadlineKind::PolicyTakesEffect);
                self.adoptions.in_force = self.adoptions.pending.take();
            }
            _ => {}
        }
    }
}

/// What was checked under this very hash, if it may be adopted.
fn checked<'a>(context: &Context<'a>, hash: &str) -> Result<&'a Adoption, Refusal> {
    let checked = context.ruling.adoption.as_deref().filter(|one| one.policy.hash == hash);
    // A hash is 64 digits; more of what was given is not repeated.
    let told: String = hash.chars().take(64).collect();
    let checked = checked.ok_or(Refusal::PolicyNotChecked { hash: told })?;
    if checked.verdict == Verdict::Undecided {
        return Err(Refusal::PolicyUndecided { hash: hash.to_owned() });
    }
    let bytes = checked.files.iter().map(|file| file.name.len() + file.text.len()).sum();
    limits::check("policy_bytes", bytes, limits::POLICY_BYTES_MAX)?;
    Ok(checked)
}

fn adopted(
    checked: &Adoption,
    decision: Option<DecisionId>,
    adopted_by: Vec<String>,
    effective_at: Timestamp,
) -> Event {
    Event::PolicyAdopted {
        decision,
        policy: checked.policy.clone(),
        verdict: checked.verdict,
        checked_on: checked.checked_on.clone(),
        exceptions: checked.exceptions.clone(),
        adopted_by,
        effective_at,
        files: checked.files.clone(),
    }
}
