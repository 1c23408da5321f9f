//! The people of a file of calls: they ring when they rang, and say where and what.

use super::calls_file::{Place, RecordedCall};
use crate::source::{Act, Arrival, Need, Scene, Source, Told};
use center::{Center, Clear, Output};
use evenhand_core::{
    Actor, Call, CallId, Channel, Command, Disposition, Event, Incident, IncidentId, Location,
    Timestamp,
};
use map::Point;
use std::collections::{BTreeMap, BTreeSet};

/// Key of the input that presents the call of one line of the file.
pub(super) const KEY: &str = "row-";

/// Calls of a file as a source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordedCalls {
    calls: Vec<RecordedCall>,
    next: usize,
    place_of: BTreeMap<u64, usize>,
    heard: BTreeMap<CallId, usize>,
    hours_max: u32,
    on_scene_ms: u64,
    way_unknown: BTreeSet<IncidentId>,
}

impl RecordedCalls {
    /// These calls, oldest first. Where the time on scene is not recorded, or no interval at all,
    /// `on_scene_ms` stands in.
    pub fn new(calls: Vec<RecordedCall>, hours_max: u32, on_scene_ms: u64) -> Self {
        let place_of = calls.iter().zip(0..).map(|(call, place)| (call.line, place)).collect();
        Self {
            calls,
            next: 0,
            place_of,
            heard: BTreeMap::new(),
            hours_max,
            on_scene_ms,
            way_unknown: BTreeSet::new(),
        }
    }

    /// All calls of the file, oldest first.
    pub fn calls(&self) -> &[RecordedCall] {
        &self.calls
    }

    /// Calls that have rung, with the number that the centre gave each.
    pub fn rung(&self) -> impl Iterator<Item = (CallId, &RecordedCall)> {
        self.heard.iter().filter_map(|(call, place)| Some((*call, self.calls.get(*place)?)))
    }

    /// How many have rung or were about to.
    pub fn presented(&self) -> usize {
        self.next
    }

    /// Incidents to which no way was known.
    pub fn way_unknown(&self) -> &BTreeSet<IncidentId> {
        &self.way_unknown
    }

    fn of(&self, call: CallId) -> Option<&RecordedCall> {
        self.calls.get(*self.heard.get(&call)?)
    }

    fn of_incident(&self, incident: &Incident) -> Option<&RecordedCall> {
        incident.calls.iter().find_map(|call| self.of(*call))
    }
}

impl Source for RecordedCalls {
    fn next_at(&self) -> Option<Timestamp> {
        self.calls.get(self.next).map(|call| call.at)
    }

    fn act(&mut self, now: Timestamp, _center: &Center) -> Vec<Act> {
        let mut acts = Vec::new();
        while let Some(call) = self.calls.get(self.next).filter(|call| call.at <= now) {
            self.next += 1;
            let command = Command::PresentCall {
                channel: Channel::Voice,
                number: None,
                number_digest: None,
                name: None,
                location: None,
                test: false,
                signalling: None,
            };
            acts.push(Act::keyed(format!("{KEY}{}", call.line), Actor::Line, command));
        }
        acts
    }

    fn hear(&mut self, _now: Timestamp, outputs: &[Output], _center: &Center) {
        for output in outputs {
            let Output::Reply { key, result: Ok(accepted) } = output else { continue };
            let line = key.strip_prefix(KEY).and_then(|line| line.parse().ok());
            let Some(place) = line.and_then(|line: u64| self.place_of.get(&line)) else { continue };
            for (_, event) in &accepted.events {
                if let Event::CallPresented { call, .. } = event {
                    self.heard.insert(*call, *place);
                }
            }
        }
    }

    fn told(&mut self, call: &Call) -> Told {
        let Some(recorded) = self.of(call.id) else {
            return Told { words: None, location: Location::default(), need: Need::Test };
        };
        let point = match recorded.place {
            Place::Point(Point { lat_e7, lon_e7 }) => Some(Clear(format!("{lat_e7},{lon_e7}"))),
            Place::NoPoint | Place::Unreadable => None,
        };
        let address = recorded.address.clone().map(Clear);
        Told {
            words: None,
            location: Location { address, point, ..Location::default() },
            need: Need::Help { incident_type: recorded.incident_type.clone() },
        }
    }

    fn answers(&mut self, _call: CallId) -> bool {
        true
    }

    fn scene(&mut self, arrival: Arrival<'_>) -> Scene {
        if !arrival.way_known {
            self.way_unknown.insert(arrival.incident.id);
        }
        let recorded = self.of_incident(arrival.incident);
        let on_scene = recorded.and_then(|call| call.on_scene(self.hours_max).ok());
        Scene {
            at_patient_ms: None,
            on_scene_ms: on_scene.unwrap_or(self.on_scene_ms),
            transport: None,
        }
    }

    fn disposition(&mut self, _incident: &Incident) -> Disposition {
        Disposition::HandledOnScene
    }
}
