//! What elements before us ask for: what we can, and how we stand.

use crate::centre::Centre;
use crate::sipp::{Over, Play};
use crate::tools::{Tool, are_there};

#[test]
fn options_are_answered_by_udp_and_tcp() {
    if !are_there(&[Tool::Sipp, Tool::Openssl]) {
        return;
    }
    let centre = Centre::start();
    Play::once("options", centre.at.udp).run();
    Play { over: Over::Tcp, ..Play::once("options", centre.at.tcp) }.run();
}

#[test]
fn each_state_is_told_at_least_once_a_second_to_who_asks_for_that() {
    if !are_there(&[Tool::Sipp, Tool::Openssl]) {
        return;
    }
    let centre = Centre::start();
    let watching = ["ServiceState", "ElementState", "QueueState"].map(|event| {
        let over = if event == "ElementState" { Over::Tcp } else { Over::Udp };
        let to = if over == Over::Tcp { centre.at.tcp } else { centre.at.udp };
        (event, Play { event, over, ..Play::once("states", to) }.start())
    });
    for (event, watching) in watching {
        let told = watching.end().messages;
        assert!(told.matches("NOTIFY sip:").count() >= 11, "{event}\n{told}");
        let part = format!("application/EmergencyCallData.{event}+json");
        assert!(told.contains(&part), "{event}\n{told}");
    }
}
