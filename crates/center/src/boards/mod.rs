//! Boards: what the positions look at. Core holds what is true; a board adds what is only shown
//! (words, narrative, what was closed lately, where to find the entries) and knows which rows an
//! entry touches. Built from the journal alone, so a rebuild gives the same boards.

mod call_queue;
mod desks;
mod incidents;
mod units;

pub use call_queue::{CallCard, CallQueue};
pub use desks::Desks;
pub use incidents::{IncidentCard, Incidents, NarrativeLine};
pub use units::Units;

use crate::entry::{Entry, Row};
use evenhand_core::{AlertId, CallId, Core, Event, IncidentId, Outcome, PersonId, Subject, UnitId};
use std::collections::BTreeSet;

/// All boards of a centre.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Boards {
    /// Calls that are up or lack an outcome.
    pub call_queue: CallQueue,
    /// Incidents, open and closed lately.
    pub incidents: Incidents,
    /// Units.
    pub units: Units,
    /// What each person did last.
    pub desks: Desks,
    /// The last entry applied.
    pub seq: u64,
}

/// A row of some board.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum RowKey {
    /// A call.
    Call(CallId),
    /// An incident.
    Incident(IncidentId),
    /// A unit.
    Unit(UnitId),
    /// An alert.
    Alert(AlertId),
    /// A person at work.
    Shift(PersonId),
    /// The policy in force, and the one to come.
    Policy,
}

impl Boards {
    /// Takes one row in, after core has. Returns nothing and cannot fail; what it touched is
    /// collected in `touched`.
    pub fn apply(&mut self, core: &Core, row: &Row, touched: &mut BTreeSet<RowKey>) {
        self.seq = row.seq;
        match &row.entry {
            Entry::Command { command, .. } => self.desks.commanded(row, command),
            Entry::Event(event) => {
                self.desks.happened(row.seq, event);
                self.units.apply(row.at, event);
                let about = subjects(&self.units, event);
                self.call_queue.apply(core, row, event, &about);
                self.incidents.apply(core, row, event, &about);
                self.refused(row, event);
                touch(core, event, &about, touched);
                if let Some(gone) = self.incidents.take_pushed_out() {
                    touched.extend(core.stands_for(gone).into_iter().map(RowKey::Incident));
                }
            }
        }
    }

    /// A refusal stands in the time line of the incident it was about.
    fn refused(&mut self, row: &Row, event: &Event) {
        if let Event::CommandRefused { .. } = event
            && let Some(incident) = self.desks.last_incident()
            && self.incidents.card(incident).is_some()
        {
            self.incidents.entry(incident, row.seq);
        }
    }
}

/// The rows that an event touches.
fn touch(core: &Core, event: &Event, about: &[Subject], touched: &mut BTreeSet<RowKey>) {
    for subject in about {
        match subject {
            Subject::Call(call) => {
                touched.insert(RowKey::Call(*call));
            }
            Subject::Incident(incident) => {
                touched.insert(RowKey::Incident(*incident));
            }
            Subject::Unit(unit) => {
                touched.insert(RowKey::Unit(unit.clone()));
            }
            // Its own events touch its row.
            Subject::Policy(_) => {}
            Subject::Assignment(assignment) => {
                if let Some(assignment) = core.assignment(*assignment) {
                    touched.insert(RowKey::Incident(assignment.incident));
                    touched.insert(RowKey::Unit(assignment.unit.clone()));
                }
            }
        }
    }
    match event {
        Event::ShiftStarted { person, .. }
        | Event::ShiftEnded { person }
        | Event::AgentStateChanged { person, .. } => touch_agent(core, person, touched),
        Event::PolicyAdopted { .. } | Event::PolicyTookEffect { .. } => {
            touched.insert(RowKey::Policy);
        }
        Event::CallRepeats { call, .. }
        | Event::CallAnswered { call, .. }
        | Event::CallAbandoned { call }
        | Event::CallEnded { call, .. }
        | Event::CallAccounted { call, .. }
        | Event::CallDetached { call, .. }
        | Event::CallbackDue { call, .. }
        | Event::CallbackStarted { call, .. }
        | Event::CallbackReached { call, .. }
        | Event::CallbackNotReached { call, .. } => touch_call(core, *call, touched),
        // What a caller needs is shown with the incident.
        Event::CallerFactsRecorded { call, .. } => {
            let call = core.call(*call).ok();
            touched.extend(call.and_then(crate::view::incident_of).map(RowKey::Incident));
        }
        Event::AlertRaised { alert, .. } | Event::AlertAcknowledged { alert, .. } => {
            touched.insert(RowKey::Alert(*alert));
        }
        _ => {}
    }
}

/// Somebody's state, and the calls that are offered to them while they are ready.
fn touch_agent(core: &Core, person: &PersonId, touched: &mut BTreeSet<RowKey>) {
    touched.insert(RowKey::Shift(person.clone()));
    let offered = core
        .ringing_calls()
        .filter(|call| call.queued.as_ref().is_some_and(|queued| queued.to.contains(person)));
    touched.extend(offered.map(|call| RowKey::Call(call.id)));
}

/// What happens to a call changes the state of those who have it in hand, and the rows of the
/// caller's other calls.
fn touch_call(core: &Core, id: CallId, touched: &mut BTreeSet<RowKey>) {
    touched.extend(core.repeats_of(id).into_iter().map(RowKey::Call));
    let Ok(call) = core.call(id) else { return };
    let dialled = call.callback.as_ref().and_then(|callback| callback.by.as_ref());
    for person in call.answered_by.iter().chain(dialled) {
        touch_agent(core, person, touched);
    }
}

/// The two things that an event joined or took apart.
fn pair(event: &Event) -> Vec<Subject> {
    match event {
        Event::CallRepeats { call, lead } => vec![Subject::Call(*call), Subject::Call(*lead)],
        Event::CallDetached { call, incident } => {
            vec![Subject::Call(*call), Subject::Incident(*incident)]
        }
        Event::IncidentsMerged { from, into } => {
            vec![Subject::Incident(*from), Subject::Incident(*into)]
        }
        Event::IncidentUnmerged { incident, from, .. } => {
            vec![Subject::Incident(*incident), Subject::Incident(*from)]
        }
        _ => Vec::new(),
    }
}

/// The call, of an event that is about one and nothing else.
fn only_call_of(event: &Event) -> Option<CallId> {
    match event {
        Event::CallPresented { call, .. }
        | Event::CallSignalled { call, .. }
        | Event::CallEnqueued { call, .. }
        | Event::CallOffered { call, .. }
        | Event::LocationFailed { call, .. }
        | Event::LocationRebid { call }
        | Event::TransferOffered { call, .. }
        | Event::CallHeld { call, .. }
        | Event::CallResumed { call, .. }
        | Event::TransferStarted { call, .. }
        | Event::TransferAnswered { call, .. }
        | Event::CallQueued { call, .. }
        | Event::CallAnswered { call, .. }
        | Event::CallAbandoned { call }
        | Event::CallbackDue { call, .. }
        | Event::CallbackStarted { call, .. }
        | Event::CallbackReached { call, .. }
        | Event::CallbackNotReached { call, .. }
        | Event::CallbackHandedOver { call, .. }
        | Event::WordsRecorded { call, .. }
        | Event::CallLocated { call, .. }
        | Event::CallerFactsRecorded { call, .. }
        | Event::CallEnded { call, .. } => Some(*call),
        _ => None,
    }
}

/// What an event is about. Core is not asked: it stands at the end of the batch already, while a
/// rebuild stands at this very row, and both must come to the same.
fn subjects(units: &Units, event: &Event) -> Vec<Subject> {
    if let Some(call) = only_call_of(event) {
        return vec![Subject::Call(call)];
    }
    match event {
        Event::CallAccounted { call, outcome, .. } => {
            let mut about = vec![Subject::Call(*call)];
            if let Outcome::NewIncident { incident } | Outcome::AddedToIncident { incident } =
                outcome
            {
                about.push(Subject::Incident(*incident));
            }
            about
        }
        Event::CallRepeats { .. }
        | Event::CallDetached { .. }
        | Event::IncidentsMerged { .. }
        | Event::IncidentUnmerged { .. } => pair(event),
        Event::IncidentCreated { incident, .. }
        | Event::IncidentClassified { incident, .. }
        | Event::IncidentPending { incident, .. }
        | Event::IncidentRelocated { incident, .. }
        | Event::NarrativeAdded { incident, .. }
        | Event::PriorityChanged { incident, .. }
        | Event::IncidentHeld { incident, .. }
        | Event::HoldReviewDue { incident }
        | Event::HoldReleased { incident }
        | Event::AlarmLevelRaised { incident, .. }
        | Event::IncidentUnitsCleared { incident }
        | Event::IncidentClosed { incident, .. }
        | Event::IncidentReopened { incident } => vec![Subject::Incident(*incident)],
        Event::UnitDispatched { unit, incident, .. } => {
            vec![Subject::Incident(*incident), Subject::Unit(unit.clone())]
        }
        Event::MilestoneReached { assignment, .. } | Event::AssignmentEnded { assignment, .. } => {
            vec![Subject::Assignment(*assignment)]
        }
        Event::UnitStatusUndone { unit, .. } => {
            let mut about = vec![Subject::Unit(unit.clone())];
            about.extend(units.running(unit).map(Subject::Assignment));
            about
        }
        Event::UnitCommissioned { unit, .. }
        | Event::UnitStatusChanged { unit, .. }
        | Event::UnitMoved { unit, .. } => vec![Subject::Unit(unit.clone())],
        Event::DecisionMade { decision } => {
            let also = decision.also.iter().map(|call| Subject::Call(*call));
            std::iter::once(decision.subject.clone()).chain(also).collect()
        }
        Event::AlertRaised { subject, .. } => vec![subject.clone()],
        _ => Vec::new(),
    }
}
