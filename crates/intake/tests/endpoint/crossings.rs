//! Messages that cross, are lost, come late or come twice: still one final response and one end.

use evenhand_intake::sip::{EndedBy, Event, Order, TurnedAway};

use super::lone::{Lone, VIA, invite, request};
use super::world::{CALLER, CENTRE, World, answer, hangup, nobody, taker};

#[test]
fn repeats_of_an_invite_get_the_same_response_and_are_one_call() {
    let mut lone = Lone::new();
    lone.hear(&invite(VIA, ""));
    lone.hear(&invite(VIA, ""));
    lone.order(Order::Ring { leg: lone.leg() });
    lone.hear(&invite(VIA, ""));
    assert_eq!(lone.codes(), [100, 100, 180, 180]);
    lone.order(answer(lone.leg()));
    lone.hear(&invite(VIA, ""));
    assert_eq!(lone.codes(), [100, 100, 180, 180, 200]);
    assert_eq!(lone.incoming_count(), 1);
}

#[test]
fn a_cancel_before_the_answer_abandons_the_call() {
    let mut lone = Lone::new();
    lone.hear(&invite(VIA, ""));
    let leg = lone.leg();
    lone.order(Order::Ring { leg });
    let cancel = request("CANCEL", "1 CANCEL", "", VIA, "Reason: SIP;cause=487\r\n");
    lone.hear(&cancel);
    lone.hear(&cancel);
    assert_eq!(lone.codes(), [100, 180, 200, 487, 200]);
    let told = Event::Cancelled { leg, reason: Some("SIP;cause=487".to_owned()) };
    assert_eq!(lone.events[1..], [told]);
    let tags: Vec<_> = lone.sent.iter().skip(1).map(|(_, m)| m.to_tag()).collect();
    assert!(tags.windows(2).all(|pair| pair[0] == pair[1]), "one tag in all: {tags:?}");
    assert!(lone.end.order(lone.now, answer(leg)).is_err());
    lone.hear(&request("ACK", "1 ACK", &lone.tag(), VIA, ""));
    lone.pass(60_000);
    assert_eq!(lone.codes().iter().filter(|code| **code == 487).count(), 1);
}

#[test]
fn a_cancel_that_crosses_the_200_leaves_the_call_until_the_callers_bye() {
    let mut lone = Lone::new();
    lone.hear(&invite(VIA, ""));
    let leg = lone.leg();
    lone.order(answer(leg));
    let tag = lone.tag();
    lone.hear(&request("CANCEL", "1 CANCEL", "", VIA, ""));
    assert_eq!(lone.codes(), [100, 200, 200]);
    assert_eq!(lone.events[1..], [Event::CancelCrossed { leg }]);
    lone.hear(&request("ACK", "1 ACK", &tag, "SIP/2.0/UDP h;branch=z9hG4bKb", ""));
    lone.hear(&request("BYE", "2 BYE", &tag, "SIP/2.0/UDP h;branch=z9hG4bKc", ""));
    assert_eq!(
        lone.events[2..],
        [
            Event::Confirmed { leg, sdp: None },
            Event::Ended { leg, why: EndedBy::ByPeer, reason: None }
        ]
    );
}

#[test]
fn our_cancel_that_crosses_the_200_is_followed_by_ack_and_bye() {
    let mut world = World::new(5, [nobody, taker]);
    let ours = world.call();
    world.run(2_008);
    world.order(CALLER, hangup(ours));
    world.run(1_000);
    assert_eq!(world.times(CALLER, "CANCEL").len(), 1);
    assert_eq!(world.times(CALLER, "ACK").len(), 1);
    assert_eq!(world.times(CALLER, "BYE").len(), 1);
    assert_eq!(world.count(CENTRE, |event| matches!(event, Event::CancelCrossed { .. })), 1);
    world.verify();
}

#[test]
fn our_call_is_cancelled_only_once_something_came_back() {
    let mut world = World::new(6, [nobody, nobody]);
    world.network.delay_min = 100;
    world.network.delay_max = 101;
    let ours = world.call();
    world.order(CALLER, hangup(ours));
    world.run(150);
    assert_eq!(world.times(CALLER, "CANCEL").len(), 0);
    world.run(1_000);
    assert_eq!(world.times(CALLER, "CANCEL").len(), 1);
    assert_eq!(world.count(CENTRE, |event| matches!(event, Event::Cancelled { .. })), 1);
    world.verify();
}

#[test]
fn a_cancel_of_nothing_is_answered_481() {
    let mut lone = Lone::new();
    lone.hear(&request("CANCEL", "1 CANCEL", "", VIA, ""));
    assert_eq!(lone.codes(), [481]);
}

#[test]
fn a_lost_ack_is_sent_again_for_each_repeated_200() {
    let mut world = World::new(7, [nobody, taker]);
    world.lose = vec![(CALLER, "ACK".to_owned()), (CALLER, "ACK".to_owned())];
    world.call();
    world.run(10_000);
    assert_eq!(world.times(CALLER, "ACK").len(), 3);
    let answers = world.times(CENTRE, "SIP/2.0 200");
    let pauses: Vec<u64> = answers.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(pauses[1..], [500, 1_000], "the first 200 is of the PRACK");
    assert_eq!(world.count(CENTRE, |event| matches!(event, Event::Confirmed { .. })), 1);
    assert_eq!(world.count(CALLER, |event| matches!(event, Event::Accepted { .. })), 1);
}

#[test]
fn without_any_ack_the_200_is_repeated_for_64_t1_and_then_bye_is_sent() {
    let mut lone = Lone::new();
    lone.hear(&invite(VIA, ""));
    let leg = lone.leg();
    lone.order(answer(leg));
    lone.pass(31_900);
    assert_eq!(lone.codes().iter().filter(|code| **code == 200).count(), 11);
    lone.pass(200);
    assert_eq!(lone.last().method().unwrap().as_str(), "BYE");
    assert_eq!(lone.events[1..], [Event::Ended { leg, why: EndedBy::NoAck, reason: None }]);
    lone.pass(100_000);
    assert_eq!((lone.end.legs_len(), lone.end.next_timer()), (0, None));
}

#[test]
fn the_200_is_repeated_on_a_stream_too() {
    let mut lone = Lone::new();
    lone.from.transport = evenhand_intake::sip::Transport::Tcp;
    lone.from.flow = 1;
    lone.hear(&invite(&VIA.replace("UDP", "TCP"), ""));
    lone.order(answer(lone.leg()));
    lone.pass(2_000);
    assert_eq!(lone.codes(), [100, 200, 200, 200]);
}

#[test]
fn a_hangup_before_the_ack_waits_for_it() {
    let mut lone = Lone::new();
    lone.hear(&invite(VIA, ""));
    let leg = lone.leg();
    lone.order(answer(leg));
    let tag = lone.tag();
    lone.order(hangup(leg));
    assert_eq!(lone.last().code(), Some(200), "no BYE yet");
    assert_eq!(lone.events[1..], [Event::Ended { leg, why: EndedBy::ByUs, reason: None }]);
    lone.hear(&request("ACK", "1 ACK", &tag, "SIP/2.0/UDP h;branch=z9hG4bKb", ""));
    assert_eq!(lone.last().method().unwrap().as_str(), "BYE");
    assert_eq!(lone.events.len(), 2, "nothing is told after the end");
}

#[test]
fn a_late_ack_is_only_an_ack() {
    let mut lone = Lone::new();
    let (leg, tag) = lone.call_up();
    lone.hear(&request("BYE", "2 BYE", &tag, "SIP/2.0/UDP h;branch=z9hG4bKc", ""));
    let before = (lone.events.len(), lone.sent.len());
    lone.hear(&request("ACK", "1 ACK", &tag, "SIP/2.0/UDP h;branch=z9hG4bKd", ""));
    assert_eq!((lone.events.len(), lone.sent.len()), before);
    assert!(lone.end.order(lone.now, hangup(leg)).is_err());
}

#[test]
fn both_hang_up_at_once_and_each_is_told_once() {
    let mut world = World::new(8, [nobody, taker]);
    let (ours, theirs) = world.call_up();
    world.order(CALLER, hangup(ours));
    world.order(CENTRE, hangup(theirs));
    world.run(1_000);
    for end in [CALLER, CENTRE] {
        assert_eq!(world.times(end, "BYE").len(), 1);
        assert_eq!(world.times(end, "SIP/2.0 481").len(), 0);
    }
    world.verify();
}

#[test]
fn the_same_invite_by_another_branch_is_merged_and_answered_482() {
    let mut lone = Lone::new();
    lone.hear(&invite(VIA, ""));
    let other = invite("SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKother", "");
    lone.hear(&other);
    lone.hear(&other);
    assert_eq!(lone.codes(), [100, 100, 482, 482]);
    assert_eq!(lone.incoming_count(), 1);
    let away = |event: &&Event| {
        matches!(event, Event::TurnedAway { code: 482, why: TurnedAway::Merged, .. })
    };
    assert_eq!(lone.events.iter().filter(away).count(), 1);
}

#[test]
fn an_invite_of_an_unknown_dialog_is_answered_481_and_told() {
    let mut lone = Lone::new();
    lone.hear(&request("INVITE", "5 INVITE", "gone", VIA, ""));
    assert_eq!(lone.codes(), [100, 481]);
    assert!(matches!(
        lone.events[..],
        [Event::TurnedAway { code: 481, why: TurnedAway::NoDialog, .. }]
    ));
}

#[test]
fn a_request_that_was_overtaken_is_answered_500() {
    let mut lone = Lone::new();
    let (_, tag) = lone.call_up();
    lone.hear(&request("INFO", "9 INFO", &tag, "SIP/2.0/UDP h;branch=z9hG4bK9", ""));
    lone.hear(&request("INFO", "8 INFO", &tag, "SIP/2.0/UDP h;branch=z9hG4bK8", ""));
    assert_eq!(lone.codes()[2..], [200, 500]);
}

#[test]
fn a_second_phone_that_answers_our_call_is_acknowledged_and_hung_up() {
    let mut world = World::new(9, [nobody, taker]);
    world.call_up();
    let other = world.last_sent(CENTRE, "SIP/2.0 200");
    let text = String::from_utf8(other.to_bytes()).unwrap();
    let tag = other.to_tag().unwrap();
    let forked = text.replace(&tag, "otherphone");
    let peer = world.peer(CENTRE);
    world.ends[CALLER].receive(world.now, &peer, forked.as_bytes());
    world.ends[CALLER].receive(world.now, &peer, forked.as_bytes());
    let mut starts = Vec::new();
    while let Some(output) = world.ends[CALLER].poll() {
        if let evenhand_intake::sip::Output::Send { bytes, .. } = output {
            let line = String::from_utf8_lossy(&bytes);
            starts.push(line.split(' ').next().unwrap().to_owned());
        }
    }
    assert_eq!(starts, ["ACK", "BYE", "ACK"]);
}
