//! The two files of a shapefile that roads need: lines (`.shp`) and their table (`.dbf`).
//!
//! Written after the ESRI Shapefile Technical Description (1998) and the dBASE III header. Only
//! polylines and text columns are read; bytes are never trusted to be as long as they claim.

use crate::error::MapError;
use crate::point::Point;

/// Shape type of a polyline, of one with measures, of one with heights: X and Y stand alike in all.
const POLYLINES: [u32; 3] = [3, 23, 13];

/// The parts of every line; a null shape has none.
pub(super) fn lines(file: &str, bytes: &[u8]) -> Result<Vec<Vec<Vec<Point>>>, MapError> {
    if be_u32(bytes, 0) != Some(9994) || le_u32(bytes, 28) != Some(1000) {
        return Err(MapError::not_accepted(file, "header", "other bytes", "a shapefile (.shp)"));
    }
    let mut lines = Vec::new();
    let mut offset = 100;
    while offset < bytes.len() {
        let at = format!("record {}", lines.len() + 1);
        let cut = || MapError::not_accepted(file, &at, "a record cut short", "whole records");
        let words = be_u32(bytes, offset + 4).ok_or_else(cut)? as usize;
        let end = offset + 8 + words * 2;
        let content = bytes.get(offset + 8..end).ok_or_else(cut)?;
        lines.push(parts(file, &at, content)?);
        offset = end;
    }
    Ok(lines)
}

fn parts(file: &str, at: &str, content: &[u8]) -> Result<Vec<Vec<Point>>, MapError> {
    let cut = || MapError::not_accepted(file, at, "a line cut short", "whole lines");
    match le_u32(content, 0).ok_or_else(cut)? {
        0 => return Ok(Vec::new()),
        kind if POLYLINES.contains(&kind) => {}
        kind => {
            let given = format!("shape type `{kind}`");
            return Err(MapError::not_accepted(file, at, given, "polylines (3, 13, 23)"));
        }
    }
    let part_count = le_u32(content, 36).ok_or_else(cut)? as usize;
    let point_count = le_u32(content, 40).ok_or_else(cut)? as usize;
    let points_at = part_count.checked_mul(4).and_then(|size| size.checked_add(44));
    let points_at = points_at.ok_or_else(cut)?;
    let mut parts = Vec::new();
    for part in 0..part_count {
        let start = le_u32(content, 44 + part * 4).ok_or_else(cut)? as usize;
        let is_last = part + 1 == part_count;
        let next = if is_last { None } else { le_u32(content, 48 + part * 4) };
        let end = next.map_or(point_count, |next| next as usize);
        let points = (start..end).map(|number| {
            let at_byte = number.checked_mul(16)?.checked_add(points_at)?;
            let (x, y) = (le_f64(content, at_byte)?, le_f64(content, at_byte + 8)?);
            Point::from_degrees(y, x)
        });
        let points = points.collect::<Option<Vec<_>>>().ok_or_else(|| {
            let accepted = "longitude and latitude in degrees";
            MapError::not_accepted(file, at, "a point cut short or no degrees", accepted)
        })?;
        parts.push(points);
    }
    Ok(parts)
}

/// A table of text: its column names and its rows.
pub(super) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<u8>>,
}

struct Column {
    name: String,
    start: usize,
    length: usize,
}

impl Table {
    /// Reads a `.dbf`; a row that is marked as deleted stays, because the lines count it too.
    pub(super) fn read(file: &str, bytes: &[u8]) -> Result<Self, MapError> {
        let wrong =
            || MapError::not_accepted(file, "header", "other bytes", "a dBASE table (.dbf)");
        let row_count = le_u32(bytes, 4).ok_or_else(wrong)? as usize;
        let header = le_u16(bytes, 8).ok_or_else(wrong)? as usize;
        let row_length = le_u16(bytes, 10).filter(|length| *length > 0).ok_or_else(wrong)? as usize;
        let columns = columns(bytes.get(32..header).ok_or_else(wrong)?);
        let mut rows = Vec::new();
        for row in bytes.get(header..).ok_or_else(wrong)?.chunks_exact(row_length).take(row_count) {
            rows.push(row.to_vec());
        }
        if rows.len() != row_count {
            let given = format!("{} rows of {row_count}", rows.len());
            return Err(MapError::not_accepted(file, "end", given, "all rows"));
        }
        Ok(Self { columns, rows })
    }

    pub(super) fn row_count(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn has_column(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column.name == name)
    }

    /// The text of a cell, trimmed; `None` if there is no such cell or it is empty.
    pub(super) fn text(&self, row: usize, name: &str) -> Option<String> {
        let column = self.columns.iter().find(|column| column.name == name)?;
        let cell = self.rows.get(row)?.get(column.start..column.start + column.length)?;
        // TIGER tables are UTF-8 or Latin-1; every Latin-1 byte is the character of its number.
        let text = match std::str::from_utf8(cell) {
            Ok(text) => text.to_owned(),
            Err(_) => cell.iter().copied().map(char::from).collect(),
        };
        let text = text.trim_matches(['\0', ' ']).to_owned();
        (!text.is_empty()).then_some(text)
    }
}

fn columns(descriptors: &[u8]) -> Vec<Column> {
    // Byte 0 of a row is the deletion mark.
    let mut start = 1;
    let mut columns = Vec::new();
    for descriptor in descriptors.chunks_exact(32).take_while(|bytes| bytes.first() != Some(&13)) {
        let name = descriptor.iter().take(11).take_while(|byte| **byte != 0);
        let length = usize::from(descriptor.get(16).copied().unwrap_or(0));
        columns.push(Column { name: name.copied().map(char::from).collect(), start, length });
        start += length;
    }
    columns
}

fn le_u16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn le_u32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn be_u32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn le_f64(bytes: &[u8], at: usize) -> Option<f64> {
    Some(f64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}
