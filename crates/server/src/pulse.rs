//! How the centre is: what every heartbeat says, and `/health`.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::ws::Utf8Bytes;
use evenhand_core::Timestamp;
use serde_json::{Map, Value, json};

use crate::hub::message;
use crate::limits::{DISK_CRITICAL_PERCENT, DISK_LOW_PERCENT, UNRECORDED_SHOWN_MAX};

/// The state that is told without asking the centre's thread. Clones are the same pulse.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pulse(Arc<Mutex<Beat>>);

/// One reading.
#[derive(Clone, Debug, Default)]
pub(crate) struct Beat {
    pub seq: u64,
    /// Why the journal cannot be written; `None`: it can.
    pub down: Option<String>,
    /// Rings since then, newest last; at most [`UNRECORDED_SHOWN_MAX`].
    pub rings: VecDeque<Timestamp>,
    /// All of them.
    pub ring_count: u64,
    /// Rings that never could be taken in; shown until the process ends.
    pub given_up: VecDeque<Timestamp>,
    pub free_percent: Option<u64>,
}

impl Beat {
    fn disk(&self) -> &'static str {
        match self.free_percent {
            Some(free) if free < DISK_CRITICAL_PERCENT => "critical",
            Some(free) if free < DISK_LOW_PERCENT => "low",
            Some(_) | None => "ok",
        }
    }

    pub(crate) fn journal(&self) -> &'static str {
        if self.down.is_some() { "down" } else { "ok" }
    }
}

impl Pulse {
    pub(crate) fn read(&self) -> Beat {
        self.lock().clone()
    }

    pub(crate) fn stands_at(&self, seq: u64) {
        self.lock().seq = seq;
    }

    pub(crate) fn went_down(&self, why: &str) {
        self.lock().down = Some(why.to_owned());
    }

    pub(crate) fn came_back(&self) {
        let mut beat = self.lock();
        beat.down = None;
        beat.rings.clear();
        beat.ring_count = 0;
    }

    pub(crate) fn rang_unrecorded(&self, at: Timestamp) {
        let mut beat = self.lock();
        beat.ring_count += 1;
        beat.rings.push_back(at);
        if beat.rings.len() > UNRECORDED_SHOWN_MAX {
            beat.rings.pop_front();
        }
    }

    /// A call that ends the centre each time it is taken in: nobody may forget it.
    pub(crate) fn gave_up(&self, at: Timestamp) {
        let mut beat = self.lock();
        beat.given_up.push_back(at);
        if beat.given_up.len() > UNRECORDED_SHOWN_MAX {
            beat.given_up.pop_front();
        }
    }

    pub(crate) fn has_free(&self, percent: Option<u64>) {
        self.lock().free_percent = percent;
    }

    /// The heartbeat's text; `seq` is the last entry that whoever gets it has seen.
    pub(crate) fn heartbeat(&self, seq: u64, at: Timestamp, speed: u32) -> Utf8Bytes {
        let beat = self.read();
        let rings = beat.given_up.iter().chain(&beat.rings);
        let unrecorded: Vec<Value> =
            rings.map(|at| json!({ "at": at, "unrecorded": true })).collect();
        let unrecorded_count = beat.ring_count + beat.given_up.len() as u64;
        let mut content = Map::new();
        content.insert(
            "data".to_owned(),
            json!({
                "at": at,
                "speed": speed,
                "journal": beat.journal(),
                "why": beat.down,
                "unrecorded": unrecorded,
                "unrecorded_count": unrecorded_count,
                "disk": beat.disk(),
                "free_percent": beat.free_percent,
            }),
        );
        message(seq, "heartbeat", &content)
    }

    // Every change is one assignment or two; a panic cannot leave nonsense.
    fn lock(&self) -> MutexGuard<'_, Beat> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(pulse: &Pulse) -> Value {
        let text = pulse.heartbeat(3, Timestamp(7), 10);
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["type"], "heartbeat");
        read["data"].clone()
    }

    #[test]
    fn rings_are_shown_while_the_journal_is_down_and_counted_beyond_the_limit() {
        let pulse = Pulse::default();
        assert_eq!(data(&pulse)["journal"], "ok");
        pulse.went_down("the disk is full");
        for at in 0..150 {
            pulse.rang_unrecorded(Timestamp(at));
        }
        let down = data(&pulse);
        assert_eq!((&down["journal"], &down["why"]), (&json!("down"), &json!("the disk is full")));
        assert_eq!(down["unrecorded"].as_array().unwrap().len(), UNRECORDED_SHOWN_MAX);
        assert_eq!(down["unrecorded"][0]["at"], 50);
        assert_eq!(down["unrecorded_count"], 150);
        pulse.came_back();
        let back = data(&pulse);
        assert_eq!((&back["journal"], &back["unrecorded"]), (&json!("ok"), &json!([])));
    }

    #[test]
    fn a_call_that_was_given_up_stays_in_sight() {
        let pulse = Pulse::default();
        pulse.gave_up(Timestamp(9));
        pulse.came_back();
        let beat = data(&pulse);
        assert_eq!(
            (&beat["unrecorded"][0]["at"], &beat["unrecorded_count"]),
            (&json!(9), &json!(1))
        );
    }

    #[test]
    fn the_disk_warns_below_twenty_and_again_below_five_percent() {
        let pulse = Pulse::default();
        for (free, said) in [(20, "ok"), (19, "low"), (5, "low"), (4, "critical"), (0, "critical")]
        {
            pulse.has_free(Some(free));
            assert_eq!(data(&pulse)["disk"], said, "{free}");
        }
    }
}
