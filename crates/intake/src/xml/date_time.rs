//! `xs:dateTime`: `2026-05-15T12:30:00.03Z`.

use evenhand_core::Timestamp;

const DAY_MS: i64 = 86_400_000;
const HOUR_MS: i64 = 3_600_000;
const MINUTE_MS: i64 = 60_000;

/// Reads a time; whether it said its time zone is the second part. One that did not is taken as
/// UTC. Years from 1 to 9999; fractions are cut to milliseconds.
pub(crate) fn parse_date_time(text: &str) -> Option<(Timestamp, bool)> {
    let text = text.trim();
    let (date, time) = text.split_once(['T', 't', ' '])?;
    let mut date = date.splitn(3, '-').map(|part| number(part, 1, 9_999));
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    if !(1..=12).contains(&month) || !(1..=days_in(year, month)).contains(&day) {
        return None;
    }
    let (clock, offset) = split_offset(time)?;
    let ms = days_since_1970(year, month, day) * DAY_MS + clock_ms(clock)?;
    Some((Timestamp(ms - offset.unwrap_or(0)), offset.is_some()))
}

/// Writes a time in UTC, with milliseconds only if there are some.
pub(crate) fn write_date_time(at: Timestamp) -> String {
    let (day, ms) = (at.0.div_euclid(DAY_MS), at.0.rem_euclid(DAY_MS));
    let (year, month, day) = date_of(day);
    let (hour, minute) = (ms / HOUR_MS, ms % HOUR_MS / MINUTE_MS);
    let (second, ms) = (ms % MINUTE_MS / 1000, ms % 1000);
    let fraction = if ms == 0 { String::new() } else { format!(".{ms:03}") };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

fn number(text: &str, least: i64, most: i64) -> Option<i64> {
    let is_digits = !text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit());
    let value: i64 = is_digits.then(|| text.parse().ok())??;
    (least..=most).contains(&value).then_some(value)
}

/// The clock and the offset from UTC in milliseconds, if one is given.
fn split_offset(time: &str) -> Option<(&str, Option<i64>)> {
    if let Some(clock) = time.strip_suffix(['Z', 'z']) {
        return Some((clock, Some(0)));
    }
    let Some(sign) = time.rfind(['+', '-']) else { return Some((time, None)) };
    let (clock, offset) = time.split_at_checked(sign)?;
    let (sign, offset) = offset.split_at_checked(1)?;
    let (hours, minutes) = offset.split_once(':')?;
    let ms = number(hours, 0, 14)? * HOUR_MS + number(minutes, 0, 59)? * MINUTE_MS;
    Some((clock, Some(if sign == "-" { -ms } else { ms })))
}

fn clock_ms(clock: &str) -> Option<i64> {
    let mut parts = clock.splitn(3, ':');
    let (hour, minute) = (number(parts.next()?, 0, 24)?, number(parts.next()?, 0, 59)?);
    let seconds = parts.next()?;
    let (second, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    number(fraction.get(..fraction.len().min(9))?, 0, 999_999_999)?;
    let thousandths: String = fraction.chars().chain("00".chars()).take(3).collect();
    let second = number(second, 0, 60)?;
    let whole = hour * HOUR_MS + minute * MINUTE_MS + second * 1000;
    let ms = whole + number(&thousandths, 0, 999)?;
    (ms <= DAY_MS).then_some(ms)
}

fn days_in(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01, by counting years from March so that the leap day comes last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn date_of(days_since_1970: i64) -> (i64, i64, i64) {
    let days = days_since_1970 + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ms(text: &str) -> Option<i64> {
        parse_date_time(text).map(|(at, _)| at.0)
    }

    #[test]
    fn times_are_read_with_their_zone() {
        assert_eq!(ms("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(ms("2026-05-15T12:30:00Z"), Some(1_778_848_200_000));
        assert_eq!(ms("2026-05-15T08:30:00.030-04:00"), Some(1_778_848_200_030));
        assert_eq!(ms("2024-02-29T23:59:60Z"), ms("2024-03-01T00:00:00Z"));
        assert_eq!(parse_date_time("2026-05-15T12:30:00").map(|(_, zone)| zone), Some(false));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "yesterday", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z"] {
            assert_eq!(ms(text), None, "{text}");
        }
        for text in ["2026-05-15", "2026-05-15T25:00:00Z", "2026-05-15T12:30Z", "2026-05-15TéZ"] {
            assert_eq!(ms(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(at in -62_135_596_800_000_i64..253_402_300_800_000) {
            prop_assert_eq!(ms(&write_date_time(Timestamp(at))), Some(at));
        }

        #[test]
        fn no_text_breaks_it(text in ".{0,40}") {
            let _ = parse_date_time(&text);
        }
    }
}
