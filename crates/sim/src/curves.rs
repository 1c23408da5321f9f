//! How calls spread over the hours of a day.
//!
//! Each curve says how many of 10,000 calls of a day come in each hour of local time. Two curves
//! are derived from real calls and one is our choice; `examples/derive_curves.rs` derives them and
//! `tests/demo_curves.rs` compares. From the medical source, which may not be shipped, these 24
//! figures are all that is here.

/// Calls of each local hour, 0 to 23, out of 10,000 of a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HourCurve(pub [u16; 24]);

/// Police calls: Milwaukee police calls for service, 20 whole days from 2018-05-01, without
/// [`OFFICER_ACTIVITY`]; 14,874 calls. Source: `eisenivan/mke-calls-for-service`, MIT.
pub const POLICE: HourCurve = HourCurve([
    535, 360, 284, 212, 180, 141, 160, 174, 377, 360, 401, 535, 516, 513, 538, 456, 656, 535, 489,
    583, 545, 541, 526, 383,
]);

/// Medical calls: ambulance emergencies of Boone County, Missouri, 2016, without
/// [`NO_EMERGENCY`]; 4,084 calls.
pub const MEDICAL: HourCurve = HourCurve([
    497, 485, 326, 215, 186, 206, 152, 257, 340, 451, 495, 495, 512, 473, 524, 546, 553, 524, 519,
    526, 522, 460, 357, 379,
]);

/// Fire calls: our choice, for want of a source that may be shipped. Few in the night, rising
/// through the day to cooking time.
pub const FIRE: HourCurve = HourCurve([
    260, 220, 190, 170, 160, 170, 230, 320, 400, 440, 460, 490, 520, 510, 500, 510, 560, 640, 660,
    620, 560, 520, 480, 410,
]);

/// Natures in the police file that are officers at work and nobody's call: patrol, stops, errands,
/// station and court duty, shot sensors, additions to a call already counted. Excluded from
/// [`POLICE`].
pub const OFFICER_ACTIVITY: [&str; 71] = [
    "ADDL INFO",
    "ASSIGNMENT",
    "ASSIST OFFICER",
    "BOAT STOP",
    "BUS INVESTIGATIO",
    "BUSINESS CHECK",
    "CAR CHANGE",
    "CITIZEN CONTACT",
    "CITIZEN CONVEY",
    "COMMUNITY MTNG",
    "CONVEY PROPERTY",
    "COURT DUTY",
    "CST ASSIGNMENT",
    "DOCUMENTED CALL",
    "ESCORT",
    "ESP TARGET ESCOR",
    "FOLLOW UP",
    "FOOT PURSUIT",
    "GAME PLAN",
    "HOME VISIT DV",
    "HOSPITAL GUARD",
    "HOSPITAL TO MCMH",
    "INVESTIGATION",
    "JUV CONVEY",
    "MAIL RUN",
    "MEET GOVT AGENCY",
    "MEET MFD",
    "MFD SECURITY",
    "NETWORK CRIMINAL",
    "NON PURSUIT",
    "NON PURSUIT NO P",
    "NOTIFICATION",
    "OUT OF SERVICE",
    "PAB",
    "PARK AND WALK",
    "PATROL",
    "PD/OTHER IN MKE",
    "PHOTO ASSIGN",
    "PICKUP PARTNER",
    "PLANT CAR",
    "POLICE ACADEMY",
    "POLICE ADMIN",
    "PRISONER BOOKING",
    "PRISONER TRANS",
    "PROBATION/PAROLE",
    "PROB_PAROL_CK_RQ",
    "PROPERTY PICKUP",
    "RECOVERED PROP",
    "RECOVERED VEH",
    "REPORT TO 10-22",
    "REPORTS",
    "RETURN STATION",
    "SCHL MONITORING",
    "SCHL PERIMETER",
    "SCHL PRESENTATIO",
    "SCHOOL",
    "SEARCH WARRANT",
    "SHOTSPOTTER",
    "SPECIAL ASSIGN",
    "SUBJ STOP",
    "SUBJ WANTED",
    "TAVERN CHECK",
    "TAVERN VIOLATION",
    "TRAFFIC CONTROL",
    "TRAFFIC LASER",
    "TRAFFIC STOP",
    "TRUANT",
    "TS TARGETED",
    "VACANT HOUSE CHK",
    "VEHICLE MAINT",
    "VEHICLE PURSUIT",
];

/// Natures in the ambulance file that are planned work, and beginnings of such natures (`33` are
/// transfers between hospitals). Excluded from [`MEDICAL`].
pub const NO_EMERGENCY: [&str; 5] =
    ["33", "LONG DISTANCE TRANSPORT", "ROUTINE TRANSPORT", "SPECIAL EVENT", "STATUS MOVE"];

impl HourCurve {
    /// The curve of these counts of calls by hour: shares of 10,000, rounded so that they add up.
    #[must_use]
    pub fn of_counts(counts: [u64; 24]) -> Self {
        let total = counts.iter().sum::<u64>().max(1);
        let mut shares = counts.map(|count| (count * 10_000 / total) as u16);
        let missing = 10_000 - shares.iter().map(|share| u64::from(*share)).sum::<u64>();
        // What rounding down took away goes to the largest remainders; the earlier hour of equals.
        let mut hours: Vec<usize> = (0..24).collect();
        hours.sort_by_key(|hour| {
            std::cmp::Reverse(counts.get(*hour).map_or(0, |count| count * 10_000 % total))
        });
        for hour in hours.into_iter().take(missing as usize) {
            if let Some(share) = shares.get_mut(hour) {
                *share += 1;
            }
        }
        Self(shares)
    }

    /// Calls of this local hour out of 10,000 of a day; 0 for an hour that no day has.
    #[must_use]
    pub fn share(self, hour: u8) -> u16 {
        self.0.get(usize::from(hour)).copied().unwrap_or(0)
    }

    /// The busiest hour's share.
    #[must_use]
    pub fn highest(self) -> u16 {
        self.0.iter().copied().max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_curve_adds_up_to_a_day() {
        for curve in [POLICE, MEDICAL, FIRE] {
            assert_eq!(curve.0.iter().map(|share| u32::from(*share)).sum::<u32>(), 10_000);
        }
    }

    #[test]
    fn rounding_keeps_the_sum_and_favours_the_largest_remainder() {
        let mut counts = [0; 24];
        counts[3] = 2;
        counts[9] = 1;
        let curve = HourCurve::of_counts(counts);
        assert_eq!((curve.share(3), curve.share(9), curve.share(0)), (6_667, 3_333, 0));
        assert_eq!(curve.highest(), 6_667);
    }

    #[test]
    fn the_curve_of_no_calls_is_still_a_day() {
        let curve = HourCurve::of_counts([0; 24]);
        assert!(curve.highest() <= 10_000);
        assert_eq!(curve.share(24), 0, "no such hour");
    }
}
