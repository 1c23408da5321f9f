//! An undo is a new entry: the command that takes another one back.

use crate::center::Center;
use crate::entry::{Entry, decode};
use crate::input::Clear;
use evenhand_core::{Actor, Command, Core, Event, Signature};

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
    if !matches!(first.entry, Entry::Command { .. }) {
        return Err(nothing());
    }
    let mut events = Vec::new();
    for row in rows.map_while(Result::ok) {
        match row.entry {
            Entry::Event(event) => events.push(event),
            Entry::Command { .. } => break,
        }
    }
    let signature = Signature::because(&format!("undo of entry {seq}"));
    let inverse: Vec<_> =
        events.iter().filter_map(|event| taken_back(&center.core, event, &signature)).collect();
    if inverse.is_empty() {
        return Err(format!("nothing to undo: what entry `{seq}` did has changed since"));
    }
    Ok(inverse)
}

/// What takes one event back, if what it brought about still stands: an undo takes back what its
/// person did, and never what somebody else did since.
fn taken_back(core: &Core, event: &Event, signature: &Signature) -> Option<Command<Clear>> {
    let signature = signature.clone();
    match event {
        Event::UnitStatusChanged { unit, status, label, reported_at } => {
            let now = core.unit(unit).ok()?;
            let stands = (&now.status, &now.label, &now.status_at) == (status, label, reported_at);
            stands.then(|| Command::UndoStatus { unit: unit.clone() })
        }
        Event::IncidentHeld { incident, review_at } => {
            let hold = core.incident(*incident).ok()?.hold;
            let stands = hold.is_some_and(|hold| hold.review_at == *review_at);
            stands.then_some(Command::ReleaseHold { incident: *incident })
        }
        // What was joined to another call is taken back with it.
        Event::CallAccounted { with: Some(_), .. } => None,
        Event::CallAccounted { call, outcome, with: None } => {
            let stands = core.call(*call).ok()?.outcome.as_ref() == Some(outcome);
            stands.then_some(Command::DetachCall { call: *call })
        }
        Event::IncidentsMerged { from, into } => {
            let stands = core.incident(*from).ok()?.merged_into == Some(*into);
            stands.then_some(Command::UnmergeIncident { incident: *from })
        }
        Event::IncidentClosed { incident, disposition } => {
            let stands = core.incident(*incident).ok()?.disposition == Some(*disposition);
            stands.then_some(Command::ReopenIncident { incident: *incident })
        }
        Event::UnitDispatched { unit, assignment, .. } => {
            let stands = core.active_of(unit)?.id == *assignment;
            stands.then(|| Command::CancelAssignment { unit: unit.clone(), signature })
        }
        Event::PriorityChanged { incident, from, to, .. } => {
            let now = core.incident(*incident).ok()?.classification.as_ref()?.priority;
            let (incident, priority) = (*incident, *from);
            (now == *to).then_some(Command::ChangePriority { incident, priority, signature })
        }
        _ => None,
    }
}
