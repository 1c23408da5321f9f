//! The same SIPp load answered here, each call on the journal, and only relayed by Kamailio.
//!
//! Test calls, since they are answered without a person: what is measured is the program.

use std::path::Path;
use std::process::Command;

use crate::centre::{Addresses, Centre};

/// Calls begun in a second, and for how long.
const RATES: [&str; 2] = ["100", "400"];
const SECONDS: &str = "15";

/// Both in one run, one after the other; the ratio of calls that ended well in a second.
pub fn measure() {
    for rate in RATES {
        let relayed = play(&[rate, SECONDS]);
        let centre = Centre::at(Addresses { voice_ports: 4_000, ..Addresses::free() });
        let at = centre.at.udp.to_string();
        let answered = play(&[rate, SECONDS, &at, "urn:service:test.sos"]);
        println!("{}\n{}", relayed.trim_end(), answered.trim_end());
        let well = |text: &str| number_before(text, " well a second");
        if let (Some(ours), Some(theirs)) = (well(&answered), well(&relayed)) {
            println!("  {:.2} times the calls that Kamailio relays", ours / theirs);
        }
    }
}

fn play(words: &[&str]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/bench-sip-relay.sh");
    let output = Command::new("bash").arg(script).args(words).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The number that stands before these words.
fn number_before(text: &str, words: &str) -> Option<f64> {
    let (before, _) = text.split_once(words)?;
    before.rsplit(' ').next()?.parse().ok()
}
