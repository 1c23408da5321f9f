//! Calls by text: MESSAGE (RFC 3428). What one sender writes within an hour is one call. A MESSAGE
//! is acknowledged when its words stand on the record, and not before.

use super::CallHandling;
use super::arrival::Arrival;
use super::orders::Purpose;
use super::settings::CONVERSATION_MS;
use crate::sip::{LegId, Message, Order, Peer, TextId};
use evenhand_core::{CallId, Channel, Command};

/// What one sender writes.
#[derive(Clone, Debug)]
pub(super) struct Conversation {
    /// Its call, once that is on the record.
    pub call: Option<CallId>,
    /// Words that wait for it.
    pub waiting: Vec<(TextId, String)>,
    /// When it began.
    pub at: u64,
}

impl CallHandling {
    pub(super) fn text_arrived(
        &mut self,
        now: u64,
        (text, leg): (TextId, Option<LegId>),
        (message, raw): (&Message, &[u8]),
        from: &Peer,
    ) {
        let mut arrival = Arrival::of(message);
        let words = arrival.words.take().unwrap_or_default();
        let call = leg.and_then(|leg| self.lines.get(&leg)).and_then(|line| line.call);
        if let Some(call) = call {
            return self.write_down(call, text, words);
        }
        self.conversations.retain(|_, known| known.at + CONVERSATION_MS > now);
        let sender = arrival.callback.clone();
        if let Some(known) = self.conversations.get_mut(&sender) {
            return match known.call {
                Some(call) => self.write_down(call, text, words),
                None => known.waiting.push((text, words)),
            };
        }
        let conversation = Conversation { call: None, waiting: vec![(text, words)], at: now };
        self.conversations.insert(sender.clone(), conversation);
        self.present(&mut arrival, Channel::Text, (from, raw), Purpose::PresentText(sender));
    }

    pub(super) fn text_presented(&mut self, sender: &str, call: CallId) {
        let Some(known) = self.conversations.get_mut(sender) else { return };
        known.call = Some(call);
        for (text, words) in std::mem::take(&mut known.waiting) {
            self.write_down(call, text, words);
        }
    }

    fn write_down(&mut self, call: CallId, text: TextId, words: String) {
        // A MESSAGE without words still says that somebody is there.
        let words = if words.is_empty() { "(a message without words)".to_owned() } else { words };
        self.order(Command::RecordWords { call, words }, Purpose::Words(text));
    }

    pub(super) fn accept_text(&mut self, now: u64, text: TextId) {
        self.sip(now, Order::AcceptText { text });
    }

    pub(super) fn refuse_text(&mut self, now: u64, text: TextId) {
        self.sip(now, Order::RejectText { text, code: 500, reason: String::new() });
    }
}
