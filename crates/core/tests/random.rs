//! Random commands at random times, sensible or not: whatever comes, what may never be false is
//! not, `decide` changes nothing and always answers the same, and the events alone give the same
//! truth again.
#![expect(clippy::unwrap_used, reason = "a failing step fails the test")]

mod support;

use evenhand_core::{
    Actor, Advice, AgentState, AlertId, AlertKind, CallId, CallState, Channel, Command, Core,
    Digest, Disposition, Event, IncidentId, Location, LocationSource, Milestone, NoDispatchCode,
    Outcome, PersonId, RankedUnit, Recommendation, Refusal, Role, Ruling, Sealed, Signalling,
    Signature, Stage, Subject, Timers, Timestamp, TransferResult, UnitId, UnitPoint, accounting,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use support::{LABELS, NINE, PEOPLE, TYPES, UNITS, at_work, ruling};

/// One order, and what was ruled and advised.
#[derive(Clone, Debug)]
struct Step {
    /// May be negative: clocks go back.
    after_ms: i64,
    actor: Actor,
    command: Command,
    two_people: bool,
    advised: Option<UnitId>,
}

fn call() -> impl Strategy<Value = CallId> {
    (1..5_u64).prop_map(CallId)
}

fn incident() -> impl Strategy<Value = IncidentId> {
    (1..4_u64).prop_map(IncidentId)
}

fn unit() -> impl Strategy<Value = UnitId> {
    prop::sample::select(UNITS.to_vec()).prop_map(UnitId::from)
}

fn person() -> impl Strategy<Value = PersonId> {
    prop::sample::select(PEOPLE.to_vec()).prop_map(PersonId::from)
}

fn code() -> impl Strategy<Value = NoDispatchCode> {
    prop::sample::select(NoDispatchCode::ALL.to_vec())
}

fn signature() -> impl Strategy<Value = Signature> {
    let second = prop::option::weighted(0.3, person());
    (prop::bool::weighted(0.9), second).prop_map(|(signs, second)| Signature {
        reason: if signs { "a reason".to_owned() } else { String::new() },
        second,
        advice_given: None,
    })
}

fn on_calls() -> impl Strategy<Value = Command> {
    let channel = prop::sample::select(vec![Channel::Voice, Channel::WalkIn, Channel::Text]);
    prop_oneof![
        4 => (channel, prop::bool::weighted(0.1), prop::option::weighted(0.7, 1..3_u8)).prop_map(
            |(channel, test, number)| {
                let number_digest = number.map(|number| Digest([number; 16]));
                let (number, name) = (Some(Sealed([2; 32])), None);
                let (location, signalling) = (None, Some(Box::new(Signalling::default())));
                Command::PresentCall {
                    channel,
                    number,
                    number_digest,
                    name,
                    location,
                    test,
                    signalling,
                }
            }
        ),
        1 => call().prop_map(|call| Command::LoseLine { call }),
        1 => call().prop_map(|call| Command::AnswerFailed { call, reason: "none".into() }),
        1 => call().prop_map(|call| Command::LocateCall { call, location: Location::default() }),
        1 => call().prop_map(|call| {
            let source = LocationSource::Held;
            Command::ReportLocationFailed { call, source, reason: "none".into() }
        }),
        1 => call().prop_map(|call| Command::RebidLocation { call }),
        4 => call().prop_map(|call| Command::TransferCall { call, to: "sip:x".into() }),
        4 => (call(), prop::bool::ANY).prop_map(|(call, accepted)| {
            let result = if accepted { TransferResult::Accepted } else { TransferResult::Failed };
            Command::ReportTransfer { call, result, code: 200 }
        }),
        2 => call().prop_map(|call| Command::AbandonCall { call }),
        3 => call().prop_map(|call| Command::AnswerCall { call }),
        1 => call().prop_map(|call| Command::RecordWords { call, words: Sealed([3; 32]) }),
        2 => call().prop_map(|call| Command::EndCall { call }),
        4 => (call(), incident())
            .prop_map(|(call, incident)| Command::AttachCall { call, incident, words: None }),
        4 => call().prop_map(|call| Command::DetachCall { call }),
        1 => call().prop_map(|call| Command::RecordTransfer { call, accepted_by: "c".into() }),
        2 => (call(), code(), signature())
            .prop_map(|(call, code, signature)| Command::DeclineCall { call, code, signature }),
        5 => call().prop_map(|call| Command::StartCallback { call }),
        4 => call().prop_map(|call| Command::ReachCaller { call }),
        2 => call().prop_map(|call| Command::MissCaller { call }),
        1 => (call(), signature())
            .prop_map(|(call, signature)| Command::GiveUpCallback { call, signature }),
        1 => (call(), person(), signature())
            .prop_map(|(call, to, signature)| Command::HandOverCallback { call, to, signature }),
    ]
}

fn on_incidents() -> impl Strategy<Value = Command> {
    let incident_type = prop::sample::select(TYPES.to_vec()).prop_map(|(code, _)| code.to_owned());
    let ends = prop::sample::select(Disposition::AFTER_RESPONSE.to_vec());
    prop_oneof![
        3 => prop::option::of(call()).prop_map(|call| {
            Command::CreateIncident { call, location: Location::default() }
        }),
        4 => (incident(), incident_type, signature()).prop_map(
            |(incident, incident_type, signature)| {
                Command::classify(incident, incident_type, signature)
            }
        ),
        2 => (incident(), 0..11_u8, signature()).prop_map(|(incident, priority, signature)| {
            Command::ChangePriority { incident, priority, signature }
        }),
        3 => (incident(), 0..3_000_i64, signature()).prop_map(|(incident, ahead_s, signature)| {
            let review_at = Timestamp(NINE.0 + ahead_s * 1_000);
            Command::HoldIncident { incident, review_at, signature }
        }),
        1 => incident().prop_map(|incident| Command::ReleaseHold { incident }),
        1 => incident().prop_map(|incident| Command::RaiseAlarmLevel { incident }),
        2 => (incident(), signature())
            .prop_map(|(incident, signature)| Command::CancelIncident { incident, signature }),
        2 => (incident(), code(), signature()).prop_map(|(incident, code, signature)| {
            Command::DeclineIncident { incident, code, signature }
        }),
        3 => (incident(), ends)
            .prop_map(|(incident, disposition)| Command::CloseIncident { incident, disposition }),
        3 => incident().prop_map(|incident| Command::ReopenIncident { incident }),
        3 => (incident(), incident(), signature())
            .prop_map(|(from, into, signature)| Command::MergeIncidents { from, into, signature }),
        2 => incident().prop_map(|incident| Command::UnmergeIncident { incident }),
    ]
}

fn on_units() -> impl Strategy<Value = Command> {
    let label = prop::sample::select(LABELS.to_vec()).prop_map(|(label, _, _)| label.to_owned());
    let stamp = prop::option::weighted(0.3, -60..70_i64);
    let at = |stamp: i64| Timestamp(NINE.0 + stamp * 1_000);
    prop_oneof![
        5 => (incident(), prop::collection::vec(unit(), 1..3), signature())
            .prop_map(|(incident, units, signature)| {
                Command::DispatchUnits { incident, units, signature }
            }),
        2 => (unit(), incident(), signature()).prop_map(|(unit, incident, signature)| {
            Command::DivertUnit { unit, incident, signature }
        }),
        2 => (unit(), signature())
            .prop_map(|(unit, signature)| Command::CancelAssignment { unit, signature }),
        9 => (unit(), label, stamp).prop_map(move |(unit, label, stamp)| {
            Command::ReportStatus { unit, label, reported_at: stamp.map(at) }
        }),
        2 => unit().prop_map(|unit| Command::UndoStatus { unit }),
        1 => (unit(), -60..70_i64).prop_map(move |(unit, stamp)| {
            let point = UnitPoint { lat_e7: 420_000_000, lon_e7: -711_000_000 };
            Command::ReportPosition { unit, point, reported_at: at(stamp) }
        }),
    ]
}

fn on_people() -> impl Strategy<Value = Command> {
    prop_oneof![
        1 => Just(Command::StartShift { role: Role::CallTaker, position: "P1".to_owned() }),
        2 => Just(Command::EndShift {}),
        3 => prop::sample::select(vec![AgentState::Ready, AgentState::WrapUp, AgentState::Break])
            .prop_map(|state| Command::SetAgentState { state }),
        3 => (1..12_u64).prop_map(|alert| Command::AcknowledgeAlert { alert: AlertId(alert) }),
    ]
}

/// Mostly who would order it, now and then somebody else.
fn actor(command: &Command) -> BoxedStrategy<Actor> {
    let usual = match command {
        Command::PresentCall { .. }
        | Command::AbandonCall { .. }
        | Command::LoseLine { .. }
        | Command::AnswerFailed { .. }
        | Command::ReportLocationFailed { .. }
        | Command::ReportTransfer { .. } => Just(Actor::Line).boxed(),
        Command::ReportStatus { unit, .. } | Command::ReportPosition { unit, .. } => {
            Just(Actor::Crew { unit: unit.clone() }).boxed()
        }
        Command::PassTime {} => Just(Actor::Clock).boxed(),
        _ => person().prop_map(|id| Actor::Person { id }).boxed(),
    };
    let anybody = prop_oneof![
        person().prop_map(|id| Actor::Person { id }),
        Just(Actor::Line),
        Just(Actor::Clock),
        Just(Actor::Center),
        unit().prop_map(|unit| Actor::Crew { unit }),
    ];
    prop_oneof![12 => usual, 1 => anybody].boxed()
}

fn step() -> impl Strategy<Value = Step> {
    let command = prop_oneof![
        16 => on_calls(),
        8 => on_incidents(),
        8 => on_units(),
        3 => on_people(),
        3 => Just(Command::PassTime {}),
    ];
    let with_actor = command.prop_flat_map(|command| (actor(&command), Just(command)));
    let after_ms = prop_oneof![6 => 0..20_000_i64, 1 => 20_000..600_000_i64, 1 => -5_000..0_i64];
    let advised = prop::option::weighted(0.3, unit());
    (after_ms, with_actor, prop::bool::weighted(0.1), advised).prop_map(
        |(after_ms, (actor, command), two_people, advised)| Step {
            after_ms,
            actor,
            command,
            two_people,
            advised,
        },
    )
}

fn advice(unit: Option<UnitId>) -> Advice {
    let recommendation = unit.map(|unit| Recommendation {
        run_card: "any".to_owned(),
        alarm_level: 1,
        map_version: "none".to_owned(),
        chosen: vec![RankedUnit {
            unit,
            capability: "any".to_owned(),
            travel_ms: None,
            why: "nearest".to_owned(),
        }],
        passed_over: Vec::new(),
        missing: Vec::new(),
    });
    Advice { recommendation, ..Advice::none() }
}

/// A run of the day: the truth, and every event in order.
struct Day {
    core: Core,
    at: Timestamp,
    log: Vec<(Timestamp, Event)>,
}

impl Day {
    fn step(&mut self, step: &Step) {
        self.at = Timestamp(self.at.0 + step.after_ms);
        let step = &Step { command: from_now(&step.command, &self.core, self.at), ..step.clone() };
        let ruling = ruling(&step.command);
        // By turns with and without time to write up.
        let wrap_up_ms = if step.two_people { 10_000 } else { 0 };
        let timers = Timers { wrap_up_ms, ..ruling.timers };
        let ruling = Ruling { second_person: step.two_people, timers, ..ruling };
        let advice = advice(step.advised.clone());
        let before = self.core.clone();
        let decide =
            |core: &Core| core.decide(self.at, &step.actor, &step.command, &ruling, &advice);
        let decided = decide(&self.core);
        assert_eq!(decided, decide(&self.core), "the same answer again");
        assert_eq!(before, self.core, "deciding changes nothing");
        let events = match decided {
            Err(refusal) => return says_what_to_do(&refusal),
            Ok(events) => events,
        };
        for event in &events {
            written_and_read_again(event);
            self.core.apply(self.at, event);
            self.log.push((self.at, event.clone()));
        }
        assert_eq!(accounting::violations(&self.core), Vec::<String>::new(), "{step:?}");
        check(&before, &self.core, step, &events);
        if let Command::CloseIncident { incident, .. } = step.command {
            assert!(somebody_came(&self.log, &self.core, incident), "closed though nobody came");
        }
    }

    /// Whatever is due is done in one go, and stays done.
    fn pass_time(&mut self) {
        let due = |core: &Core, at| core.next_deadline().is_some_and(|deadline| deadline.at <= at);
        if due(&self.core, self.at) {
            let (actor, command) = (Actor::Clock, Command::PassTime {});
            self.step(&Step { after_ms: 0, actor, command, two_people: false, advised: None });
            assert!(!due(&self.core, self.at), "{:?}", self.core.next_deadline());
        }
    }
}

/// Commands are drawn as if it were nine, and with the newest call, incident or alert as number 1,
/// the one before as 2: so most are about something that is still going on.
fn from_now(command: &Command, core: &Core, now: Timestamp) -> Command {
    let newest = |of: Option<u64>| of.unwrap_or(0) + 1;
    let call = newest(core.calls().last().map(|call| call.id.0));
    let incident = newest(core.incidents().last().map(|incident| incident.id.0));
    let alert = newest(core.alerts().last().map(|alert| alert.id.0));
    let mut json = serde_json::to_value(command).unwrap();
    if let Some(fields) = json["data"].as_object_mut() {
        for (name, value) in fields {
            let newest = match name.as_str() {
                "call" => call,
                "incident" | "from" | "into" => incident,
                "alert" => alert,
                "review_at" | "reported_at" => {
                    *value = value.as_i64().map(|time| time + now.0 - NINE.0).into();
                    continue;
                }
                _ => continue,
            };
            *value = value.as_u64().map(|back| newest.saturating_sub(back)).into();
        }
    }
    serde_json::from_value(json).unwrap()
}

fn says_what_to_do(refusal: &Refusal) {
    let text = refusal.to_string();
    assert!(!text.is_empty() && !text.ends_with('.'), "{refusal:?}: {text:?}");
    let json = serde_json::to_string(refusal).unwrap();
    assert_eq!(*refusal, serde_json::from_str(&json).unwrap());
}

fn written_and_read_again(event: &Event) {
    let json = serde_json::to_value(event).unwrap();
    assert_eq!(json["type"], event.name());
    assert_eq!(*event, serde_json::from_value(json).unwrap());
}

/// What the rules promise of one step, told from outside core.
fn check(before: &Core, after: &Core, step: &Step, events: &[Event]) {
    let decided = events.iter().any(|event| matches!(event, Event::DecisionMade { .. }));
    let person = step.actor.person().is_some();
    for event in events {
        match event {
            Event::IncidentClosed { incident, .. } => {
                assert!(person, "nothing closes by itself");
                let stage = before.incident(*incident).unwrap().stage;
                assert!(decided || stage == Stage::UnitsCleared, "closed from {stage:?}");
            }
            Event::CallAccounted { call, outcome, .. } => {
                assert!(person || *outcome == Outcome::TestCall);
                assert!(before.call(*call).unwrap().outcome.is_none(), "exactly one outcome");
            }
            Event::CallOffered { call, to, .. } => {
                let state = after.call(*call).unwrap().state;
                assert_eq!(state, CallState::Queued, "{call} is offered");
                let ready = |person| after.shift(person).unwrap().agent.state;
                assert!(to.iter().all(|person| ready(person) == AgentState::Ready), "{to:?}");
            }
            Event::PriorityChanged { from, to, .. } => assert!(to < from || decided),
            Event::IncidentClassified { incident, priority, .. } => {
                let known = before.incident(*incident).unwrap().classification.as_ref();
                assert!(decided || known.is_none_or(|known| known.priority >= *priority));
            }
            Event::AlertRaised { kind, subject, .. } => assert!(still_so(before, *kind, subject)),
            Event::DecisionMade { decision } => {
                assert!(!decision.reason.is_empty());
                assert!(decision.second.is_some() || !step.two_people);
            }
            _ => {}
        }
    }
    waits_for_nobody(after);
    for call in before.calls().filter(|call| call.outcome.is_some()) {
        let detached = events.iter().any(|event| matches!(event, Event::CallDetached { .. }));
        assert!(detached || after.call(call.id).unwrap().outcome == call.outcome);
    }
    for incident in after.incidents().filter(|incident| incident.stage == Stage::Held) {
        let known = incident.classification.as_ref().unwrap();
        assert!(known.hold_ms_max > 0, "{} may not be held", incident.id);
    }
    for alert in before.alerts() {
        let noted =
            matches!(step.command, Command::AcknowledgeAlert { alert: id } if id == alert.id);
        assert!(noted || after.alert_of(alert.id).is_some(), "an alert vanished");
    }
}

/// A caller whom nobody is offered waits only where nobody could take them, or where those who
/// could are kept for others.
fn waits_for_nobody(core: &Core) {
    let first = |call: &evenhand_core::Call| {
        let group = core.repeats_of(call.id);
        let mut rings = core.ringing_calls().filter(|other| group.contains(&other.id));
        rings.next().map(|other| other.id) == Some(call.id)
    };
    let offered: Vec<_> = core.ringing_calls().flat_map(|call| core.offered_to(call.id)).collect();
    for call in core.ringing_calls().filter(|call| first(call)) {
        let Some(queued) = &call.queued else { continue };
        if queued.called_before || !core.offered_to(call.id).is_empty() {
            continue;
        }
        let free = core.shifts().find(|shift| {
            shift.agent.state == AgentState::Ready
                && queued.rule.roles.contains(&shift.role)
                && !offered.contains(&&shift.person)
        });
        assert_eq!(free.map(|shift| &shift.person), None, "{} waits", call.id);
    }
}

/// An alert is about something that is so.
fn still_so(core: &Core, kind: AlertKind, subject: &Subject) -> bool {
    let assignment = |of| core.assignment(of).filter(|known| known.ended.is_none());
    match (kind, subject) {
        (AlertKind::CallUnanswered, Subject::Call(call)) => {
            core.call(*call).unwrap().state == CallState::Queued
        }
        (AlertKind::CallbackOverdue, Subject::Call(call)) => {
            core.call(*call).unwrap().state == CallState::Abandoned
        }
        (AlertKind::IncidentUnclassified, Subject::Incident(incident)) => {
            core.incident(*incident).unwrap().classification.is_none()
        }
        (AlertKind::IncidentOverdue, Subject::Incident(incident)) => {
            let incident = core.incident(*incident).unwrap();
            incident.stage == Stage::Pending && incident.merged_into.is_none()
        }
        (AlertKind::HoldReview, Subject::Incident(incident)) => {
            core.incident(*incident).unwrap().stage == Stage::Held
        }
        (AlertKind::UnitNotEnroute, Subject::Assignment(of)) => {
            assignment(*of).is_some_and(|known| !known.reached(Milestone::EnRoute))
        }
        (AlertKind::WelfareCheck, Subject::Assignment(of)) => {
            assignment(*of).is_some_and(|known| known.reached(Milestone::OnScene))
        }
        (AlertKind::ShortCall | AlertKind::LineLost, Subject::Call(_)) => true,
        (AlertKind::TransferFailed, Subject::Call(call)) => {
            core.call(*call).unwrap().state == CallState::Ended
        }
        _ => false,
    }
}

/// Somebody arrived since the incident was opened, or last reopened.
fn somebody_came(log: &[(Timestamp, Event)], core: &Core, id: IncidentId) -> bool {
    let reopened =
        |event: &Event| matches!(event, Event::IncidentReopened { incident } if *incident == id);
    let here = |event: &Event| match event {
        Event::MilestoneReached { assignment, milestone: Milestone::OnScene, .. } => {
            core.assignment(*assignment).unwrap().incident == id
        }
        _ => false,
    };
    log.iter().rev().map(|(_, event)| event).take_while(|event| !reopened(event)).any(here)
}

proptest! {
    #[test]
    fn what_may_never_be_false_is_not(steps in prop::collection::vec(step(), 1..300)) {
        let mut day = Day { core: at_work(), at: NINE, log: Vec::new() };
        for step in &steps {
            day.step(step);
            day.pass_time();
        }
        let mut again = at_work();
        for (at, event) in &day.log {
            again.apply(*at, event);
        }
        prop_assert_eq!(again, day.core);
    }
}

/// A property that holds because nothing ever happens proves nothing.
#[test]
fn random_days_reach_every_corner() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let steps = prop::collection::vec(step(), 400);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..100 {
        let mut day = Day { core: at_work(), at: NINE, log: Vec::new() };
        for step in steps.new_tree(&mut runner).unwrap().current() {
            day.step(&step);
            day.pass_time();
        }
        seen.extend(day.log.iter().map(|(_, event)| event.name()));
    }
    for name in [
        "CallDetached",
        "CallbackReached",
        "CallbackHandedOver",
        "IncidentHeld",
        "HoldReviewDue",
        "HoldReleased",
        "IncidentUnitsCleared",
        "IncidentClosed",
        "IncidentReopened",
        "IncidentsMerged",
        "IncidentUnmerged",
        "AssignmentEnded",
        "UnitStatusUndone",
        "ShiftEnded",
        "AlertAcknowledged",
        "PriorityChanged",
        "UnitMoved",
        "CallRepeats",
        "CallOffered",
        "AgentStateChanged",
        "TransferAnswered",
        "LocationRebid",
    ] {
        assert!(seen.contains(name), "no {name}");
    }
}
