//! Changes of a session, reliable provisional responses, session timers.

use evenhand_intake::sip::{EndedBy, Event, Order};

use super::lone::{Lone, VIA, invite, request};
use super::world::{ANSWER, CALLER, CENTRE, OFFER, World, answer, hangup, nobody, taker};

fn with_body(text: &str) -> String {
    text.replace("Content-Length: 0\r\n\r\n", "Content-Length: 5\r\n\r\nv=0\r\n")
}

fn reoffer(leg: evenhand_intake::sip::LegId) -> Order {
    Order::Reoffer { leg, sdp: OFFER.to_vec() }
}

#[test]
fn either_side_changes_the_session_by_reinvite() {
    let mut world = World::new(1, [taker, taker]);
    let (ours, theirs) = world.call_up();
    world.order(CALLER, reoffer(ours));
    world.run(1_000);
    world.order(CENTRE, reoffer(theirs));
    world.run(1_000);
    for end in [CALLER, CENTRE] {
        let answered = world.told(end).into_iter().filter_map(|event| match event {
            Event::ReofferAnswered { sdp, .. } => sdp.clone(),
            _ => None,
        });
        assert_eq!(answered.collect::<Vec<_>>(), [ANSWER]);
        assert_eq!(world.count(end, |event| matches!(event, Event::Reoffered { .. })), 1);
    }
    world.order(CALLER, hangup(ours));
    world.verify();
}

#[test]
fn two_changes_that_collide_get_491_and_both_come_through_later() {
    let mut world = World::new(2, [taker, taker]);
    let (ours, theirs) = world.call_up();
    world.order(CALLER, reoffer(ours));
    world.order(CENTRE, reoffer(theirs));
    world.run(20_000);
    assert_eq!(world.times(CALLER, "SIP/2.0 491").len(), 1);
    assert_eq!(world.times(CENTRE, "SIP/2.0 491").len(), 1);
    for end in [CALLER, CENTRE] {
        assert_eq!(world.count(end, |event| matches!(event, Event::ReofferAnswered { .. })), 1);
    }
    let again = world.times(CALLER, "INVITE");
    let pause = again[2] - again[1];
    assert!((2_100..=4_020).contains(&pause), "the owner of the Call-ID waited {pause} ms");
    world.order(CALLER, hangup(ours));
    world.verify();
}

#[test]
fn a_second_offer_before_the_answer_is_told_to_come_later() {
    let mut lone = Lone::new();
    let (leg, tag) = lone.call_up();
    lone.hear(&with_body(&request(
        "INVITE",
        "2 INVITE",
        &tag,
        "SIP/2.0/UDP h;branch=z9hG4bK2",
        "",
    )));
    lone.hear(&with_body(&request(
        "UPDATE",
        "3 UPDATE",
        &tag,
        "SIP/2.0/UDP h;branch=z9hG4bK3",
        "",
    )));
    assert_eq!(lone.codes()[2..], [100, 500]);
    assert!(lone.last().headers.get("Retry-After").is_some());
    lone.order(Order::AnswerReoffer { leg, sdp: ANSWER.to_vec() });
    assert_eq!(lone.codes()[4..], [200]);
}

#[test]
fn an_offer_that_nobody_answers_is_declined_and_the_call_stands() {
    let mut lone = Lone::new();
    let (leg, tag) = lone.call_up();
    lone.hear(&with_body(&request(
        "INVITE",
        "2 INVITE",
        &tag,
        "SIP/2.0/UDP h;branch=z9hG4bK2",
        "",
    )));
    lone.pass(32_000);
    assert_eq!(lone.codes()[2..4], [100, 488]);
    assert!(lone.end.order(lone.now, Order::AnswerReoffer { leg, sdp: Vec::new() }).is_err());
    lone.order(hangup(leg));
}

#[test]
fn a_change_that_is_cancelled_leaves_the_session_as_it_was() {
    let mut lone = Lone::new();
    let (leg, tag) = lone.call_up();
    let via = "SIP/2.0/UDP h;branch=z9hG4bK2";
    lone.hear(&with_body(&request("INVITE", "2 INVITE", &tag, via, "")));
    lone.hear(&request("CANCEL", "2 CANCEL", &tag, via, ""));
    assert_eq!(lone.codes()[2..], [100, 200, 487]);
    assert!(lone.end.order(lone.now, Order::AnswerReoffer { leg, sdp: Vec::new() }).is_err());
    lone.hear(&request("BYE", "3 BYE", &tag, "SIP/2.0/UDP h;branch=z9hG4bK3", ""));
    assert!(matches!(lone.events.last(), Some(Event::Ended { why: EndedBy::ByPeer, .. })));
}

#[test]
fn a_bye_while_a_change_waits_answers_the_change_too() {
    let mut lone = Lone::new();
    let (_, tag) = lone.call_up();
    let via = "SIP/2.0/UDP h;branch=z9hG4bK2";
    lone.hear(&with_body(&request("INVITE", "2 INVITE", &tag, via, "")));
    lone.hear(&request("BYE", "3 BYE", &tag, "SIP/2.0/UDP h;branch=z9hG4bK3", ""));
    assert_eq!(lone.codes()[2..], [100, 200, 487]);
}

#[test]
fn ringing_is_reliable_where_the_caller_supports_it() {
    let mut world = World::new(3, [nobody, taker]);
    world.lose = vec![(CENTRE, "SIP/2.0 180".to_owned()), (CALLER, "PRACK".to_owned())];
    world.call();
    world.run(1_900);
    assert_eq!(world.count(CALLER, |event| matches!(event, Event::Progress { .. })), 1);
    let rings = world.times(CENTRE, "SIP/2.0 180");
    let pauses: Vec<u64> = rings.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(pauses, [500]);
    assert_eq!(world.times(CALLER, "PRACK").len(), 2);
    let ring = world.last_sent(CENTRE, "SIP/2.0 180");
    assert!(ring.headers.lists("Require", "100rel") && ring.headers.get("RSeq").is_some());
    world.run(2_000);
    assert_eq!(world.count(CENTRE, |event| matches!(event, Event::Confirmed { .. })), 1);
}

#[test]
fn a_prack_of_nothing_is_answered_481_and_a_repeated_one_200() {
    let mut lone = Lone::new();
    lone.hear(&with_body(&invite(VIA, "Supported: 100rel\r\n")));
    lone.order(Order::Queue { leg: lone.leg() });
    let (tag, first) = (lone.tag(), lone.last().clone());
    lone.order(Order::Ring { leg: lone.leg() });
    assert_eq!(lone.codes(), [100, 182], "one at a time");
    let rseq = String::from_utf8(first.headers.get("RSeq").unwrap().to_vec()).unwrap();
    let prack = |cseq: u32, rack: &str| {
        let via = format!("SIP/2.0/UDP h;branch=z9hG4bKp{cseq}");
        let line = format!("{cseq} PRACK");
        request("PRACK", &line, &tag, &via, &format!("RAck: {rack} 1 INVITE\r\n"))
    };
    lone.hear(&prack(2, "77"));
    lone.hear(&prack(3, &rseq));
    assert_eq!(lone.codes(), [100, 182, 481, 200, 180]);
    let next: u32 = rseq.parse::<u32>().unwrap() + 1;
    assert_eq!(lone.last().headers.get("RSeq").unwrap(), next.to_string().as_bytes());
}

#[test]
fn a_caller_that_never_acknowledges_goes_on_ringing() {
    let mut lone = Lone::new();
    lone.hear(&with_body(&invite(VIA, "Require: 100rel\r\n")));
    lone.order(Order::Ring { leg: lone.leg() });
    lone.pass(50_000);
    assert_eq!(lone.codes().iter().filter(|code| **code == 180).count(), 7);
    lone.order(answer(lone.leg()));
    assert_eq!(lone.last().code(), Some(200));
}

#[test]
fn a_session_is_refreshed_by_us_and_ends_when_the_peer_is_gone() {
    let mut world = World::new(4, [taker, taker]);
    world.call_up();
    let answered = world.last_sent(CENTRE, "SIP/2.0 200");
    let value = answered.headers.text("Session-Expires").unwrap().into_owned();
    assert_eq!(value, "1800;refresher=uas");
    world.run(2_000_000);
    assert_eq!(world.times(CENTRE, "UPDATE").len(), 2);
    assert_eq!(world.count(CENTRE, |event| matches!(event, Event::Ended { .. })), 0);
    world.network.lost = 100;
    world.run(4_000_000);
    for end in [CALLER, CENTRE] {
        let expired =
            |event: &Event| matches!(event, Event::Ended { why: EndedBy::SessionExpired, .. });
        assert_eq!(world.count(end, expired), 1, "at end {end}");
    }
    world.network.lost = 0;
    world.verify();
}

#[test]
fn a_session_that_the_caller_should_refresh_ends_shortly_before_its_time() {
    let mut lone = Lone::new();
    lone.hear(&invite(VIA, "Supported: timer\r\nSession-Expires: 120;refresher=uac\r\n"));
    let leg = lone.leg();
    lone.order(answer(leg));
    assert_eq!(lone.last().headers.text("Session-Expires").unwrap(), "120;refresher=uac");
    assert!(lone.last().headers.lists("Require", "timer"));
    let tag = lone.tag();
    lone.hear(&request("ACK", "1 ACK", &tag, VIA, ""));
    lone.pass(80_000);
    let more = "Supported: timer\r\nSession-Expires: 120;refresher=uac\r\n";
    lone.hear(&request("UPDATE", "2 UPDATE", &tag, "SIP/2.0/UDP h;branch=z9hG4bK2", more));
    assert_eq!(lone.last().code(), Some(200));
    lone.pass(87_000);
    assert_eq!(lone.end.legs_len(), 1);
    lone.pass(2_000);
    assert!(matches!(lone.events.last(), Some(Event::Ended { why: EndedBy::SessionExpired, .. })));
}

#[test]
fn a_session_interval_below_the_least_is_no_reason_to_refuse() {
    let mut lone = Lone::new();
    lone.hear(&invite(VIA, "Supported: timer\r\nSession-Expires: 30\r\n"));
    lone.order(answer(lone.leg()));
    assert_eq!(lone.last().code(), Some(200));
    assert!(lone.last().headers.get("Session-Expires").is_none());
}

#[test]
fn a_peer_without_update_is_refreshed_by_a_reinvite() {
    let mut lone = Lone::new();
    let more = "Supported: timer\r\nSession-Expires: 90;refresher=uas\r\nAllow: INVITE, BYE\r\n";
    lone.hear(&invite(VIA, more));
    lone.order(answer(lone.leg()));
    let tag = lone.tag();
    lone.hear(&request("ACK", "1 ACK", &tag, VIA, ""));
    lone.pass(45_000);
    let refresh = lone.last();
    assert_eq!(refresh.method().unwrap().as_str(), "INVITE");
    assert_eq!(refresh.body, ANSWER);
    assert_eq!(refresh.headers.text("Session-Expires").unwrap(), "90;refresher=uac");
}

#[test]
fn our_call_is_tried_again_with_the_interval_that_the_peer_takes() {
    let mut world = World::new(5, [nobody, nobody]);
    world.call();
    world.run(100);
    let leg = world.incoming();
    let headers = vec![("Min-SE".to_owned(), "2000".to_owned())];
    world.order(CENTRE, Order::Reject { leg, code: 422, reason: String::new(), headers });
    world.run(100);
    let again = world.last_sent(CALLER, "INVITE");
    assert_eq!(again.headers.text("Session-Expires").unwrap(), "2000");
    assert_eq!(again.cseq().unwrap().0, 2);
    assert_eq!(again.body, OFFER);
    assert_eq!(world.count(CALLER, |event| matches!(event, Event::Failed { .. })), 0);
}
