//! What the reader had to mend in a map, for the agency to correct in its own data.
//!
//! `cargo run -p evenhand-map --example mended -- <folder with map.toml>`

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: mended <folder with map.toml>")?;
    let folder = Path::new(&folder);
    let description = toml::from_str(&std::fs::read_to_string(folder.join("map.toml"))?)?;
    let map = evenhand_map::read::read_folder(&description, folder)?;
    for note in &map.streets.mended {
        println!("{note}");
    }
    println!("{}, version {}: {} mended", map.name, map.version, map.streets.mended.len());
    Ok(())
}
