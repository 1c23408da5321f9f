//! A small policy, written in code, for tests of core alone.
#![allow(dead_code, reason = "each test file takes what it needs")]

use evenhand_core::{
    Actor, Advice, Answer, Channel, Command, Core, Event, PolicyRef, PrimaryStatus, QueueMatch,
    QueueRule, QueueRuling, Refusal, ResponseWord, Role, Ruling, SecondaryStatus, Strategy, Timers,
    Timestamp, UnitId, UnitStatus,
};
use std::collections::BTreeSet;

/// Nine in the morning of some day.
pub const NINE: Timestamp = Timestamp(1_767_603_600_000);

/// Types and the priority of each. The last is protected.
pub const TYPES: [(&str, u8); 4] = [("fire", 1), ("fall", 3), ("noise", 5), ("domestic", 2)];

/// Labels and what each means.
pub const LABELS: [(&str, PrimaryStatus, SecondaryStatus); 9] = [
    ("available", PrimaryStatus::Available, SecondaryStatus::InService),
    ("out of service", PrimaryStatus::NotAvailable, SecondaryStatus::OutofService),
    ("traffic stop", PrimaryStatus::ConditionallyAvailable, SecondaryStatus::TrafficStop),
    ("acknowledged", PrimaryStatus::NotAvailable, SecondaryStatus::AcknowledgedTransmission),
    ("en route", PrimaryStatus::NotAvailable, SecondaryStatus::EnRoute),
    ("on scene", PrimaryStatus::NotAvailable, SecondaryStatus::OnScene),
    ("transporting", PrimaryStatus::NotAvailable, SecondaryStatus::Transporting),
    ("at hospital", PrimaryStatus::NotAvailable, SecondaryStatus::Hospital),
    ("clear", PrimaryStatus::Available, SecondaryStatus::Cleared),
];

pub const UNITS: [&str; 4] = ["E1", "E2", "M21", "P1"];
pub const PEOPLE: [&str; 4] = ["T1", "T2", "D1", "S1"];

pub const TIMERS: Timers = Timers {
    answer_ms: 15_000,
    classify_ms: 120_000,
    callback_ms: 60_000,
    enroute_ms: 80_000,
    welfare_ms: 1_200_000,
    short_call_ms: 20_000,
    wrap_up_ms: 0,
};

/// What a type gets at a priority; priority 1 is never held.
pub fn answer(incident_type: &str, priority: u8) -> Answer {
    Answer {
        incident_type: incident_type.to_owned(),
        response: ResponseWord::Send,
        alarm_level: 1,
        priority,
        run_card: "any".to_owned(),
        pending_ms_max: u64::from(priority) * 60_000,
        hold_ms_max: u64::from(priority - 1) * 600_000,
    }
}

/// Text rings at everybody; the rest at one after the other, and then at everybody.
fn queued(channel: Channel) -> QueueRuling {
    let rule = |name: &str, strategy| QueueRule {
        name: name.to_owned(),
        uri: format!("sip:{name}@psap.example"),
        strategy,
        offer_ms: 5_000,
        roles: BTreeSet::from([Role::Dispatcher, Role::CallTaker]),
        order: Vec::new(),
        overflow_after_offers: Some(2),
        reserved_for_first: 1,
        repeat_window_ms: 60_000,
    };
    let all = rule("all", Strategy::All);
    let (rule, then) = match channel {
        Channel::Text => (all, Vec::new()),
        Channel::Voice | Channel::Alarm | Channel::WalkIn | Channel::Radio => {
            (rule("one", Strategy::LongestIdle), vec![all])
        }
    };
    QueueRuling { rule, matched: QueueMatch::Default, then }
}

/// Everything is permitted, nothing takes two people.
pub fn ruling(command: &Command) -> Ruling {
    let of_type = |code: &str| TYPES.iter().find(|(known, _)| *known == code);
    let (mut given, mut status, mut queue) = (None, None, None);
    match command {
        Command::ClassifyIncident { incident_type, .. } => {
            given = of_type(incident_type).map(|(code, priority)| answer(code, *priority));
        }
        Command::ChangePriority { priority, .. } if (1..=9).contains(priority) => {
            given = Some(answer("as before", *priority));
        }
        Command::ReportStatus { label, .. } => {
            status = LABELS.iter().find(|(known, _, _)| known == label).map(
                |(_, primary, secondary)| UnitStatus { primary: *primary, secondary: *secondary },
            );
        }
        // Who has no number rings everywhere.
        Command::PresentCall { number_digest: Some(_), channel, .. } => {
            queue = Some(Box::new(queued(*channel)));
        }
        _ => {}
    }
    let policy = PolicyRef { id: "tests".to_owned(), version: 1, hash: "0".repeat(64) };
    let permitting = Ruling::permitting(policy, "tests".to_owned(), TIMERS);
    Ruling { answer: given, status, queue, distance_alarm_m: Some(500), ..permitting }
}

/// Decides under the policy above, and applies.
pub fn order(
    core: &mut Core,
    at: Timestamp,
    actor: &Actor,
    command: &Command,
) -> Result<Vec<Event>, Refusal> {
    let events = core.decide(at, actor, command, &ruling(command), &Advice::none())?;
    for event in &events {
        core.apply(at, event);
    }
    Ok(events)
}

/// A centre with its fleet, and everybody at work but the last.
pub fn at_work() -> Core {
    let mut core = Core::default();
    for unit in UNITS {
        let command = Command::CommissionUnit {
            unit: UnitId::from(unit),
            agency: "any".to_owned(),
            capabilities: Vec::new(),
            station: "1".to_owned(),
            point: None,
        };
        order(&mut core, NINE, &Actor::Center, &command).unwrap();
    }
    for person in PEOPLE.iter().take(3) {
        let start = Command::StartShift { role: Role::Dispatcher, position: (*person).to_owned() };
        order(&mut core, NINE, &Actor::of(person), &start).unwrap();
    }
    core
}
