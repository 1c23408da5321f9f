//! Where something is, as far as core may know.

use crate::Sealed;
use serde::{Deserialize, Serialize};

/// The place of a call or incident. Zones are open; address and exact point identify a home, so
/// they are sealed (`P` is [`Sealed`] in the journal, clear text at the door).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Location<P = Sealed> {
    /// Zones that contain the place, one per layer of the map. Empty: not known.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub zones: Vec<Zone>,
    /// The address or description as given.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub address: Option<P>,
    /// The point as `latitude,longitude` in whole 1e-7 degrees (`423736000,-710989000`), WGS 84.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub point: Option<P>,
    /// Radius in metres within which the caller is thought to be; `None`: a fixed address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncertainty_m: Option<u32>,
    /// True if the address is known to the map beyond doubt. An unverified place never blocks a
    /// dispatch.
    #[serde(default)]
    pub verified: bool,
}

fn none<P>() -> Option<P> {
    None
}

impl<P> Default for Location<P> {
    fn default() -> Self {
        Self { zones: Vec::new(), address: None, point: None, uncertainty_m: None, verified: false }
    }
}

impl<P> Location<P> {
    /// The name of the zone of one layer.
    pub fn zone(&self, layer: &str) -> Option<&str> {
        self.zones.iter().find(|zone| zone.layer == layer).map(|zone| zone.name.as_str())
    }

    /// Replaces each personal value by what `seal` makes of its name and itself.
    pub fn map<Q>(self, seal: &mut impl FnMut(&'static str, P) -> Q) -> Location<Q> {
        Location {
            zones: self.zones,
            address: self.address.map(|value| seal("address", value)),
            point: self.point.map(|value| seal("point", value)),
            uncertainty_m: self.uncertainty_m,
            verified: self.verified,
        }
    }
}

/// One area of one layer of the map: police sector `3`, fire engine district `2`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Zone {
    /// The layer, `police_sector`.
    pub layer: String,
    /// The area's name within its layer.
    pub name: String,
}

/// Where a vehicle of ours is. A unit's place is not a caller's, so it is open.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct UnitPoint {
    /// Latitude in 1e-7 degrees, WGS 84.
    pub lat_e7: i32,
    /// Longitude in 1e-7 degrees, WGS 84.
    pub lon_e7: i32,
}
