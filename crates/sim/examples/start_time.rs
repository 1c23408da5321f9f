//! Measures how long a centre takes to start on a journal: reading, re-hashing, comparing with the
//! last signed checkpoint, and building truth and boards again.
//!
//! ```text
//! cargo run --release -p evenhand-sim --example demo_memory -- 17000 <folder>
//! cargo run --release -p evenhand-sim --example start_time -- <folder>
//! ```

#[path = "../tests/demo/cambridge.rs"]
mod cambridge;

use journal::{EmbeddedOptions, EmbeddedStore};
use std::time::Instant;

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
fn main() -> Result<(), String> {
    let Some(folder) = std::env::args().nth(1) else {
        return Err("give the folder of a journal".to_owned());
    };
    for run in 1..=3 {
        let start = Instant::now();
        let store = EmbeddedStore::open(folder.as_ref(), &EmbeddedOptions::default());
        let store = store.map_err(|error| error.to_string())?;
        let at = evenhand_core::Timestamp(4_000_000_000_000 + run);
        let center = cambridge::center_on(Box::new(store), at);
        let (entries, calls) = (center.last_seq(), center.core().calls().count());
        println!("{entries} entries, {calls} calls: started in {:.2?}", start.elapsed());
    }
    Ok(())
}
