//! Where something is, as far as core may know.

use crate::state::Context;
use crate::{Actor, AlertKind, CallId, Command, Core, Event, Refusal, Sealed, Subject, limits};
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
    /// The area within which the caller is thought to be, as JSON:
    /// `{"kind":"circle","center":[lat_e7,lon_e7],"radius_m":50}`, likewise `ellipse`, `arc_band`,
    /// `polygon` and `prism`.
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    pub shape: Option<P>,
    /// How sure it is that the caller is within it, in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence_percent: Option<u8>,
    /// How it was found, by its token (RFC 4119, 6.1: `GPS`, `Cell`), or `Default`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Where it comes from; `None`: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<LocationSource>,
}

/// Where a location comes from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LocationSource {
    /// It came with the call.
    Value,
    /// Fetched by HELD (RFC 5985).
    Held,
    /// Told by a presence server (RFC 3856).
    Presence,
    /// A place that stands for one that nobody could find.
    Default,
    /// A person gave it.
    Typed,
}

fn none<P>() -> Option<P> {
    None
}

impl<P> Default for Location<P> {
    fn default() -> Self {
        Self {
            zones: Vec::new(),
            address: None,
            point: None,
            uncertainty_m: None,
            verified: false,
            shape: None,
            confidence_percent: None,
            method: None,
            source: None,
        }
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
            shape: self.shape.map(|value| seal("shape", value)),
            confidence_percent: self.confidence_percent,
            method: self.method,
            source: self.source,
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

impl Core {
    pub(crate) fn decide_location(
        &self,
        context: &Context<'_>,
        command: &Command,
    ) -> Option<Result<Vec<Event>, Refusal>> {
        Some(match command {
            Command::LocateCall { call, location } => {
                self.decide_locate_call(context, *call, location)
            }
            Command::ReportLocationFailed { call, source, reason } => {
                self.decide_report_location_failed(*call, *source, reason)
            }
            Command::RebidLocation { call } => {
                self.not_over(*call).map(|_| vec![Event::LocationRebid { call: *call }])
            }
            _ => return None,
        })
    }

    /// What the line delivers stands beside what a person gave; it does not take its place.
    fn decide_locate_call(
        &self,
        context: &Context<'_>,
        id: CallId,
        location: &Location,
    ) -> Result<Vec<Event>, Refusal> {
        self.call(id)?;
        limits::check("zones", location.zones.len(), limits::ZONES_MAX)?;
        let delivered = *context.actor == Actor::Line;
        let mut location = location.clone();
        if !delivered {
            location.source = Some(LocationSource::Typed);
        } else if location.source == Some(LocationSource::Typed) {
            location.source = None;
        }
        let distance_m = context.advice.apart.map(|apart| apart.distance_m);
        let mut events = vec![Event::CallLocated { call: id, location, delivered, distance_m }];
        events.extend(self.apart(context, id));
        Ok(events)
    }

    /// A person hears one address and the network says another place: one of the two is wrong, and
    /// a person finds out which. Told once for each pair.
    pub(crate) fn apart(&self, context: &Context<'_>, id: CallId) -> Option<Event> {
        let apart = context.advice.apart?;
        let limit = context.ruling.distance_alarm_m?;
        let told = matches!(context.command, "CreateIncident")
            && self.calls.get(&id).is_some_and(|call| call.apart_told);
        (!told && apart.distance_m > limit.saturating_add(apart.uncertainty_m))
            .then(|| self.alert(0, AlertKind::LocationsApart, Subject::Call(id)))
    }

    fn decide_report_location_failed(
        &self,
        id: CallId,
        source: LocationSource,
        reason: &str,
    ) -> Result<Vec<Event>, Refusal> {
        self.call(id)?;
        limits::check_text("reason", reason)?;
        Ok(vec![Event::LocationFailed { call: id, source, reason: reason.to_owned() }])
    }

    pub(crate) fn apply_location(&mut self, event: &Event) {
        match event {
            Event::CallLocated { call, location, delivered, distance_m } => {
                self.with_call(*call, |call| {
                    let typed = |of: &Location| of.source == Some(LocationSource::Typed);
                    if *delivered {
                        call.delivered = Some(location.clone());
                        call.location_failed = None;
                    }
                    if !*delivered || !call.location.as_ref().is_some_and(typed) {
                        call.location = Some(location.clone());
                    }
                    call.distance_m = *distance_m;
                    call.apart_told = false;
                });
            }
            Event::LocationFailed { call, reason, .. } => {
                self.with_call(*call, |call| call.location_failed = Some(reason.clone()));
            }
            _ => {}
        }
    }
}
