//! Two phones without a network: what one sends the other receives, and time jumps.

use std::net::SocketAddr;

use intake::sip::sdp::{self, Direction, Session};
use intake::sip::{Contacts, Endpoint, Order, Peer, Settings, Transport};

use super::{Deed, Lines, Manner};
use crate::ear::Heard;
use crate::oddity::Oddity;
use crate::phone::WhenRung;
use crate::plan::{HangUp, Plan, Speech, Where};
use crate::said::{Ended, LineId, Outcome, What};
use crate::talk::Agreed;

const CALL: LineId = LineId(1);

fn peer(port: u16) -> Peer {
    let addr = SocketAddr::from(([127, 0, 0, 1], port));
    Peer { transport: Transport::Udp, addr, flow: 0 }
}

fn plan(hang_up: HangUp, oddity: Option<Oddity>) -> Plan {
    Plan {
        target: "urn:service:sos".to_owned(),
        to: peer(2),
        number: "+16175550123".to_owned(),
        name: String::new(),
        place: Where::Unsaid,
        identifiers: None,
        codecs: vec![sdp::Codec::Pcma],
        speech: Speech::Tone(440),
        hang_up,
        oddity,
    }
}

/// One phone, and what came of it.
struct Side {
    lines: Lines,
    own: Peer,
    said: Vec<What>,
    talks: Vec<Agreed>,
    /// It hears nothing from the network.
    deaf: bool,
}

impl Side {
    fn new(port: u16, when_rung: WhenRung) -> Self {
        let own = peer(port);
        let contacts = Contacts { udp: own.addr.to_string(), ..Contacts::default() };
        let settings = Settings { contacts: contacts.clone(), ..Settings::default() };
        let mut count = u64::from(port);
        let chance = Box::new(move |bytes: &mut [u8]| {
            for byte in bytes {
                count = count.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                *byte = count.to_be_bytes()[0];
            }
        });
        let manner = Manner { contacts, reports_port: 9, when_rung };
        let lines = Lines::new(Endpoint::new(settings, chance), manner);
        Self { lines, own, said: Vec::new(), talks: Vec::new(), deaf: false }
    }

    /// Does what is to be done; what is sent comes back.
    fn act(&mut self, now: u64) -> Vec<Vec<u8>> {
        let mut sent = Vec::new();
        while let Some(deed) = self.lines.poll() {
            match deed {
                Deed::Send { bytes, .. } => sent.push(bytes),
                Deed::OpenVoice { line, .. } => {
                    let address =
                        SocketAddr::new(self.own.addr.ip(), 40_000 + self.own.addr.port());
                    self.lines.voice_opened(now, line, Ok(address));
                }
                Deed::Talk { agreed, .. } => self.talks.push(agreed),
                Deed::Hush { line } => self.lines.heard(now, line, Heard::default()),
                Deed::Say(said) => self.said.push(said.what),
            }
        }
        sent
    }

    fn outcome(&self) -> &Outcome {
        let over = self.said.iter().filter_map(|what| match what {
            What::Over(outcome) => Some(outcome),
            _ => None,
        });
        let over: Vec<_> = over.collect();
        assert_eq!(over.len(), 1, "{:#?}", self.said);
        over[0]
    }
}

/// A caller and whoever is called.
struct Two {
    now: u64,
    sides: [Side; 2],
}

impl Two {
    fn new(when_rung: WhenRung) -> Self {
        Self { now: 0, sides: [Side::new(1, WhenRung::AnswersAfter(100)), Side::new(2, when_rung)] }
    }

    /// The caller calls, and all that follows happens.
    fn call(mut self, plan: Plan) -> Self {
        self.sides[0].lines.call(CALL, plan);
        self.run(200_000)
    }

    fn run(mut self, until: u64) -> Self {
        loop {
            self.deliver();
            let next = self.sides.iter().filter_map(|side| side.lines.next_timer()).min();
            let Some(next) = next.filter(|next| *next <= until) else { return self };
            self.now = self.now.max(next);
            self.sides.iter_mut().for_each(|side| side.lines.wake(next));
        }
    }

    fn deliver(&mut self) {
        loop {
            let [one, other] = &mut self.sides;
            let (from_one, from_other) = (one.act(self.now), other.act(self.now));
            if from_one.is_empty() && from_other.is_empty() {
                return;
            }
            for (to, from, sent) in [(1, 0, from_one), (0, 1, from_other)] {
                let from = self.sides[from].own;
                let to = &mut self.sides[to];
                let heard = sent.iter().filter(|_| !to.deaf);
                heard.for_each(|bytes| to.lines.receive(self.now, &from, bytes));
            }
        }
    }

    fn ends(&self) -> [(Ended, bool, Vec<u16>); 2] {
        [0, 1].map(|side| {
            let outcome = self.sides[side].outcome();
            (outcome.ended.clone(), outcome.answered, outcome.finals.clone())
        })
    }
}

fn after_answer(ms: u64) -> HangUp {
    HangUp { answered_ms: Some(ms), ..HangUp::default() }
}

#[test]
fn a_call_is_answered_and_both_hear_each_other() {
    let two = Two::new(WhenRung::AnswersAfter(1_000)).call(plan(after_answer(2_000), None));
    assert_eq!(two.ends(), [(Ended::ByUs, true, vec![200]), (Ended::ByThem, true, vec![])]);
    let with = |side: usize| two.sides[side].talks.iter().map(|agreed| agreed.remote.port());
    assert_eq!(with(0).collect::<Vec<_>>(), [40_002]);
    assert_eq!(with(1).collect::<Vec<_>>(), [40_001]);
    assert!(two.sides[0].talks.iter().all(|agreed| agreed.speaks && agreed.payload_type == 8));
}

#[test]
fn patience_ends_at_its_moment_and_the_last_word_is_waited_for() {
    let rings = HangUp { ringing_ms: Some(500), ..after_answer(9_000) };
    let two = Two::new(WhenRung::AnswersAfter(1_000)).call(plan(rings, None));
    assert_eq!(two.ends(), [(Ended::GivenUp, false, vec![487]), (Ended::GivenUp, false, vec![])]);
    let long = HangUp { ringing_ms: Some(5_000), ..after_answer(9_000) };
    let two = Two::new(WhenRung::AnswersAfter(1_000)).call(plan(long, None));
    assert_eq!(two.ends()[0], (Ended::ByUs, true, vec![200]));
}

#[test]
fn a_busy_phone_refuses() {
    let two = Two::new(WhenRung::IsBusy).call(plan(HangUp::default(), None));
    let refused = Ended::Refused(486);
    assert_eq!(two.ends(), [(refused.clone(), false, vec![486]), (refused, false, vec![])]);
}

#[test]
fn where_nobody_is_the_call_has_no_final_response() {
    for hang_up in [HangUp::default(), HangUp { called_ms: Some(1_000), ..HangUp::default() }] {
        let mut two = Two::new(WhenRung::AnswersWhenTold);
        two.sides[1].deaf = true;
        let two = two.call(plan(hang_up, None));
        let outcome = two.sides[0].outcome();
        let ended = if hang_up.called_ms.is_some() { Ended::GivenUp } else { Ended::NoResponse };
        assert_eq!((&outcome.ended, outcome.finals.as_slice()), (&ended, [].as_slice()));
        assert!(two.sides[0].lines.lines.is_empty() && two.sides[0].lines.of_call.is_empty());
    }
}

#[test]
fn whoever_called_is_called_back_by_number() {
    let gives_up = HangUp { ringing_ms: Some(500), answered_ms: Some(700), called_ms: None };
    let mut two = Two::new(WhenRung::AnswersWhenTold).call(plan(gives_up, None));
    two.sides.iter_mut().for_each(|side| side.said.clear());
    let target = "sip:+1-617-555-0123@127.0.0.1:1".to_owned();
    let back = Plan { target, to: peer(1), ..plan(HangUp::default(), None) };
    two.sides[1].lines.call(LineId(2), back);
    let two = two.run(500_000);
    let rung = two.sides[0].said.iter().find_map(|what| match what {
        What::Rung { number, .. } => Some(number.as_str()),
        _ => None,
    });
    assert_eq!(rung, Some("+16175550123"));
    assert_eq!(two.ends(), [(Ended::ByUs, true, vec![]), (Ended::ByThem, true, vec![200])]);
}

#[test]
fn every_oddity_still_gets_one_final_response() {
    for oddity in Oddity::ALL {
        let hang_up = after_answer(if *oddity == Oddity::LateAck { 6_000 } else { 500 });
        let two = Two::new(WhenRung::AnswersAfter(200)).call(plan(hang_up, Some(*oddity)));
        let [ours, theirs] = two.ends();
        assert_eq!(ours, (Ended::ByUs, true, vec![200]), "{oddity}");
        assert!(theirs.1, "{oddity}");
    }
}

#[test]
fn on_hold_nothing_is_spoken() {
    let mut two = Two::new(WhenRung::AnswersAfter(100));
    two.sides[0].lines.call(CALL, plan(HangUp::default(), None));
    let mut two = two.run(5_000);
    let held = &mut two.sides[1].lines;
    let (id, line) = held.lines.iter().next().unwrap();
    let (id, leg) = (*id, line.leg);
    let own = held.own(id).unwrap();
    let mut local = crate::invite::local(&own, 1, 2);
    local.direction = Direction::SendOnly;
    let last = sdp::offer(&local, &[sdp::Codec::Pcma]);
    let sdp = sdp::reoffer(&Session::parse(last.as_bytes()), &local).into_bytes();
    held.order(two.now, Order::Reoffer { leg, sdp });
    let mut two = two.run(10_000);
    let speaks: Vec<bool> = two.sides[0].talks.iter().map(|agreed| agreed.speaks).collect();
    assert_eq!(speaks, [true, false]);
    let now = two.now;
    two.sides[0].lines.hang_up_all(now);
    assert_eq!(two.run(20_000).ends()[0].0, Ended::ByUs);
}
