//! The recommendation, from the question to the sentences.

use crate::chosen::choose;
use crate::rank::{Candidate, Distance, better, has, measured};
use crate::request::Request;
use crate::why;
use evenhand_core::{PassedOver, PrimaryStatus, RankedUnit, Recommendation, Unit, UnitId};
use roads::TravelTimes;
use std::collections::BTreeMap;

/// Proposes units for an incident.
///
/// `units` is the fleet, `already` the units assigned to this incident (they count towards the
/// needs, whatever their status). The order of either does not matter, nor does a unit that stands
/// in both or twice.
///
/// `missing` of the answer has one entry for each need that nobody meets, so a capability may stand
/// there more than once. `passed_over` lists all other units: able and available ones from the
/// best, then by name those sent already, those not available, and those that can do nothing of
/// what is wanted.
///
/// Nothing but this goes in, and in particular nothing of who is calling:
///
/// ```
/// use evenhand_core::{Recommendation, Unit};
/// use evenhand_recommend::{Request, recommend};
/// let all_that_goes_in: fn(
///     &Request<'_>,
///     &[&Unit],
///     &[&Unit],
///     &dyn roads::TravelTimes,
/// ) -> Recommendation = recommend;
/// ```
pub fn recommend(
    request: &Request<'_>,
    units: &[&Unit],
    already: &[&Unit],
    times: &dyn TravelTimes,
) -> Recommendation {
    let wanted = wanted(request);
    let fleet = Fleet::sorted(units, already, &wanted);
    let mut candidates = measured(fleet.able, request.place, times);
    let sent = |unit| Candidate { unit, distance: Distance::Sent };
    candidates.extend(fleet.sent.iter().copied().map(sent));
    candidates.sort_by(better);
    let chosen = choose(&wanted, &candidates);
    let missing = wanted.iter().zip(&chosen).filter(|(_, index)| index.is_none());
    let mut passed_over = able_passed_over(&wanted, &candidates, &chosen);
    passed_over.extend(fleet.sent.iter().map(|unit| {
        let sent = Candidate { unit, distance: Distance::Sent };
        passed(unit, None, why::passed_over(&sent, None))
    }));
    passed_over
        .extend(fleet.unavailable.iter().map(|unit| passed(unit, None, why::unavailable(unit))));
    passed_over.extend(fleet.unable.iter().map(|unit| passed(unit, None, why::UNABLE.to_owned())));
    Recommendation {
        run_card: request.run_card.to_owned(),
        alarm_level: request.alarm_level,
        map_version: times.map_version().to_owned(),
        chosen: ranked(&wanted, &candidates, &chosen),
        passed_over,
        missing: missing.map(|(capability, _)| (*capability).to_owned()).collect(),
    }
}

/// The needs, one entry for each unit wanted.
fn wanted<'a>(request: &Request<'a>) -> Vec<&'a str> {
    let needs = request.needs.iter();
    needs.flat_map(|need| (0..need.count).map(|_| need.capability)).collect()
}

/// The fleet, sorted by what may be done with each unit, and by name.
#[derive(Default)]
struct Fleet<'a> {
    sent: Vec<&'a Unit>,
    able: Vec<&'a Unit>,
    unavailable: Vec<&'a Unit>,
    unable: Vec<&'a Unit>,
}

impl<'a> Fleet<'a> {
    fn sorted(units: &[&'a Unit], already: &[&'a Unit], wanted: &[&str]) -> Self {
        let by_name = |units: &[&'a Unit]| -> BTreeMap<&'a UnitId, &'a Unit> {
            units.iter().map(|unit| (&unit.id, *unit)).collect()
        };
        let already = by_name(already);
        let mut fleet = Self { sent: already.values().copied().collect(), ..Self::default() };
        for (name, unit) in by_name(units) {
            if already.contains_key(name) {
                continue;
            }
            let able = wanted.iter().any(|capability| has(unit, capability));
            let available =
                unit.status.primary != PrimaryStatus::NotAvailable && unit.assignment.is_none();
            match (able, available) {
                (true, true) => fleet.able.push(unit),
                (true, false) => fleet.unavailable.push(unit),
                (false, _) => fleet.unable.push(unit),
            }
        }
        fleet
    }
}

fn passed(unit: &Unit, travel_ms: Option<u32>, why: String) -> PassedOver {
    PassedOver { unit: unit.id.clone(), travel_ms, why }
}

/// The units chosen now, in the order of the run card.
fn ranked(
    wanted: &[&str],
    candidates: &[Candidate<'_>],
    chosen: &[Option<usize>],
) -> Vec<RankedUnit> {
    let of_need = |need: usize| {
        let index = chosen.get(need).copied().flatten()?;
        let candidate = candidates.get(index).filter(|candidate| !candidate.is_sent())?;
        Some((index, candidate))
    };
    let mut ranked = Vec::new();
    for (need, capability) in wanted.iter().enumerate() {
        let Some((index, candidate)) = of_need(need) else { continue };
        let others = wanted.iter().enumerate().filter(|(other, _)| *other != need);
        let before = others.filter_map(|(other, of)| {
            let (rank, other) = of_need(other)?;
            (rank < index && other.can(capability)).then_some((other.unit, *of))
        });
        let (same, elsewhere): (Vec<_>, Vec<_>) = before.partition(|(_, of)| of == capability);
        ranked.push(RankedUnit {
            unit: candidate.unit.id.clone(),
            capability: (*capability).to_owned(),
            travel_ms: candidate.travel_ms(),
            why: why::chosen(candidate, capability, same.is_empty(), &elsewhere),
        });
    }
    ranked
}

/// Able and available, and still not chosen.
fn able_passed_over(
    wanted: &[&str],
    candidates: &[Candidate<'_>],
    chosen: &[Option<usize>],
) -> Vec<PassedOver> {
    let mut passed_over = Vec::new();
    for (index, candidate) in candidates.iter().enumerate() {
        if candidate.is_sent() || chosen.contains(&Some(index)) {
            continue;
        }
        let instead = wanted.iter().zip(chosen).filter(|(capability, _)| candidate.can(capability));
        let instead_ms = instead
            .filter_map(|(_, index)| candidates.get((*index)?))
            .filter_map(Candidate::travel_ms)
            .max();
        let why = why::passed_over(candidate, instead_ms);
        passed_over.push(passed(candidate.unit, candidate.travel_ms(), why));
    }
    passed_over
}
