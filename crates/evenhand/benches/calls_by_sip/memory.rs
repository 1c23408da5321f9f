//! Calls up at once, without media.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;

use crate::callers::{Callers, Then};
use crate::centre::{Addresses, Centre};

/// Calls begun in a second.
const RATE: u32 = 100;

/// So many calls are answered and stay; what the program then holds in memory.
pub fn measure(calls: u32) {
    let ports = u16::try_from(2 * calls + 2).unwrap();
    let centre = Centre::at(Addresses { voice_ports: ports, ..Addresses::free() });
    let mut person = centre.call_taker("ada");
    let before = centre.resident_kib();
    let callers = Callers::new(centre.at.udp, "urn:service:sos", Then::Stay);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let listening = scope.spawn(|| callers.listen(|| over.load(Ordering::Relaxed)));
        for number in 0..calls {
            callers.ring(number);
            let row = person.sees("calls", |row| row["state"] == "queued");
            person.does("AnswerCall", json!({ "call": row["call"] }));
            std::thread::sleep(Duration::from_secs(1) / (2 * RATE));
        }
        while callers.counts().1 < usize::try_from(calls).unwrap() {
            std::thread::sleep(Duration::from_millis(50));
        }
        let up = callers.calls().values().filter(|call| call.finals == [200]).count();
        println!(
            "{up} calls up at once: {} MiB resident, {} MiB before the first",
            centre.resident_kib() / 1_024,
            before / 1_024
        );
        over.store(true, Ordering::Relaxed);
        listening.join().unwrap();
    });
}
