//! What the endpoint tells, and what a line makes of it.

use intake::sip::sdp::{self, Direction, Session};
use intake::sip::{EndedBy, Event, LegId, Order};

use crate::invite;
use crate::line::Stage;
use crate::lines::{Deed, Lines};
use crate::oddity::Oddity;
use crate::said::{Ended, LineId, What};
use crate::talk::Agreed;

impl Lines {
    pub(crate) fn happened(&mut self, now: u64, event: Event) {
        match event {
            Event::Incoming { leg, invite, from, .. } => self.rung(now, leg, &invite, from),
            Event::Progress { leg, code, .. } => self.progressed(now, leg, code),
            Event::Accepted { leg, sdp, .. } => self.accepted(now, leg, sdp.as_deref()),
            Event::Confirmed { leg, sdp } => self.confirmed(now, leg, sdp.as_deref()),
            Event::Failed { leg, code, message, .. } => {
                let answered = message.is_some();
                let ended = if answered { Ended::Refused(code) } else { Ended::NoResponse };
                self.end_leg(now, leg, ended);
            }
            Event::Cancelled { leg, .. } => self.end_leg(now, leg, Ended::GivenUp),
            Event::Ended { leg, why, .. } => self.end_leg(
                now,
                leg,
                match why {
                    EndedBy::ByUs => Ended::ByUs,
                    EndedBy::ByPeer | EndedBy::Replaced => Ended::ByThem,
                    EndedBy::ConnectionLost | EndedBy::SessionExpired | EndedBy::NoAck => {
                        Ended::Lost
                    }
                },
            ),
            Event::Reoffered { leg, sdp, .. } => self.reoffered(now, leg, sdp.as_deref()),
            Event::ReferRequested { leg, .. } => {
                self.declined(now, leg, "a transfer");
                self.order(now, Order::RejectRefer { leg });
            }
            Event::SubscribeRequested { sub, .. } => {
                let (code, reason) = (489, String::new());
                self.order(now, Order::RejectSubscription { sub, code, reason });
            }
            Event::TextArrived { text, .. } => self.order(now, Order::AcceptText { text }),
            // Nothing else moves a telephone.
            _ => {}
        }
    }

    fn progressed(&mut self, now: u64, leg: LegId, code: u16) {
        let Some(id) = self.of_leg.get(&leg).copied() else { return };
        let Some(line) = self.lines.get_mut(&id) else { return };
        if line.stage == Stage::Called && code >= 180 {
            line.stage = Stage::Ringing;
            let after = line.plan.hang_up.ringing_ms;
            self.due_after(now, id, after);
            self.say(now, id, What::Ringing(code));
        }
    }

    fn accepted(&mut self, now: u64, leg: LegId, answer: Option<&[u8]>) {
        let Some(id) = self.of_leg.get(&leg).copied() else { return };
        self.up(now, id);
        if let Some(plan) = answer.and_then(accepted_plan) {
            self.talk(now, id, &plan);
        }
        let Some(line) = self.lines.get(&id) else { return };
        if line.plan.oddity == Some(Oddity::CancelAfter200) {
            let (to, bytes) = (line.plan.to, line.wire.cancel());
            self.deed(Deed::Send { to, bytes });
            self.say(now, id, What::Sent("CANCEL".to_owned()));
        }
    }

    pub(crate) fn up(&mut self, now: u64, id: LineId) {
        let Some(line) = self.lines.get_mut(&id) else { return };
        (line.stage, line.answered) = (Stage::Up, true);
        let after = line.plan.hang_up.answered_ms;
        if line.rung {
            self.set_due(id, None);
        }
        self.due_after(now, id, after);
        self.say(now, id, What::Answered);
    }

    pub(crate) fn talk(&mut self, now: u64, id: LineId, plan: &sdp::AudioPlan) {
        let Some(line) = self.lines.get_mut(&id) else { return };
        let Some(agreed) = Agreed::of(plan) else {
            return self.say(now, id, What::Declined("voice at a name instead of an address"));
        };
        if line.agreed.replace(agreed) == Some(agreed) {
            return;
        }
        self.deed(Deed::Talk { line: id, agreed });
        let held = if agreed.speaks { "" } else { ", on hold" };
        let (codec, remote) = (plan.codec.as_str(), agreed.remote);
        self.say(now, id, What::Voice(format!("{codec} with {remote}{held}")));
    }

    fn reoffered(&mut self, now: u64, leg: LegId, offer: Option<&[u8]>) {
        let Some(id) = self.of_leg.get(&leg).copied() else { return };
        match self.agree(now, id, offer.unwrap_or_default()) {
            Some(sdp) => self.order(now, Order::AnswerReoffer { leg, sdp }),
            None => self.order(now, Order::RejectReoffer { leg }),
        }
    }

    /// Our answer to an offer, or our offer where there is none; voice goes on as agreed.
    pub(crate) fn agree(&mut self, now: u64, id: LineId, offer: &[u8]) -> Option<Vec<u8>> {
        let own = self.own(id)?;
        let line = self.lines.get_mut(&id)?;
        line.version += 1;
        let local = invite::local(&own, u64::from(own.media.port()), line.version);
        if offer.is_empty() {
            let text = sdp::offer(&local, &line.plan.codecs);
            return Some(invite::with_reports(&text, &own).into_bytes());
        }
        let answer = sdp::answer(&Session::parse(offer), &local);
        let text = match &answer.audio {
            Some(_) => invite::with_reports(&answer.text, &own),
            None => answer.text,
        };
        if let Some(plan) = answer.audio {
            self.talk(now, id, &plan);
        }
        Some(text.into_bytes())
    }

    fn declined(&mut self, now: u64, leg: LegId, what: &'static str) {
        if let Some(id) = self.of_leg.get(&leg).copied() {
            self.say(now, id, What::Declined(what));
        }
    }

    fn end_leg(&mut self, now: u64, leg: LegId, ended: Ended) {
        if let Some(id) = self.of_leg.get(&leg).copied() {
            self.end(now, id, ended);
            self.settle(now, id);
        }
    }
}

fn accepted_plan(answer: &[u8]) -> Option<sdp::AudioPlan> {
    sdp::accepted(&Session::parse(answer), Direction::SendRecv)
}
