//! Peers that are old or faulty: a caller in need is not the one to pay.

use evenhand_intake::sip::{Event, Order, TurnedAway};

use super::lone::{Lone, VIA, invite, request};
use super::world::{answer, hangup};

/// No branch at all: the top Via of RFC 2543.
const OLD: &str = "SIP/2.0/UDP 192.0.2.9:5070";

#[test]
fn a_peer_without_branch_is_served_by_the_older_rules() {
    let mut lone = Lone::new();
    lone.hear(&invite(OLD, ""));
    lone.hear(&invite(OLD, ""));
    assert_eq!((lone.codes(), lone.incoming_count()), (vec![100, 100], 1));
    let leg = lone.leg();
    lone.order(answer(leg));
    let tag = lone.tag();
    lone.hear(&request("ACK", "1 ACK", &tag, OLD, ""));
    assert_eq!(lone.events.last(), Some(&Event::Confirmed { leg, sdp: None }));
    lone.hear(&request("BYE", "2 BYE", &tag, OLD, ""));
    lone.hear(&request("BYE", "2 BYE", &tag, OLD, ""));
    assert_eq!(lone.codes()[2..], [200, 200, 200]);
}

#[test]
fn a_peer_without_branch_may_cancel_and_acknowledge() {
    let mut lone = Lone::new();
    lone.hear(&invite(OLD, ""));
    let leg = lone.leg();
    lone.hear(&request("CANCEL", "1 CANCEL", "", OLD, ""));
    assert_eq!(lone.codes(), [100, 200, 487]);
    let tag = lone.tag();
    lone.hear(&request("ACK", "1 ACK", &tag, OLD, ""));
    lone.pass(40_000);
    assert_eq!(lone.codes(), [100, 200, 487]);
    assert_eq!(lone.events[1..], [Event::Cancelled { leg, reason: None }]);
}

#[test]
fn the_next_call_with_the_same_identity_is_a_call_once_the_first_is_over() {
    let mut lone = Lone::new();
    lone.hear(&invite(OLD, ""));
    lone.order(answer(lone.leg()));
    let tag = lone.tag();
    lone.hear(&request("ACK", "1 ACK", &tag, OLD, ""));
    lone.hear(&request("BYE", "2 BYE", &tag, OLD, ""));
    lone.pass(1_000);
    lone.hear(&invite(OLD, ""));
    assert_eq!(lone.incoming_count(), 2);
    lone.order(answer(lone.leg()));
    assert_eq!(lone.last().code(), Some(200));
    assert_ne!(lone.tag(), tag);
}

#[test]
fn a_peer_without_tags_has_a_dialog() {
    let mut lone = Lone::new();
    let untagged = |text: String| text.replace(";tag=caller", "");
    lone.hear(&untagged(invite(VIA, "")));
    let leg = lone.leg();
    lone.order(answer(leg));
    let tag = lone.tag();
    lone.hear(&untagged(request("ACK", "1 ACK", &tag, "SIP/2.0/UDP h;branch=z9hG4bKb", "")));
    assert_eq!(lone.events.last(), Some(&Event::Confirmed { leg, sdp: None }));
}

#[test]
fn an_invite_that_demands_the_unknown_is_taken_and_another_request_gets_420() {
    let mut lone = Lone::new();
    lone.hear(&invite(VIA, "Require: teleport\r\n"));
    let Some(Event::Incoming { invite, .. }) = lone.events.last() else { panic!("no call") };
    assert!(invite.defects.iter().any(|defect| defect.code == "unknown-extension"));
    let via = "SIP/2.0/UDP h;branch=z9hG4bKo";
    lone.hear(&request("OPTIONS", "1 OPTIONS", "", via, "Require: teleport, 100rel\r\n"));
    assert_eq!(lone.last().code(), Some(420));
    assert_eq!(lone.last().headers.text("Unsupported").unwrap(), "teleport");
}

#[test]
fn an_invite_that_cannot_be_read_gets_one_answer_and_one_event() {
    let mut lone = Lone::new();
    let text = invite(VIA, "").replace("CSeq: 1 INVITE", "CSeq: 1 OPTIONS");
    lone.hear(&text);
    lone.hear(&text);
    let finals = lone.codes().into_iter().filter(|code| *code >= 200).collect::<Vec<_>>();
    assert_eq!(finals, [400, 400]);
    assert!(matches!(
        lone.events[..],
        [Event::TurnedAway { code: 400, why: TurnedAway::Unreadable, .. }]
    ));
}

#[test]
fn what_is_no_message_is_told_and_not_answered() {
    let mut lone = Lone::new();
    lone.hear_bytes(b"\x00\x01\x02 nonsense");
    assert!(lone.sent.is_empty());
    assert!(matches!(lone.events[..], [Event::Dropped { bytes_len: 12, .. }]));
}

#[test]
fn from_and_to_go_back_byte_for_byte_though_they_are_not_utf8() {
    let mut lone = Lone::new();
    let text = invite(VIA, "").replace("From: <", "From: \"Jos\u{e9}\" <");
    let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
    lone.hear_bytes(&latin);
    let leg = lone.leg();
    lone.order(answer(leg));
    let own = b"\"Jos\xe9\" <sip:caller@192.0.2.9>;tag=caller";
    assert_eq!(lone.last().headers.get("From").unwrap(), own);
    let tag = lone.tag();
    let ack = request("ACK", "1 ACK", &tag, "SIP/2.0/UDP h;branch=z9hG4bKb", "");
    lone.hear(&ack);
    lone.order(hangup(leg));
    assert_eq!(lone.last().headers.get("To").unwrap(), own);
}

#[test]
fn a_contact_that_is_missing_or_a_name_is_answered_where_the_call_came_from() {
    for contact in ["", "Contact: <sip:x@phone.invalid>\r\n"] {
        let mut lone = Lone::new();
        let own = "Contact: <sip:caller@192.0.2.9:5070>\r\n";
        lone.hear(
            &invite(VIA, "").replace(own, contact).replace("caller@192.0.2.9>", "c@h.invalid>"),
        );
        let leg = lone.leg();
        lone.order(answer(leg));
        let tag = lone.tag();
        lone.hear(&request("ACK", "1 ACK", &tag, VIA, ""));
        lone.order(hangup(leg));
        assert_eq!(lone.sent.last().unwrap().0, lone.from);
    }
}

#[test]
fn methods_that_we_do_not_have_are_named() {
    let mut lone = Lone::new();
    for (at, (method, code)) in
        [("REGISTER", 405), ("PUBLISH", 405), ("DANCE", 501), ("BYE", 481), ("REFER", 603)]
            .into_iter()
            .enumerate()
    {
        let via = format!("SIP/2.0/UDP h;branch=z9hG4bK{at}");
        lone.hear(&request(method, &format!("1 {method}"), "", &via, ""));
        assert_eq!(lone.last().code(), Some(code), "{method}");
    }
    assert!(lone.events.is_empty());
}

#[test]
fn a_text_is_answered_by_its_keeper_or_refused_in_time() {
    let mut lone = Lone::new();
    let text = |at: u32| {
        let via = format!("SIP/2.0/UDP h;branch=z9hG4bK{at}");
        request("MESSAGE", &format!("{at} MESSAGE"), "", &via, "")
    };
    lone.hear(&text(1));
    lone.hear(&text(1));
    assert_eq!((lone.codes(), lone.events.len()), (Vec::new(), 1));
    let Some(Event::TextArrived { text: id, .. }) = lone.events.last() else { panic!("no text") };
    let id = *id;
    lone.order(Order::AcceptText { text: id });
    lone.hear(&text(1));
    assert_eq!(lone.codes(), [200, 200]);
    lone.hear(&text(2));
    lone.pass(30_000);
    assert_eq!(lone.codes(), [200, 200, 500]);
}
