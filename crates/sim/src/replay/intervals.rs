//! The intervals of the glossary: from which moment to which, and what is left out and why.

use super::plan::Moment;
use evenhand_core::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

const HOUR_MS: i64 = 3_600_000;

/// A time as it stands in the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stamp {
    /// Nothing stands there.
    Empty,
    /// Something that is no time.
    Unreadable,
    /// A time.
    At {
        /// When.
        at: Timestamp,
        /// It falls into the hour that a change of clocks leaves out or makes twice.
        is_doubtful: bool,
    },
}

/// Why a row is not in an interval.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// One of the two times is empty.
    NotRecorded,
    /// One of the two is no time.
    Unreadable,
    /// One of the two is in an hour that a change of clocks leaves out or makes twice.
    ClockChange,
    /// The later is about a day before the earlier: the date did not move on at midnight.
    MidnightWrap,
    /// Both are the same.
    Zero,
    /// The later is before the earlier.
    Negative,
    /// Longer than the plan believes.
    TooLong,
    /// The incident has no point, so the drive's time was assumed.
    NoPoint,
    /// No road leads there, so the drive's time was assumed.
    NoWay,
    /// It had not happened when the run ended.
    NotReached,
}

impl Reason {
    /// For people.
    pub fn text(self) -> &'static str {
        match self {
            Self::NotRecorded => "time not recorded",
            Self::Unreadable => "time unreadable",
            Self::ClockChange => "in the hour of a clock change",
            Self::MidnightWrap => "midnight wrap",
            Self::Zero => "zero",
            Self::Negative => "negative",
            Self::TooLong => "too long",
            Self::NoPoint => "no point, drive assumed",
            Self::NoWay => "no road to the point, drive assumed",
            Self::NotReached => "not reached when the run ended",
        }
    }
}

/// An interval.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "both ends stand in the name")]
pub enum Interval {
    RungToAnswered,
    AnsweredToClassified,
    CreatedToDispatched,
    DispatchedToEnRoute,
    EnRouteToOnScene,
    RungToOnScene,
}

impl Interval {
    /// All, in the order of a call.
    pub const ALL: [Interval; 6] = [
        Interval::RungToAnswered,
        Interval::AnsweredToClassified,
        Interval::CreatedToDispatched,
        Interval::DispatchedToEnRoute,
        Interval::EnRouteToOnScene,
        Interval::RungToOnScene,
    ];

    /// For people.
    pub fn text(self) -> &'static str {
        match self {
            Self::RungToAnswered => "rung to answered",
            Self::AnsweredToClassified => "answered to classified",
            Self::CreatedToDispatched => "created to dispatched",
            Self::DispatchedToEnRoute => "dispatched to en route",
            Self::EnRouteToOnScene => "en route to on scene",
            Self::RungToOnScene => "first ring to first on scene",
        }
    }

    /// From and to.
    pub fn ends(self) -> (Moment, Moment) {
        match self {
            Self::RungToAnswered => (Moment::Rung, Moment::Answered),
            Self::AnsweredToClassified => (Moment::Answered, Moment::Classified),
            Self::CreatedToDispatched => (Moment::Created, Moment::Dispatched),
            Self::DispatchedToEnRoute => (Moment::Dispatched, Moment::EnRoute),
            Self::EnRouteToOnScene => (Moment::EnRoute, Moment::OnScene),
            Self::RungToOnScene => (Moment::Rung, Moment::OnScene),
        }
    }

    /// Whether a drive lies in it.
    pub fn has_drive(self) -> bool {
        matches!(self, Self::EnRouteToOnScene | Self::RungToOnScene)
    }
}

/// Milliseconds from one recorded time to another, or why that is no interval.
///
/// # Errors
/// The first reason that applies, in the order of [`Reason`].
pub fn between(from: Stamp, to: Stamp, hours_max: u32) -> Result<u64, Reason> {
    let (from, to) = match (from, to) {
        (Stamp::Empty, _) | (_, Stamp::Empty) => return Err(Reason::NotRecorded),
        (Stamp::Unreadable, _) | (_, Stamp::Unreadable) => return Err(Reason::Unreadable),
        (Stamp::At { is_doubtful: true, .. }, _) | (_, Stamp::At { is_doubtful: true, .. }) => {
            return Err(Reason::ClockChange);
        }
        (Stamp::At { at: from, .. }, Stamp::At { at: to, .. }) => (from, to),
    };
    let ms = to.0.saturating_sub(from.0);
    // A date that did not move on makes the interval a day too short. Half a day is the border
    // between that and an ordinary contradiction.
    if ms <= -12 * HOUR_MS {
        return Err(Reason::MidnightWrap);
    }
    match u64::try_from(ms) {
        Err(_below_zero) => Err(Reason::Negative),
        Ok(0) => Err(Reason::Zero),
        Ok(ms) if ms > u64::from(hours_max) * 3_600_000 => Err(Reason::TooLong),
        Ok(ms) => Ok(ms),
    }
}

/// One interval over many calls.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Column {
    // INVARIANT: sorted; `add` inserts at the end and `sort` runs before anything is asked.
    values: Vec<u64>,
    /// How many are left out, by reason.
    pub excluded: BTreeMap<Reason, u64>,
}

impl Column {
    /// The intervals of many calls.
    pub fn of(values: impl Iterator<Item = Result<u64, Reason>>) -> Self {
        let mut column = Self::default();
        for value in values {
            match value {
                Ok(ms) => column.values.push(ms),
                Err(reason) => *column.excluded.entry(reason).or_default() += 1,
            }
        }
        column.values.sort_unstable();
        column
    }

    /// How many are in it.
    pub fn count(&self) -> usize {
        self.values.len()
    }

    /// How many are left out.
    pub fn excluded_count(&self) -> u64 {
        self.excluded.values().sum()
    }

    /// The percentile by nearest rank, in milliseconds: the smallest value that at least so many
    /// percent do not exceed. Always a value that occurred; `None` of nothing.
    pub fn percentile(&self, percent: u32) -> Option<u64> {
        let count = self.values.len() as u64;
        let rank = (count * u64::from(percent)).div_ceil(100).max(1);
        self.values.get(usize::try_from(rank - 1).ok()?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Stamp {
        Stamp::At { at: Timestamp(seconds * 1000), is_doubtful: false }
    }

    #[test]
    fn what_is_no_interval_has_its_reason() {
        let from = at(100_000);
        let doubtful = Stamp::At { at: Timestamp(100_060_000), is_doubtful: true };
        assert_eq!(between(from, at(100_060), 12), Ok(60_000));
        assert_eq!(between(from, Stamp::Empty, 12), Err(Reason::NotRecorded));
        assert_eq!(between(Stamp::Unreadable, from, 12), Err(Reason::Unreadable));
        assert_eq!(between(from, doubtful, 12), Err(Reason::ClockChange));
        assert_eq!(between(from, from, 12), Err(Reason::Zero));
        assert_eq!(between(from, at(99_999), 12), Err(Reason::Negative));
        assert_eq!(between(from, at(100_000 - 86_400 + 60), 12), Err(Reason::MidnightWrap));
        assert_eq!(between(from, at(100_000 + 12 * 3600), 12), Ok(12 * 3_600_000));
        assert_eq!(between(from, at(100_001 + 12 * 3600), 12), Err(Reason::TooLong));
    }

    #[test]
    fn a_percentile_is_the_nearest_rank() {
        // The example of the method: 15, 20, 35, 40, 50.
        let column = Column::of([50, 15, 40, 20, 35].into_iter().map(Ok));
        assert_eq!(column.percentile(5), Some(15));
        assert_eq!(column.percentile(30), Some(20));
        assert_eq!(column.percentile(40), Some(20));
        assert_eq!(column.percentile(50), Some(35));
        assert_eq!(column.percentile(100), Some(50));
        assert_eq!(Column::default().percentile(50), None);
    }

    #[test]
    fn what_is_left_out_is_counted_by_reason() {
        let column = Column::of([Ok(1), Err(Reason::Zero), Err(Reason::Zero)].into_iter());
        assert_eq!((column.count(), column.excluded_count()), (1, 2));
        assert_eq!(column.excluded.get(&Reason::Zero), Some(&2));
    }
}
