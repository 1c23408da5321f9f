//! Thousands of calls at once.

use evenhand_intake::sip::{Endpoint, Event, Order, Output, TurnedAway};

use super::lone::{Lone, VIA, invite, request};
use super::world::{CENTRE, Dice, answer, settings};

const LEGS: u64 = 5_000;

/// A call with a number of its own.
fn numbered(text: &str, number: u64) -> String {
    text.replace("call@", &format!("call{number}@"))
        .replace("branch=z9hG4bK", &format!("branch=z9hG4bK{number}x"))
}

#[test]
fn thousands_of_calls_are_up_at_once_and_all_end() {
    let mut lone = Lone::new();
    let mut tags = Vec::new();
    for number in 0..LEGS {
        lone.now += 1;
        lone.hear(&numbered(&invite(VIA, ""), number));
        lone.order(answer(lone.leg()));
        let tag = lone.tag();
        lone.hear(&numbered(
            &request("ACK", "1 ACK", &tag, "SIP/2.0/UDP h;branch=z9hG4bKb", ""),
            number,
        ));
        lone.events.clear();
        lone.sent.clear();
        tags.push(tag);
    }
    assert_eq!(lone.end.legs_len() as u64, LEGS);
    lone.pass(40_000);
    assert_eq!(lone.end.next_timer(), None, "a call that is up and quiet needs no timer");
    for (number, tag) in (0..).zip(&tags) {
        lone.hear(&numbered(
            &request("BYE", "2 BYE", tag, "SIP/2.0/UDP h;branch=z9hG4bKc", ""),
            number,
        ));
    }
    lone.pass(40_000);
    assert_eq!((lone.end.legs_len(), lone.end.next_timer()), (0, None));
    let ended = lone.events.iter().filter(|event| matches!(event, Event::Ended { .. })).count();
    assert_eq!(ended as u64, LEGS);
}

#[test]
fn a_flood_of_requests_costs_no_memory_and_leaves_calls_alone() {
    let own = evenhand_intake::sip::Settings { transactions_max: 10, ..settings(CENTRE) };
    let mut lone = Lone::new();
    lone.end = Endpoint::new(own, Dice(1).source());
    let (_, tag) = lone.call_up();
    for number in 0..100 {
        lone.hear(&numbered(&request("OPTIONS", "1 OPTIONS", "", VIA, ""), number));
    }
    assert_eq!(lone.codes().iter().filter(|code| **code == 503).count(), 91);
    lone.hear(&numbered(&invite(VIA, ""), 200));
    assert!(matches!(
        lone.events.last(),
        Some(Event::TurnedAway { code: 503, why: TurnedAway::Full, .. })
    ));
    lone.hear(&request("BYE", "2 BYE", &tag, "SIP/2.0/UDP h;branch=z9hG4bKc", ""));
    assert_eq!(lone.last().code(), Some(200));
}

#[test]
fn a_call_beyond_the_limit_is_answered_503_at_once_and_told() {
    let own = settings(CENTRE);
    let mut end =
        Endpoint::new(evenhand_intake::sip::Settings { legs_max: 3, ..own }, Dice(1).source());
    let from = Lone::new().from;
    let mut away = Vec::new();
    let mut taken = Vec::new();
    for number in 0..5 {
        end.receive(0, &from, numbered(&invite(VIA, ""), number).as_bytes());
        while let Some(output) = end.poll() {
            match output {
                Output::Event(Event::TurnedAway { code, why, raw, .. }) => {
                    assert!(!raw.is_empty());
                    away.push((code, why));
                }
                Output::Event(Event::Incoming { leg, .. }) => taken.push(leg),
                Output::Event(_) | Output::Send { .. } => {}
            }
        }
    }
    assert_eq!(taken.len(), 3);
    assert_eq!(away, [(503, TurnedAway::Full); 2]);
    end.order(1, Order::Hangup { leg: taken[0], reason: None }).unwrap();
    end.receive(2, &from, numbered(&invite(VIA, ""), 9).as_bytes());
    assert_eq!(end.legs_len(), 3, "there is room again");
}
