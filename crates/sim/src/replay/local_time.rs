//! Local times of a file, which carry no offset: read in the centre's time zone.

use super::intervals::Stamp;
use evenhand_core::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Reads times of one file.
#[derive(Clone, Debug)]
pub struct LocalTimes {
    zone: TimeZone,
    formats: Vec<String>,
}

impl LocalTimes {
    /// Times of these forms (strptime) in this zone; the first form that fits counts.
    pub fn new(zone: TimeZone, formats: &[String]) -> Self {
        Self { zone, formats: formats.to_vec() }
    }

    /// Reads one. A time that the change of clocks left out is read an hour later, one that it
    /// made twice as the first of the two; both are doubtful, and count in no interval.
    pub fn read(&self, text: &str) -> Stamp {
        let text = text.trim();
        if text.is_empty() {
            return Stamp::Empty;
        }
        let mut forms = self.formats.iter();
        let Some(local) = forms.find_map(|form| DateTime::strptime(form, text).ok()) else {
            return Stamp::Unreadable;
        };
        let offset = self.zone.to_ambiguous_timestamp(local);
        let is_doubtful = offset.is_ambiguous();
        match offset.compatible() {
            Ok(at) => Stamp::At { at: Timestamp(at.as_millisecond()), is_doubtful },
            Err(_outside_the_years) => Stamp::Unreadable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Stamp {
        let formats = ["%Y-%m-%dT%H:%M:%S".to_owned(), "%m/%d/%Y %H:%M".to_owned()];
        LocalTimes::new(TimeZone::get("America/Chicago").unwrap(), &formats).read(text)
    }

    fn at(seconds: i64, is_doubtful: bool) -> Stamp {
        Stamp::At { at: Timestamp(seconds * 1000), is_doubtful }
    }

    #[test]
    fn a_local_time_has_the_offset_of_its_season() {
        assert_eq!(read("2016-01-01T00:00:00"), at(1_451_628_000, false));
        assert_eq!(read("2016-07-01T00:00:00"), at(1_467_349_200, false));
        assert_eq!(read(" 07/01/2016 00:00 "), at(1_467_349_200, false));
    }

    #[test]
    fn an_hour_left_out_or_made_twice_is_doubtful() {
        // 2016-03-13: 2:00 became 3:00. 2016-11-06: 2:00 became 1:00.
        assert_eq!(read("2016-03-13T02:30:00"), at(1_457_857_800, true));
        assert_eq!(read("2016-03-13T03:30:00"), at(1_457_857_800, false));
        assert_eq!(read("2016-11-06T01:30:00"), at(1_478_413_800, true));
        assert_eq!(read("2016-11-06T02:30:00"), at(1_478_421_000, false));
    }

    #[test]
    fn what_is_no_time_is_unreadable_and_nothing_is_empty() {
        assert_eq!(read("  "), Stamp::Empty);
        assert_eq!(read("2016-02-30T00:00:00"), Stamp::Unreadable);
        assert_eq!(read("noon"), Stamp::Unreadable);
    }
}
