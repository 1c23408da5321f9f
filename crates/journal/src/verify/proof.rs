//! What was proved, in one line.

use std::fmt;

use crate::hash::Hash;
use crate::text::to_hex;

/// What verification proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Name of the key that signed every checkpoint.
    pub origin: String,
    /// Number of entries, all re-hashed.
    pub entries: u64,
    /// Merkle root over them.
    pub root: Hash,
    /// Checkpoints whose signature, root, link and size fit.
    pub checkpoints: u64,
    /// Size of the largest checkpoint kept elsewhere that fits, if one was given.
    pub kept: Option<u64>,
    /// Sealed values.
    pub sealed: SealedCount,
    /// Time of the first entry, as its body says.
    pub first_at: Option<String>,
    /// Time of the last entry, as its body says.
    pub last_at: Option<String>,
    /// The store's own copy of the last checkpoint.
    pub copy: CopySeen,
}

/// What was seen of the sealed values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedCount {
    /// All that are there fit their commitments; the others were erased.
    Checked {
        /// Present, and fitting.
        present: u64,
        /// Written once and not there any more.
        erased: u64,
    },
    /// They were not shown.
    Withheld {
        /// How many were written.
        written: u64,
    },
}

/// What was seen of the store's own copy of the last checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopySeen {
    /// The source has none, or it was not looked for.
    NotLookedFor,
    /// It fits.
    Fits,
    /// It is not a checkpoint signed by this key: torn by a power cut, or altered. It then guards
    /// against nothing, which is no proof that something happened.
    Unreadable,
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { origin, entries, checkpoints, .. } = self;
        let root = to_hex(&self.root);
        let root = root.get(..16).unwrap_or(&root);
        write!(f, "proved: {entries} entries unchanged, root {root}, ")?;
        write!(f, "{checkpoints} checkpoints signed by {origin}")?;
        if let Some(size) = self.kept {
            write!(f, ", kept checkpoint over {size} fits")?;
        }
        match self.sealed {
            SealedCount::Checked { present, erased } => {
                write!(f, ", sealed values {present} present and {erased} erased")?;
            }
            SealedCount::Withheld { written } => {
                write!(f, ", sealed values not shown ({written} written)")?;
            }
        }
        if let (Some(first), Some(last)) = (&self.first_at, &self.last_at) {
            write!(f, ", from {first} to {last}")?;
        }
        match self.copy {
            CopySeen::NotLookedFor | CopySeen::Fits => Ok(()),
            CopySeen::Unreadable => write!(f, ", the copy of the last checkpoint is unreadable"),
        }
    }
}

/// When an entry says it was written: `at` in milliseconds since 1970 as RFC 3339, text as it is.
pub(super) fn when(body: &[u8]) -> Option<String> {
    let value: serde_json::Value = serde_json::from_slice(body).ok()?;
    let at = value.get("at")?;
    at.as_i64().map(rfc3339).or_else(|| at.as_str().map(printable))
}

/// A forged body must not write over the line that says so.
fn printable(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(40).collect()
}

/// UTC to the second; days to date after H. Hinnant, "chrono-compatible low-level date algorithms".
fn rfc3339(ms: i64) -> String {
    let (days, second) = (ms.div_euclid(86_400_000), ms.rem_euclid(86_400_000) / 1000);
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        for (ms, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
            (1_483_228_799_999, "2016-12-31T23:59:59Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(rfc3339(ms), text);
        }
    }

    #[test]
    fn proof_is_one_line() {
        let proof = Proof {
            origin: "a.example/journal".into(),
            entries: 3,
            root: [0xab; 32],
            checkpoints: 2,
            kept: Some(2),
            sealed: SealedCount::Checked { present: 4, erased: 1 },
            first_at: when(br#"{"at":0}"#),
            last_at: when(b"{\"at\":\"12:00\\nproved\"}"),
            copy: CopySeen::Unreadable,
        };
        assert_eq!(
            proof.to_string(),
            "proved: 3 entries unchanged, root abababababababab, 2 checkpoints signed by \
             a.example/journal, kept checkpoint over 2 fits, sealed values 4 present and 1 erased, \
             from 1970-01-01T00:00:00Z to 12:00proved, the copy of the last \
             checkpoint is unreadable"
        );
    }
}
