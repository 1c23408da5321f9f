//! One happening, and everybody who will call about it.

use super::book::Book;
use super::caller::{Caller, Carried, Habits, Phase, Step, StepKind};
use super::ground::{Spot, SpotKind, near, pick};
use super::plan::{Kind, ServiceKind};
use super::spoken::Spoken;
use crate::Rng;
use evenhand_core::{Channel, Timestamp};

/// Most callers about one happening.
const CALLERS_MAX: usize = 4;

/// Radius of a mobile telephone's position in metres, by weight: satellite, mixed, cell tower.
const RADIUS_M: [(u32, (u32, u32)); 3] = [(600, (8, 30)), (300, (40, 150)), (100, (300, 800))];

/// Makes up a happening of a service at a time: its callers, the first of them due at once. Their
/// ids are left at 0.
pub fn callers_of(book: &Book, service: ServiceKind, at: Timestamp, rng: &mut Rng) -> Vec<Caller> {
    let plan = &book.plan;
    let kinds: Vec<(u32, usize)> =
        plan.of_service(service).map(|(index, kind)| (kind.weight, index)).collect();
    let Some(index) = rng.choose(&kinds).copied() else { return Vec::new() };
    let Some(kind) = plan.kinds.get(index) else { return Vec::new() };
    let spot = spot_of(book, kind, rng);
    let mut due = at;
    let mut callers = vec![caller(book, index, &spot, due, rng)];
    while callers.len() < CALLERS_MAX && rng.chance(kind.witnesses_per_mille) {
        due = due.plus(plan.seconds.witness.draw_ms(rng));
        callers.push(caller(book, index, &spot, due, rng));
    }
    callers
}

fn spot_of(book: &Book, kind: &Kind, rng: &mut Rng) -> Spot {
    let share = &book.plan.per_mille;
    if kind.outdoors && rng.chance(share.crossing) {
        book.ground.crossing(rng)
    } else if kind.service != ServiceKind::Fire && rng.chance(share.place) {
        book.ground.place(rng)
    } else {
        book.ground.address(rng)
    }
}

fn caller(book: &Book, index: usize, spot: &Spot, due: Timestamp, rng: &mut Rng) -> Caller {
    let plan = &book.plan;
    let kind = plan.kinds.get(index);
    let by_alarm = rng.chance(kind.map_or(0, |kind| kind.by_alarm_per_mille));
    let indoors = spot.kind == SpotKind::Address && !kind.is_some_and(|kind| kind.outdoors);
    let landline = indoors && rng.chance(plan.per_mille.landline);
    let text = rng.chance(plan.per_mille.text);
    let channel = match (by_alarm, landline, text) {
        (true, _, _) => Channel::Alarm,
        (false, false, true) => Channel::Text,
        (false, _, _) => Channel::Voice,
    };
    let carried = if by_alarm || landline {
        Carried::Address(spot.text())
    } else if rng.chance(plan.per_mille.no_position) {
        Carried::Nothing
    } else {
        let radius_m = radius_m(rng);
        Carried::Position(near(spot.point, radius_m, rng), radius_m)
    };
    // Who needs nobody to come is not asked for an address.
    let says_where = kind.is_some_and(|kind| kind.incident_type.is_some());
    let exactly = Spoken { sentence: spot.text(), written: spot.text(), exact: true };
    let spoken = says_where.then(|| match by_alarm {
        true => exactly,
        false => Spoken::of(spot, plan, rng),
    });
    let early = !by_alarm && rng.chance(plan.per_mille.abandons);
    let talk = Talk { kind, spot, carried: &carried, spoken: spoken.as_ref() };
    let script = script(book, &talk, rng);
    Caller {
        id: 0,
        kind: Some(index),
        number: String::new(),
        channel,
        spot: Some(spot.clone()),
        carried,
        spoken,
        script,
        called_back: if early { &plan.places.early } else { &plan.places.callback }.clone(),
        habits: habits(book, early, rng),
        call: None,
        phase: Phase::Due,
        next_at: Some(due),
    }
}

fn radius_m(rng: &mut Rng) -> u32 {
    let (least, most) = rng.choose(&RADIUS_M).copied().unwrap_or((30, 30));
    least + u32::try_from(rng.below(u64::from(most - least))).unwrap_or(0)
}

/// What a caller will talk about.
struct Talk<'a> {
    kind: Option<&'a Kind>,
    spot: &'a Spot,
    carried: &'a Carried,
    spoken: Option<&'a Spoken>,
}

fn script(book: &Book, talk: &Talk<'_>, rng: &mut Rng) -> Vec<Step> {
    let seconds = &book.plan.seconds;
    let mut steps = Vec::new();
    let mut add = |what, after_ms| steps.push(Step { after_ms, what });
    let says = talk.kind.and_then(|kind| pick(&kind.says, rng)).map_or("", String::as_str);
    add(StepKind::Say(format!("(generated) {says}")), seconds.first_words.draw_ms(rng));
    // A position that is wide at first is found again, finer, while the caller speaks.
    if let Carried::Position(_, 100..) = talk.carried {
        let fine_m = 15 + u32::try_from(rng.below(30)).unwrap_or(0);
        let after_ms = seconds.next_words.draw_ms(rng) / 2;
        add(StepKind::Locate(near(talk.spot.point, fine_m, rng), fine_m), after_ms);
    }
    if let Some(spoken) = talk.spoken {
        add(StepKind::Say(spoken.sentence.clone()), seconds.next_words.draw_ms(rng));
    }
    if let Some(more) = talk.kind.and_then(|kind| pick(&kind.more, rng)) {
        add(StepKind::Say(more.clone()), seconds.next_words.draw_ms(rng));
    }
    steps
}

fn habits(book: &Book, early: bool, rng: &mut Rng) -> Habits {
    let (seconds, share) = (&book.plan.seconds, &book.plan.per_mille);
    let patience = if early { seconds.impatient } else { seconds.patience };
    let reachable = rng.chance(share.reachable);
    let callback = if reachable { seconds.picks_up } else { seconds.no_answer };
    let rings_again = !early && rng.chance(share.rings_again);
    let calls_again = rng.chance(share.calls_again);
    Habits {
        patience_ms: patience.draw_ms(rng),
        stays_ms: seconds.stays.draw_ms(rng),
        callback_ms: callback.draw_ms(rng),
        reachable,
        rings_again_ms: rings_again.then(|| seconds.rings_again.draw_ms(rng)),
        calls_again_ms: calls_again.then(|| seconds.calls_again.draw_ms(rng)),
    }
}
