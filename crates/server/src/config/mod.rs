//! A centre's configuration: one `center.toml` and the files that it names.
//!
//! Read whole before anything starts, and refused with file, line and mend. The same reading serves
//! a live centre, the demo and the replay.

mod files;
mod fleet;
mod problem;
mod sip;

pub use files::CenterFiles;
pub use problem::ConfigError;

use center::{FleetUnit, Setup};
use jiff::tz::TimeZone;
use map::{CenterMap, MapDescription};
use places::Places;
use policy::Policy;
use roads::{Roads, SpeedTable, TravelTimes, ZoneTable};
use serde::Deserialize;
use toml::Spanned;

use files::beside;
use problem::{Text, read_text};

use crate::sip::SipSettings;

/// The file that names the others.
pub const CENTER_FILE: &str = "center.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CenterText {
    name: String,
    time_zone: Spanned<String>,
    map: String,
    #[serde(default)]
    attribution: String,
    /// Variable with the folder of the map's files, if they may not stand beside its description.
    map_files_in: Option<Spanned<String>>,
    policy: Spanned<Vec<String>>,
    fleet: String,
    /// The file that says how calls come by SIP; without it none do.
    sip: Option<String>,
    #[serde(default)]
    speeds: SpeedTable,
    zone_table: Option<Spanned<ZoneTableText>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ZoneTableText {
    file: String,
    areas: String,
}

/// Everything that a centre's files say.
pub struct Configuration {
    /// The centre's name.
    pub name: String,
    /// Its local time.
    pub time_zone: TimeZone,
    /// What the agency chose.
    pub policy: Policy,
    /// Streets, areas and places.
    pub map: CenterMap,
    /// Whose map data it is, as it is shown beside the map.
    pub attribution: String,
    /// Speeds by class of road.
    pub speeds: SpeedTable,
    /// Units, each with the place where it stands.
    pub fleet: Vec<FleetUnit>,
    /// How calls come and go by SIP, if they do.
    pub sip: Option<SipSettings>,
    zone_table: Option<ZoneTable>,
}

impl Configuration {
    /// Reads a centre's files.
    ///
    /// # Errors
    /// The first file that cannot be read or is not accepted, with line and mend; of the policy,
    /// everything that is wrong.
    pub fn load(files: &CenterFiles) -> Result<Self, ConfigError> {
        let text = read_text(files, CENTER_FILE)?;
        let text = Text { file: files.shown(CENTER_FILE), text: &text };
        let center: CenterText = text.parse()?;
        let time_zone = time_zone(&text, &center.time_zone)?;
        let policy = load_policy(files, &text, &center.policy)?;
        let map = load_map(files, &text, &center)?;
        check_zones(files, &center, &policy, &map)?;
        let fleet_text = read_text(files, &center.fleet)?;
        let fleet_text = Text { file: files.shown(&center.fleet), text: &fleet_text };
        let fleet = fleet::read(&fleet_text, &policy, &map)?;
        let zone_table = match &center.zone_table {
            Some(table) => Some(load_zone_table(files, &text, table, &map)?),
            None => None,
        };
        let sip = match &center.sip {
            Some(file) => Some(load_sip(files, file)?),
            None => None,
        };
        let CenterText { name, attribution, speeds, .. } = center;
        Ok(Self { name, time_zone, policy, map, attribution, speeds, fleet, sip, zone_table })
    }

    /// Tells of a point (in 1e-7 degrees) whether it lies in any area of the map: what lies in
    /// none is somebody else's. A map without areas says nothing, and everything is ours.
    pub fn ground(&self) -> Box<dyn Fn(i32, i32) -> bool + Send> {
        let places = Places::build(&self.map);
        let has_areas = !self.map.areas.is_empty();
        Box::new(move |lat_e7, lon_e7| {
            !has_areas || !places.zones(map::Point { lat_e7, lon_e7 }).is_empty()
        })
    }

    /// Ready for [`center::Center::open`]. `digest_key` is the secret by which a caller's number is
    /// known again; the same for all of the centre's life.
    pub fn into_setup(self, digest_key: [u8; 32]) -> Setup {
        let times: Box<dyn TravelTimes + Send + Sync> = match self.zone_table {
            Some(table) => Box::new(table),
            None => Box::new(Roads::build(&self.map.streets, &self.speeds)),
        };
        Setup {
            name: self.name,
            time_zone: self.time_zone,
            policy: self.policy,
            places: Places::build(&self.map),
            map: self.map,
            times,
            fleet: self.fleet,
            digest_key,
        }
    }
}

fn load_sip(files: &CenterFiles, file: &str) -> Result<SipSettings, ConfigError> {
    let text = read_text(files, file)?;
    sip::read(&Text { file: files.shown(file), text: &text }, files)
}

fn time_zone(text: &Text<'_>, name: &Spanned<String>) -> Result<TimeZone, ConfigError> {
    TimeZone::get(name.get_ref()).map_err(|_unknown| {
        let fault = format!("`{}` is no time zone", name.get_ref());
        text.wrong(name.span(), fault, "give a name of the tz database, `America/New_York`")
    })
}

fn load_policy(
    files: &CenterFiles,
    text: &Text<'_>,
    named: &Spanned<Vec<String>>,
) -> Result<Policy, ConfigError> {
    if named.get_ref().is_empty() {
        let mend = "name at least one file of the centre";
        return Err(text.wrong(named.span(), "no policy file is named", mend));
    }
    let mut texts = Vec::new();
    for file in named.get_ref() {
        texts.push((files.shown(file), read_text(files, file)?));
    }
    let texts: Vec<(&str, &str)> = texts.iter().map(|(f, t)| (f.as_str(), t.as_str())).collect();
    Policy::load(&texts).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        ConfigError::Policy(lines.join("\n"))
    })
}

fn load_map(
    files: &CenterFiles,
    text: &Text<'_>,
    center: &CenterText,
) -> Result<CenterMap, ConfigError> {
    let described = read_text(files, &center.map)?;
    let described = Text { file: files.shown(&center.map), text: &described };
    let description: MapDescription = described.parse()?;
    let read = match &center.map_files_in {
        None => {
            let folder = center.map.rsplit_once('/').map_or("", |(folder, _)| folder);
            map::read::read(&description, &|file| files.read(&beside(folder, file)))
        }
        Some(variable) => {
            let folder = std::env::var_os(variable.get_ref()).ok_or_else(|| {
                let fault = format!("the variable `{}` is not set", variable.get_ref());
                let mend = "set it to the folder that holds the map's files";
                text.wrong(variable.span(), fault, mend)
            })?;
            map::read::read_folder(&description, std::path::Path::new(&folder))
        }
    };
    read.map_err(|error| ConfigError::Map(error.to_string()))
}

/// An override for a zone that the map does not have would never apply, and nobody would notice.
fn check_zones(
    files: &CenterFiles,
    center: &CenterText,
    policy: &Policy,
    map: &CenterMap,
) -> Result<(), ConfigError> {
    let unknown = policy.zones().find(|zone| {
        !map.areas.iter().any(|area| area.kind == zone.layer && area.name == zone.name)
    });
    let Some(zone) = unknown else { return Ok(()) };
    let names = map.areas.iter().filter(|area| area.kind == zone.layer);
    let names: Vec<String> = names.map(|area| format!("`{}`", area.name)).collect();
    Err(ConfigError::Policy(format!(
        "a run card speaks of `{}` `{}`, which the map `{}` does not have; accepted: {}",
        zone.layer,
        zone.name,
        files.shown(&center.map),
        if names.is_empty() { "no zone of that layer".to_owned() } else { names.join(", ") }
    )))
}

fn load_zone_table(
    files: &CenterFiles,
    text: &Text<'_>,
    table: &Spanned<ZoneTableText>,
    map: &CenterMap,
) -> Result<ZoneTable, ConfigError> {
    let ZoneTableText { file, areas } = table.get_ref();
    let zones: Vec<_> = map.areas.iter().filter(|area| area.kind == *areas).cloned().collect();
    if zones.is_empty() {
        let fault = format!("the map has no areas of kind `{areas}`");
        return Err(text.wrong(table.span(), fault, "name a kind of the map's `[[areas]]`"));
    }
    let minutes = read_text(files, file)?;
    ZoneTable::from_csv(&minutes, zones).map_err(|error| ConfigError::NotAccepted {
        file: files.shown(file),
        line: error.line,
        column: 1,
        fault: error.given,
        mend: format!("accepted: {}", error.accepted),
    })
}
