//! Calls as they should go.

use evenhand_intake::sip::{EndedBy, Event, Order, Transport};

use super::lone::{Lone, VIA, invite, request};
use super::world::{ANSWER, CALLER, CENTRE, World, answer, hangup, nobody, taker};

#[test]
fn a_call_rings_is_answered_and_hung_up_by_the_caller() {
    for transport in [Transport::Udp, Transport::Tcp, Transport::Tls] {
        let mut world = World::over(transport, 1, [nobody, taker]);
        let (ours, theirs) = world.call_up();
        let told = world.told(CALLER);
        assert!(matches!(told[0], Event::Progress { code: 180, .. }), "{told:?}");
        assert!(
            matches!(told[1], Event::Accepted { sdp: Some(sdp), .. } if sdp == ANSWER),
            "{told:?}"
        );
        world.order(CALLER, hangup(ours));
        world.run(1_000);
        let ended = |leg, why| Event::Ended { leg, why, reason: None };
        assert_eq!(*world.told(CALLER).last().unwrap(), &ended(ours, EndedBy::ByUs));
        assert_eq!(*world.told(CENTRE).last().unwrap(), &ended(theirs, EndedBy::ByPeer));
        world.verify();
    }
}

#[test]
fn the_centre_hangs_up_with_its_reason() {
    let mut world = World::new(2, [nobody, taker]);
    let (ours, theirs) = world.call_up();
    let reason = "SIP;cause=200;text=\"done\"".to_owned();
    world.order(CENTRE, Order::Hangup { leg: theirs, reason: Some(reason.clone()) });
    world.run(1_000);
    let told = Event::Ended { leg: ours, why: EndedBy::ByPeer, reason: Some(reason) };
    assert_eq!(*world.told(CALLER).last().unwrap(), &told);
    world.verify();
}

#[test]
fn nothing_but_100_is_sent_before_the_order_to_ring() {
    let mut lone = Lone::new();
    lone.hear(&invite(VIA, "Supported: 100rel\r\n"));
    lone.pass(600_000);
    assert_eq!(lone.codes(), [100]);
    lone.order(Order::Queue { leg: lone.leg() });
    assert_eq!(lone.codes(), [100, 182]);
}

#[test]
fn ringing_is_repeated_each_minute_so_that_no_proxy_gives_up() {
    let mut lone = Lone::new();
    lone.hear(&invite(VIA, ""));
    lone.order(Order::Ring { leg: lone.leg() });
    lone.pass(180_000);
    assert_eq!(lone.codes(), [100, 180, 180, 180, 180]);
}

#[test]
fn a_refusal_reaches_the_caller_with_its_words() {
    let mut world = World::new(3, [nobody, nobody]);
    let ours = world.call();
    world.run(100);
    let leg = world.incoming();
    let (code, reason) = (486, "Test line busy".to_owned());
    world.order(CENTRE, Order::Reject { leg, code, reason: reason.clone(), headers: Vec::new() });
    world.run(100);
    assert!(world.told(CALLER).iter().any(|event| matches!(event,
        Event::Failed { leg, code: 486, reason: words, .. } if *leg == ours && *words == reason)));
    assert_eq!(world.ends[CENTRE].legs_len(), 0);
    world.verify();
}

#[test]
fn a_call_that_nobody_answers_at_all_fails_with_408() {
    let mut world = World::new(4, [nobody, nobody]);
    world.network.lost = 100;
    let ours = world.call();
    world.run(40_000);
    assert_eq!(world.times(CALLER, "INVITE").len(), 7);
    assert!(matches!(world.told(CALLER)[..],
        [Event::Failed { leg, code: 408, .. }] if *leg == ours));
    world.verify();
}

#[test]
fn the_answer_to_a_late_offer_comes_with_the_ack() {
    let mut lone = Lone::new();
    lone.hear(&invite(VIA, ""));
    let leg = lone.leg();
    lone.order(answer(leg));
    let ack = request("ACK", "1 ACK", &lone.tag(), "SIP/2.0/UDP h;branch=z9hG4bKz", "");
    let ack = ack.replace("Content-Length: 0\r\n\r\n", "Content-Length: 5\r\n\r\nv=0\r\n");
    lone.hear(&ack);
    let confirmed = Event::Confirmed { leg, sdp: Some(b"v=0\r\n".to_vec()) };
    assert_eq!(lone.events.last(), Some(&confirmed));
}

#[test]
fn responses_go_where_rport_asks_and_otherwise_to_the_port_in_via() {
    let mut lone = Lone::new();
    lone.from.addr = "198.51.100.7:33333".parse().unwrap();
    lone.hear(&invite("SIP/2.0/UDP 192.0.2.9:5070;rport;branch=z9hG4bKa", ""));
    assert_eq!(lone.sent[0].0.addr, lone.from.addr);
    let via = lone.last().via().unwrap();
    assert_eq!(
        via.to_string(),
        "SIP/2.0/UDP 192.0.2.9:5070;rport=33333;branch=z9hG4bKa;received=198.51.100.7"
    );
    let mut lone = Lone::new();
    lone.from.addr = "198.51.100.7:33333".parse().unwrap();
    lone.hear(&invite("SIP/2.0/UDP host.example.org:5070;branch=z9hG4bKa", ""));
    assert_eq!(lone.sent[0].0.addr.to_string(), "198.51.100.7:5070");
    assert_eq!(lone.last().via().unwrap().received(), Some("198.51.100.7"));
}

#[test]
fn responses_and_requests_stay_on_the_connection_of_the_call() {
    let mut lone = Lone::new();
    lone.from.transport = Transport::Tcp;
    lone.from.flow = 42;
    lone.from.addr = "192.0.2.9:40123".parse().unwrap();
    let via = "SIP/2.0/TCP 192.0.2.9:5070;branch=z9hG4bKa";
    let text = invite(via, "").replace("5070>", "5070;transport=tcp>");
    lone.hear(&text);
    let leg = lone.leg();
    lone.order(answer(leg));
    assert!(lone.sent.iter().all(|(to, _)| *to == lone.from));
    let tag = lone.tag();
    lone.hear(&request("ACK", "1 ACK", &tag, via, ""));
    lone.end.connection_lost(lone.now, 42);
    lone.order(hangup(leg));
    let (to, bye) = lone.sent.last().unwrap();
    assert_eq!(bye.method().unwrap().as_str(), "BYE");
    assert_eq!((to.addr.to_string().as_str(), to.flow), ("192.0.2.9:5070", 0));
}

#[test]
fn requests_within_a_call_follow_its_route_and_strict_routers_too() {
    for (route, uri, routes) in [
        ("<sip:192.0.2.77;lr>, <sip:inner.example.org;lr>", "sip:caller@192.0.2.9:5070", 2),
        ("<sip:192.0.2.77>, <sip:inner.example.org;lr>", "sip:192.0.2.77", 2),
    ] {
        let mut lone = Lone::new();
        lone.hear(&invite(VIA, &format!("Record-Route: {route}\r\n")));
        let leg = lone.leg();
        lone.order(answer(leg));
        assert_eq!(lone.last().headers.list("Record-Route").len(), 2);
        let tag = lone.tag();
        lone.hear(&request("ACK", "1 ACK", &tag, VIA, ""));
        lone.order(hangup(leg));
        let (to, bye) = lone.sent.last().unwrap();
        assert_eq!(bye.request_uri().unwrap().as_str(), uri);
        assert_eq!(bye.headers.list("Route").len(), routes);
        assert_eq!(to.addr.to_string(), "192.0.2.77:5060");
    }
}

#[test]
fn options_says_what_an_invite_would_find() {
    let mut lone = Lone::new();
    lone.hear(&request("OPTIONS", "1 OPTIONS", "", VIA, ""));
    let answer = lone.last();
    assert_eq!(answer.code(), Some(200));
    assert!(answer.headers.lists("Allow", "PRACK") && answer.headers.lists("Supported", "100rel"));
    assert!(answer.headers.lists("Accept", "application/sdp"));
}

#[test]
fn an_early_dialog_ends_by_bye_as_by_cancel() {
    let mut lone = Lone::new();
    lone.hear(&invite(VIA, ""));
    let leg = lone.leg();
    lone.order(Order::Ring { leg });
    let tag = lone.tag();
    lone.hear(&request("BYE", "2 BYE", &tag, "SIP/2.0/UDP h;branch=z9hG4bKb", ""));
    assert_eq!(lone.codes(), [100, 180, 200, 487]);
    assert_eq!(lone.events.last(), Some(&Event::Cancelled { leg, reason: None }));
}
