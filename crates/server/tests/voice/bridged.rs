//! Callers and browsers that speak with each other.

use std::net::SocketAddr;

use evenhand_server::voice::{Direction, Law, MediaState, VoiceEvent, VoicePlane};
use tokio::sync::broadcast::Receiver;

use crate::caller::Caller;
use crate::peer::Peer;
use crate::{BROWSER_HERTZ, CALLER_HERTZ, ROUNDS_MAX, is_silent, is_tone, plane};

struct Bridged {
    plane: VoicePlane,
    events: Receiver<VoiceEvent>,
    caller: Caller,
    peer: Peer,
    to: SocketAddr,
}

impl Bridged {
    fn new(first_port: u16, law: Law) -> Self {
        let plane = plane(first_port);
        let events = plane.events();
        let caller = Caller::new(law);
        let peer = Peer::connect(&plane, "P1");
        let to = plane.open_leg(7).unwrap();
        plane.start_leg(7, caller.talk()).unwrap();
        plane.bridge(7, "P1").unwrap();
        Self { plane, events, caller, peer, to }
    }

    /// Lets both speak until something is so.
    fn until(&mut self, what: &str, mut is_so: impl FnMut(&mut Self) -> bool) {
        for _ in 0..ROUNDS_MAX {
            self.caller.round(self.to);
            self.peer.round();
            if is_so(self) {
                return;
            }
        }
        panic!("never: {what}; {:?} {:?}", self.plane.figures(7), self.plane.positions());
    }

    fn until_both_hear(&mut self) {
        self.until("both hear each other", |all| {
            is_tone(&all.peer.heard, CALLER_HERTZ) && is_tone(&all.caller.heard, BROWSER_HERTZ)
        });
    }

    fn until_told(&mut self, wanted: &VoiceEvent) {
        let what = format!("{wanted:?}");
        self.until(&what, |all| {
            std::iter::from_fn(|| all.events.try_recv().ok()).any(|event| event == *wanted)
        });
    }
}

#[test]
fn a_caller_and_a_browser_hear_each_other() {
    let mut all = Bridged::new(43_000, Law::Mu);
    all.until_both_hear();
    assert_eq!(all.peer.payload_type, Some(0));
    let positions = all.plane.positions();
    assert_eq!((positions[0].connected, positions[0].leg), (true, Some(7)));
}

#[test]
fn a_caller_of_the_a_law_is_passed_through_and_answered_in_it() {
    let mut all = Bridged::new(43_020, Law::A);
    all.until_both_hear();
    assert_eq!(all.peer.payload_type, Some(8));
}

#[test]
fn the_caller_gets_one_unbroken_stream_from_silence_to_voice() {
    let mut all = Bridged::new(43_040, Law::Mu);
    all.until_both_hear();
    all.plane.unbridge(7).unwrap();
    all.until("silence", |all| is_silent(&all.caller.heard));
    all.plane.bridge(7, "P1").unwrap();
    all.until("voice again", |all| is_tone(&all.caller.heard, BROWSER_HERTZ));
    let packets = &all.caller.packets;
    assert!(packets.windows(2).all(|pair| pair[0].0 == pair[1].0));
    assert!(packets.windows(2).all(|pair| pair[0].1.wrapping_add(1) == pair[1].1));
}

#[test]
fn on_hold_the_caller_hears_silence_and_is_not_heard() {
    let mut all = Bridged::new(43_060, Law::Mu);
    all.until_both_hear();
    // As the console does it: the position is free, the caller is told `sendonly`.
    all.plane.unbridge(7).unwrap();
    all.plane.set_direction(7, Direction::SendOnly).unwrap();
    all.until("silence", |all| is_silent(&all.caller.heard));
    let heard = all.peer.heard.len();
    all.until("more silence", |all| all.caller.heard.len() > 30_000);
    assert_eq!(all.peer.heard.len(), heard);
    assert!(is_silent(&all.caller.heard));
    all.plane.set_direction(7, Direction::Both).unwrap();
    all.plane.bridge(7, "P1").unwrap();
    all.peer.heard.clear();
    all.caller.heard.clear();
    all.until_both_hear();
}

#[test]
fn a_silent_line_is_told_and_so_is_its_return() {
    let mut all = Bridged::new(43_080, Law::Mu);
    all.until_both_hear();
    let silent = VoiceEvent::Media { leg: 7, state: MediaState::NothingFromCaller };
    let mut was_told = false;
    for _ in 0..ROUNDS_MAX {
        all.caller.listen();
        all.peer.round();
        was_told |= std::iter::from_fn(|| all.events.try_recv().ok()).any(|e| e == silent);
        if was_told {
            break;
        }
    }
    assert!(was_told);
    all.until_told(&VoiceEvent::Media { leg: 7, state: MediaState::Flowing });
}

#[test]
fn a_browser_that_is_gone_is_told_and_another_one_goes_on() {
    let mut all = Bridged::new(43_100, Law::Mu);
    all.until_both_hear();
    all.peer = Peer::connect(&all.plane, "P1");
    all.caller.heard.clear();
    all.until_both_hear();
    // Nobody drives the old one any more, and now the new one is left alone too.
    let gone = VoiceEvent::BrowserGone { position: "P1".to_owned() };
    let mut told = Vec::new();
    for _ in 0..ROUNDS_MAX {
        all.caller.round(all.to);
        told.extend(std::iter::from_fn(|| all.events.try_recv().ok()));
        if told.contains(&gone) {
            break;
        }
    }
    let one_way = VoiceEvent::Media { leg: 7, state: MediaState::NothingToCaller };
    let at = |wanted: &VoiceEvent| told.iter().position(|event| event == wanted);
    assert!(at(&one_way).is_some() && at(&one_way) < at(&gone), "{told:?}");
}

#[test]
fn a_position_speaks_with_one_caller_at_a_time() {
    let mut all = Bridged::new(43_120, Law::Mu);
    all.until_both_hear();
    let mut second = Caller::new(Law::A);
    let to = all.plane.open_leg(8).unwrap();
    all.plane.start_leg(8, second.talk()).unwrap();
    all.plane.bridge(8, "P1").unwrap();
    for _ in 0..ROUNDS_MAX {
        second.round(to);
        all.caller.round(all.to);
        all.peer.round();
        if is_tone(&second.heard, BROWSER_HERTZ) && is_silent(&all.caller.heard) {
            assert_eq!(all.plane.positions()[0].leg, Some(8));
            return;
        }
    }
    panic!("the second caller never heard the position");
}
