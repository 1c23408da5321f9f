//! Travel times without roads: an agency's own table of minutes from zone to zone.

use std::collections::BTreeMap;

use map::{Area, Point, digest, digest_of};

use crate::travel_times::TravelTimes;

/// A table of minutes from zone to zone. A point's zone is the first area that contains it.
///
/// As CSV: the header names the zones of the incident, the first column the zones of the unit; a
/// cell holds minutes with at most three decimals, or nothing where there is no way.
///
/// ```text
/// from,North,South
/// North,4,11.5
/// South,12,3
/// ```
#[derive(Clone, Debug)]
pub struct ZoneTable {
    version: String,
    zones: Vec<Area>,
    /// Milliseconds by (zone of the unit, zone of the incident).
    times: BTreeMap<(String, String), u32>,
}

/// Why a table of minutes is not accepted; `line` is counted from 1.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line}: {given}; accepted: {accepted}")]
pub struct ZoneTableError {
    /// Line of the table.
    pub line: usize,
    /// What was given.
    pub given: String,
    /// What would have been accepted.
    pub accepted: String,
}

impl ZoneTable {
    /// Reads a table of minutes for these zones.
    ///
    /// # Errors
    /// A zone that is none of the areas, a row of another length, or a cell that is no minutes.
    pub fn from_csv(text: &str, zones: Vec<Area>) -> Result<Self, ZoneTableError> {
        let mut rows = (1..).zip(text.lines()).filter(|(_, row)| !row.trim().is_empty());
        let (line, header) = rows.next().unwrap_or((1, ""));
        let to: Vec<&str> = cells(header).skip(1).collect();
        for name in &to {
            known(name, &zones, line)?;
        }
        let mut times = BTreeMap::new();
        for (line, row) in rows {
            let from = cells(row).next().unwrap_or_default();
            known(from, &zones, line)?;
            let minutes: Vec<&str> = cells(row).skip(1).collect();
            if minutes.len() != to.len() {
                let given = format!("{} cells", minutes.len());
                return Err(error(line, given, format!("{}, as in the header", to.len())));
            }
            for (name, cell) in to.iter().zip(minutes).filter(|(_, cell)| !cell.is_empty()) {
                let ms = milliseconds(cell).ok_or_else(|| {
                    let accepted = "minutes such as `4` or `11.5`, or nothing for no way";
                    error(line, format!("`{cell}`"), accepted.to_owned())
                })?;
                times.insert((from.to_owned(), (*name).to_owned()), ms);
            }
        }
        let version = digest_of(&(digest(text.as_bytes()), &zones));
        Ok(Self { version, zones, times })
    }

    fn zone(&self, point: Point) -> Option<&str> {
        self.zones.iter().find(|zone| zone.contains(point)).map(|zone| zone.name.as_str())
    }
}

impl TravelTimes for ZoneTable {
    fn map_version(&self) -> &str {
        &self.version
    }

    fn travel_ms(&self, to: Point, from: &[Point]) -> Vec<Option<u32>> {
        let Some(to) = self.zone(to) else { return vec![None; from.len()] };
        let time = |from: &Point| {
            let key = (self.zone(*from)?.to_owned(), to.to_owned());
            self.times.get(&key).copied()
        };
        from.iter().map(time).collect()
    }
}

fn cells(row: &str) -> impl Iterator<Item = &str> {
    row.split(',').map(str::trim)
}

fn known(name: &str, zones: &[Area], line: usize) -> Result<(), ZoneTableError> {
    if zones.iter().any(|zone| zone.name == name) {
        return Ok(());
    }
    let names: Vec<_> = zones.iter().map(|zone| format!("`{}`", zone.name)).collect();
    Err(error(line, format!("zone `{name}`"), names.join(", ")))
}

/// Minutes with at most three decimals, in milliseconds.
fn milliseconds(cell: &str) -> Option<u32> {
    let (whole, part) = cell.split_once('.').unwrap_or((cell, ""));
    if part.len() > 3 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths: u32 = format!("{part:0<3}").parse().ok()?;
    let whole = whole.bytes().all(|byte| byte.is_ascii_digit()).then_some(whole)?;
    whole.parse::<u32>().ok()?.checked_mul(60_000)?.checked_add(thousandths * 60)
}

fn error(line: usize, given: String, accepted: String) -> ZoneTableError {
    ZoneTableError { line, given, accepted }
}

#[cfg(test)]
mod tests {
    use map::Polygon;

    use super::*;

    fn at(lat_e7: i32, lon_e7: i32) -> Point {
        Point { lat_e7, lon_e7 }
    }

    fn zones() -> Vec<Area> {
        let band = |name: &str, south, north| {
            let ring = vec![at(south, 0), at(south, 100), at(north, 100), at(north, 0)];
            Area::new("zone".into(), name.into(), vec![Polygon { rings: vec![ring] }])
        };
        vec![band("North", 100, 200), band("South", 0, 100)]
    }

    const TABLE: &str = "from,North,South\nNorth,4,11.5\nSouth,,3\n";

    #[test]
    fn minutes_are_read_in_the_direction_of_driving() {
        let table = ZoneTable::from_csv(TABLE, zones()).unwrap();
        let (north, south, outside) = (at(150, 50), at(50, 50), at(500, 50));
        let units = [north, south, outside];
        assert_eq!(table.travel_ms(south, &units), [Some(690_000), Some(180_000), None]);
        assert_eq!(table.travel_ms(north, &units), [Some(240_000), None, None]);
        assert_eq!(table.travel_ms(outside, &units), [None; 3]);
    }

    #[test]
    fn the_version_is_that_of_table_and_zones() {
        let version = |text: &str, zones| ZoneTable::from_csv(text, zones).unwrap().version;
        assert_eq!(version(TABLE, zones()), version(TABLE, zones()));
        assert_ne!(version(TABLE, zones()), version(&TABLE.replace('4', "5"), zones()));
        let mut moved = zones();
        moved.swap(0, 1);
        assert_ne!(version(TABLE, zones()), version(TABLE, moved));
    }

    #[test]
    fn an_error_names_line_value_and_what_is_accepted() {
        let says = |text: &str| ZoneTable::from_csv(text, zones()).unwrap_err().to_string();
        let west = says("from,North,West\n");
        assert_eq!(west, "line 1: zone `West`; accepted: `North`, `South`");
        let cell = says("from,North\nNorth,4 min\n");
        let accepted = "minutes such as `4` or `11.5`, or nothing for no way";
        assert_eq!(cell, format!("line 2: `4 min`; accepted: {accepted}"));
        assert_eq!(says("from,North\nNorth\n"), "line 2: 0 cells; accepted: 1, as in the header");
        assert!(says("from,North\nNorth,-1\n").starts_with("line 2: `-1`"));
        assert!(says("from,North\nNorth,99999999\n").starts_with("line 2: `99999999`"));
    }
}
