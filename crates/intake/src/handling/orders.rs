//! Orders to the centre: each under one key until it stands in the journal.

use super::CallHandling;
use super::call_handling::Due;
use super::output::{Clear, Output, Replied};
use super::settings::ORDER_AGAIN_MS;
use crate::sip::{LegId, TextId};
use evenhand_core::CallId;

/// What an order was given for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Purpose {
    /// An INVITE becomes a call.
    Present(LegId),
    /// A call that is over already becomes one on the record: it is abandoned at once.
    PresentGone,
    /// A MESSAGE becomes a call; by sender.
    PresentText(String),
    /// Words stand on the record; the MESSAGE may be acknowledged.
    Words(TextId),
    /// Nothing follows.
    Record,
}

/// An order that the centre has not answered for good.
#[derive(Clone, Debug)]
pub(super) struct Ordered {
    command: Clear,
    purpose: Purpose,
}

impl CallHandling {
    /// Gives an order.
    pub(super) fn order(&mut self, command: Clear, purpose: Purpose) -> String {
        self.last_number += 1;
        let key = format!("sip:{}:{}", self.run, self.last_number);
        self.ordered.insert(key.clone(), Ordered { command, purpose });
        self.order_again(&key);
        key
    }

    /// Whether an INVITE waits for its call.
    pub(super) fn is_presenting(&self) -> bool {
        let mut orders = self.ordered.values();
        orders.any(|ordered| matches!(ordered.purpose, Purpose::Present(_)))
    }

    /// Gives it again under the same key: it is not done twice.
    pub(super) fn order_again(&mut self, key: &str) {
        let Some(Ordered { command, .. }) = self.ordered.get(key) else { return };
        let command = Box::new(command.clone());
        self.outputs.push_back(Output::Order { key: key.to_owned(), command });
    }

    pub(super) fn take_reply(&mut self, now: u64, key: &str, replied: Replied) {
        if replied == Replied::NotYet {
            self.due.insert((now + ORDER_AGAIN_MS, Due::Order(key.to_owned())));
            return;
        }
        let Some(Ordered { command, purpose }) = self.ordered.remove(key) else { return };
        match replied {
            Replied::Recorded { call } => self.recorded(now, purpose, call),
            Replied::Refused(why) => {
                self.note(format!("the centre refused `{}`: {why}", command.name()));
                if let Purpose::Words(text) = purpose {
                    // It was said and could not be put with its call: the sender must know.
                    self.refuse_text(now, text);
                }
            }
            Replied::NotYet => {}
        }
    }

    fn recorded(&mut self, now: u64, purpose: Purpose, call: Option<CallId>) {
        match (purpose, call) {
            (Purpose::Present(leg), Some(call)) => self.presented(now, leg, call),
            (Purpose::PresentGone, Some(call)) => self.abandon(call),
            (Purpose::PresentText(sender), Some(call)) => self.text_presented(&sender, call),
            (Purpose::Words(text), _) => self.accept_text(now, text),
            (Purpose::Present(_) | Purpose::PresentGone | Purpose::PresentText(_), None)
            | (Purpose::Record, _) => {}
        }
    }
}
