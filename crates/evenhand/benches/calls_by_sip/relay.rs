//! The same SIPp load answered here, with journal, board and a person, and only relayed by
//! Kamailio.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use crate::callers::{Callers, Then};
use crate::centre::{Addresses, Centre};
use crate::person::Person;

/// Calls begun in a second, and for how long.
const RATE: &str = "100";
const SECONDS: &str = "20";

/// Both in one run, one after the other; the ratio of the wells a second and of the times.
pub fn measure() {
    let relayed = play(None);
    let centre = Centre::at(Addresses { voice_ports: 4_000, ..Addresses::free() });
    let mut person = centre.call_taker("ada");
    let over = AtomicBool::new(false);
    let taken = std::thread::scope(|scope| {
        let working = scope.spawn(|| work(&mut person, &over));
        let said = play(Some(&centre.at.udp.to_string()));
        over.store(true, Ordering::Relaxed);
        // The board moves once more, so that whoever looks at it sees that it is over.
        Callers::new(centre.at.udp, "urn:service:sos", Then::Stay).ring(0);
        working.join().unwrap();
        said
    });
    println!("{}\n{}", relayed.trim_end(), taken.trim_end());
    let pairs = [("well a second", " well a second"), ("rung p99 ms", " ms\n")];
    for (name, before) in pairs {
        let of = |text: &str| number_before(text, before);
        if let (Some(ours), Some(theirs)) = (of(&taken), of(&relayed)) {
            println!("  {name}: {:.2} times Kamailio's", ours / theirs);
        }
    }
}

/// Answers whoever rings, and closes what is over.
fn work(person: &mut Person, over: &AtomicBool) {
    loop {
        let row = person.sees("calls", |row| {
            row["state"] == "queued" || (row["state"] == "ended" && row["outcome"].is_null())
        });
        if over.load(Ordering::Relaxed) {
            return;
        }
        if row["state"] == "queued" {
            // Whoever hung up meanwhile cannot be answered.
            let _gone = person.tries("AnswerCall", json!({ "call": row["call"] }));
        } else {
            person.closes(&row["call"]);
        }
    }
}

fn play(at: Option<&str>) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/bench-sip-relay.sh");
    let output = Command::new("bash").arg(script).args([RATE, SECONDS]).args(at).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The number that stands before these words.
fn number_before(text: &str, words: &str) -> Option<f64> {
    let (before, _) = text.split_once(words)?;
    before.rsplit(' ').next()?.parse().ok()
}
