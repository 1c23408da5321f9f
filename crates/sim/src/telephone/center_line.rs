//! Between call handling and centre: orders arrive in the order in which they were given, answers
//! in any; some of the time all of it takes seconds, and an answer may get lost.

use crate::rng::Rng;
use center::{Accepted, Rejected};
use evenhand_core::{CallId, Event, PersonId};
use intake::handling::{Clear, Opened, Replied, Told};
use std::collections::{BTreeMap, VecDeque};

/// What call handling is going to hear.
#[derive(Clone, Debug)]
pub(super) enum Heard {
    Told(Told),
    Replied {
        key: String,
        replied: Replied,
    },
    /// A person rings back; the number is looked up when this is heard.
    Dial {
        call: CallId,
        by: PersonId,
    },
    VoiceOpened {
        leg: u64,
        opened: Opened,
    },
    Fetched {
        id: u64,
        answer: Result<Vec<u8>, String>,
    },
}

/// The line.
#[derive(Clone, Debug)]
pub(super) struct CenterLine {
    rng: Rng,
    /// The centre is slow from here to there.
    slow: (u64, u64),
    orders: VecDeque<(u64, String, Box<Clear>)>,
    heard: BTreeMap<(u64, u64), Heard>,
    last_told: u64,
    count: u64,
}

/// How long the centre may take while it is slow, there or back.
pub(super) const SLOW_MS: u64 = 5_000;

impl CenterLine {
    pub fn draw(seed: u64, start: u64) -> Self {
        let mut rng = Rng::named(seed, "telephone/center");
        let from = start + rng.below(120_000);
        let slow = (from, from + if rng.chance(500) { rng.below(40_000) } else { 0 });
        let (orders, heard) = (VecDeque::new(), BTreeMap::new());
        Self { rng, slow, orders, heard, last_told: 0, count: 0 }
    }

    /// The fault that the line is, if it is one.
    pub fn fault(&self) -> Option<&'static str> {
        (self.slow.1 > self.slow.0).then_some("centre slow")
    }

    /// When something arrives next at either end.
    pub fn next_at(&self) -> Option<u64> {
        let order = self.orders.front().map(|(at, ..)| *at);
        let heard = self.heard.keys().map(|(at, _)| *at).next();
        order.into_iter().chain(heard).min()
    }

    /// Whether nothing is under way.
    pub fn is_silent(&self) -> bool {
        self.orders.is_empty() && self.heard.is_empty()
    }

    fn pause(&mut self, now: u64) -> u64 {
        let slow = (self.slow.0..self.slow.1).contains(&now);
        self.rng.below(if slow { SLOW_MS } else { 30 })
    }

    /// Takes an order; none overtakes another.
    pub fn order(&mut self, now: u64, key: String, command: Box<Clear>) {
        let last = self.orders.back().map_or(0, |(at, ..)| *at);
        let at = (now + self.pause(now)).max(last);
        self.orders.push_back((at, key, command));
    }

    /// The next order that has arrived.
    pub fn ordered(&mut self, now: u64) -> Option<(String, Box<Clear>)> {
        self.orders.pop_front_if(|(at, ..)| *at <= now).map(|(_, key, command)| (key, command))
    }

    /// An answer of the centre; says whether it got lost, so that nothing is known of it.
    pub fn reply(&mut self, now: u64, key: String, result: &Result<Accepted, Rejected>) -> bool {
        let lost = self.rng.chance(20);
        let replied = if lost { Replied::NotYet } else { replied(result) };
        let pause = self.pause(now);
        self.hear(now + pause, Heard::Replied { key, replied });
        lost
    }

    /// What the centre decided; none overtakes another.
    pub fn told(&mut self, now: u64, told: Told) {
        self.last_told = (now + self.pause(now)).max(self.last_told);
        self.hear(self.last_told, Heard::Told(told));
    }

    /// A number is looked up after a person wants to ring back.
    pub fn dial(&mut self, now: u64, call: CallId, by: PersonId) {
        let at = (now + self.pause(now)).max(self.last_told);
        self.hear(at, Heard::Dial { call, by });
    }

    /// Something is heard at that time.
    pub fn hear(&mut self, at: u64, heard: Heard) {
        self.count += 1;
        self.heard.insert((at, self.count), heard);
    }

    /// The next thing that is heard by now.
    pub fn heard(&mut self, now: u64) -> Option<Heard> {
        let first = self.heard.first_entry().filter(|entry| entry.key().0 <= now)?;
        Some(first.remove())
    }
}

/// What an answer means for whoever waits for it.
fn replied(result: &Result<Accepted, Rejected>) -> Replied {
    match result {
        Ok(accepted) => {
            let call = accepted.events.iter().find_map(|(_, event)| match event {
                Event::CallPresented { call, .. } => Some(*call),
                _ => None,
            });
            Replied::Recorded { call }
        }
        Err(Rejected::Refused { text, .. } | Rejected::Invalid { text }) => {
            Replied::Refused(text.clone())
        }
        Err(Rejected::NotRead { .. }) => Replied::Refused("not read".to_owned()),
        Err(Rejected::Unrecorded { .. }) => Replied::NotYet,
    }
}
