//! A file of real calls, read by its plan: one [`RecordedCall`] for each emergency, oldest first.

use super::intervals::{Interval, Reason, Stamp, between};
use super::local_time::LocalTimes;
use super::natures::{Meaning, Natures};
use super::plan::{ColumnNames, Moment, PlanError, ReplayPlan};
use super::projection::Projection;
use csv::ByteRecord;
use evenhand_core::Timestamp;
use jiff::tz::TimeZone;
use map::Point;
use std::collections::BTreeMap;
use std::io::Read;

/// Where a call was, as far as the file says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// Here.
    Point(Point),
    /// Nothing stands there, or 0, 0.
    NoPoint,
    /// Something that is no point on earth.
    Unreadable,
}

/// One emergency of the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordedCall {
    /// Its line in the file, the header being line 1.
    pub line: u64,
    /// When it is replayed.
    pub at: Timestamp,
    /// Where.
    pub place: Place,
    /// Where, in the agency's words. Personal.
    pub address: Option<String>,
    /// Our type of its nature.
    pub incident_type: String,
    stamps: [Stamp; Moment::ALL.len()],
}

impl RecordedCall {
    /// A recorded time.
    pub fn stamp(&self, moment: Moment) -> Stamp {
        self.stamps.get(moment as usize).copied().unwrap_or(Stamp::Empty)
    }

    /// A recorded interval, or why there is none.
    ///
    /// # Errors
    /// The reason.
    pub fn interval(&self, interval: Interval, hours_max: u32) -> Result<u64, Reason> {
        let (from, to) = interval.ends();
        between(self.stamp(from), self.stamp(to), hours_max)
    }

    /// The recorded time on scene: arrival to clear, with whatever transport was in it.
    ///
    /// # Errors
    /// Why there is none.
    pub fn on_scene(&self, hours_max: u32) -> Result<u64, Reason> {
        between(self.stamp(Moment::OnScene), self.stamp(Moment::Clear), hours_max)
    }
}

/// All that was read of a file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CallsFile {
    /// Emergencies, oldest first; at the same time, as in the file.
    pub calls: Vec<RecordedCall>,
    /// Rows of the file.
    pub rows: u64,
    /// Rows that are no emergencies, by reason.
    pub ignored: BTreeMap<String, u64>,
    /// Emergencies whose nature no pattern fits.
    pub unmapped: u64,
    /// How many different natures that are.
    pub unmapped_natures: u64,
    /// Emergencies whose own time is unreadable; they are replayed at the time of their neighbour
    /// in the file.
    pub untimed: u64,
}

impl CallsFile {
    /// Reads a file.
    ///
    /// # Errors
    /// A file that cannot be read, a column of the plan that is not there, or no readable time at
    /// all. A bad row is no error.
    pub fn read(
        file: &str,
        bytes: impl Read,
        plan: &ReplayPlan,
        natures: &Natures,
        zone: &TimeZone,
    ) -> Result<Self, PlanError> {
        let unreadable = |error: csv::Error| PlanError::new(file, error.to_string());
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
        let header = reader.byte_headers().map_err(unreadable)?.clone();
        let columns = Places::find(file, &header, plan)?;
        let times = LocalTimes::new(zone.clone(), &plan.time_formats);
        let mut read = Reading {
            natures,
            columns,
            times,
            projection: plan.projection,
            file: Self::default(),
            unmapped: BTreeMap::new(),
        };
        let mut record = ByteRecord::new();
        while reader.read_byte_record(&mut record).map_err(unreadable)? {
            let line = record.position().map_or(0, csv::Position::line);
            read.row(line, &record);
        }
        read.finish(file)
    }
}

/// Where the columns are in this file.
struct Places {
    nature: usize,
    address: Option<usize>,
    point: Option<(usize, usize)>,
    moments: [Vec<usize>; Moment::ALL.len()],
}

impl Places {
    fn find(file: &str, header: &ByteRecord, plan: &ReplayPlan) -> Result<Self, PlanError> {
        let place = |name: &str| {
            let found = header.iter().position(|column| column.trim_ascii() == name.as_bytes());
            found.ok_or_else(|| {
                let columns: Vec<_> = header
                    .iter()
                    .map(|column| format!("`{}`", String::from_utf8_lossy(column)))
                    .collect();
                let fault = format!("no column `{name}`; there are {}", columns.join(", "));
                PlanError::new(file, fault)
            })
        };
        let columns = &plan.columns;
        let optional = |name: &Option<String>| name.as_deref().map(place).transpose();
        let mut moments: [Vec<usize>; Moment::ALL.len()] = Default::default();
        for (places, moment) in moments.iter_mut().zip(Moment::ALL) {
            let names = columns.of(moment).map_or(&[][..], ColumnNames::names);
            *places = names.iter().map(|name| place(name)).collect::<Result<_, _>>()?;
        }
        Ok(Self {
            nature: place(&columns.nature)?,
            address: optional(&columns.address)?,
            point: optional(&columns.lat)?.zip(optional(&columns.lon)?),
            moments,
        })
    }
}

/// A file half read.
struct Reading<'a> {
    natures: &'a Natures,
    columns: Places,
    times: LocalTimes,
    projection: Projection,
    file: CallsFile,
    unmapped: BTreeMap<String, u64>,
}

impl Reading<'_> {
    fn row(&mut self, line: u64, record: &ByteRecord) {
        self.file.rows += 1;
        let nature = text(record, self.columns.nature);
        let incident_type = match self.natures.meaning(&nature) {
            Meaning::Ignored(reason) => {
                *self.file.ignored.entry(reason.to_owned()).or_default() += 1;
                return;
            }
            Meaning::Known(code) => code.to_owned(),
            Meaning::Unmapped(code) => {
                *self.unmapped.entry(nature).or_default() += 1;
                code.to_owned()
            }
        };
        let stamps = self.columns.moments.each_ref().map(|places| self.stamp(record, places));
        let address = self.columns.address.map(|place| text(record, place));
        self.file.calls.push(RecordedCall {
            line,
            at: Timestamp::default(),
            place: self.columns.point.map_or(Place::NoPoint, |(lat, lon)| {
                point(self.projection, &text(record, lat), &text(record, lon))
            }),
            address: address.filter(|address| !address.is_empty()),
            incident_type,
            stamps,
        });
    }

    fn stamp(&self, record: &ByteRecord, places: &[usize]) -> Stamp {
        let parts: Vec<String> = places.iter().map(|place| text(record, *place)).collect();
        // A date without its time is nothing, not something unreadable.
        if parts.iter().any(String::is_empty) {
            return Stamp::Empty;
        }
        self.times.read(&parts.join(" "))
    }

    fn finish(self, file: &str) -> Result<CallsFile, PlanError> {
        let mut read = self.file;
        read.unmapped = self.unmapped.values().sum();
        read.unmapped_natures = self.unmapped.len() as u64;
        read.untimed = set_times(&mut read.calls).ok_or_else(|| {
            let fault = "no emergency has a readable time; look at `time_formats` and `rung`";
            PlanError::new(file, fault)
        })?;
        read.calls.sort_by_key(|call| call.at);
        Ok(read)
    }
}

/// Gives every call its time: its own, or that of the nearest row before it (else after it) in the
/// file. Says how many had none of their own; `None` if nobody has one.
fn set_times(calls: &mut [RecordedCall]) -> Option<u64> {
    let own = |call: &RecordedCall| match call.stamp(Moment::Rung) {
        Stamp::At { at, .. } => Some(at),
        Stamp::Empty | Stamp::Unreadable => None,
    };
    if calls.is_empty() {
        return Some(0);
    }
    let mut before = calls.iter().find_map(own)?;
    let mut untimed = 0;
    for call in calls {
        match own(call) {
            Some(at) => before = at,
            None => untimed += 1,
        }
        call.at = before;
    }
    Some(untimed)
}

fn text(record: &ByteRecord, place: usize) -> String {
    String::from_utf8_lossy(record.get(place).unwrap_or_default()).trim().to_owned()
}

fn point(projection: Projection, lat: &str, lon: &str) -> Place {
    if lat.is_empty() && lon.is_empty() {
        return Place::NoPoint;
    }
    match (lat.parse(), lon.parse()) {
        // A geocoder that found nothing often writes 0, 0: a place in the Gulf of Guinea.
        (Ok(0.0), Ok(0.0)) => Place::NoPoint,
        (Ok(lat), Ok(lon)) => projection.point(lat, lon).map_or(Place::Unreadable, Place::Point),
        _ => Place::Unreadable,
    }
}
