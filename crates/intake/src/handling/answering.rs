//! A person answers: the session description, voice, and the end.

use super::CallHandling;
use super::line::Stage;
use super::orders::Purpose;
use super::output::{Held, Voice};
use crate::sip::sdp::{self, Codec, Direction, Local, Session};
use crate::sip::{LegId, Order, Uri};
use evenhand_core::{CallId, Command, PersonId, TransferResult};

impl CallHandling {
    /// A person answers a call.
    pub(super) fn answered(&mut self, now: u64, call: CallId, by: &PersonId) {
        let Some(line) = self.leg_of(call) else { return };
        line.person = Some(by.clone());
        let leg = line.leg;
        match line.stage {
            Stage::Ringing => {
                line.stage = Stage::Answering;
                self.answer(now, leg);
            }
            // The person says that a caller who was rung back is reached.
            Stage::Up | Stage::Dialling => line.reached = true,
            Stage::Recording | Stage::Answering => {}
        }
    }

    /// 200 OK, as soon as there is an address for voice.
    pub(super) fn answer(&mut self, now: u64, leg: LegId) {
        let Some(line) = self.lines.get_mut(&leg) else { return };
        if line.stage != Stage::Answering || line.voice.is_none() {
            return;
        }
        line.stage = Stage::Up;
        let offer = std::mem::take(&mut line.offer);
        let sdp = match offer.is_empty() {
            true => self.own_offer(leg),
            false => self.agree(leg, &offer),
        };
        let Some(sdp) = sdp else { return };
        self.sip(now, Order::Answer { leg, sdp, headers: Vec::new() });
        self.join(leg);
    }

    /// Voice goes to the person, or back to where it came from.
    pub(super) fn join(&mut self, leg: LegId) {
        let Some(line) = self.lines.get(&leg) else { return };
        let voice = match (&line.person, line.test) {
            (_, true) => Voice::Loopback { leg: leg.0 },
            (Some(person), false) => Voice::Bridge { leg: leg.0, person: person.clone() },
            (None, false) => return,
        };
        self.voice(voice);
    }

    /// Our description where the other side gave none, or where we change the session.
    pub(super) fn own_offer(&mut self, leg: LegId) -> Option<Vec<u8>> {
        let local = self.local(leg)?;
        let line = self.lines.get_mut(&leg)?;
        line.description = match line.description.is_empty() {
            true => sdp::offer(&local, &[Codec::Pcmu, Codec::Pcma]),
            false => sdp::reoffer(&Session::parse(line.description.as_bytes()), &local),
        };
        Some(line.description.clone().into_bytes())
    }

    /// Answers an offer, and lets voice flow as agreed.
    fn agree(&mut self, leg: LegId, offer: &[u8]) -> Option<Vec<u8>> {
        let local = self.local(leg)?;
        let answer = sdp::answer(&Session::parse(offer), &local);
        match answer.audio {
            Some(plan) => self.voice(Voice::Start { leg: leg.0, plan: Box::new(plan) }),
            None => self.note(format!("leg {}: its offer has no voice that we speak", leg.0)),
        }
        let line = self.lines.get_mut(&leg)?;
        line.description.clone_from(&answer.text);
        Some(answer.text.into_bytes())
    }

    fn local(&mut self, leg: LegId) -> Option<Local> {
        let line = self.lines.get_mut(&leg)?;
        let voice = line.voice?;
        line.version += 1;
        Some(Local {
            address: voice.ip().to_string(),
            port: voice.port(),
            session_id: leg.0,
            version: line.version,
            direction: wish(line.held),
            languages: self.settings.languages.clone(),
        })
    }

    /// The caller's answer to our offer came.
    pub(super) fn confirmed(&mut self, leg: LegId, sdp: Option<&[u8]>) {
        let Some(line) = self.lines.get(&leg) else { return };
        let plan = sdp.and_then(|sdp| sdp::accepted(&Session::parse(sdp), wish(line.held)));
        if let Some(plan) = plan {
            self.voice(Voice::Start { leg: leg.0, plan: Box::new(plan) });
        }
    }

    /// The caller's side changes the session: another address, a hold.
    pub(super) fn reoffered(&mut self, now: u64, leg: LegId, offer: Option<&[u8]>) {
        let sdp = match offer {
            Some(offer) => self.agree(leg, offer),
            None => self.own_offer(leg),
        };
        match sdp {
            Some(sdp) => self.sip(now, Order::AnswerReoffer { leg, sdp }),
            None => self.sip(now, Order::RejectReoffer { leg }),
        }
    }

    /// The centre says that a call is over.
    pub(super) fn released(&mut self, now: u64, call: CallId) {
        self.conversations.retain(|_, conversation| conversation.call != Some(call));
        let Some(line) = self.leg_of(call) else { return };
        let leg = line.leg;
        // We were to call, and have no address for voice yet: nothing was sent.
        if line.stage == Stage::Dialling && line.voice.is_none() {
            self.forget(leg);
            return;
        }
        self.sip(now, Order::Hangup { leg, reason: None });
    }

    /// A blind transfer: the caller's side is asked to call somebody else (RFC 5589).
    pub(super) fn transfer(&mut self, now: u64, call: CallId, to: &str) {
        let Some(line) = self.leg_of(call).filter(|line| line.stage == Stage::Up) else {
            return self.report_transfer(call, 481);
        };
        let leg = line.leg;
        self.sip(now, Order::Refer { leg, to: Uri::new(to), replaces: None });
    }

    pub(super) fn transfer_progress(&mut self, leg: LegId, code: u16) {
        let call = self.lines.get(&leg).and_then(|line| line.call);
        if let Some(call) = call.filter(|_| code >= 200) {
            self.report_transfer(call, code);
        }
    }

    fn report_transfer(&mut self, call: CallId, code: u16) {
        let result = match code {
            200..=299 => TransferResult::Accepted,
            _ => TransferResult::Failed,
        };
        self.order(Command::ReportTransfer { call, result, code }, Purpose::Record);
    }
}

/// Whoever holds goes on sending, so that the caller hears that the line is alive.
fn wish(held: Held) -> Direction {
    match held {
        Held::Holding => Direction::SendOnly,
        Held::Speaking => Direction::SendRecv,
    }
}
