//! Where a call waits, by what it asks for; and what a policy without queues says.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop with a message")]

use evenhand_core::{CallId, Channel, Command, Location, QueueMatch, QueueRuling, Signalling};
use evenhand_policy::{Facts, Policy};

const QUEUES: &str = r#"
[agents]
wrap_up_s = 20

[location]
distance_alarm_m = 250

[[queue]]
name = "emergency"
uri = "sip:emergency@psap.example"
services = ["urn:service:sos"]
default = true
strategy = "longest_idle"
offer_s = 10
roles = ["call_taker"]

[[queue]]
name = "fire"
uri = "sip:fire@psap.example"
services = ["urn:service:sos.fire", "urn:service:sos.mountain"]
strategy = "in_order"
order = ["P3", "P1"]
offer_s = 15
roles = ["call_taker"]
overflow = "text"
overflow_after_offers = 3

[[queue]]
name = "text"
uri = "sips:text@psap.example"
services = ["text", "tel"]
strategy = "all"
offer_s = 20
roles = ["call_taker", "supervisor"]
reserved_for_first = 2
repeat_window_s = 60
length_max = 4
overflow = "emergency"
overflow_after_offers = 1
"#;

fn policy(with: &str) -> Policy {
    Policy::load(&[("good.toml", include_str!("good.toml")), ("queues.toml", with)])
        .unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn rings(channel: Channel, service: &str) -> Command<u8> {
    let signalling = Signalling { service: service.to_owned(), ..Signalling::default() };
    Command::PresentCall {
        channel,
        number: None,
        number_digest: None,
        name: None,
        location: None,
        test: false,
        signalling: Some(Box::new(signalling)),
    }
}

fn place(policy: &Policy, channel: Channel, service: &str) -> QueueRuling {
    let ruling = policy.rule(None, &rings(channel, service), &Facts::default());
    assert_eq!(ruling.timers.wrap_up_ms, 20_000);
    let queue = *ruling.queue.unwrap();
    assert_eq!(ruling.rule, format!("queue.{}", queue.rule.name));
    queue
}

#[test]
fn the_closest_name_takes_a_call() {
    let policy = policy(QUEUES);
    for (channel, service, queue, matched) in [
        (Channel::Voice, "urn:service:sos", "emergency", "urn:service:sos"),
        (Channel::Voice, "urn:service:sos.police", "emergency", "urn:service:sos"),
        (Channel::Voice, "urn:service:sos.fire", "fire", "urn:service:sos.fire"),
        (Channel::Voice, "URN:SERVICE:SOS.Fire.forest", "fire", "urn:service:sos.fire"),
        (Channel::Voice, "urn:service:sos.firearms", "emergency", "urn:service:sos"),
        (Channel::Voice, "tel", "text", "tel"),
        (Channel::Voice, "urn:service:counseling", "emergency", ""),
        (Channel::Voice, "", "emergency", ""),
        (Channel::Alarm, "urn:service:sos.fire", "fire", "urn:service:sos.fire"),
        (Channel::Text, "urn:service:sos.fire", "text", "text"),
        (Channel::Text, "", "text", "text"),
    ] {
        let found = place(&policy, channel, service);
        let why = match found.matched {
            QueueMatch::Service { pattern } => pattern,
            QueueMatch::Default => String::new(),
            QueueMatch::Overflow { .. } => panic!("nothing has overflowed yet"),
        };
        assert_eq!((found.rule.name.as_str(), why.as_str()), (queue, matched), "{service}");
    }
}

#[test]
fn what_a_call_may_overflow_to_stands_with_it() {
    let policy = policy(QUEUES);
    let found = place(&policy, Channel::Voice, "urn:service:sos.fire");
    let names: Vec<&str> = found.then.iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!(names, ["text", "emergency"]);
    assert_eq!(found.rule.order, ["P3", "P1"]);
    assert_eq!(found.rule.overflow_after_offers, Some(3));
    assert_eq!(found.then[0].reserved_for_first, 2);
    assert_eq!((found.rule.repeat_window_ms, found.then[0].repeat_window_ms), (600_000, 60_000));
}

#[test]
fn without_queues_a_call_rings_everywhere() {
    let policy = Policy::load(&[("good.toml", include_str!("good.toml"))]).unwrap();
    let rings = rings(Channel::Voice, "urn:service:sos");
    let ruling = policy.rule(None, &rings, &Facts::default());
    assert_eq!((ruling.queue, ruling.timers.wrap_up_ms), (None, 0));
    assert_eq!(ruling.rule, "permissions.no_role");
    assert!(policy.queues().is_empty());
    let locates = Command::LocateCall { call: CallId(1), location: Location::default() };
    let distance =
        |policy: &Policy| policy.rule::<u8>(None, &locates, &Facts::default()).distance_alarm_m;
    assert_eq!(distance(&policy), None);
    assert_eq!(distance(&self::policy(QUEUES)), Some(250));
    assert_eq!(
        distance(&self::policy(&QUEUES.replace("[location]\ndistance_alarm_m = 250", ""))),
        Some(500)
    );
}
