//! Three people at work who order what they may and what they may not: a call-taker, a dispatcher
//! and a supervisor. What a rule forbids is ordered here on purpose, every few minutes, since a
//! rule is worth what it refuses.
//!
//! When the faults are over they tidy up: what nobody else at work would take in hand.

use crate::rng::Rng;
use crate::source::Act;
use center::{Center, Clear, Order, Selected};
use evenhand_core::{
    Actor, AgentState, Call, CallId, CallState, Command, Disposition, Incident, IncidentId,
    Location, NoDispatchCode, PersonId, PrimaryStatus, Role, SecondaryStatus, Signature, Stage,
    Timestamp, TransferResult, Unit, UnitId,
};

/// The three, and what they do next.
#[derive(Clone, Debug)]
pub(super) struct Restless {
    rng: Rng,
    next: Timestamp,
    pace_ms: u64,
    tidy: bool,
}

const TAKER: &str = "restless-taker";
const DISPATCHER: &str = "restless-dispatcher";
const SUPERVISOR: &str = "restless-supervisor";
/// While tidying up they act this often.
const TIDY_MS: u64 = 30_000;

/// What one of them does, if the centre gives the occasion.
type Whim = fn(&mut Rng, &Center, Timestamp) -> Option<Act>;

/// With weights. Our choice: what is forbidden as often as what is allowed.
const WHIMS: [(u32, Whim); 35] = [
    (3, hold),
    (1, hold_too_long),
    (1, release_hold),
    (3, divert),
    (2, cancel_assignment),
    (1, cancel_incident),
    (3, decline_alone),
    (2, decline_by_two),
    (2, change_priority),
    (1, merge),
    (1, unmerge),
    (2, reopen),
    (5, close),
    (2, dispatch_any),
    (2, dispatch_busy),
    (3, undo),
    (4, typed),
    (2, attach),
    (1, detach),
    (6, stale_status),
    (1, undo_status),
    (1, end_shift),
    (1, raise_alarm),
    (2, narrative),
    (1, answer),
    (2, not_theirs),
    (1, hand_over),
    (2, give_up_too_soon),
    (1, out_of_service),
    (1, create),
    (1, no_reason),
    (3, change_state),
    (1, lose_line),
    (1, rebid),
    (1, transfer),
];

impl Restless {
    pub fn new(seed: u64, start: Timestamp, pace_ms: u64) -> Self {
        Self { rng: Rng::named(seed, "faults/restless"), next: start, pace_ms, tidy: false }
    }

    /// No more whims: from now on they only tidy up.
    pub fn tidy(&mut self, now: Timestamp) {
        self.tidy = true;
        self.next = now;
    }

    /// When one of them acts next.
    pub fn next_at(&self) -> Timestamp {
        self.next
    }

    /// What they do now.
    pub fn act(&mut self, now: Timestamp, center: &Center) -> Vec<Act> {
        if now < self.next {
            return Vec::new();
        }
        let pace_ms = if self.tidy { TIDY_MS } else { 1 + self.rng.below(2 * self.pace_ms) };
        self.next = now.plus(pace_ms);
        let mut acts = sign_on(center);
        if !acts.is_empty() {
            return acts;
        }
        acts.extend(tidied(center, now));
        if !self.tidy
            && let Some(whim) = self.rng.choose(&WHIMS)
        {
            acts.extend(whim(&mut self.rng, center, now));
        }
        acts
    }
}

/// The command by which a person of this name starts work.
pub(super) fn start_of_shift(person: &PersonId) -> Act {
    let name = person.as_str();
    let role = match () {
        () if name.contains("taker") => Role::CallTaker,
        () if name.contains("dispatcher") => Role::Dispatcher,
        () => Role::Supervisor,
    };
    by(name, Command::StartShift { role, position: name.to_owned() })
}

fn sign_on(center: &Center) -> Vec<Act> {
    let off = |name: &&str| center.core().shift(&PersonId::from(*name)).is_none();
    let missing = [TAKER, DISPATCHER, SUPERVISOR].into_iter().filter(off);
    missing.map(|name| start_of_shift(&PersonId::from(name))).collect()
}

fn by(name: &str, command: Command<Clear>) -> Act {
    Act::new(Actor::of(name), command)
}

fn because(reason: &str) -> Signature {
    Signature::because(reason)
}

fn by_two(reason: &str) -> Signature {
    Signature::with_second(reason, SUPERVISOR)
}

fn one_of<T>(rng: &mut Rng, choices: impl IntoIterator<Item = T>) -> Option<T> {
    let mut choices: Vec<T> = choices.into_iter().collect();
    let chosen = rng.below(choices.len() as u64) as usize;
    (chosen < choices.len()).then(|| choices.swap_remove(chosen))
}

fn incident(rng: &mut Rng, center: &Center, is: fn(&Incident) -> bool) -> Option<IncidentId> {
    let open = center.core().open_incidents().filter(|incident| is(incident));
    one_of(rng, open.map(|incident| incident.id))
}

fn open(_: &Incident) -> bool {
    true
}

fn waits(incident: &Incident) -> bool {
    matches!(incident.stage, Stage::Pending | Stage::Held) && incident.merged_into.is_none()
}

fn busy_unit(rng: &mut Rng, center: &Center) -> Option<UnitId> {
    let busy = center.core().units().filter(|unit| unit.assignment.is_some());
    one_of(rng, busy.map(|unit| unit.id.clone()))
}

fn hold(rng: &mut Rng, center: &Center, now: Timestamp) -> Option<Act> {
    let incident = incident(rng, center, waits)?;
    let review_at = now.plus(1_500 + rng.below(900_000));
    let signature = because("the caller is safe for now");
    Some(by(DISPATCHER, Command::HoldIncident { incident, review_at, signature }))
}

fn hold_too_long(rng: &mut Rng, center: &Center, now: Timestamp) -> Option<Act> {
    let incident = incident(rng, center, open)?;
    let review_at = now.plus(rng.below(48 * 3_600_000));
    let signature = because("tomorrow perhaps");
    Some(by(DISPATCHER, Command::HoldIncident { incident, review_at, signature }))
}

fn release_hold(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let incident = incident(rng, center, |incident| incident.stage == Stage::Held)?;
    Some(by(DISPATCHER, Command::ReleaseHold { incident }))
}

fn divert(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let unit = busy_unit(rng, center)?;
    let incident = incident(rng, center, open)?;
    let signature = because("more urgent");
    Some(by(DISPATCHER, Command::DivertUnit { unit, incident, signature }))
}

fn cancel_assignment(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let unit = busy_unit(rng, center)?;
    Some(by(DISPATCHER, Command::CancelAssignment { unit, signature: because("not needed") }))
}

fn cancel_incident(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let incident = incident(rng, center, open)?;
    let signature = if rng.chance(500) { by_two("false report") } else { because("false report") };
    Some(by(DISPATCHER, Command::CancelIncident { incident, signature }))
}

/// Allowed for most types, and forbidden for those that two must sign.
fn decline_alone(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let incident = incident(rng, center, waits)?;
    let (code, signature) = (NoDispatchCode::AdviceGiven, because("settled by telephone"));
    Some(by(DISPATCHER, Command::DeclineIncident { incident, code, signature }))
}

fn decline_by_two(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let incident = incident(rng, center, waits)?;
    let (code, signature) = (NoDispatchCode::PolicyNoSend, by_two("both of us heard the caller"));
    // Now and then the second signature is the first one's own.
    let who = if rng.chance(200) { SUPERVISOR } else { DISPATCHER };
    Some(by(who, Command::DeclineIncident { incident, code, signature }))
}

fn change_priority(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let incident = incident(rng, center, open)?;
    let priority = rng.below(10) as u8;
    let signature = if rng.chance(700) { because("heard more") } else { Signature::default() };
    Some(by(DISPATCHER, Command::ChangePriority { incident, priority, signature }))
}

fn merge(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let from = incident(rng, center, open)?;
    let into = incident(rng, center, open)?;
    let signature = because("the same happening");
    Some(by(DISPATCHER, Command::MergeIncidents { from, into, signature }))
}

fn unmerge(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let incident = incident(rng, center, |incident| incident.merged_into.is_some())?;
    Some(by(DISPATCHER, Command::UnmergeIncident { incident }))
}

fn reopen(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let incident = one_of(rng, center.boards().incidents.closed())?;
    Some(by(DISPATCHER, Command::ReopenIncident { incident }))
}

/// Mostly forbidden: somebody is still there, or nobody ever came.
fn close(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let incident = incident(rng, center, open)?;
    let ends = Disposition::AFTER_RESPONSE.into_iter();
    let more = [Disposition::Cancelled, Disposition::NoDispatch(NoDispatchCode::AdviceGiven)];
    let disposition = one_of(rng, ends.chain(more))?;
    Some(by(DISPATCHER, Command::CloseIncident { incident, disposition }))
}

/// Free, but not what is recommended.
fn dispatch_any(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let incident = incident(rng, center, waits)?;
    let free = center.core().units().filter(|unit| {
        unit.assignment.is_none() && unit.status.primary == PrimaryStatus::Available
    });
    let units = vec![one_of(rng, free.map(|unit| unit.id.clone()))?];
    let signature = because("they are around the corner");
    Some(by(DISPATCHER, Command::DispatchUnits { incident, units, signature }))
}

fn dispatch_busy(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let units = vec![busy_unit(rng, center)?];
    let incident = incident(rng, center, open)?;
    let signature = because("we need everybody");
    Some(by(DISPATCHER, Command::DispatchUnits { incident, units, signature }))
}

fn undo(rng: &mut Rng, _: &Center, _: Timestamp) -> Option<Act> {
    let person = one_of(rng, [TAKER, DISPATCHER, SUPERVISOR])?;
    Some(Act { actor: Actor::of(person), order: Order::Undo, key: None })
}

fn typed(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let incident = incident(rng, center, open)?;
    let unit = one_of(rng, center.core().units().map(|unit| unit.id.clone()))?;
    let text = match rng.below(7) {
        0 => format!("H {incident} 9 the crew is on its way back"),
        1 => format!("{unit} EN"),
        2 => format!("US {unit}"),
        3 => format!("X {unit} called back"),
        4 => format!("N {incident} the gate is open"),
        5 => format!("D {incident}"),
        _ => "nothing that anybody understands".to_owned(),
    };
    let order = Order::Line { text, selected: Selected::default() };
    Some(Act { actor: Actor::of(DISPATCHER), order, key: None })
}

fn attach(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let call = one_of(rng, center.core().unaccounted_calls().map(|call| call.id))?;
    let incident = incident(rng, center, open)?;
    let words = Some(Clear("the same fire again".to_owned()));
    Some(by(TAKER, Command::AttachCall { call, incident, words }))
}

fn detach(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let calls = center.core().open_incidents().flat_map(|incident| incident.calls.clone());
    let call = one_of(rng, calls)?;
    Some(by(TAKER, Command::DetachCall { call }))
}

/// Written down too late: something newer is known.
fn stale_status(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let unit = one_of(rng, center.core().units().map(|unit| (unit.id.clone(), unit.status_at)))?;
    let (unit, latest) = unit;
    let reported_at = Some(Timestamp(latest.0 - 1 - rng.below(600_000) as i64));
    let label = one_of(rng, ["clear", "en route", "on scene", "available"])?.to_owned();
    Some(by(DISPATCHER, Command::ReportStatus { unit, label, reported_at }))
}

fn undo_status(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let unit = busy_unit(rng, center)?;
    Some(by(DISPATCHER, Command::UndoStatus { unit }))
}

/// Refused while there is a callback to make, or a call of theirs without an outcome.
fn end_shift(rng: &mut Rng, _: &Center, _: Timestamp) -> Option<Act> {
    let person = one_of(rng, [TAKER, DISPATCHER])?;
    Some(by(person, Command::EndShift {}))
}

fn raise_alarm(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let incident = incident(rng, center, open)?;
    Some(by(DISPATCHER, Command::RaiseAlarmLevel { incident }))
}

fn narrative(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let incident = incident(rng, center, open)?;
    let text = Clear("the caller moved to the other side of the street".to_owned());
    Some(by(DISPATCHER, Command::AddNarrative { incident, text }))
}

fn answer(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let call = one_of(rng, center.core().unaccounted_calls().map(|call| call.id))?;
    Some(by(TAKER, Command::AnswerCall { call }))
}

/// Orders by those whose business it is not: the clock, a crew, the line.
fn not_theirs(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let incident = incident(rng, center, open)?;
    let disposition = Disposition::HandledOnScene;
    let unit = UnitId::from("E1");
    Some(match rng.below(4) {
        0 => Act::new(Actor::Clock, Command::CloseIncident { incident, disposition }),
        1 => Act::new(Actor::Crew { unit }, Command::CloseIncident { incident, disposition }),
        2 => {
            let label = "available".to_owned();
            let other = Actor::Crew { unit: UnitId::from("E2") };
            Act::new(other, Command::ReportStatus { unit, label, reported_at: None })
        }
        _ => Act::new(Actor::Line, Command::EndCall { call: CallId(1 + rng.below(50)) }),
    })
}

/// On a break, back, or neither: each is refused as often as not.
fn change_state(rng: &mut Rng, _: &Center, _: Timestamp) -> Option<Act> {
    let person = one_of(rng, [TAKER, DISPATCHER])?;
    let states = [AgentState::Ready, AgentState::Break, AgentState::WrapUp, AgentState::Busy];
    let state = one_of(rng, states)?;
    Some(by(person, Command::SetAgentState { state }))
}

/// A line breaks, whatever goes on there.
fn lose_line(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let call = one_of(rng, center.core().unaccounted_calls().map(|call| call.id))?;
    Some(Act::new(Actor::Line, Command::LoseLine { call }))
}

fn rebid(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let call = one_of(rng, center.core().unaccounted_calls().map(|call| call.id))?;
    Some(by(TAKER, Command::RebidLocation { call }))
}

/// Ordered, and now and then answered by the other side.
fn transfer(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let call = one_of(rng, center.core().unaccounted_calls().map(|call| call.id))?;
    let result = if rng.chance(500) { TransferResult::Accepted } else { TransferResult::Failed };
    Some(if rng.chance(500) {
        by(TAKER, Command::TransferCall { call, to: "sip:next@psap.example".to_owned() })
    } else {
        Act::new(Actor::Line, Command::ReportTransfer { call, result, code: 0 })
    })
}

fn hand_over(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let call = one_of(rng, abandoned(center))?;
    let signature = because("I am going off");
    let to = PersonId::from(SUPERVISOR);
    Some(by(TAKER, Command::HandOverCallback { call, to, signature }))
}

fn give_up_too_soon(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let call = one_of(rng, abandoned(center))?;
    Some(by(TAKER, Command::GiveUpCallback { call, signature: because("no time") }))
}

fn abandoned(center: &Center) -> impl Iterator<Item = CallId> {
    let calls = center.core().unaccounted_calls();
    calls.filter(|call| call.state == CallState::Abandoned).map(|call| call.id)
}

fn out_of_service(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let free = center.core().units().filter(|unit| unit.assignment.is_none());
    let unit = one_of(rng, free.map(|unit| unit.id.clone()))?;
    let label = "out of service".to_owned();
    Some(by(DISPATCHER, Command::ReportStatus { unit, label, reported_at: None }))
}

/// An incident that nobody called for.
fn create(_: &mut Rng, _: &Center, _: Timestamp) -> Option<Act> {
    let location =
        Location { address: Some(Clear("150 Main St".to_owned())), ..Location::default() };
    Some(by(DISPATCHER, Command::CreateIncident { call: None, location }))
}

fn no_reason(rng: &mut Rng, center: &Center, _: Timestamp) -> Option<Act> {
    let incident = incident(rng, center, waits)?;
    let (code, signature) = (NoDispatchCode::AdviceGiven, by_two("   "));
    Some(by(DISPATCHER, Command::DeclineIncident { incident, code, signature }))
}

/// What nobody else at work takes in hand.
fn tidied(center: &Center, now: Timestamp) -> Vec<Act> {
    let mut acts: Vec<Act> =
        center.core().calls().filter_map(|call| left_call(call, now)).collect();
    // Merged ones too: what was treated as part of another is looked at once more.
    let open = center.core().incidents().filter(|one| one.disposition.is_none());
    acts.extend(open.filter_map(|left| left_incident(left, now)));
    acts.extend(center.core().units().filter_map(|unit| left_unit(unit, now)));
    acts
}

/// How long something lies before they take it up.
const LIES_MS: u64 = 900_000;

fn left_call(call: &Call, now: Timestamp) -> Option<Act> {
    let id = call.id;
    if now.since(call.presented_at) < LIES_MS {
        return None;
    }
    match (call.state, &call.outcome) {
        (CallState::Answered, Some(_)) => Some(by(TAKER, Command::EndCall { call: id })),
        // A test call that somebody attached, and took off again after its end, lacks one too.
        (state @ (CallState::Answered | CallState::Ended), None)
            if !call.test || state == CallState::Ended =>
        {
            let signature = because("found without an outcome; the recording says why");
            let code = NoDispatchCode::CallerWithdrew;
            Some(by(SUPERVISOR, Command::DeclineCall { call: id, code, signature }))
        }
        (CallState::Answered, None) => Some(by(TAKER, Command::EndCall { call: id })),
        _ => None,
    }
}

fn left_incident(incident: &Incident, now: Timestamp) -> Option<Act> {
    let id = incident.id;
    if now.since(incident.created_at) < LIES_MS {
        return None;
    }
    if incident.merged_into.is_some() {
        return Some(by(DISPATCHER, Command::UnmergeIncident { incident: id }));
    }
    let incident_type = "medical.fall".to_owned();
    let signature = because("as the recording says");
    incident
        .classification
        .is_none()
        .then(|| by(DISPATCHER, Command::classify(id, incident_type, signature)))
}

fn left_unit(unit: &Unit, now: Timestamp) -> Option<Act> {
    let out = unit.status.secondary == SecondaryStatus::OutofService;
    let long = now.since(unit.status_at) >= LIES_MS;
    let (unit, label) = (unit.id.clone(), "available".to_owned());
    (out && long).then(|| by(DISPATCHER, Command::ReportStatus { unit, label, reported_at: None }))
}
