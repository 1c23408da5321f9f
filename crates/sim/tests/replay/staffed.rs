//! The engine by itself: every way a call can go, worked by the simulated staff, and a world that
//! is written down in the middle and goes on.

use crate::centers::setup;
use crate::town::{fleet, town};
use center::{Center, Clear, Output, Store};
use evenhand_core::{
    Actor, Call, CallId, Channel, Command, DecisionKind, Disposition, Event, Incident, Location,
    NoDispatchCode, Outcome, Timestamp, accounting,
};
use evenhand_sim::{
    Act, Arrival, CrewLabels, CrewPlan, Crews, Door, Need, Outside, Scene, Source, Spread, Staff,
    StaffPlan, Told, Transport, World,
};
use journal::{Journal, MemoryStore, SigningKey};
use map::Point;
use roads::{Roads, SpeedTable};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const START: Timestamp = Timestamp(1_700_000_000_000);

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
enum Caller {
    NeedsHelp,
    /// The same place as the one before.
    SeesTheSame,
    HangsUpAndAnswers,
    HangsUpForGood,
    HangsUpWhileSpeaking,
    NeedsAdvice,
    IsElsewhere,
    Tests,
}

/// Callers that ring one after another.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
struct Script {
    /// Seconds after the start.
    callers: Vec<(u64, Caller)>,
    next: usize,
    heard: BTreeMap<CallId, Caller>,
    hang_ups: Vec<(Timestamp, CallId)>,
}

impl Script {
    fn new(callers: &[(u64, Caller)]) -> Self {
        Self { callers: callers.to_vec(), next: 0, heard: BTreeMap::new(), hang_ups: Vec::new() }
    }

    fn rings_at(&self) -> Option<Timestamp> {
        self.callers.get(self.next).map(|(seconds, _)| START.plus(seconds * 1000))
    }
}

impl Source for Script {
    fn next_at(&self) -> Option<Timestamp> {
        self.rings_at().into_iter().chain(self.hang_ups.iter().map(|(at, _)| *at)).min()
    }

    fn act(&mut self, now: Timestamp, _center: &Center) -> Vec<Act> {
        let mut acts = Vec::new();
        while self.rings_at().is_some_and(|at| at <= now) {
            let command = Command::PresentCall {
                channel: Channel::Voice,
                number: Some(Clear(format!("+1617555{:04}", self.next))),
                number_digest: None,
                name: None,
                location: None,
                test: self.callers[self.next].1 == Caller::Tests,
                signalling: None,
            };
            acts.push(Act::keyed(format!("script-{}", self.next), Actor::Line, command));
            self.next += 1;
        }
        let due = self.hang_ups.iter().filter(|(at, _)| *at <= now);
        let hangs_up = |call| Act::new(Actor::Line, Command::AbandonCall { call });
        acts.extend(due.map(|(_, call)| hangs_up(*call)));
        self.hang_ups.retain(|(at, _)| *at > now);
        acts
    }

    fn hear(&mut self, now: Timestamp, outputs: &[Output], _center: &Center) {
        for output in outputs {
            let Output::Reply { key, result: Ok(accepted) } = output else { continue };
            for (_, event) in &accepted.events {
                match event {
                    Event::CallPresented { call, .. } => {
                        let index: usize = key.strip_prefix("script-").unwrap().parse().unwrap();
                        let caller = self.callers[index].1;
                        self.heard.insert(*call, caller);
                        if matches!(caller, Caller::HangsUpAndAnswers | Caller::HangsUpForGood) {
                            self.hang_ups.push((now.plus(1_000), *call));
                        }
                    }
                    Event::CallAnswered { call, .. }
                        if self.heard[call] == Caller::HangsUpWhileSpeaking =>
                    {
                        self.hang_ups.push((now.plus(2_000), *call));
                    }
                    _ => {}
                }
            }
        }
    }

    fn told(&mut self, call: &Call) -> Told {
        let need = match self.heard[&call.id] {
            Caller::NeedsAdvice => Need::Nobody {
                code: NoDispatchCode::AdviceGiven,
                reason: "advice was enough".to_owned(),
            },
            Caller::IsElsewhere => Need::Transfer { to: "next county".to_owned() },
            Caller::Tests => Need::Test,
            _ => Need::Help { incident_type: "injury.stable".to_owned() },
        };
        let point = Some(Clear("389500000,-923500000".to_owned()));
        let location = Location { point, ..Location::default() };
        Told { words: Some("somebody fell".to_owned()), location, need }
    }

    fn answers(&mut self, call: CallId) -> bool {
        self.heard[&call] == Caller::HangsUpAndAnswers
    }

    fn scene(&mut self, _arrival: Arrival<'_>) -> Scene {
        let to = Point { lat_e7: 389_500_000, lon_e7: -922_900_000 };
        Scene {
            at_patient_ms: Some(60_000),
            on_scene_ms: 600_000,
            transport: Some(Transport { to, handover_ms: 300_000 }),
        }
    }

    fn disposition(&mut self, _incident: &Incident) -> Disposition {
        Disposition::TransportedToHospital
    }
}

fn staff() -> StaffPlan {
    StaffPlan {
        call_takers: 2,
        dispatchers: 1,
        supervisors: 1,
        answer_s: Spread([3, 5, 8, 10]),
        create_s: Spread([20, 30, 40, 50]),
        classify_s: Spread([5, 10, 20, 30]),
        end_s: Spread([5, 10, 20, 30]),
        dispatch_s: Spread([5, 10, 20, 30]),
        close_s: Spread([5, 10, 20, 30]),
        acknowledge_s: Spread([2, 5, 10, 20]),
        callback_s: Spread([2, 5, 10, 20]),
        ring_s: Spread([10, 15, 20, 30]),
        retry_s: 60,
        attempts_max: 2,
        attach_score_min: Some(500),
        hold_priority_min: Some(3),
        hold_s: 600,
    }
}

fn crews() -> CrewPlan {
    CrewPlan {
        acknowledge_s: Spread([2, 5, 10, 20]),
        turnout_s: Spread([20, 60, 90, 120]),
        way_unknown_s: Spread::exactly(600),
        position_every_s: Some(10),
    }
}

fn center() -> Center {
    let map = town();
    let roads = Roads::build(&map.streets, &SpeedTable::default());
    let store: Store = Box::new(MemoryStore::new());
    let key = SigningKey::from_seed("staffed", [7; 32]).unwrap();
    let journal = Journal::open(store, key).unwrap();
    Center::open(setup(map, fleet(), Box::new(roads)), journal, START, [7; 32]).unwrap()
}

fn world(callers: &[(u64, Caller)]) -> World<Script> {
    let center = center();
    let crews = Crews::new(1, crews(), CrewLabels::of(center.policy()));
    let staff = Staff::new(1, staff(), START);
    let outside = Outside::new(Script::new(callers), staff, crews, Door::new(1));
    with(center, outside, START)
}

fn with(center: Center, outside: Outside<Script>, now: Timestamp) -> World<Script> {
    let roads = Roads::build(&town().streets, &SpeedTable::default());
    World::new(center, outside, Box::new(roads), now)
}

/// Runs to the end, ends the shifts, and verifies.
fn worked(mut world: World<Script>) -> Center {
    world.run().unwrap();
    world.sign_off().unwrap();
    let (center, _) = world.into_parts();
    assert_eq!(accounting::violations(center.core()), Vec::<String>::new());
    assert_eq!(center.core().unaccounted(), 0);
    assert_eq!(center.core().shifts().count(), 0, "somebody could not go home");
    assert_eq!(center.core().alerts().count(), 0);
    assert_eq!(center.core().open_incidents().count(), 0);
    center
}

fn outcomes(callers: &[(u64, Caller)]) -> Vec<Outcome> {
    let center = worked(world(callers));
    center.core().calls().map(|call| call.outcome.clone().unwrap()).collect()
}

const DAY: [(u64, Caller); 9] = [
    (60, Caller::NeedsHelp),
    (65, Caller::Tests),
    (600, Caller::HangsUpForGood),
    (1_200, Caller::HangsUpAndAnswers),
    (9_000, Caller::NeedsHelp),
    (9_060, Caller::SeesTheSame),
    (20_000, Caller::NeedsAdvice),
    (20_030, Caller::IsElsewhere),
    (30_000, Caller::HangsUpWhileSpeaking),
];

#[test]
fn every_way_a_call_can_go_ends_in_its_outcome() {
    use Outcome::{AddedToIncident, NewIncident, NoDispatchDecision, TestCall, TransferAccepted};
    let got = outcomes(&DAY);
    assert!(matches!(got[0], NewIncident { .. }), "{got:?}");
    assert_eq!(got[1], TestCall);
    let NoDispatchDecision { code, .. } = got[2] else { panic!("{got:?}") };
    assert_eq!(code, NoDispatchCode::CallbackUnreached);
    // Reached by callback; the incident of the first caller is still open at the same place.
    assert!(matches!(got[3], AddedToIncident { .. }), "{got:?}");
    let NewIncident { incident: new } = got[4] else { panic!("{got:?}") };
    assert_eq!(got[5], AddedToIncident { incident: new });
    let NoDispatchDecision { code, .. } = got[6] else { panic!("{got:?}") };
    assert_eq!(code, NoDispatchCode::AdviceGiven);
    assert_eq!(got[7], TransferAccepted { by: "next county".to_owned() });
    assert!(matches!(got[8], NewIncident { .. }), "{got:?}");
}

#[test]
fn an_unreached_caller_ends_in_a_decision_signed_by_two() {
    let center = worked(world(&[(60, Caller::HangsUpForGood)]));
    let rows = center.journal().read(1, usize::MAX).unwrap();
    let decisions: Vec<_> = rows
        .iter()
        .filter_map(|row| match center::decode(&row.body).unwrap().entry {
            center::Entry::Event(Event::DecisionMade { decision }) => Some(decision),
            _ => None,
        })
        .collect();
    let [decision] = &decisions[..] else { panic!("{decisions:?}") };
    assert_eq!(decision.kind, DecisionKind::CallbackUnreached);
    assert_eq!(decision.reason, "not reached in 2 attempts");
    assert_eq!(decision.second.as_ref().unwrap().as_str(), "sim-supervisor-1");
    let call = center.core().calls().next().unwrap();
    assert_eq!(call.callback.as_ref().unwrap().attempts, 2);
}

#[test]
fn crews_pass_every_milestone_and_are_home_at_the_end() {
    let center = worked(world(&[(60, Caller::NeedsHelp)]));
    let incident = center.core().incidents().next().unwrap();
    assert_eq!(incident.disposition, Some(Disposition::TransportedToHospital));
    let assignment = center.core().assignments_of(incident.id).next().unwrap();
    let milestones = assignment.milestones.iter();
    let reached: Vec<_> = milestones.map(|(which, stamp)| (*which, stamp.inferred)).collect();
    use evenhand_core::Milestone::*;
    let all = [Acknowledged, EnRoute, OnScene, AtPatient, Transporting, AtDestination, Clear];
    assert_eq!(reached, all.map(|milestone| (milestone, false)));
    let unit = center.core().unit(&assignment.unit).unwrap();
    let home = fleet().into_iter().find(|one| one.unit == unit.id).unwrap().point.unwrap();
    let at = unit.point.unwrap();
    assert_eq!((at.lat_e7, at.lon_e7), (home.lat_e7, home.lon_e7));
    assert_eq!(unit.label, "at station");
}

#[test]
fn a_world_written_down_anywhere_goes_on_as_if_nothing_had_been() {
    let whole = worked(world(&DAY));
    let expected = whole.journal().checkpoint().note().to_owned();
    for stop_after in [1, 40, 150, 333, 400] {
        let mut world = world(&DAY);
        for _ in 0..stop_after {
            world.step(&mut |_, _| {}).unwrap();
        }
        let now = world.now();
        let (center, outside) = world.into_parts();
        let text = serde_json::to_string(&outside).unwrap();
        let again: Outside<Script> = serde_json::from_str(&text).unwrap();
        assert_eq!(again, outside);
        let center = worked(with(center, again, now));
        assert_eq!(center.journal().checkpoint().note(), expected, "after {stop_after} steps");
    }
}

#[test]
fn staff_leave_alone_what_is_not_theirs() {
    let mut world = world(&[]);
    world.run().unwrap();
    let order = |center: &mut Center, key: &str, at, actor: Actor, command| {
        let order = center::Order::Command(command);
        let input = center::Input { key: key.to_owned(), at, actor, order, salt: [1; 32] };
        center.step(vec![input])
    };
    let (mut center, outside) = world.into_parts();
    let ada = || Actor::of("ada");
    let at = START.plus(60_000);
    let shift =
        Command::StartShift { role: evenhand_core::Role::CallTaker, position: "P1".to_owned() };
    order(&mut center, "a", at, ada(), shift);
    let rings = Command::PresentCall {
        channel: Channel::Voice,
        number: None,
        number_digest: None,
        name: None,
        location: None,
        test: false,
        signalling: None,
    };
    order(&mut center, "b", at, Actor::Line, rings);
    order(&mut center, "c", at, ada(), Command::AnswerCall { call: CallId(1) });
    let mut world = with(center, outside, at);
    while world.now() < START.plus(600_000) && world.step(&mut |_, _| {}).unwrap() {}
    let call = world.center.core().call(CallId(1)).unwrap();
    assert_eq!(call.answered_by.as_ref().unwrap().as_str(), "ada");
    assert_eq!(call.outcome, None, "ada's call is ada's to account for");
}
