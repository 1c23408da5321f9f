//! The sentences that a dispatcher reads.

use crate::rank::{Candidate, Distance};
use evenhand_core::{PrimaryStatus, Unit};

/// Why this one. `first` is whether it is the first unit chosen for the capability, and `nearer`
/// are better units that go for something else, with what they go for.
pub(crate) fn chosen(
    candidate: &Candidate<'_>,
    capability: &str,
    first: bool,
    nearer: &[(&Unit, &str)],
) -> String {
    let mut why = match candidate.distance {
        Distance::Road(ms) => {
            let order = if first { "nearest" } else { "next nearest" };
            format!("{order} available {capability}, {} by road", duration(ms))
        }
        Distance::PlaceUnknown => {
            format!("available {capability}; place unknown: ranked by name")
        }
        Distance::UnitUnplaced => {
            format!("available {capability}; its own place is unknown: ranked last, by name")
        }
        Distance::NoRoad => format!("available {capability}; no road: ranked last, by name"),
        Distance::Sent => format!("{capability}, sent already"),
    };
    for (unit, other) in nearer {
        why.push_str(&format!("; {} comes before it and goes for {other}", unit.id));
    }
    if candidate.unit.status.primary == PrimaryStatus::ConditionallyAvailable {
        why.push_str(&format!("; busy ({}), but may be sent", candidate.unit.label));
    }
    why
}

/// Why not this one, which is available and able. `chosen_ms` is the longest travel time among the
/// units chosen for what it can do; `None` if none was chosen, or their road is unknown.
pub(crate) fn passed_over(candidate: &Candidate<'_>, chosen_ms: Option<u32>) -> String {
    match candidate.distance {
        Distance::Sent => "sent to this incident already".to_owned(),
        Distance::Road(ms) => match chosen_ms {
            Some(chosen) if ms > chosen => format!("available, {}, farther", duration(ms)),
            Some(_) => format!("available, {}, no nearer", duration(ms)),
            None => format!("available, {}, not needed: enough are sent", duration(ms)),
        },
        Distance::NoRoad => "available, no road".to_owned(),
        Distance::UnitUnplaced => "available, its own place is unknown".to_owned(),
        Distance::PlaceUnknown => "available, place unknown: ranked by name".to_owned(),
    }
}

/// Why not this one, which may not be sent.
pub(crate) fn unavailable(unit: &Unit) -> String {
    format!("not available: {}", unit.label)
}

/// Why not this one, which can do nothing of what is wanted.
pub(crate) const UNABLE: &str = "no such capability";

/// `3 min 12 s`, rounded to the nearest second.
fn duration(ms: u32) -> String {
    let seconds = (u64::from(ms) + 500) / 1000;
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}
