//! How inputs share a sync must not matter: one batch, or one input at a time, the same truth, the
//! same boards, the same entries.
#![expect(clippy::unwrap_used, reason = "a failing step fails the test")]

use center::{Center, Clear, Input, Order, Output, Rejected, Selected, decode};
use evenhand_core::{
    Actor, CallId, Channel, Command, IncidentId, Location, Role, Signature, Timestamp, UnitId,
};
use evenhand_sim::scenario::{Town, signing_key, verify};
use journal::{Journal, MemoryDisk};
use std::path::PathBuf;

const NINE: Timestamp = Timestamp(1_767_603_600_000);

fn town() -> Town {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/policy.toml");
    Town::new(std::fs::read_to_string(path).unwrap())
}

fn open(disk: &MemoryDisk) -> Center {
    let journal = Journal::open(Town::store(disk), signing_key()).unwrap();
    Center::open(town().setup().unwrap(), journal, NINE, [1; 32]).unwrap()
}

fn input(key: &str, actor: Actor, order: Order) -> Input {
    Input { key: key.to_owned(), at: NINE.plus(60_000), actor, order, salt: [7; 32] }
}

fn inputs(orders: Vec<(&str, Order)>) -> Vec<Input> {
    let numbered = orders.into_iter().enumerate();
    let actor = |name: &str| match name {
        "line" => Actor::Line,
        unit if unit.starts_with('M') => Actor::Crew { unit: UnitId::from(unit) },
        person => Actor::of(person),
    };
    numbered.map(|(n, (who, order))| input(&format!("k-{n}"), actor(who), order)).collect()
}

fn command(command: Command<Clear>) -> Order {
    Order::Command(command)
}

fn line(text: &str) -> Order {
    Order::Line { text: text.to_owned(), selected: Selected::default() }
}

fn starts() -> Order {
    command(Command::StartShift { role: Role::Dispatcher, position: "P1".to_owned() })
}

fn opens() -> Order {
    let address = Some(Clear::from("5 Oak Ave"));
    let location = Location { address, ..Location::default() };
    command(Command::CreateIncident { call: None, location })
}

fn reports(unit: &str, label: &str) -> Order {
    let (unit, label) = (UnitId::from(unit), label.to_owned());
    command(Command::ReportStatus { unit, label, reported_at: None })
}

fn sends(unit: &str, incident: u64, reason: &str) -> Order {
    command(Command::DispatchUnits {
        incident: IncidentId(incident),
        units: vec![UnitId::from(unit)],
        signature: Signature::because(reason),
    })
}

/// Each order changes what the next one is judged by.
fn busy_second() -> Vec<Input> {
    inputs(vec![
        ("D1", starts()),
        ("D2", starts()),
        ("D1", sends("M21", 1, "")), // there is no I1 yet
        ("D1", opens()),
        ("D1", line("T I1 fall")),
        ("D1", line("D I1")),
        ("D1", sends("M22", 1, "")), // nothing more is recommended now
        ("M21", reports("M21", "EN")),
        ("D2", line("US M21")),
        ("D2", line("X M21 flat tyre")),
        ("D1", line("P I1 1")),
        ("D1", Order::Undo),
        ("M22", reports("M22", "OS")),
        ("D2", reports("M22", "CL")),
        ("D2", line("UNDO")),
        ("D1", line("CLOSE I1 handled")),
        ("D1", Order::Undo),
        ("D1", line("H I1 5 no unit")),
        ("D1", line("undo")),
        ("D2", line("D I1 E1 : nearest")),
        ("D2", line("AV M21")),
        ("D2", line("D I1")),
    ])
}

/// The entries without their place in the journal, which is the same either way.
fn entries(center: &Center) -> Vec<String> {
    let stored = center.journal().read(1, usize::MAX).unwrap();
    stored.iter().map(|row| format!("{:?}", decode(&row.body).unwrap().entry)).collect()
}

#[test]
fn what_happens_does_not_depend_on_the_batch() {
    let (together, apart) = (MemoryDisk::new(), MemoryDisk::new());
    let (mut one, mut many) = (open(&together), open(&apart));
    one.step(busy_second());
    for input in busy_second() {
        many.step(vec![input]);
    }
    for (place, (one, many)) in entries(&one).iter().zip(&entries(&many)).enumerate() {
        assert_eq!(one, many, "entry {}", place + 1);
    }
    assert_eq!(one.core(), many.core());
    assert_eq!(one.boards(), many.boards());
    assert_eq!(verify(&one, &together, &town()), Vec::<String>::new());
    assert_eq!(verify(&many, &apart, &town()), Vec::<String>::new());
}

/// The answers to `inputs`, by key.
fn answers(center: &mut Center, inputs: Vec<Input>) -> Vec<(String, Result<bool, String>)> {
    let outputs = center.step(inputs).into_iter();
    let replies = outputs.filter_map(|output| match output {
        Output::Reply { key, result } => Some((key, result)),
        _ => None,
    });
    replies
        .map(|(key, result)| {
            let result = result.map(|accepted| accepted.repeated).map_err(|error| match error {
                Rejected::Invalid { text } | Rejected::Refused { text, .. } => text,
                Rejected::NotRead { .. } | Rejected::Unrecorded { .. } => "other".to_owned(),
            });
            (key, result)
        })
        .collect()
}

#[test]
fn a_key_used_for_another_order_is_told_so() {
    let disk = MemoryDisk::new();
    let mut center = open(&disk);
    center.step(inputs(vec![("D1", starts()), ("D2", starts()), ("D1", opens())]));
    let fall = |key: &str, who: &str, code: &str| input(key, Actor::of(who), line(code));
    center.step(vec![fall("a", "D1", "T I1 fall"), fall("two", "D1", "OOS E1 E2")]);

    let level = |incident| command(Command::RaiseAlarmLevel { incident: IncidentId(incident) });
    let raise = |key: &str, who: &str, incident| input(key, Actor::of(who), level(incident));
    let mut ask = |input| answers(&mut center, vec![input]).remove(0).1;
    assert_eq!(ask(raise("b", "D1", 1)), Ok(false));
    assert_eq!(ask(raise("b", "D1", 1)), Ok(true), "the same again is answered from the record");
    assert!(ask(raise("b", "D1", 2)).unwrap_err().contains("another `RaiseAlarmLevel`"));
    assert!(ask(raise("b", "D2", 1)).unwrap_err().contains("somebody else"));
    assert!(ask(raise("a", "D1", 1)).unwrap_err().contains("was used for `ClassifyIncident`"));
    // The second command of a line has a key that nobody can send.
    assert_eq!(ask(fall("two", "D1", "OOS E1 E2")), Ok(true));
    assert_eq!(ask(raise("two:1", "D1", 1)), Ok(false));
    assert_eq!(ask(fall("two", "D1", "OOS E1 E2")), Ok(true));
    assert!(ask(raise("two+1", "D1", 1)).unwrap_err().contains("idempotency key"));
}

#[test]
fn a_ring_that_says_too_much_still_rings() {
    let disk = MemoryDisk::new();
    let mut center = open(&disk);
    let long = Clear("é".repeat(9_000));
    let rings = command(Command::PresentCall {
        channel: Channel::Voice,
        number: Some(long.clone()),
        number_digest: None,
        name: Some(long.clone()),
        location: Some(Location {
            address: Some(long),
            point: Some(Clear::from("by the mill")),
            ..Location::default()
        }),
        test: false,
        signalling: None,
    });
    let unplaced = command(Command::PresentCall {
        channel: Channel::Voice,
        number: None,
        number_digest: None,
        name: None,
        location: Some(Location { point: Some(Clear::from("by the mill")), ..Location::default() }),
        test: false,
        signalling: None,
    });
    let rung = answers(&mut center, inputs(vec![("line", rings), ("line", unplaced)]));
    assert!(rung.iter().all(|(_, result)| *result == Ok(false)), "{rung:?}");
    let detail = center.call_detail(CallId(2)).unwrap();
    assert_eq!(detail["location"]["address"], "by the mill", "what was given is not lost");
    assert_eq!(verify(&center, &disk, &town()), Vec::<String>::new());
}
