//! The centre: the truth, the journal and the boards, and the questions that may be asked of them.

use crate::adoption::Policies;
use crate::boards::Boards;
use crate::input::{Input, Selected};
use crate::line::{self, Reading};
use crate::location::parse_point;
use crate::queues::QueueView;
use crate::setup::Setup;
use crate::vault::{Opened, Vault};
use crate::{advice, detail, limits, view};
use evenhand_core::{
    CallId, Core, IncidentId, Location, PossibleDuplicate, Recommendation, Sealed, ServiceState,
    Timestamp,
};
use journal::Journal;
use map::{CenterMap, Point};
use places::Places;
use policy::Policy;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Where the centre's journal is kept: a file, or memory in simulation.
pub type Store = Box<dyn journal::Store + Send>;

/// One centre. Owned by one thread; everything enters through [`Center::step`].
pub struct Center {
    pub(crate) setup: Setup,
    pub(crate) policies: Policies,
    pub(crate) core: Core,
    pub(crate) boards: Boards,
    pub(crate) journal: Journal<Store>,
    pub(crate) vault: Vault,
    pub(crate) keys: Keys,
    pub(crate) journal_state: JournalState,
    /// Rings that could not be recorded, oldest first; appended first when the journal returns.
    pub(crate) unrecorded: Vec<Input>,
    pub(crate) retry_at: Option<Timestamp>,
    /// The queues as they were last drawn.
    pub(crate) queues_drawn: Vec<QueueView>,
    /// The whole centre as it was last told.
    pub(crate) service_told: ServiceState,
    /// Whether anybody looks at the rows that a step changes.
    pub(crate) drawn: bool,
    /// The latest time that came in; what a typed `10 minutes` is counted from.
    pub(crate) now: Timestamp,
    /// The latest recommendation and the entry it was computed after, since the person who looks
    /// at it dispatches by it a moment later.
    pub(crate) recommended: RefCell<Option<(IncidentId, u64, Option<Recommendation>)>>,
}

/// Whether the journal can be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum JournalState {
    /// It can.
    Ok,
    /// It cannot; nothing is accepted.
    Down {
        /// What the store said.
        why: String,
        /// Whether only opening the journal again tells what it holds.
        unsettled: bool,
    },
}

/// Why a centre does not start.
#[derive(Debug, thiserror::Error)]
pub enum CenterError {
    /// The journal could not be read or written.
    #[error(transparent)]
    Journal(#[from] journal::StoreError),
    /// An entry is not what this version can read.
    #[error(transparent)]
    Entry(#[from] crate::entry::EntryError),
    /// What was read is not a truth that can be: a rule that is never broken is broken.
    #[error("the journal gives a state that may never be: {}", .0.join("; "))]
    Broken(Vec<String>),
    /// The configuration does not fit together.
    #[error("the centre's configuration does not fit together: {}", .0.join("; "))]
    Setup(Vec<String>),
    /// A policy that was adopted once cannot be read any more.
    #[error("the policy in force cannot be read: {}", .0.join("; "))]
    Policy(Vec<String>),
    /// The start itself was refused.
    #[error("the start was refused: {0}")]
    Refused(String),
}

/// Idempotency keys and what stands under each, the latest [`limits::KEYS_MAX`].
#[derive(Default)]
pub(crate) struct Keys {
    rows: BTreeMap<Arc<str>, (u64, u64)>,
    order: VecDeque<Arc<str>>,
}

impl Keys {
    pub fn get(&self, key: &str) -> Option<(u64, u64)> {
        self.rows.get(key).copied()
    }

    pub fn insert(&mut self, key: &str, rows: (u64, u64)) {
        let key: Arc<str> = Arc::from(key);
        if self.rows.insert(key.clone(), rows).is_none() {
            self.order.push_back(key);
        }
        if self.order.len() > limits::KEYS_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.rows.remove(&oldest);
        }
    }
}

impl Center {
    /// What is true.
    pub fn core(&self) -> &Core {
        &self.core
    }

    /// What the positions look at.
    pub fn boards(&self) -> &Boards {
        &self.boards
    }

    /// The policy in force; before the centre was founded, the configured one.
    pub fn policy(&self) -> &Policy {
        let in_force = self.core.policy_in_force().map(|adopted| adopted.policy.hash.as_str());
        in_force
            .and_then(|hash| self.policies.of(hash))
            .map_or(&self.setup.policy, |checked| checked.policy())
    }

    /// The map.
    pub fn map(&self) -> &CenterMap {
        &self.setup.map
    }

    /// Addresses.
    pub fn places(&self) -> &Places {
        &self.setup.places
    }

    /// The centre's name.
    pub fn name(&self) -> &str {
        &self.setup.name
    }

    /// The journal.
    pub fn journal(&self) -> &Journal<Store> {
        &self.journal
    }

    /// Whether the journal can be written.
    pub fn journal_state(&self) -> &JournalState {
        &self.journal_state
    }

    /// Rings kept in memory because the journal cannot be written.
    pub fn unrecorded(&self) -> &[Input] {
        &self.unrecorded
    }

    /// Ends the centre and gives its store back, with the rings that could not be recorded: they
    /// are stepped first into the centre that opens the store again.
    pub fn close(self) -> (Store, Vec<Input>) {
        (self.journal.into_store(), self.unrecorded)
    }

    /// The last entry that the boards rest on.
    pub fn last_seq(&self) -> u64 {
        self.boards.seq
    }

    /// Whether rows are drawn and sent out as they change; they are, unless nobody looks, as in a
    /// replay. The boards themselves are kept either way.
    pub fn draw(&mut self, drawn: bool) {
        self.drawn = drawn;
    }

    /// When to wake the centre if nothing comes in.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let due = self.core.next_deadline().map(|deadline| deadline.at);
        match self.journal_state {
            JournalState::Ok => due,
            // Deadlines cannot be recorded now; the next thing to do is to try the journal.
            JournalState::Down { .. } => self.retry_at,
        }
    }

    /// All boards at once, as the console draws them.
    pub fn snapshot(&self) -> Value {
        view::snapshot(self)
    }

    /// Candidates for a typed place, best first.
    pub fn geocode(&self, text: &str) -> Value {
        let candidates: Vec<Value> = self
            .setup
            .places
            .geocode(text)
            .into_iter()
            .map(|found| {
                json!({
                    "text": found.text,
                    "lat_e7": found.point.lat_e7,
                    "lon_e7": found.point.lon_e7,
                    "kind": format!("{:?}", found.kind).to_lowercase(),
                    "score": found.score,
                    "verified": found.verified,
                    "why": found.why,
                    "zones": crate::location::zones(&self.setup.places, found.point),
                })
            })
            .collect();
        json!({ "candidates": candidates })
    }

    /// What stands at a point.
    pub fn reverse(&self, point: Point) -> Value {
        let found = self.setup.places.reverse(point);
        json!({
            "text": found.as_ref().map(|found| found.text.clone()),
            "distance_m": found.as_ref().map(|found| found.distance_m),
            "zones": crate::location::zones(&self.setup.places, point),
        })
    }

    /// What a typed line would do.
    pub fn read_line(&self, text: &str, selected: &Selected) -> Reading {
        line::read(self, text, selected)
    }

    /// Units for an incident, as things stand.
    pub fn recommendation(&self, incident: IncidentId) -> Option<Recommendation> {
        let seq = self.boards.seq;
        if let Some((of, at, known)) = &*self.recommended.borrow()
            && *of == incident
            && *at == seq
        {
            return known.clone();
        }
        let made = advice::recommendation(self, incident);
        *self.recommended.borrow_mut() = Some((incident, seq, made.clone()));
        made
    }

    /// Open incidents that may be what a call reports.
    pub fn duplicates(&self, call: CallId) -> Vec<PossibleDuplicate> {
        advice::duplicates_of_call(self, call, None)
    }

    /// The same, when the call-taker has said what it may be.
    pub fn duplicates_of_type(&self, call: CallId, code: &str) -> Vec<PossibleDuplicate> {
        advice::duplicates_of_call(self, call, Some(code))
    }

    /// An incident's row, as the console draws it.
    pub fn incident_row(&self, incident: IncidentId) -> Option<Value> {
        view::incident_row(self, incident)
    }

    /// Everything about an incident, with its time line from the journal.
    pub fn incident_detail(&self, incident: IncidentId) -> Option<Value> {
        detail::incident(self, incident)
    }

    /// Everything about a call, with its time line from the journal.
    pub fn call_detail(&self, call: CallId) -> Option<Value> {
        detail::call(self, call)
    }

    /// Where an incident is, if its point is known and not erased.
    pub fn place_of_incident(&self, incident: IncidentId) -> Option<Point> {
        self.point(self.core.incident(incident).ok()?.location.point.as_ref()?)
    }

    /// Where a call comes from, if its point is known and not erased.
    pub fn place_of_call(&self, call: CallId) -> Option<Point> {
        self.point(self.core.call(call).ok()?.location.as_ref()?.point.as_ref()?)
    }

    /// Where a location is, if its point is known and not erased.
    pub(crate) fn place_of(&self, location: &Location) -> Option<Point> {
        self.point(location.point.as_ref()?)
    }

    /// The number that a call came from, if it is known and not erased.
    pub fn number_of_call(&self, call: CallId) -> Option<String> {
        match self.open_sealed(self.boards.call_queue.card(call)?.number.as_ref()?) {
            Opened::Value(number) => Some(number),
            Opened::Erased => None,
        }
    }

    /// The request by which a call came, in the pieces that stand sealed; empty if it came without
    /// one, or if it is erased.
    pub fn request_of_call(&self, call: CallId) -> Vec<String> {
        let card = self.boards.call_queue.card(call);
        let signalling = card.and_then(|card| card.signalling.as_ref());
        let raw = signalling.map(|signalling| signalling.raw.as_slice()).unwrap_or_default();
        let opened = raw.iter().map(|piece| match self.open_sealed(piece) {
            Opened::Value(piece) => Some(piece),
            Opened::Erased => None,
        });
        opened.collect::<Option<Vec<_>>>().unwrap_or_default()
    }

    /// Whether a call came by SIP, so that it has a line that can break.
    pub fn came_by_sip(&self, call: CallId) -> bool {
        let card = self.boards.call_queue.card(call);
        let signalling = card.and_then(|card| card.signalling.as_ref());
        signalling.is_some_and(|signalling| signalling.entered_by.starts_with("sip/"))
    }

    /// The identifier that a call bears in the emergency network; `None`: it came without one.
    pub fn call_identifier(&self, call: CallId) -> Option<&str> {
        let signalling = self.boards.call_queue.card(call)?.signalling.as_ref()?;
        Some(signalling.call_identifier.as_str()).filter(|identifier| !identifier.is_empty())
    }

    /// Drops opened personal values from memory, after an erasure.
    pub fn forget_opened(&self) {
        self.vault.forget();
    }

    pub(crate) fn open_sealed(&self, sealed: &Sealed) -> Opened {
        self.vault.open(&self.journal, sealed)
    }

    fn point(&self, sealed: &Sealed) -> Option<Point> {
        match self.open_sealed(sealed) {
            Opened::Value(text) => parse_point(&text),
            Opened::Erased => None,
        }
    }
}
