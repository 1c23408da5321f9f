//! Two hundred units to one incident, on both real maps: `cargo bench -p evenhand-roads`.
//!
//! Boone is read from the folder that EVENHAND_DATA names; without it only Cambridge runs.

#![expect(clippy::unwrap_used, reason = "a benchmark without its map is of no use")]

use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use evenhand_roads::{Roads, SpeedTable, TravelTimes};
use map::Point;
use map::read::read_folder;

const UNITS: usize = 200;
const INCIDENTS: usize = 2_000;

static CAMBRIDGE: LazyLock<Option<Town>> = LazyLock::new(|| Some(Town::read("cambridge", None)));
static BOONE: LazyLock<Option<Town>> = LazyLock::new(|| {
    let data = std::env::var_os("EVENHAND_DATA")?;
    Some(Town::read("boone", Some(Path::new(&data))))
});

struct Town {
    streets: map::StreetMap,
    roads: Roads,
    points: Vec<Point>,
}

impl Town {
    fn read(center: &str, files: Option<&Path>) -> Self {
        let folder =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../centers").join(center).join("map");
        let text = std::fs::read_to_string(folder.join("map.toml")).unwrap();
        let map = read_folder(&toml::from_str(&text).unwrap(), files.unwrap_or(&folder)).unwrap();
        let roads = Roads::build(&map.streets, &SpeedTable::default());
        let drivable = map.streets.segments.iter().filter(|segment| segment.class.is_drivable());
        let points = drivable.map(|segment| segment.line[segment.line.len() / 2]).collect();
        Self { streets: map.streets, roads, points }
    }

    /// Points of the map, chosen by number: the same in every run.
    fn choose(&self, count: usize, seed: usize) -> Vec<Point> {
        let chosen = (0..count).map(|number| (seed * 7_919 + number * 104_729) % self.points.len());
        chosen.map(|index| self.points[index]).collect()
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
fn percentiles(name: &str, town: &Town) {
    let incidents = town.choose(INCIDENTS, 3);
    let mut times: Vec<Duration> = (0..INCIDENTS)
        .map(|number| {
            let units = town.choose(UNITS, number);
            let start = Instant::now();
            divan::black_box(town.roads.travel_ms(incidents[number], &units));
            start.elapsed()
        })
        .collect();
    times.sort();
    let (p50, p99) = (times[INCIDENTS / 2], times[INCIDENTS * 99 / 100]);
    let (nodes, segments) = (town.streets.nodes.len(), town.streets.segments.len());
    println!(
        "{name} ({nodes} nodes, {segments} segments), {UNITS} units to one incident: \
         p50 {p50:?}, p99 {p99:?}"
    );
}

fn main() {
    for (name, town) in [("cambridge", &CAMBRIDGE), ("boone", &BOONE)] {
        match &**town {
            Some(town) => percentiles(name, town),
            None => println!("{name}: EVENHAND_DATA is not set"),
        }
    }
    divan::main();
}

#[divan::bench]
fn cambridge_200_units(bencher: divan::Bencher) {
    many_to_one(bencher, &CAMBRIDGE);
}

#[divan::bench]
fn boone_200_units(bencher: divan::Bencher) {
    many_to_one(bencher, &BOONE);
}

#[divan::bench]
fn cambridge_route(bencher: divan::Bencher) {
    let town = CAMBRIDGE.as_ref().unwrap();
    let points = town.choose(2, 5);
    bencher.bench(|| town.roads.route(points[0], points[1]));
}

#[divan::bench]
fn cambridge_build(bencher: divan::Bencher) {
    let town = CAMBRIDGE.as_ref().unwrap();
    bencher.bench(|| Roads::build(&town.streets, &SpeedTable::default()));
}

fn many_to_one(bencher: divan::Bencher, town: &Option<Town>) {
    let Some(town) = town else { return };
    let (units, incident) = (town.choose(UNITS, 1), town.choose(1, 9)[0]);
    bencher.bench(|| town.roads.travel_ms(divan::black_box(incident), &units));
}
