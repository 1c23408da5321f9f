//! What a replay prints: first what was read and assumed, then the account of the calls, then the
//! intervals, then what was left out of them and why. No single call.

use super::accounts::Accounts;
use super::calls_file::{CallsFile, Place};
use super::intervals::{Column, Interval, Reason};
use super::plan::ReplayPlan;
use center::FleetUnit;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt;

/// What was read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct FileSummary {
    rows: u64,
    calls: u64,
    ignored: BTreeMap<String, u64>,
    unmapped: u64,
    unmapped_natures: u64,
    unmapped_type: String,
    no_point: u64,
    point_unreadable: u64,
    untimed: u64,
    on_scene: u64,
    on_scene_excluded: BTreeMap<Reason, u64>,
}

impl FileSummary {
    /// Of a file that was read.
    pub(super) fn of(file: &CallsFile, unmapped_type: String, hours_max: u32) -> Self {
        let places = |wanted| file.calls.iter().filter(|call| call.place == wanted).count() as u64;
        let on_scene = Column::of(file.calls.iter().map(|call| call.on_scene(hours_max)));
        Self {
            rows: file.rows,
            calls: file.calls.len() as u64,
            ignored: file.ignored.clone(),
            unmapped: file.unmapped,
            unmapped_natures: file.unmapped_natures,
            unmapped_type,
            no_point: places(Place::NoPoint),
            point_unreadable: places(Place::Unreadable),
            untimed: file.untimed,
            on_scene: on_scene.count() as u64,
            on_scene_excluded: on_scene.excluded,
        }
    }
}

/// What is ours and not the file's.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Assumptions {
    lines: Vec<(String, String)>,
}

impl Assumptions {
    pub(super) fn of(
        plan: &ReplayPlan,
        fleet: &[FleetUnit],
        travel: String,
        on_scene_ms: u64,
    ) -> Self {
        let (staff, crews) = (&plan.staff, &plan.crews);
        let hold = match staff.hold_priority_min {
            Some(priority) => format!(
                "priority {priority} and less urgent for {} min at most, if no unit is free",
                staff.hold_s / 60
            ),
            None => "none; an incident waits on top until a unit is free".to_owned(),
        };
        let attach = match staff.attach_score_min {
            Some(score) => format!("attached from score {score}"),
            None => "not attached, as each row of the file is an incident of its own".to_owned(),
        };
        let position = match crews.position_every_s {
            Some(seconds) => format!("every {seconds} s on the way, and where a crew stops"),
            None => "reported where a crew stops".to_owned(),
        };
        let mut lines = vec![("fleet".to_owned(), plan.fleet_note.clone())];
        lines.extend(stations(fleet).into_iter().map(|station| (String::new(), station)));
        let texts = [
            (
                "staff on shift",
                format!(
                    "{} call-taking, {} dispatching, {} supervising",
                    staff.call_takers, staff.dispatchers, staff.supervisors
                ),
            ),
            ("rung to answered", format!("{}, of a free call-taker", staff.answer_s)),
            ("answered to created", staff.create_s.to_string()),
            ("created to classified", staff.classify_s.to_string()),
            ("to dispatched", format!("{}, of a free dispatcher", staff.dispatch_s)),
            ("units sent", "those that the centre recommends, by travel time".to_owned()),
            ("alert acknowledged", format!("{}, of a free person", staff.acknowledge_s)),
            ("held", hold),
            ("possible duplicates", attach),
            ("dispatched to acknowledged", crews.acknowledge_s.to_string()),
            ("dispatched to en route", crews.turnout_s.to_string()),
            ("travel", travel),
            ("travel, no way known", crews.way_unknown_s.to_string()),
            ("positions", position),
            (
                "on scene",
                format!(
                    "arrival to clear of the file, transport in it; where it is not recorded, {}",
                    clock(on_scene_ms)
                ),
            ),
        ];
        let back = "from the scene, as long as the drive there; free to be sent meanwhile";
        let texts = texts.into_iter().chain([("drive back", back.to_owned())]);
        lines.extend(texts.map(|(name, text)| (name.to_owned(), text)));
        Self { lines }
    }
}

fn stations(fleet: &[FleetUnit]) -> Vec<String> {
    let mut stations: BTreeMap<(String, String), u32> = BTreeMap::new();
    for unit in fleet {
        let key = (unit.station.clone(), unit.capabilities.join("+"));
        *stations.entry(key).or_default() += 1;
    }
    let text = |((station, able), count): ((String, String), u32)| {
        format!("{count} x {able} at {station}")
    };
    stations.into_iter().map(text).collect()
}

/// One interval, recorded and ours.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table {
    /// Which.
    pub interval: Interval,
    /// From the file; `None`: its agency did not record one of the ends.
    pub recorded: Option<Column>,
    /// From our centre.
    pub ours: Column,
}

/// The result of a replay.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// What all chance came from.
    pub seed: u64,
    /// The run was stopped when so many calls had rung.
    pub stopped_after: Option<u64>,
    /// From the first ring to the end of the run, in the time of the file.
    pub virtual_ms: u64,
    /// How long the run took, if anybody looked at a clock: from the first call to the last entry.
    pub elapsed_ms: Option<u64>,
    /// The count from the journal.
    pub accounts: Accounts,
    /// The centre's own live number at the end.
    pub live_unaccounted: u64,
    /// Most crews busy at once.
    pub busy_max: usize,
    /// Calls without a point whose street text the map knew.
    pub located_by_address: u64,
    /// The intervals.
    pub tables: Vec<Table>,
    /// What was read.
    pub file: FileSummary,
    /// What was assumed.
    pub assumptions: Assumptions,
}

impl Report {
    /// The same for machines: whole milliseconds.
    pub fn json(&self) -> Value {
        let tables: Vec<Value> = self
            .tables
            .iter()
            .map(|table| {
                json!({
                    "interval": table.interval,
                    "recorded": table.recorded.as_ref().map(column_json),
                    "ours": column_json(&table.ours),
                })
            })
            .collect();
        json!({
            "seed": self.seed,
            "stopped_after": self.stopped_after,
            "file": self.file,
            "assumptions": self.assumptions.lines,
            "accounts": self.accounts,
            "unaccounted": self.accounts.unaccounted(),
            "live_unaccounted": self.live_unaccounted,
            "busy_max": self.busy_max,
            "located_by_address": self.located_by_address,
            "intervals": tables,
            "virtual_ms": self.virtual_ms,
            "elapsed_ms": self.elapsed_ms,
        })
    }
}

fn column_json(column: &Column) -> Value {
    json!({
        "count": column.count(),
        "p50_ms": column.percentile(50),
        "p90_ms": column.percentile(90),
        "p95_ms": column.percentile(95),
        "excluded": column.excluded,
    })
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_file(f)?;
        self.write_assumptions(f)?;
        self.write_accounts(f)?;
        self.write_tables(f)?;
        self.write_excluded(f)?;
        self.write_speed(f)
    }
}

impl Report {
    fn write_file(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = &self.file;
        let share = per_mille(file.unmapped, file.calls);
        writeln!(
            f,
            "unmapped natures          {} of {} emergencies ({}.{} %), {} different; run as `{}`",
            grouped(file.unmapped),
            grouped(file.calls),
            share / 10,
            share % 10,
            file.unmapped_natures,
            file.unmapped_type
        )?;
        writeln!(f, "\nRead from the file")?;
        let left_out: u64 = file.ignored.values().sum();
        let reasons = file
            .ignored
            .iter()
            .map(|(reason, count)| format!("{} {reason}", grouped(*count)))
            .collect::<Vec<_>>()
            .join(", ");
        let none = "none".to_owned();
        let rows = [
            ("rows", grouped(file.rows)),
            ("emergencies", grouped(file.calls)),
            ("no emergencies", format!("{}: {}", grouped(left_out), non_empty(reasons, none))),
            ("taken", "time, place, type, time on scene; nothing else".to_owned()),
        ];
        rows.iter().try_for_each(|(name, text)| writeln!(f, "  {name:<28}{text}"))
    }

    fn write_assumptions(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nAssumed by us, seed {}", self.seed)?;
        let mut lines = self.assumptions.lines.iter();
        lines.try_for_each(|(name, text)| writeln!(f, "  {name:<28}{text}"))
    }

    fn write_accounts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let accounts = &self.accounts;
        writeln!(f, "\nResult")?;
        if let Some(calls) = self.stopped_after {
            writeln!(f, "  {:<28}when {} calls had rung", "stopped", grouped(calls))?;
        }
        let outcomes = counts(&accounts.outcomes);
        let refused = counts(&accounts.refused);
        let rows = [
            ("calls", grouped(accounts.calls_read)),
            ("incidents", grouped(accounts.incidents)),
            ("outcomes", outcomes),
            ("unaccounted", grouped(accounts.unaccounted())),
            (
                "",
                format!(
                    "recounted from {} journal entries: calls read less calls with exactly one \
                     outcome",
                    grouped(accounts.entries)
                ),
            ),
            ("commands", format!("{}; refused: {refused}", grouped(accounts.commands))),
            ("most busy at once", format!("{} units", self.busy_max)),
            ("holds", grouped(accounts.holds)),
        ];
        rows.iter().try_for_each(|(name, text)| writeln!(f, "  {name:<28}{text}"))
    }

    fn write_tables(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nIntervals, h:mm:ss; percentiles by nearest rank")?;
        let heads = ["count", "P50", "P90", "P95", "excluded"];
        let [count, p50, p90, p95, excluded] = heads;
        let head = format!("{count:>7}{p50:>9}{p90:>9}{p95:>9}{excluded:>10}");
        writeln!(f, "  {:<29}{:<46}  ours", "", "  recorded")?;
        writeln!(f, "  {:<29}{head}  {head}", "")?;
        for table in &self.tables {
            let recorded = match &table.recorded {
                Some(column) => column_text(column),
                None => format!("{:>44}", "not recorded"),
            };
            let ours = column_text(&table.ours);
            writeln!(f, "  {:<29}{recorded}  {ours}", table.interval.text())?;
        }
        Ok(())
    }

    fn write_excluded(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nExcluded from an interval, never from the run")?;
        for table in &self.tables {
            let name = table.interval.text();
            let recorded = table.recorded.as_ref().filter(|column| column.excluded_count() > 0);
            if let Some(column) = recorded {
                writeln!(f, "  {name}, recorded: {}", reasons(&column.excluded))?;
            }
            if table.ours.excluded_count() > 0 {
                writeln!(f, "  {name}, ours: {}", reasons(&table.ours.excluded))?;
            }
        }
        let file = &self.file;
        writeln!(
            f,
            "  time on scene: {} from the file, {} assumed: {}",
            grouped(file.on_scene),
            grouped(file.on_scene_excluded.values().sum()),
            non_empty(reasons(&file.on_scene_excluded), "none".to_owned())
        )?;
        writeln!(
            f,
            "  place: {} without a point, {} with an unreadable one; {} of them found by their \
             street text, the rest dispatched as unverified",
            grouped(file.no_point),
            grouped(file.point_unreadable),
            grouped(self.located_by_address)
        )?;
        writeln!(
            f,
            "  time: {} without a readable one, replayed at the time of the row before",
            grouped(file.untimed)
        )
    }

    fn write_speed(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(elapsed_ms) = self.elapsed_ms.map(|ms| ms.max(1)) else { return Ok(()) };
        let rung = self.stopped_after.unwrap_or(self.accounts.calls_read);
        writeln!(
            f,
            "\nSpeed: {} in {}.{:03} s, {} calls a second, {} times real time",
            span(self.virtual_ms),
            elapsed_ms / 1000,
            elapsed_ms % 1000,
            grouped(rung * 1000 / elapsed_ms),
            grouped(self.virtual_ms / elapsed_ms)
        )
    }
}

fn column_text(column: &Column) -> String {
    let percentile = |percent| column.percentile(percent).map_or("-".to_owned(), clock);
    format!(
        "{:>7}{:>9}{:>9}{:>9}{:>10}",
        grouped(column.count() as u64),
        percentile(50),
        percentile(90),
        percentile(95),
        grouped(column.excluded_count())
    )
}

fn counts(counts: &BTreeMap<String, u64>) -> String {
    let each = counts.iter().map(|(name, count)| format!("{} {name}", grouped(*count)));
    non_empty(each.collect::<Vec<_>>().join(", "), "none".to_owned())
}

fn reasons(excluded: &BTreeMap<Reason, u64>) -> String {
    let each =
        excluded.iter().map(|(reason, count)| format!("{} {}", grouped(*count), reason.text()));
    each.collect::<Vec<_>>().join(", ")
}

fn non_empty(text: String, otherwise: String) -> String {
    if text.is_empty() { otherwise } else { text }
}

fn per_mille(part: u64, whole: u64) -> u64 {
    (part * 1000 + whole / 2) / whole.max(1)
}

/// Milliseconds as h:mm:ss or m:ss, rounded down.
fn clock(ms: u64) -> String {
    let seconds = ms / 1000;
    match seconds / 3600 {
        0 => format!("{}:{:02}", seconds / 60, seconds % 60),
        hours => format!("{hours}:{:02}:{:02}", seconds / 60 % 60, seconds % 60),
    }
}

fn span(ms: u64) -> String {
    let hours = ms / 3_600_000;
    format!("{} days {} h", hours / 24, hours % 24)
}

/// 1234567 as `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(clock(59_999), "0:59");
        assert_eq!(clock(3_600_000), "1:00:00");
        assert_eq!(per_mille(1, 3), 333);
        assert_eq!(per_mille(0, 0), 0);
    }
}
