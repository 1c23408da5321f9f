//! The demo's own centre, for tests: Cambridge's files, a journal in memory, virtual time.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop with a message")]

use center::{Center, FleetUnit, Setup, Store, decode};
use evenhand_core::{Timestamp, UnitId};
use evenhand_sim::CrewLabels;
use evenhand_sim::demo::{Demo, DemoParts, DemoPlan, Positions};
use journal::{Journal, MemoryDisk, MemoryStore, SigningKey};
use map::{CenterMap, MapDescription, Point};
use policy::Policy;
use roads::{Roads, SpeedTable};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../centers/cambridge")
}

fn text(file: &str) -> String {
    std::fs::read_to_string(folder().join(file)).expect("a file of the centre")
}

/// What is read once for all tests of a binary.
struct Read {
    map: CenterMap,
    policy: Policy,
    fleet: Vec<FleetUnit>,
}

fn read() -> &'static Read {
    static READ: OnceLock<Read> = OnceLock::new();
    READ.get_or_init(|| {
        let description: MapDescription = toml::from_str(&text("map/map.toml")).expect("map.toml");
        let map = map::read::read_folder(&description, &folder().join("map")).expect("the map");
        let (policy, cards) = (text("policy.toml"), text("run-cards.toml"));
        let policy = Policy::load(&[("policy.toml", &policy), ("run-cards.toml", &cards)]);
        let fleet = fleet(&map);
        Read { map, policy: policy.expect("the policy"), fleet }
    })
}

fn fleet(map: &CenterMap) -> Vec<FleetUnit> {
    #[derive(Deserialize)]
    struct File {
        units: Vec<Unit>,
    }
    #[derive(Deserialize)]
    struct Unit {
        unit: String,
        agency: String,
        capabilities: Vec<String>,
        station: String,
        lat: Option<f64>,
        lon: Option<f64>,
    }
    let file: File = toml::from_str(&text("fleet.toml")).expect("fleet.toml");
    let point = |unit: &Unit| match (unit.lat, unit.lon) {
        (Some(lat), Some(lon)) => Point::from_degrees(lat, lon),
        _ => map.places.iter().find(|place| place.name == unit.station).map(|place| place.point),
    };
    let unit = |unit: Unit| FleetUnit {
        point: Some(point(&unit).unwrap_or_else(|| panic!("`{}` stands nowhere", unit.unit))),
        unit: UnitId(unit.unit),
        agency: unit.agency,
        capabilities: unit.capabilities,
        station: unit.station,
    };
    file.units.into_iter().map(unit).collect()
}

/// How everybody behaves.
pub fn parts(positions: Positions) -> DemoParts {
    let read = read();
    let plan = DemoPlan::read(&text("demo.toml"), &read.policy).expect("demo.toml");
    DemoParts {
        book: plan.book(&read.map, &read.fleet).expect("a book"),
        plan,
        labels: CrewLabels::of(&read.policy),
        ways: Arc::new(Roads::build(&read.map.streets, &SpeedTable::default())),
        positions,
    }
}

/// The centre on a disk, opened at a time: anew, or again.
pub fn center(disk: &MemoryDisk, at: Timestamp) -> Center {
    center_on(Box::new(MemoryStore::on(disk)), at)
}

/// The centre on any store.
pub fn center_on(store: Store, at: Timestamp) -> Center {
    let read = read();
    let setup = Setup {
        name: "Cambridge".to_owned(),
        time_zone: jiff::tz::TimeZone::UTC,
        policy: read.policy.clone(),
        map: read.map.clone(),
        places: places::Places::build(&read.map),
        times: Box::new(Roads::build(&read.map.streets, &SpeedTable::default())),
        fleet: read.fleet.clone(),
        digest_key: [7; 32],
    };
    let key = SigningKey::from_seed("demo", [9; 32]).expect("a key");
    let journal = Journal::open(store, key).expect("a journal");
    Center::open(setup, journal, at, [3; 32]).expect("a centre")
}

/// A fresh demo and its centre.
pub fn fresh(disk: &MemoryDisk, seed: u64, positions: Positions) -> (Center, Demo, DemoParts) {
    let parts = parts(positions);
    let start = parts.book.starts_at().expect("a start");
    (center(disk, start), Demo::new(seed, &parts, start), parts)
}

/// Every event of the journal as it stands there, but its number and id; without the starts.
pub fn events(center: &Center) -> Vec<String> {
    let mut rows = Vec::new();
    let mut from = 1;
    loop {
        let page = center.journal().read(from, 4_096).expect("the journal");
        let Some(last) = page.last() else { return rows };
        from = last.seq + 1;
        for stored in &page {
            let row = decode(&stored.body).expect("a row");
            if let center::Entry::Event(event) = row.entry
                && event.name() != "CenterStarted"
            {
                let event = serde_json::to_string(&event).expect("json");
                rows.push(format!("{} {:?} {event}", row.at.0, row.actor));
            }
        }
    }
}
