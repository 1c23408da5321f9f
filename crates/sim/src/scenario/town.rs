//! The made-up town of the scenarios: three streets, a few units, one small policy.
//!
//! ```text
//!   Oak Ave ---- Oak Ave ---- Oak Ave        north: lat 42.0100
//!      |            |            |
//!   First St     Second St    Third St       one-way northwards: Second St
//!      |            |            |
//!   Main St ---- Main St ---- Main St        south: lat 42.0000
//! ```

use center::{FleetUnit, Setup, Store};
use evenhand_core::{PolicyText, UnitId};
use jiff::tz::TimeZone;
use journal::{MemoryDisk, MemoryStore, SigningKey};
use map::{
    Area, CenterMap, HouseNumbers, NamedPlace, Node, OneWay, Point, Polygon, RoadClass, Segment,
    StreetMap,
};
use places::Places;
use policy::Policy;
use roads::{Roads, SpeedTable};
use std::collections::BTreeMap;
use std::path::Path;

const SOUTH: i32 = 420_000_000;
const NORTH: i32 = 420_100_000;
const WEST: i32 = -711_000_000;
const STEP: i32 = 100_000;

/// The town, with its policies.
#[derive(Clone, Debug)]
pub struct Town {
    /// Policy as TOML.
    pub policy: String,
    /// Response policies by name; each, with the TOML, is a policy that may be adopted.
    pub responses: BTreeMap<String, String>,
    /// Sections to add to the TOML, by name; each makes a policy that may be adopted.
    pub additions: BTreeMap<String, String>,
    /// The one that the centre is founded with; `None`: the table of types answers.
    pub founded_with: Option<String>,
}

/// The signing key of scenario journals: a fixed seed, since nothing here is secret.
///
/// # Panics
/// Never: the name and seed are well formed.
pub fn signing_key() -> SigningKey {
    #[expect(clippy::expect_used, reason = "a fixed name and seed; tested with every scenario")]
    SigningKey::from_seed("scenario.example/journal", [7; 32]).expect("a well-formed key")
}

impl Town {
    /// A town in which the table of types answers.
    pub fn new(policy: impl Into<String>) -> Self {
        let (responses, additions) = (BTreeMap::new(), BTreeMap::new());
        Self { policy: policy.into(), responses, additions, founded_with: None }
    }

    /// The town of a folder: `policy.toml`, a response policy for each `*.policy`, and sections to
    /// add for each other `*.toml`.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn read(folder: &Path) -> std::io::Result<Self> {
        let mut town = Self::new(std::fs::read_to_string(folder.join("policy.toml"))?);
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            if let Some(name) = name.as_deref().and_then(|name| name.strip_suffix(".policy")) {
                town.responses.insert(name.to_owned(), std::fs::read_to_string(&path)?);
            }
            let added = name.as_deref().and_then(|name| name.strip_suffix(".toml"));
            if let Some(name) = added.filter(|name| *name != "policy") {
                town.additions.insert(name.to_owned(), std::fs::read_to_string(&path)?);
            }
        }
        Ok(town)
    }

    /// The same town, founded with another policy; `plain` is the table of types.
    #[must_use]
    pub fn with(&self, policy: Option<&str>) -> Self {
        let founded_with = policy.filter(|name| *name != "plain").map(str::to_owned);
        Self { founded_with, ..self.clone() }
    }

    /// The texts of a policy by name; `plain` is the TOML alone.
    ///
    /// # Errors
    /// There is none of this name.
    pub fn texts(&self, name: &str) -> Result<Vec<PolicyText>, String> {
        let text =
            |name: &str, text: &str| PolicyText { name: name.to_owned(), text: text.to_owned() };
        let mut texts = vec![text("policy.toml", &self.policy)];
        if let Some(added) = self.additions.get(name) {
            texts.push(text(&format!("{name}.toml"), added));
        } else if name != "plain" {
            let known = self.responses.get(name);
            let response = known.ok_or_else(|| format!("there is no `{name}.policy`"))?;
            texts.push(text(&format!("{name}.policy"), response));
        }
        Ok(texts)
    }

    /// Whether there is a policy of this name.
    pub fn knows(&self, name: &str) -> bool {
        name == "plain" || self.responses.contains_key(name) || self.additions.contains_key(name)
    }

    /// A policy by name.
    ///
    /// # Errors
    /// What is wrong with it, line by line.
    pub fn policy(&self, name: &str) -> Result<Policy, String> {
        let texts = self.texts(name)?;
        let texts: Vec<(&str, &str)> =
            texts.iter().map(|one| (one.name.as_str(), one.text.as_str())).collect();
        Policy::load(&texts).map_err(|problems| {
            problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        })
    }

    /// Everything of the centre but its journal.
    ///
    /// # Errors
    /// What is wrong with the policy, line by line.
    pub fn setup(&self) -> Result<Setup, String> {
        let policy = self.policy(self.founded_with.as_deref().unwrap_or("plain"))?;
        let map = map()?;
        let speeds = SpeedTable::default();
        let times = Box::new(Roads::build(&map.streets, &speeds));
        let places = Places::build(&map);
        let name = "Scenario town".to_owned();
        let (time_zone, fleet) = (TimeZone::UTC, fleet());
        Ok(Setup { name, time_zone, policy, map, places, times, fleet, digest_key: [9; 32] })
    }

    /// A store in memory on a disk that can be told to fail.
    pub fn store(disk: &MemoryDisk) -> Store {
        Box::new(MemoryStore::on(disk))
    }
}

fn point(column: i32, lat_e7: i32) -> Point {
    Point { lat_e7, lon_e7: WEST + column * STEP }
}

fn map() -> Result<CenterMap, String> {
    let mut nodes = Vec::new();
    for lat in [SOUTH, NORTH] {
        for column in 0..3 {
            nodes.push(Node { id: nodes.len().to_string(), point: point(column, lat) });
        }
    }
    let mut segments = Vec::new();
    for (name, row, lat) in [("Main St", 0, SOUTH), ("Oak Ave", 3, NORTH)] {
        for column in 0..2_u32 {
            let from = column * 100 + 1;
            let line = vec![point(column as i32, lat), point(column as i32 + 1, lat)];
            segments.push(street(name, (row + column, row + column + 1), line, from));
        }
    }
    for (column, name) in (0..3_u32).zip(["First St", "Second St", "Third St"]) {
        let line = vec![point(column as i32, SOUTH), point(column as i32, NORTH)];
        segments.push(street(name, (column, column + 3), line, 1));
    }
    if let Some(second) = segments.iter_mut().find(|s| s.name.as_deref() == Some("Second St")) {
        second.one_way = OneWay::Forward;
    }
    let streets = StreetMap::new(segments, nodes)?;
    let places = vec![NamedPlace {
        kind: "fire_station".to_owned(),
        name: "Fire Headquarters".to_owned(),
        address: None,
        point: point(0, SOUTH),
    }];
    Ok(CenterMap::new("Scenario town".to_owned(), streets, areas()).with_points(places, Vec::new()))
}

fn street(name: &str, nodes: (u32, u32), line: Vec<Point>, from: u32) -> Segment {
    Segment {
        name: Some(name.to_owned()),
        aliases: Vec::new(),
        class: RoadClass::Local,
        one_way: OneWay::Both,
        from_node: nodes.0,
        to_node: nodes.1,
        line,
        left: Some(HouseNumbers { from, to: from + 98 }),
        right: Some(HouseNumbers { from: from + 1, to: from + 99 }),
        zip_left: None,
        zip_right: None,
        source_line: 1,
    }
}

/// Two engine districts, west and east of the middle, within the boundary.
fn areas() -> Vec<Area> {
    let area = |kind: &str, name: &str, west: i32, east: i32| {
        let corner = |lat_e7, lon_e7| Point { lat_e7, lon_e7 };
        let (south, north) = (SOUTH - STEP, NORTH + STEP);
        let ring = vec![
            corner(south, west),
            corner(south, east),
            corner(north, east),
            corner(north, west),
        ];
        Area::new(kind.to_owned(), name.to_owned(), vec![Polygon { rings: vec![ring] }])
    };
    let (west, middle, east) = (WEST - STEP, WEST + STEP, WEST + 3 * STEP);
    vec![
        area(Area::BOUNDARY, "Town", west, east),
        area("fire_engine", "Engine 1", west, middle),
        area("fire_engine", "Engine 2", middle, east),
    ]
}

fn fleet() -> Vec<FleetUnit> {
    let unit = |name: &str, agency: &str, capability: &str, column| FleetUnit {
        unit: UnitId::from(name),
        agency: agency.to_owned(),
        capabilities: vec![capability.to_owned()],
        station: format!("{agency} {column}"),
        point: Some(point(column, SOUTH)),
    };
    vec![
        unit("E1", "fire", "engine", 0),
        unit("E2", "fire", "engine", 2),
        unit("M21", "medical", "als", 0),
        unit("M22", "medical", "als", 2),
        unit("P1", "police", "patrol", 1),
    ]
}
