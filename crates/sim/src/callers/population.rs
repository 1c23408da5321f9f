//! Everybody who calls: who is due, who rings, who speaks, who left and may be called back.

use super::arrivals::Arrivals;
use super::book::Book;
use super::caller::{Caller, Habits, Phase, Step, StepKind, position};
use super::happening::callers_of;
use super::lost::lost;
use super::plan::{Kind, ServiceKind};
use crate::{Act, Rng};
use center::{Center, Clear, Output};
use evenhand_core::{
    Actor, Call, CallId, CallState, Command, Event, IncidentId, Location, PersonId, Role,
    Timestamp, UnitId,
};
use map::Point;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The member of staff who writes down what generated callers say.
const TRANSCRIPT: &str = "sim-transcript";
/// What is written down when a callback is answered: whoever has telephones picks one up by it.
pub const PICKED_UP: &str = "(generated) somebody answers the callback";
/// A fresh demo's first happenings, so many milliseconds after the start: nobody waits for chance.
const FIRST: [(ServiceKind, u64); 3] =
    [(ServiceKind::Medical, 8_000), (ServiceKind::Police, 75_000), (ServiceKind::Fire, 160_000)];
/// Most callers at once; a happening beyond that has none. A day has some two hundred.
const CALLERS_MAX: usize = 5_000;
/// Most incidents whose transport, and most calls whose story, is remembered; the oldest is
/// forgotten first.
const REMEMBERED_MAX: usize = 1_000;

const SERVICES: [ServiceKind; 4] =
    [ServiceKind::Police, ServiceKind::Medical, ServiceKind::Fire, ServiceKind::Other];

/// All generated callers. Saved without their [`Book`]; whoever loads them gives it back with
/// [`Callers::with_book`]. Until then they neither ring nor answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Callers {
    #[serde(skip)]
    book: Option<Arc<Book>>,
    pub(super) seed: u64,
    /// One process for each service, in the order of `SERVICES`; none in a quiet demo.
    arrivals: Vec<Arrivals>,
    happenings: u64,
    next_id: u64,
    callers: BTreeMap<u64, Caller>,
    /// Who takes somebody from an incident to hospital; `None`: nobody does.
    pub(super) transports: BTreeMap<IncidentId, Option<UnitId>>,
    /// What the latest calls are about. It stays when the caller has hung up: a call-taker who
    /// thinks about it once more has heard it.
    stories: BTreeMap<CallId, Story>,
}

/// What a call is about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Story {
    /// Index among the plan's kinds; `None`: lost.
    pub kind: Option<usize>,
    /// Where it really is.
    pub spot: Option<Point>,
    /// What a call-taker writes down as the place.
    pub place: Location<Clear>,
    /// Whether a callback is answered.
    pub reachable: bool,
}

impl Callers {
    /// Callers of a seed, from a time on; the first ring soon.
    pub fn new(seed: u64, book: Arc<Book>, from: Timestamp) -> Self {
        let mut callers = Self::silent(seed, book);
        callers.ring_from(from);
        for (service, after_ms) in FIRST {
            callers.happen(service, from.plus(after_ms));
        }
        callers
    }

    /// Nobody calls.
    pub fn silent(seed: u64, book: Arc<Book>) -> Self {
        Self {
            book: Some(book),
            seed,
            arrivals: Vec::new(),
            happenings: 0,
            next_id: 1,
            callers: BTreeMap::new(),
            transports: BTreeMap::new(),
            stories: BTreeMap::new(),
        }
    }

    /// Callers that go on in a centre whose own world was lost: whoever the centre still has on a
    /// line says so and hangs up. `from_id` must be above every id used before.
    #[must_use]
    pub fn recovered(
        seed: u64,
        book: Arc<Book>,
        now: Timestamp,
        center: &Center,
        from_id: u64,
    ) -> Self {
        let mut callers = Self::silent(seed, book);
        callers.next_id = from_id;
        callers.happenings = from_id;
        for call in center.core().unaccounted_calls() {
            if let Some(lost) = lost(call, now) {
                callers.admit(lost);
            }
        }
        callers.ring_from(now);
        callers
    }

    /// The same callers with their book.
    #[must_use]
    pub fn with_book(mut self, book: Arc<Book>) -> Self {
        self.book = Some(book);
        self
    }

    /// New happenings come from `from` on, if they do not come already.
    pub fn ring_from(&mut self, from: Timestamp) {
        let Some(book) = self.book.clone() else { return };
        if self.arrivals.is_empty() {
            let (seed, happenings) = (self.seed, self.happenings);
            let arrivals = SERVICES.iter().map(|service| {
                let name = format!("arrivals/{service:?}/{happenings}");
                Arrivals::new(Rng::named(seed, &name), from, &book.rate(*service))
            });
            self.arrivals = arrivals.collect();
        }
    }

    /// Nobody rings any more; who is on a line, or may be called back, stays.
    pub fn hush(&mut self) {
        self.arrivals.clear();
        self.callers.retain(|_, caller| caller.phase != Phase::Due);
    }

    /// How many ring, speak, or will.
    pub fn count(&self) -> usize {
        self.callers.len()
    }

    pub(super) fn book(&self) -> Option<&Book> {
        self.book.as_deref()
    }

    fn of_call(&self, call: CallId) -> Option<&Caller> {
        self.callers.values().find(|caller| caller.call == Some(call))
    }

    pub(super) fn kind(&self, index: Option<usize>) -> Option<&Kind> {
        self.book()?.plan.kinds.get(index?)
    }

    /// Where the calls of an incident come from; `None` for one that nobody of ours reported.
    pub(super) fn spot_of(&self, calls: &[CallId]) -> Option<Point> {
        calls.iter().find_map(|call| self.stories.get(call)?.spot)
    }

    pub(super) fn story(&self, call: CallId) -> Option<&Story> {
        self.stories.get(&call)
    }

    pub(super) fn remember_transport(&mut self, incident: IncidentId, by: Option<UnitId>) {
        self.transports.insert(incident, by);
        if self.transports.len() > REMEMBERED_MAX {
            self.transports.pop_first();
        }
    }

    /// When somebody acts next.
    pub fn next_at(&self) -> Option<Timestamp> {
        let happenings = self.arrivals.iter().filter_map(Arrivals::next_at);
        happenings.chain(self.callers.values().filter_map(|caller| caller.next_at)).min()
    }

    /// Everything they do now.
    pub fn act(&mut self, now: Timestamp, center: &Center) -> Vec<Act> {
        self.let_happen(now);
        let due = |caller: &Caller| caller.next_at.is_some_and(|at| at <= now);
        let due: Vec<u64> =
            self.callers.values().filter(|caller| due(caller)).map(|caller| caller.id).collect();
        let mut acts = Vec::new();
        for id in due {
            self.act_of(id, now, center, &mut acts);
        }
        start_transcript(&mut acts, center);
        acts
    }

    /// When somebody rings next, whatever else is to be done.
    pub fn next_ring_at(&self) -> Option<Timestamp> {
        let happenings = self.arrivals.iter().filter_map(Arrivals::next_at);
        let due = self.callers.values().filter(|caller| caller.phase == Phase::Due);
        happenings.chain(due.filter_map(|caller| caller.next_at)).min()
    }

    /// Only those ring who are due; everybody else does what they do later. For a centre that can
    /// record nothing: a telephone rings nevertheless, and nothing else that is done would count.
    pub fn ring(&mut self, now: Timestamp) -> Vec<Act> {
        self.let_happen(now);
        let due = |caller: &Caller| {
            caller.phase == Phase::Due && caller.next_at.is_some_and(|at| at <= now)
        };
        let due: Vec<u64> =
            self.callers.values().filter(|caller| due(caller)).map(|caller| caller.id).collect();
        due.into_iter().filter_map(|id| self.ring_of(id, now)).collect()
    }

    fn ring_of(&mut self, id: u64, now: Timestamp) -> Option<Act> {
        let caller = self.callers.get_mut(&id)?;
        caller.phase = Phase::Ringing;
        caller.next_at = Some(now.plus(caller.habits.patience_ms));
        let caller = self.callers.get(&id)?;
        let test = self.kind(caller.kind).is_some_and(|kind| kind.test);
        Some(present(caller, test))
    }

    fn let_happen(&mut self, now: Timestamp) {
        let Some(book) = self.book.clone() else { return };
        for (index, service) in SERVICES.iter().enumerate() {
            let next = |callers: &Self| callers.arrivals.get(index).and_then(Arrivals::next_at);
            while let Some(at) = next(self).filter(|at| *at <= now) {
                self.happen(*service, at);
                if let Some(arrivals) = self.arrivals.get_mut(index) {
                    arrivals.go_on(&book.rate(*service));
                }
            }
        }
    }

    fn happen(&mut self, service: ServiceKind, at: Timestamp) {
        let Some(book) = self.book.clone() else { return };
        self.happenings += 1;
        if self.callers.len() >= CALLERS_MAX {
            return;
        }
        let mut rng = Rng::named(self.seed, &format!("happening/{}", self.happenings));
        for caller in callers_of(&book, service, at, &mut rng) {
            self.admit(caller);
        }
    }

    /// Gives a new caller an id, and a number unless it has one.
    fn admit(&mut self, mut caller: Caller) {
        caller.id = self.next_id;
        self.next_id += 1;
        if caller.number.is_empty() {
            let codes = self.book().map_or(&[] as &[u16], |book| &book.plan.area_codes);
            caller.number = number(caller.id, codes);
        }
        self.callers.insert(caller.id, caller);
    }

    fn act_of(&mut self, id: u64, now: Timestamp, center: &Center, acts: &mut Vec<Act>) {
        let Some(caller) = self.callers.get_mut(&id) else { return };
        match (caller.phase.clone(), caller.call) {
            (Phase::Due, _) => acts.extend(self.ring_of(id, now)),
            (Phase::Ringing, Some(call)) => {
                caller.left(now);
                acts.push(Act::new(Actor::Line, Command::AbandonCall { call }));
                self.ring_again(id, now);
            }
            (Phase::Speaking { .. }, Some(call)) => match caller.step(now) {
                Some(StepKind::Say(words)) => acts.push(say(call, &words)),
                // A person who has written down an address knows better than a telephone.
                Some(StepKind::Locate(..)) if has_address(call, center) => {}
                Some(StepKind::Locate(point, radius_m)) => {
                    let location = position(point, radius_m);
                    acts.push(Act::new(Actor::Line, Command::LocateCall { call, location }));
                }
                None => {
                    caller.next_at = None;
                    acts.push(Act::new(Actor::Line, Command::AbandonCall { call }));
                }
            },
            (Phase::Dialled, Some(call)) => {
                caller.next_at = None;
                let words = match caller.habits.reachable {
                    true => PICKED_UP,
                    false => "(generated) the callback is not answered",
                };
                acts.push(say(call, words));
            }
            // Nobody waits for them any more, or the ring could never be recorded.
            (Phase::Gone, _) | (_, None) => {
                self.callers.remove(&id);
            }
        }
    }

    /// The same person rings again a little later.
    fn ring_again(&mut self, id: u64, now: Timestamp) {
        let Some(again) = self.callers.get(&id).and_then(|caller| {
            let due = now.plus(caller.habits.rings_again_ms?);
            let habits = Habits { rings_again_ms: None, ..caller.habits.clone() };
            let (phase, next_at) = (Phase::Due, Some(due));
            Some(Caller { habits, call: None, phase, next_at, ..caller.clone() })
        }) else {
            return;
        };
        self.admit(again);
    }

    /// The same person calls again some minutes after the call, to ask where help is.
    fn ask_again(&mut self, caller: &Caller, now: Timestamp) {
        let helped = self.kind(caller.kind).is_some_and(|kind| kind.incident_type.is_some());
        let (true, Some(after_ms), Some(book)) =
            (helped, caller.habits.calls_again_ms, self.book.clone())
        else {
            return;
        };
        let minutes = (after_ms / 60_000).max(1).to_string();
        let asks = book.plan.places.again.replace("{minutes}", &minutes);
        let mut script = caller.script.clone();
        if let Some(first) = script.first_mut() {
            first.what = StepKind::Say(format!("(generated) {asks}"));
        }
        self.admit(Caller {
            script,
            habits: Habits { calls_again_ms: None, ..caller.habits.clone() },
            call: None,
            phase: Phase::Due,
            next_at: Some(now.plus(after_ms)),
            ..caller.clone()
        });
    }

    /// Hears which number a call got, and sees what was done with each.
    pub fn hear(&mut self, now: Timestamp, outputs: &[Output], center: &Center) {
        self.learn_numbers(outputs);
        let known: Vec<(u64, CallId)> = self
            .callers
            .values()
            .filter_map(|caller| caller.call.map(|call| (caller.id, call)))
            .collect();
        for (id, call) in known {
            if let Ok(call) = center.core().call(call) {
                self.see(id, call, now);
            }
        }
    }

    fn learn_numbers(&mut self, outputs: &[Output]) {
        for output in outputs {
            let Output::Reply { key, result: Ok(accepted) } = output else { continue };
            let id = key.strip_prefix(RING_KEY).and_then(|id| id.parse::<u64>().ok());
            let presented = accepted.events.iter().find_map(|(_, event)| match event {
                Event::CallPresented { call, .. } => Some(*call),
                _ => None,
            });
            if let (Some(id), Some(call)) = (id, presented) {
                self.connect(id, call);
            }
        }
        // A ring that could not be recorded at first gets its number later and without its key.
        for output in outputs {
            let Output::Ring { call: Some(call), unrecorded: false, .. } = output else { continue };
            if self.of_call(*call).is_some() {
                continue;
            }
            let waits = |caller: &&Caller| caller.call.is_none() && caller.phase == Phase::Ringing;
            if let Some(id) = self.callers.values().find(waits).map(|caller| caller.id) {
                self.connect(id, *call);
            }
        }
    }

    fn connect(&mut self, id: u64, call: CallId) {
        let Some(caller) = self.callers.get_mut(&id) else { return };
        caller.call = Some(call);
        let story = Story {
            kind: caller.kind,
            spot: caller.spot.as_ref().map(|spot| spot.point),
            place: caller.told_place(),
            reachable: caller.habits.reachable,
        };
        self.stories.insert(call, story);
        if self.stories.len() > REMEMBERED_MAX {
            self.stories.pop_first();
        }
    }

    fn see(&mut self, id: u64, call: &Call, now: Timestamp) {
        let Some(caller) = self.callers.get_mut(&id) else { return };
        let rung_back = call.callback.as_ref().is_some_and(|callback| callback.ringing);
        match (&caller.phase, call.state) {
            (Phase::Ringing, CallState::Answered) => caller.answered(now),
            (Phase::Gone | Phase::Dialled, CallState::Answered) => {
                let first = StepKind::Say(caller.called_back.clone());
                caller.script.insert(0, Step { after_ms: 1_000, what: first });
                caller.answered(now);
            }
            // Their line was lost: they wait to be rung back, as if they had hung up.
            (Phase::Ringing | Phase::Speaking { .. }, CallState::Abandoned) => caller.left(now),
            (Phase::Gone, CallState::Abandoned) if rung_back => caller.dialled(now),
            (Phase::Dialled, CallState::Abandoned) if !rung_back => caller.left(now),
            (_, CallState::Ended) => {
                if let Some(caller) = self.callers.remove(&id)
                    && matches!(caller.phase, Phase::Speaking { .. })
                {
                    self.ask_again(&caller, now);
                }
            }
            (
                _,
                CallState::Presented
                | CallState::Queued
                | CallState::Answered
                | CallState::Abandoned,
            ) => {}
        }
    }
}

const RING_KEY: &str = "ring-";

fn present(caller: &Caller, test: bool) -> Act {
    let command = Command::PresentCall {
        channel: caller.channel,
        number: Some(Clear(caller.number.clone())),
        number_digest: None,
        name: Some(Clear(caller.name())),
        location: caller.presented_from(),
        test,
        signalling: None,
    };
    Act::keyed(format!("{RING_KEY}{}", caller.id), Actor::Line, command)
}

fn has_address(call: CallId, center: &Center) -> bool {
    let known = center.core().call(call).ok();
    let location = known.and_then(|call| call.location.as_ref());
    location.is_some_and(|location| location.address.is_some())
}

fn say(call: CallId, words: &str) -> Act {
    Act::new(Actor::of(TRANSCRIPT), Command::RecordWords { call, words: Clear(words.to_owned()) })
}

/// Whoever writes down words must be at work; starts that shift before the first words.
fn start_transcript(acts: &mut Vec<Act>, center: &Center) {
    let writer = Actor::of(TRANSCRIPT);
    let at_work = center.core().shift(&PersonId::from(TRANSCRIPT)).is_some();
    if !at_work && acts.iter().any(|act| act.actor == writer) {
        let position = "transcript (generated)".to_owned();
        let command = Command::StartShift { role: Role::CallTaker, position };
        acts.insert(0, Act::new(writer, command));
    }
}

/// One of the numbers kept for fiction; the same again only after all others.
fn number(id: u64, area_codes: &[u16]) -> String {
    let count = (area_codes.len() as u64 * 100).max(1);
    // 389 is a prime and divides no such count, so it visits every number once.
    let index = id.wrapping_mul(389) % count;
    let code = usize::try_from(index / 100).ok().and_then(|at| area_codes.get(at));
    format!("{}-555-01{:02}", code.copied().unwrap_or(0), index % 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn numbers_are_for_fiction_and_come_round_late() {
        let codes = [617, 857, 781];
        let numbers: BTreeSet<String> = (1..=300).map(|id| number(id, &codes)).collect();
        assert_eq!(numbers.len(), 300);
        assert!(numbers.iter().all(|number| number.get(3..10) == Some("-555-01")), "{numbers:?}");
    }
}
