//! One line: one call, from the first thought of it to the last word about it.

use std::net::SocketAddr;

use intake::sip::{LegId, Method, Peer};

use crate::ear::Heard;
use crate::plan::Plan;
use crate::said::{Ended, Outcome};
use crate::talk::Agreed;
use crate::wire::Wire;

/// How far it got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It waits for an address for voice.
    Opening,
    /// Our INVITE is out.
    Called,
    /// It rings at the other end.
    Ringing,
    /// It rings here.
    Rung,
    /// Both may speak.
    Up,
    /// It is over; the last word, and what was heard, are still to come.
    Over,
}

/// A line.
#[derive(Debug)]
pub(crate) struct Line {
    pub leg: LegId,
    pub plan: Plan,
    pub stage: Stage,
    /// The other side called.
    pub rung: bool,
    pub wire: Wire,
    /// Empty until the INVITE is out.
    pub call_id: String,
    pub media: Option<SocketAddr>,
    /// Voice as agreed; kept to see a change.
    pub agreed: Option<Agreed>,
    /// The offer that waits for our answer; empty where they gave none.
    pub offer: Vec<u8>,
    /// Of our session description.
    pub version: u64,
    /// When something is to be done next: hang up, answer, or give up waiting for the last word.
    pub due: Option<u64>,
    /// Answer as soon as there is an address for voice.
    pub answers: bool,
    pub answered: bool,
    pub ended: Option<Ended>,
    pub finals: Vec<u16>,
    /// Our BYE is out, and its answer is still to come.
    pub owes_bye: bool,
    /// `Some` once nothing more will be heard.
    pub heard: Option<Heard>,
    /// Where an incoming call came from.
    pub from: Option<Peer>,
}

impl Line {
    /// A line that waits for an address for voice.
    pub fn new(leg: LegId, plan: Plan) -> Self {
        Self {
            leg,
            wire: Wire::new(plan.oddity),
            plan,
            stage: Stage::Opening,
            rung: false,
            call_id: String::new(),
            media: None,
            agreed: None,
            offer: Vec::new(),
            version: 0,
            due: None,
            answers: false,
            answered: false,
            ended: None,
            finals: Vec::new(),
            owes_bye: false,
            heard: None,
            from: None,
        }
    }

    /// A final response came. Of the INVITE each code counts once, for a 200 is repeated until its
    /// ACK.
    pub fn note_final(&mut self, method: &Method, code: u16) {
        match method {
            Method::Invite if !self.finals.contains(&code) => self.finals.push(code),
            Method::Bye => self.owes_bye = false,
            _ => {}
        }
    }

    /// Whether the other side's last word is still to come: on our INVITE, or on our BYE.
    fn is_owed(&self) -> bool {
        let owes_final = !self.rung && !self.call_id.is_empty() && self.finals.is_empty();
        owes_final || self.owes_bye
    }

    /// What became of it, once nothing more can: to be taken once.
    pub fn outcome(&mut self, now: u64) -> Option<Outcome> {
        let given_up = self.due.is_some_and(|due| due <= now);
        let is_over = self.stage == Stage::Over && (!self.is_owed() || given_up);
        let heard = if is_over { self.heard.take()? } else { return None };
        Some(Outcome {
            number: self.plan.number.clone(),
            rung: self.rung,
            answered: self.answered,
            ended: self.ended.clone().unwrap_or(Ended::Lost),
            finals: self.finals.clone(),
            heard,
        })
    }
}
