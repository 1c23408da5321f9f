//! The telephone is rung: a centre calls back.

use intake::sip::sdp::{self, Codec, Direction, Session};
use intake::sip::{LegId, Message, Order, Peer};

use crate::line::{Line, Stage};
use crate::lines::{Deed, Lines};
use crate::phone::WhenRung;
use crate::plan::{HangUp, Plan, Speech, Where};
use crate::said::{Ended, LineId, What};

/// Numbers whose plan is remembered; the first in order is forgotten beyond that. A caller who is
/// not remembered speaks silence.
const KNOWN_MAX: usize = 20_000;
/// Lines of the other side have numbers above this; our own count up from 1.
const THEIRS: u64 = 1 << 32;

impl Lines {
    pub(crate) fn remember(&mut self, plan: &Plan) {
        self.known.insert(digits(&plan.number), plan.clone());
        if self.known.len() > KNOWN_MAX {
            self.known.pop_first();
        }
    }

    /// A call comes in: it rings here, and is answered as the phone was told.
    pub(crate) fn rung(&mut self, now: u64, leg: LegId, invite: &Message, from: Peer) {
        let id = LineId(THEIRS + leg.0);
        // Without a border in between the Request-URI is our Contact, which names no number.
        let asked = invite.request_uri().and_then(|uri| uri.user().map(str::to_owned));
        let meant = || invite.to().and_then(|to| to.uri.user().map(str::to_owned));
        let number = asked.or_else(meant).unwrap_or_default();
        let plan = self.plan_of(&number, from);
        let number = plan.number.clone();
        let mut line = Line::new(leg, plan.clone());
        (line.stage, line.rung, line.from) = (Stage::Rung, true, Some(from));
        line.call_id = invite.call_id().unwrap_or_default().into_owned();
        let parts = invite.parts();
        line.offer =
            parts.first("application/sdp").map(|part| part.body.clone()).unwrap_or_default();
        self.of_leg.insert(leg, id);
        self.of_call.insert(line.call_id.clone(), id);
        self.lines.insert(id, line);
        let caller = invite.from().map(|from| from.uri.as_str().to_owned()).unwrap_or_default();
        self.say(now, id, What::Rung { number, from: caller });
        self.deed(Deed::OpenVoice { line: id, plan: Box::new(plan) });
        self.order(now, Order::Ring { leg });
        match self.manner.when_rung {
            WhenRung::AnswersAfter(ms) => self.set_due(id, Some(now + ms)),
            WhenRung::AnswersWhenTold => {}
            WhenRung::IsBusy => {
                self.end(now, id, Ended::Refused(486));
                let (code, reason, headers) = (486, String::new(), Vec::new());
                self.order(now, Order::Reject { leg, code, reason, headers });
            }
        }
    }

    /// Who is rung back does what they did when they called, without its faults; its hang-up is
    /// that of an answered call.
    fn plan_of(&self, number: &str, from: Peer) -> Plan {
        let known = self.known.get(&digits(number)).or_else(|| match number {
            "" => self.known.values().next_back(),
            _ => None,
        });
        match known {
            Some(plan) => Plan {
                oddity: None,
                hang_up: HangUp { answered_ms: plan.hang_up.answered_ms, ..HangUp::default() },
                ..plan.clone()
            },
            None => stranger(number, from),
        }
    }

    /// Picks up a line that rings here.
    pub(crate) fn answer(&mut self, now: u64, id: LineId) {
        let Some(line) = self.lines.get_mut(&id).filter(|line| line.stage == Stage::Rung) else {
            return;
        };
        line.answers = true;
        if line.media.is_none() {
            return;
        }
        let (leg, offer) = (line.leg, line.offer.clone());
        let Some(sdp) = self.agree(now, id, &offer) else { return };
        self.order(now, Order::Answer { leg, sdp, headers: Vec::new() });
        self.up(now, id);
    }

    /// The ACK of our answer: it has their answer, where the offer was ours.
    pub(crate) fn confirmed(&mut self, now: u64, leg: LegId, answer: Option<&[u8]>) {
        let Some(id) = self.of_leg.get(&leg).copied() else { return };
        let answer = answer.map(Session::parse);
        if let Some(plan) = answer.and_then(|answer| sdp::accepted(&answer, Direction::SendRecv)) {
            self.talk(now, id, &plan);
        }
    }
}

/// A number without what people put between its digits.
fn digits(number: &str) -> String {
    number.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn stranger(number: &str, from: Peer) -> Plan {
    Plan {
        target: String::new(),
        to: from,
        number: number.to_owned(),
        name: String::new(),
        place: Where::Unsaid,
        identifiers: None,
        codecs: vec![Codec::Pcmu, Codec::Pcma],
        speech: Speech::Silence,
        hang_up: HangUp::default(),
        oddity: None,
    }
}
