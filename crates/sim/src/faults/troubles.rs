//! What goes wrong on a day, drawn from the seed before the day begins.

use crate::rng::Rng;
use evenhand_core::Timestamp;
use journal::WriteFault;

/// Something that goes wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Trouble {
    /// The next append fails in this way, and then this follows.
    Write(WriteFault, After),
    /// Every append fails for want of room, for so long.
    Full { for_ms: u64 },
    /// An append fails, and so does reading back what was there before.
    Blind,
    /// The next readings fail: of whatever is read next, if only at the next start.
    Reads { count: usize },
    /// The process dies.
    Death(Death),
    /// It is stopped and started again, as for a new version.
    Restart { down_ms: u64 },
    /// The clock at the door is wrong by so much, for so long.
    ClockJump { offset_ms: i64, for_ms: u64 },
    /// The clock at the door is corrected by a little.
    ClockStep { offset_ms: i64 },
    /// The clock is right again.
    ClockRight,
    /// The disk has room again.
    Room,
    /// Nothing reaches the door for so long; then all of it does, in any order.
    Silence { for_ms: u64 },
}

/// What follows an append of which nobody knows what became.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum After {
    /// The centre is opened again.
    Reopen,
    /// The process dies before anybody does.
    Death,
    /// The power fails before anybody does.
    PowerCut,
}

/// How a process dies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Death {
    /// Whether the power fails too.
    pub power: bool,
    /// How many outputs of its last step still get out; `None`: it dies before the step.
    pub outputs: Option<u64>,
    /// Until it is started again.
    pub down_ms: u64,
}

/// All troubles of a day, in order.
#[derive(Clone, Debug)]
pub(super) struct Troubles {
    // Latest first, so that the next is taken from the end.
    rest: Vec<(Timestamp, Trouble)>,
}

const MINUTE_MS: u64 = 60_000;
const HOUR_MS: i64 = 3_600_000;

impl Troubles {
    /// The troubles between `start` and `end`.
    pub fn draw(seed: u64, start: Timestamp, end: Timestamp) -> Self {
        let mut rng = Rng::named(seed, "faults/troubles");
        let mut drawn = Self { rest: Vec::new() };
        let length_ms = end.since(start);
        for (least, more, kind) in KINDS {
            for _ in 0..least + rng.below(more + 1) {
                let at = start.plus(rng.below(length_ms));
                let trouble = kind(&mut rng);
                drawn.add(at, trouble);
            }
        }
        drawn
    }

    /// One more, at a time.
    pub fn add(&mut self, at: Timestamp, trouble: Trouble) {
        let place = self.rest.partition_point(|(other, _)| *other > at);
        self.rest.insert(place, (at, trouble));
    }

    /// When the next one comes.
    pub fn next_at(&self) -> Option<Timestamp> {
        self.rest.last().map(|(at, _)| *at)
    }

    /// The next one, if it is due.
    pub fn due(&mut self, now: Timestamp) -> Option<Trouble> {
        self.rest.pop_if(|(at, _)| *at <= now).map(|(_, trouble)| trouble)
    }

    /// No more.
    pub fn end(&mut self) {
        self.rest.clear();
    }
}

type Kind = fn(&mut Rng) -> Trouble;

/// So many of each kind on every day, and up to so many more. Our choice: a year's worth of
/// trouble in a day, few enough that work goes on in between.
const KINDS: [(u64, u64, Kind); 12] = [
    (1, 3, |rng| Trouble::Write(WriteFault::Lost, after(rng))),
    (1, 3, |rng| Trouble::Write(WriteFault::Torn, after(rng))),
    (1, 3, |rng| Trouble::Write(WriteFault::ErrorButKept, after(rng))),
    (2, 3, |rng| Trouble::Write(WriteFault::Late, after(rng))),
    (1, 2, |rng| Trouble::Full { for_ms: rng.below(4 * MINUTE_MS) }),
    (0, 1, |_| Trouble::Blind),
    (1, 2, |rng| Trouble::Reads { count: 1 + rng.below(3) as usize }),
    (2, 4, |rng| Trouble::Death(death(rng))),
    (1, 1, |rng| Trouble::Restart { down_ms: rng.below(MINUTE_MS) }),
    (1, 2, |rng| Trouble::ClockJump {
        offset_ms: if rng.chance(500) { HOUR_MS } else { -HOUR_MS },
        for_ms: MINUTE_MS + rng.below(15 * MINUTE_MS),
    }),
    (2, 4, |rng| Trouble::Silence { for_ms: rng.below(5 * MINUTE_MS) }),
    (6, 12, |rng| Trouble::ClockStep { offset_ms: rng.below(10_000) as i64 - 5_000 }),
];

fn after(rng: &mut Rng) -> After {
    const CHOICES: [(u32, After); 3] =
        [(2, After::Reopen), (1, After::Death), (2, After::PowerCut)];
    rng.choose(&CHOICES).copied().unwrap_or(After::Reopen)
}

fn death(rng: &mut Rng) -> Death {
    let outputs = rng.chance(700).then(|| rng.below(6));
    Death { power: rng.chance(500), outputs, down_ms: rng.below(2 * MINUTE_MS) }
}
