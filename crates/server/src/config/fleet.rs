//! The fleet file: `[[units]]` with their capabilities, and where they stand.

use std::collections::BTreeSet;

use center::FleetUnit;
use evenhand_core::UnitId;
use map::{CenterMap, Point};
use policy::Policy;
use serde::Deserialize;
use toml::Spanned;

use super::problem::{ConfigError, Text};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FleetFile {
    #[serde(default)]
    units: Vec<Spanned<Unit>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unit {
    unit: Spanned<String>,
    agency: Spanned<String>,
    capabilities: Vec<Spanned<String>>,
    station: Spanned<String>,
    #[serde(default)]
    lat: Option<f64>,
    #[serde(default)]
    lon: Option<f64>,
}

/// Reads a fleet and checks it against the policy and the map, so that no unit is there that no
/// run card can ask for, or that nobody can find.
pub(super) fn read(
    text: &Text<'_>,
    policy: &Policy,
    map: &CenterMap,
) -> Result<Vec<FleetUnit>, ConfigError> {
    let file: FleetFile = text.parse()?;
    let mut seen = BTreeSet::new();
    let mut fleet = Vec::with_capacity(file.units.len());
    for spanned in file.units {
        let span = spanned.span();
        let unit = spanned.into_inner();
        if !seen.insert(unit.unit.get_ref().clone()) {
            let fault = format!("unit `{}` is there twice", unit.unit.get_ref());
            return Err(text.wrong(unit.unit.span(), fault, "give each unit a name of its own"));
        }
        let agencies = policy.agencies().map(|agency| agency.name);
        among(text, "agency", &unit.agency, agencies)?;
        for capability in &unit.capabilities {
            let known = policy.capabilities().map(|capability| capability.name);
            among(text, "capability", capability, known)?;
        }
        let point = place(text, &unit, span, map)?;
        fleet.push(FleetUnit {
            unit: UnitId(unit.unit.into_inner()),
            agency: unit.agency.into_inner(),
            capabilities: unit.capabilities.into_iter().map(Spanned::into_inner).collect(),
            station: unit.station.into_inner(),
            point: Some(point),
        });
    }
    Ok(fleet)
}

fn among<'a>(
    text: &Text<'_>,
    what: &str,
    given: &Spanned<String>,
    known: impl Iterator<Item = &'a str>,
) -> Result<(), ConfigError> {
    let known: Vec<&str> = known.collect();
    if known.contains(&given.get_ref().as_str()) {
        return Ok(());
    }
    let fault = format!("the policy has no {what} `{}`", given.get_ref());
    Err(text.wrong(given.span(), fault, format!("accepted: {}", listed(&known))))
}

fn place(
    text: &Text<'_>,
    unit: &Unit,
    span: std::ops::Range<usize>,
    map: &CenterMap,
) -> Result<Point, ConfigError> {
    if let (Some(lat), Some(lon)) = (unit.lat, unit.lon) {
        let fault = format!("`{lat}`, `{lon}` is no place");
        let mend = "give latitude -90 to 90 and longitude -180 to 180 in degrees";
        return Point::from_degrees(lat, lon).ok_or_else(|| text.wrong(span, fault, mend));
    }
    let named = map.places.iter().find(|place| place.name == *unit.station.get_ref());
    named.map(|place| place.point).ok_or_else(|| {
        let fault = format!("the map has no place `{}`", unit.station.get_ref());
        let names: Vec<&str> = map.places.iter().map(|place| place.name.as_str()).collect();
        let mend = format!("give `lat` and `lon`, or one of {}", listed(&names));
        text.wrong(unit.station.span(), fault, mend)
    })
}

/// At most twelve: a longer list helps nobody.
fn listed(known: &[&str]) -> String {
    let mut shown: Vec<String> = known.iter().take(12).map(|name| format!("`{name}`")).collect();
    if known.len() > shown.len() {
        shown.push(format!("{} more", known.len() - shown.len()));
    }
    shown.join(", ")
}
