//! Which policies this centre can rule by: those that were adopted, and those that were checked
//! and wait for two people.
//!
//! Core says which one is in force, by its hash; here lies what belongs to the hash. Checking takes
//! its time, so it is done outside ([`check_policy`] is a pure function) and its result handed in.

use crate::center::{Center, CenterError};
use crate::limits::CHECKED_MAX;
use evenhand_core::{Adoption, Command, Core, Event, PolicyText, Timestamp};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use policy::even::Budget;
use policy::{Checked, Problem};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Who stands for a policy of which its configuration does not say.
const FOUNDING: &str = "the centre's founding";

/// Reads and checks a policy, as of a day (`YYYY-MM-DD`, see [`Center::day`]). Takes up to seconds
/// for a large one: never run it in the centre's thread. What the budget does not suffice for is
/// not decided, and is not adopted.
///
/// # Errors
/// Everything that is wrong with the texts.
pub fn check_policy(
    files: &[PolicyText],
    today: &str,
    budget: &Budget,
) -> Result<Checked, Vec<Problem>> {
    Checked::read(files, today, budget)
}

/// Policies by hash.
#[derive(Clone, Default)]
pub(crate) struct Policies {
    /// In force, or to come.
    adopted: BTreeMap<String, Arc<Checked>>,
    /// Checked and not adopted, oldest first.
    checked: VecDeque<Arc<Checked>>,
}

impl Policies {
    /// One that was adopted.
    pub fn of(&self, hash: &str) -> Option<&Checked> {
        self.adopted.get(hash).map(Arc::as_ref)
    }

    fn known(&self, hash: &str) -> Option<&Arc<Checked>> {
        let mut checked = self.checked.iter();
        self.adopted.get(hash).or_else(|| checked.find(|one| one.policy().reference().hash == hash))
    }

    fn keep(&mut self, checked: Checked) {
        let hash = checked.policy().reference().hash;
        self.checked.retain(|one| one.policy().reference().hash != hash);
        self.checked.push_back(Arc::new(checked));
        if self.checked.len() > CHECKED_MAX {
            self.checked.pop_front();
        }
    }

    /// What was checked under the hash that a command names.
    pub fn adoption<P>(&self, command: &Command<P>) -> Option<Box<Adoption>> {
        let hash = match command {
            Command::AdoptPolicy { hash, .. } | Command::FoundPolicy { hash, .. } => hash,
            _ => return None,
        };
        self.known(hash).map(|checked| Box::new(checked.adoption()))
    }

    /// Takes note of an adoption.
    pub fn happened(&mut self, event: &Event) {
        match event {
            Event::PolicyAdopted { policy, .. } => {
                if let Some(checked) = self.known(&policy.hash).cloned() {
                    self.adopted.insert(policy.hash.clone(), checked);
                }
            }
            // Whatever it took the place of rules no more.
            Event::PolicyTookEffect { policy } => {
                self.adopted.retain(|hash, _| *hash == policy.hash);
            }
            _ => {}
        }
    }

    /// The policies that a truth built from the journal needs: known ones as they are, others from
    /// the journal's texts, checked as of the day on which they were.
    ///
    /// # Errors
    /// A text of the journal that this version does not accept.
    pub fn rebuilt(
        &self,
        core: &Core,
        texts: &BTreeMap<String, Vec<PolicyText>>,
    ) -> Result<Self, CenterError> {
        let mut adopted = BTreeMap::new();
        for needed in core.policy_in_force().into_iter().chain(core.policy_pending()) {
            let hash = &needed.policy.hash;
            let checked = match self.known(hash) {
                Some(checked) => checked.clone(),
                None => {
                    let files = texts.get(hash).map(Vec::as_slice).unwrap_or_default();
                    let checked = check_policy(files, &needed.checked_on, &Budget::default());
                    Arc::new(checked.map_err(|problems| {
                        CenterError::Policy(problems.iter().map(ToString::to_string).collect())
                    })?)
                }
            };
            adopted.insert(hash.clone(), checked);
        }
        Ok(Self { adopted, checked: self.checked.clone() })
    }
}

impl Center {
    /// Keeps a checked policy, so that two people may adopt it by its hash. At most
    /// [`CHECKED_MAX`]; the oldest is forgotten first.
    ///
    /// # Errors
    /// What does not fit this centre's map and fleet, and what the texts claim of themselves and do
    /// not keep, one sentence each.
    pub fn keep_checked(&mut self, checked: Checked) -> Result<(), Vec<String>> {
        let mut problems = self.setup.problems_with(checked.policy());
        problems.extend(checked.broken());
        if !problems.is_empty() {
            return Err(problems);
        }
        self.policies.keep(checked);
        Ok(())
    }

    /// The policy in force with what was proved of it; `None` before the centre was founded.
    pub fn policy_in_force(&self) -> Option<&Checked> {
        let adopted = self.core.policy_in_force()?;
        self.policies.of(&adopted.policy.hash)
    }

    /// The day of a time in the centre's time zone, `YYYY-MM-DD`.
    pub fn day(&self, at: Timestamp) -> String {
        day(at, &self.setup.time_zone)
    }

    /// Checks the configured policy, if the centre is to be founded with it.
    ///
    /// # Errors
    /// What its texts claim of themselves and do not keep.
    pub(crate) fn check_configured(&mut self, at: Timestamp) -> Result<(), CenterError> {
        if self.core.policy_in_force().is_some() {
            return Ok(());
        }
        let (today, configured) = (self.day(at), self.setup.policy.clone());
        let checked = Checked::of(configured, &today, &Budget::default());
        self.keep_checked(checked).map_err(CenterError::Setup)
    }

    pub(crate) fn founding<P>(&self) -> Command<P> {
        let named = self.setup.policy.adopted_by();
        let adopted_by = if named.is_empty() { vec![FOUNDING.to_owned()] } else { named.to_vec() };
        Command::FoundPolicy { hash: self.setup.policy.reference().hash, adopted_by }
    }

    /// Whether the configuration holds another policy than the one in force, in words.
    pub(crate) fn configured_differs(&self) -> Option<String> {
        let (configured, now) = (self.setup.policy.reference(), self.policy().reference());
        (configured.hash != now.hash).then(|| {
            format!(
                "the configuration holds `{}` version {} with another text than the policy in \
                 force, `{}` version {}; what was adopted rules",
                configured.id, configured.version, now.id, now.version
            )
        })
    }
}

/// The local date and time.
pub(crate) fn local(at: Timestamp, zone: &TimeZone) -> Option<DateTime> {
    jiff::Timestamp::from_millisecond(at.0).ok().map(|at| zone.to_datetime(at))
}

fn day(at: Timestamp, zone: &TimeZone) -> String {
    local(at, zone).map(|at| at.date().to_string()).unwrap_or_default()
}
