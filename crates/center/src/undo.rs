//! An undo is a new entry: the command that takes another one back.

use crate::center::Center;
use crate::entry::{Entry, decode};
use crate::input::Clear;
use evenhand_core::{Actor, Command, Event, Signature};

/// Whether there is a command that takes this one back.
pub(crate) fn can_be_undone(command: &Command) -> bool {
    matches!(
        command,
        Command::ReportStatus { .. }
            | Command::HoldIncident { .. }
            | Command::AttachCall { .. }
            | Command::MergeIncidents { .. }
            | Command::ChangePriority { .. }
            | Command::CloseIncident { .. }
            | Command::DispatchUnits { .. }
    )
}

/// The commands that take the person's last command back.
///
/// # Errors
/// Nothing to undo; the text says so.
pub(crate) fn inverse(center: &Center, actor: &Actor) -> Result<Vec<Command<Clear>>, String> {
    let nothing = || "nothing to undo: your last command cannot be taken back".to_owned();
    let person = actor.person().ok_or_else(nothing)?;
    let seq = center.boards().desks.last_undoable(person).ok_or_else(nothing)?;
    let rows = center.journal().read(seq, 32).map_err(|error| error.to_string())?;
    let mut rows = rows.iter().map(|row| decode(&row.body));
    let Some(Ok(first)) = rows.next() else { return Err(nothing()) };
    let Entry::Command { command, .. } = first.entry else { return Err(nothing()) };
    let mut events = Vec::new();
    for row in rows.map_while(Result::ok) {
        match row.entry {
            Entry::Event(event) => events.push(event),
            Entry::Command { .. } => break,
        }
    }
    let signature = Signature::because(&format!("undo of entry {seq}"));
    Ok(match *command {
        Command::ReportStatus { unit, .. } => vec![Command::UndoStatus { unit }],
        Command::HoldIncident { incident, .. } => vec![Command::ReleaseHold { incident }],
        Command::AttachCall { call, .. } => vec![Command::DetachCall { call }],
        Command::MergeIncidents { from, .. } => vec![Command::UnmergeIncident { incident: from }],
        Command::CloseIncident { incident, .. } => vec![Command::ReopenIncident { incident }],
        Command::DispatchUnits { units, .. } => units
            .into_iter()
            .map(|unit| Command::CancelAssignment { unit, signature: signature.clone() })
            .collect(),
        Command::ChangePriority { incident, .. } => events
            .iter()
            .find_map(|event| match event {
                Event::PriorityChanged { from, .. } => Some(*from),
                _ => None,
            })
            .map(|priority| vec![Command::ChangePriority { incident, priority, signature }])
            .ok_or_else(nothing)?,
        _ => return Err(nothing()),
    })
}
