//! The door: one thread owns the centre, and everything goes in and out through it.
//!
//! Requests wait in a bounded queue. While one batch is being synced to the disk the next ones
//! arrive, and all that arrived share the next sync: the slower the disk, the larger the batch.
//! Time and salt are stamped here, once.
//!
//! If the centre's thread panics, or the disk leaves it open whether a batch was written, the
//! centre is built again from its journal, by the code of every start. Whoever waited is told that
//! the outcome is unknown and asks again with the same key: the journal knows.

mod room;

use std::sync::mpsc::{SyncSender, TrySendError};

use center::{Accepted, Center, Checked, Input, Order, Output, Rejected, Setup, Store};
use evenhand_core::{Actor, Timestamp};
use journal::Journal;
use tokio::sync::oneshot;

use crate::clock::Clock;
use crate::data_dir::DataDir;
use crate::hub::{Hub, Subscription};
use crate::limits::REQUESTS_WAITING_MAX;
use crate::pulse::{Beat, Pulse};
use room::Room;

/// What became of an order.
pub type Answer = Result<Accepted, Rejected>;

/// Makes what a centre is opened from; called at the start and whenever the centre is built again,
/// always after the store before was closed.
pub type Opener = Box<dyn FnMut() -> Result<(Setup, Journal<Store>), String> + Send>;

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// Too many requests wait. Nothing was taken in.
    #[error("the centre is busy: `{REQUESTS_WAITING_MAX}` requests wait; send it again")]
    Busy,
    /// The centre failed while it worked on it, or is being built again.
    #[error("the centre is starting again; what became of it is unknown: ask with the same key")]
    Unknown,
}

/// Hears every output for crews and callers, in order, on the centre's thread, so it must not
/// wait. Says why it cannot hear any more; it is then asked no further and the reason logged, and
/// whoever it heard for asks for the state and starts over.
pub type Listener = Box<dyn FnMut(&Output) -> Result<(), &'static str> + Send>;

/// A listener that puts outputs into a bounded queue; a full one ends it.
pub fn queueing(queue: SyncSender<Output>) -> Listener {
    Box::new(move |output| {
        queue.try_send(output.clone()).map_err(|error| match error {
            TrySendError::Full(_) => "its queue is full",
            TrySendError::Disconnected(_) => "its end is gone",
        })
    })
}

/// Who wakes the centre when something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waking {
    /// The door does, by its clock.
    ByClock,
    /// Whoever drives the world does, through [`CenterHandle::wake_at`], so that a seed gives the
    /// same day at any speed.
    ByDriver,
}

/// How a door is opened.
pub struct Opening {
    /// Makes setup and journal.
    pub opener: Opener,
    /// The centre's time.
    pub clock: Clock,
    /// Who wakes it.
    pub waking: Waking,
    /// Who hears outputs for crews and callers: everything but replies and boards.
    pub listeners: Vec<Listener>,
    /// Whose disk is watched; `None`: none is.
    pub data: Option<DataDir>,
}

enum Request {
    Order { ask: Box<Ask>, reply: oneshot::Sender<Answer> },
    StepAt { inputs: Vec<Input>, reply: oneshot::Sender<Vec<(String, Answer)>> },
    WakeAt { at: Timestamp, salt: [u8; 32], reply: oneshot::Sender<()> },
    Query(Box<dyn FnOnce(&Center) + Send>),
    Keep { checked: Box<Checked>, reply: oneshot::Sender<Result<(), Vec<String>>> },
    Stop,
}

/// An order that is not stamped yet.
struct Ask {
    key: String,
    actor: Actor,
    order: Order,
}

/// The way to the centre, for sockets and for whoever drives the world. Clones are the same way.
#[derive(Clone)]
pub struct CenterHandle {
    requests: SyncSender<Request>,
    hub: Hub,
    pulse: Pulse,
    clock: Clock,
}

/// The thread, to be waited for.
pub struct CenterThread {
    thread: std::thread::JoinHandle<()>,
    requests: SyncSender<Request>,
}

impl CenterThread {
    /// Ends the thread after what waits in front of it, and waits for it. The journal is closed
    /// when this returns.
    pub fn stop(self) {
        let _already_gone = self.requests.send(Request::Stop);
        if self.thread.join().is_err() {
            tracing::error!("the centre's thread ended in a panic");
        }
    }
}

/// Opens the centre on a thread of its own; returns when it is open.
///
/// # Errors
/// The centre does not open; says why. There is no thread then.
pub fn open_door(opening: Opening) -> Result<(CenterHandle, CenterThread), String> {
    let (requests, waiting) = std::sync::mpsc::sync_channel(REQUESTS_WAITING_MAX);
    let (hub, pulse, clock) = (Hub::new(), Pulse::default(), opening.clock.clone());
    let (opened, is_open) = std::sync::mpsc::sync_channel(1);
    let (room_hub, room_pulse) = (hub.clone(), pulse.clone());
    let thread = std::thread::Builder::new().name("center".to_owned()).spawn(move || {
        let mut room = Room::new(opening, room_hub, room_pulse);
        let outcome = room.open();
        let is_open = outcome.is_ok();
        // The other end waits for exactly this.
        let _received = opened.send(outcome);
        if is_open {
            room.run(&waiting);
        }
    });
    let thread = thread.map_err(|error| format!("no thread for the centre: {error}"))?;
    match is_open.recv() {
        Ok(Ok(())) => {}
        Ok(Err(why)) => return Err(why),
        Err(_ended) => return Err("the centre's thread ended while it opened".to_owned()),
    }
    let handle = CenterHandle { requests: requests.clone(), hub, pulse, clock };
    Ok((handle, CenterThread { thread, requests }))
}

impl CenterHandle {
    /// Gives an order; it is stamped when the centre takes it. Durable when `Ok(Ok(_))` comes back.
    ///
    /// # Errors
    /// [`NoAnswer::Busy`]: nothing was taken in. [`NoAnswer::Unknown`]: ask again with the same
    /// key.
    pub async fn order(&self, key: String, actor: Actor, order: Order) -> Result<Answer, NoAnswer> {
        let (reply, answer) = oneshot::channel();
        self.try_send(Request::Order { ask: Box::new(Ask { key, actor, order }), reply })?;
        answer.await.map_err(|_dropped| NoAnswer::Unknown)
    }

    /// The same for one who gives many: it enters the queue here and now, so that orders are taken
    /// in the order in which they are given; the answer is waited for later.
    ///
    /// # Errors
    /// As [`CenterHandle::order`].
    pub(crate) fn order_later(
        &self,
        key: String,
        actor: Actor,
        order: Order,
    ) -> Result<oneshot::Receiver<Answer>, NoAnswer> {
        let (reply, answer) = oneshot::channel();
        self.try_send(Request::Order { ask: Box::new(Ask { key, actor, order }), reply })?;
        Ok(answer)
    }

    /// Tells every position something that is no entry and not kept.
    pub(crate) fn announce(&self, kind: &'static str, data: serde_json::Value) {
        let mut content = serde_json::Map::new();
        content.insert("data".to_owned(), data);
        self.hub.announce(|seq| crate::hub::message(seq, kind, &content));
    }

    /// Asks a question on the centre's thread, after the orders that are before it in the queue.
    /// It should take milliseconds: everything else waits.
    ///
    /// # Errors
    /// As [`CenterHandle::order`]; a question changes nothing, so it can simply be asked again.
    pub async fn query<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Center) -> T + Send + 'static,
    ) -> Result<T, NoAnswer> {
        let (reply, answer) = oneshot::channel();
        self.try_send(Request::Query(Box::new(move |center| {
            // Whoever asked may have gone; then nobody needs the answer.
            let _unheard = reply.send(question(center));
        })))?;
        answer.await.map_err(|_dropped| NoAnswer::Unknown)
    }

    /// The same for a thread that may wait.
    ///
    /// # Errors
    /// [`NoAnswer::Unknown`]: the centre is being built again, or has ended.
    pub fn query_blocking<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Center) -> T + Send + 'static,
    ) -> Result<T, NoAnswer> {
        let (reply, answer) = oneshot::channel();
        self.send(Request::Query(Box::new(move |center| {
            let _unheard = reply.send(question(center));
        })))?;
        answer.blocking_recv().map_err(|_dropped| NoAnswer::Unknown)
    }

    /// Lays a checked policy before the centre, so that it can be adopted by its hash.
    ///
    /// # Errors
    /// As [`CenterHandle::order`]; inside, what does not fit this centre, one sentence each.
    pub async fn keep_checked(
        &self,
        checked: Checked,
    ) -> Result<Result<(), Vec<String>>, NoAnswer> {
        let (reply, answer) = oneshot::channel();
        self.try_send(Request::Keep { checked: Box::new(checked), reply })?;
        answer.await.map_err(|_dropped| NoAnswer::Unknown)
    }

    /// Steps inputs that are stamped already (callers, crews, simulated staff) as one batch, and
    /// waits for the answers, in order. Waits for room in the queue: a call is never turned away.
    /// A stamp earlier than the last entry's is moved up to it.
    ///
    /// # Errors
    /// [`NoAnswer::Unknown`]: send the same inputs again.
    pub fn step_at(&self, inputs: Vec<Input>) -> Result<Vec<(String, Answer)>, NoAnswer> {
        let (reply, answers) = oneshot::channel();
        self.send(Request::StepAt { inputs, reply })?;
        answers.blocking_recv().map_err(|_dropped| NoAnswer::Unknown)
    }

    /// Deadlines up to `at` fall due. Returns when what follows from it is recorded and its
    /// outputs are sent.
    ///
    /// # Errors
    /// [`NoAnswer::Unknown`]: wake it again.
    pub fn wake_at(&self, at: Timestamp, salt: [u8; 32]) -> Result<(), NoAnswer> {
        let (reply, done) = oneshot::channel();
        self.send(Request::WakeAt { at, salt, reply })?;
        done.blocking_recv().map_err(|_dropped| NoAnswer::Unknown)
    }

    /// The centre's clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// What a heartbeat says now.
    pub(crate) fn beat(&self) -> Beat {
        self.pulse.read()
    }

    /// A heartbeat for a position that has seen everything up to entry `seq`.
    pub(crate) fn heartbeat(&self, seq: u64) -> axum::extract::ws::Utf8Bytes {
        self.pulse.heartbeat(seq, self.clock.now(), self.clock.speed())
    }

    pub(crate) fn hub(&self) -> &Hub {
        &self.hub
    }

    /// A snapshot, and every message after it.
    pub(crate) async fn snapshot(
        &self,
    ) -> Result<(u64, serde_json::Value, Subscription), NoAnswer> {
        let hub = self.hub.clone();
        self.query(move |center| {
            let subscription = hub.subscribe();
            (center.last_seq(), center.snapshot(), subscription)
        })
        .await
    }

    fn try_send(&self, request: Request) -> Result<(), NoAnswer> {
        self.requests.try_send(request).map_err(|error| match error {
            TrySendError::Full(_) => NoAnswer::Busy,
            TrySendError::Disconnected(_) => NoAnswer::Unknown,
        })
    }

    fn send(&self, request: Request) -> Result<(), NoAnswer> {
        self.requests.send(request).map_err(|_ended| NoAnswer::Unknown)
    }
}
