//! Prints the hour curves of `src/curves.rs`, derived from the folder in `EVENHAND_DATA`.
//!
//! ```text
//! EVENHAND_DATA=... cargo run -p evenhand-sim --example derive_curves
//! ```

#[path = "../tests/demo/derive.rs"]
mod derive;

use std::path::PathBuf;

fn main() -> Result<(), String> {
    let data = std::env::var("EVENHAND_DATA")
        .map_err(|_| "set `EVENHAND_DATA` to the folder with milwaukee/ and boone/".to_owned())?;
    let data = PathBuf::from(data);
    for (name, derived) in [("POLICE", derive::police(&data)), ("MEDICAL", derive::medical(&data))]
    {
        println!("{name}: {} calls, {} rows left out", derived.counted, derived.left_out);
        println!("{:?}", derived.curve.0);
    }
    Ok(())
}
