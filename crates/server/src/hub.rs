//! What every position is shown: one message per step, in order, none missing.
//!
//! The centre's thread publishes; each WebSocket has a bounded queue. A position that comes back
//! says the last message it has and gets every later one, from the messages kept; whoever was away
//! longer gets a snapshot. A position too slow to keep up is cut off and resumes: nobody waits for
//! it, and nothing grows without limit.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::ws::Utf8Bytes;
use center::Frames;
use serde::Serialize;
use tokio::sync::mpsc;

use crate::limits::{FRAMES_KEPT_MAX, FRAMES_WAITING_MAX};

/// One message as it is sent.
#[derive(Serialize)]
struct Message<'a> {
    seq: u64,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    content: &'a serde_json::Map<String, serde_json::Value>,
}

/// A message and the entry that it rests on.
pub(crate) type Sent = (u64, Utf8Bytes);

/// Where messages are kept and handed out. Clones are the same hub.
#[derive(Clone, Debug)]
pub(crate) struct Hub {
    inner: Arc<Mutex<Inner>>,
    kept_max: usize,
    waiting_max: usize,
}

#[derive(Debug, Default)]
struct Inner {
    // INVARIANT: holds every message after `floor`, in order; `floor` is the number of the newest
    // message that is no longer kept, or where the centre stood when it was opened.
    kept: VecDeque<Sent>,
    floor: u64,
    // The last entry that every message so far rests on; entries that change no row have none.
    newest: u64,
    // Which opening of the centre: a message of another one cannot be resumed from.
    era: u64,
    positions: Vec<mpsc::Sender<Sent>>,
}

/// A position's part of the stream.
#[derive(Debug)]
pub(crate) struct Subscription {
    /// Of which opening of the centre.
    pub era: u64,
    /// What it has missed; empty after a snapshot.
    pub missed: Vec<Sent>,
    /// What comes; closed when the position was too slow or the centre ends.
    pub live: mpsc::Receiver<Sent>,
}

impl Hub {
    pub(crate) fn new() -> Self {
        Self::with_limits(FRAMES_KEPT_MAX, FRAMES_WAITING_MAX)
    }

    fn with_limits(kept_max: usize, waiting_max: usize) -> Self {
        Self { inner: Arc::default(), kept_max, waiting_max }
    }

    /// The centre was opened (again) and stands at `seq`: nothing older can be resumed, and every
    /// position starts from a snapshot.
    pub(crate) fn open(&self, seq: u64) {
        let mut inner = self.lock();
        let era = inner.era + 1;
        *inner = Inner { floor: seq, newest: seq, era, ..Inner::default() };
    }

    /// Every message up to entry `seq` was published.
    pub(crate) fn stands_at(&self, seq: u64) {
        let mut inner = self.lock();
        inner.newest = inner.newest.max(seq);
    }

    /// Sends the changes of one step to everybody. They are written as JSON once.
    pub(crate) fn publish(&self, frames: &Frames) {
        let mut content = serde_json::Map::new();
        let changes = serde_json::to_value(&frames.changes).unwrap_or_default();
        content.insert("changes".to_owned(), changes);
        let text = message(frames.seq, "changes", &content);
        let mut inner = self.lock();
        inner.newest = inner.newest.max(frames.seq);
        inner.kept.push_back((frames.seq, text.clone()));
        while inner.kept.len() > self.kept_max {
            if let Some((seq, _)) = inner.kept.pop_front() {
                inner.floor = seq;
            }
        }
        inner.send(&(frames.seq, text));
    }

    /// Sends something that is not part of the order and not kept: a heartbeat. It is given the
    /// last entry that the messages before it rest on.
    pub(crate) fn announce(&self, text: impl FnOnce(u64) -> Utf8Bytes) {
        let mut inner = self.lock();
        let newest = inner.newest;
        inner.send(&(newest, text(newest)));
    }

    /// Everything after message `last_seq` of opening `era`; `None` if that is not known any more,
    /// so that a snapshot is needed.
    pub(crate) fn resume(&self, era: u64, last_seq: u64) -> Option<Subscription> {
        let mut inner = self.lock();
        if era != inner.era || !(inner.floor..=inner.newest).contains(&last_seq) {
            return None;
        }
        let missed = inner.kept.iter().filter(|(seq, _)| *seq > last_seq).cloned().collect();
        Some(Subscription { era, missed, live: inner.subscribe(self.waiting_max) })
    }

    /// Everything from now on. Called on the centre's thread, which publishes, so that a snapshot
    /// taken there and this have nothing between them.
    pub(crate) fn subscribe(&self) -> Subscription {
        let mut inner = self.lock();
        let live = inner.subscribe(self.waiting_max);
        Subscription { era: inner.era, missed: Vec::new(), live }
    }

    /// Ends every stream; positions that come back wait for the next [`Hub::open`].
    pub(crate) fn close(&self) {
        self.lock().positions.clear();
    }

    // A panic elsewhere leaves whole messages: each is pushed in one call.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn subscribe(&mut self, waiting_max: usize) -> mpsc::Receiver<Sent> {
        let (sender, live) = mpsc::channel(waiting_max);
        self.positions.push(sender);
        live
    }

    /// Whoever has no room, or has gone, is dropped; the stream then ends and is resumed.
    fn send(&mut self, sent: &Sent) {
        self.positions.retain(|position| position.try_send(sent.clone()).is_ok());
    }
}

/// A message's text.
pub(crate) fn message(
    seq: u64,
    kind: &'static str,
    content: &serde_json::Map<String, serde_json::Value>,
) -> Utf8Bytes {
    let message = Message { seq, kind, content };
    // INVARIANT: maps with text keys can always be written.
    serde_json::to_string(&message).unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(seq: u64) -> Frames {
        Frames { seq, changes: Vec::new() }
    }

    fn seqs(sent: &[Sent]) -> Vec<u64> {
        let read = |text: &Utf8Bytes| -> serde_json::Value { serde_json::from_str(text).unwrap() };
        sent.iter().map(|(_, text)| read(text)["seq"].as_u64().unwrap()).collect()
    }

    fn hub_with(kept_max: usize, published: &[u64]) -> Hub {
        let hub = Hub::with_limits(kept_max, 2);
        hub.open(10);
        published.iter().for_each(|seq| hub.publish(&frames(*seq)));
        hub
    }

    #[test]
    fn a_resume_gives_every_later_message_and_then_what_comes() {
        let hub = hub_with(8, &[12, 15, 19]);
        let mut resumed = hub.resume(1, 12).unwrap();
        assert_eq!(seqs(&resumed.missed), [15, 19]);
        hub.publish(&frames(20));
        assert_eq!(seqs(&[resumed.live.try_recv().unwrap()]), [20]);
        assert!(resumed.live.try_recv().is_err());
        // Nothing new since: nothing is missing, which is not the same as not knowing.
        assert!(hub.resume(1, 20).unwrap().missed.is_empty());
        // Entries 21 to 23 changed no row; a position may know of them by a heartbeat.
        hub.stands_at(23);
        assert!(hub.resume(1, 23).unwrap().missed.is_empty());
        assert!(hub.resume(1, 24).is_none());
    }

    #[test]
    fn what_is_no_longer_kept_needs_a_snapshot() {
        let hub = hub_with(2, &[12, 15, 19]);
        assert!(hub.resume(1, 11).is_none());
        assert_eq!(seqs(&hub.resume(1, 12).unwrap().missed), [15, 19]);
        assert!(hub.resume(1, 20).is_none(), "a message that was never sent");
    }

    #[test]
    fn another_opening_of_the_centre_needs_a_snapshot() {
        let hub = hub_with(8, &[12]);
        hub.open(12);
        assert!(hub.resume(1, 12).is_none());
        assert!(hub.resume(2, 12).unwrap().missed.is_empty());
    }

    #[test]
    fn a_slow_position_is_cut_off_after_what_fits_and_can_resume() {
        let hub = hub_with(8, &[]);
        let mut slow = hub.subscribe();
        let mut quick = hub.subscribe();
        for seq in 11..15 {
            hub.publish(&frames(seq));
            assert_eq!(seqs(&[quick.live.try_recv().unwrap()]), [seq]);
        }
        let mut got = Vec::new();
        while let Ok(text) = slow.live.try_recv() {
            got.push(text);
        }
        assert_eq!(seqs(&got), [11, 12]);
        assert!(slow.live.is_closed());
        assert_eq!(seqs(&hub.resume(1, 12).unwrap().missed), [13, 14]);
    }

    #[test]
    fn nothing_is_kept_without_limit() {
        let hub = hub_with(3, &(11..99).collect::<Vec<u64>>());
        assert_eq!(hub.lock().kept.len(), 3);
    }
}
