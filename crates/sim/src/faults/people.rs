//! The people of the small town, who call. What a caller says is known to whoever has them on the
//! line, whatever became of replies and processes.

use crate::rng::Rng;
use crate::source::{Act, Arrival, Need, Scene, Source, Told, Transport};
use center::{Center, Clear, Output};
use evenhand_core::{
    Actor, Call, CallId, CallState, Channel, Command, Disposition, Incident, Location,
    NoDispatchCode, Timestamp,
};
use map::Point;
use std::collections::BTreeMap;

/// Everybody who calls on one day.
#[derive(Clone, Debug)]
pub(super) struct People {
    seed: u64,
    callers: Vec<Caller>,
    by_call: BTreeMap<CallId, usize>,
}

/// Somebody who calls once.
#[derive(Clone, Debug)]
struct Caller {
    rings_at: Timestamp,
    patience_ms: u64,
    gives_up_at: Timestamp,
    /// Hangs up so long after the answer, if the call-taker does not end the call before.
    stays_ms: Option<u64>,
    reachable: bool,
    test: bool,
    number: String,
    told: Told,
    call: Option<CallId>,
    doing: Doing,
    next: Option<Timestamp>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Doing {
    Waiting,
    Ringing,
    Speaking,
    Gone,
}

/// How often a caller who is to hang up hears whether anybody answered.
const LOOK_MS: u64 = 10_000;
/// The types of the town's policy by weight, with what is said.
const TYPES: [(u32, (&str, &str)); 6] = [
    (2, ("fire.building", "there are flames in the window")),
    (3, ("fire.smell", "it smells of smoke in the hall")),
    (4, ("medical.chest_pain", "my chest hurts")),
    (5, ("medical.fall", "my father fell down the stairs")),
    (3, ("police.noise", "they have been shouting for an hour")),
    (2, ("police.domestic", "he is hitting her")),
];
const STREETS: [&str; 5] = ["Main St", "Oak Ave", "First St", "Second St", "Third St"];

impl People {
    /// Callers about `happenings`, spread over the time between `start` and `end`.
    pub fn draw(seed: u64, happenings: u64, start: Timestamp, end: Timestamp) -> Self {
        let mut rng = Rng::named(seed, "faults/people");
        let mut callers = Vec::new();
        for _ in 0..happenings {
            let at = start.plus(rng.below(end.since(start)));
            let first = Caller::draw(&mut rng, at);
            while rng.chance(250) {
                callers.push(first.witness(&mut rng));
            }
            callers.push(first);
        }
        callers.sort_by_key(|caller| caller.rings_at);
        Self { seed, callers, by_call: BTreeMap::new() }
    }

    /// The exchange put the caller whose ring had this key through as this call.
    pub fn connected(&mut self, key: &str, call: CallId) {
        let Some(index) = key.strip_prefix("ring-").and_then(|number| number.parse().ok()) else {
            return;
        };
        if let Some(caller) = self.callers.get_mut::<usize>(index) {
            caller.call = Some(call);
            self.by_call.insert(call, index);
        }
    }

    fn of_call(&self, call: CallId) -> Option<&Caller> {
        self.callers.get(*self.by_call.get(&call)?)
    }
}

impl Caller {
    fn draw(rng: &mut Rng, rings_at: Timestamp) -> Self {
        let test = rng.chance(30);
        let need = if test { Need::Test } else { need(rng) };
        let patience_ms = if rng.chance(150) { 2_000 + rng.below(15_000) } else { 600_000 };
        let said = match &need {
            Need::Help { incident_type } => TYPES
                .iter()
                .find(|(_, (code, _))| code == incident_type)
                .map_or("help", |(_, (_, said))| said),
            Need::Nobody { .. } | Need::Transfer { .. } | Need::Test => "hello?",
        };
        let told = Told { words: Some(said.to_owned()), location: place(rng), need };
        Self {
            rings_at,
            patience_ms,
            gives_up_at: rings_at.plus(patience_ms),
            stays_ms: rng.chance(200).then(|| 10_000 + rng.below(120_000)),
            reachable: rng.chance(600),
            test,
            number: format!("617-555-01{:02}", rng.below(100)),
            told,
            call: None,
            doing: Doing::Waiting,
            next: Some(rings_at),
        }
    }

    /// Somebody else about the same.
    fn witness(&self, rng: &mut Rng) -> Self {
        let rings_at = self.rings_at.plus(rng.below(300_000));
        let number = format!("617-555-01{:02}", rng.below(100));
        let gives_up_at = rings_at.plus(self.patience_ms);
        Self { rings_at, gives_up_at, next: Some(rings_at), number, ..self.clone() }
    }

    fn ring(&self, index: usize) -> Act {
        let command = Command::PresentCall {
            channel: Channel::Voice,
            number: Some(Clear(self.number.clone())),
            number_digest: None,
            name: None,
            location: Some(self.told.location.clone()),
            test: self.test,
            signalling: None,
        };
        Act::keyed(format!("ring-{index}"), Actor::Line, command)
    }

    /// What happens on the line now: the caller goes on waiting, speaks, or hangs up.
    fn on_the_line(&mut self, now: Timestamp, center: &Center) -> Option<Act> {
        let known = self.call.and_then(|call| center.core().call(call).ok());
        let Some(call) = known else {
            self.next = Some(now.plus(LOOK_MS));
            return None;
        };
        let up = matches!(call.state, CallState::Presented | CallState::Queued);
        let speaks = call.state == CallState::Answered;
        match (self.doing, self.stays_ms) {
            (Doing::Ringing, Some(stays_ms)) if speaks => {
                self.doing = Doing::Speaking;
                self.next = Some(now.plus(stays_ms));
                None
            }
            (Doing::Ringing, _) if up && now < self.gives_up_at => {
                self.next = Some(now.plus(LOOK_MS));
                None
            }
            (Doing::Ringing, _) if up => Some(self.hang_up(call.id)),
            (Doing::Speaking, _) if speaks => Some(self.hang_up(call.id)),
            _ => {
                self.doing = Doing::Gone;
                self.next = None;
                None
            }
        }
    }

    fn hang_up(&mut self, call: CallId) -> Act {
        self.doing = Doing::Gone;
        self.next = None;
        Act::new(Actor::Line, Command::AbandonCall { call })
    }
}

/// Nobody to be sent for one in eight, another centre's business for one in thirty.
fn need(rng: &mut Rng) -> Need {
    if rng.chance(125) {
        let codes = NoDispatchCode::ALL;
        let code = codes.get(rng.below(codes.len() as u64) as usize);
        let code = code.copied().unwrap_or(NoDispatchCode::AdviceGiven);
        return Need::Nobody { code, reason: "as the caller asked".to_owned() };
    }
    if rng.chance(35) {
        return Need::Transfer { to: "the county".to_owned() };
    }
    let incident_type = rng.choose(&TYPES).map_or("medical.fall", |(code, _)| code).to_owned();
    Need::Help { incident_type }
}

/// Most by address, some as a point, some unknown.
fn place(rng: &mut Rng) -> Location<Clear> {
    let street = STREETS.get(rng.below(STREETS.len() as u64) as usize).copied().unwrap_or("Oak");
    let address = match rng.below(10) {
        0 => return Location::default(),
        1 => "somewhere by the river".to_owned(),
        2 => "Main St & Second St".to_owned(),
        _ => format!("{} {street}", 1 + rng.below(198)),
    };
    let point = rng.chance(200).then(|| {
        let lat_e7 = 420_000_000 + rng.below(100_000) as i32;
        let lon_e7 = -711_000_000 + rng.below(200_000) as i32;
        Clear(format!("{lat_e7},{lon_e7}"))
    });
    Location { address: Some(Clear(address)), point, ..Location::default() }
}

impl Source for People {
    fn next_at(&self) -> Option<Timestamp> {
        self.callers.iter().filter_map(|caller| caller.next).min()
    }

    fn act(&mut self, now: Timestamp, center: &Center) -> Vec<Act> {
        let mut acts = Vec::new();
        for (index, caller) in self.callers.iter_mut().enumerate() {
            if caller.next.is_none_or(|at| at > now) {
                continue;
            }
            if caller.doing == Doing::Waiting {
                acts.push(caller.ring(index));
                caller.doing = Doing::Ringing;
                caller.gives_up_at = now.plus(caller.patience_ms);
                let looks = caller.stays_ms.is_some();
                caller.next = Some(if looks { now.plus(LOOK_MS) } else { caller.gives_up_at });
            } else {
                acts.extend(caller.on_the_line(now, center));
            }
        }
        acts
    }

    /// They hear nothing of the centre but whoever speaks with them.
    fn hear(&mut self, _now: Timestamp, _outputs: &[Output], _center: &Center) {}

    fn told(&mut self, call: &Call) -> Told {
        let nobody = || Told {
            words: None,
            location: Location::default(),
            need: Need::Nobody {
                code: NoDispatchCode::CallerWithdrew,
                reason: "nobody on the line".to_owned(),
            },
        };
        self.of_call(call.id).map_or_else(nobody, |caller| caller.told.clone())
    }

    fn answers(&mut self, call: CallId) -> bool {
        self.of_call(call).is_some_and(|caller| caller.reachable)
    }

    fn scene(&mut self, arrival: Arrival<'_>) -> Scene {
        let name = format!("faults/scene/{}/{}", arrival.incident.id, arrival.unit);
        let mut rng = Rng::named(self.seed, &name);
        let hospital = Point { lat_e7: 420_100_000, lon_e7: -710_800_000 };
        let medical = arrival.unit.as_str().starts_with('M');
        let taken = medical && rng.chance(400);
        Scene {
            at_patient_ms: medical.then(|| 10_000 + rng.below(90_000)),
            on_scene_ms: 120_000 + rng.below(600_000),
            transport: taken.then(|| Transport { to: hospital, handover_ms: rng.below(600_000) }),
        }
    }

    fn disposition(&mut self, incident: &Incident) -> Disposition {
        let mut rng = Rng::named(self.seed, &format!("faults/end/{}", incident.id));
        let ends = Disposition::AFTER_RESPONSE;
        let end = ends.get(rng.below(ends.len() as u64) as usize).copied();
        end.unwrap_or(Disposition::HandledOnScene)
    }
}
