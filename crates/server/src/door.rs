//! The door: one thread owns the centre, and everything goes in and out through it.
//!
//! Requests wait in a bounded queue. While one batch is being synced to the disk the next ones
//! arrive, and all that arrived share the next sync: the slower the disk, the larger the batch.
//! Time and salt are stamped here, once.
//!
//! If the centre's thread panics, or the disk leaves it open whether a batch was written, the
//! centre is built again from its journal, by the code of every start. Whoever waited is told that
//! the outcome is unknown and asks again with the same key: the journal knows.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::time::Duration;

use center::{Accepted, Center, Input, JournalState, Order, Output, Rejected, Setup, Store};
use evenhand_core::{Actor, Timestamp};
use journal::Journal;
use tokio::sync::oneshot;

use crate::chance::random_bytes;
use crate::clock::Clock;
use crate::data_dir::DataDir;
use crate::hub::{Hub, Subscription};
use crate::limits::{BATCH_MAX, LOOK_EVERY_MS, REQUESTS_WAITING_MAX};
use crate::pulse::{Beat, Pulse};

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
    /// Where outputs for crews and callers go: everything but replies and boards. Bounded by
    /// whoever makes it; if it is full or its end is gone, the stream is closed and the reason
    /// logged: the driver then asks for the state and starts over.
    pub effects: Option<SyncSender<Output>>,
    /// Whose disk is watched; `None`: none is.
    pub data: Option<DataDir>,
}

enum Request {
    Order { ask: Ask, reply: oneshot::Sender<Answer> },
    StepAt { inputs: Vec<Input>, reply: oneshot::Sender<Vec<(String, Answer)>> },
    WakeAt { at: Timestamp, salt: [u8; 32], reply: oneshot::Sender<()> },
    Query(Box<dyn FnOnce(&Center) + Send>),
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
        self.try_send(Request::Order { ask: Ask { key, actor, order }, reply })?;
        answer.await.map_err(|_dropped| NoAnswer::Unknown)
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

/// The centre and its thread's own things.
struct Room {
    opener: Opener,
    // `None` while it cannot be opened again.
    center: Option<Center>,
    // Rings that could not be recorded before the centre was closed; stepped first.
    rings: Vec<Input>,
    // Keys of rings under which the centre panicked; under a second panic they are given up.
    suspects: BTreeSet<String>,
    clock: Clock,
    waking: Waking,
    effects: Option<SyncSender<Output>>,
    data: Option<DataDir>,
    hub: Hub,
    pulse: Pulse,
    // INVARIANT: no entry is stamped earlier than this, whatever the system's clock does.
    last_at: Timestamp,
}

impl Room {
    fn new(opening: Opening, hub: Hub, pulse: Pulse) -> Self {
        let Opening { opener, clock, waking, effects, data } = opening;
        let last_at = clock.now();
        Self {
            opener,
            center: None,
            rings: Vec::new(),
            suspects: BTreeSet::new(),
            clock,
            waking,
            effects,
            data,
            hub,
            pulse,
            last_at,
        }
    }

    /// Opens the centre from its journal: at the start, and after a failure.
    fn open(&mut self) -> Result<(), String> {
        let (setup, journal) = (self.opener)()?;
        self.last_at = self.last_at.max(last_stamp(&journal));
        let salt = random_bytes().map_err(|error| error.to_string())?;
        let at = self.stamp();
        let center = Center::open(setup, journal, at, salt).map_err(|error| error.to_string())?;
        self.hub.open(center.last_seq());
        self.pulse.stands_at(center.last_seq());
        self.center = Some(center);
        self.pulse.came_back();
        // One by one, so that a ring under which the centre panics takes no other with it.
        for ring in std::mem::take(&mut self.rings) {
            self.step(vec![ring]);
        }
        Ok(())
    }

    fn run(&mut self, waiting: &Receiver<Request>) {
        let mut stopping = false;
        while !stopping {
            match waiting.recv_timeout(self.patience()) {
                Ok(first) => stopping = self.serve(first, waiting),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => stopping = true,
            }
            self.look_after();
        }
        self.hub.close();
    }

    /// How long to wait for requests before something else is to be done.
    fn patience(&self) -> Duration {
        let look = Duration::from_millis(LOOK_EVERY_MS);
        let due = match (&self.center, self.waking) {
            (Some(center), Waking::ByClock) => center.next_deadline(),
            (None, _) | (_, Waking::ByDriver) => None,
        };
        due.and_then(|at| self.clock.until(at)).map_or(look, |until| until.min(look))
    }

    /// Serves what has arrived: all orders in one batch, then the questions. Says whether to stop.
    fn serve(&mut self, first: Request, waiting: &Receiver<Request>) -> bool {
        let mut orders = Vec::new();
        let mut after = Vec::new();
        let mut stop = false;
        let mut next = Some(first);
        while let Some(request) = next.take() {
            match request {
                Request::Order { ask, reply } => orders.push((ask, reply)),
                Request::Stop => stop = true,
                other => after.push(other),
            }
            if orders.len() < BATCH_MAX && after.len() < BATCH_MAX {
                next = waiting.try_recv().ok();
            }
        }
        self.carry_out(orders);
        for request in after {
            self.serve_other(request);
        }
        stop
    }

    fn carry_out(&mut self, orders: Vec<(Ask, oneshot::Sender<Answer>)>) {
        if orders.is_empty() {
            return;
        }
        self.wake_if_due();
        let mut replies: BTreeMap<String, VecDeque<oneshot::Sender<Answer>>> = BTreeMap::new();
        let mut inputs = Vec::with_capacity(orders.len());
        let at = self.stamp();
        for (Ask { key, actor, order }, reply) in orders {
            // Without a salt nothing can be sealed; the reply is dropped, which says "unknown".
            let Ok(salt) = random_bytes() else { continue };
            replies.entry(key.clone()).or_default().push_back(reply);
            inputs.push(Input { key, at, actor, order, salt });
        }
        for (key, answer) in self.step(inputs) {
            if let Some(reply) = replies.get_mut(&key).and_then(VecDeque::pop_front) {
                let _unheard = reply.send(answer);
            }
        }
    }

    fn serve_other(&mut self, request: Request) {
        match request {
            Request::StepAt { mut inputs, reply } => {
                for input in &mut inputs {
                    self.last_at = self.last_at.max(input.at);
                    input.at = self.last_at;
                }
                let answers = self.step(inputs);
                if self.center.is_some() {
                    let _unheard = reply.send(answers);
                }
            }
            Request::WakeAt { at, salt, reply } => {
                self.wake(at, salt);
                if self.center.is_some() {
                    let _unheard = reply.send(());
                }
            }
            Request::Query(question) => {
                if let Some(center) = &self.center
                    && catch_unwind(AssertUnwindSafe(|| question(center))).is_err()
                {
                    // A question changes nothing, so the centre is as it was.
                    tracing::error!("a question panicked; the centre goes on");
                }
            }
            Request::Order { .. } | Request::Stop => {}
        }
    }

    /// Steps inputs; the answers, in order. Nothing comes back if the centre fails under it.
    fn step(&mut self, inputs: Vec<Input>) -> Vec<(String, Answer)> {
        let rings: Vec<Input> = inputs.iter().filter(|input| is_ring(input)).cloned().collect();
        let Some(center) = &mut self.center else {
            self.ring_unrecorded(rings);
            return Vec::new();
        };
        let stepped = catch_unwind(AssertUnwindSafe(|| center.step(inputs)));
        match stepped {
            Ok(outputs) => self.hand_out(outputs),
            Err(_panic) => {
                self.center = None;
                self.suspect(rings);
                self.failed("the centre's step panicked");
                Vec::new()
            }
        }
    }

    fn wake(&mut self, at: Timestamp, salt: [u8; 32]) {
        self.last_at = self.last_at.max(at);
        let at = self.last_at;
        let Some(center) = &mut self.center else { return };
        match catch_unwind(AssertUnwindSafe(|| center.wake(at, salt))) {
            Ok(outputs) => {
                self.hand_out(outputs);
            }
            Err(_panic) => {
                self.center = None;
                self.failed("the centre's waking panicked");
            }
        }
    }

    /// Sends every output where it belongs; the replies come back.
    fn hand_out(&mut self, outputs: Vec<Output>) -> Vec<(String, Answer)> {
        let mut answers = Vec::new();
        let mut beat_changed = false;
        for output in outputs {
            match output {
                Output::Reply { key, result } => answers.push((key, result)),
                Output::BoardChanged(frames) => self.hub.publish(&frames),
                other => {
                    beat_changed |= self.note(&other);
                    self.effect(other);
                }
            }
        }
        if let Some(center) = &self.center {
            self.hub.stands_at(center.last_seq());
            self.pulse.stands_at(center.last_seq());
        }
        if beat_changed {
            self.announce_beat();
        }
        answers
    }

    /// What a heartbeat has to say of an output at once; whether it has.
    fn note(&self, output: &Output) -> bool {
        match output {
            Output::Ring { unrecorded: true, at, .. } => self.pulse.rang_unrecorded(*at),
            Output::JournalDown { why } => {
                tracing::error!(%why, "THE JOURNAL CANNOT BE WRITTEN; nothing is accepted");
                self.pulse.went_down(why);
            }
            Output::JournalBack { unrecorded } => {
                tracing::warn!(unrecorded, "the journal can be written again");
                self.pulse.came_back();
            }
            Output::Ring { unrecorded: false, .. }
            | Output::Reply { .. }
            | Output::Page { .. }
            | Output::CallOff { .. }
            | Output::Dial { .. }
            | Output::Release { .. }
            | Output::BoardChanged(_)
            | Output::NextDeadline { .. } => return false,
        }
        true
    }

    fn effect(&mut self, output: Output) {
        let Some(effects) = &self.effects else { return };
        if let Err(error) = effects.try_send(output) {
            let full = matches!(error, TrySendError::Full(_));
            tracing::error!(full, "nobody takes the outputs for crews and callers; stream closed");
            self.effects = None;
        }
    }

    /// Between requests: what is due, the disk, and a centre that has to be built again.
    fn look_after(&mut self) {
        self.wake_if_due();
        if let Some(data) = &self.data {
            self.pulse.has_free(data.free_percent());
        }
        self.reopen_if_unsettled();
        if self.center.is_none()
            && let Err(why) = self.open()
        {
            self.failed(&why);
        }
    }

    fn wake_if_due(&mut self) {
        let due = match (&self.center, self.waking) {
            (Some(center), Waking::ByClock) => center.next_deadline(),
            (None, _) | (_, Waking::ByDriver) => None,
        };
        let now = self.clock.now();
        if due.is_some_and(|at| at <= now)
            && let Ok(salt) = random_bytes()
        {
            self.wake(now, salt);
        }
    }

    /// An append whose outcome is unknown: only the journal, opened again, knows.
    fn reopen_if_unsettled(&mut self) {
        let why = match self.center.as_ref().map(Center::journal_state) {
            Some(JournalState::Down { unsettled: true, why }) => why.clone(),
            Some(JournalState::Down { .. } | JournalState::Ok) | None => return,
        };
        if let Some(center) = self.center.take() {
            let (store, rings) = center.close();
            drop(store);
            self.keep_rings(rings);
        }
        tracing::error!(%why, "unknown what the journal holds; building the centre again from it");
    }

    fn failed(&mut self, why: &str) {
        tracing::error!(%why, "THE CENTRE IS NOT RUNNING; building it again from the journal");
        self.pulse.went_down(why);
        self.announce_beat();
    }

    /// A heartbeat to everybody at once: what is red must not wait two seconds.
    fn announce_beat(&self) {
        let (at, speed) = (self.clock.now(), self.clock.speed());
        self.hub.announce(|seq| self.pulse.heartbeat(seq, at, speed));
    }

    /// A ringing phone must be seen, also while there is no centre.
    fn ring_unrecorded(&mut self, rings: Vec<Input>) {
        for ring in &rings {
            self.pulse.rang_unrecorded(ring.at);
            self.effect(Output::Ring { call: None, unrecorded: true, at: ring.at });
        }
        self.keep_rings(rings);
    }

    /// Rings that were in a step that panicked. The first time they are tried again; a ring that
    /// ends the centre twice would keep it down for everybody, so it is shown and given up.
    fn suspect(&mut self, rings: Vec<Input>) {
        let (again, first): (Vec<Input>, Vec<Input>) =
            rings.into_iter().partition(|ring| self.suspects.contains(&ring.key));
        for ring in again {
            tracing::error!(
                key = ring.key,
                "A CALL COULD NOT BE TAKEN IN; the centre panics on it"
            );
            self.pulse.gave_up(ring.at);
        }
        if self.suspects.len() >= center::limits::UNRECORDED_MAX {
            self.suspects.clear();
        }
        self.suspects.extend(first.iter().map(|ring| ring.key.clone()));
        self.ring_unrecorded(first);
    }

    /// They are stepped first when the centre is open again.
    fn keep_rings(&mut self, rings: Vec<Input>) {
        for ring in rings {
            let known = self.rings.iter().any(|kept| kept.key == ring.key);
            if !known && self.rings.len() < center::limits::UNRECORDED_MAX {
                self.rings.push(ring);
            }
        }
    }

    fn stamp(&mut self) -> Timestamp {
        self.last_at = self.last_at.max(self.clock.now());
        self.last_at
    }
}

/// When the last entry was stamped, so that a clock set back does not stamp earlier ones.
fn last_stamp(journal: &Journal<Store>) -> Timestamp {
    let last = journal.read(journal.next_seq().saturating_sub(1), 1).unwrap_or_default();
    let row = last.last().and_then(|stored| center::decode(&stored.body).ok());
    row.map(|row| row.at).unwrap_or_default()
}

fn is_ring(input: &Input) -> bool {
    matches!(&input.order, Order::Command(evenhand_core::Command::PresentCall { .. }))
}
