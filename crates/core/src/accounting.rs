//! The promise as an invariant: every call is accounted for, in exactly one outcome, and the other
//! things that may never be false. The verifier runs this after every test; a running centre runs
//! it after a start.

use crate::open_calls::OpenCalls;
use crate::{CallState, Core, DeadlineKind, Milestone, Outcome, Stage};

/// Everything that is false and must never be; empty is good. Each line says what is wrong.
pub fn violations(core: &Core) -> Vec<String> {
    let mut wrong = Vec::new();
    calls(core, &mut wrong);
    incidents(core, &mut wrong);
    merges(core, &mut wrong);
    units(core, &mut wrong);
    offers(core, &mut wrong);
    deadlines(core, &mut wrong);
    wrong
}

fn calls(core: &Core, wrong: &mut Vec<String>) {
    let open = core.calls().filter(|call| call.outcome.is_none()).count();
    if open as u64 != core.unaccounted() {
        wrong
            .push(format!("{open} calls lack an outcome, the counter says {}", core.unaccounted()));
    }
    if core.open_calls != OpenCalls::of(core.calls()) {
        wrong.push("the lists of open calls are not what the calls give".to_owned());
    }
    for call in core.calls() {
        if call.outcome.is_none() && !core.without_outcome.contains(&call.id) {
            wrong.push(format!("call {} lacks an outcome and is not counted", call.id));
        }
        if (call.state == CallState::Answered) != core.up.contains(&call.id) {
            wrong.push(format!("call {} is {:?} and counted otherwise", call.id, call.state));
        }
        let cared_for = core.owes_callback(call) || core.is_carried(call);
        if call.state == CallState::Abandoned && call.outcome.is_none() && !cared_for {
            wrong.push(format!("call {} was abandoned and no callback is due", call.id));
        }
        let left = call.callback.as_ref().is_some_and(|callback| !callback.reached);
        if left && call.outcome.is_none() && call.state != CallState::Abandoned {
            wrong.push(format!("call {} is {:?} and its callback is gone", call.id, call.state));
        }
        let incident = match &call.outcome {
            Some(Outcome::NewIncident { incident } | Outcome::AddedToIncident { incident }) => {
                incident
            }
            Some(
                Outcome::TransferAccepted { .. }
                | Outcome::NoDispatchDecision { .. }
                | Outcome::TestCall,
            )
            | None => continue,
        };
        let times = core
            .incident(*incident)
            .map_or(0, |of| of.calls.iter().filter(|attached| **attached == call.id).count());
        if times != 1 {
            wrong.push(format!("call {} stands {times} times on incident {incident}", call.id));
        }
    }
}

fn incidents(core: &Core, wrong: &mut Vec<String>) {
    for incident in core.incidents() {
        let id = incident.id;
        if (incident.stage == Stage::Held) != incident.hold.is_some() {
            wrong.push(format!(
                "incident {id} is {:?} with hold {:?}",
                incident.stage, incident.hold
            ));
        }
        if (incident.stage == Stage::Closed) != incident.disposition.is_some() {
            wrong.push(format!("incident {id} is {:?} without its end", incident.stage));
        }
        let open = incident.stage != Stage::Closed && incident.merged_into.is_none();
        if open != core.open_incidents.contains(&id) {
            wrong.push(format!("incident {id} is {:?} and counted otherwise", incident.stage));
        }
        let running = core.active(id).count();
        let underway =
            matches!(incident.stage, Stage::Dispatched | Stage::EnRoute | Stage::OnScene);
        if underway != (running > 0) {
            wrong.push(format!("incident {id} is {:?} with {running} units", incident.stage));
        }
    }
}

fn merges(core: &Core, wrong: &mut Vec<String>) {
    for incident in core.incidents() {
        let id = incident.id;
        if let Some(into) = incident.merged_into
            && core.incident(into).is_ok_and(|into| !into.absorbed.contains(&id))
        {
            wrong.push(format!("incident {id} is merged into {into}, which does not know it"));
        }
        for one in &incident.absorbed {
            if core.incident(*one).map(|one| one.merged_into) != Ok(Some(id)) {
                wrong.push(format!("incident {id} stands for {one}, which does not know it"));
            }
        }
        let running = core.stands_for(id).into_iter().any(|one| core.active(one).next().is_some());
        if incident.stage == Stage::Closed && running {
            wrong.push(format!("incident {id} is closed over units that it stands for"));
        }
    }
}

/// A call that is offered rings, and only the first that rings of one caller is.
fn offers(core: &Core, wrong: &mut Vec<String>) {
    for call in core.calls().filter(|call| call.queued.is_some()) {
        let offered = !core.offered_to(call.id).is_empty();
        let rings = call.rings();
        if offered && !(rings && core.leads_offer(call)) {
            wrong.push(format!("call {} is {:?} and offered", call.id, call.state));
        }
        if core.due_of.contains_key(&DeadlineKind::Offer(call.id)) && !rings {
            wrong.push(format!("call {} is {:?} and its offer runs", call.id, call.state));
        }
    }
}

/// What waits by decision comes back, and the two tables of deadlines agree.
fn deadlines(core: &Core, wrong: &mut Vec<String>) {
    for incident in core.incidents().filter(|incident| incident.stage == Stage::Held) {
        if !core.due_of.contains_key(&DeadlineKind::ReviewHold(incident.id)) {
            wrong.push(format!("incident {} is held and nothing brings it back", incident.id));
        }
    }
    let pairs = core.due_of.iter().all(|(kind, at)| core.due.contains(&(*at, *kind)));
    if !pairs || core.due.len() != core.due_of.len() {
        wrong.push("the two tables of deadlines disagree".to_owned());
    }
}

fn units(core: &Core, wrong: &mut Vec<String>) {
    for unit in core.units() {
        let running: Vec<_> = core
            .assignments
            .values()
            .filter(|assignment| assignment.unit == unit.id && assignment.ended.is_none())
            .collect();
        if running.len() > 1 {
            wrong.push(format!("unit {} has {} assignments", unit.id, running.len()));
        }
        if running.first().map(|assignment| assignment.id) != unit.assignment {
            wrong.push(format!("unit {} and its assignment disagree", unit.id));
        }
    }
    for assignment in core.assignments.values() {
        if assignment.reached(Milestone::Clear) && !assignment.reached(Milestone::OnScene) {
            wrong.push(format!("assignment {} cleared and never arrived", assignment.id));
        }
    }
}
