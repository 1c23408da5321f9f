//! States told and asked for.

use evenhand_intake::sip::{
    Event, NewSubscription, NewText, Order, Standing, SubId, SubscriptionEnd, Uri,
};

use super::world::{CALLER, CENTRE, Dice, Network, World, hangup, nobody, taker};

fn state(sub: SubId, words: &str) -> Order {
    let (content_type, body) = ("text/plain".to_owned(), words.as_bytes().to_vec());
    Order::Notify { sub, content_type, body, standing: Standing::Active }
}

/// Accepts for up to an hour and tells a state.
fn teller(_: &mut Dice, event: &Event) -> Vec<(u64, Order)> {
    match event {
        Event::SubscribeRequested { sub, .. } => vec![
            (5, Order::AcceptSubscription { sub: *sub, expires: 3_600 }),
            (6, state(*sub, "one")),
        ],
        Event::TextArrived { text, .. } => vec![(5, Order::AcceptText { text: *text })],
        _ => Vec::new(),
    }
}

fn subscribe(world: &mut World, package: &str, expires: u32) -> SubId {
    let sub = world.ends[CALLER].new_subscription();
    let new = NewSubscription {
        sub,
        target: Uri::new("sip:queue@192.0.2.2"),
        from: "sip:watcher@192.0.2.1".to_owned(),
        via: world.peer(CENTRE),
        package: package.to_owned(),
        accept: "text/plain".to_owned(),
        expires,
        headers: Vec::new(),
    };
    world.order(CALLER, Order::Subscribe(Box::new(new)));
    sub
}

fn theirs(world: &World) -> SubId {
    let mut asked = world.told(CENTRE).into_iter().filter_map(|event| match event {
        Event::SubscribeRequested { sub, .. } => Some(*sub),
        _ => None,
    });
    asked.next().expect("a subscription was asked for")
}

fn heard(world: &World) -> Vec<String> {
    let bodies = world.told(CALLER).into_iter().filter_map(|event| match event {
        Event::Notified { body, .. } => Some(String::from_utf8(body.clone()).unwrap()),
        _ => None,
    });
    bodies.collect()
}

#[test]
fn of_what_happened_each_is_told_though_it_happens_at_once() {
    let mut world = World::new(1, [nobody, teller]);
    let ours = subscribe(&mut world, "emergency-AbandonedCall", 600);
    world.run(1_000);
    let sub = theirs(&world);
    for words in ["first", "second", "third"] {
        let (content_type, body) = ("text/plain".to_owned(), words.as_bytes().to_vec());
        world.order(CENTRE, Order::Notice { sub, content_type, body });
    }
    world.run(5_000);
    assert_eq!(heard(&world), ["one", "first", "second", "third"]);
    world.order(CALLER, Order::Unsubscribe { sub: ours });
    world.run(1_000);
    world.verify();
}

#[test]
fn a_state_is_told_at_once_on_change_and_never_more_after_the_end() {
    let mut world = World::new(1, [nobody, teller]);
    let ours = subscribe(&mut world, "emergency-QueueState", 600);
    world.run(1_000);
    let sub = theirs(&world);
    let Some(Event::SubscribeRequested { asked, .. }) = world.told(CENTRE).first().copied() else {
        panic!("nothing was asked")
    };
    assert_eq!((asked.package.as_str(), asked.expires), ("emergency-QueueState", 600));
    world.order(CENTRE, state(sub, "two"));
    world.run(1_000);
    assert_eq!(heard(&world), ["one", "two"]);
    world.order(CALLER, Order::Unsubscribe { sub: ours });
    world.run(1_000);
    assert_eq!(world.count(CENTRE, |event| *event == Event::Unsubscribed { sub }), 1);
    let ended = Event::SubscriptionEnded { sub: ours, why: SubscriptionEnd::ByUs };
    assert_eq!(*world.told(CALLER).last().unwrap(), &ended);
    assert!(world.ends[CENTRE].order(world.now, state(sub, "three")).is_err());
    world.verify();
}

#[test]
fn a_subscription_is_refreshed_before_it_runs_out() {
    let mut world = World::new(2, [nobody, teller]);
    subscribe(&mut world, "emergency-ServiceState", 300);
    world.run(3_600_000);
    assert_eq!(world.count(CENTRE, |event| matches!(event, Event::Unsubscribed { .. })), 0);
    assert!(world.times(CALLER, "SUBSCRIBE").len() >= 12);
    world.network.lost = 100;
    world.run(3_600_000);
    assert_eq!(world.count(CALLER, |event| matches!(event, Event::SubscriptionEnded { .. })), 1);
    assert_eq!(world.count(CENTRE, |event| matches!(event, Event::Unsubscribed { .. })), 1);
    world.verify();
}

#[test]
fn min_rate_is_honoured_by_repeating_the_last_state() {
    let mut world = World::new(3, [nobody, teller]);
    let ours = subscribe(&mut world, "emergency-QueueState;min-rate=1", 600);
    world.run(10_500);
    assert_eq!(heard(&world).len(), 11, "ten more within ten seconds");
    let told = world.last_sent(CENTRE, "NOTIFY");
    let line = told.headers.text("Subscription-State").unwrap().into_owned();
    assert!(line.starts_with("active;expires=589;min-rate=1"), "{line}");
    world.order(CALLER, Order::Unsubscribe { sub: ours });
    world.run(100);
    let before = heard(&world).len();
    world.run(10_000);
    assert_eq!(heard(&world).len(), before);
    world.verify();
}

#[test]
fn only_the_newest_state_follows_one_that_is_under_way() {
    let mut world = World::new(4, [nobody, teller]);
    subscribe(&mut world, "emergency-QueueState", 600);
    world.run(1_000);
    world.network = Network { delay_min: 300, delay_max: 301, ..Network::GOOD };
    let sub = theirs(&world);
    for words in ["two", "three", "four"] {
        world.order(CENTRE, state(sub, words));
    }
    world.run(3_000);
    assert_eq!(heard(&world), ["one", "two", "four"]);
}

#[test]
fn a_state_that_is_asked_for_once_is_told_once() {
    let mut world = World::new(5, [nobody, teller]);
    subscribe(&mut world, "presence", 0);
    world.run(2_000);
    assert_eq!(heard(&world), ["one"]);
    assert_eq!(world.count(CENTRE, |event| matches!(event, Event::Unsubscribed { .. })), 1);
    assert!(matches!(
        world.told(CALLER).last(),
        Some(Event::SubscriptionEnded { why: SubscriptionEnd::ByNotifier(_), .. })
    ));
    world.verify();
}

#[test]
fn a_notify_that_overtakes_the_answer_begins_the_subscription() {
    let mut world = World::new(6, [nobody, teller]);
    world.lose = vec![(CENTRE, "SIP/2.0 200".to_owned())];
    subscribe(&mut world, "presence", 600);
    world.run(400);
    assert_eq!(heard(&world), ["one"]);
    world.run(1_000);
    assert_eq!(world.count(CALLER, |event| matches!(event, Event::SubscriptionAnswered { .. })), 1);
}

#[test]
fn a_subscription_that_is_refused_is_told_and_so_is_one_that_nobody_answers() {
    let mut world = World::new(7, [nobody, nobody]);
    subscribe(&mut world, "dialog", 600);
    world.run(100);
    let (sub, code, reason) = (theirs(&world), 489, String::new());
    world.order(CENTRE, Order::RejectSubscription { sub, code, reason });
    world.run(100);
    subscribe(&mut world, "dialog", 600);
    world.run(60_000);
    let refused = |code| {
        move |event: &Event| {
            matches!(event, Event::SubscriptionEnded { why: SubscriptionEnd::Refused(c), .. }
                if *c == code)
        }
    };
    assert_eq!(world.count(CALLER, refused(489)), 1);
    assert_eq!(world.count(CALLER, refused(500)), 1);
    world.verify();
}

#[test]
fn a_subscriber_that_is_gone_is_told_to_the_user() {
    let mut world = World::new(8, [nobody, teller]);
    subscribe(&mut world, "presence", 3_000);
    world.run(1_000);
    world.network.lost = 100;
    let sub = theirs(&world);
    world.order(CENTRE, state(sub, "two"));
    world.run(40_000);
    assert_eq!(world.count(CENTRE, |event| *event == Event::NotifyFailed { sub, code: 408 }), 1);
    world.verify();
}

#[test]
fn subscriptions_survive_a_bad_network_and_leave_nothing() {
    for seed in 0..200 {
        let mut world = World::new(seed, [nobody, teller]);
        let mut dice = Dice(seed);
        world.network = Network {
            lost: dice.below(40),
            doubled: dice.below(30),
            delay_min: 10,
            delay_max: 11 + dice.below(1_000),
        };
        let sub = subscribe(&mut world, "presence;min-rate=0.5", 60 + dice.below(300) as u32);
        world.later(CALLER, dice.below(100_000), Order::Unsubscribe { sub });
        world.run(600_000);
        world.network.lost = 100;
        world.verify();
        let over = |event: &Event| {
            matches!(event, Event::Unsubscribed { .. } | Event::NotifyFailed { .. })
        };
        let asked = world.count(CENTRE, |e| matches!(e, Event::SubscribeRequested { .. }));
        assert_eq!(world.count(CENTRE, over), asked, "seed {seed}");
        let ended = world.count(CALLER, |e| matches!(e, Event::SubscriptionEnded { .. }));
        assert_eq!(ended, 1, "seed {seed}");
    }
}

#[test]
fn a_text_of_ours_is_answered_outside_and_within_a_call() {
    fn both(dice: &mut Dice, event: &Event) -> Vec<(u64, Order)> {
        [taker(dice, event), teller(dice, event)].concat()
    }
    let mut world = World::new(9, [nobody, both]);
    let (ours, theirs) = world.call_up();
    for leg in [None, Some(ours)] {
        let text = world.ends[CALLER].new_text();
        let new = NewText {
            text,
            leg,
            target: Uri::new("urn:service:sos"),
            from: "sip:+12025550100@192.0.2.1".to_owned(),
            via: world.peer(CENTRE),
            headers: Vec::new(),
            content_type: "text/plain".to_owned(),
            body: b"help".to_vec(),
        };
        world.order(CALLER, Order::SendText(Box::new(new)));
        world.run(1_000);
        let answered = Event::TextAnswered { text, code: 200 };
        assert_eq!(*world.told(CALLER).last().unwrap(), &answered);
    }
    let legs = world.told(CENTRE).into_iter().filter_map(|event| match event {
        Event::TextArrived { leg, message, .. } => Some((*leg, message.body.clone())),
        _ => None,
    });
    let legs: Vec<_> = legs.collect();
    assert_eq!(legs, [(None, b"help".to_vec()), (Some(theirs), b"help".to_vec())]);
    world.order(CALLER, hangup(ours));
    world.verify();
}
