//! Simulated staff: call-takers, dispatchers and supervisors at their positions.
//!
//! Each works through one task after another, taking time for each, and sees of the centre what a
//! person sees: ringing calls, pending incidents, the recommendation, alerts. Before every act the
//! member looks whether it still makes sense, so people in a browser may work beside them.

mod dispatcher;
mod taker;

use crate::rng::{Rng, Spread};
use crate::source::{Act, Source};
use crate::world::Seen;
use center::{Center, Clear};
use evenhand_core::{
    Actor, AlertId, AlertKind, CallId, Command, IncidentId, PersonId, Role, Signature, Stage,
    Timestamp, UnitId,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How many work, and how long they take.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffPlan {
    /// Call-takers on shift, day and night.
    pub call_takers: u32,
    /// Dispatchers.
    pub dispatchers: u32,
    /// Supervisors: second signatures, and alerts about calls.
    pub supervisors: u32,
    /// A free call-taker hears a ringing call until it is answered.
    pub answer_s: Spread,
    /// Answered until it is known where and the incident is created.
    pub create_s: Spread,
    /// Created until the type is known.
    pub classify_s: Spread,
    /// Classified, attached or declined until the call ends.
    pub end_s: Spread,
    /// A free dispatcher sees a pending incident until units are sent or it is held.
    pub dispatch_s: Spread,
    /// All units clear until the incident is closed.
    pub close_s: Spread,
    /// An alert is raised until it is acknowledged, by whoever is free.
    pub acknowledge_s: Spread,
    /// A free call-taker sees an abandoned call until it is rung back.
    pub callback_s: Spread,
    /// How long a callback rings before it is answered or given up.
    pub ring_s: Spread,
    /// A missed callback until the next attempt.
    pub retry_s: u32,
    /// Attempts before the decision that the caller was not reached.
    pub attempts_max: u32,
    /// A possible duplicate of at least this score is attached; without it, none is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attach_score_min: Option<u16>,
    /// An incident of this priority or less urgent (a higher number) is held when no unit can be
    /// sent; without it, none is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_priority_min: Option<u8>,
    /// For how long, at most what policy allows.
    pub hold_s: u32,
}

/// All simulated staff of a centre.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Staff {
    plan: StaffPlan,
    members: Vec<Member>,
    /// Abandoned calls that are not rung back before this time.
    not_before: BTreeMap<CallId, Timestamp>,
    /// Incidents for which nobody could be found, and which units were free then.
    waiting: BTreeMap<IncidentId, BTreeSet<UnitId>>,
    /// How often a call was taken up again that had ended without its outcome.
    taken_up: BTreeMap<CallId, u32>,
}

/// One person at work.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Member {
    person: PersonId,
    role: Role,
    task: Option<Task>,
    /// When the task's next act is.
    due: Timestamp,
    rng: Rng,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
enum Task {
    StartShift,
    EndShift,
    PickUp(CallId),
    Listen(CallId),
    Place(CallId),
    Classify(CallId),
    Finish(CallId),
    RingBack(CallId),
    AwaitAnswer(CallId),
    GiveUp(CallId),
    Dispatch(IncidentId),
    Close(IncidentId),
    Acknowledge(AlertId),
}

/// What a member needs when it acts.
struct Turn<'a> {
    seen: &'a Seen<'a>,
    source: &'a mut dyn Source,
    second: Option<PersonId>,
    acts: Vec<Act>,
}

impl Staff {
    /// Staff that starts work at `start`; each has a stream of chance of their own.
    pub fn new(seed: u64, plan: StaffPlan, start: Timestamp) -> Self {
        let roles = [
            (Role::CallTaker, "taker", plan.call_takers),
            (Role::Dispatcher, "dispatcher", plan.dispatchers),
            (Role::Supervisor, "supervisor", plan.supervisors),
        ];
        let members = roles.into_iter().flat_map(|(role, name, count)| {
            (1..=count).map(move |number| {
                let person = format!("sim-{name}-{number}");
                Member {
                    role,
                    task: Some(Task::StartShift),
                    due: start,
                    rng: Rng::named(seed, &person),
                    person: PersonId(person),
                }
            })
        });
        Self {
            plan,
            members: members.collect(),
            not_before: BTreeMap::new(),
            waiting: BTreeMap::new(),
            taken_up: BTreeMap::new(),
        }
    }

    /// When one of them acts next.
    pub fn next_at(&self) -> Option<Timestamp> {
        let tasks = self.members.iter().filter(|member| member.task.is_some());
        tasks.map(|member| member.due).chain(self.not_before.values().copied()).min()
    }

    /// Everything they do now, in the order of their names.
    pub fn act(&mut self, seen: &Seen<'_>, source: &mut dyn Source) -> Vec<Act> {
        self.forget(seen);
        let mut turn = Turn { seen, source, second: None, acts: Vec::new() };
        for index in 0..self.members.len() {
            let due = |member: &Member| member.due <= seen.now;
            let Some(member) = self.members.get(index).filter(|member| due(member)) else {
                continue;
            };
            let Some(task) = member.task else { continue };
            turn.second = self.second_of(&member.person, seen.center);
            let next = self.carry_out(index, task, &mut turn);
            if let Some(member) = self.members.get_mut(index) {
                member.task = next.map(|(task, _)| task);
                member.due = next.map_or(seen.now, |(_, due)| due);
            }
        }
        let acts = turn.acts;
        // What was ordered just now is not done yet: whoever looked would do it a second time. All
        // look when they hear what came of it.
        if acts.is_empty() {
            self.look(seen);
        }
        acts
    }

    /// Drops what is over, whoever ended it.
    fn forget(&mut self, seen: &Seen<'_>) {
        let core = seen.center.core();
        self.not_before.retain(|_, at| *at > seen.now);
        self.taken_up.retain(|call, _| core.call(*call).is_ok_and(|call| call.outcome.is_none()));
        self.waiting.retain(|incident, _| {
            let stage = core.incident(*incident).map(|incident| incident.stage);
            matches!(stage, Ok(Stage::Pending | Stage::Held))
        });
    }

    /// Who is free looks for the most urgent thing to do.
    pub fn look(&mut self, seen: &Seen<'_>) {
        for index in 0..self.members.len() {
            let Some(member) = self.members.get(index).filter(|member| member.task.is_none())
            else {
                continue;
            };
            let found = match member.role {
                Role::CallTaker => self.find_for_taker(seen),
                Role::Dispatcher => self.find_for_dispatcher(seen),
                Role::Supervisor => self.find_alert(seen.center, Role::Supervisor),
                Role::Auditor => None,
            };
            let Some((task, within)) = found else { continue };
            if let Some(member) = self.members.get_mut(index) {
                member.due = seen.now.plus(within.draw_ms(&mut member.rng));
                member.task = Some(task);
            }
        }
    }

    /// Whoever is free ends their shift now; the others as soon as their task is done. A refusal
    /// (a callback outstanding) keeps a person on shift.
    pub fn sign_off(&mut self, now: Timestamp) {
        for member in self.members.iter_mut().filter(|member| member.task.is_none()) {
            member.task = Some(Task::EndShift);
            member.due = now;
        }
    }

    /// What comes after one act of a task, and when; `None`: the member is free.
    fn carry_out(
        &mut self,
        index: usize,
        task: Task,
        turn: &mut Turn<'_>,
    ) -> Option<(Task, Timestamp)> {
        match task {
            Task::StartShift => {
                let member = self.members.get(index)?;
                let position = member.person.0.clone();
                let role = member.role;
                self.order(index, turn, Command::StartShift { role, position });
                None
            }
            Task::EndShift => {
                self.order(index, turn, Command::EndShift {});
                None
            }
            Task::PickUp(call) => self.pick_up(index, call, turn),
            Task::Listen(call) => self.listen(index, call, turn),
            Task::Place(call) => self.place(index, call, turn),
            Task::Classify(call) => self.classify(index, call, turn),
            Task::Finish(call) => self.finish(index, call, turn),
            Task::RingBack(call) => self.ring_back(index, call, turn),
            Task::AwaitAnswer(call) => self.await_answer(index, call, turn),
            Task::GiveUp(call) => self.give_up(index, call, turn),
            Task::Dispatch(incident) => self.dispatch(index, incident, turn),
            Task::Close(incident) => self.close(index, incident, turn),
            Task::Acknowledge(alert) => {
                self.order(index, turn, Command::AcknowledgeAlert { alert });
                None
            }
        }
    }

    fn order(&self, index: usize, turn: &mut Turn<'_>, command: Command<Clear>) {
        if let Some(member) = self.members.get(index) {
            turn.acts.push(Act::new(Actor::Person { id: member.person.clone() }, command));
        }
    }

    /// The present and a drawn time.
    fn after(&mut self, index: usize, turn: &Turn<'_>, spread: Spread) -> Timestamp {
        let drawn = self.members.get_mut(index).map(|member| spread.draw_ms(&mut member.rng));
        turn.seen.now.plus(drawn.unwrap_or(0))
    }

    /// Who signs beside `person`: the first supervisor at work who is somebody else.
    fn second_of(&self, person: &PersonId, center: &Center) -> Option<PersonId> {
        let mut supervisors = self.members.iter().filter(|member| member.role == Role::Supervisor);
        let other = |member: &&Member| {
            member.person != *person && center.core().shift(&member.person).is_some()
        };
        supervisors.find(other).map(|member| member.person.clone())
    }

    fn has(&self, task: impl Fn(&Task) -> bool) -> bool {
        self.members.iter().filter_map(|member| member.task.as_ref()).any(task)
    }

    /// An alert that is this role's and nobody's yet.
    fn find_alert(&self, center: &Center, role: Role) -> Option<(Task, Spread)> {
        let watched = self.members.iter().any(|member| member.role == Role::Supervisor);
        let mut alerts = center.core().alerts().filter(|alert| {
            let of = match alert.kind {
                AlertKind::CallUnanswered
                | AlertKind::CallbackOverdue
                | AlertKind::IncidentUnclassified
                | AlertKind::ShortCall
                | AlertKind::LocationsApart
                | AlertKind::LineLost
                | AlertKind::TransferFailed
                    if watched =>
                {
                    Role::Supervisor
                }
                AlertKind::CallUnanswered
                | AlertKind::CallbackOverdue
                | AlertKind::ShortCall
                | AlertKind::LocationsApart
                | AlertKind::LineLost
                | AlertKind::TransferFailed
                | AlertKind::IncidentUnclassified
                | AlertKind::IncidentOverdue
                | AlertKind::HoldReview
                | AlertKind::UnitNotEnroute
                | AlertKind::WelfareCheck => Role::Dispatcher,
            };
            of == role && !self.has(|task| *task == Task::Acknowledge(alert.id))
        });
        alerts.next().map(|alert| (Task::Acknowledge(alert.id), self.plan.acknowledge_s))
    }
}

/// A reason, signed by a second person where one is at work.
fn signed(reason: &str, turn: &Turn<'_>) -> Signature {
    Signature { second: turn.second.clone(), ..Signature::because(reason) }
}
