//! All lines of one phone: what comes in, what was asked and what time brings, to what is done.
//!
//! Sans-IO, as the endpoint that it drives. After each input, `poll` is drained.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;

use intake::sip::{
    Endpoint, Framing, LegId, Message, Method, Order, Output, Peer, StartLine, Timers, parse,
    reason_of,
};

use crate::ear::Heard;
use crate::invite::{self, Own};
use crate::line::{Line, Stage};
use crate::phone::WhenRung;
use crate::plan::Plan;
use crate::said::{Ended, LineId, Said, What};
use crate::talk::Agreed;

/// What is to be done.
#[derive(Debug)]
pub(crate) enum Deed {
    /// These bytes go out.
    Send { to: Peer, bytes: Vec<u8> },
    /// An address for voice is wanted, to speak this.
    OpenVoice { line: LineId, plan: Box<Plan> },
    /// Voice begins, or goes on otherwise.
    Talk { line: LineId, agreed: Agreed },
    /// No more voice: what was heard is wanted.
    Hush { line: LineId },
    /// This is told.
    Say(Said),
}

/// How the phone is reached, and what it does when it is rung.
#[derive(Clone, Debug)]
pub(crate) struct Manner {
    /// Host and port by transport, as in Contact.
    pub contacts: intake::sip::Contacts,
    /// For reports on voice.
    pub reports_port: u16,
    pub when_rung: WhenRung,
}

/// All lines.
#[derive(Debug)]
pub(crate) struct Lines {
    pub(crate) endpoint: Endpoint,
    pub(crate) manner: Manner,
    pub(crate) lines: BTreeMap<LineId, Line>,
    pub(crate) of_leg: BTreeMap<LegId, LineId>,
    pub(crate) of_call: BTreeMap<String, LineId>,
    due: BTreeSet<(u64, LineId)>,
    /// The latest plan of each number that called: whoever is rung back speaks as before.
    pub(crate) known: BTreeMap<String, Plan>,
    /// Whose INVITE is being made.
    placing: Option<LineId>,
    deeds: VecDeque<Deed>,
}

impl Lines {
    pub fn new(endpoint: Endpoint, manner: Manner) -> Self {
        Self {
            endpoint,
            manner,
            lines: BTreeMap::new(),
            of_leg: BTreeMap::new(),
            of_call: BTreeMap::new(),
            due: BTreeSet::new(),
            known: BTreeMap::new(),
            placing: None,
            deeds: VecDeque::new(),
        }
    }

    /// The next thing to be done, in order.
    pub fn poll(&mut self) -> Option<Deed> {
        self.deeds.pop_front()
    }

    /// When `wake` has something to do.
    pub fn next_timer(&self) -> Option<u64> {
        let due = self.due.first().map(|(at, _)| *at);
        [due, self.endpoint.next_timer()].into_iter().flatten().min()
    }

    /// Somebody wants to call.
    pub fn call(&mut self, id: LineId, plan: Plan) {
        let leg = self.endpoint.new_leg();
        self.remember(&plan);
        self.deed(Deed::OpenVoice { line: id, plan: Box::new(plan.clone()) });
        self.of_leg.insert(leg, id);
        self.lines.insert(id, Line::new(leg, plan));
    }

    /// There is an address for voice, or none.
    pub fn voice_opened(&mut self, now: u64, id: LineId, opened: Result<SocketAddr, String>) {
        let Some(line) = self.lines.get_mut(&id) else { return };
        match opened {
            Ok(media) => line.media = Some(media),
            Err(why) => {
                line.heard = Some(Heard::default());
                let leg = line.leg;
                self.end(now, id, Ended::NotBegun(why));
                self.order(now, Order::Hangup { leg, reason: None });
                return self.settle(now, id);
            }
        }
        match line.stage {
            Stage::Opening => self.place(now, id),
            Stage::Rung if line.answers => self.answer(now, id),
            Stage::Rung | Stage::Called | Stage::Ringing | Stage::Up => {}
            Stage::Over => self.deed(Deed::Hush { line: id }),
        }
    }

    /// What was heard on a line, once its voice has ended.
    pub fn heard(&mut self, now: u64, id: LineId, heard: Heard) {
        if let Some(line) = self.lines.get_mut(&id) {
            line.heard = Some(heard);
        }
        self.settle(now, id);
    }

    /// The INVITE goes out.
    fn place(&mut self, now: u64, id: LineId) {
        let Some(own) = self.own(id) else { return };
        let Some(line) = self.lines.get(&id) else { return };
        let call = invite::new_call(&line.plan, line.leg, &own);
        self.placing = Some(id);
        self.order(now, Order::Call(Box::new(call)));
        self.placing = None;
        let Some(line) = self.lines.get_mut(&id).filter(|line| line.stage == Stage::Opening) else {
            return;
        };
        (line.stage, line.version) = (Stage::Called, 1);
        let after = line.plan.hang_up.called_ms;
        self.due_after(now, id, after);
    }

    /// How a line hears and is reached; `None` while it has no address for voice.
    pub(crate) fn own(&self, id: LineId) -> Option<Own> {
        let line = self.lines.get(&id)?;
        let transport = line.from.unwrap_or(line.plan.to).transport;
        let host = self.manner.contacts.of(transport).to_owned();
        let transport = match transport {
            intake::sip::Transport::Udp => "",
            intake::sip::Transport::Tcp => ";transport=tcp",
            intake::sip::Transport::Tls => ";transport=tls",
        };
        Some(Own { media: line.media?, reports_port: self.manner.reports_port, host, transport })
    }

    /// The person hangs up, whatever the line does.
    pub fn hang_up(&mut self, now: u64, id: LineId) {
        let Some(line) = self.lines.get(&id) else { return };
        let ended = match line.stage {
            Stage::Over => return,
            Stage::Up => Ended::ByUs,
            Stage::Rung => Ended::Refused(603),
            Stage::Opening | Stage::Called | Stage::Ringing => Ended::GivenUp,
        };
        let leg = line.leg;
        self.end(now, id, ended);
        self.order(now, Order::Hangup { leg, reason: None });
        self.settle(now, id);
    }

    /// Everybody hangs up.
    pub fn hang_up_all(&mut self, now: u64) {
        let all: Vec<LineId> = self.lines.keys().copied().collect();
        all.into_iter().for_each(|id| self.hang_up(now, id));
    }

    /// Bytes came.
    pub fn receive(&mut self, now: u64, from: &Peer, bytes: &[u8]) {
        let known = self.of_message(from, bytes);
        let mended = known.as_ref().and_then(|(id, message)| {
            let line = self.lines.get_mut(id)?;
            if let (Some(code @ 200..), Some((_, method))) = (message.code(), message.cseq()) {
                line.note_final(&method, code);
            }
            line.wire.receive(bytes)
        });
        if let Some((id, message)) = &known {
            self.say(now, *id, What::Received(in_short(message)));
        }
        self.endpoint.receive(now, from, mended.as_deref().unwrap_or(bytes));
        self.drain(now);
        known.into_iter().for_each(|(id, _)| self.settle(now, id));
    }

    fn of_message(&self, from: &Peer, bytes: &[u8]) -> Option<(LineId, Message)> {
        let reliable = from.transport.is_reliable();
        let framing = if reliable { Framing::Stream } else { Framing::Datagram };
        let message = parse(bytes, framing).ok()?;
        let id = self.of_call.get(message.call_id()?.as_ref()).copied()?;
        Some((id, message))
    }

    /// A connection is gone.
    pub fn connection_lost(&mut self, now: u64, flow: u64) {
        self.endpoint.connection_lost(now, flow);
        self.drain(now);
    }

    /// Does what is due.
    pub fn wake(&mut self, now: u64) {
        self.endpoint.wake(now);
        self.drain(now);
        while let Some((at, id)) = self.due.first().copied().filter(|(at, _)| *at <= now) {
            self.due.remove(&(at, id));
            match self.lines.get(&id).map(|line| line.stage) {
                Some(Stage::Rung) => self.answer(now, id),
                Some(Stage::Opening | Stage::Called | Stage::Ringing | Stage::Up) => {
                    self.hang_up(now, id);
                }
                Some(Stage::Over) | None => self.settle(now, id),
            }
        }
    }

    /// What crossed with the other side's wish does not fit any more, which is no fault.
    pub(crate) fn order(&mut self, now: u64, order: Order) {
        let _crossed = self.endpoint.order(now, order);
        self.drain(now);
    }

    fn drain(&mut self, now: u64) {
        while let Some(output) = self.endpoint.poll() {
            match output {
                Output::Send { to, bytes } => self.send(now, to, bytes),
                Output::Event(event) => self.happened(now, event),
            }
        }
    }

    /// A message goes out, with the faults that its line puts into it.
    fn send(&mut self, now: u64, to: Peer, bytes: Vec<u8>) {
        let Ok(message) = parse(&bytes, Framing::Datagram) else {
            return self.deed(Deed::Send { to, bytes });
        };
        let call_id = message.call_id().unwrap_or_default().into_owned();
        if let Some(id) = self.placing.take_if(|_| message.method() == Some(&Method::Invite)) {
            self.of_call.insert(call_id.clone(), id);
            if let Some(line) = self.lines.get_mut(&id) {
                line.call_id.clone_from(&call_id);
            }
        }
        let known = self.of_call.get(&call_id).copied();
        let line = known.and_then(|id| Some((id, self.lines.get_mut(&id)?)));
        let Some((id, line)) = line else { return self.deed(Deed::Send { to, bytes }) };
        line.owes_bye |= message.method() == Some(&Method::Bye);
        for bytes in line.wire.send(now, bytes) {
            self.deeds.push_back(Deed::Send { to, bytes });
            let what = What::Sent(in_short(&message));
            self.deeds.push_back(Deed::Say(Said { line: id, at_ms: now, what }));
        }
    }

    /// The line is over; the first reason stands.
    pub(crate) fn end(&mut self, now: u64, id: LineId, ended: Ended) {
        let Some(line) = self.lines.get_mut(&id) else { return };
        if line.stage == Stage::Over {
            return;
        }
        line.stage = Stage::Over;
        line.ended = Some(ended);
        if line.media.is_some() {
            self.deeds.push_back(Deed::Hush { line: id });
        }
        // RFC 3261 section 9.1: where no final response follows for so long, none will.
        self.set_due(id, Some(now + Timers::default().give_up_ms()));
    }

    /// Tells the end, once all of it is known.
    pub(crate) fn settle(&mut self, now: u64, id: LineId) {
        let Some(line) = self.lines.get_mut(&id) else { return };
        let Some(outcome) = line.outcome(now) else { return };
        self.set_due(id, None);
        self.say(now, id, What::Over(Box::new(outcome)));
        if let Some(line) = self.lines.remove(&id) {
            self.of_leg.remove(&line.leg);
            self.of_call.remove(&line.call_id);
        }
    }

    /// A moment that has no time of its own leaves the earlier one standing.
    pub(crate) fn due_after(&mut self, now: u64, id: LineId, after_ms: Option<u64>) {
        if let Some(after_ms) = after_ms {
            self.set_due(id, Some(now + after_ms));
        }
    }

    pub(crate) fn set_due(&mut self, id: LineId, due: Option<u64>) {
        let Some(line) = self.lines.get_mut(&id) else { return };
        if let Some(before) = std::mem::replace(&mut line.due, due) {
            self.due.remove(&(before, id));
        }
        self.due.extend(due.map(|due| (due, id)));
    }

    pub(crate) fn deed(&mut self, deed: Deed) {
        self.deeds.push_back(deed);
    }

    pub(crate) fn say(&mut self, now: u64, line: LineId, what: What) {
        self.deed(Deed::Say(Said { line, at_ms: now, what }));
    }
}

/// A message in a few words: `INVITE urn:service:sos`, `180 Ringing`, `BYE`, `200 OK to BYE`.
fn in_short(message: &Message) -> String {
    match &message.start {
        StartLine::Response { code, reason, .. } => {
            let reason = if reason.is_empty() { reason_of(*code) } else { reason };
            match message.cseq() {
                Some((_, Method::Invite)) | None => format!("{code} {reason}"),
                Some((_, method)) => format!("{code} {reason} to {method}"),
            }
        }
        StartLine::Request { method: Method::Invite, uri, .. } => format!("INVITE {uri}"),
        StartLine::Request { method, .. } => method.to_string(),
    }
}

#[cfg(test)]
mod tests;
