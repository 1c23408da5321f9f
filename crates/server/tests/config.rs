//! A centre's files are read whole, or refused with file, line and mend.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends at the first thing that is not as it should be"
)]

use std::fs;
use std::path::{Path, PathBuf};

use evenhand_server::config::{CenterFiles, Configuration};
use tempfile::TempDir;

fn centers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../centers")
}

/// A copy of Cambridge that a test may spoil.
fn cambridge() -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    copy_folder(&centers().join("cambridge"), copy.path());
    copy
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&target).unwrap();
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// What is said when `from` stands as `to` in a file; the line is that of the first `from`.
fn refused(file: &str, from: &str, to: &str) -> String {
    let copy = cambridge();
    let path = copy.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "`{from}` is not in {file}");
    let line = text.split(from).next().unwrap().matches('\n').count() + 1;
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
    let error = match Configuration::load(&CenterFiles::Folder(copy.path().to_owned())) {
        Ok(_read) => panic!("`{to}` in {file} was accepted"),
        Err(error) => error.to_string(),
    };
    let place = format!("{file}:{line}:");
    assert!(error.contains(&place), "not `{place}`: {error}");
    error
}

#[test]
fn the_centre_in_the_binary_is_the_one_in_the_folder() {
    let folder = CenterFiles::Folder(centers().join("cambridge"));
    let (built_in, read) =
        (Configuration::load(&CenterFiles::Cambridge), Configuration::load(&folder));
    let (built_in, read) = (built_in.unwrap(), read.unwrap());
    assert_eq!(built_in.map.version, read.map.version);
    assert_eq!(built_in.fleet, read.fleet);
    assert_eq!(built_in.policy.reference(), read.policy.reference());
}

#[test]
fn faults_of_the_centre_file_name_line_and_mend() {
    let said = refused("center.toml", "America/New_York", "America/Cambridge");
    assert!(said.contains("`America/Cambridge` is no time zone"), "{said}");
    assert!(said.contains("give a name of the tz database"), "{said}");
    let said = refused("center.toml", "alley_kmh = 12", "alley_kmh = 0");
    assert!(said.contains("expected a nonzero u16"), "{said}");
    let said = refused("center.toml", "alley_kmh", "ally_kmh");
    assert!(said.contains("unknown field `ally_kmh`, expected one of"), "{said}");
    let files = r#"["policy.toml", "run-cards.toml", "police.policy", "fire.policy", "#;
    let said = refused("center.toml", &format!(r#"{files}"medical.policy"]"#), "[]");
    assert!(said.contains("no policy file is named"), "{said}");
}

#[test]
fn faults_of_the_fleet_name_line_and_mend() {
    let said = refused("fleet.toml", "station = \"Fire Company 2\"", "station = \"Company 2\"");
    assert!(said.contains("the map has no place `Company 2`"), "{said}");
    assert!(said.contains("give `lat` and `lon`, or one of `Fire Headquarters`"), "{said}");
    let said = refused("fleet.toml", "unit = \"E2\"", "unit = \"E1\"");
    assert!(said.contains("unit `E1` is there twice"), "{said}");
    let said = refused("fleet.toml", "capabilities = [\"engine\"]", "capabilities = [\"engin\"]");
    assert!(said.contains("the policy has no capability `engin`; accepted: "), "{said}");
    let said = refused("fleet.toml", "agency = \"medical\"", "agency = \"medics\"");
    assert!(said.contains("the policy has no agency `medics`"), "{said}");
    let far = "station = \"Fire Company 2\"\nlat = 95.0\nlon = 0.0";
    let copy = cambridge();
    let path = copy.path().join("fleet.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("station = \"Fire Company 2\"", far, 1)).unwrap();
    let error = Configuration::load(&CenterFiles::Folder(copy.path().to_owned())).err().unwrap();
    assert!(error.to_string().contains("`95`, `0` is no place"), "{error}");
}

#[test]
fn faults_of_policy_and_map_name_their_files() {
    let said = refused("policy.toml", "[permissions]", "[permission]");
    assert!(said.contains("section `permission` is not known"), "{said}");
    let said = refused("map/map.toml", "format = \"geojson\"", "format = \"geojsn\"");
    assert!(said.contains("geojson"), "{said}");
    let copy = cambridge();
    fs::remove_file(copy.path().join("map/police-sectors.geojson.gz")).unwrap();
    let error = Configuration::load(&CenterFiles::Folder(copy.path().to_owned())).err().unwrap();
    assert!(error.to_string().contains("police-sectors.geojson.gz"), "{error}");
    let nowhere = CenterFiles::Folder(PathBuf::from("no such folder"));
    let error = Configuration::load(&nowhere).err().unwrap();
    assert!(error.to_string().contains("center.toml` cannot be read"), "{error}");
}

#[test]
fn minutes_from_zone_to_zone_take_the_place_of_roads() {
    let copy = cambridge();
    let path = copy.path().join("center.toml");
    let text = fs::read_to_string(&path).unwrap();
    let table = "\n[zone_table]\nfile = \"minutes.csv\"\nareas = \"police_sector\"\n";
    fs::write(&path, text + table).unwrap();
    fs::write(copy.path().join("minutes.csv"), "from,1,2\n1,3,7\n2,8,x\n").unwrap();
    let files = CenterFiles::Folder(copy.path().to_owned());
    let error = Configuration::load(&files).err().unwrap().to_string();
    assert!(error.contains("minutes.csv:3:1: `x`"), "{error}");
    fs::write(copy.path().join("minutes.csv"), "from,1,2\n1,3,7\n2,8,4\n").unwrap();
    let setup = Configuration::load(&files).unwrap().into_setup([0; 32]);
    let place = |name: &str| {
        let found = setup.map.places.iter().find(|place| place.name == name);
        found.unwrap().point
    };
    let (one, other) = (place("Police Headquarters"), place("Fire Company 3"));
    let zones = [one, other].map(|point| setup.places.zone("police_sector", point).unwrap());
    let minutes = match zones {
        ["1", "1"] => 3,
        ["1", "2"] => 7,
        ["2", "1"] => 8,
        _ => 4,
    };
    assert_eq!(setup.times.travel_ms(other, &[one]), [Some(minutes * 60_000)], "{zones:?}");
}

#[test]
fn boone_county_is_read_from_the_folder_of_its_data() {
    if std::env::var_os("EVENHAND_DATA").is_none() {
        assert!(std::env::var_os("CI").is_none(), "EVENHAND_DATA is not set");
        println!("skipped: EVENHAND_DATA is not set, and the roads are not in the repository");
        return;
    }
    let boone = Configuration::load(&CenterFiles::Folder(centers().join("boone"))).unwrap();
    assert_eq!(boone.time_zone.iana_name(), Some("America/Chicago"));
    assert!(boone.fleet.len() >= 10 && boone.map.streets.segments.len() > 9_000);
}
