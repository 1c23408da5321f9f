//! Where the sample messages are, and how a document is made around a place.

use evenhand_intake::location::{NoUsableLocation, pidf};
use std::path::PathBuf;

/// The folder of sample messages; `None`: skipped, with the reason printed.
pub fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("EVENHAND_DATA").map(PathBuf::from);
    if folder.is_none() {
        assert!(std::env::var_os("CI").is_none(), "EVENHAND_DATA must be set when CI is set");
        println!("skipped: EVENHAND_DATA is not set, and the sample messages are read in place");
    }
    Some(folder?.join("messages"))
}

/// The files of one folder of samples, by name.
pub fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let Some(root) = self::folder() else { return Vec::new() };
    let entries = std::fs::read_dir(root.join(folder)).unwrap();
    let mut files: Vec<(String, Vec<u8>)> = entries
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), path))
        .map(|(name, path)| (name, std::fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}

const HEAD: &str = r#"<presence xmlns="urn:ietf:params:xml:ns:pidf"
 xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10" xmlns:gml="http://www.opengis.net/gml"
 xmlns:gs="http://www.opengis.net/pidflo/1.0" entity="pres:a@example.com"><tuple id="a"><status>
 <gp:geopriv><gp:location-info>"#;
const TAIL: &str = "</gp:location-info><gp:usage-rules/></gp:geopriv></status></tuple></presence>";

/// A document without fault around what stands in its `location-info`.
pub fn document(location: &str) -> String {
    format!("{HEAD}{location}{TAIL}")
}

/// Reads such a document.
pub fn read(location: &str) -> Result<pidf::Pidf, NoUsableLocation> {
    pidf::read(document(location).as_bytes())
}
