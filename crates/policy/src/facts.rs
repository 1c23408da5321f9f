//! All that a ruling may be made from.

use evenhand_core::{Command, Role};

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
/// };
/// ```
///
/// while this does:
///
/// ```
/// let facts = evenhand_policy::Facts { incident_type: None, priority: Some(1) };
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Facts {
    /// Code of its type now; `None` if the command is about no incident, or about one that nobody
    /// has classified.
    pub incident_type: Option<String>,
    /// Its priority now, 1 highest; `None` likewise.
    pub priority: Option<u8>,
}

/// What a ruling takes out of a command; nothing else of it is looked at.
pub(crate) struct Asked<'a> {
    /// The command's name.
    pub command: &'static str,
    /// In which role it is ordered; `None`: not by a person at work.
    pub role: Option<Role>,
    /// The type to be given.
    pub type_wanted: Option<&'a str>,
    /// The priority to be given.
    pub priority_wanted: Option<u8>,
    /// The status label reported.
    pub label: Option<&'a str>,
}

impl<'a> Asked<'a> {
    /// `P` has no bound: whatever personal value a command holds, this cannot read it.
    pub fn of<P>(role: Option<Role>, command: &'a Command<P>) -> Self {
        let mut asked = Self {
            command: command.name(),
            role,
            type_wanted: None,
            priority_wanted: None,
            label: None,
        };
        if let Command::ClassifyIncident { incident_type, .. } = command {
            asked.type_wanted = Some(incident_type);
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
