//! What a text means on a map: `cargo run -p evenhand-places --example geocode -- <map folder>
//! <text>...`

use std::error::Error;
use std::path::Path;

use evenhand_places::Places;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, texts @ ..] = arguments.as_slice() else {
        return Err("usage: geocode <folder with map.toml> <text>...".into());
    };
    let folder = Path::new(folder);
    let description = toml::from_str(&std::fs::read_to_string(folder.join("map.toml"))?)?;
    let data = std::env::var_os("EVENHAND_DATA");
    let files = data.filter(|_| folder.ends_with("boone/map")).map_or(folder.into(), Into::into);
    let files: std::path::PathBuf = files;
    let places = Places::build(&map::read::read_folder(&description, &files)?);
    for text in texts {
        println!("{text}");
        for found in places.geocode(text) {
            let sign = if found.verified { "verified" } else { "" };
            let (lat, lon) = (found.point.lat_e7, found.point.lon_e7);
            println!(
                "  {:4} {:8} {:?} `{}` {lat} {lon}: {}",
                found.score, sign, found.kind, found.text, found.why
            );
        }
    }
    Ok(())
}
