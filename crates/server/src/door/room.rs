//! The centre's thread: takes what has arrived, steps it as one batch, hands out what comes of it,
//! and builds the centre again when it failed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use center::{Center, Input, JournalState, Order, Output, Store};
use evenhand_core::{Command, Timestamp};
use journal::Journal;
use tokio::sync::oneshot;

use super::{Answer, Ask, Listener, Opener, Opening, Request, Waking};
use crate::chance::random_bytes;
use crate::clock::Clock;
use crate::data_dir::DataDir;
use crate::hub::Hub;
use crate::limits::{BATCH_MAX, LOOK_EVERY_MS};
use crate::pulse::Pulse;

/// The centre and its thread's own things.
pub(super) struct Room {
    opener: Opener,
    // `None` while it cannot be opened again.
    center: Option<Center>,
    // Rings that could not be recorded before the centre was closed; stepped first.
    rings: Vec<Input>,
    // Keys of rings under which the centre panicked; under a second panic they are given up.
    suspects: BTreeSet<String>,
    clock: Clock,
    waking: Waking,
    listeners: Vec<Listener>,
    data: Option<DataDir>,
    hub: Hub,
    pulse: Pulse,
    // INVARIANT: no entry is stamped earlier than this, whatever the system's clock does.
    last_at: Timestamp,
}

impl Room {
    pub(super) fn new(opening: Opening, hub: Hub, pulse: Pulse) -> Self {
        let Opening { opener, clock, waking, listeners, data } = opening;
        let last_at = clock.now();
        Self {
            opener,
            center: None,
            rings: Vec::new(),
            suspects: BTreeSet::new(),
            clock,
            waking,
            listeners,
            data,
            hub,
            pulse,
            last_at,
        }
    }

    /// Opens the centre from its journal: at the start, and after a failure.
    pub(super) fn open(&mut self) -> Result<(), String> {
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

    /// Serves requests until it is told to stop.
    pub(super) fn run(&mut self, waiting: &Receiver<Request>) {
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
                Request::Order { ask, reply } => orders.push((*ask, reply)),
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
            Request::Keep { checked, reply } => {
                if let Some(center) = &mut self.center {
                    let _unheard = reply.send(center.keep_checked(*checked));
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
                    self.effect(&other);
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
            | Output::StopDialling { .. }
            | Output::Hold { .. }
            | Output::Resume { .. }
            | Output::Release { .. }
            | Output::Answered { .. }
            | Output::Abandoned { .. }
            | Output::Offered { .. }
            | Output::Rebid { .. }
            | Output::Transfer { .. }
            | Output::StatesChanged
            | Output::BoardChanged(_)
            | Output::NextDeadline { .. } => return false,
        }
        true
    }

    fn effect(&mut self, output: &Output) {
        self.listeners.retain_mut(|listener| match listener(output) {
            Ok(()) => true,
            Err(why) => {
                tracing::error!(
                    why,
                    "nobody takes the outputs for crews and callers; stream closed"
                );
                false
            }
        });
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
            self.effect(&Output::Ring { call: None, unrecorded: true, at: ring.at });
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
    matches!(&input.order, Order::Command(Command::PresentCall { .. }))
}
