//! What the contract of core says and a scenario cannot say, since it needs a ruling or a command
//! that no policy, map or door would let through.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing step fails the test")]

mod support;

use evenhand_core::{
    Actor, Adoption, Advice, CallId, CallState, Channel, Command, Core, Disposition, Event,
    IncidentId, Location, Milestone, PolicyRef, PolicyText, Refusal, Ruling, Sealed, Signature,
    Stage, Timestamp, UnitId, Verdict, Zone, accounting, limits,
};
use support::{NINE, at_work, order, ruling};

fn ring(channel: Channel, location: Option<Location>) -> Command {
    Command::PresentCall {
        channel,
        number: None,
        number_digest: None,
        name: None,
        location,
        test: false,
        signalling: None,
    }
}

fn open(core: &mut Core, incident_type: &str) -> IncidentId {
    let opened = Command::CreateIncident { call: None, location: Location::default() };
    let events = order(core, NINE, &Actor::of("D1"), &opened).unwrap();
    let Some(Event::IncidentCreated { incident, .. }) = events.first() else {
        panic!("{events:?}")
    };
    let classified = Command::classify(*incident, incident_type, Signature::default());
    order(core, NINE, &Actor::of("D1"), &classified).unwrap();
    *incident
}

/// A ruling that takes two people, whatever the command.
fn by_two(core: &Core, command: &Command) -> Result<Vec<Event>, Refusal> {
    let ruling = evenhand_core::Ruling { second_person: true, ..ruling(command) };
    core.decide(NINE, &Actor::of("D1"), command, &ruling, &Advice::none())
}

#[test]
fn no_limit_silences_a_ringing_call() {
    let mut core = at_work();
    let zone = |n: usize| Zone { layer: format!("layer {n}"), name: "1".to_owned() };
    let zones: Vec<Zone> = (0..limits::ZONES_MAX + 1).map(zone).collect();
    let place = Location { zones, ..Location::default() };
    order(&mut core, NINE, &Actor::Line, &ring(Channel::Voice, Some(place.clone()))).unwrap();
    let call = core.call(CallId(1)).unwrap();
    assert_eq!(call.location.as_ref().unwrap().zones.len(), limits::ZONES_MAX);
    assert_eq!(core.unaccounted(), 1);

    let later = Command::LocateCall { call: CallId(1), location: place };
    let refused = order(&mut core, NINE, &Actor::Line, &later).unwrap_err();
    assert_eq!(refused.name(), "LimitReached");
}

#[test]
fn only_the_line_says_that_a_caller_hung_up() {
    let mut core = at_work();
    let person = Actor::of("T1");
    order(&mut core, NINE, &Actor::Line, &ring(Channel::Voice, None)).unwrap();
    order(&mut core, NINE, &person, &ring(Channel::WalkIn, None)).unwrap();

    let answer = Command::AnswerCall { call: CallId(1) };
    order(&mut core, NINE, &person, &answer).unwrap();
    let hangs_up = |call| Command::AbandonCall { call: CallId(call) };
    let refused = order(&mut core, NINE, &person, &hangs_up(1)).unwrap_err();
    assert_eq!(refused, Refusal::ActorMayNot { command: "AbandonCall".to_owned() });
    order(&mut core, NINE, &Actor::Line, &hangs_up(1)).unwrap();

    order(&mut core, NINE, &person, &hangs_up(2)).unwrap();
    assert_eq!(core.call(CallId(2)).unwrap().state, CallState::Abandoned);
}

#[test]
fn a_demand_for_two_holds_for_every_command() {
    let mut core = at_work();
    let incident = open(&mut core, "noise");
    let raise = |second: Option<&str>| Command::ChangePriority {
        incident,
        priority: 1,
        signature: second
            .map(|second| Signature::with_second("shots heard", second))
            .unwrap_or_default(),
    };
    assert_eq!(by_two(&core, &raise(None)).unwrap_err().name(), "SecondPersonMissing");
    assert_eq!(by_two(&core, &raise(Some("D1"))).unwrap_err().name(), "SecondPersonIsFirst");
    assert_eq!(by_two(&core, &raise(Some("S1"))).unwrap_err().name(), "NotOnShift");
    by_two(&core, &raise(Some("T1"))).unwrap();

    // A command that cannot carry a signature is not carried out on one person's word.
    let level = Command::RaiseAlarmLevel { incident };
    assert_eq!(by_two(&core, &level).unwrap_err().name(), "SecondPersonMissing");
}

#[test]
fn a_clock_that_goes_back_breaks_nothing() {
    let mut core = at_work();
    let incident = open(&mut core, "fall");
    let (dispatcher, crew) = (Actor::of("D1"), Actor::Crew { unit: UnitId::from("E1") });
    let send = Command::DispatchUnits {
        incident,
        units: vec![UnitId::from("E1")],
        signature: Signature::default(),
    };
    order(&mut core, NINE, &dispatcher, &send).unwrap();
    let reports = |label: &str| Command::ReportStatus {
        unit: UnitId::from("E1"),
        label: label.to_owned(),
        reported_at: None,
    };
    let hour_before = Timestamp(NINE.0 - 3_600_000);
    order(&mut core, hour_before, &crew, &reports("on scene")).unwrap();
    let assignment = core.active_of(&UnitId::from("E1")).unwrap();
    assert_eq!(assignment.milestones[&Milestone::OnScene].at, NINE, "not before it was sent");

    order(&mut core, hour_before, &crew, &reports("clear")).unwrap();
    let close = Command::CloseIncident { incident, disposition: Disposition::HandledOnScene };
    order(&mut core, hour_before, &dispatcher, &close).unwrap();
    assert_eq!(core.incident(incident).unwrap().stage, Stage::Closed);
    assert_eq!(accounting::violations(&core), Vec::<String>::new());
}

#[test]
fn times_at_the_end_of_the_range_do_not_overflow() {
    let mut core = at_work();
    let last = Timestamp(i64::MAX);
    order(&mut core, last, &Actor::Line, &ring(Channel::Voice, None)).unwrap();
    assert_eq!(core.next_deadline().unwrap().at, last);
    order(&mut core, last, &Actor::Clock, &Command::PassTime {}).unwrap();
    assert_eq!(core.next_deadline(), None);
    assert_eq!(core.alerts().count(), 1);
}

#[test]
fn an_event_about_what_is_not_there_changes_nothing() {
    let mut core = at_work();
    let before = core.clone();
    for event in [
        Event::CallAnswered { call: CallId(9), by: "T1".into() },
        Event::WordsRecorded { call: CallId(9), words: Sealed([1; 32]) },
        Event::IncidentUnitsCleared { incident: IncidentId(9) },
        Event::CallDetached { call: CallId(9), incident: IncidentId(9) },
    ] {
        core.apply(NINE, &event);
    }
    assert_eq!(core, before);
}

#[test]
fn more_falls_due_than_one_step_takes() {
    let mut core = at_work();
    for _ in 0..450 {
        order(&mut core, NINE, &Actor::Line, &ring(Channel::Voice, None)).unwrap();
    }
    let later = NINE.plus(60_000);
    let mut raised = Vec::new();
    while core.next_deadline().is_some_and(|deadline| deadline.at <= later) {
        let events = order(&mut core, later, &Actor::Clock, &Command::PassTime {}).unwrap();
        raised.push(events.len());
    }
    assert_eq!(raised, [200, 200, 50]);
    assert_eq!(core.alerts().count(), 450, "none vanishes");
}

/// A ruling that demands nothing, with a policy that was checked.
fn adopting(verdict: Verdict, bytes: usize) -> Ruling {
    let policy = PolicyRef { id: "new".to_owned(), version: 2, hash: "a".repeat(64) };
    let files = vec![PolicyText { name: "x".to_owned(), text: "x".repeat(bytes) }];
    let (checked_on, exceptions) = ("2026-01-05".to_owned(), Vec::new());
    let adoption = Adoption { policy, verdict, checked_on, exceptions, files };
    Ruling { adoption: Some(Box::new(adoption)), ..ruling(&Command::EndShift {}) }
}

fn adopt(hash: &str, signature: Signature) -> Command {
    Command::AdoptPolicy { hash: hash.to_owned(), effective_at: NINE, signature }
}

#[test]
fn a_policy_takes_two_people_whatever_policy_says() {
    let core = at_work();
    let hash = "a".repeat(64);
    let decide = |command: &Command, ruling: &Ruling| {
        core.decide(NINE, &Actor::of("D1"), command, ruling, &Advice::none())
    };
    let alone = adopt(&hash, Signature::because("new plan"));
    let even = adopting(Verdict::Even, 10);
    assert!(matches!(decide(&alone, &even), Err(Refusal::SecondPersonMissing { .. })));
    let both = adopt(&hash, Signature::with_second("new plan", "T1"));
    let names: Vec<&str> = decide(&both, &even).unwrap().iter().map(Event::name).collect();
    assert_eq!(names, ["DecisionMade", "PolicyAdopted", "PolicyTookEffect"]);
    assert!(decide(&both, &adopting(Verdict::Uneven, 10)).is_ok(), "it may be lawful");
    let undecided = decide(&both, &adopting(Verdict::Undecided, 10));
    assert!(matches!(undecided, Err(Refusal::PolicyUndecided { .. })));
    let other = adopt(&"b".repeat(64), Signature::with_second("new plan", "T1"));
    assert!(matches!(decide(&other, &even), Err(Refusal::PolicyNotChecked { .. })));
}

#[test]
fn the_texts_of_a_policy_have_a_limit() {
    let core = at_work();
    let both = adopt(&"a".repeat(64), Signature::with_second("new plan", "T1"));
    let decide = |bytes| {
        let ruling = adopting(Verdict::Even, bytes);
        core.decide(NINE, &Actor::of("D1"), &both, &ruling, &Advice::none())
    };
    // The name has one byte.
    assert!(decide(limits::POLICY_BYTES_MAX - 1).is_ok());
    assert!(matches!(decide(limits::POLICY_BYTES_MAX), Err(Refusal::LimitReached { .. })));
}

#[test]
fn facts_have_a_limit() {
    let mut core = at_work();
    let incident = open(&mut core, "fall");
    let classify = |count: usize| Command::ClassifyIncident {
        incident,
        incident_type: "fall".to_owned(),
        facts: (0..count).map(|number| (number.to_string(), "yes".to_owned())).collect(),
        signature: Signature::default(),
    };
    let mut order = |count| order(&mut core, NINE, &Actor::of("D1"), &classify(count));
    assert!(order(limits::FACTS_MAX).is_ok());
    assert!(matches!(order(limits::FACTS_MAX + 1), Err(Refusal::LimitReached { .. })));
}
