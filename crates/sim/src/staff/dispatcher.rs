//! What a dispatcher does: send what is recommended, hold what can wait, acknowledge, close.

use super::{Staff, Task, Turn, signed};
use crate::rng::Spread;
use crate::world::Seen;
use evenhand_core::{
    Command, Core, Incident, IncidentId, PrimaryStatus, Stage, Timestamp, UnitId, limits,
};
use std::cmp::Reverse;
use std::collections::BTreeSet;

impl Staff {
    /// Incidents first, the most urgent first; then alerts; then what is to be closed.
    pub(super) fn find_for_dispatcher(&self, seen: &Seen<'_>) -> Option<(Task, Spread)> {
        let core = seen.center.core();
        let free = |incident: &&Incident| {
            incident.merged_into.is_none() && !self.has(|task| task.incident() == Some(incident.id))
        };
        let mut available = None;
        let urgent = core
            .open_incidents()
            .filter(free)
            .filter(|incident| {
                self.wants_units(incident, available.get_or_insert_with(|| free_units(core)))
            })
            .min_by_key(|incident| {
                let priority = incident.classification.as_ref().map(|known| known.priority);
                (Reverse(incident.review_overdue), priority, incident.id)
            });
        if let Some(incident) = urgent {
            return Some((Task::Dispatch(incident.id), self.plan.dispatch_s));
        }
        if let Some(found) = self.find_alert(seen.center, evenhand_core::Role::Dispatcher) {
            return Some(found);
        }
        let done = core
            .open_incidents()
            .filter(free)
            .find(|incident| incident.stage == Stage::UnitsCleared)?;
        Some((Task::Close(done.id), self.plan.close_s))
    }

    /// Pending, and not tried in vain with the units that are free now. One that we hold is tried
    /// again as soon as another unit is free; one that somebody else holds is left to its review.
    fn wants_units(&self, incident: &Incident, available: &BTreeSet<UnitId>) -> bool {
        let tried = self.waiting.get(&incident.id);
        let worth = |tried: &BTreeSet<UnitId>| !available.is_subset(tried);
        match incident.stage {
            Stage::Pending => incident.review_overdue || tried.is_none_or(worth),
            Stage::Held => tried.is_some_and(worth),
            Stage::Created
            | Stage::Dispatched
            | Stage::EnRoute
            | Stage::OnScene
            | Stage::UnitsCleared
            | Stage::Closed => false,
        }
    }

    pub(super) fn dispatch(
        &mut self,
        index: usize,
        incident: IncidentId,
        turn: &mut Turn<'_>,
    ) -> Option<(Task, Timestamp)> {
        let core = turn.seen.center.core();
        let known = core.incident(incident).ok()?;
        let open = matches!(known.stage, Stage::Pending | Stage::Held);
        if !open || known.merged_into.is_some() {
            self.waiting.remove(&incident);
            return None;
        }
        let recommended = turn.seen.center.recommendation(incident);
        let units: Vec<UnitId> = recommended
            .map(|made| made.chosen.into_iter().map(|ranked| ranked.unit).collect())
            .unwrap_or_default();
        if units.is_empty() {
            self.waiting.insert(incident, free_units(core));
            self.hold(index, known, turn);
            return None;
        }
        self.waiting.remove(&incident);
        let signature = signed("as recommended", turn);
        self.order(index, turn, Command::DispatchUnits { incident, units, signature });
        None
    }

    /// Nobody can be sent: what is not urgent gets a review time, the rest stays on top.
    fn hold(&self, index: usize, incident: &Incident, turn: &mut Turn<'_>) {
        let Some(known) = &incident.classification else { return };
        let can_wait = self.plan.hold_priority_min.is_some_and(|min| known.priority >= min);
        let hold_ms = (u64::from(self.plan.hold_s) * 1000).min(known.hold_ms_max);
        if can_wait && hold_ms >= limits::HOLD_MS_MIN && incident.stage == Stage::Pending {
            let review_at = turn.seen.now.plus(hold_ms);
            let signature = signed("no suitable unit is available", turn);
            let incident = incident.id;
            self.order(index, turn, Command::HoldIncident { incident, review_at, signature });
        }
    }

    pub(super) fn close(
        &mut self,
        index: usize,
        incident: IncidentId,
        turn: &mut Turn<'_>,
    ) -> Option<(Task, Timestamp)> {
        let known = turn.seen.center.core().incident(incident).ok()?;
        if known.stage == Stage::UnitsCleared && known.merged_into.is_none() {
            let disposition = turn.source.disposition(known);
            self.order(index, turn, Command::CloseIncident { incident, disposition });
        }
        None
    }
}

/// Units that could be sent.
fn free_units(core: &Core) -> BTreeSet<UnitId> {
    let free = core.units().filter(|unit| {
        unit.assignment.is_none() && unit.status.primary != PrimaryStatus::NotAvailable
    });
    free.map(|unit| unit.id.clone()).collect()
}

impl Task {
    /// The incident that it is about.
    pub(super) fn incident(&self) -> Option<IncidentId> {
        match self {
            Self::Dispatch(incident) | Self::Close(incident) => Some(*incident),
            Self::StartShift
            | Self::EndShift
            | Self::PickUp(_)
            | Self::Listen(_)
            | Self::Place(_)
            | Self::Classify(_)
            | Self::Finish(_)
            | Self::RingBack(_)
            | Self::AwaitAnswer(_)
            | Self::GiveUp(_)
            | Self::Acknowledge(_) => None,
        }
    }
}
