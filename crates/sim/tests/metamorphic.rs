//! The same emergencies, the same answers, whoever calls: whole days in which everything about the
//! callers varies, run again with all of it dealt out anew among them.
//!
//! Everything that decides about help must come out the same, byte for byte. Under a policy that
//! looks at who calls the same comparison must fail, or it would prove nothing.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop with a message")]

use center::{Center, Clear, Entry, Input, Order, Output, Rejected, decode};
use evenhand_core::{
    Actor, CallId, Channel, Command, Disposition, Event, IncidentId, Location, Outcome, Role,
    Signature, Timestamp, UnitId,
};
use evenhand_sim::Rng;
use evenhand_sim::scenario::{Town, signing_key, verify};
use journal::{Journal, MemoryDisk};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// 2026-01-05T00:00:00Z, a Monday.
const MIDNIGHT: i64 = 1_767_571_200_000;
const CALLS: usize = 250;
/// A call every five minutes and a half, so that units come back and the town is busy at times.
const APART_MS: i64 = 330_000;
const TYPES: [&str; 6] = [
    "fire.building",
    "fire.smell",
    "medical.chest_pain",
    "medical.fall",
    "police.noise",
    "police.domestic",
];

/// What happened, and where: what the answer may rest on.
struct Emergency {
    incident_type: &'static str,
    severity: u64,
    weapon: &'static str,
    address: String,
}

/// Who calls. Each list holds one value for each call.
struct Callers {
    numbers: Vec<String>,
    names: Vec<String>,
    words: Vec<String>,
    languages: Vec<&'static str>,
    affiliations: Vec<&'static str>,
}

impl Callers {
    fn of(seed: u64) -> Self {
        let mut rng = Rng::named(seed, "metamorphic/callers");
        let mut word = |words: &[&'static str]| -> Vec<&'static str> {
            let draw = |_| words[usize::try_from(rng.below(words.len() as u64)).unwrap()];
            (0..CALLS).map(draw).collect()
        };
        let languages = word(&["en", "es", "unknown"]);
        let affiliations = word(&["none", "agency_x", "unknown"]);
        // Some people call twice.
        let numbers = (0..CALLS).map(|call| format!("617555{:04}", call % 200)).collect();
        let names = (0..CALLS).map(|call| format!("Caller {call}")).collect();
        let words = (0..CALLS).map(|call| format!("please come, it is me, {call}")).collect();
        Self { numbers, names, words, languages, affiliations }
    }

    /// Each field dealt out anew, independently of the others.
    fn permuted(seed: u64) -> Self {
        let mut callers = Self::of(seed);
        let mut rng = Rng::named(seed, "metamorphic/permuted");
        shuffle(&mut rng, &mut callers.numbers);
        shuffle(&mut rng, &mut callers.names);
        shuffle(&mut rng, &mut callers.words);
        shuffle(&mut rng, &mut callers.languages);
        shuffle(&mut rng, &mut callers.affiliations);
        callers
    }
}

fn shuffle<T>(rng: &mut Rng, list: &mut [T]) {
    for last in (1..list.len()).rev() {
        list.swap(last, usize::try_from(rng.below(last as u64 + 1)).unwrap());
    }
}

fn emergencies(seed: u64) -> Vec<Emergency> {
    let mut rng = Rng::named(seed, "metamorphic/emergencies");
    let mut one = |_| Emergency {
        incident_type: TYPES[usize::try_from(rng.below(6)).unwrap()],
        severity: rng.below(5),
        weapon: ["no", "yes", "unknown"][usize::try_from(rng.below(3)).unwrap()],
        address: format!("{} Main St", 1 + rng.below(190)),
    };
    (0..CALLS).map(&mut one).collect()
}

/// A centre at work, and the keys of its orders.
struct Day {
    center: Center,
    disk: MemoryDisk,
    town: Town,
    keys: u64,
    /// Units on scene, the incident, and the call before which they are clear.
    there: Vec<(usize, IncidentId, Vec<UnitId>)>,
}

impl Day {
    fn begin(policy: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
        let town = Town::read(&folder).unwrap().with(Some(policy));
        let disk = MemoryDisk::new();
        let journal = Journal::open(Town::store(&disk), signing_key()).unwrap();
        let center =
            Center::open(town.setup().unwrap(), journal, Timestamp(MIDNIGHT), [1; 32]).unwrap();
        let mut day = Self { center, disk, town, keys: 0, there: Vec::new() };
        for (person, role) in
            [("T1", Role::CallTaker), ("D1", Role::Dispatcher), ("S1", Role::Supervisor)]
        {
            let start = Command::StartShift { role, position: person.to_owned() };
            day.must(0, Actor::of(person), start);
        }
        day
    }

    /// Orders; the rules may forbid it.
    fn order(&mut self, at: i64, actor: Actor, command: Command<Clear>) -> bool {
        self.keys += 1;
        let key = format!("k{}", self.keys);
        let mut salt = [0; 32];
        salt[..8].copy_from_slice(&self.keys.to_be_bytes());
        let at = Timestamp(MIDNIGHT + at);
        let order = Order::Command(command);
        let outputs = self.center.step(vec![Input { key, at, actor, order, salt }]);
        match outputs.into_iter().next() {
            Some(Output::Reply { result: Ok(_), .. }) => true,
            Some(Output::Reply { result: Err(Rejected::Refused { .. }), .. }) => false,
            other => panic!("{other:?}"),
        }
    }

    fn must(&mut self, at: i64, actor: Actor, command: Command<Clear>) {
        let name = command.name();
        assert!(self.order(at, actor, command), "`{name}` was refused at {at}");
    }

    /// One call, from its ring to the units' way back.
    fn call(&mut self, number: usize, what: &Emergency, callers: &Callers) {
        let at = i64::try_from(number).unwrap() * APART_MS;
        let (taker, dispatcher) = (Actor::of("T1"), Actor::of("D1"));
        let call = CallId(number as u64 + 1);
        let incident = IncidentId(number as u64 + 1);
        let location =
            Location { address: Some(Clear(what.address.clone())), ..Location::default() };
        self.center.wake(Timestamp(MIDNIGHT + at), [2; 32]);
        self.clear(at, number);
        let ring = Command::PresentCall {
            channel: Channel::Voice,
            number: Some(Clear(callers.numbers[number].clone())),
            number_digest: None,
            name: Some(Clear(callers.names[number].clone())),
            location: None,
            test: false,
            signalling: None,
        };
        self.must(at, Actor::Line, ring);
        self.must(at + 3_000, taker.clone(), Command::AnswerCall { call });
        let words = Clear(callers.words[number].clone());
        self.must(at + 5_000, taker.clone(), Command::RecordWords { call, words });
        let opened = Command::CreateIncident { call: Some(call), location };
        self.must(at + 6_000, taker.clone(), opened);
        // Only under a policy that looks at it may this come first.
        let facts = vec![
            Clear(format!("language={}", callers.languages[number])),
            Clear(format!("affiliation={}", callers.affiliations[number])),
        ];
        let learnt = Command::RecordCallerFacts { call, facts };
        self.order(at + 7_000, taker.clone(), learnt.clone());
        self.must(at + 8_000, taker.clone(), classified(incident, what));
        self.order(at + 9_000, taker.clone(), learnt);
        // Said once more when all is known about the caller.
        self.must(at + 10_000, taker.clone(), classified(incident, what));
        self.must(at + 20_000, taker, Command::EndCall { call });
        self.dispatch(at + 30_000, dispatcher, number, incident);
    }

    /// What is recommended is sent; some stay long. Where nobody is to go, or nobody is free, the
    /// incident stays as it is.
    fn dispatch(&mut self, at: i64, dispatcher: Actor, number: usize, incident: IncidentId) {
        let answer = self.center.core().incident(incident).unwrap().classification.clone().unwrap();
        let units: Vec<UnitId> = self
            .center
            .recommendation(incident)
            .map(|made| made.chosen.iter().map(|ranked| ranked.unit.clone()).collect())
            .unwrap_or_default();
        if !answer.answer.response.sends() || units.is_empty() {
            return;
        }
        let signature = Signature::default();
        let sent = Command::DispatchUnits { incident, units: units.clone(), signature };
        self.must(at, dispatcher.clone(), sent);
        for unit in &units {
            self.report(at + 30_000, unit, "en route");
            self.report(at + 200_000, unit, "on scene");
        }
        let stays = if number.is_multiple_of(3) { 6 } else { 1 };
        self.there.push((number + stays, incident, units));
    }

    fn report(&mut self, at: i64, unit: &UnitId, label: &str) {
        let crew = Actor::Crew { unit: unit.clone() };
        let (unit, label) = (unit.clone(), label.to_owned());
        self.must(at, crew, Command::ReportStatus { unit, label, reported_at: None });
    }

    /// Who is done before this call is free for it.
    fn clear(&mut self, at: i64, number: usize) {
        let there = std::mem::take(&mut self.there);
        let (done, stays): (Vec<_>, Vec<_>) =
            there.into_iter().partition(|(until, ..)| *until <= number);
        self.there = stays;
        for (_, incident, units) in done {
            units.iter().for_each(|unit| self.report(at, unit, "clear"));
            let disposition = Disposition::HandledOnScene;
            let close = Command::CloseIncident { incident, disposition };
            self.must(at, Actor::of("D1"), close);
        }
    }

    fn run(policy: &str, seed: u64, callers: &Callers) -> Self {
        let mut day = Self::begin(policy);
        for (number, what) in emergencies(seed).iter().enumerate() {
            day.call(number, what, callers);
        }
        let wrong = verify(&day.center, &day.disk, &day.town);
        assert_eq!(wrong, Vec::<String>::new());
        day
    }

    /// Every event that decides about help, or follows from it, as it stands in the journal: all
    /// but what holds the caller's own words and fields, and what is added for the caller.
    fn protected(&self) -> Vec<String> {
        let rows = self.center.journal().read(1, usize::MAX).unwrap();
        let rows = rows.iter().map(|stored| decode(&stored.body).unwrap());
        rows.filter_map(|row| {
            let Entry::Event(mut event) = row.entry else { return None };
            let about_caller = matches!(
                event,
                Event::CallPresented { .. }
                    | Event::WordsRecorded { .. }
                    | Event::CallerFactsRecorded { .. }
                    | Event::CommandRefused { .. }
            );
            match &mut event {
                Event::IncidentClassified { accommodations, .. } => accommodations.clear(),
                // Sealed with the salt of its order, which counts orders.
                Event::IncidentCreated { location, .. } => *location = Location::default(),
                _ => {}
            }
            let written = serde_json::to_string(&event).unwrap();
            (!about_caller).then(|| format!("{} {:?} {written}", row.at.0, row.actor))
        })
        .collect()
    }

    fn count(&self, which: impl Fn(&Event) -> bool) -> usize {
        let rows = self.center.journal().read(1, usize::MAX).unwrap();
        let rows = rows.iter().map(|stored| decode(&stored.body).unwrap());
        rows.filter(|row| matches!(&row.entry, Entry::Event(event) if which(event))).count()
    }
}

fn classified(incident: IncidentId, what: &Emergency) -> Command<Clear> {
    let facts = BTreeMap::from([
        ("severity".to_owned(), what.severity.to_string()),
        ("weapon".to_owned(), what.weapon.to_owned()),
    ]);
    Command::ClassifyIncident {
        incident,
        incident_type: what.incident_type.to_owned(),
        facts,
        signature: Signature::with_second("said once more", "S1"),
    }
}

/// The lines that differ; both days have as many.
fn differing(one: &[String], other: &[String]) -> usize {
    one.iter().zip(other).filter(|(one, other)| one != other).count()
        + one.len().abs_diff(other.len())
}

#[test]
fn under_an_even_policy_help_is_the_same_whoever_calls() {
    for seed in 1..=4 {
        let is = Day::run("even", seed, &Callers::of(seed));
        let other = Day::run("even", seed, &Callers::permuted(seed));
        let (is_lines, other_lines) = (is.protected(), other.protected());
        for (one, other) in is_lines.iter().zip(&other_lines) {
            assert_eq!(one, other, "seed {seed}");
        }
        assert_eq!(is_lines.len(), other_lines.len(), "seed {seed}");
        check_work(&is, &other);
    }
}

/// The days were full, the callers did differ, and what may follow who calls did follow.
fn check_work(is: &Day, other: &Day) {
    let sent = is.count(|event| matches!(event, Event::UnitDispatched { .. }));
    assert!(sent >= 100, "{sent} units sent");
    let responses: BTreeSet<&'static str> = is
        .center
        .core()
        .incidents()
        .filter_map(|incident| incident.classification.as_ref())
        .map(|known| known.answer.response.word())
        .collect();
    for word in ["send_now", "send", "hold", "refer"] {
        assert!(responses.contains(word), "nothing was answered `{word}`: {responses:?}");
    }
    let early = is.count(|event| matches!(event, Event::CommandRefused { .. }));
    assert_eq!(early, CALLS, "who calls came before the outcome");
    let helped = |day: &Day| -> Vec<CallId> {
        let calls = day.center.core().calls().filter(|call| !call.accommodations.is_empty());
        calls.map(|call| call.id).collect()
    };
    assert!(helped(is).len() > 40, "interpreters for {:?}", helped(is));
    assert_ne!(helped(is), helped(other), "the languages were not dealt out anew");
    let accounted =
        |call: &evenhand_core::Call| matches!(call.outcome, Some(Outcome::NewIncident { .. }));
    assert!(is.center.core().calls().all(accounted));
}

#[test]
fn the_same_comparison_fails_under_a_policy_that_looks_at_who_calls() {
    for seed in 1..=2 {
        let is = Day::run("uneven", seed, &Callers::of(seed));
        let other = Day::run("uneven", seed, &Callers::permuted(seed));
        let lines = differing(&is.protected(), &other.protected());
        assert!(lines >= 5, "only {lines} lines differ");
        let stamped = is.count(|event| match event {
            Event::IncidentClassified { receipt: Some(receipt), .. } => {
                !receipt.otherwise.is_empty()
            }
            _ => false,
        });
        assert!(stamped >= 5, "{stamped} calls are stamped with the answer they would have had");
    }
}

#[test]
fn the_days_come_out_the_same_when_nothing_is_changed() {
    let callers = Callers::of(1);
    let one = Day::run("uneven", 1, &callers).protected();
    assert_eq!(differing(&one, &Day::run("uneven", 1, &callers).protected()), 0);
}
