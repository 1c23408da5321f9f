//! From text to candidates on Cambridge: `cargo bench -p evenhand-places`.

#![expect(clippy::unwrap_used, reason = "a benchmark without its map is of no use")]

use std::path::Path;
use std::sync::LazyLock;

use evenhand_places::Places;
use map::CenterMap;
use map::read::read_folder;

static MAP: LazyLock<CenterMap> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../centers/cambridge/map");
    let text = std::fs::read_to_string(folder.join("map.toml")).unwrap();
    read_folder(&toml::from_str(&text).unwrap(), &folder).unwrap()
});
static PLACES: LazyLock<Places> = LazyLock::new(|| Places::build(&MAP));

fn main() {
    divan::main();
}

#[divan::bench(args = [
    "77 Massachusetts Ave",
    "77 Masachusets Av",
    "Columbus Ave & Mass Ave",
    "Fire Headquarters",
    "no such street anywhere",
])]
fn geocode(bencher: divan::Bencher, text: &str) {
    let places = &*PLACES;
    bencher.bench(|| places.geocode(divan::black_box(text)));
}

#[divan::bench]
fn reverse(bencher: divan::Bencher) {
    let places = &*PLACES;
    let point = MAP.places[0].point;
    bencher.bench(|| places.reverse(divan::black_box(point)));
}

#[divan::bench]
fn zones(bencher: divan::Bencher) {
    let places = &*PLACES;
    let point = MAP.places[0].point;
    bencher.bench(|| places.zones(divan::black_box(point)).len());
}

#[divan::bench]
fn build(bencher: divan::Bencher) {
    let map = &*MAP;
    bencher.bench(|| Places::build(map));
}
