//! From map files to a [`CenterMap`].
//!
//! Files are asked for by the name that the description uses, so the same reading serves a folder
//! ([`read_folder`]) and data built into the program ([`read`] with a function of your own). A file
//! that is gzipped is unpacked, whatever its name. The files are the agency's or the state's: what
//! cannot be read is an error with file and place; what can be mended is mended and said so in
//! [`StreetMap::mended`](crate::StreetMap::mended).

mod areas;
mod geojson;
mod nodes;
mod places;
mod shapefile;
mod streets;
mod tiger;

use std::io::{self, Read};
use std::path::Path;

use crate::center_map::CenterMap;
use crate::description::{MapDescription, StreetSource};
use crate::error::MapError;
use crate::street::StreetMap;

use areas::read_areas;
use places::read_places;
use streets::read_streets;
use tiger::read_tiger;

/// Most bytes that one file may have when unpacked: about ten times the largest county's roads.
const FILE_BYTES_MAX: u64 = 512 * 1024 * 1024;

/// Reads the map that the description names; `open` gives the bytes of a file, gzipped or not.
///
/// # Errors
/// The first file, and the place in it, that cannot be read or is not accepted.
pub fn read(
    description: &MapDescription,
    open: &dyn Fn(&str) -> io::Result<Vec<u8>>,
) -> Result<CenterMap, MapError> {
    let load = |file: &str| {
        let unreadable = |cause| MapError::Unreadable { file: file.to_owned(), cause };
        open(file).and_then(unpack).map_err(unreadable)
    };
    let crossings = match &description.intersections {
        None => Vec::new(),
        Some(layer) => places::read_crossings(layer, &load(&layer.file)?)?,
    };
    let streets = match &description.streets {
        StreetSource::Geojson(source) => read_streets(source, &load(&source.file)?, &crossings)?,
        StreetSource::Tiger { file } => {
            read_tiger(file, &load(file)?, &load(&tiger::table_beside(file))?)?
        }
    };
    let mut areas = Vec::new();
    for layer in &description.areas {
        areas.extend(read_areas(layer, &load(&layer.file)?)?);
    }
    let mut named = Vec::new();
    for layer in &description.places {
        named.extend(read_places(layer, &load(&layer.file)?)?);
    }
    for landmark in &description.landmarks {
        named.push(places::place_of(landmark)?);
    }
    let intersections = places::intersections(crossings, &streets);
    Ok(CenterMap::new(description.name.clone(), streets, areas).with_points(named, intersections))
}

/// Reads the map that the description names from the files of a folder.
///
/// # Errors
/// As [`read`].
pub fn read_folder(description: &MapDescription, folder: &Path) -> Result<CenterMap, MapError> {
    read(description, &|file| std::fs::read(folder.join(file)))
}

/// The bytes themselves, or what they unpack to if they are gzipped.
fn unpack(bytes: Vec<u8>) -> io::Result<Vec<u8>> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let mut unpacked = Vec::new();
    let mut reader = flate2::read::MultiGzDecoder::new(bytes.as_slice()).take(FILE_BYTES_MAX + 1);
    reader.read_to_end(&mut unpacked)?;
    if unpacked.len() as u64 > FILE_BYTES_MAX {
        let limit = format!("unpacks to more than {FILE_BYTES_MAX} bytes; split it");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, limit));
    }
    Ok(unpacked)
}

/// The finished street map, or the reader's error with the file's name.
fn finish(
    file: &str,
    parts: (Vec<crate::Segment>, Vec<crate::Node>),
    mended: Vec<String>,
) -> Result<StreetMap, MapError> {
    let accepted = "lines of at least two points, no step longer than 100 km";
    let mut map = StreetMap::new(parts.0, parts.1)
        .map_err(|given| MapError::not_accepted(file, "lines", given, accepted))?;
    map.mended = mended;
    Ok(map)
}
