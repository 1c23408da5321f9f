//! Who is signed in. A session is an opaque token of 256 bits, kept only as its SHA-256.
//!
//! The file `sessions.json` in the data folder, mode 0600, lets people go on after a restart.
//! Lost: everybody signs in again. Altered: whoever can write it can be anybody.
//! Read by others: names and hashes from which no token can be made.
//!
//! A session ends by signing out, when its person is removed, or after twelve hours without use.
//! It never ends in the middle of a call: an open console is use.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use evenhand_core::{PersonId, Role};
use serde::{Deserialize, Serialize};

use crate::chance::{NoRandomBytes, fingerprint, random_token};
use crate::limits::{SESSION_IDLE_MS_MAX, SESSIONS_MAX};
use crate::private_file::{read_if_there, write_private};

const SESSIONS_FILE: &str = "sessions.json";

/// One person, signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Session {
    pub person: PersonId,
    pub role: Role,
    pub roles: Vec<Role>,
    pub position: String,
    /// Signed in with a one-time code, so not in the accounts file; ends with the process.
    pub one_time: bool,
    // Milliseconds of the system's clock.
    used_at: i64,
    // Which opening of the centre its console was last connected to; 0: none of this process.
    #[serde(skip)]
    era: u64,
}

impl Session {
    pub(crate) fn new(person: &str, role: Role, roles: Vec<Role>, position: &str) -> Self {
        Self {
            person: PersonId::from(person),
            role,
            roles,
            position: position.to_owned(),
            one_time: false,
            used_at: 0,
            era: 0,
        }
    }
}

/// All sessions, by the fingerprint of their token.
#[derive(Debug)]
pub(crate) struct Sessions {
    path: PathBuf,
    open: Mutex<BTreeMap<String, Session>>,
}

impl Sessions {
    /// The sessions that were open when the process ended. A file that cannot be read only means
    /// that people sign in again.
    pub(crate) fn open(data: &Path) -> Self {
        let path = data.join(SESSIONS_FILE);
        let text = read_if_there(&path).ok().flatten();
        let kept = text.and_then(|text| serde_json::from_str(&text).ok());
        Self { path, open: Mutex::new(kept.unwrap_or_default()) }
    }

    /// Opens a session; the token is shown once and kept nowhere.
    pub(crate) fn begin(&self, session: Session, now: i64) -> Result<String, NoRandomBytes> {
        let token = random_token()?;
        let mut open = self.lock();
        open.retain(|_, session| !is_over(session, now));
        if open.len() >= SESSIONS_MAX {
            let idle = open.iter().min_by_key(|(_, session)| session.used_at);
            let idle = idle.map(|(fingerprint, _)| fingerprint.clone());
            idle.and_then(|fingerprint| open.remove(&fingerprint));
        }
        open.insert(fingerprint(&token), Session { used_at: now, ..session });
        self.keep(&open);
        Ok(token)
    }

    /// The session of a token, which counts as used now; `None` if there is none any more.
    pub(crate) fn find(&self, token: &str, now: i64) -> Option<Session> {
        let mut open = self.lock();
        let session = open.get_mut(&fingerprint(token)).filter(|session| !is_over(session, now))?;
        session.used_at = now;
        Some(session.clone())
    }

    /// Which opening of the centre the session's console was connected to last.
    pub(crate) fn era(&self, token: &str) -> u64 {
        self.lock().get(&fingerprint(token)).map_or(0, |session| session.era)
    }

    /// The session's console has everything of this opening of the centre up to now.
    pub(crate) fn connected(&self, token: &str, era: u64) {
        if let Some(session) = self.lock().get_mut(&fingerprint(token)) {
            session.era = era;
        }
    }

    /// Ends a session; `false` if there was none.
    pub(crate) fn end(&self, token: &str) -> bool {
        let mut open = self.lock();
        let ended = open.remove(&fingerprint(token)).is_some();
        self.keep(&open);
        ended
    }

    /// Writes down when each was last used; otherwise the last sign-in or sign-out stands there.
    pub(crate) fn keep_all(&self) {
        self.keep(&self.lock());
    }

    /// A full disk must not keep anybody from signing in: then a restart asks again.
    fn keep(&self, open: &BTreeMap<String, Session>) {
        let lasting: BTreeMap<_, _> = open.iter().filter(|(_, kept)| !kept.one_time).collect();
        let text = serde_json::to_string(&lasting).unwrap_or_default();
        if let Err(error) = write_private(&self.path, &text) {
            tracing::warn!(%error, "sessions are not kept; people sign in again after a restart");
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Session>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_over(session: &Session, now: i64) -> bool {
    now.saturating_sub(session.used_at) > SESSION_IDLE_MS_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        Session::new("ada", Role::CallTaker, vec![Role::CallTaker], "P1")
    }

    #[test]
    fn a_token_is_found_until_it_is_signed_out() {
        let dir = tempfile::tempdir().unwrap();
        let sessions = Sessions::open(dir.path());
        let token = sessions.begin(session(), 0).unwrap();
        assert_eq!(sessions.find(&token, 1).unwrap().person, PersonId::from("ada"));
        assert_eq!(sessions.find("guessed", 1), None);
        assert!(sessions.end(&token));
        assert_eq!(sessions.find(&token, 2), None);
        assert!(!sessions.end(&token));
    }

    #[test]
    fn use_keeps_a_session_for_another_twelve_hours() {
        let dir = tempfile::tempdir().unwrap();
        let sessions = Sessions::open(dir.path());
        let token = sessions.begin(session(), 0).unwrap();
        assert!(sessions.find(&token, SESSION_IDLE_MS_MAX).is_some());
        assert!(sessions.find(&token, 2 * SESSION_IDLE_MS_MAX).is_some());
        assert!(sessions.find(&token, 3 * SESSION_IDLE_MS_MAX + 1).is_none());
    }

    #[test]
    fn a_restart_keeps_sessions_and_the_file_holds_no_token() {
        let dir = tempfile::tempdir().unwrap();
        let token = Sessions::open(dir.path()).begin(session(), 0).unwrap();
        let text = std::fs::read_to_string(dir.path().join(SESSIONS_FILE)).unwrap();
        assert!(!text.contains(&token) && text.contains(&fingerprint(&token)), "{text}");
        assert!(Sessions::open(dir.path()).find(&token, 1).is_some());
    }

    #[test]
    fn a_session_from_a_one_time_code_ends_with_the_process() {
        let dir = tempfile::tempdir().unwrap();
        let sessions = Sessions::open(dir.path());
        let token = sessions.begin(Session { one_time: true, ..session() }, 0).unwrap();
        assert!(sessions.find(&token, 1).is_some());
        assert!(Sessions::open(dir.path()).find(&token, 1).is_none());
    }

    #[test]
    fn the_one_idle_longest_makes_room() {
        let dir = tempfile::tempdir().unwrap();
        let sessions = Sessions::open(dir.path());
        let first = sessions.begin(session(), 0).unwrap();
        {
            let mut open = sessions.lock();
            for n in 1..SESSIONS_MAX {
                open.insert(n.to_string(), Session { used_at: 5, ..session() });
            }
        }
        let last = sessions.begin(session(), 6).unwrap();
        assert!(sessions.find(&first, 6).is_none() && sessions.find(&last, 6).is_some());
        assert_eq!(sessions.lock().len(), SESSIONS_MAX);
    }
}
