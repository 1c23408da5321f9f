//! What holds for every fleet, run card and place.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod support;

use evenhand_core::{PrimaryStatus, Recommendation, Unit};
use evenhand_recommend::{Need, recommend};
use proptest::prelude::*;
use roads::Point;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use support::{DrawnRoads, PLACE, fleet, needs, request};

const CAPABILITIES: [&str; 4] = ["als", "bls", "engine", "ladder"];

/// A line of `support::fleet`, but for the name.
fn unit_line() -> impl Strategy<Value = String> {
    let capabilities = prop::sample::subsequence(CAPABILITIES.to_vec(), 0..=4);
    let place = prop_oneof![
        6 => (0u32..6).prop_map(|tens| (tens * 10).to_string()),
        1 => Just("nowhere".to_owned()),
        1 => Just("cut off".to_owned()),
    ];
    let status = prop_oneof![
        5 => Just(""),
        1 => Just("busy: meal"),
        2 => Just("on scene"),
    ];
    (capabilities, place, status)
        .prop_map(|(can, place, status)| format!("{} | {place} | {status}", can.join(" ")))
}

#[derive(Debug, Clone)]
struct Case {
    fleet: String,
    needs: String,
    sent: Vec<bool>,
    place: Option<Point>,
}

fn case(units_max: usize, needs_max: usize) -> impl Strategy<Value = Case> {
    let units = prop::collection::vec((unit_line(), prop::bool::weighted(0.2)), 0..=units_max);
    let needs =
        prop::collection::vec((1u8..3, prop::sample::select(&CAPABILITIES[..])), 0..=needs_max);
    let place = prop_oneof![4 => Just(PLACE), 1 => Just(None)];
    (units, needs, place).prop_map(|(units, needs, place)| {
        let line = |(number, (line, _)): (usize, &(String, bool))| format!("U{number} | {line}\n");
        let mut seen = BTreeSet::new();
        let needs = needs.iter().filter(|(_, capability)| seen.insert(*capability));
        let needs: Vec<String> =
            needs.map(|(count, capability)| format!("{count} {capability}")).collect();
        Case {
            fleet: units.iter().enumerate().map(line).collect(),
            needs: needs.join(", "),
            sent: units.iter().map(|(_, sent)| *sent).collect(),
            place,
        }
    })
}

impl Case {
    fn run(&self, check: impl FnOnce(&[Need<'_>], &[&Unit], &[&Unit], &Recommendation)) {
        let all = fleet(&self.fleet);
        let (mut already, mut units) = (Vec::new(), Vec::new());
        for (unit, sent) in all.iter().zip(&self.sent) {
            if *sent { already.push(unit) } else { units.push(unit) }
        }
        let needs = needs(&self.needs);
        let answer = recommend(&request(&needs, self.place), &units, &already, &DrawnRoads);
        check(&needs, &units, &already, &answer);
    }
}

fn can(unit: &Unit, capability: &str) -> bool {
    unit.capabilities.iter().any(|own| own == capability)
}

fn may_go(unit: &Unit) -> bool {
    unit.status.primary != PrimaryStatus::NotAvailable && unit.assignment.is_none()
}

/// How good a unit is, written anew from the words on the library's page; smaller is better.
type Rank = (u8, i32, bool, usize, String);

fn rank(unit: &Unit, sent: bool, place: Option<Point>) -> Rank {
    let busy = unit.status.primary == PrimaryStatus::ConditionallyAvailable;
    let name = unit.id.to_string();
    let road = unit.point.map(|point| point.lon_e7).filter(|ms| *ms >= 0 && place.is_some());
    match (sent, road) {
        (true, _) => (0, 0, false, unit.capabilities.len(), name),
        (false, Some(ms)) => (1, ms, busy, unit.capabilities.len(), name),
        (false, None) => (2, 0, false, 0, name),
    }
}

/// Everything better than the next: needs met, needs met by units sent, then each need's unit in
/// order, where nobody is worst.
type Worth = (Reverse<usize>, Reverse<usize>, Vec<(bool, Option<Rank>)>);

/// The best of all ways to give each need a unit or nobody, by trying every one.
fn best(
    wanted: &[&str],
    units: &[(&Unit, Rank)],
    taken: &mut Vec<Option<usize>>,
) -> (Worth, Vec<Option<usize>>) {
    let Some(capability) = wanted.get(taken.len()) else {
        let met = || taken.iter().flatten();
        let by_sent = met().filter(|index| units[**index].1.0 == 0).count();
        let ranks =
            taken.iter().map(|one| (one.is_none(), one.map(|index| units[index].1.clone())));
        return ((Reverse(met().count()), Reverse(by_sent), ranks.collect()), taken.clone());
    };
    let free: Vec<Option<usize>> = (0..units.len())
        .filter(|index| !taken.contains(&Some(*index)) && can(units[*index].0, capability))
        .map(Some)
        .chain([None])
        .collect();
    let mut found = Vec::new();
    for one in free {
        taken.push(one);
        found.push(best(wanted, units, taken));
        taken.pop();
    }
    found.into_iter().min().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..Default::default()
    })]

    #[test]
    fn the_order_of_units_does_not_matter(case in case(12, 4), turn in 0usize..12) {
        let mut permuted = None;
        case.run(|needs, units, already, answer| {
            let (mut units, mut already) = (units.to_vec(), already.to_vec());
            units.reverse();
            let middle = turn.min(units.len());
            units.rotate_left(middle);
            units.extend_from_within(..middle);
            already.reverse();
            let again = recommend(&request(needs, case.place), &units, &already, &DrawnRoads);
            permuted = Some((again, answer.clone()));
        });
        let (again, first) = permuted.unwrap();
        prop_assert_eq!(again, first);
    }

    #[test]
    fn only_units_that_may_go_and_can_are_chosen_each_once(case in case(12, 4)) {
        case.run(|_, units, _, answer| {
            let by_name: BTreeMap<_, _> = units.iter().map(|unit| (&unit.id, *unit)).collect();
            let mut seen = BTreeSet::new();
            for chosen in &answer.chosen {
                let unit = by_name[&chosen.unit];
                assert!(may_go(unit) && can(unit, &chosen.capability), "{chosen:?}");
                assert!(seen.insert(&chosen.unit), "{} is chosen twice", chosen.unit);
                assert!(!chosen.why.is_empty());
            }
        });
    }

    #[test]
    fn every_unit_is_chosen_or_passed_over_with_a_reason(case in case(12, 4)) {
        case.run(|_, units, already, answer| {
            let chosen = answer.chosen.iter().map(|one| (&one.unit, &one.why));
            let named = chosen.chain(answer.passed_over.iter().map(|one| (&one.unit, &one.why)));
            let mut names: Vec<_> = named.inspect(|(_, why)| assert!(!why.is_empty()))
                .map(|(name, _)| name).collect();
            names.sort();
            let mut all: Vec<_> = units.iter().chain(already).map(|unit| &unit.id).collect();
            all.sort();
            assert_eq!(names, all);
        });
    }

    #[test]
    fn needs_are_met_or_missing(case in case(12, 4)) {
        case.run(|needs, _, already, answer| {
            let wanted: usize = needs.iter().map(|need| usize::from(need.count)).sum();
            let told = answer.chosen.len() + answer.missing.len();
            assert!(told <= wanted && wanted <= told + already.len(), "{answer:?}");
        });
    }

    #[test]
    fn it_is_the_best_of_all_ways(case in case(6, 3)) {
        case.run(|needs, units, already, answer| {
            let wanted: Vec<&str> =
                needs.iter().flat_map(|need| (0..need.count).map(|_| need.capability)).collect();
            let sent = already.iter().map(|unit| (*unit, rank(unit, true, case.place)));
            let free = units.iter().filter(|unit| may_go(unit));
            let free = free.map(|unit| (*unit, rank(unit, false, case.place)));
            let all: Vec<(&Unit, Rank)> = sent.chain(free).collect();
            let (_, taken) = best(&wanted, &all, &mut Vec::new());
            let pairs = wanted.iter().zip(&taken);
            let chosen: Vec<(String, String)> = pairs
                .clone()
                .filter_map(|(capability, index)| Some((capability, &all[(*index)?])))
                .filter(|(_, (_, rank))| rank.0 != 0)
                .map(|(capability, (unit, _))| (unit.id.to_string(), (*capability).to_owned()))
                .collect();
            let unmet = pairs.filter(|(_, index)| index.is_none());
            let missing: Vec<&str> = unmet.map(|(capability, _)| *capability).collect();
            let told: Vec<(String, String)> = answer
                .chosen
                .iter()
                .map(|one| (one.unit.to_string(), one.capability.clone()))
                .collect();
            assert_eq!(told, chosen);
            assert_eq!(answer.missing, missing);
        });
    }

    #[test]
    fn units_passed_over_do_not_matter(case in case(10, 1)) {
        case.run(|needs, units, already, answer| {
            let chosen: BTreeSet<_> = answer.chosen.iter().map(|one| &one.unit).collect();
            let kept: Vec<&Unit> =
                units.iter().copied().filter(|unit| chosen.contains(&unit.id)).collect();
            let again = recommend(&request(needs, case.place), &kept, already, &DrawnRoads);
            let names = |of: &Recommendation| -> Vec<String> {
                of.chosen.iter().map(|one| one.unit.to_string()).collect()
            };
            assert_eq!(names(&again), names(answer));
        });
    }
}
