//! REFER in both directions, and calls that take the place of others.

use evenhand_intake::sip::{EndedBy, Event, Order, Uri};

use super::lone::{Lone, VIA, invite, request};
use super::world::{CALLER, CENTRE, Dice, World, answer, hangup, nobody, taker};

/// Accepts a transfer and says how it goes.
fn mover(_: &mut Dice, event: &Event) -> Vec<(u64, Order)> {
    let progress = |leg, code| Order::ReferProgress { leg, code, reason: String::new() };
    match event {
        Event::ReferRequested { leg, .. } => vec![
            (10, Order::AcceptRefer { leg: *leg }),
            (500, progress(*leg, 180)),
            (900, progress(*leg, 200)),
        ],
        _ => Vec::new(),
    }
}

fn refer(leg: evenhand_intake::sip::LegId) -> Order {
    Order::Refer { leg, to: Uri::new("sip:other@192.0.2.3"), replaces: None }
}

fn progress(world: &World, end: usize) -> Vec<u16> {
    let codes = world.told(end).into_iter().filter_map(|event| match event {
        Event::TransferProgress { code, .. } => Some(*code),
        _ => None,
    });
    codes.collect()
}

#[test]
fn a_transfer_is_told_to_its_end() {
    let mut world = World::new(1, [mover, taker]);
    let (ours, theirs) = world.call_up();
    world.order(CENTRE, refer(theirs));
    world.run(2_000);
    let asked = Event::ReferRequested {
        leg: ours,
        refer_to: Uri::new("sip:other@192.0.2.3"),
        replaces: None,
    };
    assert!(world.told(CALLER).contains(&&asked));
    assert_eq!(progress(&world, CENTRE), [100, 180, 200]);
    world.order(CENTRE, hangup(theirs));
    world.verify();
}

#[test]
fn the_last_word_on_a_transfer_is_waited_for_after_the_bye() {
    let mut world = World::new(2, [mover, taker]);
    let (_, theirs) = world.call_up();
    world.order(CENTRE, refer(theirs));
    world.run(100);
    world.order(CENTRE, hangup(theirs));
    world.verify();
    // The other side of this test ends its part with the call, so nobody says how it went.
    assert_eq!(progress(&world, CENTRE), [100, 408]);
}

#[test]
fn a_transfer_that_is_refused_or_not_answered_is_told() {
    let mut world = World::new(3, [nobody, taker]);
    let (ours, theirs) = world.call_up();
    world.order(CENTRE, refer(theirs));
    world.run(100);
    world.order(CALLER, Order::RejectRefer { leg: ours });
    world.run(100);
    assert_eq!(progress(&world, CENTRE), [603]);
    world.order(CENTRE, refer(theirs));
    world.run(40_000);
    assert_eq!(progress(&world, CENTRE), [603, 603]);
    world.order(CENTRE, hangup(theirs));
    world.verify();
}

#[test]
fn a_refer_to_another_call_of_ours_names_it_as_its_peer_knows_it() {
    let mut lone = Lone::new();
    let (leg, tag) = lone.call_up();
    lone.order(Order::Refer { leg, to: Uri::new("sip:x@192.0.2.3"), replaces: Some(leg) });
    let value = lone.last().headers.text("Refer-To").unwrap().into_owned();
    let replaces = format!("call%40192.0.2.9%3Bto-tag%3Dcaller%3Bfrom-tag%3D{tag}");
    assert_eq!(value, format!("<sip:x@192.0.2.3?Replaces={replaces}>"));
}

#[test]
fn a_refer_with_replaces_is_taken_apart() {
    let mut lone = Lone::new();
    let (leg, tag) = lone.call_up();
    let more = "Refer-To: <sip:x@192.0.2.3?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2>\r\n";
    lone.hear(&request("REFER", "2 REFER", &tag, "SIP/2.0/UDP h;branch=z9hG4bKr", more));
    let told = Event::ReferRequested {
        leg,
        refer_to: Uri::new("sip:x@192.0.2.3"),
        replaces: Some("a@b;to-tag=1;from-tag=2".to_owned()),
    };
    assert_eq!(lone.events.last(), Some(&told));
}

#[test]
fn a_call_that_replaces_another_ends_it_once_it_is_answered() {
    let mut lone = Lone::new();
    let (old, tag) = lone.call_up();
    let replaces = format!("Replaces: call@192.0.2.9;to-tag={tag};from-tag=caller\r\n");
    let other = invite("SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKn", &replaces);
    lone.hear(&other.replace("Call-ID: call@", "Call-ID: new@"));
    let Some(Event::Incoming { leg, replaces, .. }) = lone.events.last() else { panic!("no call") };
    let (leg, replaces) = (*leg, *replaces);
    assert_eq!(replaces, Some(old));
    lone.order(answer(leg));
    assert_eq!(lone.last().method().unwrap().as_str(), "BYE");
    let told = Event::Ended { leg: old, why: EndedBy::Replaced, reason: None };
    assert_eq!(lone.events.last(), Some(&told));
}

#[test]
fn a_call_that_replaces_what_is_unknown_is_a_new_call() {
    let mut lone = Lone::new();
    lone.hear(&invite(VIA, "Replaces: nothing@x;to-tag=1;from-tag=2\r\n"));
    let Some(Event::Incoming { invite, replaces, .. }) = lone.events.last() else {
        panic!("no call")
    };
    assert_eq!(*replaces, None);
    assert!(invite.defects.iter().any(|defect| defect.code == "replaces-unknown"));
}

#[test]
fn a_call_that_is_up_is_not_replaced_early_only() {
    let mut lone = Lone::new();
    let (_, tag) = lone.call_up();
    let more = format!("Replaces: call@192.0.2.9;to-tag={tag};from-tag=caller;early-only\r\n");
    let other = invite("SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKn", &more);
    lone.hear(&other.replace("Call-ID: call@", "Call-ID: new@"));
    assert_eq!(lone.last().code(), Some(486));
    assert!(matches!(lone.events.last(), Some(Event::TurnedAway { code: 486, .. })));
}
