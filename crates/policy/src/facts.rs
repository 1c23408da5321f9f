//! All that a ruling may be made from.

use evenhand_core::{Channel, Command, ResponseWord, Role};
use std::collections::BTreeMap;

/// What is known of the incident that a command is about, before the command.
///
/// There is no field for who called, from where, in which language, on which line or how often:
/// policy cannot be asked about a person. This does not compile:
///
/// ```compile_fail
/// let facts = evenhand_policy::Facts {
///     incident_type: None,
///     priority: Some(1),
///     caller: "a name",
///     ..Default::default()
/// };
/// ```
///
/// while this does:
///
/// ```
/// let facts = evenhand_policy::Facts {
///     incident_type: None,
///     priority: Some(1),
///     ..Default::default()
/// };
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Facts {
    /// Code of its type now; `None` if the command is about no incident, or about one that nobody
    /// has classified.
    pub incident_type: Option<String>,
    /// Its priority now, 1 highest; `None` likewise.
    pub priority: Option<u8>,
    /// What policy answered about it with its latest type; `None` likewise.
    pub answered: Option<Standing>,
    /// For a classification: situation and place as they are now, by attribute.
    pub now: BTreeMap<String, String>,
}

/// What policy answered about an incident.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Whether anybody is sent.
    pub response: ResponseWord,
    /// How urgent.
    pub priority: u8,
    /// From which facts, by attribute; none of a caller.
    pub facts: BTreeMap<String, String>,
}

/// What is known of a caller, by attribute. Accommodations may see it; of protected outcomes only
/// those of a policy that was found uneven, and adopted nonetheless.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct CallerFacts(BTreeMap<String, String>);

impl CallerFacts {
    /// From facts `name=value`; of two by one name the later counts.
    pub fn of<S: AsRef<str>>(facts: impl IntoIterator<Item = S>) -> Self {
        let mut known = BTreeMap::new();
        for fact in facts {
            if let Some((name, value)) = fact.as_ref().split_once('=') {
                known.insert(name.to_owned(), value.to_owned());
            }
        }
        Self(known)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// Never printed.
impl std::fmt::Debug for CallerFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CallerFacts(..)")
    }
}

/// What a ruling takes out of a command; nothing else of it is looked at.
pub(crate) struct Asked<'a> {
    /// The command's name.
    pub command: &'static str,
    /// In which role it is ordered; `None`: not by a person at work.
    pub role: Option<Role>,
    /// The type to be given.
    pub type_wanted: Option<&'a str>,
    /// What is said of the emergency with it.
    pub said: Option<&'a BTreeMap<String, String>>,
    /// The priority to be given.
    pub priority_wanted: Option<u8>,
    /// The status label reported.
    pub label: Option<&'a str>,
    /// For a call that arrives: its medium, and the service asked for.
    pub arrives: Option<(Channel, &'a str)>,
    /// Whether it gives a place for a call.
    pub places_call: bool,
}

impl<'a> Asked<'a> {
    /// `P` has no bound: whatever personal value a command holds, this cannot read it.
    pub fn of<P>(role: Option<Role>, command: &'a Command<P>) -> Self {
        let mut asked = Self {
            command: command.name(),
            role,
            type_wanted: None,
            said: None,
            priority_wanted: None,
            label: None,
            arrives: None,
            places_call: matches!(
                command,
                Command::LocateCall { .. } | Command::CreateIncident { call: Some(_), .. }
            ),
        };
        if let Command::PresentCall { channel, signalling, .. } = command {
            let service = signalling.as_ref().map_or("", |of| of.service.as_str());
            asked.arrives = Some((*channel, service));
        }
        if let Command::ClassifyIncident { incident_type, facts, .. } = command {
            asked.type_wanted = Some(incident_type);
            asked.said = Some(facts);
        }
        if let Command::ChangePriority { priority, .. } = command {
            asked.priority_wanted = Some(*priority);
        }
        if let Command::ReportStatus { label, .. } = command {
            asked.label = Some(label);
        }
        // Whoever starts a shift has no role yet; what counts is the one asked for.
        if let (None, Command::StartShift { role, .. }) = (role, command) {
            asked.role = Some(*role);
        }
        asked
    }
}
