//! Who may sign in, as what.
//!
//! The file `people.json` in the data folder, mode 0600. Lost: nobody can sign in until people are
//! added again; who did what stands in the journal and is not touched. Altered: whoever can write
//! it can sign in as anybody. Read by others: they see names, roles and Argon2id hashes.
//!
//! There is no default password and no first account: somebody with access to the machine adds the
//! first person. The file is looked at again for every request, so an added, changed or removed
//! person counts at once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use evenhand_core::Role;
use serde::{Deserialize, Serialize};

use crate::chance::{NoRandomBytes, fingerprint, random_code};
use crate::limits::{PEOPLE_MAX, PERSON_BYTES_MAX};
use crate::password::{PasswordError, PasswordHash, same};
use crate::private_file::{read_if_there, write_private};

/// Its name in the data folder.
pub(crate) const PEOPLE_FILE: &str = "people.json";

/// One person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    person: String,
    roles: BTreeSet<Role>,
    password: PasswordHash,
}

/// The file as it stands on disk.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct People {
    people: Vec<Account>,
}

/// The people of a centre.
#[derive(Debug)]
pub struct Accounts {
    path: PathBuf,
    read: Mutex<Read>,
    // Fingerprints of one-time codes, by person. In memory only: a code is as good as one run.
    codes: Mutex<BTreeMap<String, OneTime>>,
}

/// The file as it was last read, and what it looked like then.
#[derive(Default)]
struct Read {
    seen: Option<(SystemTime, u64)>,
    people: BTreeMap<String, Account>,
}

impl std::fmt::Debug for Read {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} people", self.people.len())
    }
}

#[derive(Debug)]
struct OneTime {
    fingerprint: String,
    roles: BTreeSet<Role>,
}

/// A person who gave the right password, or a one-time code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proven {
    pub roles: Vec<Role>,
    pub one_time: bool,
}

/// Why the people could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// A name that cannot be used.
    #[error(
        "`{0}` cannot be a sign-in name; 1 to {PERSON_BYTES_MAX} letters a-z, digits, `.`, `_` \
         and `-` can"
    )]
    Name(String),
    /// Nobody may do nothing.
    #[error(
        "no role was given for `{0}`; give one or more of `call_taker`, `dispatcher`, \
         `supervisor`, `auditor`"
    )]
    NoRole(String),
    /// Too many people.
    #[error("there are `{PEOPLE_MAX}` people; remove one before another is added")]
    Full,
    /// Nobody of that name.
    #[error("there is no person `{0}`; `--list-people` shows who there is")]
    Nobody(String),
    /// The system gave no random bytes.
    #[error(transparent)]
    Random(#[from] NoRandomBytes),
    /// The password is not accepted.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The file could not be read or written.
    #[error("`{path}`: {cause}", path = path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system or the reader said.
        cause: String,
    },
}

impl Accounts {
    /// The people in `people.json` of this folder; none if there is no such file.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn open(data: &Path) -> Result<Self, AccountError> {
        let path = data.join(PEOPLE_FILE);
        let accounts = Self { path, read: Mutex::default(), codes: Mutex::default() };
        accounts.refresh(&mut accounts.lock_read())?;
        Ok(accounts)
    }

    /// Adds a person, or gives one that is there these roles and this password.
    ///
    /// # Errors
    /// The name, the roles or the password are not accepted, or the file cannot be written; then
    /// nothing has changed.
    pub fn add(&self, person: &str, roles: &[Role], password: &str) -> Result<(), AccountError> {
        check_name(person)?;
        if roles.is_empty() {
            return Err(AccountError::NoRole(person.to_owned()));
        }
        let password = PasswordHash::of(password)?;
        let roles = roles.iter().copied().collect();
        self.change(|people| {
            if people.len() >= PEOPLE_MAX && !people.contains_key(person) {
                return Err(AccountError::Full);
            }
            people
                .insert(person.to_owned(), Account { person: person.to_owned(), roles, password });
            Ok(())
        })
    }

    /// Removes a person. Their sessions end at once; what they did stays in the journal.
    ///
    /// # Errors
    /// Nobody has that name, or the file cannot be written.
    pub fn remove(&self, person: &str) -> Result<(), AccountError> {
        self.change(|people| match people.remove(person) {
            Some(_removed) => Ok(()),
            None => Err(AccountError::Nobody(person.to_owned())),
        })
    }

    /// Everybody, with their roles, by name.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn list(&self) -> Result<Vec<(String, Vec<Role>)>, AccountError> {
        let mut read = self.lock_read();
        self.refresh(&mut read)?;
        let shown = |(person, account): (&String, &Account)| {
            (person.clone(), account.roles.iter().copied().collect())
        };
        Ok(read.people.iter().map(shown).collect())
    }

    /// A code with which a person can sign in once, in this run of the process, in these roles.
    /// The person need not be in the file. A further code replaces the one before.
    ///
    /// # Errors
    /// The name is not accepted, or the system gave no random bytes.
    pub fn one_time_code(&self, person: &str, roles: &[Role]) -> Result<String, AccountError> {
        check_name(person)?;
        let code = random_code()?;
        let one_time =
            OneTime { fingerprint: fingerprint(&code), roles: roles.iter().copied().collect() };
        self.lock_codes().insert(person.to_owned(), one_time);
        Ok(code)
    }

    /// Adds a person with a random password, or gives one that is there a new one.
    ///
    /// # Errors
    /// As [`Accounts::add`], or the system gave no random bytes.
    pub fn fresh_password(&self, person: &str, roles: &[Role]) -> Result<String, AccountError> {
        let password = random_code()?;
        self.add(person, roles, &password)?;
        Ok(password)
    }

    /// The roles of a person whose password or one-time code this is; `None` if it is neither.
    /// A one-time code is used up by it. Takes a core for some ten milliseconds.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn prove(
        &self,
        person: &str,
        password: &str,
    ) -> Result<Option<Proven>, AccountError> {
        let account = self.account(person)?;
        let kept = account.as_ref().map_or_else(PasswordHash::of_nobody, |a| a.password.clone());
        let roles = match account.filter(|_| kept.is_of(password)) {
            Some(account) => Some((account.roles, false)),
            None => self.use_code(person, password).map(|roles| (roles, true)),
        };
        Ok(roles.map(|(roles, one_time)| Proven { roles: roles.into_iter().collect(), one_time }))
    }

    /// The roles that a person has now; `None` if the person is not in the file.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn roles(&self, person: &str) -> Result<Option<Vec<Role>>, AccountError> {
        Ok(self.account(person)?.map(|account| account.roles.into_iter().collect()))
    }

    fn use_code(&self, person: &str, code: &str) -> Option<BTreeSet<Role>> {
        let mut codes = self.lock_codes();
        let code = fingerprint(&code.trim().to_lowercase());
        let fits = codes.get(person).is_some_and(|one_time| same(&one_time.fingerprint, &code));
        fits.then(|| codes.remove(person)).flatten().map(|used| used.roles)
    }

    fn account(&self, person: &str) -> Result<Option<Account>, AccountError> {
        let mut read = self.lock_read();
        self.refresh(&mut read)?;
        Ok(read.people.get(person).cloned())
    }

    fn change(
        &self,
        change: impl FnOnce(&mut BTreeMap<String, Account>) -> Result<(), AccountError>,
    ) -> Result<(), AccountError> {
        let mut read = self.lock_read();
        self.refresh(&mut read)?;
        let mut people = read.people.clone();
        change(&mut people)?;
        let file = People { people: people.into_values().collect() };
        let text = serde_json::to_string_pretty(&file).map_err(|error| self.fault(&error))?;
        write_private(&self.path, &format!("{text}\n")).map_err(|error| self.fault(&error))?;
        read.seen = None;
        self.refresh(&mut read)
    }

    /// Reads the file if it is not the one that was read last.
    fn refresh(&self, read: &mut Read) -> Result<(), AccountError> {
        let seen = match fs::metadata(&self.path) {
            Ok(found) => found.modified().ok().map(|modified| (modified, found.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(self.fault(&error)),
        };
        if seen.is_some() && seen == read.seen {
            return Ok(());
        }
        let text = read_if_there(&self.path).map_err(|error| self.fault(&error))?;
        let file: People = match text {
            None => People::default(),
            Some(text) => serde_json::from_str(&text).map_err(|error| self.fault(&error))?,
        };
        let by_name = file.people.into_iter().map(|account| (account.person.clone(), account));
        *read = Read { seen, people: by_name.collect() };
        Ok(())
    }

    fn fault(&self, cause: &impl ToString) -> AccountError {
        AccountError::File { path: self.path.clone(), cause: cause.to_string() }
    }

    // A panic elsewhere leaves whole maps: each is replaced in one assignment.
    fn lock_read(&self) -> std::sync::MutexGuard<'_, Read> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_codes(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, OneTime>> {
        self.codes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name becomes part of the id of an entry, so only letters that may stand there.
fn check_name(person: &str) -> Result<(), AccountError> {
    let accepted = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
    let fits = (1..=PERSON_BYTES_MAX).contains(&person.len()) && person.chars().all(accepted);
    if fits { Ok(()) } else { Err(AccountError::Name(person.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &str = "correct horse battery";

    fn accounts() -> (tempfile::TempDir, Accounts) {
        let dir = tempfile::tempdir().unwrap();
        let accounts = Accounts::open(dir.path()).unwrap();
        (dir, accounts)
    }

    fn proven(role: Role, one_time: bool) -> Proven {
        Proven { roles: vec![role], one_time }
    }

    #[test]
    fn a_new_centre_has_nobody_and_no_default_password() {
        let (_dir, accounts) = accounts();
        assert!(accounts.list().unwrap().is_empty());
        for (person, password) in [("admin", "admin"), ("", ""), ("root", "")] {
            assert_eq!(accounts.prove(person, password).unwrap(), None);
        }
    }

    #[test]
    fn a_person_added_by_another_process_counts_at_once() {
        let (dir, running) = accounts();
        let beside = Accounts::open(dir.path()).unwrap();
        beside.add("ada", &[Role::Dispatcher], PASSWORD).unwrap();
        assert_eq!(running.prove("ada", PASSWORD).unwrap(), Some(proven(Role::Dispatcher, false)));
        assert_eq!(running.prove("ada", "correct horse batterz").unwrap(), None);
        beside.remove("ada").unwrap();
        assert_eq!(running.roles("ada").unwrap(), None);
        assert!(matches!(beside.remove("ada"), Err(AccountError::Nobody(_))));
    }

    #[test]
    fn a_one_time_code_works_once() {
        let (_dir, accounts) = accounts();
        let code = accounts.one_time_code("you", &[Role::CallTaker]).unwrap();
        assert_eq!(accounts.prove("me", &code).unwrap(), None);
        let typed = format!(" {} ", code.to_uppercase());
        assert_eq!(accounts.prove("you", &typed).unwrap(), Some(proven(Role::CallTaker, true)));
        assert_eq!(accounts.prove("you", &code).unwrap(), None);
    }

    #[test]
    fn names_that_cannot_stand_in_an_entry_are_refused() {
        let (_dir, accounts) = accounts();
        for name in ["", "Ada", "a b", "a:b", "ä", &"a".repeat(PERSON_BYTES_MAX + 1)] {
            let refused = accounts.add(name, &[Role::Auditor], PASSWORD);
            assert!(matches!(refused, Err(AccountError::Name(_))), "{name}");
        }
        let refused = accounts.add("ada", &[], PASSWORD);
        assert!(matches!(refused, Err(AccountError::NoRole(_))));
    }

    #[test]
    fn one_person_too_many_is_refused_and_a_change_is_not() {
        let (dir, accounts) = accounts();
        accounts.add("p0", &[Role::Auditor], PASSWORD).unwrap();
        let text = fs::read_to_string(dir.path().join(PEOPLE_FILE)).unwrap();
        let file: People = serde_json::from_str(&text).unwrap();
        let first = file.people.first().unwrap();
        let copy = |n: usize| Account { person: format!("p{n}"), ..first.clone() };
        let people = People { people: (0..PEOPLE_MAX).map(copy).collect() };
        let text = serde_json::to_string(&people).unwrap();
        fs::write(dir.path().join(PEOPLE_FILE), text).unwrap();
        let refused = accounts.add("further", &[Role::Auditor], PASSWORD);
        assert!(matches!(refused, Err(AccountError::Full)));
        accounts.add("p7", &[Role::Supervisor], PASSWORD).unwrap();
        assert_eq!(accounts.roles("p7").unwrap(), Some(vec![Role::Supervisor]));
    }

    #[test]
    fn a_damaged_file_is_an_error_and_not_an_empty_centre() {
        let (dir, accounts) = accounts();
        accounts.add("ada", &[Role::Auditor], PASSWORD).unwrap();
        fs::write(dir.path().join(PEOPLE_FILE), "{\"people\":[{}]}").unwrap();
        let error = accounts.prove("ada", PASSWORD).unwrap_err().to_string();
        assert!(error.contains(PEOPLE_FILE) && error.contains("line 1"), "{error}");
    }
}
