//! From the INVITE on the wire to the ringing row at a position.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::callers::{Callers, Then};
use crate::centre::{Addresses, Centre};
use crate::person::Person;
use crate::{now, percentile};

/// Longest wait for what still comes after the last INVITE.
const TAIL: Duration = Duration::from_secs(40);

/// So many calls a second for so many seconds; every caller hangs up as soon as it rings.
pub fn measure(rate: u32, seconds: u32) {
    let centre = Centre::at(Addresses { voice_ports: 4_000, ..Addresses::free() });
    let mut person = centre.call_taker("ada");
    let callers = Callers::new(centre.at.udp, "urn:service:sos", Then::HangUp);
    let total = rate * seconds;
    let over = AtomicBool::new(false);
    let (took, shown) = std::thread::scope(|scope| {
        let listening = scope.spawn(|| callers.listen(|| over.load(Ordering::Relaxed)));
        let looking = scope.spawn(|| look(&mut person, total));
        let pause = Duration::from_secs(1) / rate;
        let began = now();
        for number in 0..total {
            callers.ring(number);
            let due = began + pause * (number + 1);
            std::thread::sleep(due.saturating_duration_since(now()));
        }
        let called = began.elapsed();
        let until = now() + TAIL;
        let all = usize::try_from(total).unwrap();
        while callers.counts().1 < all && now() < until {
            std::thread::sleep(Duration::from_millis(50));
        }
        over.store(true, Ordering::Relaxed);
        listening.join().unwrap();
        (called, looking.join().unwrap())
    });
    report(rate, took, &callers, &shown);
    let board = centre.call_taker("ben").snapshot();
    println!("  on the record: {} callbacks due", board["situation"]["callbacks"]);
}

/// When each number stood on the board.
fn look(person: &mut Person, total: u32) -> BTreeMap<String, Instant> {
    let mut shown = BTreeMap::new();
    let until = now() + TAIL + Duration::from_secs(60);
    while shown.len() < usize::try_from(total).unwrap() && now() < until {
        let row = person.sees("calls", |row| row["state"] == "queued");
        let seen_at = now();
        let number = row["number"].as_str().unwrap_or_default().to_owned();
        shown.entry(number).or_insert(seen_at);
    }
    shown
}

fn report(rate: u32, took: Duration, callers: &Callers, shown: &BTreeMap<String, Instant>) {
    let calls = callers.calls();
    let micros = |from: Instant, to: Instant| to.saturating_duration_since(from).as_micros();
    let mut rung: Vec<u128> = calls
        .values()
        .filter_map(|call| call.rung_at.map(|at| micros(call.sent_at(), at)))
        .collect();
    let mut seen: Vec<u128> = calls
        .iter()
        .filter_map(|(number, call)| {
            Some(micros(call.sent_at(), *shown.get(&Callers::number(*number))?))
        })
        .collect();
    rung.sort_unstable();
    seen.sort_unstable();
    let again: u32 = calls.values().map(|call| call.again).sum();
    let lost = calls.values().filter(|call| call.finals.is_empty()).count();
    let twice = calls.values().filter(|call| call.finals.len() > 1).count();
    println!("{rate} calls/s asked, {} calls in {:.1} s", calls.len(), took.as_secs_f64());
    for (what, times) in [("INVITE to 180", &rung), ("INVITE to the row at a position", &seen)] {
        println!(
            "  {what}: {} calls, p50 {:.1} ms, p99 {:.1} ms, worst {:.1} ms",
            times.len(),
            percentile(times, 50),
            percentile(times, 99),
            percentile(times, 100)
        );
    }
    println!("  without a final response: {lost}; with more than one: {twice}");
    println!("  INVITEs sent again: {again}");
}
