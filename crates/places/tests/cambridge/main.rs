//! Addresses, crossings, places and zones of Cambridge, on the city's own map.
//!
//! Real are the streets, house numbers, crossings, stations, shelters and zones. The texts are
//! ours.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod geocode;
mod reverse;
mod zones;

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
