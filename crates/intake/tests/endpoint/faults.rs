//! A network that loses, doubles, reorders and delays, and users who act at random: whatever
//! crosses, each INVITE has one final response, each leg one end, and nothing is left.

use evenhand_intake::sip::{Event, Order, Transport};

use super::world::{CALLER, CENTRE, Dice, Network, OFFER, World, answer, hangup, nobody, taker};

const SEEDS: u64 = 600;

/// Rings or not, answers, refuses or lets it ring, reoffers, and hangs up some time.
fn moody(dice: &mut Dice, event: &Event) -> Vec<(u64, Order)> {
    let mut orders = Vec::new();
    match event {
        Event::Incoming { leg, .. } => {
            let leg = *leg;
            if dice.percent(80) {
                orders.push((dice.below(300), Order::Ring { leg }));
            }
            let (code, reason, headers) = (486, String::new(), Vec::new());
            match dice.below(10) {
                0..7 => orders.push((dice.below(4_000), answer(leg))),
                7 => orders.push((dice.below(4_000), Order::Reject { leg, code, reason, headers })),
                _ => {}
            }
            orders.push((dice.below(60_000), hangup(leg)));
        }
        Event::Confirmed { leg, .. } | Event::Accepted { leg, .. } if dice.percent(60) => {
            let reoffer = Order::Reoffer { leg: *leg, sdp: OFFER.to_vec() };
            orders.push((dice.below(3_000), reoffer));
        }
        Event::Reoffered { leg, .. } => {
            let sdp = OFFER.to_vec();
            match dice.below(10) {
                0..8 => orders.push((dice.below(500), Order::AnswerReoffer { leg: *leg, sdp })),
                8 => orders.push((dice.below(500), Order::RejectReoffer { leg: *leg })),
                _ => {}
            }
        }
        _ => {}
    }
    orders
}

fn network(dice: &mut Dice) -> Network {
    let delay_min = dice.below(200);
    let delay_max = delay_min + 1 + dice.below(1_500);
    Network { lost: dice.below(40), doubled: dice.below(30), delay_min, delay_max }
}

fn storm(seed: u64) -> World {
    let transport = if seed % 5 == 4 { Transport::Tcp } else { Transport::Udp };
    let mut world = World::over(transport, seed, [moody, moody]);
    let mut dice = Dice(seed);
    world.network = network(&mut dice);
    for _ in 0..=dice.below(3) {
        let leg = world.call();
        // At the moment of the answer, of the first ring, or long after.
        let spans = [100, 500, 5_000, 60_000];
        let span = spans[dice.below(4) as usize];
        let pause = dice.below(span);
        world.later(CALLER, pause, hangup(leg));
        world.run(dice.below(2_000));
    }
    world
}

#[test]
fn every_invite_has_one_final_response_and_every_leg_one_end_whatever_the_network_does() {
    for seed in 0..SEEDS {
        let mut world = storm(seed);
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| world.verify()));
        if result.is_err() {
            for (at, by, bytes) in &world.sent {
                let text = String::from_utf8_lossy(bytes);
                eprintln!("{at:>8} {by} {}", text.lines().next().unwrap_or_default());
            }
            panic!("seed {seed} failed; the messages are above");
        }
    }
}

#[test]
fn the_storms_reach_every_crossing() {
    let mut reached = std::collections::BTreeMap::new();
    for seed in 0..SEEDS {
        let mut world = storm(seed);
        world.run_out();
        for end in [CALLER, CENTRE] {
            for event in world.told(end) {
                let text = format!("{event:?}");
                let name = text.split(' ').next().unwrap().to_owned();
                let why = text.split("why: ").nth(1).and_then(|rest| rest.split([',', ' ']).next());
                *reached.entry(format!("{name} {}", why.unwrap_or_default())).or_insert(0) += 1;
            }
            let glare = world.times(end, "SIP/2.0 491").len();
            *reached.entry("491".to_owned()).or_insert(0) += glare;
        }
    }
    println!("{reached:#?}");
    for wanted in [
        "Incoming ",
        "Cancelled ",
        "CancelCrossed ",
        "Confirmed ",
        "Accepted ",
        "Failed ",
        "Ended ByPeer",
        "Ended ByUs",
        "Reoffered ",
        "ReofferAnswered ",
        "ReofferFailed ",
        "491",
    ] {
        assert!(reached.get(wanted).is_some_and(|count| *count > 0), "`{wanted}` never happened");
    }
}

#[test]
fn a_seed_reproduces_every_byte() {
    for seed in [3, 44, 555] {
        let (mut one, mut other) = (storm(seed), storm(seed));
        one.run_out();
        other.run_out();
        assert_eq!(one.sent, other.sent);
        assert_eq!(one.events, other.events);
    }
}

#[test]
fn a_call_comes_through_a_network_that_loses_a_third() {
    let mut answered = 0;
    for seed in 0..100 {
        let mut world = World::new(seed, [nobody, taker]);
        world.network = Network { lost: 33, doubled: 10, delay_min: 20, delay_max: 400 };
        let leg = world.call();
        world.run(30_000);
        answered += world.count(CENTRE, |event| matches!(event, Event::Confirmed { .. }));
        let _ = world.ends[CALLER].order(world.now, hangup(leg));
        world.verify();
    }
    assert!(answered >= 98, "only {answered} of 100 calls were answered and confirmed");
}

#[test]
fn a_bye_whose_connection_breaks_is_sent_once_more() {
    let mut world = World::over(Transport::Tcp, 1, [nobody, taker]);
    let (ours, _) = world.call_up();
    world.lose = vec![(CALLER, "BYE".to_owned())];
    world.order(CALLER, hangup(ours));
    let now = world.now;
    world.ends[CALLER].connection_lost(now, 1);
    world.drain(CALLER);
    world.run(1_000);
    assert_eq!(world.times(CALLER, "BYE").len(), 2);
    assert_eq!(world.count(CENTRE, |event| matches!(event, Event::Ended { .. })), 1);
    world.verify();
}

#[test]
fn a_peer_to_which_no_connection_opens_fails_the_call_with_503() {
    let mut world = World::over(Transport::Tcp, 1, [nobody, nobody]);
    world.lose = vec![(CALLER, "INVITE".to_owned())];
    let leg = world.ends[CALLER].new_leg();
    let peer = world.peer(CENTRE).without_flow();
    world.call_by(leg, peer);
    let now = world.now;
    world.ends[CALLER].unreachable(now, &peer);
    world.drain(CALLER);
    assert!(matches!(world.told(CALLER)[..],
        [Event::Failed { leg: failed, code: 503, .. }] if *failed == leg));
    world.verify();
}

#[test]
fn connections_that_break_end_no_call() {
    for seed in 0..50 {
        let mut world = World::over(Transport::Tcp, seed, [nobody, taker]);
        let ours = world.call();
        world.run(seed * 60);
        for end in [CALLER, CENTRE] {
            let now = world.now;
            world.ends[end].connection_lost(now, 1);
        }
        world.run(5_000);
        let failed = world.count(CALLER, |event| matches!(event, Event::Failed { code: 503, .. }));
        if failed == 0 {
            assert_eq!(world.count(CENTRE, |event| matches!(event, Event::Ended { .. })), 0);
            world.order(CALLER, hangup(ours));
        } else {
            let leg = world.incoming();
            let _ = world.ends[CENTRE].order(world.now, hangup(leg));
        }
        world.verify();
    }
}
