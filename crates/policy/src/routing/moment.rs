//! Dates, times and weekdays of a time period, as far as it takes to say that one is none.

use std::collections::BTreeSet;

const WEEKDAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// Seconds since the year 0 of a date and time with its offset (RFC 3339); a fraction is cut off.
pub(super) fn of_date_time(text: &str) -> Option<i64> {
    let (date, rest) = text.split_once(['T', 't'])?;
    let (hour_to_second, offset) = rest.split_at_checked(8)?;
    let second_of_day = of_time(hour_to_second)?;
    let offset = without_fraction(offset)?;
    let offset_s = match offset {
        "Z" | "z" => 0,
        _ => {
            let sign = if offset.starts_with('-') { -1 } else { 1 };
            sign * of_time(&format!("{}:00", offset.strip_prefix(['+', '-'])?))?
        }
    };
    Some(day_number(date)? * 86_400 + second_of_day - offset_s)
}

/// Seconds since midnight of `08:00:00`.
pub(super) fn of_time(text: &str) -> Option<i64> {
    let [hour, minute, second] = numbers(text, ':', [2, 2, 2])?;
    (hour < 24 && minute < 60 && second < 61).then_some(hour * 3_600 + minute * 60 + second)
}

/// `MO,TU`: each day once, in the order of the week.
pub(super) fn weekdays(text: &str) -> Option<Vec<&'static str>> {
    let mut days = BTreeSet::new();
    for part in text.split(',') {
        let day = WEEKDAYS.iter().position(|day| day.eq_ignore_ascii_case(part.trim()))?;
        days.insert(day).then_some(())?;
    }
    Some(days.into_iter().filter_map(|day| WEEKDAYS.get(day).copied()).collect())
}

fn without_fraction(text: &str) -> Option<&str> {
    let Some(fraction) = text.strip_prefix('.') else { return Some(text) };
    let rest = fraction.trim_start_matches(|letter: char| letter.is_ascii_digit());
    (rest.len() < fraction.len()).then_some(rest)
}

/// Days since 0000-03-01 of `2026-03-10`, in the calendar of today for all times.
fn day_number(text: &str) -> Option<i64> {
    let [year, month, day] = numbers(text, '-', [4, 2, 2])?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    if !(1..=days).contains(&day) {
        return None;
    }
    // The year begins in March, so that the leap day is its last.
    let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
    Some(year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day)
}

fn numbers(text: &str, between: char, digits: [usize; 3]) -> Option<[i64; 3]> {
    let mut found = [0; 3];
    let mut parts = text.split(between);
    for (place, digits) in found.iter_mut().zip(digits) {
        let part = parts.next()?;
        let fits = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        *place = part.parse().ok().filter(|_| fits)?;
    }
    parts.next().is_none().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_apart_across_offsets_and_leap_days() {
        let at = |text: &str| of_date_time(text);
        assert_eq!(at("2026-03-10T10:00:00-05:00"), at("2026-03-10T15:00:00Z"));
        assert_eq!(at("2026-03-10T10:00:00.250+00:00"), at("2026-03-10T10:00:00Z"));
        let day = |text: &str| at(&format!("{text}T00:00:00Z")).unwrap_or(0) / 86_400;
        assert_eq!(day("2024-03-01") - day("2024-02-28"), 2);
        assert_eq!(day("2026-03-01") - day("2026-02-28"), 1);
        assert_eq!(day("2027-01-01") - day("2026-01-01"), 365);
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in [
            "2026-03-10",
            "2026-03-10T10:00:00",
            "2026-02-29T10:00:00Z",
            "2026-13-01T10:00:00Z",
            "2026-03-10T24:00:00Z",
            "2026-03-10T10:00:00.Z",
            "2026-3-10T10:00:00Z",
        ] {
            assert_eq!(of_date_time(text), None, "{text}");
        }
        assert_eq!(of_time("8:00:00"), None);
        assert_eq!(of_time("08:00"), None);
        assert_eq!(weekdays("SU, mo"), Some(vec!["MO", "SU"]));
        assert_eq!(weekdays("MO,MO"), None);
        assert_eq!(weekdays(""), None);
    }
}
