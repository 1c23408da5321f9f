//! Centres for the tests: Boone County from its files, and one made of two streets.

use center::{FleetUnit, Setup, Store};
use evenhand_core::UnitId;
use evenhand_sim::replay::{CallsFile, Natures, Opening, ReplayPlan};
use jiff::tz::TimeZone;
use journal::{MemoryStore, SigningKey};
use map::{CenterMap, MapDescription};
use places::Places;
use policy::Policy;
use roads::{Roads, SpeedTable, TravelTimes};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// A folder of real data; without it a test says why and passes, except where CI is set.
pub fn data() -> Option<PathBuf> {
    let found = std::env::var_os("EVENHAND_DATA").map(PathBuf::from);
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "EVENHAND_DATA is not set");
        println!("skipped: EVENHAND_DATA is not set, and the calls may not be copied");
    }
    found
}

fn boone(file: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../centers/boone");
    std::fs::read_to_string(folder.join(file)).unwrap()
}

pub fn zone() -> TimeZone {
    TimeZone::get("America/Chicago").unwrap()
}

#[derive(Deserialize)]
struct CenterFile {
    speeds: SpeedTable,
}

#[derive(Deserialize)]
struct FleetFile {
    units: Vec<Unit>,
}

#[derive(Deserialize)]
struct Unit {
    unit: String,
    agency: String,
    capabilities: Vec<String>,
    station: String,
}

fn fleet(text: &str, map: &CenterMap) -> Vec<FleetUnit> {
    let file: FleetFile = toml::from_str(text).unwrap();
    let unit = |unit: Unit| {
        let place = map.places.iter().find(|place| place.name == unit.station).unwrap();
        FleetUnit {
            unit: UnitId(unit.unit),
            agency: unit.agency,
            capabilities: unit.capabilities,
            station: unit.station,
            point: Some(place.point),
        }
    };
    file.units.into_iter().map(unit).collect()
}

pub fn boone_policy() -> Policy {
    let (policy, cards) = (boone("policy.toml"), boone("run-cards.toml"));
    Policy::load(&[("policy.toml", &policy), ("run-cards.toml", &cards)]).unwrap()
}

/// Boone County with its roads at this percentage of their speed.
pub fn boone_setup(data: &Path, percent: u16) -> Setup {
    let description: MapDescription = toml::from_str(&boone("map/map.toml")).unwrap();
    let map = map::read::read_folder(&description, data).unwrap();
    let speeds = toml::from_str::<CenterFile>(&boone("center.toml")).unwrap().speeds;
    let roads = Roads::build(&map.streets, &speeds.at_percent(percent));
    let fleet = fleet(&boone("fleet.toml"), &map);
    setup(map, fleet, Box::new(roads))
}

pub fn setup(
    map: CenterMap,
    fleet: Vec<FleetUnit>,
    times: Box<dyn TravelTimes + Send + Sync>,
) -> Setup {
    Setup {
        name: "test".to_owned(),
        time_zone: jiff::tz::TimeZone::UTC,
        policy: boone_policy(),
        places: Places::build(&map),
        map,
        times,
        fleet,
        digest_key: [7; 32],
    }
}

pub fn boone_plan() -> ReplayPlan {
    ReplayPlan::parse("replay.toml", &boone("replay.toml")).unwrap()
}

pub fn boone_natures() -> Natures {
    Natures::parse("natures.toml", &boone("natures.toml"), &boone_policy()).unwrap()
}

pub fn boone_calls(data: &Path) -> CallsFile {
    let file = std::fs::File::open(data.join("boone/calls-2016.csv")).unwrap();
    CallsFile::read("calls-2016.csv", file, &boone_plan(), &boone_natures(), &zone()).unwrap()
}

pub fn opening(plan: ReplayPlan, file: CallsFile, setup: Setup) -> Opening {
    let store: Store = Box::new(MemoryStore::new());
    Opening {
        plan,
        file,
        unmapped_type: "unknown.serious".to_owned(),
        setup,
        travel: "roads".to_owned(),
        store,
        key: SigningKey::from_seed("replay", [7; 32]).unwrap(),
        seed: 1,
    }
}
