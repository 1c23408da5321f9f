//! Legs without a browser: test calls, silence, strangers, keys, and what is refused.

use evenhand_server::voice::{Law, VoiceError, VoiceEvent};
use intake::media::rtcp::RtcpPacket;

use crate::caller::Caller;
use crate::{CALLER_HERTZ, ROUNDS_MAX, is_silent, is_tone, plane};

#[test]
fn a_test_call_hears_itself() {
    for (law, port) in [(Law::Mu, 43_200), (Law::A, 43_220)] {
        let plane = plane(port);
        let mut caller = Caller::new(law);
        let to = plane.open_leg(1).unwrap();
        plane.start_leg(1, caller.talk()).unwrap();
        plane.loopback(1).unwrap();
        let heard = (0..ROUNDS_MAX).any(|_| {
            caller.round(to);
            is_tone(&caller.heard, CALLER_HERTZ)
        });
        assert!(heard, "{law:?} {:?}", plane.figures(1));
        assert!(caller.packets.iter().all(|(ssrc, _)| *ssrc != 77), "it is our own stream");
    }
}

#[test]
fn whoever_waits_hears_silence_until_the_goodbye() {
    let plane = plane(43_240);
    let mut caller = Caller::new(Law::A);
    let to = plane.open_leg(1).unwrap();
    assert_eq!((to.port() % 2, plane.open_leg(1).unwrap()), (0, to));
    plane.start_leg(1, caller.talk()).unwrap();
    let silent = (0..ROUNDS_MAX).any(|_| {
        caller.round(to);
        is_silent(&caller.heard)
    });
    assert!(silent);
    let figures = plane.close_leg(1).unwrap();
    assert!(figures.received > 5 && figures.sent > 5, "{figures:?}");
    let goodbye = |packet: &RtcpPacket| matches!(packet, RtcpPacket::Goodbye { .. });
    assert!((0..ROUNDS_MAX).any(|_| {
        caller.listen();
        caller.reports().iter().any(goodbye)
    }));
    assert_eq!(plane.close_leg(1), None);
}

#[test]
fn strangers_are_counted_and_not_heard() {
    let plane = plane(43_260);
    let (mut caller, mut stranger) = (Caller::new(Law::Mu), Caller::new(Law::Mu));
    let to = plane.open_leg(1).unwrap();
    plane.start_leg(1, caller.talk()).unwrap();
    plane.loopback(1).unwrap();
    for _ in 0..ROUNDS_MAX {
        caller.round(to);
        stranger.speak(to);
        if is_tone(&caller.heard, CALLER_HERTZ) {
            break;
        }
    }
    assert!(plane.figures(1).unwrap().strangers > 0);
    stranger.listen();
    assert!(stranger.heard.is_empty());
}

#[test]
fn a_key_is_told_once() {
    let plane = plane(43_280);
    let mut events = plane.events();
    let mut caller = Caller::new(Law::Mu);
    let to = plane.open_leg(5).unwrap();
    plane.start_leg(5, caller.talk()).unwrap();
    caller.speak(to);
    caller.press(to, 9);
    caller.press(to, 11);
    let mut keys = String::new();
    for _ in 0..ROUNDS_MAX {
        caller.round(to);
        while let Ok(event) = events.try_recv() {
            if let VoiceEvent::Digit { leg: 5, key } = event {
                keys.push(key);
            }
        }
        if keys.len() >= 2 {
            break;
        }
    }
    assert_eq!(keys, "9#");
}

#[test]
fn what_the_caller_missed_is_in_the_figures() {
    let plane = plane(43_320);
    let mut caller = Caller::new(Law::Mu);
    let to = plane.open_leg(5).unwrap();
    plane.start_leg(5, caller.talk()).unwrap();
    assert!((0..ROUNDS_MAX).any(|_| {
        caller.report(to, 64);
        caller.round(to);
        plane.figures(5).unwrap().lost_by_caller_256ths == 64
    }));
}

#[test]
fn what_cannot_be_done_is_said() {
    let plane = plane(43_300);
    assert!(matches!(plane.bridge(3, "P1"), Err(VoiceError::NoSuchLeg(3))));
    assert!(matches!(plane.loopback(3), Err(VoiceError::NoSuchLeg(3))));
    for offer in ["", "v=0", "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"] {
        let refused = plane.browser_offer("P1", offer);
        assert!(matches!(refused, Err(VoiceError::OfferNotAccepted(_))), "{refused:?}");
    }
    let opened: Vec<_> = (0..10).map(|leg| plane.open_leg(leg).unwrap().port()).collect();
    assert!(opened.is_sorted());
    let used_up = plane.open_leg(10).unwrap_err().to_string();
    assert_eq!(used_up, "no free pair of ports between `43300` and `43319` at `127.0.0.1`");
    plane.close_leg(4);
    // The readers of a closed leg end on their own thread, so its ports are free a moment later.
    assert!((0..ROUNDS_MAX).any(|_| plane.open_leg(10).is_ok()));
}
