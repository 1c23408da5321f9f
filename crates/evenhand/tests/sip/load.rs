//! Many calls: each rings, each is accounted for.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::json;

use crate::centre::Centre;
use crate::person::Person;
use crate::sipp::{Number, Over, Play};
use crate::tools::{Tool, are_there};

/// Calls that hang up while they ring, and how many begin in a second.
const CANCELLED: u32 = 200;
const CANCELLED_RATE: u32 = 50;
/// Calls that are answered, and how many begin in a second.
const ANSWERED: u32 = 30;
const ANSWERED_RATE: u32 = 5;
/// More than this the program must not hold in memory after a wave.
const RESIDENT_KIB_MAX: u64 = 500_000;

#[test]
fn a_wave_of_callers_who_hang_up_is_a_list_of_callbacks_without_a_gap() {
    if !are_there(&[Tool::Sipp, Tool::Openssl]) {
        return;
    }
    let centre = Centre::start();
    let play = Play {
        calls: CANCELLED,
        rate: CANCELLED_RATE,
        number: Number::Another,
        ..Play::once("cancelled", centre.at.udp)
    };
    play.run();
    let person = centre.call_taker("ada");
    assert_eq!(person.snapshot()["situation"]["callbacks"], CANCELLED);
    let resident = centre.resident_kib();
    assert!(resident < RESIDENT_KIB_MAX, "{resident} KiB");
}

#[test]
fn everybody_who_rings_is_answered_in_turn() {
    if !are_there(&[Tool::Sipp, Tool::Openssl]) {
        return;
    }
    let centre = Centre::start();
    let mut people: Vec<_> =
        ["ada", "ben", "cy", "dee"].iter().map(|name| centre.call_taker(name)).collect();
    let play = Play {
        over: Over::Tcp,
        calls: ANSWERED,
        rate: ANSWERED_RATE,
        number: Number::Another,
        ..Play::once("answered", centre.at.tcp)
    };
    let playing = play.start();
    take_all(&mut people, ANSWERED as usize);
    playing.end();
}

/// Has each call answered by somebody who is free, and closed when it is over.
fn take_all(people: &mut [Person], calls: usize) {
    let mut free: Vec<usize> = (0..people.len()).collect();
    let mut waiting = VecDeque::new();
    let mut taken: BTreeMap<u64, usize> = BTreeMap::new();
    let mut known = BTreeSet::new();
    while known.len() < calls || !taken.is_empty() {
        let row =
            people[0].sees("calls", |row| row["state"] == "queued" || row["state"] == "ended");
        let call = row["call"].as_u64().unwrap();
        if row["state"] == "ended" {
            if let Some(person) = taken.remove(&call) {
                people[person].closes(&row["call"]);
                free.push(person);
            }
        } else if known.insert(call) {
            waiting.push_back(row["call"].clone());
        }
        while let (Some(person), false) = (free.last().copied(), waiting.is_empty()) {
            let call = waiting.pop_front().unwrap();
            people[person].does("AnswerCall", json!({ "call": call }));
            taken.insert(call.as_u64().unwrap(), person);
            free.pop();
        }
    }
}
